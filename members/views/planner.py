"""The rotation planner: past years as facts, coming years as the charter's rule proposes them; prints as an annex."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from core.access import page
from core.dates import format_date
from core.errors import DomainError
from members.domain import planner as pure
from members.domain.planner import Passed, Pick, Proposed
from members.domain.planning import Outlook, outlook, skip, unskip
from members.domain.rotation import Term
from members.domain.timeline import Line
from members.enums import Role
from members.forms import show
from members.models import RotationSkip
from members.planner_words import passed_words, rule_words, why_words
from members.role_forms import SkipForm
from members.role_queries import LARGEST_ID, Names
from members.scope import Scope
from members.views.members import days_words
from members.views.roles import office_words

YEARS_SHOWN, PAST_SHOWN = 3, 10


@page("roles_view")
def planner(request: HttpRequest) -> HttpResponse:
    """Years by agencies, the coming ones with their reasons; ``?so_nam=`` says how many."""
    return _show(request)


@page("roles_view", methods=("POST",), write_right="planner_skip")
def planner_skip(request: HttpRequest) -> HttpResponse:
    """Pass an agency over in one coming year."""
    scope: Scope = request.scope  # type: ignore[attr-defined]
    seen = outlook(scope.year.cluster_id, pure.MOST_YEARS, scope.today)
    form = _skip_form(scope, seen, Names(seen.agency_ids), request.POST)
    if not form.is_valid():
        return _show(request, form, 422)
    data = form.cleaned_data
    try:
        skip(scope, data["agency"], data["label"], data["reason"])
    except DomainError as error:
        show(form, error.problems)
        return _show(request, form, 422)
    messages.success(
        request, _("Đã ghi bỏ qua đơn vị trong dự kiến năm %(label)s.") % {"label": data["label"]}
    )
    return redirect(scope.address("planner"))


@page("roles_view", methods=("POST",), write_right="planner_skip")
def planner_unskip(request: HttpRequest, pk: int) -> HttpResponse:
    """Let the agency take its turn again."""
    scope: Scope = request.scope  # type: ignore[attr-defined]
    if pk > LARGEST_ID:
        raise Http404
    done = unskip(scope, pk)
    if done:
        messages.success(request, _("Đơn vị lại được tính đến lượt năm %(label)s.") % {"label": done.label})
    else:
        messages.info(request, _("Mục bỏ qua này đã được gỡ trước đó."))
    return redirect(scope.address("planner"))


def _skip_form(scope: Scope, seen: Outlook, names: Names, data: Any = None) -> SkipForm:
    members = [one.agency_id for one in sorted(seen.case.members, key=lambda one: (one.order, one.agency_id))]
    last = seen.facts[-1].span if seen.facts else None
    known = [one.span for one in seen.proposed]
    labels = [one.label for one in (pure.coming(last, pure.MOST_YEARS, known) if last else known)]
    return SkipForm(data, agencies=[(pk, names.full(pk, scope.today)) for pk in members], labels=labels)


def _number(request: HttpRequest) -> tuple[int, str, str]:
    """How many years are asked for: the number, what was typed, the sentence when it cannot be."""
    typed = request.GET.get("so_nam", "").strip()[:20]
    if not typed:
        return YEARS_SHOWN, str(YEARS_SHOWN), ""
    number = int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 4 else 0
    if 1 <= number <= pure.MOST_YEARS:
        return number, typed, ""
    return YEARS_SHOWN, typed, _("Ghi số năm từ 1 đến %(most)s.") % {"most": pure.MOST_YEARS}


def _show(request: HttpRequest, form: SkipForm | None = None, status: int = 200) -> HttpResponse:
    scope: Scope = request.scope  # type: ignore[attr-defined]
    number, typed, error = _number(request)
    seen = outlook(scope.year.cluster_id, number, scope.today)
    names = Names([*seen.agency_ids, *(one.agency_id for one in seen.skips)])
    table = _Table(scope, seen, names)
    context = {
        "nav": "members",
        "typed": typed,
        "error": error,
        "most": pure.MOST_YEARS,
        "past": table.past(),
        "coming": [one.span.label for one in seen.proposed],
        "rows": table.rows(),
        "proposed": [table.proposal(place, one) for place, one in enumerate(seen.proposed)],
        "rule": rule_words(seen.case.rule, seen.case.gap, seen.case.deputies),
        "skips": [table.skip(one) for one in seen.skips],
        "form": form or _skip_form(scope, seen, names),
        "today": scope.today,
        "chairs": Role.CHAIR.label,
    }
    return render(request, "members/planner.html", context, status=status)


class _Table:
    """The outlook as the page draws it."""

    def __init__(self, scope: Scope, seen: Outlook, names: Names) -> None:
        self.scope, self.seen, self.names = scope, seen, names
        self.facts: list[Line] = seen.facts[-PAST_SHOWN:]
        self.several = seen.case.deputies > 1 or any(
            term.order > 1 for line in self.facts for term in line.deputies
        )

    def name(self, agency_id: int) -> str:
        """The short name of today."""
        return self.names.short(agency_id, self.scope.today)

    def past(self) -> list[dict[str, Any]]:
        """The heads of the years that are facts."""
        return [{"label": line.span.label, "unknown": not line.chairs} for line in self.facts]

    def rows(self) -> list[dict[str, Any]]:
        """An agency each, with a cell for each year."""
        left = {one.agency_id: one.left for one in self.seen.case.members}
        members = {one.agency_id for one in self.seen.case.members}
        return [
            {
                "name": self.names.full(agency, self.scope.today),
                "own": agency in self.scope.agency_ids,
                "left": self.gone(left.get(agency), agency in members),
                "cells": [
                    *(self.fact(agency, line) for line in self.facts),
                    *(self.guess(agency, one) for one in self.seen.proposed),
                ],
            }
            for agency in self.seen.agency_ids
        ]

    def gone(self, day: date | None, member: bool) -> str:
        """Since when the agency is no member any more, if it is so."""
        if day:
            return _("rời cụm từ %(day)s") % {"day": format_date(day)}
        return "" if member else _("không còn là thành viên")

    def fact(self, agency: int, line: Line) -> dict[str, Any]:
        """What the agency was in a past year; the days where its term does not cover the whole year."""
        held = [term for term in (*line.deputies, *line.chairs) if term.agency_id == agency]
        return {
            "css": "",
            "offices": [
                {
                    "words": self.office(term.role, term.order),
                    "chair": term.role == Role.CHAIR,
                    "days": _part(term, line),
                }
                for term in held
            ],
        }  # fmt: skip

    def guess(self, agency: int, one: Proposed) -> dict[str, Any]:
        """What is proposed for the agency in a coming year."""
        offices = [{"words": self.office(Role.CHAIR, 1), "chair": True}] if one.chair == agency else []
        for order, pick in enumerate(one.deputies, 1):
            if pick.agency_id == agency:
                offices.append({"words": self.office(Role.DEPUTY, order), "chair": False})
        skipped = any(why.agency_id == agency and why.code == "skipped" for why in one.passed)
        return {"css": "plan", "offices": offices, "skipped": skipped and not offices}

    def office(self, role: str, order: int) -> str:
        """Trưởng, Phó, Phó 2: short, for the table."""
        if role == Role.CHAIR:
            return _("Trưởng")
        return _("Phó %(order)s") % {"order": order} if self.several else _("Phó")

    def proposal(self, place: int, one: Proposed) -> dict[str, Any]:
        """A coming year in words."""
        deputies = [self.pick(pick, order, len(one.deputies)) for order, pick in enumerate(one.deputies, 1)]
        return {
            "label": one.span.label,
            "chair": self.names.full(one.chair, self.scope.today) if one.chair is not None else "",
            "why": why_words(one.why, self.name),
            "deputies": deputies,
            "short": len(deputies) < self.seen.case.deputies and one.chair is not None,
            "passed": self.passed(place, one.passed),
        }

    def pick(self, pick: Pick, order: int, number: int) -> dict[str, str]:
        """A deputy with its reason."""
        return {
            "office": office_words(Role.DEPUTY, order, number) if number > 1 else "",
            "name": self.names.full(pick.agency_id, self.scope.today),
            "why": why_words(pick.why, self.name),
        }

    def passed(self, place: int, passed: Iterable[Passed]) -> list[dict[str, str]]:
        """Who is passed over; who is gone is told once, in the first year, when it led in the year before."""
        led = set(self.seen.facts[-1].held.deputies) if self.seen.facts else set()
        told = [why for why in passed if why.code != "gone" or (place == 0 and why.agency_id in led)]
        words: dict[int, list[str]] = {}
        for why in told:
            words.setdefault(why.agency_id, []).append(passed_words(why, self.seen.case.gap))
        return [{"name": self.name(agency), "why": "; ".join(parts)} for agency, parts in words.items()]

    def skip(self, one: RotationSkip) -> dict[str, Any]:
        """An agency somebody asked to pass over."""
        return {
            "label": one.label,
            "name": self.names.full(one.agency_id, self.scope.today),
            "reason": one.reason,
            "url": self.scope.address("planner_unskip", pk=one.pk),
        }


def _part(term: Term, line: Line) -> str:
    """The days that set a term apart from the others of its seat and year; empty for one that had the seat alone."""
    seat = line.chairs if term.role == Role.CHAIR else line.seat(term.order)
    starts = term.starts_on if seat.index(term) > 0 else None
    ends = term.ends_on if term.ends_on and term.ends_on <= line.span.last else None
    return days_words(starts, ends)
