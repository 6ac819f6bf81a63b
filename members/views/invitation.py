"""Links for people: making and revoking them, and the open page of whoever holds one."""

from __future__ import annotations

from typing import Any

from allauth.core.internal import ratelimit
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from core import submit
from core.access import check, page
from core.accounts import APP, remember_device
from core.dates import format_date, local_today
from core.errors import DomainError
from members.domain import links
from members.domain.invitations import Newcomer, accept_as, accept_as_new, invite, revoke
from members.domain.passwords import choose, make_link, reset_problem
from members.enums import Function, InvitationKind
from members.forms_people import InvitationForm, NewcomerForm, PasswordForm
from members.models import Invitation, Person
from members.queries import agency_names
from members.queries_people import person_for
from members.scope import Scope
from members.views.people import period_words, title_words

LIMIT = "invitation"
BACKEND = "django.contrib.auth.backends.ModelBackend"


# -- making ---------------------------------------------------------------------------------------
@page("people_manage", methods=("GET", "POST"))
def invitation_add(request: HttpRequest) -> HttpResponse:
    """An invitation; its link is on the answer and never again. A form sent twice makes one."""
    scope: Scope = request.scope  # type: ignore[attr-defined]
    form = InvitationForm(request.POST if request.method == "POST" else None, scope=scope)
    back = scope.address("people")
    made: list[tuple[Invitation, str]] = []
    if form.is_bound and form.is_valid():

        def work() -> str:
            made.append(invite(scope, form.given(), form.cleaned_data["name"]))
            return back

        try:
            outcome = submit.once(scope.user.pk, form.submit_key, work)
        except DomainError as error:
            form.show(error.problems)
        else:
            if made:
                return _shown_once(request, *made[0], name=form.cleaned_data["name"])
            messages.info(
                request, _("Lời mời này đã được tạo. Nếu chưa chép liên kết, thu hồi và tạo lời mời khác.")
            )
            return redirect(outcome.address)
    context = {"nav": "members", "form": form, "back_url": back, "limit": _days(settings.INVITATION_DAYS)}
    return render(request, "members/invitation_form.html", context, status=422 if form.is_bound else 200)


def _shown_once(request: HttpRequest, row: Invitation, token: str, name: str) -> HttpResponse:
    """The link itself, on an answer that no cache and no page after it keeps."""
    scope: Scope = request.scope  # type: ignore[attr-defined]
    base = (settings.SITE_URL or f"{request.scheme}://{request.get_host()}").rstrip("/")
    context = {
        "nav": "members",
        "link": base + reverse("invitation", kwargs={"token": token}),
        "row": row,
        "name": name,
        "is_password": row.kind == InvitationKind.PASSWORD,
        "back_url": scope.address("people"),
    }
    return render(request, "members/link_once.html", context)


@page("people_manage", methods=("POST",))
def invitation_revoke(request: HttpRequest, pk: int) -> HttpResponse:
    """Makes a link worthless."""
    scope: Scope = request.scope  # type: ignore[attr-defined]
    try:
        revoke(scope, pk)
    except Invitation.DoesNotExist:
        raise Http404 from None
    messages.success(request, _("Đã thu hồi lời mời: liên kết không dùng được nữa."))
    return redirect(scope.address("people"))


@page("people_manage", methods=("GET", "POST"))
def person_password(request: HttpRequest, pk: int) -> HttpResponse:
    """A link with which a person chooses a new password."""
    scope: Scope = request.scope  # type: ignore[attr-defined]
    try:
        found = person_for(scope, pk)
    except Person.DoesNotExist:
        raise Http404 from None
    check(scope, "people_manage", found)
    who = title_words(found, managed=True)
    problem = reset_problem(scope, found)
    if request.method == "POST" and not problem:
        try:
            row, token = make_link(scope, pk)
        except DomainError as error:
            problem = error.problems[0].sentence
        else:
            return _shown_once(request, row, token, name=who)
    context = {
        "nav": "members",
        "who": who,
        "account": found.user.get_username(),
        "problem": problem,
        "limit": _hours(settings.PASSWORD_LINK_HOURS),
        "back_url": scope.address("person", pk=pk),
    }
    return render(
        request, "members/person_password.html", context, status=422 if request.method == "POST" else 200
    )


def _days(count: int) -> str:
    return ngettext("%(count)d ngày", "%(count)d ngày", count) % {"count": count}


def _hours(count: int) -> str:
    return ngettext("%(count)d giờ", "%(count)d giờ", count) % {"count": count}


# -- the holder's page ----------------------------------------------------------------------------
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """What a link offers; open to whoever holds it. A link that is worth nothing is like one that never was."""
    if request.method == "POST" and not ratelimit.consume(request, app=APP, action=LIMIT):
        return ratelimit.respond_429(request)
    try:
        row = links.find(token)
        return (_password if row.kind == InvitationKind.PASSWORD else _join)(request, row, token)
    except links.LinkDead:
        raise Http404 from None


invitation.right = "link"  # type: ignore[attr-defined]
invitation = login_not_required(  # type: ignore[assignment]
    sensitive_post_parameters()(require_http_methods(["GET", "HEAD", "POST"])(invitation))
)


def _password(request: HttpRequest, row: Invitation, token: str) -> HttpResponse:
    """A new password for the account of the link."""
    account: Any = row.account
    form = PasswordForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        try:
            choose(token, form.cleaned_data["password"])
        except DomainError as error:
            form.show(error.problems)
        else:
            return render(request, "members/link_password_done.html", {"account": account.get_username()})
    context = {"form": form, "account": account.get_username(), "expires_at": row.expires_at}
    return render(request, "members/link_password.html", context, status=422 if form.is_bound else 200)


def _join(request: HttpRequest, row: Invitation, token: str) -> HttpResponse:
    """The function, for an account that is signed in, or for a new one."""
    if request.user.is_authenticated:
        return _join_as(request, row, token)
    form = NewcomerForm(request.POST if request.method == "POST" else None, initial={"name": row.name})
    if form.is_bound and form.is_valid():
        given = form.cleaned_data
        try:
            person = accept_as_new(token, Newcomer(given["name"], given["username"], given["password"]))
        except DomainError as error:
            form.show(error.problems)
        else:
            login(request, person.user, backend=BACKEND)
            _welcome(request, person)
            answer = redirect("work")
            remember_device(request, answer, person.user.get_username())
            return answer
    context = _offer(row) | {"form": form, "here": request.path}
    return render(request, "members/link_join.html", context, status=422 if form.is_bound else 200)


def _join_as(request: HttpRequest, row: Invitation, token: str) -> HttpResponse:
    problem = ""
    if request.method == "POST":
        try:
            person = accept_as(token, request.user)
        except DomainError as error:
            problem = error.problems[0].sentence
        else:
            _welcome(request, person)
            return redirect("work")
    context = _offer(row) | {"form": None, "problem": problem, "account": request.user.get_username()}
    return render(request, "members/link_join.html", context, status=422 if problem else 200)


def _offer(row: Invitation) -> dict[str, Any]:
    """What the link gives, as its page tells it; one query."""
    day = local_today(row.created_at)
    names = agency_names([row.agency_id], day)
    return {
        "place": names.get(row.agency_id, ("", ""))[0] or row.agency.code,
        "function": Function(row.function).label,
        "post": row.post,
        "period": period_words(row),
        "expires_at": row.expires_at,
        "problem": "",
    }


def _welcome(request: HttpRequest, person: Person) -> None:
    """Say what was given, and from when when it has not begun."""
    words = {"function": str(Function(person.function).label), "day": format_date(person.starts_on)}
    if person.starts_on > local_today(person.created_at):
        messages.info(request, _("Đã nhận chức năng %(function)s, có hiệu lực từ ngày %(day)s.") % words)
    else:
        messages.success(request, _("Đã nhận chức năng %(function)s.") % words)
