"""What a movement or an agency comes to in a year: numbers by month and by agency or movement, last year beside.

Figures are added by ``movements.domain.sums`` alone, so that each is the sum of the rows that its link leads to.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.db.models import Case, Count, DateField, F, IntegerField, Q, QuerySet, When
from django.db.models.functions import Coalesce, ExtractMonth, ExtractYear

from core.folding import fold
from members.models import ClusterYear
from members.queries import LinkRow
from members.scope import Scope, visible_years
from movements.domain import sums
from movements.domain.totals import Totals
from movements.enums import ActivityState, Precision
from movements.models import Activity, Contribution, Movement, Participation

KNOWN = (Precision.DAY, Precision.MONTH)
COUNTED = (ActivityState.SUBMITTED, ActivityState.CONFIRMED)
Slot = int | None  # 202004 for April 2020; None where the month is not known


def slots_of(year: ClusterYear) -> list[int]:
    """The months that a year touches, in order."""
    found, day = [], year.starts_on.replace(day=1)
    while day <= year.ends_on:
        found.append(day.year * 100 + day.month)
        day = (day + timedelta(days=31)).replace(day=1)
    return found


# -- activities ----------------------------------------------------------------------------------
@dataclass(slots=True)
class Tally:
    """How many activities there are: in all, drafts among them, by month, by the column asked for."""

    number: int = 0
    drafts: int = 0
    months: dict[Slot, int] = field(default_factory=dict)
    groups: dict[int | None, int] = field(default_factory=dict)


def tally(activities: QuerySet[Activity], column: str) -> Tally:
    """Count activities by month and by ``column`` ("movement_id", "agency_id"); one query."""
    rows: Any = activities.order_by().values_list(
        "precision", ExtractYear("starts_on"), ExtractMonth("starts_on"), "state", column
    )
    found = Tally()
    for precision, year, month, state, group, number in rows.annotate(number=Count("pk")):
        slot = year * 100 + month if precision in KNOWN else None
        found.number += number
        found.drafts += number if state not in COUNTED else 0
        found.months[slot] = found.months.get(slot, 0) + number
        found.groups[group] = found.groups.get(group, 0) + number
    return found


# -- contributions -------------------------------------------------------------------------------
def gifts_in(activities: QuerySet[Activity]) -> QuerySet[Contribution]:
    """Everything given in the activities."""
    return Contribution.objects.filter(activity__in=activities.order_by().values("pk"))


def given_by(activities: QuerySet[Activity], *agency_ids: int) -> QuerySet[Contribution]:
    """What the agencies gave in the activities, alone or with others."""
    rows = gifts_in(activities)
    named = rows.filter(contributors__agency__in=agency_ids).values("pk")
    return rows.filter(Q(pk__in=named) | Q(contributors__isnull=True, activity__agency__in=agency_ids))


def by_month(rows: QuerySet[Contribution], *givers: int) -> dict[Slot, Totals]:
    """The totals of each month: of the gift's own day, else of its activity's; queries as ``sums.totals_by``."""
    return sums.totals_by(rows, _month, givers=givers)


def by_movement(rows: QuerySet[Contribution], *givers: int) -> dict[int | None, Totals]:
    """The totals of each movement; queries as ``sums.totals_by``."""
    return sums.totals_by(rows, lambda prefix: F(f"{prefix}activity__movement_id"), givers=givers)


def _month(prefix: str) -> Any:
    known = When(**{f"{prefix}activity__precision__in": KNOWN}, then=F(f"{prefix}activity__starts_on"))
    day = Coalesce(F(f"{prefix}given_on"), Case(known, default=None), output_field=DateField())
    number = IntegerField()
    return ExtractYear(day, output_field=number) * 100 + ExtractMonth(day, output_field=number)


# -- last year -----------------------------------------------------------------------------------
def year_before(scope: Scope) -> ClusterYear | None:
    """The year before this one, where the person may open it; one query."""
    earlier = visible_years(scope).filter(starts_on__lt=scope.year.starts_on)
    return earlier.order_by("-starts_on", "-id").first()


def counted_in(year: ClusterYear) -> QuerySet[Activity]:
    """What every insider of another year knows: sent and confirmed activities."""
    return Activity.objects.filter(year=year, state__in=COUNTED)


def same_movement(year: ClusterYear, movement: Movement) -> Movement | None:
    """The movement of ``year`` under the same name without accents, else the only one that carries out the same one.

    It has ``members``: how many joined; ``root``: the title of what it carries out. One query.
    """
    rows = list(
        Movement.objects.filter(year=year)
        .order_by("order", "id")
        .annotate(members=Count("participations"), root=F("responds_to__title"))
    )
    title = fold(movement.title)
    if named := [row for row in rows if fold(row.title) == title]:
        return named[0]
    if movement.responds_to is None:
        return None
    root = fold(movement.responds_to.title)
    kin = [row for row in rows if row.root and fold(row.root) == root and row.agency_id == movement.agency_id]
    return kin[0] if len(kin) == 1 else None


@dataclass(frozen=True, slots=True)
class Before:
    """Under which identities an agency's last year is found, and how the others were called."""

    ids: tuple[int, ...]
    names: tuple[str, ...] = ()


def before_of(
    agency_id: int,
    links: Iterable[LinkRow],
    carried: Iterable[Any],
    names: Mapping[int, tuple[str, str]],
    since: date,
) -> Before:
    """The agency, whom it followed after ``since``, and whose results of this year it took over. No query."""
    found = {row.agency_id: row.name for row in links if not row.later and row.on > since}
    found |= {row.agency_id: names.get(row.agency_id, ("?", "?"))[0] for row in carried if row.takes}
    return Before((agency_id, *found), tuple(found.values()))


def joined_in(years: Iterable[ClusterYear], *agency_ids: int) -> dict[int, int]:
    """How many movements of each year the agencies joined, by id of the year; one query."""
    rows = Participation.objects.filter(movement__year__in=list(years), agency__in=agency_ids)
    counted = rows.order_by().values_list("movement__year").annotate(number=Count("movement", distinct=True))
    return dict(counted)
