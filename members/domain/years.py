"""Years: opening the coming one. Handing the lead over is in ``handover``."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from core import audit
from core.dates import format_date
from core.errors import DomainError
from members.domain import rotation
from members.domain.actor import Actor
from members.domain.terms import lock_cluster
from members.enums import PhaseKind
from members.models import Charter, ClusterYear, Membership, Phase


def next_year_of(year: ClusterYear) -> ClusterYear | None:
    """The year after ``year``, if it is open already."""
    return ClusterYear.objects.filter(cluster=year.cluster_id, label=rotation.next_label(year.label)).first()


def open_next_year(actor: Actor, year_id: int, reason: str = "") -> ClusterYear:
    """The coming year of the cluster, in its first step; the one that exists already is returned untouched.

    Copied: members that have not left, the rules, the planned days of the steps a year later; never scores, ranks,
    activities, people or terms. Effects in order: lock of the cluster, year, rules, steps, members, audit. Raises
    ``Refused`` for anybody but the officer, ``DomainError`` when the period would overlap another year.
    """
    with transaction.atomic():
        year = ClusterYear.objects.select_related("charter").get(pk=year_id)
        actor.check(year.cluster_id)
        lock_cluster(year.cluster_id)
        if existing := next_year_of(year):
            return existing
        label = rotation.next_label(year.label)
        first, last = rotation.next_period(year.starts_on, year.ends_on)
        _refuse_overlap(year, first, last)
        opened = ClusterYear.objects.create(
            cluster_id=year.cluster_id, label=label, starts_on=first, ends_on=last, sample=year.sample
        )
        _copy_rules(year, opened)
        make_phases(opened, like=year, opened_at=timezone.now())
        members = staying_members(year)
        Membership.objects.bulk_create(
            Membership(year=opened, agency_id=row.agency_id, order=order)
            for order, row in enumerate(members, 1)
        )
        after = audit.snapshot(opened) | {"from": year.label, "members": [row.agency_id for row in members]}
        audit.record(
            audit.cluster_chain(year.cluster_id), "year_open", opened,
            actor_id=actor.user_id, role=actor.role, after=after, reason=reason,
        )  # fmt: skip
    return opened


def _refuse_overlap(year: ClusterYear, first: date, last: date) -> None:
    other = ClusterYear.objects.filter(
        cluster=year.cluster_id, starts_on__lte=last, ends_on__gte=first
    ).first()
    if other:
        raise DomainError(
            _(
                "Năm %(label)s (%(from)s–%(to)s) sẽ trùng thời gian với năm %(other)s; sửa thời gian của các năm trước."
            )
            % {
                "label": rotation.next_label(year.label),
                "from": format_date(first),
                "to": format_date(last),
                "other": other.label,
            }
        )


def _copy_rules(year: ClusterYear, opened: ClusterYear) -> None:
    rules = Charter.objects.filter(year=year).first()
    Charter.objects.create(year=opened, data=dict(rules.data) if rules else {})


def make_phases(
    year: ClusterYear, *, like: ClusterYear | None = None, opened_at: datetime | None = None
) -> list[Phase]:
    """All steps of a new year in their order, with the planned days of ``like`` a year later.

    ``opened_at``: the moment at which the first step opens; without it the year waits.
    """
    planned = {row.kind: row for row in Phase.objects.filter(year=like)} if like else {}
    rows = []
    for order, kind in enumerate(PhaseKind.values, 1):
        old = planned.get(kind)
        rows.append(
            Phase(
                year=year,
                kind=kind,
                order=order,
                planned_from=rotation.year_later(old.planned_from) if old and old.planned_from else None,
                planned_to=rotation.year_later(old.planned_to) if old and old.planned_to else None,
                opened_at=opened_at if order == 1 else None,
            )
        )
    return Phase.objects.bulk_create(rows)


def staying_members(year: ClusterYear) -> list[Membership]:
    """Members of ``year`` that have not left by its end, in charter order."""
    rows = Membership.objects.filter(year=year).order_by("order", "pk")
    return [row for row in rows if row.left_on is None or row.left_on > year.ends_on]
