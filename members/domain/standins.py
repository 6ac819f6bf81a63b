"""Deputising: an account acts with another person's function for some days, on a paper that says so.

Words: the *principal* is the person stood in for, with a function of one's own; the *stand-in* is an account that works
for the same agency already. The stand-in's row is a ``Person`` with ``stands_for``: it has the function only while the
principal holds it (``scope.functions_on``), and everything done with it leaves both accounts in the audit.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from core import audit
from core.access import check
from core.dates import format_date
from core.errors import DomainError, Problem
from core.folding import clean_line
from members.domain.people import again, days_problems, lock_agency, managed_ids, stands_in_only
from members.models import Person
from members.models.person import COUNCIL_FUNCTIONS
from members.queries import covering
from members.scope import Scope

LONGEST_YEARS = 1


@dataclass(frozen=True, slots=True)
class StandIn:
    """Who stands in (a person of the same agency), from when to the day before ``ends_on``, on which paper."""

    stand_in_id: int
    post: str
    starts_on: date
    ends_on: date
    paper: str


def candidates(principal: Person, day: date) -> QuerySet[Person]:
    """Who may stand in: other accounts with a function of their own at the agency today; for the council only those who
    work for the council already.
    """
    rows = covering(Person.objects.filter(agency=principal.agency_id, stands_for__isnull=True), day)
    rows = rows.filter(user__is_active=True).exclude(user=principal.user_id).select_related("user")
    if principal.function in COUNCIL_FUNCTIONS:
        rows = rows.filter(function__in=COUNCIL_FUNCTIONS)
    return rows.order_by("post", "user__username", "pk")


def deputise(scope: Scope, principal_id: int, given: StandIn) -> Person:
    """Name who acts for a person for some days.

    Effects in order: lock of the agency, the stand-in's row, audit. Raises ``Person.DoesNotExist``, ``Refused``,
    ``DomainError`` with every problem: a stand-in of a stand-in, oneself, another agency, one that another cluster has
    a say in, more than a year, days in which somebody stands in already or the principal has left, no paper.
    """
    with transaction.atomic():
        agency_id = Person.objects.values_list("agency", flat=True).get(pk=principal_id)
        lock_agency(agency_id)
        scope = again(scope)
        principal = Person.objects.select_related("user").get(pk=principal_id)
        check(scope, "person_deputise", principal)
        chosen = candidates(principal, scope.today).filter(pk=given.stand_in_id).first()
        if problems := _problems(scope, principal, chosen, given):
            raise DomainError(problems)
        assert chosen is not None  # noqa: S101 - a problem was told otherwise
        person = Person.objects.create(
            user_id=chosen.user_id, agency_id=agency_id, function=principal.function, stands_for=principal,
            post=clean_line(given.post) or chosen.post, starts_on=given.starts_on, ends_on=given.ends_on,
            cluster_id=principal.cluster_id, all_clusters=principal.all_clusters,
        )  # fmt: skip
        audit.record(
            audit.cluster_chain(scope.year.cluster_id), "stand_in_add", person,
            actor_id=scope.user_key(), role=scope.audit_role, reason=clean_line(given.paper),
            after=audit.snapshot(person) | {"for_user_id": principal.user_id},
        )  # fmt: skip
    return person


def _problems(scope: Scope, principal: Person, chosen: Person | None, given: StandIn) -> list[Problem]:
    if principal.stands_for_id:
        return [Problem(_("Người làm thay không cử tiếp người làm thay."))]
    if stands_in_only(scope, principal.agency_id):
        return [Problem(_("Người làm thay không cử tiếp người làm thay."))]
    foreign = principal.function not in COUNCIL_FUNCTIONS and principal.agency_id not in managed_ids(scope)
    if foreign and not scope.user.is_superuser:
        return [Problem(_("Đơn vị này không thuộc cụm bạn phụ trách, hoặc còn thuộc cụm khác."))]
    if principal.ends_on and principal.ends_on <= scope.today:
        return [Problem(_("Người này đã thôi chức năng, không còn gì để làm thay."))]
    problems = days_problems(given.starts_on, given.ends_on, scope.today)
    if chosen is None:
        problems.append(Problem(_("Chọn một người đang làm việc cho chính đơn vị này."), "stand_in"))
    elif chosen.user_id == scope.user_key():
        problems.append(Problem(_("Không ai tự cử mình làm thay."), "stand_in"))
    if not clean_line(given.paper):
        problems.append(Problem(_("Ghi số, ngày văn bản cử người làm thay."), "paper"))
    return problems or _clashes(principal, given)


def _clashes(principal: Person, given: StandIn) -> list[Problem]:
    """Days that are too many, that the principal does not hold the function, or that somebody has already."""
    if given.ends_on > a_year_after(given.starts_on):
        return [Problem(_("Mỗi lần cử làm thay dài nhất một năm."), "ends_on")]
    if given.starts_on < principal.starts_on:
        day = format_date(principal.starts_on)
        return [Problem(_("Người được làm thay nhận chức năng từ ngày %(day)s.") % {"day": day}, "starts_on")]
    if principal.ends_on and given.ends_on > principal.ends_on:
        day = format_date(principal.ends_on)
        return [Problem(_("Người được làm thay thôi chức năng từ ngày %(day)s.") % {"day": day}, "ends_on")]
    taken = Person.objects.filter(stands_for=principal).filter(
        Q(starts_on__lt=given.ends_on) & Q(ends_on__gt=given.starts_on)
    )
    first = taken.order_by("starts_on").first()
    if first is None or first.ends_on is None:
        return []
    words = {"from": format_date(first.starts_on), "to": format_date(first.ends_on)}
    return [Problem(_("Đã có người làm thay từ %(from)s đến trước %(to)s.") % words, "starts_on")]


def a_year_after(day: date) -> date:
    """The same day a year later; 29 February becomes 1 March."""
    try:
        return day.replace(year=day.year + LONGEST_YEARS)
    except ValueError:
        return date(day.year + LONGEST_YEARS, 3, 1)
