"""Ticked rows of the grid are sent on: first what it comes to, then, once confirmed, one by one."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _

from core import submit
from core.access import page
from members.scope import Scope
from movements.domain.quick_send import send_rows, to_send
from movements.forms.quick import ids


@page("activity_submit", methods=("GET", "POST"))
def send(request: HttpRequest) -> HttpResponse:
    """GET counts and names what will be sent; POST sends it."""
    scope: Scope = request.scope  # type: ignore[attr-defined]
    if request.method == "POST":
        return _send(request, scope)
    rows = to_send(scope, ids(request.GET.getlist("chon")))
    ready = [row for row in rows if not row.why_not]
    context = {
        "nav": "activities",
        "ready": ready,
        "held": [row for row in rows if row.why_not],
        "count": len(ready),
        "gifts": sum(row.gifts for row in ready),
        "submit_key": submit.new_key(),
    }
    return render(request, "movements/quick_send.html", context)


def _send(request: HttpRequest, scope: Scope) -> HttpResponse:
    versions = {}
    for word in request.POST.getlist("gui"):
        pk, _colon, version = word.partition(":")
        if pk.isdecimal() and version.isdecimal() and len(pk) < 19 and len(version) < 10:
            versions[int(pk)] = int(version)
    sent, held = send_rows(scope, versions)
    if sent:
        messages.success(request, _("Đã gửi %(count)s hoạt động.") % {"count": len(sent)})
    for title, why in held:
        messages.warning(request, _("Chưa gửi “%(title)s”: %(why)s.") % {"title": title, "why": why})
    if not sent and not held:
        messages.info(request, _("Không còn hoạt động nào để gửi: có thể đã được gửi ở lần bấm trước."))
    return HttpResponseRedirect(scope.address("quick"))
