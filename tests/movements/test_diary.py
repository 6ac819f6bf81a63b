"""The diary: the same rule of visibility as the list, months, what has no day, narrowing, numbers of queries."""

from __future__ import annotations

import html
import re
from datetime import date
from typing import Any

import pytest

from movements.enums import Precision
from movements.models import Activity, Tag
from tests.factories import ActivityFactory, ContributionFactory, EvidenceFactory, MovementFactory

pytestmark = pytest.mark.django_db


def made(cast: Any, title: str, **more: Any) -> Activity:
    return ActivityFactory(
        **{"year": cast.year, "agency": cast.member, "confirmed": True, "title": title, **more}
    )


def read(client: Any, address: str) -> str:
    response = client.get(address)
    assert response.status_code == 200
    text = re.sub(r"<[^>]+>", " ", response.content.decode().partition("<main")[2])
    return " ".join(html.unescape(text).split())


@pytest.mark.parametrize("name", ["diary", "diary_month"])
@pytest.mark.parametrize(
    "who, status", [("", 302), ("dung", 404), ("chi", 200), ("an", 200), ("officer", 200), ("observer", 200)]
)
def test_who_reads_the_diary(cast: Any, name: str, who: str, status: int) -> None:
    cast.go("verify")
    client = cast.client(getattr(cast, who) if who else None)
    assert client.get(cast.url(name)).status_code == status
    assert client.post(cast.url(name)).status_code in (401, 404, 405)


@pytest.mark.parametrize("name", ["diary", "diary_month"])
def test_a_draft_shows_to_its_own_agency_only(cast: Any, name: str) -> None:
    made(cast, "Việc đã xong")
    ActivityFactory(year=cast.year, agency=cast.member, title="Việc còn nháp")
    address = cast.url(name) + ("?thang=2020-04" if name == "diary_month" else "")
    assert "Việc còn nháp" in read(cast.client(cast.chi), address)
    other = read(cast.client(cast.an), address)
    assert "Việc còn nháp" not in other
    assert "Việc đã xong" in other


def test_months_follow_each_other_newest_first(cast: Any) -> None:
    made(cast, "Việc tháng tư")
    made(cast, "Việc tháng sáu", starts_on=date(2020, 6, 2))
    year = {"precision": Precision.YEAR, "starts_on": date(2020, 1, 1), "ends_on": date(2020, 12, 31)}
    made(cast, "Việc cả năm", **year)
    page = read(cast.client(cast.chi), cast.url("diary"))
    order = [
        "Tháng 6/2020",
        "Việc tháng sáu",
        "Tháng 4/2020",
        "Việc tháng tư",
        "chưa rõ tháng",
        "Việc cả năm",
    ]
    assert sorted(order, key=page.index) == order


def test_a_month_puts_each_thing_where_it_belongs(cast: Any) -> None:
    made(cast, "Đúng ngày", starts_on=date(2020, 4, 5))
    made(cast, "Ba ngày", starts_on=date(2020, 4, 29), ends_on=date(2020, 5, 1))
    made(cast, "Cả tháng trời", starts_on=date(2020, 4, 2), ends_on=date(2020, 5, 20))
    made(cast, "Biết tháng", precision=Precision.MONTH, starts_on=date(2020, 4, 1), ends_on=date(2020, 4, 30))
    made(cast, "Biết năm", precision=Precision.YEAR, starts_on=date(2020, 1, 1), ends_on=date(2020, 12, 31))
    made(cast, "Không biết", precision=Precision.UNKNOWN, starts_on=None, ends_on=None)
    made(cast, "Tháng khác", starts_on=date(2020, 6, 1))
    page = read(cast.client(cast.chi), cast.url("diary_month") + "?thang=2020-04")
    table, _sep, beside = page.partition("Không nằm ở một ngày")
    assert table.count("Ba ngày") == 2
    assert table.count("Đúng ngày") == 1
    places = ["Kéo dài nhiều ngày", "Cả tháng trời", "Chỉ biết tháng", "Biết tháng", "Chỉ biết năm", "Biết năm",
              "Chưa rõ thời gian", "Không biết"]  # fmt: skip
    assert sorted(places, key=beside.index) == places
    assert "Tháng khác" not in page
    assert "Ba ngày" in read(cast.client(cast.chi), cast.url("diary_month") + "?thang=2020-05")


def test_both_views_are_narrowed_alike(cast: Any) -> None:
    movement = MovementFactory(year=cast.year)
    tag = Tag.objects.create(year=cast.year, kind="criterion", code="II.3", label="Từ thiện")
    own = made(cast, "Của Chi", movement=movement)
    own.tags.add(tag)
    joint = made(cast, "Của An cùng Chi", agency=cast.chair)
    joint.partners.create(agency=cast.member)
    made(cast, "Của An", agency=cast.chair)
    client = cast.client(cast.chi)
    for name, more in (("diary", ""), ("diary_month", "&thang=2020-04")):
        for query, titles in (
            (f"don_vi={cast.member.pk}", {"Của Chi", "Của An cùng Chi"}), (f"phong_trao={movement.pk}", {"Của Chi"}),
            (f"nhan={tag.pk}", {"Của Chi"}), ("phong_trao=khong", {"Của An cùng Chi", "Của An"}), ("don_vi=cum", set()),
        ):  # fmt: skip
            page = client.get(f"{cast.url(name)}?{query}{more}").content.decode()
            found = set(re.findall(r"(?:<b>[^<]*</b> |/\">)(Của [^<]+)</a>", page))
            assert found == titles, (name, query)


@pytest.mark.parametrize(
    "name, query",
    [
        ("diary", "don_vi=999999"), ("diary", "nhan=999999"), ("diary", "phong_trao=x"), ("diary", "sau=x"),
        ("diary", "sau=2020-01-01.1&truoc=2020-01-01.1"), ("diary_month", "thang=2019-12"),
        ("diary_month", "thang=2020-13"), ("diary_month", "thang=0000-01"), ("diary_month", "thang=%00"),
        ("diary_month", "don_vi=0"),
    ],
)  # fmt: skip
def test_strange_addresses_are_not_found(cast: Any, name: str, query: str) -> None:
    Tag.objects.create(year=cast.year, label="Nhãn")
    assert cast.client(cast.chi).get(f"{cast.url(name)}?{query}").status_code == 404


def test_pages_of_the_diary_follow_each_other(cast: Any) -> None:
    for number in range(31):
        made(cast, f"Việc {number:02}")
    client = cast.client(cast.chi)
    first = client.get(cast.url("diary")).content.decode()
    way = re.search(r'href="(\?sau=[^"]+)"', first)
    assert way is not None
    second = client.get(cast.url("diary") + html.unescape(way[1])).content.decode()
    titles = re.findall(r">(Việc \d\d)<", first) + re.findall(r">(Việc \d\d)<", second)
    assert sorted(titles) == [f"Việc {number:02}" for number in range(31)]


@pytest.mark.parametrize("rows", [1, 3])
@pytest.mark.parametrize("name, number", [("diary", 13), ("diary_month", 20)])
def test_the_diary_costs_the_same_for_any_number_of_rows(
    cast: Any, rows: int, name: str, number: int, django_assert_num_queries: Any
) -> None:
    for _row in range(rows):
        activity = made(cast, "Việc", movement=MovementFactory(year=cast.year))
        activity.partners.create(agency=cast.other)
        ContributionFactory(activity=activity)
        EvidenceFactory(activity=activity)
    client = cast.client(cast.chi)
    with django_assert_num_queries(number):
        assert client.get(cast.url(name) + "?thang=2020-04").status_code == 200
