"""What a coming year may take over from the one before: each app registers its parts when it loads.

Never registered: scores, ranks, activities, people. A part copies plans, not results.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.functional import Promise

from members.domain.actor import Actor
from members.domain.rotation import year_later
from members.models import ClusterYear

YEAR, START, NONE = "year", "start", "none"


@dataclass(frozen=True, slots=True)
class Shift:
    """How planned days move into the coming year.

    ``year``: the same day a year later; ``start``: as far from the first day as before; ``none``: no days are copied.
    """

    mode: str = YEAR
    days: int = 0

    @classmethod
    def between(cls, mode: str, old: date, new: date) -> Shift:
        """The shift from a year that starts on ``old`` to one that starts on ``new``."""
        return cls(mode, (new - old).days)

    def __call__(self, day: date | None) -> date | None:
        """The moved day; empty stays empty."""
        if day is None or self.mode == NONE:
            return None
        return year_later(day) if self.mode == YEAR else day + timedelta(days=self.days)


Count = Callable[[ClusterYear], int]
Copy = Callable[[Actor, ClusterYear, ClusterYear, Shift], int]
Names = Callable[[ClusterYear, Shift], list[str]]


@dataclass(frozen=True, slots=True)
class Part:
    """Something that may be taken over: how much of it there is, what it is called, the function that copies it."""

    name: str
    label: str | Promise
    help: str | Promise
    count: Count
    copy: Copy
    default: bool
    names: Names | None
    place: int
    always: bool  # also where a year is opened without asking, by a hand-over


_parts: dict[str, Part] = {}


def part(
    name: str,
    label: str | Promise,
    help: str | Promise,
    count: Count,
    copy: Copy,
    *,
    names: Names | None = None,
    place: int = 100,
    default: bool = True,
    always: bool = True,
) -> Part:
    """Register a part once; a second one of the same name raises ``KeyError``.

    ``copy`` runs in the transaction that opens the year, after the year, its charter and its steps are made, and
    answers how many rows it wrote; it raises ``DomainError`` where it cannot. ``names`` lists what would be made, for
    the summary before. ``place`` orders the parts on the page and in the copying. ``default``: ticked at first.
    """
    if name in _parts:
        raise KeyError(name)
    _parts[name] = Part(name, label, help, count, copy, default, names, place, always)
    return _parts[name]


def parts() -> list[Part]:
    """Every part by its place."""
    return sorted(_parts.values(), key=lambda one: (one.place, one.name))


def copy_all(
    actor: Actor, names: Collection[str], old: ClusterYear, new: ClusterYear, shift: Shift
) -> dict[str, int]:
    """Copy the named parts in order; how many rows each wrote. An unknown name is left out."""
    return {one.name: one.copy(actor, old, new, shift) for one in parts() if one.name in names}
