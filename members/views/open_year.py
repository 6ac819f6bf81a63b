"""The wizard that opens a year: what it takes over, who leads it, a summary, and one transaction at the end."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from core.access import page
from core.dates import format_date
from core.errors import DomainError
from members import carry, charter
from members.domain.charter import in_force
from members.domain.opening import Lead, lead_for, open_with_terms, problems_of_lead
from members.domain.years import Opening, next_year_of, problems_of_opening, proposed_opening
from members.opening_form import LeadForm, OpeningForm
from members.planner_words import why_words
from members.scope import Scope

FIRST, LEADERS, SUMMARY, CREATE = "1", "2", "3", "create"


@page("year_open", methods=("GET", "POST"))
def year_open(request: HttpRequest) -> HttpResponse:
    """Three steps by plain forms; every step carries what was typed in the others, so that going back loses nothing."""
    scope: Scope = request.scope  # type: ignore[attr-defined]
    standing = next_year_of(scope.year)
    if request.method != "POST":
        if standing is not None:
            return render(request, "members/year_open_done.html", {"nav": "home", "standing": standing})
        return _first(request, _blank(scope))
    to = request.POST.get("to", "")
    first = OpeningForm(request.POST, year=scope.year)
    valid = first.is_valid()
    if to == FIRST:
        return _first(request, _without_complaints(first))
    opening = first.opening() if valid else None
    again = standing is not None and opening is not None and standing.label == opening.label
    if opening is not None and not again:
        first.show(problems_of_opening(scope.year, opening))
    if opening is None or first.errors:
        return _first(request, first, status=422)
    return _after_first(request, opening, to)


def _after_first(request: HttpRequest, opening: Opening, to: str) -> HttpResponse:
    """The steps after the first, whose form is in order."""
    scope: Scope = request.scope  # type: ignore[attr-defined]
    lead = lead_for(scope.year, opening)
    if "lead" not in request.POST:
        return _leaders(request, lead, _lead_form(scope, lead))
    form = _lead_form(scope, lead, request.POST)
    valid = form.is_valid()
    if to not in (SUMMARY, CREATE):
        return _leaders(request, lead, _without_complaints(form))
    order = form.order() if valid and scope.is_officer else None
    if order is not None and to == SUMMARY:
        form.show(problems_of_lead(order, lead.ground))
    if not valid or form.errors:
        return _leaders(request, lead, form, status=422)
    if to == SUMMARY:
        return _summary(request, opening, lead, form)
    try:
        done = open_with_terms(scope, opening, order)
    except DomainError as error:
        first = OpeningForm(request.POST, year=scope.year)
        if first.is_valid() and (problems := problems_of_opening(scope.year, opening)):
            first.show(problems)
            return _first(request, first, status=422)
        form.show(error.problems)
        return _leaders(request, lead, form, status=422)
    if done.fresh:
        messages.success(request, _("Đã mở năm %(label)s.") % {"label": done.year.label})
    else:
        messages.info(request, _("Năm %(label)s đã được mở trước đó.") % {"label": done.year.label})
    return redirect("year_home", cluster=scope.cluster.slug, label=done.year.label)


def _blank(scope: Scope) -> OpeningForm:
    wanted = proposed_opening(scope.year)
    initial = {
        "label": wanted.label, "starts_on": wanted.starts_on, "ends_on": wanted.ends_on,
        "parts": [part.name for part in carry.parts() if part.name in wanted.parts], "shift": wanted.shift,
    }  # fmt: skip
    return OpeningForm(year=scope.year, initial=initial)


def _lead_form(scope: Scope, lead: Lead, data: Any = None) -> LeadForm:
    rules = charter.read(in_force(scope.year).data)
    proposal, ground = lead.proposal, lead.ground
    seats = max(rules.deputies, len(proposal.deputy_ids))
    initial: dict[str, Any] = {
        "write": lead.elected is not None, "chair": proposal.chair_id, "starts_on": proposal.starts_on,
        "seen": ground.mark,
    }  # fmt: skip
    initial |= {f"deputies_{number}": pk for number, pk in enumerate(proposal.deputy_ids, 1)}
    members = [(pk, ground.short(pk)) for pk in ground.members]
    return LeadForm(data, prefix="lead", initial=initial, members=members, seats=seats)


def _without_complaints(form: Any) -> Any:
    """What was typed, without its errors: another step was asked for."""
    form.is_valid()
    form._errors = type(form.errors)()
    return form


def _kept(request: HttpRequest, *shown: str) -> list[tuple[str, str]]:
    """What was posted for the other steps: all but the buttons and the fields that this step shows."""
    return [
        (name, value)
        for name in request.POST
        if name not in ("csrfmiddlewaretoken", "to", *shown)
        for value in request.POST.getlist(name)
    ]


def _first(request: HttpRequest, form: OpeningForm, status: int = 200) -> HttpResponse:
    context = {"nav": "home", "step": 1, "form": form, "kept": _kept(request, *form.fields)}
    return render(request, "members/year_open.html", context, status=status)


def _leaders(request: HttpRequest, lead: Lead, form: LeadForm, status: int = 200) -> HttpResponse:
    scope: Scope = request.scope  # type: ignore[attr-defined]
    shown = [form.add_prefix(name) for name in form.fields] if scope.is_officer else []
    context = {
        "nav": "home", "step": 2, "form": form, "kept": _kept(request, "lead", *shown), "lead": lead,
        "proposed": _proposed(lead), "why": _why(lead),
    }  # fmt: skip
    return render(request, "members/year_open.html", context, status=status)


def _proposed(lead: Lead) -> list[dict[str, str]]:
    """Chair and deputies as proposed, as facts."""
    ground, proposal = lead.ground, lead.proposal
    rows = [{"label": _("Cụm trưởng"), "value": ground.short(proposal.chair_id or 0) or _("Chưa có đề xuất")}]
    if proposal.deputy_ids:
        names = "; ".join(ground.short(pk) for pk in proposal.deputy_ids)
        rows.append({"label": _("Cụm phó"), "value": names})
    return rows


def _why(lead: Lead) -> str:
    if not lead.ground.members:
        return _("Năm mới chưa chép đơn vị thành viên nên chưa đề xuất được ai.")
    if lead.elected is not None:
        return _("Theo kết quả bầu tại hội nghị ngày %(day)s.") % {"day": format_date(lead.elected.held_on)}
    if lead.why is None:
        return _("Không có đơn vị nào để đề xuất.")
    return _("Theo quy chế: %(why)s") % {"why": why_words(lead.why, lead.ground.short)}


def _summary(request: HttpRequest, opening: Opening, lead: Lead, form: LeadForm) -> HttpResponse:
    scope: Scope = request.scope  # type: ignore[attr-defined]
    shift = carry.Shift.between(opening.shift, scope.year.starts_on, opening.starts_on)
    parts = [part for part in carry.parts() if part.name in opening.parts]
    order = form.order() if scope.is_officer else None
    context = {
        "nav": "home", "step": 3, "kept": _kept(request), "opening": opening, "order": order,
        "taken": [_taken(part, scope, shift) for part in parts],
        "left": [part.label for part in carry.parts() if part.name not in opening.parts],
        "seats": _seats(lead, order) if order else [],
    }  # fmt: skip
    return render(request, "members/year_open.html", context)


def _taken(part: carry.Part, scope: Scope, shift: carry.Shift) -> dict[str, Any]:
    """What the summary says of a part: how much, and by name where it has names."""
    names = part.names(scope.year, shift) if part.names else []
    return {
        "label": part.label, "names": names,
        "count": len(names) if part.names and names else part.count(scope.year),
    }  # fmt: skip


def _seats(lead: Lead, order: Any) -> list[dict[str, str]]:
    ground = lead.ground
    rows = [{"label": _("Cụm trưởng"), "value": ground.short(order.chair_id)}]
    rows += [{"label": _("Cụm phó"), "value": ground.short(pk)} for pk in order.deputy_ids]
    return [*rows, {"label": _("Từ ngày"), "value": format_date(order.starts_on)}]
