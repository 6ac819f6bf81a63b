"""What must stand before a year may be published: one list for the page, the verb and the rules of the office."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from django.db.models import Count, Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from conference.enums import ConferenceKind
from conference.models import Conference, ElectionResult
from core.dates import format_date, local_today
from core.errors import Problem
from members import charter
from members.enums import Role
from members.models import Charter, ClusterYear, Membership, RoleTerm
from members.queries import unassessed
from movements.enums import ActivityState, PartState
from movements.models import Activity, Contribution
from publishing.enums import TextKind
from publishing.models import YearText
from scoring.models import Ranking, RankingEntry


@dataclass(frozen=True, slots=True)
class Condition:
    """One line of the list: met or not, what it says, and where it is mended. A remark never blocks.

    ``need`` names what is asked for, as the charter does.
    """

    ok: bool
    sentence: str
    link: str = ""
    remark: bool = False
    need: str = ""


def blockers(year: ClusterYear) -> list[Problem]:
    """What keeps the year from being published, each with the page that mends it; a constant number of queries."""
    return unmet(conditions(year))


def unmet(lines: Iterable[Condition]) -> list[Problem]:
    """The conditions that are not met, as problems."""
    return [Problem(line.sentence, link=line.link) for line in lines if not line.ok and not line.remark]


def conditions(year: ClusterYear) -> list[Condition]:
    """Every condition the charter of the year asks for, met or not, then remarks that do not block."""
    stored = Charter.objects.filter(year=year).values_list("data", flat=True).first()
    needs = charter.read(stored or {}).publish_needs
    states = Activity.objects.filter(year=year).aggregate(
        waiting=Count("pk", filter=Q(state=ActivityState.SUBMITTED)),
        unfinished=Count("pk", filter=Q(state__in=(ActivityState.DRAFT, ActivityState.RETURNED))),
    )
    meeting = Conference.objects.filter(year=year, kind=ConferenceKind.FINAL).first()
    lines = [_members(year)]
    if "answered" in needs:
        lines.append(replace(_answered(states["waiting"]), need="answered"))
    if "ranking" in needs:
        lines.append(replace(_ranked(year), need="ranking"))
    if "conference" in needs:
        lines.append(replace(_met(meeting), need="conference"))
    if "next_chair" in needs:
        lines.append(replace(_elected(year, meeting), need="next_chair"))
    if "direction" in needs:
        lines.append(replace(_directed(year), need="direction"))
    return [*lines, *_remarks(year, states["unfinished"])]


def _members(year: ClusterYear) -> Condition:
    if Membership.objects.filter(year=year).exists():
        return Condition(True, _("Đã có danh sách đơn vị thành viên."))
    return Condition(False, _("Năm này chưa có đơn vị thành viên nào."), "member_list")


def _answered(waiting: int) -> Condition:
    if not waiting:
        return Condition(True, _("Mọi hoạt động đã gửi đều đã được xác nhận hoặc trả lại."))
    sentence = ngettext(
        "Còn %(count)d hoạt động đã gửi mà chưa được xác nhận hoặc trả lại.",
        "Còn %(count)d hoạt động đã gửi mà chưa được xác nhận hoặc trả lại.",
        waiting,
    )
    return Condition(False, sentence % {"count": waiting}, "activity_list?trang_thai=submitted")


def _ranked(year: ClusterYear) -> Condition:
    """The newest revision names at least one rank, and members only; one query."""
    entries = RankingEntry.objects.filter(ranking=OuterRef("pk"), rank__isnull=False)
    members = Membership.objects.filter(year=year).values("agency")
    newest = (
        Ranking.objects.filter(year=year)
        .order_by("-revision")
        .annotate(
            ranked=Exists(entries),
            strange=Exists(entries.exclude(agency__in=members)),
            gone=Exists(entries.filter(unassessed(year))),
        )
        .first()
    )
    if newest is None:
        return Condition(False, _("Chưa ghi kết quả xếp hạng."), "ranking_edit")
    if not newest.ranked:
        return Condition(False, _("Bảng xếp hạng chưa ghi hạng cho đơn vị nào."), "ranking_edit")
    if newest.strange:
        return Condition(False, _("Bảng xếp hạng có đơn vị không phải thành viên của năm."), "ranking_edit")
    if newest.gone:
        sentence = _(
            "Bảng xếp hạng còn ghi hạng cho đơn vị không xếp hạng năm này vì đã rời cụm hoặc sáp nhập."
        )
        return Condition(False, sentence, "ranking_edit")
    return Condition(True, _("Đã ghi kết quả xếp hạng."))


def _met(meeting: Conference | None) -> Condition:
    if meeting is None:
        return Condition(False, _("Chưa ghi hội nghị tổng kết."), "conference_edit")
    if meeting.held_on > local_today(timezone.now()):
        sentence = _("Hội nghị tổng kết ghi ngày %(day)s, chưa diễn ra.") % {
            "day": format_date(meeting.held_on)
        }
        return Condition(False, sentence, "conference_edit")
    return Condition(True, _("Đã ghi hội nghị tổng kết."))


def _elected(year: ClusterYear, meeting: Conference | None) -> Condition:
    """Next year's chair is known: elected at the conference, or a term that starts after this year."""
    elected = ElectionResult.objects.filter(conference=meeting, role=Role.CHAIR) if meeting else None
    later = RoleTerm.objects.filter(cluster=year.cluster_id, role=Role.CHAIR, starts_on__gt=year.ends_on)
    if (elected is not None and elected.exists()) or later.exists():
        return Condition(True, _("Đã có Cụm trưởng của năm sau."))
    return Condition(False, _("Chưa ghi kết quả bầu Cụm trưởng, Cụm phó của năm sau."), "conference_edit")


def _directed(year: ClusterYear) -> Condition:
    if YearText.objects.filter(year=year, kind=TextKind.DIRECTION).exists():
        return Condition(True, _("Đã viết phương hướng năm sau."))
    return Condition(False, _("Chưa viết phương hướng năm sau."), "year_texts")


def _remarks(year: ClusterYear, unfinished: int) -> list[Condition]:
    """What will be published as it is, said beforehand; one query."""
    remarks = []
    if unfinished:
        sentence = ngettext(
            "%(count)d hoạt động còn là nháp hoặc bị trả lại sẽ không có trong bản công bố.",
            "%(count)d hoạt động còn là nháp hoặc bị trả lại sẽ không có trong bản công bố.",
            unfinished,
        )
        remarks.append(Condition(False, sentence % {"count": unfinished}, "activity_list", remark=True))
    unclear = Contribution.objects.filter(
        activity__year=year, activity__state=ActivityState.CONFIRMED, activity__in_summary=True,
        part_state=PartState.UNKNOWN,
    ).count()  # fmt: skip
    if unclear:
        sentence = ngettext(
            "%(count)d khoản chưa rõ đã gồm trong tổng số hay chưa: bản công bố nói rõ như vậy và không cộng thêm.",
            "%(count)d khoản chưa rõ đã gồm trong tổng số hay chưa: bản công bố nói rõ như vậy và không cộng thêm.",
            unclear,
        )
        remarks.append(
            Condition(False, sentence % {"count": unclear}, "activity_list?trang_thai=undated", remark=True)
        )
    return remarks
