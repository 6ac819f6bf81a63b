"""What stands in the calendar of a year: each app tells of its days; pages, the hand-over and the feed ask here."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.urls import reverse
from django.utils.translation import gettext as _

from members.enums import PhaseKind, Role
from members.models import AgencyName, ClusterYear, Phase, PhaseExtension, RoleTerm


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


def address(event: Event, year: ClusterYear) -> str:
    """The page of an event; the first page of its year when it names none."""
    name = event.url_name or "year_home"
    return reverse(name, kwargs={"cluster": year.cluster.slug, "label": year.label})


@source
def planned_steps(years: Sequence[ClusterYear]) -> list[Event]:
    """First and last planned day of each step; one query."""
    found = []
    for step in Phase.objects.filter(year__in=years).order_by("year", "order"):
        words = {"step": PhaseKind(step.kind).label}
        if step.planned_from:
            title = _("Bắt đầu bước “%(step)s”") % words
            found.append(_day(step.year_id, step.planned_from, title, "step_from", "calendar", step.kind))
        if step.planned_to:
            title = _("Hạn bước “%(step)s”") % words
            found.append(_day(step.year_id, step.planned_to, title, "step_to", "calendar", step.kind))
    return found


@source
def extensions(years: Sequence[ClusterYear]) -> list[Event]:
    """Last day of what single agencies were given beyond a step; two queries."""
    rows = PhaseExtension.objects.filter(phase__year__in=years).select_related("phase").order_by("pk")
    names = names_at(row.agency_id for row in rows)
    found = []
    for row in rows:
        words = {"step": PhaseKind(row.phase.kind).label, "agency": names(row.agency_id, row.until)}
        title = _("Hết gia hạn bước “%(step)s” của %(agency)s") % words
        key = f"{row.phase.kind}-{row.agency_id}"
        found.append(
            _day(row.phase.year_id, row.until, title, "extension", "calendar", key, agency_id=row.agency_id)
        )
    return found


@source
def terms(years: Sequence[ClusterYear]) -> list[Event]:
    """Days within a year's period on which a chair or deputy begins, and last days; two queries."""
    rows = list(RoleTerm.objects.filter(cluster__in={year.cluster_id for year in years}).order_by("pk"))
    names = names_at(row.agency_id for row in rows)
    of_cluster: dict[int, list[ClusterYear]] = {}
    for year in years:
        of_cluster.setdefault(year.cluster_id, []).append(year)
    found = []
    for row in rows:
        days = [(row.starts_on, _("%(agency)s bắt đầu làm %(role)s"), "from")]
        if row.ends_on:
            days.append((row.ends_on - timedelta(days=1), _("Ngày cuối %(agency)s làm %(role)s"), "to"))
        for day, title, end in days:
            words = {"agency": names(row.agency_id, day), "role": Role(row.role).label}
            found += [
                _day(year.pk, day, title % words, "term", "member_list", f"{row.pk}-{end}")
                for year in of_cluster[row.cluster_id]
                if year.starts_on <= day <= year.ends_on
            ]
    return found


def _day(
    year_id: int, day: date, title: str, kind: str, url_name: str, key: str, agency_id: int | None = None
) -> Event:
    return Event(year_id, day, day, title, kind, url_name, agency_id, key)


def names_at(agency_ids: Iterable[int]) -> Callable[[int, date], str]:
    """Function that gives the short name of one of these agencies on a day; one query."""
    held: dict[int, list[AgencyName]] = {}
    for row in AgencyName.objects.filter(agency__in=set(agency_ids)).order_by("valid_from"):
        held.setdefault(row.agency_id, []).append(row)

    def name(agency_id: int, day: date) -> str:
        rows = held.get(agency_id, [])
        valid = (
            row.short_name
            for row in rows
            if (row.valid_from is None or row.valid_from <= day)
            and (row.valid_to is None or day < row.valid_to)
        )
        return next(valid, rows[-1].short_name if rows else "?")

    return name
