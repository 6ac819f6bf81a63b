"""The terms of a cluster laid over its years."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from members.domain.planner import Held, Span
from members.domain.rotation import CHAIR, DEPUTY, Term
from members.domain.timeline import drawing, lines, serves, split

A, B, C = 1, 2, 3


def year(label: int) -> Span:
    return Span(str(label), date(label, 1, 1), date(label, 12, 31))


def chair(agency: int, first: date, end: date | None = None) -> Term:
    return Term(agency, CHAIR, 1, first, end)


def deputy(agency: int, first: date, end: date | None = None, order: int = 1) -> Term:
    return Term(agency, DEPUTY, order, first, end)


@pytest.mark.parametrize(
    ("term", "expected"),
    [
        (chair(A, date(2020, 1, 5), date(2021, 1, 5)), False),  # runs over until the new chair takes over
        (chair(A, date(2021, 1, 5)), True),
        (chair(A, date(2020, 1, 5), date(2021, 7, 1)), True),  # half of the year
        (chair(A, date(2020, 1, 5), date(2021, 4, 30)), False),  # 119 of 365 days
        (chair(A, date(2020, 1, 5), date(2021, 5, 3)), True),  # 122 of 365 days
        (chair(A, date(2021, 2, 1), date(2021, 2, 2)), True),
        (chair(A, date(2022, 1, 1)), False),
        (chair(A, date(2019, 1, 1), date(2021, 1, 1)), False),
    ],
)
def test_which_year_a_term_serves(term: Term, expected: bool) -> None:
    assert serves(term, year(2021)) is expected


def test_two_chairs_in_one_year_and_who_only_runs_over() -> None:
    terms = [
        chair(A, date(2019, 1, 8), date(2020, 1, 5)),
        chair(B, date(2020, 1, 5), date(2020, 7, 1)),
        chair(C, date(2020, 7, 1)),
        deputy(C, date(2020, 1, 5), date(2020, 7, 1)),
        deputy(A, date(2020, 1, 5), order=2),
    ]
    rows = lines([year(2019), year(2020)], terms)
    assert [[term.agency_id for term in row.chairs] for row in rows] == [[A], [B, C]]
    assert [term.agency_id for term in rows[1].over] == [A]
    assert rows[1].held == Held("2020", (B, C), (A,))
    assert [term.agency_id for term in rows[1].seat(1)] == [C]


def test_deputies_that_left_before_the_end_are_still_known() -> None:
    terms = [chair(A, date(2020, 1, 1)), deputy(B, date(2020, 1, 1), date(2020, 9, 1))]
    assert lines([year(2020)], terms)[0].held == Held("2020", (A,), (B,))


def test_a_chair_twice_in_one_year_counts_once_where_it_ends() -> None:
    terms = [
        chair(A, date(2020, 1, 1), date(2020, 3, 1)),
        chair(B, date(2020, 3, 1), date(2020, 9, 1)),
        chair(A, date(2020, 9, 1)),
    ]
    assert lines([year(2020)], terms)[0].held.chairs == (B, A)


def test_years_before_between_and_after_those_opened_are_filled_in() -> None:
    terms = [chair(A, date(2017, 3, 1), date(2018, 1, 1)), chair(B, date(2022, 1, 5))]
    rows = lines([year(2019), year(2021)], terms)
    assert [(row.span.label, row.opened) for row in rows] == [
        ("2017", False), ("2018", False), ("2019", True), ("2020", False), ("2021", True), ("2022", False),
    ]  # fmt: skip
    assert [bool(row.chairs) for row in rows] == [True, False, False, False, False, True]
    assert lines([], terms) == []


def test_years_that_begin_on_the_29th_of_february() -> None:
    odd = Span("2020-2021", date(2020, 2, 29), date(2021, 2, 27))
    rows = lines([odd], [chair(A, date(2019, 3, 1))])
    assert [(row.span.label, row.span.first) for row in rows] == [
        ("2019-2020", date(2019, 2, 28)),
        ("2020-2021", date(2020, 2, 29)),
    ]


def test_a_year_at_the_end_waits_for_its_chair_until_it_is_over() -> None:
    rows = lines([year(2020), year(2021)], [chair(A, date(2020, 1, 1), date(2021, 1, 1))])
    facts, waiting = split(rows, date(2021, 3, 1))
    assert ([row.span.label for row in facts], [span.label for span in waiting]) == (["2020"], ["2021"])
    facts, waiting = split(rows, date(2022, 1, 1))
    assert ([row.span.label for row in facts], waiting) == (["2020", "2021"], [])


def test_the_drawing_has_a_row_for_each_office_and_says_what_is_unknown() -> None:
    terms = [
        chair(A, date(2019, 1, 1), date(2020, 1, 11)),
        chair(B, date(2022, 1, 1)),
        deputy(C, date(2022, 1, 1), order=2),
    ]
    rows = lines([year(2019), year(2020), year(2021), year(2022)], terms)
    drawn = drawing(rows, terms)
    assert drawn is not None
    assert [office for office, _bands in drawn.rows] == [(CHAIR, 1), (DEPUTY, 2)]
    chairs = drawn.rows[0][1]
    assert [(band.term and band.term.agency_id) for band in chairs] == [A, B, None]
    assert (chairs[2].x, chairs[2].width) == (
        "25.667%",
        "49.350%",
    )  # 11/01/2020 to the end of 2021, as one stretch
    assert [mark.label for mark in drawn.years] == ["2019", "2020", "2021", "2022"]
    assert drawing([], terms) is None


@given(
    st.lists(
        st.builds(
            lambda agency, role, order, first, days: Term(
                agency, role, order, first, first + timedelta(days=days) if days else None
            ),
            st.integers(1, 4),
            st.sampled_from((CHAIR, DEPUTY)),
            st.integers(1, 2),
            st.dates(date(2012, 1, 1), date(2026, 1, 1)),
            st.integers(0, 900),
        ),
        max_size=8,
    ),
    st.sets(st.integers(2015, 2023), min_size=1, max_size=4),
)
def test_every_term_stands_in_a_year_and_inside_the_drawing(terms: list[Term], labels: set[int]) -> None:
    rows = lines([year(label) for label in labels], terms)
    shown = {term for row in rows for term in (*row.chairs, *row.deputies, *row.over)}
    assert shown == set(terms)
    assert [row.span.label for row in rows] == sorted({row.span.label for row in rows})
    drawn = drawing(rows, terms)
    assert drawn is not None
    for _office, bands in drawn.rows:
        for band in bands:
            left, width = float(band.x[:-1]), float(band.width[:-1])
            assert left >= 0
            assert width >= 0
            assert left + width <= 100.01
