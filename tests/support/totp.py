"""What an authenticator app would show."""

from __future__ import annotations

import time

from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value

PERIOD = 30


def code(secret: str, step: int = 0) -> str:
    """The six figures of now, or of so many half minutes later."""
    return format_hotp_value(hotp_value(secret, int(time.time()) // PERIOD + step))
