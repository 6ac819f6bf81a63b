"""What the pages of both files share: the upload form, the runs of a person, downloads."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core import files
from core.exporters import content_disposition
from core.people import full_name
from core.quantity import format_number
from core.workbooks import WorkbookExporter
from members.scope import Scope
from movements.imports.shown import Shown
from movements.models import ImportRun
from movements.queries import LARGEST_ID
from scoring.exchange import intake

HISTORY = 20
WAITING = 3  # previews that were not confirmed, shown again


class UploadForm(forms.Form):
    """The file."""

    file = forms.FileField(
        label=gettext_lazy("Tệp Excel"), required=False, allow_empty_file=True,
        widget=forms.ClearableFileInput(attrs={"accept": intake.ACCEPT}),
    )  # fmt: skip


View = Callable[..., HttpResponseBase]


def whole_file(view: View) -> View:
    """Says so (410) where the bytes of the run are not what was stored."""

    @functools.wraps(view)
    def inner(request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        try:
            return view(request, **kwargs)
        except files.FileDamaged:
            return render(request, "movements/file_damaged.html", {"name": _("tệp đã nhập")}, status=410)

    return inner


def scope_of(request: HttpRequest) -> Scope:
    """The scope of a working page."""
    scope: Scope = request.scope  # type: ignore[attr-defined]
    return scope


def own_run(scope: Scope, pk: int, kind: str, agency_id: int | None = None) -> ImportRun:
    """A run of the person, else 404."""
    rows = _of_kind(scope, kind, agency_id).filter(user=scope.user.pk)
    run: ImportRun | None = rows.filter(pk=min(pk, LARGEST_ID)).first()
    if run is None:
        raise Http404
    return run


def _of_kind(scope: Scope, kind: str, agency_id: int | None) -> QuerySet[ImportRun]:
    rows = ImportRun.objects.filter(year=scope.year, kind=kind).select_related("user", "file")
    return rows if agency_id is None else rows.filter(choices__agency=agency_id)


def history(
    scope: Scope, kind: str, address: Callable[[ImportRun], str], words: Callable[[dict[str, int]], str],
    agency_id: int | None = None,
) -> list[dict[str, Any]]:  # fmt: skip
    """What was imported before: everybody's that was taken over, one's own last previews; one query."""
    found = list(_of_kind(scope, kind, agency_id).order_by("-id")[: 2 * HISTORY])
    waiting = [run.pk for run in found if not run.applied_at and run.user_id == scope.user.pk][:WAITING]
    return [
        {
            "name": run.name, "who": full_name(run.user), "when": run.applied_at or run.created_at,
            "done": run.applied_at is not None, "counts": words(run.counts) if run.applied_at else "",
            "url": address(run) if run.user_id == scope.user.pk else "",
        }
        for run in found
        if run.applied_at or run.pk in waiting
    ][:HISTORY]  # fmt: skip


def pager(part: Shown) -> dict[str, str]:
    """Addresses and words of the pager below a page of rows."""
    tab = next((one.address for one in part.tabs if one.shown), "")
    words = _("%(first)s–%(last)s trong %(total)s") % {
        "first": format_number(part.first), "last": format_number(part.last), "total": format_number(part.total),
    }  # fmt: skip
    return {
        "prev": f"?xem={tab}&trang={part.page - 1}" if part.page > 1 else "",
        "next": f"?xem={tab}&trang={part.page + 1}" if part.page < part.pages else "",
        "pager": words if part.pages > 1 else "",
    }


def download(exporter: WorkbookExporter) -> HttpResponse:
    """A workbook as an answer."""
    response: Any = StreamingHttpResponse(exporter.chunks(), content_type=exporter.content_type)
    response["Content-Disposition"] = content_disposition(exporter.filename)
    return response  # type: ignore[no-any-return]
