"""Rights about cross-checks, verification and the agencies that score from outside.

A right about a sheet is asked with a ``scoring.domain.desk.Check``: a sheet at a level, with the agencies whose staff
gives figures there. Nobody ever scores the own agency: neither its staff, nor an officer or observer who works for it,
nor who took over its records. Without an object a right answers in general: may somebody like this do it at all today.
"""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _
from rules.predicates import predicate

from core.access import add_right
from members import phases
from members.enums import Function
from members.rules import (
    INSIDERS,
    ONLY_LEADERSHIP,
    is_associate,
    is_council,
    is_insider,
    is_unsealed,
    leads,
    open_for,
)
from members.scope import Scope
from scoring.enums import SheetState


def is_own(scope: Scope, agency_id: int) -> bool:
    """Whether the person works for the agency in any function, or took over its records."""
    return agency_id in scope.answers_for or any(hat.agency_id == agency_id for hat in scope.hats)


def seat_of(scope: Scope, check: Any) -> int | None:
    """The agency for which the person gives figures; None when it is not theirs to give. No query."""
    if is_own(scope, check.sheet.agency_id):
        return None
    seats = [hat.agency_id for hat in scope.staff_hats if hat.agency_id in check.scorers]
    if check.officers:
        seats += [hat.agency_id for hat in scope.hats if hat.function == Function.OFFICER]
    return seats[0] if seats else None


@predicate
def has_seat(scope: Scope, check: Any) -> bool:
    """Staff of an agency that gives figures there, of none that it concerns."""
    if check is None:
        return bool(
            scope.is_member or scope.is_chair or scope.is_deputy or scope.is_officer or scope.scores_for
        )
    return seat_of(scope, check) is not None


@predicate
def is_given_now(scope: Scope, check: Any) -> bool:
    """Figures before anybody checks (lines that others give instead of the agency) while sheets are written too."""
    if check is None or check.is_first:
        return scope.opens(phases.SCORE) or scope.opens(phases.VERIFY)
    return scope.opens(phases.VERIFY)


@predicate
def takes_figures(_scope: Scope, check: Any) -> bool:
    """The sheet was sent and is not verified; lines given by others are given whatever the agency is doing."""
    if check is None:
        return True
    if check.is_first:
        return bool(check.sheet.state != SheetState.VERIFIED)
    return bool(check.sheet.state == SheetState.SENT)


@predicate
def is_unfinished(scope: Scope, check: Any) -> bool:
    """The scorer has not said "Chấm xong"."""
    return check is None or seat_of(scope, check) not in check.finished


@predicate
def is_sent(_scope: Scope, check: Any) -> bool:
    """Sent, and not yet verified or returned."""
    return check is None or check.sheet.state == SheetState.SENT


@predicate
def is_not_draft(_scope: Scope, check: Any) -> bool:
    """Sent at least once."""
    return check is None or check.sheet.sent_at is not None


SCORERS = _(
    "Không ai chấm đơn vị của chính mình. Ở mỗi cấp, điểm do cán bộ của đơn vị được phân công chấm; khi thẩm định mà "
    "chưa phân công thì do đơn vị Cụm trưởng, riêng bảng của đơn vị Cụm trưởng do Cụm phó. Chỉ chấm bảng đã gửi, chưa "
    "thẩm định xong và chưa bấm “Chấm xong”."
)
JUDGES = _(
    "Không ai xét bảng của đơn vị mình. Bảng chấm điểm đã gửi do cán bộ của đơn vị thẩm định xét; bảng của đơn vị Cụm "
    "trưởng do Cụm phó hoặc đơn vị được phân công."
)
EXCUSERS = _(
    "Miễn trừ điểm nộp trễ do cán bộ của đơn vị thẩm định quyết định, không phải cho đơn vị mình, với bảng đã gửi."
)
GAP_VIEWERS = _("Chỉ cán bộ của đơn vị Cụm trưởng, Cụm phó và của Hội đồng xem được bảng này.")

add_right("check_view", is_insider | is_associate, INSIDERS)
add_right("check_score", has_seat & is_given_now & takes_figures & is_unfinished, SCORERS, phases.VERIFY)
assigning = open_for(phases.SCORE_SEND) | open_for(phases.VERIFY)
add_right("assignment_edit", leads & assigning, ONLY_LEADERSHIP, phases.SCORE_SEND)
add_right("sheet_return", has_seat & is_sent & assigning, JUDGES, phases.VERIFY)
add_right("sheet_verify", has_seat & is_not_draft & open_for(phases.VERIFY), JUDGES, phases.VERIFY)
add_right("sheet_excuse", has_seat & is_not_draft & assigning, EXCUSERS, phases.VERIFY)
add_right("gap_view", leads | is_council, GAP_VIEWERS)
add_right("associate_edit", leads & is_unsealed, ONLY_LEADERSHIP)
