"""A score sheet away from the network: out, filled in, compared cell by cell, chosen lines taken over."""

from __future__ import annotations

import io
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from openpyxl import load_workbook

from core import audit
from members.enums import PhaseKind
from movements.models import ImportRun
from scoring.enums import EntrySource, SheetState, TableState
from scoring.exchange.sheet_columns import MARK_SHEET, SHEET, TITLES
from scoring.models import CriteriaTable, Criterion, ScoreEntry, ScoreLine, ScoreSheet
from tests.factories.scoring import SIMPLE, give, make_sheet, make_table

pytestmark = pytest.mark.django_db

TREE = (
    *SIMPLE,
    ("III", "Đánh giá khác", "section", "0", {}),
    ("III.1", "Hồ sơ đúng hạn", "bands", "5", {"params": {
        "steps": [{"edge": "95", "points": "5", "inclusive": True}], "below": "1", "measured": "percent"}}),
    ("III.2", "Đoàn kết nội bộ", "yes_no", "5", {}),
    ("III.3", "Sở Nội vụ chấm", "direct", "5", {"scored_by": "leadership"}),
)  # fmt: skip


@pytest.fixture
def desk(cast: Any) -> Any:
    """The member's sheet with two figures, at the step of self-scoring."""
    cast.go(PhaseKind.SELF_SCORE)
    cast.table = make_table(cast.year, TREE)
    facts = {"I.1": {"actual": "95", "target": "100"}, "II.1": {"count": "4"}}
    cast.sheet = make_sheet(cast.table, cast.member, facts)
    return cast


def exported(cast: Any, user: Any = None, agency: Any = None) -> bytes:
    agency = agency or cast.member
    answer = cast.client(user or cast.chi).get(cast.url("sheet_export", agency=agency.pk))
    assert answer.status_code == 200
    return b"".join(answer.streaming_content)


def filled(
    data: bytes, cells: Mapping[str, Mapping[str, Any]], mark: Mapping[str, str] | None = None
) -> bytes:
    """The file with other values: by number of the line and by column."""
    book = load_workbook(io.BytesIO(data))
    sheet = book[SHEET]
    head = {str(cell.value): cell.column - 1 for cell in sheet[3]}
    for row in sheet.iter_rows(min_row=4):
        for key, value in cells.get(str(row[head[TITLES["code"]]].value), {}).items():
            cell = row[head[TITLES.get(key, key)]]
            cell.value = value
            if isinstance(value, str) and value.startswith("="):
                cell.data_type = "s"
    for row in book[MARK_SHEET].iter_rows():
        if mark and row[0].value in mark:
            row[1].value = mark[row[0].value]
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def preview(cast: Any, data: bytes, user: Any = None, agency: Any = None) -> tuple[Any, str]:
    """The page after the upload, and its address."""
    agency = agency or cast.member
    file = SimpleUploadedFile("bang.xlsx", data)
    answer = cast.client(user or cast.chi).post(
        cast.url("sheet_import", agency=agency.pk), {"file": file}, follow=True
    )
    return answer, answer.redirect_chain[-1][0] if answer.redirect_chain else ""


def plan(answer: Any) -> Any:
    return answer.context["plan"]


def faults(answer: Any) -> dict[str, str]:
    return {fault.cell: fault.sentence for fault in plan(answer).faults}


def changes(answer: Any) -> dict[str, Any]:
    return {line["code"]: (line["cells"], line["now"], line["then"]) for line in answer.context["lines"]}


def take(cast: Any, answer: Any, url: str, *codes: str, user: Any = None, **more: str) -> Any:
    keys = [row.current.row.key for row in plan(answer).rows if row.current.row.code in codes]
    data = {"seen": plan(answer).mark, "line": keys, **more}
    return cast.client(user or cast.chi).post(url, data)


def figures(cast: Any) -> dict[str, tuple[Any, Any, str]]:
    rows = ScoreEntry.objects.filter(line__sheet=cast.sheet, is_current=True)
    return {row.line.criterion.code: (row.facts, row.points, row.source) for row in rows}


FILL = {
    "I.2": {"level": "Khá"}, "II.1": {"count": 6}, "II.2": {"count": 0.5, "explanation": "Một báo cáo trễ nửa ngày"},
    "II.3": {"points": "9,5", "citation": "12/BC-CTK"}, "III.1": {"percent": "95%"}, "III.2": {"yes": "có"},
}  # fmt: skip


def test_filled_away_and_taken_over_line_by_line(desk: Any) -> None:
    cast = desk
    answer, url = preview(cast, filled(exported(cast), FILL))
    assert faults(answer) == {}
    found = changes(answer)
    assert found["II.1"] == ([("Số lượt", "4", "6")], "2", "3")
    assert found["II.2"] == (
        [("Số lượt", "", "0,5"), ("Giải trình", "", "Một báo cáo trễ nửa ngày")], "chưa chấm", "9,5"
    )  # fmt: skip
    assert found["III.1"] == ([("Tỷ lệ %", "", "95")], "chưa chấm", "5")
    assert "I.1" not in found
    assert (answer.context["before"], answer.context["after"]) == ("40", "85")
    before = figures(cast)
    done = take(cast, answer, url, "II.1", "II.3")
    assert (done.status_code, done.url) == (302, url)
    now = figures(cast)
    assert now["II.1"] == ({"count": "6"}, Decimal(3), EntrySource.IMPORTED)
    assert (now["II.3"][1], now["II.3"][2]) == (Decimal("9.5"), EntrySource.IMPORTED)
    assert set(now) == {*before, "II.3"}
    line = ScoreLine.objects.get(sheet=cast.sheet, criterion__code="II.3")
    assert (line.citation, line.version) == ("12/BC-CTK", 2)
    again = take(cast, answer, url, "I.2")
    assert again.status_code == 302
    assert figures(cast) == now
    assert "Đã nhập lúc" in cast.client(cast.chi).get(url).content.decode()
    assert list(audit.verify(audit.cluster_chain(cast.cluster.pk))) == []


def test_all_at_once_leaves_clashes_faults_and_cleared_lines_alone(desk: Any) -> None:
    cast = desk
    data = filled(exported(cast), FILL | {"I.1": {"actual": None, "target": None}, "III.2": {"yes": "tốt"}})
    give_newer(cast, "II.3", {"points": "7"})
    answer, url = preview(cast, data)
    lines = {line["code"]: line for line in answer.context["lines"]}
    assert (lines["II.3"]["clash"], lines["II.3"]["ticked"]) == (True, False)
    assert (lines["I.1"]["clears"], lines["I.1"]["ticked"]) == (True, False)
    assert faults(answer) == {"H13": "Ghi có hoặc không."}
    take(cast, answer, url, all="1")
    now = {code: points for code, (_facts, points, _source) in figures(cast).items()}
    assert now["II.3"] == 7  # as the colleague left it
    assert {code: now.get(code) for code in ("I.2", "II.1", "II.2", "III.1", "III.2")} == {
        "I.2": 15, "II.1": 3, "II.2": Decimal("9.5"), "III.1": 5, "III.2": None,
    }  # fmt: skip


def give_newer(cast: Any, code: str, facts: dict[str, str]) -> None:
    """Somebody of the same agency fills in a line while the file is away."""
    give(cast.sheet, {code: facts}, level="self", scorer=cast.member)
    line = ScoreLine.objects.get(sheet=cast.sheet, criterion__code=code)
    line.version += 1
    line.save()


def test_a_chosen_clash_wins_and_an_untouched_line_never_does(desk: Any) -> None:
    cast = desk
    data = filled(exported(cast), {"II.3": {"points": 9}})
    give_newer(cast, "II.3", {"points": "7"})
    give_newer(cast, "II.2", {"count": "1"})
    answer, url = preview(cast, data)
    assert list(changes(answer)) == ["II.3"]
    ScoreEntry.objects.filter(line__criterion__code="II.3").update(is_current=True)
    take(cast, answer, url, "II.3")
    assert figures(cast)["II.3"][1] == 9
    assert figures(cast)["II.2"][0] == {"count": "1"}


def test_what_changed_between_preview_and_confirmation_is_shown_again(desk: Any) -> None:
    cast = desk
    answer, url = preview(cast, filled(exported(cast), {"II.3": {"points": 9}}))
    give_newer(cast, "II.3", {"points": "7"})
    late = take(cast, answer, url, "II.3")
    assert late.status_code == 409
    assert "vừa thay đổi" in late.content.decode()
    assert figures(cast)["II.3"][0] == {"points": "7"}
    nothing = take(cast, late, url)
    assert (nothing.status_code, "Chọn ít nhất một dòng" in nothing.content.decode()) == (422, True)


@pytest.mark.parametrize(
    ("code", "cells", "sentence"),
    [
        ("II.3", {"points": "21"}, "20"),
        ("II.3", {"points": "9,3"}, "bội số"),
        ("II.3", {"points": "mười"}, "Không hiểu"),
        ("II.3", {"count": 3}, "không dùng ô"),
        ("I.2", {"level": "Rất tốt"}, "Không có mức này"),
        ("I.1", {"target": None}, "cả kết quả thực hiện và chỉ tiêu"),
        ("II.1", {"mark": "Không có"}, "để trống các ô số liệu"),
        ("II.2", {"mark": "Không phát sinh"}, "phải ghi lý do"),
        ("II.2", {"mark": "Không giao chỉ tiêu"}, "chỉ chọn được"),
        ("II.2", {"citation": "x" * 301}, "300"),
        ("III.3", {"points": 5}, "không do đơn vị tự chấm"),
    ],
)
def test_a_wrong_line_names_its_cell_and_cannot_be_chosen(
    desk: Any, code: str, cells: dict[str, Any], sentence: str
) -> None:
    cast = desk
    before = figures(cast)
    answer, url = preview(cast, filled(exported(cast), {code: cells}))
    assert any(sentence in words for words in faults(answer).values()), faults(answer)
    assert all(fault.sheet == SHEET and fault.cell for fault in plan(answer).faults)
    assert take(cast, answer, url, code).status_code == 422
    assert figures(cast) == before


@pytest.mark.parametrize(
    ("mark", "sentence"),
    [
        ({"Đơn vị": "khac"}, "đã bị sửa"),
        ({"Dấu": "abc"}, "đã bị sửa"),
        ({"Tệp": "gì khác"}, "không phải bảng chấm điểm"),
    ],
)
def test_a_file_whose_mark_was_touched_is_refused(desk: Any, mark: dict[str, str], sentence: str) -> None:
    answer, _url = preview(desk, filled(exported(desk), FILL, mark))
    assert sentence in answer.content.decode()
    assert plan(answer).choosable == []


def test_the_file_of_another_agency_or_year_is_refused_with_its_name(desk: Any) -> None:
    cast = desk
    make_sheet(cast.table, cast.chair)
    data = exported(cast, cast.an, cast.chair)
    answer, _url = preview(cast, data)
    assert f"bảng chấm điểm của {cast.scope(cast.an).agency_name}" in answer.content.decode()
    book = load_workbook(io.BytesIO(exported(cast)))
    assert book[MARK_SHEET].sheet_state == "hidden"
    assert not any(cell.data_type == "f" for sheet in book for row in sheet.iter_rows() for cell in row)


def test_a_file_by_the_table_before_is_mapped_by_number(desk: Any) -> None:
    cast = desk
    data = filled(exported(cast), {"II.3": {"points": 9}, "III.2": {"yes": "có"}})
    CriteriaTable.objects.filter(pk=cast.table.pk).update(
        state=TableState.REPLACED, replaced_at=cast.table.applied_at
    )
    renamed = [
        ("II.4", *row[1:3], "25", {"former_code": "II.3"}) if row[0] == "II.3" else row for row in TREE
    ]
    new = make_table(cast.year, [row for row in renamed if row[0] != "III.2"], version=2)
    ScoreSheet.objects.filter(pk=cast.sheet.pk).update(table=new)
    ScoreLine.objects.filter(sheet=cast.sheet).delete()
    leaves = Criterion.objects.filter(table=new).exclude(rule="section")
    ScoreLine.objects.bulk_create(ScoreLine(sheet=cast.sheet, criterion=leaf) for leaf in leaves)
    answer, _url = preview(cast, data)
    remarks = " ".join(plan(answer).remarks)
    assert "Tệp theo bản 1 của bảng tiêu chí, nay là bản 2" in remarks
    assert "không có dòng III.2" in remarks
    assert changes(answer)["II.4"] == ([("Điểm chấm", "", "9")], "chưa chấm", "9")


def test_points_of_others_are_shown_and_never_read(desk: Any) -> None:
    cast = desk
    ScoreSheet.objects.filter(pk=cast.sheet.pk).update(
        state=SheetState.RETURNED, sent_at=cast.table.applied_at, returned_at=cast.table.applied_at,
        return_reason="Thiếu", days_late=0,
    )  # fmt: skip
    give(cast.sheet, {"II.3": {"points": "8.5"}}, level="verify", scorer=cast.chair)
    hidden = load_workbook(io.BytesIO(exported(cast)))[SHEET]
    assert not any(str(cell.value).endswith("Thẩm định") for cell in hidden[3])
    column = "Điểm hiện có: Tự chấm"
    answer, _url = preview(cast, filled(exported(cast), {"II.1": {column: 9}, "II.2": {"count": 1}}))
    assert any("II.1" in remark and "không được đọc" in remark for remark in plan(answer).remarks)
    assert list(changes(answer)) == ["II.2"]


# -- who may, when, how dear ---------------------------------------------------------------------
def test_strangers_other_members_and_closed_steps(desk: Any) -> None:
    cast = desk
    data = exported(cast)
    _answer, run = preview(cast, data)
    for name in ("sheet_export", "sheet_import"):
        url = cast.url(name, agency=cast.member.pk)
        assert cast.client(cast.binh).get(url).status_code == 404  # a draft is its agency's alone
        assert cast.client(cast.dung).get(url).status_code == 404
        assert cast.client(cast.chi).get(cast.url(name, agency=999_999)).status_code == 404
    assert cast.client(cast.lan).get(run).status_code == 404
    assert cast.client(cast.binh).post(run, {"all": "1"}).status_code == 404
    cast.go(PhaseKind.DELIBERATE)
    assert cast.client(cast.chi).get(cast.url("sheet_import", agency=cast.member.pk)).status_code == 403
    assert cast.client(cast.chi).post(run, {"all": "1"}).status_code == 403
    assert cast.client(cast.chi).get(cast.url("sheet_export", agency=cast.member.pk)).status_code == 200


def test_a_preview_costs_the_same_for_one_line_and_for_many(
    desk: Any, django_assert_max_num_queries: Any
) -> None:
    cast = desk
    data = exported(cast)
    counted = []
    for cells in ({"II.3": {"points": 9}}, FILL):
        _answer, url = preview(cast, filled(data, cells))
        with django_assert_max_num_queries(40) as queries:
            cast.client(cast.chi).get(url)
        counted.append(len(queries))
    assert counted[0] == counted[1]
    assert ImportRun.objects.count() == 2
