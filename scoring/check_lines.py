"""The lines of a check as its pages show them: what stood before, the own figure, the difference, papers, talk."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db.models import Count, F, IntegerField, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from core.quantity import format_number
from scoring.domain.checks import Before, before, is_blind, lacks_paper, own_figure, points_of
from scoring.domain.desk import Check, Desk
from scoring.domain.shapes import Facts, Leaf, Level, Section
from scoring.enums import EntrySource, LineMark
from scoring.loading import leaves
from scoring.models import Criterion, LineEvidence, LineNote, ScoreLine
from scoring.queries_sheets import narrowed
from scoring.totals import Board, Figure


@dataclass
class CheckLine:
    """One line; texts are ready to be shown, ``typed`` is what the input holds."""

    row: ScoreLine
    criterion: Criterion
    leaf: Leaf
    agency_id: int
    cells: list[str]
    then: Before | None
    mine: Figure | None
    points: Decimal | None
    writable: bool
    unproved: bool
    blind: bool
    others: list[str] = field(default_factory=list)
    warning: str = ""
    typed: str = ""
    own_text: str = ""
    reason: str = ""
    asks: bool = False
    problem: str = ""
    reason_problem: str = ""

    @property
    def off(self) -> Decimal | None:
        """How much more the own figure gives than the one before."""
        if self.points is None or self.then is None or self.then.points is None:
            return None
        return self.points - self.then.points

    @property
    def off_text(self) -> str:
        """The difference with its sign; "–" while there is none to tell."""
        return signed(self.off)

    @property
    def kind(self) -> str:
        """CSS class of the difference: "up", "down", "zero"."""
        return way(self.off)

    @property
    def seen(self) -> int:
        """Id of the own figure, 0 for none."""
        return self.mine.entry_id if self.mine else 0

    @property
    def maximum_text(self) -> str:
        """What it can earn."""
        return format_number(self.leaf.maximum, max(2, self.leaf.places))

    @property
    def maximum_plain(self) -> str:
        """The same for the script."""
        return format(self.leaf.maximum, "f")

    @property
    def then_text(self) -> str:
        """The points before, as the input would hold them."""
        return "" if self.then is None or self.then.points is None else format_number(self.then.points)

    @property
    def agreed(self) -> bool:
        """Whether the own figure was agreed with, or is the same anyway."""
        return self.mine is not None and (self.mine.source == EntrySource.ACCEPTED or self.off == 0)

    @property
    def can_agree(self) -> bool:
        """Whether "Đồng ý" has something to copy."""
        return self.writable and self.then is not None and not self.agreed


def signed(value: Decimal | None) -> str:
    """ "+0,50", "−0,25", "0,00"; "–" for None."""
    if value is None:
        return "–"
    return ("+" if value > 0 else "") + format_number(value, 2)


def way(value: Decimal | None) -> str:
    """ "up", "down", or "zero"."""
    return "zero" if not value else "up" if value > 0 else "down"


def points_text(points: Decimal | None, facts: Facts | None = None) -> str:
    """Points in two decimals; the mark instead of a figure, "…" while it waits for the others."""
    if points is not None:
        return format_number(points, 2)
    if facts is None:
        return ""
    return str(LineMark(facts.mark).label) if facts.mark else "…"


def seen_by(at: Desk, of: Board, check: Check, seat: int) -> Board:
    """The board as the person may see it on this check: while blind only what the own agency gave.

    Who is not blind (any more) sees what the others gave at the same level.
    """
    shown = narrowed(at.scope, of, [check.sheet])
    data, whole = shown.sheets[check.sheet.agency_id], of.sheets[check.sheet.agency_id]
    if not is_blind(check, seat):
        for code, some in whole.figures.items():
            known = {one.entry_id for one in data.figures.get(code, ())}
            data.figures[code] = [
                one for one in some if one.entry_id in known or one.level == check.level.key
            ]
        return shown
    data.figures = {
        code: mine
        for code, some in data.figures.items()
        if (mine := [one for one in some if one.scorer_id == seat])
    }
    return shown


def lines_for(of_sheets: Collection[int]) -> QuerySet[ScoreLine]:
    """Lines of sheets by the table they stand by now, with criteria and counts of files and words."""
    return (
        ScoreLine.objects.filter(sheet__in=of_sheets, criterion__table=F("sheet__table"))
        .select_related("criterion")
        .annotate(
            files=_count(LineEvidence.objects.filter(removed_at__isnull=True)), words=_count(LineNote.objects)
        )
        .order_by("pk")
    )


def _count(rows: Any) -> Coalesce:
    counted = rows.filter(line=OuterRef("pk")).order_by().values("line").annotate(n=Count("pk")).values("n")
    return Coalesce(Subquery(counted), 0, output_field=IntegerField())


def earlier_levels(at: Desk, check: Check, seat: int) -> list[Level]:
    """Levels whose figures stand beside the own ones; none while blind."""
    if is_blind(check, seat) or check.is_first:
        return []
    keys = [one.key for one in at.settings.levels]
    return list(at.settings.levels[: keys.index(check.level.key)])


def check_lines(
    at: Desk,
    of: Board,
    check: Check,
    seat: int,
    rows: Iterable[ScoreLine],
    *,
    writable: bool,
    names: dict[int, tuple[str, str]],
    levels: Sequence[Level],
) -> list[CheckLine]:
    """The seat's lines of a sheet in the order of the paper; ``of`` is :func:`seen_by`. One query."""
    agency = check.sheet.agency_id
    by_criterion = {row.criterion_id: row for row in rows if row.sheet_id == check.sheet.pk}
    without, blind = lacks_paper(by_criterion.values()), is_blind(check, seat)
    known = {leaf.code: leaf for leaf in leaves(of.nodes(agency))}
    found = []
    for criterion in at.lines_of(check, seat):
        row = by_criterion.get(criterion.pk)
        if row is None:
            continue
        row.criterion = criterion
        leaf, mine = known[criterion.code], own_figure(of, check, seat, criterion.code)
        points = points_of(of, agency, leaf, mine.facts) if mine else None
        line = CheckLine(
            row, criterion, leaf, agency, [_cell(of, agency, one.key, leaf) for one in levels],
            None if blind else before(of, agency, check.level.key, criterion.code), mine, points, writable,
            row.pk in without, blind,
        )  # fmt: skip
        line.others = [
            f"{names.get(one.scorer_id, ('', ''))[1]}: {points_text(points_of(of, agency, leaf, one.facts), one.facts)}"
            for one in of.sheets[agency].at(criterion.code, check.level.key)
            if one.scorer_id != seat
        ]
        if mine:
            line.typed = "" if points is None else format_number(points)
            line.own_text = (
                _cell(of, agency, check.level.key, leaf) if points is None else points_text(points)
            )
            line.reason = mine.reason
        line.asks = bool(line.off) or bool(line.reason)
        found.append(line)
    return found


def _cell(of: Board, agency: int, level: str, leaf: Leaf) -> str:
    figures = of.sheets[agency].at(leaf.code, level)
    if not figures:
        return ""
    return points_text(of.results(agency, level)[leaf.code].points, figures[-1].facts)


@dataclass
class Group:
    """A section's heading with its sums over the shown lines, and the lines below it."""

    section: Section | None
    lines: list[CheckLine]
    depth: int = 0

    @property
    def given(self) -> int:
        """Lines with an own figure."""
        return sum(line.mine is not None for line in self.lines)


def grouped(of: Board, lines: Sequence[CheckLine]) -> list[Group]:
    """The lines under the headings of the table; headings without lines are left out."""
    nodes = of.nodes()
    by_code = {line.criterion.code: line for line in lines}
    depth: dict[str, int] = {"": -1}
    found: list[Group] = []
    for node in nodes:
        depth[node.key] = depth.get(node.parent, -1) + 1
        if isinstance(node, Section):
            found.append(Group(node, [], depth[node.key]))
        elif node.code in by_code:
            if not found:
                found.append(Group(None, []))
            found[-1].lines.append(by_code[node.code])
    return [group for place, group in enumerate(found) if group.lines or _leads(found, place)]


def _leads(found: Sequence[Group], place: int) -> bool:
    """Whether a heading without lines of its own stands over others that have some."""
    for group in found[place + 1 :]:
        if group.depth <= found[place].depth:
            return False
        if group.lines:
            return True
    return False


@dataclass(frozen=True, slots=True)
class Summary:
    """ "48/60 khớp · chênh −3,25 · 4 dòng chờ minh chứng"."""

    given: int
    lines: int
    equal: int
    off: Decimal
    unproved: int
    blind: bool

    @property
    def words(self) -> str:
        """The line over the table."""
        parts = [_("%(given)s/%(lines)s dòng đã chấm") % {"given": self.given, "lines": self.lines}]
        if not self.blind:
            parts.append(_("%(equal)s/%(lines)s khớp") % {"equal": self.equal, "lines": self.lines})
            parts.append(_("chênh %(off)s") % {"off": signed(self.off)})
        if self.unproved:
            parts.append(_("%(count)s dòng chờ minh chứng") % {"count": self.unproved})
        return " · ".join(parts)

    @property
    def left(self) -> int:
        """Lines without a figure."""
        return self.lines - self.given


def summary(lines: Sequence[CheckLine]) -> Summary:
    """Counts over the lines."""
    zero = Decimal(0)
    signs = [(-1 if line.leaf.part == "penalty" else 1, line) for line in lines]
    return Summary(
        sum(line.mine is not None for line in lines), len(lines),
        sum(line.mine is not None and line.off == 0 for line in lines),
        sum((sign * line.off for sign, line in signs if line.off is not None), zero),
        sum(line.unproved for line in lines),
        any(line.blind for line in lines),
    )  # fmt: skip
