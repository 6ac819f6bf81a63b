"""Which activities everybody may see, and the switch that shows or hides one.

An activity is open to everybody when its own agency (or the chair) asked for it and it is confirmed: two pairs of eyes
saw it before. It is no rank and no score, so it need not wait for the year's publication.
"""

from __future__ import annotations

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from core import audit
from core.access import check
from core.errors import DomainError, Stale
from members.domain.lock import lock_year
from members.models import ClusterYear
from members.scope import Scope
from movements.domain.record import activity_for
from movements.enums import ActivityState
from movements.models import Activity


def public_activities(year: ClusterYear) -> QuerySet[Activity]:
    """The activities of a year that everybody may see: the one rule for public pages, pictures and cards."""
    return Activity.objects.filter(year=year, state=ActivityState.CONFIRMED, is_public=True)


def set_public(scope: Scope, pk: int, public: bool, *, version: int | None = None) -> Activity:
    """Show a confirmed activity to everybody, or to insiders only.

    Raises ``Activity.DoesNotExist`` (not the person's to see), ``Refused``, ``DomainError`` (not confirmed, or it is so
    already), ``Stale`` (it was saved after ``version``). Effects in order: lock on the year, lock on the activity, the
    switch by a conditional update, audit; public pages look again after the commit.
    """
    with transaction.atomic():
        scope = lock_year(scope)
        activity = activity_for(scope, pk, lock=True)
        if activity is None:
            raise Activity.DoesNotExist
        return switch(scope, activity, public, version=version)


def switch(scope: Scope, activity: Activity, public: bool, *, version: int | None = None) -> Activity:
    """The same on an activity that the caller has locked in its transaction; raises and does as :func:`set_public`."""
    action = "activity_publish" if public else "activity_hide"
    check(scope, action)
    if activity.state != ActivityState.CONFIRMED:
        raise DomainError(_("Chỉ hoạt động đã xác nhận mới công khai được."))
    check(scope, action, activity)
    if version is not None and activity.version != version:
        raise Stale(activity)
    if activity.is_public == public:
        already = _("Hoạt động này đang công khai.") if public else _("Hoạt động này đang là nội bộ.")
        raise DomainError(already)
    held = Activity.objects.filter(pk=activity.pk, state=ActivityState.CONFIRMED, version=activity.version)
    now = timezone.now()
    if held.update(is_public=public, version=activity.version + 1, updated_at=now) != 1:
        raise Stale(activity)
    activity.is_public, activity.version = public, activity.version + 1
    audit.record(
        audit.cluster_chain(scope.year.cluster_id), action, activity,
        actor_id=scope.user.pk, role=scope.audit_role,
        before={"is_public": not public}, after={"is_public": public},
    )  # fmt: skip
    return activity
