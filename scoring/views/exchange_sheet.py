"""A score sheet as an Excel file: taken along, filled in, uploaded, compared cell by cell, chosen lines taken over."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from core import files, submit
from core.access import check, page
from core.errors import DomainError, Stale
from core.sheets import Field, Table
from members.models import Agency
from members.queries import agency_names
from members.scope import Scope
from movements.models import ImportRun
from movements.queries import LARGEST_ID
from scoring.exchange import intake
from scoring.exchange.sheet_columns import FIELDS, MARK_SHEET, MAX_ROWS, OWN_SHEETS
from scoring.exchange.sheet_out import seen_titles, sheet_xlsx
from scoring.exchange.sheet_plan import Plan, make_plan
from scoring.exchange.sheet_shown import faults_of, lines_of, summary
from scoring.exchange.sheet_state import State, load
from scoring.exchange.sheet_write import PlanChanged, take_over
from scoring.exchange.words import shown
from scoring.views.exchange_parts import UploadForm, download, history, own_run, scope_of, whole_file

NAV = {"nav": "scoring", "tab": "sheet"}


def _state(scope: Scope, agency: int, right: str) -> State:
    """The sheet; 404 where the person may not know it, 403 without the right."""
    state = load(scope, min(agency, LARGEST_ID))
    if state is None:
        raise Http404
    check(scope, right, state.sheet)
    return state


@page("sheet_view")
def sheet_export(request: HttpRequest, agency: int) -> HttpResponse:
    """The sheet as the person may see it; with cells to fill in for its agency."""
    return download(sheet_xlsx(_state(scope_of(request), agency, "sheet_view")))


@page("sheet_view", methods=("GET", "POST"))
def sheet_import(request: HttpRequest, agency: int) -> HttpResponse:
    """Takes a filled-in file and leads to its preview."""
    scope = scope_of(request)
    state = _state(scope, agency, "sheet_edit")
    if request.method != "POST":
        return _upload(request, state, UploadForm(), submit.new_key())
    key = submit.clean_key(request.POST.get(submit.FIELD, ""))
    form = UploadForm(request.POST, request.FILES)
    upload = request.FILES.get("file")
    if upload is None:
        form.add_error("file", _("Chọn tệp Excel (.xlsx) đã điền."))
        return _upload(request, state, form, key, 422)

    def work() -> str:
        run = intake.take_in(scope, upload, intake.SHEET, {"agency": agency})  # type: ignore[arg-type]
        return scope.address("sheet_import_run", agency=agency, pk=run.pk)

    try:
        return redirect(submit.once(scope.user_key(), key, work).address)
    except files.FileRefused as refusal:
        form.add_error("file", refusal.sentence)
        return _upload(request, state, form, key, 422)


def _upload(
    request: HttpRequest, state: State, form: UploadForm, key: str, status: int = 200
) -> HttpResponse:
    scope, agency = state.scope, state.sheet.agency_id
    hint = _("Tệp .xlsx tải từ trang này, nhiều nhất %(size)s.") % {"size": files.limit_words()}
    past = history(
        scope,
        intake.SHEET,
        lambda run: scope.address("sheet_import_run", agency=agency, pk=run.pk),
        summary,
        agency,
    )
    context = NAV | {
        "form": form, "hint": hint, "submit_key": key, "history": past, "agency": agency,
        "agency_name": state.agency_name, "open_lines": sum(one.is_open for one in state.lines.values()),
    }  # fmt: skip
    return render(request, "scoring/exchange_sheet_upload.html", context, status=status)


@page("sheet_view", methods=("GET", "POST"))
@whole_file
def sheet_import_run(request: HttpRequest, agency: int, pk: int) -> HttpResponseBase:
    """The difference between file and sheet, and taking lines over; afterwards what was done."""
    scope = scope_of(request)
    state = load(scope, min(agency, LARGEST_ID))
    if state is None or not state.is_filler:
        raise Http404
    run = own_run(scope, pk, intake.SHEET, agency)
    if run.applied_at:
        if request.method == "POST":
            messages.info(request, _("Tệp này đã được nhập trước đó: không có gì để ghi thêm."))
            return redirect(request.path)
        context = NAV | {
            "run": run,
            "counts": summary(run.counts),
            "agency": agency,
            "again": run.counts.get("wrong"),
        }
        return render(request, "scoring/exchange_sheet_done.html", context)
    check(scope, "sheet_edit", state.sheet)
    if request.method == "POST":
        return _take_over(request, state, run)
    return _preview(request, run, make_plan(state, *_read(run, state)))


def _read(run: ImportRun, state: State) -> tuple[Table, Any, Any]:
    seen = tuple(Field(f"seen {place}", title, quiet=True) for place, title in enumerate(seen_titles(state)))
    table = intake.read(run.file, (*FIELDS, *seen), MAX_ROWS, OWN_SHEETS)
    return table, intake.pairs_of(run.file, MARK_SHEET), lambda code: _name(state.scope, code)


def _name(scope: Scope, code: str) -> str:
    """An agency's name for the sentence that its file came to the wrong place; two queries, then only."""
    pk = Agency.objects.filter(code=code).values_list("pk", flat=True).first()
    return agency_names([pk], scope.today).get(pk, (code, ""))[0] if pk else code


def _take_over(request: HttpRequest, state: State, run: ImportRun) -> HttpResponse:
    scope, agency = state.scope, state.sheet.agency_id
    keys = None if "all" in request.POST else frozenset(request.POST.getlist("line"))
    try:
        taken = take_over(
            scope, run.pk, *_read(run, state), agency_id=agency, keys=keys, seen=request.POST.get("seen", "")
        )
    except PlanChanged as changed:
        error = _(
            "Bảng chấm điểm vừa thay đổi nên kết quả khác với bảng đã xem. Chưa ghi gì: xem lại rồi nhập."
        )
        return _preview(request, run, changed.plan, error=error, status=409)
    except (DomainError, Stale) as error:
        now = load(scope, agency)
        if now is None:
            raise Http404 from error
        told = (
            error.problems[0].sentence
            if isinstance(error, DomainError)
            else _("Một dòng vừa được sửa: xem lại.")
        )
        status = 422 if isinstance(error, DomainError) else 409
        return _preview(request, run, make_plan(now, *_read(run, now)), error=told, status=status, keys=keys)
    if taken.repeated:
        messages.info(request, _("Tệp này đã được nhập trước đó: không có gì để ghi thêm."))
    else:
        words = {"name": run.name, "counts": summary(taken.run.counts)}
        messages.success(request, _("Đã nhập tệp “%(name)s”: %(counts)s.") % words)
    return redirect(request.path)


def _preview(
    request: HttpRequest, run: ImportRun, plan: Plan, *, error: str = "", status: int = 200, keys: Any = None
) -> HttpResponse:
    lines = lines_of(plan)
    for line in lines:
        line["ticked"] = line["ticked"] if keys is None else line["key"] in keys
    before, after = plan.totals() if lines else (None, None)
    context = NAV | {
        "run": run, "plan": plan, "lines": lines, "error": error, "faults": len(plan.faults),
        "fault_part": {"rows": faults_of(plan)},
        "fault_count": len(plan.faults), "refused": bool(plan.general), "counts": plan.counts(),
        "ticked": sum(row.is_ticked for row in plan.choosable), "agency": plan.state.sheet.agency_id,
        "agency_name": plan.state.agency_name, "before": shown(before), "after": shown(after),
    }  # fmt: skip
    return render(request, "scoring/exchange_sheet_preview.html", context, status=status)


@page("sheet_view")
@whole_file
def sheet_import_file(request: HttpRequest, agency: int, pk: int) -> HttpResponseBase:
    """The file as it was uploaded."""
    scope = scope_of(request)
    if agency not in scope.answers_for:
        raise Http404
    run = own_run(scope, pk, intake.SHEET, agency)
    return files.serve(run.file, run.name)
