"""What this app asks for before a step of the year may close."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core.errors import Problem
from members.enums import PhaseKind
from members.guards import guard
from members.models import ClusterYear
from movements.enums import ActivityState
from movements.models import Activity, Movement


@guard(PhaseKind.LAUNCH)
def movements_are_launched(year: ClusterYear) -> list[Problem]:
    """A year has at least one movement."""
    if Movement.objects.filter(year=year).exists():
        return []
    return [Problem(_("Năm này chưa có phong trào thi đua nào."), link="movement_list")]


@guard(PhaseKind.VERIFY)
def activities_are_answered(year: ClusterYear) -> list[Problem]:
    """Every activity that was sent is confirmed or returned."""
    waiting = Activity.objects.filter(year=year, state=ActivityState.SUBMITTED).count()
    if not waiting:
        return []
    sentence = ngettext(
        "Còn %(count)s hoạt động đã gửi chưa được xác nhận hoặc trả lại.",
        "Còn %(count)s hoạt động đã gửi chưa được xác nhận hoặc trả lại.",
        waiting,
    )
    link = f"activity_list?trang_thai={ActivityState.SUBMITTED}"
    return [Problem(sentence % {"count": waiting}, link=link)]
