"""Which cluster-years a signed-in person may open, across all clusters."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from members.enums import Function
from members.models import Associate, ClusterYear, Membership, RoleTerm
from members.queries import covering
from members.scope import functions_on

STAFF = (Function.CLERK, Function.LEADER)


def years_for(user: Any, today: date) -> QuerySet[ClusterYear]:
    """Years the person has a function in today: as member, as chair or deputy of the cluster, for the council.

    Open years first, then the newest; select the cluster with them. One query.
    """
    people = functions_on(user, today)
    staff = people.filter(function__in=STAFF).values("agency")
    council = people.exclude(function__in=STAFF)
    return (
        ClusterYear.objects.select_related("cluster")
        .filter(
            Exists(Membership.objects.filter(year=OuterRef("pk"), agency__in=staff))
            | Exists(covering(RoleTerm.objects.filter(cluster=OuterRef("cluster"), agency__in=staff), today))
            | Exists(council.filter(Q(cluster=OuterRef("cluster")) | Q(all_clusters=True)))
        )
        .order_by(F("sealed_at").asc(nulls_first=True), "-starts_on", "cluster__slug")
    )


def years_to_score(user: Any, today: date) -> QuerySet[ClusterYear]:
    """Open years in which the person's agency scores a field without being a member, newest first; one query."""
    staff = functions_on(user, today).filter(function__in=STAFF).values("agency")
    rows = ClusterYear.objects.select_related("cluster").filter(
        Exists(Associate.objects.filter(year=OuterRef("pk"), agency__in=staff)), sealed_at__isnull=True
    )
    return rows.exclude(Exists(Membership.objects.filter(year=OuterRef("pk"), agency__in=staff))).order_by(
        "-starts_on", "cluster__slug"
    )
