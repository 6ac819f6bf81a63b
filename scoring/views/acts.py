""" "Tính điểm cụm": what would go in and come out, the act itself, the acts of the year."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from core import submit
from core.access import page
from core.errors import DomainError
from core.quantity import format_number
from members.queries import member_rows
from members.scope import Scope
from scoring.domain.acts import Difference, LeafAct, computed, differences, relative_leaves, run_act
from scoring.domain.release import is_final
from scoring.domain.shapes import NOT_ARISEN, NOT_ASSIGNED, Facts
from scoring.enums import LineMark, SheetState
from scoring.exports import blind_for, missing_words, shown
from scoring.models import ScoringAct
from scoring.results import YearResult
from scoring.table_rules import read as read_settings
from scoring.totals import Board
from scoring.totals import board as load_board
from scoring.words import said


@page("act_view", methods=("GET", "POST"), write_right="act_run")
def acts(request: HttpRequest) -> HttpResponse:
    """The preview over the chosen sheets (GET ``bang=…``), and the act (POST)."""
    scope: Scope = request.scope  # type: ignore[attr-defined]
    if request.method != "POST":
        return _page(request, _chosen(request.GET.getlist("bang")) or None)
    chosen = _chosen(request.POST.getlist("bang"))
    note = request.POST.get("note", "")
    outcome: list[tuple[ScoringAct, bool]] = []

    def work() -> str:
        outcome.append(run_act(scope, chosen, note))
        return scope.address("acts")

    try:
        done = submit.once(scope.user.pk, request.POST.get(submit.FIELD, ""), work)
    except DomainError as error:
        return _page(request, chosen, 422, note=note, problems=[one.sentence for one in error.problems])
    for act, is_new in outcome:
        if is_new:
            messages.success(request, _("Đã tính điểm cụm lần %(number)s.") % {"number": act.number})
        else:
            messages.info(request, _("Không có gì thay đổi từ lần %(number)s.") % {"number": act.number})
    return redirect(done.address)


def _chosen(values: list[str]) -> list[int]:
    return sorted({int(value) for value in values if value.isdigit() and len(value) < 10})


def _page(request: HttpRequest, chosen: list[int] | None, status: int = 200, **extra: Any) -> HttpResponse:
    scope: Scope = request.scope  # type: ignore[attr-defined]
    found = load_board(scope.year)
    context: dict[str, Any] = {
        "nav": "scoring",
        "board": found,
        "submit_key": submit.new_key(),
        "note": "",
        **extra,
    }
    if found is not None:
        context |= _of_board(scope, found, chosen)
    return render(request, "scoring/act.html", context, status=status)


def _of_board(scope: Scope, found: Board, chosen: list[int] | None) -> dict[str, Any]:
    members = member_rows(scope.year)
    names = {row.agency_id: row.short_name for row in members}
    counted = found.counted()
    blind = blind_for(scope, found)
    included = [agency for agency in counted if chosen is None or agency in chosen]
    return {
        "sheets": [
            {
                "agency": row.agency_id, "name": row.name, "may": row.agency_id in counted,
                "chosen": row.agency_id in included, "state": _state(found, row.agency_id),
            }
            for row in members
        ],
        "missing": [row.short_name for row in members if row.agency_id not in included],
        "missing_rule": missing_words(YearResult(scope.year, found.rules, [])),
        "leaves": len(relative_leaves(found)),
        "parts": [_part(found, part, names, blind) for part in computed(found, included)],
        "changed": [
            _difference(one, names) for one in differences(found) if one.agency_id not in blind
        ],
        "act": found.act,
        "history": list(ScoringAct.objects.filter(year=scope.year).order_by("-number")[:50]),
        "is_final": is_final(scope.year),
    }  # fmt: skip


def _state(found: Board, agency: int) -> str:
    data = found.sheets.get(agency)
    return str(SheetState(data.sheet.state).label) if data else _("Chưa có bảng")


def _part(found: Board, part: LeafAct, names: dict[int, str], blind: frozenset[int]) -> dict[str, Any]:
    """A criterion with its rows; who still scores an agency blind sees none of its figures."""
    places = part.leaf.places
    before = (found.act.results if found.act else {}).get(part.leaf.code, {})
    return {
        "leaf": part.leaf,
        "maximum": format_number(part.leaf.maximum),
        "rows": [
            {
                "name": names.get(agency, found.sheets[agency].code),
                "facts": facts_words(facts),
                "points": shown(part.results[agency].points, places),
                "before": before.get(found.sheets[agency].code, {}).get("points"),
                "how": said(part.results[agency].derivation),
                "odd": said(part.odd.get(agency)),
            }
            for agency, facts in part.inputs.items()
            if agency not in blind
        ],
        "odd": len(part.odd),
    }


def facts_words(facts: Facts | None) -> str:
    """ "92 / 90" (result of target), or what stands instead of a figure."""
    if facts is None:
        return ""
    if facts.mark in (NOT_ARISEN, NOT_ASSIGNED):
        return str(LineMark(facts.mark).label)
    if facts.actual is None and facts.points is not None:
        return _("%(points)s điểm, ghi tay") % {"points": format_number(facts.points)}
    actual = "0" if facts.actual is None else format_number(facts.actual)
    return actual if facts.target is None else f"{actual} / {format_number(facts.target)}"


def _difference(one: Difference, names: dict[int, str]) -> dict[str, str]:
    return {
        "field": f"{one.code} · {names.get(one.agency_id, '')}",
        "mine": facts_words(one.before),
        "theirs": facts_words(one.after),
    }


@page("act_view")
def act_detail(request: HttpRequest, number: int) -> HttpResponse:
    """One act as it was: what it named, what went in, what came out."""
    scope: Scope = request.scope  # type: ignore[attr-defined]
    act = ScoringAct.objects.filter(year=scope.year, number=number).select_related("table", "agency").first()
    if act is None:
        raise Http404
    names = {row.code: row.short_name for row in member_rows(scope.year)}
    hidden = blind_for(scope, read_settings(act.table.settings))
    blind = {row.code for row in member_rows(scope.year) if row.agency_id in hidden} if hidden else set()
    titles = dict(act.table.criteria.values_list("code", "title").order_by("pk"))
    parts = [
        {
            "code": code, "title": titles.get(code, ""),
            "rows": [
                {
                    "name": names.get(agency, agency), "facts": _kept_words(facts),
                    "points": _kept_points(act.results.get(code, {}).get(agency, {}).get("points")),
                    "how": act.results.get(code, {}).get(agency, {}).get("said", ""),
                }
                for agency, facts in inputs.items()
                if agency not in blind
            ],
        }
        for code, inputs in act.inputs.items()
    ]  # fmt: skip
    context = {
        "nav": "scoring", "act": act, "parts": parts,
        "included": [names.get(code, code) for code in act.included],
        "missing": [names.get(code, code) for code in act.missing],
    }  # fmt: skip
    return render(request, "scoring/act_detail.html", context)


def _kept_words(data: dict[str, Any]) -> str:
    from_mark = data.get("mark")
    if from_mark in (NOT_ARISEN, NOT_ASSIGNED):
        return str(LineMark(from_mark).label)
    return " / ".join(
        str(data[key]).replace(".", ",") for key in ("actual", "target", "points") if key in data
    )


def _kept_points(points: str | None) -> str:
    return "" if points is None else shown(Decimal(points), 2)
