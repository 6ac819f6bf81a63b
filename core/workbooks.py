"""Workbooks to fill in and lists of several sheets: tables with a heading, dropdowns and locked sizes. Never a formula.

Promises: text is written as text whatever it begins with, so that no cell computes anything or leads anywhere; figures
are int or Decimal, never float; days are days, moments stand in Viet Nam time; the same rows give the same bytes (no
clock inside). On paper a sheet lies, is one page wide and repeats its head.
"""

from __future__ import annotations

import enum
import io
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import IO, Any, Final

import xlsxwriter

from core.dates import LOCAL_ZONE
from core.exporters import Exporter, csv_cell
from core.folding import strip_unsafe

CONTENT_TYPE: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MAX_CELL: Final = 32_767  # characters that a cell of the format may hold
DROPDOWN_ROWS: Final = 5_000
_MADE: Final = datetime(2020, 1, 1)
_NAME_LENGTH: Final = 31  # of a sheet, by the format
_FORBIDDEN_IN_NAMES: Final = str.maketrans(dict.fromkeys("[]:*?/\\'", " "))
_A4: Final = 9
_CHUNK: Final = 64 * 1024
DIGITS: Final = 15  # of a figure that a spreadsheet keeps


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its title, width in characters, what may be chosen, a note on the title, whether it is hidden.

    ``source`` is where a longer list stands: "='Danh mục'!$A$2:$A$9"; it may not come from data.
    """

    title: str
    width: int = 16
    choices: tuple[str, ...] = ()
    note: str = ""
    hidden: bool = False
    day: bool = False
    source: str = ""


@dataclass(frozen=True, slots=True)
class Wrong:
    """A cell with something wrong in it: shown as it stands, coloured."""

    text: str


@dataclass(frozen=True, slots=True)
class Title:
    """A cell of a head that stands among the rows."""

    text: str


@dataclass(frozen=True, slots=True)
class Input:
    """A cell to fill in: coloured, and the only kind that may be changed on a ``guarded`` sheet.

    In a ``words`` cell the program leaves what is typed as it is ("5/12" stays).
    """

    value: object = ""
    words: bool = False


@dataclass(frozen=True, slots=True)
class Aside:
    """A cell that is only shown, in grey."""

    value: object = ""


@dataclass(frozen=True, slots=True)
class Limit:
    """What one cell takes: a list that stands at ``source``, or a number from 0 to ``most``; ``hint`` says so.

    ``row`` counts the rows of the sheet from 0, ``column`` its columns. Other values are taken after a warning.
    """

    row: int
    column: int
    source: str = ""
    most: Decimal | None = None
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet with one table, or with lines of prose when it has a single column.

    What the format forbids in ``name`` becomes a space; each row has a cell for each of the ``columns``. A ``bare``
    sheet has no head of its own: its rows begin at the top and hold it, so that they stay at their places. A
    ``guarded`` one takes changes in its ``Input`` cells only (no password: a help, not a lock).
    """

    name: str
    columns: Sequence[Column]
    rows: Iterable[Sequence[object]] = ()
    heading: str = ""  # a line above the table
    bare: bool = False
    hidden: bool = False
    guarded: bool = False
    limits: Sequence[Limit] = ()


class WorkbookExporter(Exporter):
    """Sheets as a workbook for a spreadsheet program.

    ``render`` raises TypeError for a float, ValueError for a row that is longer or shorter than its head.
    """

    identifier = "xlsx"
    content_type = CONTENT_TYPE

    def __init__(self, sheets: Sequence[Sheet], filename: str) -> None:
        self.sheets = sheets
        self.filename = filename

    def render(self) -> bytes:
        """The whole file in memory."""
        target = io.BytesIO()
        self._save(target, {"in_memory": True})
        return target.getvalue()

    def chunks(self) -> Iterator[bytes]:
        """The file in pieces, for a streamed answer: rows are read as they are written, and none is kept in memory."""
        with tempfile.TemporaryDirectory(prefix="xlsx-") as folder, tempfile.TemporaryFile() as target:
            self._save(target, {"constant_memory": True, "tmpdir": folder})
            target.seek(0)
            while piece := target.read(_CHUNK):
                yield piece

    def _save(self, target: IO[bytes], options: dict[str, Any]) -> None:
        safe = {"strings_to_formulas": False, "strings_to_urls": False}
        with xlsxwriter.Workbook(target, options | safe) as book:
            book.set_properties({"created": _MADE})
            formats = _formats(book)
            for sheet in self.sheets:
                _write(book, sheet, formats)


def _formats(book: Any) -> dict[str, Any]:
    base = {"font_name": "Times New Roman", "font_size": 12, "valign": "top"}
    looks: dict[str, dict[str, object]] = {
        "title": {"bold": True, "font_size": 14},
        "head": {"bold": True, "bg_color": "#E8EDF3", "border": 1, "text_wrap": True},
        "text": {"num_format": "@", "text_wrap": True},
        "day": {"num_format": "dd/mm/yyyy", "align": "left"},
        "moment": {"num_format": "dd/mm/yyyy hh:mm", "align": "left"},
        "number": {},
        "input": {
            "bg_color": "#FFFBEB",
            "border": 1,
            "border_color": "#D5DAE1",
            "locked": False,
            "text_wrap": True,
        },
        "aside": {"font_color": "#6B7280", "text_wrap": True},
        "wrong": {
            "num_format": "@",
            "text_wrap": True,
            "bg_color": "#FBE3E1",
            "font_color": "#8C1720",
            "border": 1,
        },
    }
    looks["words"] = looks["input"] | {"num_format": "@"}
    return {name: book.add_format(base | look) for name, look in looks.items()}


def _write(book: Any, sheet: Sheet, formats: dict[str, Any]) -> None:
    page = book.add_worksheet(sheet.name.translate(_FORBIDDEN_IN_NAMES).strip()[:_NAME_LENGTH] or None)
    top = 0
    if sheet.heading:
        page.write_string(0, 0, _text(sheet.heading), formats["title"])
        top = 2
    for place, column in enumerate(sheet.columns):
        page.set_column(
            place, place, column.width, formats["day" if column.day else "text"], {"hidden": column.hidden}
        )
        if not sheet.bare:
            _head(page, top, place, column, formats)
    for limit in sheet.limits:
        _limit(page, (0 if sheet.bare else top + 1) + limit.row, limit)
    if sheet.guarded:
        page.protect("", {"format_columns": True, "format_rows": True})
    if sheet.hidden:
        page.hide()
    page.set_landscape()
    page.set_paper(_A4)
    page.fit_to_pages(1, 0)
    if not sheet.bare:
        page.freeze_panes(top + 1, 0)
        page.repeat_rows(top)
    for number, row in enumerate(sheet.rows, top if sheet.bare else top + 1):
        if len(row) != len(sheet.columns):
            raise ValueError(f"row of {len(row)} cells under a head of {len(sheet.columns)}")
        for place, value in enumerate(row):
            _cell(page, number, place, value, formats)


def _head(page: Any, row: int, place: int, column: Column, formats: dict[str, Any]) -> None:
    page.write_string(row, place, _text(column.title), formats["head"])
    if column.note:
        page.write_comment(row, place, _text(column.note), {"x_scale": 2})
    if source := column.source or list(column.choices):
        page.data_validation(
            row + 1, place, row + DROPDOWN_ROWS, place,
            {"validate": "list", "source": source, "error_type": "warning"},
        )  # fmt: skip


def _limit(page: Any, row: int, limit: Limit) -> None:
    told = {"input_message": _text(limit.hint)[:255]} if limit.hint else {}
    if limit.source:
        rule: dict[str, Any] = {"validate": "list", "source": limit.source}
    else:
        most = "999999999" if limit.most is None else format(limit.most, "f")
        rule = {"validate": "decimal", "criteria": "between", "minimum": "0", "maximum": most}
    page.data_validation(row, limit.column, row, limit.column, rule | told | {"error_type": "warning"})


def _cell(page: Any, row: int, column: int, value: object, formats: dict[str, Any]) -> None:
    if isinstance(value, Input | Aside):
        name = "aside" if isinstance(value, Aside) else "words" if value.words else "input"
        look = formats[name]
        _plain_cell(page, row, column, value.value, dict.fromkeys(formats, look))
        if value.value is None or value.value == "":
            page.write_blank(row, column, None, look)
        return
    _plain_cell(page, row, column, value, formats)


def _plain_cell(page: Any, row: int, column: int, value: object, formats: dict[str, Any]) -> None:
    if isinstance(value, Wrong | Title):
        page.write_string(
            row, column, _text(value.text), formats["wrong" if isinstance(value, Wrong) else "head"]
        )
        return
    if isinstance(value, enum.Enum):
        value = value.value
    if isinstance(value, float):
        raise TypeError("figures are int or Decimal, never float")
    if value is None or value == "":
        return
    if isinstance(value, bool):
        page.write_string(row, column, "có" if value else "không", formats["text"])
    elif isinstance(value, int | Decimal) and len(str(value)) > DIGITS:
        page.write_string(row, column, csv_cell(value), formats["text"])
    elif isinstance(value, int | Decimal):
        page.write_number(row, column, value, formats["number"])
    elif isinstance(value, datetime):
        local = value.astimezone(LOCAL_ZONE).replace(tzinfo=None) if value.tzinfo else value
        page.write_datetime(row, column, local, formats["moment"])
    elif isinstance(value, date):
        page.write_datetime(row, column, value, formats["day"])
    else:
        page.write_string(row, column, _text(str(value)), formats["text"])


def _text(text: str) -> str:
    return strip_unsafe(text)[:MAX_CELL]
