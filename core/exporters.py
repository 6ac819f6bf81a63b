"""Files that leave the application: what every exporter offers, the CSV one, and a safe Content-Disposition.

Promises: a cell never starts a formula in a spreadsheet, a header never takes a second line, and a file name
is safe on every system it may be saved on. Pure Python: the view makes the response.
"""

import abc
import csv
import enum
import io
import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Final
from urllib.parse import quote

from core.dates import LOCAL_ZONE, format_date
from core.folding import clean_line, strip_unsafe

MAX_FILENAME: Final = 120
FALLBACK_FILENAME: Final = "tep"

_FORMULA_STARTS: Final = tuple("=+-@\t\r\n＝＋－＠")
_CHUNK: Final = 64 * 1024
_EXTENSION: Final = re.compile(r"\.[A-Za-z0-9]{1,8}$")
_FORBIDDEN_IN_NAMES: Final = re.compile(r'[<>:"/\\|?*]')
_RESERVED_NAMES: Final = re.compile(r"(?i)(con|prn|aux|nul|com[0-9]|lpt[0-9])(?= *(\.|$))")
_ATTR_CHARS: Final = "!#$&+-.^_`|~"


class Exporter(abc.ABC):
    """One downloadable file: who makes it (``identifier``), its name, its type and its bytes."""

    identifier: str
    filename: str
    content_type: str

    @abc.abstractmethod
    def render(self) -> bytes:
        """The whole file; everything in it has passed the reader's row filter before it came here."""


class CsvExporter(Exporter):
    """A table as CSV for a spreadsheet program: UTF-8 with BOM, commas, CRLF, every cell in quotes.

    Text that would start a formula gets an apostrophe in front; numbers (int, Decimal) stay numbers, written
    with the Vietnamese comma and without thousands; dates print as 05/01/2021, moments in Viet Nam time.
    ``rows`` is read once, so a generator may be given and the file made once. Raises ValueError for a row
    whose length is not the header's (nothing is ever shifted) and TypeError for a float.
    """

    identifier = "csv"
    content_type = "text/csv; charset=utf-8"

    def __init__(
        self, header: Sequence[str], rows: Iterable[Sequence[object]], filename: str = "danh-sach.csv"
    ) -> None:
        self.header = header
        self.rows = rows
        self.filename = filename

    def render(self) -> bytes:
        """The whole file in memory; :meth:`chunks` gives the same bytes piece by piece."""
        return b"".join(self.chunks())

    def chunks(self) -> Iterator[bytes]:
        """The file in pieces of about 64 KB, for a streamed answer."""
        buffer = io.StringIO(newline="")
        buffer.write("\ufeff")
        writer = csv.writer(buffer, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
        writer.writerow([csv_cell(title) for title in self.header])
        for row in self.rows:
            if len(row) != len(self.header):
                raise ValueError(f"row of {len(row)} cells under a header of {len(self.header)}")
            writer.writerow([csv_cell(value) for value in row])
            if buffer.tell() >= _CHUNK:
                yield buffer.getvalue().encode("utf-8")
                buffer.seek(0)
                buffer.truncate()
        yield buffer.getvalue().encode("utf-8")


def csv_cell(value: object) -> str:
    """One value as the text of a CSV cell; see :class:`CsvExporter`. Raises TypeError for a float."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "có" if value else "không"
    if isinstance(value, enum.Enum):
        return csv_cell(value.value)
    if isinstance(value, float):
        raise TypeError("figures are int or Decimal, never float")
    if isinstance(value, Decimal) and not value.is_finite():
        return ""
    if isinstance(value, int | Decimal):
        return format(value, "f").replace(".", ",") if isinstance(value, Decimal) else str(int(value))
    if isinstance(value, datetime):
        local = value.astimezone(LOCAL_ZONE) if value.tzinfo else value
        return f"{format_date(local)} {local:%H:%M}"
    if isinstance(value, date):
        return format_date(value)
    return _inert(str(value))


def _inert(text: str) -> str:
    """The text, with an apostrophe in front where a spreadsheet would compute it (also behind spaces)."""
    text = strip_unsafe(text)
    risky = text.startswith(_FORMULA_STARTS) or text.lstrip().startswith(_FORMULA_STARTS)
    return f"'{text}" if risky else text


def without_apostrophe(text: str) -> str:
    """The text as it was before :func:`csv_cell` made it harmless."""
    return text[1:] if text.startswith("'") and _inert(text[1:]) == text else text


def safe_filename(name: str, fallback: str = FALLBACK_FILENAME, limit: int = MAX_FILENAME) -> str:
    """A file name to show and to save under: NFC, one line, no path, no reserved name, at most ``limit``
    characters.

    The folder part goes ("../../x" is "x"), a short extension is kept when the name is cut, "CON" becomes
    "_CON". Never empty, never starts or ends with a dot or a space.
    """
    cleaned = clean_line(name).replace("\\", "/").rsplit("/", 1)[-1]
    cleaned = _FORBIDDEN_IN_NAMES.sub("_", cleaned).strip(" .")
    if _RESERVED_NAMES.match(cleaned):
        cleaned = f"_{cleaned}"
    if len(cleaned) > limit:
        extension = _EXTENSION.search(cleaned)
        ending = extension.group() if extension else ""
        cleaned = cleaned[: limit - len(ending)].rstrip(" .") + ending
    return cleaned or fallback


def content_disposition(filename: str, *, inline: bool = False) -> str:
    """The value of the Content-Disposition header for any file name (RFC 6266, RFC 8187).

    ``filename`` holds the name without marks for old programs, ``filename*`` the real one in UTF-8. The
    value is ASCII, and has no line end, quote or backslash out of the name.
    """
    name = safe_filename(filename)
    bare = "".join(char for char in unicodedata.normalize("NFD", name) if unicodedata.category(char) != "Mn")
    plain = re.sub(r"[^A-Za-z0-9._ ()+-]", "_", bare.replace("đ", "d").replace("Đ", "D"))
    value = f'{"inline" if inline else "attachment"}; filename="{plain}"'
    if plain == name:
        return value
    return f"{value}; filename*=UTF-8''{quote(name, safe=_ATTR_CHARS)}"
