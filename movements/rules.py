"""Predicates and rights of the movements app.

An activity that a right is asked about comes from ``domain.visible``: it carries ``owner_is_chair`` and ``is_partner``.
Without an object a right answers in general: may somebody like this do it at all today.
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
    ONLY_CHAIR,
    ONLY_LEADERSHIP,
    ONLY_MEMBERS,
    is_chair,
    is_council,
    is_insider,
    is_member,
    is_unsealed,
    leads,
    open_for,
    open_for_own,
)
from members.scope import Scope
from movements.enums import ActivityState, RegistrationState


@predicate
def owns_activity(scope: Scope, activity: Any) -> bool:
    """Staff of the agency that answers for it; for one of the whole cluster the chair's staff."""
    if activity is None:
        return scope.is_member or scope.is_chair
    return scope.is_chair if activity.agency_id is None else activity.agency_id in scope.answers_for


@predicate
def is_partner(_scope: Scope, activity: Any) -> bool:
    """Staff of an agency that did it together with the owner."""
    return activity is not None and activity.is_partner


@predicate
def owns_library(scope: Scope, evidence: Any) -> bool:
    """Staff of the agency whose library the file is in; for the cluster's the chair's staff."""
    if evidence is None:
        return scope.is_member or scope.is_chair
    return scope.is_chair if evidence.agency_id is None else evidence.agency_id in scope.answers_for


@predicate
def is_shown(_scope: Scope, evidence: Any) -> bool:
    """The file stands beside an activity that the person may see (``shown``, see ``domain.evidence``)."""
    return evidence is None or evidence.shown


@predicate
def is_open_record(_scope: Scope, activity: Any) -> bool:
    """A draft, or returned with a reason: its owner is still writing it."""
    return activity is None or activity.state in (ActivityState.DRAFT, ActivityState.RETURNED)


@predicate
def is_returned(_scope: Scope, activity: Any) -> bool:
    """Returned with a reason, so the owner must be able to mend it although the entry step may be over."""
    return activity is None or activity.state == ActivityState.RETURNED


@predicate
def is_submitted(_scope: Scope, activity: Any) -> bool:
    """Sent and not yet confirmed or returned."""
    return activity is None or activity.state == ActivityState.SUBMITTED


@predicate
def is_known_to_all(_scope: Scope, activity: Any) -> bool:
    """Sent or confirmed: every insider sees it."""
    return activity is None or activity.state in (ActivityState.SUBMITTED, ActivityState.CONFIRMED)


@predicate
def judges_activity(scope: Scope, activity: Any) -> bool:
    """Four eyes: the chair's staff judges other agencies' records, the deputy's those of the chair and the cluster."""
    if activity is None:
        return scope.is_chair or scope.is_deputy
    if activity.agency_id is not None and activity.agency_id in scope.answers_for:
        return False
    if activity.agency_id is None or activity.owner_is_chair:
        return scope.is_deputy
    return scope.is_chair


@predicate
def is_for_all(_scope: Scope, movement: Any) -> bool:
    """Launched above, or by the cluster: not a member's own movement."""
    return movement is None or movement.agency_id is None


@predicate
def launches_own(scope: Scope, movement: Any) -> bool:
    """Staff of the member that launched it for itself."""
    if movement is None:
        return scope.is_member
    return movement.agency_id is not None and movement.agency_id in scope.answers_for


@predicate
def is_confirmed(_scope: Scope, activity: Any) -> bool:
    """Judged, and counted from then on."""
    return activity is None or activity.state == ActivityState.CONFIRMED


entry, correction, confirming = (
    open_for_own(phases.ENTRY),
    open_for(phases.CORRECTION),
    open_for(phases.CONFIRM),
)
corrects = is_chair & correction
sees = is_insider & (is_known_to_all | owns_activity | is_partner)
writes = owns_activity & ((entry & is_open_record) | (confirming & is_returned))

OWNERS = _("Chỉ cán bộ của đơn vị có hoạt động sửa được, khi hoạt động còn là nháp hoặc bị trả lại.")
SENDERS = _("Chỉ cán bộ của đơn vị có hoạt động gửi được, khi hoạt động còn là nháp hoặc bị trả lại.")
TAKERS = _(
    "Chỉ cán bộ của đơn vị có hoạt động thu hồi được, khi hoạt động đã gửi và chưa được xác nhận hay trả lại."
)
JUDGES = _(
    "Chỉ cán bộ của đơn vị Cụm trưởng xác nhận hoặc trả lại được hoạt động đã gửi của đơn vị khác; hoạt động của chính "
    "đơn vị Cụm trưởng và hoạt động chung của Cụm do cán bộ của đơn vị Cụm phó xem xét."
)

OWN_MOVEMENTS = _(
    "Phong trào do một đơn vị phát động trong đơn vị mình chỉ cán bộ của đơn vị ấy ghi và sửa được; phong trào khác do "
    "cán bộ của đơn vị Cụm trưởng, Cụm phó."
)

PUBLISHERS = _(
    "Chỉ cán bộ của đơn vị Cụm trưởng cho công khai được, và chỉ hoạt động đã xác nhận; đơn vị có hoạt động đề nghị "
    "công khai trong biểu mẫu."
)
HIDERS = _(
    "Chỉ cán bộ của đơn vị có hoạt động và của đơn vị Cụm trưởng thôi công khai được, khi năm chưa đóng."
)
REVIEWERS = _(
    "Sơ kết, tổng kết do cán bộ của đơn vị Cụm trưởng, Cụm phó ghi; của phong trào do một đơn vị phát động trong đơn "
    "vị mình thì do chính đơn vị ấy; khi năm chưa đóng."
)
KEEPERS = _(
    "Chỉ cán bộ của đơn vị giữ kho minh chứng thêm và sửa được tệp của kho; kho chung của Cụm do cán bộ của đơn vị Cụm "
    "trưởng giữ."
)

GIFT_JUDGES = _(
    "Chỉ cán bộ của đơn vị Cụm trưởng xác nhận được khoản đóng góp của đơn vị khác, khi hoạt động đã gửi; khoản của "
    "chính đơn vị Cụm trưởng và của cả Cụm do cán bộ của đơn vị Cụm phó xác nhận."
)
GIFT_OWNERS = _("Chỉ cán bộ của đơn vị có hoạt động ghi được xác nhận của nơi nhận.")
RULERS = _("Chỉ cán bộ của đơn vị Cụm trưởng hoặc của đơn vị có khoản đó kết luận được.")

add_right("movement_edit", leads & is_for_all & open_for(phases.MOVEMENTS), ONLY_LEADERSHIP, phases.MOVEMENTS)
add_right("movement_own", launches_own & open_for_own(phases.MOVEMENTS), OWN_MOVEMENTS, phases.MOVEMENTS)
add_right("movement_send", leads & is_for_all & open_for(phases.MOVEMENTS), ONLY_LEADERSHIP, phases.MOVEMENTS)
add_right("movement_follow", leads | is_council, _(
    "Chỉ cán bộ của đơn vị Cụm trưởng, Cụm phó và của Hội đồng xem được bảng theo dõi."
))  # fmt: skip
reviewing = open_for(phases.MOVEMENTS) | open_for(phases.TEXTS)
add_right("movement_review", ((leads & is_for_all) | launches_own) & reviewing, REVIEWERS)
add_right("movement_join", is_member & open_for_own(phases.MOVEMENTS), ONLY_MEMBERS, phases.MOVEMENTS)
add_right("activity_view", sees, INSIDERS)
add_right("evidence_view", is_insider & (owns_library | is_shown), INSIDERS)
add_right("evidence_add", owns_library & (entry | correction), KEEPERS, phases.ENTRY)
add_right("evidence_edit", owns_library & (entry | correction), KEEPERS, phases.ENTRY)
add_right("tag_edit", leads & is_unsealed, ONLY_LEADERSHIP)
add_right("activity_add", (is_member & entry) | (is_chair & (entry | correction)), ONLY_MEMBERS, phases.ENTRY)
add_right("activity_edit", writes | corrects, OWNERS, phases.ENTRY)
add_right("activity_submit", writes | (corrects & is_open_record), SENDERS, phases.ENTRY)
add_right("activity_take_back", owns_activity & entry & is_submitted, TAKERS, phases.ENTRY)
add_right("activity_confirm", judges_activity & is_submitted & confirming, JUDGES, phases.CONFIRM)
add_right("activity_return", judges_activity & is_submitted & confirming, JUDGES, phases.CONFIRM)
add_right("activity_publish", is_chair & is_confirmed & confirming, PUBLISHERS, phases.CONFIRM)
add_right("activity_hide", (owns_activity | is_chair) & is_confirmed & is_unsealed, HIDERS)


# -- compact and registrations -------------------------------------------------------------------
@predicate
def signs_for(scope: Scope, seat: Any) -> bool:
    """Leader of the member agency that the object names, or who stands in for one; a clerk does not sign."""
    led = {hat.agency_id for hat in scope.staff_hats if hat.function == Function.LEADER and hat.is_member}
    return bool(led) if seat is None else seat.agency_id in led


@predicate
def is_open_registration(_scope: Scope, row: Any) -> bool:
    """A draft, or returned with a reason: its agency is still writing it."""
    return row is None or row.state in (RegistrationState.DRAFT, RegistrationState.RETURNED)


@predicate
def is_returned_registration(_scope: Scope, row: Any) -> bool:
    """Returned with a reason, so its agency must be able to mend it although the step may be over."""
    return row is None or row.state == RegistrationState.RETURNED


@predicate
def is_sent_registration(_scope: Scope, row: Any) -> bool:
    """Sent and not yet answered."""
    return row is None or row.state == RegistrationState.SENT


@predicate
def is_known_registration(_scope: Scope, row: Any) -> bool:
    """Sent or accepted: the plan stands, figures may follow."""
    return row is None or row.state in (RegistrationState.SENT, RegistrationState.ACCEPTED)


pledging = open_for_own(phases.PLEDGES)
registers = owns_activity & ((pledging & is_open_registration) | (confirming & is_returned_registration))
judging = open_for(phases.PLEDGES) | confirming

SIGNERS = _(
    "Chỉ lãnh đạo của đơn vị thành viên, hoặc người được cử làm thay lãnh đạo, ký được giao ước cho đơn vị mình."
)
PLEDGE_OPENERS = _("Chỉ cán bộ của đơn vị Cụm trưởng mở ký, chốt và đưa giao ước về bản nháp được.")
REGISTERS = _("Chỉ cán bộ của đơn vị sửa và gửi được bản đăng ký của mình, khi còn là nháp hoặc bị trả lại.")
REGISTER_TAKERS = _(
    "Chỉ cán bộ của đơn vị thu hồi được bản đăng ký đã gửi mà chưa được tiếp nhận hay trả lại."
)
REGISTER_JUDGES = _(
    "Chỉ cán bộ của đơn vị Cụm trưởng tiếp nhận hoặc trả lại được bản đăng ký của đơn vị khác; bản của chính "
    "đơn vị Cụm trưởng do cán bộ của đơn vị Cụm phó xem xét."
)
ACHIEVERS = _(
    "Chỉ cán bộ của đơn vị ghi được kết quả của chỉ tiêu đã gửi; ở các bước sau, cán bộ của đơn vị Cụm trưởng chỉnh lý."
)

add_right("pledge_edit", leads & open_for(phases.PLEDGES), ONLY_LEADERSHIP, phases.PLEDGES)
add_right("pledge_open", is_chair & open_for(phases.PLEDGES), PLEDGE_OPENERS, phases.PLEDGES)
add_right("pledge_sign", signs_for & pledging, SIGNERS, phases.PLEDGES)
add_right("registration_edit", registers, REGISTERS, phases.PLEDGES)
add_right("registration_send", registers, REGISTERS, phases.PLEDGES)
add_right(
    "registration_take_back", owns_activity & pledging & is_sent_registration, REGISTER_TAKERS, phases.PLEDGES
)
add_right(
    "registration_judge", judges_activity & is_known_registration & judging, REGISTER_JUDGES, phases.PLEDGES
)
add_right(
    "target_actual", is_known_registration & ((owns_activity & entry) | corrects), ACHIEVERS, phases.ENTRY
)
add_right("gift_confirm", judges_activity & is_known_to_all & confirming, GIFT_JUDGES, phases.CONFIRM)
add_right("gift_confirm_receiver", owns_activity & (entry | confirming), GIFT_OWNERS, phases.CONFIRM)
add_right("duplicate_rule", (is_chair | owns_activity) & confirming, RULERS, phases.CONFIRM)
add_right("beneficiary_edit", is_chair & confirming, ONLY_CHAIR, phases.CONFIRM)
