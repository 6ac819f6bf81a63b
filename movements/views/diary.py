"""The diary: what everybody did, month after month, or one month as a calendar."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from core.access import page
from core.paging import BadCursor, keyset_page
from members import calendar
from members.scope import Scope
from movements import diary as rows_of
from movements.domain import tags
from movements.filters import UnknownChoice
from movements.forms.diary import DiaryFilter
from movements.models import Activity
from movements.queries import Choices, activities_for, choices_of, with_files

AFTER, BEFORE, MONTH = "sau", "truoc", "thang"
PAGE_SIZE = 30
_MONTH = re.compile(r"(\d{4})-(0[1-9]|1[0-2])", re.ASCII)


class Asked:
    """What an address asks of the diary; 404 for what the year does not have."""

    def __init__(self, request: HttpRequest) -> None:
        """Load names and labels of the year (two queries), read the filter."""
        self.scope: Scope = request.scope  # type: ignore[attr-defined]
        self.choices: Choices = choices_of(self.scope.year)
        offered = tags.choices(self.scope.year)
        self.form = DiaryFilter(request.GET, self.choices, offered, self.scope.cluster.kind_inside)
        seen = activities_for(self.scope)
        try:
            self.everybody = self.form.apply(seen, every_agency=True)
            self.rows: QuerySet[Activity] = self.form.apply(seen)
        except UnknownChoice as error:
            raise Http404 from error

    def context(self, view: str, **kept: str) -> dict[str, Any]:
        """What both views show: the filter, ways to the other view, nothing of rows."""
        scope, form = self.scope, self.form
        return {
            "nav": "activities",
            "view": view,
            "form": form,
            "kept": kept,
            "narrowed": bool(form.asked),
            "timeline_url": scope.address("diary") + form.address(),
            "month_url": scope.address("diary_month") + form.address(),
            "address": scope.address("diary" if view == "timeline" else "diary_month"),
        }

    def doers(self, view: str, **kept: str) -> list[dict[str, Any]]:
        """Who did how much, each leading to the own part of the diary; two queries."""
        page_url, chosen = self.scope.address(view), self.form.asked.get("don_vi", "")
        return [
            {
                "name": doer.name,
                "number": doer.number,
                "share": doer.share,
                "url": page_url + self.form.address(don_vi=str(doer.agency_id), **kept),
                "here": chosen == str(doer.agency_id),
            }
            for doer in rows_of.doers(self.everybody, self.choices)
        ]


@page("activity_view")
def diary(request: HttpRequest) -> HttpResponse:
    """Thirty activities, newest first, under their months."""
    asked = Asked(request)
    rows = with_files(asked.rows).only(*rows_of.COLUMNS)
    try:
        found = keyset_page(
            rows, ["sorted_on", "id"], after=request.GET.get(AFTER, ""), before=request.GET.get(BEFORE, ""),
            size=PAGE_SIZE,
        )  # fmt: skip
    except BadCursor as error:
        raise Http404 from error
    shown = rows_of.entries(asked.scope, found.rows, asked.choices)
    context = {
        **asked.context("timeline"),
        "groups": rows_of.by_month(found.rows, shown),
        "doers": asked.doers("diary"),
        "next": asked.form.address(**{AFTER: found.after}) if found.after else "",
        "prev": asked.form.address(**{BEFORE: found.before}) if found.before else "",
    }
    return render(request, "movements/diary.html", context)


@page("activity_view")
def diary_month(request: HttpRequest) -> HttpResponse:
    """One month as a calendar; what is known less exactly stands beside it."""
    asked = Asked(request)
    scope = asked.scope
    all_months = rows_of.months_of(scope.year)
    month = _month(request.GET.get(MONTH, ""), all_months, scope.today)
    touching = rows_of.touching(with_files(asked.rows).only(*rows_of.COLUMNS), month)
    found = list(touching[: rows_of.MOST + 1])
    rows = found[: rows_of.MOST]
    shown = rows_of.entries(scope, rows, asked.choices)
    weeks = rows_of.grid(month, scope.today)
    beside = rows_of.place_on(weeks, rows, shown)
    _plan(scope, weeks)
    kept = {MONTH: f"{month:%Y-%m}"}
    context = {
        **asked.context("month", **kept),
        "label": rows_of.month_label(month),
        "weeks": weeks,
        "weekdays": [rows_of.weekday(cell.day) for cell in weeks[0]],
        "beside": beside,
        "has_beside": any(beside.values()),
        "is_empty": not shown,
        "too_many": len(found) > rows_of.MOST,
        "months": _months(asked, all_months, month),
        "doers": asked.doers("diary_month", **kept),
        **_neighbours(asked, all_months, month),
    }
    return render(request, "movements/diary_month.html", context)


def _month(words: str, all_months: list[date], today: date) -> date:
    """The month asked for; without one, today's, or the last of the year when it is over. 404 for any other."""
    if not words:
        return max((month for month in all_months if month <= today), default=all_months[0])
    asked = _MONTH.fullmatch(words)
    month = date(int(asked[1]), int(asked[2]), 1) if asked and asked[1] != "0000" else None
    if month not in all_months:
        raise Http404
    return month


def _months(asked: Asked, all_months: list[date], month: date) -> list[dict[str, Any]]:
    """The months of the year with how much began in each; one query."""
    numbers = rows_of.numbers_of(asked.rows)
    here = asked.scope.address("diary_month")
    return [
        {
            "label": f"{one.month}/{one.year}",
            "number": numbers.get((one.year, one.month), 0),
            "url": here + asked.form.address(**{MONTH: f"{one:%Y-%m}"}),
            "here": one == month,
        }
        for one in all_months
    ]


def _neighbours(asked: Asked, all_months: list[date], month: date) -> dict[str, str]:
    place, here = all_months.index(month), asked.scope.address("diary_month")
    ways = {"prev": place - 1, "next": place + 1}
    return {
        name: here + asked.form.address(**{MONTH: f"{all_months[at]:%Y-%m}"})
        if 0 <= at < len(all_months)
        else ""
        for name, at in ways.items()
    }


def _plan(scope: Scope, weeks: list[list[rows_of.Day]]) -> None:
    """Put what the year's calendar says on its days; what concerns one agency only for its own staff."""
    cells = {cell.day: cell for week in weeks for cell in week if cell.in_month}
    events = calendar.of_agencies(calendar.events([scope.year]), {scope.year.pk: scope.agency_ids})
    for event in events:
        if event.day in cells:
            row = {"title": event.title, "url": calendar.address(event, scope.year)}
            cells[event.day].plans.append(row)
