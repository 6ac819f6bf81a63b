"""What a group of a hand-over is: lines in words for people, facts without words for its mark."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import ngettext

from publishing.domain.canonical import canonical_bytes, sha256

MOST_ROWS = 200
MARK_LENGTH = 32


@dataclass(frozen=True, slots=True)
class Row:
    """A line of a group; ``page`` and ``pk`` name the page of the cluster-year where it is looked at.

    ``state``: how the last cell is drawn, "ok" or "warn".
    """

    cells: tuple[str, ...]
    page: str = ""
    pk: int | None = None
    state: str = ""


@dataclass(frozen=True, slots=True)
class Part:
    """A group. ``none``: what is said when it has no rows. ``note``: one more sentence. ``foot``: a line of sums."""

    key: str
    title: str
    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    facts: Any
    none: str = ""
    note: str = ""
    foot: tuple[str, ...] = ()
    private: bool = False

    @property
    def mark(self) -> str:
        """A short text that changes whenever the facts do."""
        return sha256(canonical_bytes([self.key, self.facts]))[:MARK_LENGTH]


def part(
    key: str,
    title: str,
    columns: tuple[str, ...],
    rows: Iterable[Row],
    facts: Any,
    *,
    none: str = "",
    note: str = "",
    foot: tuple[str, ...] = (),
    private: bool = False,
) -> Part:
    """A group with at most ``MOST_ROWS`` lines; how many more there are is said, the facts hold all."""
    lines = tuple(rows)
    more = len(lines) - MOST_ROWS
    if more > 0:
        rest = ngettext("Còn %(count)d dòng nữa.", "Còn %(count)d dòng nữa.", more) % {"count": more}
        note = f"{rest} {note}".strip()
    return Part(key, title, columns, lines[:MOST_ROWS], facts, none, note, foot, private)
