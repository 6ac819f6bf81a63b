"""Rights about appeals, adjustments and notices.

An appeal or adjustment that a right is asked about comes from ``scoring.domain.appeals`` or ``.adjustments``: it
carries ``deciders`` and ``deciding_officers``, the agencies whose staff may decide it, and ``barred``, those whose
staff may not (``scoring.domain.deciders`` has the rule). Without an object a right answers in general: may
somebody like this do it at all today.
"""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _
from rules.predicates import predicate

from core.access import add_right
from members import phases
from members.rules import INSIDERS, is_council, is_insider, is_member, is_officer, leads, open_for
from members.scope import Scope
from scoring.enums import AdjustmentState, AppealState
from scoring.rules import is_announced


@predicate
def filed_it(scope: Scope, appeal: Any) -> bool:
    """Staff of the agency that filed the appeal (or whose sheet it is about)."""
    return scope.is_member if appeal is None else appeal.filer_id in scope.answers_for


@predicate
def owns_sheet(scope: Scope, sheet: Any) -> bool:
    """Staff of the agency whose sheet it is."""
    return scope.is_member if sheet is None else sheet.agency_id in scope.answers_for


@predicate
def is_undecided(_scope: Scope, appeal: Any) -> bool:
    """Nobody has decided it yet, and it was not withdrawn."""
    return appeal is None or appeal.state == AppealState.FILED


@predicate
def may_decide(scope: Scope, row: Any) -> bool:
    """Staff of an agency that decides this one, of none that it concerns."""
    if row is None:
        return scope.is_chair or scope.is_deputy or scope.is_officer
    return seat_of(scope, row) is not None


def seat_of(scope: Scope, row: Any) -> int | None:
    """The agency for which the person would decide; None when it is not theirs to decide."""
    if row.barred & (scope.answers_for | {hat.agency_id for hat in scope.hats}):
        return None
    seats = [
        hat.agency_id
        for hat in scope.hats
        if (hat.is_chair or hat.is_deputy) and hat in scope.staff_hats and hat.agency_id in row.deciders
    ]
    if scope.is_officer:
        seats += [
            hat.agency_id
            for hat in scope.hats
            if hat not in scope.staff_hats and hat.agency_id in row.deciding_officers
        ]
    return seats[0] if seats else None


@predicate
def sees_adjustment(scope: Scope, row: Any) -> bool:
    """Leadership and council see all; an agency what it proposed, and what was decided about it."""
    if row is None or scope.is_chair or scope.is_deputy or scope.is_officer or scope.is_observer:
        return True
    if row.proposer_id in scope.answers_for:
        return True
    decided = row.state in (AdjustmentState.APPROVED, AdjustmentState.REFUSED)
    if row.agency_id in scope.answers_for:
        return decided
    return row.state == AdjustmentState.APPROVED and is_announced.test(scope, row)


@predicate
def proposes_for(scope: Scope, agency_id: Any) -> bool:
    """A member proposes for itself; leadership and officer for anybody."""
    if agency_id is None or scope.is_chair or scope.is_deputy or scope.is_officer:
        return True
    return agency_id in scope.answers_for


@predicate
def proposed_it(scope: Scope, row: Any) -> bool:
    """Staff of the agency that proposed it, or the officer who did."""
    if row is None:
        return True
    return row.proposer_id in scope.answers_for | {hat.agency_id for hat in scope.hats}


@predicate
def is_waiting(_scope: Scope, row: Any) -> bool:
    """Proposed and not yet decided."""
    return row is None or row.state == AdjustmentState.PROPOSED


_APPEAL_SEEN = _(
    "Kiến nghị chỉ mở cho cán bộ của đơn vị kiến nghị, của đơn vị Cụm trưởng, Cụm phó và của Hội đồng."
)
_APPEAL_DECIDED = _(
    "Kiến nghị do cán bộ của đơn vị Cụm trưởng hoặc Cụm phó giải quyết, không phải đơn vị kiến nghị và không phải bên "
    "đã cho điểm bị kiến nghị; khi cả hai đều liên quan thì chuyên viên Thường trực Hội đồng giải quyết. Kiến nghị đã "
    "giải quyết hoặc đã rút không giải quyết lại."
)
_ADJUSTMENT_DECIDED = _(
    "Đề xuất điều chỉnh do cán bộ của đơn vị Cụm trưởng quyết định; đề xuất của Cụm trưởng hoặc về chính Cụm trưởng do "
    "Cụm phó; khi cả hai đều liên quan thì chuyên viên Thường trực Hội đồng. Đề xuất đã quyết định thì giữ nguyên."
)

add_right("appeal_view", is_insider & (filed_it | leads | is_council), _APPEAL_SEEN)
add_right(
    "appeal_file",
    is_insider & owns_sheet & open_for(phases.APPEALS),
    _("Chỉ cán bộ của đơn vị có bảng chấm điểm gửi được kiến nghị."),
    phases.APPEALS,
)
add_right(
    "appeal_reply",
    is_insider & (filed_it | leads | is_officer) & is_undecided & open_for(phases.APPEALS),
    _("Chỉ đơn vị kiến nghị và bên giải quyết trao đổi được, khi kiến nghị chưa giải quyết xong."),
    phases.APPEALS,
)
add_right(
    "appeal_withdraw",
    is_insider & filed_it & is_undecided & open_for(phases.APPEALS),
    _("Chỉ cán bộ của đơn vị kiến nghị rút được kiến nghị, khi chưa giải quyết."),
    phases.APPEALS,
)
add_right(
    "appeal_decide",
    is_insider & may_decide & is_undecided & open_for(phases.APPEALS),
    _APPEAL_DECIDED,
    phases.APPEALS,
)
add_right(
    "adjustment_view",
    is_insider & sees_adjustment,
    _(
        "Điều chỉnh điểm chỉ mở cho bên đề xuất, đơn vị được xét sau khi quyết định, Cụm trưởng, Cụm phó và Hội đồng."
    ),
)
add_right(
    "adjustment_propose",
    is_insider & (leads | is_officer | is_member) & proposes_for & open_for(phases.ADJUST),
    _(
        "Đơn vị thành viên đề xuất được điều chỉnh điểm cho chính mình; Cụm trưởng, Cụm phó và chuyên viên Thường trực "
        "Hội đồng đề xuất được cho mọi đơn vị."
    ),
    phases.ADJUST,
)
add_right(
    "adjustment_withdraw",
    is_insider & proposed_it & is_waiting & open_for(phases.ADJUST),
    _("Chỉ bên đề xuất rút được đề xuất điều chỉnh, khi chưa quyết định."),
    phases.ADJUST,
)
add_right(
    "adjustment_decide",
    is_insider & may_decide & is_waiting & open_for(phases.ADJUST),
    _ADJUSTMENT_DECIDED,
    phases.ADJUST,
)
add_right("score_notices_view", is_insider & is_member, INSIDERS)
