"""Reading a workbook that people filled in, safely and by its titles (F1–F4, F12–F15)."""

from __future__ import annotations

import io
import time
import zipfile
from datetime import date, datetime
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from core import files, sheets
from members.domain.formation_plan import plan_of
from tests.council.table import HEAD, member, order, planned, read, saved, workbook

PLAIN = ("cluster", "name", "label", "agency_name", "day", "order")


def cell(value: Any, key: str = "agency_name") -> sheets.Table:
    """A table whose single row holds a value in one column."""
    return read(workbook([member("Sở A") | {key: value}]))


def rewritten(data: bytes, old: bytes, new: bytes, part: str = "xl/worksheets/sheet1.xml") -> bytes:
    """The workbook with other bytes in one of its parts."""
    target = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(data)) as source,
        zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as copy,
    ):
        for name in source.namelist():
            content = source.read(name)
            copy.writestr(name, content.replace(old, new) if name == part else content)
    return target.getvalue()


# -- cells (F13) ---------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("value", "wanted"),
    [
        ("01/07/2021", date(2021, 7, 1)),
        ("1-7-2021", date(2021, 7, 1)),
        ("2021-07-01", date(2021, 7, 1)),
        ("3/4/2026", date(2026, 4, 3)),
        (datetime(2021, 7, 1, 13, 0), date(2021, 7, 1)),
        (44378, date(2021, 7, 1)),
        ("31/02/2021", "Không có ngày 31/02/2021"),
        (12.5, "12.5 không phải là ngày"),
        (3, "3 không phải là ngày"),
        ("hôm qua", "Không hiểu “hôm qua” là ngày nào"),
    ],
)
def test_days(value: Any, wanted: Any) -> None:
    table = cell(value, "day")
    if isinstance(wanted, str):
        assert [fault.cell for fault in table.faults] == ["Q2"]
        assert wanted in table.faults[0].sentence
    else:
        assert table.faults == []
        assert table.lines[0].values["day"] == wanted


@pytest.mark.parametrize(
    ("value", "wanted"),
    [
        (7, 7), ("7", 7), (7.0, 7), ("1.234", 1234), ("9,5", "không phải là số thứ tự"), ("1.234,5", "số thứ tự"),
        ("-1", "không được âm"), (0, "số thứ tự"), ("bảy", "là số nào"),
    ],
)  # fmt: skip
def test_whole_numbers(value: Any, wanted: Any) -> None:
    table = cell(value, "order")
    if isinstance(wanted, str):
        assert wanted in table.faults[0].sentence
    else:
        assert table.lines[0].values["order"] == wanted


@pytest.mark.parametrize(
    ("value", "wanted"),
    [
        ("So\u031b\u0309 Y te\u0302\u0301", "Sở Y tế"),
        ("Sở\u00a0Y  tế\n", "Sở Y tế"),
        (2021, "2021"),
        ("=SUM(1)", ""),
    ],
)
def test_text(value: Any, wanted: str) -> None:
    table = cell(value)
    assert table.lines[0].text("agency_name") == wanted


def test_errors_long_texts_and_truth_values_are_refused() -> None:
    for value, words in (("#REF!", "lỗi công thức"), ("x" * 501, "dài quá 500"), (True, "phải là chữ")):
        assert words in cell(value).faults[0].sentence


def test_a_serial_counts_in_the_calendar_of_its_workbook() -> None:
    book = load_workbook(io.BytesIO(workbook([member("Sở A", day=42916)])))
    book.epoch = CALENDAR_MAC_1904
    assert read(saved(book)).lines[0].values["day"] == date(2021, 7, 1)


def test_a_formula_that_nobody_computed_is_refused_by_its_cell() -> None:
    table = read(workbook([member("Sở A", order="=1+1")]))
    assert [(fault.cell, fault.sentence[:26]) for fault in table.faults] == [
        ("K2", "Công thức chưa có kết quả:")
    ]
    data = rewritten(workbook([member("Sở A", order="=1+1")]), b"<v></v>", b"<v>2</v>")
    data = rewritten(data, b"<v />", b"<v>2</v>")
    data = rewritten(data, b"<v/>", b"<v>2</v>")
    assert read(data).lines[0].values["order"] == 2


def test_merged_cells_are_refused_and_hidden_rows_count_with_a_remark() -> None:
    book = load_workbook(io.BytesIO(workbook([member("Sở A"), member("Sở B")])))
    sheet = book.active
    sheet.merge_cells("B2:B3")
    sheet.row_dimensions[3].hidden = True
    table = read(saved(book))
    assert ("B2", "Các ô B2:B3 gộp làm một: bỏ gộp ô, ghi đủ từng ô.") in [
        (fault.cell, fault.sentence) for fault in table.faults
    ]
    assert len(table.lines) == 2
    assert "1 hàng ẩn" in table.remarks[0]


# -- columns (F15) -------------------------------------------------------------------------------
@pytest.mark.django_db
def test_columns_in_another_order_renamed_with_strange_ones_between() -> None:
    row = member("Sở A", order=3) | {"Ghi chú riêng": "x"}
    head = ("order", "Ghi chú riêng", "agency_name", "label", "name", "cluster")
    data = workbook(
        [row], head, titles={"agency_name": "TÊN ĐẦY ĐỦ", "order": "STT", "label": "Năm thi đua *"}
    )
    table = read(data)
    assert table.faults == []
    assert table.lines[0].values == {
        "order": 3, "agency_name": "Sở A", "label": "2021", "name": "Cụm khoi-a", "cluster": "khoi-a",
    }  # fmt: skip
    assert table.remarks == ["Không dùng cột “Ghi chú riêng” (ô B1)."]
    assert plan_of(table, order()).faults == []


def test_missing_and_doubled_titles_are_named() -> None:
    table = read(workbook([member("Sở A")], ("cluster", "name", "label", "level")))
    assert [(fault.cell, fault.sentence) for fault in table.faults] == [
        ("A1", "Thiếu cột “Tên đơn vị” ở hàng tiêu đề.")
    ]
    table = read(workbook([member("Sở A")], (*PLAIN, "name")))
    assert [(fault.cell, fault.sentence) for fault in table.faults] == [("G1", "Cột “Tên cụm” có hai lần.")]


def test_titles_may_stand_below_a_heading_and_other_sheets_are_passed_over() -> None:
    book = load_workbook(io.BytesIO(workbook([member("Sở A")])))
    book.active.insert_rows(1, 2)
    book.active["A1"] = "UBND TỈNH LẠNG SƠN"
    book.create_sheet("Ghi chú")["A1"] = "x"
    second = book.create_sheet("Khối B")
    for row in load_workbook(io.BytesIO(workbook([member("Sở B", "khoi-b")]))).active.iter_rows(
        values_only=True
    ):
        second.append(row)
    table = read(saved(book))
    assert [(line.sheet, line.number) for line in table.lines] == [("Tổ chức cụm", 4), ("Khối B", 2)]
    assert any("Ghi chú" in remark for remark in table.remarks)


def test_an_empty_book_and_one_without_titles() -> None:
    assert "Không trang tính nào" in read(saved(Workbook())).faults[0].sentence
    assert "Không mở được" in read(b"PK").faults[0].sentence


# -- size (F1, F2, F3) -----------------------------------------------------------------------------
def test_a_huge_declared_area_and_far_empty_rows_cost_nothing() -> None:
    data = workbook([member("Sở A")])
    data = rewritten(data, b'ref="A1:U2"', b'ref="A1:XFD1048576"')
    data = rewritten(data, b"</sheetData>", b'<row r="1048576"><c r="A1048576"/></row></sheetData>')
    started = time.monotonic()
    assert len(read(data).lines) == 1
    assert time.monotonic() - started < 10


def test_a_million_formatted_empty_rows_are_refused_with_a_sentence() -> None:
    rows = b"".join(b'<row r="%d" spans="1:9" s="1" customFormat="1"/>' % n for n in range(3, 600_000))
    data = rewritten(workbook([member("Sở A")]), b"</sheetData>", rows + b"</sheetData>")
    assert [fault.sentence for fault in read(data).faults] == [
        "Trang tính quá lớn. Chép phần có dữ liệu sang một tệp mới rồi nhập lại."
    ]


def test_filled_rows_end_at_the_cap() -> None:
    table = read(workbook([member(f"Sở {n}") for n in range(sheets.MAX_ROWS + 2)], PLAIN))
    assert len(table.lines) == sheets.MAX_ROWS
    assert table.faults[0].sentence == "Quá 5.000 dòng. Chia tệp ra rồi nhập từng tệp."


def test_a_bomb_and_entities_never_come_through_the_gate() -> None:
    data = workbook([member("Sở A")])
    bomb = rewritten(data, b"</sheetData>", b" " * 60_000_000 + b"</sheetData>")
    entity = rewritten(data, b"<worksheet", b'<!DOCTYPE x [<!ENTITY a "b">]><worksheet')
    for content in (bomb, entity):
        with pytest.raises(files.FileRefused):
            files.recognise(io.BytesIO(content), len(content), "a.xlsx")


@pytest.mark.django_db
def test_5000_rows_are_previewed_quickly_with_all_their_faults() -> None:
    rows = [member(f"Sở số {n}", f"khoi-{n % 200}") for n in range(4_990)]
    for place in range(0, 3_700, 100):
        rows[place] |= {"level": "Huyện"}
    data = workbook(rows, HEAD)
    started = time.monotonic()
    plan = plan_of(read(data), order())
    took = time.monotonic() - started
    assert len(plan.faults) == 37
    assert {fault.cell for fault in plan.faults} >= {"E2", "E102", "E3602"}
    assert took < 15, took  # 5 s on a machine of its own; tests share theirs
    assert planned(rows[4_000:]).faults == []
