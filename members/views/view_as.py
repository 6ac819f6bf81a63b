"""Looking at a cluster as one of its people: beginning and ending; the looking itself is in ``members.eyes``."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from core.access import own_page, page
from core.errors import DomainError
from members import eyes
from members.forms_people import ReasonForm
from members.models import Person
from members.queries_people import person_for
from members.scope import Scope
from members.views.people import show_person


@page("view_as", methods=("POST",))
def view_as_start(request: HttpRequest, pk: int) -> HttpResponse:
    """Looks as a person of the cluster from now on, for an hour at most."""
    scope: Scope = request.scope  # type: ignore[attr-defined]
    try:
        found = person_for(scope, pk)
    except Person.DoesNotExist:
        raise Http404 from None
    form = ReasonForm(request.POST)
    if form.is_valid():
        try:
            eyes.start(request, scope, found, form.cleaned_data["reason"])
        except DomainError as error:
            form.show(error.problems)
        else:
            return redirect(scope.address("year_home"))
    return show_person(request, found, form, status=422)


@own_page(methods=("POST",))
def view_as_stop(request: HttpRequest) -> HttpResponse:
    """Looks through one's own eyes again."""
    address = eyes.stop(request, request.user.pk)
    if address:
        messages.info(request, _("Đã thôi xem như người khác."))
    return redirect(address or "work")
