"""The compact of a year: read by every insider, written by those who lead, signed by a leader of each member."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import SuspiciousOperation
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core import files
from core.access import may, page
from core.dates import format_date
from core.errors import DomainError, Stale
from core.exporters import content_disposition
from members.scope import Scope
from movements.domain import pledges, signatures
from movements.enums import PledgeState
from movements.forms.pledge import (
    PREFIX,
    PledgeSheet,
    StepForm,
    differing,
    fresh_head,
    head_from_before,
    head_of,
)
from movements.forms.rows import one_row_more, without_complaints
from movements.models import Pledge
from movements.pledge_history import history_of
from movements.pledge_words import facts_of, pledge_look
from movements.queries_pledges import Roll, clauses_of, pledge_before, pledge_of, roll_of
from movements.render.compact_docx import Compact, Party, compact_docx

STEPS: dict[str, tuple[Callable[..., Pledge], Any]] = {
    "open": (pledges.open_pledge, gettext_lazy("Đã mở ký giao ước. Lời giao ước từ nay không đổi.")),
    "close": (pledges.close_pledge, gettext_lazy("Đã chốt giao ước.")),
    "reopen": (
        pledges.reopen_draft,
        gettext_lazy("Đã đưa giao ước về bản nháp. Các chữ ký trước đó hết hiệu lực."),
    ),
}


@page("year_view")
def pledge(request: HttpRequest) -> HttpResponse:
    """The words, who has signed and who has not, and what may be done now."""
    return _show(request)


def _show(
    request: HttpRequest, form: StepForm | None = None, *, asked: str = "", status: int = 200
) -> HttpResponse:
    scope: Scope = request.scope  # type: ignore[attr-defined]
    row = pledge_of(scope.year)
    clauses = clauses_of(row)
    roll = roll_of(scope.year, row, scope.today)
    context: dict[str, Any] = {
        "nav": "pledge", "row": row, "clauses": clauses, "roll": roll, "form": form, "asked": asked,
        "before": pledge_before(scope.year) if row is None else None,
        "edit_url": scope.address("pledge_edit"), "step_url": scope.address("pledge_step"),
        "sign_url": scope.address("pledge_sign"), "paper_url": scope.address("pledge_docx"),
    }  # fmt: skip
    if row is not None:
        context |= _shown(scope, row, clauses, roll)
        context["form"] = form or StepForm(initial={"version": row.version}, label_suffix="")
    return render(request, "movements/pledge.html", context, status=status)


def _shown(scope: Scope, row: Pledge, clauses: list[str], roll: Roll) -> dict[str, Any]:
    is_open = row.state == PledgeState.OPEN
    seats = signatures.seats_for(scope) if is_open else []
    mine = [hat for hat in seats if (seat := roll.seat(hat.agency_id)) and not seat.signed]
    return {
        "look": pledge_look(row.state),
        "facts": _facts(scope, row),
        "hints": pledges.hints_of(clauses) if row.state == PledgeState.DRAFT else [],
        "whole": pledges.is_whole(row, clauses, scope.year),
        "may_sign": mine,
        "may_take_back": [hat for hat in seats if (seat := roll.seat(hat.agency_id)) and seat.signed],
        "waits_for_leader": is_open and not mine and _is_missing(scope, roll),
        "own": scope.agency_ids,
        "history": history_of(row),
        "steps": _steps(scope, row),
    }


def _is_missing(scope: Scope, roll: Roll) -> bool:
    """Whether one of the person's agencies has still to sign."""
    return any(row.agency_id in scope.agency_ids for row in roll.missing)


def _steps(scope: Scope, row: Pledge) -> list[str]:
    if not may(scope, "pledge_open"):
        return []
    return {
        PledgeState.DRAFT: ["open"],
        PledgeState.OPEN: ["close", "reopen"],
        PledgeState.CLOSED: ["reopen"],
    }[PledgeState(row.state)]


def _facts(scope: Scope, row: Pledge) -> list[dict[str, Any]]:
    return facts_of(
        [
            (_("Khẩu hiệu"), f"“{scope.year.slogan}”" if scope.year.slogan else ""),
            (_("Nơi ký kết"), row.place),
            (_("Ngày ký kết"), format_date(row.signing_on) if row.signing_on else ""),
        ]
    )


@page("year_view", methods=("POST",), write_right="pledge_open")
def step(request: HttpRequest) -> HttpResponse:
    """Open for signing, close, or go back to the draft with a reason."""
    scope: Scope = request.scope  # type: ignore[attr-defined]
    action = request.POST.get("action", "")
    if action not in STEPS:
        raise SuspiciousOperation("unknown action")
    form = StepForm(request.POST, label_suffix="")
    if not form.is_valid():
        return _show(request, form, asked=action, status=422)
    verb, done = STEPS[action]
    given: dict[str, Any] = {"version": form.cleaned_data["version"]}
    if action != "open":
        given["reason"] = form.cleaned_data["reason"]
    try:
        verb(scope, **given)
    except Stale:
        messages.warning(request, _("Giao ước vừa được người khác sửa. Xem lại bên dưới rồi làm tiếp."))
        return redirect(scope.address("pledge"))
    except DomainError as error:
        for problem in error.problems:
            form.add_error(problem.field or None, problem.sentence)
        return _show(request, form, asked=action, status=422)
    messages.success(request, done)
    return redirect(scope.address("pledge"))


# -- writing -------------------------------------------------------------------------------------
@page("pledge_edit", methods=("GET", "POST"))
def edit(request: HttpRequest) -> HttpResponse:
    """Write the words; ``?tu=nam-truoc`` begins with those of the year before, which are saved by the button alone."""
    scope: Scope = request.scope  # type: ignore[attr-defined]
    row = pledge_of(scope.year)
    if row is not None and row.state != PledgeState.DRAFT:
        messages.warning(
            request, _("Giao ước đã mở ký nên lời không đổi được. Muốn sửa thì đưa về bản nháp, có lý do.")
        )
        return redirect(scope.address("pledge"))
    if request.method == "POST":
        return _posted(request, row)
    before = pledge_before(scope.year) if row is None else None
    if row is not None:
        sheet = PledgeSheet(head_of(row), clauses_of(row))
    elif before is not None and request.GET.get("tu") == "nam-truoc":
        sheet = PledgeSheet(head_from_before(before, scope.year), clauses_of(before))
    else:
        sheet = PledgeSheet(fresh_head(scope.year), [])
    return _form(request, row, sheet, before=before)


def _posted(request: HttpRequest, row: Pledge | None) -> HttpResponse:
    scope: Scope = request.scope  # type: ignore[attr-defined]
    if "add_row" in request.POST:
        sheet = PledgeSheet({}, [], one_row_more(request.POST, (PREFIX,)))
        without_complaints(sheet.all)
        return _form(request, row, sheet, dirty=True)
    sheet = PledgeSheet({}, [], request.POST)
    if not sheet.is_valid():
        return _form(request, row, sheet, status=422, dirty=True)
    try:
        pledges.save_pledge(scope, sheet.draft(), version=sheet.head.cleaned_data["version"] or 0)
    except DomainError as error:
        sheet.show(error.problems)
        return _form(request, row, sheet, status=422, dirty=True)
    except Stale:
        return _conflict(request, sheet)
    for hint in pledges.hints_of(sheet.draft().clauses):
        messages.info(request, hint)
    messages.success(request, _("Đã lưu giao ước."))
    return redirect(scope.address("pledge"))


def _conflict(request: HttpRequest, mine: PledgeSheet) -> HttpResponse:
    """Somebody saved meanwhile: both values side by side; the form keeps mine, on top of theirs."""
    scope: Scope = request.scope  # type: ignore[attr-defined]
    row = pledge_of(scope.year)
    data = request.POST.copy()
    data["version"] = str(row.version if row else 0)
    rows = differing(mine.draft(), row, clauses_of(row)) if row else []
    return _form(request, row, PledgeSheet({}, [], data), status=409, differences=rows, dirty=True)


def _form(
    request: HttpRequest, row: Pledge | None, sheet: PledgeSheet, *, status: int = 200, **extra: Any
) -> HttpResponse:
    scope: Scope = request.scope  # type: ignore[attr-defined]
    context = {
        "nav": "pledge", "row": row, "sheet": sheet, "prefix": PREFIX, "before": None, "differences": None,
        "dirty": False, "back_url": scope.address("pledge"), "edit_url": scope.address("pledge_edit"), **extra,
    }  # fmt: skip
    return render(request, "movements/pledge_form.html", context, status=status)


# -- signing -------------------------------------------------------------------------------------
@page("pledge_sign", methods=("GET", "POST"))
def sign(request: HttpRequest) -> HttpResponse:
    """The words once more, then the button; with ``rut`` the signature is taken back."""
    scope: Scope = request.scope  # type: ignore[attr-defined]
    if request.method != "POST":
        return _sign_page(request)
    agency_id = {str(pk): pk for pk in scope.agency_ids}.get(request.POST.get("agency", ""))
    if agency_id is None:
        raise Http404
    try:
        if "rut" in request.POST:
            done = signatures.take_back(scope, agency_id)
            said = _("Đã rút chữ ký của đơn vị.") if done else _("Đơn vị chưa ký nên không có gì để rút.")
        else:
            signatures.sign(scope, agency_id, request.POST.get("mark", ""))
            said = _("Đã ký giao ước thay mặt đơn vị.")
    except DomainError as error:
        return _sign_page(request, error.problems[0].sentence, 422)
    messages.success(request, said)
    return redirect(scope.address("pledge"))


def _sign_page(request: HttpRequest, problem: str = "", status: int = 200) -> HttpResponse:
    scope: Scope = request.scope  # type: ignore[attr-defined]
    row = pledge_of(scope.year)
    if row is None or row.state == PledgeState.DRAFT:
        raise Http404
    clauses, roll = clauses_of(row), roll_of(scope.year, row, scope.today)
    context = {
        "nav": "pledge", "row": row, "clauses": clauses, "facts": _facts(scope, row), "problem": problem,
        "is_open": row.state == PledgeState.OPEN,
        "whole": pledges.is_whole(row, clauses, scope.year), "back_url": scope.address("pledge"),
        "seats": [
            {"agency": seat.member, "post": signatures.post_of(hat)}
            for hat in signatures.seats_for(scope)
            if row.state == PledgeState.OPEN and (seat := roll.seat(hat.agency_id)) and not seat.signed
        ],
    }  # fmt: skip
    return render(request, "movements/pledge_sign.html", context, status=status)


# -- paper ---------------------------------------------------------------------------------------
@page("year_view")
def paper(request: HttpRequest) -> HttpResponse:
    """The compact as DOCX; a draft says so on every page."""
    scope: Scope = request.scope  # type: ignore[attr-defined]
    row = pledge_of(scope.year)
    if row is None:
        raise Http404
    roll = roll_of(scope.year, row, scope.today)
    content = compact_docx(_compact(scope, row, roll))
    ending = "-du-thao" if row.state == PledgeState.DRAFT else ""
    return download(content, f"giao-uoc-thi-dua-{scope.year.label}{ending}.docx")


def _compact(scope: Scope, row: Pledge, roll: Roll) -> Compact:
    cluster = scope.cluster
    return Compact(
        cluster=cluster.name, place=cluster.place, label=scope.year.label, title=row.title, made_on=roll.day,
        preamble=row.preamble, slogan=scope.year.slogan, clauses=clauses_of(row), signing_place=row.place,
        signing_on=row.signing_on, mark=row.mark, is_closed=row.state == PledgeState.CLOSED,
        parties=[
            Party(
                one.member.name, one.member.role_label, one.signed.post if one.signed else "",
                one.signed.at if one.signed else None,
            )
            for one in (*roll.rows, *roll.gone)
        ],
    )  # fmt: skip


def download(content: bytes, name: str, content_type: str = files.DOCX.content_type) -> HttpResponse:
    """Bytes to be saved, with headers that let a browser do nothing else with them."""
    response = HttpResponse(content, content_type=content_type)
    response["Content-Disposition"] = content_disposition(name)
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "sandbox"
    response["Cache-Control"] = "no-store"
    return response
