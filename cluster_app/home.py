"""What "Tổng quan" shows, gathered from the apps below."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from core.access import may
from core.dates import format_date
from core.errors import Problem
from core.quantity import Quantity, format_number
from members.enums import PhaseKind
from members.guards import missing
from members.lateness import left
from members.models import Phase
from members.scope import Scope
from members.tasks import Task
from movements.domain.totals import Gift, Totals


def steps(phases: Sequence[Phase], today: date) -> dict[str, Any]:
    """The stepper: seven steps with their words, and the line a phone shows."""
    drawn, line, subline = [], _("Chưa mở bước nào"), ""
    for phase in phases:
        name = str(PhaseKind(phase.kind).label)
        state = "now" if phase.opened_at and not phase.closed_at else "done" if phase.closed_at else ""
        urgent = left(phase.planned_to, today) if state == "now" else ""
        note = _("đến %(day)s") % {"day": format_date(phase.planned_to)} if phase.planned_to else ""
        drawn.append({"name": name, "note": note, "state": state, "urgent": urgent})
        if state == "now":
            line = _("Bước %(order)s/%(total)s: %(name)s") % {
                "order": phase.order,
                "total": len(phases),
                "name": name,
            }
            subline = " · ".join(part for part in (note, urgent) if part)
    if phases and all(phase.closed_at for phase in phases):
        line = _("Năm đã đóng")
    return {"steps": drawn, "line": line, "subline": subline}


def guard_tasks(scope: Scope) -> list[Task]:
    """For those who lead: what keeps the open step from closing, else the invitation to close it."""
    if not may(scope, "phase_advance") or scope.open_phase is None:
        return []
    problems = missing(scope.year, scope.open_phase)
    name = PhaseKind(scope.open_phase).label
    if problems:
        return [_guard_task(problem, scope) for problem in problems]
    return [
        Task(
            _("Bước “%(name)s” đã đủ điều kiện để đóng") % {"name": name},
            _("Chuyển bước khi Cụm đã thống nhất; mọi thành viên thấy bước mới ngay."),
            scope.address("phase_advance"),
            _("Chuyển bước"),
        )
    ]


def _guard_task(problem: Problem, scope: Scope) -> Task:
    path, _sep, query = problem.link.partition("?")
    url = scope.address(path) + (f"?{query}" if query else "") if path else ""
    return Task(
        problem.sentence, _("Cần xong trước khi chuyển bước."), url, _("Làm ngay") if url else "", "warn"
    )


def drawn_tasks(tasks: Sequence[Task], today: date) -> list[dict[str, Any]]:
    """Tasks as the component wants them: the most urgent first, one main button."""
    weight = {"err": 0, "warn": 1, "none": 2}
    ordered = sorted(tasks, key=lambda task: (weight[task.urgency], task.due or date.max))
    rows: list[dict[str, Any]] = []
    for place, task in enumerate(ordered):
        row: dict[str, Any] = {
            "title": task.title, "text": task.detail, "url": task.url, "action": task.button,
            "kind": _kind(task, today),
            "due": left(task.due, today).capitalize() or _urgency(task.urgency),
            "primary": place == 0,
        }  # fmt: skip
        if task.due:
            row |= {"date": format_date(task.due), "date_iso": task.due.isoformat()}
        rows.append(row)
    return rows


def _kind(task: Task, today: date) -> str:
    """How a task is marked: what is past its day is red, but for what others have to do."""
    if task.urgency == "none":
        return ""
    return "err" if task.due and task.due < today else task.urgency


def _urgency(urgency: str) -> str:
    return {"err": _("Cần sửa"), "warn": _("Cần làm"), "none": _("Khi có thể")}[urgency]


def figures(gifts: Sequence[Gift], totals: Totals) -> list[dict[str, str]]:
    """The sums as the card of figures wants them: money first, then goods by unit with what they were."""
    rows = []
    if totals.money:
        rows.append(_figure(_("Tổng giá trị quyên góp, ủng hộ"), totals.money, "₫"))
    for sum_ in totals.goods:
        parts = [gift for gift in gifts if gift.goods and gift.unit == sum_.unit]
        names = list(dict.fromkeys(gift.description for gift in parts))
        places = len({gift.receiver for gift in parts if gift.receiver})
        label = names[0] if len(names) == 1 else _("Hiện vật (%(unit)s)") % {"unit": sum_.unit}
        if places > 1:
            label = _("%(what)s, %(count)s nơi nhận") % {"what": label, "count": places}
        rows.append(_figure(label, sum_, sum_.unit))
    return rows


def _figure(label: str, sum_: Quantity, unit: str) -> dict[str, str]:
    return {"label": label, "q": _(sum_.qualifier.words), "value": format_number(sum_.number), "unit": unit}
