"""``manage.py rescan_files``: let the virus scanner see what came in while it did not answer."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from core import rescan, scanner


class Command(BaseCommand):
    """Run it hourly where ``CLAMAV_ADDRESS`` is set."""

    help = "Scan the files that wait for the virus scanner; with --all also those that were never scanned."

    def add_arguments(self, parser: CommandParser) -> None:
        """One switch."""
        parser.add_argument("--all", action="store_true", help="also what came in before there was a scanner")

    def handle(self, *args: Any, **options: Any) -> None:
        """Scan and count; names what was found and ends with an error then, and when the scanner is away."""
        if not scanner.is_on():
            raise CommandError("CLAMAV_ADDRESS is not set")
        done = rescan.rescan(everything=options["all"])
        self.stdout.write(f"clean {done.clean}, still waiting {done.waiting}, infected {len(done.infected)}")
        if done.infected:
            named = ", ".join(f"{sha256} ({finding})" for sha256, finding in done.infected)
            raise CommandError(f"infected, locked away: {named}")
        if done.waiting:
            raise CommandError("the virus scanner did not judge all of them")
