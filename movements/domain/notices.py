"""Movements sent to members, and what they answer: joins, or declines with a reason.

A member joins without having been told too. The answer that stands is the last one: a participation, or a notice with
a reason; never both.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from core import audit
from core.access import check
from core.errors import DomainError, Problem, Stale
from members.domain.lock import lock_year
from members.domain.terms import is_member_on
from members.models import Membership
from members.scope import Scope
from movements.models import Movement, MovementNotice, Participation

LONGEST = {"local_title": 300, "plan_number": 60, "note": 500, "reason": 500}


@dataclass(frozen=True, slots=True)
class Answer:
    """What a member answers; the words of joining, or the ``reason`` why it does not join."""

    joins: bool
    local_title: str = ""
    plan_number: str = ""
    plan_date: date | None = None
    note: str = ""
    reason: str = ""


# -- sending -------------------------------------------------------------------------------------
def send(
    scope: Scope, pk: int, agency_ids: Collection[int], *, answer_by: date | None, again: bool = False
) -> int:
    """Send a movement to members; how many were told now. A member that was told is told again only with ``again``, and
    only while it has not answered; ``sent_at`` is the last time.

    Raises ``Movement.DoesNotExist``, ``Refused``, ``DomainError`` (nobody chosen, no member, a new day that is over).
    Effects in order: lock on the year, lock on the movement, its last day for answers, notices, audit.
    """
    with transaction.atomic():
        scope = lock_year(scope)
        movement = _locked(scope, pk)
        check(scope, "movement_send", movement)
        moved = movement.answer_by != answer_by
        if found := _sending_problems(scope, agency_ids, answer_by if moved else None):
            raise DomainError(found)
        if moved:
            movement.answer_by = answer_by
            movement.save(update_fields=["answer_by", "updated_at"])
        told = _told(movement, agency_ids, again=again)
        if told or moved:
            audit.record(
                audit.cluster_chain(scope.year.cluster_id), "movement_remind" if again else "movement_send", movement,
                actor_id=scope.user.pk, role=scope.audit_role, after={"agencies": told, "answer_by": answer_by},
            )  # fmt: skip
        return len(told)


def _told(movement: Movement, agency_ids: Collection[int], *, again: bool) -> list[int]:
    now = timezone.now()
    standing = MovementNotice.objects.filter(movement=movement, agency__in=agency_ids)
    if again:
        joined = movement.participations.values("agency")
        open_ = standing.filter(declined_at__isnull=True).exclude(agency__in=joined).order_by("agency")
        told = list(open_.values_list("agency", flat=True))
        MovementNotice.objects.filter(movement=movement, agency__in=told).update(sent_at=now, updated_at=now)
        return told
    known = set(standing.values_list("agency", flat=True))
    told = sorted(set(agency_ids) - known)
    MovementNotice.objects.bulk_create(
        MovementNotice(movement=movement, agency_id=agency_id, sent_at=now) for agency_id in told
    )
    return told


def _sending_problems(scope: Scope, agency_ids: Collection[int], answer_by: date | None) -> list[Problem]:
    found = []
    if not agency_ids:
        found.append(Problem(_("Chọn ít nhất một đơn vị."), "agencies"))
    rows = Membership.objects.filter(year=scope.year, agency__in=agency_ids)
    day = min(max(scope.today, scope.year.starts_on), scope.year.ends_on)
    if {row.agency_id for row in rows if is_member_on(row, day)} != set(agency_ids):
        found.append(Problem(_("Chỉ gửi được tới đơn vị đang là thành viên của Cụm."), "agencies"))
    if answer_by and answer_by < min(scope.today, scope.year.ends_on):
        found.append(Problem(_("Hạn trả lời đã qua. Ghi từ hôm nay trở đi, hoặc để trống."), "answer_by"))
    return found


def _locked(scope: Scope, pk: int) -> Movement:
    return Movement.objects.select_for_update(of=("self",)).get(year=scope.year, pk=pk)


# -- answering -----------------------------------------------------------------------------------
def answer(scope: Scope, pk: int, agency_id: int, given: Answer, *, mark: str | None = None) -> bool:
    """A member joins or declines, or changes its answer; True when that changed anything.

    ``mark`` is :func:`mark_of` what the person saw. Raises ``Movement.DoesNotExist``, ``Refused``, ``Stale`` (a
    colleague answered meanwhile), ``DomainError``. Effects in order: lock on the year, lock on the movement,
    participation, notice (seen, declined), audit.
    """
    with transaction.atomic():
        scope, movement = _for_answer(scope, pk, agency_id)
        standing, notice = _standing(movement, agency_id)
        before = words_of(standing, notice)
        if mark is not None and mark != mark_of(before):
            raise Stale(before)
        if found := _answer_problems(given, notice):
            raise DomainError(found)
        return _write(scope, movement, agency_id, given, standing, notice)


def _standing(movement: Movement, agency_id: int) -> tuple[Participation | None, MovementNotice | None]:
    return (
        Participation.objects.filter(movement=movement, agency=agency_id).first(),
        MovementNotice.objects.filter(movement=movement, agency=agency_id).first(),
    )


def _write(
    scope: Scope,
    movement: Movement,
    agency_id: int,
    given: Answer,
    standing: Participation | None,
    notice: MovementNotice | None,
) -> bool:
    before = words_of(standing, notice)
    if given.joins:
        _join(scope, movement, agency_id, standing, given)
    elif standing:
        standing.delete()
    _note(notice, given)
    if before == given:
        return False
    _record(scope, movement, agency_id, _action(before, given), before, given)
    return True


def set_participation(scope: Scope, pk: int, agency_id: int, *, joins: bool) -> bool:
    """Join by one click, or take an answer back; True when that changed anything (asking twice changes nothing).

    Raises and effects as :func:`answer`. Joining keeps the words that stand; leaving makes the question open again.
    """
    with transaction.atomic():
        scope, movement = _for_answer(scope, pk, agency_id)
        standing, notice = _standing(movement, agency_id)
        if joins:
            given = Answer(joins=True)
            return standing is None and _write(scope, movement, agency_id, given, standing, notice)
        before = words_of(standing, notice)
        if before is None:
            return False
        if standing:
            standing.delete()
        _note(notice, Answer(joins=True))
        _record(scope, movement, agency_id, "movement_leave", before, None)
        return True


def mark_seen(scope: Scope, pk: int, agency_id: int) -> bool:
    """Somebody of the member says to have seen what was sent; True the first time.

    Raises ``Movement.DoesNotExist``, ``Refused``, ``DomainError``. Effects in order: lock on the year, lock on the
    movement, notice, audit.
    """
    with transaction.atomic():
        scope, movement = _for_answer(scope, pk, agency_id)
        rows = MovementNotice.objects.filter(movement=movement, agency=agency_id, seen_at__isnull=True)
        now = timezone.now()
        if not rows.update(seen_at=now, updated_at=now):
            return False
        _record(scope, movement, agency_id, "movement_seen", None, None)
        return True


def _for_answer(scope: Scope, pk: int, agency_id: int) -> tuple[Scope, Movement]:
    scope = lock_year(scope)
    check(scope, "movement_join")
    movement = _locked(scope, pk)
    if agency_id not in scope.agency_ids:
        raise DomainError(_("Bạn chỉ ghi được hưởng ứng của đơn vị mình."))
    check(scope, "movement_join", Participation(movement=movement, agency_id=agency_id))
    if movement.agency_id is not None:
        raise DomainError(
            _("Phong trào này do một đơn vị phát động trong đơn vị mình, đơn vị khác không ghi hưởng ứng.")
        )
    return scope, movement


def words_of(standing: Participation | None, notice: MovementNotice | None) -> Answer | None:
    """The answer that stands; None for none."""
    if standing is not None:
        return Answer(True, standing.local_title, standing.plan_number, standing.plan_date, standing.note)
    if notice is not None and notice.declined_at is not None:
        return Answer(False, reason=notice.decline_reason)
    return None


def mark_of(standing: Answer | None) -> str:
    """A mark that changes with the answer, for the form; empty for none."""
    return hashlib.sha256(audit.canonical(asdict(standing)).encode()).hexdigest() if standing else ""


def _answer_problems(given: Answer, notice: MovementNotice | None) -> list[Problem]:
    found = [
        Problem(_("Dài nhất %(most)s ký tự.") % {"most": most}, name)
        for name, most in LONGEST.items()
        if len(getattr(given, name)) > most
    ]
    if not given.joins and not given.reason:
        found.append(Problem(_("Không tham gia thì ghi lý do."), "reason"))
    if not given.joins and notice is None:
        found.append(
            Problem(_("Phong trào này chưa được gửi tới đơn vị bạn nên không cần trả lời."), "joins")
        )
    return found


def _join(
    scope: Scope, movement: Movement, agency_id: int, standing: Participation | None, given: Answer
) -> None:
    inside = scope.year.starts_on <= scope.today <= scope.year.ends_on
    row = standing or Participation(
        movement=movement, agency_id=agency_id, joined_on=scope.today if inside else None
    )
    row.local_title, row.plan_number = given.local_title, given.plan_number
    row.plan_date, row.note = given.plan_date, given.note
    row.save()


def _note(notice: MovementNotice | None, given: Answer) -> None:
    """What the notice keeps of an answer: seen by it, declined with the reason, or not declined any more."""
    if notice is None:
        return
    now = timezone.now()
    notice.seen_at = notice.seen_at or now
    declines = not given.joins
    if declines != (notice.declined_at is not None):
        notice.declined_at = now if declines else None
    notice.decline_reason = given.reason if declines else ""
    notice.save()


def _action(before: Answer | None, given: Answer) -> str:
    if not given.joins:
        return "movement_decline"
    return "movement_answer" if before and before.joins else "movement_join"


def _record(
    scope: Scope, movement: Movement, agency_id: int, action: str, before: Answer | None, after: Answer | None
) -> None:
    def plain(words: Answer | None) -> dict[str, Any]:
        given = asdict(words) if words else {}
        return {
            "agency_id": agency_id,
            **{name: value for name, value in given.items() if value and name != "joins"},
        }

    audit.record(
        audit.cluster_chain(scope.year.cluster_id), action, movement,
        actor_id=scope.user.pk, role=scope.audit_role, before=plain(before) if before else None, after=plain(after),
    )  # fmt: skip
