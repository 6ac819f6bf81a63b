"""Sheets move from one version of the table to the next: figures are carried over by code, the rest is said.

A figure is carried where the criterion still counts in the same way; the old version's lines and figures stay as they
were. A constant number of statements however many sheets there are, but for the notices (one for each agency).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Final

from django.utils.translation import gettext as _

from core import audit
from members import charter
from members.models import Charter
from members.scope import Scope
from scoring.domain.calc import facts_of, score
from scoring.domain.shapes import Leaf
from scoring.domain.tables_rows import leaves_of, tree_of
from scoring.domain.tables_tree import Tree, matches
from scoring.enums import EntrySource, NoticeKind, ScoredBy, SheetState
from scoring.loading import leaves, nodes_of
from scoring.models import (
    Adjustment,
    Assignment,
    CriteriaTable,
    Criterion,
    LineEvidence,
    LineNote,
    ScoreEntry,
    ScoreLine,
    ScoreSheet,
)
from scoring.notices import tell
from scoring.table_rules import read as read_settings

# What must be alike for a figure to mean the same thing.
ALIKE: Final = (
    "rule", "maximum", "params", "part", "unit", "better", "step", "places", "scored_by", "scorer_id",
)  # fmt: skip
_FROM_LINE: Final = ("explanation", "citation")


@dataclass(frozen=True, slots=True)
class Carried:
    """What carrying over came to: sheets, figures carried, figures left behind, sheets sent back to be scored on."""

    sheets: int = 0
    figures: int = 0
    left: int = 0
    returned: int = 0

    def told(self) -> dict[str, int]:
        """As the audit keeps it."""
        return {name: getattr(self, name) for name in ("sheets", "figures", "left", "returned")}


@dataclass(slots=True)
class Move:
    """One sheet on its way."""

    sheet: ScoreSheet
    lines: dict[int, ScoreLine] = field(default_factory=dict)  # new lines by the id of the criterion
    answered: set[int] = field(default_factory=set)  # criteria with a figure at the first level
    left: list[str] = field(default_factory=list)  # codes whose figures stay behind
    again: list[Criterion] = field(default_factory=list)
    figures: int = 0


@dataclass(frozen=True)
class Versions:
    """Both versions, and which criterion of the old one each new one carries on."""

    table: CriteriaTable
    new: Tree
    old: Tree
    pairs: dict[int, Criterion]
    nodes: Mapping[str, Mapping[str, Leaf]]  # kind of agency -> key -> leaf
    settings: Any

    @property
    def into(self) -> dict[int, Criterion]:
        """The new criterion by the id of the old one."""
        return {old.pk: self.new.by_pk[pk] for pk, old in self.pairs.items()}

    def alike(self, row: Criterion) -> bool:
        """Whether a figure of the old criterion means the same in the new one."""
        old = self.pairs.get(row.pk)
        return old is not None and all(getattr(old, name) == getattr(row, name) for name in ALIKE)


def carry_sheets(
    scope: Scope, before: CriteriaTable, table: CriteriaTable, tree: Tree, now: datetime
) -> tuple[Carried, list[audit.Entry]]:
    """Move every sheet of ``before`` to ``table``; what to tell the audit of each.

    In the transaction of the verb that applies the table, under the year's lock. Effects in order: sheets locked, new
    lines, figures, papers, notes, sheets, assignments and adjustments of renamed codes, notices.
    """
    rows = ScoreSheet.objects.select_for_update(of=("self",)).filter(table=before).order_by("pk")
    moves = {sheet.pk: Move(sheet) for sheet in rows.select_related("agency")}
    versions = _versions(before, table, tree, {one.sheet.agency.kind for one in moves.values()})
    _rename_codes(scope, versions)
    if not moves:
        return Carried(), []
    old_lines = list(ScoreLine.objects.filter(sheet__in=list(moves), criterion__table=before).order_by("pk"))
    _make_lines(moves, versions, old_lines)
    _carry_figures(moves, versions, old_lines, now)
    _carry_papers(moves, versions, old_lines)
    entries = [_finish(one, versions, old_lines, now) for one in moves.values()]
    ScoreLine.objects.bulk_update(
        [line for one in moves.values() for line in one.lines.values()], ["returned_at", "return_reason"],
        batch_size=500,
    )  # fmt: skip
    ScoreSheet.objects.bulk_update(
        [one.sheet for one in moves.values()],
        ["table", "state", "returned_at", "return_reason", "verified_at", "version"],
    )
    _tell(scope, table, moves.values())
    returned = [one for one in moves.values() if one.again and one.sheet.state == SheetState.RETURNED]
    told = Carried(
        len(moves), sum(one.figures for one in moves.values()), sum(len(one.left) for one in moves.values()),
        len(returned),
    )  # fmt: skip
    return told, entries


def _versions(before: CriteriaTable, table: CriteriaTable, tree: Tree, kinds: Iterable[str]) -> Versions:
    old = tree_of(before)
    stored = Charter.objects.filter(year=table.year_id).values_list("data", flat=True).first()
    rules = charter.read(stored or {})
    nodes = {kind: {leaf.key: leaf for leaf in leaves(nodes_of(tree.rows, rules, kind))} for kind in kinds}
    return Versions(table, tree, old, matches(old.rows, tree.rows), nodes, read_settings(table.settings))


def _make_lines(moves: Mapping[int, Move], versions: Versions, old_lines: Sequence[ScoreLine]) -> None:
    """A line for each leaf, with what the agency wrote beside the criterion it carries on."""
    written = {(line.sheet_id, line.criterion_id): line for line in old_lines}
    for pk, one in moves.items():
        for row in leaves_of(versions.new.rows):
            line = ScoreLine(sheet_id=pk, criterion=row)
            old = versions.pairs.get(row.pk)
            if old is not None and (pk, old.pk) in written:
                for name in _FROM_LINE:
                    setattr(line, name, getattr(written[pk, old.pk], name))
            one.lines[row.pk] = line
    ScoreLine.objects.bulk_create([line for one in moves.values() for line in one.lines.values()])


def _carry_figures(
    moves: Mapping[int, Move], versions: Versions, old_lines: Sequence[ScoreLine], now: datetime
) -> None:
    """Current figures whose criterion counts as before are appended to the new line, computed anew from their facts."""
    by_pk, into = {line.pk: line for line in old_lines}, versions.into
    keys = {level.key for level in versions.settings.levels}
    first = versions.settings.levels[0].key
    codes = {row.pk: row.code for row in versions.old.rows}
    made = []
    standing = ScoreEntry.objects.filter(line__in=list(by_pk), is_current=True).order_by("pk")
    for entry in standing:
        line = by_pk[entry.line_id]
        one, row = moves[line.sheet_id], into.get(line.criterion_id)
        copy = _copied(one, versions, row, entry, now) if row is not None and entry.level in keys else None
        if copy is None or row is None:
            if codes[line.criterion_id] not in one.left:
                one.left.append(codes[line.criterion_id])
            continue
        made.append(copy)
        one.figures += 1
        if entry.level == first:
            one.answered.add(row.pk)
    ScoreEntry.objects.bulk_create(made)


def _copied(
    one: Move, versions: Versions, row: Criterion, entry: ScoreEntry, now: datetime
) -> ScoreEntry | None:
    leaf = versions.nodes[one.sheet.agency.kind].get(row.key)
    if leaf is None or not versions.alike(row):
        return None
    facts = facts_of(entry.facts, entry.mark)
    size = one.sheet.size
    result = score(leaf, facts if size is None else replace(facts, size=size), versions.settings)
    if result.faults:
        return None
    return ScoreEntry(
        line=one.lines[row.pk], level=entry.level, scorer_id=entry.scorer_id, actor_id=entry.actor_id,
        points=result.points, facts=entry.facts, mark=entry.mark, reason=entry.reason,
        source=EntrySource.CARRIED, created_at=now,
    )  # fmt: skip


def _carry_papers(moves: Mapping[int, Move], versions: Versions, old_lines: Sequence[ScoreLine]) -> None:
    """Papers and words beside a criterion go along, whether its figure does or not."""
    into = versions.into
    lines = {
        line.pk: moves[line.sheet_id].lines[into[line.criterion_id].pk]
        for line in old_lines if line.criterion_id in into
    }  # fmt: skip
    papers = LineEvidence.objects.filter(line__in=list(lines), removed_at__isnull=True).order_by("pk")
    LineEvidence.objects.bulk_create(
        LineEvidence(line=lines[row.line_id], evidence_id=row.evidence_id, added_by_id=row.added_by_id)
        for row in papers
    )
    LineNote.objects.bulk_create(
        LineNote(
            line=lines[row.line_id], agency_id=row.agency_id, author_id=row.author_id, words=row.words,
            created_at=row.created_at,
        )
        for row in LineNote.objects.filter(line__in=list(lines)).order_by("pk")
    )  # fmt: skip


def _finish(one: Move, versions: Versions, old_lines: Sequence[ScoreLine], now: datetime) -> audit.Entry:
    """Sent back where the agency has something to score anew, verified no more where others have."""
    sheet, nodes = one.sheet, versions.nodes[one.sheet.agency.kind]
    open_leaves = [
        row for row in leaves_of(versions.new.rows) if row.pk not in one.answered and nodes[row.key].applies
    ]
    one.again = [row for row in open_leaves if row.scored_by == ScoredBy.SELF]
    before = {"state": sheet.state, "version": sheet.version}
    was_returned = _returned_before(one, versions, old_lines)
    if one.again and sheet.state in (SheetState.SENT, SheetState.VERIFIED):
        sheet.state, sheet.returned_at, sheet.verified_at = SheetState.RETURNED, now, None
        sheet.return_reason = again_words(versions.table, one.again)[:1000]
        _send_back(one, versions.table, now)
    elif sheet.state == SheetState.RETURNED and was_returned:
        _send_back(one, versions.table, now)
    elif sheet.state == SheetState.VERIFIED and (open_leaves or one.left):
        sheet.state, sheet.verified_at = SheetState.SENT, None
    sheet.table = versions.table
    sheet.version += 1
    after = {
        "state": sheet.state, "version": sheet.version, "table": versions.table.version, "figures": one.figures,
        "left": one.left, "again": [row.code for row in one.again],
    }  # fmt: skip
    return audit.Entry("sheet_carry", sheet, before=before, after=after, reason=versions.table.reason)


def _returned_before(one: Move, versions: Versions, old_lines: Sequence[ScoreLine]) -> bool:
    """Lines that were sent back already stay so; whether there were any."""
    into, found = versions.into, False
    for old in old_lines:
        if old.sheet_id != one.sheet.pk or old.returned_at is None:
            continue
        found = True
        if old.criterion_id in into:
            line = one.lines[into[old.criterion_id].pk]
            line.returned_at, line.return_reason = old.returned_at, old.return_reason
    return found


def _send_back(one: Move, table: CriteriaTable, now: datetime) -> None:
    for row in one.again:
        line = one.lines[row.pk]
        line.returned_at = line.returned_at or now
        line.return_reason = line.return_reason or (
            _("Bảng tiêu chí có bản %(version)s: chấm lại tiêu chí này.") % {"version": table.version}
        )


def again_words(table: CriteriaTable, rows: Sequence[Criterion]) -> str:
    """Why a sheet goes back, and which criteria are to be scored."""
    words = {"version": table.version, "reason": table.reason, "codes": ", ".join(row.code for row in rows)}
    return _("Bảng tiêu chí đã sửa (bản %(version)s: %(reason)s). Cần chấm: %(codes)s.") % words


def _tell(scope: Scope, table: CriteriaTable, moves: Iterable[Move]) -> None:
    for one in moves:
        if one.again:
            words = again_words(table, one.again)
        else:
            words = _("Bảng tiêu chí đã sửa (bản %(version)s: %(reason)s). Mọi điểm đã chấm được chuyển sang.") % {
                "version": table.version, "reason": table.reason,
            }  # fmt: skip
        tell(scope.year, [one.sheet.agency_id], NoticeKind.TABLE, words)


def _rename_codes(scope: Scope, versions: Versions) -> None:
    """Assignments of a section and decided adjustments speak of criteria by code: renamed ones follow."""
    renamed = {old.code: versions.new.by_pk[pk].code for pk, old in versions.pairs.items()}
    renamed = {old: new for old, new in renamed.items() if old != new}
    if not renamed:
        return
    given = list(Assignment.objects.filter(year=scope.year, section__in=list(renamed)))
    wanted = {row.pk: renamed[row.section] for row in given}
    for row in given:
        row.section = f"~{row.pk}"[:20]
    Assignment.objects.bulk_update(given, ["section"])
    for row in given:
        row.section = wanted[row.pk]
    Assignment.objects.bulk_update(given, ["section"])
    adjusted = list(Adjustment.objects.filter(year=scope.year, criterion_code__in=list(renamed)))
    for change in adjusted:
        change.criterion_code = renamed[change.criterion_code]
    Adjustment.objects.bulk_update(adjusted, ["criterion_code"])
