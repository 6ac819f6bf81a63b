"""Who scores whom, dealt out evenly. Pure: no Django, no chance, no database.

Promises of :func:`share_out`: nobody scores itself, every subject gets the number of scorers asked for, and the work of
any two scorers differs by one at most (unless pairs that must stay make that impossible).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Hashable, Mapping, Sequence
from typing import TypeVar

Key = TypeVar("Key", bound=Hashable)


def most(scorers: Collection[Key], subjects: Collection[Key]) -> int:
    """How many scorers every subject can have."""
    return min((len([one for one in scorers if one != subject]) for subject in subjects), default=0)


def share_out(
    scorers: Sequence[Key],
    subjects: Sequence[Key],
    each: int,
    *,
    kept: Mapping[Key, Collection[Key]] | None = None,
    turn: int = 0,
) -> dict[Key, frozenset[Key]]:
    """Scorers of every subject, ``each`` of them; ``kept`` pairs stay; ``turn`` begins elsewhere in the round.

    Raises ``ValueError`` when ``each`` is less than one or more than there are others.
    """
    if not 1 <= each <= most(scorers, subjects):
        raise ValueError(each)
    given = {subject: set((kept or {}).get(subject, ())) for subject in subjects}
    work = Counter(dict.fromkeys(scorers, 0))
    work.update(one for some in given.values() for one in some if one in work)
    for place, subject in enumerate(subjects):
        start = (place + turn + 1) % len(scorers)
        order = {one: at for at, one in enumerate([*scorers[start:], *scorers[:start]])}
        while len(given[subject]) < each:
            free = [one for one in scorers if one != subject and one not in given[subject]]
            chosen = min(free, key=lambda one: (work[one], order[one]))
            given[subject].add(chosen)
            work[chosen] += 1
    _level_out(scorers, given, work, kept or {})
    return {subject: frozenset(some) for subject, some in given.items()}


def _level_out(
    scorers: Sequence[Key],
    given: dict[Key, set[Key]],
    work: Counter[Key],
    kept: Mapping[Key, Collection[Key]],
) -> None:
    """Move work from the busiest to the least busy while they differ by more than one.

    Such a move exists: of the subjects that the busier one has and the other has not, which are two at least, only one
    can be the other itself.
    """
    while True:
        moves = (
            (busy, idle, subject)
            for busy in sorted(scorers, key=lambda one: -work[one])
            for idle in sorted(scorers, key=lambda one: work[one])
            if work[busy] - work[idle] > 1
            for subject, some in given.items()
            if busy in some and idle not in some and idle != subject and busy not in kept.get(subject, ())
        )
        move = next(moves, None)
        if move is None:
            return
        busy, idle, subject = move
        given[subject] = (given[subject] - {busy}) | {idle}
        work[busy] -= 1
        work[idle] += 1
