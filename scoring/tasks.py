"""What appeals, adjustments and notices about points ask of a person, for the home page."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from members.scope import Scope
from members.tasks import Task
from scoring.enums import NoticeKind
from scoring.notices import notices_of

NAMED = 3
_WARNS = (NoticeKind.RETURNED, NoticeKind.TABLE)


def score_tasks(scope: Scope) -> list[Task]:
    """Notices to the person's agencies that nobody there has seen; one query, none for others."""
    if not scope.answers_for:
        return []
    return _notices(scope)


def _notices(scope: Scope) -> list[Task]:
    rows = list(notices_of(scope).filter(seen_at__isnull=True))
    address = scope.address("score_notices")
    tasks = [
        Task(
            str(NoticeKind(row.kind).label), row.words, address, _("Xem"),
            "warn" if row.kind in _WARNS else "none",
        )
        for row in rows[:NAMED]
    ]  # fmt: skip
    more = len(rows) - NAMED
    if more > 0:
        title = ngettext("Còn %(count)s thông báo về điểm", "Còn %(count)s thông báo về điểm", more)
        tasks.append(Task(title % {"count": more}, "", address, _("Xem")))
    return tasks
