"""allauth's list of sessions, kept by our own rules (core/accounts_sessions.py)."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ListedSessions(AppConfig):
    """The table of allauth.usersessions without its signals: those look every session up, one query each."""

    name = "allauth.usersessions"
    label = "usersessions"
    verbose_name = _("Phiên đăng nhập")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Note every way in and out."""
        from allauth.account.signals import password_changed  # noqa: PLC0415 - the apps must be loaded
        from django.contrib.auth.signals import user_logged_in, user_logged_out  # noqa: PLC0415

        from core import accounts_sessions  # noqa: PLC0415

        user_logged_in.connect(accounts_sessions.signed_in, dispatch_uid="core.sessions.in")
        user_logged_out.connect(accounts_sessions.signed_out, dispatch_uid="core.sessions.out")
        password_changed.connect(
            accounts_sessions.password_was_changed, dispatch_uid="core.sessions.password"
        )
