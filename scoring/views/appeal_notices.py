"""What the person's agencies were told about their points: read on a page, marked as seen by a button."""

from __future__ import annotations

from django.core.exceptions import SuspiciousOperation
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from core.access import page
from members.queries import member_rows
from members.scope import Scope
from scoring.notices import mark_seen, notices_of, title_of, told

SHOWN = 200


@page("score_notices_view")
def notices(request: HttpRequest) -> HttpResponse:
    """Newest first; those that nobody of the agency has seen carry a mark and, together, one button."""
    scope: Scope = request.scope  # type: ignore[attr-defined]
    rows = told(scope, notices_of(scope)[:SHOWN])
    several = len(scope.answers_for) > 1
    names = {row.agency_id: row.short_name for row in member_rows(scope.year)} if several else {}
    context = {
        "nav": "scoring",
        "tab": "appeals",
        "rows": [(row, title_of(row.kind), names.get(row.agency_id, "")) for row in rows],
        "newest": max((row.pk for row in rows), default=0),
        "unseen": sum(not row.seen for row in rows),
        "seen_url": scope.address("score_notices_seen"),
    }
    return render(request, "scoring/appeal_notices.html", context)


@page("score_notices_view", methods=("POST",))
def seen(request: HttpRequest) -> HttpResponse:
    """Everything up to the newest notice that the page showed has been read."""
    scope: Scope = request.scope  # type: ignore[attr-defined]
    newest = request.POST.get("newest", "")
    if not (newest.isascii() and newest.isdecimal() and len(newest) < 19):
        raise SuspiciousOperation("newest")
    mark_seen(scope, int(newest))
    return redirect(scope.address("score_notices"))
