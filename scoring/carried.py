"""What this app lets a coming year take over: the criteria table as a draft, never a score."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core import audit
from members.carry import Shift, part
from members.domain.actor import Actor
from members.models import ClusterYear
from scoring.domain.tables import draft_of, make_draft
from scoring.enums import LeafRule, TableState
from scoring.models import CriteriaTable, Criterion


def table_to_carry(year: ClusterYear) -> CriteriaTable | None:
    """The table in force, else the draft; one query."""
    standing = CriteriaTable.objects.filter(year=year, state__in=[TableState.APPLIED, TableState.DRAFT])
    return standing.select_related("year__cluster").order_by("state").first()  # "applied" before "draft"


def count_table(year: ClusterYear) -> int:
    """How many criteria would be taken over."""
    table = table_to_carry(year)
    return Criterion.objects.filter(table=table).exclude(rule=LeafRule.SECTION).count() if table else 0


def name_table(year: ClusterYear, _shift: Shift) -> list[str]:
    """The title with its version."""
    table = table_to_carry(year)
    return (
        [_("%(title)s, bản %(n)s, thành bản soạn") % {"title": table.title, "n": table.version}]
        if table
        else []
    )


def copy_table(actor: Actor, old: ClusterYear, new: ClusterYear, shift: Shift) -> int:
    """The rows and the way of counting as a draft of the new year; days of criteria are moved as the calendar is.

    Effects in order: table, rows, audit. A year that has a draft already keeps it.
    """
    base = table_to_carry(old)
    if base is None or draft_of(new):
        return 0
    title = base.title.replace(old.label, new.label)
    table = make_draft(new, title, base)
    days = dict(Criterion.objects.filter(table=base, due_on__isnull=False).values_list("key", "due_on"))
    rows = list(Criterion.objects.filter(table=table))
    for row in rows:
        row.due_on = shift(days.get(row.key))
    Criterion.objects.bulk_update([row for row in rows if row.due_on], ["due_on"])
    audit.record(
        audit.cluster_chain(new.cluster_id), "criteria_start", table, actor_id=actor.user_id, role=actor.role,
        after={"title": table.title, "version": table.version, "source": table.source},
        reason=_("Tiếp tục từ năm %(label)s") % {"label": old.label},
    )  # fmt: skip
    return sum(1 for row in rows if row.rule != LeafRule.SECTION)


part(
    "criteria", gettext_lazy("Bảng tiêu chí chấm điểm"),
    gettext_lazy("Thành bản soạn của năm mới, sửa rồi mới áp dụng; không chép điểm của đơn vị nào."),
    count_table, copy_table, place=45, names=name_table, always=False,
)  # fmt: skip
