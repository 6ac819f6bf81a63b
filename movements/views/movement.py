"""Movements of a year: the list, and one with its launch, its members, its living summary and its reviews."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from core.access import may, page
from core.dates import format_date
from core.paging import keyset_page, with_number
from members import phases
from members.lateness import left
from members.scope import Scope
from movements import queries_movements, summaries
from movements.domain import sums
from movements.domain.totals import Totals
from movements.living import Group, Past, Place, Side, bars, beside, months
from movements.models import Movement
from movements.queries import Choices, activities_for, choices_of, for_list, gifts_and_totals
from movements.tables import activity_rows, layout, sums_of
from movements.views.movement_follow import counts_of
from movements.views.movement_parts import movement_or_404, shown_file
from movements.words import period_words

ACTIVITIES_SHOWN = 20


@page("year_view")
def movement_list(request: HttpRequest) -> HttpResponse:
    """The movements of the year with who joined and what was done."""
    scope: Scope = request.scope  # type: ignore[attr-defined]
    context = {
        "nav": "movements",
        "rows": [
            (
                row,
                period_words(row.starts_on, row.ends_on),
                scope.address("movement_detail", pk=row.pk),
                f"{scope.address('activity_list')}?phong_trao={row.pk}",
            )
            for row in queries_movements.movement_rows(scope)
        ],
        "add_url": scope.address("movement_add"),
        "own_add_url": scope.address("movement_own_add"),
        "year_words": _year_words(scope),
        "joined_words": _("Đơn vị bạn đã hưởng ứng"),
        "waits_words": _("Chờ đơn vị bạn trả lời"),
    }
    return render(request, "movements/movement_list.html", context)


def _year_words(scope: Scope) -> str:
    return _("Cả năm %(label)s") % {"label": scope.year.label}


@page("year_view")
def movement_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One movement: its launch, who joined, what it comes to beside last year, its activities."""
    scope: Scope = request.scope  # type: ignore[attr-defined]
    movement = movement_or_404(scope, pk)
    choices = choices_of(scope.year)
    members = queries_movements.follow_rows(scope, movement)
    seen = activities_for(scope).filter(movement=movement)
    found = keyset_page(with_number(for_list(seen)), ["sorted_on", "id"], size=ACTIVITIES_SHOWN)
    gifts, totals = gifts_and_totals(seen, found.rows, found.number)
    list_query = f"{scope.address('activity_list')}?phong_trao={movement.pk}"
    context = {
        "nav": "movements",
        "movement": movement,
        "facts": _facts(scope, movement),
        "directives": queries_movements.directives_of(movement),
        "papers": [shown_file(scope, row) for row in queries_movements.files_of(movement)],
        "participants": _participants(scope, members),
        "members": members,
        "counts": counts_of(members),
        "mine": _own(scope, movement, members),
        "wordings": _wordings(scope, movement, members),
        "reviews": _reviews(scope, movement),
        "rows": activity_rows(scope, found.rows, gifts, replace(choices, movements={})),
        "layout": layout(),
        "sums": sums_of(totals),
        "files": None,
        "number": found.number,
        "list_url": scope.address("movement_list"),
        "join_url": scope.address("movement_join", pk=pk),
        "seen_url": scope.address("movement_seen", pk=pk),
        "more_url": list_query if found.after else "",
        **_actions(scope, movement),
        **_summary(scope, movement, seen, totals, members, choices),
    }
    return render(request, "movements/movement_detail.html", context)


def _facts(scope: Scope, movement: Movement) -> list[dict[str, str]]:
    period = period_words(movement.starts_on, movement.ends_on) or _year_words(scope)
    root = movement.responds_to
    paper = movement.decision_number
    if movement.decision_date:
        day = format_date(movement.decision_date)
        paper = _("%(paper)s ngày %(day)s") % {"paper": paper, "day": day} if paper else day
    facts = [
        (_("Khẩu hiệu"), movement.slogan, ""),
        (
            pgettext("responds to", "Hưởng ứng"),
            root.title if root else "",
            scope.address("movement_detail", pk=root.pk) if root else "",
        ),
        (_("Cấp phát động"), movement.get_level_display(), ""),
        (_("Nơi phát động"), movement.launcher or movement.launched_by, ""),  # type: ignore[attr-defined]
        (_("Loại"), movement.get_kind_display(), ""),
        (_("Thời gian"), period, ""),
        (_("Số văn bản phát động"), paper, ""),
    ]
    return [{"label": label, "value": value, "url": url} for label, value, url in facts if value]


def _actions(scope: Scope, movement: Movement) -> dict[str, Any]:
    """What the person may do with this movement now, and where."""
    own = movement.agency_id is not None
    edits = may(scope, "movement_own" if own else "movement_edit", movement)
    return {
        "edit_url": scope.address("movement_own_edit" if own else "movement_edit", pk=movement.pk)
        if edits
        else "",
        "may_send": may(scope, "movement_send", movement),
        "follow_url": ""
        if own or not may(scope, "movement_follow")
        else scope.address("movement_follow", pk=movement.pk),
        "review_url": scope.address("movement_review_add", pk=movement.pk)
        if may(scope, "movement_review", movement)
        else "",
        "due": left(movement.answer_by, scope.today),
    }


def _participants(scope: Scope, members: list[queries_movements.FollowRow]) -> list[dict[str, Any]]:
    return [
        {"row": row, "url": scope.address("agency_detail", pk=row.agency_id)}
        for row in members
        if row.state == queries_movements.JOINED
    ]


def _own(
    scope: Scope, movement: Movement, members: list[queries_movements.FollowRow]
) -> list[dict[str, Any]]:
    """The person's own agencies that may answer now, each with what it answered; charter order."""
    if movement.agency_id is not None:
        return []
    answer = scope.address("movement_answer", pk=movement.pk)
    return [
        {
            "pk": row.agency_id,
            "name": row.short,
            "row": row,
            "joined": row.state == queries_movements.JOINED,
            "declined": row.state == queries_movements.DECLINED,
            "answer_url": f"{answer}?don_vi={row.agency_id}",
        }
        for row in members
        if row.own and scope.opens_for(phases.MOVEMENTS, row.agency_id)
    ]


def _wordings(
    scope: Scope, movement: Movement, members: list[queries_movements.FollowRow]
) -> list[dict[str, Any]]:
    """How the movement is called elsewhere: movements that carry it out, and members' own titles, side by side."""
    list_url = scope.address("activity_list")
    rows = [
        {
            "title": row.title, "url": scope.address("movement_detail", pk=row.pk),
            "who": row.launched_by or row.level, "paper": "", "members": row.members, "number": row.activities,
            "number_url": f"{list_url}?phong_trao={row.pk}" if row.activities else "",
        }
        for row in queries_movements.responses_of(scope, movement)
    ]  # fmt: skip
    for one in members:
        if one.local_title:
            day = f" ({format_date(one.plan_date)})" if one.plan_date else ""
            query = f"?phong_trao={movement.pk}&don_vi={one.agency_id}"
            rows.append({
                "title": one.local_title, "url": "", "who": one.name, "paper": f"{one.plan_number}{day}".strip(),
                "members": None, "number": one.activities, "number_url": list_url + query if one.activities else "",
            })  # fmt: skip
    return rows


def _reviews(scope: Scope, movement: Movement) -> list[dict[str, Any]]:
    return [
        {
            "when": format_date(row.held_on),
            "when_iso": row.held_on.isoformat(),
            "title": row.get_kind_display() if row.closed_at else f"{row.get_kind_display()} ({_('nháp')})",
            "text": row.result[:300],
            "url": scope.address("review_detail", pk=row.pk),
            "end": row.closed_at is not None,
        }
        for row in queries_movements.reviews_of(scope, movement)
    ]


# -- the living summary --------------------------------------------------------------------------
def _summary(
    scope: Scope,
    movement: Movement,
    seen: Any,
    totals: Totals,
    members: list[queries_movements.FollowRow],
    choices: Choices,
) -> dict[str, Any]:
    """Figures, months, agencies and last year; every figure with the address of its rows."""
    here = Place(scope, scope.year, {"phong_trao": movement.pk})
    rows = summaries.gifts_in(seen)
    count = summaries.tally(seen, "agency_id")
    past = _before(scope, movement)
    joined = sum(row.state == queries_movements.JOINED for row in members)
    now = Side(
        count.number,
        totals,
        None if movement.agency_id else joined,
        here.activities(),
        here.gifts(),
        "#huong-ung",
    )
    return {
        "years": beside(now, past.side if past else None, _("Đơn vị hưởng ứng")),
        "past": past,
        "drafts": count.drafts,
        "months": months(here, count, summaries.by_month(rows), past),
        "bars": bars(_groups(scope, movement, count, sums.totals_by_giver(rows), choices)),
    }


def _before(scope: Scope, movement: Movement) -> Past | None:
    """The same movement in the year before and what it came to; None where there is none to compare."""
    year = summaries.year_before(scope)
    earlier = summaries.same_movement(year, movement) if year else None
    if year is None or earlier is None:
        return None
    there = Place(scope, year, {"phong_trao": earlier.pk})
    done = summaries.counted_in(year).filter(movement=earlier)
    count = summaries.tally(done, "agency_id")
    side = Side(
        count.number, sums.totals_of(summaries.gifts_in(done)), earlier.members,  # type: ignore[attr-defined]
        there.activities(), there.gifts(), there.page("movement_detail", earlier.pk),
    )  # fmt: skip
    named = _("Năm trước phong trào tên là “%(title)s”.") % {"title": earlier.title}
    return Past(year, side, count, named if earlier.title != movement.title else "")


def _groups(
    scope: Scope, movement: Movement, count: summaries.Tally, money: dict[int, Totals], choices: Choices
) -> list[Group]:
    """One line for each member that did or gave something, in charter order; the cluster's own last."""
    found = []
    for pk, (name, _short) in choices.agencies.items():
        given = money[pk].money if pk in money else None
        if count.groups.get(pk) or given:
            place = Place(scope, scope.year, {"phong_trao": movement.pk, "don_vi": pk})
            found.append(
                Group(
                    name, scope.address("agency_detail", pk=pk), count.groups.get(pk, 0),
                    place.activities() if count.groups.get(pk) else "", given, place.gifts(),
                )
            )  # fmt: skip
    if whole := count.groups.get(None):
        place = Place(scope, scope.year, {"phong_trao": movement.pk})
        found.append(Group(_("Hoạt động chung của Cụm"), "", whole, place.activities(don_vi="cum")))
    return found
