"""Recording the final conference of a year: the meeting, who came, what happened, who was elected."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from conference.enums import AttendeeKind, ConferenceKind, MomentKind
from conference.models import Attendance, Conference, ElectionResult, Moment
from conference.queries import FinalConference, agency_choices, final_conference
from core import audit
from core.access import check
from core.dates import format_date
from core.errors import DomainError, Problem, Stale
from members.domain.lock import lock_year
from members.enums import Role
from members.models import ClusterYear
from members.models.year import LABEL
from members.scope import Scope


@dataclass(frozen=True, slots=True)
class Attendee:
    """Somebody at the meeting by office; ``agency_id`` is required for a member, free for a guest."""

    office: str
    agency_id: int | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that happened."""

    kind: str
    office: str = ""
    agency_id: int | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Draft:
    """A final conference to be recorded; ``base`` is the version it was made from (0 for none)."""

    title: str
    held_on: date | None
    place: str
    host_id: int | None = None
    note: str = ""
    members: tuple[Attendee, ...] = ()
    guests: tuple[Attendee, ...] = ()
    moments: tuple[Step, ...] = ()
    for_label: str = ""
    chair_id: int | None = None
    deputy_ids: tuple[int, ...] = ()
    base: int = 0

    def content(self) -> dict[str, Any]:
        """Everything but the version."""
        return {name: value for name, value in asdict(self).items() if name != "base"}


def draft_from(stored: FinalConference) -> Draft:
    """The draft that would record what is stored."""
    return Draft(
        title=stored.title, held_on=stored.held_on, place=stored.place, host_id=stored.host_id, note=stored.note,
        members=tuple(Attendee(one.office, one.agency_id) for one in stored.members),
        guests=tuple(Attendee(one.office, one.agency_id) for one in stored.guests),
        moments=tuple(Step(one.kind, one.office, one.agency_id, one.note) for one in stored.moments),
        for_label=stored.for_label,
        chair_id=stored.chair.agency_id if stored.chair else None,
        deputy_ids=tuple(one.agency_id for one in stored.deputies),
        base=stored.version,
    )  # fmt: skip


def save_conference(scope: Scope, draft: Draft) -> Conference:
    """Record the final conference of the year, new or changed, all or nothing, and return it.

    Effects in order: lock of the year, right ``conference_edit``, checks, conference with its rows, audit. A draft
    that says what is stored already changes nothing, so a form sent twice is recorded once. Raises ``Stale`` (with
    the ``FinalConference`` that stands) when another version came first, ``DomainError`` with every sentence that
    applies.
    """
    with transaction.atomic():
        scope = lock_year(scope)
        year = scope.year
        check(scope, "conference_edit")
        stored = final_conference(year)
        before = draft_from(stored) if stored else None
        if stored and before and before.content() == draft.content():
            return Conference.objects.get(pk=stored.pk)
        if (stored.version if stored else 0) != draft.base:
            raise Stale(stored)
        if problems := problems_of(draft, year, scope.today, stored):
            raise DomainError(problems)
        conference = _write(year, draft, stored)
        audit.record(
            audit.cluster_chain(year.cluster_id), "conference_save", conference,
            actor_id=scope.user.pk, role=scope.audit_role, **_difference(before, draft),
        )  # fmt: skip
    return conference


def _difference(before: Draft | None, after: Draft) -> dict[str, Any]:
    if before is None:
        return {"after": after.content()}
    old, new = audit.changed(before.content(), after.content())
    return {"before": old, "after": new}


def _write(year: ClusterYear, draft: Draft, stored: FinalConference | None) -> Conference:
    conference = Conference.objects.get(pk=stored.pk) if stored else Conference(year=year, version=0)
    conference.kind = ConferenceKind.FINAL
    conference.title, conference.place, conference.note = draft.title, draft.place, draft.note
    conference.held_on, conference.host_id = draft.held_on or year.ends_on, draft.host_id
    conference.version += 1
    conference.save()
    for old in (Attendance, Moment, ElectionResult):
        old.objects.filter(conference=conference).delete()
    Attendance.objects.bulk_create(
        Attendance(conference=conference, kind=kind, order=order, office=one.office, agency_id=one.agency_id)
        for kind, people in ((AttendeeKind.MEMBER, draft.members), (AttendeeKind.GUEST, draft.guests))
        for order, one in enumerate(people, 1)
    )
    Moment.objects.bulk_create(
        Moment(
            conference=conference,
            order=order,
            kind=one.kind,
            office=one.office,
            agency_id=one.agency_id,
            note=one.note,
        )
        for order, one in enumerate(draft.moments, 1)
    )
    chairs = (draft.chair_id,) if draft.chair_id else ()
    ElectionResult.objects.bulk_create(
        ElectionResult(
            conference=conference, for_label=draft.for_label, role=role, order=order, agency_id=agency
        )
        for role, agencies in ((Role.CHAIR, chairs), (Role.DEPUTY, draft.deputy_ids))
        for order, agency in enumerate(agencies, 1)
    )
    return conference


def problems_of(
    draft: Draft, year: ClusterYear, today: date, stored: FinalConference | None = None
) -> list[Problem]:
    """Everything wrong with a draft.

    Fields: ``title``, ``held_on``, ``place``, ``host``, ``members``, ``<agency id>-office``, ``guests-<n>-office``,
    ``guests-<n>-agency``, ``moments-<n>-kind``, ``moments-<n>-agency``, ``moments-<n>-note``, ``for_label``,
    ``chair``, ``deputy-<n>``; n counts from 0.
    """
    choices = agency_choices(year, stored.named if stored else ())
    known = {one.agency_id for one in choices}
    members = {one.agency_id for one in choices if one.is_member}
    return [
        *_head_problems(draft, year, today, known),
        *_people_problems(draft, members, known),
        *_moment_problems(draft, known),
        *_election_problems(draft, year, members),
    ]


def _head_problems(draft: Draft, year: ClusterYear, today: date, known: set[int]) -> list[Problem]:
    problems = []
    if not draft.title:
        problems.append(Problem(_("Ghi tên hội nghị."), "title"))
    if not draft.place:
        problems.append(Problem(_("Ghi nơi họp."), "place"))
    if draft.held_on is None:
        problems.append(Problem(_("Ghi ngày họp, ví dụ 05/01/2021."), "held_on"))
    elif draft.held_on > today:
        problems.append(Problem(_("Ngày họp không thể ở tương lai."), "held_on"))
    elif draft.held_on < year.starts_on:
        first = format_date(year.starts_on)
        problems.append(
            Problem(_("Ngày họp không thể trước khi năm bắt đầu (%(day)s).") % {"day": first}, "held_on")
        )
    if draft.host_id is not None and draft.host_id not in known:
        problems.append(Problem(_unknown(), "host"))
    return problems


def _people_problems(draft: Draft, members: set[int], known: set[int]) -> list[Problem]:
    problems = []
    if not draft.members:
        problems.append(Problem(_("Chọn ít nhất một đơn vị thành viên dự hội nghị."), "members"))
    times = Counter(one.agency_id for one in draft.members)
    for one in draft.members:
        place = f"{one.agency_id}-office"
        if one.agency_id not in members:
            problems.append(Problem(_("Đơn vị này không thuộc Cụm trong năm."), place))
        elif times[one.agency_id] > 1:
            problems.append(Problem(_("Đơn vị đã có trong danh sách dự."), place))
        if not one.office:
            problems.append(Problem(_("Ghi thành phần dự, ví dụ “Đại diện lãnh đạo”."), place))
    for number, guest in enumerate(draft.guests):
        if not guest.office:
            problems.append(
                Problem(_("Ghi chức vụ hoặc thành phần của đại biểu."), f"guests-{number}-office")
            )
        if guest.agency_id is not None and guest.agency_id not in known:
            problems.append(Problem(_unknown(), f"guests-{number}-agency"))
    return problems


def _moment_problems(draft: Draft, known: set[int]) -> list[Problem]:
    problems = []
    for number, one in enumerate(draft.moments):
        if one.kind not in MomentKind.values:
            problems.append(Problem(_("Chọn nội dung của diễn biến này."), f"moments-{number}-kind"))
        if one.kind == MomentKind.OTHER and not one.note:
            problems.append(Problem(_("Ghi diễn giải cho nội dung khác."), f"moments-{number}-note"))
        if one.agency_id is not None and one.agency_id not in known:
            problems.append(Problem(_unknown(), f"moments-{number}-agency"))
    return problems


def _election_problems(draft: Draft, year: ClusterYear, members: set[int]) -> list[Problem]:
    problems = []
    if draft.deputy_ids and draft.chair_id is None:
        problems.append(Problem(_("Chọn Cụm trưởng được bầu."), "chair"))
    if draft.chair_id is not None and draft.chair_id not in members:
        problems.append(Problem(_("Chỉ bầu đơn vị thành viên của Cụm trong năm."), "chair"))
    for number, agency in enumerate(draft.deputy_ids):
        place = f"deputy-{number}"
        if agency not in members:
            problems.append(Problem(_("Chỉ bầu đơn vị thành viên của Cụm trong năm."), place))
        elif agency == draft.chair_id:
            problems.append(Problem(_("Một đơn vị không thể vừa là Cụm trưởng vừa là Cụm phó."), place))
        elif agency in draft.deputy_ids[:number]:
            problems.append(Problem(_("Đơn vị này đã được chọn là Cụm phó."), place))
    if draft.chair_id is not None or draft.deputy_ids:
        problems += _label_problems(draft.for_label, year)
    return problems


def _label_problems(label: str, year: ClusterYear) -> list[Problem]:
    if not re.fullmatch(LABEL, label):
        return [Problem(_("Ghi năm của nhiệm kỳ mới, dạng 2021 hoặc 2013-2014."), "for_label")]
    if label[:4] <= year.label[:4]:
        sentence = _("Kết quả bầu là cho năm sau, phải sau năm %(label)s.")
        return [Problem(sentence % {"label": year.label}, "for_label")]
    return []


def _unknown() -> str:
    return _("Chọn một đơn vị trong danh sách.")
