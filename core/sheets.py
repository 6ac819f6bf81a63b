"""Reading a workbook that people filled in: by the titles of its columns, never by their places, cell by cell.

Promises: the caller has passed the file through ``core.files.recognise`` (kind by content, sizes by the directory,
no macros, no entities); nothing is computed; what is not understood becomes a sentence with its sheet and cell, and a
row is never shifted. A file is read up to ``MAX_ROWS`` filled rows, or as many as the caller takes.

Rules of cells: text in NFC on one line (a long one keeps its lines), no-break spaces as spaces; a number in a text
column as its digits; a day as a date cell, as a serial of the workbook's own calendar (1900 or 1904) or as text with
the day first; text in the old fonts TCVN3 and VNI, merged cells, cells with an error and formulas that were never
computed are refused; hidden rows count like others, with a remark.
"""

from __future__ import annotations

import re
import time
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import IO, Any, Final

from django.utils.translation import gettext as _
from openpyxl.reader.excel import ExcelReader
from openpyxl.utils import get_column_letter

from core import quantity
from core.cells import ASIDE, DAY, FIGURE, LONG, TEXT, WHEN, WHOLE, Refused, value_of
from core.folding import clean_line, fold
from core.formfields import said
from core.marks import Unreadable

__all__ = [
    "ASIDE",
    "DAY",
    "FIGURE",
    "LONG",
    "TEXT",
    "WHEN",
    "WHOLE",
    "Fault",
    "Field",
    "Line",
    "Table",
    "read",
    "read_grid",
]

MAX_ROWS: Final = 5_000
MAX_COLUMNS: Final = 60
MAX_SHEETS: Final = 20
MAX_SHEET_BYTES: Final = 24 * 1024 * 1024
MAX_WHOLE_BYTES: Final = 1024 * 1024  # of a part that is read whole: formats, names, properties
MAX_CELLS: Final = 1_000_000  # of a sheet, empty ones too
MAX_SECONDS: Final = 20.0  # of the processor, for one file
FURTHEST_ROW: Final = 50_000  # beyond, a sheet is not looked at
HEAD_ROWS: Final = 10
MAX_SHOWN: Final = 80


_CELL: Final = re.compile(rb"<(?:\w+:)?c[\s/>]")
_MERGED: Final = re.compile(rb'<(?:\w+:)?mergeCell\s[^>]*?ref="([A-Z]+[0-9]+:[A-Z]+[0-9]+)"')
_HIDDEN: Final = re.compile(rb'<(?:\w+:)?row\s[^>]*?hidden="(?:1|true)"')
_UNCOMPUTED: Final = re.compile(
    rb'<(?:\w+:)?c\s[^>]*?r="([A-Z]+[0-9]+)"[^>]*>\s*<(?:\w+:)?f(?:\s[^>]*)?(?:/>|>[^<]*</(?:\w+:)?f>)\s*'
    rb"(?:<(?:\w+:)?v\s*/>|<(?:\w+:)?v></(?:\w+:)?v>)?\s*</"
)


@dataclass(frozen=True, slots=True)
class Field:
    """A column that is looked for: its key, its title, other titles it goes by, what its cells hold.

    LONG text keeps its lines; WHEN gives the words of a time ("12/2020"), FIGURE a number as it shows
    ("95%" of a cell of per cents); ASIDE is known and not read.
    """

    key: str
    title: str
    others: tuple[str, ...] = ()
    kind: str = TEXT
    required: bool = False  # without this column the sheet cannot be read
    quiet: bool = False  # a row that holds nothing else is empty


@dataclass(frozen=True, slots=True)
class Fault:
    """Something that cannot be taken over: where, and why; ``key`` is the column, ``shown`` what stands there."""

    sheet: str
    cell: str
    sentence: str
    key: str = ""
    shown: str = ""


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
        return Fault(self.sheet, self.at(key), sentence, key, self.text(key)[:MAX_SHOWN])


@dataclass
class Table:
    """What was read: lines in their order, faults, remarks that stop nothing."""

    lines: list[Line] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)


def read(content: IO[bytes], fields: Sequence[Field], most: int = MAX_ROWS) -> Table:
    """Every filled row of every sheet that has the required titles, at most ``most`` of them.

    Never raises for what a file holds.
    """
    table = Table()
    try:
        content.seek(0)
        with zipfile.ZipFile(content) as archive:
            if not _shared_fit(archive):
                raise Heavy
            book = open_book(content)
            try:
                _read_book(book, archive, fields, table, most)
            finally:
                book.close()
    except Heavy:
        table.faults.append(Fault("", "", _("Tệp quá lớn. Chia ra rồi nhập từng tệp.")))
    except Exception:
        words = (
            _("Tệp bị hỏng ở giữa: mở thử bằng Excel rồi lưu lại dạng .xlsx.")
            if table.lines
            else _("Không mở được tệp: mở thử bằng Excel rồi lưu lại dạng .xlsx.")
        )
        table.faults.append(Fault("", "", words))
    return table


def read_grid(
    name: str, rows: Iterator[tuple[int, Sequence[Any]]], fields: Sequence[Field], most: int = MAX_ROWS
) -> Table:
    """The same for one table out of another kind of file; a cell has a ``value``."""
    table = Table()
    lacking = _read_sheet(name, rows, None, fields, table, datetime(1899, 12, 30), most)
    table.faults += [fault for fault in lacking if fault.cell] or lacking[:1]
    return table


class Heavy(Exception):
    """A small file that costs far more to read than its rows: a part too large, or too many seconds."""


class _Parts(zipfile.ZipFile):
    """The parts of a workbook while there is time for them; those that are read whole have a size of their own."""

    def __init__(self, content: IO[bytes]) -> None:
        super().__init__(content)
        self._until = time.thread_time() + MAX_SECONDS

    def read(self, name: Any, pwd: bytes | None = None) -> bytes:
        """A whole part. Raises ``Heavy``."""
        if self.getinfo(str(name)).file_size > MAX_WHOLE_BYTES:
            raise Heavy(name)
        return super().read(name, pwd)

    def open(self, *args: Any, **kwargs: Any) -> Any:
        """A part as a stream that raises ``Heavy`` when the time is over."""
        return _Stream(super().open(*args, **kwargs), self._until)


class _Stream:
    """Bytes of a part, as long as there is time: XML is parsed between two pieces."""

    def __init__(self, source: IO[bytes], until: float) -> None:
        self._source, self._until = source, until

    def __enter__(self) -> _Stream:
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()

    def close(self) -> None:
        """The part is no longer needed."""
        self._source.close()

    def read(self, size: int = -1) -> bytes:
        """The next piece."""
        if time.thread_time() > self._until:
            raise Heavy
        return self._source.read(size)


def open_book(content: IO[bytes]) -> Any:
    """A workbook to read row by row, values only. Raises ``Heavy``, also later while its sheets are read.

    A few thousand bytes can hold millions of formats or cells, which cost minutes and gigabytes as objects.
    """
    reader = ExcelReader(content, read_only=True, data_only=True, keep_links=False)
    reader.archive = _Parts(content)
    reader.read()
    return reader.wb


def _shared_fit(archive: zipfile.ZipFile) -> bool:
    """Whether the texts that all sheets share may be held in memory."""
    shared = [part for part in archive.infolist() if part.filename.lower().endswith("sharedstrings.xml")]
    return all(part.file_size <= MAX_SHEET_BYTES for part in shared)


def _raw(archive: zipfile.ZipFile, sheet: Any) -> bytes | None:
    """The XML of a sheet; None when it is too large to be looked at."""
    part = archive.NameToInfo.get(str(getattr(sheet, "_worksheet_path", "")).lstrip("/"))
    if part is None:
        return b""
    if part.file_size > MAX_SHEET_BYTES:
        return None
    raw = archive.read(part)
    return raw if sum(1 for _cell in _CELL.finditer(raw)) <= MAX_CELLS else None


def _read_book(book: Any, archive: zipfile.ZipFile, fields: Sequence[Field], table: Table, most: int) -> None:
    whole, lacking = 0, []
    for sheet in book.worksheets[:MAX_SHEETS]:
        name = clean_line(sheet.title)
        raw = _raw(archive, sheet)
        if raw is None:
            sentence = _("Trang tính quá lớn. Chép phần có dữ liệu sang một tệp mới rồi nhập lại.")
            table.faults.append(Fault(name, "", sentence))
            whole += 1
            continue
        sheet.reset_dimensions()
        missing = _read_sheet(name, rows_of(sheet), raw, fields, table, book.epoch, most)
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
    name: str,
    rows: Iterator[tuple[int, Sequence[Any]]],
    raw: bytes | None,
    fields: Sequence[Field],
    table: Table,
    epoch: datetime,
    most: int,
) -> list[Fault]:
    """Read the sheet into the table; what keeps it from being read: titles that it lacks."""
    head: dict[str, int] = {}
    number = 0
    cells: Sequence[Any] = ()
    for number, cells in rows:
        head = head_of(cells, fields)
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
    if raw:
        _check_raw(name, raw, set(letters.values()), number, table)
    _read_lines(rows, name, head, letters, {one.key: one for one in fields}, table, epoch, most)
    return []


def rows_of(sheet: Any) -> Iterator[tuple[int, tuple[Any, ...]]]:
    """The rows of a sheet that are looked at, with their numbers."""
    for number, cells in enumerate(sheet.iter_rows(max_col=MAX_COLUMNS), 1):
        if number > FURTHEST_ROW:
            return
        yield number, cells


def _title(value: Any) -> str:
    return fold(clean_line(str(value))).strip(" *:") if value is not None else ""


def head_of(cells: Sequence[Any], fields: Sequence[Field]) -> dict[str, int]:
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
    rows: Iterator[tuple[int, Sequence[Any]]],
    name: str,
    head: dict[str, int],
    letters: dict[str, str],
    fields: Mapping[str, Field],
    table: Table,
    epoch: datetime,
    most: int,
) -> None:
    wanted = [(key, place, fields[key]) for key, place in head.items() if fields[key].kind != ASIDE]
    for number, cells in rows:
        if all(cell.value is None for cell in cells):
            continue
        values: dict[str, Any] = {}
        line = Line(name, number, values, letters)
        faults = []
        for key, place, column in wanted:
            cell = cells[place] if place < len(cells) else None
            if cell is None or cell.value is None:
                continue
            try:
                value = value_of(cell, column.kind, epoch)
            except (Unreadable, Refused) as error:
                sentence = said(error) if isinstance(error, Unreadable) else str(error)
                shown = clean_line(str(cell.value))[:MAX_SHOWN]
                faults.append(Fault(name, line.at(key), sentence, key, shown))
                continue
            if value not in (None, ""):
                values[key] = value
        table.faults += faults
        if not faults and all(fields[key].quiet for key in values):
            continue
        if len(table.lines) >= most:
            sentence = _("Quá %(most)s dòng. Chia tệp ra rồi nhập từng tệp.")
            table.faults.append(Fault(name, f"A{number}", sentence % {"most": quantity.format_number(most)}))
            return
        table.lines.append(line)
