"""A plan of a criteria table as the preview shows it: rows of ready strings, page by page; no query of its own."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.quantity import format_number
from core.sheets import Fault
from movements.imports.shown import PER_PAGE, Shown, Tab
from scoring.enums import LeafRule
from scoring.exchange.table_columns import TITLES
from scoring.exchange.table_plan import CHANGED, LABELS, NEW, SAME, Plan, Planned, params_words, words_of
from scoring.exchange.words import labels, shown
from scoring.models import Criterion

WRONG, REMOVED = "wrong", "removed"
KINDS: Final = {  # in the order in which they ask for attention: words, address
    WRONG: (gettext_lazy("Chỗ sai"), "sai"),
    CHANGED: (gettext_lazy("Chỗ thay đổi"), "doi"),
    REMOVED: (gettext_lazy("Bị bỏ"), "bo"),
    NEW: (gettext_lazy("Mới"), "moi"),
    SAME: (gettext_lazy("Giữ nguyên"), "cu"),
}


def paged(
    kinds: dict[str, tuple[Any, str]], rows: dict[str, Sequence[Any]], wanted: str, page: str,
    draw: Callable[[str, Any], dict[str, Any]],
) -> Shown:  # fmt: skip
    """The page of the kind that an address asks for; the first kind that has rows where it asks for none."""
    by_address = {address: kind for kind, (_words, address) in kinds.items()}
    kind = by_address.get(wanted) or next((one for one in kinds if rows[one]), next(reversed(kinds)))
    pages = max(1, -(-len(rows[kind]) // PER_PAGE))
    number = min(int(page), pages) if page.isdecimal() and 0 < len(page) < 7 and int(page) else 1
    part = rows[kind][(number - 1) * PER_PAGE : number * PER_PAGE]
    tabs = [
        Tab(one, str(words), address, len(rows[one]), one == kind) for one, (words, address) in kinds.items()
    ]
    return Shown(kind, tabs, [draw(kind, row) for row in part], number, pages, len(rows[kind]))


def shown_plan(plan: Plan, wanted: str, page: str) -> Shown:
    """One page of one kind of rows."""
    cells = [(one, key) for one in plan.rows if one.status == CHANGED for key in one.changes]
    rows: dict[str, Sequence[Any]] = {
        WRONG: plan.faults, CHANGED: cells, REMOVED: plan.removed,
        **{kind: [one for one in plan.rows if one.status == kind and not plan.faults] for kind in (NEW, SAME)},
    }  # fmt: skip
    return paged(KINDS, rows, wanted, page, lambda kind, row: _drawn(plan, kind, row))


def _drawn(plan: Plan, kind: str, row: Any) -> dict[str, Any]:
    if kind == WRONG:
        return wrong(row, TITLES)
    if kind == CHANGED:
        planned, key = row
        return _changed(plan, planned, key)
    if kind == REMOVED:
        return _removed(row)
    return {
        "number": row.item.line.number, "code": row.item.code, "title": row.values["title"],
        "depth": min(len(row.item.chain()), 6), "section": row.values["rule"] == LeafRule.SECTION,
        "rule": labels("rule")[row.values["rule"]], "points": shown(row.values["maximum"]),
        "more": params_words(row.values["rule"], row.values["params"], row.values["better"]),
    }  # fmt: skip


def wrong(fault: Fault, titles: dict[str, str]) -> dict[str, Any]:
    """A fault as the list of faults shows it."""
    return {
        "sheet": fault.sheet, "cell": fault.cell, "column": titles.get(fault.key, ""), "value": fault.shown,
        "reason": fault.sentence,
    }  # fmt: skip


def _changed(plan: Plan, planned: Planned, key: str) -> dict[str, Any]:
    old, new = planned.changes[key]
    before = planned.before
    was = {"rule": before.rule, "better": before.better} if before else planned.values
    return {
        "number": planned.item.line.number, "code": planned.item.code, "title": planned.values["title"],
        "column": LABELS[key], "before": words_of(key, old, was, plan.names),
        "after": words_of(key, new, planned.values, plan.names),
    }  # fmt: skip


def _removed(row: Criterion) -> dict[str, Any]:
    return {
        "code": row.code, "title": row.title, "rule": labels("rule")[row.rule], "points": shown(row.maximum),
        "section": row.rule == LeafRule.SECTION,
    }  # fmt: skip


def summary(counts: dict[str, int]) -> str:
    """What taking a file over did, in one line."""
    return _("%(new)s dòng mới, %(changed)s thay đổi, %(removed)s bị bỏ, %(same)s giữ nguyên") % {
        key: format_number(counts.get(key, 0)) for key in (NEW, CHANGED, REMOVED, SAME)
    }
