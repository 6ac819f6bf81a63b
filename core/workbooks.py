"""Workbooks to fill in and lists of several sheets: tables with a heading, dropdowns and locked sizes. Never a formula.

Promises: text is written as text whatever it begins with, so that no cell computes anything; figures are int or
Decimal, never float; the same rows give the same bytes (no clock inside).
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final

import xlsxwriter

from core.exporters import Exporter
from core.folding import strip_unsafe

CONTENT_TYPE: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MAX_CELL: Final = 32_000
DROPDOWN_ROWS: Final = 5_000
_MADE: Final = datetime(2020, 1, 1)


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its title, width in characters, what may be chosen, a note on the title, whether it is hidden."""

    title: str
    width: int = 16
    choices: tuple[str, ...] = ()
    note: str = ""
    hidden: bool = False
    day: bool = False


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet with one table, or with lines of prose when it has a single column."""

    name: str
    columns: Sequence[Column]
    rows: Iterable[Sequence[object]] = ()
    heading: str = ""  # a line above the table


class WorkbookExporter(Exporter):
    """Sheets as a workbook for a spreadsheet program. Raises TypeError for a float."""

    identifier = "xlsx"
    content_type = CONTENT_TYPE

    def __init__(self, sheets: Sequence[Sheet], filename: str) -> None:
        self.sheets = sheets
        self.filename = filename

    def render(self) -> bytes:
        """The whole file in memory."""
        target = io.BytesIO()
        options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
        with xlsxwriter.Workbook(target, options) as book:
            book.set_properties({"created": _MADE})
            formats = _formats(book)
            for sheet in self.sheets:
                _write(book, sheet, formats)
        return target.getvalue()


def _formats(book: Any) -> dict[str, Any]:
    return {
        "head": book.add_format(
            {"bold": True, "bg_color": "#E8EDF3", "border": 1, "text_wrap": True, "valign": "top"}
        ),
        "title": book.add_format({"bold": True, "font_size": 14}),
        "text": book.add_format({"num_format": "@", "valign": "top", "text_wrap": True}),
        "day": book.add_format({"num_format": "dd/mm/yyyy", "valign": "top"}),
        "number": book.add_format({"num_format": "#,##0.####", "valign": "top"}),
        "whole": book.add_format({"num_format": "0", "valign": "top"}),
    }


def _write(book: Any, sheet: Sheet, formats: dict[str, Any]) -> None:
    page = book.add_worksheet(sheet.name[:31])
    top = 0
    if sheet.heading:
        page.write_string(0, 0, _text(sheet.heading), formats["title"])
        top = 2
    for place, column in enumerate(sheet.columns):
        page.set_column(
            place, place, column.width, formats["day" if column.day else "text"], {"hidden": column.hidden}
        )
        page.write_string(top, place, _text(column.title), formats["head"])
        if column.note:
            page.write_comment(top, place, _text(column.note), {"x_scale": 2})
        if column.choices:
            page.data_validation(
                top + 1, place, top + DROPDOWN_ROWS, place,
                {"validate": "list", "source": list(column.choices), "error_type": "warning"},
            )  # fmt: skip
    page.freeze_panes(top + 1, 0)
    for number, row in enumerate(sheet.rows, top + 1):
        for place, value in enumerate(row):
            _cell(page, number, place, value, formats)


def _cell(page: Any, row: int, column: int, value: object, formats: dict[str, Any]) -> None:
    if value is None or value == "":
        return
    if isinstance(value, float):
        raise TypeError("figures are int or Decimal, never float")
    if isinstance(value, bool):
        page.write_string(row, column, "có" if value else "không", formats["text"])
    elif isinstance(value, int | Decimal):
        kind = "number" if isinstance(value, Decimal) else "whole"
        page.write_number(row, column, value, formats[kind])
    elif isinstance(value, date) and not isinstance(value, datetime):
        page.write_datetime(row, column, datetime(value.year, value.month, value.day), formats["day"])
    else:
        page.write_string(row, column, _text(str(value)), formats["text"])


def _text(text: str) -> str:
    return strip_unsafe(text)[:MAX_CELL]
