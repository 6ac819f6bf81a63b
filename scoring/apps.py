"""Ranking of a year."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ScoringConfig(AppConfig):
    """Registers the rights and guards of this app."""

    name = "scoring"
    verbose_name = _("Xếp hạng")

    def ready(self) -> None:
        """Register rights and phase guards."""
        from scoring import examples, guards, rules, standings, uses  # noqa: F401 - models must be loaded
        from scoring import guards_appeals, rules_appeals  # noqa: F401
        from scoring import carried, rules_tables  # noqa: F401
        from scoring import guards_sheets, lateness, rules_sheets  # noqa: F401
        from scoring import guards_totals, rules_totals  # noqa: F401
        from scoring import rules_checks  # noqa: F401
