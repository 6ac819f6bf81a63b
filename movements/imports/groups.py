"""Rows into activities and contributions: by their keys, by what they say where they have none."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from core.dates import PartialDate, format_partial
from core.folding import fold
from movements.enums import QualifierChoice
from movements.imports.columns import OF_ACTIVITY, OF_GIFT
from movements.imports.records import Recorded
from movements.imports.shape import KEY, Changes, GiftPlan, Group, made_key
from movements.imports.values import Row
from movements.imports.words import Words

EXACT = str(QualifierChoice.EXACT)
FRESH_GIFT: dict[str, Any] = {
    "kind": "", "description": "", "quantity_qualifier": EXACT, "quantity": None, "unit": "", "value_qualifier": EXACT,
    "value": None, "given_on": None, "givers": (), "beneficiary": "", "gift_place": "", "purpose": "",
    "part_state": "", "whole": "",
}  # fmt: skip
FRESH: dict[str, Any] = {
    "owner": "", "title": "", "movement": None, "when": None, "place": "", "partners": (), "people": "",
    "attended": None, "story": "", "result": "", "in_summary": True,
}  # fmt: skip
_FIGURES = {"unit": "quantity", "quantity_qualifier": "quantity", "value_qualifier": "value"}


def signs(row: Row) -> str:
    """What rows of one activity have in common where no key says so."""
    if row.signs:
        return row.signs
    when = row.activity.get("when")
    time = format_partial(when) if isinstance(when, PartialDate) else fold(row.line.text("when"))
    row.signs = made_key(
        fold(row.line.text("owner")), fold(row.line.text("title")), time,
        fold(row.line.text("movement")), fold(row.line.text("place")),
    )  # fmt: skip
    return row.signs


def own_key(row: Row, name: str) -> str:
    """The key in a hidden cell; a strange one counts as none."""
    key = row.line.text(name)
    return key if KEY.fullmatch(key) else ""


def continues(row: Row) -> bool:
    """The row belongs to the activity above."""
    return row.continues and not any(fault.key in ("title", "when", "owner") for fault in row.faults)


def keys_asked(rows: Sequence[Row]) -> set[str]:
    """Every key under which an activity of the file may be recorded."""
    return {own_key(row, "activity_key") for row in rows} | {signs(row) for row in rows} - {""}


def grouped(rows: Sequence[Row], known: Mapping[str, Recorded]) -> list[Group]:
    """The activities of the file in order, with their rows and what is recorded of them."""
    groups: dict[str, Group] = {}
    by_signs: dict[str, str] = {}
    last = ""
    for row in rows:
        own = own_key(row, "activity_key")
        if own in known or (own in groups and not continues(row)):
            key = own
        elif continues(row) and last:
            key = last
        else:
            key = by_signs.get(signs(row)) or own or signs(row)
        if key not in groups:
            groups[key] = Group(key, recorded=known.get(key))
        groups[key].rows.append(row)
        if not continues(row):
            by_signs.setdefault(signs(row), key)
        last = key
    return list(groups.values())


# -- the activity --------------------------------------------------------------------------------
def fill_activity(group: Group, words: Words) -> None:
    """Values and changes of the activity out of its first row; other rows may only say the same."""
    first, recorded = group.first, group.recorded
    base = recorded.values if recorded else FRESH
    said = {} if continues(first) and recorded else dict(first.activity)
    if said.get("owner") == "":
        said["owner"] = recorded.agency_id if recorded else _own_agency(words, first)
    group.values = base | said
    if group.values["owner"] == "":
        group.values["owner"] = _own_agency(words, first)
    if group.values["when"] is None:
        first.wrong("when", _("Ghi thời gian, ví dụ 05/01/2020, 12/2020, 2020; không biết thì ghi: chưa rõ."))
    owner = group.values["owner"]
    group.values["partners"] = tuple(
        pk for pk in group.values["partners"] if owner is not None and pk != owner
    )
    for row in group.rows[1:]:
        if not continues(row):
            _compare_rows(group, row)
    if recorded:
        group.changes = differing(recorded.values, group.values, words)


def _own_agency(words: Words, row: Row) -> int | None:
    own = words.scope.agency_ids
    if len(own) == 1:
        return next(iter(own))
    row.wrong("owner" if "owner" in row.line.letters else "title", _("Ghi đơn vị thực hiện."))
    return None


def _compare_rows(group: Group, row: Row) -> None:
    wrong = {fault.key for fault in group.first.faults}
    for key in OF_ACTIVITY:
        value = row.activity.get(key)
        if key in wrong or not row.line.text(key) or key not in row.activity or value == group.values[key]:
            continue
        if key == "partners" and set(value or ()) - {group.values["owner"]} == set(group.values[key]):
            continue
        sentence = _("Khác với dòng %(number)s của cùng hoạt động: ghi giống nhau, hoặc để trống.")
        row.wrong(key, sentence % {"number": group.first.line.number})


def differing(old: Mapping[str, Any], new: Mapping[str, Any], words: Words) -> Changes:
    """The columns whose values differ for people: two spellings of one receiver or movement are one."""
    found: Changes = {}
    for key, value in new.items():
        before = old.get(key)
        if before == value or words.cell(key, before) == words.cell(key, value):
            continue
        if key in ("beneficiary", "movement") and _alike(key, before, value, words):
            continue
        found[key] = (before, value)
    return found


def _alike(key: str, one: Any, other: Any, words: Words) -> bool:
    return bool(one and other) and fold(str(words.cell(key, one))) == fold(str(words.cell(key, other)))


# -- contributions -------------------------------------------------------------------------------
def fill_gifts(group: Group, words: Words) -> None:
    """The contributions of the activity; a key that comes again, or none, gives one made of what the row says."""
    used: Counter[str] = Counter()
    for row in group.rows:
        own = own_key(row, "gift_key")
        if row.gift is None:
            if own and group.recorded and group.recorded.gift(own):
                sentence = _("Phần đóng góp của dòng này trống. Muốn xóa khoản thì xóa ở trang hoạt động.")
                row.wrong("description", sentence)
            continue
        base = own or _content_key(group, row)
        used[base] += 1
        key = base if used[base] == 1 else made_key(base, used[base])
        recorded = group.recorded.gift(key) if group.recorded else None
        values = _gift_values(group, row, recorded.values if recorded else FRESH_GIFT)
        group.gifts.append(GiftPlan(row, key, values, recorded))


def _content_key(group: Group, row: Row) -> str:
    gift = row.gift or {}
    return made_key(
        group.key, fold(gift.get("description", "")), fold(gift.get("beneficiary", "")), gift.get("value"),
        gift.get("quantity"), gift.get("unit"), gift.get("given_on"),
    )  # fmt: skip


def _gift_values(group: Group, row: Row, base: Mapping[str, Any]) -> dict[str, Any]:
    """Every column: as the row says, else as recorded, else empty."""
    gift, letters = row.gift or {}, row.line.letters
    values = dict(base)
    for key in OF_GIFT:
        if key in letters and key in gift:
            values[key] = gift[key]
    for key, figure in _FIGURES.items():
        if key not in letters and figure in letters and gift.get(key) not in ("", EXACT, None):
            values[key] = gift[key]  # said in the cell of the number
    values["kind"] = values["kind"] or base["kind"] or row.words.get("kind", "")
    if not values["givers"] and group.values["owner"] is not None:
        values["givers"] = ((group.values["owner"], "", None),)
    return values
