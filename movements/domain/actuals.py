"""What was achieved of a registered target: entered by its agency through the year, corrected by the chair later."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from core import audit
from core.access import check
from core.errors import DomainError, Problem, Stale
from members.domain.lock import lock_year
from members.scope import Scope
from movements.domain.registration_entry import ActualDraft
from movements.domain.registrations import registration_for
from movements.models import Registration, Target

LONGEST_WORDS = 60
_WRITTEN = ("actual", "actual_qualifier", "actual_words", "actual_on")


@dataclass(frozen=True, slots=True)
class Overtaken:
    """Targets that somebody else changed since the form was shown, as they stand now, by key."""

    targets: dict[str, Target]


def save_actuals(scope: Scope, agency_id: int, drafts: Sequence[ActualDraft]) -> int:
    """Write what was achieved; how many figures changed. Rows nobody touched are left as they stand.

    Raises ``Registration.DoesNotExist`` (not the person's to see), ``Refused``, ``Stale`` with :class:`Overtaken` when
    a touched row was changed meanwhile to another figure, ``DomainError`` with every problem. Effects in order: lock on
    the year, lock on the registration, figures, audit.
    """
    with transaction.atomic():
        scope = lock_year(scope)
        row = registration_for(scope, agency_id, lock=True)
        if row is None:
            raise Registration.DoesNotExist
        check(scope, "target_actual", row)
        standing = {target.key: target for target in Target.objects.filter(registration=row)}
        if found := _problems(scope, drafts, standing):
            raise DomainError(found)
        touched = [
            (standing[draft.key], draft) for draft in drafts if draft.touched and draft.key in standing
        ]
        changed = [(target, draft) for target, draft in touched if _values(target) != _wanted(draft)]
        late = {target.key: target for target, draft in changed if target.version != draft.seen}
        if late:
            raise Stale(Overtaken(late))
        before, after = _write(changed)
        if changed:
            audit.record(
                audit.cluster_chain(scope.year.cluster_id), "target_actual", row,
                actor_id=scope.user.pk, role=scope.audit_role, before=before, after=after,
            )  # fmt: skip
        return len(changed)


def _values(target: Target) -> dict[str, Any]:
    return {name: getattr(target, name) for name in _WRITTEN}


def _wanted(draft: ActualDraft) -> dict[str, Any]:
    return dict(zip(_WRITTEN, (draft.number, str(draft.qualifier), draft.words, draft.on), strict=True))


def _write(changed: Sequence[tuple[Target, ActualDraft]]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Both versions for the audit, by ``target:<key>`` with the content that people know it by."""
    before, after = {}, {}
    for target, draft in changed:
        before[f"target:{target.key}"] = {"content": target.content, **_values(target)}
        for name, value in _wanted(draft).items():
            setattr(target, name, value)
        target.version += 1
        target.save(update_fields=[*_WRITTEN, "version", "updated_at"])
        after[f"target:{target.key}"] = {"content": target.content, **_values(target)}
    return before, after


def _problems(scope: Scope, drafts: Sequence[ActualDraft], standing: dict[str, Target]) -> list[Problem]:
    found = []
    for draft in drafts:
        if not draft.touched:
            continue
        if draft.key not in standing:
            found.append(Problem(_("Chỉ tiêu này vừa được bỏ khỏi bản đăng ký."), f"{draft.key}:actual"))
        if len(draft.words) > LONGEST_WORDS:
            found.append(
                Problem(_("Dài nhất %(most)s ký tự.") % {"most": LONGEST_WORDS}, f"{draft.key}:actual")
            )
        if draft.on is not None and draft.on > scope.today:
            found.append(Problem(_("Ngày của số liệu không thể sau hôm nay."), f"{draft.key}:on"))
        if draft.on is not None and draft.number is None:
            found.append(Problem(_("Có ngày thì phải có số liệu."), f"{draft.key}:actual"))
    return found
