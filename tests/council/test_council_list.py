"""The council's list of clusters: what it shows, whom, and in how many queries."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import load_workbook

from members.enums import Function, Level, PhaseKind, Role
from members.models import Agency, AgencyName, Cluster, ClusterYear, Membership, Phase, RoleTerm
from tests.factories import (
    ClusterFactory,
    ClusterYearFactory,
    MembershipFactory,
    OfficerFactory,
    PersonFactory,
)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _in_november() -> Iterator[None]:
    with time_machine.travel("2020-11-20 09:00+07:00", tick=False):
        yield


@pytest.fixture
def everywhere(cast: Any) -> Any:
    """An officer of every cluster."""
    return OfficerFactory(user__username="all").user


def get(cast: Any, user: Any, name: str = "council", query: str = "", **kwargs: Any) -> Any:
    return cast.client(user).get(reverse(name, kwargs=kwargs) + query)


def names(answer: Any) -> list[str]:
    assert answer.status_code == 200, answer.status_code
    return [row["name"] for row in answer.context["rows"]]


def text(answer: Any) -> str:
    return " ".join(str(answer.content.decode()).split())


def many(number: int, *, members: int = 2, since: int = 1) -> None:
    """Clusters with a year, steps, members, a chair and a deputy, made in bulk."""
    clusters = Cluster.objects.bulk_create(
        Cluster(
            name=f"Cụm thử số {n}",
            short_name=f"Cụm {n}",
            slug=f"so-{n}",
            level=Level.PROVINCE,
            place="Lạng Sơn",
        )
        for n in range(since, since + number)
    )
    years = ClusterYear.objects.bulk_create(
        ClusterYear(cluster=one, label="2020", starts_on=date(2020, 1, 1), ends_on=date(2020, 12, 31))
        for one in clusters
    )
    Phase.objects.bulk_create(
        Phase(
            year=year, kind=kind, order=order, planned_to=date(2020, 10, 31),
            opened_at="2020-01-01T00:00Z" if order <= 3 else None, closed_at="2020-01-02T00:00Z" if order < 3 else None,
        )
        for year in years
        for order, kind in enumerate(PhaseKind.values, 1)
    )  # fmt: skip
    agencies = Agency.objects.bulk_create(
        Agency(code=f"dv-{since + n}-{m}") for n in range(number) for m in range(members)
    )
    AgencyName.objects.bulk_create(
        AgencyName(agency=one, name=f"Sở {one.code}", short_name=one.code) for one in agencies
    )
    pairs = [(n, agencies[n * members + m], m) for n in range(number) for m in range(members)]
    Membership.objects.bulk_create(Membership(year=years[n], agency=a, order=m + 1) for n, a, m in pairs)
    RoleTerm.objects.bulk_create(
        RoleTerm(
            cluster=clusters[n], agency=a, role=Role.DEPUTY if m else Role.CHAIR, starts_on=date(2020, 1, 1)
        )
        for n, a, m in pairs
        if m < 2
    )


# -- what it shows -------------------------------------------------------------------------------
def test_a_cluster_with_its_year_step_leaders_and_members(cast: Any) -> None:
    Phase.objects.filter(year=cast.year, kind=PhaseKind.CARRY_OUT).update(planned_to=date(2020, 11, 18))
    page = get(cast, cast.officer)
    (row,) = page.context["rows"]
    assert (row["label"], row["step"], row["step_of"]) == ("2020", "Thực hiện", "3/7")
    assert (row["chair"], row["deputies"]) == ("Ngân hàng Nhà nước", "Cục Quản lý thị trường")
    assert row["overdue"] is True
    assert "quá hạn 2 ngày" in row["due"]
    assert (row["observers"], row["members"]) == ("observer", 4)


def test_members_leaders_and_people_in_charge_are_those_of_today(cast: Any) -> None:
    Membership.objects.filter(agency=cast.other).update(left_on=date(2020, 11, 20))
    Membership.objects.filter(agency=cast.member).update(joined_on=date(2020, 11, 21))
    RoleTerm.objects.filter(role=Role.CHAIR).update(ends_on=date(2020, 11, 20))
    (row,) = get(cast, cast.officer).context["rows"]
    assert (row["members"], row["chair"]) == (2, "")
    assert "Chưa có Cụm trưởng" in text(get(cast, cast.officer))


def test_late_agencies_are_named(cast: Any, everywhere: Any) -> None:
    from members import lateness

    lateness._sources.append(lambda ids, _day: {cast.year.pk: {cast.member.pk: "Chưa nộp báo cáo"}})
    try:
        (row,) = get(cast, cast.officer).context["rows"]
        assert (row["late"], row["late_names"]) == (1, "Cục Thống kê")
        assert names(get(cast, everywhere, query="?tinh_trang=cham")) == [cast.cluster.name]
        assert "Chưa nộp báo cáo" in text(get(cast, cast.officer, "council_cluster", slug="trung-uong"))
    finally:
        lateness._sources.pop()
    assert names(get(cast, everywhere, query="?tinh_trang=cham")) == []


def test_parents_stand_before_their_children_and_numbers_count(cast: Any, everywhere: Any) -> None:
    Cluster.objects.all().update(level=Level.CENTRAL)
    parent = ClusterFactory(name="Khối B", slug="khoi-b")
    ClusterFactory(name="Cụm số 10", slug="c10", parent=parent)
    ClusterFactory(name="Cụm số 2", slug="c2", parent=parent)
    ClusterFactory(name="Đơn vị Đ", slug="d")
    ClusterFactory(name="Cụm Ấ", slug="a")
    listed = [row for row in get(cast, everywhere).context["rows"] if row["level"] != "Trung ương"]
    assert [(row["name"], row["depth"]) for row in listed] == [
        ("Cụm Ấ", 0), ("Đơn vị Đ", 0), ("Khối B", 0), ("Cụm số 2", 1), ("Cụm số 10", 1),
    ]  # fmt: skip


def test_an_earlier_year_that_is_not_closed_is_named(cast: Any) -> None:
    ClusterYearFactory(cluster=cast.cluster, label="2019")
    ClusterYearFactory(cluster=cast.cluster, label="2021")
    (row,) = get(cast, cast.officer).context["rows"]
    assert (row["label"], row["older"]) == ("2020", "2019")


# -- who -----------------------------------------------------------------------------------------
def test_each_sees_the_clusters_that_are_followed_and_no_others(cast: Any, everywhere: Any) -> None:
    other = ClusterFactory(name="Cụm khác", slug="cum-khac")
    assert names(get(cast, cast.observer)) == [cast.cluster.name]
    assert "Cụm khác" in names(get(cast, everywhere))
    assert get(cast, cast.observer, "council_cluster", slug="trung-uong").status_code == 200
    assert get(cast, cast.observer, "council_cluster", slug=other.slug).status_code == 404
    assert get(cast, everywhere, "council_cluster", slug="khong-co").status_code == 404


@pytest.mark.parametrize("page", ["council", "council_export", "council_people"])
def test_nobody_else_gets_in(cast: Any, page: str) -> None:
    for user in (cast.an, cast.chi, cast.dung):
        assert get(cast, user, page).status_code == 404
    assert cast.client().get(reverse(page)).status_code == 302
    assert get(cast, cast.root, page).status_code == 200


def test_an_observer_sees_no_way_to_write(cast: Any) -> None:
    page = text(get(cast, cast.observer))
    assert "Luân chuyển" not in page
    assert "Tổ chức cụm từ tệp" not in page
    assert "Luân chuyển các cụm đã chọn" in text(get(cast, cast.officer))


# -- filters and pages ---------------------------------------------------------------------------
def test_search_without_accents_and_every_filter(cast: Any, everywhere: Any) -> None:
    plain = ClusterYearFactory(
        cluster=ClusterFactory(name="Khối doanh nghiệp", slug="dn", level=Level.CENTRAL),
        open_phase=PhaseKind.VERIFY,
    ).cluster
    PersonFactory(function=Function.OBSERVER, cluster=plain, user=cast.observer)
    Phase.objects.filter(year__cluster=plain).update(planned_to=date(2020, 11, 19))
    found = {
        "?q=khoi+doanh": {"Khối doanh nghiệp"},
        '?q="doanh+khoi"': set(),
        "?cap=central": {"Khối doanh nghiệp"},
        "?buoc=verify": {"Khối doanh nghiệp"},
        f"?phu_trach={cast.observer.pk}": {"Khối doanh nghiệp", cast.cluster.name},
        "?tinh_trang=qua-han": {"Khối doanh nghiệp"},
    }
    for query, wanted in found.items():
        assert set(names(get(cast, everywhere, query=query))) == wanted, query
    vacant = names(get(cast, everywhere, query="?tinh_trang=trong"))
    assert "Khối doanh nghiệp" in vacant
    assert cast.cluster.name not in vacant
    assert cast.cluster.name not in names(get(cast, everywhere, query="?tinh_trang=chua-phu-trach"))
    assert cast.cluster.name not in names(get(cast, everywhere, query="?tinh_trang=chua-mo"))


@pytest.mark.parametrize(
    "query", ["?cap=x", "?buoc=x", "?phu_trach=99", "?tinh_trang=x", "?sau=x", "?sau=a&truoc=b"]
)
def test_what_nobody_offered_is_not_found(cast: Any, query: str) -> None:
    assert get(cast, cast.officer, query=query).status_code == 404


def test_pages_of_fifty_there_and_back(cast: Any, everywhere: Any) -> None:
    many(120)
    seen: list[str] = []
    answer = get(cast, everywhere)
    while True:
        seen += names(answer)
        if not answer.context["next"]:
            break
        answer = get(cast, everywhere, query=answer.context["next"])
    assert len(seen) == len(set(seen)) == answer.context["total"] >= 121
    assert len(names(answer)) == answer.context["total"] - 100
    back = get(cast, everywhere, query=answer.context["prev"])
    assert names(back) == seen[50:100]
    assert names(get(cast, everywhere, query=back.context["prev"])) == seen[:50]


def counted(client: Any, address: str) -> int:
    """How many queries a page costs."""
    with CaptureQueriesContext(connection) as context:
        assert client.get(address).status_code == 200
    return len(context)


@pytest.mark.parametrize("query", ["", "?tinh_trang=cham", "?q=thu&cap=province"])
def test_as_many_queries_for_400_clusters_as_for_3(cast: Any, everywhere: Any, query: str) -> None:
    client = cast.client(everywhere)
    many(3)
    few = counted(client, reverse("council") + query)
    many(397, since=4)
    assert counted(client, reverse("council") + query) == few <= 16
    if not query:
        assert counted(client, reverse("council_people")) == counted(client, reverse("council_export")) == few


def test_one_cluster_costs_as_much_with_many_years(cast: Any, everywhere: Any) -> None:
    client, address = cast.client(everywhere), reverse("council_cluster", kwargs={"slug": "trung-uong"})
    few = counted(client, address)
    for label in range(2010, 2017):
        MembershipFactory(year=ClusterYearFactory(cluster=cast.cluster, label=str(label)))
    assert counted(client, address) == few <= 16


# -- one cluster, people in charge, the workbook ---------------------------------------------------
def test_one_cluster_with_years_and_history(cast: Any) -> None:
    page = get(cast, cast.observer, "council_cluster", slug="trung-uong")
    assert [(year["label"], year["members"], year["chair"]) for year in page.context["years"]] == [
        ("2020", 4, "Ngân hàng Nhà nước")
    ]
    assert cast.url("year_home") in text(page)
    assert "Ngân hàng Nhà nước Chi nhánh tỉnh" in text(page)
    assert cast.client(cast.observer).get(cast.url("year_home")).status_code == 200


def test_a_superuser_is_led_to_the_admin_site(cast: Any) -> None:
    page = get(cast, cast.root, "council_cluster", slug="trung-uong")
    assert reverse("admin:members_clusteryear_change", args=[cast.year.pk]) in text(page)


def test_clusters_by_who_is_in_charge(cast: Any, everywhere: Any) -> None:
    ClusterFactory(name="Cụm không ai", slug="khong-ai")
    page = get(cast, everywhere, "council_people")
    assert [(one["name"], [row["name"] for row in one["rows"]]) for one in page.context["people"]] == [
        ("observer", [cast.cluster.name])
    ]
    assert "Cụm không ai" in [row["name"] for row in page.context["alone"]]


def test_the_workbook_has_what_the_filter_shows_and_computes_nothing(cast: Any, everywhere: Any) -> None:
    ClusterFactory(name="=1+1", slug="cong-thuc", short_name="@x")
    answer = get(cast, everywhere, "council_export")
    assert answer["Content-Disposition"].startswith("attachment")
    sheet = load_workbook(io.BytesIO(answer.content)).active
    rows = list(sheet.iter_rows(min_row=4))
    cells = {row[0].value: row for row in rows}
    assert cells["=1+1"][0].data_type == "s"
    assert cells[cast.cluster.name][10].value == "Ngân hàng Nhà nước"
    assert cells[cast.cluster.name][9].value == 4
    narrowed = get(cast, everywhere, "council_export", "?q=co+quan")
    assert load_workbook(io.BytesIO(narrowed.content)).active.max_row == 4
