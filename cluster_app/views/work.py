"""The way from the front door to one's own work."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from core.dates import local_today
from members import council, eyes
from members.entry import years_for, years_to_score

MOST = 30  # years in the list of somebody who has the council's page as well
LONGEST = 300


def work(request: HttpRequest) -> HttpResponse:
    """Straight to the newest open year for a person of one cluster; a list for several; a word for none.

    Who looks as somebody else comes back to that year. A superuser without a function is led to the admin site.
    """
    if seen := eyes.address(request):
        return redirect(seen)
    years = list(years_for(request.user, local_today(timezone.now()))[:LONGEST])
    if len({year.cluster_id for year in years}) == 1:
        return redirect("year_home", cluster=years[0].cluster.slug, label=years[0].label)
    if not years and request.user.is_superuser:
        return redirect("admin:index")
    if not years and (scored := list(years_to_score(request.user, local_today(timezone.now()))[:LONGEST])):
        if len(scored) == 1:
            return redirect("check_list", cluster=scored[0].cluster.slug, label=scored[0].label)
        return render(request, "work.html", {"years": scored, "office": None})
    office = council.load(request)
    if office is not None and len(years) > MOST:
        return redirect("council")
    return render(request, "work.html", {"years": years, "office": office})
