"""The total board as plain figures, and from them the workbook and the JSON: the same totals everywhere."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from core.quantity import format_number
from core.workbooks import Column, Sheet, WorkbookExporter
from members.charter_words import VALUES
from members.scope import Scope
from scoring.domain.shapes import TableRules, Total
from scoring.enums import SheetState
from scoring.models import Assignment
from scoring.queries_sheets import own_agencies, scoring_is_over
from scoring.results import Part, RankedRow, Row, YearResult, previous_ranks, ranked, split, year_result
from scoring.table_rules import Level
from scoring.totals import Board


@dataclass(frozen=True, slots=True)
class Line:
    """An agency on the board; figures are None where there is no sheet, ``parts`` by code, ``other`` is the rest."""

    code: str
    name: str
    short_name: str
    agency_id: int
    state: str
    state_label: str
    levels: Mapping[str, tuple[Decimal, bool]]  # total and whether it is provisional, by key of the level
    total: Total | None
    parts: Mapping[str, Decimal]
    other: Decimal
    provisional: bool
    grade: str
    remarks: Sequence[str]

    @property
    def percent(self) -> Decimal | None:
        """Base of what was assigned, in per cent with two decimals."""
        if self.total is None or self.total.percent is None:
            return None
        share = self.total.percent * 100
        return (Decimal(share.numerator) / Decimal(share.denominator)).quantize(Decimal("0.01"))

    @property
    def is_converted(self) -> bool:
        """Whether something was not assigned, so that raw and converted points differ (R16)."""
        return self.total is not None and (
            self.total.converted != self.total.base or self.total.assigned != self.total.maximum
        )


@dataclass(frozen=True, slots=True)
class Totals:
    """The whole board."""

    result: YearResult
    parts: Sequence[Part]
    lines: Sequence[Line]
    missing_rule: str
    levels: Sequence[Level] = ()

    @property
    def has_grades(self) -> bool:
        """Whether any agency has a grade."""
        return any(line.grade for line in self.lines)


def totals_for(scope: Scope) -> Totals:
    """The board as the person may read it: the one place that pages and files ask.

    Leadership and council see the levels too; who still scores an agency blind sees nothing of that agency. Members,
    once ranks are announced, see the final figures only.
    """
    result = year_result(scope.year)
    leads = scope.is_chair or scope.is_deputy or scope.is_officer or scope.is_observer
    return totals_of(result, levels=result.levels if leads else (), hidden=blind_for(scope, result.board))


def blind_for(scope: Scope, found: Board | TableRules | None) -> frozenset[int]:
    """Agencies that the person's agencies still score at a blind level; one query, none without such a level."""
    blind = [level.key for level in found.levels if level.blind] if found else []
    if not blind or scoring_is_over(scope):
        return frozenset()
    rows = Assignment.objects.filter(
        year=scope.year, scorer__in=own_agencies(scope), level__in=blind, finished_at__isnull=True
    ).order_by("pk")
    return frozenset(rows.values_list("subject", flat=True))


def totals_of(
    result: YearResult, *, levels: Sequence[Level] = (), hidden: Collection[int] = frozenset()
) -> Totals:
    """The board in charter order, with the grades that points give now; two queries for the year before."""
    placed = {one.row.member.agency_id: one for one in ranked(result, before=previous_ranks(result.year))}
    lines = [
        _hidden(row)
        if row.member.agency_id in hidden
        else _line(result, row, placed[row.member.agency_id], levels)
        for row in result.rows
    ]
    return Totals(result, result.parts, lines, missing_words(result), levels)


def _hidden(row: Row) -> Line:
    member = row.member
    return Line(
        member.code, member.name, member.short_name, member.agency_id, row.state, _state_label(row.state), {}, None,
        {}, Decimal(0), False, "", [_("ẩn đến khi đơn vị bạn chấm chéo xong")],
    )  # fmt: skip


def _state_label(state: str) -> str:
    return str(SheetState(state).label) if state else _("Chưa có bảng")


def missing_words(result: YearResult) -> str:
    """The charter's rule for a missing sheet, as a sentence under the table."""
    what = VALUES["missing_sheet"][result.rules.missing_sheet]
    return _("Đơn vị không nộp bảng chấm điểm: %(what)s.") % {"what": str(what).lower()}


def _line(result: YearResult, row: Row, one: RankedRow, levels: Sequence[Level]) -> Line:
    total = row.final
    parts, other = split(total, result.parts) if total else ({}, Decimal(0))
    member = row.member
    return Line(
        member.code, member.name, member.short_name, member.agency_id, row.state,
        _state_label(row.state),
        {
            level.key: (found.total, result.provisional(found))
            for level in levels if (found := row.totals.get(level.key)) is not None
        },
        total, parts, other, total is not None and result.provisional(total), one.graded.label or "",
        _remarks(row),
    )  # fmt: skip


def _remarks(row: Row) -> list[str]:
    found = []
    if not row.assessed:
        found.append(_("không xét trong năm"))
    elif not row.counted:
        found.append(_("chưa gửi bảng chấm điểm"))
    if row.final is not None:
        found += [_("không xét thi đua: %(why)s") % {"why": why} for why in row.final.disqualified]
        if row.counted and row.final.answered < row.final.leaves:
            sentence = _("còn %(count)s tiêu chí chưa có điểm")
            found.append(sentence % {"count": row.final.leaves - row.final.answered})
    return found


# Workbook ----------------------------------------------------------------------------------------------------------


def totals_workbook(scope: Scope, totals: Totals) -> WorkbookExporter:
    """One row for each agency: levels, parts, raw and converted, bonus, penalty, total, grade."""
    heading = _("%(cluster)s: tổng điểm năm %(label)s") % {
        "cluster": scope.cluster.name, "label": scope.year.label,
    }  # fmt: skip
    columns = [
        Column(_("Đơn vị"), 44), Column(_("Tình trạng"), 16),
        *(Column(level.label, 12) for level in totals.levels),
        *(Column(f"{part.code}. {part.title}"[:60], 16) for part in totals.parts),
        Column(_("Quy đổi, điều chỉnh, điểm trần"), 16), Column(_("Điểm đạt"), 12),
        Column(_("Điểm được giao"), 12), Column(_("Tỷ lệ (%)"), 10), Column(_("Điểm quy đổi"), 12),
        Column(_("Điểm thưởng"), 12), Column(_("Điểm trừ"), 12), Column(_("Tổng điểm"), 12),
        Column(_("Tạm tính"), 12), Column(_("Xếp loại"), 18), Column(_("Ghi chú"), 40),
    ]  # fmt: skip
    rows = [_cells(totals, line) for line in totals.lines]
    rows.append([totals.missing_rule, *[""] * (len(columns) - 1)])
    name = _("tong-diem-%(label)s.xlsx") % {"label": scope.year.label}
    return WorkbookExporter([Sheet(_("Tổng điểm"), columns, rows, heading)], name)


def _cells(totals: Totals, line: Line) -> list[object]:
    total = line.total
    levels = [line.levels[level.key][0] if level.key in line.levels else None for level in totals.levels]
    parts = [line.parts.get(part.code) for part in totals.parts]
    if total is None:
        blank: list[object] = [None] * 8
        return [line.name, line.state_label, *levels, *parts, *blank, "", "", "; ".join(line.remarks)]
    return [
        line.name, line.state_label, *levels, *parts, line.other, total.base, total.assigned, line.percent,
        total.converted, total.bonus, total.penalty, total.total,
        _("Tạm tính") if line.provisional else _("Chính thức"), line.grade, "; ".join(line.remarks),
    ]  # fmt: skip


# JSON --------------------------------------------------------------------------------------------------------------


def totals_json(scope: Scope, totals: Totals) -> dict[str, Any]:
    """The board as plain data; figures as text, exact."""
    result = totals.result
    table, act, scoring = (
        (result.board.table, result.board.act, result.scoring) if result.board else (None, None, None)
    )
    return {
        "cluster": scope.cluster.slug,
        "year": scope.year.label,
        "table": {"title": table.title, "version": table.version} if table else None,
        "act": act.number if act else None,
        "released_at": scoring.released_at.isoformat() if scoring and scoring.released_at else None,
        "final_at": scoring.final_at.isoformat() if scoring and scoring.final_at else None,
        "missing_sheet": result.rules.missing_sheet,
        "levels": [{"key": level.key, "label": level.label} for level in totals.levels],
        "parts": [
            {"code": part.code, "title": part.title, "maximum": text(part.maximum), "part": part.part}
            for part in totals.parts
        ],
        "agencies": [_plain(line) for line in totals.lines],
    }


def _plain(line: Line) -> dict[str, Any]:
    total = line.total
    figures = {
        name: text(getattr(total, name)) if total else None
        for name in ("base", "assigned", "maximum", "converted", "bonus", "penalty", "total")
    }
    return {
        "code": line.code,
        "name": line.name,
        "state": line.state or None,
        "levels": {key: text(value) for key, (value, _provisional) in line.levels.items()},
        "parts": {code: text(value) for code, value in line.parts.items()},
        "other": text(line.other),
        **figures,
        "percent": text(line.percent) if line.percent is not None else None,
        "provisional": line.provisional,
        "grade": line.grade or None,
        "remarks": list(line.remarks),
    }


def text(value: Decimal) -> str:
    """A figure as plain text, exact: "95.75"."""
    return format(value, "f")


def shown(value: Decimal | None, places: int) -> str:
    """A figure as people read it, never rounded below what it has: at least ``places`` decimals."""
    if value is None:
        return ""
    exponent = value.normalize().as_tuple().exponent
    digits = -exponent if isinstance(exponent, int) and exponent < 0 else 0
    return format_number(value, max(places, digits))
