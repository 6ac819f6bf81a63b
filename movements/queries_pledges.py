"""Questions about the compact of a year and what the agencies register; a constant number of queries."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Exists, OuterRef, Q, QuerySet

from core.dates import local_today
from core.people import full_name
from members.enums import Role
from members.models import CarryOver, ClusterYear, RoleTerm
from members.queries import MemberRow, covering, member_rows
from members.scope import Scope
from movements.enums import PledgeState, RegistrationState
from movements.models import (
    Pledge,
    PledgeClause,
    Registration,
    Signature,
    Target,
    TitleKind,
    TitleRegistration,
)

KNOWN_TO_ALL = (RegistrationState.SENT, RegistrationState.ACCEPTED)


# -- the compact ---------------------------------------------------------------------------------
def pledge_of(year: ClusterYear) -> Pledge | None:
    """The compact of a year; one query."""
    return Pledge.objects.filter(year=year).first()


def clauses_of(pledge: Pledge | None) -> list[str]:
    """Its contents in order; one query."""
    if pledge is None:
        return []
    return list(PledgeClause.objects.filter(pledge=pledge).order_by("order").values_list("text", flat=True))


def pledge_before(year: ClusterYear) -> Pledge | None:
    """The newest compact of the cluster's earlier years; one query."""
    earlier = Pledge.objects.filter(year__cluster=year.cluster_id, year__starts_on__lt=year.starts_on)
    return earlier.select_related("year").order_by("-year__starts_on").first()


def roll_day(year: ClusterYear, today: date, pledge: Pledge | None = None) -> date:
    """The day whose members have to sign: that of closing, else today; never outside the year's own days."""
    if pledge is not None and pledge.state == PledgeState.CLOSED and pledge.closed_at:
        today = local_today(pledge.closed_at)
    return min(max(today, year.starts_on), year.ends_on)


@dataclass(frozen=True, slots=True)
class Signed:
    """A signature that stands: of which agency, when, by which office; the name of the account for those who may."""

    agency_id: int
    at: datetime
    post: str
    name: str
    mark: str


@dataclass(frozen=True, slots=True)
class SeatRow:
    """An agency on the roll, or one that signed and has left since (``is_gone``)."""

    member: MemberRow
    signed: Signed | None
    is_gone: bool = False


@dataclass(frozen=True, slots=True)
class Roll:
    """Who has to sign on ``day``, in charter order, and who signed although it is no member of that day any more."""

    day: date
    rows: list[SeatRow]
    gone: list[SeatRow]

    @property
    def total(self) -> int:
        """How many have to sign."""
        return len(self.rows)

    @property
    def signed(self) -> int:
        """How many of them have."""
        return sum(1 for row in self.rows if row.signed)

    @property
    def missing(self) -> list[MemberRow]:
        """Those who have not."""
        return [row.member for row in self.rows if not row.signed]

    def seat(self, agency_id: int) -> SeatRow | None:
        """The line of an agency that has to sign."""
        return next((row for row in self.rows if row.member.agency_id == agency_id), None)


def signatures_of(pledge: Pledge | None) -> dict[int, Signed]:
    """The signatures that stand, by agency; one query."""
    if pledge is None:
        return {}
    rows = (
        Signature.objects.filter(pledge=pledge, lapsed_at__isnull=True)
        .select_related("signed_by")
        .order_by("pk")
    )
    return {
        row.agency_id: Signed(
            row.agency_id,
            row.signed_at,
            row.post,
            full_name(row.signed_by) if row.signed_by else "",
            row.mark,
        )
        for row in rows
    }


def roll_of(year: ClusterYear, pledge: Pledge | None, today: date) -> Roll:
    """Who has to sign and who has; three queries."""
    day = roll_day(year, today, pledge)
    return roll_from(member_rows(year, day), signatures_of(pledge), day)


def roll_from(members: Iterable[MemberRow], signed: dict[int, Signed], day: date) -> Roll:
    """The same out of what is already read."""
    rows, gone = [], []
    for member in members:
        found = signed.get(member.agency_id)
        if member.covers(day):
            rows.append(SeatRow(member, found))
        elif found:
            gone.append(SeatRow(member, found, is_gone=True))
    return Roll(day, rows, gone)


# -- what agencies register ----------------------------------------------------------------------
def registrations_for(scope: Scope) -> QuerySet[Registration]:
    """Registrations of the year that the person may read, with ``owner_is_chair``.

    Sent and accepted ones are open to every insider, drafts and returned ones to their own agency.
    """
    return of_year(scope).filter(Q(state__in=KNOWN_TO_ALL) | Q(agency__in=scope.answers_for))


def of_year(scope: Scope) -> QuerySet[Registration]:
    """All of the year with ``owner_is_chair``, for rights; what they hold is not everybody's to read."""
    chairs = covering(RoleTerm.objects.filter(cluster=scope.year.cluster_id, role=Role.CHAIR), scope.today)
    heir = CarryOver.objects.filter(
        year=scope.year, predecessor=OuterRef("agency"), successor__in=chairs.values("agency")
    )
    return Registration.objects.filter(year=scope.year).annotate(
        owner_is_chair=Exists(chairs.filter(agency=OuterRef("agency"))) | Exists(heir)
    )


def targets_of(rows: Iterable[Registration]) -> dict[int, list[Target]]:
    """Targets in order by registration; one query."""
    found: dict[int, list[Target]] = {row.pk: [] for row in rows}
    targets = Target.objects.filter(registration__in=list(found)).select_related("movement")
    for target in targets.order_by("registration", "order", "pk"):
        found[target.registration_id].append(target)
    return found


def titles_of(rows: Iterable[Registration]) -> dict[int, list[TitleRegistration]]:
    """Titles in order by registration; one query."""
    found: dict[int, list[TitleRegistration]] = {row.pk: [] for row in rows}
    for title in TitleRegistration.objects.filter(registration__in=list(found)).order_by(
        "registration", "order"
    ):
        found[title.registration_id].append(title)
    return found


def kinds_of(year: ClusterYear) -> list[TitleKind]:
    """Titles of the law that is in force at any day of the year, in order; one query."""
    begun = Q(valid_from__isnull=True) | Q(valid_from__lte=year.ends_on)
    lasting = Q(valid_to__isnull=True) | Q(valid_to__gte=year.starts_on)
    return list(TitleKind.objects.filter(begun, lasting).order_by("holder", "order", "pk"))


def registration_before(year: ClusterYear, agency_ids: Iterable[int]) -> Registration | None:
    """The newest registration of the agencies in an earlier year of the cluster that was ever sent; one query."""
    earlier = Registration.objects.filter(
        year__cluster=year.cluster_id, year__starts_on__lt=year.starts_on, agency__in=list(agency_ids),
        sent_at__isnull=False,
    )  # fmt: skip
    return earlier.select_related("year").order_by("-year__starts_on", "pk").first()
