"""What this app lets a coming year take over of its labels: those that are still offered, without what carries them."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core import audit
from members.carry import Shift, part
from members.domain.actor import Actor
from members.models import ClusterYear
from movements.domain.tags import choices
from movements.models import Tag


def count_tags(year: ClusterYear) -> int:
    """How many are offered."""
    return Tag.objects.filter(year=year, retired_at__isnull=True).count()


def name_tags(year: ClusterYear, _shift: Shift) -> list[str]:
    """Their codes and names."""
    return [str(tag) for tag in choices(year)]


def copy_tags(actor: Actor, old: ClusterYear, new: ClusterYear, _shift: Shift) -> int:
    """The same labels in the same order under keys of their own; one event names them all, on the year."""
    rows = [
        Tag(year=new, kind=tag.kind, code=tag.code, label=tag.label, order=tag.order) for tag in choices(old)
    ]
    if rows:
        Tag.objects.bulk_create(rows)
        audit.record(
            audit.cluster_chain(new.cluster_id), "tag_copy", new, actor_id=actor.user_id, role=actor.role,
            after={"tags": [str(tag) for tag in rows]},
            reason=_("Tiếp tục từ năm %(label)s") % {"label": old.label},
        )  # fmt: skip
    return len(rows)


part(
    "tags", gettext_lazy("Tiêu chí và nhãn"),
    gettext_lazy("Tiêu chí, nhãn còn dùng, theo thứ tự cũ; không chép việc gắn vào hoạt động và minh chứng."),
    count_tags, copy_tags, place=45, names=name_tags, always=False,
)  # fmt: skip
