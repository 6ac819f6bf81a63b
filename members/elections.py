"""Who was elected to lead the coming year: a higher app that records elections tells, so that no one types it twice."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from members.models import ClusterYear


@dataclass(frozen=True, slots=True)
class Elected:
    """The result of an election: agencies, and the day it was held."""

    chair_id: int | None
    deputy_ids: tuple[int, ...]
    held_on: date


Source = Callable[[ClusterYear, str], Elected | None]
_sources: list[Source] = []


def source(function: Source) -> Source:
    """Register a function that knows the election held in a year for the year with a label."""
    _sources.append(function)
    return function


def elected(year: ClusterYear, label: str) -> Elected | None:
    """What was elected in ``year`` for the year ``label``, or None."""
    return next((result for function in _sources if (result := function(year, label))), None)
