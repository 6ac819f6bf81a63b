"""Opening a year and, in the same go, writing who leads it."""

from __future__ import annotations

from dataclasses import dataclass, replace

from django.db import transaction

from core.access import check
from core.errors import Problem
from members.domain import planner
from members.domain.actor import Actor
from members.domain.handover import Ground, HandOver, examine, ground_of, proposal_for, rotate
from members.domain.planner import Reason
from members.domain.rotation import Proposal
from members.domain.terms import lock_cluster
from members.domain.years import Opened, Opening, open_year
from members.elections import Elected, elected
from members.models import ClusterYear
from members.scope import Scope

MEMBERS = "members"


@dataclass(frozen=True)
class Lead:
    """Who is proposed for the coming year, and why: elected by the conference, else by the charter's rule."""

    proposal: Proposal
    ground: Ground
    elected: Elected | None
    why: Reason | None


def lead_for(year: ClusterYear, opening: Opening) -> Lead:
    """Chair, deputies and first day proposed for the year that ``opening`` describes; a constant number of queries.

    Nobody is proposed where no members are taken over.
    """
    ground = replace(ground_of(year), label=opening.label, period=(opening.starts_on, opening.ends_on))
    if MEMBERS not in opening.parts:
        ground = replace(ground, members={})
    chosen = elected(year, opening.label)
    found = proposal_for(ground, chosen)
    if found.elected:
        return Lead(Proposal(found.chair_id, found.deputy_ids, found.starts_on), ground, chosen, None)
    planned = found.planned
    deputies = tuple(pick.agency_id for pick in planned.deputies if pick.agency_id in ground.members)
    why = planned.why if found.chair_id or planned.why.code == planner.FREE else None
    return Lead(
        Proposal(found.chair_id, deputies if found.chair_id else (), found.starts_on), ground, None, why
    )


def problems_of_lead(order: HandOver, ground: Ground) -> list[Problem]:
    """What keeps the terms from being written once the year is open; fields are those of ``HandOver``."""
    return examine(order, ground).problems


def open_with_terms(scope: Scope, opening: Opening, order: HandOver | None = None) -> Opened:
    """Open the coming year and, with ``order``, write its terms: all or nothing.

    Effects in order: lock of the cluster, right ``year_open``, year with its parts, terms. Sent twice it makes one
    year and one set of terms. Raises ``Refused`` (terms are the officer's), ``DomainError`` with every sentence.
    """
    with transaction.atomic():
        lock_cluster(scope.year.cluster_id)
        check(scope, "year_open")
        opened = open_year(scope, opening)
        if order is not None:
            rotate(Actor.of(scope), scope.year.pk, order)
    return opened
