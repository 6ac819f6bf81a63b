"""What the pages of one's account ask of the settings."""

from __future__ import annotations

from django import template
from django.conf import settings

register = template.Library()


@register.simple_tag
def openid_name() -> str:
    """What the provider of outside sign-in is called; empty when none is set."""
    return str(settings.OIDC_NAME) if settings.OIDC_ISSUER else ""


@register.simple_tag
def remember_days() -> int:
    """For how many days a browser may be remembered; 0: never."""
    return int(settings.SESSION_REMEMBER_DAYS)
