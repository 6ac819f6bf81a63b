"""Adjustments beside the table: listed, read, decided, withdrawn."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import SuspiciousOperation
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from core.access import check, may, page
from core.dates import format_date
from core.errors import DomainError, Refused, Stale
from core.quantity import format_number
from members.scope import Scope
from movements.models import Evidence
from movements.queries import LARGEST_ID
from movements.views.evidence import served_file
from scoring.adjust_sums import POINTED, level_for, room, room_without, room_words
from scoring.domain import adjustments
from scoring.enums import AdjustmentKind, AdjustmentState
from scoring.forms_appeals import StepForm
from scoring.models import Adjustment
from scoring.queries_adjustments import adjustment_for, adjustments_for, with_deciders
from scoring.totals import board

LOOKS = {
    AdjustmentState.PROPOSED: ("wait", "clock"), AdjustmentState.APPROVED: ("ok", ""),
    AdjustmentState.REFUSED: ("err", ""), AdjustmentState.WITHDRAWN: ("", "arrow-back-up"),
}  # fmt: skip
STEPS = {
    "approve": (adjustments.approve, "adjustment_decide"), "refuse": (adjustments.refuse, "adjustment_decide"),
}  # fmt: skip


@page("adjustment_view")
def adjustment_list(request: HttpRequest) -> HttpResponse:
    """Those that wait first, then the newest."""
    scope: Scope = request.scope  # type: ignore[attr-defined]
    decides = may(scope, "adjustment_decide")
    found = adjustments_for(scope)
    rows = with_deciders(scope, found) if decides else list(found)
    rows.sort(key=lambda row: row.state != AdjustmentState.PROPOSED)
    context = {
        "nav": "scoring",
        "tab": "adjustments",
        "rows": [_row(scope, row, decides=decides) for row in rows],
        "waiting": sum(row.state == AdjustmentState.PROPOSED for row in rows),
        "add_url": scope.address("adjustment_add") if may(scope, "adjustment_propose") else "",
    }
    return render(request, "scoring/adjustment_list.html", context)


def _row(scope: Scope, row: Any, *, decides: bool) -> dict[str, Any]:
    return {
        "row": row,
        "url": scope.address("adjustment_detail", pk=row.pk),
        "look": look_of(row.state),
        "kind": str(AdjustmentKind(row.kind).label),
        "effect": effect_of(row),
        "mine": decides and may(scope, "adjustment_decide", row),
    }


def look_of(state: str) -> dict[str, str]:
    """How a state is drawn."""
    kind, icon = LOOKS[AdjustmentState(state)]
    return {"kind": kind, "icon": icon, "text": str(AdjustmentState(state).label)}


def effect_of(row: Adjustment) -> str:
    """ "+2", "−1,5", "I.2", "Tốt": what it does, beside the words of its kind."""
    if row.kind in POINTED:
        sign = "+" if row.kind == AdjustmentKind.BONUS else "−"
        return f"{sign}{format_number(row.points or 0)}"
    return row.criterion_code or row.grade


def _or_404(scope: Scope, pk: int) -> Any:
    row = adjustment_for(scope, pk) if pk <= LARGEST_ID else None
    if row is None:
        raise Http404
    check(scope, "adjustment_view", row)
    return row


@page("adjustment_view")
def adjustment_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One with its ground, its proof, and the arithmetic of the cap."""
    scope: Scope = request.scope  # type: ignore[attr-defined]
    return _show(request, _or_404(scope, pk))


def _show(request: HttpRequest, row: Any, *, status: int = 200, **extra: Any) -> HttpResponse:
    scope: Scope = request.scope  # type: ignore[attr-defined]
    decides, sums = may(scope, "adjustment_decide", row), ""
    if row.kind in POINTED and _sees_sums(scope, row):
        sums = _sums(scope, row)
    again = row.state == AdjustmentState.APPROVED and row.kind in POINTED
    context: dict[str, Any] = {
        "nav": "scoring", "tab": "adjustments", "row": row, "look": look_of(row.state), "effect": effect_of(row),
        "kind": str(AdjustmentKind(row.kind).label), "facts": _facts(scope, row), "sums": sums,
        "decides": decides, "withdraws": may(scope, "adjustment_withdraw", row),
        "form": StepForm(initial={"version": row.version}),
        "list_url": scope.address("adjustment_list"), "step_url": scope.address("adjustment_step", pk=row.pk),
        "undo_url": f"{scope.address('adjustment_add')}?thu_hoi={row.pk}"
        if again and may(scope, "adjustment_propose", row.agency_id) else "",
        "doubles": adjustments.doubles_of(scope, row) if decides else [],
    }  # fmt: skip
    return render(request, "scoring/adjustment_detail.html", {**context, **extra}, status=status)


def _sees_sums(scope: Scope, row: Adjustment) -> bool:
    """Sums tell of the agency's other points: for itself, leadership and council."""
    leads = scope.is_chair or scope.is_deputy or scope.is_officer or scope.is_observer
    return leads or row.agency_id in scope.answers_for


def _sums(scope: Scope, row: Any) -> str:
    boards = board(scope.year, [row.agency_id])
    level = level_for(scope, boards)
    if row.state == AdjustmentState.APPROVED:
        return room_words(room_without(boards, row, level=level))
    return room_words(room(boards, row.agency_id, row.kind, row.points, level=level))


def _facts(scope: Scope, row: Any) -> list[dict[str, str]]:
    paper = ", ".join(
        part for part in (row.paper_number, format_date(row.paper_date) if row.paper_date else "") if part
    )
    pairs = [
        (_("Đơn vị"), row.agency_name, ""), (_("Căn cứ, lý do"), row.ground, ""),
        (_("Khen thưởng"), row.award, ""), (_("Văn bản"), paper, ""),
        (_("Bên đề xuất"), row.proposer_name, ""), (_("Bên quyết định"), row.decider_name or "", ""),
        (_("Lý do quyết định"), row.decision_reason, ""),
    ]  # fmt: skip
    found = [{"label": label, "value": value, "url": url} for label, value, url in pairs if value]
    if row.evidence_id and _sees_file(scope, row):
        name = Evidence.objects.filter(pk=row.evidence_id).values_list("name", flat=True).get()
        found.append(
            {"label": _("Minh chứng"), "value": name, "url": scope.address("adjustment_file", pk=row.pk)}
        )
    return found


def _sees_file(scope: Scope, row: Adjustment) -> bool:
    """The proof is for the two sides and those who decide, whatever everybody reads after the announcement."""
    return _sees_sums(scope, row) or row.proposer_id in scope.answers_for


@page("adjustment_view")
def adjustment_file(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The file of the library that proves it."""
    scope: Scope = request.scope  # type: ignore[attr-defined]
    row = _or_404(scope, pk)
    if row.evidence_id is None:
        raise Http404
    if not _sees_file(scope, row):
        raise Refused(
            _("Tệp minh chứng chỉ mở cho đơn vị được xét, bên đề xuất, Cụm trưởng, Cụm phó và Hội đồng.")
        )
    kept = Evidence.objects.select_related("file").get(pk=row.evidence_id)
    return served_file(request, kept.file, kept.name)


@page("adjustment_view", methods=("POST",))
def adjustment_step(request: HttpRequest, pk: int) -> HttpResponse:
    """Approve, refuse with a reason, or withdraw."""
    scope: Scope = request.scope  # type: ignore[attr-defined]
    row = _or_404(scope, pk)
    form, action = StepForm(request.POST), request.POST.get("action", "")
    if action not in (*STEPS, "withdraw"):
        raise SuspiciousOperation("action")
    if not form.is_valid():
        return _show(request, row, status=422, form=form)
    version, reason = form.cleaned_data["version"], form.cleaned_data["reason"]
    try:
        if action == "withdraw":
            adjustments.withdraw(scope, pk, version=version)
        else:
            STEPS[action][0](scope, pk, version=version, reason=reason)
    except DomainError as error:
        form.show(error.problems)
        return _show(request, row, status=422, form=form)
    except Stale:
        return _show(request, _or_404(scope, pk), status=409, is_conflict=True)
    messages.success(request, _said(action))
    return redirect(scope.address("adjustment_detail", pk=pk))


def _said(action: str) -> str:
    return {
        "approve": _("Đã duyệt. Khoản này tính vào tổng điểm từ bây giờ."),
        "refuse": _("Đã ghi không duyệt kèm lý do."),
        "withdraw": _("Đã rút đề xuất."),
    }[action]
