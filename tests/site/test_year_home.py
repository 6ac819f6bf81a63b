"""Tổng quan: where the year stands, what each person has to do, what it comes to."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import pytest
import time_machine

from members.enums import PhaseKind
from movements.enums import Precision
from tests.factories import (
    ActivityFactory,
    ConferenceFactory,
    ContributionFactory,
    ElectionResultFactory,
    GoodsFactory,
    MovementFactory,
    RankingEntryFactory,
    RankingFactory,
)
from tests.factories.scoring import make_table

pytestmark = pytest.mark.django_db


def home(cast: Any, user: Any) -> str:
    """The page as text without tags."""
    answer = cast.client(user).get(cast.url("year_home"))
    assert answer.status_code == 200
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def test_the_steps_and_the_day_left(cast: Any) -> None:
    cast.year.phases.filter(kind=PhaseKind.CARRY_OUT).update(planned_to=date(2020, 11, 30))
    for moment, words in (
        ("2020-11-26T03:00:00+07:00", "còn 4 ngày"),
        ("2020-11-30T23:59:00+07:00", "hạn hôm nay"),
        ("2020-12-02T00:00:00+07:00", "quá hạn 2 ngày"),
    ):
        with time_machine.travel(moment):
            page = home(cast, cast.new_session(cast.chi))
        assert "Bước 3/7: Thực hiện" in page
        assert words in page


def test_a_clerk_sees_the_own_drafts_and_what_was_returned_with_its_reason(cast: Any) -> None:
    ActivityFactory(year=cast.year, agency=cast.member)
    ActivityFactory(year=cast.year, agency=cast.member, returned=True, title="Thăm bà mẹ Việt Nam anh hùng")
    ActivityFactory(year=cast.year, agency=cast.other, returned=True, title="Của đơn vị khác")
    page = home(cast, cast.chi)
    assert "Việc cần làm (2)" in page
    assert "Sửa và gửi lại: Thăm bà mẹ Việt Nam anh hùng" in page
    assert "Thiếu minh chứng." in page
    assert "Gửi 1 hoạt động còn là nháp" in page
    assert "Của đơn vị khác" not in page


def test_chair_and_deputy_are_asked_to_confirm_what_is_theirs_to_judge(cast: Any) -> None:
    for agency in (cast.member, cast.other, cast.chair, cast.deputy):
        ActivityFactory(year=cast.year, agency=agency, submitted=True)
    ActivityFactory(year=cast.year, agency=None, scope="cluster", submitted=True)
    assert "Xác nhận 3 hoạt động đã gửi" in home(cast, cast.an)
    assert "Xác nhận 2 hoạt động đã gửi" in home(cast, cast.binh)
    for user in (cast.chi, cast.officer, cast.observer):
        assert "hoạt động đã gửi" not in home(cast, user)


def test_doubtful_figures_and_loose_days_are_told_until_they_are_settled(cast: Any) -> None:
    activity = ActivityFactory(
        year=cast.year,
        agency=cast.member,
        precision=Precision.YEAR,
        starts_on=date(2020, 1, 1),
        ends_on=date(2020, 12, 31),
    )
    whole = ContributionFactory(activity=activity, value=580_000_000, value_qualifier="over")
    part = ContributionFactory(activity=activity, value=100_000_000, part_of=whole, part_state="unknown")
    page = home(cast, cast.chi)
    assert "Làm rõ 1 khoản đóng góp" in page
    assert "Ghi rõ ngày cho 1 hoạt động" in page
    assert "trên 580.000.000" in page
    assert "Chưa cộng 1 khoản" in page.replace("chưa", "Chưa")
    part.part_state = "not_included"
    part.save()
    page = home(cast, cast.chi)
    assert "trên 680.000.000" in page
    assert "Làm rõ" not in page


def test_a_member_sees_its_own_sums_and_the_chair_the_clusters_counted_once(cast: Any) -> None:
    joint = ActivityFactory(year=cast.year, agency=cast.member, confirmed=True)
    GoodsFactory(activity=joint, by=[cast.member, cast.other, "Văn phòng HĐND tỉnh"])
    GoodsFactory(activity=ActivityFactory(year=cast.year, agency=cast.other, confirmed=True))
    assert "3.000" in home(cast, cast.chi)
    assert "6.000" in home(cast, cast.an)
    assert "1 khoản phối hợp" in home(cast, cast.an)


def test_others_drafts_are_in_no_sum_and_no_list(cast: Any) -> None:
    draft = ActivityFactory(year=cast.year, agency=cast.other, title="Nháp của người khác")
    ContributionFactory(activity=draft, value=77_000_000)
    for user in (cast.an, cast.binh, cast.chi, cast.officer):
        page = home(cast, user)
        assert "Nháp của người khác" not in page
        assert "77.000.000" not in page


def test_the_chair_is_told_what_keeps_the_step_from_closing(cast: Any) -> None:
    cast.go(PhaseKind.DELIBERATE)
    assert "Chưa ghi kết quả xếp hạng" in home(cast, cast.an)
    assert "Chưa ghi kết quả xếp hạng" not in home(cast, cast.chi)
    RankingEntryFactory(ranking=RankingFactory(year=cast.year), agency=cast.chair, rank=1)
    ElectionResultFactory(conference=ConferenceFactory(year=cast.year), agency=cast.deputy)
    assert "Bước “Bình xét” đã đủ điều kiện để đóng" in home(cast, cast.an)


@pytest.mark.parametrize("rows", [1, 3])
@pytest.mark.parametrize(("who", "queries"), [("chi", 15), ("an", 16)])
def test_the_same_queries_for_one_row_and_for_three(
    cast: Any, django_assert_num_queries: Any, who: str, queries: int, rows: int
) -> None:
    for _number in range(rows):
        activity = ActivityFactory(
            year=cast.year, agency=cast.member, returned=True, movement=MovementFactory(year=cast.year)
        )
        ContributionFactory.create_batch(rows, activity=activity)
        ActivityFactory(year=cast.year, agency=cast.other, submitted=True)
    client = cast.client(getattr(cast, who))
    with django_assert_num_queries(queries):
        assert client.get(cast.url("year_home")).status_code == 200


def test_the_home_page_asks_for_the_score_sheet(cast: Any) -> None:
    make_table(cast.year)
    cast.go(PhaseKind.SELF_SCORE)
    page = cast.client(cast.chi).get(cast.url("year_home")).content.decode()
    assert "Tự chấm và gửi bảng chấm điểm" in page
    assert cast.url("sheet", agency=cast.member.pk) in page
