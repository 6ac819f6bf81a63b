"""The annual summary."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PublishingConfig(AppConfig):
    """Registers the rights and guards of this app, and has public pages look again after a cluster's changes."""

    name = "publishing"
    verbose_name = _("Tổng kết và công bố")

    def ready(self) -> None:
        """Register rights, phase guards and the watch on the audit."""
        from publishing import guards, rules, uses, watch  # noqa: F401 - models must be loaded
