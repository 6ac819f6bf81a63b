"""Papers as DOCX in the layout of Decree 30/2020/NĐ-CP, Annex I: what every paper has in common, nothing of its words.

Promises: the same calls give the same bytes (no clock, no random number, no name of a program or person); a text is
text: ``&``, ``<`` and ``{{ 7*7 }}`` print as typed, characters that XML forbids go by the rule of
``core.folding.clean``, a line end is a line break. Lengths are millimetres, sizes points.

Layout: A4 upright, margins 20/20/30/15 mm, Times New Roman, black; page number centred in the top margin from page two;
national title 13 and motto 14 bold with a line of the motto's length; body 14, justified, first line 1.27 cm, 6 pt
apart.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, Final

from docx import Document
from docx.enum.section import WD_ORIENT
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Mm, Pt

from core.folding import clean

NATION: Final = "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"
MOTTO: Final = "Độc lập - Tự do - Hạnh phúc"
DRAFT: Final = "DỰ THẢO"
FONT: Final = "Times New Roman"
BODY: Final = 14
TABLE: Final = 12
WIDTH: Final = 165  # of the text, between the margins
WIDTH_ACROSS: Final = 252  # of a paper that lies across
_LEFT, _RIGHT = 67, 98  # of the two columns of the head: the national title stays on one line
_MM_PER_POINT: Final = 25.4 / 72
_MOTTO_EMS: Final = 12.2  # width of the motto in bold, in sizes of the letter
_ZIP_TIME: Final = (1980, 1, 1, 0, 0, 0)

_CENTRE, _BOTH, _START = WD_ALIGN_PARAGRAPH.CENTER, WD_ALIGN_PARAGRAPH.JUSTIFY, WD_ALIGN_PARAGRAPH.LEFT


@dataclass(frozen=True, slots=True)
class Signature:
    """One block of signatures: for whom ("Đại diện bên giao"), lines below, a hint in italics, what stands last."""

    head: str
    lines: tuple[str, ...] = ()
    hint: str = ""
    foot: str = ""


class Paper:
    """A paper that is written from top to bottom; ``data`` gives the file."""

    def __init__(self, title: str, made_on: date, *, draft: bool = False, across: bool = False) -> None:
        """``title``, ``made_on``: the file's properties; ``draft`` marks every page; ``across`` lays the paper down."""
        self._document = Document()
        self._draft = draft
        self._across = across
        self._width = WIDTH_ACROSS if across else WIDTH
        self._properties(title, made_on)
        self._styles()
        self._page()

    # -- parts of a paper ------------------------------------------------------------------------
    def head(self, agency: str, number: str, place_and_date: str, *, upper: str = "") -> None:
        """Agency and number on the left; national title, motto, place and date on the right."""
        table = self._bare_table(2, (self._width - _RIGHT, _RIGHT))
        left, right = table.rows[0].cells
        if upper:
            self._text(left, upper.upper(), 12, first=True)
        self._text(left, agency.upper(), 12, bold=True, first=not upper)
        self._line(left, self._width - _RIGHT, min(_LEFT, _ems(agency.upper()) * 12 * _MM_PER_POINT) * 0.4)
        self._text(right, NATION, 13, bold=True, first=True)
        self._text(right, MOTTO, BODY, bold=True)
        self._line(right, _RIGHT, _MOTTO_EMS * BODY * _MM_PER_POINT)
        left, right = table.rows[1].cells
        self._text(left, number, 13, first=True)
        if self._draft:
            boxed = self._text(left, DRAFT, 13, bold=True, before=6)
            _indent(boxed, 20)
            _border(boxed, "top", "bottom", "left", "right")
        self._text(right, place_and_date, BODY, italic=True, first=True)

    def title(self, kind: str, about: str) -> None:
        """The kind of paper in capitals, what it is about below, a line of two fifths of its length."""
        self._text(self._document, kind.upper(), BODY, bold=True, before=18)
        self._text(self._document, about, BODY, bold=True)
        self._line(self._document, self._width, min(self._width, _ems(about) * BODY * _MM_PER_POINT) * 0.4)
        self._text(self._document, "", 6)

    def basis(self, lines: Sequence[str]) -> None:
        """What the paper rests on, in italics, each line closed by ";", the last by "."."""
        for place, line in enumerate(lines, 1):
            self.body(f"{line}{'.' if place == len(lines) else ';'}", italic=True)

    def heading(self, text: str) -> None:
        """A heading inside the body, kept with what follows."""
        paragraph = self.body(text, bold=True)
        paragraph.paragraph_format.keep_with_next = True

    def body(self, text: str, *, bold: bool = False, italic: bool = False) -> Any:
        """A paragraph: justified, first line 1.27 cm, 6 pt below."""
        paragraph = self._text(
            self._document, text, BODY, bold=bold, italic=italic, align=_BOTH, after=6, line=1.1
        )
        paragraph.paragraph_format.first_line_indent = Cm(1.27)
        return paragraph

    def table(
        self,
        columns: Sequence[str],
        rows: Sequence[Sequence[str]],
        widths: Sequence[int],
        *,
        foot: Sequence[str] = (),
    ) -> None:
        """A table with a running number in front; the heading row comes again on every page, no row is torn.

        ``widths``: shares of what is left beside the number.
        """
        parts = [10, *(round((self._width - 10) * share / sum(widths)) for share in widths)]
        table = self._document.add_table(1, len(parts))
        table.style, table.alignment, table.autofit = "Table Grid", WD_TABLE_ALIGNMENT.CENTER, False
        self._row(table.rows[0], ["TT", *columns], bold=True, centre=True)
        _mark(table.rows[0]._tr.get_or_add_trPr(), "w:tblHeader")
        for number, cells in enumerate(rows, 1):
            self._row(table.add_row(), [str(number), *cells])
        if foot:
            self._row(table.add_row(), ["", *foot], bold=True)
        _set_widths(table, parts)
        self._text(self._document, "", 6)

    def signatures(self, left: Signature, right: Signature) -> None:
        """Two blocks side by side on one page, with room to sign by hand."""
        self._text(self._document, "", 6)
        table = self._bare_table(1, (WIDTH // 2, WIDTH - WIDTH // 2))
        for cell, block in zip(table.rows[0].cells, (left, right), strict=True):
            self._text(cell, block.head.upper(), BODY, bold=True, first=True)
            for line in block.lines:
                self._text(cell, line, BODY, bold=True)
            self._text(cell, block.hint, 13, italic=True)
            room = self._text(cell, "", BODY, after=60)
            room.paragraph_format.keep_with_next = True
            self._text(cell, block.foot, BODY, bold=True)

    def signature_grid(self, blocks: Sequence[Signature], columns: int) -> None:
        """Many blocks side by side, ``columns`` in a row, without lines; no block is torn between two pages.

        Words of a block are smaller than in the body, so that long names of agencies stay on few lines.
        """
        self._text(self._document, "", 6)
        rows = [blocks[first : first + columns] for first in range(0, len(blocks), columns)]
        width = self._width / columns
        table = self._bare_table(len(rows), (width,) * columns)
        for row, some in zip(table.rows, rows, strict=True):
            for cell, block in zip(row.cells, some, strict=False):
                head = self._text(cell, block.head.upper(), 12, bold=True, first=True)
                lines = [self._text(cell, line, 12, bold=True) for line in block.lines]
                hint = self._text(cell, block.hint, 11, italic=True)
                self._text(cell, "", 12, after=18 if block.foot else 48)
                foot = self._text(cell, block.foot, 11, italic=True, after=12)
                for paragraph in (head, *lines, hint, foot):
                    _indent(paragraph, 2)

    def recipients(self, lines: Sequence[str]) -> None:
        """ "Nơi nhận": one line each, closed by ";", the last by "."."""
        self._text(self._document, "Nơi nhận:", 12, bold=True, italic=True, align=_START, before=12)
        for place, line in enumerate(lines, 1):
            ending = "." if place == len(lines) else ";"
            self._text(self._document, f"- {line}{ending}", 11, align=_START)

    def small(self, text: str) -> None:
        """A small line for a control number or the like."""
        self._text(self._document, text, 10, italic=True, align=_START, before=6)

    def data(self) -> bytes:
        """The file; the same for the same calls."""
        raw = io.BytesIO()
        self._document.save(raw)
        made = io.BytesIO()
        with zipfile.ZipFile(raw) as old, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as new:
            for part in old.infolist():
                entry = zipfile.ZipInfo(part.filename, _ZIP_TIME)
                entry.compress_type = zipfile.ZIP_DEFLATED
                new.writestr(entry, old.read(part.filename))
        return made.getvalue()

    # -- the page --------------------------------------------------------------------------------
    def _properties(self, title: str, made_on: date) -> None:
        properties = self._document.core_properties
        at = datetime(made_on.year, made_on.month, made_on.day, tzinfo=UTC).replace(tzinfo=None)
        properties.title, properties.language = clean(title)[:255], "vi-VN"
        properties.author = properties.last_modified_by = properties.comments = ""
        properties.created = properties.modified = at
        package = self._document.part.package
        for key, relation in list(package.rels.items()):
            if relation.reltype == RELATIONSHIP_TYPE.THUMBNAIL:  # a picture of the library's sample
                del package.rels[key]

    def _styles(self) -> None:
        styles = self._document.styles
        style: Any = styles["Normal"]
        style.font.name, style.font.size = FONT, Pt(BODY)
        fonts = style.element.rPr.rFonts
        for name in ("w:ascii", "w:hAnsi", "w:eastAsia", "w:cs"):
            fonts.set(qn(name), FONT)
        style.paragraph_format.space_before = style.paragraph_format.space_after = Pt(0)
        style.paragraph_format.line_spacing = 1.0
        for language in styles.element.iter(qn("w:lang")):
            language.set(qn("w:val"), "vi-VN")

    def _page(self) -> None:
        section = self._document.sections[0]
        section.page_width, section.page_height = Mm(210), Mm(297)
        section.top_margin, section.bottom_margin = Mm(20), Mm(20)
        section.left_margin, section.right_margin = Mm(30), Mm(15)
        if self._across:
            section.orientation = WD_ORIENT.LANDSCAPE
            section.page_width, section.page_height = Mm(297), Mm(210)
        section.header_distance = section.footer_distance = Mm(10)
        section.different_first_page_header_footer = True
        section.first_page_header.is_linked_to_previous = False  # an empty one of its own
        paragraph = section.header.paragraphs[0]
        paragraph.alignment = _CENTRE
        for kind, text in (("begin", ""), ("", "PAGE"), ("end", "")):
            run = paragraph.add_run()
            run.font.size = Pt(13)
            run._r.append(_field(kind, text))
        if self._draft:
            paragraph.add_run(f"  ·  {DRAFT}").font.size = Pt(10)

    # -- pieces ----------------------------------------------------------------------------------
    def _text(
        self,
        where: Any,
        text: str,
        size: float,
        *,
        bold: bool = False,
        italic: bool = False,
        align: Any = _CENTRE,
        before: float = 0,
        after: float = 0,
        line: float = 1.0,
        first: bool = False,
    ) -> Any:
        """A paragraph in the document or a cell; ``first`` takes the empty paragraph a cell begins with."""
        paragraph = where.paragraphs[0] if first else where.add_paragraph()
        run = paragraph.add_run(clean(text))
        run.font.size, run.bold, run.italic = Pt(size), bold, italic
        shape = paragraph.paragraph_format
        shape.alignment, shape.line_spacing = align, line
        shape.space_before, shape.space_after = Pt(before), Pt(after)
        return paragraph

    def _line(self, where: Any, width: float, length: float) -> None:
        """A solid line of ``length`` mm, centred in ``width`` mm, right below the text before it."""
        paragraph = self._text(where, "", 1)
        shape = paragraph.paragraph_format
        shape.line_spacing_rule, shape.line_spacing, shape.space_before = (
            WD_LINE_SPACING.EXACTLY,
            Pt(4),
            Pt(2),
        )
        _indent(paragraph, max(0.0, (width - length) / 2))
        _border(paragraph, "top")

    def _bare_table(self, rows: int, widths: tuple[float, ...]) -> Any:
        """A table without lines and without room inside the cells."""
        table = self._document.add_table(rows, len(widths))
        table.autofit, table.alignment = False, WD_TABLE_ALIGNMENT.CENTER
        margins = OxmlElement("w:tblCellMar")
        for side in ("left", "right"):
            margin = OxmlElement(f"w:{side}")
            margin.set(qn("w:w"), "0")
            margin.set(qn("w:type"), "dxa")
            margins.append(margin)
        table._tbl.tblPr.append(margins)
        for row in table.rows:
            _mark(row._tr.get_or_add_trPr(), "w:cantSplit")
        _set_widths(table, widths)
        return table

    def _row(self, row: Any, cells: Sequence[str], *, bold: bool = False, centre: bool = False) -> None:
        _mark(row._tr.get_or_add_trPr(), "w:cantSplit")
        for place, (cell, text) in enumerate(zip(row.cells, cells, strict=True)):
            align = _CENTRE if centre or place == 0 else _START
            self._text(cell, text, TABLE, bold=bold, align=align, before=2, after=2, first=True)


def _set_widths(table: Any, widths: Sequence[float]) -> None:
    for column, width in zip(table.columns, widths, strict=True):
        column.width = Mm(width)
    for row in table.rows:
        for cell, width in zip(row.cells, widths, strict=True):
            cell.width = Mm(width)


def _indent(paragraph: Any, length: float) -> None:
    paragraph.paragraph_format.left_indent = paragraph.paragraph_format.right_indent = Mm(length)


def _border(paragraph: Any, *sides: str) -> None:
    properties = paragraph._p.get_or_add_pPr()
    borders = OxmlElement("w:pBdr")
    for side in ("top", "left", "bottom", "right"):  # the order the format asks for
        if side in sides:
            line = OxmlElement(f"w:{side}")
            for name, value in (("val", "single"), ("sz", "6"), ("space", "1"), ("color", "000000")):
                line.set(qn(f"w:{name}"), value)
            borders.append(line)
    properties.insert_element_before(
        borders, "w:shd", "w:tabs", "w:suppressAutoHyphens", "w:spacing", "w:ind", "w:jc", "w:rPr"
    )


def _mark(properties: Any, name: str) -> None:
    if properties.find(qn(name)) is None:
        properties.append(OxmlElement(name))


def _field(kind: str, text: str) -> Any:
    if kind:
        element = OxmlElement("w:fldChar")
        element.set(qn("w:fldCharType"), kind)
        return element
    element = OxmlElement("w:instrText")
    element.text = text
    return element


def _ems(text: str) -> float:
    """About how wide a text in bold is, in sizes of the letter; within five per cent for Vietnamese."""
    widths = {" ": 0.25, "-": 0.33, ",": 0.25, ".": 0.25}
    return sum(widths.get(char) or (0.68 if char.isupper() else 0.47) for char in text)
