"""Take the second factor off an account whose owner lost it: app, passkeys and recovery codes. Audited."""

from __future__ import annotations

from typing import Any

from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand, CommandError, CommandParser

from core.second_factor import reset


class Command(BaseCommand):
    """``manage.py reset_second_factor mai --reason "mất điện thoại"``."""

    help = "Gỡ lớp xác thực thứ hai của một tài khoản và đăng xuất tài khoản đó ở mọi máy."

    def add_arguments(self, parser: CommandParser) -> None:
        """Whose, and why."""
        parser.add_argument("username", help="tên đăng nhập")
        parser.add_argument("--reason", required=True, help="lý do, ghi vào nhật ký")

    def handle(self, *args: Any, **options: Any) -> None:
        """Reset and say what was taken."""
        user = get_user_model().objects.filter(username=options["username"]).first()
        if user is None:
            raise CommandError(f"Không có tài khoản {options['username']}.")
        taken = reset(user, actor_id=None, reason=options["reason"])
        self.stdout.write(f"Đã gỡ {taken} mục và đăng xuất {user.get_username()} ở mọi máy.")
