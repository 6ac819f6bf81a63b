"""Which change of chair a page speaks of: the pair old chair → new chair, the day, the year that is handed over.

Pure but for :func:`history_of`. A change is two chair terms that follow each other with different agencies. It hands
over

* the year that ended before it, when it comes within ``LATEST_CONFERENCE`` of that year's end and the old chair held
  the office on the year's last day (the usual case: the conference of 2020 on 05/01/2021; the latest seen is 22 May);
* else the year it falls into (a replacement in mid-year).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

from members.domain.rotation import Term
from members.domain.terms import terms_of
from members.enums import Role
from members.models import ClusterYear
from members.queries import agency_names
from publishing.enums import Side

LATEST_CONFERENCE = timedelta(days=150)


@dataclass(frozen=True, slots=True)
class Change:
    """The chair passes from one agency to another; ``effective_on`` is the first day of the new one."""

    from_agency_id: int
    to_agency_id: int
    effective_on: date
    held_since: date | None = None

    def agency_of(self, side: str) -> int:
        """The agency of a side."""
        return self.from_agency_id if side == Side.GIVER else self.to_agency_id

    @property
    def parties(self) -> tuple[int, int]:
        """Both agencies, the giving one first."""
        return self.from_agency_id, self.to_agency_id


@dataclass(frozen=True, slots=True)
class Seat:
    """One side of a change, as rights are asked about it: who works for the agency acts for the side."""

    change: Change
    side: Side

    @property
    def agency_id(self) -> int:
        """The agency of the side."""
        return self.change.agency_of(self.side)


@dataclass(frozen=True)
class History:
    """A cluster's terms and years, and the changes of chair in time with the year that each hands over."""

    terms: list[Term]
    years: list[ClusterYear]
    changes: list[tuple[Change, ClusterYear]]
    names: Mapping[int, tuple[str, str]]

    def of_year(self, year_id: int) -> list[Change]:
        """The changes that hand over a year, the newest first."""
        return [change for change, year in reversed(self.changes) if year.pk == year_id]

    def last(self, day: date) -> tuple[Change, ClusterYear] | None:
        """The newest change that has begun by ``day``, else the first one to come."""
        begun = [pair for pair in self.changes if pair[0].effective_on <= day]
        return begun[-1] if begun else next(iter(self.changes), None)

    def year_after(self, year: ClusterYear) -> ClusterYear | None:
        """The year that begins next after a year."""
        return next((one for one in self.years if one.starts_on > year.starts_on), None)


def changes_among(terms: Iterable[Term]) -> list[Change]:
    """Every change of chair, in time."""
    chairs = sorted((term for term in terms if term.role == Role.CHAIR), key=lambda term: term.starts_on)
    found, since = [], chairs[0].starts_on if chairs else None
    for old, new in pairwise(chairs):
        if old.agency_id != new.agency_id:
            found.append(Change(old.agency_id, new.agency_id, new.starts_on, since))
            since = new.starts_on
    return found


def year_of(change: Change, years: Sequence[Any]) -> Any | None:
    """The year a change hands over, of ``years`` in time; None before the first year."""
    for year in reversed(years):
        held = change.held_since is None or change.held_since <= year.ends_on
        if held and timedelta(0) < change.effective_on - year.ends_on <= LATEST_CONFERENCE:
            return year
    begun = [year for year in years if year.starts_on <= change.effective_on]
    return begun[-1] if begun else None


def history_of(cluster_id: int) -> History:
    """Terms, years, changes and the names of all who led, under the newest term's day; three queries."""
    terms = terms_of(cluster_id)
    years = list(ClusterYear.objects.filter(cluster=cluster_id).order_by("starts_on"))
    changes = [
        (change, year) for change in changes_among(terms) if (year := year_of(change, years)) is not None
    ]
    day = max((change.effective_on for change, _year in changes), default=date.min)
    names = agency_names((pk for change, _year in changes for pk in change.parties), day) if changes else {}
    return History(terms, years, changes, names)
