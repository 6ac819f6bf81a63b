"""From points to ranks, and whether ranks that people recorded fit together. Pure: no Django, no clock, no order.

Words. A *standing* is what is known of one agency: points (exact, more is better) and the values of the declared
tie-break list, most important first. *Competition* ranks leave a gap after a tie (1, 1, 3), *dense* ranks do not
(1, 1, 2). Promises: the outcome does not depend on the order of the input; equal standings share a rank, nothing
invisible (a name, an id) ever decides; an agency without points has no rank; every rank says which rule decided it.
Source: domain 3.3 (tie-break), 4.5 (shared places, competition by default).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

Number = Decimal | Fraction | int


@dataclass(frozen=True, slots=True)
class Standing:
    """One agency before ranking; ``tie_break`` holds one value for each declared rule, more is better."""

    key: Hashable
    points: Number | None
    tie_break: tuple[Number, ...] = ()


@dataclass(frozen=True, slots=True)
class Placed:
    """One agency after ranking.

    ``shared``: others hold the same rank. ``decided_by``: which tie-break (0 = the first) set it apart from an agency
    with the same points; None where points alone did, or where the rank is shared to the end.
    """

    key: Hashable
    rank: int | None
    shared: bool = False
    decided_by: int | None = None


def rank(standings: Iterable[Standing], *, dense: bool = False) -> list[Placed]:
    """Ranks from 1, best first; agencies without points come last, without a rank.

    Raises ``ValueError`` when two standings have the same key or tie-break lists of different lengths.
    """
    rows = list(standings)
    if len({row.key for row in rows}) != len(rows):
        raise ValueError("an agency stands twice")
    if len({len(row.tie_break) for row in rows}) > 1:
        raise ValueError("tie-break lists of different lengths")
    scored = [(_strength(row), row) for row in rows if row.points is not None]
    groups = Counter(strength for strength, _row in scored)
    ranks: dict[tuple[Fraction, ...], int] = {}
    place = 1
    for strength in sorted(groups, reverse=True):
        ranks[strength] = place
        place += 1 if dense else groups[strength]
    placed = [
        Placed(row.key, ranks[strength], groups[strength] > 1, _decider(strength, groups))
        for strength, row in sorted(scored, key=lambda pair: pair[0], reverse=True)
    ]
    return placed + [Placed(row.key, None) for row in rows if row.points is None]


def _strength(row: Standing) -> tuple[Fraction, ...]:
    assert row.points is not None  # noqa: S101 - callers keep agencies without points apart
    return tuple(Fraction(value) for value in (row.points, *row.tie_break))


def _decider(strength: tuple[Fraction, ...], groups: Counter[tuple[Fraction, ...]]) -> int | None:
    rivals = [other for other in groups if other[0] == strength[0] and other != strength]
    if not rivals:
        return None
    firsts = [next(i for i in range(1, len(strength)) if strength[i] != other[i]) for other in rivals]
    return max(firsts) - 1


def expected_ranks(ranks: Sequence[int], *, dense: bool = False) -> list[int]:
    """The nearest coherent ranks for recorded ``ranks``, in the order given: same order of agencies, same ties.

    ``[1, 1, 2]`` becomes ``[1, 1, 3]`` in competition ranking; a coherent list comes back unchanged.
    """
    counts = Counter(ranks)
    place = 1
    right: dict[int, int] = {}
    for value in sorted(counts):
        right[value] = place
        place += 1 if dense else counts[value]
    return [right[value] for value in ranks]


def order_contradicts_points(rows: Iterable[tuple[int | None, Number | None]]) -> bool:
    """Whether some agency stands above one with more points, or shares a rank with different points."""
    both = [(place, Fraction(points)) for place, points in rows if place is not None and points is not None]
    return any(
        (mine < theirs and my_points < their_points) or (mine == theirs and my_points != their_points)
        for mine, my_points in both
        for theirs, their_points in both
    )


def combined(
    standings: Sequence[Standing],
    votes: Mapping[Hashable, int | None],
    way: str,
    *,
    shortlist: int,
    dense: bool,
) -> list[Placed]:
    """Ranks by the way of the charter (domain 4.3).

    ``score`` and ``deliberation``: by points (the conference may depart from them). ``vote``: by votes. ``shortlist``:
    by votes among the first ``shortlist`` places by points, whose last place goes onto the list together; the others
    have no rank. Nobody has a rank by votes without votes or without points.
    """
    by_points = rank(standings, dense=dense)
    if way not in ("vote", "shortlist"):
        return by_points
    listed = {one.key for one in by_points if one.rank is not None}
    if way == "shortlist":
        listed = {
            one.key for one in by_points if one.rank is not None and _before(one, by_points) < shortlist
        }
    voted = [
        Standing(row.key, votes.get(row.key) if row.key in listed else None, row.tie_break)
        for row in standings
    ]
    return rank(voted, dense=dense)


def _before(one: Placed, placed: Sequence[Placed]) -> int:
    return sum(1 for other in placed if other.rank is not None and other.rank < (one.rank or 0))


def departing(
    ranks: Mapping[Hashable, int | None], by_points: Mapping[Hashable, int | None]
) -> list[Hashable]:
    """Who holds another recorded rank than the points give (domain 7, case 11), in the order of ``ranks``."""
    return [
        key for key, place in ranks.items()
        if place is not None and by_points.get(key) is not None and place != by_points[key]
    ]  # fmt: skip
