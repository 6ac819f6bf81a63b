"""Points rounded and added, grades with limits: pure."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.domain.bands import Grade, grade
from scoring.domain.points import rounded, total

points = st.decimals(min_value=0, max_value=1000, places=4)
D = Decimal


@pytest.mark.parametrize(
    ("value", "places", "mode", "wanted"),
    [
        ("10.125", 2, "half_up", "10.13"), ("10.125", 2, "half_even", "10.12"), ("10.135", 2, "half_even", "10.14"),
        ("10.129", 2, "down", "10.12"), ("10.5", 0, "half_up", "11"), ("10.5", 0, "half_even", "10"),
    ],
)  # fmt: skip
def test_rounding_as_the_charter_says(value: str, places: int, mode: str, wanted: str) -> None:
    assert rounded(D(value), places, mode) == D(wanted)


@given(value=points, places=st.integers(0, 4), mode=st.sampled_from(["half_up", "half_even", "down"]))
def test_rounding_moves_by_less_than_one_step(value: Decimal, places: int, mode: str) -> None:
    step = D(1).scaleb(-places)
    found = rounded(value, places, mode)
    assert abs(found - value) < step
    assert rounded(found, places, mode) == found
    assert mode != "down" or found <= value


@given(leaves=st.lists(points, max_size=6), bonus=points, off=points)
def test_a_total_stays_between_nothing_and_the_maximum(
    leaves: list[Decimal], bonus: Decimal, off: Decimal
) -> None:
    free = total(leaves, bonus, off, maximum=D(100), over_maximum=True)
    capped = total(leaves, bonus, off, maximum=D(100), over_maximum=False)
    assert free == max(sum(leaves) + bonus - off, 0)
    assert capped == min(free, 100)


GRADES = [Grade("Xuất sắc", D(90), 1), Grade("Tốt", D(80)), Grade("Khá", D(65))]


def test_the_lower_bound_belongs_to_the_grade() -> None:
    found = grade([("a", D(90), 1), ("b", D("79.99"), 2), ("c", D(64), 3)], GRADES)
    assert [one.label for one in found] == ["Xuất sắc", "Khá", None]


def test_who_finds_no_room_falls_into_the_next_grade() -> None:
    first, second = grade([("a", D(95), 1), ("b", D(92), 2)], GRADES)
    assert (first.label, second.label, second.missed) == ("Xuất sắc", "Tốt", "Xuất sắc")


def test_a_shared_rank_at_the_border_is_not_split() -> None:
    found = grade([("a", D(95), 1), ("b", D(95), 1)], GRADES)
    assert [(one.label, one.missed) for one in found] == [("Tốt", "Xuất sắc")] * 2


def test_without_points_or_rank_there_is_no_grade() -> None:
    found = grade([("a", None, None), ("b", D(95), None)], GRADES)
    assert [one.label for one in found] == [None, None]


@given(
    values=st.lists(st.tuples(points, st.integers(1, 5)), max_size=8), most=st.integers(0, 5)
)  # fmt: skip
def test_a_limit_is_never_passed(values: list[tuple[Decimal, int]], most: int) -> None:
    rows = [(place, value, rank) for place, (value, rank) in enumerate(values)]
    found = grade(rows, [Grade("A", D(50), most), Grade("B", D(0))])
    assert sum(one.label == "A" for one in found) <= most
    assert all(one.label is not None for one in found)
    ranks = {}
    for (_key, value, rank), one in zip(rows, found, strict=True):
        if value >= 50:
            ranks.setdefault(rank, set()).add(one.label)
    assert all(len(labels) == 1 for labels in ranks.values())
