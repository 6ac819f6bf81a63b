"""Which people an officer may look after."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from members.domain.actor import SYSTEM, Actor
from members.domain.people import agencies_of, problems_of
from members.enums import Function
from members.models import Agency, Person
from tests.factories import AgencyFactory, ClusterYearFactory, MembershipFactory, RoleTermFactory

pytestmark = pytest.mark.django_db


def officer(cast: Any) -> Actor:
    return Actor.of(cast.scope(cast.officer))


def test_agencies_of_the_own_clusters_alone(cast: Any) -> None:
    AgencyFactory()  # a member of nothing
    shared = MembershipFactory(year=cast.year, order=9).agency
    MembershipFactory(year=ClusterYearFactory(label="2020"), agency=shared, order=1)
    led = MembershipFactory(year=cast.year, order=10).agency
    RoleTermFactory(agency=led)
    assert set(agencies_of(officer(cast))) == set(cast.agencies)
    assert agencies_of(SYSTEM).count() == Agency.objects.count()


def test_a_year_of_long_ago_counts_too(cast: Any) -> None:
    old = ClusterYearFactory(label="2010", starts_on=date(2010, 1, 1), ends_on=date(2010, 12, 31))
    MembershipFactory(year=old, agency=cast.member, order=1)
    assert cast.member not in agencies_of(officer(cast))


@pytest.mark.parametrize("function", Function.values)
def test_council_functions_are_a_superusers_to_give(cast: Any, function: str) -> None:
    person = Person(function=function, agency=cast.member)
    assert problems_of(person, superuser=True, agency_ids=()) == []
    fields = [problem.field for problem in problems_of(person, superuser=False, agency_ids={cast.member.pk})]
    assert fields == (["function"] if function in (Function.OFFICER, Function.OBSERVER) else [])


def test_a_foreign_agency_is_refused(cast: Any) -> None:
    person = Person(function=Function.CLERK, agency=cast.member)
    (problem,) = problems_of(person, superuser=False, agency_ids=set())
    assert problem.field == "agency"
