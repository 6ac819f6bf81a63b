"""The charter of a year: shown in words, its versions, and the editor with the example beside it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from core.access import page
from core.errors import DomainError, Stale
from members import charter
from members.charter import Rules
from members.charter_examples import sections
from members.charter_form import LISTS, CharterSheet, one_row_more
from members.charter_uses import resting_on
from members.charter_words import differences, in_words
from members.domain.charter import earlier_versions, in_force, mark_of, save_charter
from members.models import Charter, CharterVersion, ClusterYear


@page("charter_view")
def charter_page(request: HttpRequest) -> HttpResponse:
    """Every rule in words, and the versions before it with what each changed."""
    scope = request.scope  # type: ignore[attr-defined]
    stored, rules = _in_force(scope.year)
    older = earlier_versions(scope.year)
    context = {
        "nav": "home",
        "stored": stored,
        "groups": in_words(rules),
        "changes": _changes(stored, rules, older),
        "version": stored.version,
        "old": None,
    }
    return render(request, "members/charter.html", context)


@page("charter_view")
def charter_version(request: HttpRequest, version: int) -> HttpResponse:
    """A version that was replaced, as it stood; the one in force has its own page."""
    scope = request.scope  # type: ignore[attr-defined]
    if version == in_force(scope.year).version:
        return redirect("charter", cluster=scope.cluster.slug, label=scope.year.label)
    older = earlier_versions(scope.year)
    found = next((one for one in older if one.version == version), None)
    if found is None:
        raise Http404
    rules = charter.read(found.data)
    context = {
        "nav": "home",
        "stored": found,
        "groups": in_words(rules),
        "changes": [],
        "version": version,
        "old": found,
    }
    return render(request, "members/charter.html", context)


def _in_force(year: ClusterYear) -> tuple[Charter, Rules]:
    stored = in_force(year)
    return stored, charter.read(stored.data)


def _changes(stored: Charter, rules: Rules, older: list[CharterVersion]) -> list[dict[str, Any]]:
    """Each step from version to version, newest first: when, why, which rules changed."""
    steps = []
    later, version, reason = rules, stored.version, stored.reason
    for one in older:
        before = charter.read(one.data)
        keys = charter.differing(before, later)
        steps.append(
            {
                "version": version, "old": one.version, "at": one.replaced_at, "reason": reason,
                "rows": differences(before, later, keys),
            }
        )  # fmt: skip
        later, version, reason = before, one.version, one.reason
    return steps


@page("charter_edit", methods=("GET", "POST"))
def charter_edit(request: HttpRequest) -> HttpResponse:
    """Change the rules; rows and the example work without JavaScript, errors keep all that was typed."""
    scope = request.scope  # type: ignore[attr-defined]
    stored, rules = _in_force(scope.year)
    seen = mark_of(stored)
    if request.method != "POST":
        return _form(request, CharterSheet(rules, seen), rules)
    if prefix := request.POST.get("add_row"):
        sheet = CharterSheet(rules, seen, one_row_more(request.POST, prefix))
        wanted = sheet.rules()
        sheet.without_complaints()
        return _form(request, sheet, wanted or rules, dirty=True)
    sheet = CharterSheet(rules, seen, request.POST)
    wanted = sheet.rules()
    if "example" in request.POST:
        return _form(request, sheet, wanted or rules, dirty=True, status=200 if wanted else 422)
    if wanted is None:
        return _form(request, sheet, rules, status=422, dirty=True)
    reason, base = sheet.head.cleaned_data["reason"], sheet.head.cleaned_data["seen"]
    try:
        saved = save_charter(scope, wanted, seen=base, reason=reason)
    except DomainError as error:
        sheet.show(error.problems)
        return _form(request, sheet, wanted, status=422, dirty=True)
    except Stale as stale:
        return _conflict(request, wanted, stale.current)
    if saved.version != stored.version:
        messages.success(request, _("Đã ghi quy chế, bản %(n)s.") % {"n": saved.version})
    else:
        messages.success(request, _("Đã ghi quy chế."))
    return redirect("charter", cluster=scope.cluster.slug, label=scope.year.label)


def _conflict(request: HttpRequest, mine: Rules, current: Any) -> HttpResponse:
    """Somebody saved meanwhile: both values side by side, the form keeps mine on top of theirs."""
    theirs = charter.read(current.data)
    data = request.POST.copy()
    data["seen"] = mark_of(current)
    sheet = CharterSheet(theirs, mark_of(current), data)
    sheet.rules()
    rows = differences(mine, theirs, charter.differing(mine, theirs))
    return _form(request, sheet, mine, status=409, differences=rows, dirty=True, current=current)


def _form(
    request: HttpRequest, sheet: CharterSheet, rules: Rules, status: int = 200, **extra: Any
) -> HttpResponse:
    scope = request.scope  # type: ignore[attr-defined]
    context = {
        "nav": "home",
        "sheet": sheet,
        "lists": LISTS,
        "rests": resting_on(scope.year),
        "current": in_force(scope.year),
        "sections": sections(rules),
        "problems": [],
        "differences": None,
        "dirty": False,
        **extra,
    }
    context["next_version"] = context["current"].version + 1
    return render(request, "members/charter_form.html", context, status=status)


@page("charter_edit", methods=("POST",))
def charter_example(request: HttpRequest) -> HttpResponse:
    """The example for what is typed so far, for the editor; writes nothing."""
    scope = request.scope  # type: ignore[attr-defined]
    stored, rules = _in_force(scope.year)
    sheet = CharterSheet(rules, mark_of(stored), request.POST)
    wanted = sheet.rules()
    problems = [] if wanted else _told(sheet)
    context = {"sections": sections(wanted or rules), "problems": problems, "told": True}
    return render(request, "members/charter_example.html", context)


def _told(sheet: CharterSheet) -> list[str]:
    """What is wrong, field by field, as sentences."""
    told = [f"{sheet.head[name].label}: {text}" for name, texts in _errors(sheet.head) for text in texts]
    for rows in sheet.rows.values():
        told += [str(text) for text in rows.non_form_errors()]
        told += [
            f"{form[name].label}: {text}"
            for form in rows.forms for name, texts in _errors(form) for text in texts
        ]  # fmt: skip
    return told


def _errors(form: Any) -> list[tuple[str, list[str]]]:
    return [
        (name, [str(text) for text in texts]) for name, texts in form.errors.items() if name in form.fields
    ]
