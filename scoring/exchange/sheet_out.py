"""A score sheet as a workbook to be filled in away from the network."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from core.access import may
from core.folding import clean_line
from core.workbooks import Aside, Column, Input, Limit, Sheet, Title, WorkbookExporter
from scoring.domain.shapes import NOT_ARISEN, NOTHING, Facts, Leaf, Node
from scoring.exchange.sheet_columns import (
    FACTS,
    GUIDE,
    GUIDE_SHEET,
    HIDDEN,
    HOW,
    INPUTS,
    LIST_SHEET,
    MARK_SHEET,
    NOTES,
    SEEN,
    SHEET,
    SHOWN,
    TITLES,
    WIDTHS,
    WORDS,
    inputs_of,
)
from scoring.exchange.sheet_state import Current, State
from scoring.exchange.words import NO, YES, cell, labels, shown

TEXTUAL = ("actual", "target", "percent", *WORDS)  # what is typed there stays as it is: "95%" is no 0,95
MARKS = (NOTHING, NOT_ARISEN)
Lists = dict[tuple[str, ...], str]


def sheet_xlsx(state: State) -> WorkbookExporter:
    """The sheet, its guide, its lists and the hidden mark of the file; no query."""
    fills = state.is_filler and may(state.scope, "sheet_edit", state.sheet)
    lists = _lists(state)
    body = list(_rows(state, fills=fills))
    heading = _("Bảng chấm điểm năm %(label)s – %(agency)s") % {
        "label": state.scope.year.label, "agency": state.agency_name,
    }  # fmt: skip
    limits = tuple(_limits(state, lists)) if fills else ()
    name = _("bang-cham-diem-%(agency)s-%(label)s.xlsx") % {
        "agency": state.sheet.agency.code, "label": state.scope.year.label,
    }  # fmt: skip
    return WorkbookExporter(
        [
            Sheet(SHEET, _columns(state), body, heading, guarded=True, limits=limits),
            Sheet(GUIDE_SHEET, [Column("Cách ghi", 120)], [[line] for line in GUIDE]),
            _list_sheet(lists),
            Sheet(MARK_SHEET, [Column("Mục", 20), Column("Giá trị", 50)], list(state.identity().items()), hidden=True),
        ],
        name,
    )  # fmt: skip


def seen_titles(state: State) -> list[str]:
    """The titles of the columns that are only shown."""
    return [SEEN + clean_line(label) for _key, label in state.levels]


def _columns(state: State) -> list[Column]:
    """What is read stands first; columns that no criterion takes are hidden, and so are the marks at the end."""
    taken = {key for one in state.lines.values() for key in inputs_of(one.leaf, one.given.facts)}
    unused = set(FACTS) - taken - {"mark"}
    columns = [
        Column(TITLES[key], WIDTHS[key], note=NOTES.get(key, ""), hidden=key in unused)
        for key in (*SHOWN, *INPUTS)
    ]
    columns += [Column(title, 12) for title in seen_titles(state)]
    return columns + [Column(TITLES[key], 12, hidden=True) for key in HIDDEN]


# -- rows ----------------------------------------------------------------------------------------
def _rows(state: State, *, fills: bool) -> Iterator[Sequence[object]]:
    for node in state.nodes:
        current = state.lines.get(node.key)
        if current is not None:
            yield _line(state, current, fills=fills)
        elif not isinstance(node, Leaf):
            yield _section(state, node)


def _section(state: State, node: Node) -> Sequence[object]:
    width = len(HIDDEN) + len(SHOWN) + len(INPUTS) + len(state.levels)
    row: list[object] = [Title("")] * (width - len(HIDDEN)) + [""] * len(HIDDEN)
    values = {"code": node.code, "title": node.title, "maximum": shown(node.maximum) if node.maximum else ""}
    for place, key in enumerate(SHOWN):
        row[place] = Title(values.get(key, ""))
    return row


def _line(state: State, current: Current, *, fills: bool) -> Sequence[object]:
    leaf, given = current.leaf, current.given
    open_ = fills and current.is_open
    takes = inputs_of(leaf, given.facts) if current.is_own else ()
    how = (
        ", ".join(HOW[key] for key in takes) if current.is_own else labels("scored_by")[current.row.scored_by]
    )
    if fills and current.is_own and not current.is_open:
        how = "không bị trả lại: không sửa"
    told: dict[str, object] = {
        "code": leaf.code, "title": leaf.title, "rule": labels("rule")[leaf.rule], "maximum": cell(leaf.maximum),
        "unit": leaf.unit, "how": Aside(how),
    }  # fmt: skip
    inputs = [_input(key, _value(current, key), open_ and (key in takes or key not in FACTS or key == "mark"))
              for key in INPUTS]  # fmt: skip
    return [
        *(told[key] for key in SHOWN), *inputs, *(Aside(cell(points)) for points in current.seen),
        current.row.key, str(current.line.version), current.stamp,
    ]  # fmt: skip


def _input(key: str, value: object, is_open: bool) -> object:
    return Input(value, words=key in TEXTUAL) if is_open else Aside(value)


def _value(current: Current, key: str) -> object:
    """What a cell holds: figures as figures, where per cents may be typed as text."""
    if key in WORDS:
        return getattr(current.given, key)
    value = getattr(current.given.facts, key)
    if key == "mark":
        return labels("mark").get(value, "")
    if key == "level":
        return next((one.label for one in current.leaf.choices if one.key == value), "")
    if key == "yes":
        return "" if value is None else YES if value else NO
    if value is None:
        return ""
    return shown_signed(value) if key in TEXTUAL else cell(value)


def shown_signed(value: Decimal) -> str:
    """A figure as text, with a plain minus."""
    return ("-" if value < 0 else "") + shown(abs(value))


# -- lists and limits ----------------------------------------------------------------------------
def _lists(state: State) -> Lists:
    """A place for every list that a cell chooses from."""
    marks = tuple(labels("mark")[one] for one in MARKS)
    wanted: dict[tuple[str, ...], None] = {(YES, NO): None, marks: None}
    for current in state.lines.values():
        if current.leaf.choices:
            wanted[_level_words(current.leaf)] = None
    return {words: f"='{LIST_SHEET}'!${_letter(place)}$2:${_letter(place)}${len(words) + 1}"
            for place, words in enumerate(wanted)}  # fmt: skip


def _level_words(leaf: Leaf) -> tuple[str, ...]:
    return tuple(one.label for one in leaf.choices)


def _letter(place: int) -> str:
    letters = ""
    place += 1
    while place:
        place, rest = divmod(place - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def _list_sheet(lists: Mapping[tuple[str, ...], str]) -> Sheet:
    longest = max(len(words) for words in lists)
    rows = [[words[place] if place < len(words) else "" for words in lists] for place in range(longest)]
    return Sheet(
        LIST_SHEET, [Column(f"Danh mục {place}", 24) for place, _w in enumerate(lists, 1)], rows, hidden=True
    )


def _limits(state: State, lists: Lists) -> Iterator[Limit]:
    places = {key: len(SHOWN) + place for place, key in enumerate(INPUTS)}
    marks = lists[tuple(labels("mark")[one] for one in MARKS)]
    row = 0
    for node in state.nodes:
        current = state.lines.get(node.key)
        if current is None:
            row += not isinstance(node, Leaf)
            continue
        if current.is_open:
            sources: dict[str, Any] = {
                "yes": lists[YES, NO],
                "level": lists.get(_level_words(current.leaf), ""),
            }
            for key in inputs_of(current.leaf, Facts()):
                if source := sources.get(key):
                    yield Limit(row, places[key], source)
                elif key == "points":
                    hint = _("Từ 0 đến %(most)s") % {"most": shown(current.leaf.maximum)}
                    yield Limit(row, places[key], most=current.leaf.maximum, hint=hint)
                elif key == "count":
                    yield Limit(row, places[key])
            yield Limit(row, places["mark"], marks)
        row += 1
