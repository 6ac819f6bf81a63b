"""Counting a meeting and a vote: properties that hold for any numbers, and the thresholds of the sources."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conference.domain.count import Counts, is_quorate, passes, quorum_needed, votes_needed

shares = st.fractions(min_value=0, max_value=1, max_denominator=100)
numbers = st.integers(min_value=0, max_value=500)


@given(members=numbers, share=shares)
def test_a_quorum_is_the_least_number_that_reaches_the_share(members: int, share: Fraction) -> None:
    needed = quorum_needed(members, share)
    assert needed >= 1
    assert needed >= share * members
    assert needed == 1 or needed - 1 < share * members
    assert is_quorate(needed, members, share)
    assert not is_quorate(needed - 1, members, share)


@given(base=numbers, threshold=shares, strict=st.booleans())
def test_the_votes_needed_are_the_least_that_pass(base: int, threshold: Fraction, strict: bool) -> None:
    needed = votes_needed(base, threshold, strict=strict)
    exact = threshold * base
    assert needed >= 1
    assert needed > exact if strict else needed >= exact
    fewer = needed - 1
    assert fewer == 0 or not (fewer > exact if strict else fewer >= exact)
    assert passes(needed, base, threshold, strict=strict) == (base > 0)


@given(base=numbers, threshold=shares, votes=numbers)
def test_a_strict_threshold_never_asks_for_less(base: int, threshold: Fraction, votes: int) -> None:
    strict, loose = (votes_needed(base, threshold, strict=one) for one in (True, False))
    assert loose <= strict <= loose + 1
    if passes(votes, base, threshold, strict=True):
        assert passes(votes, base, threshold, strict=False)


@given(base=st.integers(1, 500), more=st.integers(0, 100), threshold=shares, strict=st.booleans())
def test_a_larger_base_never_makes_it_easier(base: int, more: int, threshold: Fraction, strict: bool) -> None:
    smaller, larger = (votes_needed(one, threshold, strict=strict) for one in (base, base + more))
    assert smaller <= larger


@given(base=st.integers(1, 500), threshold=shares)
def test_everybody_reaches_any_threshold_that_is_not_strict(base: int, threshold: Fraction) -> None:
    assert passes(base, base, threshold, strict=False)
    assert passes(base, base, threshold, strict=True) == (threshold < 1)


@pytest.mark.parametrize(
    ("members", "share", "needed"),
    [
        (7, Fraction(67, 100), 5), (7, Fraction(2, 3), 5), (6, Fraction(2, 3), 4), (6, Fraction(67, 100), 5),
        (9, Fraction(2, 3), 6), (7, Fraction(0), 1), (0, Fraction(1), 1),
    ],
)  # fmt: skip
def test_quorums_seen(members: int, share: Fraction, needed: int) -> None:
    assert quorum_needed(members, share) == needed


@pytest.mark.parametrize(
    ("base", "threshold", "strict", "needed"),
    [
        (7, Fraction(1, 2), True, 4), (6, Fraction(1, 2), True, 4), (6, Fraction(1, 2), False, 3),
        (10, Fraction(9, 10), False, 9), (10, Fraction(9, 10), True, 10), (7, Fraction(1), True, 8),
        (0, Fraction(1, 2), False, 1),
    ],
)  # fmt: skip
def test_thresholds_seen(base: int, threshold: Fraction, strict: bool, needed: int) -> None:
    assert votes_needed(base, threshold, strict=strict) == needed


def test_nothing_passes_out_of_nothing() -> None:
    assert not passes(1, 0, Fraction(0), strict=False)


def test_each_word_names_its_number() -> None:
    counts = Counts(7, 6, 5, 4)
    words = ("entitled", "present", "collected", "valid")
    assert [counts.base(word) for word in words] == [7, 6, 5, 4]
    with pytest.raises(KeyError):
        counts.base("everybody")


@pytest.mark.parametrize("numbers", [(6, 7, 5, 4), (7, 5, 6, 4), (7, 6, 4, 5), (7, 6, 5, -1)])
def test_a_tally_that_cannot_be_is_refused(numbers: tuple[int, int, int, int]) -> None:
    with pytest.raises(ValueError, match="fewer at each step"):
        Counts(*numbers)
