"""The second factor of one's own account: an authenticator app, passkeys, recovery codes; and the step at sign-in.

allauth's flows with our pages, 422 for what was mistyped, 429 with the time to wait for too much of it, and the audit.
"""

from __future__ import annotations

from typing import Any

from allauth.account import views as account
from allauth.account.decorators import reauthentication_required
from allauth.mfa.base import views as base
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes import views as codes
from allauth.mfa.totp import views as totp
from allauth.mfa.webauthn import views as webauthn
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from core import second_factor
from core.access import own_page
from core.accounts import TOO_MANY
from core.second_factor import kinds_today

WRITES = ("GET", "POST")


class Told:
    """A form that will not do is shown again with 422, or 429 when it is the limit that refuses."""

    def form_invalid(self, form: Any) -> HttpResponse:
        """The page again, with what is wrong."""
        response: HttpResponse = super().form_invalid(form)  # type: ignore[misc]
        waits = [
            error.params["seconds"]
            for errors in form.errors.as_data().values()
            for error in errors
            if error.code == TOO_MANY
        ]
        response.status_code = 429 if waits else 422
        if waits:
            response["Retry-After"] = str(max(waits))
        return response


# -- at sign-in ----------------------------------------------------------------------------------
class SecondStep(Told, base.AuthenticateView):  # type: ignore[misc]
    """After the password: a code of the app, a recovery code or a passkey."""

    template_name = "mfa/authenticate.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Which factors the account has."""
        kinds = second_factor.factors(self.stage.login.user)
        return {**super().get_context_data(**kwargs), "kinds": kinds}


class ConfirmPassword(Told, account.ReauthenticateView):  # type: ignore[misc]
    """The password once more, before something sensitive."""

    template_name = "account/reauthenticate.html"


class ConfirmCode(Told, base.ReauthenticateView):  # type: ignore[misc]
    """A code, before something sensitive."""

    template_name = "mfa/reauthenticate.html"


class ConfirmKey(Told, webauthn.ReauthenticateWebAuthnView):  # type: ignore[misc]
    """A passkey, before something sensitive."""

    template_name = "mfa/webauthn/reauthenticate.html"

    def form_invalid(self, form: Any) -> HttpResponse:
        """The page again; allauth would lead to the sign-in page."""
        response = self.render_to_response(self.get_context_data(form=form))
        response.status_code = 422
        return response

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The library's view drops the form that was sent."""
        return {**super().get_context_data(**kwargs), **kwargs}


# -- one's own factors ---------------------------------------------------------------------------
def overview(request: HttpRequest) -> HttpResponse:
    """What is set up, and what can be."""
    rows = list(Authenticator.objects.filter(user=request.user.pk).order_by("created_at", "pk"))
    recovery = next((row for row in rows if row.type == Authenticator.Type.RECOVERY_CODES), None)
    context = {
        "app": next((row for row in rows if row.type == Authenticator.Type.TOTP), None),
        "keys": [row for row in rows if row.type == Authenticator.Type.WEBAUTHN],
        "codes_left": len(recovery.wrap().get_unused_codes()) if recovery else None,
        "wanted": bool(settings.SECOND_FACTOR_FOR)
        and not kinds_today(request.user).isdisjoint(settings.SECOND_FACTOR_FOR),
    }
    return render(request, "mfa/index.html", context)


class AddApp(Told, totp.ActivateTOTPView):  # type: ignore[misc]
    """An authenticator app: scan or type the secret, then show one code."""

    template_name = "mfa/totp/activate_form.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The secret in groups of four, as one types it."""
        context: dict[str, Any] = super().get_context_data(**kwargs)
        secret = context["form"].secret
        context["secret_groups"] = " ".join(secret[start : start + 4] for start in range(0, len(secret), 4))
        return context

    @transaction.atomic
    def form_valid(self, form: Any) -> HttpResponse:
        """Set up; the code just shown confirms this session and counts as used."""
        response: HttpResponse = super().form_valid(form)
        factor = Authenticator.objects.get(user=self.request.user.pk, type=Authenticator.Type.TOTP)
        factor.wrap().validate_code(form.cleaned_data["code"])
        second_factor.added(self.request, factor)
        return response


class RemoveApp(Told, totp.DeactivateTOTPView):  # type: ignore[misc]
    """No authenticator app any more."""

    template_name = "mfa/totp/deactivate_form.html"

    @transaction.atomic
    def form_valid(self, form: Any) -> HttpResponse:
        """Take it off."""
        response: HttpResponse = super().form_valid(form)
        second_factor.note(self.request, "second_factor_remove", Authenticator.Type.TOTP)
        return response


class AddKey(Told, webauthn.AddWebAuthnView):  # type: ignore[misc]
    """A passkey: the page's script asks the browser for one; its answer comes in a hidden input."""

    template_name = "mfa/webauthn/add_form.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The library's view drops the form that was sent."""
        return {**super().get_context_data(**kwargs), **kwargs}

    @transaction.atomic
    def form_valid(self, form: Any) -> HttpResponse:
        """Set up."""
        response: HttpResponse = super().form_valid(form)
        newest = Authenticator.objects.filter(user=self.request.user.pk, type=Authenticator.Type.WEBAUTHN)
        factor = newest.latest("pk")
        second_factor.added(self.request, factor)
        return response


class RemoveKey(webauthn.RemoveWebAuthnView):  # type: ignore[misc]
    """One passkey less."""

    template_name = "mfa/webauthn/authenticator_confirm_delete.html"
    success_url = reverse_lazy("mfa_index")

    @transaction.atomic
    def form_valid(self, form: Any) -> HttpResponse:
        """Take it off."""
        response: HttpResponse = super().form_valid(form)
        second_factor.note(self.request, "second_factor_remove", Authenticator.Type.WEBAUTHN)
        return response


class RenameKey(Told, webauthn.EditWebAuthnView):  # type: ignore[misc]
    """Another name for a passkey."""

    template_name = "mfa/webauthn/edit_form.html"
    success_url = reverse_lazy("mfa_index")


class MakeCodes(Told, codes.GenerateRecoveryCodesView):  # type: ignore[misc]
    """New recovery codes; the old ones die."""

    template_name = "mfa/recovery_codes/generate.html"

    @transaction.atomic
    def form_valid(self, form: Any) -> HttpResponse:
        """Make them."""
        response: HttpResponse = super().form_valid(form)
        second_factor.note(self.request, "second_factor_add", Authenticator.Type.RECOVERY_CODES)
        return response


def _codes_left(request: HttpRequest) -> list[str]:
    row = Authenticator.objects.filter(user=request.user.pk, type=Authenticator.Type.RECOVERY_CODES).first()
    if row is None:
        raise Http404
    return list(row.wrap().get_unused_codes())


@reauthentication_required(app="allauth.mfa")
def view_codes(request: HttpRequest) -> HttpResponse:
    """The recovery codes that were not used."""
    return render(request, "mfa/recovery_codes/index.html", {"unused": _codes_left(request)})


@reauthentication_required(app="allauth.mfa")
def download_codes(request: HttpRequest) -> HttpResponse:
    """The same as a text file."""
    lines = [
        _("Mã dự phòng của tài khoản %(name)s tại %(host)s")
        % {"name": request.user.get_username(), "host": request.get_host()},
        _("Mỗi mã dùng được một lần. Cất riêng với mật khẩu."),
        "",
        *_codes_left(request),
    ]
    response = HttpResponse("\r\n".join(lines) + "\r\n", content_type="text/plain; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="ma-du-phong.txt"'
    return response


def _open(view: Any) -> Any:
    view = require_http_methods(["GET", "HEAD", "POST"])(login_not_required(view))
    view.right, view.methods = "sign_in", WRITES
    return view


second_step = _open(SecondStep.as_view())
confirm_password = own_page(methods=WRITES)(ConfirmPassword.as_view())
confirm_code = own_page(methods=WRITES)(ConfirmCode.as_view())
confirm_key = own_page(methods=WRITES)(ConfirmKey.as_view())
index = own_page()(overview)
add_app = own_page(methods=WRITES)(AddApp.as_view())
remove_app = own_page(methods=WRITES)(RemoveApp.as_view())
add_key = own_page(methods=WRITES)(AddKey.as_view())
rename_key = own_page(methods=WRITES)(RenameKey.as_view())
remove_key = own_page(methods=WRITES)(RemoveKey.as_view())
make_codes = own_page(methods=WRITES)(MakeCodes.as_view())
recovery_codes = own_page()(view_codes)
recovery_codes_file = own_page()(download_codes)
