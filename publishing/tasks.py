"""What the hand-over of the chair asks of a person, for the home page."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _

from core.access import may
from core.dates import format_date
from members.enums import Role
from members.models import RoleTerm
from members.scope import Scope
from members.tasks import Task
from publishing.domain.changeover import Seat, history_of
from publishing.enums import Side
from publishing.models import Handover

BEFORE, AFTER = timedelta(days=30), timedelta(days=60)


def handover_tasks(scope: Scope) -> list[Task]:
    """The hand-over that this person's side has not signed, from 30 days before the change to 60 days after.

    One query for everybody else, and whenever no chair changes about today; else up to five.
    """
    if not scope.staff_hats:
        return []
    near = RoleTerm.objects.filter(
        cluster=scope.cluster.pk, role=Role.CHAIR,
        starts_on__gte=scope.today - AFTER, starts_on__lte=scope.today + BEFORE,
    )  # fmt: skip
    days = set(near.values_list("starts_on", flat=True))
    if not days:
        return []
    history = history_of(scope.cluster.pk)
    seats = [
        (Seat(change, side), year)
        for change, year in history.changes
        if change.effective_on in days
        for side in Side
        if may(scope, "handover_sign", Seat(change, side))
    ]
    rows = Handover.objects.filter(year__cluster=scope.cluster.pk).values_list(
        "year",
        "effective_on",
        "from_agency",
        "to_agency",
        "giver_signed_at",
        "receiver_signed_at",
        "frozen_at",
    )
    known = {row[:4]: row[4:] for row in rows} if seats else {}
    return [
        _task(scope, seat, year.label)
        for seat, year in seats
        if not _is_signed(seat, known.get((year.pk, seat.change.effective_on, *seat.change.parties)))
    ]


def handover_address(scope: Scope) -> str:
    """The page of the year's hand-over for whom it concerns, else nothing; three queries for a plain member."""
    if scope.is_chair or scope.is_deputy or scope.is_officer:
        return scope.address("handover")
    if not scope.staff_hats:
        return ""
    concerned = [
        change
        for change in history_of(scope.cluster.pk).of_year(scope.year.pk)
        if may(scope, "handover_view", change)
    ]
    if not concerned:
        return ""
    return f"{scope.address('handover')}?{urlencode({'ngay': concerned[0].effective_on.isoformat()})}"


def _is_signed(seat: Seat, row: tuple[object, ...] | None) -> bool:
    if row is None:
        return False
    giver, receiver, frozen = row
    return bool(frozen or (giver if seat.side is Side.GIVER else receiver))


def _task(scope: Scope, seat: Seat, label: str) -> Task:
    change = seat.change
    title = (
        _("Bàn giao Cụm trưởng: đánh dấu và ký cho bên giao")
        if seat.side is Side.GIVER
        else _("Bàn giao Cụm trưởng: đánh dấu và ký cho bên nhận")
    )
    sentence = (
        _("Quyền của Cụm trưởng đã chuyển vào 00:00 ngày %(day)s.")
        if change.effective_on <= scope.today
        else _("Quyền của Cụm trưởng chuyển vào 00:00 ngày %(day)s.")
    )
    address = reverse("handover", kwargs={"cluster": scope.cluster.slug, "label": label})
    query = urlencode({"ngay": change.effective_on.isoformat(), "ben": seat.side})
    return Task(
        title, sentence % {"day": format_date(change.effective_on)}, f"{address}?{query}", _("Mở trang bàn giao"),
        "warn",
    )  # fmt: skip
