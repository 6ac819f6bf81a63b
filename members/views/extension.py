"""More time for single agencies: giving it, changing its last day, taking it back."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from core.access import may, page
from core.dates import format_date
from core.errors import DomainError, Stale
from core.formfields import DayField, LineField
from members.domain.extensions import (
    KINDS,
    LONGEST_REASON,
    change,
    extension_for,
    give,
    mark_of,
    receivers,
    take_back,
)
from members.enums import PhaseKind
from members.forms import show
from members.models import PhaseExtension
from members.queries import agency_names, phases_of
from members.rules import EXTENSIONS
from members.scope import Scope


class ReasonForm(forms.Form):
    """Why."""

    reason = LineField(
        label=gettext_lazy("Lý do"), required=False, max_length=LONGEST_REASON,
        help_text=gettext_lazy("Mọi đơn vị trong Cụm thấy lý do này."),
    )  # fmt: skip


class ChangeForm(ReasonForm):
    """Another last day."""

    mark = forms.CharField(required=False, max_length=40, widget=forms.HiddenInput)
    until = DayField(
        label=gettext_lazy("Được làm đến hết ngày"), required=False,
        help_text=gettext_lazy("Đến 24 giờ ngày này, giờ Việt Nam."),
    )  # fmt: skip
    field_order = ("until", "reason")


class GiveForm(ReasonForm):
    """One step, several agencies."""

    kind = forms.ChoiceField(label=gettext_lazy("Bước"), required=False)
    agencies = forms.TypedMultipleChoiceField(
        label=gettext_lazy("Đơn vị"), required=False, coerce=int, widget=forms.CheckboxSelectMultiple
    )
    until = DayField(
        label=gettext_lazy("Được làm đến hết ngày"), required=False,
        help_text=gettext_lazy("Đến 24 giờ ngày này, giờ Việt Nam."),
    )  # fmt: skip
    field_order = ("kind", "agencies", "until", "reason")

    def __init__(self, scope: Scope, *args: Any, **kwargs: Any) -> None:
        """Offer the steps an agency can go on with, the open one first, and the agencies this person may choose."""
        super().__init__(*args, **kwargs)
        given = [row for row in phases_of(scope.year) if row.kind in KINDS]
        self.fields["kind"].choices = [(row.kind, _step_words(row)) for row in given]  # type: ignore[attr-defined]
        opened = [row.kind for row in given if row.opened_at]
        self.initial.setdefault("kind", opened[-1] if opened else KINDS[0])
        rows = [row for row in receivers(scope) if may(scope, "extension_edit", row)]
        self.fields["agencies"].error_messages["invalid_choice"] = EXTENSIONS
        self.fields["agencies"].choices = [(row.agency_id, row.name) for row in rows]  # type: ignore[attr-defined]


def _step_words(row: Any) -> str:
    label = str(PhaseKind(row.kind).label)
    if row.planned_to:
        return _("%(step)s (hạn chung: hết %(day)s)") % {"step": label, "day": format_date(row.planned_to)}
    return label


@page("extension_edit", methods=("GET", "POST"))
def extension_add(request: HttpRequest) -> HttpResponse:
    """Give one or several agencies more time for a step."""
    scope: Scope = request.scope  # type: ignore[attr-defined]
    form = GiveForm(scope, _posted(request))
    if request.method != "POST":
        return _show(request, form)
    if form.is_valid():
        data = form.cleaned_data
        try:
            rows = give(scope, data["kind"], data["agencies"], data["until"], data["reason"])
        except DomainError as error:
            show(form, error.problems)
        else:
            text = ngettext(
                "Đã gia hạn cho %(count)s đơn vị đến hết %(day)s.",
                "Đã gia hạn cho %(count)s đơn vị đến hết %(day)s.",
                len(rows),
            )
            messages.success(request, text % {"count": len(rows), "day": format_date(data["until"])})
            return redirect(scope.address("calendar"))
    return _show(request, form, status=422)


@page("extension_edit", methods=("GET", "POST"))
def extension_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Another last day, or another reason."""
    scope, row = _row(request, pk)
    standing = {"until": row.until, "reason": row.reason, "mark": mark_of(row)}
    form = ChangeForm(_posted(request), initial=standing)
    more = _named(scope, row)
    if request.method != "POST":
        return _show(request, form, **more)
    if form.is_valid():
        data = form.cleaned_data
        try:
            change(scope, pk, data["until"], data["reason"], data["mark"])
        except DomainError as error:
            show(form, error.problems)
        except PhaseExtension.DoesNotExist as error:
            raise Http404 from error
        except Stale as error:
            return _conflict(request, form, error.current, more)
        else:
            messages.success(request, _("Đã lưu gia hạn."))
            return redirect(scope.address("calendar"))
    return _show(request, form, status=422, **more)


def _conflict(request: HttpRequest, form: ChangeForm, standing: Any, more: dict[str, Any]) -> HttpResponse:
    typed = form.cleaned_data
    rows = [
        (form["until"].label, typed["until"], standing.until),
        (form["reason"].label, typed["reason"], standing.reason),
    ]
    differences = [
        {"field": label, "mine": _words(mine), "theirs": _words(theirs)}
        for label, mine, theirs in rows
        if mine != theirs
    ]
    data = {**form.data.dict(), "mark": mark_of(standing)}  # type: ignore[attr-defined] # a QueryDict
    fresh = ChangeForm(data)
    fresh.is_valid()
    return _show(request, fresh, status=409, differences=differences, **more)


def _words(value: Any) -> str:
    return value if isinstance(value, str) else format_date(value)


@page("extension_edit", methods=("GET", "POST"))
def extension_take_back(request: HttpRequest, pk: int) -> HttpResponse:
    """End an extension at once, with a reason."""
    scope: Scope = request.scope  # type: ignore[attr-defined]
    form = ReasonForm(_posted(request))
    try:
        row = extension_for(scope, pk)
        if form.is_valid():
            take_back(scope, pk, form.cleaned_data["reason"])
            messages.success(request, _("Đã thu hồi gia hạn."))
            return redirect(scope.address("calendar"))
    except DomainError as error:
        show(form, error.problems)
    except PhaseExtension.DoesNotExist as error:
        if request.method != "POST":
            raise Http404 from error
        messages.info(request, _("Gia hạn này đã được thu hồi trước đó."))
        return redirect(scope.address("calendar"))
    status = 422 if request.method == "POST" else 200
    return _show(request, form, status=status, is_end=True, **_named(scope, row))


def _posted(request: HttpRequest) -> Any:
    return request.POST if request.method == "POST" else None


def _row(request: HttpRequest, pk: int) -> tuple[Scope, PhaseExtension]:
    scope: Scope = request.scope  # type: ignore[attr-defined]
    try:
        return scope, extension_for(scope, pk)
    except PhaseExtension.DoesNotExist as error:
        raise Http404 from error


def _named(scope: Scope, row: PhaseExtension) -> dict[str, Any]:
    names = agency_names([row.agency_id], min(scope.today, scope.year.ends_on))
    return {
        "row": row,
        "agency": names.get(row.agency_id, ("?", "?"))[1],
        "step": PhaseKind(row.phase.kind).label,
    }


def _show(request: HttpRequest, form: forms.Form, *, status: int = 200, **more: Any) -> HttpResponse:
    scope: Scope = request.scope  # type: ignore[attr-defined]
    context = {
        "nav": "home", "form": form, "back_url": scope.address("calendar"),
        "row": None, "is_end": False, "differences": [], **more,
    }  # fmt: skip
    return render(request, "members/extension_form.html", context, status=status)
