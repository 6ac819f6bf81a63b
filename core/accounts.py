"""Sign-in rules: nobody signs up by themselves; guessing is slowed, then stopped, and never locks the owner out.

Words: an *attempt* is a failed sign-in. It counts for the account together with the address it comes from, and for the
address alone (settings: ``ACCOUNT_RATE_LIMITS``). A browser in which a person has signed in before is a *known device*
of that account: its attempts count by themselves, so that strangers at the same address cannot keep the owner out.
"""

from __future__ import annotations

import logging
import math
import secrets
import time
import unicodedata
from collections.abc import Callable
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.forms import ChangePasswordForm, LoginForm, ReauthenticateForm
from allauth.core.internal import ratelimit
from django.conf import settings
from django.core import signing
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.crypto import salted_hmac
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

security = logging.getLogger("security")
APP = "allauth.account"
LONGEST_PASSWORD = 256
TOO_MANY = "too_many_login_attempts"
DEVICE_DAYS = 180
_DEVICE = "core.accounts.device"
_NAMES_OF_A_DEVICE = 5


_remembers: list[Callable[[Any], bool]] = []


def set_never_remembered(asked: Callable[[Any], bool]) -> None:
    """Tell which accounts no browser remembers longer than a working day."""
    _remembers[:] = [asked]


def _never_remembered(user: Any) -> bool:
    return bool(_remembers and _remembers[0](user))


class ClosedSignup(DefaultAccountAdapter):
    """Accounts are given by the office, never opened by a visitor."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Never."""
        return False

    def is_safe_url(self, url: str) -> bool:
        """A place to go to after sign-in: only on the host that was asked."""
        request = self.request
        return url_has_allowed_host_and_scheme(
            url, allowed_hosts={request.get_host()}, require_https=request.is_secure()
        )

    def is_ajax(self, request: HttpRequest) -> bool:
        """No JSON variant of the forms."""
        return False

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        """Back to work."""
        return reverse("work")

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Count the attempt (allauth takes it back when the password is right); too many raise ValidationError."""
        action, key = _counter(request, credentials.get("username", ""))
        self._login_failed_rl_usage = ratelimit.consume(request, app=APP, action=action, key=key)
        if not self._login_failed_rl_usage:
            seconds = seconds_to_wait(request, action, key)
            raise ValidationError(wait_sentence(seconds), code=TOO_MANY, params={"seconds": seconds})

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        """One line for whoever watches the log; a mark stands for the name (a password typed there stays unread)."""
        mark, address = _mark(credentials.get("username", "")), ratelimit.get_ip(request)
        security.warning("sign-in failed account=%s address=%s", mark, address)


class SignInForm(LoginForm):
    """Name, password, and whether this browser is remembered."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Say what to fill in."""
        super().__init__(*args, **kwargs)
        self.fields["login"].error_messages["required"] = _("Điền tên đăng nhập.")
        self.fields["password"].error_messages["required"] = _("Điền mật khẩu.")

    def login(self, request: HttpRequest, redirect_url: str | None = None) -> Any:
        """Sign in. A browser is remembered only where the settings and what the account may do allow it."""
        answer = super().login(request, redirect_url=redirect_url)
        if self.cleaned_data.get("remember") and (
            not settings.SESSION_REMEMBER_DAYS or _never_remembered(self.user)
        ):
            request.session.set_expiry(0)
        return answer

    def clean_login(self) -> str:
        """The composed form of what was typed, as names are stored."""
        return unicodedata.normalize("NFKC", str(super().clean_login()))

    def clean(self) -> Any:
        """An over-long password is simply wrong: nobody spends time on it, and it tells nothing about the account."""
        if len(self.cleaned_data.get("password") or "") > LONGEST_PASSWORD:
            raise ClosedSignup().validation_error("username_password_mismatch")
        return super().clean()


class NewPasswordForm(ChangePasswordForm):
    """The present password and twice the new one."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Limit the length on the server only: a limit in the page would cut a pasted password silently."""
        super().__init__(*args, **kwargs)
        words = {"oldpassword": _("Mật khẩu hiện tại"), "password1": _("Mật khẩu mới"),
                 "password2": _("Nhập lại mật khẩu mới")}  # fmt: skip
        for name, label in words.items():
            self.fields[name].label = label
            self.fields[name].validators.append(
                MaxLengthValidator(LONGEST_PASSWORD, gettext_lazy("Mật khẩu dài quá %(limit_value)d ký tự."))
            )


class ConfirmPasswordForm(ReauthenticateForm):
    """The present password once more, before something sensitive."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Say what to fill in."""
        super().__init__(*args, **kwargs)
        self.fields["password"].label = _("Mật khẩu hiện tại")
        self.fields["password"].error_messages["required"] = _("Điền mật khẩu.")
        self.fields["password"].validators.append(MaxLengthValidator(LONGEST_PASSWORD))


# -- limits --------------------------------------------------------------------------------------
def seconds_to_wait(request: HttpRequest, action: str, key: str | None = None) -> int:
    """Whole seconds, at least 1, until the limits of ``action`` let the next request through."""
    now, longest = time.time(), 1.0
    for rate in ratelimit.get_rates(app=APP, action=action):
        name = ratelimit.get_cache_key(request, app=APP, action=action, rate=rate, key=key)
        history = [moment for moment in cache.get(name, []) if moment > now - rate.duration]
        if len(history) >= rate.amount:
            longest = max(longest, history[rate.amount - 1] + rate.duration - now)
    return math.ceil(longest)


def wait_sentence(seconds: int) -> str:
    """``Chờ 4 phút rồi thử lại.``; minutes are rounded up."""
    if seconds < 60:
        return ngettext("Chờ %(count)d giây rồi thử lại.", "Chờ %(count)d giây rồi thử lại.", seconds) % {
            "count": seconds
        }
    minutes = math.ceil(seconds / 60)
    return ngettext("Chờ %(count)d phút rồi thử lại.", "Chờ %(count)d phút rồi thử lại.", minutes) % {
        "count": minutes
    }


def _counter(request: HttpRequest, name: str) -> tuple[str, str]:
    """Which limit an attempt counts for, and its key."""
    device = _device(request)
    if _mark(name) in device["names"]:
        return "login_known_device", f"{_mark(name)}:{device['id']}"
    return "login_failed", f"{_mark(name)}:{ratelimit.get_ip(request)}"


# -- known devices -------------------------------------------------------------------------------
def remember_device(request: HttpRequest, response: HttpResponse, name: str) -> None:
    """Note in a signed cookie that this account has signed in here; the cookie holds no name, only its mark."""
    device = _device(request)
    mark = _mark(name)
    names = [mark, *(other for other in device["names"] if other != mark)][:_NAMES_OF_A_DEVICE]
    response.set_cookie(
        settings.DEVICE_COOKIE_NAME,
        signing.dumps({"id": device["id"], "names": names}, salt=_DEVICE),
        max_age=DEVICE_DAYS * 24 * 3600,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def _device(request: HttpRequest) -> dict[str, Any]:
    try:
        found: dict[str, Any] = signing.loads(
            request.COOKIES.get(settings.DEVICE_COOKIE_NAME, ""),
            salt=_DEVICE,
            max_age=DEVICE_DAYS * 24 * 3600,
        )
    except signing.BadSignature:
        return {"id": secrets.token_hex(8), "names": []}
    return found


def _mark(name: str) -> str:
    return salted_hmac(_DEVICE, name.strip().casefold(), algorithm="sha256").hexdigest()[:24]


def is_too_many(form: Any) -> int:
    """Seconds to wait when the limits refused this form, else 0."""
    for error in form.non_field_errors().as_data():
        if error.code == TOO_MANY:
            return int(error.params["seconds"])
    return 0
