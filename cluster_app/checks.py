"""Start-up refusals: what production must never run with."""

from __future__ import annotations

import tempfile
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.checks import CheckMessage, Error, register
from django.core.exceptions import ImproperlyConfigured

ENVIRONMENTS = ("development", "hall", "production")
SECOND_FACTOR_KINDS = {"chair", "deputy", "officer", "admin"}


@register()
def environment(app_configs: Any, **_kwargs: Any) -> list[CheckMessage]:
    """Production refuses a default or weak secret, DEBUG, and no allowed hosts; APP_ENV must be a known one."""
    found: list[CheckMessage] = []
    if settings.APP_ENV not in ENVIRONMENTS:
        found.append(Error(f"APP_ENV phải là một trong: {', '.join(ENVIRONMENTS)}.", id="cluster.E001"))
    found += accounts()
    found += folders()
    if settings.APP_ENV != "production":
        return found
    if (
        settings.SECRET_KEY == settings.INSECURE_SECRET_KEY
        or len(set(settings.SECRET_KEY)) < 10
        or len(settings.SECRET_KEY) < 32
    ):
        found.append(
            Error("Đặt SECRET_KEY riêng, ngẫu nhiên, từ 32 ký tự, trước khi chạy thật.", id="cluster.E002")
        )
    if settings.DEBUG:
        found.append(Error("Không chạy thật với DEBUG=1.", id="cluster.E003"))
    if not settings.ALLOWED_HOSTS or "*" in settings.ALLOWED_HOSTS:
        found.append(Error("Đặt ALLOWED_HOSTS là tên miền của hệ thống.", id="cluster.E004"))
    return found


def folders() -> list[CheckMessage]:
    """The folder of stored files must take files: else every upload would fail, one person after the other (K6)."""
    folder = settings.FILES_DIR
    while not folder.exists() and folder != folder.parent:
        folder = folder.parent
    try:
        with tempfile.TemporaryFile(dir=folder):
            return []
    except OSError as error:
        told = {"folder": settings.FILES_DIR, "error": error.strerror or error}
        return [Error("Không ghi được vào thư mục tệp {folder}: {error}.".format(**told), id="cluster.E010")]


def accounts() -> list[CheckMessage]:
    """Settings of accounts that would fail only when somebody signs in."""
    found: list[CheckMessage] = []
    if unknown := set(settings.SECOND_FACTOR_FOR) - SECOND_FACTOR_KINDS:
        told = ", ".join(sorted(unknown))
        found.append(
            Error(
                f"SECOND_FACTOR_FOR chỉ nhận: {', '.join(sorted(SECOND_FACTOR_KINDS))}; không hiểu: {told}.",
                id="cluster.E005",
            )
        )
    issuer = urlsplit(settings.OIDC_ISSUER)
    if settings.OIDC_ISSUER and not (
        issuer.hostname and (issuer.scheme == "https" or issuer.hostname in ("127.0.0.1", "localhost"))
    ):
        found.append(Error("OIDC_ISSUER phải là địa chỉ https.", id="cluster.E006"))
    if settings.OIDC_ISSUER and not settings.OIDC_CLIENT_ID:
        found.append(Error("Đặt OIDC_CLIENT_ID khi đã đặt OIDC_ISSUER.", id="cluster.E007"))
    return found


def refuse_unsafe_start() -> None:
    """Raise ImproperlyConfigured with every error of ``environment``: a web server runs no checks of its own."""
    if found := environment(None):
        raise ImproperlyConfigured(" ".join(message.msg for message in found))
