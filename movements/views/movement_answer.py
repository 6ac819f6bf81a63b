"""What a member answers to a movement: joins, declines, has seen it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from core.access import check, page
from core.errors import DomainError, Stale
from members.lateness import left
from members.scope import Scope
from movements.domain import notices
from movements.forms.movement import differing
from movements.forms.movement_notice import AnswerForm
from movements.models import Movement, MovementNotice, Participation
from movements.views.movement_parts import movement_or_404, own_agency, posted


@page("movement_join", methods=("POST",))
def movement_join(request: HttpRequest, pk: int) -> HttpResponse:
    """The person's agency joins by one click, or with ``leave`` takes its answer back."""
    scope: Scope = request.scope  # type: ignore[attr-defined]
    movement = movement_or_404(scope, pk)
    agency_id = own_agency(request, scope)
    joins = "leave" not in request.POST
    try:
        if notices.set_participation(scope, movement.pk, agency_id, joins=joins):
            done = _("Đã ghi đơn vị hưởng ứng phong trào.") if joins else _("Đã bỏ ghi hưởng ứng.")
            messages.success(request, done)
    except DomainError as error:
        messages.warning(request, error.problems[0].sentence)
    return redirect(scope.address("movement_detail", pk=pk))


@page("movement_join", methods=("POST",))
def movement_seen(request: HttpRequest, pk: int) -> HttpResponse:
    """Somebody of the agency says to have seen the movement that was sent."""
    scope: Scope = request.scope  # type: ignore[attr-defined]
    movement = movement_or_404(scope, pk)
    if notices.mark_seen(scope, movement.pk, own_agency(request, scope)):
        messages.success(request, _("Đã ghi là đơn vị đã xem. Câu trả lời vẫn chờ đơn vị bạn."))
    return redirect(scope.address("movement_detail", pk=pk))


@page("movement_join", methods=("GET", "POST"))
def movement_answer(request: HttpRequest, pk: int) -> HttpResponse:
    """The answer of an agency with its own words and plan; of two colleagues the second sees both."""
    scope: Scope = request.scope  # type: ignore[attr-defined]
    movement = movement_or_404(scope, pk)
    agency_id = own_agency(request, scope)
    check(scope, "movement_join", Participation(movement=movement, agency_id=agency_id))
    notice = MovementNotice.objects.filter(movement=movement, agency=agency_id).first()
    standing = notices.words_of(
        Participation.objects.filter(movement=movement, agency=agency_id).first(), notice
    )
    form = AnswerForm(posted(request), standing, may_decline=notice is not None)
    if request.method != "POST":
        return _show(request, movement, agency_id, notice, form)
    if not form.is_valid():
        return _show(request, movement, agency_id, notice, form, status=422)
    try:
        notices.answer(scope, pk, agency_id, form.given(), mark=form.cleaned_data["mark"])
    except DomainError as error:
        form.show(error.problems)
        return _show(request, movement, agency_id, notice, form, status=422)
    except Stale as stale:
        return _conflict(request, movement, agency_id, notice, stale.current)
    messages.success(request, _("Đã ghi câu trả lời của đơn vị."))
    return redirect(scope.address("movement_detail", pk=pk))


def _conflict(
    request: HttpRequest, movement: Movement, agency_id: int, notice: MovementNotice | None, standing: Any
) -> HttpResponse:
    """A colleague answered meanwhile: both answers side by side; the form keeps mine."""
    data = request.POST.copy()
    data["mark"] = notices.mark_of(standing)
    mine, theirs = (AnswerForm(given, standing, may_decline=notice is not None) for given in (data, None))
    rows = differing(mine, theirs)
    return _show(request, movement, agency_id, notice, mine, status=409, differences=rows, is_conflict=True)


def _show(
    request: HttpRequest,
    movement: Movement,
    agency_id: int,
    notice: MovementNotice | None,
    form: AnswerForm,
    *,
    status: int = 200,
    **extra: Any,
) -> HttpResponse:
    scope: Scope = request.scope  # type: ignore[attr-defined]
    names = {hat.agency_id: hat.agency_name for hat in scope.staff_hats}
    context = {
        "nav": "movements",
        "movement": movement,
        "notice": notice,
        "agency": agency_id,
        "agency_name": names.get(agency_id, ""),
        "form": form,
        "due": left(movement.answer_by, scope.today),
        "back_url": scope.address("movement_detail", pk=movement.pk),
        "list_url": scope.address("movement_list"),
        "differences": [],
        "is_conflict": False,
        **extra,
    }
    return render(request, "movements/movement_answer.html", context, status=status)
