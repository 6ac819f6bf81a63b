"""Reading a CSV file of any office: its signs are understood for certain, or the file is refused with advice.

Taken: UTF-8 with or without its mark, UTF-16, and Windows' Vietnamese code page 1258; separated by semicolons, commas
or tabs. The old fonts TCVN3 and VNI are recognised and never converted: what one cannot be sure of is not stored.
"""

from __future__ import annotations

import codecs
import csv
import io
import itertools
import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import IO, Any, Final

from django.conf import settings
from django.utils.translation import gettext as _

from core.exporters import without_apostrophe
from core.files import FileKind, FileRefused, limit_words, shown_name
from core.oldfonts import TCVN3, old_font
from core.sheets import FURTHEST_ROW, HEAD_ROWS, MAX_COLUMNS, Fault, Field, Table, head_of, read_grid

CSV: Final = FileKind("CSV", "text/csv", (".csv", ".txt", ".tsv"), "file-spreadsheet")
SEPARATORS: Final = (";", ",", "\t")
SHEET: Final = "CSV"
_LOOKED_AT: Final = 64 * 1024
_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_CONTROLS: Final = re.compile("[\x00-\x08\x0e-\x1f\x7f]")
# Every sign above ASCII that code page 1258 has for Vietnamese text, composed.
_VIETNAMESE: Final = re.compile(
    "[àáảãạăằắẳẵặâầấẩẫậèéẻẽẹêềếểễệìíỉĩịòóỏõọôồốổỗộơờớởỡợùúủũụưừứửữựỳýỷỹỵđ\u00a0₫€°²³±×“”‘’«»…–—•·§©®™½¼¾]",
    re.I,
)


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell of a row, as ``core.sheets`` reads it."""

    value: str | None


def recognise(content: IO[bytes], size: int, name: str) -> FileKind:
    """CSV, if the content is text whose signs are understood and the name does not say otherwise; else FileRefused."""
    shown = shown_name(name)
    if size > settings.UPLOAD_MAX_BYTES:
        raise FileRefused(
            _("Tệp “%(name)s” lớn hơn mức %(limit)s. Hãy nén nhỏ hoặc chia ra rồi chọn lại.")
            % {"name": shown, "limit": limit_words()}
        )
    content.seek(0)
    raw = content.read()
    content.seek(0)
    if not raw:
        raise FileRefused(_("Tệp “%(name)s” trống (0 byte). Hãy kiểm tra rồi chọn lại.") % {"name": shown})
    decode(raw, shown)
    if "." in shown and not shown.lower().endswith(CSV.extensions):
        raise FileRefused(
            _("Tệp “%(name)s” có nội dung là CSV, không đúng với đuôi tên tệp. Hãy đổi đuôi thành .csv.")
            % {"name": shown}
        )
    return CSV


def decode(raw: bytes, name: str = "") -> str:
    """The text of a file. Raises FileRefused for what is not text, and for signs that cannot be told for certain."""
    text = _unicode(raw)
    if text is None:
        text = _windows(raw, name)
    if _CONTROLS.search(text):
        raise FileRefused(
            _("Tệp “%(name)s” không phải bảng CSV hay Excel. Chỉ nhận tệp .xlsx hoặc .csv.") % {"name": name}
        )
    if font := old_font(text):
        raise _old(font, name)
    return unicodedata.normalize("NFC", text)


def _unicode(raw: bytes) -> str | None:
    """UTF-8 or UTF-16; without a mark, UTF-16 shows by the zeros of its plain letters. None for anything else."""
    for mark, encoding in _MARKS:
        if raw.startswith(mark):
            return _tried(raw, encoding)
    head = raw[:_LOOKED_AT]
    for start, encoding in ((1, "utf-16-le"), (0, "utf-16-be")):
        zeros, others = head[start::2].count(0), head[1 - start :: 2].count(0)
        if zeros > len(head) // 6 and others < zeros // 20:
            return _tried(raw, encoding)
    return _tried(raw, "utf-8")


def _tried(raw: bytes, encoding: str) -> str | None:
    try:
        return raw.decode(encoding)
    except UnicodeDecodeError:
        return None


def _windows(raw: bytes, name: str) -> str:
    """Code page 1258, if every sign above ASCII makes a Vietnamese letter; else the reason in words."""
    text = _tried(raw, "cp1258")
    composed = unicodedata.normalize("NFC", text) if text is not None else ""
    if composed and all(char.isascii() or _VIETNAMESE.match(char) for char in composed):
        return composed
    font = old_font(raw.decode("latin-1")[:_LOOKED_AT])
    if font:
        raise _old(font, name)
    raise FileRefused(
        _(
            "Không đọc chắc được chữ tiếng Việt trong tệp “%(name)s”. "
            "Mở tệp bằng Excel rồi lưu dạng .xlsx hoặc “CSV UTF-8”, rồi chọn lại."
        )
        % {"name": name}
    )


def _old(font: str, name: str) -> FileRefused:
    tool = _("Mở tệp, chuyển mã sang Unicode (UniKey: Ctrl+Shift+F6), lưu dạng .xlsx rồi chọn lại.")
    words = _("Tệp “%(name)s” gõ bằng bảng mã cũ %(font)s nên chữ sẽ hỏng khi nhập.")
    return FileRefused(f"{words % {'name': name, 'font': font or TCVN3}} {tool}")


# -- reading -------------------------------------------------------------------------------------
def read(content: IO[bytes], fields: Sequence[Field], most: int) -> Table:
    """Every filled row as ``core.sheets.read`` gives it; never raises for what a file holds."""
    content.seek(0)
    try:
        text = decode(content.read())
        separator = separator_of(text, fields)
        return read_grid(SHEET, rows_of(text, separator), fields, most)
    except FileRefused as refusal:
        return Table(faults=[Fault("", "", refusal.sentence)])
    except csv.Error:
        return Table(faults=[Fault("", "", _("Tệp CSV hỏng: thiếu dấu nháy đóng, hoặc một ô quá dài."))])


def separator_of(text: str, fields: Sequence[Field]) -> str:
    """What separates the cells: whichever makes the most known titles in the first lines."""

    def known(separator: str) -> int:
        try:
            rows = itertools.islice(rows_of(text[:_LOOKED_AT], separator), HEAD_ROWS)
            return max((len(head_of(cells, fields)) for _number, cells in rows), default=0)
        except csv.Error:
            return 0

    return max(SEPARATORS, key=known)


def rows_of(text: str, separator: str) -> Iterator[tuple[int, list[Cell]]]:
    """The rows with their numbers, as a spreadsheet counts them."""
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    for number, row in enumerate(itertools.islice(rows, FURTHEST_ROW), 1):
        yield number, [_cell(value) for value in row[:MAX_COLUMNS]]


def _cell(value: str) -> Any:
    """Our own files put an apostrophe before what a spreadsheet would compute."""
    return Cell(without_apostrophe(value) or None)
