"""The ranking of a year: seen by those who may, recorded by chair and deputy."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from core.access import page
from core.errors import DomainError, Stale
from core.quantity import format_number
from members import charter
from scoring.domain.record import points_from_totals, ranks_from, record_ranking
from scoring.forms import LineForm, RankingForm, draft_of, head_form, line_forms, show_problems
from scoring.loading import table_in_force
from scoring.models import YearScoring
from scoring.queries import RankRow, current_ranking, rank_rows, revisions
from scoring.ranking_page import (
    awards,
    change_words,
    departed,
    drawn,
    kept_lines,
    legend_of,
    lost_points,
    rule_sentences,
)
from scoring.results import previous_ranks
from scoring.rules import is_announced
from scoring.words import rank_label


@page("ranking_view")
def ranking(request: HttpRequest) -> HttpResponse:
    """Podium, list with the reasons of every rank, points not reached; good to look at without points too."""
    scope = request.scope  # type: ignore[attr-defined]
    history = revisions(scope.year)
    current = history[0] if history else None
    rules = charter.read(scope.year.charter.data)
    rows = rank_rows(scope.year, current)
    before = previous_ranks(scope.year) if current else {}
    ranked = [row for row in rows if row.rank is not None]
    legend = legend_of(kept_lines(rows))
    context = {
        "nav": "ranking",
        "current": current,
        "history": history,
        "rows": drawn(rows, before, scope.answers_for, rules.decimals),
        "podium": [_podium(row, before) for row in ranked if row.rank and row.rank <= 3][:5],
        "unranked": len(rows) - len(ranked),
        "ranked": len(ranked),
        "has_points": any(row.points is not None for row in rows),
        "has_notes": any(row.note for row in rows),
        "has_votes": any(row.votes is not None for row in rows),
        "has_grades": any(row.grade for row in rows),
        "before": before,
        "legend": legend,
        "lost": lost_points(rows, rules.decimals) if legend else [],
        "departed": departed(rows),
        "frozen": not is_announced.test(scope, None),
        "top": max((row.points for row in rows if row.points is not None), default=None),
        "rules": rules,
        "rule_sentences": rule_sentences(rules, len(rows)) if current else [],
        "awards": awards(rules, rows, len(rows)) if current else [],
    }
    return render(request, "scoring/ranking.html", context)


def _podium(row: RankRow, before: Mapping[int, int]) -> dict[str, Any]:
    change = change_words(row.rank, before.get(row.member.agency_id))
    votes = "" if row.votes is None else _("%(count)s phiếu") % {"count": format_number(row.votes)}
    return {
        "rank": row.rank,
        "rank_label": rank_label(row.rank or 0, shared=row.shared),
        "name": row.member.name,
        "points": "" if row.points is None else format_number(row.points, 2),
        "note": " · ".join(part for part in (votes, change["text"] if change else "") if part),
        "award": row.note,
    }


@page("ranking_view", methods=("GET", "POST"), write_right="ranking_edit")
def ranking_edit(request: HttpRequest) -> HttpResponse:
    """Record the next revision; buttons fill points from the totals and ranks from the points; errors keep all."""
    scope = request.scope  # type: ignore[attr-defined]
    current = current_ranking(scope.year)
    rows = rank_rows(scope.year, current)
    if request.method != "POST":
        return _form(request, head_form(current), line_forms(rows))
    head, lines = head_form(current, request.POST), line_forms(rows, request.POST)
    good = [form.is_valid() for form in (head, *lines)]
    if "fetch" in request.POST:
        return _form(request, *_fetched(current, rows, scope, request.POST))
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


def _fetched(current: Any, rows: list[RankRow], scope: Any, data: Any) -> tuple[RankingForm, list[LineForm]]:
    """Points from the totals, then the ranks they give."""
    filled = data.copy()
    for agency, points in points_from_totals(scope.year).items():
        filled[f"{agency}-points"] = "" if points is None else format_number(points)
    head, lines = head_form(current, filled), line_forms(rows, filled)
    return _computed(head, lines, scope, filled)


def _computed(
    head: RankingForm, lines: list[LineForm], scope: Any, data: Any
) -> tuple[RankingForm, list[LineForm]]:
    if not (head.is_valid() and all(line.is_valid() for line in lines)):
        return head, lines
    draft = draft_of(head, lines)
    filled = data.copy()
    for agency, rank in ranks_from(scope.year, draft.method, draft.lines).items():
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
    scope = request.scope  # type: ignore[attr-defined]
    scored = table_in_force(scope.year) is not None
    context = {
        "nav": "ranking",
        "head": head,
        "lines": lines,
        "forms": [head, *lines],
        "scored": scored,
        "final": scored and YearScoring.objects.filter(year=scope.year, final_at__isnull=False).exists(),
        **extra,
    }
    return render(request, "scoring/ranking_form.html", context, status=status)
