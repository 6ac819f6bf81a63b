"""The pure ranking function against its promises and a slow reference."""

from __future__ import annotations

import random
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.domain.ranking import Placed, Standing, expected_ranks, order_contradicts_points, rank

points = st.one_of(
    st.none(),
    st.decimals(min_value=0, max_value=1000, places=2),
    st.fractions(min_value=0, max_value=1000, max_denominator=12),
)
standings = st.lists(
    st.tuples(points, st.tuples(st.integers(0, 3), st.integers(0, 3))), max_size=12
).map(lambda rows: [Standing(key, value, breaks) for key, (value, breaks) in enumerate(rows)])  # fmt: skip


def slow(rows: list[Standing], dense: bool) -> dict[object, int | None]:
    """Rank = 1 + how many stand strictly above (competition), or how many distinct standings do (dense)."""
    outcome: dict[object, int | None] = {}
    for row in rows:
        if row.points is None:
            outcome[row.key] = None
            continue
        mine = (Fraction(row.points), *row.tie_break)
        above = [
            (Fraction(other.points), *other.tie_break)
            for other in rows
            if other.points is not None and (Fraction(other.points), *other.tie_break) > mine
        ]
        outcome[row.key] = 1 + (len(set(above)) if dense else len(above))
    return outcome


@given(standings, st.booleans())
def test_equals_the_slow_reference(rows: list[Standing], dense: bool) -> None:
    assert {one.key: one.rank for one in rank(rows, dense=dense)} == slow(rows, dense)


@given(standings, st.booleans(), st.randoms())
def test_the_order_of_the_input_does_not_matter(
    rows: list[Standing], dense: bool, dice: random.Random
) -> None:
    mixed = list(rows)
    dice.shuffle(mixed)
    assert set(rank(rows, dense=dense)) == set(rank(mixed, dense=dense))


@given(standings, st.booleans())
def test_ranks_are_coherent_and_ties_marked(rows: list[Standing], dense: bool) -> None:
    placed = [one for one in rank(rows, dense=dense) if one.rank is not None]
    ranks = [one.rank for one in placed if one.rank is not None]
    assert expected_ranks(ranks, dense=dense) == ranks == sorted(ranks)
    assert all(one.shared == (ranks.count(one.rank) > 1) for one in placed if one.rank)


def test_competition_and_dense_by_hand() -> None:
    rows = [
        Standing(name, Decimal(value))
        for name, value in (("A", "96.75"), ("B", "95.5"), ("C", "96.75"), ("D", "90"))
    ]
    assert {one.key: one.rank for one in rank(rows)} == {"A": 1, "C": 1, "B": 3, "D": 4}
    assert {one.key: one.rank for one in rank(rows, dense=True)} == {"A": 1, "C": 1, "B": 2, "D": 3}


def test_the_tie_break_that_decided_is_named() -> None:
    rows = [
        Standing("A", 90, (5, 1)),
        Standing("B", 90, (5, 2)),
        Standing("C", 90, (4, 9)),
        Standing("D", 80, (0, 0)),
    ]
    assert rank(rows) == [
        Placed("B", 1, False, 1), Placed("A", 2, False, 1), Placed("C", 3, False, 0), Placed("D", 4, False, None),
    ]  # fmt: skip


def test_a_third_is_not_rounded_into_a_tie() -> None:
    assert [
        one.rank for one in rank([Standing("A", Fraction(100, 3)), Standing("B", Decimal("33.3333"))])
    ] == [1, 2]


def test_an_agency_twice_or_uneven_tie_breaks_are_refused() -> None:
    with pytest.raises(ValueError, match="twice"):
        rank([Standing("A", 1), Standing("A", 2)])
    with pytest.raises(ValueError, match="lengths"):
        rank([Standing("A", 1, (1,)), Standing("B", 2)])


@pytest.mark.parametrize(
    ("given_ranks", "dense", "right"),
    [
        ([1, 2, 3], False, [1, 2, 3]),
        ([1, 1, 2], False, [1, 1, 3]),
        ([1, 1, 3], True, [1, 1, 2]),
        ([2, 3], False, [1, 2]),
        ([], False, []),
        ([3, 1], False, [2, 1]),
    ],
)
def test_the_nearest_coherent_ranks(given_ranks: list[int], dense: bool, right: list[int]) -> None:
    assert expected_ranks(given_ranks, dense=dense) == right


def test_ranks_against_points() -> None:
    assert not order_contradicts_points([(1, 96), (2, 95), (None, 99), (3, None)])
    assert order_contradicts_points([(1, 95), (2, 96)])
    assert order_contradicts_points([(1, 95), (1, 96)])
    assert not order_contradicts_points([(1, 95), (1, 95), (3, 95)])
