"""The criteria table as an Excel file: written, uploaded, compared with the draft, taken over."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from core import files, submit
from core.access import may, page
from core.errors import DomainError
from core.folding import clean_line
from core.quantity import format_number
from members.scope import Scope
from movements.models import ImportRun
from scoring.domain.tables import MOST_ROWS, draft_of
from scoring.enums import TableState
from scoring.exchange import intake
from scoring.exchange.table_columns import FIELDS, MAX_ROWS, OWN_SHEETS
from scoring.exchange.table_out import table_xlsx, template_xlsx
from scoring.exchange.table_plan import Plan, make_plan
from scoring.exchange.table_shown import shown_plan, summary
from scoring.exchange.table_write import PlanChanged, take_over
from scoring.loading import table_in_force
from scoring.models import CriteriaTable
from scoring.views.exchange_parts import UploadForm, download, history, own_run, pager, scope_of, whole_file

NAV = {"nav": "scoring", "tab": "criteria"}


@page("criteria_view")
def criteria_export(request: HttpRequest, version: int) -> HttpResponse:
    """A version of the table as a workbook; a draft for those who may write it or look ahead."""
    scope = scope_of(request)
    table = CriteriaTable.objects.filter(year=scope.year, version=min(version, 10_000)).first()
    if table is None or (table.state == TableState.DRAFT and not may(scope, "criteria_simulate")):
        raise Http404
    return download(table_xlsx(scope, table))


@page("criteria_edit")
def criteria_import_template(request: HttpRequest) -> HttpResponse:
    """The workbook to fill in."""
    return download(template_xlsx(scope_of(request)))


@page("criteria_edit", methods=("GET", "POST"))
def criteria_import(request: HttpRequest) -> HttpResponse:
    """Takes a file and leads to its preview."""
    if request.method != "POST":
        return _upload(request, UploadForm(), submit.new_key())
    scope, key = scope_of(request), submit.clean_key(request.POST.get(submit.FIELD, ""))
    form = UploadForm(request.POST, request.FILES)
    upload = request.FILES.get("file")
    if upload is None:
        form.add_error("file", _("Chọn tệp Excel (.xlsx) đã điền."))
        return _upload(request, form, key, 422)

    def work() -> str:
        run = intake.take_in(scope, upload, intake.TABLE)  # type: ignore[arg-type]
        return scope.address("criteria_import_run", pk=run.pk)

    try:
        return redirect(submit.once(scope.user_key(), key, work).address)
    except files.FileRefused as refusal:
        form.add_error("file", refusal.sentence)
        return _upload(request, form, key, 422)


def _upload(request: HttpRequest, form: UploadForm, key: str, status: int = 200) -> HttpResponse:
    scope = scope_of(request)
    hint = _("Tệp .xlsx, nhiều nhất %(size)s và %(rows)s dòng.") % {
        "size": files.limit_words(), "rows": format_number(MOST_ROWS),
    }  # fmt: skip
    past = history(scope, intake.TABLE, lambda run: scope.address("criteria_import_run", pk=run.pk), summary)
    context = NAV | {
        "form": form, "hint": hint, "submit_key": key, "history": past, "draft": draft_of(scope.year),
        "in_force": table_in_force(scope.year),
    }  # fmt: skip
    return render(request, "scoring/exchange_table_upload.html", context, status=status)


@page("criteria_edit", methods=("GET", "POST"))
@whole_file
def criteria_import_run(request: HttpRequest, pk: int) -> HttpResponseBase:
    """What the file would make of the draft, and taking it over; afterwards what was done."""
    scope = scope_of(request)
    run = own_run(scope, pk, intake.TABLE)
    if run.applied_at:
        if request.method == "POST":
            messages.info(request, _("Tệp này đã được nhập trước đó: không có gì để ghi thêm."))
            return redirect(request.path)
        return render(
            request, "scoring/exchange_table_done.html", NAV | {"run": run, "counts": summary(run.counts)}
        )
    if request.method == "POST":
        return _take_over(request, scope, run)
    return _preview(request, run, make_plan(scope, *_read(run)))


def _read(run: ImportRun) -> tuple[Any, Any]:
    table = intake.read(run.file, FIELDS, MAX_ROWS, OWN_SHEETS)
    return table, intake.indents(run.file, FIELDS, "title")


def _take_over(request: HttpRequest, scope: Scope, run: ImportRun) -> HttpResponse:
    reason = clean_line(request.POST.get("reason", ""))
    try:
        taken = take_over(scope, run.pk, *_read(run), seen=request.POST.get("seen", ""), reason=reason)
    except PlanChanged as changed:
        error = _(
            "Bảng tiêu chí vừa thay đổi nên kết quả khác với bảng đã xem. Chưa ghi gì: xem lại rồi nhập."
        )
        return _preview(request, run, changed.plan, error=error, status=409)
    except DomainError as error:
        plan = make_plan(scope, *_read(run))
        typed = {"reason": reason, "reason_error": error.problems[0].sentence}
        return _preview(request, run, plan, status=422, **typed)
    if taken.repeated:
        messages.info(request, _("Không có gì để ghi: bản đang soạn đã đúng như tệp."))
    else:
        words = {"name": run.name, "counts": summary(taken.run.counts)}
        messages.success(request, _("Đã nhập tệp “%(name)s” vào bản đang soạn: %(counts)s.") % words)
    return redirect(request.path)


def _preview(
    request: HttpRequest, run: ImportRun, plan: Plan, *, status: int = 200, **more: str
) -> HttpResponse:
    part = shown_plan(plan, request.GET.get("xem", ""), request.GET.get("trang", ""))
    context = NAV | {
        "run": run, "plan": plan, "part": part, "faults": len(plan.faults), "touched": plan.touched,
        "counts": plan.counts(), "remarks": plan.reading.remarks, "total": plan.total, "leaves": len(plan.leaves),
        "reason": "", "reason_error": "", "error": "", **pager(part), **more,
    }  # fmt: skip
    return render(request, "scoring/exchange_table_preview.html", context, status=status)


@page("criteria_edit")
@whole_file
def criteria_import_file(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The file as it was uploaded."""
    run = own_run(scope_of(request), pk, intake.TABLE)
    return files.serve(run.file, run.name)
