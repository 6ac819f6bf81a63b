"""The annual summary."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PublishingConfig(AppConfig):
    """Registers the rights and guards of this app."""

    name = "publishing"
    verbose_name = _("Tổng kết và công bố")

    def ready(self) -> None:
        """Register rights and phase guards."""
        from publishing import guards, rules, uses  # noqa: F401 - models must be loaded
