"""Who gives which figures: the seats at every level of a year, loaded in a constant number of queries.

Words: a *check* is one sheet at one level; a *seat* is an agency that gives figures there. At a level of the leadership
the chair scores everybody else and a deputy the chair, unless an agency was assigned; lines that the agency does not
score itself are given, at the first level, by the leadership or by the agency outside the cluster that the criterion
names. Nobody has a seat at the own sheet.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from members.queries import agency_names
from members.scope import Scope
from scoring.domain.deciders import NOBODY, Leadership, leadership
from scoring.domain.shapes import Level, TableRules
from scoring.enums import LeafRule, ScoredBy
from scoring.loading import criteria_of, table_in_force
from scoring.models import Assignment, CriteriaTable, Criterion, ScoreSheet
from scoring.queries_sheets import of_year
from scoring.rules_checks import seat_of
from scoring.table_rules import read as read_settings


@dataclass(frozen=True)
class Check:
    """A sheet at a level: ``whole`` score every line, ``parts`` (agency, codes) some, ``outside`` one agency a line."""

    sheet: ScoreSheet
    level: Level
    is_first: bool = False
    whole: frozenset[int] = NOBODY
    parts: tuple[tuple[int, frozenset[str]], ...] = ()
    outside: dict[str, int] = field(default_factory=dict)
    finished: frozenset[int] = NOBODY
    assigned: frozenset[int] = NOBODY
    officers: bool = False

    @property
    def scorers(self) -> frozenset[int]:
        """Every agency with a seat here."""
        return self.whole | {agency for agency, _codes in self.parts} | frozenset(self.outside.values())

    def covers(self, seat: int, criterion: Criterion) -> bool:
        """Whether the seat gives the figure of that criterion."""
        if criterion.rule in (LeafRule.SECTION, LeafRule.LATENESS):
            return False
        if self.is_first or self.level.who == "outside":
            if criterion.scored_by == ScoredBy.OUTSIDE:
                return self.outside.get(criterion.code) == seat
            if self.is_first and criterion.scored_by != ScoredBy.LEADERSHIP:
                return False
        if self.officers and seat not in self.scorers:
            return True
        return seat in self.whole or any(
            seat == agency and criterion.code in codes for agency, codes in self.parts
        )


@dataclass
class Desk:
    """Everything needed to say who scores what in a year; made by :func:`desk`."""

    scope: Scope
    table: CriteriaTable
    settings: TableRules
    criteria: list[Criterion]
    leads: Leadership
    assignments: list[Assignment]
    sheets: dict[int, ScoreSheet]

    @property
    def leaves(self) -> list[Criterion]:
        """Criteria that take a figure from somebody, in the order of the paper."""
        return [row for row in self.criteria if row.rule not in (LeafRule.SECTION, LeafRule.LATENESS)]

    def level(self, key: str) -> Level | None:
        """The level of that key, None for an unknown one."""
        return self.settings.level(key)

    @property
    def deciding(self) -> Level:
        """The last level that counts: whoever has a seat there returns and verifies sheets."""
        counting = [one for one in self.settings.levels if one.counts]
        return counting[-1] if counting else self.settings.levels[-1]

    def check(self, agency_id: int, level: Level) -> Check:
        """The seats of an agency's sheet at a level; raises ``KeyError`` without a sheet."""
        rows = [row for row in self.assignments if row.subject_id == agency_id and row.level == level.key]
        whole = frozenset(row.scorer_id for row in rows if not row.section)
        parts = tuple(
            (row.scorer_id, self._inside(row.section))
            for row in rows
            if row.section and row.scorer_id not in whole
        )
        is_first = level.key == self.settings.levels[0].key
        if not whole and (level.who == "leadership" or is_first):
            whole = self.lead_of(agency_id)
        unfinished = {row.scorer_id for row in rows if row.finished_at is None}
        return Check(
            self.sheets[agency_id], level, is_first, whole, parts,
            self._outside(agency_id) if is_first or level.who == "outside" else {},
            frozenset(row.scorer_id for row in rows) - unfinished,
            frozenset(row.scorer_id for row in rows),
            level.who == "officer" or (level.who == "leadership" and not whole),
        )  # fmt: skip

    def judge(self, agency_id: int) -> Check:
        """The check whose seats return, verify and excuse the sheet.

        Who scores single lines or a part of it judges no whole sheet as long as somebody else can.
        """
        found = self.check(agency_id, self.deciding)
        return replace(found, parts=(), outside={}) if found.whole or found.officers else found

    def lead_of(self, agency_id: int) -> frozenset[int]:
        """Who checks an agency where nobody was assigned: the chair, or for the chair (and its heirs) a deputy."""
        own = self.leads.with_heirs([agency_id]) | {of for of, by in self.leads.successors if by == agency_id}
        if chairs := self.leads.chairs - own:
            return chairs if agency_id not in self.leads.chairs else self.leads.deputies - own
        return self.leads.deputies - own

    def mine(self, level: Level) -> list[tuple[Check, int]]:
        """Sheets that the person scores at a level, with the seat; no query."""
        checks = (self.check(agency, level) for agency in self.sheets)
        return [(one, seat) for one in checks if (seat := self.seat(one)) is not None]

    def seat(self, check: Check) -> int | None:
        """The person's seat, None where nothing is theirs to give."""
        seat = seat_of(self.scope, check)
        if seat is None or not any(check.covers(seat, row) for row in self.leaves):
            return None
        return seat

    def lines_of(self, check: Check, seat: int) -> list[Criterion]:
        """Criteria whose figures the seat gives."""
        return [
            row for row in self.leaves
            if check.covers(seat, row) and applies(row, check.sheet.agency.kind)
        ]  # fmt: skip

    def names(self) -> dict[int, tuple[str, str]]:
        """Full and short names of everybody who has a sheet or a seat; one query."""
        known = {row.scorer_id for row in self.assignments} | self.leads.chairs | self.leads.deputies
        known |= {row.scorer_id for row in self.criteria if row.scorer_id}
        return agency_names({*self.sheets, *known, *self.leads.officers}, self.scope.year.ends_on)

    def _inside(self, section: str) -> frozenset[str]:
        codes: set[str] = set()
        keys: set[int] = set()
        for row in self.criteria:
            if row.code == section or row.parent_id in keys:
                keys.add(row.pk)
                codes.add(row.code)
        return frozenset(codes)

    def _outside(self, agency_id: int) -> dict[str, int]:
        return {
            row.code: row.scorer_id for row in self.leaves if row.scorer_id and row.scorer_id != agency_id
        }


def applies(row: Criterion, kind: str) -> bool:
    """Whether the criterion is asked of agencies of that kind."""
    return not row.applies_to or kind in row.applies_to


def desk(scope: Scope, sheets: Iterable[ScoreSheet] | None = None) -> Desk | None:
    """The desk of the year, None without a table in force; seven queries."""
    table = table_in_force(scope.year)
    if table is None:
        return None
    rows: Sequence[ScoreSheet] = list(of_year(scope).filter(table=table) if sheets is None else sheets)
    return Desk(
        scope, table, read_settings(table.settings), criteria_of(table), leadership(scope),
        list(Assignment.objects.filter(year=scope.year).order_by("pk")),
        {row.agency_id: row for row in rows},
    )  # fmt: skip
