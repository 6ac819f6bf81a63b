"""What this app lets a coming year take over: the movements that go on, without who joined and what came of them."""

from __future__ import annotations

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core import audit
from members.carry import Shift, part
from members.domain.actor import Actor
from members.models import ClusterYear, Membership
from movements.domain.movements import picture
from movements.domain.search_text import movement_search
from movements.models import Movement, MovementFile

KEPT = (
    "title", "slogan", "level", "launched_by", "agency_id", "kind", "starts_on", "ends_on", "decision_number",
    "decision_date", "standards",
)  # fmt: skip


def going_on(year: ClusterYear) -> QuerySet[Movement]:
    """Movements without an end, or that end after the year."""
    running = Q(ends_on__isnull=True) | Q(ends_on__gt=year.ends_on)
    return Movement.objects.filter(running, year=year).order_by("order", "pk")


def count_movements(year: ClusterYear) -> int:
    """How many go on."""
    return going_on(year).count()


def name_movements(year: ClusterYear, _shift: Shift) -> list[str]:
    """Their titles."""
    return list(going_on(year).values_list("title", flat=True))


def copy_movements(actor: Actor, old: ClusterYear, new: ClusterYear, _shift: Shift) -> int:
    """The same movements under keys of their own, with their days, standards and papers; nobody was told or has
    answered or joined, nothing came of them.

    What carries out another one goes on doing so where that one goes on too. Effects in order: for each the movement
    and its papers, then what they carry out, then the audit. One that ends before the new year begins is left out,
    and so is one of an agency that is no member any more.
    """
    members = set(Membership.objects.filter(year=new).values_list("agency", flat=True))
    rows = [
        row
        for row in going_on(old).exclude(ends_on__lt=new.starts_on).prefetch_related("directives", "files")
        if row.agency_id is None or row.agency_id in members
    ]
    copies: dict[int, Movement] = {}
    for place, row in enumerate(rows, 1):
        copies[row.pk] = _copy(row, Movement(year=new, order=place))
    for row in rows:
        if row.responds_to_id in copies:
            copies[row.pk].responds_to = copies[row.responds_to_id]
            copies[row.pk].save(update_fields=["responds_to"])
    for movement in copies.values():
        audit.record(
            audit.cluster_chain(new.cluster_id), "movement_add", movement,
            actor_id=actor.user_id, role=actor.role, after=picture(movement),
            reason=_("Tiếp tục từ năm %(label)s") % {"label": old.label},
        )  # fmt: skip
    return len(copies)


def _copy(row: Movement, movement: Movement) -> Movement:
    """The row's words and papers in a movement of the new year."""
    for name in KEPT:
        setattr(movement, name, getattr(row, name))
    movement.search = movement_search(movement)
    movement.save()
    movement.directives.set(row.directives.all())
    MovementFile.objects.bulk_create(
        MovementFile(movement=movement, file_id=file.file_id, name=file.name, added_by_id=file.added_by_id)
        for file in row.files.all()
        if file.removed_at is None
    )
    return movement


part(
    "movements", gettext_lazy("Phong trào còn tiếp tục"),
    gettext_lazy("Phong trào chưa có ngày kết thúc hoặc kết thúc sau năm cũ; không chép đơn vị hưởng ứng và kết quả."),
    count_movements, copy_movements, place=40, names=name_movements, always=False,
)  # fmt: skip
