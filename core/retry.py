"""Once more, when the database gave one of two colliding transactions up."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from typing import TypeVar

from django.db import OperationalError, connection

Result = TypeVar("Result")
RETRIES = 3
COLLISIONS = {"40001", "40P01"}  # PostgreSQL: serialization failure, deadlock


def once_more(call: Callable[[], Result]) -> Result:
    """The result of ``call``, tried again up to 3 times with a growing random pause after a collision.

    ``call`` must hold its transactions inside itself: what has been rolled back is simply done again. Other errors, and
    any error inside a transaction that was open before, are raised at once.
    """
    for attempt in range(RETRIES):
        try:
            return call()
        except OperationalError as error:
            if connection.in_atomic_block or not is_collision(error):
                raise
        time.sleep(random.uniform(0.02, 0.08) * (attempt + 1))  # noqa: S311 - a pause, not a secret
    return call()


def is_collision(error: BaseException) -> bool:
    """Whether the database rolled this transaction back in favour of another."""
    return getattr(error.__cause__, "pgcode", None) in COLLISIONS
