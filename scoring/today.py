""" "Nếu tổng kết hôm nay": where one's own agency stands, from its own figures alone.

Words. Of a base or bonus line *secured* are points that others have confirmed (opened to the agency), *waiting* those
the agency gave itself, *open* what the line could still bring: nothing more once others confirmed it. Of a line that
depends on the other members only what is sure counts.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _

from core.quantity import format_number
from members.scope import Scope
from scoring.domain.shapes import LATENESS, PENALTY, Leaf, Result, Total
from scoring.enums import EvidenceRule, ScoredBy, SheetState
from scoring.loading import leaves
from scoring.models import Criterion, LineEvidence, ScoreLine, ScoreSheet
from scoring.queries_sheets import sheet_for, visible_levels
from scoring.totals import Board, board

ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class LineStanding:
    """A line of the table for the agency."""

    leaf: Leaf
    secured: Decimal
    waiting: Decimal
    open: Decimal
    most: Decimal
    answered: bool
    waits_for_others: bool
    needs_evidence: bool
    returned: bool
    by_others: bool


@dataclass(frozen=True, slots=True)
class Step:
    """The next thing to do, with the page where it is done."""

    words: str
    url: str
    button: str


@dataclass(frozen=True, slots=True)
class Standing:
    """An agency today; ``total`` is what its own figures come to now."""

    agency_id: int
    state: str
    lines: Sequence[LineStanding]
    total: Total
    step: Step | None

    @property
    def secured(self) -> Decimal:
        """Points confirmed by others."""
        return sum((one.secured for one in self.lines), ZERO)

    @property
    def waiting(self) -> Decimal:
        """Points given by the agency itself."""
        return sum((one.waiting for one in self.lines), ZERO)

    @property
    def open(self) -> Decimal:
        """What could still be earned."""
        return sum((one.open for one in self.lines), ZERO)

    @property
    def most(self) -> Decimal:
        """The maximum of all lines that are assigned to it."""
        return sum((one.most for one in self.lines), ZERO)

    @property
    def missing_evidence(self) -> list[LineStanding]:
        """Lines that must be proved and are not."""
        return [one for one in self.lines if one.needs_evidence]

    @property
    def unanswered(self) -> list[LineStanding]:
        """Lines of the agency's own without a figure."""
        return [one for one in self.lines if not one.answered and not one.by_others]


def standing(scope: Scope, agency_id: int) -> Standing | None:
    """Where the agency stands, from the levels the person may see; None without a table or a sheet of its own.

    Nothing of another agency is read. Constant number of queries.
    """
    sheet = sheet_for(scope, agency_id) if agency_id in scope.answers_for else None
    if sheet is None:
        return None
    found = board(scope.year, [agency_id], table=sheet.table)
    if found is None or agency_id not in found.sheets:
        return None
    seen = visible_levels(scope, sheet)
    _forget_unseen(found, agency_id, seen)
    first = found.levels[0].key
    confirmed = [
        level.key for level in found.levels if level.counts and level.key != first and level.key in seen
    ]
    proved, returned = _proved(sheet), _returned(sheet)
    rows = {row.code: row for row in found.criteria}
    lines = [
        _line(found, agency_id, leaf, rows[leaf.code], confirmed, proved, returned)
        for leaf in leaves(found.nodes(agency_id))
        if leaf.applies and leaf.part != PENALTY and leaf.rule != LATENESS
    ]
    level = None if seen else first
    total = found.total(agency_id, level)
    return Standing(agency_id, sheet.state, lines, total, _step(scope, agency_id, sheet.state, lines))


def _forget_unseen(found: Board, agency: int, seen: Collection[str]) -> None:
    """Leave of the sheet what its agency may know: its own figures and the levels opened to it.

    Points of an act come from the others' figures, so they count only once points were opened.
    """
    data = found.sheets[agency]
    data.figures = {
        code: [one for one in figures if one.scorer_id == agency or one.level in seen]
        for code, figures in data.figures.items()
    }
    if not seen:
        found.act = None


def _proved(sheet: ScoreSheet) -> frozenset[str]:
    rows = LineEvidence.objects.filter(
        line__sheet=sheet, line__criterion__table=sheet.table_id, removed_at__isnull=True
    ).order_by("pk")
    return frozenset(rows.values_list("line__criterion__code", flat=True))


def _returned(sheet: ScoreSheet) -> frozenset[str]:
    rows = ScoreLine.objects.filter(
        sheet=sheet, criterion__table=sheet.table_id, returned_at__isnull=False
    ).order_by("pk")
    return frozenset(rows.values_list("criterion__code", flat=True))


def _line(
    found: Board, agency: int, leaf: Leaf, row: Criterion, confirmed: Sequence[str], proved: Collection[str],
    returned: Collection[str],
) -> LineStanding:  # fmt: skip
    first = found.levels[0].key
    own = found.results(agency, first)[leaf.code]
    given = next(
        (
            found.results(agency, key)[leaf.code]
            for key in reversed(confirmed)
            if _is_given(found, agency, leaf, key)
        ),
        None,
    )
    counted = given or own
    points = counted.points if counted.points is not None else counted.least or ZERO
    secured = points if given is not None else ZERO
    waiting = points if given is None else ZERO
    most = leaf.maximum if counted.assigned else ZERO
    room = ZERO if given is not None and not counted.waits else max(most - points, ZERO)
    answered = _is_answered(counted)
    by_others = row.scored_by != ScoredBy.SELF
    asked = row.evidence == EvidenceRule.REQUIRED and answered and counted.assigned and bool(points)
    return LineStanding(
        leaf, secured, waiting, room, most, answered, counted.waits, asked and leaf.code not in proved,
        leaf.code in returned, by_others,
    )  # fmt: skip


def _is_given(found: Board, agency: int, leaf: Leaf, level: str) -> bool:
    return bool(found.sheets[agency].at(leaf.code, level))


def _is_answered(result: Result) -> bool:
    return result.points is not None or result.waits or not result.assigned


def _step(scope: Scope, agency: int, state: str, lines: Sequence[LineStanding]) -> Step | None:
    """The most useful thing to do next: lines sent back, the greatest open line, evidence, sending."""
    url = scope.address("sheet", agency=agency)
    back = [one for one in lines if one.returned]
    if state == SheetState.RETURNED and back:
        words = _("Sửa %(count)s dòng bị trả lại, bắt đầu từ %(code)s %(title)s.")
        return Step(
            _named(words, back[0], count=len(back)), f"{url}#{_anchor(back[0])}", _("Mở dòng bị trả lại")
        )
    if state not in (SheetState.DRAFT, SheetState.RETURNED):
        return None
    blank = [one for one in lines if not one.answered and not one.by_others]
    if blank:
        best = max(blank, key=lambda one: one.open)
        words = _("Chấm %(code)s %(title)s: còn được đến %(points)s điểm.")
        return Step(_named(words, best), f"{url}#{_anchor(best)}", _("Chấm tiếp"))
    if bare := [one for one in lines if one.needs_evidence]:
        best = max(bare, key=lambda one: one.waiting)
        words = _("Đính kèm minh chứng cho %(code)s %(title)s.")
        return Step(_named(words, best), f"{url}#{_anchor(best)}", _("Thêm minh chứng"))
    return Step(_("Đã chấm đủ: kiểm tra lại và gửi bảng chấm điểm."), url, _("Mở bảng chấm điểm"))


def _named(words: str, one: LineStanding, **more: object) -> str:
    values = {"code": one.leaf.code, "title": one.leaf.title, "points": format_number(one.open)}
    return words % {**values, **more}


def _anchor(one: LineStanding) -> str:
    return f"d-{one.leaf.key}"
