"""Activities out of an Excel file: template, upload, preview, taking over, history."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core import files, submit
from core.access import may, page
from core.errors import DomainError
from core.exporters import content_disposition
from core.people import full_name
from core.quantity import format_number
from core.workbooks import WorkbookExporter
from members.scope import Scope
from movements.exports import template_xlsx
from movements.imports import intake
from movements.imports.columns import MAX_ROWS
from movements.imports.errors import errors_xlsx
from movements.imports.plan import make_plan
from movements.imports.shape import KEEP, SKIP, Order, Plan
from movements.imports.shown import shown, summary
from movements.imports.write import PlanChanged, order_of, take_over
from movements.models import ImportRun
from movements.queries import LARGEST_ID, choices_of

HISTORY = 50
WAITING = 3  # previews that were not confirmed, shown again


class UploadForm(forms.Form):
    """The file, and whether what comes of it is sent at once."""

    file = forms.FileField(
        label=gettext_lazy("Tệp Excel hoặc CSV"), required=False, allow_empty_file=True,
        widget=forms.ClearableFileInput(attrs={"accept": intake.ACCEPT}),
    )  # fmt: skip
    send = forms.BooleanField(
        label=gettext_lazy("Gửi luôn các hoạt động mới và thay đổi, không để nháp"), required=False
    )


View = Callable[..., HttpResponseBase]


def whole_file(view: View) -> View:
    """Says so (410) where the bytes of the run are not what was stored."""

    @functools.wraps(view)
    def inner(request: HttpRequest, pk: int) -> HttpResponseBase:
        try:
            return view(request, pk=pk)
        except files.FileDamaged:
            return render(request, "movements/file_damaged.html", {"name": _("tệp đã nhập")}, status=410)

    return inner


def _scope(request: HttpRequest) -> Scope:
    scope: Scope = request.scope  # type: ignore[attr-defined]
    return scope


@page("activity_view", methods=("GET", "POST"), write_right="activity_add")
def activity_import(request: HttpRequest) -> HttpResponse:
    """Takes a file and leads to its preview; shows what was imported before."""
    if request.method != "POST":
        return _upload(request, UploadForm(), submit.new_key())
    scope, key = _scope(request), submit.clean_key(request.POST.get(submit.FIELD, ""))
    form = UploadForm(request.POST, request.FILES)
    upload = request.FILES.get("file")
    if upload is None:
        form.add_error("file", _("Chọn tệp Excel (.xlsx) hoặc CSV đã điền."))
        return _upload(request, form, key, 422)
    order = Order(send="send" in request.POST)

    def work() -> str:
        return scope.address("activity_import_run", pk=intake.take_in(scope, upload, order).pk)  # type: ignore[arg-type]

    try:
        return redirect(submit.once(scope.user_key(), key, work).address)
    except files.FileRefused as refusal:
        form.add_error("file", refusal.sentence)
        return _upload(request, form, key, 422)


def _upload(request: HttpRequest, form: UploadForm, key: str, status: int = 200) -> HttpResponse:
    scope = _scope(request)
    hint = _("Tệp .xlsx hoặc .csv, nhiều nhất %(size)s và %(rows)s dòng.") % {
        "size": files.limit_words(), "rows": format_number(MAX_ROWS),
    }  # fmt: skip
    context = {"nav": "activities", "form": form, "hint": hint, "submit_key": key, "history": _history(scope)}
    return render(request, "movements/import_upload.html", context, status=status)


def _runs(scope: Scope) -> Any:
    """The imports a person may see: one's own, for the chair's staff everybody's."""
    rows = ImportRun.objects.filter(year=scope.year, kind=intake.KIND).select_related("user", "file")
    return rows if scope.is_chair else rows.filter(user=scope.user.pk)


def _history(scope: Scope) -> list[dict[str, Any]]:
    rows = _runs(scope).order_by("-id")
    if scope.is_chair:  # of others only what was taken over
        rows = rows.filter(Q(user=scope.user.pk) | Q(applied_at__isnull=False))
    found = list(rows[: 2 * HISTORY])
    looked_at = [run.pk for run in found if not run.applied_at][:WAITING]
    return [
        {
            "name": run.name,
            "who": full_name(run.user),
            "when": run.applied_at or run.created_at,
            "done": run.applied_at is not None,
            "counts": summary(run.counts) if run.applied_at else "",
            "url": scope.address("activity_import_run", pk=run.pk) if run.user_id == scope.user.pk else "",
            "file": scope.address("activity_import_file", pk=run.pk),
        }
        for run in found
        if run.applied_at or run.pk in looked_at
    ][:HISTORY]


def _run(request: HttpRequest, pk: int, *, own: bool = True) -> ImportRun:
    """A run that the person may look at, else 404."""
    scope = _scope(request)
    run: ImportRun | None = _runs(scope).filter(pk=min(pk, LARGEST_ID)).first()
    if run is None or (run.user_id != scope.user.pk and (own or not run.applied_at)):
        raise Http404
    return run


@page("activity_view", methods=("GET", "POST"), write_right="activity_add")
@whole_file
def activity_import_run(request: HttpRequest, pk: int) -> HttpResponse:
    """What the file would change, and taking it over; afterwards what was done."""
    scope, run = _scope(request), _run(request, pk)
    if run.applied_at:
        if request.method == "POST":
            messages.info(request, _("Tệp này đã được nhập trước đó: không có gì để ghi thêm."))
            return redirect(request.path)
        context = {"nav": "activities", "run": run, "counts": summary(run.counts), "done": run.counts}
        return render(request, "movements/import_done.html", context)
    if request.method != "POST":
        return _preview(request, run, make_plan(scope, intake.read(run.file), order_of(run)))
    if "confirm" not in request.POST:
        return _choose(request, run)
    return _take_over(request, run)


def _choose(request: HttpRequest, run: ImportRun) -> HttpResponse:
    """Other choices beside the same file."""
    doubles = KEEP if request.POST.get("doubles") == KEEP else SKIP
    run.choices = {"doubles": doubles, "send": "send" in request.POST}
    run.save(update_fields=["choices", "updated_at"])
    return redirect(request.path)


def _take_over(request: HttpRequest, run: ImportRun) -> HttpResponse:
    scope = _scope(request)
    try:
        taken = take_over(scope, run.pk, intake.read(run.file), seen=request.POST.get("seen", ""))
    except PlanChanged as changed:
        error = _("Dữ liệu vừa thay đổi nên kết quả khác với bảng đã xem. Chưa ghi gì: xem lại rồi nhập.")
        return _preview(request, run, changed.plan, error, 409)
    if taken.repeated:
        messages.info(request, _("Tệp này đã được nhập trước đó: không có gì để ghi thêm."))
    else:
        messages.success(
            request,
            _("Đã nhập tệp “%(name)s”: %(counts)s.")
            % {"name": run.name, "counts": summary(taken.run.counts)},
        )
    return redirect(request.path if taken.run.applied_at else scope.address("activity_import"))


def _preview(
    request: HttpRequest, run: ImportRun, plan: Plan, error: str = "", status: int = 200
) -> HttpResponse:
    scope = _scope(request)
    part = shown(plan, request.GET.get("xem", ""), request.GET.get("trang", ""))
    tab = next((one.address for one in part.tabs if one.shown), "")
    same_file = ImportRun.objects.filter(year=scope.year, file=run.file_id, applied_at__isnull=False)
    context = {
        "nav": "activities", "run": run, "plan": plan, "part": part, "error": error, "counts": plan.counts(),
        "faults": len(plan.faults), "touched": bool(plan.touched), "doubles": len(plan.doubles),
        "earlier": same_file.order_by("-id").first(), "may_write": may(scope, "activity_add"),
        "prev": f"?xem={tab}&trang={part.page - 1}" if part.page > 1 else "",
        "next": f"?xem={tab}&trang={part.page + 1}" if part.page < part.pages else "",
        "pager": _("%(first)s–%(last)s trong %(total)s") % {
            "first": format_number(part.first), "last": format_number(part.last), "total": format_number(part.total),
        } if part.pages > 1 else "",
    }  # fmt: skip
    return render(request, "movements/import_preview.html", context, status=status)


@page("activity_add")
def activity_import_template(request: HttpRequest) -> HttpResponse:
    """The workbook to fill in."""
    scope = _scope(request)
    return _download(template_xlsx(scope, choices_of(scope.year)))


@page("activity_view")
@whole_file
def activity_import_errors(request: HttpRequest, pk: int) -> HttpResponse:
    """The person's own rows with what is wrong in them."""
    scope, run = _scope(request), _run(request, pk)
    plan = make_plan(scope, intake.read(run.file), order_of(run))
    if run.applied_at or not plan.rows:
        raise Http404
    try:
        return _download(errors_xlsx(run.file, run.name, plan))
    except files.FileRefused as refusal:
        raise DomainError(refusal.sentence) from refusal


@page("activity_view")
@whole_file
def activity_import_file(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The file as it was uploaded, for its uploader and the chair's staff."""
    run = _run(request, pk, own=False)
    return files.serve(run.file, run.name)


def _download(exporter: WorkbookExporter) -> HttpResponse:
    response: Any = StreamingHttpResponse(exporter.chunks(), content_type=exporter.content_type)
    response["Content-Disposition"] = content_disposition(exporter.filename)
    return response  # type: ignore[no-any-return]
