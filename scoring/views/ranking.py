"""The ranking of a year: seen by those who may, recorded by chair and deputy."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from core.access import page
from core.errors import DomainError, Stale
from core.quantity import format_number
from members import charter
from scoring.domain.record import ranks_from_points, record_ranking
from scoring.forms import LineForm, RankingForm, draft_of, head_form, line_forms, show_problems
from scoring.queries import RankRow, current_ranking, rank_rows, revisions
from scoring.words import rank_label


@page("ranking_view")
def ranking(request: HttpRequest) -> HttpResponse:
    """Podium and list; good to look at with points and without."""
    scope = request.scope  # type: ignore[attr-defined]
    history = revisions(scope.year)
    current = history[0] if history else None
    rules = charter.read(scope.year.charter.data)
    rows = rank_rows(scope.year, current)
    ranked = [row for row in rows if row.rank is not None]
    context = {
        "nav": "ranking",
        "current": current,
        "history": history,
        "rows": [(row, _words(row, scope)) for row in rows],
        "podium": [_podium(row) for row in ranked if row.rank and row.rank <= 3][:5],
        "unranked": len(rows) - len(ranked),
        "ranked": len(ranked),
        "has_points": any(row.points is not None for row in rows),
        "has_notes": any(row.note for row in rows),
        "has_votes": any(row.votes is not None for row in rows),
        "top": max((row.points for row in rows if row.points is not None), default=None),
        "rules": rules,
    }
    return render(request, "scoring/ranking.html", context)


def _words(row: RankRow, scope: Any) -> dict[str, Any]:
    return {
        "label": rank_label(row.rank, shared=row.shared) if row.rank else "",
        "points": "" if row.points is None else format_number(row.points, 2),
        "own": row.member.agency_id in scope.agency_ids,
    }


def _podium(row: RankRow) -> dict[str, Any]:
    return {
        "rank": row.rank,
        "rank_label": rank_label(row.rank or 0, shared=row.shared),
        "name": row.member.name,
        "points": "" if row.points is None else format_number(row.points, 2),
        "note": "" if row.votes is None else _("%(count)s phiếu") % {"count": format_number(row.votes)},
        "award": row.note,
    }


@page("ranking_view", methods=("GET", "POST"), write_right="ranking_edit")
def ranking_edit(request: HttpRequest) -> HttpResponse:
    """Record the next revision; a button fills the ranks from the points; errors keep all that was typed."""
    scope = request.scope  # type: ignore[attr-defined]
    current = current_ranking(scope.year)
    rows = rank_rows(scope.year, current)
    if request.method != "POST":
        return _form(request, head_form(current), line_forms(rows))
    head, lines = head_form(current, request.POST), line_forms(rows, request.POST)
    good = [form.is_valid() for form in (head, *lines)]
    if "compute" in request.POST:
        return _form(request, *_computed(head, lines, scope, request.POST))
    if not all(good):
        return _form(request, head, lines, status=422)
    try:
        done = record_ranking(scope, draft_of(head, lines))
    except DomainError as error:
        show_problems(head, lines, error.problems)
        return _form(request, head, lines, status=422)
    except Stale:
        return _conflict(request, rows, lines)
    messages.success(request, _("Đã ghi bảng xếp hạng, lần %(number)s.") % {"number": done.revision})
    return redirect(scope.address("ranking"))


def _computed(
    head: RankingForm, lines: list[LineForm], scope: Any, data: Any
) -> tuple[RankingForm, list[LineForm]]:
    if not (head.is_valid() and all(line.is_valid() for line in lines)):
        return head, lines
    ranks = ranks_from_points(draft_of(head, lines).lines, charter.read(scope.year.charter.data))
    filled = data.copy()
    for agency, rank in ranks.items():
        filled[f"{agency}-rank"] = "" if rank is None else str(rank)
    return head, line_forms([line.row for line in lines], filled)


def _conflict(request: HttpRequest, rows: list[RankRow], lines: list[LineForm]) -> HttpResponse:
    """Somebody recorded a revision meanwhile: both values side by side, the form keeps mine on top of theirs."""
    scope = request.scope  # type: ignore[attr-defined]
    newest = current_ranking(scope.year)
    theirs = {row.member.agency_id: row for row in rank_rows(scope.year, newest)}
    differences = [
        {"field": f"{line.row.member.short_name}: {line.fields[name].label}", "mine": mine, "theirs": other}
        for line in lines
        for name in line.fields
        if (mine := line[name].value() or "")
        != (
            other := str(
                line.fields[name].prepare_value(getattr(theirs[line.row.member.agency_id], name)) or ""
            )
        )
    ]
    data = request.POST.copy()
    data["base"] = str(newest.revision if newest else 0)
    head = head_form(newest, data)
    head.is_valid()
    return _form(request, head, line_forms(rows, data), status=409, differences=differences)


def _form(
    request: HttpRequest, head: RankingForm, lines: list[LineForm], status: int = 200, **extra: Any
) -> HttpResponse:
    context = {"nav": "ranking", "head": head, "lines": lines, "forms": [head, *lines], **extra}
    return render(request, "scoring/ranking_form.html", context, status=status)
