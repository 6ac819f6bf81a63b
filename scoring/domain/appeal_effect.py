"""What a decision about one line does to totals and ranks: "91,5 → 92,0, hạng 3 → 2"."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from scoring.domain.ranking import Standing as Place
from scoring.domain.ranking import rank
from scoring.domain.shapes import Facts, Total
from scoring.totals import Board


@dataclass(frozen=True, slots=True)
class Effect:
    """Figures of one agency before and after; ranks are None where it is not ranked."""

    points_before: Decimal | None
    points_after: Decimal | None
    total_before: Decimal
    total_after: Decimal
    rank_before: int | None
    rank_after: int | None


@dataclass(frozen=True, slots=True)
class Standing:
    """Where an agency stands on a board with one of its lines."""

    points: Decimal | None
    total: Decimal
    rank: int | None


def standing(board: Board, agency_id: int, code: str, facts: Facts | None = None) -> Standing:
    """As the board shows it; with ``facts`` as it would show it if they stood in the line."""
    totals = {agency: board.total(agency) for agency in {*board.counted(), agency_id}}
    points = board.results(agency_id)[code].points
    if facts is not None:
        totals[agency_id] = board.total(agency_id, replaced={code: facts})
        points = facts.points
    return Standing(points, totals[agency_id].total, _rank(board, totals, agency_id))


def _rank(board: Board, totals: Mapping[int, Total], agency_id: int) -> int | None:
    places = [Place(agency, totals[agency].total, ()) for agency in sorted(totals)]
    return next((one.rank for one in rank(places, dense=board.rules.dense) if one.key == agency_id), None)


def between(before: Standing, after: Standing) -> Effect:
    """What lies between two moments."""
    return Effect(before.points, after.points, before.total, after.total, before.rank, after.rank)


def plain(effect: Effect) -> dict[str, Any]:
    """As ``Appeal.effect`` keeps it: figures as text."""
    return {
        "total_before": _text(effect.total_before), "total_after": _text(effect.total_after),
        "rank_before": effect.rank_before, "rank_after": effect.rank_after,
    }  # fmt: skip


def _text(number: Decimal | None) -> str | None:
    return None if number is None else format(number, "f")
