"""The front door: what is published, by cluster and year."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from publishing import memory
from publishing.domain import release
from publishing.models import AnnualSummary
from publishing.render import listing
from tests.factories import AgencyFactory, ClusterFactory, ClusterYearFactory, MembershipFactory
from tests.publishing.test_working_pages import text_of


def years(number: int, cluster: Any = None) -> None:
    """Some more published years of one cluster."""
    cluster = cluster or ClusterFactory()
    office = AgencyFactory()
    for place in range(number):
        year = ClusterYearFactory(cluster=cluster, label=str(1990 + place))
        MembershipFactory(year=year, agency=office, order=1)
        release.freeze(year, office.pk)


def test_an_empty_house_says_so(db: None, client: Client) -> None:
    assert "Chưa có bản tổng kết nào được công bố" in text_of(client.get("/"))
    assert client.get("/en/").status_code == 200


def test_published_years_stand_under_their_cluster_newest_first(story: Any, client: Client) -> None:
    release.freeze(story.year, story.agencies["ngan-hang"].pk)
    years(2, story.year.cluster)
    said = text_of(client.get("/"))
    assert said.count("Cụm thi đua các cơ quan Trung ương đóng trên địa bàn tỉnh Lạng Sơn") == 1
    assert said.index("Tổng kết năm 2020") < said.index("Tổng kết năm 1991") < said.index("Tổng kết năm 1990")
    assert "Hạng Nhất Ngân hàng Nhà nước Chi nhánh tỉnh Lạng Sơn" in said
    assert 'href="/cum/lang-son-trung-uong/2020/"' in client.get("/").content.decode()
    assert 'href="/en/cum/lang-son-trung-uong/2020/"' in client.get("/en/").content.decode()


def test_what_is_not_published_is_not_listed(story: Any, client: Client) -> None:
    assert "2020" not in text_of(client.get("/"))


def test_only_the_version_in_force_is_listed(story: Any, client: Client) -> None:
    release.freeze(story.year, story.agencies["ngan-hang"].pk)
    story.masks.delete()
    release.freeze(story.year, story.agencies["ngan-hang"].pk, reason="Bớt một khoản.")
    assert AnnualSummary.objects.count() == 2
    said = text_of(client.get("/"))
    assert said.count("Tổng kết năm 2020") == 1
    assert "Bản đính chính số 2" in said


def test_a_publication_shows_at_once(
    story: Any, client: Client, django_capture_on_commit_callbacks: Any
) -> None:
    assert "2020" not in text_of(client.get("/"))
    with django_capture_on_commit_callbacks(execute=True):
        release.freeze(story.year, story.agencies["ngan-hang"].pk)
    assert "Tổng kết năm 2020" in text_of(client.get("/"))


def test_the_list_has_pages(db: None, client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listing, "YEARS_A_PAGE", 2)
    years(5)
    first, second, third = (client.get("/", {"trang": page}).content.decode() for page in (1, 2, 3))
    assert 'href="/?trang=2"' in first
    assert 'href="/"' in second
    assert 'href="/?trang=3"' in second
    assert "1990" in third
    assert 'rel="next"' not in third
    assert client.get("/", {"trang": 4}).status_code == 404


@pytest.mark.parametrize("page", ["0", "-1", "x", "1e3", "999999", "²", ""])
def test_an_odd_page_number_is_the_first_page(db: None, client: Client, page: str) -> None:
    assert client.get("/", {"trang": page}).status_code == 200


def test_the_list_costs_one_query_then_none(db: None, client: Client, django_assert_num_queries: Any) -> None:
    for more in (1, 3):
        years(more)
        memory.forget_all()
        with django_assert_num_queries(1):
            client.get("/")
        with django_assert_num_queries(0):
            client.get("/")
