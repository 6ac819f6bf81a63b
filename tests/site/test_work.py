"""The way from the front door to one's own work."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest

from tests.factories import ClusterYearFactory, MembershipFactory, OfficerFactory, PersonFactory, UserFactory

pytestmark = pytest.mark.django_db


def test_straight_to_the_newest_open_year(cast: Any) -> None:
    newer = ClusterYearFactory(cluster=cast.cluster, label="2021")
    MembershipFactory(year=newer, agency=cast.member)
    assert cast.client(cast.chi).get("/lam-viec/").url == "/lam-viec/trung-uong/2021/"
    newer.sealed_at = datetime(2022, 1, 1, tzinfo=UTC)
    newer.save()
    assert cast.client(cast.chi).get("/lam-viec/").url == "/lam-viec/trung-uong/2020/"


def test_english_stays_english(cast: Any) -> None:
    assert cast.client(cast.chi).get("/en/lam-viec/").url == "/en/lam-viec/trung-uong/2020/"


def test_several_clusters_are_a_list(cast: Any) -> None:
    other = ClusterYearFactory(label="2019")
    MembershipFactory(year=other, agency=cast.member)
    page = cast.client(cast.chi).get("/lam-viec/").content.decode()
    assert cast.cluster.name in page
    assert other.cluster.name in page


def test_the_council_comes_by_its_scope(cast: Any) -> None:
    ClusterYearFactory(label="2019")
    assert cast.client(cast.officer).get("/lam-viec/").url == "/lam-viec/trung-uong/2020/"
    everywhere = OfficerFactory(user__username="all").user
    assert cast.client(everywhere).get("/lam-viec/").content.decode().count("Đang mở") >= 2


def test_nobodys_account_is_told_so_and_a_superuser_is_led_to_the_admin_site(cast: Any) -> None:
    page = cast.client(UserFactory()).get("/lam-viec/").content.decode()
    assert "chưa gắn với đơn vị nào" in page
    assert cast.client(cast.root).get("/lam-viec/").url == "/admin/"
    assert cast.client().get("/lam-viec/").url == "/tai-khoan/dang-nhap/?next=/lam-viec/"


def test_an_ended_function_opens_nothing(cast: Any) -> None:
    person = PersonFactory(agency=cast.member, ends_on=date(2020, 12, 31))
    assert "chưa gắn với đơn vị nào" in cast.client(person.user).get("/lam-viec/").content.decode()


@pytest.mark.parametrize("years", [1, 3])
def test_four_queries_however_many_years(cast: Any, django_assert_num_queries: Any, years: int) -> None:
    for number in range(years):
        MembershipFactory(year=ClusterYearFactory(label=f"20{10 + number}"), agency=cast.member)
    client = cast.client(cast.chi)
    with django_assert_num_queries(4):
        assert client.get("/lam-viec/").status_code == 200
