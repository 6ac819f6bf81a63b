"""Which row of a file stands inside which: by a column of depths, by the numbers, by indentation.

Numbers are understood as they stand on paper: the whole path ("I.1.a", "1.1.1"), or the own number of each depth
(I, then 1, then a, then a dash); "1.1" below "I" is known by its first part. A row gets a code of its own in the table:
the number where it is a whole path, else the code of its section with the number behind it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Final

from django.utils.translation import gettext as _

from core.folding import clean_line, fold
from core.sheets import Fault, Line

_LEAD: Final = re.compile(r"^(mục|phần|chương|nhóm|tiêu chí|tc)\s+(?=\S)", re.IGNORECASE)
_ROMAN: Final = re.compile(r"(?=.)X{0,3}(IX|IV|V?I{0,3})")
_DASHES: Final = frozenset("-–—+•*·")
_DATE: Final = re.compile(r"[0-9]{1,2}/[0-9]{1,2}/[0-9]{4}")
ROMAN, LETTER, NUMBER, SMALL, SMALL_ROMAN, WORDS = (
    "roman",
    "letter",
    "number",
    "small",
    "small roman",
    "words",
)


@dataclass(eq=False)
class Item:
    """A row of the file: where it stands, what its cells say, what is wrong with them."""

    line: Line
    number: str = ""  # as typed, tidied
    dash: bool = False
    depth: int | None = None
    indent: int = 0
    style: str = ""
    parent: Item | None = None
    code: str = ""
    key: str = ""
    children: list[Item] = field(default_factory=list)
    more: dict[str, list[str]] = field(default_factory=dict)  # lines below that go on with a cell
    values: dict[str, Any] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)
    before: Any = None  # what is recorded of it

    def text(self, key: str) -> str:
        """A cell with the lines below that go on with it."""
        return "\n".join(part for part in (self.line.text(key), *self.more.get(key, ())) if part)

    def wrong(self, key: str, sentence: str) -> None:
        """Something is wrong with a cell; one sentence for a cell is enough."""
        if not any(fault.key == key for fault in self.faults):
            self.faults.append(self.line.fault(key, sentence))

    def chain(self) -> list[Item]:
        """The row and what it stands in, innermost first."""
        found: list[Item] = []
        one: Item | None = self
        while one is not None:
            found.append(one)
            one = one.parent
        return found

    @property
    def maximum(self) -> Decimal:
        """The points it can earn; 0 while they are not read."""
        return self.values.get("maximum") or Decimal(0)


def tidy_number(text: str) -> tuple[str, bool]:
    """The number without "Mục", brackets and a last point, and whether it is a mere dash."""
    cleaned = clean_line(text)
    if cleaned and all(char in _DASHES for char in cleaned):
        return "", True
    cleaned = _LEAD.sub("", cleaned).strip(" .:;()")
    if re.fullmatch(r"[0-9]+(?:,[0-9]+)+", cleaned):  # a number cell: 1.1 comes as 1,1
        cleaned = cleaned.replace(",", ".")
    return re.sub(r"\s*\.\s*", ".", cleaned), False


def nest(items: Sequence[Item]) -> None:
    """Give every row its section and its code; what cannot be placed gets a fault and stands at the top."""
    flat = not any(one.number or one.dash or one.depth is not None or one.indent for one in items)
    by_code: dict[str, Item] = {}
    last: Item | None = None
    for one in items:
        if _DATE.fullmatch(one.number):
            one.wrong("code", _("Excel đã đổi số mục này thành ngày: định dạng ô là Văn bản rồi ghi lại."))
            one.number = ""
        elif one.depth is not None:
            _by_depth(one, last)
        elif one.number or one.dash:
            _by_number(one, last, by_code)
        elif not flat:
            _by_indent(one, last)
        if one.parent is not None:
            one.parent.children.append(one)
        one.code = one.code or _code_of(one, items)
        by_code.setdefault(one.code.casefold(), one)
        last = one


def _by_depth(one: Item, last: Item | None) -> None:
    chain = last.chain() if last else []
    depth = one.depth or 1
    if depth > len(chain) + 1:
        one.wrong(
            "depth", _("Cấp %(depth)s đứng ngay dưới cấp %(above)s: thiếu mục ở giữa.")
            % {"depth": depth, "above": len(chain)},
        )  # fmt: skip
        depth = len(chain) + 1
    one.parent = chain[len(chain) - depth + 1] if depth > 1 else None
    one.style = _style(one.number, chain) if one.number and "." not in one.number else one.number and "path"
    if one.line.text("key") or "." in one.number:
        one.code = one.number


def _by_indent(one: Item, last: Item | None) -> None:
    chain = last.chain() if last else []
    if not one.indent and not any(other.indent for other in chain):
        one.wrong("code", _("Dòng này chưa có số mục: ghi I, I.1, I.1.a…, hoặc ghi cấp."))
        return
    one.parent = next((other for other in chain if other.indent < one.indent), None)


def _by_number(one: Item, last: Item | None, by_code: dict[str, Item]) -> None:
    chain = last.chain() if last else []
    if "." in one.number:
        _by_path(one, chain, by_code)
        return
    one.style = "dash" if one.dash else _style(one.number, chain)
    like = next((other for other in chain if other.style == one.style), None)
    if like is not None:
        one.parent = like.parent
    elif last is not None:
        one.parent = last


def _by_path(one: Item, chain: Sequence[Item], by_code: dict[str, Item]) -> None:
    """ "I.1.a" stands in "I.1"; "1.1" in what was numbered "1", or in the section whose Roman number is 1."""
    head, _dot, tail = one.number.rpartition(".")
    one.style = f"path {one.number.count('.')}"
    found = by_code.get(head.casefold())
    if found is None:
        found = next((other for other in chain if other.number.casefold() == head.casefold()), None)
        one.code = f"{found.code}.{tail}" if found else ""
    if found is None and head.isdecimal():
        found = next(
            (other for other in chain if other.style == ROMAN and _roman(other.number) == int(head)), None
        )
    if found is None:
        one.wrong("code", _("Không thấy mục “%(head)s” ở phía trên dòng này.") % {"head": head})
    one.parent = found
    one.code = one.code or one.number


def _style(number: str, chain: Sequence[Item]) -> str:
    """What kind of number it is; "C" after "B" and "i" after "h" are letters, else they are Roman."""
    if number.isdecimal():
        return NUMBER
    before = {other.style: other.number for other in reversed(chain)}
    if _ROMAN.fullmatch(number):
        return LETTER if _follows(number, before.get(LETTER, "")) else ROMAN
    if len(number) == 1 and number.isalpha():
        if number == "i" and not _follows(number, before.get(SMALL, "")):
            return SMALL_ROMAN
        return LETTER if number.isupper() else SMALL
    if _ROMAN.fullmatch(number.upper()):
        return SMALL_ROMAN
    return WORDS


def _follows(letter: str, before: str) -> bool:
    alphabet = "abcdđeghiklmnopqrstuvxy"
    place = alphabet.find(before.lower()) if len(before) == 1 else -1
    plain = "abcdefghijklmnopqrstuvwxyz"
    near = plain.find(before.lower()) if len(before) == 1 else -1
    return (place >= 0 and alphabet[place + 1 : place + 2] == letter.lower()) or (
        near >= 0 and plain[near + 1 : near + 2] == letter.lower()
    )


def _roman(text: str) -> int:
    values = {"X": 10, "V": 5, "I": 1}
    figures = [values.get(letter, 0) for letter in text.upper()]
    return sum(
        -figure if figure < max(figures[place + 1 :], default=0) else figure
        for place, figure in enumerate(figures)
    )


def _code_of(one: Item, items: Sequence[Item]) -> str:
    """The number behind the code of its section; counted where the row has none."""
    likes = one.parent.children if one.parent else [other for other in items if other.parent is None]
    own = one.number or str(likes.index(one) + 1)
    return f"{one.parent.code}.{own}" if one.parent else own


def totals_row(line: Line) -> bool:
    """Whether the row is the sum at the foot of a paper table."""
    return not clean_line(line.text("code")) and bool(
        re.fullmatch(
            r"(tong )?(cong|so|diem|tong)( diem)?( \(.*\))?( [ivx, +]+)?:?", fold(line.text("title"))
        )
    )
