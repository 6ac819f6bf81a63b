"""A form that is sent twice makes one record: the second answer leads to the first."""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from django.db import IntegrityError, transaction

from core.models import SubmitKey

FIELD: Final = "submit_key"
_KEY: Final = re.compile(r"[A-Za-z0-9_-]{20,43}")


@dataclass(frozen=True, slots=True)
class Outcome:
    """Where the record of a form is; ``first`` is False when an earlier sending made it."""

    address: str
    first: bool


def new_key() -> str:
    """A key for one showing of a form."""
    return secrets.token_urlsafe(24)


def clean_key(text: str) -> str:
    """The key as posted, or a new one when it is missing or strange."""
    return text if _KEY.fullmatch(text) else new_key()


def earlier(user_id: int, key: str) -> Outcome | None:
    """What this form came to when it was sent before; None the first time (one query)."""
    if not _KEY.fullmatch(key):
        return None
    address = SubmitKey.objects.filter(user=user_id, key=key).values_list("outcome", flat=True).first()
    return None if address is None else Outcome(address, first=False)


def once(user_id: int, key: str, work: Callable[[], str]) -> Outcome:
    """Run ``work`` at most once for a key of a person; it returns the address of what it made.

    The key is written first and in the transaction of the work: a second sending waits for the first one to end, then
    finds its outcome; when the work raises, the key is free again and nothing was written.
    """
    key = clean_key(key)
    try:
        with transaction.atomic():
            row = SubmitKey.objects.create(user_id=user_id, key=key)
            row.outcome = work()
            row.save(update_fields=["outcome"])
            return Outcome(row.outcome, first=True)
    except IntegrityError:
        before = earlier(user_id, key)
        if before is None:
            raise
        return before
