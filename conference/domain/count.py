"""Counting a meeting and a vote. Pure: no Django, no clock.

Words. *Entitled* are those who may vote, *present* those who came, *collected* the papers that came back, *valid* those
of them that count. A *threshold* is a share of one of these numbers; it is *strict* where more than the share is asked.
Promises: nothing is rounded before the last step; the number needed is the least one that passes, and never less than
one; a threshold over nothing is never passed. Source: domain 4.1 (2/3, 90 %, "> 50 % of all members").
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from math import ceil, floor
from typing import Final

ENTITLED: Final = "entitled"
PRESENT: Final = "present"
COLLECTED: Final = "collected"
VALID: Final = "valid"


@dataclass(frozen=True, slots=True)
class Counts:
    """The four numbers of a tally; each is at most the one before it, else ``ValueError``."""

    entitled: int
    present: int
    collected: int
    valid: int

    def __post_init__(self) -> None:
        """Refuse numbers that cannot be."""
        if not self.entitled >= self.present >= self.collected >= self.valid >= 0:
            raise ValueError("a tally counts fewer at each step")

    def base(self, denominator: str) -> int:
        """The number a share is taken of: entitled, present, collected or valid; ``KeyError`` for another word."""
        return {
            ENTITLED: self.entitled, PRESENT: self.present, COLLECTED: self.collected, VALID: self.valid,
        }[denominator]  # fmt: skip


def quorum_needed(members: int, share: Fraction) -> int:
    """How many must be present out of ``members``: the least number that is at least the share, and at least one."""
    return max(1, ceil(share * members))


def is_quorate(present: int, members: int, share: Fraction) -> bool:
    """Whether enough are present; never with nobody there."""
    return present >= quorum_needed(members, share)


def votes_needed(base: int, threshold: Fraction, *, strict: bool) -> int:
    """The least number of votes that passes ``threshold`` of ``base``; may be more than ``base`` (then nobody can)."""
    exact = threshold * base
    return max(1, floor(exact) + 1 if strict else ceil(exact))


def passes(votes: int, base: int, threshold: Fraction, *, strict: bool) -> bool:
    """Whether ``votes`` out of ``base`` pass; never out of nothing."""
    return base > 0 and votes >= votes_needed(base, threshold, strict=strict)
