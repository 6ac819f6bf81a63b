"""Quantities and Vietnamese numbers: read what people type, add without claiming too much, print it back.

Words used here:

* *number*: a ``Decimal`` from 0 up to 15 digits before the comma and 4 behind it, never a float;
* *qualifier*: how far the number can be trusted. "trên 580" is a lower bound, "gần 21.000" an upper bound,
  "khoảng 500" neither (docs/domain.md, approximate figures);
* *unit*: what is counted ("chiếc", "suất", "đồng", "%"); the scale words nghìn, triệu and tỷ belong to the
  number.

Promises: "." separates thousands and "," stands before decimals; what can be read in two ways is refused and
never guessed; parsing a printed number gives the same number. Pure Python: no Django, no input or output.
"""

import enum
import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_UP, Context, Decimal
from typing import Final

from core.folding import clean_line, fold
from core.marks import Unreadable, _

MONEY_UNIT: Final = "đồng"
MAX_TEXT: Final = 60
MAX_UNIT: Final = 30
MAX_WHOLE_DIGITS: Final = 15
MAX_DECIMALS: Final = 4
MINUS: Final = "\u2212"
NO_BREAK_SPACE: Final = "\u00a0"

_EXACT_ARITHMETIC: Final = Context(prec=60)
_OTHER_UNIT: Final = _(
    "Số tiền tính bằng đồng, không nhận “%(unit)s”: ví dụ 580 triệu đồng hoặc 580.000.000."
)
_PART_OF_A_DONG: Final = _("Số tiền phải tròn đến đồng, “%(text)s” còn lẻ: ví dụ 580.000.000 hoặc 1,25 tỷ.")
_IS_NO_UNIT: Final = _("Không hiểu “%(text)s” sau con số: chỉ ghi một số và đơn vị, ví dụ gần 21.000 chiếc.")
_TOO_LONG: Final = _("Nội dung quá dài (hơn %(max)s ký tự): chỉ ghi số và đơn vị, ví dụ “gần 21.000 chiếc”.")
_TWO_UNITS: Final = _("Không cộng được hai đơn vị khác nhau: “%(one)s” và “%(other)s”.")
_IS_NEGATIVE: Final = _("Số không được âm: hãy nhập số từ 0 trở lên.")
_IS_NO_NUMBER: Final = _(
    "Không hiểu “%(text)s” là số nào. Dấu chấm ngăn hàng nghìn, dấu phẩy đứng trước phần lẻ, ví dụ 4.500 hoặc 1,25."
)
_HAS_TWO_READINGS: Final = _(
    "“%(text)s” có thể hiểu hai cách. Dấu chấm ngăn hàng nghìn, dấu phẩy đứng trước phần lẻ, ví dụ 4.500 hoặc 1,25."
)


class QuantityError(Unreadable):
    """A figure that cannot be accepted; the sentence tells the person how to write it."""


class Qualifier(enum.StrEnum):
    """How far a number can be trusted; the value is what the database and the year file keep."""

    EXACT = "exact"
    OVER = "over"
    AT_LEAST = "at_least"
    NEARLY = "nearly"
    ABOUT = "about"

    @property
    def words(self) -> str:
        """The Vietnamese word shown before the number; empty for an exact figure."""
        return _QUALIFIER_WORDS[self]


_QUALIFIER_WORDS: Final = {
    Qualifier.EXACT: "",
    Qualifier.OVER: "trên",
    Qualifier.AT_LEAST: "ít nhất",
    Qualifier.NEARLY: "gần",
    Qualifier.ABOUT: "khoảng",
}

# What may stand before the number, folded, one or two words; a filler says nothing.
_LEADING_WORDS: Final[dict[str, Qualifier]] = {
    **dict.fromkeys(("len den", "len toi", "dat"), Qualifier.EXACT),
    **dict.fromkeys(("tren", "hon"), Qualifier.OVER),
    **dict.fromkeys(("it nhat", "toi thieu", "khong duoi"), Qualifier.AT_LEAST),
    "gan": Qualifier.NEARLY,
    **dict.fromkeys(("khoang", "chung", "xap xi", "uoc", "uoc dat", "uoc tinh"), Qualifier.ABOUT),
    **dict.fromkeys(("binh quan", "trung binh"), Qualifier.ABOUT),
}
_LEADING_SIGNS: Final = dict.fromkeys((">=", "≥"), Qualifier.AT_LEAST) | {
    ">": Qualifier.OVER,
    "~": Qualifier.ABOUT,
}

_SCALES: Final = {"nghìn": 3, "ngàn": 3, "nghin": 3, "triệu": 6, "trieu": 6, "tỷ": 9, "tỉ": 9}
# Short or unmarked forms mean something else before a unit: "5 ti vi", "20 ngan" (ducks), "50 tr" (pages).
_SCALES_BEFORE_MONEY: Final = {"ngan": 3, "k": 3, "tr": 6, "ty": 9, "ti": 9}

_MONEY_SPELLINGS: Final = frozenset(
    {"đồng", "dong", "đ", "₫", "vnd", "vnđ", "vn đồng", "đồng vn", "đồng việt nam", "việt nam đồng"}
)

_PLAIN: Final = re.compile(r"[0-9]+")
_GROUPED: Final = re.compile(r"[1-9][0-9]{0,2}(?:\.[0-9]{3})+|[1-9][0-9]{0,2}(?: [0-9]{3})+")
_COMMA_GROUPED: Final = re.compile(r"[1-9][0-9]{0,2}(?:,[0-9]{3}){2,}")
_DOT_DECIMAL: Final = re.compile(r"([0-9]+)\.([0-9]{1,2})")
_NUMBER: Final = re.compile(r"[0-9][0-9.,]*(?: [0-9]{3}(?![0-9])[0-9.,]*)*")
_MAYBE_THOUSANDS: Final = re.compile(r"[^,]*,[0-9]{2}0(?![0-9])[^,]*")
_WORD: Final = re.compile(r"[^\W\d_]+")
_UNIT: Final = re.compile(r"[^\W\d_][^\W_]*\.?(?:[ /\-][^\W\d_][^\W_]*\.?)*")
_NEGATIVE: Final = re.compile(r"(?:[-\u2212\u2013\u2014]|\(|(?:âm|am) ) ?[0-9]")


@dataclass(frozen=True)
class Quantity:
    """A figure as it was reported: number, unit, qualifier, and the words the person wrote."""

    number: Decimal
    unit: str
    qualifier: Qualifier
    words: str


def parse_number(text: str, *, allow_percent: bool = False) -> Decimal:
    """Read one number from 0 up, written the Vietnamese way.

    "4.500" is 4500, "1,25" is 1.25, "4,500" is 4.5; spaces of any width may separate thousands, and
    "1,250,000" (two commas or more) can only be thousands. A trailing "%" is dropped where ``allow_percent``
    says so: the value stays in per cent. Raises QuantityError on anything else, on more than 15 digits or 4
    decimals, and on a minus.
    """
    cleaned = _cleaned(text)
    if cleaned.endswith("%"):
        if not allow_percent:
            raise QuantityError(_("Ô này không nhận dấu %%: hãy chỉ nhập số, ví dụ 111,16."))
        cleaned = cleaned[:-1].rstrip()
    if _NEGATIVE.match(cleaned):
        raise QuantityError(_IS_NEGATIVE)
    return _within_limits(_read_number(cleaned))


def parse_quantity(text: str, default_unit: str = "") -> Quantity:
    """Read a figure with its words: "gần 21.000 chiếc", "trên 580 triệu đồng", "1,25 tỷ", "111,16%".

    Qualifiers and scale words may lack their marks ("gan 21.000"). ``default_unit`` is taken where no unit
    is written; every spelling of đồng becomes "đồng". Zero is read, callers decide whether it makes sense.
    ``words`` keeps the text as typed, with its spaces tidied. Raises QuantityError.
    """
    words = _cleaned(text)
    qualifier, rest = _take_qualifier(words.rstrip(" .,;"))
    if _NEGATIVE.match(rest):
        raise QuantityError(_IS_NEGATIVE)
    number, rest = _take_number(rest)
    unit = parse_unit(rest) if rest else default_unit
    return Quantity(_within_limits(number), unit, qualifier, words)


def parse_money(text: str) -> Quantity:
    """Read an amount in whole đồng: "580.000.000", "580 triệu", "trên 1,25 tỷ đồng", "500.000 ₫".

    Raises QuantityError for another unit, for a fraction of a đồng, and for "580,000" or "580.00", which may
    be a slip for 580.000.
    """
    quantity = parse_quantity(text, default_unit=MONEY_UNIT)
    if quantity.unit != MONEY_UNIT:
        raise QuantityError(_OTHER_UNIT, unit=quantity.unit)
    if quantity.number != quantity.number.to_integral_value():
        raise QuantityError(_PART_OF_A_DONG, text=_shown(quantity.words))
    if _MAYBE_THOUSANDS.fullmatch(quantity.words):
        raise QuantityError(_HAS_TWO_READINGS, text=_shown(quantity.words))
    return quantity


def parse_unit(text: str) -> str:
    """The unit as it is kept: tidy spaces, "Suất" as "suất", every spelling of đồng as "đồng".

    Raises QuantityError over 30 characters and for what is no unit, such as a second number.
    """
    unit = _cleaned(text)
    if unit.casefold().rstrip(".") in _MONEY_SPELLINGS:
        return MONEY_UNIT
    if unit == "%":
        return unit
    if len(unit) > MAX_UNIT or not _UNIT.fullmatch(unit):
        raise QuantityError(_IS_NO_UNIT, text=_shown(unit))
    first, separator, others = unit.partition(" ")
    return (first.lower() if first.istitle() else first) + separator + others


def _cleaned(text: str) -> str:
    """One line, NFC, every kind of space as one plain space; over-long text is refused first of all."""
    if len(text) > MAX_TEXT:
        raise QuantityError(_TOO_LONG, max=MAX_TEXT)
    cleaned = clean_line(text)
    if not cleaned:
        raise QuantityError(_("Chưa có số: hãy nhập một số, ví dụ 4.500 hoặc 1,25."))
    return cleaned


def _shown(text: str) -> str:
    return text if len(text) <= 24 else text[:23] + "…"


def _read_number(text: str) -> Decimal:
    """Digits with separators to a Decimal; the rule of each form stands beside it."""
    whole, comma, decimals = text.partition(",")
    if _PLAIN.fullmatch(whole) or _GROUPED.fullmatch(whole):
        if not comma:
            return Decimal(re.sub(r"[. ]", "", whole))
        if _PLAIN.fullmatch(decimals):
            return _plain(Decimal(re.sub(r"[. ]", "", whole) + "." + decimals))
    if _COMMA_GROUPED.fullmatch(text):  # 1,250,000: with two commas they can only be thousands
        return Decimal(text.replace(",", ""))
    dotted = _DOT_DECIMAL.fullmatch(text)  # 9.5 cannot be thousands; 4.50 may be 4.500 with a digit lost
    if dotted and not text.endswith("0"):
        return Decimal(text)
    if dotted:
        raise QuantityError(_HAS_TWO_READINGS, text=_shown(text))
    raise QuantityError(_IS_NO_NUMBER, text=_shown(text))


def _within_limits(number: Decimal) -> Decimal:
    if number >= Decimal(10) ** MAX_WHOLE_DIGITS:
        raise QuantityError(_("Số quá lớn: phần nguyên có nhiều nhất %(max)s chữ số."), max=MAX_WHOLE_DIGITS)
    number = _plain(number)
    exponent = number.as_tuple().exponent
    if isinstance(exponent, int) and -exponent > MAX_DECIMALS:
        raise QuantityError(_("Phần lẻ quá dài: nhiều nhất %(max)s chữ số sau dấu phẩy."), max=MAX_DECIMALS)
    return number


def _take_qualifier(text: str) -> tuple[Qualifier, str]:
    """Leading words off the text; several join as in a sum ("khoảng hơn 500" is loose)."""
    words, qualifier = text.split(" "), Qualifier.EXACT
    size = 2
    while size:
        meaning = _LEADING_WORDS.get(fold(" ".join(words[:size]))) if len(words) > size else None
        if meaning is None:
            size -= 1
            continue
        qualifier, words, size = combine(qualifier, meaning), words[size:], 2
    rest = " ".join(words)
    for sign, meaning in _LEADING_SIGNS.items():
        if rest.startswith(sign):
            return combine(qualifier, meaning), rest[len(sign) :].lstrip()
    return qualifier, rest


def _take_number(text: str) -> tuple[Decimal, str]:
    """The number with its scale words, and what follows: "1 tỷ 250 triệu đồng" is 1250000000 and "đồng"."""
    total, rest, above = Decimal(0), text, None
    while match := _NUMBER.match(rest):
        number = _read_number(match.group().strip())
        exponent, rest = _take_scale(rest[match.end() :].lstrip())
        if above is not None:
            # "1 tỷ 5" and "1tr5" mean 1.5 in speech; only a part with its own scale or thousands is certain.
            certain = exponent > 0 or number >= 1000
            if exponent >= above or number >= Decimal(10) ** (above - exponent) or not certain:
                raise QuantityError(
                    _("Không hiểu “%(text)s” là số nào: ví dụ hãy viết 1,25 tỷ hoặc 580 triệu."),
                    text=_shown(text),
                )
        total = _EXACT_ARITHMETIC.fma(number, Decimal(10) ** exponent, total)
        above = exponent
        if not exponent or number != number.to_integral_value():
            break
    if above is None or _take_scale(rest)[0]:
        raise QuantityError(_IS_NO_NUMBER, text=_shown(text))
    return total, rest


def _take_scale(text: str) -> tuple[int, str]:
    """The power of ten of the scale words in front ("nghìn tỷ" is 12, none is 0), and what follows."""
    match = _WORD.match(text)
    if match is None:
        return 0, text
    word, rest = match.group().lower(), text[match.end() :].lstrip()
    exponent = _SCALES.get(word, 0)
    if not exponent and (not rest or rest.casefold() in _MONEY_SPELLINGS or rest[0].isdigit()):
        exponent = _SCALES_BEFORE_MONEY.get(word, 0)
    if not exponent:
        return 0, text
    following, after = _take_scale(rest) if exponent == 3 else (0, rest)
    return (exponent + following, after) if following == 9 else (exponent, rest)


# Adding and comparing


def combine(first: Qualifier, second: Qualifier) -> Qualifier:
    """The qualifier of a sum (docs/domain.md): commutative, associative, with EXACT as neutral element.

    Two lower bounds stay one ("trên" wins over "ít nhất"), two "gần" stay "gần", a lower bound with an upper
    bound and anything loose is "khoảng".
    """
    if first is second or second is Qualifier.EXACT:
        return first
    if first is Qualifier.EXACT:
        return second
    if {first, second} == {Qualifier.OVER, Qualifier.AT_LEAST}:
        return Qualifier.OVER
    return Qualifier.ABOUT


def add(quantities: Iterable[Quantity]) -> Quantity:
    """The sum of quantities of one unit, with the qualifier the parts allow; its words are the printed sum.

    Whether two figures may be added at all (one may be part of the other) is for the caller to know. Raises
    QuantityError when the units differ or there is nothing to add.
    """
    number, unit, qualifier = Decimal(0), None, Qualifier.EXACT
    for quantity in quantities:
        if unit is not None and quantity.unit != unit:
            raise QuantityError(_TWO_UNITS, one=unit, other=quantity.unit)
        unit = quantity.unit
        number = _EXACT_ARITHMETIC.add(number, quantity.number)
        qualifier = combine(qualifier, quantity.qualifier)
    if unit is None:
        raise QuantityError(_("Chưa có số nào để cộng."))
    total = Quantity(_plain(number), unit, qualifier, "")
    return replace(total, words=format_quantity(total))


def total_by_unit(quantities: Iterable[Quantity]) -> dict[str, Quantity]:
    """One sum for each unit, in the order in which the units first appear; empty for no quantities."""
    groups: dict[str, list[Quantity]] = {}
    for quantity in quantities:
        groups.setdefault(quantity.unit, []).append(quantity)
    return {unit: add(group) for unit, group in groups.items()}


def reaches(quantity: Quantity, threshold: Decimal | int) -> bool | None:
    """Whether the true value is at least ``threshold``; None when the words do not tell.

    "trên 580" reaches 580 and may reach 600 (None); "gần 21.000" does not reach 21.000 and may reach 20.000
    (None); "khoảng" never tells.
    """
    if quantity.qualifier is Qualifier.EXACT:
        return quantity.number >= threshold
    if quantity.qualifier in (Qualifier.OVER, Qualifier.AT_LEAST):
        return True if quantity.number >= threshold else None
    if quantity.qualifier is Qualifier.NEARLY:
        return False if quantity.number <= threshold else None
    return None


# Printing


def format_number(value: Decimal | int, places: int | None = None) -> str:
    """ "4.500", "92,25", "−3": thousands by ".", decimals by ",", a true minus sign, no zeros at the end.

    With ``places`` exactly so many decimals, halves rounded away from zero. Raises QuantityError for NaN and
    infinity.
    """
    number = Decimal(value)
    if not number.is_finite():
        raise QuantityError(_("Giá trị này không phải là số."))
    if places is not None:
        number = number.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP, Context(prec=200))
    else:
        number = _plain(number)
    whole, _point, decimals = format(abs(number), "f").partition(".")
    sign = MINUS if number < 0 else ""
    return sign + f"{int(whole):,}".replace(",", ".") + ("," + decimals if decimals else "")


def format_money(amount: int) -> str:
    """ "580.000.000 ₫" for whole đồng, with a no-break space before the sign."""
    return f"{format_number(amount)}{NO_BREAK_SPACE}₫"


def money_words(amount: int) -> str:
    """An amount in whole đồng for sentences: "580 triệu đồng", "1,25 tỷ đồng", or "12.345.678 đồng" if not
    round.

    Round means whole millions from 1 tỷ up, and whole tens of thousands from 1 triệu up; nothing is ever
    rounded.
    """
    size = abs(amount)
    if size >= 10**9 and size % 10**6 == 0:
        return f"{format_number(Decimal(amount).scaleb(-9, _EXACT_ARITHMETIC))} tỷ {MONEY_UNIT}"
    if 10**6 <= size < 10**9 and size % 10**4 == 0:
        return f"{format_number(Decimal(amount).scaleb(-6, _EXACT_ARITHMETIC))} triệu {MONEY_UNIT}"
    return f"{format_number(amount)} {MONEY_UNIT}"


def format_quantity(quantity: Quantity) -> str:
    """ "gần 21.000 chiếc", "trên 580.000.000 đồng", "111,16%": figures in full, for tables and forms."""
    figure = format_number(quantity.number) + (quantity.unit if quantity.unit == "%" else f" {quantity.unit}")
    return f"{quantity.qualifier.words} {figure}".strip()


def prose(quantity: Quantity) -> str:
    """The quantity as a sentence says it: "trên 580 triệu đồng", "gần 21.000 chiếc"."""
    if quantity.unit != MONEY_UNIT or quantity.number != quantity.number.to_integral_value():
        return format_quantity(quantity)
    return f"{quantity.qualifier.words} {money_words(int(quantity.number))}".lstrip()


def _plain(number: Decimal) -> Decimal:
    """The same number without exponent and zeros at the end, so that equal numbers also print alike."""
    text = format(number, "f")
    return Decimal(text.rstrip("0").rstrip(".") if "." in text else text)
