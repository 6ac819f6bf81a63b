"""The result of a year: every agency with its totals, ranks by the charter, grades, seats of awards.

Page, workbook, JSON, paper and ranking all take their figures from here, and here they come from ``Board.total`` alone.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from members import charter
from members.charter_parts import SECTION, allotted, most_of
from members.models import Charter, ClusterYear
from members.queries import MemberRow, assessed_among, member_rows
from scoring.domain.acts import is_current
from scoring.domain.bands import Grade, Graded, Seats, barred_labels, grade, seats
from scoring.domain.ranking import Number, Placed, Standing, combined, rank
from scoring.domain.release import scoring_of
from scoring.domain.shapes import BASE, Total
from scoring.enums import SheetState
from scoring.models import Ranking, RankingEntry, YearScoring
from scoring.table_rules import Level
from scoring.totals import Board, board

NO_RANK_BEFORE = 1000
COUNTED = (SheetState.SENT, SheetState.VERIFIED)


@dataclass(frozen=True, slots=True)
class Part:
    """A top part of the table; ``maximum`` of a bonus or penalty part is its cap (0: none)."""

    code: str
    title: str
    maximum: Decimal
    part: str = BASE


@dataclass(frozen=True, slots=True)
class Row:
    """An agency with its totals: by key of the level, and the final one; None where no sheet was sent yet."""

    member: MemberRow
    state: str = ""
    totals: Mapping[str, Total] = field(default_factory=dict)
    final: Total | None = None
    assessed: bool = True

    @property
    def counted(self) -> bool:
        """Whether its sheet was sent, so that it takes part."""
        return self.state in COUNTED


@dataclass(frozen=True, slots=True)
class YearResult:
    """Everything of a year's points; ``board`` is None without a criteria table in force."""

    year: ClusterYear
    rules: charter.Rules
    rows: Sequence[Row]
    parts: Sequence[Part] = ()
    levels: Sequence[Level] = ()
    board: Board | None = None
    scoring: YearScoring | None = None
    current: bool = True

    @property
    def final(self) -> bool:
        """Whether the points are frozen."""
        return self.scoring is not None and self.scoring.final_at is not None

    def provisional(self, total: Total) -> bool:
        """Whether a total may still change: not frozen, or something in it waits."""
        return total.provisional or not self.final

    def points(self, row: Row) -> Decimal | None:
        """What the ranking counts: the final total; without a sent sheet 0 or nothing, as the charter says."""
        if row.counted and row.final is not None:
            return row.final.total
        return Decimal(0) if self.rules.missing_sheet == "zero" and self.board is not None else None


def year_result(year: ClusterYear) -> YearResult:
    """The result as it stands now; a constant number of queries (twelve, four without a table in force)."""
    found = board(year)
    members = member_rows(year)
    assessed = assessed_among(year, members)
    if found is None:
        stored = Charter.objects.filter(year=year).values_list("data", flat=True).first()
        rows = [Row(one, assessed=one.agency_id in assessed) for one in members if one.agency_id in assessed]
        return YearResult(year, charter.read(stored or {}), rows)
    shown = [one for one in members if one.agency_id in assessed or one.agency_id in found.sheets]
    levels = [level for place, level in enumerate(found.levels) if level.counts or place == 0]
    return YearResult(
        year, found.rules, [_row(found, one, levels, one.agency_id in assessed) for one in shown],
        parts_of(found), levels, found, scoring_of(year), is_current(found),
    )  # fmt: skip


def _row(found: Board, member: MemberRow, levels: Sequence[Level], assessed: bool) -> Row:
    data = found.sheets.get(member.agency_id)
    if data is None or data.sheet.state == SheetState.DRAFT:  # a draft is its agency's alone
        return Row(member, data.sheet.state if data else "", assessed=assessed)
    totals = {level.key: found.total(member.agency_id, level.key) for level in levels}
    return Row(member, data.sheet.state, totals, found.total(member.agency_id), assessed)


def parts_of(found: Board) -> list[Part]:
    """The top nodes of the table, in its order."""
    return [Part(node.code, node.title, node.maximum, node.part) for node in found.nodes() if not node.parent]


def split(total: Total, parts: Sequence[Part]) -> tuple[dict[str, Decimal], Decimal]:
    """What each part gave to the total, and all the rest (conversion, caps, decisions): it adds up exactly."""
    known = {part.code for part in parts}
    found = {part.code: Decimal(0) for part in parts}
    for line in total.lines:
        if line.code in known:
            found[line.code] += line.points
    return found, total.total - sum(found.values(), Decimal(0))


# Ranks and grades --------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class RankedRow:
    """An agency at the end: its points, how it was placed, its grade, the values that broke ties.

    ``scored``: the rank that points alone would give.
    """

    row: Row
    points: Decimal | None
    placed: Placed
    graded: Graded
    ties: tuple[Number, ...]
    votes: int | None = None
    scored: int | None = None


def previous_ranks(year: ClusterYear) -> dict[int, int]:
    """Ranks of the newest revision of the year before, by agency; empty without one; two queries."""
    before = (
        Ranking.objects.filter(year__cluster=year.cluster_id, year__starts_on__lt=year.starts_on)
        .order_by("-year__starts_on", "-revision")
        .first()
    )
    if before is None:
        return {}
    rows = RankingEntry.objects.filter(ranking=before, rank__isnull=False).order_by("pk")
    return {agency: rank for agency, rank in rows.values_list("agency", "rank") if rank}


def ranked(
    result: YearResult,
    *,
    votes: Mapping[int, int | None] | None = None,
    before: Mapping[int, int] | None = None,
    points: Mapping[int, Decimal | None] | None = None,
    way: str = "",
) -> list[RankedRow]:
    """Ranks by the charter, best first, those without a rank last; who is disqualified or not assessed has none.

    ``points``: other points than the totals give (as somebody typed them), by agency. ``way``: of combining points and
    votes, other than the charter's.
    """
    rows = {row.member.agency_id: row for row in result.rows}
    counted: dict[int, Decimal | None] = {}
    for agency, row in rows.items():
        out = not row.assessed or (row.final is not None and row.final.disqualified)
        counted[agency] = None if out else points.get(agency) if points is not None else result.points(row)
    ties = {agency: tie_values(result.rules, row, votes or {}, before or {}) for agency, row in rows.items()}
    standings = [Standing(agency, counted[agency], ties[agency]) for agency in rows]
    by_votes: dict[Hashable, int | None] = dict((votes or {}).items())
    scored = {one.key: one.rank for one in rank(standings, dense=result.rules.dense)}
    placed = combined(
        standings, by_votes, way or result.rules.combine, shortlist=result.rules.shortlist,
        dense=result.rules.dense,
    )  # fmt: skip
    graded = grades(result, {one.key: (counted[int(str(one.key))], one.rank) for one in placed})
    return [
        RankedRow(
            rows[agency], counted[agency], one, graded[agency], ties[agency], (votes or {}).get(agency),
            scored[agency],
        )
        for one in placed if (agency := int(str(one.key))) in rows
    ]  # fmt: skip


def tie_values(
    rules: charter.Rules, row: Row, votes: Mapping[int, int | None], before: Mapping[int, int]
) -> tuple[Number, ...]:
    """One value for each declared rule, more is better; rules that people apply decide nothing here."""
    return tuple(_tie_value(rule, row, votes, before) for rule in rules.tie_break)


def _tie_value(rule: str, row: Row, votes: Mapping[int, int | None], before: Mapping[int, int]) -> Number:
    agency, total = row.member.agency_id, row.final
    if rule == "previous_year":
        return -before.get(agency, NO_RANK_BEFORE)
    if rule == "vote":
        return votes.get(agency) or 0
    if total is None:
        return 0
    if rule == "bonus":
        return total.bonus
    if rule == "fewer_penalty":
        return -total.penalty
    if rule.startswith(SECTION):
        wanted = rule.removeprefix(SECTION).strip().lower()
        return next(
            (part.points for code, part in total.sections.items() if code.lower() == wanted), Decimal(0)
        )
    return 0


def bands_of(rules: charter.Rules, members: int) -> list[Grade]:
    """The grades that take part in arithmetic, with how many may have each."""
    return [
        Grade(band.label, band.at_least, None if band.share is None else most_of(band.share, members))
        for band in rules.bands
        if band.at_least is not None
    ]


def grades(
    result: YearResult, placed: Mapping[Hashable, tuple[Decimal | None, int | None]]
) -> dict[Hashable, Graded]:
    """Grades of agencies by points and rank, held down by conditions and sanctions of their totals."""
    bands = bands_of(result.rules, size(result))
    barred: dict[Hashable, frozenset[str]] = {
        row.member.agency_id: barred_labels(
            placed[row.member.agency_id][0] or Decimal(0), bands,
            unmet=[label for label, _why in row.final.unmet], limits=row.final.grade_limits,
        )
        for row in result.rows
        if row.final is not None and row.member.agency_id in placed
    }  # fmt: skip
    found = grade(((key, points, rank) for key, (points, rank) in placed.items()), bands, barred)
    return {one.key: one for one in found}


def size(result: YearResult) -> int:
    """How many agencies quotas are counted from: those that are assessed."""
    return sum(1 for row in result.rows if row.assessed)


def award_seats(rules: charter.Rules, members: int, ranks: Sequence[tuple[int, int]]) -> list[Seats]:
    """Who each quota of the charter reaches, in order."""
    return seats(list(ranks), allotted(rules.quotas, members))
