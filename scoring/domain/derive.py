"""From what a rule made of the facts to a result: size factor, limit, rounding, each written down. Pure: no Django.

Promises: fractions all the way, one rounding at the end of the leaf; a limit that takes something off is named in the
derivation; what people typed is never cut down silently but refused with the limit.
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from typing import Final

from core.marks import _
from core.quantity import format_number
from scoring.domain.shapes import (
    BASE,
    BONUS,
    DEDUCTION,
    EXCEEDING,
    LATENESS,
    NOT_ASSIGNED,
    PENALTY,
    Facts,
    Leaf,
    Result,
    Said,
    Sanction,
    TableRules,
)

SHOWN_PLACES = 4
PERCENT_PLACES = 2
ZERO = Decimal(0)

Number = Decimal | Fraction | int


# Numbers ---------------------------------------------------------------------------------------------------------


def to_step(value: Fraction, step: Fraction, mode: str) -> Fraction:
    """The multiple of ``step`` (> 0) next to ``value``: half_up (away from zero), half_even or down (towards zero).

    Whole numbers all the way; ``KeyError`` for another mode.
    """
    top, bottom = value.numerator * step.denominator, value.denominator * step.numerator
    whole, rest = divmod(abs(top), bottom)
    if rest:
        whole += _UP[mode](whole, 2 * rest, bottom)
    return step * (whole if top >= 0 else -whole)


_UP: Final[dict[str, Callable[[int, int, int], bool]]] = {
    "half_up": lambda _whole, twice, bottom: twice >= bottom,
    "half_even": lambda whole, twice, bottom: twice > bottom or (twice == bottom and whole % 2 == 1),
    "down": lambda _whole, _twice, _bottom: False,
}


def to_places(value: Fraction, places: int, mode: str) -> Decimal:
    """``value`` rounded once, exactly, to so many decimals; without zeros at the end."""
    scale: int = 10**places
    units = to_step(value * scale, Fraction(1), mode).numerator
    while places and units % 10 == 0:
        units, places = units // 10, places - 1
    return Decimal(f"{units}E-{places}")


def ends(value: Fraction, places: int = SHOWN_PLACES) -> bool:
    """Whether the number has at most so many decimals."""
    scale: int = 10**places
    return (value * scale).denominator == 1


def text(value: Number, places: int = SHOWN_PLACES) -> str:
    """ "1.250,5"; one whose decimals do not end within ``places`` is shown rounded."""
    if isinstance(value, Decimal) and int(value.as_tuple().exponent) >= -places:
        return format_number(value)
    return format_number(to_places(Fraction(value), places, "half_up"))


def percent_text(share: Fraction) -> str:
    """ "86,67 %" of 13/15: a share as per cent with at most two decimals."""
    return f"{text(share * 100, PERCENT_PLACES)} %"


def said(template: str, /, *more: Said, **values: str | Number) -> Said:
    """A sentence whose numbers are written the Vietnamese way."""
    filled = tuple((name, one if isinstance(one, str) else text(one)) for name, one in values.items())
    return Said(template, filled, more)


# Parts and limits ------------------------------------------------------------------------------------------------


def part_of(leaf: Leaf) -> str:
    """What kind of points a leaf gives: some rules leave no choice."""
    if leaf.rule in (DEDUCTION, LATENESS):
        return PENALTY
    return BONUS if leaf.rule == BONUS else leaf.part


def limit_of(leaf: Leaf) -> Decimal | None:
    """The most it can give, None for no limit: R6, and a bonus or penalty line whose cap is 0."""
    if leaf.rule == EXCEEDING or (part_of(leaf) != BASE and not leaf.maximum):
        return None
    return leaf.maximum


def factor_of(leaf: Leaf, facts: Facts) -> Fraction:
    """R19: the factor of the highest size reached; 1 without one, or without a size."""
    if facts.size is None:
        return Fraction(1)
    reached = [one for one in leaf.sizes if facts.size >= one.at_least]
    return max(reached, key=lambda one: one.at_least).factor if reached else Fraction(1)


# Results ---------------------------------------------------------------------------------------------------------


def finish(
    leaf: Leaf,
    facts: Facts,
    raw: Fraction,
    head: Said,
    *,
    equals: bool = True,
    step: Decimal | None = None,
    warnings: tuple[Said, ...] = (),
    reached: bool | None = None,
    zeroes: str = "",
    sanctions: tuple[Sanction, ...] = (),
) -> Result:
    """The result of raw points: factor, step, floor 0, limit, rounding, in this order; ``equals`` writes the raw value.

    Each step that changes the number is written behind ``head``.
    """
    tail, value = [_equals(raw)] if equals else [], raw
    factor = factor_of(leaf, facts)
    if factor != 1:
        value *= factor
        tail.append(said(_(", × hệ số quy mô %(factor)s = %(value)s"), factor=factor, value=value))
    if leaf.sizes and facts.size is None:
        warnings += (said(_("Chưa có số liệu quy mô nên chưa nhân hệ số.")),)
    if step and (stepped := to_step(value, Fraction(step), leaf.rounding)) != value:
        value = stepped
        tail.append(said(_(", làm tròn đến bước %(step)s → %(value)s"), step=step, value=value))
    if value < 0:
        value = Fraction(0)
        tail.append(said(_(", không dưới 0 → 0")))
    if (limit := limit_of(leaf)) is not None and value > limit:
        value = Fraction(limit)
        tail.append(said(_(", tối đa %(limit)s → %(limit)s"), limit=limit))
    points = to_places(value, leaf.places, leaf.rounding)
    if points != value:
        tail.append(said(_(", làm tròn → %(points)s"), points=points))
    derivation = Said(head.template, head.values, head.more + tuple(tail))
    return Result(points, derivation, warnings=warnings, reached=reached, zeroes=zeroes, sanctions=sanctions)


def _equals(raw: Fraction) -> Said:
    if ends(raw):
        return said(_(" = %(value)s"), value=raw)
    return said(_(" ≈ %(value)s"), value=raw)


def refused(*faults: Said) -> Result:
    """Facts that cannot stand."""
    return Result(faults=faults)


def typed(leaf: Leaf, points: Decimal) -> Result | None:
    """Why points that somebody typed cannot stand: below 0, or over the limit, which is named; None when they can."""
    if points < 0:
        return refused(said(_("Điểm không được âm.")))
    limit = limit_of(leaf)
    if limit is not None and points > limit:
        return refused(said(_("%(points)s điểm vượt mức tối đa %(limit)s điểm."), points=points, limit=limit))
    return None


def out_of_maximum(why: Said) -> Result:
    """R16: no points, and not in the maximum either."""
    return Result(assigned=False, derivation=why)


def whole(leaf: Leaf, why: Said) -> Result:
    """All a base line can give; a bonus or penalty line gives nothing."""
    points = leaf.maximum if part_of(leaf) == BASE else ZERO
    return Result(to_places(Fraction(points), leaf.places, leaf.rounding), _followed(why, points))


def nothing(why: Said) -> Result:
    """No points, on purpose."""
    return Result(ZERO, _followed(why, ZERO))


def _followed(why: Said, points: Decimal) -> Said:
    return Said(why.template, why.values, (*why.more, said(_(" → %(points)s điểm"), points=points)))


def not_assigned(leaf: Leaf, settings: TableRules) -> Result:
    """R16 by the table's setting."""
    why = said(_("Không giao chỉ tiêu"))
    if settings.unassigned == "full":
        return whole(leaf, why)
    return out_of_maximum(said(_("Không giao chỉ tiêu: không tính vào điểm tối đa")))


def not_arisen(leaf: Leaf, settings: TableRules) -> Result:
    """R15 by the table's setting; a bonus or penalty that did not arise is nothing."""
    why = said(_("Không phát sinh trong năm"))
    if part_of(leaf) != BASE or settings.not_arisen == "zero":
        return nothing(why)
    return not_assigned(leaf, settings) if settings.not_arisen == "unassigned" else whole(leaf, why)


def by_hand(leaf: Leaf, facts: Facts) -> Result:
    """Points set beside the rule, 0 to the maximum, rounded like the leaf; no size factor."""
    points = facts.points if facts.points is not None else ZERO
    if wrong := typed(leaf, points):
        return wrong
    value = to_places(Fraction(points), leaf.places, leaf.rounding)
    return Result(value, said(_("Chấm thẳng %(points)s điểm"), points=value))


def is_out(leaf: Leaf, facts: Facts) -> bool:
    """Whether the line is not assigned, or not meant for this kind of agency."""
    return facts.mark == NOT_ASSIGNED or not leaf.applies
