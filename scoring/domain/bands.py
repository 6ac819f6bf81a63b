"""From points to grades. Pure: no Django.

Promises: the lower bound belongs to the grade; a grade with a limit takes the best by rank, and agencies of one rank
are taken or left together, so nothing invisible decides at the border; who finds no room falls into the next grade.
Conditions and sanctions (R13, R18) keep an agency out of grades, they never lift it into one.
Source: domain 4.4 ("Xuất sắc" at most 25 % of the units, rounded down), 7 case 10 (ties at the border of a quota).
"""

from __future__ import annotations

from collections.abc import Collection, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from scoring.domain.shapes import DOWN_ONE, LOWEST, NOT_ABOVE, NOT_GRADE, Sanction


@dataclass(frozen=True, slots=True)
class Grade:
    """A grade by its lower bound; ``most`` agencies at most, None for any number."""

    label: str
    at_least: Decimal
    most: int | None = None


@dataclass(frozen=True, slots=True)
class Graded:
    """One agency after grading: the grade it has, and the one it had points for but found no room in.

    ``border``: it holds one rank with others exactly at the border of the limit, so all of them were left out.
    ``held``: the best grade it had points for but may not have (a condition, a sanction).
    """

    key: Hashable
    label: str | None
    missed: str | None = None
    border: bool = False
    held: str | None = None


def grade(
    placed: Iterable[tuple[Hashable, Decimal | None, int | None]],
    grades: Sequence[Grade],
    barred: Mapping[Hashable, Collection[str]] | None = None,
) -> list[Graded]:
    """Grades of (key, points, rank), best grade first in ``grades``; without points or rank no grade.

    ``barred``: labels that an agency may not have, see :func:`barred_labels`. The order of the answer is that of the
    input.
    """
    rows = list(placed)
    labels: dict[Hashable, str | None] = {key: None for key, _points, _rank in rows}
    missed: dict[Hashable, str] = {}
    held: dict[Hashable, str] = {}
    at_border: set[Hashable] = set()
    waiting = {key: (points, rank) for key, points, rank in rows if points is not None and rank is not None}
    for one in grades:
        able = {}
        for key, (points, rank) in waiting.items():
            if points >= one.at_least:
                if one.label in (barred or {}).get(key, ()):
                    held.setdefault(key, one.label)
                else:
                    able[key] = rank
        taken, border = _best(able, one.most)
        at_border |= border
        for key in able:
            if key in taken:
                labels[key] = one.label
                del waiting[key]
            else:
                missed.setdefault(key, one.label)
    return [
        Graded(key, labels[key], missed.get(key), key in at_border, held.get(key))
        for key, _points, _rank in rows
    ]


def _best(ranks: Mapping[Hashable, int], most: int | None) -> tuple[set[Hashable], set[Hashable]]:
    """The best by rank, as many as there is room for, those of one rank together; who shares the border."""
    if most is None:
        return set(ranks), set()
    taken: set[Hashable] = set()
    for rank in sorted(set(ranks.values())):
        level = {key for key, value in ranks.items() if value == rank}
        if len(taken) + len(level) > most:
            return taken, level if len(taken) < most else set()
        taken |= level
    return taken, set()


def barred_labels(
    points: Decimal, grades: Sequence[Grade], *, unmet: Iterable[str] = (), limits: Iterable[Sanction] = ()
) -> frozenset[str]:
    """The grades an agency with ``points`` may not have.

    ``unmet``: grades whose condition is not met; that grade and every better one are out. Sanctions: ``not_above``
    takes out every better one, ``not_grade`` that one and every better one, ``down_one`` the one that points (and all
    else) would give, ``lowest`` all but the last. The last grade is never taken out by a fall.
    """
    labels = [one.label for one in grades]
    out: set[str] = set()
    falls = 0
    for label in unmet:
        out |= set(labels[: labels.index(label) + 1]) if label in labels else set()
    for one in limits:
        if one.kind == LOWEST:
            out |= set(labels[:-1])
        elif one.kind == DOWN_ONE:
            falls += 1
        elif one.grade in labels:
            place = labels.index(one.grade)
            out |= set(
                labels[: place if one.kind == NOT_ABOVE else place + 1 if one.kind == NOT_GRADE else 0]
            )
    for _fall in range(falls):
        given = [one.label for one in grades if points >= one.at_least and one.label not in out]
        if given and given[0] != labels[-1]:
            out |= set(labels[: labels.index(given[0]) + 1])
    return frozenset(out)


@dataclass(frozen=True, slots=True)
class Seats:
    """Who a quota reaches by rank: ``within`` for certain, ``border`` share a rank at its last seats, together."""

    within: tuple[Hashable, ...]
    border: tuple[Hashable, ...]
    left: int


def seats(ranks: Sequence[tuple[Hashable, int]], quotas: Sequence[int | None]) -> list[Seats]:
    """One answer for each quota in order, best ranks first; who was reached (or stands at a border) is passed over.

    A quota without a number (mere words) reaches nobody.
    """
    waiting = sorted(ranks, key=lambda pair: pair[1])
    found = []
    for most in quotas:
        within, border = _best(dict(waiting), most or 0)
        order = [key for key, _rank in waiting]
        found.append(
            Seats(
                tuple(key for key in order if key in within), tuple(key for key in order if key in border),
                (most or 0) - len(within),
            )
        )  # fmt: skip
        waiting = [(key, rank) for key, rank in waiting if key not in within and key not in border]
    return found
