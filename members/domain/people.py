"""Which people an officer may look after: nobody gives rights in a cluster that is not one's own."""

from __future__ import annotations

from collections.abc import Collection

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from core.errors import Problem
from members.domain.actor import Actor
from members.models import Agency, Membership, Person, RoleTerm
from members.models.person import COUNCIL_FUNCTIONS


def agencies_of(actor: Actor) -> QuerySet[Agency]:
    """Agencies that stand in clusters of the actor and in no other; all of them for who covers every cluster."""
    if actor.every_cluster:
        return Agency.objects.all()
    members = Membership.objects.filter(agency=OuterRef("pk"))
    terms = RoleTerm.objects.filter(agency=OuterRef("pk"))
    inside = Q(year__cluster__in=actor.cluster_ids)
    return Agency.objects.filter(
        Exists(members.filter(inside)),
        ~Exists(members.exclude(inside)),
        ~Exists(terms.exclude(cluster__in=actor.cluster_ids)),
    )


def problems_of(person: Person, *, superuser: bool, agency_ids: Collection[int]) -> list[Problem]:
    """Why this person may not be saved: a council function by anybody but a superuser, a foreign agency."""
    if superuser:
        return []
    problems = []
    if person.function in COUNCIL_FUNCTIONS:
        problems.append(Problem(_("Chức năng của Hội đồng do quản trị hệ thống giao."), "function"))
    if person.agency_id not in agency_ids:
        problems.append(
            Problem(_("Đơn vị này không thuộc cụm bạn phụ trách, hoặc còn thuộc cụm khác."), "agency")
        )
    return problems
