"""How far a target was reached, as an exact share. Pure: no Django."""

from __future__ import annotations

from fractions import Fraction

from scoring.domain.shapes import LOWER, Facts, Leaf


def attainment(leaf: Leaf, facts: Facts) -> Fraction:
    """``1 + (A − T) / |T|``, mirrored where lower is better (see ``calc``); the target must be given and not be 0."""
    return 1 + beyond(leaf, facts)


def beyond(leaf: Leaf, facts: Facts) -> Fraction:
    """e = (A − T) / |T|, or (T − A) / |T| where lower is better: 0 = just reached, 0,25 = a quarter better."""
    actual, target = Fraction(facts.actual or 0), Fraction(facts.target or 0)
    difference = target - actual if leaf.better == LOWER else actual - target
    return difference / abs(target)
