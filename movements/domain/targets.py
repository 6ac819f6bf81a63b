"""Targets and what was achieved: share of the plan, met or not, figures that look like another unit. Pure, exact.

Words used here:

* *plan*: the figure that was promised; None where no target was set (docs/domain.md, case 6);
* *lower*: a smaller figure is the better one (late files, backlog); the share is then inverted, plan by actual;
* *qualifier* of the actual figure: "trên 95" is a lower bound, "gần 21.000" an upper one, "khoảng 500" neither.

Promises: an answer is given only where the words allow it, else it "cannot be told"; whether a target is met never
hangs on the rounding of its share. Pure Python: no Django.
"""

from __future__ import annotations

import enum
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Context, Decimal
from fractions import Fraction
from statistics import median
from typing import Final, TypeVar

from core.folding import clean_line, fold
from core.marks import _
from core.quantity import (
    MONEY_UNIT,
    Qualifier,
    Quantity,
    QuantityError,
    parse_number,
    parse_quantity,
    reaches,
)

PLACES: Final = Decimal("0.01")
SUSPECT: Final = 50  # so many times more or less than the others looks like another unit
_EXACT: Final = Context(prec=80)
_SCALES: Final = {"nghìn": 3, "ngàn": 3, "triệu": 6, "tỷ": 9, "tỉ": 9}
_MINUS: Final = re.compile(r"(?:[-\u2212\u2013\u2014]|(?:âm|am) ) ?(?=[0-9])", re.IGNORECASE)
_NUMBER: Final = re.compile(r"[0-9][0-9., ]*")
_MAY_BE_NEGATIVE: Final = re.compile(r"%|điểm|đồng|usd|đô la|°|độ", re.IGNORECASE)

_OTHER_UNIT: Final = _("Ô này ghi “%(typed)s”, đơn vị tính là “%(unit)s”: hãy ghi một đơn vị.")
_NEVER_BELOW_ZERO: Final = _(
    "“%(unit)s” đếm từ 0 trở lên, không nhận số âm. Chỉ tiêu giảm: ghi mức phải đạt, chọn càng thấp càng tốt."
)
_TOO_FINE: Final = _("“%(text)s” quá lẻ so với đơn vị tính: nhiều nhất 4 chữ số sau dấu phẩy.")

Key = TypeVar("Key")


class Outcome(enum.StrEnum):
    """What can be said of a target."""

    MET = "met"
    NOT_MET = "not_met"
    UNSURE = "unsure"  # the words of the actual figure do not tell
    NO_TARGET = "no_target"
    NO_ACTUAL = "no_actual"


@dataclass(frozen=True, slots=True)
class Result:
    """How a target stands; ``share`` is per cent of the plan, two places, halves up, None where a ratio says nothing.

    ``qualifier`` is how far the share can be trusted.
    """

    outcome: Outcome
    share: Decimal | None = None
    qualifier: Qualifier = Qualifier.EXACT


def result_of(
    plan: Decimal | None,
    actual: Decimal | None,
    *,
    lower: bool = False,
    qualifier: Qualifier = Qualifier.EXACT,
) -> Result:
    """Whether the plan is met, and by how much.

    Higher is better: share = actual ÷ plan × 100. Lower is better: share = plan ÷ actual × 100, so that 100 % is the
    plan in both. No share where there is nothing to divide by: plan zero or negative, and for "lower" an actual figure
    of zero or below. A plan of zero that is kept exactly is 100 %.
    """
    if plan is None:
        return Result(Outcome.NO_TARGET)
    if actual is None:
        return Result(Outcome.NO_ACTUAL)
    met = stays_within(actual, qualifier, plan) if lower else _reached(actual, qualifier, plan)
    outcome = Outcome.UNSURE if met is None else Outcome.MET if met else Outcome.NOT_MET
    share = _share(plan, actual, lower=lower)
    return Result(
        outcome, share, _share_qualifier(qualifier, lower=lower) if share is not None else Qualifier.EXACT
    )


def _reached(actual: Decimal, qualifier: Qualifier, plan: Decimal) -> bool | None:
    """Whether the true figure is at least the plan."""
    return reaches(Quantity(actual, "", qualifier, ""), plan)


def stays_within(actual: Decimal, qualifier: Qualifier, plan: Decimal) -> bool | None:
    """Whether the true figure is at most the plan; None when the words do not tell.

    "gần 5" stays within 5; "trên 5" does not, and of "ít nhất 5" nothing is known.
    """
    if qualifier is Qualifier.EXACT:
        return actual <= plan
    if qualifier is Qualifier.OVER:
        return False if actual >= plan else None
    if qualifier is Qualifier.AT_LEAST:
        return False if actual > plan else None
    if qualifier is Qualifier.NEARLY:
        return True if actual <= plan else None
    return None


def _share(plan: Decimal, actual: Decimal, *, lower: bool) -> Decimal | None:
    if plan == 0 and actual == 0:
        return Decimal(100)
    if plan <= 0 or (lower and actual <= 0):
        return None
    ratio = Fraction(plan) / Fraction(actual) if lower else Fraction(actual) / Fraction(plan)
    return _rounded(ratio * 100)


def _rounded(number: Fraction) -> Decimal:
    """Two places, halves away from zero, exact however long the figures are."""
    hundredths, rest = divmod(abs(number) * 100, 1)
    whole = Decimal(int(hundredths) + (rest >= Fraction(1, 2)))
    return whole.scaleb(-2, _EXACT).copy_sign(Decimal(-1 if number < 0 else 1))


def _share_qualifier(qualifier: Qualifier, *, lower: bool) -> Qualifier:
    """A bound of the actual figure is the same bound of the share; inverted, it is the other one."""
    if not lower:
        return qualifier
    turned = {
        Qualifier.OVER: Qualifier.NEARLY,
        Qualifier.NEARLY: Qualifier.OVER,
        Qualifier.AT_LEAST: Qualifier.ABOUT,
    }
    return turned.get(qualifier, qualifier)


# -- reading -------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class Reading:
    """A typed figure in its unit, with the words it was typed in."""

    number: Decimal
    unit: str
    qualifier: Qualifier
    words: str


def read_figure(text: str, unit: str) -> Reading:
    """Read "1.200", "trên 95", "95%", "−3,5" or "1,25 nghìn tỷ đồng" beside the column ``unit``.

    Money in words is turned into the unit of the column ("1.250 triệu" beside "tỷ đồng" is 1,25). Without a unit in
    the column the one behind the number is taken. A minus is read where the unit may be below zero: per cent, points,
    money, degrees. Raises QuantityError.
    """
    words = clean_line(text)
    minus = _MINUS.search(words)
    bare = words[: minus.start()] + words[minus.end() :] if minus else words
    quantity = parse_quantity(bare)
    number, own = quantity.number, quantity.unit
    if _plain_tail(bare):
        number, own = _plain_number(bare), "%" if bare.rstrip().endswith("%") else ""
    elif scale := _money_scale(unit) if own in ("", MONEY_UNIT) else None:
        number, own = number.scaleb(-scale, _EXACT), unit
    if own and unit and not fold(unit).startswith(fold(own)):
        raise QuantityError(_OTHER_UNIT, typed=own, unit=unit)
    chosen = unit or own
    if minus and number:
        _refuse_minus(chosen)
        number = -number
    return Reading(_within_four_places(number, words), chosen, quantity.qualifier, words)


def _plain_tail(text: str) -> bool:
    """Whether nothing but, at most, a per cent sign follows the number."""
    found = _NUMBER.search(text)
    return found is not None and text[found.end() :].strip() in ("", "%")


def _plain_number(text: str) -> Decimal:
    found = _NUMBER.search(text)
    assert found is not None  # noqa: S101 - asked before
    return parse_number(found.group().strip(" .,"))


def _money_scale(unit: str) -> int | None:
    """The power of ten of "tỷ đồng", "nghìn tỷ đồng", "đồng"; None for what is no money."""
    *scales, last = unit.lower().split() or [""]
    if last not in ("đồng", "đ", "vnd", "vnđ") or any(word not in _SCALES for word in scales):
        return None
    return sum(_SCALES[word] for word in scales)


def _refuse_minus(unit: str) -> None:
    if not _MAY_BE_NEGATIVE.search(unit):
        raise QuantityError(_NEVER_BELOW_ZERO, unit=unit or "?")


def _within_four_places(number: Decimal, words: str) -> Decimal:
    if number != number.quantize(Decimal("0.0001"), ROUND_HALF_UP, _EXACT):
        raise QuantityError(_TOO_FINE, text=words[:24])
    if abs(number) >= Decimal(10) ** 14:
        raise QuantityError(_("Số quá lớn: phần nguyên có nhiều nhất %(max)s chữ số."), max=14)
    if not number:
        return Decimal(0)
    number = number.normalize(_EXACT)
    return number.quantize(Decimal(1), context=_EXACT) if number == number.to_integral_value() else number


# -- figures that look like another unit ---------------------------------------------------------
def outliers(figures: Mapping[Key, Decimal]) -> dict[Key, Decimal]:
    """Figures of one content and unit that are fifty times more or less than the others, with the others' median.

    0,9 beside 90 is a share beside per cent (docs/domain.md, case 7). Of two figures both are named, since nobody knows
    which is wrong. Zero and signs say nothing of a unit and are left out.
    """
    sizes = {key: abs(number) for key, number in figures.items() if number}
    found = {}
    for key, size in sizes.items():
        others: Sequence[Decimal] = [other for one, other in sizes.items() if one != key]
        if not others:
            continue
        usual = median(others)
        if size >= usual * SUSPECT or size * SUSPECT <= usual:
            found[key] = usual
    return found


def same_content(content: str, unit: str) -> tuple[str, str]:
    """What makes two targets comparable: content and unit without marks, case and full stops."""
    return fold(content).strip(" ."), fold(unit).strip(" .")
