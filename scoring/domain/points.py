"""Rounding points and adding them up. Pure: no Django.

Promises: exact decimals; each leaf is rounded once, the sum is never rounded again (domain 3.3); a total never falls
below zero, and stops at the maximum where the charter says so.
"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import ROUND_DOWN, ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal
from typing import Final

MODES: Final = {"half_up": ROUND_HALF_UP, "half_even": ROUND_HALF_EVEN, "down": ROUND_DOWN}


def rounded(points: Decimal, places: int, mode: str) -> Decimal:
    """``points`` with ``places`` decimals; ``mode`` is half_up, half_even or down, ``KeyError`` for another."""
    return points.quantize(Decimal(1).scaleb(-places), rounding=MODES[mode])


def total(
    leaves: Iterable[Decimal], bonus: Decimal, deducted: Decimal, *, maximum: Decimal, over_maximum: bool
) -> Decimal:
    """Rounded leaves and bonus less what is deducted; 0 at least, ``maximum`` at most unless it may be passed."""
    found = max(sum(leaves, Decimal(0)) + bonus - deducted, Decimal(0))
    return found if over_maximum else min(found, maximum)
