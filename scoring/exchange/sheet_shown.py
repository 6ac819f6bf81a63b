"""A plan of a score sheet as the preview shows it: rows of ready strings; no query of its own."""

from __future__ import annotations

from typing import Any, Final

from django.utils.translation import gettext as _

from core.quantity import format_number
from scoring.domain.shapes import Result
from scoring.exchange.sheet_columns import TITLES
from scoring.exchange.sheet_plan import CLASH, SAME, WRONG, Plan, Row
from scoring.exchange.table_shown import wrong
from scoring.exchange.words import shown
from scoring.words import said

MOST_FAULTS: Final = 200


def lines_of(plan: Plan) -> list[dict[str, Any]]:
    """The lines that may be taken over, in the order of the file."""
    return [line_of(row) for row in plan.choosable]


def faults_of(plan: Plan) -> list[dict[str, Any]]:
    """What is wrong, cell by cell; the first of very many."""
    return [wrong(fault, TITLES) for fault in plan.faults[:MOST_FAULTS]]


def line_of(row: Row) -> dict[str, Any]:
    """A line with its cells that differ."""
    return {
        "key": row.current.row.key, "number": row.line.number, "code": row.current.row.code,
        "title": row.current.row.title, "cells": row.cells, "clears": row.clears, "ticked": row.is_ticked,
        "clash": row.status == CLASH,
        "now": points_words(row.now), "then": points_words(row.result), "why": said(row.result.derivation),
        "warnings": [said(one) for one in row.result.warnings], "maximum": shown(row.current.leaf.maximum),
    }  # fmt: skip


def points_words(result: Result) -> str:
    """The points of a line, or why there are none yet."""
    if result.waits:
        return _("chờ các đơn vị khác")
    if not result.assigned:
        return _("không tính")
    return _("chưa chấm") if result.points is None else shown(result.points)


def summary(counts: dict[str, int]) -> str:
    """What taking a file over did, in one line."""
    return _("%(taken)s dòng đã nhập, %(wrong)s chỗ sai để lại, %(same)s không đổi") % {
        key: format_number(counts.get(key, 0)) for key in ("taken", WRONG, SAME)
    }
