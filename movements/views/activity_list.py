"""The list of activities with its filter, its totals, and the same as a file."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, QueryDict, StreamingHttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core.access import page
from core.exporters import content_disposition
from core.paging import COUNT_CAP, BadCursor, Page
from core.quantity import format_number
from members.scope import Scope
from movements.domain import batch
from movements.domain.saved import ACTIVITIES
from movements.domain.totals import Gift, Totals, total
from movements.exports import activity_csv, activity_xlsx
from movements.filters import ActivityFilter, UnknownChoice, cleaned
from movements.list_exports import Shown
from movements.models import Activity
from movements.ordering import READ, page_of
from movements.queries import (
    Choices,
    Kept,
    ListNames,
    activities_for,
    for_list,
    gifts_and_totals,
    gifts_of,
    list_names,
)
from movements.tables import activity_rows, fields_of, layout, sums_of

AFTER, BEFORE = "sau", "truoc"
KEPT, EVERYTHING = "bo_loc", "tat_ca"
ADD_UP = "tong"  # totals of more rows than are counted are added when they are asked for


@dataclass(frozen=True, slots=True)
class Asked:
    """What an address asks for: the filter, the year's names, and the rows that fit."""

    form: ActivityFilter
    names: ListNames
    rows: QuerySet[Activity]
    lost: Sequence[str] = ()  # labels of the fields of a kept filter whose value is no longer there

    @property
    def choices(self) -> Choices:
        """Movements and members of the year."""
        return self.names.choices


def asked(scope: Scope, data: QueryDict, *, opens: bool = False) -> Asked:
    """The filter of an address with its rows; ``opens`` takes a kept filter in its place. Raises 404.

    A kept filter is asked for by ``bo_loc``; the one that opens with the page, by an address that asks for nothing.
    """
    names = list_names(scope, ACTIVITIES)
    lost: list[str] = []
    if opens and (kept := _kept(data, names)):
        data, lost = cleaned(kept.query, names, scope)
    form = ActivityFilter(data, names, scope)
    try:
        return Asked(form, names, form.apply(activities_for(scope)), lost)
    except UnknownChoice as error:
        raise Http404 from error


def _kept(data: QueryDict, names: ListNames) -> Kept | None:
    if KEPT in data:
        for one in names.saved:
            if str(one.pk) == data[KEPT]:
                return one
        raise Http404
    return None if data else next((one for one in names.saved if one.is_first), None)


@page("activity_view")
def activity_list(request: HttpRequest) -> HttpResponse:
    """Fifty activities in the order asked for (newest first), and the totals of all that fit."""
    scope: Scope = request.scope  # type: ignore[attr-defined]
    ask = asked(scope, request.GET, opens=True)
    form, query, columns = ask.form, ask.form.given("q"), ask.form.columns
    shown = for_list(ask.rows, *fields_of(columns, query), *READ.get(form.order, ()))
    try:
        found = page_of(
            shown, form.order, ask.choices, query, request.GET.get(AFTER, ""), request.GET.get(BEFORE, "")
        )
    except BadCursor as error:
        raise Http404 from error
    added = found.number < COUNT_CAP or ADD_UP in request.GET
    gifts, totals = _gifts(ask.rows, found, added=added)
    rows = activity_rows(scope, found.rows, gifts, ask.choices, query, columns=columns)
    whole = not found.after and not found.before
    context = {
        "nav": "activities",
        "tab": "list",
        "form": form,
        "query": query,
        "rows": rows,
        "sums": sums_of(totals),
        "files": sum(row.files for row in rows) if whole else None,
        "caption": _caption(found.number, query),
        "gifts_caption": _gifts_caption(totals.gifts),
        "add_up": "" if added or not rows else form.address(**{ADD_UP: "1"}),
        "narrowed": form.is_narrowed,
        "next": form.address(**{AFTER: found.after}) if found.after else "",
        "prev": form.address(**{BEFORE: found.before}) if found.before else "",
        "layout": layout(columns, can_tick=bool(rows) and bool(batch.offered(scope))),
        **_batch_words(scope, found.number, rows),
        **_links(scope, ask),
    }
    return render(request, "movements/activity_list.html", context)


def _gifts(rows: QuerySet[Activity], found: Page[Activity], *, added: bool) -> tuple[list[Gift], Totals]:
    """The gifts of the page, and the totals of everything that fits where they are to be ``added``."""
    if added:
        return gifts_and_totals(rows, found.rows, found.number)
    return gifts_of(Activity.objects.filter(pk__in=[one.pk for one in found.rows])), total([])


def _links(scope: Scope, ask: Asked) -> dict[str, Any]:
    """Where the list leads: without a condition, as kept, as a file, to a batch."""
    here, asks = scope.address("activity_list"), ask.form.address()
    first = any(one.is_first for one in ask.names.saved)
    return {
        "address": here,
        "clear": f"{here}?{EVERYTHING}=1" if first else here,
        "chips": list(ask.form.chips()),
        "asks": asks.removeprefix("?"),
        "saved": [
            {"name": one.name, "url": f"{here}?{KEPT}={one.pk}", "is_first": one.is_first,
             "current": asks.removeprefix("?") == one.query}
            for one in ask.names.saved
        ],
        "lost": ", ".join(ask.lost),
        "filters_url": scope.address("activity_filters"),
        "batch_url": scope.address("activity_batch"),
        "files_urls": {name: scope.address(name) + asks for name in EXPORTS},
    }  # fmt: skip


def _batch_words(scope: Scope, number: int, rows: Sequence[Any]) -> dict[str, Any]:
    """The choice of what to do with the ticked rows; nothing where nothing may be done."""
    actions = batch.offered(scope) if rows else {}
    every = ngettext(
        "Cả danh sách đang lọc (%(count)s hoạt động)", "Cả danh sách đang lọc (%(count)s hoạt động)", number
    ) % {"count": format_number(number)}
    if number > batch.MOST:
        every = _("%(most)s hoạt động đầu của danh sách đang lọc") % {"most": format_number(batch.MOST)}
    return {"actions": actions, "every": every if number > len(rows) else "", "number": number}


# -- files ---------------------------------------------------------------------------------------
def _as_shown(scope: Scope, ask: Asked) -> Shown:
    return Shown(scope, ask.rows, ask.form.order, ask.form.columns, ask.choices)


EXPORTS: dict[str, Callable[[Scope, Asked], Any]] = {
    "activity_export": lambda scope, ask: activity_csv(scope, ask.rows, ask.choices),
    "activity_export_xlsx": lambda scope, ask: activity_xlsx(scope, ask.rows, ask.choices),
    "activity_shown_csv": lambda scope, ask: _as_shown(scope, ask).csv(),
    "activity_shown_xlsx": lambda scope, ask: _as_shown(scope, ask).xlsx(),
}


def _sent(request: HttpRequest, name: str) -> StreamingHttpResponse:
    scope: Scope = request.scope  # type: ignore[attr-defined]
    exporter = EXPORTS[name](scope, asked(scope, request.GET))
    response = StreamingHttpResponse(exporter.chunks(), content_type=exporter.content_type)
    response["Content-Disposition"] = content_disposition(exporter.filename)
    return response


@page("activity_view")
def activity_export(request: HttpRequest) -> StreamingHttpResponse:
    """Everything that fits the filter as CSV, complete, as it can be read back."""
    return _sent(request, "activity_export")


@page("activity_view")
def activity_export_xlsx(request: HttpRequest) -> StreamingHttpResponse:
    """The same as a workbook."""
    return _sent(request, "activity_export_xlsx")


@page("activity_view")
def activity_shown_csv(request: HttpRequest) -> StreamingHttpResponse:
    """The list as it is shown, its order and its columns, as CSV."""
    return _sent(request, "activity_shown_csv")


@page("activity_view")
def activity_shown_xlsx(request: HttpRequest) -> StreamingHttpResponse:
    """The same as a workbook."""
    return _sent(request, "activity_shown_xlsx")


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
