"""Which change of chair hands over which year: pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from members.domain.rotation import Term
from members.enums import Role
from publishing.domain.changeover import Change, changes_among, history_of, year_of
from tests.factories import AgencyFactory, ClusterFactory, ClusterYearFactory, RoleTermFactory


@dataclass(frozen=True)
class Year:
    label: str
    starts_on: date
    ends_on: date


YEARS = [Year(str(year), date(year, 1, 1), date(year, 12, 31)) for year in (2019, 2020, 2021)]
SCHOOL = [
    Year("2019-2020", date(2019, 9, 1), date(2020, 8, 31)),
    Year("2020-2021", date(2020, 9, 1), date(2021, 8, 31)),
]


def term(agency: int, starts_on: date, ends_on: date | None = None, role: str = Role.CHAIR) -> Term:
    return Term(agency, role, 1, starts_on, ends_on)


def test_a_change_is_two_chairs_after_each_other() -> None:
    terms = [
        term(2, date(2021, 1, 5)),
        term(1, date(2020, 1, 1), date(2021, 1, 5)),
        term(3, date(2020, 1, 1), role=Role.DEPUTY),
    ]
    assert changes_among(terms) == [Change(1, 2, date(2021, 1, 5), date(2020, 1, 1))]


def test_who_stays_in_office_hands_nothing_over() -> None:
    terms = [
        term(1, date(2019, 1, 8), date(2020, 1, 7)),
        term(1, date(2020, 1, 7), date(2021, 1, 5)),
        term(2, date(2021, 1, 5)),
    ]
    assert changes_among(terms) == [Change(1, 2, date(2021, 1, 5), date(2019, 1, 8))]


@pytest.mark.parametrize("terms", [[], [term(1, date(2020, 1, 1))]])
def test_one_chair_or_none_is_no_change(terms: list[Term]) -> None:
    assert changes_among(terms) == []


@pytest.mark.parametrize(
    ("day", "since", "label"),
    [
        (date(2021, 1, 5), date(2020, 1, 1), "2020"),  # the seed
        (date(2021, 1, 1), date(2020, 1, 1), "2020"),
        (date(2021, 5, 22), date(2020, 1, 1), "2020"),  # the latest conference seen
        (date(2020, 12, 15), date(2020, 1, 1), "2020"),  # a conference before the year's end
        (date(2021, 7, 1), date(2021, 1, 5), "2021"),  # a replacement in mid-year
        (
            date(2021, 2, 1),
            date(2021, 1, 5),
            "2021",
        ),  # soon after the year's start, but not by last year's chair
        (date(2021, 7, 1), date(2020, 1, 1), "2021"),  # too late to be last year's conference
        (date(2023, 1, 5), date(2021, 1, 5), "2021"),  # the years after it were never opened
    ],
)
def test_the_year_that_is_handed_over(day: date, since: date, label: str) -> None:
    found = year_of(Change(1, 2, day, since), YEARS)
    assert found.label == label


def test_a_school_year_is_handed_over_in_autumn() -> None:
    assert year_of(Change(1, 2, date(2020, 10, 1), date(2019, 9, 1)), SCHOOL).label == "2019-2020"


def test_before_the_first_year_nothing_is_handed_over() -> None:
    assert year_of(Change(1, 2, date(2018, 1, 1), date(2017, 1, 1)), YEARS) is None


@settings(deadline=None, max_examples=50)
@given(st.lists(st.tuples(st.integers(1, 4), st.dates(date(2019, 1, 1), date(2022, 12, 31))), max_size=8))
def test_every_change_has_two_agencies_and_belongs_to_one_year_that_had_begun(rows: list[Any]) -> None:
    terms = [term(agency, day) for agency, day in {day: (agency, day) for agency, day in rows}.values()]
    for change in changes_among(terms):
        assert change.from_agency_id != change.to_agency_id
        year = year_of(change, YEARS)
        assert year is not None
        assert year.starts_on <= change.effective_on


@pytest.mark.django_db
def test_the_history_of_a_cluster_costs_three_queries(django_assert_num_queries: Any) -> None:
    cluster = ClusterFactory()
    for label in ("2019", "2020", "2021"):
        ClusterYearFactory(cluster=cluster, label=label)
    agencies = [AgencyFactory() for _number in range(3)]
    for number, agency in enumerate(agencies):
        RoleTermFactory(cluster=cluster, agency=agency, starts_on=date(2019 + number, 1, 5))
    with django_assert_num_queries(3):
        history = history_of(cluster.pk)
    assert [(change.effective_on.year, year.label) for change, year in history.changes] == [
        (2020, "2019"),
        (2021, "2020"),
    ]
    assert history.of_year(history.years[1].pk)[0].effective_on == date(2021, 1, 5)
    assert history.last(date(2020, 6, 1))[1].label == "2019"  # type: ignore[index]
    assert history.last(date(2019, 6, 1))[1].label == "2019"  # type: ignore[index]
    assert history.year_after(history.years[0]) == history.years[1]
    assert history.year_after(history.years[2]) is None
