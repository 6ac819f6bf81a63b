"""Clusters around a cluster: the one it stands in, those inside it; linked only where the viewer may open them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Count, F, OuterRef, Q, Subquery
from django.urls import reverse

from core.folding import sort_key
from members.entry import years_for
from members.enums import Role
from members.models import Cluster, ClusterYear, RoleTerm
from members.queries import agency_name, covering
from members.scope import Scope


@dataclass(frozen=True, slots=True)
class ClusterRow:
    """A cluster near this one; ``url`` is empty for who may not open it."""

    name: str
    kind: str
    chair: str
    members: int
    label: str
    url: str
    is_parent: bool


def nearby(scope: Scope) -> list[ClusterRow]:
    """The parent first, then the children by name, with today's chair and how many stand in the newest year.

    Two queries, however many there are.
    """
    cluster: Any = scope.cluster
    near = Q(parent=cluster.pk) | Q(pk=cluster.parent_id or 0)
    opened = {year.cluster_id: year for year in reversed(years_for(scope.user, scope.today).filter(
        Q(cluster__parent=cluster.pk) | Q(cluster=cluster.parent_id or 0)
    ))}  # fmt: skip
    chairs = covering(RoleTerm.objects.filter(cluster=OuterRef("pk"), role=Role.CHAIR), scope.today)
    newest = ClusterYear.objects.filter(cluster=OuterRef("pk")).order_by("-starts_on")
    standing = newest.annotate(
        number=Count(
            "memberships",
            filter=Q(memberships__left_on__isnull=True) | Q(memberships__left_on__gt=F("ends_on")),
        )
    )
    rows = Cluster.objects.filter(near).annotate(
        chair=Subquery(
            chairs.annotate(short=agency_name("agency", scope.today, "short_name")).values("short")[:1]
        ),
        label=Subquery(newest.values("label")[:1]),
        number=Subquery(standing.values("number")[:1]),
    )
    found = [
        ClusterRow(
            row.name, row.get_kind_display(), row.chair or "", row.number or 0, row.label or "",
            _address(row, opened.get(row.pk)), row.pk == cluster.parent_id,
        )
        for row in rows.order_by("name", "pk")
    ]  # fmt: skip
    return sorted(found, key=lambda row: (not row.is_parent, sort_key(row.name)))


def _address(cluster: Cluster, year: ClusterYear | None) -> str:
    if year is None:
        return ""
    return reverse("member_list", kwargs={"cluster": cluster.slug, "label": year.label})
