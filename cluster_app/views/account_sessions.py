"""Where one is signed in, and signing out from afar."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core import audit
from core.access import own_page
from core.accounts_sessions import end_session, end_sessions, sessions_of


def _current(request: HttpRequest) -> str | None:
    return request.session.session_key


@own_page()
def sessions(request: HttpRequest) -> HttpResponse:
    """Every signed-in browser of the account, this one first."""
    listed = sessions_of(int(request.user.pk or 0), _current(request))
    return render(request, "account/sessions.html", {"sessions": listed, "others": len(listed) - 1})


@own_page(methods=("POST",))
def end_one(request: HttpRequest, pk: int) -> HttpResponse:
    """Sign one of them out; one that has ended meanwhile is no mistake."""
    with transaction.atomic():
        if end_session(int(request.user.pk or 0), pk, keep=_current(request)):
            _note(request.user, 1)
            messages.success(request, _("Đã đăng xuất máy đó."))
        else:
            messages.info(request, _("Phiên đó đã kết thúc từ trước."))
    return redirect("sessions")


@own_page(methods=("POST",))
def end_others(request: HttpRequest) -> HttpResponse:
    """Sign all of them out but this one."""
    with transaction.atomic():
        ended = end_sessions(int(request.user.pk or 0), keep=_current(request))
        if ended:
            _note(request.user, ended)
    messages.success(
        request,
        ngettext("Đã đăng xuất %(count)d máy khác.", "Đã đăng xuất %(count)d máy khác.", ended)
        % {"count": ended},
    )
    return redirect("sessions")


def _note(user: AbstractBaseUser | AnonymousUser, ended: int) -> None:
    audit.record(audit.SITE, "sessions_end", user, actor_id=user.pk, after={"count": ended})  # type: ignore[arg-type]
