"""What a score sheet asks of its agency's staff, for the home page."""

from __future__ import annotations

from django.utils.translation import gettext as _

from members import phases
from members.enums import PhaseKind
from members.lateness import left
from members.models import Phase, PhaseExtension
from members.scope import Scope
from members.tasks import Task
from scoring.enums import SheetState, TableState
from scoring.models import CriteriaTable, ScoreSheet


def sheet_tasks(scope: Scope) -> list[Task]:
    """A sheet to be filled in and sent, with the days left; a returned one to be mended. Four queries at most, none
    for those without an agency."""
    if scope.sealed or not scope.agency_ids:
        return []
    mending = scope.opens(phases.VERIFY)
    if not mending and not scope.opens_for(phases.SCORE_SEND):
        return []
    sheets = {
        one.agency_id: one for one in ScoreSheet.objects.filter(year=scope.year, agency__in=scope.agency_ids)
    }
    tasks = []
    for agency in sorted(scope.agency_ids):
        row = sheets.get(agency)
        if row and row.state == SheetState.RETURNED:
            tasks.append(_mend(scope, row))
    waiting = [one for one in sorted(scope.agency_ids) if _is_unsent(scope, sheets.get(one), one)]
    if waiting and CriteriaTable.objects.filter(year=scope.year, state=TableState.APPLIED).exists():
        tasks += [_send(scope, one) for one in waiting]
    return tasks


def _is_unsent(scope: Scope, row: ScoreSheet | None, agency: int) -> bool:
    return scope.opens_for(phases.SCORE_SEND, agency) and (row is None or row.state == SheetState.DRAFT)


def _mend(scope: Scope, row: ScoreSheet) -> Task:
    return Task(
        _("Sửa và gửi lại bảng chấm điểm"), row.return_reason, scope.address("sheet", agency=row.agency_id),
        _("Sửa"), "err",
    )  # fmt: skip


def _send(scope: Scope, agency: int) -> Task:
    step = Phase.objects.filter(year=scope.year, kind=PhaseKind.SELF_SCORE).values_list(
        "planned_to", flat=True
    )
    given = PhaseExtension.objects.filter(
        phase__year=scope.year, phase__kind=PhaseKind.SELF_SCORE, agency=agency
    ).values_list("until", flat=True)
    day = max((one for one in (*step, *given) if one), default=None)
    return Task(
        _("Tự chấm và gửi bảng chấm điểm"), left(day, scope.today) if day else "",
        scope.address("sheet", agency=agency), _("Chấm điểm"), "warn", day,
    )  # fmt: skip
