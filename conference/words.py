"""How a conference is said."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext as _

from conference.domain.record import Attendee, Draft, Step
from conference.enums import MomentKind
from core.dates import format_date
from members.domain.rotation import next_label


def proposed_title(label: str) -> str:
    """The usual title of the final conference of a year; always Vietnamese, it is the name of an event."""
    return (
        f"Hội nghị tổng kết công tác thi đua, khen thưởng năm {label}, "
        f"phương hướng nhiệm vụ năm {next_label(label)}"
    )


def two_digits(number: int) -> str:
    """``7`` → ``07``, as papers write counts below ten."""
    return f"{number:02d}"


def by_whom(office: str, agency: str) -> str:
    """``Giám đốc, Ngân hàng Nhà nước``; either part may be missing."""
    return ", ".join(part for part in (office, agency) if part)


def differences(mine: Draft, theirs: Draft, names: Mapping[int, str]) -> list[dict[str, str]]:
    """What two drafts say differently, for the table of both values."""
    said_mine, said_theirs = _said(mine, names), _said(theirs, names)
    fields = [*said_mine, *(field for field in said_theirs if field not in said_mine)]
    return [
        {"field": field, "mine": said_mine.get(field, ""), "theirs": said_theirs.get(field, "")}
        for field in fields
        if said_mine.get(field, "") != said_theirs.get(field, "")
    ]


def _said(draft: Draft, names: Mapping[int, str]) -> dict[str, str]:
    def name(agency: int | None) -> str:
        return names.get(agency or 0, "")

    def person(one: Attendee) -> str:
        return by_whom(one.office, name(one.agency_id))

    def step(one: Step) -> str:
        kind = str(MomentKind(one.kind).label) if one.kind in MomentKind.values else one.kind
        return ": ".join(part for part in (kind, by_whom(one.office, name(one.agency_id)), one.note) if part)

    said = {
        _("Tên hội nghị"): draft.title,
        _("Ngày họp"): format_date(draft.held_on) if draft.held_on else "",
        _("Nơi họp"): draft.place,
        _("Đơn vị chủ trì"): name(draft.host_id),
        _("Ghi chú"): draft.note,
    }
    said |= {
        _("%(name)s: thành phần dự") % {"name": name(one.agency_id)}: one.office for one in draft.members
    }
    said |= {_("Đại biểu %(number)s") % {"number": n}: person(one) for n, one in enumerate(draft.guests, 1)}
    said |= {_("Diễn biến %(number)s") % {"number": n}: step(one) for n, one in enumerate(draft.moments, 1)}
    said |= {
        _("Bầu cho năm"): draft.for_label,
        _("Cụm trưởng được bầu"): name(draft.chair_id),
    }
    for number, agency in enumerate(draft.deputy_ids, 1):
        said[_("Cụm phó thứ %(number)s") % {"number": number}] = name(agency)
    return said
