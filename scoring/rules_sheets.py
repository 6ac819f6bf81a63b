"""Rights about score sheets, for whoever fills them in.

A sheet that a right is asked about comes from ``queries_sheets.sheets_for`` (or carries what that annotates). Without
an object a right answers in general: may somebody like this do it at all today.
"""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _
from rules.predicates import predicate

from core.access import add_right
from members import phases
from members.rules import INSIDERS, is_council, is_insider, leads, open_for, open_for_own
from members.scope import Scope
from scoring.enums import SheetState


@predicate
def fills_sheet(scope: Scope, sheet: Any) -> bool:
    """Staff of the agency whose sheet it is, or of the one that took over its records."""
    return scope.is_member if sheet is None else sheet.agency_id in scope.answers_for


@predicate
def scores_sheet(_scope: Scope, sheet: Any) -> bool:
    """Staff of an agency that was given this sheet to score."""
    return sheet is not None and bool(getattr(sheet, "my_levels", ""))


@predicate
def is_draft_sheet(_scope: Scope, sheet: Any) -> bool:
    """Not sent yet."""
    return sheet is None or sheet.state == SheetState.DRAFT


@predicate
def is_returned_sheet(_scope: Scope, sheet: Any) -> bool:
    """Some of its lines were sent back with reasons."""
    return sheet is None or sheet.state == SheetState.RETURNED


@predicate
def is_sent_sheet(_scope: Scope, sheet: Any) -> bool:
    """Sent, and nobody else has given it a figure yet."""
    return sheet is None or (sheet.state == SheetState.SENT and not getattr(sheet, "is_touched", False))


FILLERS = _(
    "Chỉ cán bộ của đơn vị chấm được bảng của đơn vị mình, khi bảng chưa gửi hoặc có dòng bị trả lại để sửa."
)
SENDERS = _("Chỉ cán bộ của đơn vị gửi được bảng của đơn vị mình, khi bảng chưa gửi hoặc có dòng bị trả lại.")
TAKERS = _(
    "Chỉ cán bộ của đơn vị thu hồi được bảng của đơn vị mình, khi chưa ai chấm chéo hoặc thẩm định dòng nào."
)
TALKERS = _(
    "Chỉ cán bộ của đơn vị có bảng chấm điểm, của đơn vị được phân công chấm, của Cụm trưởng, Cụm phó và của Hội đồng "
    "trao đổi được về từng tiêu chí, khi năm còn ở các bước chấm điểm."
)

scoring, sending, verifying = (
    open_for_own(phases.SCORE), open_for_own(phases.SCORE_SEND), open_for(phases.VERIFY),
)  # fmt: skip
talking = scoring | verifying | open_for(phases.APPEALS)

add_right("sheet_view", is_insider & (fills_sheet | leads | is_council | scores_sheet), INSIDERS)
add_right(
    "sheet_edit",
    fills_sheet & ((is_draft_sheet & scoring) | (is_returned_sheet & (scoring | verifying))),
    FILLERS,
    phases.SCORE,
)
add_right(
    "sheet_send",
    fills_sheet & ((is_draft_sheet & sending) | (is_returned_sheet & (sending | verifying))),
    SENDERS,
    phases.SCORE_SEND,
)
add_right("sheet_take_back", fills_sheet & is_sent_sheet & sending, TAKERS, phases.SCORE_SEND)
add_right("sheet_line_note", (fills_sheet | leads | is_council | scores_sheet) & talking, TALKERS)
