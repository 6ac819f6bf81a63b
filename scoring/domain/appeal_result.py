"""What the notice of an appeal's result says: plain data; ``scoring.render.appeal_paper`` makes the paper of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class ResultPaper:
    """Everything the paper says. ``outcome`` is a value of ``AppealState``; totals are None where nothing changed."""

    cluster: str
    place: str
    label: str
    number: int
    made_on: date
    decider: str
    decider_role: str
    filer: str
    filed_on: date
    code: str
    criterion: str
    maximum: Decimal
    words: str
    wanted: Decimal | None
    outcome: str
    decision: str
    points_before: Decimal | None
    points_after: Decimal | None
    total_before: Decimal
    total_after: Decimal
    provisional: bool


Printer = Callable[[ResultPaper], bytes]


def number_words(number: int) -> str:
    """``3`` → ``03/TB-KN``: the number of the notice as it is printed and cited."""
    return f"{number:02d}/TB-KN"
