"""A year collected from the tables: what goes in, what stays out, how many queries."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from members.enums import Basis, Role
from members.models import AgencyName, Charter, RoleTerm
from movements.enums import ActivityScope, PartState
from movements.models import Activity, ActivityPartner
from publishing.domain.build import collect, next_label
from publishing.domain.canonical import canonical_bytes, parse
from publishing.domain.release import draft
from tests.factories import (
    ActivityFactory,
    AgencyFactory,
    AgencyNameFactory,
    ClusterYearFactory,
    ContributionFactory,
    DirectiveFactory,
    MembershipFactory,
    MovementFactory,
    ParticipationFactory,
    RankingEntryFactory,
    RankingFactory,
    RoleTermFactory,
    YearDirectiveFactory,
    YearTextFactory,
)

QUERIES = 20


def test_it_holds_every_fact_of_the_article(story: Any) -> None:
    data = collect(story.year)
    assert data["cluster"]["name"] == "Cụm thi đua các cơ quan Trung ương đóng trên địa bàn tỉnh Lạng Sơn"
    assert [row["agency"] for row in data["members"]] == list(story.agencies)
    assert [(row["agency"], row["role"]) for row in data["members"][:2]] == [
        ("ngan-hang", "chair"), ("quan-ly-thi-truong", "deputy"),
    ]  # fmt: skip
    assert data["conference"]["held_on"] == "2021-01-05"
    assert data["conference"]["present"] == list(story.agencies)
    assert [guest["office"][:15] for guest in data["conference"]["guests"]] == [
        "Đại diện lãnh đ",
        "Thành viên Hội ",
    ]
    assert [(entry["agency"], entry["rank"]) for entry in data["ranking"]["entries"]] == [
        ("ngan-hang", 1), ("quan-ly-thi-truong", 2), ("bao-hiem", 3),
    ]  # fmt: skip
    assert data["next"] == {
        "label": "2021", "basis": "elected", "chair": "quan-ly-thi-truong", "deputies": ["thong-ke"],
    }  # fmt: skip
    assert [paper["number"] for paper in data["directives"]["carried_out"]] == ["05-CT/TW"]
    assert [paper["number"] for paper in data["directives"]["next_year"]] == ["34-CT/TW", "30-CT/TU"]
    assert data["totals"]["value"] == {"number": "580000000", "unit": "đồng", "qualifier": "over"}
    assert [(one["description"], one["number"], one["qualifier"]) for one in data["totals"]["goods"]] == [
        ("Suất quà", "200", "exact"), ("Khẩu trang y tế", "28500", "nearly"),
    ]  # fmt: skip
    assert len(data["totals"]["unknown"]) == 2  # 100 and 10 million; masks are no part of an amount of money


def test_a_gift_keeps_its_exact_figures_helpers_and_doubt(story: Any) -> None:
    gift = next(row for row in collect(story.year)["contributions"] if row["description"] == "Suất quà")
    assert gift["quantity"]["number"] == "200"
    assert gift["value"] == {"number": "100000000", "unit": "đồng", "qualifier": "exact", "words": ""}
    assert [giver["agency"] or giver["outside"] for giver in gift["contributors"]] == [
        "quan-ly-thi-truong", "Văn phòng HĐND tỉnh",
    ]  # fmt: skip
    assert gift["part_state"] == "unknown"
    assert gift["part_of"].endswith(story.total.key)


def test_it_can_be_frozen_and_read_back(story: Any) -> None:
    built = draft(story.year)
    assert parse(built.content) == built.data
    assert canonical_bytes(collect(story.year)) == built.content


@pytest.mark.parametrize("state", ["", "submitted", "returned"])
def test_only_confirmed_activities_go_in(story: Any, state: str) -> None:
    traits = {state: True} if state else {}
    activity = ActivityFactory(year=story.year, agency=story.agencies["thue"], title="Chưa xong", **traits)
    ContributionFactory(activity=activity)
    data = collect(story.year)
    assert "Chưa xong" not in [row["title"] for row in data["activities"]]
    assert len(data["contributions"]) == 6


def test_what_is_kept_out_of_the_summary_stays_out(story: Any) -> None:
    Activity.objects.filter(pk=story.masks.activity_id).update(in_summary=False)
    data = collect(story.year)
    assert len(data["contributions"]) == 5
    assert data["totals"]["goods"][1]["number"] == "7500"


def test_a_part_whose_whole_is_left_out_stands_on_its_own(story: Any) -> None:
    Activity.objects.filter(pk=story.total.activity_id).update(in_summary=False)
    data = collect(story.year)
    assert {row["part_of"] for row in data["contributions"]} == {""}
    assert {row["part_state"] for row in data["contributions"]} == {""}
    assert data["totals"]["value"]["number"] == "110000000"


def test_ranks_beyond_the_public_ones_and_their_points_stay_out(story: Any) -> None:
    RankingEntryFactory(ranking=story.ranking, agency=story.agencies["thue"], rank=4, points=Decimal("91.25"))
    RankingEntryFactory(ranking=story.ranking, agency=story.agencies["kho-bac"], points=Decimal("90"))
    frozen = draft(story.year).content.decode()
    assert "91.25" not in frozen
    assert '"90"' not in frozen


def test_the_charter_says_how_many_ranks_are_public(story: Any) -> None:
    Charter.objects.filter(year=story.year).update(data={"public_ranks": 1})
    assert [entry["rank"] for entry in collect(story.year)["ranking"]["entries"]] == [1]
    Charter.objects.filter(year=story.year).update(data={"public_ranks": 0})
    assert [entry["rank"] for entry in collect(story.year)["ranking"]["entries"]] == [1, 2, 3]


def test_the_newest_revision_counts_with_points_where_recorded(story: Any) -> None:
    newer = RankingFactory(year=story.year, revision=2)
    RankingEntryFactory(
        ranking=newer, agency=story.agencies["thue"], rank=1, points=Decimal("96.75"), votes=6
    )
    RankingEntryFactory(ranking=newer, agency=story.agencies["hai-quan"], rank=2)
    entries = collect(story.year)["ranking"]["entries"]
    assert [(row["agency"], row["points"], row["votes"]) for row in entries] == [
        ("thue", "96.75", 6), ("hai-quan", "", None),
    ]  # fmt: skip


def test_an_agency_stands_under_the_name_it_had_in_the_year(story: Any) -> None:
    bank = story.agencies["ngan-hang"]
    AgencyName.objects.filter(agency=bank).update(valid_to=date(2025, 3, 1))
    AgencyNameFactory(agency=bank, name="Ngân hàng Nhà nước Khu vực 5", valid_from=date(2025, 3, 1))
    data = collect(story.year)
    assert data["agencies"]["ngan-hang"]["name"] == "Ngân hàng Nhà nước Chi nhánh tỉnh Lạng Sơn"


def test_the_role_is_the_one_held_on_the_last_day(story: Any) -> None:
    """Who was chair until 10 January, and who took over on 5 January of next year, were not the chair of 2020."""
    cluster = story.year.cluster
    RoleTerm.objects.filter(cluster=cluster, role=Role.CHAIR).update(
        starts_on=date(2020, 1, 10), ends_on=date(2021, 1, 5)
    )
    RoleTermFactory(
        cluster=cluster, agency=story.agencies["thue"], starts_on=date(2019, 1, 10), ends_on=date(2020, 1, 10)
    )
    RoleTermFactory(cluster=cluster, agency=story.agencies["quan-ly-thi-truong"], starts_on=date(2021, 1, 5))
    roles = {row["agency"]: row["role"] for row in collect(story.year)["members"]}
    assert [agency for agency, role in roles.items() if role == "chair"] == ["ngan-hang"]


def test_a_chair_appointed_without_election_is_named_from_its_term(story: Any) -> None:
    story.conference.elected.all().delete()
    for role, code in ((Role.CHAIR, "thue"), (Role.DEPUTY, "hai-quan")):
        RoleTermFactory(
            cluster=story.year.cluster, agency=story.agencies[code], role=role, starts_on=date(2021, 1, 20),
            basis=Basis.APPOINTED,
        )  # fmt: skip
    assert collect(story.year)["next"] == {
        "label": "2021", "basis": "appointed", "chair": "thue", "deputies": ["hai-quan"],
    }  # fmt: skip


def test_partners_of_a_joint_activity_are_named(story: Any) -> None:
    activity = ActivityFactory(
        year=story.year, agency=story.agencies["thue"], scope=ActivityScope.JOINT, confirmed=True
    )
    ActivityPartner.objects.create(activity=activity, agency=story.agencies["hai-quan"])
    found = next(row for row in collect(story.year)["activities"] if row["key"] == activity.key)
    assert (found["agency"], found["partners"]) == ("thue", ["hai-quan"])


def test_no_account_stands_in_frozen_data(story: Any) -> None:
    Activity.objects.filter(year=story.year).update(edited_by=story.chair_clerk)
    assert "thu-ky" not in draft(story.year).content.decode()


@pytest.mark.parametrize(("label", "following"), [("2020", "2021"), ("2012-2013", "2013-2014")])
def test_the_label_of_the_next_year(label: str, following: str) -> None:
    assert next_label(label) == following


def test_a_year_with_nothing_in_it(db: None) -> None:
    data = collect(ClusterYearFactory(label="2012-2013"))
    assert (data["members"], data["conference"], data["ranking"], data["next"]) == ([], None, None, None)
    assert data["totals"] == {"value": None, "goods": [], "unknown": [], "agencies": []}
    assert canonical_bytes(data)


def fill(story: Any, times: int) -> None:
    """Some more of every kind of row."""
    year = story.year
    for _ in range(times):
        agency = AgencyFactory()
        MembershipFactory(year=year, agency=agency)
        movement = MovementFactory(year=year)
        ParticipationFactory(movement=movement, agency=agency)
        movement.directives.add(DirectiveFactory())
        activity = ActivityFactory(
            year=year, agency=agency, movement=movement, confirmed=True, scope=ActivityScope.JOINT
        )
        ActivityPartner.objects.create(activity=activity, agency=story.agencies["thue"])
        whole = ContributionFactory(activity=activity)
        ContributionFactory(activity=activity, part_of=whole, part_state=PartState.INCLUDED)
        YearDirectiveFactory(year=year, order=5)
        YearTextFactory(year=year)


def test_the_number_of_queries_does_not_depend_on_the_number_of_rows(
    story: Any, django_assert_num_queries: Any
) -> None:
    fill(story, 1)
    with django_assert_num_queries(QUERIES):
        collect(story.year)
    fill(story, 3)
    with django_assert_num_queries(QUERIES):
        collect(story.year)
