"""The tree of a draft table: places, codes, copies. Works on loaded rows; writes nothing.

Words. *Likes* are the criteria directly below one section (or at the top), in their order 1, 2, 3… A *branch* is a
criterion with everything below it. A *code* ("II.3") names a criterion across versions and years.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from typing import Final

from django.utils.translation import gettext as _

from core.errors import DomainError
from scoring.enums import LeafRule
from scoring.loading import in_tree_order
from scoring.models import Criterion

LONGEST_CODE: Final = 20
UP, DOWN, IN, OUT = "up", "down", "in", "out"
DIRECTIONS: Final = (UP, DOWN, IN, OUT)
_ROMAN: Final = ((10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I"))
_IS_ROMAN: Final = re.compile(r"X{0,3}(IX|IV|V?I{0,3})")


class Tree:
    """The rows of one table, with who stands below whom."""

    def __init__(self, rows: Iterable[Criterion]) -> None:
        """Take the rows in any order."""
        by_place = sorted(rows, key=lambda row: (row.order, row.pk or 0))
        self.rows = in_tree_order(by_place)
        self.by_pk = {row.pk: row for row in self.rows}
        self._below: dict[int | None, list[Criterion]] = {}
        for row in self.rows:
            self._below.setdefault(row.parent_id, []).append(row)

    def below(self, pk: int | None) -> list[Criterion]:
        """The criteria directly below a section, or at the top (None)."""
        return self._below.get(pk, [])

    def depth(self, row: Criterion) -> int:
        """0 at the top."""
        steps = 0
        while row.parent_id is not None:
            row, steps = self.by_pk[row.parent_id], steps + 1
        return steps

    def depths(self) -> dict[int, int]:
        """How deep every row stands, by its id."""
        found: dict[int, int] = {}
        for row in self.rows:
            found[row.pk] = found[row.parent_id] + 1 if row.parent_id is not None else 0
        return found

    def branch(self, row: Criterion) -> list[Criterion]:
        """The row and everything below it, in order."""
        found, waiting = [], [row]
        while waiting:
            one = waiting.pop()
            found.append(one)
            waiting.extend(reversed(self.below(one.pk)))
        return found

    def is_leaf(self, row: Criterion) -> bool:
        """Whether it earns points itself."""
        return row.rule != LeafRule.SECTION

    def sections(self, *, outside: Criterion | None = None) -> list[Criterion]:
        """Sections in order; ``outside`` leaves out a branch, so that nothing is laid into itself."""
        left_out = {one.pk for one in self.branch(outside)} if outside else set()
        return [row for row in self.rows if row.rule == LeafRule.SECTION and row.pk not in left_out]

    # -- places ------------------------------------------------------------------------------------
    def put(self, row: Criterion, parent: Criterion | None, after: Criterion | None) -> list[Criterion]:
        """Stand ``row`` below ``parent`` behind ``after`` (None: last); the rows whose place changed.

        Raises ``DomainError`` where the parent is a leaf or stands in the row's own branch.
        """
        if parent is not None and self.is_leaf(parent):
            raise DomainError(
                _("“%(code)s” là tiêu chí chấm điểm, không chứa được tiêu chí khác.") % {"code": parent.code},
                "parent",
            )
        if parent is not None and row.pk and parent.pk in {one.pk for one in self.branch(row)}:
            raise DomainError(_("Một mục không thể nằm trong chính nó."), "parent")
        old, new = row.parent_id, parent.pk if parent else None
        likes = [one for one in self.below(new) if one is not row]
        likes.insert(likes.index(after) + 1 if after in likes else len(likes), row)
        moved = {id(row): row} if old != new or not row.pk else {}
        row.parent_id = new
        if old != new and row in self.below(old):
            self._below[old] = [one for one in self.below(old) if one is not row]
            moved |= _numbered(self._below[old])
        self._below[new] = likes
        moved |= _numbered(likes)
        return list(moved.values())

    def move(self, row: Criterion, direction: str) -> list[Criterion]:
        """One step up, down, in (below the like before it) or out (behind its section); [] where there is no step.

        Raises ``DomainError`` where the like before it is a leaf.
        """
        likes = self.below(row.parent_id)
        place = likes.index(row)
        parent = self.by_pk.get(row.parent_id or 0)
        if direction == OUT:
            if parent is None:
                return []
            return self.put(row, self.by_pk.get(parent.parent_id or 0), parent)
        if direction == IN:
            return self.put(row, likes[place - 1], None) if place else []
        other = place - 1 if direction == UP else place + 1
        if not 0 <= other < len(likes):
            return []
        likes[place], likes[other] = likes[other], likes[place]
        return list(_numbered(likes).values())

    # -- codes -------------------------------------------------------------------------------------
    def next_code(self, parent: Criterion | None, after: Criterion | None = None) -> str:
        """A free code in the manner of the likes: II after I, II.4 after II.3, b after a."""
        likes = self.below(parent.pk if parent else None)
        like = after or (likes[-1] if likes else None)
        taken = {row.code.casefold() for row in self.rows}
        first = f"{parent.code}.1" if parent else "I"
        code = following(like.code) if like else first
        while code.casefold() in taken:
            code = following(code)
        if len(code) <= LONGEST_CODE:
            return code
        return next(name for number in range(1, len(taken) + 2) if (name := str(number)) not in taken)

    def codes_of_copy(self, row: Criterion) -> dict[int, str]:
        """Free codes for a copy of a branch, by the id of each row."""
        first = self.next_code(self.by_pk.get(row.parent_id or 0), self.below(row.parent_id)[-1])
        taken = {one.code.casefold() for one in self.rows} | {first.casefold()}
        found = {row.pk: first}
        for one in self.branch(row)[1:]:
            tail = one.code.removeprefix(row.code)
            code = first + tail if tail != one.code else one.code
            number = 2
            while code.casefold() in taken or len(code) > LONGEST_CODE:
                code, number = f"{first[:12]}-{number}", number + 1
            taken.add(code.casefold())
            found[one.pk] = code
        return found


def _numbered(likes: list[Criterion]) -> dict[int, Criterion]:
    changed = {}
    for number, one in enumerate(likes, 1):
        if one.order != number:
            one.order = number
            changed[id(one)] = one
    return changed


def following(code: str) -> str:
    """The code after this one: its last part counted on."""
    head, dot, last = code.rpartition(".")
    if last.isdecimal():
        return f"{head}{dot}{int(last) + 1}"
    if last and _IS_ROMAN.fullmatch(last):
        return f"{head}{dot}{_roman(_from_roman(last) + 1)}"
    if len(last) == 1 and last.isalpha() and last.casefold() not in "zđ" and last.isascii():
        return f"{head}{dot}{chr(ord(last) + 1)}"
    tail = re.search(r"(.*?)([0-9]+)$", code)
    if tail:
        return f"{tail[1]}{int(tail[2]) + 1}"
    return f"{code}-2"


def _roman(number: int) -> str:
    text = ""
    for value, letters in _ROMAN:
        while number >= value:
            text, number = text + letters, number - value
    return text


def _from_roman(text: str) -> int:
    values = {"X": 10, "V": 5, "I": 1}
    total = 0
    for place, letter in enumerate(text):
        value = values[letter]
        later = values[text[place + 1]] if place + 1 < len(text) else 0
        total += -value if later > value else value
    return total


def matches(old: Iterable[Criterion], new: Iterable[Criterion]) -> dict[int, Criterion]:
    """Which criterion of the old table each new one carries on, by the id of the new one.

    First the one it was renamed from (``former_code``), then the one of the same code that nobody else carries on. A
    section never carries on a leaf.
    """
    by_code = {row.code: row for row in old}
    rows = list(new)
    found: dict[int, Criterion] = {}
    taken: set[str] = set()
    for named in (True, False):
        for row in rows:
            code = row.former_code if named else row.code
            before = by_code.get(code)
            if (
                row.pk in found
                or before is None
                or before.code in taken
                or (not named and row.former_code in by_code)
            ):
                continue
            if (before.rule == LeafRule.SECTION) != (row.rule == LeafRule.SECTION):
                continue
            found[row.pk] = before
            taken.add(before.code)
    return found


def doubled(codes: Collection[str]) -> list[str]:
    """Codes that differ in nothing but capitals or spaces, each said once."""
    seen: dict[str, str] = {}
    twice = []
    for code in codes:
        plain = code.casefold().replace(" ", "")
        if plain in seen:
            twice.append(code)
        seen[plain] = code
    return twice
