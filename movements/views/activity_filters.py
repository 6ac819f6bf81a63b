"""Kept lists of activities: saved under a name, renamed, opened with the page, forgotten; everybody's own."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import SuspiciousOperation
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _

from core import submit
from core.access import page
from core.errors import DomainError
from members.scope import Scope
from movements.domain import saved
from movements.domain.saved import ACTIVITIES
from movements.filters import ActivityFilter, UnknownChoice, cleaned
from movements.models import SavedFilter
from movements.queries import ListNames, list_names
from movements.views.activity_list import KEPT


@page("activity_view", methods=("GET", "POST"))
def activity_filters(request: HttpRequest) -> HttpResponse:
    """The person's own kept lists; POST keeps the list that ``loc`` asks for."""
    scope: Scope = request.scope  # type: ignore[attr-defined]
    if request.method != "POST":
        return _shown(request, list_names(scope, ACTIVITIES), query=request.GET.get("loc", ""))
    names = list_names(scope, ACTIVITIES)
    data, _lost = cleaned(request.POST.get("loc", "")[: saved.LONGEST_QUERY * 2], names, scope)
    query = ActivityFilter(data, names, scope).address().removeprefix("?")
    name, first = request.POST.get("name", ""), bool(request.POST.get("is_first"))

    def work() -> str:
        row = saved.save_filter(scope, ACTIVITIES, name, query, is_first=first)
        return f"{scope.address('activity_list')}?{KEPT}={row.pk}"

    key = request.POST.get(submit.FIELD, "")
    try:
        done = submit.earlier(scope.user.pk, key) or submit.once(scope.user.pk, key, work)
    except DomainError as error:
        return _shown(
            request, names, status=422, query=query, name=name, is_first=first,
            error=error.problems[0].sentence,
        )  # fmt: skip
    messages.success(request, _("Đã lưu bộ lọc “%(name)s”.") % {"name": " ".join(name.split())})
    return HttpResponseRedirect(done.address)


@page("activity_view", methods=("POST",))
def activity_filter(request: HttpRequest, pk: int) -> HttpResponse:
    """Rename a kept list, have it open with the page, or forget it."""
    scope: Scope = request.scope  # type: ignore[attr-defined]
    action = request.POST.get("action", "")
    if action not in ("change", "delete"):
        raise SuspiciousOperation("unknown action")
    name = request.POST.get("name", "")
    try:
        if action == "delete":
            gone = saved.delete_filter(scope, ACTIVITIES, pk)
            messages.success(request, _("Đã xóa bộ lọc “%(name)s”.") % {"name": gone})
        else:
            first = bool(request.POST.get("is_first"))
            row = saved.change_filter(scope, ACTIVITIES, pk, name, is_first=first)
            messages.success(request, _("Đã lưu bộ lọc “%(name)s”.") % {"name": row.name})
    except SavedFilter.DoesNotExist as error:
        raise Http404 from error
    except DomainError as error:
        wrong = {pk: {"name": name, "error": error.problems[0].sentence}}
        return _shown(request, list_names(scope, ACTIVITIES), status=422, wrong=wrong)
    return HttpResponseRedirect(scope.address("activity_filters"))


def _shown(
    request: HttpRequest, names: ListNames, *, status: int = 200, query: str = "", **more: Any
) -> HttpResponse:
    scope: Scope = request.scope  # type: ignore[attr-defined]
    wrong = more.pop("wrong", {})
    rows = [
        {
            "pk": one.pk, "name": wrong.get(one.pk, {}).get("name", one.name), "is_first": one.is_first,
            "words": _words(one.query, names, scope), "error": wrong.get(one.pk, {}).get("error", ""),
            "url": f"{scope.address('activity_list')}?{KEPT}={one.pk}",
            "change_url": scope.address("activity_filter", pk=one.pk),
        }
        for one in names.saved
    ]  # fmt: skip
    context = {
        "nav": "activities", "rows": rows, "asks": query, "words": _words(query, names, scope),
        "submit_key": submit.new_key(), "most": saved.MOST, "name": "", "is_first": False, "error": "", **more,
    }  # fmt: skip
    return render(request, "movements/activity_filters.html", context, status=status)


def _words(query: str, names: ListNames, scope: Scope) -> str:
    """What a kept list asks for, in words."""
    data, lost = cleaned(query, names, scope)
    form = ActivityFilter(data, names, scope)
    try:
        parts = [chip.text for chip in form.chips()]
    except UnknownChoice:  # pragma: no cover - what is not offered has just been taken out
        parts = []
    parts += [_("%(label)s: giá trị đã lưu không còn") % {"label": label} for label in lost]
    return " · ".join(parts) or _("Mọi hoạt động")
