"""A block of cells as Excel, LibreOffice and Google Sheets put it on the clipboard. Pure: no Django, no database.

The same rules stand in ``static/js/quick-paste.js``; ``tests/movements/pasting_cases.json`` is the table both must
follow:

* cells are separated by tabs, rows by a newline of any system; a newline at the very end makes no further row;
* a cell that begins with ``"`` and has its closing ``"`` before a tab, a newline or the end is quoted: it may hold tabs
  and newlines, ``""`` stands for ``"``;
* every other quotation mark stands for itself (``5" ống``), also one that is never closed;
* nothing is trimmed or changed inside a cell.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from core.folding import fold

_END = re.compile("\t|\r\n|\n|\r")
_QUOTED = re.compile('"([^"]*(?:""[^"]*)*)"(?=\t|\r|\n|\\Z)')


@dataclass(frozen=True, slots=True)
class Block:
    """Rows of cells; ``rest`` is the text after the last row that was read, word for word."""

    rows: list[list[str]]
    rest: str = ""

    @property
    def width(self) -> int:
        """Cells of the longest row."""
        return max((len(row) for row in self.rows), default=0)


def parse(text: str, most: int | None = None) -> Block:
    """Read at most ``most`` rows (all, when None). Linear in the length of what is read."""
    rows: list[list[str]] = []
    place, row = 0, list[str]()
    while place < len(text) or row:
        if not row and most is not None and len(rows) == most:
            break
        cell, place, sign = _cell(text, place)
        row.append(cell)
        if sign != "\t":
            rows.append(row)
            row = []
    return Block(rows, text[place:])


def _cell(text: str, place: int) -> tuple[str, int, str]:
    """A cell, where the next one starts, and the sign between them ("" at the end)."""
    quoted = _QUOTED.match(text, place)
    if quoted:
        cell, end = quoted[1].replace('""', '"'), quoted.end()
        found = _END.match(text, end)
    else:
        found = _END.search(text, place)
        end = found.start() if found else len(text)
        cell = text[place:end]
    return (cell, found.end(), found.group()) if found else (cell, end, "")


def heading(row: Sequence[str], labels: Mapping[str, str]) -> list[str] | None:
    """The columns a first row names, "" for a word that is no column; None when it is no row of headings.

    ``labels`` are folded words to names. A row of headings names at least two columns, each once.
    """
    names = [labels.get(bare(cell), "") for cell in row]
    known = [name for name in names if name]
    return names if len(known) >= 2 and len(set(known)) == len(known) else None


def bare(label: str) -> str:
    """A label as headings are compared: folded, without what stands in brackets ("Trị giá (₫)" is "tri gia")."""
    return fold(label.partition("(")[0])


@dataclass(frozen=True, slots=True)
class Laid:
    """Rows by the names of columns; ``left_over`` is True when some words found no column."""

    rows: list[dict[str, str]]
    left_over: bool


def lay(block: Block, columns: Sequence[str], labels: Mapping[str, str], first: str = "") -> Laid:
    """The block on the grid: from the column ``first`` on (the first one when empty), or as its row of headings says.

    Rows without a word are left out.
    """
    rows = block.rows
    names = heading(rows[0], labels) if rows else None
    if names is not None:
        rows = rows[1:]
    else:
        names = list(columns[list(columns).index(first) if first else 0 :])
    found, left_over = [], False
    for row in rows:
        cells = {name: cell for name, cell in zip(names, row, strict=False) if name and cell.strip()}
        left_over |= any(cell.strip() and not name for name, cell in zip(names, row, strict=False))
        left_over |= any(cell.strip() for cell in row[len(names) :])
        if cells:
            found.append(cells)
    return Laid(found, left_over)
