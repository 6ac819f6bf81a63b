"""From points to grades. Pure: no Django.

Promises: the lower bound belongs to the grade; a grade with a limit takes the best by rank, and agencies of one rank
are taken or left together, so nothing invisible decides at the border; who finds no room falls into the next grade.
Source: domain 4.4 ("Xuất sắc" at most 25 % of the units, rounded down), 7 case 10 (ties at the border of a quota).
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Grade:
    """A grade by its lower bound; ``most`` agencies at most, None for any number."""

    label: str
    at_least: Decimal
    most: int | None = None


@dataclass(frozen=True, slots=True)
class Graded:
    """One agency after grading: the grade it has, and the one it had points for but found no room in."""

    key: Hashable
    label: str | None
    missed: str | None = None


def grade(
    placed: Iterable[tuple[Hashable, Decimal | None, int | None]], grades: Sequence[Grade]
) -> list[Graded]:
    """Grades of (key, points, rank), best grade first in ``grades``; without points or rank no grade.

    The order of the answer is that of the input.
    """
    rows = list(placed)
    labels: dict[Hashable, str | None] = {key: None for key, _points, _rank in rows}
    missed: dict[Hashable, str] = {}
    waiting = {key: (points, rank) for key, points, rank in rows if points is not None and rank is not None}
    for one in grades:
        able = {key: rank for key, (points, rank) in waiting.items() if points >= one.at_least}
        taken = _best(able, one.most)
        for key in able:
            if key in taken:
                labels[key] = one.label
                del waiting[key]
            else:
                missed.setdefault(key, one.label)
    return [Graded(key, labels[key], missed.get(key)) for key, _points, _rank in rows]


def _best(ranks: dict[Hashable, int], most: int | None) -> set[Hashable]:
    """The best by rank, as many as there is room for; those of one rank together or not at all."""
    if most is None:
        return set(ranks)
    taken: set[Hashable] = set()
    for rank in sorted(set(ranks.values())):
        level = {key for key, value in ranks.items() if value == rank}
        if len(taken) + len(level) > most:
            break
        taken |= level
    return taken
