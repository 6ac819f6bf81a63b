"""``manage.py load_year FILE``: take a year file in, whole or not at all."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _

from cluster_app.yearfile.load import load_year
from cluster_app.yearfile.package import YearFileError


class Command(BaseCommand):
    """Exit code 0: loaded, or loaded already; 1: refused, with every fault and its place on the error output."""

    help = "Nạp một tệp năm (year.json hoặc gói ZIP): kiểm tra tất cả trước, ghi tất cả hoặc không ghi gì."

    def add_arguments(self, parser: CommandParser) -> None:
        """One file."""
        parser.add_argument("file", type=Path, help="year.json hoặc gói .zip (docs/year-file.md)")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Load and say what came of it."""
        try:
            outcome = load_year(options["file"])
        except YearFileError as error:
            for problem in error.problems:
                self.stderr.write(f"{problem.field or options['file']}: {problem.sentence}")
            raise CommandError(
                _("Không nạp %(file)s: %(count)d lỗi, cơ sở dữ liệu không đổi.")
                % {"file": options["file"], "count": len(error.problems)}
            ) from error
        words = {"label": outcome.year.label, "cluster": outcome.year.cluster.name}
        if outcome.changed:
            self.stdout.write(_("Đã nạp năm %(label)s của %(cluster)s.") % words)
        else:
            self.stdout.write(
                _("Năm %(label)s của %(cluster)s đã có, giống hệt tệp; không có gì thay đổi.") % words
            )
