"""The living summary of a movement and of an agency: months, who did what, last year beside, links to the rows."""

from __future__ import annotations

from datetime import date
from typing import Any
from urllib.parse import urlencode

import pytest

from members.models import AgencyLink, CarryOver
from movements.charts import HEIGHT, Point, months_chart, share
from movements.models import Movement
from movements.summaries import slots_of
from tests.factories import (
    ActivityFactory,
    AgencyFactory,
    ClusterYearFactory,
    ContributionFactory,
    EvidenceFactory,
    GoodsFactory,
    MembershipFactory,
    MovementFactory,
    ParticipationFactory,
)

TITLE = "Không để ai bị bỏ lại phía sau"


def text(page: Any) -> str:
    return " ".join(str(page.content.decode()).split())


# -- charts --------------------------------------------------------------------------------------
def test_columns_stand_from_zero_and_say_in_words_what_they_show() -> None:
    points = [
        Point("1", "Tháng 1/2020", 10, "10", "10 hoạt động", before=5),
        Point("2", "Tháng 2/2020", 0, "0", "0 hoạt động", before=0),
        Point("3", "Tháng 3/2020", 5, "5", "5 hoạt động", before=20),
    ]
    chart = months_chart("Hoạt động theo tháng", points, "2020", "2019")
    assert [bar["height"] for bar in chart["filled"]] == [56, 0, 28]
    assert [bar["height"] for bar in chart["hollow"]] == [28, 0, 112]
    assert all(
        bar["y"] + bar["height"] == chart["base"] < HEIGHT for bar in chart["filled"] + chart["hollow"]
    )
    assert [one["text"] for one in chart["values"]] == ["10", "5"]
    assert chart["desc"] == (
        "2020. Tháng 1/2020: 10 hoạt động; Tháng 3/2020: 5 hoạt động Cột rỗng là năm 2019."
    )


def test_a_chart_of_nothing_says_so() -> None:
    chart = months_chart("Hoạt động", [Point("1", "Tháng 1", 0, "0", "")], "2020")
    assert "Chưa có số liệu." in chart["desc"]
    assert (chart["values"], chart["hollow"]) == ([], [])
    assert (share(0, 0), share(1, 3), share(3, 3)) == ("0%", "33.33%", "100.00%")


@pytest.mark.django_db
def test_a_year_from_november_to_october_has_its_own_months() -> None:
    year = ClusterYearFactory(label="2020", starts_on=date(2019, 11, 16), ends_on=date(2020, 11, 15))
    slots = slots_of(year)
    assert (slots[0], slots[-1], len(slots)) == (201911, 202011, 13)


# -- a movement ----------------------------------------------------------------------------------
def movement_of(cast: Any) -> Movement:
    """April: 10 million by two, on the gift's own day in May 5 million; one activity known by its year alone."""
    movement = MovementFactory(year=cast.year, title=TITLE)
    one = ActivityFactory(year=cast.year, agency=cast.member, movement=movement, confirmed=True)
    ContributionFactory(activity=one, by=[cast.member, cast.other])
    ContributionFactory(activity=one, value=5_000_000, given_on=date(2020, 5, 9))
    GoodsFactory(activity=one)
    loose = ActivityFactory(
        year=cast.year, agency=cast.other, movement=movement, confirmed=True, precision="year",
        starts_on=date(2020, 1, 1), ends_on=date(2020, 12, 31),
    )  # fmt: skip
    ContributionFactory(activity=loose, value=1_000_000, value_qualifier="over")
    ParticipationFactory(movement=movement, agency=cast.member)
    return movement


def last_year(cast: Any, **changes: Any) -> Any:
    year = ClusterYearFactory(
        cluster=cast.cluster, label="2019", starts_on=date(2019, 1, 1), ends_on=date(2019, 12, 31)
    )
    movement = MovementFactory(year=year, **{"title": TITLE, **changes})
    for agency in (cast.member, cast.other):
        ParticipationFactory(movement=movement, agency=agency)
        MembershipFactory(year=year, agency=agency)
    done = ActivityFactory(
        year=year, agency=cast.member, movement=movement, confirmed=True, starts_on=date(2019, 4, 2)
    )
    ContributionFactory(activity=done, value=7_000_000)
    ActivityFactory(year=year, agency=cast.member, movement=movement, starts_on=date(2019, 4, 2))
    return movement


@pytest.mark.django_db
def test_months_agencies_and_totals_of_a_movement(cast: Any) -> None:
    movement = movement_of(cast)
    page = cast.client(cast.an).get(cast.url("movement_detail", pk=movement.pk))
    months = page.context["months"]
    rows = {row["name"]: (row["number"], str(row["money"] or "")) for row in months["rows"]}
    assert len(rows) == 12
    assert rows["Tháng 4/2020"] == (1, "10.000.000 ₫")
    assert rows["Tháng 5/2020"] == (0, "5.000.000 ₫")
    assert months["rest"]["number"] == 1
    assert [str(one) for one in months["rest"]["figures"]] == ["trên 1.000.000 ₫"]
    april = next(row for row in months["rows"] if row["number"])
    query = urlencode({"phong_trao": movement.pk, "tu": "01/04/2020", "den": "30/04/2020"})
    assert april["url"] == f"{cast.url('activity_list')}?{query}"
    assert april["money_url"] == f"{cast.url('ledger')}?phong_trao={movement.pk}&ky=2020-04"
    assert {row["name"]: (row["number"], str(row["money"])) for row in page.context["bars"]} == {
        "Cục Thống kê tỉnh": (1, "15.000.000 ₫"),
        "Bảo hiểm xã hội tỉnh": (1, "trên 11.000.000 ₫"),
    }
    years = {row["label"]: str(row["now"]) for row in page.context["years"]}
    assert years == {
        "Hoạt động": "2", "Đơn vị hưởng ứng": "1", "Khoản đóng góp": "4", "Tiền, trị giá": "trên 16.000.000 ₫",
        "Hiện vật (chiếc)": "3.000 chiếc",
    }  # fmt: skip
    assert page.context["past"] is None
    drawn = text(page)
    assert '<svg class="columns"' in drawn
    assert "<desc" in drawn
    assert "Tháng 4/2020: 1 hoạt động" in drawn


@pytest.mark.django_db
@pytest.mark.parametrize("title", ["KHÔNG để ai bị bỏ lại phía sau", "Tên khác của năm trước"])
def test_last_year_is_found_by_name_or_by_what_it_carries_out(cast: Any, title: str) -> None:
    movement, earlier = movement_of(cast), last_year(cast, title=title)
    if title.startswith("Tên"):
        for row in (movement, earlier):
            row.responds_to = MovementFactory(year=row.year, title="Phong trào của cả nước", level="central")
            row.save()
    page = cast.client(cast.an).get(cast.url("movement_detail", pk=movement.pk))
    rows = {row["label"]: (str(row["before"]), row["before_url"]) for row in page.context["years"]}
    there = f"{cast.url('activity_list', year=earlier.year)}?phong_trao={earlier.pk}"
    assert rows["Hoạt động"] == ("1", there)
    assert rows["Đơn vị hưởng ứng"] == ("2", cast.url("movement_detail", year=earlier.year, pk=earlier.pk))
    assert rows["Tiền, trị giá"][0] == "7.000.000 ₫"
    assert title in text(page)
    april = next(row for row in page.context["months"]["rows"] if row["name"] == "Tháng 4/2020")
    assert april["before"] == 1
    for row in page.context["years"]:
        for url in filter(None, (row["url"], row["before_url"])):
            assert url.startswith("#") or cast.client(cast.an).get(url).status_code == 200


@pytest.mark.django_db
def test_who_may_not_open_last_year_sees_nothing_of_it(cast: Any) -> None:
    movement, earlier = movement_of(cast), last_year(cast)
    earlier.year.memberships.filter(agency=cast.member).delete()
    page = cast.client(cast.chi).get(cast.url("movement_detail", pk=movement.pk))
    assert page.context["past"] is None


@pytest.mark.django_db
def test_an_unlike_movement_is_not_compared(cast: Any) -> None:
    movement = movement_of(cast)
    last_year(cast, title="Phong trào khác hẳn")
    assert cast.client(cast.an).get(cast.url("movement_detail", pk=movement.pk)).context["past"] is None


# -- an agency -----------------------------------------------------------------------------------
@pytest.mark.django_db
def test_an_agency_has_its_share_its_months_and_its_last_year(cast: Any) -> None:
    movement = movement_of(cast)
    last_year(cast)
    ActivityFactory(year=cast.year, agency=cast.member, title="Nháp")
    page = cast.client(cast.chi).get(cast.url("agency_detail", pk=cast.member.pk))
    rows = {row["label"]: (str(row["now"]), str(row["before"])) for row in page.context["years_beside"]}
    assert rows == {
        "Hoạt động": ("2", "1"), "Phong trào hưởng ứng": ("1", "1"), "Khoản đóng góp": ("3", "1"),
        "Tiền, trị giá": ("15.000.000 ₫", "7.000.000 ₫"), "Hiện vật (chiếc)": ("3.000 chiếc", "None"),
    }  # fmt: skip
    assert [(row["name"], row["number"]) for row in page.context["bars"]] == [
        (movement.title, 1),
        ("Không thuộc phong trào nào", 1),
    ]
    assert "Gồm cả 1 hoạt động chưa gửi mà chỉ đơn vị bạn thấy." in text(page)
    april = next(row for row in page.context["months"]["rows"] if row["name"] == "Tháng 4/2020")
    assert (april["number"], april["before"], str(april["money"])) == (2, 1, "10.000.000 ₫")


@pytest.mark.django_db
@pytest.mark.parametrize("how", ["link", "carry-over"])
def test_last_year_of_a_new_agency_is_that_of_those_it_followed(cast: Any, how: str) -> None:
    earlier = last_year(cast)
    successor = AgencyFactory(name="Thống kê vùng")
    MembershipFactory(year=cast.year, agency=successor, order=9)
    if how == "link":
        AgencyLink.objects.create(predecessor=cast.member, successor=successor, on=date(2020, 3, 1))
    else:
        CarryOver.objects.create(
            year=cast.year, predecessor=cast.member, successor=successor, decision_number="1"
        )
    page = cast.client(cast.an).get(cast.url("agency_detail", pk=successor.pk))
    assert page.context["past"].year == earlier.year
    assert "Năm trước gồm cả kết quả của Cục Thống kê tỉnh." in text(page)
    assert page.context["years_beside"][0]["before"].number == "1"


@pytest.mark.django_db
def test_the_rows_behind_each_figure_add_up_to_it_also_of_what_was_taken_over(cast: Any) -> None:
    movement = MovementFactory(year=cast.year, title=TITLE)
    heir = AgencyFactory(name="Thống kê vùng")
    MembershipFactory(year=cast.year, agency=heir, order=9)
    CarryOver.objects.create(year=cast.year, predecessor=cast.member, successor=heir, decision_number="1")
    for agency, value, month in (
        (cast.member, 5_000_000, 3),
        (heir, 2_000_000, 4),
        (cast.other, 90_000_000, 4),
    ):
        done = ActivityFactory(
            year=cast.year, agency=agency, movement=movement, confirmed=True, starts_on=date(2020, month, 20),
            ends_on=date(2020, month + 1, 10),
        )  # fmt: skip
        ContributionFactory(activity=done, value=value, by=[agency])
    page = cast.client(cast.an).get(cast.url("agency_detail", pk=heir.pk))

    def behind(url: str) -> str:
        return str(cast.client(cast.an).get(url).context["sums"].money.number)

    years = {row["label"]: row for row in page.context["years_beside"]}
    assert str(years["Tiền, trị giá"]["now"]) == "7.000.000 ₫"
    assert behind(years["Tiền, trị giá"]["url"]) == "7.000.000"
    months = [row for row in page.context["months"]["rows"] if row["money"]]
    assert [(row["name"], row["money"].number, behind(row["money_url"])) for row in months] == [
        ("Tháng 3/2020", "5.000.000", "5.000.000"), ("Tháng 4/2020", "2.000.000", "2.000.000"),
    ]  # fmt: skip
    ledger = cast.client(cast.an).get(years["Tiền, trị giá"]["url"])
    assert "Gồm cả kết quả đã kế thừa" in text(ledger)
    totals = cast.client(cast.an).get(ledger.context["totals_url"])
    assert [behind(row["url"]) for row in totals.context["groups"]] == ["5.000.000", "2.000.000"]
    alone = ledger.context["chips"][0]["url"]
    assert behind(cast.url("ledger") + alone) == "2.000.000"


@pytest.mark.django_db
@pytest.mark.parametrize("number", [1, 3])
def test_with_a_last_year_the_pages_cost_a_constant_number(
    cast: Any, number: int, django_assert_num_queries: Any
) -> None:
    movement, earlier = MovementFactory(year=cast.year, title=TITLE), last_year(cast)
    for year, row in ((cast.year, movement), (earlier.year, earlier)):
        for _place in range(number):
            done = ActivityFactory(year=year, agency=cast.member, movement=row, confirmed=True)
            ContributionFactory(activity=done, by=[cast.member, cast.other])
            EvidenceFactory(activity=done)
            MovementFactory(year=year, responds_to=row)
    addresses = {
        cast.url("movement_detail", pk=movement.pk): 26,
        cast.url("agency_detail", pk=cast.member.pk): 24,
    }
    for address, queries in addresses.items():
        cast.client(cast.an).get(address)
        with django_assert_num_queries(queries):
            assert cast.client(cast.an).get(address).status_code == 200
