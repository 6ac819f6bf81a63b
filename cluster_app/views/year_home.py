"""Tổng quan: where the year stands, what I have to do, what was recorded lately, what it comes to."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from cluster_app import home
from core.access import page
from members.queries import agency_name, phases_of
from members.scope import Scope
from movements.domain.totals import own_gifts, total
from movements.pledge_tasks import pledge_tasks
from movements.queries import activities_for, gifts_given_by, gifts_of, of_agency
from movements.tasks import entry_tasks
from movements.words import left_out_words, state_look
from publishing.tasks import handover_tasks
from scoring.sheet_tasks import sheet_tasks
from scoring.tasks import score_tasks

RECENT = 5


@page("home_view")
def year_home(request: HttpRequest) -> HttpResponse:
    """The first page of a working day; who only scores a field from outside goes to that work."""
    scope: Scope = request.scope  # type: ignore[attr-defined]
    if not scope.is_insider:
        return redirect(scope.address("check_list"))
    tasks = [
        *entry_tasks(scope), *pledge_tasks(scope), *sheet_tasks(scope), *score_tasks(scope), *home.guard_tasks(scope),
        *handover_tasks(scope),
    ]  # fmt: skip
    seen = activities_for(scope)
    mine = of_agency(seen, scope.agency_id) if _looks_at_own(scope) else seen
    context = {
        "nav": "home",
        **home.steps(phases_of(scope.year), scope.today),
        "tasks": home.drawn_tasks(tasks, scope.today),
        "recent": _recent(scope, mine),
        "whose": scope.agency_name if _looks_at_own(scope) else scope.cluster.short_name,
        **_totals(scope, mine),
    }
    return render(request, "year_home.html", context)


def _looks_at_own(scope: Scope) -> bool:
    return scope.is_member and not scope.is_chair


def _recent(scope: Scope, activities: Any) -> list[dict[str, Any]]:
    name = agency_name("agency", scope.year.ends_on, "short_name")
    rows = activities.select_related("movement").annotate(agency_name=name).order_by("-updated_at", "-id")
    whole = _("Cả %(group)s") % {"group": scope.cluster.kind_inside}
    return [
        {"row": row, "agency": row.agency_name or whole, "state": state_look(row.state)}
        for row in rows[:RECENT]
    ]


def _totals(scope: Scope, activities: Any) -> dict[str, Any]:
    if _looks_at_own(scope):
        own = (scope.agency_id, *scope.hat.carried)
        gifts = own_gifts(gifts_given_by(activities, *own), *own)
    else:
        gifts = gifts_of(activities)
    sums = total(gifts)
    return {"totals": sums, "figures": home.figures(gifts, sums), "left_out": left_out_words(sums.left_out)}
