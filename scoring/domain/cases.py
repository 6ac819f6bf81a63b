"""R3 and R10 to R14: points from a level that was chosen, or from counted cases. Pure: no Django."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

from core.marks import _
from scoring.domain.derive import ZERO, finish, refused, said
from scoring.domain.shapes import (
    ZERO_LEAF,
    ZERO_PARENT,
    Choice,
    Facts,
    Leaf,
    Result,
    Said,
    Sanction,
    TableRules,
)


def levels(leaf: Leaf, facts: Facts, _settings: TableRules) -> Result:
    """R3 and R14: the points of the level that was chosen."""
    if not facts.level:
        return Result()
    found = _choice(leaf, facts.level)
    return _of_choice(leaf, facts, found) if found else _no_level()


def _choice(leaf: Leaf, key: str) -> Choice | None:
    return next((one for one in leaf.choices if one.key == key), None)


def _no_level() -> Result:
    return refused(said(_("Mức đã chọn không có trong bảng tiêu chí.")))


def _of_choice(leaf: Leaf, facts: Facts, found: Choice, sanctions: tuple[Sanction, ...] = ()) -> Result:
    if found.zeroes in (ZERO_LEAF, ZERO_PARENT):
        words = (
            _("Mức “%(label)s”: không chấm điểm cả mục")
            if found.zeroes == ZERO_PARENT
            else _("Mức “%(label)s”: tiêu chí này 0 điểm")
        )
        return Result(ZERO, said(words, label=found.label), zeroes=found.zeroes)
    head = said(_("Mức “%(label)s”: %(points)s điểm"), label=found.label, points=found.points)
    return finish(leaf, facts, Fraction(found.points), head, equals=False, sanctions=sanctions)


def count(leaf: Leaf, facts: Facts, _settings: TableRules) -> Result:
    """R10: count × points for each, not above the maximum."""
    if facts.count is None:
        return Result()
    if wrong := _negative(facts.count):
        return wrong
    return finish(leaf, facts, Fraction(facts.count) * Fraction(leaf.each), _times(leaf, facts.count))


def _times(leaf: Leaf, count: Decimal, unit: str = "") -> Said:
    unit = leaf.unit or unit
    if unit:
        return said(_("%(count)s %(unit)s × %(each)s"), count=count, unit=unit, each=leaf.each)
    return said(_("%(count)s lượt × %(each)s"), count=count, each=leaf.each)


def _negative(count: Decimal) -> Result | None:
    return refused(said(_("Số lượt không được âm."))) if count < 0 else None


def faults(leaf: Leaf, facts: Facts, _settings: TableRules) -> Result:
    """R11: the maximum less points for each fault, not below 0."""
    if facts.count is None:
        return Result()
    if wrong := _negative(facts.count):
        return wrong
    words = _("%(maximum)s − %(count)s lỗi × %(each)s")
    head = said(words, maximum=leaf.maximum, count=facts.count, each=leaf.each)
    return finish(
        leaf, facts, Fraction(leaf.maximum) - Fraction(facts.count) * Fraction(leaf.each), head,
    )  # fmt: skip


def bonus(leaf: Leaf, facts: Facts, _settings: TableRules) -> Result:
    """R12: the points of the one level that counts, or count × points for each; ``once`` counts one case only."""
    if facts.level:
        found = _choice(leaf, facts.level)
        return _of_choice(leaf, facts, found) if found else _no_level()
    if facts.count is None:
        return Result()
    if wrong := _negative(facts.count):
        return wrong
    counted = min(facts.count, Decimal(1)) if leaf.once else facts.count
    head = _times(leaf, counted)
    if counted != facts.count:
        more = said(_(" (có %(count)s, chỉ tính một lần)"), count=facts.count)
        head = Said(head.template, head.values, (more,))
    return finish(leaf, facts, Fraction(counted) * Fraction(leaf.each), head)


def deduction(leaf: Leaf, facts: Facts, _settings: TableRules) -> Result:
    """R13: points taken off for each case (a positive number), up to the line's cap, and the sanctions reached."""
    if facts.level:
        found = _choice(leaf, facts.level)
        if not found:
            return _no_level()
        return _of_choice(leaf, facts, found, sanctions_of(leaf, Decimal(1) if found.points else ZERO))
    if facts.count is None:
        return Result()
    if wrong := _negative(facts.count):
        return wrong
    head = (
        said(_("%(count)s %(unit)s × %(each)s"), count=facts.count, unit=leaf.unit, each=leaf.each)
        if leaf.unit
        else said(_("%(count)s vụ việc × %(each)s"), count=facts.count, each=leaf.each)
    )
    return finish(
        leaf,
        facts,
        Fraction(facts.count) * Fraction(leaf.each),
        head,
        sanctions=sanctions_of(leaf, facts.count),
    )


def sanctions_of(leaf: Leaf, cases: Decimal) -> tuple[Sanction, ...]:
    return tuple(one for one in leaf.sanctions if 0 < one.from_count <= cases)
