"""Who may enter the admin site today, and over which clusters: by function, not by a flag."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.utils import timezone

from core.dates import local_today
from members.domain.actor import Actor
from members.enums import Function
from members.scope import functions_on


@dataclass(frozen=True, slots=True)
class Office:
    """An officer of the standing body today, or a superuser; ``every_cluster`` covers all clusters."""

    user_id: int
    superuser: bool
    every_cluster: bool
    cluster_ids: frozenset[int] = field(default_factory=frozenset)
    agency_id: int | None = None
    stands_for: int | None = None  # the account whose office it is, when this one deputises

    def covers(self, cluster_id: int | None) -> bool:
        """Whether rows of this cluster are the office's to see and to change."""
        return self.every_cluster or cluster_id in self.cluster_ids

    @property
    def actor(self) -> Actor:
        """As domain verbs and the audit know it."""
        instead = f"/for:{self.stands_for}" if self.stands_for else ""
        role = "superuser" if self.superuser else f"council/officer/agency:{self.agency_id}{instead}"
        return Actor(self.user_id, role, self.every_cluster, self.cluster_ids)


def load(user: Any) -> Office | None:
    """The office an account holds today, or None; no query for a superuser, else one."""
    if not user.is_active:
        return None
    if user.is_superuser:
        return Office(user.pk, superuser=True, every_cluster=True)
    today = local_today(timezone.now())
    people = list(
        functions_on(user, today)
        .filter(function=Function.OFFICER)
        .order_by("pk")
        .values_list("agency", "cluster", "all_clusters", "stands_for__user")
    )
    if not people:
        return None
    clusters = frozenset(cluster for _agency, cluster, _all, _for in people if cluster)
    every_cluster = any(every for _agency, _cluster, every, _for in people)
    return Office(user.pk, False, every_cluster, clusters, people[0][0], people[0][3])
