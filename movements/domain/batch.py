"""One thing done to many activities: told beforehand, each by the rule of the single verb, all in one transaction."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.db import transaction
from django.db.models import Prefetch
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core import audit
from core.access import RIGHTS, check, may
from core.errors import DomainError
from core.folding import clean
from members.domain.lock import lock_year
from members.scope import Scope
from movements.domain import states
from movements.domain.public import switch
from movements.domain.record import visible_for
from movements.domain.search_text import activity_search
from movements.enums import ActivityState
from movements.models import Activity, Movement, Tag

MOST: Final = 500
STATES: Final = tuple(states.TRANSITIONS)
PUBLIC: Final = {"publish": True, "hide": False}
RIGHT: Final = {
    **{action: step.right for action, step in states.TRANSITIONS.items()},
    "publish": "activity_publish",
    "hide": "activity_hide",
    "movement": "activity_edit",
    "tag_add": "activity_edit",
    "tag_remove": "activity_edit",
}
WORDS: Final = {
    "submit": gettext_lazy("Gửi"),
    "take_back": gettext_lazy("Thu hồi"),
    "confirm": gettext_lazy("Xác nhận"),
    "return": gettext_lazy("Trả lại kèm lý do"),
    "movement": gettext_lazy("Xếp vào phong trào"),
    "tag_add": gettext_lazy("Gắn tiêu chí, nhãn"),
    "tag_remove": gettext_lazy("Gỡ tiêu chí, nhãn"),
    "publish": gettext_lazy("Công khai"),
    "hide": gettext_lazy("Thôi công khai"),
}


@dataclass(frozen=True, slots=True)
class Work:
    """What is to be done; ``movement_id`` None takes activities out of their movement."""

    action: str
    reason: str = ""
    movement_id: int | None = None
    tag_id: int | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """One activity of a batch; ``why_not`` is empty where the work changes it."""

    pk: int
    version: int
    title: str
    why_not: str = ""


def offered(scope: Scope) -> dict[str, str]:
    """What somebody like this may do today, action by words."""
    return {action: str(WORDS[action]) for action in WORDS if may(scope, RIGHT[action])}


def foresee(
    scope: Scope, work: Work, ids: Sequence[int], seen: Mapping[int, int] | None = None
) -> list[Line]:
    """What the work would do to each of the activities (at most ``MOST``, in the order of ``ids``); two queries.

    ``seen`` are the versions the person ticked: what was saved since is left alone.
    """
    rows = {row.pk: row for row in _rows(scope, ids)}
    refusals: dict[str, str] = {}
    lines = []
    for pk in dict.fromkeys(ids[:MOST]):
        if row := rows.get(pk):
            why_not = _why_not(scope, row, work, refusals)
            if row.version != (seen or {}).get(pk, row.version):
                why_not = _edited()
            lines.append(Line(pk, row.version, row.title, why_not))
    return lines


def _edited() -> str:
    return _("người khác vừa sửa, hãy xem lại")


def carry_out(scope: Scope, work: Work, versions: Mapping[int, int]) -> list[Line]:
    """Do it to every activity that still is as the person saw it (``versions``); each row with what became of it.

    Raises ``Refused`` (may do it to none), ``DomainError`` (no reason, no movement or label of the year, too many).
    Effects in order: lock on the year, lock on the activities, then for each the change with its own audit, as the
    single verb does it; all or nothing.
    """
    with transaction.atomic():
        scope = lock_year(scope)
        check(scope, RIGHT[work.action])
        _check(scope, work, versions)
        rows = _rows(scope, list(versions), lock=True)
        refusals: dict[str, str] = {}
        done = []
        for row in rows:
            why_not = _why_not(scope, row, work, refusals)
            if row.version != versions[row.pk]:
                why_not = _edited()
            if not why_not:
                _DO[work.action](scope, row, work)
            done.append(Line(row.pk, row.version, row.title, why_not))
        gone = len(versions) - len(rows)
        return done + [Line(0, 0, "", _("không còn trong danh sách bạn xem được"))] * gone


def _rows(scope: Scope, ids: Sequence[int], *, lock: bool = False) -> list[Any]:
    """The activities in the order of their locks, with their labels."""
    rows = visible_for(scope).filter(pk__in=list(ids)[:MOST]).order_by("pk")
    if lock:
        rows = rows.select_for_update(of=("self",))
    labels = Prefetch("tags", Tag.objects.order_by("kind", "order", "id"))
    return list(rows.prefetch_related(labels))


# -- rules ---------------------------------------------------------------------------------------
def _check(scope: Scope, work: Work, versions: Mapping[int, int]) -> None:
    if len(versions) > MOST:
        raise DomainError(_("Mỗi lần làm nhiều nhất %(most)s hoạt động.") % {"most": MOST})
    if problem := missing(scope, work):
        raise DomainError(problem, field_of(work.action))


def field_of(action: str) -> str:
    """What else the action asks for, by the name of its field; empty for nothing."""
    if action == "return":
        return "reason"
    return {"movement": "movement", "tag_add": "tag", "tag_remove": "tag"}.get(action, "")


def missing(scope: Scope, work: Work) -> str:
    """What the work still lacks, as a sentence; one query where it names a movement or a label."""
    if work.action == "return" and not 0 < len(clean(work.reason)) <= states.LONGEST_REASON:
        return _("Ghi lý do trả lại (nhiều nhất 1.000 ký tự), để đơn vị biết cần sửa gì.")
    movements = Movement.objects.filter(year=scope.year, pk=work.movement_id or 0)
    if work.action == "movement" and work.movement_id is not None and not movements.exists():
        return _("Chọn một phong trào trong danh sách của năm.")
    if work.action in ("tag_add", "tag_remove"):
        tags = Tag.objects.filter(year=scope.year, pk=work.tag_id or 0)
        if work.action == "tag_add":
            tags = tags.filter(retired_at__isnull=True)
        if not tags.exists():
            return _("Chọn một tiêu chí hoặc nhãn trong danh sách của năm.")
    return ""


def _why_not(scope: Scope, row: Any, work: Work, refusals: dict[str, str]) -> str:
    """Why the work leaves the activity as it is; empty where it changes it."""
    if work.action in STATES and row.state not in states.TRANSITIONS[work.action].sources:
        return _state_words(row)
    if work.action in PUBLIC and row.state != ActivityState.CONFIRMED:
        return _state_words(row)
    right = RIGHT[work.action]
    if not may(scope, right, row):
        if right not in refusals:
            refusals[right] = scope.refusal(RIGHTS[right])
        return refusals[right]
    return _already(row, work)


def _state_words(row: Any) -> str:
    return _("đang ở trạng thái “%(state)s”") % {"state": ActivityState(row.state).label}


def _already(row: Any, work: Work) -> str:
    if work.action in PUBLIC and row.is_public == PUBLIC[work.action]:
        return _("đang công khai rồi") if row.is_public else _("đang là nội bộ rồi")
    if work.action == "movement" and row.movement_id == work.movement_id:
        return _("đã ở phong trào này rồi") if work.movement_id else _("không thuộc phong trào nào")
    carries = work.tag_id in [tag.pk for tag in row.tags.all()]
    if work.action == "tag_add" and carries:
        return _("đã có nhãn này rồi")
    if work.action == "tag_remove" and not carries:
        return _("không có nhãn này")
    return ""


# -- changes -------------------------------------------------------------------------------------
def _move(scope: Scope, row: Any, work: Work) -> None:
    states.apply(scope, row, work.action, reason=work.reason)


def _show(scope: Scope, row: Any, work: Work) -> None:
    switch(scope, row, PUBLIC[work.action])


def _set_movement(scope: Scope, row: Any, work: Work) -> None:
    before = row.movement_id
    row.movement_id = work.movement_id
    row.search = activity_search(row)
    _save(scope, row, {"movement_id": before}, {"movement_id": work.movement_id}, "movement", "search")


def _tag(scope: Scope, row: Any, work: Work) -> None:
    before = [str(tag) for tag in row.tags.all()]
    if work.action == "tag_add":
        row.tags.add(work.tag_id)
    else:
        row.tags.remove(work.tag_id)
    after = [str(tag) for tag in row.tags.order_by("kind", "order", "id")]
    _save(scope, row, {"tags": before}, {"tags": after})


def _save(scope: Scope, row: Activity, before: dict[str, Any], after: dict[str, Any], *fields: str) -> None:
    row.version += 1
    row.edited_by = scope.user
    row.save(update_fields=[*fields, "version", "edited_by", "updated_at"])
    audit.record(
        audit.cluster_chain(scope.year.cluster_id), "activity_edit", row,
        actor_id=scope.user.pk, role=scope.audit_role, before=before, after=after,
    )  # fmt: skip


_DO: Final[Mapping[str, Callable[[Scope, Any, Work], None]]] = {
    **dict.fromkeys(STATES, _move),
    **dict.fromkeys(PUBLIC, _show),
    "movement": _set_movement,
    "tag_add": _tag,
    "tag_remove": _tag,
}


def counted(lines: Iterable[Line]) -> tuple[int, dict[str, list[str]]]:
    """How many the work changes, and the titles of the others by reason, the most frequent reason first."""
    done = 0
    held: dict[str, list[str]] = {}
    for line in lines:
        if line.why_not:
            held.setdefault(line.why_not, []).append(line.title)
        else:
            done += 1
    return done, dict(sorted(held.items(), key=lambda item: -len(item[1])))
