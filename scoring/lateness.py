"""Which members are late with sending their score sheets; only in years with a criteria table in force."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from datetime import date

from django.utils.translation import gettext as _

from members.domain.terms import is_member_on
from members.enums import PhaseKind
from members.lateness import left, source
from members.models import Membership, Phase, PhaseExtension
from scoring.enums import SheetState, TableState
from scoring.models import ScoreSheet


@source
def sending_sheets(year_ids: Collection[int], today: date) -> dict[int, dict[int, str]]:
    """Members on the last planned day of "Tự chấm điểm" whose sheet is not sent; four queries.

    An agency with an extension is late after the last day of that.
    """
    steps = Phase.objects.filter(
        year__in=year_ids, year__sealed_at__isnull=True, kind=PhaseKind.SELF_SCORE, opened_at__isnull=False,
        planned_to__lt=today, year__criteria_tables__state=TableState.APPLIED,
    )  # fmt: skip
    due = {year: day for year, day in steps.values_list("year", "planned_to") if day}
    if not due:
        return {}
    given = PhaseExtension.objects.filter(phase__year__in=due, phase__kind=PhaseKind.SELF_SCORE).order_by(
        "until"
    )
    until = {(year, agency): day for year, agency, day in given.values_list("phase__year", "agency", "until")}
    sheets = ScoreSheet.objects.filter(year__in=due).exclude(state=SheetState.DRAFT)
    sent = set(sheets.values_list("year", "agency"))
    found: dict[int, dict[int, str]] = defaultdict(dict)
    for row in Membership.objects.filter(year__in=due).order_by("year", "order"):
        day = max(due[row.year_id], until.get((row.year_id, row.agency_id), date.min))
        if today <= day or not is_member_on(row, due[row.year_id]) or (row.year_id, row.agency_id) in sent:
            continue
        found[row.year_id][row.agency_id] = _("Chưa gửi bảng chấm điểm, %(late)s") % {
            "late": left(day, today)
        }
    return dict(found)
