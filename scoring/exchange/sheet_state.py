"""A sheet as it stands, line by line, as the person may see it; a constant number of queries."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any, Final

from django.core.signing import Signer

from members.queries import agency_names
from members.scope import Scope
from scoring.domain.facts import facts_data
from scoring.domain.shapes import Facts, Leaf, Node
from scoring.domain.sheets import filled_by_agency, line_is_open, self_level
from scoring.enums import SheetState
from scoring.exchange.sheet_columns import KIND
from scoring.exchange.words import cell
from scoring.models import Criterion, ScoreLine, ScoreSheet
from scoring.queries_sheets import narrowed, sheet_for, visible_levels
from scoring.totals import Board, board

SALT: Final = "scoring.exchange.sheet"


@dataclass(frozen=True, slots=True)
class Given:
    """What somebody says about a line: the figures, and the words beside them."""

    facts: Facts = field(default_factory=Facts)
    explanation: str = ""
    citation: str = ""

    @property
    def stamp(self) -> str:
        """The same values have the same stamp: 12 hex digits."""
        told = [facts_data(replace(self.facts, size=None)), self.facts.mark, self.explanation, self.citation]
        return stamp_of(told)


def stamp_of(told: Sequence[Any]) -> str:
    """Names values in a cell: 12 hex digits."""
    return hashlib.sha256(json.dumps(told, ensure_ascii=False, sort_keys=True).encode()).hexdigest()[:12]


@dataclass
class Current:
    """A line as it stands."""

    row: Criterion
    leaf: Leaf
    line: ScoreLine
    given: Given
    seen: tuple[Decimal | None, ...] = ()
    is_open: bool = False  # the person may fill it in now

    @property
    def is_own(self) -> bool:
        """The agency itself gives the first figure."""
        return filled_by_agency(self.row)

    @property
    def stamp(self) -> str:
        """Of what may be changed and of what is shown."""
        return f"{self.given.stamp}.{seen_stamp(self.seen)}"


def seen_stamp(points: Sequence[Decimal | None]) -> str:
    """The stamp of the points that are only shown."""
    return stamp_of(["" if one is None else str(cell(one)) for one in points])


@dataclass
class State:
    """A sheet with its lines in the order of the table."""

    scope: Scope
    sheet: ScoreSheet
    board: Board
    names: Mapping[int, tuple[str, str]]
    nodes: Sequence[Node]
    lines: dict[str, Current]  # by key of the criterion
    levels: tuple[tuple[str, str], ...]  # key and label of the levels whose points are shown

    @property
    def agency_name(self) -> str:
        """The agency's full name."""
        return self.names.get(self.sheet.agency_id, (self.sheet.agency.code, ""))[0]

    @property
    def is_filler(self) -> bool:
        """Whether the person works for the agency whose sheet it is."""
        return self.sheet.agency_id in self.scope.answers_for

    @property
    def first_level(self) -> str:
        """The level at which the agency scores itself."""
        return self_level(self.board.settings).key

    def identity(self) -> dict[str, str]:
        """What the file says about itself, with a signature over it."""
        told = {
            "Tệp": KIND, "Cụm": self.scope.cluster.slug, "Năm": self.scope.year.label,
            "Đơn vị": self.sheet.agency.code, "Bản tiêu chí": str(self.sheet.table.version),
        }  # fmt: skip
        return told | {"Dấu": signature(told)}


def signature(told: Mapping[str, str]) -> str:
    """Over what a file says about itself: nobody else writes it."""
    return Signer(salt=SALT).signature("\n".join(f"{key}={told[key]}" for key in sorted(told)))


def load(scope: Scope, agency_id: int, *, lock: bool = False) -> State | None:
    """The agency's sheet, or None where there is none or the person may not know what it holds.

    A draft is its agency's alone; who scores others sees it where ``queries_sheets`` says so.
    """
    sheet = sheet_for(scope, agency_id, lock=lock)
    if sheet is None:
        return None
    filler = agency_id in scope.answers_for
    if not filler and (sheet.state == SheetState.DRAFT or not visible_levels(scope, sheet)):
        return None
    whole = board(scope.year, [agency_id], table=sheet.table)
    if whole is None:
        return None
    seen = narrowed(scope, whole, [sheet])
    rows = ScoreLine.objects.filter(sheet=sheet, criterion__table=sheet.table).order_by("pk")
    lines = {line.criterion_id: line for line in rows}
    names = agency_names([agency_id], scope.today)
    state = State(scope, sheet, seen, names, seen.nodes(agency_id), {}, _levels(seen, agency_id))
    leaves = {node.key: node for node in state.nodes if isinstance(node, Leaf)}
    for row in seen.criteria:
        leaf, line = leaves.get(row.key), lines.get(row.pk)
        if leaf is not None and line is not None and leaf.applies:
            state.lines[row.key] = _current(state, row, leaf, line)
    return state


def _levels(seen: Board, agency_id: int) -> tuple[tuple[str, str], ...]:
    """Levels that have a figure the person sees."""
    used = {one.level for figures in seen.sheets[agency_id].figures.values() for one in figures}
    return tuple((level.key, level.label) for level in seen.levels if level.key in used)


def _current(state: State, row: Criterion, leaf: Leaf, line: ScoreLine) -> Current:
    agency = state.sheet.agency_id
    own = [
        one for one in state.board.sheets[agency].at(row.code, state.first_level) if one.scorer_id == agency
    ]
    given = Given(own[-1].facts if own else Facts(), line.explanation, line.citation)
    points = tuple(state.board.results(agency, key)[row.code].points for key, _label in state.levels)
    current = Current(row, leaf, line, given, points)
    current.is_open = current.is_own and line_is_open(state.scope, state.sheet, line.returned_at is not None)
    return current
