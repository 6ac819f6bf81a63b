"""Predicates over (scope, obj) and the rights of the members app."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _
from rules.predicates import Predicate, predicate

from core.access import add_right
from members.enums import Function

if TYPE_CHECKING:
    from members.scope import Scope

ONLY_CHAIR = _("Chỉ cán bộ của đơn vị Cụm trưởng làm được việc này.")
ONLY_LEADERSHIP = _("Chỉ cán bộ của đơn vị Cụm trưởng, Cụm phó làm được việc này.")
ONLY_MEMBERS = _("Chỉ cán bộ của đơn vị thành viên làm được việc này.")
INSIDERS = _("Chỉ người của Cụm thi đua và của Hội đồng xem được trang này.")


@predicate
def is_insider(scope: Scope, _obj: Any) -> bool:
    """Anybody with a function in this cluster-year."""
    return scope.is_insider


@predicate
def is_associate(scope: Scope, _obj: Any) -> bool:
    """Staff of an agency that scores a field of its own without being a member."""
    return bool(scope.scores_for)


@predicate
def is_chair(scope: Scope, _obj: Any) -> bool:
    """Staff of today's chair agency."""
    return scope.is_chair


@predicate
def is_deputy(scope: Scope, _obj: Any) -> bool:
    """Staff of a deputy agency of today."""
    return scope.is_deputy


@predicate
def is_member(scope: Scope, _obj: Any) -> bool:
    """Staff of a member agency of this year."""
    return scope.is_member


@predicate
def is_officer(scope: Scope, _obj: Any) -> bool:
    """Officer of the standing body for this cluster."""
    return scope.is_officer


@predicate
def is_council(scope: Scope, _obj: Any) -> bool:
    """Officer or council member in charge."""
    return scope.is_officer or scope.is_observer


@predicate
def is_unsealed(scope: Scope, _obj: Any) -> bool:
    """The year is not closed for good."""
    return not scope.sealed


def open_for(feature: str) -> Predicate:
    """The year's open step opens ``feature``."""

    @predicate(f"open_for:{feature}")
    def is_open(scope: Scope, _obj: Any) -> bool:
        return scope.opens(feature)

    return is_open


def open_for_own(feature: str) -> Predicate:
    """The same for what an agency does with its own: an extension counts for the agency that the object names.

    Without an object: for any agency of the person. What belongs to the whole cluster is nobody's own.
    """

    @predicate(f"open_for_own:{feature}")
    def is_open(scope: Scope, obj: Any) -> bool:
        if getattr(obj, "agency_id", obj) is None and obj is not None:
            return scope.opens(feature)  # what belongs to no agency: an extension opens nothing of it
        return scope.opens_for(feature, getattr(obj, "agency_id", None))

    return is_open


@predicate
def manages_people(scope: Scope, obj: Any) -> bool:
    """Leader of the object's agency, or officer; a council function is the system office's to give and to take."""
    if getattr(obj, "function", "") in COUNCIL_FUNCTIONS:
        return bool(getattr(scope.user, "is_superuser", False))
    led = {hat.agency_id for hat in scope.staff_hats if hat.function == Function.LEADER}
    agency_id = getattr(obj, "agency_id", None)
    return scope.is_officer or (bool(led) if agency_id is None else agency_id in led)


@predicate
def holds_for_council(scope: Scope, obj: Any) -> bool:
    """One's own council function; without an object: any."""
    own = obj is None or (obj.function in COUNCIL_FUNCTIONS and obj.user_id == scope.user.pk)
    return own and (scope.is_officer or scope.is_observer)


@predicate
def is_watched(scope: Scope, _obj: Any) -> bool:
    """Somebody else looks through this person's eyes."""
    return scope.watcher_id is not None


COUNCIL_FUNCTIONS = (Function.OBSERVER, Function.OFFICER)
leads = is_chair | is_deputy

add_right("year_view", is_insider, INSIDERS)
add_right("home_view", is_insider | is_associate, INSIDERS)
add_right("phase_advance", (is_chair | is_officer) & is_unsealed, _(
    "Chỉ cán bộ của đơn vị Cụm trưởng hoặc chuyên viên Thường trực Hội đồng chuyển được bước của năm."
), )  # fmt: skip
add_right("charter_view", is_insider, INSIDERS)
add_right("charter_edit", (is_chair | is_officer) & is_unsealed, _(
    "Chỉ cán bộ của đơn vị Cụm trưởng hoặc chuyên viên Thường trực Hội đồng sửa được quy chế của năm chưa đóng."
), )  # fmt: skip
add_right("year_open", is_chair | is_officer, _(
    "Chỉ cán bộ của đơn vị Cụm trưởng hoặc chuyên viên Thường trực Hội đồng mở được năm mới."
), )  # fmt: skip
CALENDAR = _(
    "Chỉ cán bộ của đơn vị Cụm trưởng hoặc chuyên viên Thường trực Hội đồng sửa được lịch của năm chưa đóng."
)
EXTENSIONS = _(
    "Gia hạn do cán bộ của đơn vị Cụm trưởng hoặc chuyên viên Thường trực Hội đồng quyết định khi năm chưa đóng; "
    "đơn vị Cụm trưởng do cán bộ của đơn vị Cụm phó hoặc chuyên viên Thường trực Hội đồng gia hạn."
)


@predicate
def grants_time(scope: Scope, receiver: Any) -> bool:
    """Nobody gives time to the own agency but the officer: the chair's own is the deputy's to decide.

    The object is an ``extensions.Receiver``; without one: any of them.
    """
    if scope.is_officer or receiver is None:
        return scope.is_officer or scope.is_chair or scope.is_deputy
    if receiver.agency_id in scope.answers_for:
        return False
    return scope.is_deputy if receiver.is_chair else scope.is_chair


add_right("calendar_view", is_insider, INSIDERS)
add_right("calendar_edit", (is_chair | is_officer) & is_unsealed, CALENDAR)
add_right("extension_edit", grants_time & is_unsealed, EXTENSIONS)
add_right("phase_step_back", (is_chair | is_officer) & is_unsealed, _(
    "Chỉ cán bộ của đơn vị Cụm trưởng hoặc chuyên viên Thường trực Hội đồng lùi được bước, khi năm chưa đóng."
))  # fmt: skip
add_right("year_reopen", is_officer, _("Chỉ chuyên viên Thường trực Hội đồng mở lại được năm đã đóng."))
add_right("people_view", is_insider, INSIDERS)
add_right("people_manage", manages_people, _(
    "Chỉ lãnh đạo của đơn vị và chuyên viên Thường trực Hội đồng quản lý được người dùng của đơn vị."
), )  # fmt: skip
add_right("person_deputise", manages_people | holds_for_council, _(
    "Chỉ lãnh đạo của đơn vị, chuyên viên Thường trực Hội đồng và chính người của Hội đồng cử được người làm thay."
), )  # fmt: skip
add_right("view_as", is_officer & ~is_watched, _(
    "Chỉ chuyên viên Thường trực Hội đồng phụ trách cụm xem được như người khác."
), )  # fmt: skip
add_right("membership_edit", is_officer & is_unsealed, _(
    "Chỉ chuyên viên Thường trực Hội đồng phụ trách cụm thay đổi được đơn vị thành viên, khi năm chưa đóng."
), )  # fmt: skip
add_right("roles_view", is_insider, INSIDERS)
add_right("roles_people", leads | is_council, _(
    "Chỉ cán bộ của đơn vị Cụm trưởng, Cụm phó và của Hội đồng xem được tên cán bộ của các đơn vị khác."
), )  # fmt: skip
add_right(
    "term_record", is_officer, _("Chỉ chuyên viên Thường trực Hội đồng phụ trách cụm ghi được nhiệm kỳ.")
)
add_right("planner_skip", leads | is_officer, _(
    "Chỉ cán bộ của đơn vị Cụm trưởng, Cụm phó hoặc chuyên viên Thường trực Hội đồng đổi được dự kiến luân phiên."
), )  # fmt: skip
