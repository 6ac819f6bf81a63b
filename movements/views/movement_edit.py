"""Launching a movement and changing it: the leadership's pages, and a member's for its own ones."""

from __future__ import annotations

import logging
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from core import files, submit
from core.access import check, page
from core.errors import DomainError, Stale
from core.models import StagedUpload
from members.scope import Scope
from movements import queries_movements as queries
from movements.domain.movements import save_movement
from movements.forms.movement import MovementForm, differing
from movements.models import Movement
from movements.views.activity_parts import file_row, ids_of
from movements.views.movement_parts import held_files, movement_or_404, posted

log = logging.getLogger(__name__)


@page("movement_edit", methods=("GET", "POST"))
def movement_add(request: HttpRequest) -> HttpResponse:
    """The leadership launches a movement; a form sent twice leads to the first one."""
    return _add(request, own=False)


@page("movement_own", methods=("GET", "POST"))
def movement_own_add(request: HttpRequest) -> HttpResponse:
    """A member launches a movement for itself."""
    return _add(request, own=True)


@page("movement_edit", methods=("GET", "POST"))
def movement_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Change a movement; of two people the second sees both values and loses nothing."""
    return _edit(request, pk, own=False)


@page("movement_own", methods=("GET", "POST"))
def movement_own_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """The same for a member's own movement."""
    return _edit(request, pk, own=True)


def _add(request: HttpRequest, *, own: bool) -> HttpResponse:
    scope: Scope = request.scope  # type: ignore[attr-defined]
    form = MovementForm(posted(request), scope=scope, own=own)
    if request.method != "POST":
        return _form(request, form)
    if before := submit.earlier(scope.user.pk, form.submit_key):
        return redirect(before.address)
    held = _held(request, scope, form)
    if not form.is_valid():
        return _form(request, form, held=held, status=422)
    draft = form.draft(tuple(row.token for row in held))

    def work() -> str:
        return scope.address("movement_detail", pk=save_movement(scope, draft).pk)

    try:
        outcome = submit.once(scope.user.pk, form.submit_key, work)
    except DomainError as error:
        form.show(error.problems)
        return _form(request, form, held=held, status=422)
    messages.success(request, _("Đã thêm phong trào."))
    return redirect(outcome.address)


def _held(request: HttpRequest, scope: Scope, form: MovementForm) -> list[StagedUpload]:
    held, refusals = held_files(request, scope)
    for sentence in refusals:
        form.add_error("files", sentence)
    return held


def _edit(request: HttpRequest, pk: int, *, own: bool) -> HttpResponse:
    scope: Scope = request.scope  # type: ignore[attr-defined]
    movement = movement_or_404(scope, pk)
    check(scope, "movement_own" if own else "movement_edit", movement)
    form = MovementForm(posted(request), scope=scope, movement=movement, own=own)
    if request.method != "POST":
        return _form(request, form, movement)
    held = _held(request, scope, form)
    if not form.is_valid():
        return _form(request, form, movement, held=held, status=422)
    removed = frozenset(ids_of(request.POST.getlist("remove_file")))
    draft = form.draft(tuple(row.token for row in held), removed)
    try:
        save_movement(scope, draft, pk, version=form.cleaned_data["version"] or 0)
    except DomainError as error:
        form.show(error.problems)
        return _form(request, form, movement, held=held, status=422)
    except Stale:
        return _conflict(request, pk, held, own=own)
    messages.success(request, _("Đã lưu phong trào."))
    return redirect(scope.address("movement_detail", pk=pk))


def _conflict(request: HttpRequest, pk: int, held: list[StagedUpload], *, own: bool) -> HttpResponse:
    """Somebody saved meanwhile: both values side by side; the form keeps mine, on top of theirs."""
    scope: Scope = request.scope  # type: ignore[attr-defined]
    movement = movement_or_404(scope, pk)
    data = request.POST.copy()
    data["version"] = str(movement.version)
    mine, theirs = (MovementForm(given, scope=scope, movement=movement, own=own) for given in (data, None))
    found = differing(mine, theirs)
    return _form(request, mine, movement, held=held, status=409, differences=found, is_conflict=True)


def _form(
    request: HttpRequest,
    form: MovementForm,
    movement: Movement | None = None,
    *,
    held: list[StagedUpload] | None = None,
    status: int = 200,
    **extra: Any,
) -> HttpResponse:
    scope: Scope = request.scope  # type: ignore[attr-defined]
    back = scope.address("movement_detail", pk=movement.pk) if movement else scope.address("movement_list")
    removed = ids_of(request.POST.getlist("remove_file"))
    context = {
        "nav": "movements", "form": form, "movement": movement, "differences": [], "is_conflict": False,
        "back_url": back, "list_url": scope.address("movement_list"),
        "files": [
            {**file_row(row), "id": row.pk, "gone": row.pk in removed}
            for row in (queries.files_of(movement) if movement else [])
        ],
        "held": [{**file_row(row), "token": row.token} for row in held or ()],
        "file_hint": _("%(kinds)s; mỗi tệp không quá %(size)s")
        % {"kinds": files.ALLOWED_WORDS, "size": files.limit_words()},
        **extra,
    }  # fmt: skip
    return render(request, "movements/movement_form.html", context, status=status)


@page("year_view")
def launch_file(request: HttpRequest, pk: int) -> HttpResponseBase:
    """A paper of a launch as a download, open to every insider; one whose bytes are damaged is refused (K13)."""
    found = queries.file_for(request.scope, pk)  # type: ignore[attr-defined]
    if found is None:
        raise Http404
    stored, name = found
    try:
        return files.serve(stored, name)
    except files.FileDamaged:
        log.error("damaged file sha256=%s launch=%s", stored.sha256, pk)
        return render(request, "movements/file_damaged.html", {"name": name}, status=410)
