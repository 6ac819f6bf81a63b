"""The total board of a year, its exports, and the three decisions about points: give out, freeze, open again."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from core import files
from core.access import may, page
from core.errors import DomainError, Problem, Stale
from core.exporters import content_disposition
from core.workbooks import CONTENT_TYPE
from members.scope import Scope
from scoring.domain.acts import relative_leaves
from scoring.domain.release import final_problems, make_final, release, release_problems, reopen
from scoring.exports import Line, Totals, shown, totals_for, totals_json, totals_workbook
from scoring.render.totals import totals_docx
from scoring.words import said


@page("board_view")
def board(request: HttpRequest) -> HttpResponse:
    """Agencies by parts of the table with totals; what keeps points from being given out or frozen."""
    return _page(request)


def _page(request: HttpRequest, status: int = 200, **extra: Any) -> HttpResponse:
    scope: Scope = request.scope  # type: ignore[attr-defined]
    totals = totals_for(scope)
    result = totals.result
    context = {
        "nav": "scoring",
        "totals": totals,
        "result": result,
        "lines": [_shown(scope, totals, line) for line in totals.lines],
        "levels": totals.levels,
        "act": result.board.act if result.board else None,
        "needs_act": result.board is not None and bool(relative_leaves(result.board)),
        "scoring": result.scoring,
        "reason": "",
        **_decisions(scope, totals),
        **extra,
    }
    return render(request, "scoring/board.html", context, status=status)


def _decisions(scope: Scope, totals: Totals) -> dict[str, Any]:
    """What stands in the way of the next decision, for those who may take it."""
    row = totals.result.scoring
    if row is None:
        return {}
    if row.released_at is None and may(scope, "scores_release"):
        return {"to_release": True, "waits": _checks(scope, release_problems(scope.year))}
    if row.released_at and row.final_at is None and may(scope, "scores_final"):
        return {"to_final": True, "waits": _checks(scope, final_problems(scope.year, row, scope.today))}
    return {"to_reopen": row.final_at is not None and may(scope, "scores_final")}


def _checks(scope: Scope, problems: list[Problem]) -> list[dict[str, Any]]:
    return [
        {
            "ok": False, "text": one.sentence, "action": _("Mở"),
            "url": scope.address(one.link) if one.link else "",
        }
        for one in problems
    ]  # fmt: skip


def _shown(scope: Scope, totals: Totals, line: Line) -> dict[str, Any]:
    places = totals.result.rules.decimals
    total = line.total
    return {
        "line": line,
        "own": line.agency_id in scope.answers_for,
        "levels": [
            (level.label, shown(line.levels[level.key][0], places) if level.key in line.levels else "")
            for level in totals.levels
        ],
        "parts": [(part.code, shown(line.parts.get(part.code), places)) for part in totals.parts],
        "other": shown(line.other, places) if line.other else "",
        "base": shown(total.base, places) if total else "",
        "assigned": shown(total.assigned, 0) if total else "",
        "percent": shown(line.percent, 2),
        "converted": shown(total.converted, places) if total else "",
        "bonus": shown(total.bonus, places) if total else "",
        "penalty": shown(total.penalty, places) if total else "",
        "total": shown(total.total, places) if total else "",
        "written": [said(one) for one in total.written] if total else [],
    }


# Exports ---------------------------------------------------------------------------------------------------------


@page("board_view")
def as_xlsx(request: HttpRequest) -> HttpResponse:
    """The board as a workbook."""
    scope: Scope = request.scope  # type: ignore[attr-defined]
    book = totals_workbook(scope, totals_for(scope))
    return _file(book.render(), book.filename, CONTENT_TYPE)


@page("board_view")
def as_docx(request: HttpRequest) -> HttpResponse:
    """ "Bảng tổng hợp điểm" as a paper."""
    scope: Scope = request.scope  # type: ignore[attr-defined]
    totals = totals_for(scope)
    paper = totals_docx(scope.cluster.name, scope.year.label, scope.today, totals)
    return _file(paper, f"bang-tong-hop-diem-{scope.year.label}.docx", files.DOCX.content_type)


@page("board_view")
def as_json(request: HttpRequest) -> HttpResponse:
    """The board as plain data."""
    scope: Scope = request.scope  # type: ignore[attr-defined]
    answer = JsonResponse(totals_json(scope, totals_for(scope)), json_dumps_params={"ensure_ascii": False})
    answer["Cache-Control"] = "no-store"
    return answer


def _file(content: bytes, name: str, content_type: str) -> HttpResponse:
    response = HttpResponse(content, content_type=content_type)
    response["Content-Disposition"] = content_disposition(name)
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "sandbox"
    response["Cache-Control"] = "no-store"
    return response


# Decisions -------------------------------------------------------------------------------------------------------


@page("board_view", methods=("POST",), write_right="scores_release")
def board_release(request: HttpRequest) -> HttpResponse:
    """Give the verified points to the members."""
    return _decide(request, release, _("Đã công bố điểm thẩm định cho các đơn vị."))


@page("board_view", methods=("POST",), write_right="scores_final")
def board_final(request: HttpRequest) -> HttpResponse:
    """Freeze the points."""
    return _decide(request, make_final, _("Đã chốt điểm."))


@page("board_view", methods=("POST",), write_right="scores_final")
def board_reopen(request: HttpRequest) -> HttpResponse:
    """Open frozen points again, with a reason."""
    reason = request.POST.get("reason", "")

    def work(scope: Scope, *, version: int | None) -> Any:
        return reopen(scope, reason, version=version)

    return _decide(request, work, _("Đã mở lại điểm."), reason=reason)


def _decide(request: HttpRequest, work: Any, done: str, **kept: Any) -> HttpResponse:
    scope: Scope = request.scope  # type: ignore[attr-defined]
    version = request.POST.get("version", "")
    try:
        work(scope, version=int(version) if version.isdigit() and len(version) < 10 else None)
    except DomainError as error:
        return _page(request, 422, problems=[one.sentence for one in error.problems], **kept)
    except Stale:
        sentence = _("Người khác vừa thay đổi tình trạng của điểm. Xem lại rồi làm lại nếu cần.")
        return _page(request, 409, problems=[sentence], **kept)
    messages.success(request, done)
    return redirect(scope.address("board"))
