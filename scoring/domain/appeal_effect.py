"""What a decision about one line does to totals and ranks: "91,5 → 92,0, hạng 3 → 2"."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from members.models import ClusterYear
from scoring.domain.shapes import Facts, Total
from scoring.results import YearResult, previous_ranks, ranked, year_result
from scoring.totals import Board


@dataclass(frozen=True, slots=True)
class Standing:
    """Where an agency stands with one of its lines; the rank is the one that points give, None without one."""

    points: Decimal | None
    total: Decimal
    rank: int | None
    provisional: bool = False


@dataclass(frozen=True, slots=True)
class Scene:
    """A year's result with what ties are broken by, so that several standings are asked of one reading."""

    result: YearResult
    before: Mapping[int, int]

    @property
    def board(self) -> Board:
        """The board; a scene without one is not made."""
        assert self.result.board is not None  # noqa: S101 - see :func:`scene`
        return self.result.board

    def standing(self, agency_id: int, code: str, facts: Facts | None = None) -> Standing:
        """As the board shows it; with ``facts`` as it would show it if they stood in the line.

        ``code`` empty: of no line. Raises ``KeyError`` for an agency without a sheet, or a code that the table has not.
        """
        total = self.board.total(agency_id, replaced={code: facts} if facts else None)
        points = facts.points if facts else None
        if code and facts is None:
            points = self.board.results(agency_id)[code].points
        return Standing(points, total.total, self._rank(agency_id, total), self.result.provisional(total))

    def _rank(self, agency_id: int, total: Total) -> int | None:
        rows = [
            replace(row, final=total) if row.member.agency_id == agency_id and row.final is not None else row
            for row in self.result.rows
        ]
        placed = ranked(replace(self.result, rows=rows), before=self.before)
        return next((one.scored for one in placed if one.row.member.agency_id == agency_id), None)


def scene(year: ClusterYear) -> Scene | None:
    """The year as it stands now; None without a table in force. Fourteen queries."""
    result = year_result(year)
    return Scene(result, previous_ranks(year)) if result.board else None


def plain(before: Standing, after: Standing) -> dict[str, Any]:
    """What lies between two moments, as ``Appeal.effect`` keeps it: figures as text."""
    return {
        "total_before": format(before.total, "f"), "total_after": format(after.total, "f"),
        "rank_before": before.rank, "rank_after": after.rank,
    }  # fmt: skip
