"""Pages of a list by keyset: the cost of a page does not grow with its depth, and nothing is counted to the end."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Generic, TypeVar

from django.db.models import IntegerField, Model, Q, QuerySet, Subquery

from core.folding import SORT_KEY_LENGTH

PAGE_SIZE = 50
COUNT_CAP = 1001
MAX_CURSOR = SORT_KEY_LENGTH + 60
_LARGEST_ID = 2**63 - 1

M = TypeVar("M", bound=Model)


class BadCursor(ValueError):
    """The address names no place in a list; the view answers 404."""


@dataclass(frozen=True)
class Page(Generic[M]):
    """Rows of one page; ``after`` and ``before`` are cursors of the neighbours, empty where there is none."""

    rows: list[M]
    after: str = ""
    before: str = ""

    @property
    def number(self) -> int:
        """How many rows the whole list has, where they come from :func:`with_number`; at most its cap."""
        return int(getattr(self.rows[0], "number", 0)) if self.rows else 0


def _read_flag(text: str) -> int:
    return {"0": 0, "1": 1}[text]


def _read_id(text: str) -> int:
    number = int(text) if text.isascii() and text.isdigit() and len(text) < 20 else -1
    if not 0 <= number <= _LARGEST_ID:
        raise ValueError(text)
    return number


def _read_digits(text: str) -> str:
    if text and not (text.isascii() and text.isdigit()):
        raise ValueError(text)
    return text


READERS: Mapping[str, Callable[[str], Any]] = {
    "exact": _read_flag, "sorted_on": date.fromisoformat, "id": _read_id, "title_key": _read_digits,
    "place_in_order": _read_id,
}  # fmt: skip


def cursor_of(row: Model, keys: Sequence[str]) -> str:
    """The place of a row: its keys, as ``2020-04-05.17``."""
    return ".".join(str(getattr(row, key)) for key in keys)


def read_cursor(text: str, keys: Sequence[str]) -> list[Any]:
    """The values of a cursor; raises ``BadCursor``."""
    parts = text.split(".")
    if len(text) > MAX_CURSOR or len(parts) != len(keys):
        raise BadCursor(text[:MAX_CURSOR])
    try:
        return [READERS[key](part) for key, part in zip(keys, parts, strict=True)]
    except (ValueError, KeyError) as error:
        raise BadCursor(text) from error


def keyset_page(
    rows: QuerySet[M],
    keys: Sequence[str],
    *,
    after: str = "",
    before: str = "",
    size: int = PAGE_SIZE,
    ascending: bool = False,
) -> Page[M]:
    """``size`` rows, each of ``keys`` descending, behind ``after`` or in front of ``before``; one query.

    With ``ascending`` every key ascends. The last key must be unique. Raises ``BadCursor``.
    """
    if after and before:
        raise BadCursor("after and before")
    back = bool(before)
    rising = back != ascending
    if cursor := after or before:
        rows = rows.filter(_beyond(keys, read_cursor(cursor, keys), "gt" if rising else "lt"))
    found = list(rows.order_by(*(key if rising else f"-{key}" for key in keys))[: size + 1])
    more, found = len(found) > size, found[:size]
    if back:
        found.reverse()
    if not found:
        return Page([])
    first, last = cursor_of(found[0], keys), cursor_of(found[-1], keys)
    return Page(found, after=last if more or back else "", before=first if (more if back else after) else "")


def _beyond(keys: Sequence[str], values: Sequence[Any], side: str) -> Q:
    """Rows beyond a place. The bound on the first key alone is redundant, and is what an index can use."""
    beyond = Q(**{f"{keys[-1]}__{side}": values[-1]})
    for key, value in reversed(list(zip(keys[:-1], values[:-1], strict=True))):
        beyond = Q(**{f"{key}__{side}": value}) | (Q(**{key: value}) & beyond)
    return Q(**{f"{keys[0]}__{side}e": values[0]}) & beyond


class _CountOf(Subquery):
    """How many rows a query has, as a value of another query."""

    template = "(SELECT COUNT(*) FROM (%(subquery)s) counted)"


def with_number(rows: QuerySet[M], cap: int = COUNT_CAP) -> QuerySet[Any]:
    """The rows with ``number``: how many there are in all, never counting beyond ``cap``; no query of its own."""
    return rows.annotate(number=_CountOf(rows.order_by().values("pk")[:cap], output_field=IntegerField()))
