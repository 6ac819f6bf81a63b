"""``manage.py sweep_files``: clear away files nobody came back for; ``--check`` compares every file with its hash."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from core import staging


class Command(BaseCommand):
    """Run it daily."""

    help = (
        "Remove abandoned uploads, submit keys, orphan bytes and old previews; "
        "with --check also verify every stored file."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """One switch."""
        parser.add_argument("--check", action="store_true", help="compare every stored file with its SHA-256")

    def handle(self, *args: Any, **options: Any) -> None:
        """Sweep, then check if asked; a damaged file ends with an error that names it."""
        done = staging.sweep()
        self.stdout.write(
            f"staged {done.staged}, submit keys {done.keys}, unused files {done.rows}, "
            f"orphan bytes {done.orphans}, previews {done.previews}"
        )
        if not options["check"]:
            return
        damaged = [row.sha256 for row in staging.damaged()]
        if damaged:
            raise CommandError("damaged files: " + ", ".join(damaged))
        self.stdout.write("every stored file matches its SHA-256")
