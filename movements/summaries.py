"""What a movement or an agency comes to in a year: numbers by month and by agency or movement, last year beside.

Figures are added by ``movements.domain.totals`` alone. The months of a year add up to its total: a part that is inside
a whole of another month is not added again.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Case, Count, DateField, F, Q, QuerySet, Sum, When
from django.db.models.functions import Coalesce, ExtractMonth, ExtractYear

from core.folding import fold
from core.quantity import MONEY_UNIT, Qualifier, Quantity, add
from members.models import ClusterYear
from members.queries import LinkRow
from members.scope import Scope, visible_years
from movements.domain.totals import Gift
from movements.enums import ActivityState, PartState, Precision
from movements.models import Activity, Contribution, Movement, Participation

Slot = tuple[int, int] | None  # year and month; None where the month is not known
KNOWN = (Precision.DAY, Precision.MONTH)
COUNTED = (ActivityState.SUBMITTED, ActivityState.CONFIRMED)


def slots_of(year: ClusterYear) -> list[tuple[int, int]]:
    """The months that a year touches, in order."""
    found, day = [], year.starts_on.replace(day=1)
    while day <= year.ends_on:
        found.append((day.year, day.month))
        day = (day + timedelta(days=31)).replace(day=1)
    return found


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
        slot = (year, month) if precision in KNOWN else None
        found.number += number
        found.drafts += number if state not in COUNTED else 0
        found.months[slot] = found.months.get(slot, 0) + number
        found.groups[group] = found.groups.get(group, 0) + number
    return found


# -- money by month ------------------------------------------------------------------------------
def months_of_gifts(gifts: Collection[Gift], days: Mapping[int, Slot]) -> dict[Slot, Quantity]:
    """The money of the gifts by month; ``days`` says of each gift when it was given. No query."""
    return _by_slot(((days.get(gift.id), gift) for gift in gifts), frozenset(gift.id for gift in gifts))


def gift_slots(activities: QuerySet[Activity]) -> dict[int, Slot]:
    """When each gift of the activities was given: on its own day, else its activity's, if that is known; one query."""
    rows = Contribution.objects.filter(activity__in=activities.order_by().values("pk"))
    days = rows.order_by().values_list("pk", _day())
    return {pk: (day.year, day.month) if day else None for pk, day in days}


def months_of_many(activities: QuerySet[Activity]) -> dict[Slot, Quantity]:
    """The money of all gifts of the activities by month, added in the database: parts come one by one; one query."""
    here = activities.order_by().values("pk")
    part = Q(part_state__in=(PartState.INCLUDED, PartState.UNKNOWN))
    rows = (
        Contribution.objects.filter(activity__in=here, value__isnull=False)
        .order_by()
        .values(
            "value_qualifier",
            year=ExtractYear(_day()),
            month=ExtractMonth(_day()),
            part=Case(When(part, then="pk"), default=None),
            state=Case(When(part, then="part_state"), default=None),
            whole=Case(When(part, then="part_of_id"), default=None),
            whole_value=Case(When(part, then="part_of__value"), default=None),
            present=Case(When(part & Q(part_of__activity__in=here), then="part_of_id"), default=None),
        )
        .annotate(high=Sum(F("value") / _BILLION), low=Sum(F("value") % _BILLION))
    )
    pairs, present = [], set()
    for place, row in enumerate(rows, 1):
        slot = (row["year"], row["month"]) if row["year"] else None
        gift = Gift(
            row["part"] or -place, 0, value=row["high"] * _BILLION + row["low"],
            value_qualifier=Qualifier(row["value_qualifier"]), part_state=row["state"] or "", whole_id=row["whole"],
            whole_has_value=row["whole_value"] is not None,
        )  # fmt: skip
        pairs.append((slot, gift))
        if row["present"] is not None:
            present.add(row["present"])
    return _by_slot(pairs, frozenset(present))


_BILLION = 10**9  # sums in two halves stay within SQLite's integers


def _day() -> Coalesce:
    known = Case(
        When(activity__precision__in=KNOWN, then="activity__starts_on"),
        default=None,
        output_field=DateField(),
    )
    return Coalesce("given_on", known)


def _by_slot(pairs: Iterable[tuple[Slot, Gift]], present: frozenset[int]) -> dict[Slot, Quantity]:
    sums: dict[Slot, dict[Qualifier, Decimal]] = {}
    for slot, gift in pairs:
        for one in gift.added(present):
            if one.unit == MONEY_UNIT:
                groups = sums.setdefault(slot, {})
                groups[one.qualifier] = groups.get(one.qualifier, Decimal(0)) + one.number
    return {
        slot: add(Quantity(number, MONEY_UNIT, qualifier, "") for qualifier, number in groups.items())
        for slot, groups in sums.items()
    }


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
    joined = Count("participations", distinct=True)
    rows = list(
        Movement.objects.filter(year=year)
        .order_by("order", "id")
        .annotate(members=joined, root=F("responds_to__title"))
    )
    title = fold(movement.title)
    named = [row for row in rows if fold(row.title) == title]
    if named or movement.responds_to is None:
        return named[0] if named else None
    root = fold(movement.responds_to.title)
    kin = [row for row in rows if row.root and fold(row.root) == root and row.agency_id == movement.agency_id]
    return kin[0] if len(kin) == 1 else None


@dataclass(frozen=True, slots=True)
class Before:
    """Under which identities an agency's last year is found, and how the others were called."""

    ids: tuple[int, ...]
    names: tuple[str, ...] = ()


def before_of(
    agency_id: int, links: Iterable[LinkRow], carried: Iterable[Any], names: Mapping[int, str], since: date
) -> Before:
    """The agency, whom it followed after ``since``, and whose results of this year it took over. No query."""
    found = {row.agency_id: row.name for row in links if not row.later and row.on > since}
    found |= {row.agency_id: names.get(row.agency_id, "?") for row in carried if row.takes}
    return Before((agency_id, *found), tuple(found.values()))


def joined_in(year: ClusterYear, *agency_ids: int) -> int:
    """How many movements of a year the agencies joined; one query."""
    rows = Participation.objects.filter(movement__year=year, agency__in=agency_ids)
    return rows.values("movement").distinct().count()
