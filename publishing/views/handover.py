"""Handing the chair over: what passes on, the marks of both sides, notes, signatures, the paper."""

from __future__ import annotations

import logging
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from core import files
from core.access import check, may, page
from core.errors import DomainError, Stale
from core.exporters import content_disposition
from members.scope import Scope
from publishing.domain import handover as verbs
from publishing.domain.canonical import parse
from publishing.domain.changeover import Change, History, Seat, history_of
from publishing.domain.handover import Standing
from publishing.enums import Side
from publishing.forms import HandoverForm
from publishing.render.handover_docx import handover_docx
from publishing.tables import handover_groups, handover_sides

log = logging.getLogger(__name__)


@page("handover_view", methods=("GET", "POST"), write_right="handover_sign")
def handover(request: HttpRequest) -> HttpResponse:
    """Everything that passes from the old chair to the new one; each side marks, notes and signs for itself."""
    scope: Scope = request.scope  # type: ignore[attr-defined]
    history, change = _asked_for(request, scope)
    if change is None:
        return _nothing(request, scope, history)
    check(scope, "handover_view", change)
    standing = verbs.standing_of(scope.year, history, change, scope.today)
    if request.method == "POST":
        return _act(request, history, standing)
    return _show(request, history, standing, _seat(request, scope, change))


def _asked_for(request: HttpRequest, scope: Scope) -> tuple[History, Change | None]:
    """The change of this year that the address names (``?ngay=2021-01-05``), else the newest."""
    history, asked = history_of(scope.year.cluster_id), request.GET.get("ngay", "")
    if not asked:
        return history, verbs.pick(history, scope.year)
    try:
        change = verbs.pick(history, scope.year, date.fromisoformat(asked))
    except ValueError as error:
        raise Http404 from error
    if change is None:
        raise Http404
    return history, change


def _seat(request: HttpRequest, scope: Scope, change: Change) -> Seat | None:
    """The side the person acts for: the one asked for, else the first that is theirs; None for who only reads."""
    own = [seat for seat in (Seat(change, side) for side in Side) if may(scope, "handover_sign", seat)]
    asked = request.GET.get("ben", "")
    return next((seat for seat in own if seat.side == asked), own[0] if own else None)


def _act(request: HttpRequest, history: History, standing: Standing) -> HttpResponse:
    scope: Scope = request.scope  # type: ignore[attr-defined]
    form = HandoverForm(request.POST)
    if not form.is_valid():
        return _show(request, history, standing, _seat(request, scope, standing.change), form, status=422)
    sent = form.cleaned_data
    seat = Seat(standing.change, Side(sent["ben"]))
    try:
        said = _do(scope, seat, standing, sent)
    except Stale as stale:
        return _note_changed(request, history, seat, form, str(stale.current))
    except DomainError as error:
        now = verbs.standing_of(scope.year, history, standing.change, scope.today)
        for problem in error.problems:
            form.add_error("note" if problem.field == "note" else None, problem.sentence)
        return _show(request, history, now, seat, form, status=422)
    messages.success(request, said)
    return redirect(_address(scope, standing.change, seat.side))


def _do(scope: Scope, seat: Seat, standing: Standing, sent: dict[str, Any]) -> str:
    """The verb the button names; returns the sentence that says what happened."""
    if sent["viec"] == "rut":
        verbs.take_back(scope, seat)
        return _("Đã rút chữ ký.")
    if sent["viec"] == "ky":
        if not standing.holds(seat.side) and _is_unsaved(standing, seat.side, sent):
            raise DomainError(_("Lưu đánh dấu và ghi chú trước, rồi ký."))
        done = verbs.sign(scope, seat, sent["expected"], handover_docx)
        if done.frozen:
            return _("Hai bên đã ký. Biên bản bàn giao đã được chốt.")
        return _("Đã ký. Biên bản được chốt khi bên kia cũng ký.")
    verbs.save_marks(scope, seat, sent["muc"], sent["note"], sent["note_seen"], sent["hien"].split())
    return _("Đã lưu đánh dấu.")


def _is_unsaved(standing: Standing, side: Side, sent: dict[str, Any]) -> bool:
    stored = {part.key: part.mark for part in standing.parts if standing.is_ticked(side, part)}
    return bool(sent["muc"] != stored or sent["note"] != standing.note(side))


def _note_changed(
    request: HttpRequest, history: History, seat: Seat, form: HandoverForm, theirs: str
) -> HttpResponse:
    """A colleague changed the note meanwhile: both values; the form now stands on the new one."""
    scope: Scope = request.scope  # type: ignore[attr-defined]
    now = verbs.standing_of(scope.year, history, seat.change, scope.today)
    rows = [{"field": str(form.fields["note"].label), "mine": form.cleaned_data["note"], "theirs": theirs}]
    return _show(request, history, now, seat, form, rows=rows, status=409)


def _show(
    request: HttpRequest,
    history: History,
    standing: Standing,
    seat: Seat | None,
    form: HandoverForm | None = None,
    *,
    rows: list[dict[str, str]] | None = None,
    status: int = 200,
) -> HttpResponse:
    scope: Scope = request.scope  # type: ignore[attr-defined]
    side = seat.side if seat else None
    hidden = {
        "ben": side or "",
        "hien": " ".join(part.key for part in standing.parts),
        "note_seen": standing.note(side) if side else "",
        "expected": standing.mark,
    }
    typed = request.POST.getlist("muc") if form is not None else None
    if form is None:
        form = HandoverForm(initial={**hidden, "note": hidden["note_seen"]})
    else:  # the next press is for what is shown now
        form.data = {**request.POST.dict(), **hidden}
    change = standing.change
    own = [one for one in Side if may(scope, "handover_sign", Seat(change, one))]
    context = {
        "nav": "home",
        "form": form,
        "rows": rows or [],
        "standing": standing,
        "moment": verbs.day_words(change),
        "begun": change.effective_on <= scope.today,
        "sides": handover_sides(standing, own),
        "groups": handover_groups(standing, side, scope, typed),
        "side": side,
        "left": standing.left(side) if side else [],
        "signed": bool(side and standing.signed_at(side)),
        "holds": bool(side and standing.holds(side)),
        "waits": str(side.other.label) if side else "",
        "switch_url": _address(scope, change, side.other) if side and len(own) > 1 else "",
        "action": _address(scope, change, side) if side else "",
        "paper_url": f"{scope.address('handover_docx')}?{_query(change)}",
        "others": _others(scope, history, change),
    }
    return render(request, "publishing/handover.html", context, status=status)


def _query(change: Change, side: str = "") -> str:
    return urlencode({"ngay": change.effective_on.isoformat(), **({"ben": side} if side else {})})


def _address(scope: Scope, change: Change, side: str) -> str:
    return f"{scope.address('handover')}?{_query(change, side)}"


def _others(scope: Scope, history: History, change: Change) -> list[dict[str, Any]]:
    """Other changes of chair that hand over this year."""
    return [
        {"day": other.effective_on, "url": f"{scope.address('handover')}?{_query(other)}"}
        for other in history.of_year(scope.year.pk)
        if other != change
    ]


def _nothing(request: HttpRequest, scope: Scope, history: History) -> HttpResponse:
    """No change of chair hands this year over yet; the cluster's last one is named."""
    last = history.last(scope.today)
    context: dict[str, Any] = {"nav": "home", "standing": None, "last": None}
    if last is not None:
        change, year = last
        where = {"cluster": scope.cluster.slug, "label": year.label}
        context["last"] = {
            "label": year.label,
            "day": change.effective_on,
            "giver": history.names.get(change.from_agency_id, ("", ""))[1],
            "receiver": history.names.get(change.to_agency_id, ("", ""))[1],
            "url": f"{reverse('handover', kwargs=where)}?{_query(change)}",
        }
    return render(request, "publishing/handover.html", context)


@page("handover_view")
def handover_paper(request: HttpRequest) -> HttpResponseBase:
    """The record as DOCX: the frozen file when both have signed, else a draft of now that says so on every page."""
    scope: Scope = request.scope  # type: ignore[attr-defined]
    history, change = _asked_for(request, scope)
    if change is None:
        raise Http404
    check(scope, "handover_view", change)
    standing = verbs.standing_of(scope.year, history, change, scope.today)
    name = f"bien-ban-ban-giao-{scope.year.label}"
    row = standing.row
    if row is None or row.paper is None:
        return _download(handover_docx(verbs.draft(standing)), f"{name}-du-thao.docx")
    try:
        return files.serve(row.paper, f"{name}.docx")
    except files.FileDamaged:  # the frozen data is whole: it gives the paper again
        log.error("damaged file sha256=%s handover=%s", row.paper.sha256, row.pk)
        return _download(handover_docx(parse(row.content), row.sha256), f"{name}.docx")


def _download(content: bytes, name: str) -> HttpResponse:
    response = HttpResponse(content, content_type=files.DOCX.content_type)
    response["Content-Disposition"] = content_disposition(name)
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "sandbox"
    response["Cache-Control"] = "no-store"
    return response
