"""Sign-in at an outside provider, and tying such an identity to one's account; 404 while no provider is set."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from allauth.account.decorators import reauthentication_required
from allauth.account.utils import get_next_redirect_url
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from core import openid
from core.access import own_page

View = Callable[..., HttpResponse]


def _where_set(view: View) -> View:
    @functools.wraps(view)
    def inner(request: HttpRequest, **kwargs: Any) -> HttpResponse:
        if not openid.is_on() or kwargs.get("provider_id") not in (None, openid.provider_key()):
            raise Http404
        return view(request, **kwargs)

    return inner


def _open(*allowed: str) -> Callable[[View], View]:
    def decorate(view: View) -> View:
        inner: Any = never_cache(login_not_required(_where_set(require_http_methods(list(allowed))(view))))
        inner.right, inner.methods = "sign_in", tuple(method for method in allowed if method != "HEAD")
        return inner  # type: ignore[no-any-return]

    return decorate


@_open("POST")
def begin(request: HttpRequest) -> HttpResponse:
    """To the provider, to sign in."""
    if request.user.is_authenticated:
        return redirect("work")
    return openid.begin(request, openid.SIGN_IN, get_next_redirect_url(request))


@_open("GET", "HEAD", "POST")
def answer(request: HttpRequest, provider_id: str) -> HttpResponse:
    """Back from the provider. What it brought is taken by a POST: a page that is only read changes nothing."""
    if request.method == "POST":
        return openid.finish(request)
    return render(request, "socialaccount/answer.html", {"way": request.get_full_path()})


def show(request: HttpRequest) -> HttpResponse:
    """Whether the account is tied to an identity of the provider."""
    context = {"identities": list(openid.identities(request.user)), "name": settings.OIDC_NAME}
    return render(request, "socialaccount/connections.html", context)


@reauthentication_required(app="allauth.socialaccount")
def tie(request: HttpRequest) -> HttpResponse:
    """To the provider, to tie the identity that answers."""
    return openid.begin(request, openid.CONNECT, None)


@reauthentication_required(app="allauth.socialaccount")
def untie(request: HttpRequest, pk: int) -> HttpResponse:
    """Take it off; the account must have another way in."""
    if not request.user.has_usable_password():  # type: ignore[union-attr]
        messages.error(request, _("Tài khoản này chưa có mật khẩu: bỏ nối thì không vào được nữa."))
    elif openid.untie(request.user, pk):
        messages.success(request, _("Đã bỏ nối."))
    return redirect("socialaccount_connections")


connections = own_page()(_where_set(show))
connect = own_page(methods=("POST",))(_where_set(tie))
disconnect = own_page(methods=("POST",))(_where_set(untie))
