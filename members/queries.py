"""Questions about members, names and roles: queryset or plain rows out, a constant number of queries."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

from django.db.models import Case, F, Model, OuterRef, Q, QuerySet, Subquery, When

from core.dates import format_date
from members.enums import Assessed, Role
from members.models import (
    AgencyLink,
    AgencyName,
    CarryOver,
    ClusterYear,
    Directive,
    Membership,
    Phase,
    RoleTerm,
    YearDirective,
)

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
    """A member of a year with its name and role on the day that was asked for."""

    agency_id: int
    code: str
    name: str
    short_name: str
    order: int
    role: str
    role_order: int
    joined_on: date | None
    left_on: date | None

    def covers(self, day: date) -> bool:
        """Whether the agency is a member on ``day``."""
        return (self.joined_on is None or self.joined_on <= day) and (
            self.left_on is None or day < self.left_on
        )

    @property
    def role_label(self) -> str:
        """Cụm trưởng, Cụm phó, or empty."""
        return str(Role(self.role).label) if self.role else ""


def member_rows(year: ClusterYear, on: date | None = None) -> list[MemberRow]:
    """Members of ``year`` in charter order, whatever their days, with names and roles of ``on``; two queries.

    Without a day its last one: the role of a year is the one held then (a chair elected on 05/01/2021 is not the chair
    of 2020).
    """
    day = on or year.ends_on
    terms = covering(RoleTerm.objects.filter(cluster=year.cluster_id), day).order_by("role", "order")
    roles = {agency: (role, order) for agency, role, order in terms.values_list("agency", "role", "order")}
    rows = (
        Membership.objects.filter(year=year)
        .order_by("order", "joined_on", "pk")
        .annotate(name=agency_name("agency", day), short_name=agency_name("agency", day, "short_name"))
        .values_list("agency", "agency__code", "name", "short_name", "order", "joined_on", "left_on")
    )
    return [
        MemberRow(pk, code, name or code, short or code, order, *roles.get(pk, ("", 0)), joined, left)
        for pk, code, name, short, order, joined, left in rows
    ]


def members_on(year: ClusterYear, day: date) -> list[MemberRow]:
    """Those who stand in the year on ``day``, with the names and roles of that day; two queries."""
    return [row for row in member_rows(year, day) if row.covers(day)]


def assessed_among(year: ClusterYear, rows: Iterable[MemberRow]) -> frozenset[int]:
    """Which members of the year are ranked: those that stand in it on its last day, the cut-off; one query.

    Where results were carried over, the decision says whether the predecessor, the successor, both or neither is; of
    several decisions on one agency the one that leaves it out counts. A successor that has left is not ranked.
    """
    found = {row.agency_id for row in rows if row.covers(year.ends_on)}
    carried = list(
        CarryOver.objects.filter(year=year).values_list("predecessor", "successor", "assessed").order_by("pk")
    )
    kept = {before for before, _after, who in carried if who in (Assessed.PREDECESSOR, Assessed.BOTH)}
    out = {before for before, _after, who in carried if who in (Assessed.SUCCESSOR, Assessed.NONE)}
    out |= {after for _before, after, who in carried if who in (Assessed.PREDECESSOR, Assessed.NONE)}
    return frozenset((found | kept) - out)


def unassessed(year: ClusterYear, column: str = "agency") -> Q:
    """The same as a condition on a column: agencies of the year that are not ranked; no query of its own."""
    carried = CarryOver.objects.filter(year=year)
    kept = carried.filter(assessed__in=(Assessed.PREDECESSOR, Assessed.BOTH)).values("predecessor")
    left = Membership.objects.filter(year=year, left_on__lte=year.ends_on).exclude(agency__in=kept)
    before = carried.filter(assessed__in=(Assessed.SUCCESSOR, Assessed.NONE)).values("predecessor")
    after = carried.filter(assessed__in=(Assessed.PREDECESSOR, Assessed.NONE)).values("successor")
    return (
        Q(**{f"{column}__in": left.values("agency")})
        | Q(**{f"{column}__in": before})
        | Q(**{f"{column}__in": after})
    )


def phases_of(year: ClusterYear) -> list[Phase]:
    """The steps of the year in order; one query."""
    return list(Phase.objects.filter(year=year).order_by("order"))


@dataclass(frozen=True, slots=True)
class TermRow:
    """A term as chair or deputy, under the agency's name on the day it began."""

    agency_id: int
    name: str
    role: str
    order: int
    starts_on: date
    ends_on: date | None
    basis: str
    decision: str


def term_rows(cluster_id: int, since: date | None = None, agency_id: int | None = None) -> list[TermRow]:
    """Terms of a cluster that had not ended by ``since``, of one agency or all; newest first; one query."""
    terms = RoleTerm.objects.filter(cluster=cluster_id)
    if since is not None:
        terms = terms.filter(Q(ends_on__isnull=True) | Q(ends_on__gt=since))
    if agency_id is not None:
        terms = terms.filter(agency=agency_id)
    began = AgencyName.objects.filter(agency=OuterRef("agency")).filter(
        Q(valid_from__isnull=True) | Q(valid_from__lte=OuterRef("starts_on")),
        Q(valid_to__isnull=True) | Q(valid_to__gt=OuterRef("starts_on")),
    )
    rows = terms.annotate(name=Subquery(began.order_by("-valid_from").values("name")[:1])).select_related(
        "agency"
    )
    return [
        TermRow(
            term.agency_id, term.name or term.agency.code, term.get_role_display(), term.order, term.starts_on,
            term.ends_on, term.get_basis_display(), _decision(term),
        )
        for term in rows.order_by("-starts_on", "role", "order")
    ]  # fmt: skip


def _decision(term: RoleTerm) -> str:
    """ "12/QĐ-UBND, 05/01/2021"."""
    return ", ".join(
        part
        for part in (term.decision_number, term.decision_date and format_date(term.decision_date))
        if part
    )


def year_directives(year: ClusterYear) -> list[tuple[str, Directive]]:
    """Papers the year cites, with the label of their use, in order; one query."""
    cited = YearDirective.objects.filter(year=year).select_related("directive").order_by("use", "order", "id")
    return [(row.get_use_display(), row.directive) for row in cited]


@dataclass(frozen=True, slots=True)
class NameRow:
    """A name of an agency with the days it holds, half-open."""

    name: str
    short_name: str
    aliases: str
    valid_from: date | None
    valid_to: date | None


def names_of(agency_id: int) -> list[NameRow]:
    """An agency's names, the oldest first; one query."""
    rows = AgencyName.objects.filter(agency=agency_id)
    found = [
        NameRow(*row) for row in rows.values_list("name", "short_name", "aliases", "valid_from", "valid_to")
    ]
    return sorted(found, key=lambda row: row.valid_from or date.min)


@dataclass(frozen=True, slots=True)
class LinkRow:
    """A predecessor or successor of an agency, under its name of that day."""

    agency_id: int
    name: str
    on: date
    basis: str
    later: bool


def links_among(agency_ids: Iterable[int]) -> dict[int, list[LinkRow]]:
    """Whom each of the agencies follows and who follows it, in time, under the names of that day; one query."""
    wanted = set(agency_ids)
    links = AgencyLink.objects.filter(Q(predecessor__in=wanted) | Q(successor__in=wanted)).order_by(
        "on", "id"
    )
    rows = links.annotate(before=_name_at_link("predecessor", "lt"), after=_name_at_link("successor", "lte"))
    found: dict[int, list[LinkRow]] = {}
    for row in rows:
        if row.successor_id in wanted:
            found.setdefault(row.successor_id, []).append(
                LinkRow(row.predecessor_id, row.before or "?", row.on, row.basis, False)
            )
        if row.predecessor_id in wanted:
            found.setdefault(row.predecessor_id, []).append(
                LinkRow(row.successor_id, row.after or "?", row.on, row.basis, True)
            )
    return found


def _name_at_link(ref: str, ended: str) -> Subquery:
    """The short name that began before the day of the link (on it, for a successor), the newest of them."""
    begun = AgencyName.objects.filter(agency=OuterRef(ref)).filter(
        Q(valid_from__isnull=True) | Q(**{f"valid_from__{ended}": OuterRef("on")})
    )
    return Subquery(begun.order_by(F("valid_from").desc(nulls_last=True)).values("short_name")[:1])


def links_of(agency_id: int) -> list[LinkRow]:
    """Whom an agency follows and who follows it, in time; one query."""
    links = AgencyLink.objects.filter(Q(predecessor=agency_id) | Q(successor=agency_id)).order_by("on", "id")
    other = Case(When(predecessor=agency_id, then="successor"), default="predecessor")
    named = AgencyName.objects.filter(agency=OuterRef("other")).order_by("-valid_from").values("name")[:1]
    rows = links.annotate(other=other).annotate(name=Subquery(named))
    return [
        LinkRow(row.other, row.name or "?", row.on, row.basis, row.predecessor_id == agency_id)
        for row in rows
    ]
