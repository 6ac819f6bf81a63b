"""The pure part of handing over: terms that can stand together, the proposal, the plan, the coming year."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from members.domain.rotation import (
    CHAIR,
    DEPUTY,
    Term,
    clashes,
    leading_on,
    next_label,
    next_period,
    plan,
    propose,
    seats,
    year_later,
)

START = date(2020, 1, 1)
BANK, MARKET, STATISTICS, INSURANCE = 1, 2, 3, 4


def day(offset: int) -> date:
    return START + timedelta(days=offset)


offsets = st.integers(0, 30)
terms = st.builds(
    lambda agency, role, order, start, length: Term(
        agency, role, order, day(start), None if length is None else day(start + length)
    ),
    st.integers(1, 4),
    st.sampled_from([CHAIR, DEPUTY]),
    st.integers(1, 2),
    offsets,
    st.none() | st.integers(-2, 15),
)


def stands(rows: list[Term]) -> bool:
    """The rules again, the slow way: every day looked at by itself."""
    if any(term.ends_on is not None and term.ends_on <= term.starts_on for term in rows):
        return False
    for offset in range(60):
        today = [term for term in rows if term.covers(day(offset))]
        if len({term.agency_id for term in today}) < len(today) or len({term.office for term in today}) < len(
            today
        ):
            return False
    return True


@given(st.lists(terms, max_size=5))
def test_clashes_are_found_exactly_when_some_day_has_one(rows: list[Term]) -> None:
    assert (clashes(rows) == []) == stands(rows)


@given(st.lists(terms, max_size=5), st.permutations(range(5)))
def test_clashes_do_not_depend_on_the_order_of_the_terms(rows: list[Term], order: list[int]) -> None:
    shuffled = [rows[place] for place in order if place < len(rows)]
    assert {c.code for c in clashes(rows)} == {c.code for c in clashes(shuffled)}


def test_each_clash_has_its_name() -> None:
    chair = Term(BANK, CHAIR, 1, START)
    assert [c.code for c in clashes([chair, Term(MARKET, CHAIR, 2, day(3))])] == ["two_chairs"]
    assert [c.code for c in clashes([chair, Term(BANK, DEPUTY, 1, day(3))])] == ["both_roles"]
    assert [c.code for c in clashes([Term(BANK, DEPUTY, 1, START), Term(BANK, DEPUTY, 2, START)])] == [
        "twice"
    ]
    assert [c.code for c in clashes([Term(BANK, DEPUTY, 1, START), Term(MARKET, DEPUTY, 1, START)])] == [
        "same_office"
    ]
    assert [c.code for c in clashes([Term(BANK, CHAIR, 1, START, START)])] == ["no_days"]


def test_a_successor_may_start_on_the_very_day_the_term_ends() -> None:
    assert clashes([Term(BANK, CHAIR, 1, START, day(5)), Term(MARKET, CHAIR, 1, day(5))]) == []


PERIOD = (date(2021, 1, 1), date(2021, 12, 31))
RUNNING = [Term(BANK, CHAIR, 1, START), Term(MARKET, DEPUTY, 1, START), Term(INSURANCE, DEPUTY, 2, START)]


def test_the_first_deputy_is_proposed_as_chair_and_no_deputy() -> None:
    proposal = propose(RUNNING, [BANK, MARKET, STATISTICS], PERIOD, date(2021, 1, 5))
    assert (proposal.chair_id, proposal.deputy_ids, proposal.starts_on) == (MARKET, (), date(2021, 1, 5))


def test_a_deputy_that_left_is_not_proposed() -> None:
    assert propose(RUNNING, [BANK, INSURANCE], PERIOD, date(2021, 1, 5)).chair_id == INSURANCE
    assert propose(RUNNING, [BANK], PERIOD, date(2021, 1, 5)).chair_id is None
    assert propose([], [BANK], PERIOD, date(2021, 1, 5)).chair_id is None


def test_the_proposed_day_lies_in_the_coming_year() -> None:
    assert propose(RUNNING, [MARKET], PERIOD, date(2020, 12, 20)).starts_on == date(2021, 1, 1)
    assert propose(RUNNING, [MARKET], PERIOD, date(2023, 5, 1)).starts_on == date(2021, 1, 1)
    late = [Term(BANK, CHAIR, 1, date(2021, 3, 1))]
    assert propose(late, [MARKET], PERIOD, date(2021, 2, 1)).starts_on == date(2021, 3, 2)


def test_a_new_year_ends_every_running_term() -> None:
    made = plan(RUNNING, MARKET, [STATISTICS], date(2021, 1, 5))
    assert [(t.agency_id, t.ends_on) for t in made.ended] == [
        (a, date(2021, 1, 5)) for a in (BANK, MARKET, INSURANCE)
    ]
    assert [(t.agency_id, t.role) for t in made.added] == [(MARKET, CHAIR), (STATISTICS, DEPUTY)]


def test_within_a_year_whoever_stays_goes_on_without_a_new_term() -> None:
    made = plan(RUNNING, STATISTICS, [MARKET, INSURANCE], date(2020, 7, 1), keep_same=True)
    assert [t.agency_id for t in made.ended] == [BANK]
    assert [t.agency_id for t in made.added] == [STATISTICS]
    assert {t.agency_id for t in made.kept} == {MARKET, INSURANCE}


def test_a_later_term_stands_in_the_way() -> None:
    assert [t.agency_id for t in plan(RUNNING, MARKET, [], START).later] == [BANK, MARKET, INSURANCE]


@given(
    st.lists(st.integers(1, 6), min_size=1, max_size=3, unique=True),
    st.lists(st.integers(1, 6), min_size=1, max_size=3, unique=True),
    offsets.filter(bool),
    st.booleans(),
)
def test_a_hand_over_of_terms_that_stand_leaves_terms_that_stand(
    old: list[int], new: list[int], offset: int, keep: bool
) -> None:
    before = [
        Term(agency, CHAIR if place == 0 else DEPUTY, max(place, 1), START)
        for place, agency in enumerate(old)
    ]
    made = plan(before, new[0], new[1:], day(offset), keep_same=keep)
    assert clashes(made.outcome) == []
    assert [t.agency_id for t in leading_on(made.outcome, day(offset))] == new
    assert [t.agency_id for t in leading_on(made.outcome, day(offset - 1))] == old


def test_the_table_of_both_years_has_a_line_for_every_office() -> None:
    after = [Term(MARKET, CHAIR, 1, date(2021, 1, 5)), Term(STATISTICS, DEPUTY, 1, date(2021, 1, 5))]
    table = [
        (s.role, s.order, s.before and s.before.agency_id, s.after and s.after.agency_id)
        for s in seats(RUNNING, after)
    ]
    assert table == [(CHAIR, 1, BANK, MARKET), (DEPUTY, 1, MARKET, STATISTICS), (DEPUTY, 2, INSURANCE, None)]


def test_labels_of_the_coming_year() -> None:
    assert next_label("2020") == "2021"
    assert next_label("2012-2013") == "2013-2014"
    assert next_label("1999") == "2000"


def test_the_29th_of_february() -> None:
    assert year_later(date(2020, 2, 29)) == date(2021, 2, 28)
    assert year_later(date(2023, 2, 28)) == date(2024, 2, 28)
    assert next_period(date(2022, 3, 1), date(2023, 2, 28)) == (date(2023, 3, 1), date(2024, 2, 29))
    assert next_period(date(2023, 3, 1), date(2024, 2, 29)) == (date(2024, 3, 1), date(2025, 2, 28))
    assert next_period(date(2020, 2, 29), date(2021, 2, 27)) == (date(2021, 2, 28), date(2022, 2, 27))
    assert next_period(date(2000, 2, 28), date(2000, 2, 29)) == (date(2001, 2, 28), date(2001, 3, 1))


def test_periods_that_are_no_calendar_years() -> None:
    assert next_period(date(2020, 10, 1), date(2021, 9, 30)) == (date(2021, 10, 1), date(2022, 9, 30))
    assert next_period(date(2012, 9, 1), date(2013, 5, 31)) == (date(2013, 9, 1), date(2014, 5, 31))
    assert next_period(date(2019, 1, 1), date(2020, 12, 31)) == (date(2021, 1, 1), date(2021, 12, 31))


@given(st.dates(date(2000, 1, 1), date(2100, 1, 1)), st.integers(1, 900))
def test_the_coming_year_never_overlaps_and_is_never_empty(first: date, length: int) -> None:
    last = first + timedelta(days=length)
    start, end = next_period(first, last)
    assert last < start < end
