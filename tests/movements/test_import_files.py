"""Bad files and odd ones (F1 to F4, F11, F13, F15, F16): refused with a reason and advice, or read right."""

from __future__ import annotations

import io
import unicodedata
import zipfile
from datetime import date, datetime
from typing import Any

import pytest
from openpyxl import load_workbook
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from core import csvfiles, files
from core.oldfonts import old_font
from movements.imports.columns import FIELDS, MAX_ROWS, TITLES
from movements.imports.plan import make_plan
from movements.imports.shape import Order, Plan
from movements.models import Activity, Contribution
from tests.support.importing import (
    HEAD,
    csv_text,
    faults,
    imported,
    opened,
    planned,
    preview,
    row,
    saved,
    table,
    upload,
    workbook,
)
from tests.support.uploads import ENTITIES, PDF, bomb, docx, xlsm

OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600
TCVN3 = "Tªn ho¹t ®éng,Thêi gian,§Þa bµn\nTÆng quµ hé nghÌo,5/4/2020,Th¸i Nguyªn\n".encode("latin-1")
VNI = "Teân hoaït ñoäng,Thôøi gian,Ñòa baøn\nTaëng quaø hoä ngheøo,5/4/2020,Thaùi Nguyeân\n".encode("latin-1")


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


# -- refused at the door -------------------------------------------------------------------------
@pytest.mark.django_db
@pytest.mark.parametrize(
    ("name", "data", "words"),
    [
        pytest.param("bom.xlsx", bomb(60), "bung ra quá lớn", id="F1"),
        pytest.param("a.xlsx", rewritten(workbook([row()]), b"<worksheet", ENTITIES.encode() + b"<worksheet"),
                     "không phải loại được nhận", id="F3"),
        pytest.param("a.xls", OLD_OFFICE, "Office cũ hoặc có mật khẩu", id="F4-xls"),
        pytest.param("a.xlsm", xlsm(), "có macro", id="F4-xlsm"),
        pytest.param("a.xlsx", b"Ten,Thoi gian\nx,2020\n", "Hãy đổi đuôi thành .csv", id="F4-csv"),
        pytest.param("a.docx", docx(), "Chỉ nhận tệp .xlsx hoặc .csv", id="F4-docx"),
        pytest.param("a.pdf", PDF, "Chỉ nhận tệp .xlsx hoặc .csv", id="F4-pdf"),
        pytest.param("a.csv", bytes(range(256)) * 9, "Không đọc chắc", id="F4-binary"),
        pytest.param("mat-khau.xlsx", OLD_OFFICE, "không đặt mật khẩu", id="F11"),
        pytest.param("a.csv", TCVN3, "bảng mã cũ TCVN3 (ABC)", id="F16-tcvn3"),
        pytest.param("a.csv", VNI, "bảng mã cũ VNI", id="F16-vni"),
        pytest.param("a.csv", TCVN3.decode("latin-1").encode(), "bảng mã cũ TCVN3", id="F16-tcvn3-in-utf8"),
        pytest.param("a.csv", b"", "trống (0 byte)", id="empty"),
    ],
)  # fmt: skip
def test_files_that_are_not_taken(cast: Any, name: str, data: bytes, words: str) -> None:
    answer = upload(cast, cast.chi, data, name)
    assert answer.status_code == 422
    page = answer.content.decode()
    assert words in page, page[page.find("invalid-feedback") :][:300]
    assert "Bạn chưa" not in page


@pytest.mark.django_db
def test_no_file_at_all(cast: Any) -> None:
    answer = cast.client(cast.chi).post(cast.url("activity_import"), {})
    assert answer.status_code == 422
    assert "Chọn tệp Excel (.xlsx) hoặc CSV đã điền." in answer.content.decode()


# -- areas (F2) and the cap ----------------------------------------------------------------------
def test_f2_a_huge_declared_area_and_a_million_empty_rows() -> None:
    data = rewritten(workbook([row()]), b'ref="A1:O2"', b'ref="A1:XFD1048576"')
    assert len(table(data).lines) == 1
    rows = b"".join(b'<row r="%d" spans="1:9" s="1" customFormat="1"/>' % n for n in range(3, 500_000))
    data = rewritten(workbook([row()]), b"</sheetData>", rows + b"</sheetData>")
    assert [fault.sentence for fault in table(data).faults] == [
        "Trang tính quá lớn. Chép phần có dữ liệu sang một tệp mới rồi nhập lại."
    ]


def test_10001_rows_are_refused_with_the_cap() -> None:
    text = csv_text([row(title=f"Việc {n}") for n in range(MAX_ROWS + 1)], ("title", "when", "place"))
    read = csvfiles.read(io.BytesIO(text.encode()), FIELDS, MAX_ROWS)
    assert len(read.lines) == MAX_ROWS == 10_000
    assert [(one.cell, one.sentence) for one in read.faults] == [
        ("A10002", "Quá 10.000 dòng. Chia tệp ra rồi nhập từng tệp.")
    ]


# -- cells (F13) ---------------------------------------------------------------------------------
def plan_of_cell(cast: Any, key: str, value: Any) -> Plan:
    more = {"description": "Gạo", "unit": "kg", "value": None} if key == "quantity" else {}
    return planned(cast.scope(cast.chi), [row(**more | {key: value})])


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("key", "value", "wanted"),
    [
        ("quantity", "9,5", "9,5 kg"), ("quantity", "1.234,5", "1.234,5 kg"), ("quantity", "21000", "21.000 kg"),
        ("quantity", 92.25, "92,25 kg"), ("quantity", "gần 21.000", "gần 21.000 kg"),
        ("quantity", "1\u00a0234", "1.234 kg"), ("value", 580_000_000, "580.000.000 ₫"),
        ("value", "580 tr", "580.000.000 ₫"),
        ("value", "trên 1,25 tỷ", "trên 1.250.000.000 ₫"), ("value", "500.000 ₫", "500.000 ₫"),
        ("when", datetime(2020, 4, 5), "05/04/2020"), ("when", 43926, "05/04/2020"), ("when", 2020, "2020"),
        ("when", "3/4/2020", "03/04/2020"), ("when", "tháng 12", "12/2020"), ("when", "chưa rõ", "chưa rõ thời gian"),
        ("title", unicodedata.normalize("NFD", "Tặng  quà\u00a0Tết\n"), "Tặng quà Tết"),
        ("title", 2020, "2020"), ("title", "\u200bTặng\u202e quà\x0b", "Tặng quà"),
    ],
)  # fmt: skip
def test_f13_cells_that_are_understood(cast: Any, key: str, value: Any, wanted: str) -> None:
    from movements.imports.shown import shown

    if key == "title" and isinstance(value, str):
        value = value.replace("\x0b", "")
    plan = plan_of_cell(cast, key, value)
    assert faults(plan) == []
    (drawn,) = shown(plan, "moi", "").rows
    found = drawn["time" if key == "when" else "title" if key == "title" else "figures"]
    assert found.replace("\u00a0", " ") == wanted


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("key", "value", "cell", "words"),
    [
        ("when", "31/02/2026", "B2", "Không có ngày 31/02/2026"), ("when", 3.5, "B2", "Không hiểu"),
        ("when", datetime(2026, 4, 5), "B2", "ngoài năm thi đua"), ("quantity", "4.50", "H2", "hai cách"),
        ("value", "580,000", "K2", "hai cách"), ("value", "#N/A", "K2", "lỗi công thức"),
        ("title", "Tặng quà Th¸i Nguyªn", "B2", "phông cũ TCVN3"),
    ],
)  # fmt: skip
def test_f13_cells_that_are_refused_by_their_place(
    cast: Any, key: str, value: Any, cell: str, words: str
) -> None:
    ((where, sentence),) = faults(plan_of_cell(cast, key, value))
    assert where == (cell if key != "when" else "C2")
    assert words in sentence


@pytest.mark.django_db
def test_f13_calendar_of_1904_months_merged_hidden_and_uncomputed(cast: Any) -> None:
    book = load_workbook(
        io.BytesIO(workbook([row(when=43926 - 1462), row(when=date(2020, 12, 1)), row(value="=1+1")]))
    )
    book.epoch = CALENDAR_MAC_1904
    sheet = book.active
    sheet["C3"].number_format = "mm/yyyy"
    sheet.row_dimensions[3].hidden = True
    sheet.merge_cells("D3:D4")
    read = table(saved(book))
    assert [line.text("when") for line in read.lines[:2]] == ["05/04/2020", "12/2020"]
    plan = make_plan(cast.scope(cast.chi), read, Order())
    told = dict(faults(plan))
    assert "gộp làm một" in told["D3"]
    assert "Công thức chưa có kết quả" in told["K4"]
    assert plan.counts()["wrong"] == 2
    assert "1 hàng ẩn" in plan.remarks[0]


# -- columns (F15) -------------------------------------------------------------------------------
@pytest.mark.django_db
def test_f15_columns_in_another_order_renamed_extra_and_three_sheets(cast: Any) -> None:
    head = ("value", "Ghi chú riêng", "description", "when", "title")
    book = opened(workbook([row(**{"Ghi chú riêng": "x"})], head))
    sheet = book.active
    sheet["A1"], sheet["E1"] = "SỐ TIỀN", "Hoạt động *"
    sheet.insert_rows(1, 2)
    sheet["A1"] = "UBND TỈNH LẠNG SƠN"
    book.create_sheet("Ghi chú")["A1"] = "x"
    second = book.create_sheet("Quý II")
    for line in opened(workbook([row(title="Việc khác")])).active.iter_rows(values_only=True):
        second.append(line)
    plan = make_plan(cast.scope(cast.chi), table(saved(book)), Order())
    assert faults(plan) == []
    assert [(one.line.sheet, one.line.number) for one in plan.rows] == [("Hoạt động", 4), ("Quý II", 2)]
    assert {gift.values["value"] for group in plan.groups for gift in group.gifts} == {10_000_000}
    assert "Không dùng cột “Ghi chú riêng” (ô B3)." in plan.remarks
    assert any("Ghi chú" in remark and "Bỏ qua trang tính" in remark for remark in plan.remarks)


def test_f15_missing_and_doubled_titles_are_named() -> None:
    told = table(workbook([row()], ("title", "place", "value", "description"))).faults
    assert [(one.cell, one.sentence) for one in told] == [("A1", "Thiếu cột “Thời gian” ở hàng tiêu đề.")]
    told = table(workbook([row()], ("title", "when", "value", "description", "title"))).faults
    assert [(one.cell, one.sentence) for one in told] == [("E1", "Cột “Tên hoạt động” có hai lần.")]


# -- CSV (F16) -----------------------------------------------------------------------------------
def cp1258(text: str) -> bytes:
    """As Windows writes Vietnamese: the tone behind its letter, the other marks in it."""
    tones = "\u0300\u0301\u0303\u0309\u0323"
    out = ""
    for char in unicodedata.normalize("NFC", text):
        parts = unicodedata.normalize("NFD", char)
        tone = "".join(part for part in parts if part in tones)
        out += unicodedata.normalize("NFC", "".join(part for part in parts if part not in tones)) + tone
    return out.encode("cp1258")


@pytest.mark.django_db
@pytest.mark.parametrize("separator", [";", ",", "\t"])
@pytest.mark.parametrize("coding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1258"])
def test_f16_csv_of_every_office(coding: str, separator: str) -> None:
    rows = [
        row(
            place="Đình Lập; Lộc Bình, Bắc Sơn",
            beneficiary="Hội Chữ thập đỏ tỉnh",
            description="Gạo, muối\ncá khô",
        )
    ]
    text = csv_text(rows, separator=separator)
    data = cp1258(text) if coding == "cp1258" else text.encode(coding)
    read = csvfiles.read(io.BytesIO(data), FIELDS, MAX_ROWS)
    assert read.faults == []
    (line,) = read.lines
    assert line.text("place") == "Đình Lập; Lộc Bình, Bắc Sơn"
    assert line.text("beneficiary") == "Hội Chữ thập đỏ tỉnh"
    assert (line.text("description"), line.at("value")) == ("Gạo, muối cá khô", "K2")


@pytest.mark.django_db
def test_f16_a_csv_is_imported_with_its_marks(cast: Any) -> None:
    imported(cast, cast.chi, cp1258(csv_text([row(title="Trao quà ở xã Hữu Khánh")], separator=";")), "a.csv")
    assert Activity.objects.get().title == "Trao quà ở xã Hữu Khánh"
    assert Contribution.objects.get().value == 10_000_000


def test_texts_of_old_fonts_and_texts_that_only_look_like_them() -> None:
    assert old_font("Céng hßa x· héi chñ nghÜa ViÖt Nam") == "TCVN3 (ABC)"
    assert old_font("Coäng hoøa xaõ hoäi chuû nghóa Vieät Nam") == "VNI"
    for text in (
        "Cộng hòa xã hội chủ nghĩa",
        "Noël ở Nestlé",
        "Müller và Citroën",
        "m² ± 5 °C «abc» ®",
        "50µm",
    ):
        assert old_font(text) == ""


def test_a_csv_that_ends_in_the_middle_of_a_cell() -> None:
    data = (csv_text([row()]) + '"' + "x" * 200_000).encode()
    assert "CSV hỏng" in csvfiles.read(io.BytesIO(data), FIELDS, MAX_ROWS).faults[0].sentence
    with pytest.raises(files.FileRefused):
        csvfiles.decode(b"a\x00\x01b,c")


# -- the file of errors (I2) ---------------------------------------------------------------------
@pytest.mark.django_db
@pytest.mark.parametrize("kind", ["xlsx", "csv"])
def test_i2_the_error_file_holds_ones_own_rows_with_reasons_and_computes_nothing(
    cast: Any, kind: str
) -> None:
    rows = [
        row(when="31/02/2020", place='=HYPERLINK("http://x")', value=10_000_000),
        row(owner="@Sở Lạ", description="+1+1", beneficiary="-2"),
    ]
    text = csv_text(rows)
    data = workbook(rows) if kind == "xlsx" else text.encode()
    shown = preview(cast, cast.chi, data, f"a.{kind}")
    assert shown.context["counts"]["wrong"] == 2
    assert "Tải tệp ghi lỗi" in shown.content.decode()
    answer = cast.client(cast.chi).get(shown.request["PATH_INFO"] + "loi.xlsx")
    assert 'filename="a-loi.xlsx"' in answer["Content-Disposition"]
    made = answer.getvalue()
    sheet = opened(made).active
    assert [cell.value for cell in sheet[1]] == [*[TITLES[key] for key in HEAD], "Lỗi"]
    assert sheet["C2"].value == "31/02/2020"
    assert sheet["C2"].fill.fgColor.rgb == "FFFBE3E1"
    assert sheet["P2"].value.startswith("Thời gian: Không có ngày 31/02/2020")
    assert {cell.data_type for line in sheet.iter_rows() for cell in line} <= {"s", "n"}
    assert (sheet["F3"].value, sheet["F3"].data_type) == ("+1+1", "s")
    sheet["C2"], sheet["A3"] = "28/02/2020", None
    run = imported(cast, cast.chi, saved(opened(saved(sheet.parent))), "sua.xlsx")
    assert run.counts["new"] == 2
    assert Contribution.objects.filter(description="+1+1").exists()
