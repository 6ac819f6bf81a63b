"""Parts of the settings of a criteria table that are lists, and the parameters of a leaf, from and to plain data.

Numbers are text in the data ("0.5"), shares a whole per cent (85) or a fraction ("2/3"). Everything that cannot stand
raises ``members.charter_parts.Unfit`` with a sentence for beside the field. Pure: no database.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from typing import Any, TypeVar

from django.utils.translation import gettext as _

from members.charter_parts import Unfit, share_of
from scoring.domain.shapes import (
    DOWN_ONE,
    LOWEST,
    NOT_ABOVE,
    NOT_GRADE,
    ZERO_LEAF,
    ZERO_PARENT,
    Choice,
    Condition,
    Level,
    Sanction,
    SizeStep,
    Step,
)

MOST_ROWS = 30
MOST_LEVELS = 8
LONGEST = 200
MOST_NUMBER = Decimal(10) ** 12
WHO = ("self", "cross", "leadership", "officer", "outside")
COMBINE = ("last", "mean", "lowest")
CONDITION_KINDS = ("each_line", "section", "targets")
SANCTIONS = (NOT_ABOVE, NOT_GRADE, DOWN_ONE, LOWEST)
ZEROES = ("", ZERO_LEAF, ZERO_PARENT)
_KEY = re.compile(r"[a-z0-9][a-z0-9_-]{0,19}")
_FACTOR = re.compile(r"([1-9][0-9]{0,3})/([1-9][0-9]{0,3})")

Row = TypeVar("Row")


# Levels, conditions, words -----------------------------------------------------------------------------------------


def read_levels(value: Any) -> tuple[Level, ...]:
    """Levels in the order figures are given; the first is the member's own and counts. Raises ``Unfit``."""
    found = rows(value, _level, MOST_LEVELS)
    differ(one.key for one in found)
    if not found or found[0].who != "self" or not found[0].counts:
        raise Unfit(_("Cấp đầu tiên là đơn vị tự chấm và được tính điểm."))
    if any(one.who == "self" for one in found[1:]):
        raise Unfit(_("Chỉ cấp đầu tiên là tự chấm."))
    return found


def _level(row: Any) -> Level:
    only(row, {"key", "label", "who", "blind", "counts", "combine"})
    return Level(
        key_of(row.get("key")),
        words(row.get("label")),
        one_of(row.get("who"), WHO),
        flag(row.get("blind", False)),
        flag(row.get("counts", True)),
        one_of(row.get("combine", "last"), COMBINE),
    )


def read_conditions(value: Any) -> tuple[Condition, ...]:
    """Conditions of grades (R18) in the order they are told. Raises ``Unfit``."""
    return rows(value, _condition)


def _condition(row: Any) -> Condition:
    only(row, {"grade", "kind", "code", "share", "count"})
    kind = one_of(row.get("kind"), CONDITION_KINDS)
    code = words(row.get("code", ""), empty=kind != "section")
    share = Fraction(0) if kind == "targets" else share_of(row.get("share", 0))
    count = row.get("count", 0)
    if isinstance(count, bool) or not isinstance(count, int) or not 0 <= count <= 1000:
        raise Unfit(_("Ghi số nguyên từ %(least)s đến %(most)s.") % {"least": 0, "most": 1000})
    if kind != "targets" and not share:
        raise Unfit(_("Ghi tỷ lệ lớn hơn 0 %."))
    return Condition(words(row.get("grade")), kind, code, share, count if kind == "targets" else 0)


def read_words(value: Any) -> tuple[str, ...]:
    """Sentences people choose from, each once. Raises ``Unfit``."""
    found = rows(value, words)
    differ(found)
    return found


# Parameters of a leaf ----------------------------------------------------------------------------------------------


def read_choices(value: Any) -> tuple[Choice, ...]:
    """Named levels of a leaf. Raises ``Unfit``."""
    found = rows(value, _choice)
    differ(one.key for one in found)
    return found


def _choice(row: Any) -> Choice:
    only(row, {"key", "label", "points", "zeroes"})
    return Choice(
        key_of(row.get("key")),
        words(row.get("label")),
        number(row.get("points", 0)),
        one_of(row.get("zeroes", ""), ZEROES),
    )


def read_steps(value: Any) -> tuple[Step, ...]:
    """Bands; two may share an edge when one of them excludes it. Raises ``Unfit``."""
    found = rows(value, _step)
    differ(f"{plain_number(one.edge)} %" + ("" if one.inclusive else " (>)") for one in found)
    return found


def _step(row: Any) -> Step:
    only(row, {"edge", "points", "inclusive"})
    return Step(number(row.get("edge")), number(row.get("points")), flag(row.get("inclusive", True)))


def read_sizes(value: Any) -> tuple[SizeStep, ...]:
    """Size factors (R19). Raises ``Unfit``."""
    found = rows(value, _size)
    differ(plain_number(one.at_least) for one in found)
    return found


def _size(row: Any) -> SizeStep:
    only(row, {"at_least", "factor"})
    return SizeStep(number(row.get("at_least")), factor(row.get("factor")))


def read_sanctions(value: Any) -> tuple[Sanction, ...]:
    """Sanctions of a deduction line (R13). Raises ``Unfit``."""
    return rows(value, _sanction)


def _sanction(row: Any) -> Sanction:
    only(row, {"from_count", "kind", "grade"})
    kind = one_of(row.get("kind"), SANCTIONS)
    count = row.get("from_count", 1)
    if isinstance(count, bool) or not isinstance(count, int) or not 1 <= count <= 1000:
        raise Unfit(_("Ghi số nguyên từ %(least)s đến %(most)s.") % {"least": 1, "most": 1000})
    named = kind in (NOT_ABOVE, NOT_GRADE)
    return Sanction(count, kind, words(row.get("grade", "")) if named else "")


# Plain data --------------------------------------------------------------------------------------------------------


def plain(part: Any) -> Any:
    """A part as JSON keeps it."""
    if isinstance(part, Level):
        return {
            "key": part.key, "label": part.label, "who": part.who, "blind": part.blind, "counts": part.counts,
            "combine": part.combine,
        }  # fmt: skip
    if isinstance(part, Condition):
        return {
            "grade": part.grade, "kind": part.kind, "code": part.code, "share": plain_share(part.share),
            "count": part.count,
        }  # fmt: skip
    if isinstance(part, Choice):
        return {
            "key": part.key, "label": part.label, "points": plain_number(part.points), "zeroes": part.zeroes
        }  # fmt: skip
    if isinstance(part, Step):
        return {
            "edge": plain_number(part.edge),
            "points": plain_number(part.points),
            "inclusive": part.inclusive,
        }
    if isinstance(part, SizeStep):
        return {"at_least": plain_number(part.at_least), "factor": plain_factor(part.factor)}
    if isinstance(part, Sanction):
        return {"from_count": part.from_count, "kind": part.kind, "grade": part.grade}
    return part


def plain_number(value: Decimal) -> str:
    """ "0.5", "10": without exponent and zeros at the end."""
    written = format(value, "f")
    return written.rstrip("0").rstrip(".") if "." in written else written


def plain_share(value: Fraction) -> int | str:
    """85 for 17/20, "2/3" for what is no whole per cent."""
    percent = value * 100
    return int(percent) if percent.denominator == 1 else f"{value.numerator}/{value.denominator}"


def plain_factor(value: Fraction) -> str:
    """ "1.2" where the decimals end, else "4/3"."""
    thousandths = value * 10_000
    if thousandths.denominator == 1:
        return plain_number(Decimal(thousandths.numerator).scaleb(-4))
    return f"{value.numerator}/{value.denominator}"


# Checks ------------------------------------------------------------------------------------------------------------


def rows(value: Any, one: Callable[[Any], Row], most: int = MOST_ROWS) -> tuple[Row, ...]:
    """Each row of a list read by ``one``; its ``Unfit`` names the row."""
    if not isinstance(value, list | tuple):
        raise Unfit(_("Phải là một danh sách."))
    if len(value) > most:
        raise Unfit(_("Nhiều nhất %(most)s dòng.") % {"most": most})
    found = []
    for place, row in enumerate(value, 1):
        try:
            found.append(one(row))
        except Unfit as unfit:
            raise Unfit(_("Dòng %(number)s: %(why)s") % {"number": place, "why": unfit}) from unfit
    return tuple(found)


def only(row: Any, keys: set[str]) -> None:
    """``Unfit`` for what is no mapping of these keys."""
    if not isinstance(row, Mapping) or not set(row) <= keys:
        raise Unfit(_("Có dòng không hợp lệ."))


def words(value: Any, *, empty: bool = False) -> str:
    """A text of one line."""
    if empty and value == "":
        return ""
    if not isinstance(value, str) or not value.strip() or len(value) > LONGEST or not value.isprintable():
        raise Unfit(_("Ghi tên, dài nhất %(most)s ký tự.") % {"most": LONGEST})
    return value


def key_of(value: Any) -> str:
    """A short stable key."""
    if not isinstance(value, str) or not _KEY.fullmatch(value):
        raise Unfit(_("Mã chỉ gồm chữ thường không dấu, chữ số, gạch ngang, gạch dưới; dài nhất 20 ký tự."))
    return value


def number(value: Any) -> Decimal:
    """A number from 0 with at most four decimals, never a float."""
    try:
        found = (
            Decimal(value) if isinstance(value, str | int | Decimal) and not isinstance(value, bool) else None
        )
    except InvalidOperation:
        found = None
    if found is None or not found.is_finite() or not 0 <= found <= MOST_NUMBER:
        raise Unfit(_("Ghi số từ 0 trở lên, ví dụ 90 hoặc 0,5."))
    if found != found.quantize(Decimal("0.0001")):
        raise Unfit(_("Số có nhiều nhất bốn chữ số thập phân."))
    return found


def factor(value: Any) -> Fraction:
    """A factor above 0: "1.2" or "4/3"."""
    if isinstance(value, str) and (match := _FACTOR.fullmatch(value)):
        found = Fraction(int(match[1]), int(match[2]))
    else:
        found = Fraction(number(value))
    if not 0 < found <= 100:
        raise Unfit(_("Hệ số phải lớn hơn 0 và không quá 100."))
    return found


def flag(value: Any) -> bool:
    """Yes or no."""
    if not isinstance(value, bool):
        raise Unfit(_("Có dòng không hợp lệ."))
    return value


def one_of(value: Any, choices: Iterable[str]) -> str:
    """One of the words."""
    if not isinstance(value, str) or value not in choices:
        raise Unfit(_("Có dòng không hợp lệ."))
    return value


def differ(names: Iterable[str]) -> None:
    """``Unfit`` when a name comes twice."""
    seen: set[str] = set()
    for name in names:
        if name in seen:
            raise Unfit(_("“%(name)s” được ghi hai lần.") % {"name": name})
        seen.add(name)
