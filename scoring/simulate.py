"""A draft table replayed on the sheets of a year ("mô phỏng"): who would have moved, how many ties. Writes nothing.

Figures are found by code. What was typed is counted by the draft's rule; where it does not fit (another rule, another
list of levels, another maximum of points given directly) the points of then are converted to the new maximum.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction

from members.models import ClusterYear
from scoring.domain.calc import score
from scoring.domain.points import rounded
from scoring.domain.ranking import Standing, rank
from scoring.domain.shapes import Facts, Leaf
from scoring.domain.tables_rows import leaves_of, tree_of
from scoring.domain.tables_tree import Tree, matches
from scoring.enums import SheetState, TableState
from scoring.loading import leaves
from scoring.models import CriteriaTable, Criterion, ScoreSheet
from scoring.table_rules import read as read_settings
from scoring.totals import Board, Figure, SheetData, board


@dataclass(frozen=True, slots=True)
class Row:
    """An agency by the table of then and by the draft."""

    agency_id: int
    before: Decimal
    after: Decimal
    rank_before: int
    rank_after: int

    @property
    def moved(self) -> int:
        """Places up (positive) or down."""
        return self.rank_before - self.rank_after


@dataclass(frozen=True, slots=True)
class Trial:
    """What a replay gave: agencies in the order of the draft, ties of then and of the draft, what could not be told."""

    rows: list[Row]
    ties_before: int
    ties_after: int
    unknown: list[Criterion]  # leaves of the draft that the table of then did not have
    converted: list[str]  # codes whose points had to be converted

    @property
    def movers(self) -> int:
        """Agencies whose rank changes."""
        return sum(1 for row in self.rows if row.moved)


def years_to_try(cluster_id: int) -> list[ClusterYear]:
    """Years of the cluster with sheets that were sent, newest first; one query."""
    sent = ScoreSheet.objects.filter(
        state__in=[SheetState.SENT, SheetState.VERIFIED],
        table__state=TableState.APPLIED,
        year__cluster=cluster_id,
    )
    return list(ClusterYear.objects.filter(pk__in=sent.values("year")).order_by("-starts_on"))


def simulate(draft: CriteriaTable, year: ClusterYear) -> Trial | None:
    """Sheets of ``year`` that were sent, by their own table and by ``draft``; None where there are none."""
    then = board(year, live=True)
    if then is None or not then.counted():
        return None
    tree = tree_of(draft)
    pairs = matches(then.criteria, tree.rows)
    would, converted = _replayed(then, draft, tree, pairs)
    agencies = then.counted()
    before = {agency: then.total(agency).total for agency in agencies}
    after = {agency: would.total(agency).total for agency in agencies}
    dense = then.rules.dense
    places_before, places_after = _ranks(before, dense), _ranks(after, dense)
    rows = [
        Row(agency, before[agency], after[agency], places_before[agency], places_after[agency])
        for agency in agencies
    ]
    rows.sort(key=lambda row: (row.rank_after, row.rank_before))
    unknown = [row for row in leaves_of(tree.rows) if row.pk not in pairs]
    return Trial(rows, _ties(before), _ties(after), unknown, converted)


def _ranks(totals: Mapping[int, Decimal], dense: bool) -> dict[int, int]:
    placed = rank([Standing(agency, points) for agency, points in totals.items()], dense=dense)
    return {int(str(one.key)): one.rank or 0 for one in placed}


def _ties(totals: Mapping[int, Decimal]) -> int:
    """Agencies that share their total with another one."""
    return sum(count for count in Counter(totals.values()).values() if count > 1)


def _replayed(
    then: Board, draft: CriteriaTable, tree: Tree, pairs: Mapping[int, Criterion]
) -> tuple[Board, list[str]]:
    """The year's sheets as if they had been scored by the draft."""
    settings = replace(read_settings(draft.settings), levels=then.settings.levels)
    codes = {old.code: tree.by_pk[pk].code for pk, old in pairs.items()}
    sheets = {agency: SheetData(data.sheet, data.kind, data.code) for agency, data in then.sheets.items()}
    changes = {
        agency: [replace(one, code=codes.get(one.code, one.code)) for one in some]
        for agency, some in then.changes.items()
    }
    would = replace(
        then, table=draft, criteria=tree.rows, settings=settings, sheets=sheets, changes=changes, act=None,
        live=True, _nodes={}, _results={},
    )  # fmt: skip
    converted: set[str] = set()
    for agency, data in then.sheets.items():
        old = {leaf.code: leaf for leaf in leaves(then.nodes(agency))}
        new = {leaf.code: leaf for leaf in leaves(would.nodes(agency))}
        for code, figures in data.figures.items():
            if code not in codes or codes[code] not in new or code not in old:
                continue
            fitted = [_fitted(one, old[code], new[codes[code]], then, would) for one in figures]
            if any(fits is not one for fits, one in zip(fitted, figures, strict=True)):
                converted.add(codes[code])
            sheets[agency].figures[codes[code]] = fitted
    order = [row.code for row in tree.rows]
    return would, sorted(converted, key=order.index)


def _fitted(one: Figure, old: Leaf, new: Leaf, then: Board, would: Board) -> Figure:
    """The figure as the draft's rule takes it; the same object where what was typed fits as it is."""
    scaled = one.facts.points is not None and old.maximum != new.maximum
    if old.rule == new.rule and not scaled:
        result = score(new, one.facts, would.settings)
        if result.points is not None or result.waits or not result.assigned:
            return one
    points = score(old, one.facts, then.settings).points
    if points is None or not old.maximum:
        return one
    return replace(one, facts=Facts(points=_converted(points, old, new), size=one.facts.size))


def _converted(points: Decimal, old: Leaf, new: Leaf) -> Decimal:
    """The points of then as a part of the new maximum, in the steps and places of the new criterion."""
    exact = Fraction(points) * Fraction(new.maximum) / Fraction(old.maximum)
    if new.step:
        steps = (exact / Fraction(new.step) + Fraction(1, 2)).__floor__()
        return min(new.maximum, new.step * steps)
    wide = Decimal((exact * 10**8).__floor__()).scaleb(-8)
    return min(new.maximum, rounded(wide, new.places, new.rounding))
