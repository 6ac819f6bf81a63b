"""The map of differences between levels, and how strict each scorer is."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from core.access import page
from core.quantity import format_number
from members.queries import agency_names, member_rows
from members.scope import Scope
from scoring.check_lines import signed, way
from scoring.domain.shapes import Level
from scoring.enums import SheetState
from scoring.gaps import Gap, Strictness, gap, groups, strictness
from scoring.queries_sheets import narrowed, sheets_for
from scoring.totals import Board, board

STEPS = (Fraction(1, 100), Fraction(3, 100), Fraction(6, 100), Fraction(10, 100))


@page("gap_view")
def check_gaps(request: HttpRequest) -> HttpResponse:
    """Agencies × sections (``?muc=`` a section's own parts), for the pair of levels that ``?cap=`` names."""
    scope: Scope = request.scope  # type: ignore[attr-defined]
    full = board(scope.year)
    context: dict[str, Any] = {"nav": "scoring", "list_url": scope.address("check_list"), "pairs": []}
    if full is None:
        return render(request, "scoring/check_gaps.html", context)
    of = narrowed(scope, full, list(sheets_for(scope)))
    pairs = _pairs(of)
    chosen = next(
        (one for one in pairs if one["key"] == request.GET.get("cap", "")), pairs[0] if pairs else None
    )
    section = request.GET.get("muc", "")
    columns = groups(of, section)
    if section and not columns:
        raise Http404
    names = agency_names(of.sheets, scope.today)
    order = {row.agency_id: place for place, row in enumerate(member_rows(scope.year))}
    shown = [
        agency for agency in sorted(of.sheets, key=lambda one: order.get(one, len(order)))
        if of.sheets[agency].sheet.state != SheetState.DRAFT
    ]  # fmt: skip
    context |= {
        "pairs": pairs, "chosen": chosen, "section": section,
        "columns": [_column(node, some) for node, some in columns],
        "rows": [_row(of, agency, names, chosen, columns) for agency in shown] if chosen else [],
        "strict": _strict(of, names, scope), "url": scope.address("check_gaps"),
    }  # fmt: skip
    return render(request, "scoring/check_gaps.html", context)


def _pairs(of: Board) -> list[dict[str, Any]]:
    """Own against every later level, and every level against the one before; the last counting one first."""
    levels = list(of.levels)
    if len(levels) < 2:
        return []
    last = next((one for one in reversed(levels) if one.counts), levels[-1])
    found: list[tuple[Level, Level]] = [(levels[0], last)] if last != levels[0] else []
    found += [(one, last) for one in levels[1:] if one.key != last.key]
    found += [(levels[0], one) for one in levels[1:] if one.key != last.key]
    return [
        {"key": f"{one.key}-{two.key}", "first": one, "second": two, "label": f"{two.label} − {one.label}"}
        for one, two in found
    ]


def _column(node: Any, leaves: list[Any]) -> dict[str, Any]:
    return {
        "code": node.code,
        "title": node.title,
        "deeper": len(leaves) > 1 or (leaves and leaves[0] is not node),
    }


def _row(of: Board, agency: int, names: Any, chosen: dict[str, Any], columns: Any) -> dict[str, Any]:
    first, second = chosen["first"].key, chosen["second"].key
    cells = [_cell(gap(of, agency, first, second, some), node.code) for node, some in columns]
    whole = [leaf for _node, some in columns for leaf in some]
    return {
        "name": names.get(agency, ("", ""))[1], "cells": cells,
        "total": _cell(gap(of, agency, first, second, whole), ""),
    }  # fmt: skip


def _cell(found: Gap, code: str) -> dict[str, Any]:
    heat = sum(found.share >= step for step in STEPS) if found.points else 0
    kind = way(found.points)
    return {"text": signed(found.points), "kind": kind, "heat": heat, "lines": found.lines, "code": code}


def _strict(of: Board, names: dict[int, tuple[str, str]], scope: Scope) -> list[dict[str, Any]]:
    rows = strictness(of)
    names = names | agency_names({row.scorer_id for row in rows} - set(names), scope.today)
    labels = {one.key: one.label for one in of.levels}
    return [_strict_row(row, names, labels) for row in rows]


def _strict_row(row: Strictness, names: dict[int, tuple[str, str]], labels: dict[str, str]) -> dict[str, Any]:
    mean = Decimal(row.mean.numerator) / row.mean.denominator
    percent = Decimal(row.percent.numerator) / row.percent.denominator
    return {
        "name": names.get(row.scorer_id, ("", ""))[1], "level": labels.get(row.level, row.level), "lines": row.lines,
        "equal": row.equal, "lower": row.lower, "higher": row.higher, "mean": signed(mean), "kind": way(mean),
        "percent": ("+" if percent > 0 else "") + format_number(percent, 1),
    }  # fmt: skip
