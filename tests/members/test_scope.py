"""Who a person is in a cluster-year, and what it costs to know."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser

from members import scope as scopes
from members.enums import PhaseKind
from tests.factories import ClusterYearFactory, MembershipFactory, PersonFactory

pytestmark = pytest.mark.django_db


def test_two_queries_whoever_asks(cast: Any, django_assert_num_queries: Any) -> None:
    for user in (cast.an, cast.binh, cast.chi, cast.officer, cast.observer):
        with django_assert_num_queries(2):
            scope = cast.scope(user)
            assert scope.open_phase == PhaseKind.CARRY_OUT
            assert (scope.is_chair, scope.is_deputy) == (user == cast.an, user == cast.binh)
            assert scope.cluster.slug == "trung-uong"
            assert scope.year.charter.version == 1


def test_an_outsider_and_an_unknown_year_have_no_scope(cast: Any) -> None:
    assert cast.scope(cast.dung) is None
    assert cast.scope(cast.root) is None
    assert scopes.load(AnonymousUser(), "trung-uong", "2020") is None
    assert scopes.load(cast.an, "trung-uong", "1999") is None
    assert scopes.load(cast.an, "khong-co", "2020") is None


def test_a_council_function_reaches_only_its_cluster(cast: Any) -> None:
    elsewhere = ClusterYearFactory()
    assert scopes.load(cast.officer, elsewhere.cluster.slug, "2020") is None


def test_an_ended_function_gives_nothing(cast: Any) -> None:
    person = cast.chi.people.get()
    person.ends_on = date(2020, 6, 1)
    person.save()
    assert cast.scope(cast.chi) is None


def test_todays_chair_reaches_a_year_it_was_no_member_of(cast: Any) -> None:
    earlier = ClusterYearFactory(cluster=cast.cluster, label="2019")
    MembershipFactory(year=earlier, agency=cast.other)
    assert cast.scope(cast.an, earlier).is_chair
    assert not cast.scope(cast.an, earlier).is_member
    assert cast.scope(cast.chi, earlier) is None


def test_the_first_hat_is_the_chairs(cast: Any) -> None:
    PersonFactory(user=cast.chi, agency=cast.chair)
    scope = cast.scope(cast.chi)
    assert scope.is_chair
    assert scope.agency_id == cast.chair.pk
    assert scope.agency_ids == {cast.chair.pk, cast.member.pk}
    assert str(scope.role_words) == "Cụm trưởng"
