"""The members of a year as everybody inside sees them."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from members.enums import DirectiveUse, Role
from members.models import AgencyName, Membership, RoleTerm
from tests.factories import (
    AgencyNameFactory,
    ClusterYearFactory,
    DirectiveFactory,
    RoleTermFactory,
    YearDirectiveFactory,
)

pytestmark = pytest.mark.django_db


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
        ("Cụm phó (2): Cục Thống kê tỉnh", True),
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


@pytest.mark.parametrize("number", [1, 3])
def test_the_page_costs_nine_queries(cast: Any, number: int, django_assert_num_queries: Any) -> None:
    for place in range(number):
        YearDirectiveFactory(year=cast.year, order=place)
        RoleTermFactory(
            cluster=cast.cluster,
            agency=cast.other,
            starts_on=date(2021 + place, 1, 1),
            ends_on=date(2022 + place, 1, 1),
        )
    get(cast, cast.chi)
    with django_assert_num_queries(9):
        get(cast, cast.chi)
