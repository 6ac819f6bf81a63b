"""Years: opening the coming one. Handing the lead over is in ``handover``."""

from __future__ import annotations

import re
from datetime import date, datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from core import audit
from core.dates import format_date
from core.errors import DomainError, Problem
from members.domain import rotation
from members.domain.actor import Actor
from members.domain.terms import lock_cluster
from members.enums import PhaseKind
from members.models import Charter, ClusterYear, Membership, Phase
from members.models.year import LABEL

LONGEST = 732  # days: a year that is moved to another rhythm may last two


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


def first_year(actor: Actor, cluster_id: int, label: str, starts_on: date, ends_on: date) -> ClusterYear:
    """A year of a cluster from nothing, in its first step, with the rules every charter starts from.

    Effects in order: lock of the cluster, year, rules, steps, audit. The year that bears the label already is returned
    untouched. Raises ``Refused`` for anybody but the officer, ``DomainError`` for a label or period that cannot be.
    """
    with transaction.atomic():
        actor.check(cluster_id)
        lock_cluster(cluster_id)
        if existing := ClusterYear.objects.filter(cluster=cluster_id, label=label).first():
            return existing
        if problems := problems_of_period(cluster_id, label, starts_on, ends_on):
            raise DomainError(problems)
        opened = ClusterYear.objects.create(
            cluster_id=cluster_id, label=label, starts_on=starts_on, ends_on=ends_on
        )
        Charter.objects.create(year=opened, data={})
        make_phases(opened, opened_at=timezone.now())
        audit.record(
            audit.cluster_chain(cluster_id), "year_open", opened,
            actor_id=actor.user_id, role=actor.role, after=audit.snapshot(opened),
        )  # fmt: skip
    return opened


def problems_of_period(cluster_id: int, label: str, starts_on: date, ends_on: date) -> list[Problem]:
    """What keeps a cluster from having a year of this label and period; at most one query.

    Fields: ``label``, ``starts_on``, ``ends_on``.
    """
    problems = []
    first, _dash, second = label.partition("-")
    if not re.fullmatch(LABEL, label) or (second and int(second) <= int(first)):
        problems.append(Problem(_("Ghi năm dạng 2020 hoặc 2012-2013."), "label"))
    if ends_on <= starts_on:
        problems.append(Problem(_("Ngày kết thúc phải sau ngày bắt đầu."), "ends_on"))
    elif (ends_on - starts_on).days > LONGEST:
        problems.append(Problem(_("Một năm thi đua dài nhất hai năm lịch."), "ends_on"))
    elif other := _overlapping(cluster_id, starts_on, ends_on):
        problems.append(Problem(_overlap_words(label, starts_on, ends_on, other), "starts_on"))
    return problems


def _refuse_overlap(year: ClusterYear, first: date, last: date) -> None:
    if other := _overlapping(year.cluster_id, first, last):
        raise DomainError(_overlap_words(rotation.next_label(year.label), first, last, other))


def _overlapping(cluster_id: int, first: date, last: date) -> ClusterYear | None:
    return ClusterYear.objects.filter(cluster=cluster_id, starts_on__lte=last, ends_on__gte=first).first()


def _overlap_words(label: str, first: date, last: date, other: ClusterYear) -> str:
    sentence = _(
        "Năm %(label)s (%(from)s–%(to)s) sẽ trùng thời gian với năm %(other)s; sửa thời gian của các năm trước."
    )
    return sentence % {
        "label": label, "from": format_date(first), "to": format_date(last), "other": other.label,
    }  # fmt: skip


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
