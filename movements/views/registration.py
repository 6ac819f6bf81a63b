"""What one agency registers for the year: read, written, sent, judged; and what came of it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import SuspiciousOperation
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from core import submit
from core.access import check, may, page
from core.errors import DomainError, Stale
from members.queries import MemberRow, member_rows
from members.scope import Scope
from movements.domain.actuals import save_actuals
from movements.domain.registrations import TRANSITIONS, empty_registration, move, registration_for
from movements.enums import Direction
from movements.forms.pledge import StepForm
from movements.forms.registration_actual import ActualSheet, differing
from movements.models import Registration, Target
from movements.pledge_history import history_of
from movements.pledge_words import met_words, registration_look, suspicions, target_line
from movements.queries import LARGEST_ID
from movements.queries_pledges import registrations_for, targets_of, titles_of

ACTIONS = {"send": "registration_send", "take_back": "registration_take_back"}


def member_or_404(scope: Scope, pk: int) -> MemberRow:
    """The member of the year whose registration the address names; two queries."""
    found = (
        next((row for row in member_rows(scope.year) if row.agency_id == pk), None)
        if pk <= LARGEST_ID
        else None
    )
    if found is None:
        raise Http404
    return found


@page("year_view")
def registration(request: HttpRequest, pk: int) -> HttpResponse:
    """Targets with plan, actual and share, titles, and what may be done now."""
    return show(request, member_or_404(request.scope, pk))  # type: ignore[attr-defined]


def show(
    request: HttpRequest, member: MemberRow, form: StepForm | None = None, *, status: int = 200
) -> HttpResponse:
    """The page of one registration; ``form`` shows what was wrong with a step."""
    scope: Scope = request.scope  # type: ignore[attr-defined]
    row = registration_for(scope, member.agency_id)
    own = member.agency_id in scope.answers_for
    context: dict[str, Any] = {
        "nav": "pledge", "tab": "own" if own else "list", "member": member, "row": row, "own": own,
        "edit_url": scope.address("registration_edit", pk=member.agency_id),
        "step_url": scope.address("registration_step", pk=member.agency_id),
        "actual_url": scope.address("registration_actual", pk=member.agency_id),
        "list_url": scope.address("registration_list"),
        "can_edit": may(scope, "registration_edit", row or empty_registration(scope, member.agency_id)) and own,
    }  # fmt: skip
    if row is not None:
        context |= _shown(scope, row)
        context["form"] = form or StepForm(initial={"version": row.version}, label_suffix="")
    return render(request, "movements/registration.html", context, status=status)


def _shown(scope: Scope, row: Registration) -> dict[str, Any]:
    known = list(registrations_for(scope))
    targets = targets_of(known)
    doubts = suspicions(one for some in targets.values() for one in some)
    lines = [target_line(one, doubts.get(one.pk, "")) for one in targets[row.pk]]
    names = [*(name for name, right in ACTIONS.items() if may(scope, right, row))]
    if may(scope, "registration_judge", row):
        names += ["accept", "return"] if row.state in TRANSITIONS["accept"].sources else ["return"]
    return {
        "look": registration_look(row.state),
        "lines": lines,
        "titles": titles_of([row])[row.pk],
        "met": met_words(lines),
        "actions": names,
        "can_actual": may(scope, "target_actual", row) and bool(lines),
        "history": history_of(row),
        "submit_key": submit.new_key(),
    }


@page("year_view", methods=("POST",))
def step(request: HttpRequest, pk: int) -> HttpResponse:
    """Send, take back, accept, return; each asks for its own right."""
    scope: Scope = request.scope  # type: ignore[attr-defined]
    member, action = member_or_404(scope, pk), request.POST.get("action", "")
    if action not in TRANSITIONS:
        raise SuspiciousOperation("unknown action")
    form = StepForm(request.POST, label_suffix="")
    if not form.is_valid():
        return show(request, member, form, status=422)
    given = form.cleaned_data
    try:
        row = move(scope, pk, action, version=given["version"], reason=given["reason"])
    except Registration.DoesNotExist as error:
        raise Http404 from error
    except Stale:
        messages.warning(request, _("Bản đăng ký vừa được người khác sửa. Xem lại bên dưới rồi làm tiếp."))
        return redirect(scope.address("registration", pk=pk))
    except DomainError as error:
        for problem in error.problems:
            form.add_error(problem.field or None, problem.sentence)
        return show(request, member, form, status=422)
    messages.success(request, TRANSITIONS[action].done % {"agency": member.short_name})
    seen = row.agency_id in scope.answers_for or action in ("accept", "send")
    return redirect(scope.address("registration", pk=pk) if seen else scope.address("registration_list"))


# -- what was achieved ---------------------------------------------------------------------------
@page("target_actual", methods=("GET", "POST"))
def actual(request: HttpRequest, pk: int) -> HttpResponse:
    """The figures of all targets of the agency in one form; of two people in one row the second sees both."""
    scope: Scope = request.scope  # type: ignore[attr-defined]
    member = member_or_404(scope, pk)
    row = registration_for(scope, pk)
    if row is None:
        raise Http404
    check(scope, "target_actual", row)
    targets = targets_of([row])[row.pk]
    if request.method != "POST":
        return _actual_form(request, member, ActualSheet(targets))
    sheet = ActualSheet(targets, request.POST)
    if not sheet.is_valid():
        return _actual_form(request, member, sheet, status=422)
    try:
        changed = save_actuals(scope, pk, sheet.drafts())
    except DomainError as error:
        sheet.show(error.problems)
        return _actual_form(request, member, sheet, status=422)
    except Stale as stale:
        return _actual_conflict(request, member, sheet, targets, stale.current)
    said = (
        _("Đã ghi kết quả của %(count)s chỉ tiêu.") % {"count": changed}
        if changed
        else _("Không có số nào đổi.")
    )
    messages.success(request, said)
    return redirect(scope.address("registration", pk=pk))


def _actual_conflict(
    request: HttpRequest, member: MemberRow, sheet: ActualSheet, targets: list[Target], late: Any
) -> HttpResponse:
    """Both values side by side; the form keeps mine, on top of theirs."""
    data = request.POST.copy()
    for row in sheet.rows:
        if row.target.key in late.targets:
            data[f"{row.prefix}-seen"] = str(late.targets[row.target.key].version)
    again = ActualSheet(targets, data)
    again.is_valid()
    return _actual_form(request, member, again, status=409, differences=differing(sheet, late.targets))


def _actual_form(
    request: HttpRequest, member: MemberRow, sheet: ActualSheet, *, status: int = 200, **extra: Any
) -> HttpResponse:
    scope: Scope = request.scope  # type: ignore[attr-defined]
    context = {
        "nav": "pledge", "member": member, "sheet": sheet, "lower": Direction.LOWER, "differences": None,
        "back_url": scope.address("registration", pk=member.agency_id), "dirty": status != 200, **extra,
    }  # fmt: skip
    return render(request, "movements/registration_actual.html", context, status=status)
