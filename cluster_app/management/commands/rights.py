"""``manage.py rights``: print the table of rights, or write docs/rights.md."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser

from cluster_app.rights import markdown


class Command(BaseCommand):
    """Computes the table from the predicates."""

    help = "Bảng quyền"
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        """``--write`` puts it into the documents."""
        parser.add_argument("--write", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        """Print or write."""
        if options["write"]:
            (settings.BASE_DIR / "docs" / "rights.md").write_text(markdown(), encoding="utf-8", newline="\n")
        else:
            self.stdout.write(markdown())
