"""A criteria table as an Excel file: out, in again, compared with the draft, taken over whole or not at all."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from openpyxl import Workbook, load_workbook
from openpyxl.styles import Alignment

from core import audit
from members.enums import PhaseKind
from scoring.domain.ranking import Standing, rank
from scoring.domain.tables_apply import apply_table
from scoring.enums import TableState
from scoring.exchange import intake
from scoring.exchange.table_columns import (
    FIELDS,
    GUIDE_SHEET,
    LIST_SHEET,
    MAX_ROWS,
    OWN_SHEETS,
    SHEET,
    TITLES,
)
from scoring.exchange.table_out import table_xlsx
from scoring.exchange.table_plan import Plan, make_plan
from scoring.exchange.table_write import PlanChanged, take_over
from scoring.loading import criteria_of
from scoring.models import CriteriaTable, Criterion
from scoring.totals import board
from tests.factories import MembershipFactory
from tests.factories.scoring import SIMPLE, make_sheet, make_table

pytestmark = pytest.mark.django_db

PAPER = ("code", "title", "maximum")
RICH = (
    ("A", "Chuyên môn", "section", "70", {}),
    ("A.1", "Chỉ tiêu kinh tế", "section", "40", {}),
    ("A.1.1", "Thu ngân sách", "exceeding", "12.25", {"unit": "tỷ đồng", "places": 2}),
    ("A.1.2", "So với cụm", "relative", "12.75", {"params": {"base_share": 50}}),
    ("A.1.3", "Tỷ lệ hồ sơ đúng hạn", "bands", "15", {"params": {
        "steps": [{"edge": "95", "points": "15", "inclusive": True},
                  {"edge": "80", "points": "7.5", "inclusive": False}],
        "below": "0.5", "measured": "percent",
    }, "better": "higher"}),
    ("A.2", "Số lượt trễ", "faults", "30", {"params": {"each": "0.5"}, "unit": "lần", "better": "lower"}),
    ("B", "Thi đua", "section", "30", {}),
    ("B.1", "Phong trào", "levels", "30", {"params": {"choices": [
        {"key": "tot", "label": "Tốt; đều", "points": "30", "zeroes": ""},
        {"key": "khong", "label": "Vi phạm", "points": "0", "zeroes": "parent"},
    ]}, "guide": "Chấm theo\nbiên bản", "evidence": "required", "scored_by": "leadership"}),
    ("C", "Điểm thưởng", "section", "10", {"part": "bonus"}),
    ("C.1", "Cờ thi đua", "bonus", "10", {"part": "bonus", "params": {"each": "5", "once": True}}),
    ("D", "Điểm trừ", "section", "20", {"part": "penalty"}),
    ("D.1", "Đơn thư", "deduction", "5", {"part": "penalty", "params": {"each": "1", "sanctions": [
        {"from_count": 2, "kind": "not_above", "grade": "Tốt"}, {"from_count": 3, "kind": "down_one", "grade": ""},
    ]}, "applies_to": ["provincial", "party"]}),
)  # fmt: skip


@pytest.fixture
def at_work(cast: Any) -> Any:
    cast.go(PhaseKind.PREPARE)
    return cast


def saved(book: Any) -> bytes:
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def workbook(rows: Iterable[Sequence[Any]], head: Sequence[str] = PAPER, above: Sequence[str] = ()) -> bytes:
    """Rows under the titles of the columns ``head``, below lines of prose."""
    book = Workbook()
    sheet = book.active
    for text in above:
        sheet.append([text])
    sheet.append([TITLES.get(key, key) for key in head])
    for row in rows:
        sheet.append(list(row))
    return saved(book)


def taken_in(cast: Any, data: bytes, user: Any = None) -> Any:
    upload = SimpleUploadedFile("bang.xlsx", data)
    return intake.take_in(cast.scope(user or cast.an), upload, intake.TABLE)


def read(run: Any) -> tuple[Any, Any]:
    return intake.read(run.file, FIELDS, MAX_ROWS, OWN_SHEETS), intake.indents(run.file, FIELDS, "title")


def planned(cast: Any, data: bytes) -> Plan:
    return make_plan(cast.scope(cast.an), *read(taken_in(cast, data)))


def taken_over(cast: Any, data: bytes, **more: Any) -> Plan:
    """Everything up to the confirmation; what was planned."""
    run = taken_in(cast, data)
    plan = make_plan(cast.scope(cast.an), *read(run))
    assert [(one.cell, one.sentence) for one in plan.faults] == []
    take_over(cast.scope(cast.an), run.pk, *read(run), seen=plan.mark, **more)
    return plan


def faults(plan: Plan) -> dict[str, str]:
    return {fault.cell: fault.sentence for fault in plan.faults}


def tree(table: CriteriaTable) -> list[tuple[Any, ...]]:
    """The tree without ids."""
    rows = criteria_of(table)
    codes = {row.pk: row.code for row in rows}
    return [
        (
            codes.get(row.parent_id), row.key, row.code, row.title, row.rule, row.part, row.maximum, row.unit,
            row.better, row.step, row.places, row.params, row.evidence, row.scored_by, row.scorer_id,
            list(row.applies_to), row.guide, row.due_on,
        )
        for row in rows
    ]  # fmt: skip


def draft(cast: Any) -> CriteriaTable:
    return CriteriaTable.objects.get(year=cast.year, state=TableState.DRAFT)


# -- a large table as on paper ---------------------------------------------------------------------
def thousand_points() -> list[tuple[Any, ...]]:
    """Table T1 of a police cluster: 700 / 200 / 100 points in four levels, leaves of 0,5 to 50 points."""
    parts = (
        ("I", "Nhiệm vụ công tác chuyên môn", (
            ("An ninh quốc gia", (50, 50, 40, 60)), ("Phòng, chống tội phạm", (70, 50, 30, 50)),
            ("Quản lý hành chính", (40, 30, 30, 20)), ("Nghiệp vụ cơ bản", (50, 50)),
            ("Phong trào toàn dân", (40,)), ("Tham mưu, hồ sơ", (40,)))),
        ("II", "Xây dựng Đảng, xây dựng lực lượng", (
            ("Công tác chính trị", (50,)), ("Tổ chức cán bộ", (50,)), ("Thanh tra, khiếu tố", (30,)),
            ("Hậu cần, tài chính", (40,)), ("Pháp chế, cải cách hành chính", (30,)))),
        ("III", "Tổ chức phong trào thi đua", (
            ("Tổ chức", (40,)), ("Kết quả khen thưởng", (20,)), ("Hội thi", (15,)), ("Đăng cai, đột xuất", (25,)))),
    )  # fmt: skip
    rows: list[tuple[Any, ...]] = []
    for roman, title, groups in parts:
        rows.append((roman, title, sum(sum(points) for _name, points in groups)))
        for number, (name, points) in enumerate(groups, 1):
            rows.append((number, name, sum(points)))
            for place, worth in enumerate(points, 1):
                rows.append((f"{number}.{place}", f"{name}, nội dung {place}", worth))
                whole = name == "Nghiệp vụ cơ bản" and place == 1
                for letter, leaf in zip("abcdefgh", () if whole else leaves_of(worth), strict=False):
                    rows.append((letter, f"Chỉ tiêu {letter} của nội dung {number}.{place}", leaf))
    return rows


def leaves_of(worth: int) -> list[float]:
    """Leaves as a spreadsheet holds them: 0.5 and others, what is left over in the last; eight or seven of them."""
    small = [0.5, 0.75, 1.25, 2.5, 1, 1, *([1] if worth == 60 else [])]
    return [*small, worth - sum(small)]


def test_a_thousand_points_of_paper_come_in_at_one_go(at_work: Any) -> None:
    cast = at_work
    rows = thousand_points()
    plan = taken_over(
        cast, workbook([*rows, (None, "Tổng cộng", 1000)], above=["BẢNG TIÊU CHÍ", "", "Năm 2020"])
    )
    assert plan.sums == []
    table = draft(cast)
    found = criteria_of(table)
    leaves = [row for row in found if row.rule == "direct"]
    assert (len(leaves), sum(row.maximum for row in leaves)) == (170, Decimal(1000))
    assert (min(row.maximum for row in leaves), max(row.maximum for row in leaves)) == (Decimal("0.5"), 63)
    assert {row.code: row.maximum for row in found if row.parent_id is None} == {
        "I": 700,
        "II": 200,
        "III": 100,
    }
    by_code = {row.code: row for row in found}
    assert by_code["I.1.1.g"].parent == by_code["I.1.1"]
    assert by_code["I.1.1"].parent == by_code["I.1"]
    assert [row.order for row in found if row.parent_id == by_code["I.1"].pk] == [1, 2, 3, 4]
    assert list(audit.verify(audit.cluster_chain(cast.cluster.pk))) == []


def test_and_the_thousand_points_are_scored_for_ten_agencies(
    at_work: Any, django_assert_num_queries: Any
) -> None:
    """Agency i gives nothing for its first i criteria of one point: 1000 − i points, and rank i + 1."""
    cast = at_work
    taken_over(cast, workbook(thousand_points()))
    apply_table(cast.scope(cast.an), edition=draft(cast).edition)
    table = CriteriaTable.objects.get(year=cast.year, state=TableState.APPLIED)
    leaves = [row for row in criteria_of(table) if row.rule == "direct"]
    ones = [row.code for row in leaves if row.maximum == 1]
    agencies = [*cast.agencies, *(MembershipFactory(year=cast.year).agency for _more in range(6))]
    for number, agency in enumerate(agencies):
        facts = {row.code: {"points": format(row.maximum, "f")} for row in leaves}
        facts |= {code: {"points": "0"} for code in ones[:number]}
        make_sheet(table, agency, facts, state="sent")
    with django_assert_num_queries(7):
        found = board(cast.year)
        assert found is not None
        totals = {agency.pk: found.total(agency.pk) for agency in agencies}
    assert [totals[agency.pk].total for agency in agencies] == [1000 - number for number in range(10)]
    assert {(one.maximum, one.answered, one.leaves, one.provisional) for one in totals.values()} == {
        (1000, 170, 170, False)
    }
    placed = rank([Standing(key, one.total) for key, one in totals.items()])
    assert [one.rank for one in placed] == list(range(1, 11))
    assert [one.key for one in placed] == [agency.pk for agency in agencies]


def test_the_same_numbers_written_as_whole_paths_give_the_same_codes(at_work: Any) -> None:
    cast = at_work
    rows = [
        ("I", "A", 3),
        ("I.1", "B", 3),
        ("I.1.a", "C", 1),
        ("I.1.b", "D", "2"),
        ("II", "E", 1),
        ("II.1", "G", 1),
    ]
    plan = planned(cast, workbook(rows))
    assert [(one.code, one.parent and one.parent.code) for one in plan.reading.items] == [
        ("I", None), ("I.1", "I"), ("I.1.a", "I.1"), ("I.1.b", "I.1"), ("II", None), ("II.1", "II"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("head", "rows", "expected"),
    [
        pytest.param(
            PAPER, [(1, "A", 3), (1.1, "B", 1), ("1.2", "C", 2), ("1.2.1", "D", 2), (2, "E", 1)],
            ["1", "1.1", "1.2", "1.2.1", "2"], id="paths of figures, also in number cells",
        ),
        pytest.param(
            PAPER, [("Mục I.", "A", 3), ("1.1", "B", 1), ("1.2", "C", 2), ("II.", "D", 1), ("2.1", "E", 1)],
            ["I", "1.1", "1.2", "II", "2.1"], id="Roman sections, figures that name them",
        ),
        pytest.param(
            PAPER, [("A", "A", 3), ("I", "B", 3), (1, "C", 1), (2, "D", 2), *((one, one, 1) for one in "BCD")],
            ["A", "A.I", "A.I.1", "A.I.2", "B", "C", "D"], id="letters that look Roman",
        ),
        pytest.param(
            PAPER, [("1)", "A", 3), ("h)", "B", 1), ("i)", "C", 1), ("-", "D", 1), ("-", "E", 1)],
            ["1", "1.h", "1.i", "1.i.1", "1.i.2"], id="brackets and dashes",
        ),
        pytest.param(
            ("depth", "code", "title", "maximum"),
            [(1, "I", "A", 3), (2, 1, "B", 3), (3, None, "C", 3), (2, 2, "D", 1)],
            ["I", "I.1", "I.1.1", "I.2"], id="a column of depths",
        ),
        pytest.param(
            ("errors", "title", "maximum"), [("", "A", 1), ("", "B", 2)], ["1", "2"], id="no numbers at all"
        ),
    ],
)  # fmt: skip
def test_numbers_are_understood_as_on_paper(
    at_work: Any, head: tuple[str, ...], rows: list[tuple[Any, ...]], expected: list[str]
) -> None:
    plan = planned(at_work, workbook(rows, head))
    assert (faults(plan), [one.code for one in plan.reading.items]) == ({}, expected)


def test_indentation_nests_where_nothing_else_does(at_work: Any) -> None:
    book = Workbook()
    sheet = book.active
    sheet.append(["Lỗi", "Nội dung", "Điểm chuẩn"])
    for text, points, indent in (("A", 3, 0), ("B", 3, 1), ("  C", 3, 1), ("D", 1, 0)):
        sheet.append(["", text, points])
        sheet.cell(sheet.max_row, 2).alignment = Alignment(indent=indent)
    plan = planned(at_work, saved(book))
    assert [(one.code, one.values["title"]) for one in plan.reading.items] == [
        ("1", "A"), ("1.1", "B"), ("1.1.1", "C"), ("2", "D"),
    ]  # fmt: skip


# -- round trip ------------------------------------------------------------------------------------
def test_what_was_written_comes_back_unchanged(at_work: Any) -> None:
    cast = at_work
    table = make_table(cast.year, RICH, state=TableState.DRAFT)
    before = tree(table)
    data = b"".join(table_xlsx(cast.scope(cast.an), table).chunks())
    plan = planned(cast, data)
    assert faults(plan) == {}
    assert {one.item.code: one.changes for one in plan.rows if one.changes} == {}
    assert (plan.touched, plan.sums, plan.reading.remarks) == (False, [], [])

    Criterion.objects.filter(table=table).delete()
    taken_over(cast, data)
    again = tree(draft(cast))
    plainer = [tuple({**one} if isinstance(one, dict) else one for one in row) for row in again]
    levels = next(row for row in plainer if row[2] == "B.1")[11]["choices"]
    assert [one.pop("key") for one in levels] == ["m1", "m2"]  # the levels were gone: they are new ones
    for row in before:
        for one in row[11].get("choices", ()):
            one.pop("key", None)
    assert plainer == before


def test_a_changed_file_changes_only_what_differs(at_work: Any) -> None:
    cast = at_work
    table = make_table(cast.year, SIMPLE, state=TableState.DRAFT)
    keys = dict(Criterion.objects.filter(table=table).values_list("code", "key"))
    book = load_workbook(io.BytesIO(b"".join(table_xlsx(cast.scope(cast.an), table).chunks())))
    sheet = book[SHEET]
    head = {cell.value: cell.column for cell in sheet[1]}
    assert sheet.column_dimensions["A"].hidden
    assert {GUIDE_SHEET, LIST_SHEET} <= set(book.sheetnames)
    for row in sheet.iter_rows(min_row=2):
        code = row[head["Số mục"] - 1]
        if code.value == "II.1":
            code.value = "II.4"
            row[head["Điểm tối đa"] - 1].value = "12,5"
        if code.value == "I.2":
            row[head["Mức"] - 1].value = "Tốt = 20; Khá = 16"
    sheet.delete_rows(7)  # II.2
    data = saved(book)
    plan = planned(cast, data)
    assert faults(plan) == {}
    changes = {one.item.code: set(one.changes) for one in plan.rows if one.changes}
    assert changes == {"II.4": {"code", "maximum"}, "I.2": {"params"}}
    assert [row.code for row in plan.removed] == ["II.2"]
    assert any("Mục II ghi 40 điểm" in sentence for sentence in plan.sums)
    taken_over(cast, data)
    rows = {row.code: row for row in Criterion.objects.filter(table=table)}
    assert (rows["II.4"].key, rows["II.4"].maximum) == (keys["II.1"], Decimal("12.5"))
    assert rows["I.2"].params["choices"][1] == {"key": "kha", "label": "Khá", "points": "16", "zeroes": ""}
    assert "II.2" not in rows
    assert draft(cast).pk == table.pk


def test_beside_a_table_in_force_a_new_version_begins_and_says_why(at_work: Any) -> None:
    cast = at_work
    table = make_table(cast.year, SIMPLE)
    before = tree(table)
    data = workbook([("I", "Chuyên môn", 100), ("I.1", "Hoàn thành chỉ tiêu được giao", 100)])
    run = taken_in(cast, data)
    plan = make_plan(cast.scope(cast.an), *read(run))
    assert plan.needs_reason
    with pytest.raises(Exception, match="lý do"):
        take_over(cast.scope(cast.an), run.pk, *read(run), seen=plan.mark)
    assert not CriteriaTable.objects.filter(state=TableState.DRAFT).exists()
    take_over(cast.scope(cast.an), run.pk, *read(run), seen=plan.mark, reason="Theo góp ý")
    made = draft(cast)
    assert (made.version, made.reason) == (2, "Theo góp ý")
    kept = Criterion.objects.get(table=made, code="I.1")
    assert (kept.key, kept.rule) == (Criterion.objects.get(table=table, code="I.1").key, "proportional")
    assert tree(table) == before


# -- what is wrong ---------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("head", "row", "cell", "sentence"),
    [
        (PAPER, ("I.1.1", "X", 1), "A3", "Không thấy mục “I.1”"),
        (PAPER, ("I", "X", 1), "A3", "đã có ở ô A2"),
        (PAPER, ("II", "X", "mười"), "C3", "Không hiểu “mười”"),
        (PAPER, ("II", "X", None), "C3", "Chưa có điểm tối đa"),
        (PAPER, ("II", None, 1), "B3", "Ghi nội dung"),
        (PAPER, ("II", "Tªn ho¹t ®éng", 1), "B3", "phông cũ"),
        (PAPER, ("II", "X", "4.50"), "C3", "hai cách"),
        ((*PAPER, "rule"), ("II", "X", 1, "Bốc thăm"), "D3", "Chọn một trong"),
        ((*PAPER, "rule"), ("II", "X", 1, "Chọn mức"), "D3", "phải có ít nhất một mức"),
        ((*PAPER, "rule", "choices"), ("II", "X", 1, "Chọn mức", "Tốt, khá"), "E3", "Không hiểu “Tốt, khá”"),
        ((*PAPER, "rule", "steps"), ("II", "X", 1, "Bậc theo tỷ lệ đạt", "giỏi = 2"), "E3", "Không hiểu bậc"),
        ((*PAPER, "rule", "each"), ("II", "X", 1, "Chấm điểm trực tiếp", 1), "E3", "không dùng cột"),
        ((*PAPER, "scored_by"), ("II", "X", 1, "Sở Lạ"), "D3", "Chọn một trong"),
        ((*PAPER, "applies_to"), ("II", "X", 1, "Trường học"), "D3", "Chọn một trong"),
        ((*PAPER, "depth"), ("II", "X", 1, 4), "D3", "thiếu mục ở giữa"),
        ((*PAPER, "places"), ("II", "X", 1, 9), "D3", "0 đến 4"),
    ],
)
def test_every_fault_names_its_cell_and_nothing_is_written(
    at_work: Any, head: tuple[str, ...], row: tuple[Any, ...], cell: str, sentence: str
) -> None:
    cast = at_work
    run = taken_in(cast, workbook([("I", "Chung", 1), row], head))
    plan = make_plan(cast.scope(cast.an), *read(run))
    assert sentence in faults(plan).get(cell, str(faults(plan)))
    with pytest.raises(PlanChanged):
        take_over(cast.scope(cast.an), run.pk, *read(run), seen=plan.mark)
    assert not CriteriaTable.objects.exists()


def test_exact_tenths_and_harmless_text(at_work: Any) -> None:
    cast = at_work
    rows = [("I", "=SUM(A1)", 0.1), ("II", "'=HYPERLINK", 0.30000000000000004), ("III", "C", "4.500")]
    book = load_workbook(io.BytesIO(workbook(rows)))
    book.active["B2"].data_type = "s"
    taken_over(cast, saved(book))
    found = list(Criterion.objects.order_by("order").values_list("maximum", flat=True))
    assert found == [Decimal("0.1"), Decimal("0.3"), Decimal(4500)]
    out = load_workbook(io.BytesIO(table_xlsx(cast.scope(cast.an), draft(cast)).render()))
    assert all(cell.data_type != "f" for row in out[SHEET].iter_rows() for cell in row)


def test_lines_below_go_on_with_the_one_above(at_work: Any) -> None:
    head = (*PAPER, "rule", "choices", "steps", "better")
    rows = [
        ("I", "Chung", 10), (1, "Xếp loại nội bộ", 5, "Chọn mức", "Tốt = 5"), (None, None, None, None, "Khá = 3,5"),
        ("-", "Theo biên bản của Đảng ủy"), (2, "Tỷ lệ trễ hạn", 5, "Bậc", None, "≤ 5 % = 5; < 10 % = 2", "thấp"),
        ("II", "Điểm trừ", 2), (1, "Đơn thư", -2, "Điểm trừ"),
    ]  # fmt: skip
    plan = planned(at_work, workbook(rows, head))
    assert faults(plan) == {}
    found = {one.item.code: one.values for one in plan.rows}
    assert [one["label"] for one in found["I.1"]["params"]["choices"]] == ["Tốt", "Khá"]
    assert found["I.1"]["guide"] == "Theo biên bản của Đảng ủy"
    assert [(one["edge"], one["inclusive"]) for one in found["I.2"]["params"]["steps"]] == [
        ("5", True),
        ("10", False),
    ]
    assert (found["II"]["part"], found["II.1"]["part"], found["II.1"]["maximum"]) == ("penalty", "penalty", 2)
    assert any("ghép vào cách chấm" in remark for remark in plan.reading.remarks)
