"""The address that an OpenID Connect provider must send answers to, to be registered there."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.urls import reverse

from core.openid import is_on, provider_key


class Command(BaseCommand):
    """``manage.py openid_address``, with the same settings as the server."""

    help = "In ra địa chỉ trả lời (redirect URI) cần khai ở nơi cấp danh tính."

    def handle(self, *args: Any, **options: Any) -> None:
        """Print it; without a provider say what to set."""
        if not is_on():
            raise CommandError("Đặt OIDC_ISSUER và OIDC_CLIENT_ID trước.")
        site = settings.SITE_URL.rstrip("/") or "https://<tên miền>"
        self.stdout.write(site + reverse("openid_connect_callback", kwargs={"provider_id": provider_key()}))
