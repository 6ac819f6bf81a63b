"""``manage.py sweep_links``: forget for whom links were meant that nobody can use any more."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from members.domain.invitations import sweep


class Command(BaseCommand):
    """Run it daily."""

    help = "Empty the names of invitations that have expired, were used or were revoked."

    def handle(self, *args: Any, **options: Any) -> None:
        """Sweep and say how many."""
        self.stdout.write(f"names forgotten {sweep()}")
