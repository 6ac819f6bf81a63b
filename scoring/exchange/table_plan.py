"""What a file would make of the year's draft: every criterion beside the recorded one, and what would be gone."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, Final

from django.utils.translation import gettext as _

from core.dates import format_date
from core.sheets import Fault, Table
from members.charter_parts import Unfit
from members.models import Associate
from members.queries import agency_names
from members.scope import Scope
from scoring.domain.tables import draft_of
from scoring.domain.tables_sums import differences
from scoring.domain.tables_tree import Tree
from scoring.enums import LeafRule, ScoredBy, TablePart
from scoring.exchange.table_columns import OUTSIDE, TITLES, VALUES, Names
from scoring.exchange.table_nesting import Item
from scoring.exchange.table_params import bands_text, extras_text, levels_text
from scoring.exchange.table_read import Indents, Reading, draft_of_item, read_items
from scoring.exchange.words import labels, shown
from scoring.loading import criteria_of, table_in_force
from scoring.models import CriteriaTable, Criterion
from scoring.table_rules import checked, params_of

NEW, CHANGED, SAME = "new", "changed", "same"
PLACE: Final = "place"
WRITTEN: Final = (*VALUES, "scorer_id")
DEFAULTS: Final[Mapping[str, Any]] = {
    "each": Decimal(0), "choices": (), "steps": (), "below": Decimal(0), "measured": "ratio", "once": False,
    "sizes": (), "sanctions": (),
}  # fmt: skip
Changes = dict[str, tuple[Any, Any]]


@dataclass
class Planned:
    """A criterion as the file says it, and what differs from the recorded one."""

    item: Item
    values: dict[str, Any]
    changes: Changes = field(default_factory=dict)

    @property
    def before(self) -> Criterion | None:
        """What is recorded of it."""
        row: Criterion | None = self.item.before
        return row

    @property
    def status(self) -> str:
        """New, changed or the same."""
        return NEW if self.before is None else CHANGED if self.changes else SAME


@dataclass
class Plan:
    """Everything the file would do, and everything that is wrong with it."""

    reading: Reading
    names: Names
    draft: CriteriaTable | None
    base: CriteriaTable | None  # what it is compared with: the draft, else the table in force
    rows: list[Planned] = field(default_factory=list)
    removed: list[Criterion] = field(default_factory=list)
    sums: list[str] = field(default_factory=list)
    reordered: bool = False

    @property
    def faults(self) -> list[Fault]:
        """Everything wrong, in the order of the file."""
        return self.reading.faults

    @property
    def touched(self) -> bool:
        """Whether anything would be written."""
        return bool(self.removed or self.reordered or any(one.status != SAME for one in self.rows))

    @property
    def needs_reason(self) -> bool:
        """A new version of a table in force says why."""
        return self.draft is None and self.base is not None

    def counts(self) -> dict[str, int]:
        """How many criteria are new, changed, the same, gone."""
        found = {kind: sum(one.status == kind for one in self.rows) for kind in (NEW, CHANGED, SAME)}
        return found | {"removed": len(self.removed), "leaves": len(self.leaves)}

    @property
    def leaves(self) -> list[Planned]:
        """The criteria that earn points."""
        return [one for one in self.rows if one.values["rule"] != LeafRule.SECTION]

    @property
    def total(self) -> Decimal:
        """The points of the topmost base rows."""
        tops = [one for one in self.rows if one.item.parent is None and one.values["part"] == TablePart.BASE]
        return sum((one.values["maximum"] for one in tops), Decimal(0))

    @property
    def mark(self) -> str:
        """Names what would be written; another mark means another plan."""
        told: list[Any] = [self.base and self.base.pk, self.base and self.base.edition, self.draft is None]
        for one in self.rows:
            parent = one.item.parent.code if one.item.parent else ""
            told.append(
                [parent, one.before and one.before.pk, {key: str(one.values[key]) for key in WRITTEN}]
            )
        told.append([row.pk for row in self.removed])
        return hashlib.sha256(json.dumps(told, ensure_ascii=False).encode()).hexdigest()[:16]


def outside_names(scope: Scope, rows: Sequence[Criterion] = ()) -> Names:
    """The agencies that may score from outside, by id; two queries."""
    ids = set(Associate.objects.filter(year=scope.year).values_list("agency", flat=True))
    ids |= {row.scorer_id for row in rows if row.scorer_id}
    return {pk: name for pk, (name, _short) in agency_names(ids, scope.today).items()} if ids else {}


def make_plan(scope: Scope, table: Table, indents: Indents) -> Plan:
    """What the table would do to the year's draft; a constant number of queries, nothing is written."""
    draft = draft_of(scope.year)
    base = draft or table_in_force(scope.year)
    recorded = criteria_of(base) if base else []
    names = outside_names(scope, recorded)
    plan = Plan(read_items(table, indents, names, recorded), names, draft, base)
    for one in plan.reading.items:
        if not one.faults:
            plan.rows.append(Planned(one, values_of(one)))
    if plan.faults:
        return plan
    by_pk = {row.pk: row for row in recorded}
    for planned in plan.rows:
        planned.changes = _changes(planned, by_pk)
    kept = [one.before.pk for one in plan.rows if one.before]
    plan.removed = [row for row in recorded if row.pk not in set(kept)]
    plan.reordered = kept != [row.pk for row in recorded if row.pk in set(kept)]
    _sums(plan)
    return plan


def values_of(one: Item) -> dict[str, Any]:
    """The values of a criterion as they would be written."""
    draft = draft_of_item(one)
    values = {name: getattr(draft, name) for name in WRITTEN}
    before: Criterion | None = one.before
    if (
        before is not None
        and before.rule == draft.rule
        and same_params(draft.rule, before.params, draft.params)
    ):
        values["params"] = before.params
    return values | {"applies_to": list(draft.applies_to)}


def same_params(rule: str, one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Whether two sets of parameters mean the same."""
    return _meant(rule, one) == _meant(rule, other)


def _meant(rule: str, params: Mapping[str, Any]) -> Mapping[str, Any]:
    try:
        found = params_of(rule, params)
    except Unfit:
        return params
    return {key: value for key, value in found.items() if DEFAULTS.get(key) != value}


def _changes(planned: Planned, by_pk: Mapping[int, Criterion]) -> Changes:
    before = planned.before
    if before is None:
        return {}
    found: Changes = {}
    for key in VALUES:
        old, new = getattr(before, key), planned.values[key]
        if key == "scored_by":
            old, new = (old, before.scorer_id), (new, planned.values["scorer_id"])
        if old != new:
            found[key] = (old, new)
    parent = planned.item.parent
    above: Criterion | None = parent.before if parent else None
    if (above.pk if above else None) != before.parent_id or (parent is not None and above is None):
        was_in = by_pk.get(before.parent_id or 0)
        old_code = was_in.code if was_in else ""
        found[PLACE] = (old_code, parent.code if parent else "")
    return found


def _sums(plan: Plan) -> None:
    """Sums that differ are told and stop nothing."""
    settings = checked(plan.base.settings)[0] if plan.base else None
    numbers = {id(one.item): number for number, one in enumerate(plan.rows, 1)}
    rows = [
        Criterion(
            pk=numbers[id(one.item)], parent_id=numbers.get(id(one.item.parent)), code=one.item.code,
            order=numbers[id(one.item)], rule=one.values["rule"], part=one.values["part"],
            maximum=one.values["maximum"],
        )
        for one in plan.rows
    ]  # fmt: skip
    for one in differences(Tree(rows), settings):
        line = plan.rows[one.pk - 1].item.line if one.pk else None
        where = _("Ô %(cell)s: ") % {"cell": line.at("maximum")} if line else ""
        plan.sums.append(where + one.sentence)
    stated = plan.reading.stated_total
    if stated is not None and stated != plan.total:
        plan.sums.append(
            _("Dòng tổng cộng ghi %(stated)s điểm, các mục lớn cộng lại %(summed)s.")
            % {"stated": shown(stated), "summed": shown(plan.total)}
        )


# -- words ---------------------------------------------------------------------------------------
LABELS: Final[Mapping[str, str]] = TITLES | {"params": "Quy định của loại", PLACE: "Thuộc mục"}


def words_of(key: str, value: Any, row: Mapping[str, Any], names: Names) -> str:
    """A value as the preview shows it; ``row`` holds rule and direction of the same criterion."""
    if value is None or value in ("", []):
        return ""
    if key in ("maximum", "step"):
        return shown(value)
    if key == "params":
        return params_words(str(row["rule"]), value, str(row["better"]))
    if key == "scored_by":
        by, scorer = value
        return OUTSIDE + names.get(scorer, "") if by == ScoredBy.OUTSIDE else labels("scored_by")[by]
    if key == "applies_to":
        return "; ".join(labels("applies_to").get(kind, kind) for kind in value)
    if isinstance(value, date):
        return format_date(value)
    return labels(key)[value] if key in ("rule", "part", "better", "evidence") else str(value)


def params_words(rule: str, params: Mapping[str, Any], better: str) -> str:
    """The parameters of a rule on one line."""
    try:
        found = params_of(rule, params)
    except Unfit:
        return ""
    each = [_("%(each)s điểm mỗi lượt") % {"each": shown(found["each"])}] if found.get("each") else []
    parts = [
        *each, levels_text(found.get("choices", ())).replace("\n", "; "),
        bands_text(found.get("steps", ()), found.get("below", Decimal(0)), better), extras_text(found),
    ]  # fmt: skip
    return "; ".join(part for part in parts if part)
