"""The calendar of a year: its steps with their days, who has more time, what else is dated; editing the days."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from core.access import may, page
from core.dates import format_date, local_today
from core.errors import DomainError, Stale
from core.formfields import DayField, LineField
from members import calendar
from members.domain.calendar import LAST, Planned, mark_of, plan_of, plan_year, remarks_on
from members.domain.extensions import ExtensionRow, extension_rows
from members.domain.phases import LONGEST_REASON
from members.enums import PhaseKind
from members.forms import show
from members.lateness import Late, late_agencies, left
from members.models import Membership, Phase
from members.queries import agency_names, phases_of
from members.scope import Scope

OWN_TABLES = (
    "step_from",
    "step_to",
    "extension",
)  # kinds of events that the page shows in tables of their own


@page("calendar_view")
def calendar_page(request: HttpRequest) -> HttpResponse:
    """The steps, planned and as they went; extensions; other days of the year; who is late."""
    scope: Scope = request.scope  # type: ignore[attr-defined]
    steps = phases_of(scope.year)
    dated = [event for event in calendar.events([scope.year]) if event.kind not in OWN_TABLES]
    context = {
        "nav": "home",
        "steps": [step_row(step, scope.today) for step in steps],
        "planned": any(step.planned_to for step in steps),
        "extensions": [_extension(scope, row) for row in extension_rows(scope)],
        "dated": [_dated(scope, event) for event in dated],
        "late": _late(scope),
    }
    return render(request, "members/calendar.html", context)


def step_row(step: Phase, today: date) -> dict[str, Any]:
    """A step as the table shows it: planned days, real days, where it stands, how late."""
    if step.closed_at:
        kind, state = "ok", _("Đã xong")
        late = _days_late(step.planned_to, local_today(step.closed_at), _("đóng muộn %(days)s"))
    elif step.opened_at:
        kind, state, late = "wait", _("Đang mở"), left(step.planned_to, today)
        if step.planned_to and step.planned_to < today:
            kind = "err"
    else:
        kind, state = "", _("Chưa mở")
        late = _days_late(step.planned_from, today, _("chậm mở %(days)s"))
    return {
        "step": step, "label": PhaseKind(step.kind).label, "kind": kind, "state": state, "late": late,
        "is_now": bool(step.opened_at and not step.closed_at),
    }  # fmt: skip


def _days_late(due: date | None, day: date, words: str) -> str:
    days = (day - due).days if due else 0
    if days <= 0:
        return ""
    return words % {"days": ngettext("%(count)s ngày", "%(count)s ngày", days) % {"count": days}}


def _extension(scope: Scope, row: ExtensionRow) -> dict[str, Any]:
    return {
        "row": row,
        "own": row.receiver.agency_id in scope.answers_for,
        "state": _("Đã hết") if row.until < scope.today else left(row.until, scope.today).capitalize(),
        "kind": "" if row.until < scope.today else "ok",
        "may": may(scope, "extension_edit", row.receiver),
        "url": scope.address("extension_edit", pk=row.pk),
        "end_url": scope.address("extension_take_back", pk=row.pk),
    }


def _dated(scope: Scope, event: calendar.Event) -> dict[str, Any]:
    days = [format_date(event.day)]
    if event.end_day != event.day:
        days.append(format_date(event.end_day))
    return {
        "when": " – ".join(days),
        "when_iso": event.day.isoformat(),
        "title": event.title,
        "url": scope.address(event.url_name) if event.url_name else "",
        "end": event.end_day < scope.today,
    }


def _late(scope: Scope) -> list[dict[str, Any]]:
    """Late agencies for those who lead and for the council; for others their own alone."""
    found: Sequence[Late] = late_agencies([scope.year.pk], scope.today).get(scope.year.pk, [])
    if not (scope.is_chair or scope.is_deputy or scope.is_officer or scope.is_observer):
        found = [one for one in found if one.agency_id in scope.answers_for]
    names = agency_names((one.agency_id for one in found), min(scope.today, scope.year.ends_on))
    order = dict(Membership.objects.filter(year=scope.year).order_by().values_list("agency", "order"))
    return [
        {"name": names.get(one.agency_id, ("?", "?"))[1], "text": "; ".join(one.sentences)}
        for one in sorted(found, key=lambda one: order.get(one.agency_id, 0))
    ]


# -- editing -------------------------------------------------------------------------------------
class PlanForm(forms.Form):
    """Days of every step of a year, named ``<kind>-first``, ``<kind>-last``, ``<kind>-moves_on``."""

    mark = forms.CharField(required=False, max_length=16, widget=forms.HiddenInput)
    reason = LineField(label=gettext_lazy("Ghi chú vào nhật ký"), required=False, max_length=LONGEST_REASON)

    def __init__(self, rows: Sequence[Phase], *args: Any, **kwargs: Any) -> None:
        """Make the fields of the steps, filled with what stands."""
        super().__init__(*args, **kwargs)
        self.rows = rows
        standing = plan_of(rows)
        self.initial.setdefault("mark", mark_of(standing))
        for kind, planned in standing.items():
            label = PhaseKind(kind).label
            self._field(kind, "first", planned.first, DayField, _("%(step)s: từ ngày") % {"step": label})
            self._field(kind, "last", planned.last, DayField, _("%(step)s: đến hết ngày") % {"step": label})
            tick = _("%(step)s: tự chuyển bước khi hết hạn") % {"step": label}
            self._field(kind, "moves_on", planned.moves_on, forms.BooleanField, tick)

    def _field(self, kind: str, name: str, value: Any, make: Any, label: str) -> None:
        self.fields[f"{kind}-{name}"] = make(required=False, label=label)
        self.initial.setdefault(f"{kind}-{name}", value)

    def plan(self) -> dict[str, Planned]:
        """What was typed."""
        data = self.cleaned_data
        return {
            row.kind: Planned(*(data[f"{row.kind}-{name}"] for name in ("first", "last", "moves_on")))
            for row in self.rows
        }

    def lines(self) -> list[dict[str, Any]]:
        """The steps with their inputs, for the grid."""
        return [
            {
                "order": row.order, "label": PhaseKind(row.kind).label, "is_last": row.kind == LAST,
                **{name: self[f"{row.kind}-{name}"] for name in ("first", "last", "moves_on")},
                "is_now": bool(row.opened_at and not row.closed_at), "is_done": bool(row.closed_at),
            }
            for row in self.rows
        ]  # fmt: skip


@page("calendar_edit", methods=("GET", "POST"))
def calendar_edit(request: HttpRequest) -> HttpResponse:
    """All seven steps in one form; a plan somebody changed meanwhile is shown beside what was typed."""
    scope: Scope = request.scope  # type: ignore[attr-defined]
    rows = phases_of(scope.year)
    form = PlanForm(rows, request.POST if request.method == "POST" else None)
    if request.method != "POST":
        return _show(request, form)
    if not form.is_valid():
        return _show(request, form, 422)
    try:
        changed = plan_year(scope, form.plan(), form.cleaned_data["mark"], form.cleaned_data["reason"])
    except DomainError as error:
        show(form, error.problems)
        return _show(request, form, 422)
    except Stale as error:
        return _show(request, _on_top(form, error.current), 409, _differing(form, error.current))
    if changed is None:
        messages.info(request, _("Lịch của năm không có gì thay đổi."))
    else:
        messages.success(request, _("Đã lưu lịch năm %(label)s.") % {"label": scope.year.label})
        for remark in remarks_on(form.plan()):
            messages.warning(request, remark)
    return redirect(scope.address("calendar"))


def _show(
    request: HttpRequest, form: PlanForm, status: int = 200, differences: list[dict[str, str]] | None = None
) -> HttpResponse:
    context = {"nav": "home", "form": form, "lines": form.lines(), "differences": differences}
    return render(request, "members/calendar_edit.html", context, status=status)


def _on_top(form: PlanForm, standing: Any) -> PlanForm:
    """What was typed, with the mark of what stands: saving again overwrites it knowingly."""
    data = {**form.data.dict(), "mark": mark_of(standing)}  # type: ignore[attr-defined] # a QueryDict
    fresh = PlanForm(form.rows, data)
    fresh.is_valid()
    return fresh


def _differing(form: PlanForm, standing: Any) -> list[dict[str, str]]:
    plan = form.plan()
    return [
        {"field": str(PhaseKind(kind).label), "mine": _said(plan[kind]), "theirs": _said(standing[kind])}
        for kind in standing
        if plan[kind] != standing[kind]
    ]


def _said(planned: Planned) -> str:
    days = " – ".join(format_date(day) if day else "…" for day in (planned.first, planned.last))
    return f"{days} · {_('tự chuyển')}" if planned.moves_on else days
