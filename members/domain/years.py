"""Years: opening the coming one. Handing the lead over is in ``handover``."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from core import audit
from core.access import check
from core.dates import format_date
from core.errors import DomainError, Problem
from members import carry
from members.domain import rotation
from members.domain.actor import Actor
from members.domain.terms import lock_cluster
from members.enums import PhaseKind
from members.models import Charter, ClusterYear, Membership, Phase
from members.models.year import LABEL
from members.scope import Scope

LONGEST = 732  # days: a year that is moved to another rhythm may last two
FARTHEST = 120  # days between a year and the one after it: schools rest for three months


def next_year_of(year: ClusterYear) -> ClusterYear | None:
    """The year after ``year``, if it is open already: by its label, else the first to begin within four months."""
    label, soon = rotation.next_label(year.label), year.ends_on + timedelta(days=FARTHEST)
    near = Q(starts_on__gt=year.ends_on, starts_on__lte=soon)
    others = ClusterYear.objects.filter(Q(label=label) | near, cluster=year.cluster_id)
    return min(others, key=lambda one: (one.label != label, one.starts_on), default=None)


@dataclass(frozen=True, slots=True)
class Opening:
    """A coming year as somebody wants it: name, first and last day, parts it takes over, how their days move."""

    label: str
    starts_on: date
    ends_on: date
    parts: frozenset[str] = frozenset()
    shift: str = carry.YEAR


def proposed_opening(year: ClusterYear) -> Opening:
    """The year after ``year`` as it is proposed: a year later, with everything that is ticked at first."""
    first, last = rotation.next_period(year.starts_on, year.ends_on)
    ticked = frozenset(part.name for part in carry.parts() if part.default)
    return Opening(rotation.next_label(year.label), first, last, ticked)


@dataclass(frozen=True, slots=True)
class Opened:
    """The coming year; ``fresh`` is False for one that stood already."""

    year: ClusterYear
    fresh: bool


def open_year(scope: Scope, opening: Opening, reason: str = "") -> Opened:
    """The coming year of the cluster as ``opening`` says, in its first step; one that stands already is left as it is.

    Effects in order: lock of the cluster, right ``year_open``, year, charter, steps, parts, audit. Never copied:
    scores, ranks, activities, people, terms. Raises ``Refused``, ``DomainError`` with every sentence that applies.
    """
    with transaction.atomic():
        lock_cluster(scope.year.cluster_id)
        check(scope, "year_open")
        if existing := _standing(scope.year, opening.label):
            return Opened(existing, fresh=False)
        if problems := problems_of_opening(scope.year, opening):
            raise DomainError(problems)
        return Opened(_open(Actor.of(scope), scope.year, opening, reason), fresh=True)


def open_next_year(actor: Actor, year_id: int, reason: str = "") -> ClusterYear:
    """The coming year of the cluster, in its first step; the one that exists already is returned untouched.

    Taken over: members that have not left, the rules, the planned days of the steps a year later (``Part.always``);
    never scores, ranks, activities, people or terms. Effects in order: lock of the cluster, year, rules, steps, parts,
    audit. Raises ``Refused`` for anybody but the officer, ``DomainError`` when the period would overlap another year.
    """
    with transaction.atomic():
        year = ClusterYear.objects.get(pk=year_id)
        actor.check(year.cluster_id)
        lock_cluster(year.cluster_id)
        if existing := next_year_of(year):
            return existing
        always = frozenset(part.name for part in carry.parts() if part.always)
        opening = replace(proposed_opening(year), parts=always)
        if problems := problems_of_opening(year, opening):
            raise DomainError(problems)
        return _open(actor, year, opening, reason)


def _standing(year: ClusterYear, label: str) -> ClusterYear | None:
    """The year that bears the label already, where it comes after ``year``."""
    return ClusterYear.objects.filter(
        cluster=year.cluster_id, label=label, starts_on__gt=year.ends_on
    ).first()


def problems_of_opening(year: ClusterYear, opening: Opening) -> list[Problem]:
    """What keeps the coming year from being opened; fields are those of ``Opening``; at most two queries."""
    problems = problems_of_period(year.cluster_id, opening.label, opening.starts_on, opening.ends_on)
    if opening.starts_on <= year.ends_on and not problems:
        sentence = _("Năm mới phải bắt đầu sau khi năm %(label)s kết thúc (%(day)s).")
        words = {"label": year.label, "day": format_date(year.ends_on)}
        problems.append(Problem(sentence % words, "starts_on"))
    if (opening.starts_on - year.ends_on).days > FARTHEST:
        sentence = _("Năm mới cách năm %(label)s quá bốn tháng; mở lần lượt từng năm.")
        problems.append(Problem(sentence % {"label": year.label}, "starts_on"))
    if opening.shift not in (carry.YEAR, carry.START, carry.NONE):
        problems.append(Problem(_("Chọn cách dời các ngày."), "shift"))
    return problems


def _open(actor: Actor, year: ClusterYear, opening: Opening, reason: str) -> ClusterYear:
    opened = ClusterYear.objects.create(
        cluster_id=year.cluster_id, label=opening.label, starts_on=opening.starts_on, ends_on=opening.ends_on,
        sample=year.sample,
    )  # fmt: skip
    Charter.objects.create(year=opened, data={})
    make_phases(opened, opened_at=timezone.now())
    shift = carry.Shift.between(opening.shift, year.starts_on, opening.starts_on)
    copied = carry.copy_all(actor, opening.parts, year, opened, shift)
    opened.refresh_from_db()
    members = Membership.objects.filter(year=opened).order_by("order").values_list("agency", flat=True)
    after = audit.snapshot(opened) | {"from": year.label, "members": list(members), "copied": copied}
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
    """What keeps a cluster from having a year of this label and period; at most two queries.

    Fields: ``label``, ``starts_on``, ``ends_on``.
    """
    problems = []
    first, _dash, second = label.partition("-")
    if not re.fullmatch(LABEL, label) or (second and int(second) <= int(first)):
        problems.append(Problem(_("Ghi năm dạng 2020 hoặc 2012-2013."), "label"))
    elif ClusterYear.objects.filter(cluster=cluster_id, label=label).exists():
        problems.append(Problem(_("Cụm đã có năm này."), "label"))
    if ends_on <= starts_on:
        problems.append(Problem(_("Ngày kết thúc phải sau ngày bắt đầu."), "ends_on"))
    elif (ends_on - starts_on).days > LONGEST:
        problems.append(Problem(_("Một năm thi đua dài nhất hai năm lịch."), "ends_on"))
    elif other := _overlapping(cluster_id, starts_on, ends_on):
        problems.append(Problem(_overlap_words(label, starts_on, ends_on, other), "starts_on"))
    return problems


def _overlapping(cluster_id: int, first: date, last: date) -> ClusterYear | None:
    return ClusterYear.objects.filter(cluster=cluster_id, starts_on__lte=last, ends_on__gte=first).first()


def _overlap_words(label: str, first: date, last: date, other: ClusterYear) -> str:
    sentence = _(
        "Năm %(label)s (%(from)s–%(to)s) sẽ trùng thời gian với năm %(other)s; sửa thời gian của các năm trước."
    )
    return sentence % {
        "label": label, "from": format_date(first), "to": format_date(last), "other": other.label,
    }  # fmt: skip


def make_phases(year: ClusterYear, *, opened_at: datetime | None = None) -> list[Phase]:
    """All steps of a new year in their order, without planned days.

    ``opened_at``: the moment at which the first step opens; without it the year waits.
    """
    return Phase.objects.bulk_create(
        Phase(year=year, kind=kind, order=order, opened_at=opened_at if order == 1 else None)
        for order, kind in enumerate(PhaseKind.values, 1)
    )


def staying_members(year: ClusterYear, first_day: date | None = None) -> list[Membership]:
    """Members of ``year`` that go on after it, in charter order; one query.

    ``first_day`` of the coming year: who has left or was closed by then does not go on; without it the day after.
    """
    first = first_day or year.ends_on + timedelta(days=1)
    rows = Membership.objects.filter(year=year).select_related("agency").order_by("order", "pk")
    days = [(row, [row.left_on, row.agency.closed_on]) for row in rows]
    return [row for row, ends in days if all(day is None or day > first for day in ends)]
