"""Conference and election."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ConferenceConfig(AppConfig):
    """Registers the rights and guards of this app."""

    name = "conference"
    verbose_name = _("Hội nghị và bình xét")

    def ready(self) -> None:
        """Register rights, phase guards and days of the calendar."""
        from conference import days, elections, examples, guards, rules, uses  # noqa: F401 - models must be loaded
