"""``manage.py verify_audit``: is every audit chain whole?"""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from core import audit


class Command(BaseCommand):
    """Checks every chain and every head; exits 1 and names each break when one is found."""

    help = "Kiểm tra chuỗi nhật ký"

    def handle(self, *args: Any, **options: Any) -> None:
        """Print a line for each chain."""
        broken = 0
        for chain in audit.chains():
            breaks = list(audit.verify(chain))
            broken += len(breaks)
            for sentence in breaks:
                self.stderr.write(sentence)
            if not breaks:
                self.stdout.write(f"{chain}: nguyên vẹn")
        if broken:
            raise CommandError(f"{broken} chỗ đứt trong nhật ký")
