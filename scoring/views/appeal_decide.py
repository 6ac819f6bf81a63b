"""Deciding an appeal: what it would do is shown to the decider alone, then the decision is written."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from core.access import check, page
from core.errors import DomainError, Stale
from members.scope import Scope
from scoring.domain.appeal_decide import decide, new_points
from scoring.forms_appeals import DecisionForm
from scoring.models import Appeal
from scoring.render.appeal_paper import appeal_docx
from scoring.views.appeal import conflict, show
from scoring.views.appeal_parts import appeal_or_404, what_if


@page("appeal_view", methods=("POST",), write_right="appeal_decide")
def appeal_decide(request: HttpRequest, pk: int) -> HttpResponse:
    """With ``compute`` the effect of the typed points, which writes nothing; else the decision."""
    scope: Scope = request.scope  # type: ignore[attr-defined]
    row = appeal_or_404(scope, pk)
    if row.decided_at is not None:
        return conflict(request, pk)
    check(scope, "appeal_decide", row)
    form = DecisionForm(request.POST)
    good = form.is_valid()
    if "compute" in request.POST:
        return _computed(request, row, form)
    if not good:
        return show(request, row, status=422, decision=form)
    try:
        done = decide(scope, pk, form.decision(), appeal_docx, version=form.cleaned_data["version"])
    except DomainError as error:
        form.show(error.problems)
        return show(request, row, status=422, decision=form)
    except Stale:
        return conflict(request, pk)
    messages.success(
        request, _("Đã giải quyết kiến nghị và ra thông báo số %(number)s.") % {"number": done.number}
    )
    return redirect(scope.address("appeal_detail", pk=pk))


def _computed(request: HttpRequest, row: Appeal, form: DecisionForm) -> HttpResponse:
    """The effect of what was typed; the form stays as it is, without complaints about what is not typed yet."""
    scope: Scope = request.scope  # type: ignore[attr-defined]
    typed = form.cleaned_data.get("points")
    points = new_points(row, form.cleaned_data.get("outcome", ""), typed)
    for name in [one for one in form.errors if one != "points"]:
        del form.errors[name]
    return show(request, row, decision=form, what_if=what_if(scope, row, points), dirty=True)
