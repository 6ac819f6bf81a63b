"""Questions about people: who works for which agency, as far as the one who asks may know; constant in queries."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.db.models import Case, F, IntegerField, OuterRef, Q, QuerySet, Subquery, When

from core.people import full_name
from members.domain.invitations import open_links
from members.domain.people import agencies_in, managed_ids
from members.enums import Function, InvitationKind
from members.models import Invitation, Membership, Person
from members.models.person import COUNCIL_FUNCTIONS
from members.queries import agency_name
from members.scope import Scope

ENDED_SHOWN = 50


@dataclass(frozen=True, slots=True)
class Group:
    """The people of one agency: those of today and to come, those who have left (only for who looks after them)."""

    agency_id: int
    name: str
    own: bool
    managed: bool
    people: list[Person] = field(default_factory=list)
    ended: list[Person] = field(default_factory=list)
    links: list[Invitation] = field(default_factory=list)


def sees_all(scope: Scope) -> bool:
    """Whether the people of every agency are this person's to know: the chair's staff and the council."""
    return scope.is_chair or scope.is_officer or scope.is_observer


def people_for(scope: Scope) -> QuerySet[Person]:
    """People this person may know of: of the own agency, of the council, and of all agencies for chair and council."""
    own = frozenset(hat.agency_id for hat in scope.staff_hats)
    staff = Q(agency__in=agencies_in(scope).values("pk")) if sees_all(scope) else Q(agency__in=own)
    here = Q(cluster=scope.year.cluster_id) | Q(all_clusters=True)
    return Person.objects.filter(
        Q(staff, ~Q(function__in=COUNCIL_FUNCTIONS)) | Q(here, function__in=COUNCIL_FUNCTIONS)
    ).select_related("user", "stands_for__user")


def person_for(scope: Scope, pk: int) -> Person:
    """One of them with ``place``, the agency's name; raises ``Person.DoesNotExist``. One query."""
    return people_for(scope).annotate(place=agency_name("agency", scope.today)).get(pk=pk)


def groups_for(scope: Scope, managed: frozenset[int]) -> list[Group]:
    """Agencies with their people and open links: the own first, the others in charter order, the council last.

    Two queries. Within an agency leaders come first, and whoever stands in behind the one stood in for.
    """
    found: dict[int, Group] = {}
    own = frozenset(hat.agency_id for hat in scope.staff_hats)

    def group(agency_id: int, name: str) -> Group:
        made = Group(agency_id, name, agency_id in own, agency_id in managed)
        return found.setdefault(agency_id, made)

    for person in _ordered(people_for(scope), scope):
        part = group(person.agency_id, person.place or "")
        ended = person.ends_on is not None and person.ends_on <= scope.today
        if not ended:
            part.people.append(person)
        elif part.managed and len(part.ended) < ENDED_SHOWN:
            part.ended.append(person)
    for link in _ordered(open_links(scope, managed).filter(kind=InvitationKind.JOIN), scope):
        group(link.agency_id, link.place or "").links.append(link)
    ordered = sorted(found.values(), key=lambda one: not one.own)
    return [one for one in ordered if one.people or one.links or one.ended]


def _ordered(rows: QuerySet[Any], scope: Scope) -> QuerySet[Any]:
    place = Membership.objects.filter(year=scope.year, agency=OuterRef("agency")).values("order")[:1]
    rank = Case(When(function=Function.LEADER, then=0), default=1, output_field=IntegerField())
    return rows.annotate(place=agency_name("agency", scope.today), turn=Subquery(place), rank=rank).order_by(
        F("turn").asc(nulls_last=True), "agency", "rank", "starts_on", "pk"
    )


def agencies_to_choose(scope: Scope) -> list[tuple[int, str]]:
    """Agencies whose people this person looks after, in charter order; for a superuser the own council agencies too."""
    wanted = set(managed_ids(scope))
    if scope.user.is_superuser:
        wanted |= {hat.agency_id for hat in scope.hats}
    order = Membership.objects.filter(year=scope.year, agency=OuterRef("pk")).values("order")[:1]
    rows = agencies_in(scope).model.objects.filter(pk__in=wanted)
    named = rows.annotate(place=agency_name("pk", scope.today), turn=Subquery(order))
    return [(row.pk, row.place or row.code) for row in named.order_by(F("turn").asc(nulls_last=True), "code")]


def functions_of(scope: Scope, person: Person, managed: frozenset[int]) -> list[Person]:
    """Other functions of the same account that this person looks after, newest first; one query."""
    rows = Person.objects.filter(user=person.user_id, agency__in=managed).exclude(pk=person.pk)
    return list(
        rows.annotate(place=agency_name("agency", scope.today))
        .select_related("stands_for")
        .order_by("-starts_on")
    )


def stand_ins_of(person: Person) -> list[Person]:
    """Who stands in for a person or did, newest first; one query."""
    return list(person.stand_ins.select_related("user").order_by("-starts_on", "-pk"))


def shown_name(person: Person, *, managed: bool) -> str:
    """The name of a person; who does not look after them is not told the name one signs in with."""
    account: Any = person.user
    real = f"{account.last_name} {account.first_name}".strip()
    return full_name(account) if managed else real
