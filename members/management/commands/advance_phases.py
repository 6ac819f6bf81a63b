"""Move years on whose open step moves on by itself and whose last planned day is over. Run it every hour."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from members.domain.phases import Moved, advance_all_due
from members.enums import PhaseKind


class Command(BaseCommand):
    """``manage.py advance_phases``: safe to run at any time, twice, by two at once, or after days of sleep."""

    help = "Chuyển bước các năm đã đến hạn tự chuyển; nêu việc còn thiếu của năm chưa chuyển được."

    def handle(self, *args: Any, **options: Any) -> None:
        """Print a line for each step moved, and what keeps a year from moving."""
        moved = 0
        for one in advance_all_due(timezone.now()):
            moved += one.opens is not None
            self._tell(one)
        self.stdout.write(f"Đã chuyển {moved} bước.")

    def _tell(self, one: Moved) -> None:
        where = f"{one.year.cluster.slug} {one.year.label}"
        name = PhaseKind(one.closes.kind).label
        if one.opens:
            self.stdout.write(f"{where}: “{name}” → “{PhaseKind(one.opens.kind).label}”")
            return
        self.stdout.write(f"{where}: “{name}” đã hết hạn, chưa chuyển được:")
        for problem in one.missing:
            self.stdout.write(f"  - {problem.sentence}")
