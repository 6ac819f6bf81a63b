"""Criteria, score sheets, checks, appeals, totals and ranking of a year."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ScoringConfig(AppConfig):
    """Registers the rights and guards of this app."""

    name = "scoring"
    verbose_name = _("Chấm điểm, xếp hạng")

    def ready(self) -> None:
        """Register rights and phase guards."""
        from scoring import (  # noqa: F401 - models must be loaded
            carried,
            evidence_seen,
            examples,
            guards,
            guards_appeals,
            guards_sheets,
            guards_totals,
            lateness,
            rules,
            rules_appeals,
            rules_checks,
            rules_sheets,
            rules_tables,
            rules_totals,
            standings,
            uses,
        )
