"""Tables as a workbook: text is never a formula or a link, days are real days, the same rows give the same bytes."""

from __future__ import annotations

import enum
import io
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import xlsxwriter

from core.dates import LOCAL_ZONE
from core.exporters import Exporter
from core.folding import strip_unsafe

CONTENT_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MAX_CELL = 32_767  # characters that a cell of the format may hold
_FORBIDDEN_IN_SHEETS = str.maketrans(dict.fromkeys("[]:*?/\\'", " "))
_MADE = datetime(2000, 1, 1, tzinfo=UTC).replace(
    tzinfo=None
)  # a fixed moment: the file says when it was loaded, not this


class XlsxExporter(Exporter):
    """One table on one sheet: a title line, a head that stays, columns of the given widths (in characters).

    Text stays text whatever it starts with; int and Decimal become numbers, dates become days shown as 05/01/2021,
    moments in Viet Nam time. Raises ValueError for a row whose length is not the head's and TypeError for a float.
    """

    identifier = "xlsx"
    content_type = CONTENT_TYPE

    def __init__(
        self,
        title: str,
        header: Sequence[str],
        rows: Iterable[Sequence[object]],
        filename: str = "danh-sach.xlsx",
        widths: Sequence[int] = (),
    ) -> None:
        self.title = title
        self.header = header
        self.rows = rows
        self.filename = filename
        self.widths = widths

    def render(self) -> bytes:
        """The whole workbook."""
        made = io.BytesIO()
        options = {
            "in_memory": True,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
        }
        with xlsxwriter.Workbook(made, options) as book:
            book.set_properties({"title": self.title, "created": _MADE})
            self._fill(book)
        return made.getvalue()

    def _fill(self, book: Any) -> None:
        sheet = book.add_worksheet(self.title.translate(_FORBIDDEN_IN_SHEETS).strip()[:31] or None)
        base = {"font_name": "Times New Roman", "font_size": 12, "valign": "top"}
        looks = {
            "text": book.add_format({**base, "text_wrap": True}),
            "day": book.add_format({**base, "num_format": "dd/mm/yyyy", "align": "left"}),
            "moment": book.add_format({**base, "num_format": "dd/mm/yyyy hh:mm", "align": "left"}),
        }
        sheet.write_string(0, 0, self.title, book.add_format({**base, "bold": True, "font_size": 14}))
        head = book.add_format({**base, "bold": True, "text_wrap": True, "bottom": 1, "bg_color": "#F0F2F5"})
        for column, title in enumerate(self.header):
            sheet.write_string(2, column, title, head)
        for column, width in enumerate(self.widths):
            sheet.set_column(column, column, width)
        sheet.freeze_panes(3, 0)
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.repeat_rows(2)
        sheet.fit_to_pages(1, 0)
        for number, row in enumerate(self.rows, 3):
            if len(row) != len(self.header):
                raise ValueError(f"row of {len(row)} cells under a header of {len(self.header)}")
            for column, value in enumerate(row):
                _write(sheet, number, column, value, looks)


def _write(sheet: Any, row: int, column: int, value: object, looks: dict[str, Any]) -> None:
    if isinstance(value, enum.Enum):
        value = value.value
    if isinstance(value, float):
        raise TypeError("figures are int or Decimal, never float")
    if value is None or value == "":
        return
    if isinstance(value, bool):
        sheet.write_string(row, column, "có" if value else "không", looks["text"])
    elif isinstance(value, int | Decimal):
        sheet.write_number(row, column, value, looks["text"])
    elif isinstance(value, datetime):
        local = value.astimezone(LOCAL_ZONE).replace(tzinfo=None) if value.tzinfo else value
        sheet.write_datetime(row, column, local, looks["moment"])
    elif isinstance(value, date):
        sheet.write_datetime(row, column, value, looks["day"])
    else:
        sheet.write_string(row, column, strip_unsafe(str(value))[:MAX_CELL], looks["text"])
