"""What several pages of the criteria table draw alike."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Final

from django.http import Http404
from django.utils.translation import gettext as _

from core.access import may
from members.models import Associate
from members.queries import agency_names
from members.scope import Scope
from scoring.domain.tables_sums import differences, part_total, worth
from scoring.domain.tables_tree import Tree
from scoring.enums import EvidenceRule, LeafRule, ScoredBy, TablePart
from scoring.models import CriteriaTable, Criterion
from scoring.table_rules import TableRules, checked
from scoring.table_words import field_words, rule_words

DEEPEST: Final = 6  # deeper rows are drawn as deep as this


@dataclass(slots=True)
class Shown:
    """A criterion as the tree shows it."""

    row: Criterion
    depth: int
    is_leaf: bool
    rule: str
    notes: list[str] = field(default_factory=list)
    who: str = ""
    evidence: str = ""
    summed: Decimal | None = None  # of a section that states no maximum
    warning: str = ""
    first: bool = False
    last: bool = False
    can_go_in: bool = False


def shown_rows(tree: Tree, settings: TableRules | None, names: dict[int, str]) -> list[Shown]:
    """Every row of the tree, with what stands against its sum; no query."""
    warnings = {one.pk: one.sentence for one in differences(tree, settings) if one.pk}
    depths = tree.depths()
    found = []
    for row in tree.rows:
        likes = tree.below(row.parent_id)
        place = likes.index(row)
        leaf = row.rule != LeafRule.SECTION
        one = Shown(
            row, min(depths[row.pk], DEEPEST), leaf, rule_words(row), warning=warnings.get(row.pk, "")
        )
        one.first, one.last = place == 0, place == len(likes) - 1
        one.can_go_in = place > 0 and likes[place - 1].rule == LeafRule.SECTION
        if not leaf and not row.maximum:
            children = [child for child in tree.below(row.pk) if child.part == row.part]
            one.summed = worth(tree, children) if children else None
        if leaf:
            one.who = names.get(row.scorer_id, "") if row.scorer_id else _who(row)
            one.evidence = "" if row.evidence == EvidenceRule.NONE else str(EvidenceRule(row.evidence).label)
            one.notes = _notes(row)
        found.append(one)
    return found


def _who(row: Criterion) -> str:
    return "" if row.scored_by == ScoredBy.SELF else str(ScoredBy(row.scored_by).label)


def _notes(row: Criterion) -> list[str]:
    found = []
    if row.applies_to:
        found.append(_("Chỉ áp dụng: %(kinds)s") % {"kinds": field_words("applies_to", row.applies_to)})
    if row.due_on:
        found.append(_("Hạn %(day)s") % {"day": field_words("due_on", row.due_on)})
    return found


def scorer_names(scope: Scope, rows: Sequence[Criterion]) -> dict[int, str]:
    """Short names of the agencies that score some of the rows; one query, none without such rows."""
    wanted = {row.scorer_id for row in rows if row.scorer_id}
    return {pk: short for pk, (_name, short) in agency_names(wanted, scope.today).items()} if wanted else {}


def totals(tree: Tree) -> list[tuple[str, Decimal]]:
    """What each part of the table comes to: (its name, points); parts without points are left out."""
    labels = {TablePart.BASE: _("Điểm chuẩn"), TablePart.BONUS: _("Thưởng"), TablePart.PENALTY: _("Trừ")}
    found = [(str(label), part_total(tree, part)) for part, label in labels.items()]
    return [found[0], *(one for one in found[1:] if one[1])]


def settings_of(table: CriteriaTable) -> TableRules:
    """How a table counts; the defaults where what is stored does not read."""
    return checked(table.settings)[0] or TableRules()


def links(scope: Scope) -> dict[str, Any]:
    """What every page of the table knows: tab, rights, addresses."""
    names = (
        "criteria", "criteria_edit", "criteria_start", "criteria_library", "criteria_compare", "criteria_simulate",
        "criteria_settings", "criteria_head", "criteria_apply", "criteria_drop", "criteria_arrange",
    )  # fmt: skip
    rights = ("criteria_edit", "criteria_apply", "criteria_simulate")
    return {
        "nav": "scoring", "tab": "criteria",
        "url": {name.removeprefix("criteria_"): scope.address(name) for name in names},
        "rights": {name.removeprefix("criteria_"): may(scope, name) for name in rights},
    }  # fmt: skip


def row_or_404(tree: Tree, pk: int) -> Criterion:
    """The row that the address names."""
    row = tree.by_pk.get(pk)
    if row is None:
        raise Http404
    return row


def outside_scorers(scope: Scope, chosen: int | None = None) -> list[tuple[int, str]]:
    """Agencies that may score a criterion from outside: associates of the year, and the one chosen; two queries."""
    pks = set(Associate.objects.filter(year=scope.year).values_list("agency", flat=True))
    pks |= {chosen} if chosen else set()
    named = agency_names(pks, scope.today)
    return sorted(((pk, named[pk][1]) for pk in pks if pk in named), key=lambda one: one[1])
