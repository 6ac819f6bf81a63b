"""The list of activities with its filter, its totals, and the same as a file."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core import search
from core.access import page
from core.exporters import content_disposition
from core.paging import COUNT_CAP, BadCursor, Page, keyset_page, with_number
from core.quantity import format_number
from members.scope import Scope
from movements.exports import activity_csv
from movements.filters import ActivityFilter, UnknownChoice
from movements.models import Activity
from movements.queries import Choices, activities_for, choices_of, for_list, gifts_and_totals
from movements.tables import activity_rows, sums_of

AFTER, BEFORE = "sau", "truoc"


@dataclass(frozen=True, slots=True)
class Asked:
    """What an address asks for: the filter, the years' names, and the rows that fit."""

    form: ActivityFilter
    choices: Choices
    rows: QuerySet[Activity]


def _asked(request: HttpRequest) -> Asked:
    scope: Scope = request.scope  # type: ignore[attr-defined]
    choices = choices_of(scope.year)
    form = ActivityFilter(request.GET, choices, scope.cluster.kind_inside)
    try:
        return Asked(form, choices, form.apply(activities_for(scope)))
    except UnknownChoice as error:
        raise Http404 from error


@page("activity_view")
def activity_list(request: HttpRequest) -> HttpResponse:
    """Fifty activities, newest first (exact accents before others in a search), and the totals of all that fit."""
    scope: Scope = request.scope  # type: ignore[attr-defined]
    asked = _asked(request)
    query = asked.form.given("q")
    try:
        found = _page(asked.rows, query, request.GET.get(AFTER, ""), request.GET.get(BEFORE, ""))
    except BadCursor as error:
        raise Http404 from error
    gifts, totals = gifts_and_totals(asked.rows, found.rows, found.number)
    rows = activity_rows(scope, found.rows, gifts, asked.choices, query)
    whole = not found.after and not found.before
    context = {
        "nav": "activities",
        "form": asked.form,
        "query": query,
        "rows": rows,
        "sums": sums_of(totals),
        "files": sum(row.files for row in rows) if whole else None,
        "caption": _caption(found.number, query),
        "gifts_caption": _gifts_caption(totals.gifts),
        "narrowed": asked.form.is_narrowed,
        "next": asked.form.address(**{AFTER: found.after}) if found.after else "",
        "prev": asked.form.address(**{BEFORE: found.before}) if found.before else "",
        "address": scope.address("activity_list"),
        "export_url": scope.address("activity_export") + asked.form.address(),
    }
    return render(request, "movements/activity_list.html", context)


@page("activity_view")
def activity_export(request: HttpRequest) -> StreamingHttpResponse:
    """Everything that fits the filter as CSV."""
    scope: Scope = request.scope  # type: ignore[attr-defined]
    asked = _asked(request)
    exporter = activity_csv(scope, asked.rows, asked.choices)
    response = StreamingHttpResponse(exporter.chunks(), content_type=exporter.content_type)
    response["Content-Disposition"] = content_disposition(exporter.filename)
    return response


def _page(rows: QuerySet[Activity], query: str, after: str, before: str) -> Page[Activity]:
    keys = ["sorted_on", "id"]
    if query and search.has_marks(query):
        rows, keys = search.with_exactness(rows, query), ["exact", *keys]
    return keyset_page(with_number(for_list(rows)), keys, after=after, before=before)


def _caption(number: int, query: str) -> str:
    if number >= COUNT_CAP:
        words = _("hơn %(count)s hoạt động") % {"count": format_number(COUNT_CAP - 1)}
    else:
        words = ngettext("%(count)s hoạt động", "%(count)s hoạt động", number) % {
            "count": format_number(number)
        }
    if query:
        return _("%(words)s khớp “%(query)s”") % {"words": words, "query": query}
    return words[:1].upper() + words[1:]


def _gifts_caption(number: int) -> str:
    return ngettext("%(count)s khoản đóng góp", "%(count)s khoản đóng góp", number) % {
        "count": format_number(number)
    }
