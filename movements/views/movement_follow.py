"""Following a movement: to whom it was sent, who answered what, who is late; sending it, and sending it again."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy, ngettext

from core.access import may, page
from core.errors import DomainError
from members.lateness import left
from members.scope import Scope
from movements import queries_movements as queries
from movements.domain import notices
from movements.forms.movement_notice import SendForm
from movements.models import Movement
from movements.views.movement_parts import movement_or_404, posted

LOOKS = {
    queries.JOINED: ("ok", "", gettext_lazy("Đã hưởng ứng")),
    queries.DECLINED: ("", "minus", gettext_lazy("Không tham gia")),
    queries.SEEN: ("wait", "", gettext_lazy("Đã xem, chưa trả lời")),
    queries.SENT: ("warn", "", gettext_lazy("Chưa trả lời")),
    queries.NOT_SENT: ("", "circle-dashed", gettext_lazy("Chưa gửi")),
}


@page("movement_follow", methods=("GET", "POST"), write_right="movement_send")
def movement_follow(request: HttpRequest, pk: int) -> HttpResponse:
    """The table of a movement's members; a POST sends it to those chosen, or again to all that have not answered."""
    scope: Scope = request.scope  # type: ignore[attr-defined]
    movement = movement_or_404(scope, pk)
    rows = queries.follow_rows(scope, movement)
    if request.method == "POST" and "again" in request.POST:
        return _again(request, movement, rows)
    form = _send_form(posted(request), movement, rows)
    if request.method != "POST":
        return _show(request, movement, rows, form)
    if not form.is_valid():
        return _show(request, movement, rows, form, status=422)
    given = form.cleaned_data
    try:
        told = notices.send(scope, pk, given["agencies"], answer_by=given["answer_by"])
    except DomainError as error:
        form.show(error.problems)
        return _show(request, movement, rows, form, status=422)
    sentence = ngettext("Đã gửi tới %(count)s đơn vị.", "Đã gửi tới %(count)s đơn vị.", told)
    messages.success(request, sentence % {"count": told})
    return redirect(scope.address("movement_follow", pk=pk))


def _again(request: HttpRequest, movement: Movement, rows: list[queries.FollowRow]) -> HttpResponse:
    scope: Scope = request.scope  # type: ignore[attr-defined]
    open_ = [row.agency_id for row in rows if row.is_open and not row.left]
    try:
        told = notices.send(scope, movement.pk, open_, answer_by=movement.answer_by, again=True)
    except DomainError as error:
        messages.warning(request, error.problems[0].sentence)
    else:
        sentence = ngettext("Đã gửi lại tới %(count)s đơn vị.", "Đã gửi lại tới %(count)s đơn vị.", told)
        messages.success(request, sentence % {"count": told})
    return redirect(scope.address("movement_follow", pk=movement.pk))


def _send_form(data: Any, movement: Movement, rows: list[queries.FollowRow]) -> SendForm:
    choices = [(row.agency_id, row.name) for row in rows if row.state == queries.NOT_SENT and not row.left]
    chosen = [pk for pk, _name in choices]
    return SendForm(data, choices, {"agencies": chosen, "answer_by": movement.answer_by})


def _show(
    request: HttpRequest,
    movement: Movement,
    rows: list[queries.FollowRow],
    form: SendForm,
    status: int = 200,
) -> HttpResponse:
    scope: Scope = request.scope  # type: ignore[attr-defined]
    context = {
        "nav": "movements",
        "movement": movement,
        "rows": [_row(scope, movement, row) for row in rows],
        "counts": counts_of(rows),
        "due": left(movement.answer_by, scope.today) if any(row.is_open for row in rows) else "",
        "form": form,
        "may_send": may(scope, "movement_send", movement),
        "to_choose": form.fields["agencies"].choices,  # type: ignore[attr-defined]
        "open": sum(row.is_open and not row.left for row in rows),
        "back_url": scope.address("movement_detail", pk=movement.pk),
        "list_url": scope.address("movement_list"),
    }
    return render(request, "movements/movement_follow.html", context, status=status)


def _row(scope: Scope, movement: Movement, row: queries.FollowRow) -> dict[str, Any]:
    kind, icon, state = LOOKS[row.state]
    words = str(state)
    if row.late:
        kind, words = "err", left(movement.answer_by, scope.today).capitalize()
    query = f"?phong_trao={movement.pk}&don_vi={row.agency_id}"
    return {
        "row": row,
        "kind": kind,
        "icon": icon,
        "words": words,
        "url": scope.address("agency_detail", pk=row.agency_id),
        "activities_url": scope.address("activity_list") + query if row.activities else "",
    }


def counts_of(rows: list[queries.FollowRow]) -> dict[str, int]:
    """How many members of the year there are, and how many in each state; those that left only where they joined."""
    kept = [row for row in rows if not row.left or row.state == queries.JOINED]
    states = [row.state for row in kept]
    return {
        "of": len(kept),
        "sent": sum(row.sent_at is not None for row in kept),
        "joined": states.count(queries.JOINED),
        "declined": states.count(queries.DECLINED),
        "seen": sum(row.seen_at is not None for row in kept),
        "open": sum(row.is_open for row in kept),
        "late": sum(row.late for row in kept),
    }
