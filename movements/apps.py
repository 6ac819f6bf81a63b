"""Movements, activities, contributions, evidence."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class MovementsConfig(AppConfig):
    """Registers the rights and guards of this app."""

    name = "movements"
    verbose_name = _("Phong trào và hoạt động")

    def ready(self) -> None:
        """Register rights, phase guards and who is late."""
        from movements import carried, carried_tags, guards, lateness, pledge_carried, pledge_days, rules  # noqa: F401 - needs models
