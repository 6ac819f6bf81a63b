"""Questions about members, names and roles: queryset or plain rows out, a constant number of queries."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeVar

from django.db.models import Model, OuterRef, Q, QuerySet, Subquery

from members.enums import Role
from members.models import AgencyName, ClusterYear, Membership, Phase, RoleTerm

M = TypeVar("M", bound=Model)


def covering(rows: QuerySet[M], day: date, first: str = "starts_on", last: str = "ends_on") -> QuerySet[M]:
    """Rows whose half-open days cover ``day``; an empty end is open."""
    return rows.filter(Q(**{f"{first}__isnull": True}) | Q(**{f"{first}__lte": day})).filter(
        Q(**{f"{last}__isnull": True}) | Q(**{f"{last}__gt": day})
    )


def agency_name(ref: str, day: date, field: str = "name") -> Subquery:
    """The name (or ``short_name``) valid on ``day`` of the agency that column ``ref`` points to."""
    valid = covering(AgencyName.objects.filter(agency=OuterRef(ref)), day, "valid_from", "valid_to")
    return Subquery(valid.order_by("-valid_from").values(field)[:1])


def agency_names(agency_ids: Iterable[int], day: date) -> dict[int, tuple[str, str]]:
    """Full and short name on ``day`` of each agency; one query."""
    rows = covering(AgencyName.objects.filter(agency__in=set(agency_ids)), day, "valid_from", "valid_to")
    return {agency: (name, short) for agency, name, short in rows.values_list("agency", "name", "short_name")}


@dataclass(frozen=True, slots=True)
class MemberRow:
    """A member of a year under the name valid at the year's end, with its role in that year."""

    agency_id: int
    code: str
    name: str
    short_name: str
    order: int
    role: str
    role_order: int
    joined_on: date | None
    left_on: date | None

    @property
    def role_label(self) -> str:
        """Cụm trưởng, Cụm phó, or empty."""
        return str(Role(self.role).label) if self.role else ""


def member_rows(year: ClusterYear) -> list[MemberRow]:
    """Members of ``year`` in charter order, with names and roles; two queries.

    The role of a year is the one held on its last day (a chair elected on 05/01/2021 is not the chair of 2020).
    """
    terms = covering(RoleTerm.objects.filter(cluster=year.cluster_id), year.ends_on).order_by("role", "order")
    roles = {agency: (role, order) for agency, role, order in terms.values_list("agency", "role", "order")}
    rows = (
        Membership.objects.filter(year=year)
        .order_by("order")
        .annotate(
            name=agency_name("agency", year.ends_on),
            short_name=agency_name("agency", year.ends_on, "short_name"),
        )
        .values_list("agency", "agency__code", "name", "short_name", "order", "joined_on", "left_on")
    )
    return [
        MemberRow(pk, code, name or code, short or code, order, *roles.get(pk, ("", 0)), joined, left)
        for pk, code, name, short, order, joined, left in rows
    ]


def terms_on(cluster_id: int, day: date) -> list[Any]:
    """Role terms that cover ``day`` with ``name`` and ``short_name`` of their agencies, chair first; one query."""
    terms = covering(RoleTerm.objects.filter(cluster=cluster_id), day)
    return list(
        terms.annotate(
            name=agency_name("agency", day), short_name=agency_name("agency", day, "short_name")
        ).order_by("role", "order")
    )


def phases_of(year: ClusterYear) -> list[Phase]:
    """The steps of the year in order; one query."""
    return list(Phase.objects.filter(year=year).order_by("order"))
