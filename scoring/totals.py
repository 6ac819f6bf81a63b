"""Every figure of a year's sheets, and the one function that makes totals of them.

Pages, exports, papers and the JSON ask ``Board.total`` and nothing else. Words: a *figure* is a current entry of a
line; a *level* is a step of scoring (``table_rules.levels``). The final figure of a line is that of the last level that
counts and has one (domain 3.3: the last level wins), line by line. Points that depend on the other members (R7, R8)
come from the newest "Tính điểm cụm"; until then such a line waits and the total is provisional.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal

from django.db.models import QuerySet

from members import charter
from members.charter_parts import points_off
from members.models import Charter, ClusterYear
from scoring.domain.calc import combined, score
from scoring.domain.facts import facts_of
from scoring.domain.relative import score_relative
from scoring.domain.shapes import RELATIVE, Change, Facts, Leaf, Node, Result, Said, Total
from scoring.domain.tally import tally
from scoring.enums import AdjustmentState, SheetState
from scoring.loading import criteria_of, leaves, nodes_of, table_in_force
from scoring.models import Adjustment, CriteriaTable, Criterion, ScoreEntry, ScoreSheet, ScoringAct
from scoring.table_rules import Level, TableRules
from scoring.table_rules import read as read_settings


@dataclass(frozen=True, slots=True)
class Figure:
    """A current entry of a line: who gave what at which level."""

    entry_id: int
    level: str
    scorer_id: int
    facts: Facts
    reason: str = ""
    source: str = ""
    at: datetime | None = None


@dataclass(slots=True)
class SheetData:
    """An agency's sheet with its figures by code of the criterion, oldest first."""

    sheet: ScoreSheet
    kind: str
    code: str
    figures: dict[str, list[Figure]] = field(default_factory=dict)

    def at(self, code: str, level: str) -> list[Figure]:
        """The figures of a line at a level."""
        return [one for one in self.figures.get(code, ()) if one.level == level]


@dataclass
class Board:
    """A year's sheets as they stand: made by :func:`board`, asked for results and totals, changes nothing."""

    year: ClusterYear
    table: CriteriaTable
    criteria: list[Criterion]
    rules: charter.Rules
    settings: TableRules
    sheets: dict[int, SheetData]
    changes: dict[int, list[Change]]
    act: ScoringAct | None = None
    live: bool = False
    _nodes: dict[str, list[Node]] = field(default_factory=dict, repr=False)
    _results: dict[tuple[int, str | None], dict[str, Result]] = field(default_factory=dict, repr=False)
    _by_code: dict[str, dict[str, Leaf]] = field(default_factory=dict, repr=False, init=False)
    _given: dict[str, dict[int, Facts]] | None = field(default=None, repr=False, init=False)
    _live: dict[str, dict[int, Result]] = field(default_factory=dict, repr=False, init=False)

    @property
    def levels(self) -> Sequence[Level]:
        """The levels of scoring in their order."""
        return self.settings.levels

    def nodes(self, agency_id: int | None = None) -> list[Node]:
        """The tree as it applies to an agency; without one as the table states it."""
        kind = self.sheets[agency_id].kind if agency_id is not None else ""
        if kind not in self._nodes:
            self._nodes[kind] = nodes_of(self.criteria, self.rules, kind)
        return self._nodes[kind]

    def final_figures(self, agency_id: int, code: str) -> tuple[Level | None, list[Figure]]:
        """The figures that count for a line, with their level; (None, []) while there is none."""
        for level in reversed(self.levels):
            if level.counts and (found := self.sheets[agency_id].at(code, level.key)):
                return level, found
        return None, []

    def final_facts(self, agency_id: int, code: str) -> Facts:
        """The facts that count for a line (the newest where several scorers gave some); empty while there are none."""
        _level, found = self.final_figures(agency_id, code)
        return self._sized(agency_id, found[-1].facts) if found else Facts()

    def results(self, agency_id: int, level: str | None = None) -> dict[str, Result]:
        """What every leaf of an agency's sheet earned, by code; ``level`` None = the final figures."""
        if (agency_id, level) not in self._results:
            self._results[agency_id, level] = {
                leaf.code: self._result(agency_id, leaf, level) for leaf in leaves(self.nodes(agency_id))
            }
        return self._results[agency_id, level]

    def total(
        self, agency_id: int, level: str | None = None, *, replaced: Mapping[str, Facts] | None = None
    ) -> Total:
        """The total of an agency's sheet at a level (None: final), with the approved adjustments and its lateness.

        ``replaced``: facts by code to be counted instead of the present ones ("nếu chấp nhận"). Raises ``KeyError``
        for an agency without a sheet.
        """
        results = self.results(agency_id, level)
        if replaced:
            by_code = {leaf.code: leaf for leaf in leaves(self.nodes(agency_id))}
            results = results | {
                code: self._with(agency_id, by_code[code], facts) for code, facts in replaced.items()
            }
        return tally(
            self.nodes(agency_id), results, self.settings,
            over_maximum=self.rules.over_maximum, late_off=self.late_off(agency_id),
            changes=self.changes.get(agency_id, ()),
        )  # fmt: skip

    def late_off(self, agency_id: int) -> Decimal:
        """Points off for a late sheet by the charter's steps; 0 where lateness was excused."""
        sheet = self.sheets[agency_id].sheet
        if sheet.excused_reason:
            return Decimal(0)
        return points_off(self.rules.lateness, sheet.days_late or 0)

    def counted(self) -> list[int]:
        """Agencies whose sheets were sent: those that may be compared with one another."""
        return [
            agency for agency, data in self.sheets.items()
            if data.sheet.state in (SheetState.SENT, SheetState.VERIFIED)
        ]  # fmt: skip

    def inputs(self, agencies: Collection[int]) -> dict[str, dict[int, Facts]]:
        """The final facts of every relative leaf by code, of the given agencies that answered it."""
        found: dict[str, dict[int, Facts]] = {}
        for leaf in leaves(self.nodes()):
            if leaf.rule != RELATIVE:
                continue
            given = {agency: self.final_facts(agency, leaf.code) for agency in agencies}
            found[leaf.code] = {
                agency: facts
                for agency, facts in given.items()
                if facts != self._sized(agency, Facts()) and self._leaf(agency, leaf.code).applies
            }
        return found

    # -- inside ------------------------------------------------------------------------------------
    def _leaf(self, agency_id: int, code: str) -> Leaf:
        kind = self.sheets[agency_id].kind
        if kind not in self._by_code:
            self._by_code[kind] = {leaf.code: leaf for leaf in leaves(self.nodes(agency_id))}
        return self._by_code[kind][code]

    def _sized(self, agency_id: int, facts: Facts) -> Facts:
        size = self.sheets[agency_id].sheet.size
        return facts if size is None else replace(facts, size=size)

    def _result(self, agency_id: int, leaf: Leaf, level: str | None) -> Result:
        if level is None:
            found, figures = self.final_figures(agency_id, leaf.code)
        else:
            found = next((one for one in self.levels if one.key == level), None)
            figures = self.sheets[agency_id].at(leaf.code, level)
        each = [self._with(agency_id, leaf, self._sized(agency_id, one.facts)) for one in figures]
        if not each:
            return score(leaf, self._sized(agency_id, Facts()), self.settings)
        return combined(leaf, each, found.combine if found else "last")

    def _with(self, agency_id: int, leaf: Leaf, facts: Facts) -> Result:
        alone = score(leaf, facts, self.settings)
        if leaf.rule != RELATIVE or not alone.waits:
            return alone
        if self.live:
            return self._compared(agency_id, leaf, facts)
        return self._from_act(agency_id, leaf, facts, alone)

    def _compared(self, agency_id: int, leaf: Leaf, facts: Facts) -> Result:
        """Among the sheets sent so far; they are compared once, other facts than the final ones each by themselves."""
        if self._given is None:
            self._given = self.inputs(self.counted())
        given = self._given.get(leaf.code, {})
        if given.get(agency_id) != facts:
            return score_relative(leaf, {**given, agency_id: facts}, self.settings)[agency_id]
        if leaf.code not in self._live:
            self._live[leaf.code] = score_relative(leaf, given, self.settings)
        return self._live[leaf.code][agency_id]

    def _from_act(self, agency_id: int, leaf: Leaf, facts: Facts, alone: Result) -> Result:
        """The act's points stand only for the facts it saw; anything newer waits for the next act."""
        if self.act is None or facts != self.final_facts(agency_id, leaf.code):
            return alone
        given = self.act.results.get(leaf.code, {}).get(self.sheets[agency_id].code)
        if given is None or given.get("mark") != facts_mark(facts):
            return alone
        words = given.get("said") or str(alone.derivation or "")
        derivation = Said("%(words)s", (("words", words),))
        return replace(alone, points=Decimal(given["points"]), derivation=derivation, least=None, waits=False)


def facts_mark(facts: Facts) -> str:
    """Facts as one line, to tell whether an act saw the same ones."""
    values = (facts.actual, facts.target, facts.percent, facts.points, facts.count, facts.size)
    numbers = ("" if value is None else format(value.normalize(), "f") for value in values)
    return "|".join([*numbers, facts.mark, facts.level, "" if facts.yes is None else str(facts.yes)])


def board(
    year: ClusterYear,
    agency_ids: Collection[int] | None = None,
    *,
    live: bool = False,
    table: CriteriaTable | None = None,
) -> Board | None:
    """Everything of a year's sheets (of the given agencies), or None without a table in force; seven queries.

    ``live``: lines that depend on the others are computed from the sheets sent so far, for those who may see them all.
    ``table``: another version than the one in force.
    """
    table = table or table_in_force(year)
    if table is None:
        return None
    stored = Charter.objects.filter(year=year).values_list("data", flat=True).first()
    sheets = ScoreSheet.objects.filter(year=year, table=table).select_related("agency").order_by("pk")
    changes = Adjustment.objects.filter(year=year, state=AdjustmentState.APPROVED).order_by("pk")
    entries = ScoreEntry.objects.filter(line__sheet__year=year, line__criterion__table=table, is_current=True)
    if agency_ids is not None:
        sheets = sheets.filter(agency__in=agency_ids)
        changes = changes.filter(agency__in=agency_ids)
        entries = entries.filter(line__sheet__agency__in=agency_ids)
    found = {sheet.agency_id: SheetData(sheet, sheet.agency.kind, sheet.agency.code) for sheet in sheets}
    _fill(found, entries)
    by_agency: dict[int, list[Change]] = {}
    for row in changes:
        change = Change(row.kind, row.points or Decimal(0), row.criterion_code, row.grade, row.ground)
        by_agency.setdefault(row.agency_id, []).append(change)
    act = ScoringAct.objects.filter(year=year, table=table).order_by("-number").first()
    return Board(
        year, table, criteria_of(table), charter.read(stored or {}), read_settings(table.settings), found, by_agency,
        act, live,
    )  # fmt: skip


def _fill(sheets: dict[int, SheetData], entries: QuerySet[ScoreEntry]) -> None:
    rows = entries.order_by("pk").values_list(
        "pk", "line__sheet__agency", "line__criterion__code", "level", "scorer", "facts", "mark", "reason", "source",
        "created_at",
    )  # fmt: skip
    for pk, agency, code, level, scorer, facts, mark, reason, source, at in rows:
        if agency in sheets:
            figure = Figure(pk, level, scorer, facts_of(facts, mark), reason, source, at)
            sheets[agency].figures.setdefault(code, []).append(figure)
