"""The people of the agencies: who works here, giving, changing and ending a function, deputising."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from core import submit
from core.access import check, may, page
from core.dates import format_date, local_today
from core.errors import DomainError
from members import eyes
from members.domain.passwords import reset_problem
from members.domain.people import add_function, change_person, end_person, managed_ids, warnings
from members.domain.standins import deputise
from members.enums import Function
from members.forms_people import (
    EndForm,
    FunctionForm,
    PersonChangeForm,
    ReasonForm,
    StandInForm,
    first_day_without,
    last_day,
)
from members.models import Invitation, Person
from members.models.person import COUNCIL_FUNCTIONS
from members.queries_people import Group, functions_of, groups_for, person_for, shown_name, stand_ins_of
from members.scope import Scope


# -- in words -------------------------------------------------------------------------------------
def period_words(person: Person | Invitation) -> str:
    """ "từ 01/07/2020 đến hết 30/09/2020"; an open end is "đến nay" once it has begun."""
    first = format_date(person.starts_on) if person.starts_on else ""
    last = last_day(person.ends_on)
    if last is None:
        return _("từ %(day)s") % {"day": first}
    return _("từ %(first)s đến hết %(last)s") % {"first": first, "last": format_date(last)}


def title_words(person: Person, *, managed: bool) -> str:
    """The name, else the post, else the function."""
    return shown_name(person, managed=managed) or str(person)


def instead_words(person: Person, *, managed: bool) -> str:
    """ "thay Cục trưởng Trần Văn An"; empty for a function of one's own. Posts and names, never a form of address."""
    principal = person.stands_for
    if principal is None:
        return ""
    who = [principal.post or str(Function(principal.function).label), shown_name(principal, managed=managed)]
    return _("thay %(who)s") % {"who": " ".join(word for word in who if word)}


def state_words(person: Person, scope: Scope) -> tuple[str, str]:
    """Kind and words of a state worth telling: to come, left, account switched off."""
    if not person.user.is_active:
        return "err", _("Tài khoản đã khóa")
    if person.ends_on and person.ends_on <= scope.today:
        return "", _("Đã thôi")
    if person.starts_on > scope.today:
        return "wait", _("Chưa bắt đầu")
    return "", ""


def _row(scope: Scope, person: Person, *, managed: bool) -> dict[str, Any]:
    kind, state = state_words(person, scope)
    seen = person.user.last_login
    name, instead = title_words(person, managed=managed), instead_words(person, managed=managed)
    return {
        "pk": person.pk,
        "name": name,
        "line": ", ".join(word for word in (person.post if person.post != name else "", instead) if word),
        "account": person.user.get_username() if managed else "",
        "post": person.post,
        "function": Function(person.function).label,
        "instead": instead,
        "period": period_words(person),
        "kind": kind,
        "state": state,
        "seen": (format_date(local_today(seen)) if seen else _("chưa lần nào")) if managed else "",
        "mine": person.user_id == scope.user.pk,
        "url": scope.address("person", pk=person.pk),
    }


# -- pages ----------------------------------------------------------------------------------------
@page("people_view")
def people(request: HttpRequest) -> HttpResponse:
    """People by agency, with the open invitations of the agencies that one looks after."""
    scope: Scope = request.scope  # type: ignore[attr-defined]
    managed = managed_ids(scope)
    found = groups_for(scope, managed)
    groups = [_group(scope, group) for group in found if group.people]
    others = [group for group in groups if not group["own"]]
    context = {
        "nav": "members",
        "owns": [group for group in groups if group["own"]],
        "others": others,
        "others_managed": any(group["managed"] for group in others),
        "links": [_link(scope, group, link) for group in found for link in group.links],
        "ended": [
            _row(scope, person, managed=True) | {"place": group.name}
            for group in found
            for person in group.ended
        ],
        "places": len(managed) > 1,
        "add_url": scope.address("invitation_add") if managed else "",
    }
    return render(request, "members/people.html", context)


def _link(scope: Scope, group: Group, link: Invitation) -> dict[str, Any]:
    return {
        "name": link.name,
        "place": group.name,
        "function": Function(link.function).label,
        "post": link.post,
        "period": period_words(link),
        "expires_at": link.expires_at,
        "expired": link.expires_at <= timezone.now(),
        "url": scope.address("invitation_revoke", pk=link.pk),
    }


def _group(scope: Scope, group: Group) -> dict[str, Any]:
    return {
        "id": group.agency_id,
        "name": group.name,
        "own": group.own,
        "managed": group.managed,
        "people": [_row(scope, person, managed=group.managed) for person in group.people],
    }


@page("people_view")
def person(request: HttpRequest, pk: int) -> HttpResponse:
    """One person with everything that may be done about them."""
    return show_person(request, _person(request, pk))


def _person(request: HttpRequest, pk: int) -> Person:
    try:
        return person_for(request.scope, pk)  # type: ignore[attr-defined]
    except Person.DoesNotExist:
        raise Http404 from None


def show_person(
    request: HttpRequest, found: Person, form: ReasonForm | None = None, status: int = 200
) -> HttpResponse:
    """The page of a person; ``form`` is the refused one of an officer who wants to look as them."""
    scope: Scope = request.scope  # type: ignore[attr-defined]
    managed = managed_ids(scope)
    looked_after = may(scope, "people_manage", found) and (
        found.agency_id in managed or scope.user.is_superuser
    )
    deputising = may(scope, "person_deputise", found) and (
        looked_after or found.function in COUNCIL_FUNCTIONS
    )
    ended = bool(found.ends_on and found.ends_on <= scope.today)
    context = {
        "nav": "members",
        "row": _row(scope, found, managed=looked_after),
        "place": found.place,  # type: ignore[attr-defined] # annotated by person_for
        "managed": looked_after,
        "stand_ins": [_row(scope, one, managed=looked_after) for one in stand_ins_of(found)]
        if deputising and not found.stands_for_id
        else [],
        "others": [
            _row(scope, one, managed=True) | {"place": one.place}  # type: ignore[attr-defined]
            for one in (functions_of(scope, found, managed) if looked_after else [])
        ],
        "ended": ended,
        "can_edit": looked_after and not ended and not found.stands_for_id,
        "can_end": not ended
        and (looked_after or (bool(found.stands_for) and may(scope, "person_deputise", found.stands_for))),
        "can_deputise": deputising and not ended and not found.stands_for_id,
        "password_problem": reset_problem(scope, found) if looked_after else "",
        "view_problem": eyes.refusal(scope, found) if may(scope, "view_as") else "",
        "form": form or ReasonForm(None),
        "urls": {
            name: scope.address(name, pk=found.pk)
            for name in (
                "person_add",
                "person_edit",
                "person_end",
                "person_stand_in",
                "person_password",
                "view_as_start",
            )
        },
        "list_url": scope.address("people"),
    }
    return render(request, "members/person.html", context, status=status)


def _fill(
    request: HttpRequest, form: Any, words: dict[str, Any], save: Callable[[], str], back: str
) -> HttpResponse:
    """A page with one form: shown, refused with 422, or saved with a sentence and back to ``back``."""
    context = {"nav": "members", "form": form, "back_url": back, **words}
    if request.method != "POST":
        return render(request, "members/person_form.html", context)
    if form.is_valid():
        try:
            done = save()
        except DomainError as error:
            form.show(error.problems)
        else:
            messages.success(request, done)
            return redirect(back)
    return render(request, "members/person_form.html", context, status=422)


@page("people_manage", methods=("GET", "POST"))
def person_add(request: HttpRequest, pk: int) -> HttpResponse:
    """One more function for the account of a person."""
    scope: Scope = request.scope  # type: ignore[attr-defined]
    found = _managed(request, pk)
    form = FunctionForm(
        _posted(request), scope=scope, initial={"agency": found.agency_id, "post": found.post}
    )
    back = scope.address("people")

    def save() -> str:
        def work() -> str:
            add_function(scope, pk, form.given())
            return back

        submit.once(scope.user.pk, form.submit_key, work)
        return _("Đã giao thêm chức năng.")

    words = {
        "title": _("Giao thêm chức năng"),
        "who": title_words(found, managed=True),
        "action": _("Giao chức năng"),
        "note": _("Chức năng đang có vẫn giữ nguyên; muốn thay thì cho thôi chức năng cũ."),
    }
    return _fill(request, form, words, save, back)


@page("people_manage", methods=("GET", "POST"))
def person_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Another post, more days."""
    scope: Scope = request.scope  # type: ignore[attr-defined]
    found = _managed(request, pk)
    form = PersonChangeForm(_posted(request), found)

    def save() -> str:
        data = form.cleaned_data
        change_person(scope, pk, data["post"], first_day_without(data["ends_on"]), data["mark"])
        return _("Đã lưu.")

    words = {
        "title": _("Sửa chức vụ, thời gian"),
        "who": title_words(found, managed=True),
        "action": _("Lưu"),
        "note": "",
    }
    return _fill(request, form, words, save, scope.address("person", pk=pk))


@page("person_deputise", methods=("GET", "POST"))
def person_end(request: HttpRequest, pk: int) -> HttpResponse:
    """Ends a function, or the standing in for one; says what should be known first."""
    scope: Scope = request.scope  # type: ignore[attr-defined]
    found = _person(request, pk)
    check(
        scope, *(("person_deputise", found.stands_for) if found.stands_for_id else ("people_manage", found))
    )
    form = EndForm(_posted(request), today=scope.today)
    on = form.cleaned_data["on"] if form.is_bound and form.is_valid() else scope.today
    warned = warnings(scope, found, on)
    if not warned:
        form.fields["sure"].widget = forms.HiddenInput()

    def save() -> str:
        data = form.cleaned_data
        ended = end_person(scope, pk, data["on"], data["reason"], sure=data["sure"])
        if ended is None or data["on"] > scope.today:
            return _("Đã ghi việc thôi chức năng.")
        return _("Đã cho thôi chức năng, có hiệu lực ngay.")

    words = {
        "title": _("Cho thôi làm thay") if found.stands_for_id else _("Cho thôi chức năng"),
        "who": title_words(found, managed=True),
        "action": _("Cho thôi"),
        "danger": True,
        "warnings": warned,
        "note": _(
            "Từ ngày đó người này không làm được gì thay đơn vị nữa. Tài khoản và những gì đã ghi vẫn còn."
        ),
    }
    return _fill(request, form, words, save, scope.address("people"))


@page("person_deputise", methods=("GET", "POST"))
def person_stand_in(request: HttpRequest, pk: int) -> HttpResponse:
    """Names who acts for a person for some days."""
    scope: Scope = request.scope  # type: ignore[attr-defined]
    found = _person(request, pk)
    check(scope, "person_deputise", found)
    form = StandInForm(_posted(request), principal=found, scope=scope)

    def save() -> str:
        deputise(scope, pk, form.given())
        return _("Đã cử người làm thay.")

    words = {
        "title": _("Cử người làm thay"),
        "who": title_words(found, managed=True),
        "action": _("Cử người làm thay"),
        "note": _(
            "Trong những ngày đó người làm thay có mọi quyền của chức năng này; nhật ký ghi cả hai người. "
            "Dài nhất một năm, kết thúc sớm lúc nào cũng được."
        ),
        "nobody": _("Đơn vị chưa có ai khác để cử: mời thêm người trước đã.") if form.empty else "",
    }
    return _fill(request, form, words, save, scope.address("person", pk=pk))


def _managed(request: HttpRequest, pk: int) -> Person:
    """The person, whom the one who asks looks after; 404, or 403."""
    found = _person(request, pk)
    check(request.scope, "people_manage", found)  # type: ignore[attr-defined]
    return found


def _posted(request: HttpRequest) -> Any:
    return request.POST if request.method == "POST" else None
