"""``manage.py demo``: the seed's year to look at, with accounts whose password everybody knows."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _

from cluster_app import demo
from cluster_app.yearfile.package import YearFileError
from members.models import Cluster


class Command(BaseCommand):
    """Idempotent: a second run changes nothing, and nothing that people wrote is ever touched."""

    help = (
        "Nạp cụm mẫu và cụm thực hành, công bố năm 2020, tạo tài khoản dùng thử (không dùng khi chạy thật)."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """When to load, and what to print."""
        parser.add_argument("--if-empty", action="store_true", help="chỉ nạp khi chưa có cụm nào")
        parser.add_argument("--accounts", action="store_true", help="chỉ in các tài khoản dùng thử đang có")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Load unless told otherwise, then print the accounts."""
        if settings.APP_ENV == "production":
            raise CommandError(_("Không nạp dữ liệu mẫu khi chạy thật: mật khẩu dùng thử ai cũng biết."))
        wanted = not options["accounts"] or options["if_empty"]
        if wanted and options["if_empty"] and Cluster.objects.exists():
            wanted = False
        if wanted:
            self.load()
        if wanted or options["accounts"]:
            self.print_accounts()

    def load(self) -> None:
        """Load and say what was new."""
        try:
            loaded = demo.load()
        except YearFileError as error:
            lines = [f"{problem.field}: {problem.sentence}" for problem in error.problems]
            raise CommandError("\n".join([_("Không nạp được dữ liệu mẫu:"), *lines])) from error
        for slug, label in demo.YEARS:
            new = (slug, label) in loaded
            said = (
                _("Đã nạp %(cluster)s, năm %(label)s.")
                if new
                else _("%(cluster)s, năm %(label)s đã có, giữ nguyên.")
            )
            self.stdout.write(said % {"cluster": slug, "label": label})

    def print_accounts(self) -> None:
        """The accounts as a table; nothing where there are none."""
        rows = [(account.username, account.words) for account in demo.accounts()]
        if not rows:
            return
        width = max(len(name) for name, _words in rows)
        self.stdout.write(_("Tài khoản dùng thử, mật khẩu chung: %(password)s") % {"password": demo.PASSWORD})
        for name, words in rows:
            self.stdout.write(f"  {name:<{width}}  {words}")
