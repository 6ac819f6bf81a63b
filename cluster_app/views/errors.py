"""Pages for refusals and faults; each says what happened and the way on."""

from __future__ import annotations

import sys

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from core.accounts import seconds_to_wait, wait_sentence
from core.errors import Refused
from core.http import is_full, is_outage, no_room, unavailable

LONGEST_TYPED = 20_000
LIMITED = {"invitation": "invitation", "account_login": "login", "account_change_password": "change_password"}


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """The request could not be read."""
    return render(request, "400.html", status=400)


def refused(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Says who may and when; a refusal that is not ours may be worded for programmers and is not shown.

    What was typed into a form whose step closed, or whose right ended meanwhile, stands below to be copied.
    """
    ours = str(exception) if isinstance(exception, Refused) else ""
    request.refusal = ours  # type: ignore[attr-defined] # for the audit of refused writes
    context = {
        "sentence": ours or _("Bạn không có quyền làm việc này."),
        "typed": typed_words(request, exception),
    }
    return render(request, "403.html", context, status=403)


def typed_words(request: HttpRequest, exception: Exception) -> str:
    """What a person typed into the refused form, a line each: texts and figures, not the choices, no secrets."""
    if request.method != "POST" or not isinstance(exception, Refused):
        return ""
    lines = [
        value.strip()
        for name, values in request.POST.lists()
        if not name.startswith("csrf") and "password" not in name
        for value in values
        if any(sign in value.strip() for sign in " ,.") or not value.isascii()
    ]
    return "\n".join(lines)[:LONGEST_TYPED]


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """The same page for a missing thing and for one that is not the visitor's to see."""
    return render(request, "404.html", status=404)


def too_many(request: HttpRequest) -> HttpResponse:
    """Too many requests of one kind: how long to wait."""
    name = request.resolver_match.url_name if request.resolver_match else None
    seconds = seconds_to_wait(request, LIMITED.get(name or "", ""))
    response = render(request, "429.html", {"wait": wait_sentence(seconds)}, status=429)
    response["Retry-After"] = str(seconds)
    return response


def broken(request: HttpRequest) -> HttpResponse:
    """A fault of ours, or a database that is away or a disk that is full before a view was reached; drawn without
    request and query.
    """
    error = sys.exc_info()[1]
    if error is not None and is_full(error):
        return no_room(request, error)
    if error is not None and is_outage(error):
        return unavailable(request, error)
    return HttpResponse(render_to_string("500.html"), status=500)
