"""The parts of a charter that are lists: grades, quotas, steps of lateness, tie-breaks; and a share of a number.

Words. A *share* is a part of a whole, written as a whole per cent (``67``) or as a fraction (``"2/3"``); nothing is
rounded before the count is known. A *band* is a grade with the points it begins at. A *quota* says how many of an
award there may be. A *step* of lateness says what a day costs from which day on; the highest step reached counts,
steps are not added up. Pure: no database, no clock. Source: domain 3.2 (R17), 3.3 (tie-break), 4.4 (quotas).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from itertools import pairwise
from typing import Any

from django.utils.translation import gettext as _

MOST_ROWS = 20
LONGEST = 100
MOST_POINTS = Decimal(100_000)
TIE_BREAKS = ("bonus", "fewer_penalty", "previous_year", "vote", "chair")
SECTION, OTHER = "section:", "other:"
BASES = ("members", "remaining")
_FRACTION = re.compile(r"([1-9][0-9]?)/([1-9][0-9]?)")


class Unfit(ValueError):
    """A value that cannot stand in a charter; the text says why, in the language of the page."""


@dataclass(frozen=True, slots=True)
class Band:
    """A grade: from how many points, and for at most which per cent of the members (rounded down).

    ``at_least`` is empty only in what was stored as mere words; such a grade takes no part in any arithmetic.
    """

    label: str
    at_least: Decimal | None = None
    share: int | None = None


@dataclass(frozen=True, slots=True)
class Quota:
    """How many of an award at most: a number, or a per cent (rounded down) of all members or of those still without."""

    award: str
    number: int | None = None
    share: int | None = None
    of: str = "members"


@dataclass(frozen=True, slots=True)
class LateStep:
    """From the ``from_day``-th day after the last day on, ``points`` are taken off; ``words`` of what was mere text."""

    from_day: int
    points: Decimal
    words: str = ""


Part = Band | Quota | LateStep


# Arithmetic ----------------------------------------------------------------------------------------------------


def share_of(value: int | str) -> Fraction:
    """``67`` → 67/100, ``"2/3"`` → 2/3; raises ``Unfit`` for what is no share between 0 and 1."""
    if isinstance(value, bool) or not isinstance(value, int | str):
        raise Unfit(_("Ghi phần trăm tròn (67) hoặc phân số (2/3)."))
    if isinstance(value, int):
        found = Fraction(value, 100)
    elif match := _FRACTION.fullmatch(value):
        found = Fraction(int(match[1]), int(match[2]))
    else:
        raise Unfit(_("Ghi phần trăm tròn (67) hoặc phân số (2/3)."))
    if not 0 <= found <= 1:
        raise Unfit(_("Tỷ lệ phải từ 0 đến 100 %."))
    return found


def most_of(share: int, count: int) -> int:
    """``share`` per cent of ``count``, rounded down (domain 4.4: "làm tròn xuống")."""
    return share * count // 100


def points_off(steps: Iterable[LateStep], days_late: int) -> Decimal:
    """What being ``days_late`` days late costs: the highest step reached; 0 on time or without a step."""
    reached = [step for step in steps if step.points and 0 < step.from_day <= days_late]
    return max(reached, key=lambda step: step.from_day).points if reached else Decimal(0)


def allotted(quotas: Sequence[Quota], members: int) -> list[int | None]:
    """How many of each award at most, in order; "remaining" are the members whom no earlier award can reach.

    None for a quota that was stored as mere words.
    """
    found: list[int | None] = []
    left = members
    for quota in quotas:
        base = members if quota.of == "members" else left
        most = quota.number if quota.number is not None else None
        if quota.share is not None:
            most = most_of(quota.share, base)
        found.append(None if most is None else min(most, base))
        left = max(0, left - (found[-1] or 0))
    return found


# Reading -------------------------------------------------------------------------------------------------------


def read_bands(value: Any) -> tuple[Band, ...]:
    """Grades, best first; the points fall from one to the next. Raises ``Unfit``."""
    rows = _rows(value, _band)
    _differ(row.label for row in rows)
    points = [row.at_least for row in rows if row.at_least is not None]
    if any(first <= second for first, second in pairwise(points)):
        raise Unfit(_("Ghi loại cao nhất trước; điểm của loại sau phải thấp hơn loại trước."))
    return rows


def _band(row: Any) -> Band:
    if isinstance(row, str):
        return Band(_text(row))
    _only(row, {"label", "at_least", "share"})
    at_least = row.get("at_least")
    return Band(
        _text(row.get("label")),
        None if at_least is None else _points(at_least),
        _whole(row.get("share"), 0, 100, empty=True),
    )


def read_quotas(value: Any) -> tuple[Quota, ...]:
    """Quotas in the order in which awards are given out. Raises ``Unfit``."""
    rows = _rows(value, _quota)
    _differ(row.award for row in rows)
    return rows


def _quota(row: Any) -> Quota:
    if isinstance(row, str):
        return Quota(_text(row))
    _only(row, {"award", "number", "share", "of"})
    number, share = (
        _whole(row.get("number"), 0, 1000, empty=True),
        _whole(row.get("share"), 0, 100, empty=True),
    )
    if number is not None and share is not None:
        raise Unfit(_("Ghi số lượng hoặc tỷ lệ, không ghi cả hai."))
    of = row.get("of", "members")
    if of not in BASES:
        raise Unfit(_("Tỷ lệ tính trên tổng số đơn vị hoặc trên số đơn vị còn lại."))
    return Quota(_text(row.get("award")), number, share, of)


def read_lateness(value: Any) -> tuple[LateStep, ...]:
    """Steps by day; a later step costs more. Raises ``Unfit``."""
    rows = _rows(value, _late_step)
    steps = [row for row in rows if not row.words]
    for first, second in pairwise(steps):
        if first.from_day >= second.from_day or first.points >= second.points:
            raise Unfit(_("Ghi các mức theo ngày tăng dần; mức sau trừ nhiều hơn mức trước."))
    return rows


def _late_step(row: Any) -> LateStep:
    if isinstance(row, str):
        return LateStep(0, Decimal(0), _text(row))
    _only(row, {"from_day", "points", "words"})
    if row.get("words"):
        return LateStep(0, Decimal(0), _text(row["words"]))
    points = _points(row.get("points"))
    if not points:
        raise Unfit(_("Điểm trừ phải lớn hơn 0."))
    return LateStep(_whole(row.get("from_day"), 1, 365) or 1, points)


def read_tie_break(value: Any) -> tuple[str, ...]:
    """Rules in the order they are asked; what is no word of the list stays as a rule that people apply.

    ``section:<code>`` is more points in a part of the table, ``other:<words>`` a rule in words. Raises ``Unfit``.
    """
    rows = _rows(value, _tie_break)
    _differ(rows)
    return rows


def _tie_break(row: Any) -> str:
    if not isinstance(row, str):
        raise Unfit(_("Có dòng không hợp lệ."))
    if row in TIE_BREAKS:
        return row
    for head in (SECTION, OTHER):
        if row.startswith(head):
            return head + _text(row.removeprefix(head))
    return OTHER + _text(row)


# Writing -------------------------------------------------------------------------------------------------------


def plain(part: Any) -> Any:
    """A part as JSON keeps it: points as text without trailing zeros."""
    if isinstance(part, Band):
        return {"label": part.label, "at_least": _digits(part.at_least), "share": part.share}
    if isinstance(part, Quota):
        return {"award": part.award, "number": part.number, "share": part.share, "of": part.of}
    if isinstance(part, LateStep):
        if part.words:
            return {"words": part.words}
        return {"from_day": part.from_day, "points": _digits(part.points)}
    return part


def _digits(number: Decimal | None) -> str | None:
    if number is None:
        return None
    return format(
        number.quantize(Decimal(1)) if number == number.to_integral_value() else number.normalize(), "f"
    )


# Checks --------------------------------------------------------------------------------------------------------


def _rows(value: Any, one: Callable[[Any], Any]) -> tuple[Any, ...]:
    if not isinstance(value, list | tuple):
        raise Unfit(_("Phải là một danh sách."))
    if len(value) > MOST_ROWS:
        raise Unfit(_("Nhiều nhất %(most)s dòng.") % {"most": MOST_ROWS})
    found = []
    for number, row in enumerate(value, 1):
        try:
            found.append(one(row))
        except Unfit as unfit:
            raise Unfit(_("Dòng %(number)s: %(why)s") % {"number": number, "why": unfit}) from unfit
    return tuple(found)


def _only(row: Any, keys: set[str]) -> None:
    if not isinstance(row, Mapping) or not set(row) <= keys:
        raise Unfit(_("Có dòng không hợp lệ."))


def _text(value: Any) -> str:
    if not isinstance(value, str) or not value.strip() or len(value) > LONGEST:
        raise Unfit(_("Ghi tên, dài nhất %(most)s ký tự.") % {"most": LONGEST})
    return value


def _points(value: Any) -> Decimal:
    try:
        number = Decimal(value) if isinstance(value, str | int) and not isinstance(value, bool) else None
    except InvalidOperation:
        number = None
    if number is None or not number.is_finite() or not 0 <= number <= MOST_POINTS:
        raise Unfit(_("Ghi số điểm từ 0 trở lên, ví dụ 90 hoặc 0,5."))
    if number != number.quantize(Decimal("0.0001")):
        raise Unfit(_("Điểm có nhiều nhất bốn chữ số thập phân."))
    return number


def _whole(value: Any, least: int, most: int, *, empty: bool = False) -> int | None:
    if value is None and empty:
        return None
    if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
        raise Unfit(_("Ghi số nguyên từ %(least)s đến %(most)s.") % {"least": least, "most": most})
    return value


def _differ(names: Iterable[str]) -> None:
    seen: set[str] = set()
    for name in names:
        if name in seen:
            raise Unfit(_("“%(name)s” được ghi hai lần.") % {"name": name})
        seen.add(name)
