"""The states of an activity: a table of transitions and the one function that applies them."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core import audit
from core.access import check
from core.errors import DomainError, Stale
from core.folding import clean
from members.domain.lock import lock_year
from members.scope import Scope
from movements.domain.record import activity_for
from movements.domain.transitions import Transition
from movements.enums import ActivityState
from movements.models import Activity

LONGEST_REASON: Final = 1000


TRANSITIONS: Final = {
    "submit": Transition(
        "activity_submit",
        (ActivityState.DRAFT, ActivityState.RETURNED),
        ActivityState.SUBMITTED,
        gettext_lazy("Đã gửi hoạt động “%(title)s”."),
    ),
    "take_back": Transition(
        "activity_take_back",
        (ActivityState.SUBMITTED,),
        ActivityState.DRAFT,
        gettext_lazy("Đã thu hồi hoạt động “%(title)s” về bản nháp."),
    ),
    "confirm": Transition(
        "activity_confirm",
        (ActivityState.SUBMITTED,),
        ActivityState.CONFIRMED,
        gettext_lazy("Đã xác nhận hoạt động “%(title)s”."),
    ),
    "return": Transition(
        "activity_return",
        (ActivityState.SUBMITTED,),
        ActivityState.RETURNED,
        gettext_lazy("Đã trả lại hoạt động “%(title)s” kèm lý do."),
        needs_reason=True,
    ),
}


def submit(scope: Scope, pk: int, *, version: int | None = None) -> Activity:
    """A draft, or a returned one, goes to the chair; see :func:`move`."""
    return move(scope, pk, "submit", version=version)


def take_back(scope: Scope, pk: int, *, version: int | None = None) -> Activity:
    """A sent one that nobody has judged becomes a draft again; see :func:`move`."""
    return move(scope, pk, "take_back", version=version)


def confirm(scope: Scope, pk: int, *, version: int | None = None) -> Activity:
    """A sent one of another agency counts from now on; see :func:`move`."""
    return move(scope, pk, "confirm", version=version)


def return_with_reason(scope: Scope, pk: int, reason: str, *, version: int | None = None) -> Activity:
    """A sent one goes back to its agency, which is told why; see :func:`move`."""
    return move(scope, pk, "return", version=version, reason=reason)


def move(scope: Scope, pk: int, action: str, *, version: int | None = None, reason: str = "") -> Activity:
    """Apply one transition of the table.

    Raises ``Activity.DoesNotExist`` (not the person's to see), ``Refused``, ``DomainError`` (wrong state, no reason),
    ``Stale`` (it was saved after ``version``). Effects in order: lock on the year, lock on the activity, state with its
    moments by a conditional update, audit.
    """
    with transaction.atomic():
        scope = lock_year(scope)
        activity = activity_for(scope, pk, lock=True)
        if activity is None:
            raise Activity.DoesNotExist
        return apply(scope, activity, action, version=version, reason=reason)


def apply(
    scope: Scope, activity: Activity, action: str, *, version: int | None = None, reason: str = ""
) -> Activity:
    """The transition on an activity that the caller has locked in its transaction; raises and does as :func:`move`."""
    step = TRANSITIONS[action]
    reason = clean(reason)
    _check(scope, activity, step)
    if version is not None and activity.version != version:
        raise Stale(activity)
    if step.needs_reason and not 0 < len(reason) <= LONGEST_REASON:
        raise DomainError(
            _("Ghi lý do trả lại (nhiều nhất 1.000 ký tự), để đơn vị biết cần sửa gì."), "reason"
        )
    before, after = _effects(activity, step, reason, timezone.now())
    held = Activity.objects.filter(pk=activity.pk, state=activity.state, version=activity.version)
    if held.update(**after, version=activity.version + 1, updated_at=timezone.now()) != 1:
        raise Stale(activity)
    for name, value in {**after, "version": activity.version + 1}.items():
        setattr(activity, name, value)
    audit.record(
        audit.cluster_chain(scope.year.cluster_id),
        f"activity_{action}",
        activity,
        actor_id=scope.user.pk,
        role=scope.audit_role,
        before=before,
        after=after,
        reason=reason if step.needs_reason else "",
    )
    return activity


def _check(scope: Scope, activity: Activity, step: Transition) -> None:
    check(scope, step.right)
    if activity.state not in step.sources:
        state = {"state": ActivityState(activity.state).label}
        raise DomainError(
            _("Hoạt động này đang ở trạng thái “%(state)s” nên không làm được việc vừa chọn.") % state
        )
    check(scope, step.right, activity)


def _effects(
    activity: Activity, step: Transition, reason: str, now: datetime
) -> tuple[dict[str, Any], dict[str, Any]]:
    """State and moments before and after; the database checks that they fit together."""
    after: dict[str, Any] = {"state": step.target}
    if step.target == ActivityState.SUBMITTED:
        after |= {"submitted_at": now, "returned_at": None, "return_reason": ""}
    elif step.target == ActivityState.DRAFT:
        after |= {"submitted_at": None}
    elif step.target == ActivityState.CONFIRMED:
        after |= {"confirmed_at": now}
    else:
        after |= {"returned_at": now, "return_reason": reason}
    return {name: getattr(activity, name) for name in after}, after
