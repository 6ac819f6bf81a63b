"""Questions about movements, activities and gifts: querysets or plain rows out, a constant number of queries.

What a person may see of activities is decided in :func:`activities_for` alone: lists, totals, exports and counts all
start there.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import (
    Case,
    Count,
    DateField,
    Exists,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Coalesce

from core.folding import sort_key
from members.models import CarryOver, ClusterYear, Membership
from members.queries import agency_name
from members.scope import Scope
from movements.domain import sums
from movements.domain.totals import Gift, Totals, total
from movements.enums import ActivityScope, ActivityState, TagKind
from movements.models import (
    Activity,
    ActivityPartner,
    Contribution,
    Contributor,
    EvidenceUse,
    Movement,
    SavedFilter,
    Tag,
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


def for_list(rows: QuerySet[Activity], *more: str) -> QuerySet[Activity]:
    """The activities with ``files`` and only the columns a list shows; ``more`` names others it shows too."""
    return with_files(rows).only(
        *more,
        "title",
        "precision",
        "starts_on",
        "ends_on",
        "sorted_on",
        "state",
        "scope",
        "agency_id",
        "movement_id",
        "version",
    )


def of_agency(rows: QuerySet[Activity], agency_id: int) -> QuerySet[Activity]:
    """Activities an agency answers for (its own and those it took over in that year), or did as a partner."""
    return of_agencies(rows, [agency_id])


def of_agencies(
    rows: QuerySet[Activity], agency_ids: Sequence[int], *, or_cluster: bool = False
) -> QuerySet[Activity]:
    """Activities that one of the agencies answers for, or did as a partner; or those of the whole cluster."""
    partner = ActivityPartner.objects.filter(activity=OuterRef("pk"), agency__in=agency_ids)
    carried = CarryOver.objects.filter(
        year=OuterRef("year"), predecessor=OuterRef("agency"), successor__in=agency_ids
    )
    wanted = Q(agency__in=agency_ids) | Exists(carried) | Exists(partner)
    whole = Q(scope=ActivityScope.CLUSTER)
    if not agency_ids:
        return rows.filter(whole) if or_cluster else rows.none()
    return rows.filter(wanted | whole if or_cluster else wanted)


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
    movements, members = _movement_names(year), _member_names(year)
    return _as_choices(sorted(movements.union(members, all=True), key=_by_order))


_NO_DAY = Value(None, output_field=DateField())


def _movement_names(year: ClusterYear) -> Any:
    rows = Movement.objects.filter(year=year).order_by()
    return rows.values_list("order", "pk", "title", Value(""), Value(""), Value("movement"), _NO_DAY)


def _member_names(year: ClusterYear) -> Any:
    rows = Membership.objects.filter(year=year).order_by()
    return rows.values_list(
        "order", "agency_id", agency_name("agency", year.ends_on),
        agency_name("agency", year.ends_on, "short_name"), "agency__code", Value("member"), "left_on",
    )  # fmt: skip


def _by_order(row: tuple[Any, ...]) -> Any:
    return row[:2]


def _as_choices(found: Sequence[tuple[Any, ...]]) -> Choices:
    return Choices(
        {pk: name for _order, pk, name, _short, _code, kind, _left in found if kind == "movement"},
        {
            pk: (name or code, short or code)
            for _order, pk, name, short, code, kind, _left in found
            if kind == "member"
        },
        {pk: left for _order, pk, _name, _short, _code, kind, left in found if kind == "member" and left},
    )


@dataclass(frozen=True, slots=True)
class Kept:
    """A list as its owner likes it; ``query`` is the address without its question mark."""

    pk: int
    name: str
    query: str
    is_first: bool


@dataclass(frozen=True, slots=True)
class ListNames:
    """What the filter of a list offers: names of the year, labels (criteria first), the person's own saved filters."""

    choices: Choices
    tags: Mapping[int, str]
    saved: Sequence[Kept]


def list_names(scope: Scope, page: str) -> ListNames:
    """Everything a filter names, retired labels too; saved filters in the alphabet; one query."""
    tags = Tag.objects.filter(year=scope.year).order_by()
    kind = Case(When(kind=TagKind.CRITERION, then=Value("criterion")), default=Value("label"))
    labels = tags.values_list("order", "pk", "label", "code", Value(""), kind, _NO_DAY)
    own = SavedFilter.objects.filter(user=scope.user.pk, cluster=scope.year.cluster_id, page=page).order_by()
    first = Case(When(is_first=True, then=Value(0)), default=Value(1), output_field=IntegerField())
    saved = own.values_list(first, "pk", "name", "query", Value(""), Value("saved"), _NO_DAY)
    every = _movement_names(scope.year).union(_member_names(scope.year), labels, saved, all=True)
    found = sorted(every, key=_by_order)
    named = [(f"{row[3]} {row[2]}".strip(), row) for row in found]
    kept = [Kept(row[1], row[2], row[3], not row[0]) for row in found if row[5] == "saved"]
    return ListNames(
        _as_choices(found),
        {row[1]: words for wanted in ("criterion", "label") for words, row in named if row[5] == wanted},
        sorted(kept, key=lambda one: (sort_key(one.name), one.pk)),
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
