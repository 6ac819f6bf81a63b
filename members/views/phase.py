"""Moving the year on: what is missing, and the button."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import NoReverseMatch
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.access import page
from core.errors import DomainError, Problem
from core.formfields import LineField
from members.domain.phases import Step, advance, step_of


class AdvanceForm(forms.Form):
    """One press of the button; ``phase`` is the step it was shown for."""

    phase = forms.CharField(required=False, max_length=12, widget=forms.HiddenInput)
    reason = LineField(label=gettext_lazy("Ghi chú vào nhật ký"), required=False, max_length=300)
    sure = forms.BooleanField(
        label=gettext_lazy("Tôi hiểu rằng năm đã đóng thì không sửa được nữa"), required=False
    )


@page("phase_advance", methods=("GET", "POST"))
def phase_advance(request: HttpRequest) -> HttpResponse:
    """Shows what the open step still lacks; the form closes it and opens the next, or seals the year."""
    scope = request.scope  # type: ignore[attr-defined]
    step = step_of(scope.year)
    if request.method != "POST":
        return _show(request, step, AdvanceForm(initial={"phase": step.shown}))
    form = AdvanceForm(request.POST)
    if not form.is_valid():
        return _show(request, step, form, status=422)
    if step.opens is None and step.shown == form.cleaned_data["phase"] and not form.cleaned_data["sure"]:
        if "reason" in request.POST:
            form.add_error("sure", _("Đánh dấu vào ô này để đóng năm."))
        return _show(request, step, form, status=422)
    try:
        done = advance(scope, form.cleaned_data["phase"], form.cleaned_data["reason"])
    except DomainError as error:
        return _show(request, Step(step.closes, step.opens, error.problems), form, status=422)
    if done is None:
        messages.info(request, _("Bước này đã được chuyển trước đó."))
    elif done.opens:
        messages.success(request, _("Năm %(label)s đã sang bước “%(step)s”.") % {
            "label": scope.year.label, "step": done.opens,
        })  # fmt: skip
    else:
        messages.success(request, _("Năm %(label)s đã đóng.") % {"label": scope.year.label})
    return redirect("year_home", cluster=scope.cluster.slug, label=scope.year.label)


def _show(request: HttpRequest, step: Step, form: AdvanceForm, status: int = 200) -> HttpResponse:
    scope = request.scope  # type: ignore[attr-defined]
    items = [{"ok": False, "text": problem.sentence, "url": _url(problem, scope)} for problem in step.missing]
    context = {"nav": "home", "step": step, "items": items, "form": form}
    return render(request, "members/phase_advance.html", context, status=status)


def _url(problem: Problem, scope: Any) -> str:
    """The page that mends a problem, if its link names one."""
    if not problem.link or problem.link.startswith("/"):
        return problem.link
    name, mark, query = problem.link.partition("?")
    try:
        return f"{scope.address(name)}{mark}{query}"
    except NoReverseMatch:
        return ""
