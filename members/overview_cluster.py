"""One followed cluster through its years, as the council looks at it."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import OuterRef, Subquery
from django.utils.translation import gettext as _

from members.domain.terms import is_member_on
from members.enums import PhaseKind, Role
from members.lateness import late_agencies
from members.models import ClusterYear, Membership, Phase, RoleTerm
from members.overview import LateName, due_words
from members.queries import agency_names


@dataclass(frozen=True)
class YearLine:
    """A year of one cluster for the council: where it stands, who was a member and in the chair."""

    year: ClusterYear
    step: str
    due: str
    overdue: bool
    members: int
    chair: str
    late: tuple[LateName, ...]


def year_lines(cluster: Any, today: date) -> list[YearLine]:
    """The years of a cluster, newest first; four queries and those of the lateness.

    Members are those of today in the running year, of its last day in one that is over, of its first in one to come.
    """
    now_open = Phase.objects.filter(year=OuterRef("pk"), opened_at__isnull=False, closed_at__isnull=True)
    years = list(
        ClusterYear.objects.filter(cluster=cluster)
        .select_related("cluster")
        .annotate(
            open_kind=Subquery(now_open.order_by("order").values("kind")[:1]),
            open_to=Subquery(now_open.order_by("order").values("planned_to")[:1]),
        )
        .order_by("-starts_on")
    )
    members = Membership.objects.filter(year__cluster=cluster).order_by("pk")
    days = {year.pk: min(max(today, year.starts_on), year.ends_on) for year in years}
    counts: dict[int, int] = defaultdict(int)
    for row in members:
        counts[row.year_id] += is_member_on(row, days[row.year_id])
    terms = list(RoleTerm.objects.filter(cluster=cluster, role=Role.CHAIR).order_by("starts_on"))
    late = late_agencies(days, today)
    ids = {term.agency_id for term in terms} | {one.agency_id for listed in late.values() for one in listed}
    names = agency_names(ids, today)
    return [
        YearLine(
            year=year,
            step=str(PhaseKind(year.open_kind).label) if year.open_kind else "",
            due=due_words(year.open_to, today),
            overdue=bool(year.open_to and year.open_to < today),
            members=counts[year.pk],
            chair=next(
                (names.get(t.agency_id, ("", "?"))[1] for t in reversed(terms) if _holds(t, days[year.pk])),
                "",
            ),
            late=tuple(
                LateName(names.get(one.agency_id, ("", _("Đơn vị")))[1], one.sentences)
                for one in late.get(year.pk, ())
            ),
        )
        for year in years
    ]


def _holds(term: RoleTerm, day: date) -> bool:
    return term.starts_on <= day and (term.ends_on is None or day < term.ends_on)
