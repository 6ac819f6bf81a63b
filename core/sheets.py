"""Reading a workbook that people filled in: by the titles of its columns, never by their places, cell by cell.

Promises: the caller has passed the file through ``core.files.recognise`` (kind by content, sizes by the directory,
no macros, no entities); nothing is computed; what is not understood becomes a sentence with its sheet and cell, and a
row is never shifted. A sheet is read up to ``MAX_ROWS`` filled rows.

Rules of cells: text in NFC on one line, no-break spaces as spaces; a number in a text column as its digits; a day as a
date cell, as a serial of the workbook's own calendar (1900 or 1904) or as text with the day first; merged cells, cells
with an error and formulas that were never computed are refused; hidden rows count like others, with a remark.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import IO, Any, Final

from django.utils.translation import gettext as _
from openpyxl import load_workbook
from openpyxl.utils import get_column_letter
from openpyxl.utils.datetime import from_excel

from core import dates, quantity
from core.folding import clean_line, fold
from core.formfields import said
from core.marks import Unreadable

MAX_ROWS: Final = 5_000
MAX_COLUMNS: Final = 60
MAX_SHEETS: Final = 20
MAX_SHEET_BYTES: Final = 24 * 1024 * 1024
FURTHEST_ROW: Final = 50_000  # beyond, a sheet is not looked at
HEAD_ROWS: Final = 10
MAX_TEXT: Final = 500
SERIALS: Final = range(10_000, 110_000)  # days that a bare number in a day column may mean: 1927 to 2201

TEXT, DAY, WHOLE = "text", "day", "whole"

_MERGED: Final = re.compile(rb'<(?:\w+:)?mergeCell\s[^>]*?ref="([A-Z]+[0-9]+:[A-Z]+[0-9]+)"')
_HIDDEN: Final = re.compile(rb'<(?:\w+:)?row\s[^>]*?hidden="(?:1|true)"')
_UNCOMPUTED: Final = re.compile(
    rb'<(?:\w+:)?c\s[^>]*?r="([A-Z]+[0-9]+)"[^>]*>\s*<(?:\w+:)?f(?:\s[^>]*)?(?:/>|>[^<]*</(?:\w+:)?f>)\s*'
    rb"(?:<(?:\w+:)?v\s*/>|<(?:\w+:)?v></(?:\w+:)?v>)?\s*</"
)


@dataclass(frozen=True, slots=True)
class Field:
    """A column that is looked for: its key, its title, other titles it goes by, what its cells hold."""

    key: str
    title: str
    others: tuple[str, ...] = ()
    kind: str = TEXT
    required: bool = False  # without this column the sheet cannot be read


@dataclass(frozen=True, slots=True)
class Fault:
    """Something that cannot be taken over: where, and why."""

    sheet: str
    cell: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Line:
    """A filled row: values by key (text, date, int; a key is missing where the cell is empty)."""

    sheet: str
    number: int
    values: Mapping[str, Any]
    letters: Mapping[str, str]

    def at(self, key: str) -> str:
        """The address of a cell: ``C7``; the row alone where the sheet lacks the column."""
        return f"{self.letters.get(key, 'A')}{self.number}"

    def text(self, key: str) -> str:
        """The text of a cell, or nothing."""
        return str(self.values.get(key, ""))

    def fault(self, key: str, sentence: str) -> Fault:
        """A sentence on a cell of this row."""
        return Fault(self.sheet, self.at(key), sentence)


@dataclass
class Table:
    """What was read: lines in their order, faults, remarks that stop nothing."""

    lines: list[Line] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)


def read(content: IO[bytes], fields: Sequence[Field]) -> Table:
    """Every filled row of every sheet that has the required titles; never raises for what a file holds."""
    table = Table()
    try:
        sizes = _sheet_bytes(content)
        content.seek(0)
        book = load_workbook(content, read_only=True, data_only=True, keep_links=False)
    except Exception:
        table.faults.append(Fault("", "", _("Không mở được tệp: mở thử bằng Excel rồi lưu lại dạng .xlsx.")))
        return table
    try:
        _read_book(book, sizes, fields, table)
    except Exception:
        table.faults.append(Fault("", "", _("Tệp bị hỏng ở giữa: mở thử bằng Excel rồi lưu lại dạng .xlsx.")))
    finally:
        book.close()
    return table


def _sheet_bytes(content: IO[bytes]) -> dict[str, bytes | None]:
    """The XML of each sheet by its path; None for one that is too large to be looked at."""
    content.seek(0)
    with zipfile.ZipFile(content) as archive:
        parts = [part for part in archive.infolist() if part.filename.startswith("xl/worksheets/")]
        return {
            part.filename: archive.read(part) if part.file_size <= MAX_SHEET_BYTES else None
            for part in parts[: MAX_SHEETS * 2]
            if part.filename.endswith(".xml")
        }


def _read_book(book: Any, sizes: dict[str, bytes | None], fields: Sequence[Field], table: Table) -> None:
    whole, lacking = 0, []
    for sheet in book.worksheets[:MAX_SHEETS]:
        name = clean_line(sheet.title)
        raw = sizes.get(str(getattr(sheet, "_worksheet_path", "")).lstrip("/"), b"")
        if raw is None:
            sentence = _("Trang tính quá lớn. Chép phần có dữ liệu sang một tệp mới rồi nhập lại.")
            table.faults.append(Fault(name, "", sentence))
            whole += 1
            continue
        missing = _read_sheet(sheet, name, raw, fields, table, book.epoch)
        whole += not missing
        lacking += missing
    if whole:
        aside = dict.fromkeys(fault.sheet for fault in lacking)
        table.remarks += [
            _("Bỏ qua trang tính “%(name)s”: thiếu cột bắt buộc.") % {"name": name} for name in aside
        ]
    else:
        table.faults += [fault for fault in lacking if fault.cell] or lacking[:1]


def _read_sheet(
    sheet: Any, name: str, raw: bytes, fields: Sequence[Field], table: Table, epoch: datetime
) -> list[Fault]:
    """Read the sheet into the table; what keeps it from being read: titles that it lacks."""
    sheet.reset_dimensions()
    rows = _rows(sheet)
    head: dict[str, int] = {}
    number = 0
    cells: Sequence[Any] = ()
    for number, cells in rows:
        head = _head(cells, fields)
        if head or number >= HEAD_ROWS:
            break
    wanted = [one for one in fields if one.required and one.key not in head]
    if not head:
        titles = ", ".join(f"“{one.title}”" for one in wanted)
        return [Fault(name, "", _("Không trang tính nào có đủ các cột %(wanted)s.") % {"wanted": titles})]
    if wanted:
        sentence = _("Thiếu cột “%(title)s” ở hàng tiêu đề.")
        return [Fault(name, f"A{number}", sentence % {"title": one.title}) for one in wanted]
    _check_head(name, number, cells, head, fields, table)
    letters = {key: get_column_letter(place + 1) for key, place in head.items()}
    _check_raw(name, raw, set(letters.values()), number, table)
    kinds = {one.key: one.kind for one in fields}
    _read_lines(rows, name, head, letters, kinds, table, epoch)
    return []


def _rows(sheet: Any) -> Iterator[tuple[int, tuple[Any, ...]]]:
    for number, cells in enumerate(sheet.iter_rows(max_col=MAX_COLUMNS), 1):
        if number > FURTHEST_ROW:
            return
        yield number, cells


def _title(value: Any) -> str:
    return fold(clean_line(str(value))).strip(" *:") if value is not None else ""


def _head(cells: Sequence[Any], fields: Sequence[Field]) -> dict[str, int]:
    """Places of the known titles of a row; empty when fewer than three are there."""
    known = {fold(title): one.key for one in fields for title in (one.title, one.key, *one.others)}
    found: dict[str, int] = {}
    for place, cell in enumerate(cells):
        key = known.get(_title(cell.value))
        if key and key not in found:
            found[key] = place
    return found if len(found) >= 3 else {}


def _check_head(
    name: str, number: int, cells: Sequence[Any], head: dict[str, int], fields: Sequence[Field], table: Table
) -> None:
    """Titles that stand twice are faults, unknown ones are remarked on."""
    known = {fold(title): one.key for one in fields for title in (one.title, one.key, *one.others)}
    taken = set(head.values())
    for place, cell in enumerate(cells):
        title = _title(cell.value)
        if not title or place in taken:
            continue
        where = f"{get_column_letter(place + 1)}{number}"
        shown = clean_line(str(cell.value))[:60]
        if title in known:
            table.faults.append(Fault(name, where, _("Cột “%(title)s” có hai lần.") % {"title": shown}))
        else:
            table.remarks.append(
                _("Không dùng cột “%(title)s” (ô %(cell)s).") % {"title": shown, "cell": where}
            )


def _check_raw(name: str, raw: bytes, letters: set[str], head_row: int, table: Table) -> None:
    """What reading by cells does not show: merged cells, hidden rows, formulas that nobody computed."""
    for match in list(_MERGED.finditer(raw))[:20]:
        area = match.group(1).decode()
        if int(re.findall("[0-9]+", area)[1]) > head_row:
            sentence = _("Các ô %(area)s gộp làm một: bỏ gộp ô, ghi đủ từng ô.") % {"area": area}
            table.faults.append(Fault(name, area.split(":")[0], sentence))
    for match in list(_UNCOMPUTED.finditer(raw))[:200]:
        cell = match.group(1).decode()
        if re.sub("[0-9]", "", cell) in letters:
            sentence = _("Công thức chưa có kết quả: mở tệp bằng Excel rồi lưu lại, hoặc ghi thẳng giá trị.")
            table.faults.append(Fault(name, cell, sentence))
    if hidden := len(_HIDDEN.findall(raw)):
        table.remarks.append(
            _("Trang tính “%(name)s” có %(count)s hàng ẩn; hàng ẩn cũng được nhập.")
            % {"name": name, "count": hidden}
        )


def _read_lines(
    rows: Iterator[tuple[int, tuple[Any, ...]]],
    name: str,
    head: dict[str, int],
    letters: dict[str, str],
    kinds: Mapping[str, str],
    table: Table,
    epoch: datetime,
) -> None:
    count = 0
    for number, cells in rows:
        if all(cell.value is None for cell in cells):
            continue
        line = Line(name, number, values := {}, letters)
        for key, place in head.items():
            value = cells[place].value if place < len(cells) else None
            try:
                read_value = _VALUES[kinds[key]](value, epoch)
            except Unreadable as error:
                table.faults.append(line.fault(key, said(error)))
                continue
            except _Refused as error:
                table.faults.append(line.fault(key, str(error)))
                continue
            if read_value not in (None, ""):
                values[key] = read_value
        if not values:
            continue
        count += 1
        if count > MAX_ROWS:
            sentence = _("Quá %(most)s dòng. Chia tệp ra rồi nhập từng tệp.")
            table.faults.append(
                Fault(name, f"A{number}", sentence % {"most": quantity.format_number(MAX_ROWS)})
            )
            return
        table.lines.append(line)


class _Refused(ValueError):
    """A cell that cannot be read, with its sentence."""


def _text(value: Any, _epoch: datetime) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        raise _Refused(_("Ô này phải là chữ."))
    if isinstance(value, int | float):
        return str(int(value)) if float(value).is_integer() else str(value).replace(".", ",")
    if isinstance(value, datetime | date):
        return dates.format_date(value)
    if isinstance(value, time):
        raise _Refused(_("Ô này phải là chữ, không phải giờ."))
    text = clean_line(str(value))
    if re.fullmatch(r"#(REF|N/A|VALUE|NAME\?|DIV/0|NULL|NUM)!?", text):
        raise _Refused(_("Ô này là lỗi công thức %(text)s.") % {"text": text})
    if len(text) > MAX_TEXT:
        raise _Refused(_("Ô này dài quá %(most)s chữ cái.") % {"most": MAX_TEXT})
    return text


def _day(value: Any, epoch: datetime) -> date | None:
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    if isinstance(value, int | float) and not isinstance(value, bool):
        if not float(value).is_integer() or int(value) not in SERIALS:
            raise _Refused(_("%(text)s không phải là ngày. Ghi dạng 05/01/2021.") % {"text": value})
        found = from_excel(value, epoch)
        return found.date() if isinstance(found, datetime) else None
    text = _text(value, epoch)
    return dates.parse_date(text) if text else None


def _whole(value: Any, epoch: datetime) -> int | None:
    text = _text(value, epoch)
    if not text:
        return None
    number = quantity.parse_number(text)
    if number != int(number) or not 0 < number < 30_000:
        raise _Refused(_("“%(text)s” không phải là số thứ tự.") % {"text": text})
    return int(number)


_VALUES: Final = {TEXT: _text, DAY: _day, WHOLE: _whole}
