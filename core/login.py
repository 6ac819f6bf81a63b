"""Who must sign in: everybody, except on pages that are marked open; and for how long one is in."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth import SESSION_KEY, get_user
from django.contrib.auth.middleware import AuthenticationMiddleware, LoginRequiredMiddleware
from django.contrib.auth.models import AnonymousUser
from django.http import (
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    HttpResponseRedirect,
    JsonResponse,
    QueryDict,
)
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext as _

from core.accounts_sessions import LONG, SIGNED_IN, is_remembered, tell_seen, why_over
from core.second_factor import kinds_of
from core.typed import typed_fields

REASON = "ly-do"  # in the address of the sign-in page: why one is out


class RunningSessions(AuthenticationMiddleware):
    """The user of a request, asked for only where a page needs one; a session past its limits has none."""

    def process_request(self, request: HttpRequest) -> None:
        """Promise the user."""
        super().process_request(request)
        request.user = SimpleLazyObject(lambda: _user(request))  # type: ignore[assignment]


def _user(request: HttpRequest) -> Any:
    if not hasattr(request, "_cached_user"):
        request._cached_user = _running(request)  # type: ignore[attr-defined]
    return request._cached_user  # type: ignore[attr-defined]


def _running(request: HttpRequest) -> Any:
    session, now = request.session, time.time()
    if SESSION_KEY in session and (reason := why_over(session, now)):
        session.flush()
        request.session_over = reason  # type: ignore[attr-defined]
        return AnonymousUser()
    user = get_user(request)
    if user.is_authenticated:
        tell_seen(session, now)
    return user


class SignInUnlessOpen(LoginRequiredMiddleware):
    """Sign-in for every page that is not marked open; an open page never touches session or user.

    Django's own middleware asks for the user first, which costs two queries and puts ``Vary: Cookie`` on bytes that are
    the same for everybody.
    """

    def process_view(
        self,
        request: HttpRequest,
        view_func: Callable[..., Any],
        view_args: tuple[Any, ...],
        view_kwargs: dict[str, Any],
    ) -> HttpResponseBase | None:
        """Let open pages pass untouched."""
        if not getattr(view_func, "login_required", True):
            return None
        return super().process_view(request, view_func, view_args, view_kwargs)

    def handle_no_permission(  # type: ignore[override]
        self, request: HttpRequest, view_func: Callable[..., Any]
    ) -> HttpResponseBase:
        """The sign-in page, which leads back here; whoever sent something gets it back to copy (R6, C18)."""
        if _wants_json(request) or request.headers.get("HX-Request") or request.method == "POST":
            return session_is_over(request, getattr(view_func, "__module__", ""))
        return HttpResponseRedirect(_sign_in(request, request.get_full_path()))


def gate_of_remembered(request: HttpRequest, scope: Any) -> HttpResponseBase | None:
    """Whoever came to lead or to look after a cluster meanwhile is not remembered longer than a working day."""
    return gate_of_kinds(request, kinds_of(scope))


def gate_of_kinds(request: HttpRequest, kinds: frozenset[str]) -> HttpResponseBase | None:
    """The same by what the account is; no query."""
    session = getattr(request, "session", None)
    if session is None or not is_remembered(session) or not kinds:
        return None
    if time.time() - session.get(SIGNED_IN, 0) <= settings.SESSION_MAX_HOURS * 3600:
        return None
    session.flush()
    request.session_over = LONG  # type: ignore[attr-defined]
    if request.method == "POST":
        return session_is_over(request)
    return HttpResponseRedirect(_sign_in(request, request.get_full_path()))


def session_is_over(request: HttpRequest, module: str = "") -> HttpResponse:
    """401: as JSON, as a note for a page that htmx is part of, or as a page with every field that was typed."""
    way = _sign_in(request, _back(request))
    sentence = _("Phiên làm việc đã hết, chưa lưu gì. Đăng nhập lại rồi gửi lại.")
    if _wants_json(request):
        return JsonResponse({"error": "signed-out", "sentence": sentence, "sign_in": way}, status=401)
    if request.headers.get("HX-Request"):
        return render(request, "includes/signed_out.html", {"sign_in": way}, status=401)
    return render(
        request, "401.html", {"sign_in": way, "typed": typed_fields(request.POST, module)}, status=401
    )


def _wants_json(request: HttpRequest) -> bool:
    return request.headers.get("Accept", "").strip().startswith("application/json")


def _sign_in(request: HttpRequest, back: str) -> str:
    reason = getattr(request, "session_over", "")
    asked = QueryDict(mutable=True)
    asked["next"] = back
    if reason:
        asked[REASON] = reason
    return f"{reverse('account_login')}?{asked.urlencode(safe='/')}"


def _back(request: HttpRequest) -> str:
    """The page the form stands on: where it was sent from, when that was this host, else the address asked for."""
    page = request.headers.get("HX-Current-URL") or request.headers.get("Referer") or ""
    parts = urlsplit(page)
    if parts.netloc == request.get_host() and parts.path.startswith("/"):
        return parts.path + (f"?{parts.query}" if parts.query else "")
    return request.get_full_path()
