"""Moving the year on or one step back, opening a sealed one again: what is missing, and the button."""

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
from members.domain.extensions import extension_rows
from members.domain.phases import LONGEST_REASON, Step, advance, reopen_year, step_back, step_before, step_of
from members.forms import show


class AdvanceForm(forms.Form):
    """One press of the button; ``phase`` is the step it was shown for."""

    phase = forms.CharField(required=False, max_length=12, widget=forms.HiddenInput)
    reason = LineField(label=gettext_lazy("Ghi chú vào nhật ký"), required=False, max_length=LONGEST_REASON)
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
    return _home(scope)


class BackForm(forms.Form):
    """Going back needs a reason; ``phase`` is the step it was shown for."""

    phase = forms.CharField(required=False, max_length=12, widget=forms.HiddenInput)
    reason = LineField(
        label=gettext_lazy("Lý do"), required=False, max_length=LONGEST_REASON,
        help_text=gettext_lazy("Lý do được giữ trong nhật ký."),
    )  # fmt: skip


@page("phase_step_back", methods=("GET", "POST"))
def phase_step_back(request: HttpRequest) -> HttpResponse:
    """Closes the open step as if it had never opened, and opens the one before again."""
    scope = request.scope  # type: ignore[attr-defined]
    now, before = step_of(scope.year).closes, step_before(scope.year)
    form = BackForm(
        request.POST if request.method == "POST" else None, initial={"phase": now.kind if now else ""}
    )
    if request.method == "POST" and form.is_valid():
        try:
            opened = step_back(scope, form.cleaned_data["phase"], form.cleaned_data["reason"])
        except DomainError as error:
            show(form, error.problems)
        else:
            words = {"label": scope.year.label, "step": opened}
            if opened:
                messages.success(request, _("Năm %(label)s đã lùi về bước “%(step)s”.") % words)
            else:
                messages.info(request, _("Bước này đã được chuyển trước đó."))
            return _home(scope)
    context = {"nav": "home", "now": now, "before": before, "form": form}
    status = 422 if request.method == "POST" else 200
    return render(request, "members/phase_step_back.html", context, status=status)


@page("year_reopen", methods=("GET", "POST"))
def year_reopen(request: HttpRequest) -> HttpResponse:
    """The officer opens a sealed year again at its last step."""
    scope = request.scope  # type: ignore[attr-defined]
    form = BackForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            opened = reopen_year(scope, form.cleaned_data["reason"])
        except DomainError as error:
            show(form, error.problems)
        else:
            words = {"label": scope.year.label}
            if opened:
                messages.success(request, _("Năm %(label)s đã được mở lại.") % words)
            else:
                messages.info(request, _("Năm %(label)s đang mở.") % words)
            return _home(scope)
    status = 422 if request.method == "POST" else 200
    return render(request, "members/year_reopen.html", {"nav": "home", "form": form}, status=status)


def _home(scope: Any) -> HttpResponse:
    return redirect("year_home", cluster=scope.cluster.slug, label=scope.year.label)


def _show(request: HttpRequest, step: Step, form: AdvanceForm, status: int = 200) -> HttpResponse:
    scope = request.scope  # type: ignore[attr-defined]
    items = [{"ok": False, "text": problem.sentence, "url": _url(problem, scope)} for problem in step.missing]
    running = extension_rows(scope, running=True)
    context = {"nav": "home", "step": step, "items": items, "form": form, "running": running}
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
