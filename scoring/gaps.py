"""Where figures of different levels part: own against verified, verified against cross, how strict each scorer is.

All from one ``Board``: no query. Figures are points; a positive difference means the later level gave more.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from scoring.domain.checks import before, points_of
from scoring.domain.shapes import Leaf, Section
from scoring.loading import leaves
from scoring.totals import Board

ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Gap:
    """A cell of the map: ``points`` None where one of the two levels has nothing; ``lines`` that differ."""

    points: Decimal | None
    lines: int = 0
    share: Fraction = Fraction(0)  # of what can be earned, without sign


@dataclass(frozen=True, slots=True)
class Strictness:
    """How a scorer's figures lie against those before: ``mean`` per line in points, ``percent`` of the maximum."""

    scorer_id: int
    level: str
    lines: int
    equal: int
    lower: int
    higher: int
    mean: Fraction
    percent: Fraction


def gap(of: Board, agency_id: int, first: str, second: str, codes: Sequence[Leaf]) -> Gap:
    """What ``second`` gave more or less than ``first`` on the leaves that have a figure at both levels."""
    data = of.sheets[agency_id]
    one, two = of.results(agency_id, first), of.results(agency_id, second)
    off, seen, lines, maximum = ZERO, False, 0, ZERO
    for leaf in codes:
        if not (data.at(leaf.code, first) and data.at(leaf.code, second)):
            continue
        left, right = one[leaf.code].points, two[leaf.code].points
        if left is None or right is None:
            continue
        sign = -1 if leaf.part == "penalty" else 1
        seen, off, maximum = True, off + sign * (right - left), maximum + leaf.maximum
        lines += left != right
    if not seen:
        return Gap(None)
    return Gap(off, lines, abs(Fraction(off)) / Fraction(maximum) if maximum else Fraction(0))


def groups(of: Board, section: str = "") -> list[tuple[Section | Leaf, list[Leaf]]]:
    """Columns of the map: the top of the table, or what lies directly below ``section``, with the leaves of each."""
    nodes = of.nodes()
    above = next((node.key for node in nodes if node.code == section), None) if section else ""
    if above is None:
        return []
    below: dict[str, list[Section | Leaf]] = {}
    for node in nodes:
        below.setdefault(node.parent, []).append(node)

    def inside(node: Section | Leaf) -> list[Leaf]:
        if isinstance(node, Leaf):
            return [node]
        return [leaf for child in below.get(node.key, ()) for leaf in inside(child)]

    return [(node, inside(node)) for node in below.get(above, ())]


def strictness(of: Board) -> list[Strictness]:
    """Every scorer of every level against what stood before, strictest first."""
    found: dict[tuple[str, int], list[tuple[Decimal, Decimal]]] = {}
    places = {level.key: place for place, level in enumerate(of.levels)}
    for agency, data in of.sheets.items():
        for leaf in leaves(of.nodes(agency)):
            for figure in data.figures.get(leaf.code, ()):
                if not places.get(figure.level):
                    continue
                then = before(of, agency, figure.level, leaf.code)
                points = points_of(of, agency, leaf, figure.facts)
                if then is None or then.points is None or points is None:
                    continue
                sign = -1 if leaf.part == "penalty" else 1
                pair = (sign * (points - then.points), leaf.maximum)
                found.setdefault((figure.level, figure.scorer_id), []).append(pair)
    rows = [_strictness(scorer, level, some) for (level, scorer), some in found.items()]
    return sorted(rows, key=lambda row: (places[row.level], row.mean, row.scorer_id))


def _strictness(scorer: int, level: str, some: Sequence[tuple[Decimal, Decimal]]) -> Strictness:
    offs = [off for off, _most in some]
    top = sum((Fraction(most) for _off, most in some), Fraction(0))
    whole = sum((Fraction(off) for off in offs), Fraction(0))
    return Strictness(
        scorer, level, len(offs), sum(off == 0 for off in offs), sum(off < 0 for off in offs),
        sum(off > 0 for off in offs), whole / len(offs), whole * 100 / top if top else Fraction(0),
    )  # fmt: skip
