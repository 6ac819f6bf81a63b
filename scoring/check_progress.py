"""How far the scoring is: for oneself, and for those who lead by level and agency. No query beyond desk and board."""

from __future__ import annotations

from dataclasses import dataclass

from members.queries import member_rows
from members.scope import Scope
from scoring.domain.desk import Check, Desk
from scoring.domain.shapes import Level
from scoring.enums import SheetState
from scoring.models import Criterion
from scoring.totals import Board


@dataclass(frozen=True, slots=True)
class Work:
    """A sheet that somebody scores at a level: how many of the lines have a figure."""

    agency_id: int
    name: str
    given: int
    lines: int
    finished: bool
    open: bool
    state: str
    state_label: str
    url: str = ""

    @property
    def left(self) -> int:
        """Lines still to be given."""
        return 0 if self.finished else self.lines - self.given


@dataclass(frozen=True, slots=True)
class WorkGroup:
    """One's sheets at a level; ``criterion_url``: the first criterion over all of them."""

    level: Level
    works: list[Work]
    criterion_url: str

    @property
    def given(self) -> int:
        """Lines given of all sheets."""
        return sum(work.given for work in self.works)

    @property
    def lines(self) -> int:
        """Lines of all sheets."""
        return sum(work.lines for work in self.works)


@dataclass(frozen=True, slots=True)
class Cell:
    """A sheet at a level on the progress board; ``late``: short names of those who are not done."""

    percent: int | None
    words: str
    late: tuple[str, ...]
    state: str


def given_by(of: Board, agency: int, level: str, seat: int, rows: list[Criterion]) -> int:
    """How many of the criteria have a figure of the seat."""
    data = of.sheets[agency]
    return sum(any(one.scorer_id == seat for one in data.at(row.code, level)) for row in rows)


def in_order(scope: Scope, at: Desk) -> None:
    """Put the desk's sheets in charter order; two queries."""
    order = {row.agency_id: place for place, row in enumerate(member_rows(scope.year))}
    at.sheets = dict(sorted(at.sheets.items(), key=lambda pair: order.get(pair[0], len(order))))


def works(scope: Scope, at: Desk, of: Board, names: dict[int, tuple[str, str]]) -> list[WorkGroup]:
    """The person's work level by level, sheets in the order of the desk; no query."""
    found = []
    for level in at.settings.levels:
        mine = at.mine(level)
        rows = [_work(scope, at, of, names, check, seat) for check, seat in mine]
        if rows:
            first = at.lines_of(*mine[0])
            url = scope.address("check_criterion", level=level.key, criterion=first[0].pk) if first else ""
            found.append(WorkGroup(level, rows, url))
    return found


def _work(
    scope: Scope, at: Desk, of: Board, names: dict[int, tuple[str, str]], check: Check, seat: int
) -> Work:
    agency, state = check.sheet.agency_id, SheetState(check.sheet.state)
    rows = at.lines_of(check, seat)
    is_open = state == SheetState.SENT or (check.is_first and state != SheetState.VERIFIED)
    return Work(
        agency, names.get(agency, ("", ""))[0], given_by(of, agency, check.level.key, seat, rows), len(rows),
        seat in check.finished, is_open, state.value, str(state.label),
        scope.address("check_agency", level=check.level.key, agency=agency),
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Progress:
    """Levels × sheets."""

    levels: list[Level]
    rows: list[tuple[str, str, list[Cell]]]
    late: list[tuple[str, int]]


def progress(at: Desk, of: Board, names: dict[int, tuple[str, str]]) -> Progress:
    """For every sheet and level beyond the first how many of the lines are given, and who is not done; no query."""
    levels = list(at.settings.levels[1:])
    behind: dict[str, int] = {}
    rows = []
    for agency, sheet in at.sheets.items():
        cells = [_cell(at, of, names, at.check(agency, level), behind) for level in levels]
        rows.append((names.get(agency, ("", ""))[0], str(SheetState(sheet.state).label), cells))
    return Progress(levels, rows, sorted(behind.items(), key=lambda pair: -pair[1]))


def _cell(
    at: Desk, of: Board, names: dict[int, tuple[str, str]], check: Check, behind: dict[str, int]
) -> Cell:
    agency = check.sheet.agency_id
    given = lines = 0
    late = []
    for seat in sorted(check.scorers):
        rows = at.lines_of(check, seat)
        done = given_by(of, agency, check.level.key, seat, rows)
        given, lines = given + done, lines + len(rows)
        if done < len(rows) and check.sheet.state == SheetState.SENT:
            name = names.get(seat, ("", ""))[1]
            late.append(name)
            behind[name] = behind.get(name, 0) + len(rows) - done
    if not lines:
        return Cell(None, "–", (), check.sheet.state)
    return Cell(given * 100 // lines, f"{given}/{lines}", tuple(late), check.sheet.state)
