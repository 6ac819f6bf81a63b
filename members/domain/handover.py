"""Handing the lead of a cluster over: thought through, shown, written in one transaction."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from core.dates import format_date, local_today
from core.errors import DomainError, Problem
from core.models import StoredFile
from members.charter import Rules
from members.domain import planning, rotation
from members.domain.actor import Actor
from members.domain.planner import Proposed, Span
from members.domain.rotation import Plan, Seat, Term
from members.domain.terms import is_member_on, lock_cluster, paper_problems, terms_of, write_terms
from members.domain.years import next_year_of, open_next_year, staying_members
from members.elections import Elected
from members.enums import Basis, Role
from members.models import ClusterYear, Membership, RoleTerm
from members.queries import agency_names


@dataclass(frozen=True, slots=True)
class HandOver:
    """What the officer decides: who leads from which day, and on what paper.

    ``within``: somebody is replaced in the course of the year; otherwise the lead passes to the coming year.
    ``seen`` is the mark of the terms that the form showed (``Ground.mark``); empty: nothing was shown.
    """

    chair_id: int
    deputy_ids: tuple[int, ...]
    starts_on: date
    basis: str = Basis.ELECTED
    decision_number: str = ""
    decision_date: date | None = None
    decision_file: StoredFile | None = None
    note: str = ""
    within: bool = False
    seen: str = ""


@dataclass(frozen=True)
class Ground:
    """What a hand-over starts from: the year it serves, its members, every term of the cluster."""

    label: str
    period: tuple[date, date]
    year: ClusterYear | None  # the year served; None: it will be opened
    members: dict[int, Membership]  # by agency, in charter order
    terms: list[Term]
    names: dict[int, tuple[str, str]]  # full and short name by agency
    source: ClusterYear  # the year that the hand-over starts from

    @property
    def mark(self) -> str:
        """A short text that changes whenever a term does."""
        rows = sorted(self.terms, key=lambda term: term.pk or 0)
        return hashlib.sha256(repr(rows).encode()).hexdigest()[:16]

    def short(self, agency_id: int) -> str:
        """The short name of an agency, or nothing."""
        return self.names.get(agency_id, ("", ""))[1]


@dataclass(frozen=True)
class Examined:
    """A hand-over thought through: what is wrong with it, what it writes, the offices side by side."""

    problems: list[Problem]
    plan: Plan
    seats: list[Seat]


@dataclass(frozen=True)
class Rotated:
    """What came of a hand-over; ``repeated``: it had been written before, and nothing was written now."""

    year: ClusterYear
    terms: list[RoleTerm]
    opened: bool = False
    repeated: bool = False


def ground_of(year: ClusterYear, *, within: bool = False) -> Ground:
    """What a hand-over from ``year`` starts from; a constant number of queries."""
    served = year if within else next_year_of(year)
    period = (
        (served.starts_on, served.ends_on) if served else rotation.next_period(year.starts_on, year.ends_on)
    )
    rows = (
        list(Membership.objects.filter(year=served).order_by("order", "pk"))
        if served
        else staying_members(year, period[0])
    )
    terms = terms_of(year.cluster_id)
    names = agency_names([*(row.agency_id for row in rows), *(term.agency_id for term in terms)], period[0])
    label = served.label if served else rotation.next_label(year.label)
    return Ground(label, period, served, {row.agency_id: row for row in rows}, terms, names, year)


@dataclass(frozen=True, slots=True)
class Suggestion:
    """What a hand-over form starts with, and why. ``deputy_ids`` are those elected: without an election the deputies of
    ``planned`` are only named, since the charter's rule binds the chair and the conference elects deputies."""

    chair_id: int | None
    deputy_ids: tuple[int, ...]
    starts_on: date
    planned: Proposed
    rules: Rules
    elected: bool = False


def proposal_for(ground: Ground, elected: Elected | None = None) -> Suggestion:
    """Who is proposed to lead the coming year, from when and why: those elected, else whom the charter's rule names.

    The planner's answer stands in ``planned`` in either case; six queries at most.
    """
    today = local_today(timezone.now())
    running = rotation.leading_on(ground.terms, min(today, ground.period[0]))
    day = elected.held_on if elected else today
    first = rotation.propose(running, ground.members, ground.period, day).starts_on
    planned, rules = planning.proposal(ground.source, Span(ground.label, *ground.period), ground.terms)
    chair = planned.chair if planned.chair in ground.members else None
    if elected is None:
        return Suggestion(chair, (), first, planned, rules)
    deputies = tuple(pk for pk in elected.deputy_ids if pk in ground.members)
    known = elected.chair_id in ground.members
    return Suggestion(elected.chair_id if known else chair, deputies, first, planned, rules, known)


def examine(order: HandOver, ground: Ground) -> Examined:
    """Everything that is wrong with the hand-over, and what it would write; no query."""
    plan = rotation.plan(
        ground.terms, order.chair_id, order.deputy_ids, order.starts_on, keep_same=order.within
    )
    before = rotation.leading_on(ground.terms, order.starts_on - timedelta(days=1))
    after = rotation.leading_on(plan.outcome, order.starts_on)
    problems = [*_about_people(order, ground), *_about_days(order, ground, plan)]
    problems += paper_problems(order.basis, order.decision_number, order.decision_date)
    return Examined(problems, plan, rotation.seats(before, after))


def _about_people(order: HandOver, ground: Ground) -> list[Problem]:
    problems = []
    day = max(order.starts_on, ground.period[0])
    if order.chair_id in order.deputy_ids:
        problems.append(Problem(_("Một đơn vị không thể vừa là Cụm trưởng vừa là Cụm phó."), "deputies"))
    if len(set(order.deputy_ids)) < len(order.deputy_ids):
        problems.append(Problem(_("Một đơn vị được chọn hai lần làm Cụm phó."), "deputies"))
    for field, agency in [("chair", order.chair_id), *(("deputies", pk) for pk in order.deputy_ids)]:
        row = ground.members.get(agency)
        if row is None:
            sentence = _("Đơn vị được chọn không phải đơn vị thành viên năm %(label)s.")
            problems.append(Problem(sentence % {"label": ground.label}, field))
        elif not is_member_on(row, day):
            sentence = _("%(agency)s không còn hoặc chưa là đơn vị thành viên vào ngày %(day)s.")
            problems.append(
                Problem(sentence % {"agency": ground.short(agency), "day": format_date(day)}, field)
            )
    return problems


def _about_days(order: HandOver, ground: Ground, plan: Plan) -> list[Problem]:
    problems = []
    first, last = ground.period
    if not first <= order.starts_on <= last:
        sentence = _("Ngày bắt đầu phải nằm trong năm %(label)s: từ %(first)s đến %(last)s.")
        words = {"label": ground.label, "first": format_date(first), "last": format_date(last)}
        problems.append(Problem(sentence % words, "starts_on"))
    blocking = max(plan.later, key=lambda term: term.starts_on, default=None)
    if blocking:
        sentence = _(
            "%(agency)s đã có nhiệm kỳ %(role)s từ ngày %(day)s; nhiệm kỳ mới phải bắt đầu sau ngày đó."
        )
        words = {
            "agency": ground.short(blocking.agency_id),
            "role": str(Role(blocking.role).label),
            "day": format_date(blocking.starts_on),
        }
        problems.append(Problem(sentence % words, "starts_on"))
    if not plan.added and not plan.ended:
        problems.append(Problem(_("Các vai trò không có gì thay đổi."), "chair"))
    return problems


def rotate(actor: Actor, year_id: int, order: HandOver) -> Rotated:
    """Hand the lead over: end the running terms on the first day of the new ones, write the new ones.

    Effects in order: lock of the cluster, the coming year opened if it does not exist, terms (``write_terms``), audit.
    One transaction: all or nothing. Raises ``Refused`` for anybody but the officer of the cluster and ``DomainError``
    with a sentence for each thing wrong; when another hand-over came in between, the sentence says so. The very same
    hand-over sent again writes nothing and answers ``repeated``.
    """
    with transaction.atomic():
        year = ClusterYear.objects.get(pk=year_id)
        actor.check(year.cluster_id)
        lock_cluster(year.cluster_id)
        ground = ground_of(year, within=order.within)
        if ground.year and (done := _written_before(order, ground)):
            return Rotated(ground.year, done, repeated=True)
        if order.seen and order.seen != ground.mark:
            raise DomainError(
                _("Vừa có người khác đổi nhiệm kỳ của cụm. Xem lại bảng trước và sau rồi ghi lại.")
            )
        if ground.year and ground.year.is_sealed:
            raise DomainError(_("Năm %(label)s đã đóng, không sửa được nữa.") % {"label": ground.label})
        examined = examine(order, ground)
        if examined.problems:
            raise DomainError(examined.problems)
        served = ground.year or open_next_year(actor, year.pk)
        terms = write_terms(
            actor,
            year.cluster_id,
            [_row(term, order) for term in examined.plan.added],
            {term.pk: order.starts_on for term in examined.plan.ended if term.pk},
            action="term_replace" if order.within else "term_rotate",
            reason=order.note,
        )
    return Rotated(served, terms, opened=ground.year is None)


def _row(term: Term, order: HandOver) -> RoleTerm:
    return RoleTerm(
        agency_id=term.agency_id,
        role=term.role,
        order=term.order,
        starts_on=term.starts_on,
        basis=order.basis,
        decision_number=order.decision_number,
        decision_date=order.decision_date,
        decision_file=order.decision_file,
        note=order.note,
    )


def _written_before(order: HandOver, ground: Ground) -> list[RoleTerm]:
    """The rows of this very hand-over, if they stand already; else nothing."""
    wanted = {(order.chair_id, str(Role.CHAIR), 1)}
    wanted |= {(agency, str(Role.DEPUTY), place) for place, agency in enumerate(order.deputy_ids, 1)}
    leading = rotation.leading_on(ground.terms, order.starts_on)
    begun = [term.starts_on == order.starts_on for term in leading]
    same = wanted == {(term.agency_id, term.role, term.order) for term in leading}
    if not same or not (any(begun) if order.within else all(begun)):
        return []
    pks = [term.pk or 0 for term in leading]
    return list(RoleTerm.objects.filter(pk__in=pks).order_by("role", "order"))
