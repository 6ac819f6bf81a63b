"""What movements that were sent ask of a person, for the home page; one query."""

from __future__ import annotations

from django.db.models import F
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core.access import may
from members import phases
from members.scope import Scope
from members.tasks import Task
from movements.models import MovementNotice
from movements.queries_movements import unanswered, waiting

NAMED = 3


def notice_tasks(scope: Scope) -> list[Task]:
    """Movements that the person's agencies have not answered; for the leadership those that others are late with."""
    if not scope.opens_for(phases.MOVEMENTS):
        return []
    leads = may(scope, "movement_send")
    found = unanswered(scope) if leads else waiting(scope)
    nearest = F("movement__answer_by").asc(nulls_last=True)
    rows = list(found.select_related("movement").order_by(nearest, "movement", "id"))
    own = [
        row
        for row in rows
        if row.agency_id in scope.agency_ids and scope.opens_for(phases.MOVEMENTS, row.agency_id)
    ]
    late = (
        [row for row in rows if row not in own and _is_late(row, scope)]
        if may(scope, "movement_send")
        else []
    )
    return [*(_answer(scope, row) for row in own[:NAMED]), *_late(scope, late)]


def _is_late(row: MovementNotice, scope: Scope) -> bool:
    return row.movement.answer_by is not None and row.movement.answer_by < scope.today


def _answer(scope: Scope, row: MovementNotice) -> Task:
    names = dict.fromkeys(hat.agency_name for hat in scope.staff_hats if hat.agency_id == row.agency_id)
    return Task(
        _("Trả lời phong trào: %(title)s") % {"title": row.movement.title},
        _("%(agency)s được gửi phong trào này: hưởng ứng, hoặc không tham gia kèm lý do.")
        % {"agency": ", ".join(names)},
        f"{scope.address('movement_answer', pk=row.movement_id)}?don_vi={row.agency_id}",
        _("Trả lời"),
        "err" if _is_late(row, scope) else "warn",
        row.movement.answer_by,
    )


def _late(scope: Scope, rows: list[MovementNotice]) -> list[Task]:
    movements: dict[int, list[MovementNotice]] = {}
    for row in rows:
        movements.setdefault(row.movement_id, []).append(row)
    tasks = []
    for pk, late in list(movements.items())[:NAMED]:
        title = ngettext(
            "%(count)s đơn vị chưa trả lời phong trào: %(title)s",
            "%(count)s đơn vị chưa trả lời phong trào: %(title)s",
            len(late),
        )
        tasks.append(
            Task(
                title % {"count": len(late), "title": late[0].movement.title},
                _("Đã quá hạn trả lời. Gửi lại bằng một lần bấm ở bảng theo dõi."),
                scope.address("movement_follow", pk=pk),
                _("Theo dõi"),
                "warn",
                late[0].movement.answer_by,
            )
        )
    return tasks
