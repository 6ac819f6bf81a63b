"""Threads that start at one moment, each with a database connection of its own."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connections

SECONDS = 60


@dataclass(frozen=True)
class Outcome:
    """What one runner came to: a value, or the exception that it raised."""

    value: Any = None
    error: BaseException | None = None


def race(*runners: Callable[[], Any]) -> list[Outcome]:
    """Run all at once and return their outcomes in order. The test needs ``django_db(transaction=True)``."""
    barrier = threading.Barrier(len(runners))
    outcomes: list[Outcome | None] = [None] * len(runners)

    def run(place: int, runner: Callable[[], Any]) -> None:
        try:
            barrier.wait(SECONDS)
            outcomes[place] = Outcome(value=runner())
        except BaseException as error:
            outcomes[place] = Outcome(error=error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=pair, daemon=True) for pair in enumerate(runners)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(SECONDS)
    assert all(outcome is not None for outcome in outcomes), "a runner did not end: deadlock?"
    return [outcome for outcome in outcomes if outcome is not None]


def values(outcomes: Sequence[Outcome]) -> list[Any]:
    """Values of those who got through."""
    return [outcome.value for outcome in outcomes if outcome.error is None]


def errors(outcomes: Sequence[Outcome]) -> list[BaseException]:
    """Exceptions of those who did not."""
    return [outcome.error for outcome in outcomes if outcome.error is not None]


def meeting_point(count: int, seconds: float = 3) -> Callable[[], None]:
    """Function at which ``count`` runners wait for each other: puts all of them between their read and their write.

    For the control of a race test (the twin without protection), whose damage must not depend on luck. A protected
    runner never gets there together with the others, so it goes on after ``seconds``.
    """
    barrier = threading.Barrier(count)

    def meet() -> None:
        with contextlib.suppress(threading.BrokenBarrierError):
            barrier.wait(seconds)

    return meet
