"""Questions about movements, activities and gifts: querysets or plain rows out, a constant number of queries.

What a person may see of activities is decided in :func:`activities_for` alone: lists, totals, exports and counts all
start there.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from django.db.models import (
    Count,
    DateField,
    Exists,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
)
from django.db.models.functions import Coalesce

from members.models import CarryOver, ClusterYear, Membership
from members.queries import agency_name
from members.scope import Scope
from movements.domain import sums
from movements.domain.totals import Gift, Totals, total
from movements.enums import ActivityScope, ActivityState
from movements.models import (
    Activity,
    ActivityPartner,
    Contribution,
    Contributor,
    EvidenceUse,
    Movement,
)

LARGEST_ID = 2**63 - 1
KNOWN_TO_ALL = (ActivityState.SUBMITTED, ActivityState.CONFIRMED)


def activities_for(scope: Scope) -> QuerySet[Activity]:
    """Activities of the year that the person may see, with ``is_partner``.

    Sent and confirmed ones are open to every insider. Drafts and returned ones only to their own agency and its
    partners; of the whole cluster's, only to the chair's staff, who record them.
    """
    own = ActivityPartner.objects.filter(activity=OuterRef("pk"), agency__in=scope.answers_for)
    rows = Activity.objects.filter(year=scope.year).annotate(is_partner=Exists(own))
    seen = Q(state__in=KNOWN_TO_ALL) | Q(agency__in=scope.answers_for) | Q(is_partner=True)
    if scope.is_chair:
        seen |= Q(scope=ActivityScope.CLUSTER)
    return rows.filter(seen)


def with_files(rows: QuerySet[Activity]) -> QuerySet[Activity]:
    """The activities with ``files``: how many files stand beside each."""
    kept = EvidenceUse.objects.filter(
        activity=OuterRef("pk"), removed_at__isnull=True, evidence__removed_at__isnull=True
    ).order_by()
    number = kept.values("activity").annotate(number=Count("pk")).values("number")
    return rows.annotate(files=Coalesce(Subquery(number, output_field=IntegerField()), Value(0)))


def for_list(rows: QuerySet[Activity]) -> QuerySet[Activity]:
    """The activities with ``files`` and only the columns a list shows."""
    return with_files(rows).only(
        "title",
        "precision",
        "starts_on",
        "ends_on",
        "sorted_on",
        "state",
        "scope",
        "agency_id",
        "movement_id",
    )


def of_agency(rows: QuerySet[Activity], agency_id: int) -> QuerySet[Activity]:
    """Activities an agency answers for (its own and those it took over in that year), or did as a partner."""
    partner = ActivityPartner.objects.filter(activity=OuterRef("pk"), agency=agency_id)
    carried = CarryOver.objects.filter(
        year=OuterRef("year"), predecessor=OuterRef("agency"), successor=agency_id
    )
    return rows.filter(Q(agency=agency_id) | Exists(carried) | Exists(partner))


def concerning(rows: QuerySet[Activity], *agency_ids: int) -> QuerySet[Activity]:
    """Activities that one of the agencies answers for, did as a partner, or gave something in."""
    gave = Contributor.objects.filter(contribution__activity=OuterRef("pk"), agency__in=agency_ids)
    partner = ActivityPartner.objects.filter(activity=OuterRef("pk"), agency__in=agency_ids)
    return rows.filter(Q(agency__in=agency_ids) | Exists(partner) | Exists(gave))


def gifts_of(activities: QuerySet[Activity]) -> list[Gift]:
    """The contributions of the activities with their givers, in the order of entry; one query.

    Where nobody is named as giver, the activity's own agency is.
    """
    rows = Contribution.objects.filter(activity__in=activities.order_by().values("pk"))
    return sums.gifts_from(
        rows.order_by("activity_id", "order", "id", "contributors__order").values_list(*sums.GIFT)
    )


def gifts_given_by(activities: QuerySet[Activity], *agency_ids: int) -> list[Gift]:
    """The gifts of the activities that the agencies gave, alone or with others, with all givers; one query."""
    rows = Contribution.objects.filter(activity__in=activities.order_by().values("pk"))
    named = rows.filter(contributors__agency__in=agency_ids).values("pk")
    own = rows.filter(Q(pk__in=named) | Q(contributors__isnull=True, activity__agency__in=agency_ids))
    return sums.gifts_from(
        own.order_by("activity_id", "order", "id", "contributors__order").values_list(*sums.GIFT)
    )


FEW_ACTIVITIES = 500  # up to so many, reading every gift is as fast as adding in the database


def gifts_and_totals(
    rows: QuerySet[Activity], shown: Iterable[Activity], number: int
) -> tuple[list[Gift], Totals]:
    """The gifts of the activities ``shown``, and the totals of all ``rows``; ``number`` is how many rows there are.

    One query for few rows, two for many; the totals are the same either way.
    """
    if number <= FEW_ACTIVITIES:
        gifts = gifts_of(rows)
        return gifts, total(gifts)
    return gifts_of(Activity.objects.filter(pk__in=[one.pk for one in shown])), totals_of_many(rows)


def totals_of_many(activities: QuerySet[Activity]) -> Totals:
    """The totals of the activities, added in the database, see ``domain.sums``; one query."""
    return sums.totals_of(Contribution.objects.filter(activity__in=activities.order_by().values("pk")))


@dataclass(frozen=True, slots=True)
class Choices:
    """What lists and filters of a year name by id: movements in order, members in charter order (full, short)."""

    movements: dict[int, str]
    agencies: dict[int, tuple[str, str]]
    left: dict[int, date] = field(default_factory=dict)  # members that left within the year, with the day

    def agency(self, agency_id: int | None, otherwise: str = "") -> str:
        """The short name of a member."""
        return self.agencies.get(agency_id or 0, ("", otherwise))[1]


def choices_of(year: ClusterYear) -> Choices:
    """Movements and members of a year under the names valid at its end; one query."""
    movements = Movement.objects.filter(year=year).order_by()
    members = Membership.objects.filter(year=year).order_by()
    no_day = Value(None, output_field=DateField())
    rows = movements.values_list("order", "pk", "title", Value(""), Value(""), Value("movement"), no_day).union(
        members.values_list(
            "order", "agency_id", agency_name("agency", year.ends_on),
            agency_name("agency", year.ends_on, "short_name"), "agency__code", Value("member"), "left_on",
        ),
        all=True,
    )  # fmt: skip
    found = sorted(rows, key=lambda row: row[:2])
    return Choices(
        {pk: name for _order, pk, name, _short, _code, kind, _left in found if kind == "movement"},
        {
            pk: (name or code, short or code)
            for _order, pk, name, short, code, kind, _left in found
            if kind == "member"
        },
        {pk: left for _order, pk, _name, _short, _code, _kind, left in found if left},
    )


@dataclass(frozen=True, slots=True)
class CarriedRow:
    """A decision on results: they came from ``agency_id`` (``takes``), or went to it from ``other_id``."""

    agency_id: int
    other_id: int
    takes: bool
    paper: str


def carried_by(year: ClusterYear, agency_id: int) -> list[CarriedRow]:
    """Whose results of the year the agency took over, and who took its own; one query."""
    rows = CarryOver.objects.filter(Q(predecessor=agency_id) | Q(successor=agency_id), year=year)
    found = []
    for row in rows.order_by("pk"):
        takes = row.successor_id == agency_id
        day = f"{row.decision_date:%d/%m/%Y}" if row.decision_date else ""
        found.append(
            CarriedRow(
                row.predecessor_id if takes else row.successor_id, agency_id, takes,
                ", ".join(part for part in (row.decision_number, day) if part),
            )
        )  # fmt: skip
    return found
