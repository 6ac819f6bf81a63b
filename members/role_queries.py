"""Questions about who led a cluster, through all its years: a constant number of queries."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Q

from core.people import full_name
from members.domain.planner import Span
from members.enums import Function
from members.models import AgencyName, ClusterYear, Person, RoleTerm
from members.queries import agency_name, covering

LARGEST_ID = 2**63 - 1  # what a column of ids can be asked for


class Names:
    """The names of some agencies through time; one query when it is made."""

    def __init__(self, agency_ids: Iterable[int]) -> None:
        """Read them all at once."""
        self._rows: dict[int, list[AgencyName]] = {}
        rows = AgencyName.objects.filter(agency__in=set(agency_ids)).select_related("agency").order_by("pk")
        for row in rows:
            self._rows.setdefault(row.agency_id, []).append(row)
        for listed in self._rows.values():
            listed.sort(key=lambda row: row.valid_from or date.min)

    def on(self, agency_id: int, day: date) -> AgencyName | None:
        """The name valid on a day; when none is, the last before it, else the first after it."""
        rows = self._rows.get(agency_id, [])
        begun = [row for row in rows if row.valid_from is None or row.valid_from <= day]
        return begun[-1] if begun else rows[0] if rows else None

    def full(self, agency_id: int, day: date) -> str:
        """The full name on a day."""
        row = self.on(agency_id, day)
        return row.name if row else f"#{agency_id}"

    def short(self, agency_id: int, day: date) -> str:
        """The short name on a day."""
        row = self.on(agency_id, day)
        return row.short_name if row else f"#{agency_id}"

    def code(self, agency_id: int) -> str:
        """The code that names the agency in year files."""
        rows = self._rows.get(agency_id, [])
        return rows[0].agency.code if rows else ""


def term_records(cluster_id: int) -> list[RoleTerm]:
    """Every term of a cluster with its file, the oldest first; one query."""
    terms = RoleTerm.objects.filter(cluster=cluster_id).select_related("decision_file")
    return list(terms.order_by("starts_on", "role", "order", "pk"))


def years_of(cluster_id: int) -> list[ClusterYear]:
    """The years of a cluster with their rules, the oldest first; one query."""
    return list(
        ClusterYear.objects.filter(cluster=cluster_id).select_related("charter").order_by("starts_on")
    )


def span_of(year: ClusterYear) -> Span:
    """The pure part of a year."""
    return Span(year.label, year.starts_on, year.ends_on)


@dataclass(frozen=True, slots=True)
class PersonRow:
    """What a person did on a day: agency, post, function, name; ``instead``: as a stand-in."""

    agency_id: int
    agency: str
    post: str
    function: str
    name: str
    instead: bool

    @property
    def function_label(self) -> str:
        """The function in words."""
        return str(Function(self.function).label)


def people_on(cluster_id: int, agency_ids: Iterable[int], day: date) -> list[PersonRow]:
    """Who served at some agencies, and who of the council for a cluster, on a day; leaders first; one query."""
    council = Q(function__in=(Function.OBSERVER, Function.OFFICER)) & (
        Q(cluster=cluster_id) | Q(all_clusters=True)
    )
    staff = Q(function__in=(Function.CLERK, Function.LEADER), agency__in=set(agency_ids))
    rows: Any = (
        covering(Person.objects.filter(council | staff), day)
        .select_related("user")
        .annotate(name_then=agency_name("agency", day))
        .order_by("-function", "pk")
    )
    return [
        PersonRow(
            row.agency_id,
            row.name_then or "",
            row.post,
            row.function,
            full_name(row.user),
            bool(row.stands_for_id),
        )
        for row in rows
    ]
