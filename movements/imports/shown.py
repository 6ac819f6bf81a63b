"""A plan as the preview shows it: rows of ready strings, page by page; no query of its own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.quantity import MONEY_UNIT, Qualifier, Quantity
from movements.imports.columns import TITLES
from movements.imports.shape import CHANGED, DOUBLE, NEW, SAME, WRONG, GiftPlan, Group, Plan
from movements.imports.values import Row
from movements.imports.words import Words
from movements.words import plain

PER_PAGE: Final = 100
KINDS: Final = {  # in the order in which they ask for attention: key, words, address
    WRONG: (gettext_lazy("Chỗ sai"), "sai"),
    CHANGED: (gettext_lazy("Thay đổi"), "doi"),
    DOUBLE: (gettext_lazy("Trùng"), "trung"),
    NEW: (gettext_lazy("Mới"), "moi"),
    SAME: (gettext_lazy("Giữ nguyên"), "cu"),
}


@dataclass(frozen=True, slots=True)
class Tab:
    """One kind of row: how many there are, and whether it is shown."""

    key: str
    words: str
    address: str
    count: int
    shown: bool


@dataclass(frozen=True, slots=True)
class Shown:
    """One page of one kind."""

    kind: str
    tabs: Sequence[Tab]
    rows: Sequence[dict[str, Any]]
    page: int
    pages: int
    total: int

    @property
    def first(self) -> int:
        """The number of the first row shown."""
        return (self.page - 1) * PER_PAGE + 1

    @property
    def last(self) -> int:
        """The number of the last row shown."""
        return self.first + len(self.rows) - 1


def shown(plan: Plan, wanted: str, page: str) -> Shown:
    """The page that an address asks for; the first kind that has rows where it asks for none."""
    counts = plan.counts()
    numbers = {kind: counts[kind] for kind in KINDS} | {WRONG: len(plan.faults)}
    by_address = {address: kind for kind, (_words, address) in KINDS.items()}
    kind = by_address.get(wanted) or next((one for one in KINDS if numbers[one]), NEW)
    rows = _rows(plan, kind)
    pages = max(1, -(-len(rows) // PER_PAGE))
    number = min(int(page), pages) if page.isdecimal() and 0 < len(page) < 7 and int(page) else 1
    part = rows[(number - 1) * PER_PAGE : number * PER_PAGE]
    tabs = [
        Tab(one, str(words), address, numbers[one], one == kind) for one, (words, address) in KINDS.items()
    ]
    return Shown(kind, tabs, [_drawn(plan, kind, row) for row in part], number, pages, len(rows))


def _rows(plan: Plan, kind: str) -> Sequence[Any]:
    if kind == WRONG:
        return plan.faults
    if kind == CHANGED:
        return list(plan.changed_cells())
    if kind == DOUBLE:
        return plan.doubles
    places = {id(row): place for place, row in enumerate(plan.rows)}
    found = [
        (group, row, next((one for one in group.gifts if one.row is row), None))
        for group in plan.groups
        for row in group.rows
        if plan.status[places[id(row)]] == kind
    ]
    return sorted(found, key=lambda one: places[id(one[1])])


def _drawn(plan: Plan, kind: str, row: Any) -> dict[str, Any]:
    words = plan.words
    if kind == WRONG:
        return {
            "sheet": row.sheet, "cell": row.cell, "column": TITLES.get(row.key, ""), "value": row.shown,
            "reason": row.sentence,
        }  # fmt: skip
    if kind == CHANGED:
        line, key, before, after = row
        before, after = _changed_words(plan, line, key, before, after)
        return {
            "number": line.line.number, "what": _what(line), "column": TITLES[key], "before": before, "after": after,
        }  # fmt: skip
    if kind == DOUBLE:
        group, line, double = row
        return {
            "number": line.line.number, "title": group.values["title"], "what": _what(line),
            "like": double.row.line.number if double.row else 0, "activity": double.activity,
        }  # fmt: skip
    group, line, gift = row
    return {
        "number": line.line.number, "title": group.values["title"], "time": words.shown("when", group.values["when"]),
        "agency": words.agency(group.values["owner"]), "gift": gift.values["description"] if gift else "",
        "figures": figures(gift) if gift else "", "to": gift.values["beneficiary"] if gift else "",
        "givers": _others(words, group, gift) if gift else "",
    }  # fmt: skip


def _what(row: Row) -> str:
    gift = row.gift or {}
    return str(gift.get("description") or row.line.text("title"))


def _changed_words(plan: Plan, row: Row, key: str, before: Any, after: Any) -> tuple[str, str]:
    """Both values; a figure another one is part of goes by its words."""
    if key != "whole":
        return plan.words.shown(key, before), plan.words.shown(key, after)
    group = next(one for one in plan.groups if row in one.rows)
    known = {gift.key: gift.values["description"] for gift in group.gifts}
    return str(known.get(before, before)), str(known.get(after, after))


def figures(gift: GiftPlan) -> str:
    """ "gần 21.000 chiếc, 100.000.000 ₫"."""
    values, found = gift.values, []
    if values["quantity"] is not None:
        found.append(
            plain(Quantity(values["quantity"], values["unit"], Qualifier(values["quantity_qualifier"]), ""))
        )
    if values["value"] is not None:
        money = Quantity(values["value"], MONEY_UNIT, Qualifier(values["value_qualifier"]), "")
        found.append(plain(money))
    return ", ".join(found)


def _others(words: Words, group: Group, gift: GiftPlan) -> str:
    """Who gave, where it was not the owner alone."""
    givers = gift.values["givers"]
    if [pk for pk, _name, _share in givers] == [group.values["owner"]]:
        return ""
    return words.givers(givers)


def summary(counts: dict[str, int]) -> str:
    """What taking a file over did, in one line."""
    return _("%(new)s dòng mới, %(changed)s thay đổi, %(same)s giữ nguyên, %(double)s trùng") % {
        key: f"{counts.get(key, 0):,}".replace(",", ".") for key in (NEW, CHANGED, SAME, DOUBLE)
    }
