"""A criteria table as a workbook that can be changed and read back unchanged."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from core.workbooks import Column, Sheet, WorkbookExporter
from members.charter_parts import Unfit
from members.scope import Scope
from scoring.enums import ScoredBy
from scoring.exchange.table_columns import (
    GUIDE,
    GUIDE_SHEET,
    LIST_SHEET,
    NOTES,
    OUTSIDE,
    SHEET,
    TITLES,
    WIDTHS,
    WRITTEN,
    Names,
)
from scoring.exchange.table_params import bands_text, extras_text, levels_text
from scoring.exchange.table_plan import outside_names
from scoring.exchange.words import cell, labels
from scoring.loading import criteria_of
from scoring.models import CriteriaTable, Criterion
from scoring.table_rules import params_of

HIDDEN = ("key",)
LISTED = ("rule", "part", "better", "evidence", "applies_to")


def table_xlsx(scope: Scope, table: CriteriaTable) -> WorkbookExporter:
    """The table with lists and guide; three queries."""
    rows = criteria_of(table)
    names = outside_names(scope, rows)
    name = _("bang-tieu-chi-%(cluster)s-%(label)s-ban-%(version)s.xlsx") % {
        "cluster": scope.cluster.slug, "label": scope.year.label, "version": table.version,
    }  # fmt: skip
    return WorkbookExporter(_sheets(_rows(rows, names), names), name)


def template_xlsx(scope: Scope) -> WorkbookExporter:
    """The workbook to fill in, with a few rows that show how; two queries."""
    names = outside_names(scope)
    name = _("mau-bang-tieu-chi-%(label)s.xlsx") % {"label": scope.year.label}
    return WorkbookExporter(_sheets(_example(), names), name)


def _sheets(rows: Iterator[Sequence[object]], names: Names) -> list[Sheet]:
    lists = _lists(names)
    longest = max(len(values) for values in lists.values())
    listed = [
        [values[place] if place < len(values) else "" for values in lists.values()]
        for place in range(longest)
    ]
    return [
        Sheet(SHEET, _columns(lists), rows),
        Sheet(GUIDE_SHEET, [Column("Cách ghi", 120)], [[line] for line in GUIDE]),
        Sheet(LIST_SHEET, [Column(TITLES[key], 44) for key in lists], listed),
    ]


def _lists(names: Names) -> dict[str, list[str]]:
    scorers = [word for value, word in labels("scored_by").items() if value != ScoredBy.OUTSIDE]
    fixed = {key: list(labels(key).values()) for key in LISTED}
    return fixed | {"scored_by": scorers + sorted(OUTSIDE + name for name in names.values())}


def _columns(lists: Mapping[str, Sequence[str]]) -> list[Column]:
    sources = {
        key: f"='{LIST_SHEET}'!${chr(ord('A') + place)}$2:${chr(ord('A') + place)}${len(values) + 1}"
        for place, (key, values) in enumerate(lists.items())
        if key != "applies_to"  # several kinds stand in one cell
    }
    return [
        Column(
            TITLES[key], WIDTHS[key], note=NOTES.get(key, ""), hidden=key in HIDDEN, source=sources.get(key, ""),
            day=key == "due_on",
        )
        for key in WRITTEN
    ]  # fmt: skip


def _rows(rows: Sequence[Criterion], names: Names) -> Iterator[Sequence[object]]:
    depths: dict[int | None, int] = {None: 0}
    for row in rows:
        depths[row.pk] = depths[row.parent_id] + 1
        values = cells_of(row, depths[row.pk], names)
        yield [values[key] for key in WRITTEN]


def cells_of(row: Criterion, depth: int, names: Names) -> dict[str, Any]:
    """The cells of a criterion by column."""
    try:
        params = params_of(row.rule, row.params)
    except Unfit:
        params = {}
    words = {key: labels(key)[getattr(row, key)] for key in ("rule", "part", "better", "evidence")}
    outside = row.scored_by == ScoredBy.OUTSIDE
    return words | {
        "key": row.key, "code": row.code, "depth": depth, "title": row.title, "maximum": cell(row.maximum),
        "unit": row.unit, "each": cell(params.get("each")), "choices": levels_text(params.get("choices", ())),
        "steps": bands_text(params.get("steps", ()), params.get("below", Decimal(0)), row.better),
        "extras": extras_text(params), "step": cell(row.step), "places": cell(row.places),
        "scored_by": OUTSIDE + names.get(row.scorer_id or 0, "") if outside else labels("scored_by")[row.scored_by],
        "guide": row.guide, "applies_to": "; ".join(labels("applies_to").get(kind, kind) for kind in row.applies_to),
        "due_on": row.due_on,
    }  # fmt: skip


def _example() -> Iterator[Sequence[object]]:
    """Rows of the template: a section with one criterion of each common kind."""
    rule, part = labels("rule"), labels("part")
    rows: tuple[dict[str, object], ...] = (
        {"code": "I", "depth": 1, "title": "Nhiệm vụ chuyên môn", "rule": rule["section"], "maximum": 60},
        {"code": "I.1", "depth": 2, "title": "Hoàn thành chỉ tiêu được giao", "rule": rule["proportional"],
         "maximum": 40, "unit": "%"},
        {"code": "I.2", "depth": 2, "title": "Cải cách hành chính", "rule": rule["levels"], "maximum": 20,
         "choices": "Tốt = 20; Khá = 15; Trung bình = 10; Không đạt = 0"},
        {"code": "II", "depth": 1, "title": "Công tác thi đua, khen thưởng", "rule": rule["section"], "maximum": 40},
        {"code": "II.1", "depth": 2, "title": "Tham gia hoạt động chung của cụm", "rule": rule["count"],
         "maximum": 10, "unit": "lượt", "each": cell(Decimal("2.5"))},
        {"code": "II.2", "depth": 2, "title": "Gửi báo cáo đúng hạn", "rule": rule["faults"], "maximum": 10,
         "unit": "lần", "each": 1},
        {"code": "II.3", "depth": 2, "title": "Nhân điển hình tiên tiến", "rule": rule["direct"], "maximum": 20},
        {"code": "III", "depth": 1, "title": "Điểm thưởng", "rule": rule["section"], "part": part["bonus"],
         "maximum": 5},
        {"code": "III.1", "depth": 2, "title": "Đăng cai hoạt động của cụm", "rule": rule["bonus"],
         "part": part["bonus"], "maximum": 5, "each": 5, "extras": "chỉ tính một lần"},
    )  # fmt: skip
    for row in rows:
        yield [row.get(key, "") for key in WRITTEN]
