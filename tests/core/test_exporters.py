"""CSV files and the header that names a download (core/exporters.py)."""

import csv
import io
from datetime import UTC, date, datetime
from decimal import Decimal
from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.exporters import MAX_FILENAME, CsvExporter, Exporter, content_disposition, csv_cell, safe_filename
from core.quantity import Qualifier

any_text = st.text(st.characters(codec=None), max_size=80)


def read(data):
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))


def test_a_csv_opens_in_a_spreadsheet_with_its_marks():
    exporter = CsvExporter(
        ["Đơn vị", "Nội dung", "Giá trị", "Ngày"],
        [["Cục Thuế tỉnh", 'Tặng "quà", 2 lần;\ntại Chi Lăng', 580_000_000, date(2021, 1, 5)]],
        filename="hoat-dong.csv",
    )
    data = exporter.render()
    assert data.startswith(b"\xef\xbb\xbf")
    assert data.endswith(b"\r\n")
    assert data.splitlines()[0] == '\ufeff"Đơn vị","Nội dung","Giá trị","Ngày"'.encode()
    assert read(data)[1] == ["Cục Thuế tỉnh", 'Tặng "quà", 2 lần;\ntại Chi Lăng', "580000000", "05/01/2021"]
    assert (exporter.identifier, exporter.filename) == ("csv", "hoat-dong.csv")
    assert exporter.content_type == "text/csv; charset=utf-8"
    assert isinstance(exporter, Exporter)


@pytest.mark.parametrize(
    "text",
    [
        "=1+1",
        "+84 912",
        "-5",
        "@SUM(A1)",
        "\t=1",
        "\r=1",
        "\n=1",
        "  =1",
        "\u00a0=1",
        "\u200b=1",
        "\x00=1",
        "＝1+1",
        "=cmd|' /C calc'!A0",
        '=HYPERLINK("http://example.org")',
    ],
)
def test_text_never_starts_a_formula(text):
    [[_], [cell]] = read(CsvExporter(["a"], [[text]]).render())
    assert cell.startswith("'")
    assert cell.replace("\n", "").endswith(text.strip().strip("\x00\u200b"))
    assert read(CsvExporter([text], []).render())[0][0].startswith("'")


@given(st.lists(st.lists(any_text, min_size=2, max_size=2), max_size=5))
def test_any_text_keeps_its_place_and_is_inert(rows):
    back = read(CsvExporter(["một", "hai"], rows).render())
    assert len(back) == len(rows) + 1
    assert all(len(row) == 2 for row in back)
    assert not any(
        cell.lstrip().startswith(("=", "+", "-", "@")) or cell[:1] == "\t" for row in back for cell in row
    )


@pytest.mark.parametrize(
    "value, cell",
    [
        (None, ""),
        (-5, "-5"),
        (4500, "4500"),
        (Decimal("92.25"), "92,25"),
        (Decimal("-1.5"), "-1,5"),
        (Decimal("1E+3"), "1000"),
        (Decimal("NaN"), ""),
        (True, "có"),
        (False, "không"),
        (Qualifier.NEARLY, "nearly"),
        (datetime(2020, 12, 31, 17, 30, tzinfo=UTC), "01/01/2021 00:30"),
        (datetime(2020, 12, 31, 17, 30), "31/12/2020 17:30"),
        ("0912", "0912"),
    ],
)
def test_values_print_the_vietnamese_way(value, cell):
    assert csv_cell(value) == cell


def test_figures_are_never_floats():
    with pytest.raises(TypeError):
        csv_cell(9.5)


def test_a_row_of_another_length_is_never_shifted():
    with pytest.raises(ValueError, match="row of 1 cells under a header of 2"):
        CsvExporter(["a", "b"], [["x"]]).render()


def test_a_large_file_comes_in_pieces_that_make_the_same_bytes():
    rows = [[number, "Khẩu trang y tế"] for number in range(10_000)]
    pieces = list(CsvExporter(["Số", "Tên"], rows).chunks())
    assert len(pieces) > 3
    assert b"".join(pieces) == CsvExporter(["Số", "Tên"], iter(rows)).render()
    assert len(read(b"".join(pieces))) == 10_001


# File names (F6, I6)


@pytest.mark.parametrize(
    "name, safe",
    [
        ("../../x.pdf", "x.pdf"),
        ("C:\\Users\\x.pdf", "x.pdf"),
        ("bi\u0302a.pdf", "bîa.pdf"),
        ("a\x00b.pdf", "ab.pdf"),
        ("gpj.\u202efdp.exe", "gpj.fdp.exe"),
        ("CON", "_CON"),
        ("nul.txt", "_nul.txt"),
        ("Aux .txt", "_Aux .txt"),
        ("con." + "x" * 300, "_con." + "x" * (MAX_FILENAME - 5)),
        ("Lpt1.x", "_Lpt1.x"),
        ("console.txt", "console.txt"),
        ("bảng. . ", "bảng"),
        (".htaccess", "htaccess"),
        ("a<b>:c?.pdf", "a_b__c_.pdf"),
        ("dòng\r\nhai.pdf", "dòng hai.pdf"),
        ("", "tep"),
        ("...", "tep"),
        ("thư mục/", "tep"),
    ],
)
def test_file_names_are_safe_to_show_and_to_save(name, safe):
    assert safe_filename(name) == safe


def test_a_long_name_is_cut_before_its_extension():
    assert safe_filename("ả" * 300 + ".pdf") == "ả" * (MAX_FILENAME - 4) + ".pdf"
    assert safe_filename("x" * 300) == "x" * MAX_FILENAME


@pytest.mark.parametrize(
    "name, header",
    [
        ("tong-ket.csv", 'attachment; filename="tong-ket.csv"'),
        (
            "Đề cương.pdf",
            "attachment; filename=\"De cuong.pdf\"; filename*=UTF-8''%C4%90%E1%BB%81%20c%C6%B0%C6%A1ng.pdf",
        ),
        ('a"b.pdf', 'attachment; filename="a_b.pdf"'),
        ("100%.pdf", "attachment; filename=\"100_.pdf\"; filename*=UTF-8''100%25.pdf"),
        (
            "x\r\nSet-Cookie: a=b",
            "attachment; filename=\"x Set-Cookie_ a_b\"; filename*=UTF-8''x%20Set-Cookie_%20a%3Db",
        ),
    ],
)
def test_the_header_names_the_file_in_both_forms(name, header):
    assert content_disposition(name) == header
    assert content_disposition(name, inline=True) == header.replace("attachment", "inline", 1)


@given(any_text)
def test_any_name_makes_one_plain_header_that_gives_the_name_back(name):
    header = content_disposition(name)
    assert header.isascii()
    assert header.isprintable()
    assert header.count('"') == 2
    assert "\\" not in header
    if "filename*=" in header:
        assert unquote(header.split("UTF-8''")[1]) == safe_filename(name)


@given(any_text)
def test_a_safe_name_stays_as_it_is(name):
    safe = safe_filename(name)
    assert safe
    assert safe_filename(safe) == safe
    assert len(safe) <= MAX_FILENAME
