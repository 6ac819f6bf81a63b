"""Movements of a year: list, one, launching and changing it, joining it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from core import submit
from core.access import page
from core.errors import DomainError, Stale
from core.paging import keyset_page, with_number
from members import phases
from members.scope import Scope
from movements import queries
from movements.domain.movements import save_movement, set_participation
from movements.forms.movement import MovementForm, differing
from movements.models import Movement
from movements.tables import activity_rows, sums_of
from movements.words import period_words

ACTIVITIES_SHOWN = 20


@page("year_view")
def movement_list(request: HttpRequest) -> HttpResponse:
    """The movements of the year with who joined and what was done."""
    scope: Scope = request.scope  # type: ignore[attr-defined]
    context = {
        "nav": "movements",
        "rows": [
            (
                row,
                period_words(row.starts_on, row.ends_on),
                scope.address("movement_detail", pk=row.pk),
                f"{scope.address('activity_list')}?phong_trao={row.pk}",
            )
            for row in queries.movement_rows(scope)
        ],
        "add_url": scope.address("movement_add"),
        "year_words": _year_words(scope),
        "joined_words": _("Đơn vị bạn đã hưởng ứng"),
    }
    return render(request, "movements/movement_list.html", context)


def _year_words(scope: Scope) -> str:
    return _("Cả năm %(label)s") % {"label": scope.year.label}


@page("year_view")
def movement_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One movement: its papers, who joined, its activities and what they come to."""
    scope: Scope = request.scope  # type: ignore[attr-defined]
    movement = _movement(scope, pk)
    choices = queries.choices_of(scope.year)
    joined = queries.participants(scope, movement)
    seen = queries.activities_for(scope).filter(movement=movement)
    found = keyset_page(with_number(queries.for_list(seen)), ["sorted_on", "id"], size=ACTIVITIES_SHOWN)
    gifts, totals = queries.gifts_and_totals(seen, found.rows, found.number)
    context = {
        "nav": "movements",
        "movement": movement,
        "facts": _facts(scope, movement),
        "directives": queries.directives_of(movement),
        "participants": [
            {
                "name": row.name,
                "own": row.own,
                "joined_on": row.joined_on,
                "url": scope.address("agency_detail", pk=row.agency_id),
            }
            for row in joined
        ],
        "mine": _own(scope, joined, choices),
        "rows": activity_rows(scope, found.rows, gifts, replace(choices, movements={})),
        "sums": sums_of(totals),
        "files": None,
        "number": found.number,
        "list_url": scope.address("movement_list"),
        "edit_url": scope.address("movement_edit", pk=pk),
        "join_url": scope.address("movement_join", pk=pk),
        "more_url": f"{scope.address('activity_list')}?phong_trao={movement.pk}" if found.after else "",
    }
    return render(request, "movements/movement_detail.html", context)


def _facts(scope: Scope, movement: Movement) -> list[dict[str, str]]:
    period = period_words(movement.starts_on, movement.ends_on) or _year_words(scope)
    facts = [
        (_("Khẩu hiệu"), movement.slogan),
        (_("Cấp phát động"), movement.get_level_display()),
        (_("Nơi phát động"), movement.launched_by),
        (_("Loại"), movement.get_kind_display()),
        (_("Thời gian"), period),
        (_("Số văn bản phát động"), movement.decision_number),
    ]
    return [{"label": label, "value": value} for label, value in facts if value]


def _own(
    scope: Scope, joined: list[queries.ParticipantRow], choices: queries.Choices
) -> list[dict[str, Any]]:
    """The person's own agencies that may join or leave now, each with whether it joined; charter order."""
    inside = {row.agency_id for row in joined}
    return [
        {"pk": pk, "name": name, "joined": pk in inside}
        for pk, (_full, name) in choices.agencies.items()
        if pk in scope.agency_ids and scope.opens_for(phases.MOVEMENTS, pk)
    ]


@page("movement_edit", methods=("GET", "POST"))
def movement_add(request: HttpRequest) -> HttpResponse:
    """Launch a movement; a form sent twice leads to the first one."""
    scope: Scope = request.scope  # type: ignore[attr-defined]
    form = MovementForm(_posted(request), scope=scope)
    if request.method != "POST":
        return _form(request, form)
    if before := submit.earlier(scope.user.pk, form.submit_key):
        return redirect(before.address)
    if not form.is_valid():
        return _form(request, form, status=422)
    try:
        outcome = submit.once(scope.user.pk, form.submit_key, lambda: _saved(scope, form))
    except DomainError as error:
        form.show(error.problems)
        return _form(request, form, status=422)
    messages.success(request, _("Đã thêm phong trào."))
    return redirect(outcome.address)


def _posted(request: HttpRequest) -> Any:
    return request.POST if request.method == "POST" else None


def _saved(scope: Scope, form: MovementForm) -> str:
    return scope.address("movement_detail", pk=save_movement(scope, form.draft()).pk)


@page("movement_edit", methods=("GET", "POST"))
def movement_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Change a movement; of two people the second sees both values and loses nothing."""
    scope: Scope = request.scope  # type: ignore[attr-defined]
    movement = _movement(scope, pk)
    form = MovementForm(_posted(request), scope=scope, movement=movement)
    if request.method != "POST":
        return _form(request, form, movement)
    if not form.is_valid():
        return _form(request, form, movement, status=422)
    try:
        save_movement(scope, form.draft(), pk, version=form.cleaned_data["version"] or 0)
    except DomainError as error:
        form.show(error.problems)
        return _form(request, form, movement, status=422)
    except Stale:
        return _conflict(request, pk)
    messages.success(request, _("Đã lưu phong trào."))
    return redirect(scope.address("movement_detail", pk=pk))


def _conflict(request: HttpRequest, pk: int) -> HttpResponse:
    """Somebody saved meanwhile: both values side by side; the form keeps mine, on top of theirs."""
    scope: Scope = request.scope  # type: ignore[attr-defined]
    movement = _movement(scope, pk)
    data = request.POST.copy()
    data["version"] = str(movement.version)
    mine, theirs = (MovementForm(given, scope=scope, movement=movement) for given in (data, None))
    return _form(request, mine, movement, status=409, differences=differing(mine, theirs))


@page("movement_join", methods=("POST",))
def movement_join(request: HttpRequest, pk: int) -> HttpResponse:
    """The person's agency joins, or with ``leave`` leaves."""
    scope: Scope = request.scope  # type: ignore[attr-defined]
    movement = _movement(scope, pk)
    agency = request.POST.get("agency", "")
    if not (agency.isascii() and agency.isdigit() and int(agency) in scope.agency_ids):
        raise Http404
    joins = "leave" not in request.POST
    if set_participation(scope, movement.pk, int(agency), joins=joins):
        done = _("Đã ghi đơn vị hưởng ứng phong trào.") if joins else _("Đã bỏ ghi hưởng ứng.")
        messages.success(request, done)
    return redirect(scope.address("movement_detail", pk=pk))


def _movement(scope: Scope, pk: int) -> Movement:
    movement = queries.movement_for(scope, pk)
    if movement is None:
        raise Http404
    return movement


def _form(
    request: HttpRequest,
    form: MovementForm,
    movement: Movement | None = None,
    status: int = 200,
    **extra: Any,
) -> HttpResponse:
    scope: Scope = request.scope  # type: ignore[attr-defined]
    back = scope.address("movement_detail", pk=movement.pk) if movement else scope.address("movement_list")
    context = {
        "nav": "movements", "form": form, "movement": movement, "differences": [], "back_url": back,
        "list_url": scope.address("movement_list"), **extra,
    }  # fmt: skip
    return render(request, "movements/movement_form.html", context, status=status)
