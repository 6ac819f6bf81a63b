"""Ranks from points: ties by the charter, grades with quotas, reasons that add up, departures told."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from members.enums import PhaseKind
from members.models import Charter
from scoring.domain.bands import Grade, barred_labels, grade, seats
from scoring.domain.ranking import Standing, combined, departing, rank
from scoring.domain.shapes import DOWN_ONE, LOWEST, NOT_ABOVE, NOT_GRADE, Sanction
from scoring.models import Adjustment, Ranking, RankingEntry, ScoreEntry
from scoring.results import ranked, year_result
from scoring.why import Kept, compared_with, differences, share_words
from tests.factories import ClusterYearFactory, MembershipFactory
from tests.factories.scoring import MOMENT, make_sheet, make_table

pytestmark = pytest.mark.django_db
D = Decimal
TABLE = (
    ("A", "Nhiệm vụ chuyên môn", "section", "60"),
    ("A.1", "Chỉ tiêu", "direct", "60"),
    ("B", "Thi đua", "section", "40"),
    ("B.1", "Phong trào", "direct", "40"),
    ("C", "Điểm thưởng", "section", "10", {"part": "bonus"}),
    ("C.1", "Sáng kiến", "bonus", "10", {"part": "bonus", "params": {"each": "1"}}),
)


def points_of(a: str, b: str, bonus: str = "0") -> dict[str, dict[str, str]]:
    return {"A.1": {"points": a}, "B.1": {"points": b}, "C.1": {"count": bonus}}


@pytest.fixture
def scored(cast: Any) -> Any:
    """Four verified sheets: 97 with bonus, 97 without, 90, and one draft."""
    cast.go(PhaseKind.DELIBERATE)
    cast.table = make_table(cast.year, TABLE)
    for agency, facts in zip(
        cast.agencies,
        (points_of("58", "39"), points_of("57", "37", "3"), points_of("55.5", "34.5")),
        strict=False,
    ):
        make_sheet(cast.table, agency, facts, state="verified")
    make_sheet(cast.table, cast.other, points_of("60", "40", "9"))
    return cast


def rules(cast: Any, **data: Any) -> None:
    Charter.objects.filter(year=cast.year).update(data=data)


def posted(cast: Any, **more: str) -> dict[str, str]:
    data = {"method": "score", "decided_on": "", "note": "", "base": "0"}
    for agency in cast.agencies:
        data |= {f"{agency.pk}-{name}": "" for name in ("rank", "points", "votes", "note")}
    return data | more


def places(cast: Any) -> dict[str, int | None]:
    return {one.row.member.code: one.placed.rank for one in ranked(year_result(cast.year))}


def record(cast: Any, **ranks: str) -> Any:
    """Fetch the totals into the form, then send what the form then holds."""
    client, url = cast.client(cast.an), cast.url("ranking_edit")
    page = client.post(url, posted(cast, fetch="1"))
    assert page.status_code == 200
    lines = {
        f"{line.prefix}-{name}": line[name].value() or ""
        for line in page.context["lines"]
        for name in line.fields
    }
    return client.post(url, posted(cast) | lines | ranks, follow=True)


def test_points_come_from_the_totals_and_ties_from_the_charter(scored: Any) -> None:
    cast = scored
    assert places(cast) == {"ngan-hang": 1, "thi-truong": 1, "thong-ke": 3, "bao-hiem": None}
    rules(cast, tie_break=["bonus"])
    assert places(cast) == {"ngan-hang": 2, "thi-truong": 1, "thong-ke": 3, "bao-hiem": None}
    rules(cast, tie_break=["section:B", "bonus"])
    assert places(cast)["ngan-hang"] == 1
    rules(cast, missing_sheet="zero")
    assert places(cast)["bao-hiem"] == 4
    rules(cast, ranks="dense")
    assert places(cast)["thong-ke"] == 2


def test_a_recorded_ranking_keeps_its_reasons_and_they_add_up(scored: Any) -> None:
    cast = scored
    rules(cast, tie_break=["bonus"], bands=[
        {"label": "Xuất sắc", "at_least": "90", "share": 25}, {"label": "Tốt", "at_least": "80", "share": None},
    ], quotas=[{"award": "Cờ thi đua", "number": 1, "share": None, "of": "members"}])  # fmt: skip
    page = record(cast).content.decode()
    stored = {row.agency_id: row for row in RankingEntry.objects.all()}
    assert {pk: (row.rank, row.points, row.grade) for pk, row in stored.items()} == {
        cast.chair.pk: (2, D(97), "Tốt"), cast.deputy.pk: (1, D(97), "Xuất sắc"), cast.member.pk: (3, D(90), "Tốt"),
        cast.other.pk: (None, None, ""),
    }  # fmt: skip
    for row in stored.values():
        if row.rank:
            assert sum(D(part["points"]) for part in row.why["parts"]) == row.points
    assert "Bằng điểm với Ngân hàng Nhà nước; xét theo “Điểm thưởng cao hơn”" in page
    assert "25 % của 4 = 1 → 1" in page
    assert "Đủ điểm loại Xuất sắc nhưng hết chỉ tiêu" in page
    assert "kém hạng Nhất 7,00 điểm" in page
    assert "Điểm chưa đạt, theo phần" in page
    assert "Đang đóng băng" in page
    assert "Cờ thi đua" in page
    lines = [
        Kept(pk, str(pk), row.rank, False, row.points, None, row.grade, row.why) for pk, row in stored.items()
    ]
    lines.sort(key=lambda line: line.rank or 99)
    for line in lines[:3]:
        other = compared_with(line, lines)
        gaps = [one.gap for one in differences(line, other)]
        assert sum(gaps) == line.points - other.points


def test_a_departure_from_the_points_is_told(scored: Any) -> None:
    cast = scored
    page = record(
        cast, method="deliberation",
        **{f"{cast.chair.pk}-rank": "2", f"{cast.deputy.pk}-rank": "3", f"{cast.member.pk}-rank": "1"},
    ).content.decode()  # fmt: skip
    assert "Thứ hạng khác thứ tự theo điểm" in page
    assert "Cục Thống kê: theo điểm hạng 3, ghi hạng 1" in page
    assert "Theo điểm là hạng 3; kết quả ghi là hạng 1." in page
    cast.go(PhaseKind.PUBLISH)
    seen = cast.client(cast.chi).get(cast.url("ranking")).content.decode()
    assert "đóng băng" not in seen
    assert "Thứ hạng khác thứ tự theo điểm" in seen


def test_who_is_disqualified_has_no_rank(scored: Any) -> None:
    cast = scored
    Adjustment.objects.create(
        year=cast.year, agency=cast.deputy, kind="disqualified", ground="Lãnh đạo bị kỷ luật", state="approved",
        proposer=cast.member, proposed_at=MOMENT, decider=cast.chair, decided_at=MOMENT,
    )  # fmt: skip
    assert places(cast)["thi-truong"] is None
    answer = record(cast, **{f"{cast.deputy.pk}-rank": "3", f"{cast.deputy.pk}-points": "80"})
    assert answer.status_code == 422
    assert "Lãnh đạo bị kỷ luật" in answer.content.decode()
    assert not Ranking.objects.exists()


def test_ranks_move_against_the_year_before(scored: Any) -> None:
    cast = scored
    before = ClusterYearFactory(cluster=cast.cluster, label="2019")
    ranking = Ranking.objects.create(year=before, revision=1, method="vote")
    for place, agency in enumerate((cast.member, cast.chair, cast.deputy), 1):
        MembershipFactory(year=before, agency=agency, order=place)
        RankingEntry.objects.create(ranking=ranking, agency=agency, rank=place)
    rules(cast, tie_break=["previous_year"])
    page = record(cast).content.decode()
    assert "hạng 2 năm trước" in page
    assert "Tăng 1 bậc" in page
    assert "Giảm 2 bậc" in page


def test_points_typed_otherwise_are_told(scored: Any) -> None:
    page = record(
        scored, **{f"{scored.chair.pk}-points": "97,25", f"{scored.deputy.pk}-rank": "2"}
    ).content.decode()
    assert "97,25" in page
    assert "khác tổng điểm đã chấm 97,00" in page


@pytest.mark.parametrize("members", [1, 3])
def test_the_same_queries_with_reasons(scored: Any, django_assert_num_queries: Any, members: int) -> None:
    cast = scored
    record(cast)
    for agency in cast.agencies[members:]:
        cast.year.memberships.filter(agency=agency).delete()
        RankingEntry.objects.filter(agency=agency).delete()
    with django_assert_num_queries(11):
        assert cast.client(cast.an).get(cast.url("ranking")).status_code == 200


# -- pure -------------------------------------------------------------------------------------------------------
GRADES = [Grade("Xuất sắc", D(90), 1), Grade("Tốt", D(80)), Grade("Khá", D(65)), Grade("Yếu", D(0))]


@pytest.mark.parametrize(
    ("points", "unmet", "limits", "label"),
    [
        ("95", (), (), "Xuất sắc"),
        ("95", ("Xuất sắc",), (), "Tốt"),
        ("95", ("Tốt",), (), "Khá"),
        ("95", (), (Sanction(1, NOT_ABOVE, "Tốt"),), "Tốt"),
        ("95", (), (Sanction(1, NOT_GRADE, "Tốt"),), "Khá"),
        ("95", (), (Sanction(1, DOWN_ONE),), "Tốt"),
        ("70", (), (Sanction(1, DOWN_ONE),), "Yếu"),
        ("20", (), (Sanction(1, DOWN_ONE),), "Yếu"),
        ("95", (), (Sanction(2, LOWEST),), "Yếu"),
        ("95", ("Xuất sắc",), (Sanction(1, DOWN_ONE),), "Khá"),
        ("95", ("Không có loại này",), (Sanction(1, NOT_ABOVE, "Lạ"),), "Xuất sắc"),
    ],
)
def test_conditions_and_sanctions_hold_a_grade_down(
    points: str, unmet: tuple[str, ...], limits: tuple[Sanction, ...], label: str
) -> None:
    barred = {"a": barred_labels(D(points), GRADES, unmet=unmet, limits=limits)}
    assert grade([("a", D(points), 1)], GRADES, barred)[0].label == label


def test_those_at_the_border_stand_together() -> None:
    found = grade(
        [("a", D(95), 1), ("b", D(92), 2), ("c", D(92), 2)], [Grade("X", D(90), 2), Grade("T", D(0))]
    )
    assert [(one.label, one.border) for one in found] == [("X", False), ("T", True), ("T", True)]
    first, second = seats([("a", 1), ("b", 2), ("c", 2), ("d", 4)], [2, 1])
    assert (first.within, first.border, first.left) == (("a",), ("b", "c"), 1)
    assert (second.within, second.border) == (("d",), ())


def test_the_arithmetic_of_a_quota_is_shown() -> None:
    assert share_words(25, 7) == "25 % của 7 = 1,75 → 1"
    assert share_words(50, 4) == "50 % của 4 = 2 → 2"


decimals = st.decimals(min_value=0, max_value=100, places=2)


@given(
    rows=st.lists(st.tuples(st.none() | decimals, st.none() | st.integers(0, 5)), max_size=7),
    shortlist=st.integers(1, 4), dense=st.booleans(),
)  # fmt: skip
def test_a_shortlist_by_points_is_decided_by_votes(
    rows: list[tuple[Decimal | None, int | None]], shortlist: int, dense: bool
) -> None:
    """The slow way: on the list is who has fewer than N strictly above; there only votes count."""
    standings = [Standing(key, points) for key, (points, _votes) in enumerate(rows)]
    votes = {key: count for key, (_points, count) in enumerate(rows)}
    found = {
        one.key: one.rank for one in combined(standings, votes, "shortlist", shortlist=shortlist, dense=dense)
    }
    listed = [
        key for key, (points, count) in enumerate(rows)
        if points is not None and count is not None
        and sum(1 for other, _votes in rows if other is not None and other > points) < shortlist
    ]  # fmt: skip
    for key in range(len(rows)):
        if key not in listed:
            assert found[key] is None
            continue
        above = [votes[other] for other in listed if (votes[other] or 0) > (votes[key] or 0)]
        assert found[key] == 1 + (len(set(above)) if dense else len(above))


def test_departures_are_named() -> None:
    by_points = {one.key: one.rank for one in rank([Standing("a", 90), Standing("b", 80)])}
    assert departing({"a": 2, "b": 1}, by_points) == ["a", "b"]
    assert departing({"a": 1, "b": None}, by_points) == []


def test_figures_that_change_meanwhile_change_the_totals(scored: Any) -> None:
    ScoreEntry.objects.filter(line__sheet__agency=scored.chair, line__criterion__code="A.1").update(
        facts={"points": "60"}
    )
    assert places(scored)["ngan-hang"] == 1
    assert places(scored)["thi-truong"] == 2
