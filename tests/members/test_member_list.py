"""The members of a year as everybody inside sees them."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
import time_machine
from django.urls import reverse

from members.domain.actor import SYSTEM
from members.domain.agencies import NewAgency
from members.domain.memberships import join, leave
from members.domain.succession import Succession, reorganise
from members.enums import DirectiveUse, Role
from members.models import AgencyLink, AgencyName, Membership, RoleTerm
from tests.factories import (
    AgencyNameFactory,
    ClusterFactory,
    ClusterYearFactory,
    DirectiveFactory,
    MembershipFactory,
    OfficerFactory,
    RoleTermFactory,
    YearDirectiveFactory,
)

pytestmark = pytest.mark.django_db
MIDDLE = date(2020, 7, 1)


def get(cast: Any, user: Any) -> Any:
    return cast.client(user).get(cast.url("member_list"))


def text(answer: Any) -> str:
    assert answer.status_code == 200
    return " ".join(str(answer.content.decode()).split())


def test_members_in_charter_order_with_their_roles(cast: Any) -> None:
    rows = get(cast, cast.chi).context["rows"]
    assert [(one["row"].name, one["role"], one["own"]) for one in rows] == [
        ("Ngân hàng Nhà nước Chi nhánh tỉnh", "Cụm trưởng", False),
        ("Cục Quản lý thị trường tỉnh", "Cụm phó", False),
        ("Cục Thống kê tỉnh", "", True),
        ("Bảo hiểm xã hội tỉnh", "", False),
    ]


def test_the_roles_are_those_of_the_year_and_todays_stand_beside(cast: Any) -> None:
    RoleTerm.objects.update(ends_on=date(2021, 1, 5))
    RoleTermFactory(
        cluster=cast.cluster, agency=cast.deputy, starts_on=date(2021, 1, 5), decision_number="02/BB-CTĐ"
    )
    RoleTermFactory(
        cluster=cast.cluster, agency=cast.member, role=Role.DEPUTY, starts_on=date(2021, 1, 5), order=2
    )
    RoleTermFactory(
        cluster=cast.cluster, agency=cast.other, starts_on=date(2018, 1, 1), ends_on=date(2020, 1, 1)
    )
    answer = get(cast, cast.binh)
    assert [one["role"] for one in answer.context["rows"]] == ["Cụm trưởng", "Cụm phó", "", ""]
    assert [(row["title"], row["end"]) for row in answer.context["terms"]] == [
        ("Cụm trưởng: Cục Quản lý thị trường tỉnh", True),
        ("Cụm phó thứ 2: Cục Thống kê tỉnh", True),
        ("Cụm trưởng: Ngân hàng Nhà nước Chi nhánh tỉnh", False),
        ("Cụm phó: Cục Quản lý thị trường tỉnh", False),
    ]
    assert "02/BB-CTĐ" in text(answer)
    assert "Từ 01/01/2020, đến trước 05/01/2021" in text(answer)


def test_a_page_about_2020_shows_the_names_of_2020(cast: Any) -> None:
    AgencyName.objects.filter(agency=cast.other).update(valid_to=date(2025, 6, 1))
    AgencyNameFactory(agency=cast.other, name="Bảo hiểm xã hội khu vực", valid_from=date(2025, 6, 1))
    page = text(get(cast, cast.chi))
    assert "Bảo hiểm xã hội tỉnh" in page
    assert "Bảo hiểm xã hội khu vực" not in page


def test_who_joined_or_left_within_the_year(cast: Any) -> None:
    assert "Thời gian là thành viên" not in text(get(cast, cast.chi))
    Membership.objects.filter(agency=cast.other).update(joined_on=date(2020, 7, 1), left_on=date(2020, 10, 1))
    page = text(get(cast, cast.chi))
    assert "từ 01/07/2020, đến trước 01/10/2020" in page
    assert "Cả năm" in page


def test_papers_by_their_use(cast: Any) -> None:
    YearDirectiveFactory(
        year=cast.year, directive=DirectiveFactory(number="05-CT/TW", issued_on=date(2016, 5, 15))
    )
    YearDirectiveFactory(
        year=cast.year,
        use=DirectiveUse.NEXT_YEAR,
        directive=DirectiveFactory(number="30-CT/TU", issued_on=None),
    )
    page = text(get(cast, cast.chi))
    assert "Văn bản: Đã thực hiện trong năm" in page
    assert "Chỉ thị 05-CT/TW</b> ngày 15/05/2016" in page
    assert "Văn bản: Tiếp tục thực hiện năm sau" in page
    assert "30-CT/TU" in page


def test_an_empty_year_says_who_fills_it(cast: Any) -> None:
    empty = ClusterYearFactory(cluster=cast.cluster, label="2022")
    RoleTerm.objects.update(ends_on=None)
    page = text(cast.client(cast.an).get(cast.url("member_list", year=empty)))
    assert "Năm này chưa có đơn vị thành viên" in page


def test_everybody_inside_and_nobody_else(cast: Any) -> None:
    for user in (cast.an, cast.binh, cast.chi, cast.lan, cast.officer, cast.observer):
        assert get(cast, user).status_code == 200
    assert get(cast, cast.dung).status_code == 404
    assert cast.client().get(cast.url("member_list")).status_code == 302
    assert cast.client(cast.an).post(cast.url("member_list")).status_code == 405


# -- as of a day ---------------------------------------------------------------------------------
def on(cast: Any, day: str, user: Any = None) -> Any:
    return cast.client(user or cast.chi).get(cast.url("member_list"), {"ngay": day})


def test_members_are_counted_on_the_day(cast: Any) -> None:
    leave(SYSTEM, cast.year.pk, cast.other.pk, MIDDLE, reason="x")
    join(SYSTEM, cast.year.pk, NewAgency("Sở Mới tỉnh", "Sở Mới"), date(2020, 9, 1), reason="x")
    for day, count, names in (
        ("30/6/2020", "04", {"Bảo hiểm xã hội tỉnh"}),
        ("1/7/2020", "03", set()),
        ("31/12/2020", "04", {"Sở Mới tỉnh"}),
    ):
        answer = on(cast, day)
        found = {one["row"].name for one in answer.context["rows"]}
        assert f"{count} đơn vị thành viên ngày" in text(answer), day
        assert found - {"Ngân hàng Nhà nước Chi nhánh tỉnh", "Cục Quản lý thị trường tỉnh"} == {
            "Cục Thống kê tỉnh", *names,
        }  # fmt: skip
    assert "Là thành viên đến trước 01/07/2020" in text(on(cast, "1/7/2020"))
    assert "04 đơn vị thành viên ngày 31/12/2020" in text(get(cast, cast.chi)), (
        "the year's end is the usual day"
    )


def test_names_and_roles_are_those_of_the_day(cast: Any) -> None:
    reorganise(
        SYSTEM,
        Succession(
            "merge", (cast.chair.pk,), (NewAgency("Ngân hàng Khu vực", "NHNN khu vực"),), MIDDLE, "1/QĐ"
        ),
    )
    before, after = on(cast, "30/6/2020"), on(cast, "1/7/2020")
    assert next((one["row"].name, one["role"]) for one in before.context["rows"]) == (
        "Ngân hàng Nhà nước Chi nhánh tỉnh", "Cụm trưởng",
    )  # fmt: skip
    assert next((one["row"].name, one["role"]) for one in after.context["rows"]) == (
        "Ngân hàng Khu vực", "Cụm trưởng",
    )  # fmt: skip
    assert "Kế thừa Ngân hàng Nhà nước từ ngày 01/07/2020" in text(after)
    assert "NHNN khu vực kế thừa từ ngày 01/07/2020" in text(after)


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("31/2/2020", "Không có ngày 31/02/2020"),
        ("hôm qua", "Không hiểu"),
        ("1/1/2021", "Ngày phải nằm trong năm 2020: từ 01/01/2020 đến 31/12/2020."),
    ],
)
def test_a_bad_day_is_told_and_kept(cast: Any, typed: str, sentence: str) -> None:
    answer = on(cast, typed)
    page = text(answer)
    assert sentence in page
    assert f'value="{typed}"' in page
    assert "04 đơn vị thành viên ngày 31/12/2020" in page


def test_today_is_the_day_while_the_year_runs(cast: Any) -> None:
    with time_machine.travel(datetime(2020, 5, 4, 3, tzinfo=UTC), tick=False):
        cast.new_session(cast.chi)
        assert get(cast, cast.chi).context["day"] == date(2020, 5, 4)


# -- clusters around -----------------------------------------------------------------------------
def test_clusters_inside_with_their_chair_linked_for_who_may_open_them(cast: Any) -> None:
    child = ClusterFactory(name="Khối Nội chính", parent=cast.cluster)
    year = ClusterYearFactory(cluster=child, label="2021")
    head = MembershipFactory(year=year, agency__name="Công an tỉnh", order=1).agency
    RoleTermFactory(cluster=child, agency=head)
    above = ClusterFactory(name="Cụm lớn")
    cast.cluster.parent = above
    cast.cluster.save()
    every = OfficerFactory(user__username="moi-cum").user
    page = text(get(cast, cast.chi))
    assert "Khối Nội chính" in page
    assert "Cụm trưởng hiện nay: Công an" in page
    assert "năm 2021: 1 đơn vị" in page
    assert f'href="{year_url(child, year)}"' not in page
    assert f'href="{year_url(child, year)}"' in text(get(cast, every))
    assert [(row.name, row.is_parent) for row in get(cast, cast.chi).context["nearby"]] == [
        ("Cụm lớn", True), ("Khối Nội chính", False),
    ]  # fmt: skip


def year_url(cluster: Any, year: Any) -> str:
    return reverse("member_list", kwargs={"cluster": cluster.slug, "label": year.label})


@pytest.mark.parametrize("number", [1, 3])
def test_the_page_costs_twelve_queries(cast: Any, number: int, django_assert_num_queries: Any) -> None:
    for place in range(number):
        after = MembershipFactory(year=cast.year, order=10 + place, joined_on=MIDDLE).agency
        AgencyLink.objects.create(predecessor=cast.other, successor=after, on=MIDDLE, kind="split")
        ClusterYearFactory(cluster=ClusterFactory(parent=cast.cluster))
        YearDirectiveFactory(year=cast.year, order=place)
        RoleTermFactory(
            cluster=cast.cluster,
            agency=cast.other,
            starts_on=date(2021 + place, 1, 1),
            ends_on=date(2022 + place, 1, 1),
        )
    get(cast, cast.chi)
    with django_assert_num_queries(12):
        get(cast, cast.chi)
