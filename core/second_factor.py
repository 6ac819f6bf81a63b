"""Second factors: whom the installation asks for one, how their secrets are kept, and how guessing is slowed.

Words: a *factor* is an authenticator app (TOTP) or a passkey of the account; recovery codes replace a factor that is
not at hand and are none by themselves. A session is *confirmed* when a factor was shown in it.
"""

from __future__ import annotations

import base64
import hashlib
import logging
from collections.abc import Callable
from typing import Any

from allauth.account.internal.flows.login import get_authentication_records, record_authentication
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.totp.internal.auth import generate_totp_secret
from allauth.mfa.webauthn.forms import (
    AddWebAuthnForm,
    AuthenticateWebAuthnForm,
    EditWebAuthnForm,
    ReauthenticateWebAuthnForm,
)
from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django import forms
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator
from django.db import transaction
from django.http import HttpRequest, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core import audit
from core.accounts import TOO_MANY, seconds_to_wait, wait_sentence
from core.accounts_sessions import end_sessions
from core.errors import Refused

logger = logging.getLogger("core.second_factor")
KINDS = ("chair", "deputy", "officer", "admin")
FACTORS = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)
LONGEST_NAME = 60
_kinds_today: list[Callable[[Any], frozenset[str]]] = []


# -- whom it is asked of -------------------------------------------------------------------------
def set_kinds_loader(loader: Callable[[Any], frozenset[str]]) -> None:
    """Tell core how to learn which of ``KINDS`` an account is today, in whichever cluster."""
    _kinds_today[:] = [loader]


def kinds_today(user: Any) -> frozenset[str]:
    """Which of ``KINDS`` the account is today; one query for all but superusers."""
    return frozenset({"admin"}) if user.is_superuser else _kinds_today[0](user)


def kinds_of(scope: Any) -> frozenset[str]:
    """Which of ``KINDS`` the person of a scope or an office is; no query."""
    held = {
        "chair": getattr(scope, "is_chair", False),
        "deputy": getattr(scope, "is_deputy", False),
        "officer": getattr(scope, "is_officer", False),
        "admin": scope.user.is_superuser,
    }
    return frozenset(kind for kind in KINDS if held[kind])


def gate(request: HttpRequest, kinds: frozenset[str]) -> HttpResponseRedirect | None:
    """The way to the missing factor, or None when one may pass; no query unless the setting asks it of ``kinds``.

    A form that was sent is refused with a sentence instead, so that its text is told back.
    """
    if kinds.isdisjoint(settings.SECOND_FACTOR_FOR):
        return None
    types = set(factors(request.user))
    if types and is_confirmed(request):
        return None
    sentence = (
        _("Việc này cần xác nhận bằng lớp thứ hai.")
        if types
        else _("Vai trò của bạn cần xác thực hai lớp. Thiết lập một lần ở trang này rồi làm việc tiếp.")
    )
    if request.method not in ("GET", "HEAD"):
        raise Refused(sentence)
    messages.warning(request, sentence)
    if not types:
        return HttpResponseRedirect(reverse("mfa_index"))
    name = "mfa_reauthenticate" if Authenticator.Type.TOTP in types else "mfa_reauthenticate_webauthn"
    return HttpResponseRedirect(f"{reverse(name)}?{urlencode({'next': request.get_full_path()})}")


def gate_of_scope(request: HttpRequest, scope: Any) -> HttpResponseRedirect | None:
    """The gate of every working page (core.access.add_gate)."""
    if not settings.SECOND_FACTOR_FOR:
        return None
    return gate(request, kinds_of(scope))


def factors(user: Any) -> list[str]:
    """Kinds of factors the account has; one query."""
    kinds = Authenticator.objects.filter(user=user.pk, type__in=FACTORS).order_by("type")
    return list(kinds.values_list("type", flat=True).distinct())


def is_confirmed(request: HttpRequest) -> bool:
    """Whether a factor was shown in this session; no query."""
    records = get_authentication_records(request, request.user)
    return any(record.get("method") == "mfa" for record in records)


# -- changes -------------------------------------------------------------------------------------
def added(request: HttpRequest, factor: Authenticator) -> None:
    """A factor was set up in this session: it confirms the session and ends every other one; audited."""
    user = request.user
    record_authentication(request, user, "mfa", id=factor.pk, type=factor.type)
    end_sessions(int(user.pk or 0), keep=request.session.session_key)
    note(request, "second_factor_add", factor.type)


def note(request: HttpRequest, action: str, kind: str) -> None:
    """Audit what a person did with a factor of their own; the kind alone, never a secret."""
    audit.record(audit.SITE, action, request.user, actor_id=request.user.pk, after={"kind": kind})  # type: ignore[arg-type]


@transaction.atomic
def reset(user: Any, actor_id: int | None, reason: str = "") -> int:
    """Take every factor and recovery code off an account whose owner lost them; how many were taken.

    Its sessions end, so that nobody stays in who came in with the lost factor. Effects in order: factors, sessions,
    audit.
    """
    taken, _by_model = Authenticator.objects.filter(user=user.pk).delete()
    end_sessions(user.pk)
    audit.record(
        audit.SITE, "second_factor_reset", user, actor_id=actor_id, before={"count": taken}, reason=reason
    )
    return int(taken)


# -- secrets -------------------------------------------------------------------------------------
class Factors(DefaultMFAAdapter):
    """allauth's factors with our words; secrets are sealed with a key made from SECRET_KEY."""

    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": gettext_lazy("Chưa đúng. Lấy mã mới rồi thử lại."),
        "add_email_blocked": gettext_lazy("Tài khoản có lớp thứ hai không thêm được địa chỉ thư."),
        "cannot_delete_authenticator": gettext_lazy("Chưa bỏ được lớp thứ hai."),
        "unverified_email": gettext_lazy("Xác nhận địa chỉ thư trước khi bật lớp thứ hai."),
        "cannot_generate_recovery_codes": gettext_lazy("Bật xác thực hai lớp trước khi tạo mã dự phòng."),
    }

    def get_totp_issuer(self) -> str:
        """The name an authenticator app shows."""
        return "Cụm thi đua"

    def encrypt(self, text: str) -> str:
        """Seal a secret before it is stored."""
        return _locks().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """Open a stored secret. Sealed under another SECRET_KEY it opens to a random one, which no code fits."""
        try:
            return _locks().decrypt(encrypted_text.encode()).decode()
        except InvalidToken:
            logger.error("a second factor was sealed under another SECRET_KEY")
            return str(generate_totp_secret())

    def generate_authenticator_name(self, user: Any, type: Any) -> str:
        """``Khóa 2``."""
        count = Authenticator.objects.filter(user=user.pk, type=type).count()
        return _("Khóa %(number)d") % {"number": count + 1}

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        """The host that a passkey is bound to."""
        entity: dict[str, str] = super().get_public_key_credential_rp_entity()
        return entity | {"name": "Cụm thi đua"}


def _locks() -> MultiFernet:
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return MultiFernet(
        Fernet(base64.urlsafe_b64encode(hashlib.sha256(f"core.second_factor{key}".encode()).digest()))
        for key in keys
    )


# -- forms ---------------------------------------------------------------------------------------
def _with_wait(request: HttpRequest | None, user: Any, error: ValidationError) -> ValidationError:
    """The refusal of a limit, with how long to wait; any other error as it is."""
    if error.code not in (TOO_MANY, "rate_limited") or request is None:
        return error
    seconds = seconds_to_wait(request, "login_failed", f"mfa-auth-user-{user.pk}")
    words = _("Thử sai quá nhiều lần. %(wait)s") % {"wait": wait_sentence(seconds)}
    return ValidationError(words, code=TOO_MANY, params={"seconds": seconds})


class _Code:
    """A code in one input: six figures of the app or a recovery code."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["code"]  # type: ignore[attr-defined]
        field.label = _("Mã xác thực")
        _at_most(field, 20)
        field.error_messages["required"] = _("Điền mã xác thực.")
        field.widget.attrs |= {"inputmode": "numeric", "autocomplete": "one-time-code", "spellcheck": "false"}
        field.widget.attrs.pop("placeholder", None)

    def clean_code(self) -> str:
        """The code, if right and not used before; limits say how long to wait."""
        try:
            return str(super().clean_code())  # type: ignore[misc]
        except ValidationError as error:
            raise _with_wait(_request(), self.user, error) from None  # type: ignore[attr-defined]


def _request() -> HttpRequest | None:
    found: HttpRequest | None = Factors().request
    return found


class CodeForm(_Code, AuthenticateForm):
    """The second step of signing in."""


class ConfirmCodeForm(_Code, ReauthenticateForm):
    """A code before something sensitive."""


class AppForm(_Code, ActivateTOTPForm):
    """The first code of a new authenticator app."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """The secret stays the same while the code is mistyped."""
        super().__init__(*args, **kwargs)
        self.fields["code"].label = _("Mã 6 chữ số ứng dụng đang hiện")


class _Silent(forms.HiddenInput):
    """A hidden input that the page's script fills; what came in it is never sent back."""

    def format_value(self, value: Any) -> None:
        """Nothing."""


class _Key:
    """An answer of a passkey, put into a hidden input by the page's script."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["credential"].widget = _Silent()  # type: ignore[attr-defined]

    def clean_credential(self) -> Any:
        """The factor that answered; limits say how long to wait."""
        try:
            return super().clean_credential()  # type: ignore[misc]
        except ValidationError as error:
            raise _with_wait(_request(), self.user, error) from None  # type: ignore[attr-defined]
        except (KeyError, TypeError, AttributeError, ValueError):
            raise Factors().validation_error("incorrect_code") from None


class KeyForm(_Key, AuthenticateWebAuthnForm):
    """A passkey as the second step of signing in."""


class ConfirmKeyForm(_Key, ReauthenticateWebAuthnForm):
    """A passkey before something sensitive."""


class NewKeyForm(AddWebAuthnForm):
    """A new passkey and what its owner calls it."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Say what to fill in."""
        super().__init__(*args, **kwargs)
        _name_of_key(self.fields["name"])
        self.fields["credential"].widget = _Silent()

    def clean(self) -> Any:
        """The answer of the passkey, whatever a client makes of it."""
        try:
            return super().clean()
        except (KeyError, TypeError, AttributeError, ValueError):
            raise Factors().validation_error("incorrect_code") from None


class KeyNameForm(EditWebAuthnForm):
    """Another name for a passkey."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Say what to fill in."""
        super().__init__(*args, **kwargs)
        _name_of_key(self.fields["name"])


def _name_of_key(field: forms.Field) -> None:
    field.label = _("Tên khóa")
    field.help_text = _("Để nhận ra khi có nhiều khóa, ví dụ: Máy bàn phòng Tổng hợp.")
    field.error_messages["required"] = _("Điền tên khóa.")
    _at_most(field, LONGEST_NAME)


def _at_most(field: forms.Field, length: int) -> None:
    field.widget.attrs["maxlength"] = length
    field.validators.append(MaxLengthValidator(length))
