"""Everything the pages of one score sheet need, read in a constant number of queries."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from django.db.models import Count
from django.utils.translation import gettext as _

from core.access import may
from members.scope import Scope
from scoring.domain.calc import score
from scoring.domain.shapes import Facts, Leaf, Total
from scoring.domain.sheets import empty_sheet, filled_by_agency, line_is_open, self_level
from scoring.enums import SheetState
from scoring.forms_sheet import Typed, draft_of
from scoring.loading import leaves
from scoring.models import CriteriaTable, LineEvidence, LineNote, ScoreLine
from scoring.precedents import precedents_of
from scoring.prefill import prefills
from scoring.queries_sheets import narrowed, sheet_for, visible_levels
from scoring.sheet_rows import Beside, Given, Row, points_text, row_of, sections_of
from scoring.totals import Board, SheetData, board


class SheetPage:
    """One agency's sheet for one person: ``sheet`` None while it is not begun."""

    def __init__(self, scope: Scope, agency: Any, table: CriteriaTable | None) -> None:
        """Read sheet, figures and lines; nine queries."""
        self.scope, self.agency_id = scope, agency.pk
        self.sheet: Any = sheet_for(scope, agency.pk)
        self.own = agency.pk in scope.answers_for
        self.standing: Any = self.sheet or empty_sheet(scope, agency.pk)
        used = self.sheet.table if self.sheet else table
        whole = board(scope.year, [agency.pk], table=used) if used else None
        self.board: Board | None = None
        if whole is not None:
            self.board = narrowed(scope, whole, [self.sheet] if self.sheet else [])
            if agency.pk not in self.board.sheets:
                self.board.sheets[agency.pk] = SheetData(self.standing, agency.kind, agency.code)
        self.can_edit = self.own and may(scope, "sheet_edit", self.standing)
        self.lines = (
            {
                one.criterion_id: one
                for one in ScoreLine.objects.filter(sheet=self.sheet, criterion__table=used)
            }
            if self.sheet
            else {}
        )

    @property
    def shows_figures(self) -> bool:
        """Whether the person may see what is in it: the own one, or one that was sent."""
        return self.own or (
            self.sheet is not None and self.sheet.state != SheetState.DRAFT and bool(self._levels())
        )

    def _levels(self) -> frozenset[str]:
        return visible_levels(self.scope, self.sheet) if self.sheet else frozenset()

    @property
    def level(self) -> str:
        """The key of the level at which the agency scores itself."""
        assert self.board is not None  # noqa: S101 - asked only with a table
        return self_level(self.board.settings).key

    def total(self) -> Total:
        """The total of what the agency gave itself."""
        assert self.board is not None  # noqa: S101 - asked only with a table
        return self.board.total(self.agency_id, self.level)

    def final(self) -> Total | None:
        """The total of what counts, where the person sees figures of others too."""
        if self.board is None or self.sheet is None or not self._levels() - {self.level}:
            return None
        others = {one.level for some in self.board.sheets[self.agency_id].figures.values() for one in some}
        return self.board.total(self.agency_id) if others - {self.level} else None

    def facts(self, code: str) -> Facts:
        """What the agency typed for a line; empty while it has not."""
        assert self.board is not None  # noqa: S101 - asked only with a table
        found = self.board.sheets[self.agency_id].at(code, self.level)
        return found[-1].facts if found else Facts()

    def leaves(self) -> dict[str, Leaf]:
        """The leaves by code, as they apply to the agency."""
        assert self.board is not None  # noqa: S101 - asked only with a table
        return {leaf.code: leaf for leaf in leaves(self.board.nodes(self.agency_id))}

    def beside(self) -> Beside:
        """Files, notes, records and precedents of the rows; eight queries."""
        files: dict[int, set[int]] = defaultdict(set)
        notes: dict[int, int] = {}
        codes = list(self.leaves())
        if self.sheet:
            rows = LineEvidence.objects.filter(
                line__sheet=self.sheet, removed_at__isnull=True, evidence__removed_at__isnull=True
            )
            for criterion, evidence in rows.values_list("line__criterion", "evidence"):
                files[criterion].add(evidence)
            counted = (
                LineNote.objects.filter(line__sheet=self.sheet).order_by().values_list("line__criterion")
            )
            notes = dict(counted.annotate(number=Count("pk")))
        recorded = prefills(self.scope, self.agency_id) if self.own else {}
        return Beside(self.lines, files, notes, recorded, precedents_of(self.scope.year, codes))

    def rows(self, given: Given | None = None) -> dict[int, Row]:
        """The rows by id of the criterion, in the order of the paper."""
        assert self.board is not None  # noqa: S101 - asked only with a table
        beside, by_code = self.beside(), self.leaves()
        results = self.board.results(self.agency_id, self.level)
        found = {}
        for one in self.board.criteria:
            leaf = by_code.get(one.code)
            if leaf is None:
                continue
            line = self.lines.get(one.pk)
            is_open = (
                self.can_edit
                and filled_by_agency(one)
                and leaf.applies
                and line_is_open(self.scope, self.standing, bool(line and line.returned_at))
            )
            row = row_of(
                one, 1, leaf, results[one.code], self.facts(one.code), beside, is_open=is_open, given=given
            )
            if self.can_edit and row.is_own and not (row.answered and not row.lacks_evidence):
                row.is_open = True  # of a returned sheet too: it could not be sent otherwise
            row.others = self._others(leaf)
            row.suggested_points = self._suggested(row)
            found[one.pk] = row
        return found

    def _suggested(self, row: Row) -> str:
        """What a suggestion would earn, said before it is taken."""
        if not row.suggested or self.board is None:
            return ""
        typed = Typed(dict(row.values) | dict(row.suggested) | {"mark": ""})
        draft, _problems = draft_of(row.pk, row.leaf, typed)
        found = score(row.leaf, draft.facts, self.board.settings) if draft else None
        return "" if found is None else points_text(found, row.leaf)

    def _others(self, leaf: Leaf) -> list[tuple[str, str]]:
        """What other levels came to, as far as the person sees it: label of the level, points."""
        if self.board is None or self.sheet is None:
            return []
        data = self.board.sheets[self.agency_id]
        return [
            (level.label, points_text(self.board.results(self.agency_id, level.key)[leaf.code], leaf))
            for level in self.board.levels
            if level.key != self.level and data.at(leaf.code, level.key)
        ]

    def summary(self, rows: dict[int, Row]) -> dict[str, Any]:
        """What the sticky bar and the running totals say; no query."""
        assert self.board is not None  # noqa: S101 - asked only with a table
        total = self.total()
        own = [row for row in rows.values() if row.is_own]
        return {
            "total": total,
            "final": self.final(),
            "answered": sum(row.answered for row in own),
            "all": len(own),
            "unscored": sum(not row.answered for row in own),
            "lacking": sum(row.lacks_evidence for row in own),
            "returned": sum(bool(row.returned) for row in own),
            "bonus": sum(row.leaf.part == "bonus" for row in rows.values()),
            "sections": sections_of(self.board.criteria, rows, total),
        }


def conflict_words(name: str) -> str:
    """The name of a control, for both values side by side."""
    return {
        "points": _("Điểm"), "actual": _("Thực hiện"), "target": _("Chỉ tiêu"), "percent": _("Tỷ lệ"),
        "count": _("Số lượng"), "yes": _("Đạt / không đạt"), "level": _("Mức"), "mark": _("Thay cho số liệu"),
        "explanation": _("Giải trình"), "citation": _("Văn bản chứng minh"),
    }[name]  # fmt: skip
