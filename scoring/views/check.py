"""My scoring work, and for those who lead how far everybody is."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from core.access import may, page
from members import phases
from members.models import Phase
from members.scope import Scope
from scoring.check_progress import in_order, progress, works
from scoring.domain.desk import desk
from scoring.totals import board


@page("check_view")
def check_list(request: HttpRequest) -> HttpResponse:
    """What is mine to score at which level, how far it is, and until when."""
    scope: Scope = request.scope  # type: ignore[attr-defined]
    at = desk(scope)
    of = board(scope.year, table=at.table) if at else None
    context: dict[str, Any] = {"nav": "scoring", "at": at, "groups": [], "progress": None}
    if at and of:
        in_order(scope, at)
        names = at.names()
        mine = works(scope, at, of, names)
        context |= {
            "groups": mine,
            "left": sum(work.left for group in mine for work in group.works),
            "due": _due(scope),
            "open": scope.opens(phases.VERIFY),
            "leads": may(scope, "gap_view"),
            "progress": progress(at, of, names) if may(scope, "gap_view") else None,
            "first": next((work for group in mine for work in group.works if work.left and work.open), None),
        }
    return render(request, "scoring/check_list.html", context)


def _due(scope: Scope) -> Any:
    """Last planned day of the step in which figures are given; one query."""
    steps = Phase.objects.filter(year=scope.year, kind__in=phases.phases_with(phases.VERIFY))
    return steps.order_by("order").values_list("planned_to", flat=True).first()
