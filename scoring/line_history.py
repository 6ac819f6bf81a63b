"""What happened to a line, as sentences: who gave which figure when; by office and agency, never by a person's name."""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from core.dates import format_date, local_today
from core.quantity import format_number
from members.queries import agency_names
from members.scope import Scope
from scoring.enums import EntrySource, LineMark
from scoring.models import ScoreEntry, ScoreLine
from scoring.queries_sheets import shown
from scoring.table_rules import read as read_settings

LONGEST = 60


def history_of(scope: Scope, line: ScoreLine) -> list[dict[str, Any]]:
    """The figures of a line that the person sees, oldest first, ready for ``<c-timeline>``; two queries.

    ``line.sheet`` is annotated (``queries_sheets``).
    """
    rows = [
        one
        for one in ScoreEntry.objects.filter(line=line).order_by("pk")
        if shown(scope, line.sheet, one.level, one.scorer_id)
    ][-LONGEST:]
    names = agency_names({one.scorer_id for one in rows}, local_today(timezone.now())) if rows else {}
    levels = {one.key: one.label for one in read_settings(line.sheet.table.settings).levels}
    before: dict[tuple[str, int], ScoreEntry] = {}
    lines = []
    for one in rows:
        moment = timezone.localtime(one.created_at)
        lines.append(
            {
                "when": f"{moment:%H:%M} {format_date(moment.date())}",
                "when_iso": moment.isoformat(timespec="seconds"),
                "title": _sentence(
                    one,
                    before.get((one.level, one.scorer_id)),
                    names.get(one.scorer_id, ("", _("Một đơn vị")))[1],
                    levels.get(one.level, one.level),
                ),
                "text": one.reason,
            }
        )
        before[one.level, one.scorer_id] = one
    return lines


def _sentence(entry: ScoreEntry, before: ScoreEntry | None, who: str, level: str) -> str:
    told = {"who": who, "level": level.lower(), "points": entry_words(entry)}
    if entry.source == EntrySource.ACCEPTED:
        return _("%(who)s (%(level)s) đồng ý với điểm trước: %(points)s") % told
    if before is None:
        return _("%(who)s (%(level)s) chấm %(points)s") % told
    return _("%(who)s (%(level)s) sửa %(before)s → %(points)s") % (told | {"before": entry_words(before)})


def entry_words(entry: ScoreEntry) -> str:
    """ "8,5 điểm", "Không phát sinh", "tạm tính"."""
    if entry.mark:
        return str(LineMark(entry.mark).label)
    return (
        _("tạm tính")
        if entry.points is None
        else _("%(points)s điểm") % {"points": format_number(entry.points)}
    )
