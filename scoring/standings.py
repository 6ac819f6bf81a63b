"""The ranks of past years, told to the planner of the rotation."""

from __future__ import annotations

from django.db.models import Max

from members.standings import Standings, source
from scoring.models import Ranking, RankingEntry


@source
def ranks_of_the_newest_revisions(cluster_id: int) -> Standings:
    """The ranks of every year by the newest revision of its ranking; two queries."""
    newest = dict(
        Ranking.objects.filter(year__cluster=cluster_id)
        .order_by("year")
        .values("year")
        .annotate(newest=Max("revision"))
        .values_list("year", "newest")
    )
    found: Standings = {}
    entries = RankingEntry.objects.filter(ranking__year__in=newest, rank__isnull=False).order_by(
        "ranking", "pk"
    )
    for year, label, revision, agency, rank in entries.values_list(
        "ranking__year", "ranking__year__label", "ranking__revision", "agency", "rank"
    ):
        if rank and revision == newest[year]:
            found.setdefault(label, {})[agency] = rank
    return found
