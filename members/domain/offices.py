"""Terms outside a hand-over: one of the past that is found out, a deputy who acts for a chair that is gone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from core.dates import format_date, local_today
from core.errors import DomainError, Problem
from core.models import StoredFile
from members.domain.actor import Actor
from members.domain.rotation import Term, leading_on
from members.domain.terms import lock_cluster, paper_problems, terms_of, write_terms
from members.enums import Basis, Role
from members.models import ClusterYear, RoleTerm


@dataclass(frozen=True, slots=True)
class Paper:
    """What a term rests on."""

    number: str = ""
    day: date | None = None
    file: StoredFile | None = None


@dataclass(frozen=True, slots=True)
class Record:
    """A term of the past as the office found it; half-open days, ``order`` is for deputies."""

    agency_id: int
    role: str
    order: int
    starts_on: date
    ends_on: date | None
    basis: str
    paper: Paper = Paper()
    note: str = ""


def record_term(actor: Actor, cluster_id: int, record: Record) -> RoleTerm:
    """Write a term of the past that was not known before; nothing that stands is changed.

    Effects in order: lock of the cluster, term, audit. Raises ``Refused`` for anybody but the officer, ``DomainError``
    with a sentence for each thing wrong: days, paper, an agency that was no member then, a clash with another term.
    """
    with transaction.atomic():
        actor.check(cluster_id)
        lock_cluster(cluster_id)
        today = local_today(timezone.now())
        problems = paper_problems(record.basis, record.paper.number, record.paper.day)
        if record.starts_on > today:
            problems.append(
                Problem(
                    _("Chỉ ghi ở đây nhiệm kỳ đã bắt đầu; nhiệm kỳ sắp tới ghi khi luân chuyển."), "starts_on"
                )
            )
        if record.ends_on and record.ends_on <= record.starts_on:
            problems.append(Problem(_("Ngày kết thúc phải ở sau ngày bắt đầu."), "ends_on"))
        if problems:
            raise DomainError(problems)
        row = RoleTerm(
            agency_id=record.agency_id,
            role=record.role,
            order=1 if record.role == Role.CHAIR else record.order,
            starts_on=record.starts_on,
            ends_on=record.ends_on,
            basis=record.basis,
            decision_number=record.paper.number,
            decision_date=record.paper.day,
            decision_file=record.paper.file,
            note=record.note,
        )
        return write_terms(actor, cluster_id, [row], action="term_record", reason=record.note)[0]


@dataclass(frozen=True, slots=True)
class Acting:
    """A deputy takes the chair for the time being, from a day, on a paper."""

    agency_id: int
    starts_on: date
    paper: Paper
    note: str = ""


def start_acting(actor: Actor, cluster_id: int, order: Acting) -> RoleTerm:
    """The deputy is acting chair from the day; the chair's term and its own as deputy end there, other deputies go on.

    Effects in order: lock of the cluster, ends, term, audit. Raises ``Refused`` for anybody but the officer,
    ``DomainError`` with a sentence for each thing wrong; the very same order sent again is refused by its sentence.
    """
    with transaction.atomic():
        actor.check(cluster_id)
        lock_cluster(cluster_id)
        terms = terms_of(cluster_id)
        leading = leading_on(terms, order.starts_on)
        problems = [
            *_about_acting(cluster_id, order, terms),
            *_about_paper(order.paper),
        ]
        if problems:
            raise DomainError(problems)
        ends = {
            term.pk: order.starts_on
            for term in leading
            if term.pk and (term.role == Role.CHAIR or term.agency_id == order.agency_id)
        }
        row = RoleTerm(
            agency_id=order.agency_id,
            role=Role.CHAIR,
            starts_on=order.starts_on,
            basis=Basis.ACTING,
            decision_number=order.paper.number,
            decision_date=order.paper.day,
            decision_file=order.paper.file,
            note=order.note,
        )
        return write_terms(actor, cluster_id, [row], ends, action="term_acting", reason=order.note)[0]


def _about_paper(paper: Paper) -> list[Problem]:
    problems = paper_problems(Basis.ACTING, paper.number, paper.day)
    if not paper.number:
        problems.append(Problem(_("Tạm quyền thì phải ghi số văn bản giao."), "decision_number"))
    if not paper.day:
        problems.append(Problem(_("Tạm quyền thì phải ghi ngày của văn bản giao."), "decision_date"))
    return problems


def _about_acting(cluster_id: int, order: Acting, terms: list[Term]) -> list[Problem]:
    day = order.starts_on
    leading = leading_on(terms, day)
    problems = []
    if not any(term.role == Role.DEPUTY and term.agency_id == order.agency_id for term in leading):
        sentence = _("Ngày %(day)s đơn vị này không phải Cụm phó nên không thể tạm quyền Cụm trưởng.")
        problems.append(Problem(sentence % {"day": format_date(day)}, "agency"))
    begun = [
        term.starts_on for term in leading if term.role == Role.CHAIR or term.agency_id == order.agency_id
    ]
    later = [term.starts_on for term in terms if term.role == Role.CHAIR and term.starts_on >= day]
    if begun and max(begun) >= day:
        first = format_date(max(begun) + timedelta(days=1))
        problems.append(Problem(_("Ngày tạm quyền sớm nhất là %(day)s.") % {"day": first}, "starts_on"))
    elif later:
        sentence = _("Đã có nhiệm kỳ Cụm trưởng bắt đầu từ ngày %(day)s; ngày tạm quyền phải ở sau ngày đó.")
        problems.append(Problem(sentence % {"day": format_date(max(later))}, "starts_on"))
    year = ClusterYear.objects.filter(cluster=cluster_id, ends_on__gte=day).order_by("ends_on").first()
    if year and year.is_sealed:
        problems.append(
            Problem(_("Năm %(label)s đã đóng, không sửa được nữa.") % {"label": year.label}, "starts_on")
        )
    return problems
