"""The people of an agency: who may look after them, giving a function, changing it, ending it.

Nobody gives rights in a cluster that is not one's own, nobody gives or lengthens a function of one's own, and who only
stands in for a leader names no leaders.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from core import audit
from core.access import check
from core.dates import format_date
from core.errors import DomainError, Problem, Refused, Stale
from core.folding import clean_line
from members.domain.actor import Actor
from members.enums import Function
from members.models import Agency, Membership, Person, RoleTerm
from members.models.person import COUNCIL_FUNCTIONS
from members.queries import covering
from members.scope import Scope, functions_on, load


@dataclass(frozen=True, slots=True)
class Given:
    """A function as it is given: half-open days, an empty end is open."""

    agency_id: int
    function: str
    post: str
    starts_on: date
    ends_on: date | None = None


# -- whose people ---------------------------------------------------------------------------------
def agencies_of(actor: Actor) -> QuerySet[Agency]:
    """Agencies that stand in clusters of the actor and in no other; all of them for who covers every cluster."""
    if actor.every_cluster:
        return Agency.objects.all()
    members = Membership.objects.filter(agency=OuterRef("pk"))
    terms = RoleTerm.objects.filter(agency=OuterRef("pk"))
    inside = Q(year__cluster__in=actor.cluster_ids)
    return Agency.objects.filter(
        Exists(members.filter(inside)),
        ~Exists(members.exclude(inside)),
        ~Exists(terms.exclude(cluster__in=actor.cluster_ids)),
    )


def led_by(scope: Scope) -> frozenset[int]:
    """Agencies of which the person is a leader today."""
    return frozenset(hat.agency_id for hat in scope.staff_hats if hat.function == Function.LEADER)


def managed_ids(scope: Scope) -> frozenset[int]:
    """Agencies whose people this person looks after: those one leads; for an officer all that no other cluster has a
    say in, every agency of the cluster for who covers all clusters. No query, two for an officer.
    """
    if not scope.is_officer:
        return led_by(scope)
    officer = functions_on(scope.user, scope.today).filter(function=Function.OFFICER)
    every = officer.filter(all_clusters=True).exists()
    actor = Actor(scope.user_key(), scope.audit_role, every, frozenset({scope.year.cluster_id}))
    inside = agencies_in(scope).values("pk")
    return led_by(scope) | frozenset(agencies_of(actor).filter(pk__in=inside).values_list("pk", flat=True))


def agencies_in(scope: Scope) -> QuerySet[Agency]:
    """Members of the year, and who holds an office of the cluster today."""
    members = Membership.objects.filter(year=scope.year, agency=OuterRef("pk"))
    terms = covering(RoleTerm.objects.filter(cluster=scope.year.cluster_id), scope.today)
    return Agency.objects.filter(Exists(members) | Exists(terms.filter(agency=OuterRef("pk"))))


def stands_in_only(scope: Scope, agency_id: int) -> bool:
    """Whether the person leads the agency for somebody else alone."""
    leads = [
        hat for hat in scope.staff_hats if hat.function == Function.LEADER and hat.agency_id == agency_id
    ]
    return bool(leads) and all(hat.stands_for for hat in leads) and not scope.is_officer


def problems_of(person: Person, *, superuser: bool, agency_ids: Collection[int]) -> list[Problem]:
    """Why this person may not be saved: a council function by anybody but a superuser, a foreign agency."""
    if superuser:
        return []
    problems = []
    if person.function in COUNCIL_FUNCTIONS:
        problems.append(Problem(_("Chức năng của Hội đồng do quản trị hệ thống giao."), "function"))
    if person.agency_id not in agency_ids:
        problems.append(
            Problem(_("Đơn vị này không thuộc cụm bạn phụ trách, hoặc còn thuộc cụm khác."), "agency")
        )
    return problems


def giving_problems(scope: Scope, given: Given) -> list[Problem]:
    """Why the person of the scope may not give this function; the fields are those of ``Given``."""
    wanted = Person(function=given.function, agency_id=given.agency_id)
    found = problems_of(
        wanted, superuser=bool(scope.user.is_superuser), agency_ids=managed_ids(scope)
    ) + days_problems(given.starts_on, given.ends_on, scope.today)
    if given.function not in Function.values:
        found.append(Problem(_("Chọn chức năng."), "function"))
    elif given.function == Function.LEADER and stands_in_only(scope, given.agency_id):
        found.append(Problem(_("Người làm thay không giao được chức năng lãnh đạo đơn vị."), "function"))
    return found


def days_problems(starts_on: date, ends_on: date | None, today: date) -> list[Problem]:
    """The days of a function run forward and have not passed."""
    if ends_on is not None and ends_on <= starts_on:
        return [Problem(_("Ngày kết thúc phải sau ngày bắt đầu."), "ends_on")]
    if ends_on is not None and ends_on <= today:
        return [Problem(_("Ngày kết thúc đã qua."), "ends_on")]
    return []


def scope_of(function: str, scope: Scope) -> dict[str, Any]:
    """What the function acts on: council functions given here act on this cluster."""
    return {"cluster_id": scope.year.cluster_id} if function in COUNCIL_FUNCTIONS else {}


def lock_agency(agency_id: int) -> None:
    """Hold the agency until the transaction ends: its people change one after the other."""
    list(Agency.objects.select_for_update(of=("self",)).filter(pk=agency_id).values_list("pk"))


def again(scope: Scope) -> Scope:
    """The scope read again under the lock: who waited for it while the own function was ended has no right any more."""
    now = load(scope.user, scope.cluster.slug, scope.year.label, scope.watcher_id)
    if now is None:
        raise Refused(_("Bạn không còn giữ chức năng nào ở đây."))
    return now


def held_already(user_id: int, given: Given) -> bool:
    """Whether the account has the function at the agency on any of the days."""
    rows = Person.objects.filter(
        user=user_id, agency=given.agency_id, function=given.function, stands_for__isnull=True
    )
    rows = rows.filter(Q(ends_on__isnull=True) | Q(ends_on__gt=given.starts_on))
    return (rows.filter(starts_on__lt=given.ends_on) if given.ends_on else rows).exists()


# -- verbs ----------------------------------------------------------------------------------------
def add_function(scope: Scope, person_id: int, given: Given) -> Person:
    """Give the account of a person one more function, here or at another agency that one looks after.

    Effects in order: lock of the agency, row, audit. Raises ``Person.DoesNotExist``, ``Refused``, ``DomainError``.
    """
    with transaction.atomic():
        lock_agency(given.agency_id)
        scope = again(scope)
        known = Person.objects.select_related("user").get(pk=person_id)
        check(scope, "people_manage", known)
        problems = giving_problems(scope, given)
        if known.user_id == scope.user_key():
            problems.append(Problem(_("Không ai tự giao chức năng cho mình."), "function"))
        if not known.user.is_active:
            problems.append(Problem(_("Tài khoản này đã khóa."), "function"))
        if not problems and held_already(known.user_id, given):
            problems.append(
                Problem(_("Tài khoản này đã giữ chức năng đó ở đơn vị trong những ngày này."), "function")
            )
        if problems:
            raise DomainError(problems)
        person = Person.objects.create(
            user_id=known.user_id, agency_id=given.agency_id, function=given.function,
            post=clean_line(given.post), starts_on=given.starts_on, ends_on=given.ends_on,
            **scope_of(given.function, scope),
        )  # fmt: skip
        _record(scope, "person_add", person, after=audit.snapshot(person))
    return person


def change_person(scope: Scope, person_id: int, post: str, ends_on: date | None, mark: str = "") -> Person:
    """Change the post, and let the function last longer; ending it is ``end_person``'s.

    Effects in order: lock of the agency, row, audit. Raises ``Person.DoesNotExist``, ``Refused``, ``Stale`` (somebody
    saved after ``mark``), ``DomainError`` for one's own longer days and for a person who stands in or has left.
    """
    with transaction.atomic():
        person = _locked(scope, person_id)
        if mark and mark != mark_of(person):
            raise Stale(person)
        if problems := _change_problems(scope, person, ends_on):
            raise DomainError(problems)
        before = audit.snapshot(person)
        person.post, person.ends_on = clean_line(post), ends_on
        person.save(update_fields=["post", "ends_on", "updated_at"])
        old, new = audit.changed(before, audit.snapshot(person))
        if new:
            _record(scope, "person_edit", person, before=old, after=new)
    return person


def _change_problems(scope: Scope, person: Person, ends_on: date | None) -> list[Problem]:
    if person.stands_for_id:
        return [Problem(_("Việc làm thay không sửa được: cho thôi rồi cử lại."))]
    if person.ends_on and person.ends_on <= scope.today:
        return [Problem(_("Người này đã thôi chức năng; hãy giao chức năng mới."))]
    if ends_on == person.ends_on:
        return []
    if person.user_id == scope.user_key():
        return [Problem(_("Không ai tự đổi thời gian chức năng của mình."), "ends_on")]
    if person.function == Function.LEADER and stands_in_only(scope, person.agency_id):
        return [Problem(_("Người làm thay không giao được chức năng lãnh đạo đơn vị."), "ends_on")]
    if ends_on and (person.ends_on is None or ends_on < person.ends_on):
        return [Problem(_("Muốn kết thúc sớm hơn, dùng “Cho thôi chức năng”."), "ends_on")]
    return []


def end_person(scope: Scope, person_id: int, on: date, reason: str, *, sure: bool = False) -> Person | None:
    """End a function: ``on`` is the first day without it; today ends it at once. None when it had not begun.

    Effects in order: lock of the agency, row (who stands in ends with it), audit. A function that never began is
    removed. One that began today is given back to yesterday, as a day is the smallest time a function has. Raises
    ``Person.DoesNotExist``, ``Refused``, ``DomainError``: a missing reason, a day out of range, and, unless ``sure``,
    everything of ``warnings``.
    """
    with transaction.atomic():
        person = _locked(scope, person_id)
        if problems := _end_problems(scope, person, on, reason):
            raise DomainError(problems)
        if not sure and (warned := warnings(scope, person, on)):
            raise DomainError([Problem(sentence, "sure") for sentence in warned])
        before = audit.snapshot(person)
        if person.starts_on > scope.today and on <= person.starts_on:
            _remove(scope, person, before, reason)
            return None
        person.starts_on = min(person.starts_on, on - timedelta(days=1))
        person.ends_on = on
        person.save(update_fields=["starts_on", "ends_on", "updated_at"])
        old, new = audit.changed(before, audit.snapshot(person))
        _record(scope, "person_end", person, before=old, after=new, reason=reason)
    return person


def _remove(scope: Scope, person: Person, before: dict[str, Any], reason: str) -> None:
    """Take away what never began, and who was to stand in for it."""
    pk = person.pk
    Person.objects.filter(stands_for=person).delete()
    person.delete()
    person.pk = pk
    _record(scope, "person_end", person, before=before, reason=reason)


def _end_problems(scope: Scope, person: Person, on: date, reason: str) -> list[Problem]:
    if person.ends_on and person.ends_on <= scope.today:
        return [
            Problem(_("Người này đã thôi chức năng từ ngày %(day)s.") % {"day": format_date(person.ends_on)})
        ]
    problems = []
    if on < scope.today:
        problems.append(Problem(_("Ngày thôi chức năng sớm nhất là hôm nay."), "on"))
    if person.ends_on and on > person.ends_on:
        problems.append(Problem(
            _("Chức năng này đã kết thúc vào ngày %(day)s.") % {"day": format_date(person.ends_on)}, "on"
        ))  # fmt: skip
    if not clean_line(reason):
        problems.append(Problem(_("Ghi lý do."), "reason"))
    return problems


def warnings(scope: Scope, person: Person, on: date) -> list[str]:
    """What should be known before a function ends: one's own, an agency's last leader. One query at most."""
    found = []
    if person.user_id == scope.user_key() and not person.stands_for_id:
        found.append(_("Đây là chức năng của chính bạn: thôi rồi thì bạn không tự lấy lại được."))
    if person.function == Function.LEADER and not person.stands_for_id:
        others = Person.objects.filter(
            agency=person.agency_id, function=Function.LEADER, stands_for__isnull=True, user__is_active=True
        )
        if not covering(others.exclude(pk=person.pk), max(on, scope.today)).exists():
            found.append(
                _("Đây là lãnh đạo cuối cùng của đơn vị: sau đó chỉ Thường trực Hội đồng mời được người mới.")
            )
    return found


def mark_of(person: Person) -> str:
    """The state a form was shown for."""
    return person.updated_at.isoformat()


def _locked(scope: Scope, person_id: int) -> Person:
    """The person under the lock of the agency; ``Refused`` without the right, or for the one somebody stands in for."""
    agency_id = Person.objects.values_list("agency", flat=True).get(pk=person_id)
    lock_agency(agency_id)
    person = Person.objects.select_related("user").get(pk=person_id)
    may_change(again(scope), person)
    return person


def may_change(scope: Scope, person: Person) -> None:
    """Raise ``Refused`` without the right, ``DomainError`` for an agency another cluster has a say in, and for the one
    whom the person of the scope stands in for. Who stands in for a council member is that one's to end.
    """
    right = "person_deputise" if person.stands_for_id else "people_manage"
    check(scope, right, person.stands_for if person.stands_for_id else person)
    foreign = person.function not in COUNCIL_FUNCTIONS and person.agency_id not in managed_ids(scope)
    if foreign and not scope.user.is_superuser:
        raise DomainError(_("Đơn vị này không thuộc cụm bạn phụ trách, hoặc còn thuộc cụm khác."))
    if stands_in_only(scope, person.agency_id) and person.user_id in {hat.stands_for for hat in scope.hats}:
        raise DomainError(_("Người làm thay không đổi được chức năng của người mình thay."))


def _record(scope: Scope, action: str, person: Person, **more: Any) -> None:
    audit.record(
        audit.cluster_chain(scope.year.cluster_id), action, person,
        actor_id=scope.user_key(), role=scope.audit_role, **more,
    )  # fmt: skip
