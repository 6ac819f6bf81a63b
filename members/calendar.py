"""What stands in the calendar of a year: each app tells of its days; pages, the hand-over and the feed ask here."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from members.models import ClusterYear


@dataclass(frozen=True, slots=True)
class Event:
    """Whole days of a year: from ``day`` to ``end_day``, both counted in full.

    ``kind``: step_from, step_to, extension, term, conference, or what a higher app adds. ``url_name`` names a page of
    the cluster-year. ``agency_id``: of interest to that agency alone; None: to everybody of the year. ``key`` tells
    events of one kind and year apart, and stays when the day moves. No person's name in any of it.
    """

    year_id: int
    day: date
    end_day: date
    title: str
    kind: str
    url_name: str = ""
    agency_id: int | None = None
    key: str = ""


Source = Callable[[Sequence[ClusterYear]], list[Event]]
_sources: list[Source] = []


def source(function: Source) -> Source:
    """Register a function that tells the events of years; a constant number of queries for any number of years."""
    _sources.append(function)
    return function


def events(years: Sequence[ClusterYear]) -> list[Event]:
    """Everything that is dated in these years, in time; a constant number of queries."""
    found = [event for function in _sources for event in function(years)] if years else []
    return sorted(found, key=lambda event: (event.day, event.end_day, event.year_id, event.kind, event.key))


def of_agencies(found: Sequence[Event], agencies: Mapping[int, Collection[int]]) -> list[Event]:
    """Without the events of agencies other than those given for each year."""
    return [
        event
        for event in found
        if event.agency_id is None or event.agency_id in agencies.get(event.year_id, ())
    ]
