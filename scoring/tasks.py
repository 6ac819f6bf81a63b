"""What appeals, adjustments and notices about points ask of a person, for the home page."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core.access import may
from members import phases
from members.scope import Scope
from members.tasks import Task
from scoring.domain.deciders import leadership
from scoring.enums import AdjustmentState, AppealState, NoticeKind
from scoring.notices import notices_of, title_of
from scoring.queries_adjustments import adjustments_for
from scoring.queries_adjustments import with_deciders as with_adjusters
from scoring.queries_appeals import appeals_for, with_deciders

NAMED = 3
_WARNS = (NoticeKind.RETURNED, NoticeKind.TABLE)


def score_tasks(scope: Scope) -> list[Task]:
    """Notices nobody of the person's agencies has seen, then what waits for the person's decision.

    One query for staff of a member; for leadership and officer up to two more, and four where something waits.
    """
    return [*(_notices(scope) if scope.answers_for else ()), *_to_decide(scope)]


def _notices(scope: Scope) -> list[Task]:
    rows = list(notices_of(scope).filter(seen_at__isnull=True))
    address = scope.address("score_notices")
    tasks = [
        Task(
            title_of(row.kind), row.words, address, _("Xem"),
            "warn" if row.kind in _WARNS else "none",
        )
        for row in rows[:NAMED]
    ]  # fmt: skip
    more = len(rows) - NAMED
    if more > 0:
        title = ngettext("Còn %(count)s thông báo về điểm", "Còn %(count)s thông báo về điểm", more)
        tasks.append(Task(title % {"count": more}, "", address, _("Xem")))
    return tasks


def _to_decide(scope: Scope) -> list[Task]:
    if not (scope.is_chair or scope.is_deputy or scope.is_officer):
        return []
    waiting: list[Any] = []
    proposed: list[Any] = []
    if scope.opens(phases.APPEALS):
        waiting = list(appeals_for(scope).filter(state=AppealState.FILED))
    if scope.opens(phases.ADJUST):
        proposed = list(adjustments_for(scope).filter(state=AdjustmentState.PROPOSED))
    if not waiting and not proposed:
        return []
    leads = leadership(scope)
    appeals = [row for row in with_deciders(scope, waiting, leads) if may(scope, "appeal_decide", row)]
    changes = [row for row in with_adjusters(scope, proposed, leads) if may(scope, "adjustment_decide", row)]
    return [*_appeals(scope, appeals), *_changes(scope, changes)]


def _appeals(scope: Scope, rows: Sequence[Any]) -> list[Task]:
    if not rows:
        return []
    title = ngettext(
        "Giải quyết %(count)s kiến nghị về điểm", "Giải quyết %(count)s kiến nghị về điểm", len(rows)
    )
    detail = _("Xem minh chứng của hai bên rồi kết luận; kết quả ra thông báo có số.")
    return [Task(title % {"count": len(rows)}, detail, scope.address("appeal_list"), _("Giải quyết"), "warn")]


def _changes(scope: Scope, rows: Sequence[Any]) -> list[Task]:
    if not rows:
        return []
    title = ngettext(
        "Quyết định %(count)s đề xuất điều chỉnh điểm",
        "Quyết định %(count)s đề xuất điều chỉnh điểm",
        len(rows),
    )
    detail = _("Khoản được duyệt mới tính vào tổng điểm.")
    return [
        Task(title % {"count": len(rows)}, detail, scope.address("adjustment_list"), _("Quyết định"), "warn")
    ]
