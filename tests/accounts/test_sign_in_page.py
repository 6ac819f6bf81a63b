"""What stands beside the sign-in form: the summary published last, at the cost of one query."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from publishing.domain import release
from publishing.models import AnnualSummary
from tests.factories import ClusterYearFactory

pytestmark = pytest.mark.django_db

SIGN_IN = "/tai-khoan/dang-nhap/"


@pytest.fixture
def story() -> Any:
    """The year 2020, told in rows."""
    from tests.publishing.story import tell

    return tell()


def test_without_a_publication_it_invites_to_the_list(client: Client) -> None:
    page = client.get(SIGN_IN)
    assert "Tổng kết công tác thi đua, khen thưởng của các cụm" in page.text
    assert 'href="/"' in page.text


def test_it_shows_the_newest_publication(story: Any, django_assert_max_num_queries: Any) -> None:
    publish(story)
    client = Client()
    with django_assert_max_num_queries(3):
        page = client.get(SIGN_IN)
    main = page.text.split("<main")[1]
    assert "Tổng kết công tác thi đua, khen thưởng năm 2020" in main
    assert main.count("Hạng ") == 3
    assert "Hội nghị ngày 05/01/2021 tại " in main
    assert f'href="/cum/{story.slug}/2020/"' in main


def test_it_shows_what_is_published_and_not_what_was_written_since(story: Any) -> None:
    publish(story)
    before = Client().get(SIGN_IN).text.split("<section")[1]
    for agency in story.agencies.values():
        agency.names.update(name="Tên sửa sau")
    assert Client().get(SIGN_IN).text.split("<section")[1] == before


def test_an_old_year_corrected_later_does_not_push_the_newest_aside(story: Any) -> None:
    publish(story)
    later = ClusterYearFactory(cluster=story.year.cluster, label="2021")
    publish(story, year=later)
    publish(story, number=2)
    assert f'href="/cum/{story.slug}/2021/"' in Client().get(SIGN_IN).text


def test_it_speaks_english_under_en(story: Any) -> None:
    publish(story)
    main = Client().get("/en" + SIGN_IN).text.split("<main")[1]
    assert f'href="/en/cum/{story.slug}/2020/"' in main


def publish(story: Any, number: int = 1, year: Any = None) -> AnnualSummary:
    """Freeze the year as it stands."""
    built = release.draft(year or story.year)
    return AnnualSummary.objects.create(
        year=year or story.year,
        number=number,
        schema=built.data["schema"],
        content=built.content.decode(),
        sha256=built.sha256,
        published_at=timezone.now(),
        published_by=story.agencies["ngan-hang"],
        reason="Sửa" if number > 1 else "",
    )
