"""Who leads the coming years by the charter's rule: the rules one by one, then what holds for every case."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from members.domain.planner import (
    DEPUTY,
    FREE,
    LIST,
    MOST_YEARS,
    RANK,
    Candidate,
    Case,
    Held,
    Proposed,
    Skip,
    Span,
    coming,
    plan,
)  # fmt: skip

LAST = Span("2020", date(2020, 1, 1), date(2020, 12, 31))
A, B, C, D, E = 1, 2, 3, 4, 5


def members(*agencies: int) -> tuple[Candidate, ...]:
    return tuple(Candidate(agency, order) for order, agency in enumerate(agencies, 1))


def case(**more: Any) -> Case:
    given = {"members": members(A, B, C, D, E), "history": (Held("2020", (A,), (B,)),), **more}
    return Case(**given)


def leads(found: tuple[Proposed, ...]) -> list[tuple[int | None, ...]]:
    return [(one.chair, *(pick.agency_id for pick in one.deputies)) for one in found]


def ahead(number: int = 1) -> tuple[Span, ...]:
    return coming(LAST, number)


# -- spans ---------------------------------------------------------------------------------------
def test_the_coming_years_follow_each_other_and_are_at_most_ten() -> None:
    spans = coming(LAST, 3)
    assert [(one.label, one.first, one.last) for one in spans] == [
        (str(year), date(year, 1, 1), date(year, 12, 31)) for year in (2021, 2022, 2023)
    ]
    assert (len(coming(LAST, 0)), len(coming(LAST, 99))) == (1, MOST_YEARS)


def test_a_year_that_is_opened_keeps_its_own_days() -> None:
    opened = Span("2021", date(2021, 2, 1), date(2022, 1, 31))
    assert coming(LAST, 2, [opened]) == (opened, Span("2022", date(2022, 2, 1), date(2023, 1, 31)))


def test_nothing_is_asked_nothing_is_answered() -> None:
    assert plan(case(), ()) == ()


# -- the rules -----------------------------------------------------------------------------------
def test_the_deputy_becomes_chair_and_whoever_waits_longest_becomes_deputy() -> None:
    found = plan(case(), ahead(4))
    assert leads(found) == [(B, C), (C, D), (D, E), (E, A)]
    assert (found[0].why.code, found[0].why.label, found[0].why.number) == ("deputy", "2020", 1)
    assert [pick.why.code for pick in found[0].deputies] == ["longest"]
    assert found[3].deputies[0].why.label == "2020"


def test_the_second_deputy_moves_up() -> None:
    found = plan(case(deputies=2, history=(Held("2020", (A,), (B, C)),)), ahead(3))
    assert leads(found) == [(B, C, D), (C, D, E), (D, E, A)]
    assert [pick.why.code for pick in found[0].deputies] == ["moves_up", "longest"]
    assert found[0].deputies[0].why.number == 2


def test_the_second_deputy_takes_the_chair_when_the_first_does_not_fit() -> None:
    (one,) = plan(
        case(deputies=2, history=(Held("2020", (A,), (B, C)),), skips=(Skip(B, "2021", "đang sắp xếp"),)),
        ahead(),
    )
    assert (one.chair, one.why.number) == (C, 2)
    assert [(why.agency_id, why.code, why.text) for why in one.passed if why.agency_id == B] == [
        (B, "skipped", "đang sắp xếp")
    ]


def test_without_a_fitting_deputy_the_longest_waiting_chairs() -> None:
    history = (Held("2018", (C,)), Held("2019", (B,)), Held("2020", (A,)))
    (one,) = plan(case(history=history), ahead())
    assert (one.chair, one.why.code, one.why.because) == (D, "longest", "no_deputy")
    gone = (*members(A, C, D, E), Candidate(B, 9, left=date(2020, 7, 1)))
    (one,) = plan(case(members=gone), ahead())
    assert (one.chair, one.why.because) == (C, "no_fit_deputy")
    assert [(why.code, why.day) for why in one.passed if why.agency_id == B] == [("gone", date(2020, 7, 1))]


def test_a_deputy_that_may_not_chair_yet_makes_room() -> None:
    history = (Held("2019", (B,)), Held("2020", (A,), (B,)))
    (one,) = plan(case(history=history, gap=3), ahead())
    assert leads((one,)) == [(C, D)]
    assert [(why.code, why.seat, why.label) for why in one.passed if why.agency_id == B] == [
        ("gap", "chair", "2019"),
        ("deputy", "deputy", "2020"),
    ]


def test_down_the_list_and_around() -> None:
    found = plan(case(rule=LIST, history=(Held("2020", (D,)),)), ahead(4))
    assert leads(found) == [(E, A), (A, B), (B, C), (C, D)]
    assert (found[0].why.code, found[0].why.agency_id) == ("list", D)
    (one,) = plan(case(rule=LIST, history=()), ahead())
    assert (one.chair, one.why.agency_id) == (A, None)
    assert one.waiting == (C, D, E)


def test_by_rank_and_then_by_the_list() -> None:
    ranks = {"2020": {C: 1, A: 1, D: 2}}
    found = plan(case(rule=RANK, standings=ranks, deputies=2), ahead(2))
    assert leads(found)[0] == (C, D, E)
    assert (found[0].why.code, found[0].why.number) == ("rank", 1)
    assert [(why.agency_id, why.code) for why in found[0].passed] == [(A, "outgoing")]
    assert (found[1].chair, found[1].why.code, found[1].why.because) == (D, "list", "no_ranks")


def test_who_has_no_rank_comes_after_those_who_have() -> None:
    (one,) = plan(case(rule=RANK, standings={"2020": {A: 1}}), ahead())
    assert (one.chair, one.why.because) == (B, "unranked")


def test_a_free_election_is_not_foretold() -> None:
    (one,) = plan(case(rule=FREE, skips=(Skip(C, "2021", "bận"),)), ahead())
    assert (one.chair, one.deputies, one.why.code) == (None, (), "free")
    assert [why.agency_id for why in one.passed] == [C]
    assert one.waiting == (A, B, D, E)


# -- who does not fit ----------------------------------------------------------------------------
def test_leaving_joining_and_the_gap_are_told() -> None:
    rows = (
        Candidate(A, 1), Candidate(B, 2, left=date(2021, 7, 1)), Candidate(C, 3, joined=date(2021, 3, 1)),
        Candidate(D, 4), Candidate(E, 5),
    )  # fmt: skip
    history = (Held("2019", (D,)), Held("2020", (A,), (B,)))
    (one,) = plan(case(members=rows, history=history, gap=2), ahead())
    assert one.chair == E
    assert {why.agency_id: why.code for why in one.passed} == {A: "gap", B: "leaves", C: "not_yet", D: "gap"}
    assert [why.day for why in one.passed if why.day] == [date(2021, 7, 1), date(2021, 3, 1)]


def test_the_gap_is_waived_only_when_nobody_else_fits() -> None:
    history = tuple(Held(str(2016 + place), (agency,)) for place, agency in enumerate((A, B, C, D, E)))
    (one,) = plan(case(history=history, gap=9), ahead())
    assert (one.chair, one.why.code, one.why.label, one.why.number) == (A, "gap_waived", "2016", 9)
    skips = tuple(Skip(agency, "2021", "bận") for agency in (B, C, D, E))
    (one,) = plan(case(skips=skips), ahead())
    assert (one.chair, one.why.code, one.deputies) == (A, "only", ())


def test_nobody_fits() -> None:
    skips = tuple(Skip(agency, "2021", "bận") for agency in (A, B, C, D, E))
    (one,) = plan(case(skips=skips), ahead())
    assert (one.chair, one.deputies, one.why.code, len(one.passed)) == (None, (), "nobody", 5)
    (one,) = plan(case(members=()), ahead())
    assert (one.chair, one.why.code) == (None, "nobody")


def test_a_chair_replaced_in_mid_year_counts_for_the_gap_too() -> None:
    (one,) = plan(
        case(history=(Held("2020", (C, A), (B,)),), rule=LIST, gap=1, skips=(Skip(B, "2021", "x"),)), ahead()
    )
    assert one.chair == D
    assert {why.agency_id for why in one.passed if why.code == "gap"} == {A, C}


def test_a_year_whose_chair_is_unknown_is_passed_by() -> None:
    (one,) = plan(case(rule=LIST, history=(Held("2019", (B,)), Held("2020"))), ahead())
    assert (one.chair, one.why.agency_id) == (C, B)


def test_deputies_who_could_chair_next_year_come_first() -> None:
    rows = (*members(A, B), Candidate(C, 3, left=date(2022, 7, 1)), Candidate(D, 4))
    (one,) = plan(case(members=rows), ahead())
    assert leads((one,)) == [(B, D)]


def test_of_one_agency_given_twice_the_first_place_counts() -> None:
    rows = (*members(A, B, C), Candidate(C, 9, left=date(2019, 1, 1)))
    (one,) = plan(case(members=rows), ahead())
    assert leads((one,)) == [(B, C)]


# -- what holds for every case -------------------------------------------------------------------
agencies = st.integers(1, 7)
days = st.none() | st.dates(date(2019, 1, 1), date(2026, 12, 31))


@st.composite
def cases(draw: Any) -> Case:
    ids = draw(st.lists(agencies, unique=True, max_size=7))
    rows = tuple(
        Candidate(one, draw(st.integers(1, 4)), draw(days) if draw(st.booleans()) else None, draw(days))
        for one in ids
    )
    history = tuple(
        Held(
            str(label),
            tuple(draw(st.lists(agencies, unique=True, max_size=2))),
            tuple(draw(st.lists(agencies, unique=True, max_size=2))),
        )
        for label in draw(st.lists(st.integers(2012, 2022), unique=True, max_size=8))
    )
    skips = draw(
        st.lists(
            st.builds(
                Skip, agencies, st.integers(2021, 2026).map(str), st.sampled_from(("bận", "mới sáp nhập"))
            ),
            max_size=5,
        )
    )
    ranks = draw(
        st.dictionaries(
            st.integers(2018, 2022).map(str), st.dictionaries(agencies, st.integers(1, 5)), max_size=3
        )
    )
    rule = draw(st.sampled_from((DEPUTY, LIST, RANK, FREE)))
    return Case(
        rows, history, rule, draw(st.integers(0, 9)), draw(st.integers(0, 2)), tuple(skips), ranks,
    )  # fmt: skip


years = st.integers(1, MOST_YEARS)


@given(cases(), years)
def test_every_year_is_answered_by_agencies_that_fit(asked: Case, number: int) -> None:
    found = plan(asked, ahead(number))
    assert len(found) == number
    rows = {
        one.agency_id: one
        for one in sorted(asked.members, key=lambda one: (one.order, one.agency_id), reverse=True)
    }
    for one in found:
        assert (one.chair is None) == (one.why.code in ("nobody", "free"))
        assert len(one.deputies) <= asked.deputies
        for agency in one.leading:
            row = rows[agency]
            assert row.joined is None or row.joined <= one.span.first
            assert row.left is None or row.left > one.span.last
            assert (agency, one.span.label) not in {(skip.agency_id, skip.label) for skip in asked.skips}


@given(cases(), years)
def test_nobody_holds_two_offices_in_one_year(asked: Case, number: int) -> None:
    for one in plan(asked, ahead(number)):
        assert len(set(one.leading)) == len(one.leading)


@given(cases(), years)
def test_each_member_leads_waits_or_is_passed_over_with_a_reason(asked: Case, number: int) -> None:
    for one in plan(asked, ahead(number)):
        told, leading = {why.agency_id for why in one.passed}, set(one.leading)
        assert all(why.code for why in one.passed)
        assert all(why.text for why in one.passed if why.code == "skipped")
        assert told | leading | set(one.waiting) == {row.agency_id for row in asked.members}
        assert not set(one.waiting) & (told | leading)
        assert one.chair not in told


@given(cases(), years)
def test_the_gap_holds_whenever_anybody_else_fits(asked: Case, number: int) -> None:
    chaired = {
        agency: held.number for held in sorted(asked.history, key=lambda held: held.number) if held.number < 2021
        for agency in held.chairs
    }  # fmt: skip
    for one in plan(asked, ahead(number)):
        near = one.chair is not None and one.span.number - chaired.get(one.chair, -99) <= asked.gap
        assert near == (one.why.code == "gap_waived")
        if near:
            able = {row.agency_id for row in asked.members} - {
                why.agency_id for why in one.passed if why.code not in ("gap", "outgoing", "deputy")
            }
            assert all(one.span.number - chaired.get(agency, -99) <= asked.gap for agency in able)
        if one.chair is not None:
            chaired[one.chair] = one.span.number


@given(cases())
def test_the_first_deputy_chairs_whenever_it_fits(asked: Case) -> None:
    assume(asked.history)
    asked = replace(asked, rule=DEPUTY)
    before = max(
        (held for held in asked.history if held.number < 2021), key=lambda held: held.number, default=None
    )
    (one,) = plan(asked, ahead())
    if before and before.deputies and before.deputies[0] in {row.agency_id for row in asked.members}:
        first = before.deputies[0]
        barred = {why.agency_id for why in one.passed if why.seat == "chair"}
        assert one.chair == first or first in barred


@given(cases(), st.integers(0, 10**6))
def test_the_order_of_what_is_given_does_not_matter(asked: Case, seed: int) -> None:
    dice = random.Random(seed)

    def mixed(rows: Any) -> Any:
        return tuple(dice.sample(rows, len(rows)))

    other = replace(
        asked, members=mixed(asked.members), history=mixed(asked.history), skips=mixed(asked.skips),
        standings={label: dict(mixed(tuple(ranks.items()))) for label, ranks in mixed(tuple(asked.standings.items()))},
    )  # fmt: skip
    assert plan(asked, ahead(4)) == plan(other, ahead(4))


@given(cases(), st.integers(1, 9))
def test_looking_further_never_changes_the_years_before(asked: Case, number: int) -> None:
    assert plan(asked, ahead(MOST_YEARS))[:number] == plan(asked, ahead(number))


@given(st.integers(1, 8), st.integers(0, 6), st.integers(0, 2), st.lists(st.integers(1, 8), max_size=6))
def test_down_the_list_everybody_who_fits_gets_a_turn(
    number: int, gap: int, deputies: int, chairs: list[int]
) -> None:
    """Whoever fits in every one of as many years as there are members chairs in one of them."""
    rows = members(*range(1, number + 1))
    history = tuple(
        Held(str(2020 - place), (chair,)) for place, chair in enumerate(chairs) if chair <= number
    )
    found = plan(Case(rows, history, LIST, gap, deputies), coming(LAST, number))
    for agency in range(1, number + 1):
        barred = any(why.agency_id == agency for one in found for why in one.passed if why.seat == "chair")
        had = [place for place, one in enumerate(found) if one.chair == agency]
        held_back = any(
            why.agency_id == agency for one in found[: had[0] if had else number] for why in one.passed
        )
        assert had or (barred and held_back)


@pytest.mark.parametrize("rule", [DEPUTY, LIST])
def test_five_members_take_turns_for_ten_years(rule: str) -> None:
    chairs = [one.chair for one in plan(case(rule=rule, gap=3), ahead(10))]
    assert all(chairs.count(agency) == 2 for agency in (A, B, C, D, E))
    assert all(len(set(chairs[place : place + 4])) == 4 for place in range(7))


def test_periods_that_are_no_calendar_years() -> None:
    school = Span("2019-2020", date(2019, 9, 1), date(2020, 5, 31))
    spans = coming(school, 2)
    assert [one.label for one in spans] == ["2020-2021", "2021-2022"]
    assert spans[0].first - school.last == timedelta(days=93)
    found = plan(case(history=(Held("2019-2020", (A,), (B,)),)), spans)
    assert leads(found) == [(B, C), (C, D)]
