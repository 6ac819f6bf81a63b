"""Questions about rankings: a constant number of queries."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

from members.models import ClusterYear
from members.queries import MemberRow, assessed_among, member_rows
from scoring.models import Ranking, RankingEntry


@dataclass(frozen=True, slots=True)
class RankRow:
    """A member of a year with what is recorded of its place."""

    member: MemberRow
    rank: int | None = None
    points: Decimal | None = None
    votes: int | None = None
    note: str = ""
    shared: bool = False
    grade: str = ""
    why: Mapping[str, Any] = field(default_factory=dict)


def current_ranking(year: ClusterYear) -> Ranking | None:
    """The newest revision, or None; one query."""
    return Ranking.objects.filter(year=year).select_related("act").order_by("-revision").first()


def rank_rows(year: ClusterYear, ranking: Ranking | None) -> list[RankRow]:
    """Everybody who is assessed in the year, and who holds a line of ``ranking``; four queries.

    Ranked ones by rank, the others after them in charter order.
    """
    entries = (
        {entry.agency_id: entry for entry in RankingEntry.objects.filter(ranking=ranking)} if ranking else {}
    )
    ranks = [entry.rank for entry in entries.values() if entry.rank is not None]
    members = member_rows(year)
    assessed = assessed_among(year, members)
    rows = [RankRow(one) for one in members if one.agency_id in assessed or one.agency_id in entries]
    for place, row in enumerate(rows):
        if entry := entries.get(row.member.agency_id):
            rows[place] = replace(
                row, rank=entry.rank, points=entry.points, votes=entry.votes, note=entry.note, grade=entry.grade,
                why=entry.why,
                shared=ranks.count(entry.rank) > 1 if entry.rank else False,
            )  # fmt: skip
    return sorted(rows, key=lambda row: (row.rank is None, row.rank or 0, row.member.order))


def revisions(year: ClusterYear) -> list[Ranking]:
    """All revisions, newest first; one query."""
    return list(Ranking.objects.filter(year=year).select_related("act").order_by("-revision"))
