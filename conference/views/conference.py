"""The final conference of a year: seen by every insider, recorded by chair and deputy."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from conference.domain.record import draft_from, save_conference
from conference.forms import NO_NAMES, TOO_MANY, ConferenceSheet, one_row_more
from conference.queries import FinalConference, agency_choices, final_conference, other_conferences
from conference.words import by_whom, differences, two_digits
from core.access import page
from core.dates import format_date
from core.errors import DomainError, Stale
from members.domain.rotation import next_label
from members.enums import Role
from members.queries import MemberRow, member_rows


@page("conference_view")
def conference(request: HttpRequest) -> HttpResponse:
    """Facts, who came, what happened, who takes over; empty until it is recorded."""
    scope = request.scope  # type: ignore[attr-defined]
    final = final_conference(scope.year)
    members = member_rows(scope.year)
    context: dict[str, Any] = {
        "nav": "conference",
        "final": final,
        "others": other_conferences(scope.year),
        "hand_before": _leaders_of(scope.year.label, members),
    }
    if final is not None:
        context |= _shown(final, members, scope)
    return render(request, "conference/conference.html", context)


def _shown(final: FinalConference, members: list[MemberRow], scope: Any) -> dict[str, Any]:
    offices = {one.agency_id: one.office for one in final.members}
    day = min(max(final.held_on, scope.year.starts_on), scope.year.ends_on)
    expected = [row for row in members if row.covers(day) or row.agency_id in offices]
    present = [(row, offices.get(row.agency_id)) for row in expected]
    came = sum(1 for _row, office in present if office is not None)
    return {
        "facts": [
            {"label": _("Tên hội nghị"), "value": final.title},
            {"label": _("Ngày họp"), "value": format_date(final.held_on)},
            {"label": _("Nơi họp"), "value": final.place},
            *([{"label": _("Đơn vị chủ trì"), "value": final.host}] if final.host else []),
        ],
        "present": present,
        "came": two_digits(came),
        "away": two_digits(len(present) - came) if came < len(present) else "",
        "timeline": [
            {
                "when": one.label if (who := by_whom(one.office, one.agency)) else "",
                "title": who or one.label,
                "text": one.note,
                "end": number == len(final.moments),
            }
            for number, one in enumerate(final.moments, 1)
        ],
        "hand_after": {
            "title": _("Năm %(label)s") % {"label": final.for_label or next_label(scope.year.label)},
            "chair": final.chair.agency if final.chair else "",
            "deputy": "; ".join(one.agency for one in final.deputies),
        },
        "own": scope.agency_ids,
    }


def _leaders_of(label: str, members: list[MemberRow]) -> dict[str, str]:
    deputies = sorted((row for row in members if row.role == Role.DEPUTY), key=lambda row: row.role_order)
    return {
        "title": _("Năm %(label)s") % {"label": label},
        "chair": next((row.name for row in members if row.role == Role.CHAIR), ""),
        "deputy": "; ".join(row.name for row in deputies),
    }


@page("conference_edit", methods=("GET", "POST"))
def conference_edit(request: HttpRequest) -> HttpResponse:
    """Record or correct the final conference; rows can be added without JavaScript, errors keep all that was typed."""
    scope = request.scope  # type: ignore[attr-defined]
    stored = final_conference(scope.year)
    if request.method != "POST":
        return _form(request, _sheet(scope, stored))
    if prefix := request.POST.get("add_row"):
        data, added = one_row_more(request.POST, prefix)
        sheet = _sheet(scope, stored, data)
        sheet.without_complaints()
        if not added:
            sheet.head.add_error(None, str(TOO_MANY))
        return _form(request, sheet, dirty=True)
    sheet = _sheet(scope, stored, request.POST)
    if not sheet.is_valid():
        return _form(request, sheet, status=422, dirty=True)
    try:
        save_conference(scope, sheet.draft())
    except DomainError as error:
        sheet.show(error.problems)
        return _form(request, sheet, status=422, dirty=True)
    except Stale as stale:
        return _conflict(request, sheet, stale.current)
    messages.success(request, _("Đã ghi hội nghị tổng kết."))
    return redirect("conference", cluster=scope.cluster.slug, label=scope.year.label)


def _sheet(scope: Any, stored: FinalConference | None, data: Any = None) -> ConferenceSheet:
    agencies = agency_choices(scope.year, stored.named if stored else ())
    return ConferenceSheet(scope.year, member_rows(scope.year), agencies, stored, data)


def _conflict(request: HttpRequest, sheet: ConferenceSheet, current: Any) -> HttpResponse:
    """Somebody saved meanwhile: both values side by side, the form keeps mine on top of theirs."""
    scope = request.scope  # type: ignore[attr-defined]
    data = request.POST.copy()
    data["base"] = str(current.version if current else 0)
    again = _sheet(scope, current, data)
    again.is_valid()
    names = dict(again.head.fields["host"].choices)  # type: ignore[attr-defined]
    shown = differences(sheet.draft(), draft_from(current), names) if current else []
    return _form(request, again, status=409, differences=shown, dirty=True)


def _form(request: HttpRequest, sheet: ConferenceSheet, status: int = 200, **extra: Any) -> HttpResponse:
    context = {
        "nav": "conference",
        "sheet": sheet,
        "no_names": NO_NAMES,
        "differences": None,
        "dirty": False,
        **extra,
    }
    return render(request, "conference/conference_form.html", context, status=status)
