"""What this app lets a coming year take over: the movements that go on, without who joined and what came of them."""

from __future__ import annotations

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core import audit
from members.carry import Shift, part
from members.domain.actor import Actor
from members.models import ClusterYear
from movements.domain.movements import picture
from movements.domain.search_text import movement_search
from movements.models import Movement

KEPT = ("title", "slogan", "level", "launched_by", "kind", "starts_on", "ends_on", "decision_number")


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
    """The same movements under keys of their own, with their days and papers; nobody has joined, nothing came of them.

    Effects in order for each: movement, papers, audit. One that ends before the new year begins is left out.
    """
    rows = going_on(old).exclude(ends_on__lt=new.starts_on).prefetch_related("directives")
    copied = 0
    for copied, row in enumerate(rows, 1):
        movement = Movement(year=new, order=copied, **{name: getattr(row, name) for name in KEPT})
        movement.search = movement_search(movement)
        movement.save()
        movement.directives.set(row.directives.all())
        audit.record(
            audit.cluster_chain(new.cluster_id), "movement_add", movement,
            actor_id=actor.user_id, role=actor.role, after=picture(movement),
            reason=_("Tiếp tục từ năm %(label)s") % {"label": old.label},
        )  # fmt: skip
    return copied


part(
    "movements", gettext_lazy("Phong trào còn tiếp tục"),
    gettext_lazy("Phong trào chưa có ngày kết thúc hoặc kết thúc sau năm cũ; không chép đơn vị hưởng ứng và kết quả."),
    count_movements, copy_movements, place=40, names=name_movements, always=False,
)  # fmt: skip
