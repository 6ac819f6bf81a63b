"""From rows of a criteria table to what the calculation works on; a constant number of queries."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from members import charter
from members.models import ClusterYear
from scoring.domain.shapes import Leaf, Node, Section
from scoring.enums import LeafRule, TableState
from scoring.models import CriteriaTable, Criterion
from scoring.table_rules import params_of


def table_in_force(year: ClusterYear) -> CriteriaTable | None:
    """The version that sheets are scored by, or None while the year has none; one query."""
    return CriteriaTable.objects.filter(year=year, state=TableState.APPLIED).first()


def criteria_of(table: CriteriaTable) -> list[Criterion]:
    """Every criterion in the order of the paper: a section before what it holds; one query."""
    return in_tree_order(Criterion.objects.filter(table=table).order_by("order", "pk"))


def in_tree_order(rows: Iterable[Criterion]) -> list[Criterion]:
    """The rows with each section directly before what it holds; rows come sorted among their likes.

    A row whose parent is not among them is left out, and so is a circle: neither can be reached from the top.
    """
    below: dict[int | None, list[Criterion]] = {}
    for row in rows:
        below.setdefault(row.parent_id, []).append(row)
    found: list[Criterion] = []
    waiting = list(reversed(below.get(None, [])))
    while waiting:
        row = waiting.pop()
        found.append(row)
        waiting.extend(reversed(below.get(row.pk, [])))
    return found


def nodes_of(criteria: Sequence[Criterion], rules: charter.Rules, kind: str = "") -> list[Node]:
    """Sections and leaves in the order given, for an agency of ``kind`` (empty: for any).

    Rounding is the charter's where the criterion names none of its own. Raises ``members.charter_parts.Unfit`` for
    settings of a rule that do not read.
    """
    codes = {row.pk: row.key for row in criteria}
    return [_node(row, codes.get(row.parent_id or 0, ""), rules, kind) for row in criteria]


def _node(row: Criterion, parent: str, rules: charter.Rules, kind: str) -> Node:
    if row.rule == LeafRule.SECTION:
        return Section(row.key, row.code, row.title, row.maximum, row.part, parent)
    return Leaf(
        key=row.key, code=row.code, rule=row.rule, maximum=row.maximum, part=row.part, parent=parent, title=row.title,
        unit=row.unit, better=row.better, step=row.step,
        places=rules.decimals if row.places is None else row.places, rounding=rules.rounding,
        applies=not kind or not row.applies_to or kind in row.applies_to,
        **params_of(row.rule, row.params),
    )  # fmt: skip


def leaves(nodes: Iterable[Node]) -> list[Leaf]:
    """The leaves among the nodes, in their order."""
    return [node for node in nodes if isinstance(node, Leaf)]
