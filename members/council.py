"""What a person may above the clusters: the standing body, council members in charge, the system's office.

Loaded once in one query. Nobody gets anything here by a flag but a superuser: functions of today decide.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from rules.predicates import predicate

from core.access import Right, add_right
from core.dates import local_today
from members.domain.actor import Actor
from members.enums import Function
from members.models import Cluster
from members.scope import functions_on


@dataclass(frozen=True, slots=True)
class Council:
    """A person above the clusters today: which clusters are seen, and which are looked after as officer."""

    user: Any
    superuser: bool
    sees_every: bool
    officer_of_every: bool
    seen_ids: frozenset[int] = field(default_factory=frozenset)
    officer_ids: frozenset[int] = field(default_factory=frozenset)
    agency_id: int | None = None
    stands_for: int | None = None

    @property
    def is_officer(self) -> bool:
        """Whether any cluster is this person's to look after."""
        return self.officer_of_every or bool(self.officer_ids)

    @property
    def actor(self) -> Actor:
        """As domain verbs and the audit know it."""
        instead = f"/for:{self.stands_for}" if self.stands_for else ""
        function = "officer" if self.is_officer else "observer"
        role = "superuser" if self.superuser else f"council/{function}/agency:{self.agency_id}{instead}"
        return Actor(self.user.pk, role, self.officer_of_every, self.officer_ids)

    def sees(self, cluster_id: int) -> bool:
        """Whether the cluster is this person's to follow."""
        return self.sees_every or cluster_id in self.seen_ids

    def clusters(self) -> QuerySet[Cluster]:
        """The clusters this person follows."""
        rows = Cluster.objects.all()
        return rows if self.sees_every else rows.filter(Q(pk__in=self.seen_ids))

    def refusal(self, right: Right) -> str:
        """Who may."""
        return str(right.who)

    def user_key(self) -> int:
        """The id of the account."""
        return int(self.user.pk)


def load(request: HttpRequest) -> Council | None:
    """What the account may above the clusters today, or None; no query for a superuser, else one."""
    user: Any = request.user
    if user.is_superuser:
        return Council(user, superuser=True, sees_every=True, officer_of_every=True)
    today = local_today(timezone.now())
    rows = functions_on(user, today).filter(function__in=(Function.OBSERVER, Function.OFFICER))
    people = list(rows.select_related("stands_for").order_by("-function", "pk"))
    if not people:
        return None
    officers = [person for person in people if person.function == Function.OFFICER]
    first = people[0]
    return Council(
        user, superuser=False,
        sees_every=any(person.all_clusters for person in people),
        officer_of_every=any(person.all_clusters for person in officers),
        seen_ids=frozenset(person.cluster_id for person in people if person.cluster_id),
        officer_ids=frozenset(person.cluster_id for person in officers if person.cluster_id),
        agency_id=first.agency_id,
        stands_for=first.stands_for.user_id if first.stands_for else None,
    )  # fmt: skip


@predicate
def sees_clusters(council: Council, cluster: Any) -> bool:
    """Follows the cluster; without one: any."""
    return council is not None if cluster is None else council.sees(cluster.pk)


@predicate
def looks_after(council: Council, cluster: Any) -> bool:
    """Officer of the cluster; without one: of any."""
    if cluster is None:
        return council.is_officer
    return council.officer_of_every or cluster.pk in council.officer_ids


@predicate
def looks_after_all(council: Council, _cluster: Any) -> bool:
    """Officer of every cluster, or the system's office."""
    return council.officer_of_every


COUNCIL = _("Chỉ Hội đồng Thi đua - Khen thưởng và Thường trực Hội đồng xem được trang này.")
OFFICERS = _("Chỉ chuyên viên Thường trực Hội đồng phụ trách cụm làm được việc này.")
OFFICERS_OF_ALL = _("Chỉ chuyên viên Thường trực Hội đồng phụ trách mọi cụm làm được việc này.")

add_right("council_view", sees_clusters, COUNCIL, above=True)
add_right("clusters_rotate", looks_after, OFFICERS, above=True)
add_right("clusters_form", looks_after_all, OFFICERS_OF_ALL, above=True)
