"""The arithmetic of caps: what was added so far, how much room is left, what one more adjustment would count."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from django.utils.translation import gettext as _

from core.quantity import format_number
from members.scope import Scope
from scoring.domain.shapes import Change
from scoring.enums import AdjustmentKind
from scoring.models import Adjustment
from scoring.queries_appeals import window_of
from scoring.totals import Board

POINTED = (AdjustmentKind.BONUS, AdjustmentKind.PENALTY)
ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Room:
    """Points of one direction: ``had`` before this adjustment (within the cap), ``cap`` None = no cap."""

    kind: str
    had: Decimal
    cap: Decimal | None
    asked: Decimal = ZERO
    counts: Decimal = ZERO

    @property
    def left(self) -> Decimal | None:
        """How much still fits under the cap."""
        return None if self.cap is None else max(self.cap - self.had, ZERO)


def cap_of(board: Board | None, kind: str) -> Decimal | None:
    """The cap of the table for bonus or penalty; None without one, or without a table."""
    if board is None:
        return None
    return board.settings.bonus_cap if kind == AdjustmentKind.BONUS else board.settings.penalty_cap


def level_for(scope: Scope, board: Board | None) -> str | None:
    """At which level the person may see sums: the final one for leadership and council, for members once the points
    were released; until then their own figures alone. One query for members.
    """
    leads = scope.is_chair or scope.is_deputy or scope.is_officer or scope.is_observer
    if board is None or leads or window_of(scope.year).released_at is not None:
        return None
    return str(board.levels[0].key)


def room(
    board: Board | None, agency_id: int, kind: str, asked: Decimal = ZERO, *, level: str | None = None
) -> Room:
    """What ``asked`` more points would count at a level (None: final); from the totals where the agency has a sheet,
    else from the approved adjustments alone."""
    changes = list(board.changes.get(agency_id, ())) if board else []
    had = _part(board, agency_id, kind, changes, level)
    with_it = _part(board, agency_id, kind, [*changes, Change(kind, asked)], level) if asked else had
    return Room(kind, had, cap_of(board, kind), asked, with_it - had)


def room_without(board: Board | None, row: Adjustment, *, level: str | None = None) -> Room:
    """The same for one that is approved already: what it counts beside the others."""
    changes = list(board.changes.get(row.agency_id, ())) if board else []
    same = next((one for one in changes if one.kind == row.kind and one.points == row.points), None)
    if same is not None:
        changes.remove(same)
    had = _part(board, row.agency_id, row.kind, changes, level)
    with_it = _part(board, row.agency_id, row.kind, [*changes, Change(row.kind, row.points or ZERO)], level)
    return Room(row.kind, had, cap_of(board, row.kind), row.points or ZERO, with_it - had)


def _part(
    board: Board | None, agency_id: int, kind: str, changes: Sequence[Change], level: str | None
) -> Decimal:
    """Bonus or penalty of the agency with these changes, as the one function of totals makes it."""
    if board is not None and agency_id in board.sheets:
        total = replace(board, changes={agency_id: list(changes)}).total(agency_id, level)
        return total.bonus if kind == AdjustmentKind.BONUS else total.penalty
    plain = sum((one.points for one in changes if one.kind == kind), ZERO)
    cap = cap_of(board, kind)
    return plain if cap is None else min(plain, cap)


def room_words(found: Room) -> str:
    """ "đã cộng 8, trần 10, còn 2: khoản này tính 2"."""
    values = {"had": format_number(found.had), "counts": format_number(found.counts)}
    adds = found.kind == AdjustmentKind.BONUS
    if found.cap is None:
        words = (
            _("đã cộng %(had)s, không có trần: khoản này tính %(counts)s")
            if adds
            else _("đã trừ %(had)s, không có trần: khoản này tính %(counts)s")
        )
        return words % values
    values |= {"cap": format_number(found.cap), "left": format_number(found.left or ZERO)}
    words = (
        _("đã cộng %(had)s, trần %(cap)s, còn %(left)s: khoản này tính %(counts)s")
        if adds
        else _("đã trừ %(had)s, trần %(cap)s, còn %(left)s: khoản này tính %(counts)s")
    )
    return words % values
