"""Questions about movements: whom they were sent to, who joined under which words, what was found at the end."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Count, Exists, F, IntegerField, OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce

from core.access import may
from core.models import StoredFile
from members.domain.terms import is_member_on
from members.models import Directive, Membership
from members.queries import agency_name
from members.scope import Scope
from movements.models import Movement, MovementFile, MovementNotice, MovementReview, Participation
from movements.queries import LARGEST_ID, activities_for

JOINED, DECLINED, SEEN, SENT, NOT_SENT = "joined", "declined", "seen", "sent", "not_sent"


@dataclass(frozen=True, slots=True)
class MovementRow:
    """A movement in a list: ``members`` joined it of ``of``, ``activities`` are those the person may see.

    ``root`` is the title of the movement that it carries out; ``waits``: an agency of the person's has not answered.
    """

    pk: int
    title: str
    slogan: str
    level: str
    launched_by: str
    kind: str
    starts_on: date | None
    ends_on: date | None
    members: int
    of: int
    activities: int
    joined: bool
    own: bool
    root: str
    waits: bool


def movement_rows(scope: Scope) -> list[MovementRow]:
    """The movements of the year in order; one query."""
    joined = Participation.objects.filter(movement=OuterRef("pk")).order_by()
    seen = activities_for(scope).filter(movement=OuterRef("pk")).order_by()
    members = Membership.objects.filter(year=OuterRef("year")).order_by()
    rows = (
        Movement.objects.filter(year=scope.year)
        .order_by("order", "id")
        .annotate(
            members=_number(joined.values("movement")),
            of=_number(members.values("year")),
            activities_seen=_number(seen.values("movement")),
            joined=Exists(joined.filter(agency__in=scope.agency_ids)),
            waits=Exists(waiting(scope).filter(movement=OuterRef("pk"))),
            root=F("responds_to__title"),
            launcher=agency_name("agency", scope.year.ends_on),
        )
    )
    return [
        MovementRow(
            row.pk, row.title, row.slogan, row.get_level_display(), row.launcher or row.launched_by,
            row.get_kind_display(), row.starts_on, row.ends_on, row.members, row.of, row.activities_seen, row.joined,
            row.agency_id is not None, row.root or "", row.waits,
        )
        for row in rows
    ]  # fmt: skip


def _number(groups: Any) -> Coalesce:
    counted = groups.annotate(number=Count("pk")).values("number")
    return Coalesce(Subquery(counted, output_field=IntegerField()), Value(0))


def waiting(scope: Scope) -> QuerySet[MovementNotice]:
    """Notices of the year that the person's agencies have not answered."""
    return unanswered(scope).filter(agency__in=scope.agency_ids)


def unanswered(scope: Scope) -> QuerySet[MovementNotice]:
    """Notices of the year without an answer; who has left the cluster is not asked any more."""
    joined = Participation.objects.filter(movement=OuterRef("movement"), agency=OuterRef("agency"))
    gone = Membership.objects.filter(year=scope.year, agency=OuterRef("agency"), left_on__lte=_today(scope))
    rows = MovementNotice.objects.filter(movement__year=scope.year, declined_at__isnull=True)
    return rows.exclude(Exists(joined)).exclude(Exists(gone))


def _today(scope: Scope) -> date:
    """Today, or the nearest day of the year."""
    return min(max(scope.today, scope.year.starts_on), scope.year.ends_on)


def movement_for(scope: Scope, pk: int) -> Movement | None:
    """A movement of this year with what it carries out, or None (one of elsewhere does not exist here); one query."""
    if pk > LARGEST_ID:
        return None
    rows = Movement.objects.filter(year=scope.year, pk=pk).select_related("responds_to")
    return rows.annotate(launcher=agency_name("agency", scope.year.ends_on)).first()


def directives_of(movement: Movement) -> list[Directive]:
    """The papers a movement carries out; one query."""
    return list(movement.directives.order_by("issued_on", "number", "id"))


def files_of(movement: Movement) -> list[MovementFile]:
    """The papers of the launch that stand, with their bytes' rows; one query."""
    return list(movement.files.filter(removed_at__isnull=True).select_related("file").order_by("id"))


def file_for(scope: Scope, pk: int) -> tuple[StoredFile, str] | None:
    """A standing paper of a movement of this year: bytes' row and name; one query."""
    if pk > LARGEST_ID:
        return None
    rows = MovementFile.objects.filter(movement__year=scope.year, removed_at__isnull=True, pk=pk)
    row = rows.select_related("file").first()
    return (row.file, row.name) if row else None


# -- members and their answers -------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class FollowRow:
    """A member beside a movement: what it was told and what it answered.

    ``state``: joined, declined, seen, sent, not_sent. ``late``: it was to answer before today and has not.
    ``activities`` are those the person may see.
    """

    agency_id: int
    name: str
    short: str
    state: str
    late: bool
    own: bool
    left: bool
    activities: int = 0
    sent_at: datetime | None = None
    again: bool = False
    seen_at: datetime | None = None
    answered_at: datetime | None = None
    joined_on: date | None = None
    local_title: str = ""
    plan_number: str = ""
    plan_date: date | None = None
    note: str = ""
    reason: str = ""

    @property
    def is_open(self) -> bool:
        """Told and not answered."""
        return self.state in (SENT, SEEN)


def follow_rows(scope: Scope, movement: Movement) -> list[FollowRow]:
    """Every member of the year, and whoever else joined or was told, in charter order; four queries."""
    day = scope.year.ends_on
    members = (
        Membership.objects.filter(year=scope.year)
        .order_by("order", "id")
        .annotate(
            name=agency_name("agency", day),
            short=agency_name("agency", day, "short_name"),
            code=F("agency__code"),
        )
    )
    notices = {row.agency_id: row for row in MovementNotice.objects.filter(movement=movement).order_by("id")}
    joined = {row.agency_id: row for row in Participation.objects.filter(movement=movement).order_by("id")}
    done = activities_for(scope).filter(movement=movement).order_by().values_list("agency")
    counts: dict[int | None, int] = dict(done.annotate(number=Count("pk")))
    today = _today(scope)
    return [
        _follow_row(
            scope, movement, row, notices.get(row.agency_id), joined.get(row.agency_id), counts,
            left=not is_member_on(row, today),
        )
        for row in members
    ]  # fmt: skip


def _follow_row(
    scope: Scope,
    movement: Movement,
    member: Any,
    notice: MovementNotice | None,
    joins: Participation | None,
    counts: dict[int | None, int],
    *,
    left: bool,
) -> FollowRow:
    state = _state(notice, joins)
    due = movement.answer_by
    own = member.agency_id in scope.agency_ids
    tells = own or may(scope, "movement_follow")
    return FollowRow(
        member.agency_id, member.name or member.code, member.short or member.name or member.code, state,
        late=state in (SENT, SEEN) and due is not None and due < scope.today, own=own, left=left,
        activities=counts.get(member.agency_id, 0),
        sent_at=notice.sent_at if notice else None,
        again=bool(notice and notice.sent_at > notice.created_at),
        seen_at=notice.seen_at if notice else None,
        answered_at=joins.updated_at if joins else notice.declined_at if notice else None,
        joined_on=joins.joined_on if joins else None,
        local_title=joins.local_title if joins else "",
        plan_number=joins.plan_number if joins else "",
        plan_date=joins.plan_date if joins else None,
        note=joins.note if joins and tells else "",
        reason=notice.decline_reason if notice and not joins and tells else "",
    )  # fmt: skip


def _state(notice: MovementNotice | None, joins: Participation | None) -> str:
    if joins:
        return JOINED
    if notice is None:
        return NOT_SENT
    if notice.declined_at:
        return DECLINED
    return SEEN if notice.seen_at else SENT


# -- local wordings ------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class ResponseRow:
    """A movement that carries out another one in its own words."""

    pk: int
    title: str
    level: str
    launched_by: str
    members: int
    activities: int


def responses_of(scope: Scope, movement: Movement) -> list[ResponseRow]:
    """The movements of the year that carry this one out, the highest level first; one query."""
    joined = Participation.objects.filter(movement=OuterRef("pk")).order_by()
    seen = activities_for(scope).filter(movement=OuterRef("pk")).order_by()
    rows = (
        Movement.objects.filter(year=scope.year, responds_to=movement)
        .order_by("order", "id")
        .annotate(
            members=_number(joined.values("movement")),
            activities_seen=_number(seen.values("movement")),
            launcher=agency_name("agency", scope.year.ends_on),
        )
    )
    return [
        ResponseRow(
            row.pk,
            row.title,
            row.get_level_display(),
            row.launcher or row.launched_by,
            row.members,
            row.activities_seen,
        )
        for row in rows
    ]


# -- reviews -------------------------------------------------------------------------------------
def reviews_of(scope: Scope, movement: Movement) -> list[MovementReview]:
    """The closed reviews, and drafts for whoever may write them; one query."""
    rows = MovementReview.objects.filter(movement=movement).order_by("held_on", "id")
    return list(rows if may(scope, "movement_review", movement) else rows.filter(closed_at__isnull=False))


def review_for(scope: Scope, pk: int) -> MovementReview | None:
    """A review of a movement of this year, with the movement; one query. Who may see a draft is the page's to ask."""
    if pk > LARGEST_ID:
        return None
    rows = MovementReview.objects.filter(movement__year=scope.year, pk=pk)
    return rows.select_related("movement").first()
