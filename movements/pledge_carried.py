"""What this app lets a coming year take over of the compact: its contents, as a draft that nobody has signed.

Registrations are not copied: each agency begins its own from the year before, on its form.
"""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core import audit
from members.carry import Shift, part
from members.domain.actor import Actor
from members.models import ClusterYear
from movements.domain.pledges import picture
from movements.models import Pledge, PledgeClause
from movements.queries_pledges import clauses_of, pledge_of


def count_contents(year: ClusterYear) -> int:
    """How many contents the compact has; one query."""
    return PledgeClause.objects.filter(pledge__year=year).count()


def name_contents(year: ClusterYear, _shift: Shift) -> list[str]:
    """The contents in order; one query."""
    rows = PledgeClause.objects.filter(pledge__year=year).order_by("order")
    return list(rows.values_list("text", flat=True))


def copy_compact(actor: Actor, old: ClusterYear, new: ClusterYear, shift: Shift) -> int:
    """The words of the compact with the new year's label, its signing day moved; a draft, without any signature.

    Effects in order: compact, contents, audit.
    """
    before = pledge_of(old)
    clauses = clauses_of(before)
    if before is None or not clauses:
        return 0
    words = {name: getattr(before, name).replace(old.label, new.label) for name in ("title", "preamble")}
    pledge = Pledge.objects.create(year=new, place=before.place, signing_on=shift(before.signing_on), **words)
    PledgeClause.objects.bulk_create(
        PledgeClause(pledge=pledge, order=order, text=text) for order, text in enumerate(clauses, 1)
    )
    audit.record(
        audit.cluster_chain(new.cluster_id), "pledge_add", pledge,
        actor_id=actor.user_id, role=actor.role, after=picture(pledge),
        reason=_("Chép từ giao ước năm %(label)s") % {"label": old.label},
    )  # fmt: skip
    return len(clauses)


part(
    "pledge", gettext_lazy("Nội dung giao ước thi đua"),
    gettext_lazy("Chép lời giao ước thành bản nháp của năm mới; không chép chữ ký và bản đăng ký của các đơn vị."),
    count_contents, copy_compact, place=45, names=name_contents, always=False,
)  # fmt: skip
