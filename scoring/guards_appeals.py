"""Steps that wait for appeals: what was filed is decided, and the time to file is over, before points go further."""

from __future__ import annotations

from django.db.models import Count, Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core.dates import format_date, local_today
from core.errors import Problem
from members.enums import PhaseKind
from members.guards import guard
from members.models import ClusterYear
from scoring.enums import AdjustmentState, AppealState
from scoring.models import Adjustment


@guard(PhaseKind.VERIFY)
@guard(PhaseKind.DELIBERATE)
def appeals_are_settled(year: ClusterYear) -> list[Problem]:
    """No appeal waits, and none can come in any more; one query. Asked by the two steps that take appeals."""
    rows = ClusterYear.objects.filter(pk=year.pk).annotate(
        waiting=Count("appeals", filter=Q(appeals__state=AppealState.FILED))
    )
    waiting, until = rows.values_list("waiting", "scoring__appeals_until").get()
    problems = []
    if waiting:
        sentence = ngettext(
            "Còn %(count)s kiến nghị về điểm chưa giải quyết.",
            "Còn %(count)s kiến nghị về điểm chưa giải quyết.",
            waiting,
        )
        problems.append(Problem(sentence % {"count": waiting}, link="appeal_list"))
    if until is not None and local_today(timezone.now()) <= until:
        sentence = _("Thời hạn kiến nghị về điểm chưa hết: nhận đến 24:00 ngày %(day)s.")
        problems.append(Problem(sentence % {"day": format_date(until)}, link="appeal_list"))
    return problems


@guard(PhaseKind.DELIBERATE)
def adjustments_are_decided(year: ClusterYear) -> list[Problem]:
    """The last step in which they may be: what is still proposed then would never be decided; one query."""
    waiting = Adjustment.objects.filter(year=year, state=AdjustmentState.PROPOSED).count()
    if not waiting:
        return []
    sentence = ngettext(
        "Còn %(count)s đề xuất điều chỉnh điểm chưa quyết định.",
        "Còn %(count)s đề xuất điều chỉnh điểm chưa quyết định.",
        waiting,
    )
    return [Problem(sentence % {"count": waiting}, link="adjustment_list")]
