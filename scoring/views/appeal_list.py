"""The appeals of a year, and the lines of the own sheet that may be appealed."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from core.access import may, page
from core.dates import format_date
from members.queries import member_rows
from members.scope import Scope
from scoring.enums import AppealState, SheetState
from scoring.loading import leaves
from scoring.models import Appeal, ScoreLine
from scoring.queries_appeals import Window, appeals_for, window_of, with_deciders
from scoring.totals import board
from scoring.views.appeal_parts import figures_of, look_of, number


@page("appeal_view")
def appeals(request: HttpRequest) -> HttpResponse:
    """Those that wait first; under them what one's own agency may still object to, while the window is open."""
    scope: Scope = request.scope  # type: ignore[attr-defined]
    window = window_of(scope.year)
    decides = may(scope, "appeal_decide")
    rows = with_deciders(scope, appeals_for(scope)) if decides else list(appeals_for(scope))
    rows.sort(key=lambda row: row.state != AppealState.FILED)
    opens = may(scope, "appeal_file") and window.is_open(scope.today)
    context = {
        "nav": "scoring",
        "tab": "appeals",
        "rows": [_row(scope, row, decides=decides) for row in rows],
        "waiting": sum(row.state == AppealState.FILED for row in rows),
        "window": window_words(scope, window),
        "lines": _own_lines(scope, rows) if opens else None,
        "notices_url": scope.address("score_notices") if may(scope, "score_notices_view") else "",
    }
    return render(request, "scoring/appeal_list.html", context)


def window_words(scope: Scope, window: Window) -> dict[str, str]:
    """The window as a note: open until when, or why it is not."""
    if closed := window.closed(scope.today):
        return {"kind": "info", "text": closed}
    assert window.until is not None  # noqa: S101 - an open window has a last day
    values = {"day": format_date(window.until), "left": (window.until - scope.today).days}
    text = _(
        "Nhận kiến nghị đến 24:00 ngày %(day)s, còn %(left)s ngày sau hôm nay. Mỗi tiêu chí kiến nghị một lần."
    )
    if not values["left"]:
        text = _(
            "Hôm nay là ngày cuối nhận kiến nghị: đến 24:00 ngày %(day)s. Mỗi tiêu chí kiến nghị một lần."
        )
    return {"kind": "info" if values["left"] else "warn", "text": text % values}


def _row(scope: Scope, row: Appeal, *, decides: bool) -> dict[str, Any]:
    decided = row.decided_at is not None
    return {
        "row": row,
        "url": scope.address("appeal_detail", pk=row.pk),
        "look": look_of(row.state),
        "wanted": number(row.wanted),
        "before": number(row.points_before) if decided else "",
        "after": number(row.points_after) if decided else "",
        "mine": decides and may(scope, "appeal_decide", row),
    }


def _own_lines(scope: Scope, rows: list[Appeal]) -> list[dict[str, Any]]:
    """Lines of the own sheets without an appeal, those whose figure was changed first; nine queries."""
    boards = board(scope.year, scope.answers_for)
    if boards is None:
        return []
    taken = {row.line_id for row in rows}
    lines = ScoreLine.objects.filter(
        sheet__year=scope.year, sheet__agency__in=scope.answers_for, criterion__table=boards.table
    )
    keys = {
        (agency, code): pk for agency, code, pk in lines.values_list("sheet__agency", "criterion__code", "pk")
    }
    several = len(boards.sheets) > 1
    names = {one.agency_id: one.short_name for one in member_rows(scope.year)} if several else {}
    found = []
    for agency, data in boards.sheets.items():
        if data.sheet.state != SheetState.VERIFIED:
            continue
        for leaf in leaves(boards.nodes(agency)):
            pk = keys.get((agency, leaf.code))
            if pk is None or pk in taken or not leaf.applies:
                continue
            found.append({
                "code": leaf.code, "title": leaf.title, "agency": names.get(agency, ""),
                "maximum": number(leaf.maximum), "figures": figures_of(boards, agency, leaf.code),
                "url": scope.address("appeal_add", line=pk),
            })  # fmt: skip
    return sorted(found, key=lambda one: not one["figures"].differs)
