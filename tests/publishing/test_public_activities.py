"""Public activities: who is shown, the same bytes for all, forgotten when withdrawn, nothing of what is internal."""

from __future__ import annotations

import html
import io
import re
from typing import Any

import pytest
from django.test import Client

from core import files
from core.models import Scan, StoredFile
from movements.domain.public import set_public
from movements.enums import ActivityState
from movements.models import Activity, Evidence, EvidenceUse
from publishing import memory
from tests.factories import (
    ActivityFactory,
    BeneficiaryFactory,
    ContributionFactory,
    EvidenceFactory,
    GoodsFactory,
    MovementFactory,
)
from tests.support.uploads import png

pytestmark = pytest.mark.django_db

PNG = b"\x89PNG\r\n\x1a\n"


def made(cast: Any, **more: Any) -> Activity:
    """A confirmed activity that everybody may see."""
    given = {"year": cast.year, "agency": cast.member, "confirmed": True, "is_public": True, **more}
    return ActivityFactory(**given)


def stored_picture() -> StoredFile:
    """A small real picture on disk."""
    return files.store(io.BytesIO(png()), files.PNG)


def place(cast: Any, *parts: str, english: bool = False) -> str:
    start = f"{'/en' if english else ''}/cum/{cast.cluster.slug}/{cast.year.label}/hoat-dong/"
    return start + "".join(f"{part}/" for part in parts)


def read(response: Any) -> str:
    assert response.status_code == 200
    text = re.sub(r"<[^>]+>", " ", response.content.decode())
    return " ".join(html.unescape(text).replace("\xa0", " ").split())


def test_the_page_tells_the_activity(cast: Any, client: Client) -> None:
    activity = made(
        cast, movement=MovementFactory(year=cast.year), place="Huyện Chi Lăng", story="Đã thăm.\nĐã tặng.",
        result="Tốt", people="Lãnh đạo Sở Y tế", attended=1200,
    )  # fmt: skip
    activity.partners.create(agency=cast.other)
    GoodsFactory(
        activity=activity, order=1, value=100_000_000, quantity_qualifier="nearly",
        beneficiary=BeneficiaryFactory(cluster=cast.cluster, name="Sở Y tế"), by=[cast.member, "Văn phòng HĐND tỉnh"],
    )  # fmt: skip
    response = client.get(place(cast, activity.key))
    words = read(response)
    for part in (
        activity.title, activity.movement.title, "Huyện Chi Lăng", "Đã thăm. Đã tặng.", "Tốt", "Lãnh đạo Sở Y tế",
        "1.200 người", "05/04/2020", "gần 3.000", "100.000.000 ₫", "Sở Y tế", "Phối hợp với Văn phòng HĐND tỉnh",
    ):  # fmt: skip
        assert part in words
    page = response.content.decode()
    card = f"http://testserver{place(cast, activity.key)}the.png?v="
    assert f'<meta property="og:image" content="{card}' in page
    assert f'<meta property="og:url" content="http://testserver{place(cast, activity.key)}">' in page
    assert "csrf" not in page
    assert not response.cookies


def test_english_keeps_the_words_of_people(cast: Any, client: Client) -> None:
    activity = made(cast)
    page = client.get(place(cast, activity.key, english=True)).content.decode()
    assert '<html lang="en"' in page
    assert f'<h1 lang="vi">{activity.title}</h1>' in page


@pytest.mark.parametrize(
    "state, public", [("draft", True), ("submitted", True), ("returned", True), ("confirmed", False)]
)
def test_what_is_not_confirmed_or_internal_is_not_there(
    cast: Any, client: Client, state: str, public: bool
) -> None:
    made(cast, title="Được xem")
    trait = {} if state == "draft" else {state: True}
    activity = ActivityFactory(
        year=cast.year, agency=cast.member, is_public=public, title="Chưa được xem", **trait
    )
    EvidenceFactory(activity=activity, file=stored_picture())
    picture = activity.evidence_uses.get().evidence.key
    for parts in ((activity.key,), (activity.key, "anh", picture, "lon")):
        assert client.get(place(cast, *parts)).status_code == 404
    assert client.get(place(cast, activity.key) + "the.png").status_code == 404
    assert "Chưa được xem" not in client.get(place(cast)).content.decode()


def test_addresses_of_others_and_of_nothing_are_not_found(cast: Any, client: Client) -> None:
    activity = made(cast)
    stranger = ActivityFactory(confirmed=True, is_public=True)
    inner = f"/cum/{stranger.year.cluster.slug}/{stranger.year.label}/hoat-dong/{activity.key}/"
    for address in (
        place(cast, stranger.key), inner, inner + "the.png", place(cast, "khong-co"),
        place(cast, activity.key, "anh", "x", "lon"),
        place(cast, activity.key, "anh", "x", "goc"), "/cum/khong-co/2020/hoat-dong/", place(cast) + "?sau=1.2.3",
        f"/cum/{cast.cluster.slug}/1999/hoat-dong/",
    ):  # fmt: skip
        assert client.get(address).status_code == 404, address
    assert client.post(place(cast, activity.key)).status_code == 405


def test_a_year_without_any_has_no_list(cast: Any, client: Client) -> None:
    ActivityFactory(year=cast.year, agency=cast.member, confirmed=True)
    assert client.get(place(cast)).status_code == 404


def test_the_bytes_are_the_same_for_everybody_and_kept(
    cast: Any, client: Client, django_assert_num_queries: Any
) -> None:
    activity, an = made(cast), cast.client(cast.an)
    for address in (place(cast), place(cast, activity.key), place(cast, activity.key) + "the.png"):
        first = client.get(address)
        with django_assert_num_queries(0):
            again = an.get(address)
        memory.forget_all()
        fresh = cast.client(cast.officer).get(address)
        assert first.content == again.content == fresh.content
        assert "public" in first["Cache-Control"]
        with django_assert_num_queries(0):
            assert client.get(address, headers={"if-none-match": first["ETag"]}).status_code == 304


@pytest.mark.parametrize("rows", [1, 3])
def test_the_pages_cost_the_same_for_any_number_of_rows(
    cast: Any, client: Client, rows: int, django_assert_num_queries: Any
) -> None:
    for number in range(rows):
        activity = made(cast, movement=MovementFactory(year=cast.year, order=number + 1))
        for order in range(rows):
            ContributionFactory(activity=activity, order=order + 1)
        activity.partners.create(agency=cast.other)
    with django_assert_num_queries(7):
        assert client.get(place(cast)).status_code == 200
    with django_assert_num_queries(7):
        assert client.get(place(cast, activity.key)).status_code == 200


def test_what_is_withdrawn_is_forgotten_with_the_commit(
    cast: Any, client: Client, django_capture_on_commit_callbacks: Any
) -> None:
    activity = made(cast)
    page, card = place(cast, activity.key), place(cast, activity.key) + "the.png"
    assert [client.get(address).status_code for address in (page, card)] == [200, 200]
    with django_capture_on_commit_callbacks(execute=True):
        set_public(cast.scope(cast.chi), activity.pk, False)
    assert [client.get(address).status_code for address in (page, card)] == [404, 404]
    with django_capture_on_commit_callbacks(execute=True):
        set_public(cast.scope(cast.an), activity.pk, True)
    assert client.get(page).status_code == 200


def test_a_change_elsewhere_leaves_it_remembered(
    cast: Any, client: Client, django_assert_num_queries: Any
) -> None:
    activity = made(cast)
    client.get(place(cast, activity.key))
    memory.published(memory.of_cluster(cast.cluster.pk + 1))
    with django_assert_num_queries(0):
        assert client.get(place(cast, activity.key)).status_code == 200


def test_a_picture_is_drawn_anew_and_asked_for_at_every_view(cast: Any, client: Client) -> None:
    activity = made(cast)
    evidence = EvidenceFactory(activity=activity, file=stored_picture())
    address = place(cast, activity.key, "anh", evidence.key, "nho")
    assert address in client.get(place(cast, activity.key)).content.decode()
    response = client.get(address)
    assert response.status_code == 200
    assert response.content.startswith(PNG)
    assert response["X-Robots-Tag"] == "noindex"
    assert client.get(address, headers={"if-none-match": response["ETag"]}).status_code == 304
    EvidenceUse.objects.filter(activity=activity).update(removed_at=activity.created_at)
    assert client.get(address).status_code == 404


@pytest.mark.parametrize("wrong", ["pdf", "waiting", "removed", "internal"])
def test_other_files_are_never_public(cast: Any, client: Client, wrong: str) -> None:
    activity = made(cast)
    stored = stored_picture()
    evidence = EvidenceFactory(activity=activity, file=stored)
    if wrong == "pdf":
        type(stored).objects.update(content_type="application/pdf")
    elif wrong == "waiting":
        type(stored).objects.update(scan=Scan.WAITING)
    elif wrong == "removed":
        Evidence.objects.update(removed_at=activity.created_at)
    else:
        Activity.objects.update(is_public=False)
    assert client.get(place(cast, activity.key, "anh", evidence.key, "lon")).status_code == 404


@pytest.mark.typed_braces
def test_what_people_wrote_is_escaped_everywhere(cast: Any, client: Client) -> None:
    title = "Quà & <script>alert(1)</script> {{ 7*7 }} %s 😀\u0301"
    activity = made(cast, title=title, story="<img src=x onerror=1>", place='"><b>')
    page = client.get(place(cast, activity.key)).content.decode()
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)" in page
    assert "{{ 7*7 }}" in page
    assert "<img src=x" not in page
    assert client.get(place(cast, activity.key) + "the.png").content.startswith(PNG)


def test_robots_wait_for_the_year_and_sample_figures_are_marked(cast: Any, client: Client) -> None:
    activity = made(cast)
    page = client.get(place(cast, activity.key)).content.decode()
    assert '<meta name="robots" content="noindex">' in page
    assert "Số liệu minh họa" not in page
    type(cast.year).objects.filter(pk=cast.year.pk).update(sample=True)
    memory.forget_all()
    for address in (place(cast), place(cast, activity.key)):
        assert "Số liệu minh họa" in client.get(address).content.decode()


def test_pages_of_the_list_follow_each_other(cast: Any, client: Client) -> None:
    for number in range(25):
        made(cast, title=f"Việc {number}")
    first = client.get(place(cast)).content.decode()
    link = re.search(r'href="([^"]*sau=[^"]*)"', first)
    assert link is not None
    second = client.get(html.unescape(link[1])).content.decode()
    titles = re.findall(r">(Việc \d+)<", first) + re.findall(r">(Việc \d+)<", second)
    assert sorted(titles) == sorted(f"Việc {number}" for number in range(25))
    assert Activity.objects.filter(state=ActivityState.CONFIRMED).count() == 25
