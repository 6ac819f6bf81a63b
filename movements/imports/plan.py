"""From a table to a plan: what is new, changed, the same, double and wrong; nothing is written here."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import replace

from django.utils.translation import gettext as _

from core.sheets import Fault, Table
from members.scope import Scope
from movements.imports.checks import check_group, resolve_wholes
from movements.imports.doubles import find_doubles
from movements.imports.groups import differing, fill_activity, fill_gifts, grouped, keys_asked
from movements.imports.records import Recorded, recorded
from movements.imports.shape import CHANGED, DOUBLE, NEW, SAME, WRONG, Group, Order, Plan
from movements.imports.values import Reader, Row
from movements.imports.words import Words
from movements.models import Activity, Contribution
from movements.queries import activities_for, choices_of


def make_plan(scope: Scope, table: Table, order: Order, *, lock: bool = False) -> Plan:
    """What the table would change now; with ``lock`` the activities it speaks of stay as they are read.

    The number of queries does not depend on the number of rows.
    """
    words = Words(scope, choices_of(scope.year))
    unread: dict[tuple[str, int], list[Fault]] = defaultdict(list)
    placed = _placed(table)
    for fault in placed:
        if fault.key:
            unread[fault.sheet, _number(fault)].append(fault)
    plan = Plan(words, order, general=[one for one in placed if not one.key], remarks=list(table.remarks))
    reader = Reader(words)
    plan.rows = [reader.row(line, unread[line.sheet, line.number]) for line in table.lines]
    known = _known(plan, lock=lock)
    plan.groups = grouped(plan.rows, known)
    for group in plan.groups:
        fill_activity(group, words)
        fill_gifts(group, words)
    others, holders = _wholes(plan)
    for group in plan.groups:
        for gift in group.gifts:
            if gift.recorded:
                gift.changes = differing(gift.recorded.values, gift.values, words)
    for group in plan.groups:
        check_group(plan, group, others, holders)
    find_doubles(scope, plan.groups)
    _tell(plan)
    return plan


def _placed(table: Table) -> list[Fault]:
    """The faults, each with the column of its cell where it stands in a row of the table."""
    lines = {(line.sheet, line.number): line for line in table.lines}
    found = []
    for fault in table.faults:
        line = lines.get((fault.sheet, _number(fault)))
        letter = re.sub("[0-9]", "", fault.cell)
        key = next((key for key, at in line.letters.items() if at == letter), "") if line else ""
        found.append(replace(fault, key=key) if line else replace(fault, key=""))
    return found


def _number(fault: Fault) -> int:
    digits = re.search("[0-9]+", fault.cell)
    return int(digits.group()) if digits else 0


def _known(plan: Plan, *, lock: bool) -> dict[str, Recorded]:
    """What is recorded under the keys of the file and open to the person; a key of anybody else's is a fault."""
    scope, keys = plan.words.scope, keys_asked(plan.rows)
    if lock:
        rows = Activity.objects.filter(year=scope.year, key__in=keys).order_by("pk")
        list(rows.select_for_update(of=("self",)).values_list("pk"))
    open_ones = activities_for(scope).filter(key__in=keys)
    found = {one.key: one for one in recorded(open_ones, list(plan.words.choices.agencies))}
    taken = Activity.objects.filter(year=scope.year, key__in=keys - found.keys())
    foreign = set(taken.order_by().values_list("key", flat=True))
    for row in plan.rows:
        if foreign and row.line.text("activity_key") in foreign:
            sentence = _(
                "Mã ẩn của dòng này thuộc hoạt động bạn không được xem. Chép dòng sang một tệp mẫu mới."
            )
            row.wrong("title", sentence)
    return found


def _wholes(plan: Plan) -> tuple[dict[int, Contribution], frozenset[int | None]]:
    """Figures of other activities that rows name, and recorded ones that are wholes for others; two queries at most."""
    asked: set[str] = set()
    for group in plan.groups:
        asked |= resolve_wholes(group)
    others: dict[int, Contribution] = {}
    if asked:
        seen = Contribution.objects.filter(
            activity__in=activities_for(plan.words.scope).order_by().values("pk"),
            key__in={key.rpartition("/")[2] for key in asked},
        )
        others = {one.pk: one for one in seen.select_related("activity").order_by("pk")}
        by_key = {f"{one.activity.key}/{one.key}": one.pk for one in others.values()}
        for gift in (one for group in plan.groups for one in group.gifts):
            if gift.values["whole"] in asked:
                gift.whole = by_key.get(gift.values["whole"])
    parts = {
        gift.recorded.pk
        for group in plan.groups
        for gift in group.gifts
        if gift.recorded and gift.values["whole"]
    }
    if not parts:
        return others, frozenset()
    held = Contribution.objects.filter(part_of__in=parts).order_by()
    return others, frozenset(held.values_list("part_of_id", flat=True))


def _tell(plan: Plan) -> None:
    """The status of each row; a row that a fault of the whole sheet points at is wrong too."""
    pointed = {(fault.sheet, _number(fault)) for fault in plan.general if fault.cell}
    places = {id(row): place for place, row in enumerate(plan.rows)}
    for group in plan.groups:
        for row in group.rows:
            plan.status[places[id(row)]] = _status(group, row)
    for place, row in enumerate(plan.rows):
        if row.faults or (row.line.sheet, row.line.number) in pointed:
            plan.status[place] = WRONG


def _status(group: Group, row: Row) -> str:
    gift = next((one for one in group.gifts if one.row is row), None)
    if group.double or (gift and gift.double):
        return DOUBLE
    if gift is not None and (gift.fresh or group.recorded is None):
        return NEW
    if gift is None and group.recorded is None:
        return NEW if row is group.first else SAME
    changed = (gift and gift.changes) or (row is group.first and group.changes)
    return CHANGED if changed else SAME
