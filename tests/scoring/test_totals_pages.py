"""The total board, its files, acts, the decisions about points, one's own standing today."""

from __future__ import annotations

import io
import json
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone
from docx import Document
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from core import audit
from members.enums import PhaseKind
from scoring.domain import acts, release
from scoring.models import Assignment, ScoreEntry, ScoreNotice, ScoreSheet, ScoringAct, YearScoring
from scoring.results import year_result
from tests.factories.scoring import SIMPLE, give, make_sheet, make_table

pytestmark = pytest.mark.django_db

ROWS = (*SIMPLE, ("II.4", "Số mô hình mới", "relative", "10", {"unit": "mô hình"}))
FULL = {
    "I.1": {"actual": "100", "target": "100"}, "I.2": {"level": "tot"}, "II.1": {"count": "10"},
    "II.2": {"count": "0"}, "II.3": {"points": "18"},
}  # fmt: skip


def with_models(actual: str, target: str = "10") -> dict[str, dict[str, str]]:
    return {**FULL, "II.4": {"actual": actual, "target": target}}


@pytest.fixture
def verified(cast: Any) -> Any:
    """Three members with verified sheets, one without; the year is at its verification."""
    cast.go(PhaseKind.VERIFY)
    cast.table = make_table(cast.year, ROWS)
    for agency, actual in ((cast.chair, "12"), (cast.deputy, "15"), (cast.member, "8")):
        sheet = make_sheet(cast.table, agency, with_models(actual), state="verified")
        judge = cast.deputy if agency == cast.chair else cast.chair
        give(sheet, with_models(actual), level="verify", scorer=judge)
    return cast


def ids(cast: Any) -> list[int]:
    return [cast.chair.pk, cast.deputy.pk, cast.member.pk]


# -- the act ----------------------------------------------------------------------------------------------------
def test_an_act_is_numbered_kept_and_not_repeated(verified: Any) -> None:
    cast, client = verified, verified.client(verified.an)
    url = cast.url("acts")
    page = client.get(url).content.decode()
    assert "Bảo hiểm xã hội" in page
    assert "Không xếp hạng" in page or "không xếp hạng" in page
    data = {"bang": [str(pk) for pk in ids(cast)], "note": "Phiên thẩm định"}
    answer = client.post(url, data, follow=True)
    assert "Đã tính điểm cụm lần 1" in answer.content.decode()
    act = ScoringAct.objects.get()
    assert act.included == sorted(["ngan-hang", "thi-truong", "thong-ke"])
    assert act.missing == ["bao-hiem"]
    assert act.results["II.4"]["thi-truong"]["points"] == "10"
    assert act.results["II.4"]["ngan-hang"]["points"] == "7"  # 5 + 0,2 / 0,5 × 5
    again = client.post(url, data, follow=True).content.decode()
    assert "Không có gì thay đổi từ lần 1" in again
    assert ScoringAct.objects.count() == 1
    shown = client.get(cast.url("act_detail", number=1)).content.decode()
    assert act.mark in shown
    assert "7,00" in shown
    assert client.get(cast.url("act_detail", number=9)).status_code == 404
    assert list(audit.verify(audit.cluster_chain(cast.cluster.pk))) == []


def test_a_later_figure_of_one_changes_the_others_and_is_told(verified: Any) -> None:
    cast = verified
    acts.run_act(cast.scope(cast.an), ids(cast))
    before = year_result(cast.year)
    ScoreEntry.objects.filter(
        line__sheet__agency=cast.deputy, line__criterion__code="II.4", level="verify"
    ).update(facts={"actual": "20", "target": "10"})
    page = cast.client(cast.an).get(cast.url("acts")).content.decode()
    assert "Số liệu đã đổi sau lần 1: tính lại" in page
    assert "20 / 10" in page
    waiting = year_result(cast.year)
    assert before.current
    assert not waiting.current
    assert waiting.rows[1].final.provisional  # its own figure is newer than the act
    act, is_new = acts.run_act(cast.scope(cast.an), ids(cast))
    assert (act.number, is_new) == (2, True)
    after = year_result(cast.year)
    assert after.rows[0].final.total < before.rows[0].final.total
    assert after.current


def test_an_act_refuses_with_a_sentence(verified: Any) -> None:
    cast, client = verified, verified.client(verified.an)
    for bang, sentence in (
        ([], "Chọn ít nhất một bảng"),
        ([str(cast.other.pk)], "đã gửi hoặc đã thẩm định"),
        (["9" * 40, "x"], "Chọn ít nhất một bảng"),
    ):
        answer = client.post(cast.url("acts"), {"bang": bang})
        assert answer.status_code == 422
        assert sentence in answer.content.decode()
    assert not ScoringAct.objects.exists()


def test_odd_units_are_warned_before_the_act(cast: Any) -> None:
    cast.go(PhaseKind.VERIFY)
    table = make_table(
        cast.year, [("I", "A", "section", "10"), ("I.1", "B", "relative", "10", {"unit": "%"})]
    )
    for agency, actual in zip(cast.agencies, ("90", "92", "0.9", "95"), strict=True):
        make_sheet(table, agency, {"I.1": {"actual": actual, "target": "90"}}, state="sent")
    page = cast.client(cast.an).get(cast.url("acts")).content.decode()
    assert "có phải ý là 90 %" in page


@given(order=st.permutations([0, 1, 2]))
@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_the_order_of_the_sheets_changes_nothing(verified: Any, order: list[int]) -> None:
    found = acts.board(verified.year)
    agencies = ids(verified)
    straight, mixed = acts.computed(found, agencies), acts.computed(found, [agencies[at] for at in order])
    assert straight == mixed
    assert acts.inputs_data(found, straight) == acts.inputs_data(found, mixed)


# -- who and when -----------------------------------------------------------------------------------------------
def test_who_sees_the_board_and_the_acts_and_when(verified: Any) -> None:
    cast = verified
    names = ("an", "binh", "chi", "officer", "observer", "dung")
    board = {name: cast.client(getattr(cast, name)).get(cast.url("board")).status_code for name in names}
    assert board == {"an": 200, "binh": 200, "chi": 403, "officer": 200, "observer": 200, "dung": 404}
    for name in ("board_xlsx", "board_docx", "board_json", "acts"):
        assert cast.client(cast.chi).get(cast.url(name)).status_code == 403
    for name in ("binh", "chi", "officer", "observer"):
        for url in ("acts", "board_release", "board_final", "board_reopen"):
            assert (
                cast.client(getattr(cast, name)).post(cast.url(url), {"bang": ids(cast)}).status_code == 403
            )
    cast.go(PhaseKind.LAUNCH)
    assert cast.client(cast.an).post(cast.url("acts"), {"bang": ids(cast)}).status_code == 403
    cast.go(PhaseKind.PUBLISH)
    page = cast.client(cast.chi).get(cast.url("board")).content.decode()
    assert (
        "Tự chấm" not in page.split("<main")[1].split("</main")[0]
    )  # figures others gave themselves stay closed
    plain = cast.client(cast.chi).get(cast.url("board_json")).json()
    assert plain["levels"] == []
    assert all(one["levels"] == {} for one in plain["agencies"])


def test_a_draft_is_nobody_elses(cast: Any) -> None:
    cast.go(PhaseKind.VERIFY)
    table = make_table(cast.year)
    make_sheet(table, cast.member, {"II.3": {"points": "17.5"}})
    client = cast.client(cast.an)
    assert "17,5" not in client.get(cast.url("board")).content.decode()
    assert client.get(cast.url("board_json")).json()["agencies"][2]["total"] is None


def test_without_a_table_the_pages_say_so(cast: Any) -> None:
    for name in ("board", "acts"):
        page = cast.client(cast.an).get(cast.url(name))
        assert page.status_code == 200
        assert "Chưa có bảng tiêu chí" in page.content.decode()
    assert cast.client(cast.an).get(cast.url("board_json")).json()["table"] is None


@pytest.mark.parametrize("members", [1, 3])
def test_the_same_queries_for_one_and_for_three(
    verified: Any, django_assert_num_queries: Any, members: int
) -> None:
    cast = verified
    for agency in cast.agencies[members:]:
        ScoreSheet.objects.filter(agency=agency).delete()
        cast.year.memberships.filter(agency=agency).delete()
    client = cast.client(cast.officer)
    for name, count in (("board", BOARD), ("acts", ACTS), ("board_json", JSON)):
        with django_assert_num_queries(count):
            assert client.get(cast.url(name)).status_code == 200


BOARD, ACTS, JSON = 17, 16, 16


# -- one total everywhere ---------------------------------------------------------------------------------------
figures = st.tuples(
    st.integers(0, 130), st.sampled_from(["tot", "kha"]), st.integers(0, 30), st.integers(0, 12)
)


@given(sheets=st.lists(figures, min_size=3, max_size=3), unassigned=st.booleans())
@settings(max_examples=5, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_page_workbook_json_and_paper_show_one_total(
    verified: Any, sheets: list[tuple[int, str, int, int]], unassigned: bool
) -> None:
    cast, client = verified, verified.client(verified.an)
    for agency, (actual, level, count, faults) in zip(cast.agencies, sheets, strict=False):
        facts = {
            "I.1": {"actual": str(actual), "target": "100"}, "I.2": {"level": level}, "II.1": {"count": str(count)},
            "II.2": {"count": str(faults)},
        }  # fmt: skip
        for code, given_facts in facts.items():
            ScoreEntry.objects.filter(line__sheet__agency=agency, line__criterion__code=code).update(
                facts=given_facts, mark="not_assigned" if unassigned and code == "I.2" else ""
            )
    wanted = {row.member.code: row.final.total for row in year_result(cast.year).rows if row.final}
    assert len(wanted) == 3
    plain = {one["code"]: one for one in client.get(cast.url("board_json")).json()["agencies"]}
    assert {code: Decimal(one["total"]) for code, one in plain.items() if one["total"]} == wanted
    for code, one in plain.items():
        if one["total"] is not None:
            added = sum(Decimal(value) for value in one["parts"].values()) + Decimal(one["other"])
            assert added == wanted[code]
    page = client.get(cast.url("board")).content.decode()
    rows = page.split("<tbody>")[1].split("</tbody>")[0].split('<th scope="row"')[1:]
    book = load_workbook(io.BytesIO(client.get(cast.url("board_xlsx")).content)).active
    head = [cell.value for cell in next(row for row in book.iter_rows() if row[0].value == "Đơn vị")]
    cells = {row[0].value: row[head.index("Tổng điểm")].value for row in book.iter_rows()}
    paper = Document(io.BytesIO(client.get(cast.url("board_docx")).content)).tables[1]
    titles = [cell.text for cell in paper.rows[0].cells]
    written = {row.cells[1].text: row.cells[titles.index("Tổng điểm")].text for row in paper.rows[1:]}
    for row, one in zip(rows, plain.values(), strict=True):
        if one["total"] is not None:
            total = wanted[one["code"]]
            words = f"{total:.2f}".replace(".", ",")
            assert words in row.split('data-l="Tổng điểm"')[1]
            assert Decimal(str(cells[one["name"]])) == total
            assert written[one["name"]] == words


# -- the three decisions ----------------------------------------------------------------------------------------
def decide(cast: Any, name: str, **more: str) -> Any:
    return cast.client(cast.an).post(cast.url(name), more, follow=True)


def test_given_out_then_frozen_then_opened_again(verified: Any) -> None:
    cast = verified
    early = decide(cast, "board_final")
    assert early.status_code == 422
    assert "chưa công bố cho các đơn vị" in early.content.decode()
    assert "Đã công bố điểm thẩm định" in decide(cast, "board_release").content.decode()
    row = YearScoring.objects.get()
    assert row.appeals_until is not None
    assert ScoreNotice.objects.filter(kind="released").count() == 3
    assert decide(cast, "board_release").status_code == 422
    waiting = decide(cast, "board_final")
    assert "Thời hạn kiến nghị chưa hết" in waiting.content.decode()
    assert "chưa tính" in waiting.content.decode()
    acts.run_act(cast.scope(cast.an), ids(cast))
    YearScoring.objects.update(appeals_until=timezone.localdate() - timedelta(days=1))
    assert "Đã chốt điểm" in decide(cast, "board_final").content.decode()
    result = year_result(cast.year)
    assert result.final
    assert not result.provisional(result.rows[0].final)
    with pytest.raises(release.DomainError, match="đã chốt"):
        acts.run_act(cast.scope(cast.an), ids(cast)[:2])
    with pytest.raises(release.DomainError, match="đã chốt"):
        release.refuse_final(cast.year)
    assert decide(cast, "board_reopen", reason=" ").status_code == 422
    assert "Đã mở lại điểm" in decide(cast, "board_reopen", reason="Bộ Tư pháp đính chính").content.decode()
    assert YearScoring.objects.get().final_at is None
    assert list(audit.verify(audit.cluster_chain(cast.cluster.pk))) == []


def test_points_are_not_given_out_before_they_are_verified(verified: Any) -> None:
    cast = verified
    ScoreSheet.objects.filter(agency=cast.member).update(state="sent", verified_at=None)
    answer = decide(cast, "board_release")
    assert answer.status_code == 422
    assert "Còn 1 bảng đã gửi chưa thẩm định xong" in answer.content.decode()
    assert not YearScoring.objects.exists()


def test_a_stale_decision_is_refused(verified: Any) -> None:
    assert decide(verified, "board_release", version="7").status_code == 409
    assert not YearScoring.objects.exists()


def test_steps_wait_for_points_only_with_a_table(verified: Any) -> None:
    from members.guards import missing

    cast = verified
    assert any("chưa công bố" in one.sentence for one in missing(cast.year, PhaseKind.VERIFY))
    assert any("Điểm chưa chốt" in one.sentence for one in missing(cast.year, PhaseKind.DELIBERATE))
    cast.year.criteria_tables.update(state="draft", applied_at=None)
    assert not any("chốt" in one.sentence for one in missing(cast.year, PhaseKind.DELIBERATE))


# -- today ------------------------------------------------------------------------------------------------------
def test_today_tells_of_the_own_agency_alone(cast: Any) -> None:
    cast.go(PhaseKind.SELF_SCORE)
    table = make_table(cast.year, ROWS)
    make_sheet(table, cast.member, {"II.3": {"points": "17.5"}, "II.4": {"actual": "12", "target": "10"}})
    make_sheet(
        table,
        cast.chair,
        {"II.3": {"points": "19.5"}, "II.4": {"actual": "33", "target": "10"}},
        state="sent",
    )
    answer = cast.client(cast.chi).get(cast.url("today"))
    page = answer.content.decode()
    assert answer.status_code == 200
    assert "I.1 Hoàn thành chỉ tiêu được giao: còn được đến 40 điểm" in page
    assert cast.url("sheet", agency=cast.member.pk) in page
    assert "đã chắc 5,00/10" in page
    assert "22,50" in page  # 17,5 + 5
    assert "19,5" not in page
    assert "Ngân hàng" not in page.split("<main")[1]
    assert cast.client(cast.officer).get(cast.url("today")).status_code == 403
    assert cast.client(cast.dung).get(cast.url("today")).status_code == 404


def test_today_shows_what_others_confirmed_only_once_it_is_given_out(verified: Any) -> None:
    cast = verified
    line = ScoreEntry.objects.filter(
        line__sheet__agency=cast.member, line__criterion__code="II.3", level="verify"
    )
    line.update(facts={"points": "11.5"}, points=Decimal("11.5"))
    acts.run_act(cast.scope(cast.an), ids(cast))
    client = cast.client(cast.chi)
    before = client.get(cast.url("today")).content.decode()
    assert "đã chắc 4,00/10" in before  # not the points of the act
    YearScoring.objects.create(year=cast.year, released_at=timezone.now())
    after = client.get(cast.url("today")).content.decode()
    own = json.loads(json.dumps([before, after]))
    assert own[0] != own[1]
    assert "83,50" not in before


def test_who_still_scores_an_agency_blind_sees_nothing_of_it(verified: Any) -> None:
    cast = verified
    line = ScoreEntry.objects.filter(line__sheet__agency=cast.member, line__criterion__code="II.4")
    line.update(facts={"actual": "8.125", "target": "10"})
    client = cast.client(cast.binh)
    assert "8,125" in client.get(cast.url("acts")).content.decode()
    total = client.get(cast.url("board_json")).json()["agencies"][2]["total"]
    given = Assignment.objects.create(year=cast.year, level="cross", scorer=cast.deputy, subject=cast.member)
    assert "8,125" not in client.get(cast.url("acts")).content.decode()
    hidden = client.get(cast.url("board_json")).json()["agencies"][2]
    assert (total is None, hidden["total"], hidden["levels"], hidden["parts"]) == (False, None, {}, {})
    given.finished_at = timezone.now()
    given.save()
    assert client.get(cast.url("board_json")).json()["agencies"][2]["total"] == total
