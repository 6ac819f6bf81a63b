"""What compact and registrations ask of a person, for the home page; three queries, none when nothing is open."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core.access import may
from members import phases
from members.domain.terms import is_member_on
from members.models import Membership
from members.scope import Scope
from members.tasks import Task
from movements.domain.signatures import Seat
from movements.enums import PledgeState, RegistrationState
from movements.models import Pledge, Registration, Signature
from movements.queries_pledges import of_year, roll_day


def pledge_tasks(scope: Scope) -> list[Task]:
    """To sign, to mend or send what was begun, to answer what was sent."""
    if scope.sealed or not (scope.opens_for(phases.PLEDGES) or scope.opens(phases.CONFIRM)):
        return []
    if not (scope.answers_for or scope.is_chair or scope.is_deputy):
        return []
    return [*_signing(scope), *_registering(scope)]


def _signing(scope: Scope) -> list[Task]:
    pledge = Pledge.objects.filter(year=scope.year, state=PledgeState.OPEN).first()
    if pledge is None or not scope.opens_for(phases.PLEDGES):
        return []
    signed = Signature.objects.filter(pledge=pledge, lapsed_at__isnull=True).values("agency")
    day = roll_day(scope.year, scope.today, pledge)
    rows = Membership.objects.filter(year=scope.year, agency__in=scope.agency_ids).exclude(agency__in=signed)
    waiting = [row.agency_id for row in rows.order_by("order") if is_member_on(row, day)]
    names = {hat.agency_id: hat.agency_name for hat in scope.staff_hats}
    return [_sign_task(scope, pledge, agency, names[agency]) for agency in waiting]


def _sign_task(scope: Scope, pledge: Pledge, agency: int, name: str) -> Task:
    if may(scope, "pledge_sign", Seat(agency)):
        title = _("Ký giao ước thi đua thay mặt %(agency)s") % {"agency": name}
        return Task(
            title, pledge.title, scope.address("pledge_sign"), _("Đọc và ký"), "warn", pledge.signing_on
        )
    title = _("%(agency)s chưa ký giao ước thi đua") % {"agency": name}
    detail = _("Lãnh đạo đơn vị, hoặc người được cử làm thay, đăng nhập để ký.")
    return Task(title, detail, scope.address("pledge"), _("Xem giao ước"), "none", pledge.signing_on)


def _registering(scope: Scope) -> list[Task]:
    rows = list(of_year(scope).exclude(state=RegistrationState.ACCEPTED).order_by("pk"))
    tasks = [task for row in rows if (task := _own_task(scope, row))]
    waiting = sum(
        1 for row in rows if row.state == RegistrationState.SENT and may(scope, "registration_judge", row)
    )
    if waiting:
        title = ngettext(
            "Tiếp nhận %(count)s bản đăng ký đã gửi", "Tiếp nhận %(count)s bản đăng ký đã gửi", waiting
        )
        detail = _("Xem chỉ tiêu, danh hiệu rồi tiếp nhận, hoặc trả lại kèm lý do.")
        address = scope.address("registration_list")
        tasks.append(Task(title % {"count": waiting}, detail, address, _("Xem các đơn vị"), "warn"))
    return tasks


def _own_task(scope: Scope, row: Registration) -> Task | None:
    if not may(scope, "registration_send", row):
        return None
    address = scope.address("registration", pk=row.agency_id)
    if row.state == RegistrationState.RETURNED:
        return Task(_("Sửa và gửi lại bản đăng ký thi đua"), row.return_reason, address, _("Sửa"), "err")
    return Task(
        _("Gửi bản đăng ký thi đua còn là nháp"), _("Bản nháp chưa ai ngoài đơn vị thấy."), address,
        _("Xem và gửi"), "warn",
    )  # fmt: skip
