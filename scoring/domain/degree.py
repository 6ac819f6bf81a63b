"""How far a target was reached, as an exact share, and what a target of 0 or mixed units mean. Pure: no Django."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from typing import Final

from core.marks import _
from scoring.domain.derive import nothing, said, whole
from scoring.domain.shapes import LOWER, Facts, Leaf, Result, Said

SHARE_UP_TO: Final = Decimal("1.5")  # from 0 to here a per cent may have been meant as a share
PERCENT_FROM: Final = Decimal(15)


def attainment(leaf: Leaf, facts: Facts) -> Fraction:
    """``1 + (A − T) / |T|``, mirrored where lower is better (see ``calc``); the target must be given and not be 0."""
    return 1 + beyond(leaf, facts)


def beyond(leaf: Leaf, facts: Facts) -> Fraction:
    """e = (A − T) / |T|, or (T − A) / |T| where lower is better: 0 = just reached, 0,25 = a quarter better."""
    actual, target = Fraction(facts.actual or 0), Fraction(facts.target or 0)
    difference = target - actual if leaf.better == LOWER else actual - target
    return difference / abs(target)


def zero_as_target(leaf: Leaf, facts: Facts) -> Result:
    """A target of 0 as reached: full points unless the result is worse than 0."""
    actual = facts.actual or Decimal(0)
    worse = actual > 0 if leaf.better == LOWER else actual < 0
    why = said(_("Chỉ tiêu bằng 0, kết quả %(actual)s"), actual=actual)
    return replace(nothing(why) if worse else whole(leaf, why), reached=not worse)


def mixed_units(facts: Facts) -> tuple[Said, ...]:
    """A warning where one of result and target looks like a share and the other like per cent: 0,9 of 90."""
    actual, target = facts.actual or Decimal(0), facts.target or Decimal(0)
    small, large = min(actual, target), max(actual, target)
    if not (0 < small <= SHARE_UP_TO and PERCENT_FROM <= large <= 200):
        return ()
    words = _("Kết quả %(actual)s và chỉ tiêu %(target)s có vẻ khác đơn vị tính (0,9 hay 90 %%?).")
    return (said(words, actual=actual, target=target),)
