""" "Nếu tổng kết hôm nay": one's own agency, from its own figures."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from core.access import page
from core.quantity import format_number
from members.queries import agency_names
from members.scope import Scope
from scoring.exports import shown
from scoring.today import LineStanding, Standing, standing
from scoring.words import said


@page("today_view")
def today(request: HttpRequest) -> HttpResponse:
    """Points secured, waiting, still open, evidence missing, the next step; for each agency of the person."""
    scope: Scope = request.scope  # type: ignore[attr-defined]
    names = agency_names(scope.answers_for, scope.today)
    found = [(agency, standing(scope, agency)) for agency in sorted(scope.answers_for)]
    context = {
        "nav": "scoring",
        "boards": [_drawn(names.get(agency, ("", ""))[0], one) for agency, one in found if one is not None],
        "without": [names.get(agency, ("", ""))[0] for agency, one in found if one is None],
    }
    return render(request, "scoring/today.html", context)


def _drawn(name: str, one: Standing) -> dict[str, Any]:
    return {
        "name": name,
        "standing": one,
        "most": one.most,
        "most_shown": format_number(one.most),
        "figures": [{"label": label, "value": shown(value, 2)} for label, value in _labels(one)],
        "written": [said(line) for line in one.total.written],
        "bare": [_line(line) for line in one.missing_evidence],
        "blank": [_line(line) for line in one.unanswered],
        "others": [_line(line) for line in one.lines if line.waits_for_others],
    }


def _labels(one: Standing) -> list[tuple[str, Any]]:
    return [
        (_("Tổng điểm nếu dừng ở đây"), one.total.total),
        (_("Đã được xác nhận"), one.secured),
        (_("Tự chấm, chờ thẩm định"), one.waiting),
        (_("Còn có thể đạt"), one.open),
    ]


def _line(one: LineStanding) -> dict[str, str]:
    return {
        "code": one.leaf.code, "title": one.leaf.title, "open": shown(one.open, 2),
        "points": shown(one.secured + one.waiting, 2), "maximum": format_number(one.leaf.maximum),
    }  # fmt: skip
