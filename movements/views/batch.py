"""Many activities at once: first how many it will change and which not and why, then all of them together."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.core.exceptions import SuspiciousOperation
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core import submit
from core.access import check, page
from core.errors import DomainError
from members.scope import Scope
from movements.domain import batch
from movements.domain.batch import Line, Work
from movements.domain.saved import ACTIVITIES
from movements.filters import ActivityFilter, cleaned
from movements.ordering import ordered
from movements.queries import LARGEST_ID, ListNames, list_names
from movements.views.activity_list import asked

NAMED = 5  # titles named for each reason


@page("activity_view", methods=("GET", "POST"))
def activity_batch(request: HttpRequest) -> HttpResponse:
    """GET says what the work would change; POST does it. Each action asks for its own right, row by row."""
    scope: Scope = request.scope  # type: ignore[attr-defined]
    data = request.POST if request.method == "POST" else request.GET
    action = data.get("viec", "")
    names = list_names(scope, ACTIVITIES)
    back = scope.address("activity_list") + _query(data.get("loc", ""), names, scope)
    if action and action not in batch.WORDS:
        raise SuspiciousOperation("unknown action")
    if action:
        check(scope, batch.RIGHT[action])
    work = _work(action, data)
    if request.method == "POST" and action:
        return _carry_out(request, scope, names, work, back)
    seen = _versions(data.getlist("chon"))
    chosen = _chosen(scope, data) if action and _is_complete(action, data) else []
    lines = batch.foresee(scope, work, chosen, seen)
    context = _context(scope, names, data, back, work, lines)
    return render(request, "movements/activity_batch.html", context)


def _is_complete(action: str, data: QueryDict) -> bool:
    """Whether it is said into which movement, or which label."""
    field = batch.field_of(action)
    return field in ("", "reason") or bool(data.get(field))


def _query(words: str, names: ListNames, scope: Scope) -> str:
    """The list that was left, as an address that is sure to open."""
    data, _lost = cleaned(words[:4000], names, scope)
    return ActivityFilter(data, names, scope).address()


def _work(action: str, data: QueryDict) -> Work:
    return Work(action, data.get("reason", ""), _id(data.get("movement", "")), _id(data.get("tag", "")))


def _id(words: str) -> int | None:
    number = int(words) if words.isdecimal() and len(words) < 20 else 0
    return number if 0 < number <= LARGEST_ID else None


def _chosen(scope: Scope, data: QueryDict) -> list[int]:
    """The ticked rows; or the first of the whole list, in its order."""
    if data.get("ca_danh_sach"):
        ask = asked(scope, QueryDict(data.get("loc", "")))
        rows = ordered(ask.rows, ask.form.order, ask.choices)
        return list(rows.rows.order_by(*rows.by).values_list("pk", flat=True)[: batch.MOST])
    return list(_versions(data.getlist("chon")))


def _versions(words: Sequence[str]) -> dict[int, int]:
    """``["17:2", "18:1"]`` as ids with the versions the person saw; anything else is passed over."""
    found = {}
    for word in words[: batch.MOST * 2]:
        pk, _colon, version = word.partition(":")
        number = _id(pk)
        if number and version.isdecimal() and len(version) < 10:
            found[number] = int(version)
    return found


def _carry_out(request: HttpRequest, scope: Scope, names: ListNames, work: Work, back: str) -> HttpResponse:
    versions = _versions(request.POST.get("dong", "").split(","))

    def perform() -> str:
        _tell(request, work, batch.carry_out(scope, work, versions))
        return back

    key = request.POST.get(submit.FIELD, "")
    try:
        done = submit.earlier(scope.user.pk, key) or submit.once(scope.user.pk, key, perform)
    except DomainError as error:
        lines = batch.foresee(scope, work, list(versions))
        seen = [Line(line.pk, versions[line.pk], line.title, line.why_not) for line in lines]
        context = _context(scope, names, request.POST, back, work, seen)
        context["error"] = error.problems[0].sentence
        return render(request, "movements/activity_batch.html", context, status=422)
    if not done.first:
        messages.info(request, _("Việc này đã được làm ở lần bấm trước."))
    return HttpResponseRedirect(done.address)


def _tell(request: HttpRequest, work: Work, lines: Sequence[Line]) -> None:
    """What became of it, and what was left with the reason."""
    done, held = batch.counted(lines)
    words = str(batch.WORDS[work.action])
    if done:
        messages.success(
            request, _("%(work)s: đã làm xong %(count)s hoạt động.") % {"work": words, "count": done}
        )
    for why, titles in held.items():
        messages.warning(
            request,
            _("%(count)s hoạt động giữ nguyên: %(why)s.") % {"count": len(titles), "why": why.rstrip(".")},
        )
    if not lines:
        messages.info(request, _("Chưa chọn hoạt động nào."))


def _context(
    scope: Scope, names: ListNames, data: QueryDict, back: str, work: Work, lines: Sequence[Line]
) -> dict[str, Any]:
    done, held = batch.counted(lines)
    ready = [line for line in lines if not line.why_not]
    asks_first = work.action and not _is_complete(work.action, data)
    return {
        "nav": "activities",
        "back": back,
        "loc": data.get("loc", ""),
        "work": work,
        "actions": batch.offered(scope),
        "action_words": str(batch.WORDS[work.action]) if work.action else "",
        "field": batch.field_of(work.action),
        "count": done,
        "chosen": len(lines),
        "caption": ngettext("%(count)s hoạt động sẽ đổi", "%(count)s hoạt động sẽ đổi", done)
        % {"count": done},
        "ready": ready[: 2 * NAMED],
        "more_ready": max(0, done - 2 * NAMED),
        "held": [
            {"why": why, "count": len(titles), "titles": titles[:NAMED], "more": max(0, len(titles) - NAMED)}
            for why, titles in held.items()
        ],
        "held_count": len(lines) - done,
        "rows": ",".join(f"{line.pk}:{line.version}" for line in ready),
        "movements": [(str(pk), words) for pk, words in names.choices.movements.items()],
        "movement": data.get("movement", ""),
        "tag": data.get("tag", ""),
        "tags": [(str(pk), words) for pk, words in names.tags.items()],
        "asks_first": asks_first,
        "ticks": data.getlist("chon"),
        "any_ticked": bool(data.getlist("chon") or data.get("ca_danh_sach") or data.get("dong")),
        "most": batch.MOST,
        "whole": bool(data.get("ca_danh_sach")),
        "submit_key": submit.new_key(),
        "error": "",
    }
