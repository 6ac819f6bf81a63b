"""The quick entry grid (*Nhập nhanh*): its columns, limits and shapes. No database.

Words used here: *cells* are the words of a row by the name of the column; a row is *recorded* when an activity or a
contribution stands behind it, *kept* when only its words are stored (``RowDraft``), because something is missing or the
person is still typing. ``mark`` is what a browser last saw of a row: the digest of the recorded cells, a full stop and
the version of the kept words ("3f2a09c1b7d4.2", "-.1", "-.0" for a row nobody has stored).
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from core.folding import clean

GIFTS: Final = "gifts"
ACTIVITIES: Final = "activities"
PREFIX: Final = "dong"  # of the rows in a form
EMPTY_ROWS: Final = 10
ROWS_LIMIT: Final = 200  # rows of one request: thirteen fields each stay below Django's limit of fields
CELL_LIMIT: Final = 5000  # characters of a cell, whatever stands in it
TEXT_LIMIT: Final = 2_000_000  # characters of the text area "Dán từ Excel"
SHOWN: Final = 20  # recorded rows of a page
KEEP_LIMIT: Final = 400  # kept rows of one person, year and grid
NEW: Final = "-.0"
_KEY: Final = re.compile(r"[A-Za-z0-9_-]{20,40}")
_MARK: Final = re.compile(r"(?P<recorded>-|[0-9a-f]{12})\.(?P<kept>[0-9]{1,9})")


@dataclass(frozen=True, slots=True)
class Column:
    """One column: ``most`` characters may be recorded, ``suggests`` says that a list opens while typing."""

    name: str
    label: Any
    most: int
    css: str = ""
    suggests: bool = False
    mode: str = "text"
    hint: Any = ""


_DAY = Column("day", _("Ngày"), 60, "n", hint=_("5/1, 05.01.21 hoặc 1/2021; chưa biết thì gõ “chưa rõ”"))
_PLACE = Column("place", _("Địa bàn"), 300, suggests=True)
_WITH = Column(
    "partners", _("Phối hợp"), 1000, suggests=True, hint=_("nhiều đơn vị cách nhau bằng dấu chấm phẩy")
)
_MOVEMENT = Column("movement", _("Phong trào"), 300, suggests=True)

COLUMNS: Final[Mapping[str, tuple[Column, ...]]] = {
    GIFTS: (
        _DAY,
        Column("what", _("Nội dung"), 300, suggests=True),
        Column("quantity", _("Số lượng"), 100, "n", suggests=True, hint=_("kèm đơn vị: gần 21.000 chiếc")),
        Column("value", _("Trị giá (₫)"), 60, "n", hint=_("580 tr, 1,25 tỷ hoặc 580.000.000")),
        Column("receiver", _("Nơi nhận"), 300, suggests=True),
        _PLACE,
        _WITH,
        _MOVEMENT,
    ),
    ACTIVITIES: (
        _DAY,
        Column("title", _("Tên hoạt động"), 300),
        _MOVEMENT,
        _PLACE,
        _WITH,
        Column("result", _("Kết quả"), 2000),
        Column("attended", _("Số người"), 20, "n", mode="numeric"),
        Column("people", _("Thành phần"), 500),
    ),
}


@dataclass(frozen=True, slots=True)
class Sent:
    """A row as a browser sent it. ``group`` is the activity a new contribution goes into; empty: one of its own.

    ``live``: the person is still in the row, so its words are only kept.
    """

    key: str
    cells: Mapping[str, str]
    pk: int | None = None
    mark: str = NEW
    group: str = ""
    live: bool = False
    order: int = 0

    @property
    def is_blank(self) -> bool:
        """Nothing stands in any cell."""
        return not any(self.cells.values())

    @property
    def seen(self) -> str:
        """The digest of the recorded cells the browser saw; "-" when it saw none."""
        return read_mark(self.mark)[0]

    @property
    def kept(self) -> int:
        """The version of the kept words the browser saw; 0 when it saw none."""
        return read_mark(self.mark)[1]


@dataclass(frozen=True, slots=True)
class Row:
    """A row as it stands on the server: what the browser shows back."""

    key: str
    cells: Mapping[str, str]
    pk: int | None = None
    activity: int | None = None
    mark: str = NEW
    group: str = ""
    errors: Mapping[str, str] = field(default_factory=dict)
    notes: Mapping[str, str] = field(default_factory=dict)
    is_kept: bool = False
    shared: int = 1  # contributions of its activity
    state: str = ""


class Overtaken(Exception):
    """Somebody else changed the row after the browser saw it; ``row`` is how it stands now."""

    def __init__(self, row: Row) -> None:
        """Keep the row that won."""
        super().__init__("overtaken")
        self.row = row


class Gone(Exception):
    """What the row recorded is no longer the person's to edit: sent by a colleague, or removed."""


def names_of(grid: str) -> tuple[str, ...]:
    """The columns of a grid in order."""
    return tuple(column.name for column in COLUMNS[grid])


def is_key(text: str) -> bool:
    """Whether the text can be the key of a row."""
    return bool(_KEY.fullmatch(text))


def tidy(grid: str, cells: Mapping[str, str]) -> dict[str, str]:
    """The cells of a grid and no others: NFC, no control characters, spaces around them gone."""
    return {name: clean(cells.get(name, "")) for name in names_of(grid)}


def digest(cells: Mapping[str, str]) -> str:
    """The digest of recorded cells: two browsers that saw the same words hold the same one."""
    joined = "\x1f".join(f"{name}\x1e{cells[name]}" for name in sorted(cells))
    return hashlib.sha256(joined.encode()).hexdigest()[:12]


def make_mark(recorded: str, kept: int) -> str:
    """The mark of a row."""
    return f"{recorded or '-'}.{kept}"


def read_mark(text: str) -> tuple[str, int]:
    """Both halves; a strange mark is that of a row nobody has seen."""
    found = _MARK.fullmatch(text)
    return (found["recorded"], int(found["kept"])) if found else ("-", 0)


def differing(grid: str, mine: Mapping[str, str], theirs: Mapping[str, str]) -> list[str]:
    """Names of the columns whose words differ, in order."""
    return [name for name in names_of(grid) if mine.get(name, "") != theirs.get(name, "")]
