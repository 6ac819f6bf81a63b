"""What an agency registers for the year: written, sent, taken back, accepted or returned with a reason."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core import audit
from core.access import check
from core.errors import DomainError, Problem, Stale
from core.folding import clean, fold
from core.quantity import format_number
from members.domain.lock import lock_year
from members.models import Agency, Membership
from members.scope import Scope
from movements.domain.registration_entry import (
    MAX_COUNT,
    MAX_TARGETS,
    MAX_TITLES,
    RegistrationDraft,
    TargetDraft,
    TitleDraft,
)
from movements.domain.transitions import Transition
from movements.enums import Direction, Holder, RegistrationState
from movements.models import Movement, Registration, Target, TitleRegistration
from movements.queries_pledges import of_year, registrations_for

LONGEST_REASON: Final = 1000
LONGEST: Final = {"content": 300, "unit": 30, "plan_words": 60, "note": 300, "title": 200}
_WRITTEN: Final = ("content", "unit", "plan", "plan_words", "direction", "movement_id", "note")
DRAFT, SENT, ACCEPTED, RETURNED = (RegistrationState(state) for state in RegistrationState.values)


TRANSITIONS: Final = {
    "send": Transition(
        "registration_send", (DRAFT, RETURNED), SENT, gettext_lazy("Đã gửi bản đăng ký của %(agency)s.")
    ),
    "take_back": Transition(
        "registration_take_back", (SENT,), DRAFT,
        gettext_lazy("Đã thu hồi bản đăng ký của %(agency)s về bản nháp."),
    ),
    "accept": Transition(
        "registration_judge", (SENT,), ACCEPTED, gettext_lazy("Đã tiếp nhận bản đăng ký của %(agency)s.")
    ),
    "return": Transition(
        "registration_judge", (SENT, ACCEPTED), RETURNED,
        gettext_lazy("Đã trả lại bản đăng ký của %(agency)s kèm lý do."), needs_reason=True,
    ),
}  # fmt: skip


def registration_for(scope: Scope, agency_id: int, *, lock: bool = False) -> Registration | None:
    """The agency's registration as the person may read it, with ``owner_is_chair``; one query."""
    rows = registrations_for(scope).filter(agency=agency_id)
    return (rows.select_for_update(of=("self",)) if lock else rows).first()


def empty_registration(scope: Scope, agency_id: int) -> Registration:
    """One that is not recorded yet, as rights need it."""
    row = Registration(year=scope.year, agency_id=agency_id)
    row.owner_is_chair = False  # type: ignore[attr-defined]  # as the query annotates it
    return row


# -- writing -------------------------------------------------------------------------------------
def save_registration(
    scope: Scope, agency_id: int, draft: RegistrationDraft, *, version: int | None = None, send: bool = False
) -> Registration:
    """Write what the agency registers, or change it while it is a draft or was returned; with ``send`` send it on.

    ``version`` is the one the person saw, 0 for none. What was achieved stays with the rows whose key stays. Raises
    ``Agency.DoesNotExist`` (no member of the year), ``Refused``, ``Stale``, ``DomainError`` with every problem. Effects
    in order: lock on the year, lock on the registration, registration, targets, titles, audit, and the step of sending.
    """
    with transaction.atomic():
        scope = lock_year(scope)
        if not Membership.objects.filter(year=scope.year, agency=agency_id).exists():
            raise Agency.DoesNotExist
        row = of_year(scope).select_for_update(of=("self",)).filter(agency=agency_id).first()
        check(scope, "registration_edit", row or empty_registration(scope, agency_id))
        if version is not None and version != (row.version if row else 0):
            raise Stale(row)
        if found := [*problems_of(scope, draft), *(_unit_problems(row, draft) if row else [])]:
            raise DomainError(found)
        before = picture(row) if row else {}
        row = _write(scope, row or empty_registration(scope, agency_id), draft)
        old, new = _differences(before, picture(row))
        if new or not before:
            action = "registration_edit" if before else "registration_add"
            _tell(scope, action, row, before=old if before else None, after=new)
        return _apply(scope, row, "send") if send else row


def _write(scope: Scope, row: Registration, draft: RegistrationDraft) -> Registration:
    is_new = row.pk is None
    row.note, row.edited_by_id = draft.note, scope.user.pk
    if not is_new:
        row.version += 1
    row.save()
    _write_targets(row, draft.targets)
    TitleRegistration.objects.filter(registration=row).delete()
    TitleRegistration.objects.bulk_create(
        TitleRegistration(
            registration=row, order=order, holder=one.holder, title=one.title, count=one.count, note=one.note
        )
        for order, one in enumerate(draft.titles, 1)
    )
    return row


def _write_targets(row: Registration, drafts: tuple[TargetDraft, ...]) -> None:
    """Rows are known by their keys, so that what was achieved stays; contents change places without meeting."""
    standing = {target.key: target for target in Target.objects.filter(registration=row)}
    kept = {draft.key for draft in drafts if draft.key in standing}
    Target.objects.filter(registration=row).exclude(key__in=kept).delete()
    moved = [
        draft.key for draft in drafts if draft.key in kept and standing[draft.key].content != draft.content
    ]
    for key in moved:
        Target.objects.filter(registration=row, key=key).update(content=key)
    for order, draft in enumerate(drafts, 1):
        target = standing[draft.key] if draft.key in kept else Target(registration=row)
        values = {name: getattr(draft, name) for name in _WRITTEN} | {"order": order}
        if target.pk and all(getattr(target, name) == value for name, value in values.items()):
            continue
        for name, value in values.items():
            setattr(target, name, value)
        target.version += 1 if target.pk else 0
        target.save()


def picture(row: Registration) -> dict[str, Any]:
    """The registration as flat plain values for the audit: its note, ``target:<key>`` and ``title:<words>``."""
    drawn: dict[str, Any] = {"note": row.note}
    for target in Target.objects.filter(registration=row).order_by("order"):
        drawn[f"target:{target.key}"] = audit.snapshot(target, "id", "registration_id", "key", "version")
    for title in TitleRegistration.objects.filter(registration=row).order_by("order"):
        drawn[f"title:{title.title}"] = audit.snapshot(title, "id", "registration_id", "title")
    return drawn


def _differences(before: dict[str, Any], after: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    keys = [key for key in sorted(before.keys() | after.keys()) if before.get(key) != after.get(key)]
    return {key: before.get(key) for key in keys}, {key: after.get(key) for key in keys}


# -- problems ------------------------------------------------------------------------------------
def problems_of(scope: Scope, draft: RegistrationDraft) -> list[Problem]:
    """Everything wrong with a draft; fields are ``target:<ref>:content`` and the like."""
    found = []
    if len(draft.note) > 2000:
        found.append(Problem(_("Dài nhất %(most)s ký tự.") % {"most": "2.000"}, "note"))
    for rows, most in ((draft.targets, MAX_TARGETS), (draft.titles, MAX_TITLES)):
        if len(rows) > most:
            found.append(Problem(_("Nhiều nhất %(most)s dòng.") % {"most": most}))
    movements = set(Movement.objects.filter(year=scope.year).values_list("pk", flat=True))
    seen: set[str] = set()
    for target in draft.targets:
        found += _target_problems(target, seen, movements)
        seen.add(target.content.casefold())
    named: set[str] = set()
    for title in draft.titles:
        found += _title_problems(title, named)
        named.add(title.title.casefold())
    return found


def _target_problems(target: TargetDraft, seen: set[str], movements: set[int]) -> list[Problem]:
    at = f"target:{target.ref}:"
    found = _too_long(target, at, ("content", "unit", "plan_words", "note"))
    if not target.content:
        found.append(Problem(_("Ghi nội dung chỉ tiêu, ví dụ: Số thu ngân sách nhà nước."), f"{at}content"))
    elif target.content.casefold() in seen:
        found.append(Problem(_("Bản đăng ký đã có chỉ tiêu cùng nội dung."), f"{at}content"))
    if not target.unit:
        found.append(Problem(_("Ghi đơn vị tính, ví dụ: tỷ đồng, %, hồ sơ."), f"{at}unit"))
    if target.direction not in Direction.values:
        found.append(Problem(_("Chọn lại trong danh sách."), f"{at}direction"))
    if target.movement_id is not None and target.movement_id not in movements:
        found.append(Problem(_("Chọn một phong trào trong danh sách của năm."), f"{at}movement"))
    return found


def _unit_problems(row: Registration, draft: RegistrationDraft) -> list[Problem]:
    """What was achieved stays with its target, so the unit it was written in stays too."""
    achieved = {
        target.key: target for target in Target.objects.filter(registration=row, actual__isnull=False)
    }
    changed = [one for one in draft.targets if one.key in achieved and _is_other(achieved[one.key], one.unit)]
    sentence = _(
        "Chỉ tiêu này đã có kết quả %(actual)s: giữ đơn vị tính đó, hoặc xóa dòng này và ghi chỉ tiêu ở một dòng mới."
    )
    return [
        Problem(
            sentence % {"actual": f"{format_number(was.actual or 0)} {was.unit}"}, f"target:{one.ref}:unit"
        )
        for one in changed
        for was in [achieved[one.key]]
    ]


def _is_other(target: Target, unit: str) -> bool:
    return bool(unit) and fold(unit) != fold(target.unit)


def _title_problems(title: TitleDraft, named: set[str]) -> list[Problem]:
    at = f"title:{title.ref}:"
    found = _too_long(title, at, ("title", "note"))
    if not title.title:
        found.append(Problem(_("Ghi danh hiệu hoặc hình thức khen thưởng."), f"{at}title"))
    elif title.title.casefold() in named:
        found.append(
            Problem(_("Bản đăng ký đã có danh hiệu này: ghi chung một dòng với tổng số lượng."), f"{at}title")
        )
    if title.holder not in Holder.values:
        found.append(Problem(_("Chọn tập thể hay cá nhân."), f"{at}holder"))
    if not 1 <= title.count <= MAX_COUNT:
        found.append(Problem(_("Số lượng là số nguyên từ 1 đến 100.000."), f"{at}count"))
    return found


def _too_long(row: Any, at: str, names: tuple[str, ...]) -> list[Problem]:
    return [
        Problem(_("Dài nhất %(most)s ký tự.") % {"most": LONGEST[name]}, at + name.removesuffix("_words"))
        for name in names
        if len(getattr(row, name)) > LONGEST[name]
    ]


# -- states --------------------------------------------------------------------------------------
def move(
    scope: Scope, agency_id: int, action: str, *, version: int | None = None, reason: str = ""
) -> Registration:
    """Apply one transition of the table to the agency's registration.

    Raises ``Registration.DoesNotExist`` (not the person's to see), ``Refused``, ``DomainError`` (wrong state, no
    reason, nothing to send), ``Stale``. Effects in order: lock on the year, lock on the registration, state with its
    moments, audit.
    """
    with transaction.atomic():
        scope = lock_year(scope)
        row = registration_for(scope, agency_id, lock=True)
        if row is None:
            raise Registration.DoesNotExist
        return _apply(scope, row, action, version=version, reason=reason)


def _apply(
    scope: Scope, row: Registration, action: str, *, version: int | None = None, reason: str = ""
) -> Registration:
    step, reason = TRANSITIONS[action], clean(reason)
    check(scope, step.right)
    if row.state not in step.sources:
        state = {"state": RegistrationState(row.state).label}
        raise DomainError(
            _("Bản đăng ký đang ở trạng thái “%(state)s” nên không làm được việc vừa chọn.") % state
        )
    check(scope, step.right, row)
    if version is not None and row.version != version:
        raise Stale(row)
    if step.needs_reason and not 0 < len(reason) <= LONGEST_REASON:
        raise DomainError(
            _("Ghi lý do trả lại (nhiều nhất 1.000 ký tự), để đơn vị biết cần sửa gì."), "reason"
        )
    if action == "send" and not (row.targets.exists() or row.titles.exists()):
        raise DomainError(_("Bản đăng ký còn trống: ghi ít nhất một chỉ tiêu hoặc một danh hiệu rồi gửi."))
    after = _effects(step.target, reason, timezone.now())
    before = {name: getattr(row, name) for name in after}
    for name, value in after.items():
        setattr(row, name, value)
    row.version += 1
    row.save(update_fields=[*after, "version", "updated_at"])
    told = reason if step.needs_reason else ""
    _tell(scope, f"registration_{action}", row, before=before, after=after, reason=told)
    return row


def _effects(target: str, reason: str, now: datetime) -> dict[str, Any]:
    """State and moments; the database checks that they fit together."""
    if target == SENT:
        return {
            "state": target,
            "sent_at": now,
            "accepted_at": None,
            "returned_at": None,
            "return_reason": "",
        }
    if target == DRAFT:
        return {"state": target, "sent_at": None}
    if target == ACCEPTED:
        return {"state": target, "accepted_at": now}
    return {"state": target, "accepted_at": None, "returned_at": now, "return_reason": reason}


def _tell(
    scope: Scope, action: str, row: Registration, *, before: Any = None, after: Any = None, reason: str = ""
) -> None:
    audit.record(
        audit.cluster_chain(scope.year.cluster_id), action, row,
        actor_id=scope.user.pk, role=scope.audit_role, before=before, after=after, reason=reason,
    )  # fmt: skip
