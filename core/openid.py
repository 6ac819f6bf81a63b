"""Sign-in at an OpenID Connect provider, by settings alone. Nobody signs up: an identity belongs to an account.

allauth keeps state, PKCE and the flow; here it is made strict: the id_token counts and nothing else, its signature is
always checked against the provider's keys and only for asymmetric algorithms, a nonce ties it to this browser, and an
identity is the issuer together with the subject.
"""

from __future__ import annotations

import hmac
import logging
import secrets
from typing import Any

import jwt
import requests
from allauth.account.internal.flows.reauthentication import is_reauthentication_required
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter, get_adapter
from allauth.socialaccount.internal import jwtkit
from allauth.socialaccount.models import SocialAccount, SocialApp
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ImproperlyConfigured
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from core import audit

security = logging.getLogger("security")
ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "ES256", "ES384", "EdDSA")
NONCE = "openid_nonce"
SIGN_IN, CONNECT = "login", "connect"
FAULTS = (OAuth2Error, requests.RequestException, ValueError, KeyError, TypeError, ImproperlyConfigured)


def is_on() -> bool:
    """Whether a provider is set."""
    return bool(settings.OIDC_ISSUER and settings.OIDC_CLIENT_ID)


def provider_key() -> str:
    """The name of the provider in addresses and in the table of identities: another issuer is another provider."""
    return "oidc-" + salted_hmac("core.openid", settings.OIDC_ISSUER, secret="issuer").hexdigest()[:16]  # noqa: S106


def app_of_settings() -> dict[str, Any]:
    """The provider as allauth wants it told."""
    return {
        "provider_id": provider_key(),
        "name": settings.OIDC_NAME,
        "client_id": settings.OIDC_CLIENT_ID,
        "secret": settings.OIDC_CLIENT_SECRET,
        "settings": {"server_url": settings.OIDC_ISSUER, "fetch_userinfo": False, "oauth_pkce_enabled": True},
    }


def refusal(request: HttpRequest, sentence: str, status: int = 403) -> HttpResponse:
    """A page that says why nobody is signed in, and whom to ask."""
    return render(request, "socialaccount/refused.html", {"sentence": sentence}, status=status)


class Identities(DefaultSocialAccountAdapter):
    """Which account an identity may enter: the one that it was tied to from within, and no other."""

    def list_apps(self, request: Any, provider: Any = None, client_id: Any = None) -> list[Any]:
        """The one of the settings, never one of the database."""
        if not is_on() or provider not in (None, "openid_connect", provider_key()):
            return []
        return [SocialApp(provider="openid_connect", **app_of_settings())]

    def is_open_for_signup(self, request: HttpRequest, sociallogin: Any) -> bool:
        """Never."""
        return False

    def pre_social_login(self, request: HttpRequest, sociallogin: Any) -> None:
        """An identity that is tied to no account gets a sentence; so does a closed account, in the same words."""
        if sociallogin.state.get("process") == CONNECT:
            raise ImmediateHttpResponse(_tie(request, sociallogin.account, sociallogin))
        if not sociallogin.is_existing or not sociallogin.user.is_active:
            security.warning("sign-in by OpenID Connect refused: no account")
            sentence = _(
                "Danh tính này chưa nối với tài khoản nào đang dùng. Đăng nhập bằng mật khẩu rồi nối ở trang tài khoản,"
                " hoặc hỏi cơ quan thường trực Hội đồng để được cấp tài khoản."
            )
            raise ImmediateHttpResponse(refusal(request, sentence))

    def on_authentication_error(
        self,
        request: HttpRequest,
        provider: Any,
        error: Any = None,
        exception: Any = None,
        extra_context: Any = None,
    ) -> None:
        """One page for a cancelled, forged, late or broken answer; the log says which."""
        security.warning(
            "sign-in by OpenID Connect failed: %s", type(exception).__name__ if exception else error
        )
        raise ImmediateHttpResponse(
            refusal(
                request,
                _("Chưa đăng nhập được: đã hủy, quá lâu, hoặc nơi cấp danh tính trả lời sai. Thử lại."),
            )
        )


def _tie(request: HttpRequest, found: SocialAccount, sociallogin: Any) -> HttpResponse:
    """Tie the identity to the account that is signed in, once; audited."""
    if not request.user.is_authenticated or is_reauthentication_required(
        request, app="allauth.socialaccount"
    ):
        return refusal(request, _("Xác nhận mật khẩu đã quá lâu. Mở lại trang tài khoản rồi nối lần nữa."))
    if sociallogin.is_existing:
        if sociallogin.user.pk != request.user.pk:
            return refusal(request, _("Danh tính này đã nối với một tài khoản khác."))
        messages.info(request, _("Danh tính này đã nối từ trước."))
        return HttpResponseRedirect(reverse("socialaccount_connections"))
    with transaction.atomic():
        SocialAccount.objects.create(
            user_id=request.user.pk, provider=found.provider, uid=found.uid, extra_data={}
        )
        audit.record(audit.SITE, "identity_connect", request.user, actor_id=request.user.pk)
    messages.success(
        request, _("Đã nối. Lần sau đăng nhập được bằng %(name)s.") % {"name": settings.OIDC_NAME}
    )
    return HttpResponseRedirect(reverse("socialaccount_connections"))


@transaction.atomic
def untie(user: Any, pk: int) -> bool:
    """Take an identity off one's own account; False when there is none such. Audited."""
    taken, _by_model = identities(user).filter(pk=pk).delete()
    if taken:
        audit.record(audit.SITE, "identity_disconnect", user, actor_id=user.pk)
    return bool(taken)


class StrictOpenID(OpenIDConnectOAuth2Adapter):
    """The flow with a checked id_token."""

    def complete_login(self, request: HttpRequest, app: Any, token: Any, **kwargs: Any) -> Any:
        """The identity of the id_token; raises OAuth2Error without one or with a wrong one."""
        given = kwargs["response"].get("id_token")
        if not given:
            raise OAuth2Error("no id_token")
        claims = self._decode_id_token(app, given)
        return self.get_provider().sociallogin_from_response(request, {"id_token": {"sub": claims["sub"]}})

    def _decode_id_token(self, app: Any, id_token: str) -> dict[str, Any]:
        try:
            if jwt.get_unverified_header(id_token).get("alg") not in ALGORITHMS:
                raise OAuth2Error("algorithm")
            if self.openid_config["issuer"].rstrip("/") != settings.OIDC_ISSUER:
                raise OAuth2Error("issuer")
            claims: dict[str, Any] = jwtkit.verify_and_decode(
                credential=id_token,
                keys_url=self.openid_config["jwks_uri"],
                issuer=self.openid_config["issuer"],
                audience=app.client_id,
                lookup_kid=jwtkit.lookup_kid_jwk,
            )
            if not all(claims.get(name) for name in ("sub", "exp", "iat")):
                raise OAuth2Error("claims")
        except (jwt.PyJWTError, KeyError, TypeError, ValueError, AttributeError) as error:
            raise OAuth2Error("id_token") from error
        nonce = self.request.session.pop(NONCE, "")
        if not nonce or not hmac.compare_digest(str(claims.get("nonce", "")), nonce):
            raise OAuth2Error("nonce")
        return claims


def begin(request: HttpRequest, process: str, next_url: str | None) -> HttpResponse:
    """Send the browser to the provider; a provider that is away gets a page instead."""
    try:
        provider = get_adapter().get_provider(request, provider_key())
        provider.oauth2_adapter_class = StrictOpenID
        request.session[NONCE] = nonce = secrets.token_urlsafe(24)
        answer: HttpResponse = provider.redirect(
            request, process, next_url=next_url, scope=["openid"], auth_params={"nonce": nonce}
        )
    except FAULTS as error:
        security.warning("the OpenID Connect provider gave no answer: %s", type(error).__name__)
        return refusal(
            request, _("Nơi cấp danh tính không trả lời. Đăng nhập bằng mật khẩu, hoặc thử lại sau."), 503
        )
    return answer


def finish(request: HttpRequest) -> HttpResponse:
    """Take the provider's answer: sign in, tie the identity to the account, or a page that says why not."""
    view = OAuth2CallbackView.adapter_view(StrictOpenID(request, provider_key()))
    try:
        answer: HttpResponse = view(request)
    except FAULTS as error:
        security.warning("sign-in by OpenID Connect failed: %s", type(error).__name__)
        return refusal(
            request, _("Nơi cấp danh tính trả lời sai. Đăng nhập bằng mật khẩu, hoặc thử lại sau."), 503
        )
    return answer


def identities(user: Any) -> Any:
    """Identities tied to an account at the provider that is set now."""
    return SocialAccount.objects.filter(user=user.pk, provider=provider_key()).order_by("pk")
