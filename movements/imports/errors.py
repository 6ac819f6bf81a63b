"""The person's own file with what is wrong in it: the same cells at the same places, coloured, and the reasons."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from openpyxl.utils import get_column_letter

from core.cells import digits
from core.dates import format_date
from core.models import StoredFile
from core.sheets import HEAD_ROWS, Fault, head_of
from core.workbooks import Column, Sheet, Title, WorkbookExporter, Wrong
from movements.imports.columns import ERRORS, FIELDS, KEYS, MAX_ROWS, TITLES, WIDTHS
from movements.imports.intake import raw_sheets
from movements.imports.shape import Plan

Faults = dict[tuple[str, int], list[Fault]]


def errors_xlsx(stored: StoredFile, name: str, plan: Plan) -> WorkbookExporter:
    """A workbook to mend and to load again: rows, cells and hidden keys stand where they stood."""
    faults: Faults = defaultdict(list)
    for fault in plan.faults:
        faults[fault.sheet, _row_of(fault)].append(fault)
    sheets = [_sheet(title, rows, faults) for title, rows in raw_sheets(stored)]
    plain = name.rsplit(".", 1)[0]
    return WorkbookExporter(sheets, _("%(name)s-loi.xlsx") % {"name": plain})


def _row_of(fault: Fault) -> int:
    number = "".join(char for char in fault.cell if char.isdigit())
    return int(number) if number else 0


def _sheet(title: str, rows: Iterable[tuple[int, Sequence[Any]]], faults: Faults) -> Sheet:
    """One sheet; the column of reasons stands where an earlier one stood, else behind the last."""
    lines: list[list[Any]] = []
    head: dict[str, int] = {}
    filled, head_row = 0, 0
    for number, cells in rows:
        if not head and number <= HEAD_ROWS and (head := head_of(cells, FIELDS)):
            head_row = number
        lines.append(_values(cells))
        filled += bool(lines[-1])
        if filled > MAX_ROWS + HEAD_ROWS:
            break
    reasons = head.get(ERRORS.key, max((len(line) for line in lines), default=0))
    width = max([reasons + 1, *(len(line) for line in lines)])
    keys = {place: key for key, place in head.items()} | {reasons: ERRORS.key}
    columns = [
        Column("", WIDTHS.get(keys.get(place, ""), 16), hidden=keys.get(place) in KEYS)
        for place in range(width)
    ]
    body = (
        _line(number, line + [None] * (width - len(line)), faults.get((title, number), []), head_row, reasons)
        for number, line in enumerate(lines, 1)
    )
    return Sheet(title, columns, body, bare=True)


def _values(cells: Sequence[Any]) -> list[Any]:
    """The values up to the last one; nothing for an empty row."""
    values = [cell.value for cell in cells]
    while values and values[-1] is None:
        values.pop()
    return values


def _line(number: int, values: list[Any], here: list[Fault], head_row: int, reasons: int) -> list[object]:
    wrong = {fault.cell for fault in here}
    line: list[object] = []
    for place, value in enumerate(values):
        if number == head_row:
            line.append(Title(_text(value)))
        elif f"{get_column_letter(place + 1)}{number}" in wrong:
            line.append(Wrong(_text(value)))
        else:
            line.append(_shown(value))
    line[reasons] = Title(ERRORS.title) if number == head_row and not here else _reasons(here)
    return line


def _reasons(faults: Sequence[Fault]) -> str:
    return "; ".join(
        f"{TITLES[fault.key]}: {fault.sentence}" if fault.key in TITLES else fault.sentence
        for fault in faults
    )


def _shown(value: Any) -> object:
    """A value as it stood; never a float, which the writer refuses."""
    if isinstance(value, bool | time) or value is None:
        return _text(value)
    if isinstance(value, float):
        return int(value) if value.is_integer() else Decimal(format(value, ".15g"))
    return value.date() if isinstance(value, datetime) else value


def _text(value: Any) -> str:
    if isinstance(value, int | float) and not isinstance(value, bool):
        return digits(value)
    if isinstance(value, date):
        return format_date(value)
    return "" if value is None else str(value)
