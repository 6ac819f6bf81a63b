"""What the planner of the rotation is asked about a real cluster, and whom the office asks it to pass over."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from core import audit
from core.access import check
from core.dates import local_today
from core.errors import DomainError, Problem
from members import charter, standings
from members.charter import Rules
from members.domain import planner
from members.domain.planner import Candidate, Case, Proposed, Skip, Span
from members.domain.rotation import Term
from members.domain.terms import lock_cluster, terms_of
from members.domain.timeline import Line, lines, split
from members.models import Charter, ClusterYear, Membership, RotationSkip
from members.scope import Scope


@dataclass(frozen=True)
class Outlook:
    """Past years as facts, coming years as proposals, and what they rest on."""

    facts: list[Line]
    proposed: tuple[Proposed, ...]
    case: Case
    rules: Rules
    skips: list[RotationSkip]

    @property
    def agency_ids(self) -> list[int]:
        """Everybody who is named: members in the list's order, then whoever led before and is no member any more."""
        members = [one.agency_id for one in sorted(self.case.members, key=lambda one: one.order)]
        led = [term.agency_id for line in self.facts for term in (*line.chairs, *line.deputies)]
        return list(dict.fromkeys([*members, *led]))


def rules_of(year: ClusterYear) -> Rules:
    """The rules of a year; a year without a charter goes by the first proposal of every charter."""
    found = Charter.objects.filter(year=year).first()
    return charter.read(found.data if found else {})


def outlook(cluster_id: int, number: int, today: date) -> Outlook:
    """The years of a cluster and the ``number`` that come after the last known chair; eight queries at most."""
    years = list(ClusterYear.objects.filter(cluster=cluster_id).order_by("starts_on"))
    spans = [Span(year.label, year.starts_on, year.ends_on) for year in years]
    facts, waiting = split(lines(spans, terms_of(cluster_id)), today)
    skips = list(RotationSkip.objects.filter(cluster=cluster_id).order_by("label", "agency", "pk"))
    rules = rules_of(years[-1]) if years else Rules()
    last = facts[-1].span if facts else _before(waiting)
    case = _case(cluster_id, rules, facts, skips)
    ahead = planner.coming(last, number, waiting) if last else ()
    return Outlook(facts, planner.plan(case, ahead), case, rules, skips)


def _before(waiting: Sequence[Span]) -> Span | None:
    """A year before the first that waits: nothing is known of it, so only its successor counts."""
    if not waiting:
        return None
    first = waiting[0]
    label = "-".join(str(int(part) - 1) for part in first.label.split("-"))
    return Span(label, first.first - timedelta(days=365), first.first - timedelta(days=1))


def proposal(year: ClusterYear, span: Span, terms: Iterable[Term]) -> tuple[Proposed, Rules]:
    """Who is proposed to lead the year ``span`` that follows ``year``, by its rules; six queries at most.

    ``terms``: every term of the cluster.
    """
    cluster_id = year.cluster_id
    years = ClusterYear.objects.filter(cluster=cluster_id, starts_on__lt=span.first).order_by("starts_on")
    spans = [Span(one.label, one.starts_on, one.ends_on) for one in years]
    facts = [line for line in lines(spans, terms) if line.span.number < span.number]
    skips = list(RotationSkip.objects.filter(cluster=cluster_id, label=span.label).order_by("agency", "pk"))
    rules = rules_of(year)
    case = _case(cluster_id, rules, facts, skips, span)
    return planner.plan(case, [span])[0], rules


def _case(
    cluster_id: int,
    rules: Rules,
    facts: Sequence[Line],
    skips: Iterable[RotationSkip],
    upto: Span | None = None,
) -> Case:
    return Case(
        members=tuple(_candidates(cluster_id, facts, upto)),
        history=tuple(line.held for line in facts),
        rule=rules.rotation_rule,
        gap=rules.rotation_gap,
        deputies=rules.deputies,
        skips=tuple(Skip(one.agency_id, one.label, one.reason) for one in skips),
        standings=standings.standings(cluster_id),
    )


def _candidates(cluster_id: int, facts: Sequence[Line], upto: Span | None) -> list[Candidate]:
    """Members of the newest year (not after ``upto``), and who led in the last year though no member any more."""
    rows = Membership.objects.filter(year__cluster=cluster_id).select_related("year", "agency")
    if upto:
        rows = rows.filter(year__starts_on__lte=upto.first)
    newest: dict[int, Membership] = {}
    for row in rows.order_by("year__starts_on", "order", "pk"):
        newest[row.agency_id] = row
    last = max((row.year.starts_on for row in newest.values()), default=date.min)
    led = {term.agency_id for line in facts[-1:] for term in (*line.chairs, *line.deputies)}
    return [
        Candidate(agency, row.order, row.joined_on if row.year.starts_on == last else None, _left(row, last))
        for agency, row in newest.items()
        if row.year.starts_on == last or agency in led
    ]


def _left(row: Membership, last: date) -> date | None:
    """The first day on which the agency is no member any more, if that is known."""
    over = row.year.ends_on + timedelta(days=1) if row.year.starts_on != last else None
    days = [day for day in (row.left_on, row.agency.closed_on, over) if day]
    return min(days, default=None)


def skip(scope: Scope, agency_id: int, label: str, reason: str) -> RotationSkip:
    """Ask the planner to pass an agency over in one coming year, with a reason.

    Effects in order: lock of the cluster, row, audit. Raises ``Refused``, and ``DomainError`` for an agency that is no
    member, a year that does not come, no reason, or an agency that is passed over already.
    """
    check(scope, "planner_skip")
    cluster_id = scope.year.cluster_id
    with transaction.atomic():
        lock_cluster(cluster_id)
        ahead = outlook(cluster_id, planner.MOST_YEARS, local_today(timezone.now()))
        problems = []
        if agency_id not in {one.agency_id for one in ahead.case.members}:
            problems.append(Problem(_("Chọn một đơn vị thành viên của cụm."), "agency"))
        if label not in {one.span.label for one in ahead.proposed}:
            problems.append(Problem(_("Chọn một trong các năm tới của bảng dự kiến."), "label"))
        if not reason:
            problems.append(Problem(_("Ghi lý do bỏ qua đơn vị này."), "reason"))
        if any((one.agency_id, one.label) == (agency_id, label) for one in ahead.skips):
            problems.append(Problem(_("Đơn vị đã được bỏ qua năm này."), "agency"))
        if problems:
            raise DomainError(problems)
        row = RotationSkip.objects.create(
            cluster_id=cluster_id, agency_id=agency_id, label=label, reason=reason
        )
        audit.record(
            audit.cluster_chain(cluster_id), "rotation_skip", row,
            actor_id=scope.user_key(), role=scope.audit_role, after=audit.snapshot(row), reason=reason,
        )  # fmt: skip
    return row


def unskip(scope: Scope, pk: int) -> RotationSkip | None:
    """Let an agency take its turn again; None when that was done already.

    Effects in order: lock of the cluster, row, audit. Raises ``Refused``.
    """
    check(scope, "planner_skip")
    cluster_id = scope.year.cluster_id
    with transaction.atomic():
        lock_cluster(cluster_id)
        row = RotationSkip.objects.filter(cluster=cluster_id, pk=pk).first()
        if row is None:
            return None
        before = audit.snapshot(row)
        audit.record(
            audit.cluster_chain(cluster_id), "rotation_unskip", row,
            actor_id=scope.user_key(), role=scope.audit_role, before=before,
        )  # fmt: skip
        row.delete()
    return row
