"""Each rule that the database keeps for rankings, broken by name."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from tests.factories import AgencyFactory, RankingEntryFactory, RankingFactory
from tests.support.constraints import assert_refused

pytestmark = pytest.mark.django_db


def same_revision() -> Any:
    return RankingFactory.build(year=RankingFactory().year)


def method() -> Any:
    return RankingFactory.build(year=RankingFactory().year, revision=2, method="dice")


def correction_without_reason() -> Any:
    return RankingFactory.build(year=RankingFactory().year, revision=2, reason="")


def agency_twice() -> Any:
    first = RankingEntryFactory()
    return RankingEntryFactory.build(ranking=first.ranking, agency=first.agency)


def rank_zero() -> Any:
    return RankingEntryFactory.build(ranking=RankingFactory(), agency=AgencyFactory(), rank=0)


def negative_points() -> Any:
    return RankingEntryFactory.build(ranking=RankingFactory(), agency=AgencyFactory(), points=Decimal("-0.5"))


CASES = {
    "ranking_revision": (same_revision, ""),
    "ranking_method": (method, "Giá trị không nằm trong danh sách cho phép."),
    "ranking_reason": (correction_without_reason, "Sửa bảng xếp hạng phải ghi lý do."),
    "rankingentry_once": (agency_twice, ""),
    "rankingentry_rank": (rank_zero, "Hạng bắt đầu từ 1."),
    "rankingentry_points": (negative_points, "Điểm không thể âm."),
}


@pytest.mark.parametrize("name", CASES)
def test_the_database_refuses(name: str) -> None:
    make, message = CASES[name]
    assert_refused(make(), name, message)


def test_an_agency_may_stand_without_rank_points_and_votes() -> None:
    entry = RankingEntryFactory()
    assert (entry.rank, entry.points, entry.votes) == (None, None, None)


def test_several_may_share_a_rank() -> None:
    ranking = RankingFactory()
    for _number in range(2):
        RankingEntryFactory(ranking=ranking, agency=AgencyFactory(), rank=1)
    assert ranking.entries.filter(rank=1).count() == 2


def test_points_are_kept_exactly() -> None:
    entry = RankingEntryFactory(points=Decimal("96.0001"))
    entry.refresh_from_db()
    assert entry.points == Decimal("96.0001")


def test_rows_say_what_they_are() -> None:
    entry = RankingEntryFactory()
    assert str(entry.ranking) == "#1"
    assert str(entry) == f"{entry.ranking_id}/{entry.agency_id}"
