"""What is done to one file of the library."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from core import staging
from core.access import check, page
from core.errors import DomainError, Stale
from members.scope import Scope
from movements.domain import library, tags
from movements.forms.library import FileForm, ReplaceForm
from movements.models import Evidence
from movements.views.activity_parts import ids_of
from movements.views.evidence import show_file, visible_or_404
from movements.views.library import attach_or_say


@page("evidence_view", methods=("POST",), write_right="evidence_edit")
def evidence_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Note and labels."""
    scope: Scope = request.scope  # type: ignore[attr-defined]
    row = visible_or_404(request, pk)
    check(scope, "evidence_edit", row)
    held = list(row.tags.values_list("pk", flat=True))
    form = FileForm(request.POST, tags=tags.choices(scope.year, held))
    if not form.is_valid():
        return show_file(request, row, form=form, status=422)
    chosen = [int(one) for one in form.cleaned_data["tags"]]
    try:
        library.edit_file(
            scope, pk, note=form.cleaned_data["note"], tags=chosen, seen=form.cleaned_data["seen"]
        )
    except DomainError as error:
        form.show(error.problems)
        return show_file(request, row, form=form, status=422)
    except Stale:
        return _stale(request, pk, form)
    except Evidence.DoesNotExist as error:
        raise Http404 from error
    messages.success(request, _("Đã lưu ghi chú và nhãn."))
    return redirect(scope.address("evidence_detail", pk=pk))


def _stale(request: HttpRequest, pk: int, form: FileForm) -> HttpResponse:
    """Somebody saved meanwhile: what stands now is above, the form keeps mine and would overwrite it."""
    row = visible_or_404(request, pk)
    posted: Any = form.data
    data = posted.copy()
    data["seen"] = library.seen_mark(row)
    again = FileForm(data, tags=tags.choices(row.year, list(row.tags.values_list("pk", flat=True))))
    return show_file(request, row, form=again, is_stale=True, status=409)


@page("evidence_view", methods=("POST",), write_right="evidence_edit")
def evidence_replace(request: HttpRequest, pk: int) -> HttpResponse:
    """A newer version; the chosen file is kept only when everything is right."""
    scope: Scope = request.scope  # type: ignore[attr-defined]
    row = visible_or_404(request, pk)
    check(scope, "evidence_edit", row)
    form = ReplaceForm(request.POST, request.FILES, auto_id="moi_%s")
    done = staging.stage(scope.user.pk, request.FILES.getlist("file")[:1])  # type: ignore[arg-type]
    for sentence in done.refusals:
        form.add_error("file", sentence)
    if not form.is_valid():
        staging.release(done.staged)
        return show_file(request, row, replace=form, status=422)
    token = done.staged[0].token if done.staged else ""
    given = form.cleaned_data
    try:
        library.replace_file(scope, pk, token, reason=given["reason"], seen=given["seen"])
    except DomainError as error:
        staging.release(done.staged)
        form.show(error.problems)
        return show_file(request, row, replace=form, status=422)
    except Stale:
        staging.release(done.staged)
        messages.warning(request, _("Người khác vừa sửa tệp này. Xem lại rồi thay lần nữa nếu vẫn muốn."))
        return redirect(scope.address("evidence_detail", pk=pk))
    except Evidence.DoesNotExist as error:
        raise Http404 from error
    messages.success(request, _("Đã thay bằng bản mới; bản cũ vẫn được giữ."))
    return redirect(scope.address("evidence_detail", pk=pk))


@page("evidence_view", methods=("POST",), write_right="activity_edit")
def evidence_attach(request: HttpRequest, pk: int) -> HttpResponse:
    """Put the file beside the chosen activities; the verb asks for the right to each."""
    scope: Scope = request.scope  # type: ignore[attr-defined]
    visible_or_404(request, pk)
    attach_or_say(request, [pk], sorted(ids_of(request.POST.getlist("activity"))))
    return redirect(scope.address("evidence_detail", pk=pk))


@page("evidence_view", methods=("POST",), write_right="evidence_edit")
def evidence_remove(request: HttpRequest, pk: int) -> HttpResponse:
    """Out of the library."""
    return _change(
        request, pk, library.remove_file, _("Đã gỡ tệp khỏi kho. Lọc “Đã gỡ khỏi kho” để khôi phục.")
    )


@page("evidence_view", methods=("POST",), write_right="evidence_edit")
def evidence_restore(request: HttpRequest, pk: int) -> HttpResponse:
    """Back into it."""
    return _change(request, pk, library.restore_file, _("Đã khôi phục tệp vào kho."))


def _change(
    request: HttpRequest, pk: int, verb: Callable[[Scope, int], Evidence], words: str
) -> HttpResponse:
    scope: Scope = request.scope  # type: ignore[attr-defined]
    visible_or_404(request, pk, removed=True)
    try:
        verb(scope, pk)
    except Evidence.DoesNotExist as error:
        raise Http404 from error
    except DomainError as error:
        messages.warning(request, error.problems[0].sentence)
    else:
        messages.success(request, words)
    return redirect(scope.address("evidence_detail", pk=pk))
