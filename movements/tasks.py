"""What movements and the recording of activities ask of a person, for the home page; three queries."""

from __future__ import annotations

from django.db.models import Count, Max, Q
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core.dates import format_date
from members import phases
from members.enums import PhaseKind, Role
from members.models import CarryOver, PhaseExtension, RoleTerm
from members.queries import covering
from members.scope import Scope
from members.tasks import Task
from movements.enums import ActivityState, PartState, Precision
from movements.notice_tasks import notice_tasks
from movements.queries import activities_for

NAMED = 3


def entry_tasks(scope: Scope) -> list[Task]:
    """Movements to be answered, returned activities, then what waits for the person's word, drafts, doubtful figures
    and loose days."""
    if scope.sealed:
        return []
    return [*notice_tasks(scope), *_returned(scope), *_more_time(scope), *_counted(scope)]


def _more_time(scope: Scope) -> list[Task]:
    """Until when an extension lets the person's agencies go on; one query, for those that have one alone."""
    agencies = scope.extended_for(phases.ENTRY)
    if scope.opens(phases.ENTRY) or not agencies:
        return []
    kinds = [kind for kind in PhaseKind.values if phases.extends(kind, phases.ENTRY)]
    rows = PhaseExtension.objects.filter(
        phase__year=scope.year, phase__kind__in=kinds, agency__in=agencies, until__gte=scope.today
    )
    last = rows.aggregate(last=Max("until"))["last"]
    if last is None:
        return []
    names = dict.fromkeys(hat.agency_name for hat in scope.staff_hats if hat.agency_id in agencies)
    return [
        Task(
            _("Được gia hạn đến hết %(day)s") % {"day": format_date(last)},
            _("%(agencies)s vẫn ghi, sửa và gửi được hoạt động của mình.") % {"agencies": ", ".join(names)},
            scope.address("activity_add"),
            _("Thêm hoạt động"),
            "warn",
            last,
        )
    ]


def _own(scope: Scope) -> Q:
    own = Q(agency__in=scope.answers_for)
    return own | Q(agency__isnull=True) if scope.is_chair else own


def _returned(scope: Scope) -> list[Task]:
    rows = (
        activities_for(scope).filter(_own(scope), state=ActivityState.RETURNED).order_by("returned_at", "pk")
    )
    return [
        Task(
            _("Sửa và gửi lại: %(title)s") % {"title": row.title},
            row.return_reason,
            scope.address("activity_edit", pk=row.pk),
            _("Sửa"),
            "err",
        )
        for row in rows[:NAMED]
    ]


def _counted(scope: Scope) -> list[Task]:
    own = _own(scope)
    mends = scope.is_chair and scope.opens(phases.CORRECTION)
    writable = Q() if mends else own & Q(state__in=(ActivityState.DRAFT, ActivityState.RETURNED))
    found = activities_for(scope).aggregate(
        drafts=Count("pk", own & Q(state=ActivityState.DRAFT), distinct=True),
        waiting=Count("pk", _to_judge(scope), distinct=True),
        loose=Count("pk", writable & Q(precision__in=(Precision.YEAR, Precision.UNKNOWN)), distinct=True),
        doubtful=Count(
            "contributions", writable & Q(contributions__part_state=PartState.UNKNOWN), distinct=True
        ),
    )
    tasks = []
    address = scope.address("activity_list")
    if found["waiting"] and scope.opens(phases.CONFIRM):
        tasks.append(_waiting(found["waiting"], address))
    if found["drafts"] and scope.opens_for(phases.ENTRY):
        tasks.append(_drafts(found["drafts"], address))
    if scope.opens_for(phases.ENTRY) or mends:
        tasks += _loose_ends(found["doubtful"], found["loose"], address)
    return tasks


def _to_judge(scope: Scope) -> Q:
    """Sent ones that this person confirms or returns: see ``rules.judges_activity``."""
    sent = Q(state=ActivityState.SUBMITTED)
    if not (scope.is_chair or scope.is_deputy):
        return Q(pk__in=[])
    chair = covering(RoleTerm.objects.filter(cluster=scope.cluster.pk, role=Role.CHAIR), scope.today)
    carried = CarryOver.objects.filter(year=scope.year, successor__in=chair.values("agency"))
    chairs = Q(agency__in=chair.values("agency")) | Q(agency__in=carried.values("predecessor"))
    of_chair = sent & (chairs | Q(agency__isnull=True)) if scope.is_deputy else Q(pk__in=[])
    of_others = sent & Q(agency__isnull=False) if scope.is_chair else Q(pk__in=[])
    return (of_chair | of_others) & ~Q(agency__in=scope.answers_for)


def _waiting(count: int, address: str) -> Task:
    title = ngettext("Xác nhận %(count)s hoạt động đã gửi", "Xác nhận %(count)s hoạt động đã gửi", count)
    return Task(
        title % {"count": count},
        _("Xem minh chứng rồi xác nhận, hoặc trả lại kèm lý do."),
        f"{address}?trang_thai=submitted",
        _("Xác nhận"),
        "warn",
    )


def _drafts(count: int, address: str) -> Task:
    title = ngettext("Gửi %(count)s hoạt động còn là nháp", "Gửi %(count)s hoạt động còn là nháp", count)
    return Task(
        title % {"count": count},
        _("Bản nháp chưa vào tổng số và chưa ai ngoài đơn vị thấy."),
        f"{address}?trang_thai=draft",
        _("Xem và gửi"),
        "warn",
    )


def _loose_ends(doubtful: int, loose: int, address: str) -> list[Task]:
    tasks = []
    if doubtful:
        title = ngettext(
            "Làm rõ %(count)s khoản đóng góp có nằm trong số tổng hay không",
            "Làm rõ %(count)s khoản đóng góp có nằm trong số tổng hay không",
            doubtful,
        )
        text = _("Khoản chưa rõ không được cộng vào tổng.")
        tasks.append(
            Task(title % {"count": doubtful}, text, f"{address}?trang_thai=doubtful", _("Làm rõ"), "warn")
        )
    if loose:
        title = ngettext("Ghi rõ ngày cho %(count)s hoạt động", "Ghi rõ ngày cho %(count)s hoạt động", loose)
        text = _("Các hoạt động này mới chỉ ghi năm, hoặc chưa rõ thời gian.")
        tasks.append(Task(title % {"count": loose}, text, f"{address}?trang_thai=undated", _("Ghi ngày")))
    return tasks
