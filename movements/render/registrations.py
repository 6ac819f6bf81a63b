"""All registrations of a year side by side: as a workbook and as a paper. Plain data in, bytes out.

The words of the paper are Vietnamese; those of the workbook follow the page it was asked for on.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from django.utils.translation import gettext as _

from core.docx import Paper
from core.quantity import Qualifier, format_number
from core.workbooks import Column, Sheet, WorkbookExporter

SIDE_BY_SIDE = 8  # agencies in one table of the paper at most; more make further tables of equal width


@dataclass(frozen=True, slots=True)
class Cell:
    """What one agency registered of a content, and how it stands in words."""

    plan: Decimal | None
    actual: Decimal | None
    qualifier: Qualifier
    share: Decimal | None
    outcome: str
    on: date | None = None
    note: str = ""

    @property
    def words(self) -> str:
        """ "1.200 / trên 1.250": plan and actual in one cell."""
        plan = "–" if self.plan is None else format_number(self.plan)
        if self.actual is None:
            return plan
        return f"{plan} / {self.qualifier.words} {format_number(self.actual)}".replace("  ", " ")


@dataclass(frozen=True, slots=True)
class Row:
    """A content with its unit, and the cells by the place of the agency."""

    content: str
    unit: str
    lower: bool
    cells: dict[int, Cell]


@dataclass(frozen=True, slots=True)
class TitleRow:
    """A title with the numbers by the place of the agency."""

    title: str
    holder: str
    counts: dict[int, int]

    @property
    def total(self) -> int:
        """How many the whole cluster aims at."""
        return sum(self.counts.values())


@dataclass(frozen=True, slots=True)
class Board:
    """Everything the files say; ``agencies`` in charter order by short name, ``absent`` has sent nothing."""

    cluster: str
    label: str
    made_on: date
    agencies: Sequence[str]
    rows: Sequence[Row] = ()
    titles: Sequence[TitleRow] = ()
    absent: Sequence[str] = field(default_factory=tuple)


def board_workbook(board: Board, filename: str) -> WorkbookExporter:
    """Three sheets: targets side by side, targets one below the other with what came of them, titles."""
    heading = _("%(cluster)s: đăng ký thi đua năm %(label)s") % {
        "cluster": board.cluster,
        "label": board.label,
    }
    return WorkbookExporter(
        [_matrix(board, heading), _listing(board, heading), _titles(board, heading)], filename
    )


def _matrix(board: Board, heading: str) -> Sheet:
    columns = [Column(_("Nội dung"), 44), Column(_("Đơn vị tính"), 14), Column(_("Chiều"), 20)]
    for name in board.agencies:
        columns += [
            Column(_("%(agency)s: kế hoạch") % {"agency": name}, 16),
            Column(_("%(agency)s: kết quả") % {"agency": name}, 16),
        ]
    rows: list[list[object]] = []
    for row in board.rows:
        line: list[object] = [row.content, row.unit, _direction(row.lower)]
        for place in range(len(board.agencies)):
            cell = row.cells.get(place)
            line += [cell.plan, cell.actual] if cell else [None, None]
        rows.append(line)
    return Sheet(_("Chỉ tiêu đặt cạnh nhau"), columns, rows, heading)


def _direction(lower: bool) -> str:
    return _("Càng thấp càng tốt") if lower else _("Càng cao càng tốt")


def _listing(board: Board, heading: str) -> Sheet:
    columns = [
        Column(_("Đơn vị"), 28), Column(_("Nội dung"), 44), Column(_("Đơn vị tính"), 14), Column(_("Chiều"), 20),
        Column(_("Kế hoạch"), 14), Column(_("Mức"), 10), Column(_("Kết quả"), 14),
        Column(_("Số liệu đến ngày"), 14, day=True), Column(_("So với kế hoạch (%)"), 14), Column(_("Tình trạng"), 22),
        Column(_("Ghi chú"), 30),
    ]  # fmt: skip
    rows = [
        [
            board.agencies[place], row.content, row.unit, _direction(row.lower), cell.plan, _(cell.qualifier.words) if
            cell.qualifier.words else "", cell.actual, cell.on, cell.share, cell.outcome, cell.note,
        ]
        for place in range(len(board.agencies))
        for row in board.rows
        if (cell := row.cells.get(place)) is not None
    ]  # fmt: skip
    return Sheet(_("Chỉ tiêu theo đơn vị"), columns, rows, heading)


def _titles(board: Board, heading: str) -> Sheet:
    columns = [
        Column(_("Danh hiệu, hình thức"), 44), Column(_("Dành cho"), 14), Column(_("Tổng"), 10),
        *(Column(name, 16) for name in board.agencies),
    ]  # fmt: skip
    rows = [
        [row.title, row.holder, row.total, *(row.counts.get(place) for place in range(len(board.agencies)))]
        for row in board.titles
    ]
    return Sheet(_("Danh hiệu"), columns, rows, heading)


# -- paper ---------------------------------------------------------------------------------------
def board_docx(board: Board) -> bytes:
    """The same as a paper that lies across: contents by agencies, then titles."""
    about = f"Chỉ tiêu và danh hiệu đăng ký thi đua năm {board.label}"
    paper = Paper(f"Bảng tổng hợp: {about}", board.made_on, across=True)
    paper.head(board.cluster, "", "")
    paper.title("Bảng tổng hợp", about)
    groups = groups_of(len(board.agencies))
    paper.heading("I. CHỈ TIÊU (kế hoạch / kết quả)")
    if not board.rows:
        paper.body("Chưa có đơn vị nào gửi chỉ tiêu.")
    for group in groups:
        _targets_table(paper, board, group)
    paper.heading("II. DANH HIỆU, HÌNH THỨC KHEN THƯỞNG")
    if not board.titles:
        paper.body("Chưa có đơn vị nào gửi đăng ký danh hiệu.")
    for group in groups:
        _titles_table(paper, board, group)
    if board.absent:
        paper.body(f"Chưa gửi bản đăng ký: {', '.join(board.absent)}.")
    return paper.data()


def groups_of(number: int) -> list[range]:
    """Places of the agencies by tables: as few tables as fit, none much narrower than the others."""
    tables = -(-number // SIDE_BY_SIDE)
    size = -(-number // tables) if tables else 0
    return [range(first, min(first + size, number)) for first in range(0, number, size)] if size else []


def _targets_table(paper: Paper, board: Board, group: range) -> None:
    rows = [row for row in board.rows if any(place in row.cells for place in group)]
    if not rows:
        return
    cells = [
        [row.content, row.unit, *(row.cells[place].words if place in row.cells else "" for place in group)]
        for row in rows
    ]
    names = [board.agencies[place] for place in group]
    paper.table(["Nội dung", "Đơn vị tính", *names], cells, (34, 12, *(14 for _name in names)))


def _titles_table(paper: Paper, board: Board, group: range) -> None:
    rows = [row for row in board.titles if any(place in row.counts for place in group)]
    if not rows:
        return
    cells = [
        [
            row.title, row.holder,
            *(format_number(row.counts[place]) if place in row.counts else "" for place in group),
            format_number(row.total),
        ]
        for row in rows
    ]  # fmt: skip
    names = [board.agencies[place] for place in group]
    paper.table(
        ["Danh hiệu, hình thức", "Dành cho", *names, "Toàn cụm"], cells, (34, 12, *(12 for _n in names), 10)
    )
