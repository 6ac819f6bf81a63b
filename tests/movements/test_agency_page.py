"""The page of an agency: names through time, roles, and its own view of what was given."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from members.enums import Role
from members.models import AgencyLink, RoleTerm
from movements.enums import ActivityScope
from movements.models import ActivityPartner
from tests.factories import (
    ActivityFactory,
    AgencyFactory,
    AgencyNameFactory,
    ClusterYearFactory,
    ContributionFactory,
    EvidenceFactory,
    GoodsFactory,
    MembershipFactory,
    MovementFactory,
    RoleTermFactory,
)

pytestmark = pytest.mark.django_db


def get(cast: Any, user: Any, agency: Any) -> Any:
    return cast.client(user).get(cast.url("agency_detail", pk=agency.pk))


def text(answer: Any) -> str:
    assert answer.status_code == 200
    return " ".join(str(answer.content.decode()).split())


def test_the_name_of_the_year_and_the_ones_before_and_after(cast: Any) -> None:
    cast.deputy.names.update(valid_to=date(2021, 7, 1))
    AgencyNameFactory(agency=cast.deputy, name="Chi cục Quản lý thị trường", valid_from=date(2021, 7, 1))
    before, after = AgencyFactory(name="Chi cục cũ"), AgencyFactory(name="Chi cục mới")
    AgencyLink.objects.create(predecessor=before, successor=cast.deputy, on=date(2018, 10, 11), basis="QĐ 34")
    AgencyLink.objects.create(predecessor=cast.deputy, successor=after, on=date(2025, 7, 1))
    answer = get(cast, cast.chi, cast.deputy)
    page = text(answer)
    assert answer.context["name"] == "Cục Quản lý thị trường tỉnh"
    for words in (
        "Đến trước 01/07/2021", "Chi cục Quản lý thị trường", "Từ 01/07/2021", "Kế thừa Chi cục cũ từ 11/10/2018",
        "QĐ 34", "Chi cục mới kế thừa từ 01/07/2025", "Cụm phó",
    ):  # fmt: skip
        assert words in page


def test_an_agency_whose_names_all_lie_elsewhere_in_time(cast: Any) -> None:
    cast.other.names.update(valid_from=date(2025, 7, 1))
    assert get(cast, cast.chi, cast.other).context["name"] == "Bảo hiểm xã hội tỉnh"
    cast.other.names.all().delete()
    assert get(cast, cast.chi, cast.other).context["name"] == "?"


def test_terms_in_time_and_the_role_of_the_year(cast: Any) -> None:
    RoleTerm.objects.filter(agency=cast.deputy).update(ends_on=date(2021, 1, 5))
    RoleTermFactory(
        cluster=cast.cluster,
        agency=cast.deputy,
        role=Role.CHAIR,
        starts_on=date(2021, 1, 5),
        decision_number="01/BB",
    )
    answer = get(cast, cast.chi, cast.deputy)
    assert answer.context["roles"] == ["Cụm phó"]
    assert [(row["title"], row["end"]) for row in answer.context["terms"]] == [
        ("Cụm trưởng", True),
        ("Cụm phó", False),
    ]
    assert "01/BB" in text(answer)


def test_joint_gifts_stand_in_each_givers_view(cast: Any) -> None:
    activity = ActivityFactory(year=cast.year, agency=cast.chair, confirmed=True, title="Xây nhà")
    ContributionFactory(activity=activity, value=80_000_000, by=[cast.chair, cast.deputy])
    ContributionFactory(activity=activity, value=5_000_000, by=[cast.chair])
    GoodsFactory(activity=activity, quantity=Decimal(7), by=[cast.deputy, "Văn phòng HĐND tỉnh"])
    chair, deputy = get(cast, cast.chi, cast.chair), get(cast, cast.chi, cast.deputy)
    assert [str(one) for one in chair.context["sums"].figures] == ["85.000.000 ₫"]
    assert [str(one) for one in deputy.context["sums"].figures] == ["80.000.000 ₫", "7 chiếc"]
    assert "Xây nhà" in text(deputy)
    assert "phối hợp Ngân hàng Nhà nước" in text(deputy)
    assert "phối hợp Văn phòng HĐND tỉnh" in text(deputy)
    assert "phối hợp Cục Quản lý thị trường" in text(chair)
    assert "Gồm 1 khoản phối hợp" in text(chair)
    assert "Khẩu trang y tế" in text(deputy)
    assert get(cast, cast.chi, cast.member).context["sums"].gifts == 0


def test_a_doubtful_part_is_named(cast: Any) -> None:
    activity = ActivityFactory(year=cast.year, agency=cast.member, confirmed=True)
    whole = ContributionFactory(activity=activity, value=580_000_000, value_qualifier="over")
    ContributionFactory(activity=activity, part_of=whole, part_state="unknown")
    page = text(get(cast, cast.chi, cast.member))
    assert "Chưa cộng 1 khoản chưa rõ có gồm trong số tổng: 10.000.000" in page


def test_drafts_of_an_agency_are_not_in_what_others_see(cast: Any) -> None:
    ContributionFactory(activity=ActivityFactory(year=cast.year, agency=cast.member, title="Nháp kín"))
    for user, gifts in ((cast.chi, 1), (cast.an, 0), (cast.officer, 0)):
        answer = get(cast, user, cast.member)
        assert answer.context["sums"].gifts == gifts
        assert ("Nháp kín" in text(answer)) == bool(gifts)


def test_a_partner_sees_the_joint_activity_on_its_page(cast: Any) -> None:
    activity = ActivityFactory(year=cast.year, agency=cast.chair, confirmed=True, scope=ActivityScope.JOINT)
    ActivityPartner.objects.create(activity=activity, agency=cast.other)
    assert [row.pk for row in get(cast, cast.an, cast.other).context["rows"]] == [activity.pk]


def test_a_former_member_still_has_a_page_and_strangers_none(cast: Any) -> None:
    earlier = ClusterYearFactory(cluster=cast.cluster, label="2019")
    former = MembershipFactory(year=earlier, order=1).agency
    answer = get(cast, cast.an, former)
    assert answer.context["years"] == ["2019"]
    assert answer.context["more_url"] == ""
    assert "Chưa từng là Cụm trưởng, Cụm phó" in text(answer)
    for agency in (AgencyFactory(), MembershipFactory().agency):
        assert get(cast, cast.an, agency).status_code == 404
    for pk in (10**9, 10**20):
        assert cast.client(cast.an).get(cast.url("agency_detail", pk=pk)).status_code == 404
    assert cast.client(cast.dung).get(cast.url("agency_detail", pk=cast.member.pk)).status_code == 404


def test_many_activities_are_counted_and_lead_to_the_list(cast: Any, monkeypatch: Any) -> None:
    from movements.views import agency

    monkeypatch.setattr(agency, "ACTIVITIES_SHOWN", 1)
    for _number in range(2):
        ActivityFactory(year=cast.year, agency=cast.member, confirmed=True)
    answer = get(cast, cast.an, cast.member)
    assert (len(answer.context["rows"]), answer.context["number"]) == (1, 2)
    assert f"?don_vi={cast.member.pk}" in text(answer)


@pytest.mark.parametrize("number", [1, 3])
def test_the_page_costs_twenty_queries(cast: Any, number: int, django_assert_num_queries: Any) -> None:
    for place in range(number):
        activity = ActivityFactory(
            year=cast.year, agency=cast.member, confirmed=True, movement=MovementFactory(year=cast.year)
        )
        ContributionFactory(activity=activity, by=[cast.member, cast.other])
        EvidenceFactory(activity=activity)
        AgencyLink.objects.create(predecessor=AgencyFactory(), successor=cast.member, on=date(2018, 1, 1))
        RoleTermFactory(
            cluster=cast.cluster,
            agency=cast.member,
            starts_on=date(2010 + place, 1, 1),
            ends_on=date(2011 + place, 1, 1),
        )
    get(cast, cast.chi, cast.member)
    with django_assert_num_queries(20):
        get(cast, cast.chi, cast.member)
