"""All members side by side: who has signed, who has sent, which titles are aimed at, targets of one content."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from core.access import page
from core.workbooks import CONTENT_TYPE
from members.queries import MemberRow, member_rows
from members.scope import Scope
from movements.domain.targets import same_content
from movements.enums import RegistrationState
from movements.models import Registration, Target, TitleRegistration
from movements.pledge_words import (
    board_of,
    met_words,
    public_look,
    registration_look,
    reminder,
    suspicions,
    target_line,
    title_rows,
)
from movements.queries_pledges import KNOWN_TO_ALL, of_year, pledge_of, roll_day, roll_from, signatures_of
from movements.queries_pledges import targets_of as targets_by
from movements.queries_pledges import titles_of as titles_by
from movements.render.registrations import Board, board_docx, board_workbook
from movements.views.pledge import download


@dataclass(frozen=True)
class Everything:
    """The members of a year with what they registered; ``known`` has been sent, by agency."""

    members: list[MemberRow]
    rows: dict[int, Registration]
    targets: dict[int, list[Target]]
    titles: dict[int, list[TitleRegistration]]
    known: dict[int, Registration] = field(default_factory=dict)


def read(scope: Scope) -> Everything:
    """Members of the day that counts, and those that left but registered; five queries."""
    day = roll_day(scope.year, scope.today)
    rows = {row.agency_id: row for row in of_year(scope).order_by("pk")}
    members = [row for row in member_rows(scope.year, day) if row.covers(day) or row.agency_id in rows]
    known = {agency: row for agency, row in rows.items() if row.state in KNOWN_TO_ALL}
    return Everything(members, rows, targets_by(known.values()), titles_by(known.values()), known)


@page("year_view")
def overview(request: HttpRequest) -> HttpResponse:
    """Members by state of registration and signature, titles counted by kind, a text for those who are late."""
    scope: Scope = request.scope  # type: ignore[attr-defined]
    all_ = read(scope)
    pledge = pledge_of(scope.year)
    day = roll_day(scope.year, scope.today, pledge)
    roll = roll_from(all_.members, signatures_of(pledge), day)
    counted = [all_.titles.get(row.pk, []) for row in all_.known.values()]
    today = roll_day(scope.year, scope.today)
    unsent = [row for row in all_.members if row.covers(today) and row.agency_id not in all_.known]
    leads = _leads(scope)
    link = request.build_absolute_uri(scope.address("pledge"))
    text = reminder(
        scope.year.label, [row.short_name for row in roll.missing] if pledge and pledge.mark else [],
        [row.short_name for row in unsent], pledge.signing_on if pledge else None, link,
    )  # fmt: skip
    context = {
        "nav": "pledge",
        "lines": [_line(scope, all_, row, roll.seat(row.agency_id), pledge) for row in all_.members],
        "pledge": pledge,
        "roll": roll,
        "sent": len(all_.known),
        "titles": title_rows(counted),
        "agencies_of": {row.title: len(row.counts) for row in title_rows(counted)},
        "reminder": text if leads else "",
        "leads": leads,
        "xlsx_url": scope.address("registration_xlsx"),
        "docx_url": scope.address("registration_docx"),
    }
    return render(request, "movements/registration_list.html", context)


def _leads(scope: Scope) -> bool:
    """Whether the person follows the others: chair, deputy, or the council's officer."""
    return scope.is_chair or scope.is_deputy or scope.is_officer


def _line(scope: Scope, all_: Everything, member: MemberRow, seat: Any, pledge: Any) -> dict[str, Any]:
    row = all_.rows.get(member.agency_id)
    own = member.agency_id in scope.answers_for
    state = row.state if row else ""
    targets = [target_line(one) for one in all_.targets.get(row.pk, [])] if row else []
    return {
        "member": member,
        "own": own,
        "look": registration_look(state) if own else public_look(state, leads=_leads(scope)),
        "reason": row.return_reason if row and row.state == RegistrationState.RETURNED else "",
        "url": scope.address("registration", pk=member.agency_id)
        if own or member.agency_id in all_.known
        else "",
        "signed": seat.signed if seat else None,
        "has_to_sign": seat is not None and pledge is not None and bool(pledge.mark),
        "targets": len(targets),
        "titles": len(all_.titles.get(row.pk, [])) if row else 0,
        "met": met_words(targets),
    }


@page("year_view")
def compare(request: HttpRequest) -> HttpResponse:
    """Targets of one content below each other, with a warning where a figure looks like another unit."""
    scope: Scope = request.scope  # type: ignore[attr-defined]
    all_ = read(scope)
    doubts = suspicions(one for some in all_.targets.values() for one in some)
    groups: dict[tuple[str, str], dict[str, Any]] = {}
    for member in all_.members:
        row = all_.known.get(member.agency_id)
        for target in all_.targets[row.pk] if row else ():
            group = groups.setdefault(
                same_content(target.content, target.unit),
                {"content": target.content, "unit": target.unit, "lines": []},
            )
            group["lines"].append((member, target_line(target, doubts.get(target.pk, ""))))
    shared = sorted(groups.values(), key=lambda group: -len(group["lines"]))
    context = {
        "nav": "pledge",
        "groups": shared,
        "doubts": len(doubts),
        "sent": len(all_.known),
        "xlsx_url": scope.address("registration_xlsx"),
        "docx_url": scope.address("registration_docx"),
    }
    return render(request, "movements/registration_compare.html", context)


def _board(scope: Scope) -> Board:
    all_ = read(scope)
    day = roll_day(scope.year, scope.today)
    return board_of(
        scope.cluster.name, scope.year.label, day, all_.members, all_.known, all_.targets, all_.titles
    )


@page("year_view")
def as_xlsx(request: HttpRequest) -> HttpResponse:
    """All registrations as a workbook: targets side by side, one below the other, titles."""
    scope: Scope = request.scope  # type: ignore[attr-defined]
    book = board_workbook(_board(scope), f"dang-ky-thi-dua-{scope.year.label}.xlsx")
    return download(book.render(), book.filename, CONTENT_TYPE)


@page("year_view")
def as_docx(request: HttpRequest) -> HttpResponse:
    """The same as a paper."""
    scope: Scope = request.scope  # type: ignore[attr-defined]
    return download(board_docx(_board(scope)), f"dang-ky-thi-dua-{scope.year.label}.docx")
