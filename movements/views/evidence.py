"""One file of the library: shown, looked at, downloaded (also its old versions), changed."""

from __future__ import annotations

import logging
from typing import Any

from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _

from core import files, previews
from core.access import check, may, page
from core.models import StoredFile
from members.scope import Scope
from movements.domain import tags
from movements.domain.evidence import evidence_for, library_for
from movements.domain.library import BOUND, seen_mark, served
from movements.forms.library import FileForm, ReplaceForm
from movements.library_rows import (
    editable_activities,
    keeps,
    kind_words,
    library_words,
    looks,
    moment_words,
    serving,
    version_rows,
    version_then,
)
from movements.models import Evidence
from movements.queries import LARGEST_ID, activities_for, choices_of

log = logging.getLogger(__name__)


def visible_or_404(request: HttpRequest, pk: int, *, removed: bool = False) -> Evidence:
    """A file the person may see; with ``removed`` also one that was taken out of the own library."""
    scope: Scope = request.scope  # type: ignore[attr-defined]
    row = evidence_for(scope, pk) if pk <= LARGEST_ID else None
    if row is None and removed and pk <= LARGEST_ID:
        row = library_for(scope, removed=True).filter(pk=pk).select_related("file").first()
    if row is None:
        raise Http404
    check(scope, "evidence_view", row)
    return row


# -- bytes ---------------------------------------------------------------------------------------
@page("evidence_view")
def evidence_file(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The file as a download, whole or in part; one whose bytes are not those that were stored is refused and named in
    the log (K13).
    """
    row = visible_or_404(request, pk, removed=True)
    return served_file(request, row.file, row.name)


@page("evidence_view")
def evidence_version(request: HttpRequest, pk: int, number: int) -> HttpResponseBase:
    """An old version, by the right to the file."""
    row = visible_or_404(request, pk, removed=True)
    old = row.versions.filter(number=min(number, 2**31 - 1)).select_related("file").first()
    if old is None:
        raise Http404
    return served_file(request, old.file, old.name)


def served_file(request: HttpRequest, stored: StoredFile, name: str) -> HttpResponseBase:
    """The download, or the page that says why there is none."""
    try:
        return files.serve(stored, name, request)
    except files.FileDamaged:
        log.error("damaged file sha256=%s", stored.sha256)
        return render(request, "movements/file_damaged.html", {"name": name}, status=410)


@page("evidence_view")
def evidence_preview(request: HttpRequest, pk: int, number: int) -> HttpResponseBase:
    """Page ``number`` drawn as a picture; 404 where there is nothing to see."""
    return _picture(request, pk, number, "page")


@page("evidence_view")
def evidence_small(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The first page or the picture, small, for lists."""
    return _picture(request, pk, 1, "small")


def _picture(request: HttpRequest, pk: int, number: int, size: str) -> HttpResponseBase:
    row = visible_or_404(request, pk, removed=True)
    try:
        drawn = previews.preview(row.file, number, size)
        response = FileResponse(drawn.path.open("rb"), content_type=drawn.content_type)
    except (previews.NoPreview, files.FileDamaged, FileNotFoundError) as error:
        raise Http404 from error
    except previews.Busy:
        return HttpResponse(status=503, headers={"Retry-After": "5"})
    response["Content-Disposition"] = "inline"
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "sandbox"
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    response["Cache-Control"] = "no-store"
    return response


# -- the page ------------------------------------------------------------------------------------
@page("evidence_view")
def evidence_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """A file with its preview, where it serves, its versions, and what may be done with it now."""
    return show_file(request, visible_or_404(request, pk, removed=True))


def show_file(
    request: HttpRequest,
    row: Evidence,
    *,
    form: FileForm | None = None,
    replace: ReplaceForm | None = None,
    is_stale: bool = False,
    status: int = 200,
) -> HttpResponse:
    """The page; forms that were sent show their errors."""
    scope: Scope = request.scope  # type: ignore[attr-defined]
    choices = choices_of(scope.year)
    old = list(row.versions.select_related("file").order_by("number"))
    used = list(served(row).filter(pk__in=activities_for(scope).order_by().values("pk")))
    edits = row.removed_at is None and may(scope, "evidence_edit", row)
    held = list(row.tags.order_by("kind", "order", "id"))
    mark = seen_mark(row)
    first = {"note": row.note, "tags": [str(tag.pk) for tag in held], "seen": mark}
    context = {
        "nav": "activities",
        "row": row,
        "facts": _facts(row, choices),
        "look": _look(request, row),
        "note": row.note,
        "tags": [str(tag) for tag in held],
        "serves": [serving(scope, one, version_then(one, row, old)) for one in used],
        "versions": version_rows(scope, row, old),
        "edits": edits,
        "restores": row.removed_at is not None and may(scope, "evidence_edit", row),
        "is_bound": any(one.state in BOUND for one in used),
        "form": form or (FileForm(initial=first, tags=_offered(scope, held)) if edits else None),
        "replace": replace or (ReplaceForm(initial={"seen": mark}, auto_id="moi_%s") if edits else None),
        "activities": _others(scope, row, used),
        "is_stale": is_stale,
        "library_url": scope.address("library"),
        "urls": {
            name: scope.address(f"evidence_{name}", pk=row.pk)
            for name in ("file", "edit", "replace", "attach", "remove", "restore")
        },
    }  # fmt: skip
    return render(request, "movements/evidence_detail.html", context, status=status)


def _offered(scope: Scope, held: list[Any]) -> list[Any]:
    return tags.choices(scope.year, [tag.pk for tag in held])


def _others(scope: Scope, row: Evidence, used: list[Any]) -> list[Any]:
    """Activities the file may be put beside now."""
    if row.removed_at is not None:
        return []
    own = keeps(scope, row)
    standing = {one.pk for one in used}
    return [
        one
        for one in editable_activities(scope)
        if one.pk not in standing and (own or one.agency_id == row.agency_id)
    ]


def _facts(row: Evidence, choices: Any) -> list[dict[str, str]]:
    stored = row.file
    facts = [
        (_("Kho của"), library_words(row.agency_id, choices)),
        (_("Loại"), kind_words(stored)),
        (_("Dung lượng"), files.size_words(stored.size)),
        (_("Đưa vào kho"), moment_words(row.created_at)),
        (_("Quét vi-rút"), str(stored.get_scan_display())),
        (_("Mã SHA-256"), stored.sha256[:16] + "…"),
    ]
    return [{"label": label, "value": value} for label, value in facts]


def _look(request: HttpRequest, row: Evidence) -> dict[str, Any]:
    """What is drawn of the file: a page of it with its neighbours, or why there is nothing to see."""
    scope: Scope = request.scope  # type: ignore[attr-defined]
    if row.file.scan == "waiting":
        return {"why": _("Tệp đang chờ quét vi-rút: chưa ai mở được.")}
    if not looks(row.file):
        return {"why": _("Loại tệp này không xem trước được. Hãy tải về để xem.")}
    asked = request.GET.get("trang", "1")
    number = int(asked) if asked.isdecimal() and len(asked) < 4 else 1
    try:
        drawn = previews.preview(row.file, number)
    except previews.NoPreview:
        return {"why": _("Không xem trước được: tệp có mật khẩu, bị hỏng hoặc quá lớn. Vẫn tải về được.")}
    except files.FileDamaged:
        return {"why": _("Tệp trên máy chủ không còn nguyên vẹn.")}
    except previews.Busy:
        return {"why": _("Máy chủ đang vẽ nhiều trang khác. Tải lại trang này sau ít giây.")}
    last = min(drawn.pages, previews.MOST_PAGES)
    return {
        "url": scope.address("evidence_preview", pk=row.pk, number=number),
        "number": number,
        "pages": drawn.pages,
        "prev": f"?trang={number - 1}#xem" if number > 1 else "",
        "next": f"?trang={number + 1}#xem" if number < last else "",
        "most": previews.MOST_PAGES if drawn.pages > previews.MOST_PAGES else 0,
    }
