"""Points of one leaf by its rule (domain 3.2: R1 to R16, R19). Pure: no Django, no clock, no database.

Words. *Facts* are what somebody typed; the *degree* of a target is how far it was reached, 1 = just reached.

Promises. Empty facts are never zero: the result has no points. Every result says in words how it came about. What was
typed over the maximum is refused with the maximum named; what a rule computes over it is held there, in writing. Ratios
are compared as fractions; a leaf is rounded once, at its end.

Degree of a target T by a result A: ``1 + (A − T) / |T|``; where lower is better ``1 + (T − A) / |T|``. For T > 0 and
higher is better that is A / T. With lower is better and T = 10: A = 8 gives 1,2, A = 12 gives 0,8, A = 20 gives 0. The
formula is the same on both sides of the target and stands for negative targets too: T = −100, A = −50 gives 1,5.

The rules: R1 and R2 here, R3 and R10 to R14 in ``cases``, R4 to R6 and R9 in ``ratios``, R7 and R8, which need all
members, in ``relative``; what all of them share (R15, R16, R19, limits, rounding) in ``derive``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Final

from core.marks import _
from scoring.domain.cases import bonus, count, deduction, faults, levels, sanctions_of
from scoring.domain.derive import (
    ZERO,
    by_hand,
    finish,
    is_out,
    not_arisen,
    not_assigned,
    nothing,
    refused,
    said,
    text,
    to_places,
    typed,
)
from scoring.domain.facts import facts_data, facts_of, is_empty, own_number
from scoring.domain.ratios import bands, percentage, proportional
from scoring.domain.relative import score_relative, waiting
from scoring.domain.shapes import (
    BANDS,
    BONUS,
    COUNT,
    DEDUCTION,
    DIRECT,
    EXCEEDING,
    FAULTS,
    LATENESS,
    LEVELS,
    NOT_ARISEN,
    NOTHING,
    PERCENT,
    PROPORTIONAL,
    RELATIVE,
    YES_NO,
    Facts,
    Leaf,
    Result,
    Said,
    TableRules,
)

__all__ = ["combined", "facts_data", "facts_of", "is_empty", "score", "score_relative"]


# One leaf ----------------------------------------------------------------------------------------------------------


def score(leaf: Leaf, facts: Facts, settings: TableRules) -> Result:
    """What the leaf's rule makes of the facts; R7 and R8 ``wait`` for the others (``score_relative``).

    ``Facts.points`` alone on a rule that computes is somebody's own number (a verifier's): 0 to the maximum. Lateness
    (R17) takes no facts: its points come from the charter's steps and are given to ``tally``.
    """
    if leaf.rule == LATENESS:
        return Result()
    if is_out(leaf, facts):
        return not_assigned(leaf, settings)
    if facts.mark == NOT_ARISEN:
        return not_arisen(leaf, settings)
    if facts.mark == NOTHING:
        return _of_nothing(leaf, facts, settings)
    if is_empty(facts):
        return Result()
    if leaf.rule != DIRECT and own_number(facts):
        return _by_hand(leaf, facts)
    return _RULES[leaf.rule](leaf, facts, settings)


def _by_hand(leaf: Leaf, facts: Facts) -> Result:
    """The number as it was set; a deduction of any points is one case for its sanctions (R13)."""
    found = by_hand(leaf, facts)
    if leaf.rule != DEDUCTION or not found.points:
        return found
    return Result(found.points, found.derivation, sanctions=sanctions_of(leaf, Decimal(1)))


def _of_nothing(leaf: Leaf, facts: Facts, settings: TableRules) -> Result:
    """ "Không có": the figure is zero; no points where that alone gives none (a level, a missing target)."""
    why = said(_("Không có"))
    zeros: dict[str, Facts] = {
        FAULTS: Facts(count=ZERO, size=facts.size),
        DEDUCTION: Facts(count=ZERO, size=facts.size),
        COUNT: Facts(count=ZERO, size=facts.size),
        PROPORTIONAL: Facts(actual=ZERO, target=facts.target, size=facts.size),
        EXCEEDING: Facts(actual=ZERO, target=facts.target, size=facts.size),
        RELATIVE: Facts(actual=ZERO, target=facts.target, size=facts.size),
        BANDS: _zero_percent(leaf, facts),
        PERCENT: _zero_percent(leaf, facts),
    }
    if leaf.rule not in zeros:
        return nothing(why)
    found = _RULES[leaf.rule](leaf, zeros[leaf.rule], settings)
    return found if found.points is not None or found.waits or not found.assigned else nothing(why)


def _zero_percent(leaf: Leaf, facts: Facts) -> Facts:
    if leaf.measured == "ratio" and facts.target:
        return Facts(actual=ZERO, target=facts.target, size=facts.size)
    return Facts(percent=ZERO, size=facts.size)


# R1 and R2 -----------------------------------------------------------------------------------------------------


def _direct(leaf: Leaf, facts: Facts, _settings: TableRules) -> Result:
    """R1: the points typed, a multiple of the step, not above the maximum."""
    points = facts.points
    if points is None:
        return Result()
    if wrong := typed(leaf, points):
        return wrong
    if leaf.step and Fraction(points) % Fraction(leaf.step):
        return refused(
            said(_("Điểm phải là bội số của %(step)s; %(points)s không phải."), step=leaf.step, points=points)
        )
    head = said(_("Chấm trực tiếp %(points)s điểm"), points=points)
    return finish(leaf, facts, Fraction(points), head, equals=False)


def _yes_no(leaf: Leaf, facts: Facts, _settings: TableRules) -> Result:
    """R2: the maximum when achieved, else 0."""
    if facts.yes is None:
        return Result()
    if not facts.yes:
        return Result(ZERO, said(_("Không đạt: 0 điểm")), reached=False)
    head = said(_("Đạt: %(points)s điểm"), points=leaf.maximum)
    return finish(leaf, facts, Fraction(leaf.maximum), head, equals=False, reached=True)


_RULES: Final[dict[str, Callable[[Leaf, Facts, TableRules], Result]]] = {
    DIRECT: _direct,
    YES_NO: _yes_no,
    LEVELS: levels,
    BANDS: bands,
    PROPORTIONAL: proportional,
    EXCEEDING: proportional,
    RELATIVE: waiting,
    PERCENT: percentage,
    COUNT: count,
    FAULTS: faults,
    BONUS: bonus,
    DEDUCTION: deduction,
}


# Several scorers of one level --------------------------------------------------------------------------------------


def combined(leaf: Leaf, results: Sequence[Result], how: str) -> Result:
    """What several scorers of one level come to (``Level.combine``), oldest first; those without points are left out.

    ``last`` takes the newest, ``lowest`` the fewest points (of two equal ones the newer), ``mean`` the average, rounded
    like the leaf; sanctions and zeroing of a mean are those that any of them reached.
    """
    given = [one for one in results if one.points is not None]
    if not given or len(given) == 1 or how == "last":
        return given[-1] if given else (results[-1] if results else Result())
    if how == "lowest":
        return min(reversed(given), key=lambda one: one.points or ZERO)
    points = [one.points for one in given if one.points is not None]
    zeroes = max(one.zeroes for one in given)  # "" < "leaf" < "parent"
    mean = Fraction(sum(points, ZERO)) / len(points)
    value = to_places(mean, leaf.places, leaf.rounding)
    words = said(
        _("Trung bình của %(all)s = %(value)s"), all=", ".join(text(one) for one in points), value=value
    )  # fmt: skip
    return Result(
        value, words, warnings=_all(one.warnings for one in given), zeroes=zeroes,
        sanctions=tuple(dict.fromkeys(sanction for one in given for sanction in one.sanctions)),
    )  # fmt: skip


def _all(parts: Iterable[tuple[Said, ...]]) -> tuple[Said, ...]:
    return tuple(dict.fromkeys(one for part in parts for one in part))
