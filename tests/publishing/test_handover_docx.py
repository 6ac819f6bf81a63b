"""The record of hand-over and the layer for papers: layout of Decree 30, hostile text, the same bytes."""

from __future__ import annotations

import io
import zipfile
from datetime import date
from typing import Any

import pytest
from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml.ns import qn
from docx.shared import Cm, Mm, Pt
from hypothesis import given, settings
from hypothesis import strategies as st

from core import files
from core.docx import MOTTO, NATION, Paper, Signature
from core.folding import clean
from publishing.render.handover_docx import handover_docx, long_date

SHA = "ab" * 32


def party(name: str, **values: str) -> dict[str, str]:
    return {"code": "x", "name": name, "short_name": name, "post": "", "note": "", "signed_at": ""} | values


def snapshot(**values: Any) -> dict[str, Any]:
    return {
        "schema": 1,
        "kind": "handover",
        "cluster": {
            "slug": "x",
            "name": "Cụm thi đua các cơ quan Trung ương đóng trên địa bàn tỉnh Lạng Sơn",
            "place": "Tỉnh Lạng Sơn",
        },
        "year": "2020",
        "effective_on": "2021-01-05",
        "signed_on": "2021-01-05",
        "basis": [
            "Căn cứ kết quả bầu Cụm trưởng tại Hội nghị tổng kết, ngày 05/01/2021",
            "Căn cứ biên bản, quyết định số 02/BB-CTĐ ngày 05/01/2021",
        ],
        "giver": party("Ngân hàng Nhà nước", post="Giám đốc", signed_at="2021-01-05T16:00:00+07:00"),
        "receiver": party("Cục Quản lý thị trường", post="Phó Cục trưởng", signed_at="2021-01-05T16:20:00+07:00"),
        "parts": [
            {
                "key": "records",
                "title": "Hồ sơ còn mở",
                "columns": ["Hoạt động", "Đơn vị", "Trạng thái", "Gửi ngày"],
                "rows": [["Tặng quà", "Cục Thuế", "Đã gửi", "01/12/2020"]],
                "foot": [],
                "none": "",
                "note": "",
            },
            {
                "key": "money", "title": "Tiền", "columns": [], "rows": [], "foot": [],
                "none": "Không có khoản nào.", "note": "",
            },
            {
                "key": "contacts", "title": "Danh bạ", "columns": [], "rows": [], "foot": [], "none": "",
                "note": "Danh bạ có 8 người của 7 đơn vị.",
            },
        ],
    } | values  # fmt: skip


def read(content: bytes) -> Any:
    return Document(io.BytesIO(content))


def words_of(content: bytes) -> str:
    document = read(content)
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return "\n".join([paragraph.text for paragraph in document.paragraphs] + cells)


# -- layout --------------------------------------------------------------------------------------
def test_the_page_is_that_of_the_decree() -> None:
    document = read(handover_docx(snapshot(), SHA))
    (section,) = document.sections
    size = (section.page_width, section.page_height)
    assert [round(one.mm) for one in size] == [210, 297]
    margins = (section.top_margin, section.bottom_margin, section.left_margin, section.right_margin)
    assert [round(one.mm) for one in margins] == [20, 20, 30, 15]
    normal = document.styles["Normal"]
    assert (normal.font.name, normal.font.size) == ("Times New Roman", Pt(14))
    fonts = normal.element.rPr.rFonts
    assert {fonts.get(qn(f"w:{name}")) for name in ("ascii", "hAnsi", "eastAsia", "cs")} == {
        "Times New Roman"
    }


def test_pages_are_numbered_from_the_second_on() -> None:
    (section,) = read(handover_docx(snapshot(), SHA)).sections
    assert section.different_first_page_header_footer
    (paragraph,) = section.header.paragraphs
    assert paragraph.alignment == WD_ALIGN_PARAGRAPH.CENTER
    assert "PAGE" in paragraph._p.xml
    assert not section.first_page_header.is_linked_to_previous
    assert section.first_page_header.paragraphs[0].text == ""


def test_the_head_holds_title_motto_agency_number_place_and_date() -> None:
    left, right = read(handover_docx(snapshot(), SHA)).tables[0].columns
    nation, motto, line = right.cells[0].paragraphs
    assert (nation.text, motto.text) == (NATION, MOTTO)
    assert (nation.runs[0].bold, motto.runs[0].bold) == (True, True)
    assert (nation.runs[0].font.size, motto.runs[0].font.size) == (Pt(13), Pt(14))
    motto_width = Mm(98) - line.paragraph_format.left_indent - line.paragraph_format.right_indent
    assert round(motto_width.mm if hasattr(motto_width, "mm") else motto_width / 36000) == 60
    assert "w:pBdr" in line._p.xml
    assert left.cells[0].paragraphs[0].text == (
        "CỤM THI ĐUA CÁC CƠ QUAN TRUNG ƯƠNG ĐÓNG TRÊN ĐỊA BÀN TỈNH LẠNG SƠN"
    )
    assert left.cells[1].text.startswith("Số:")
    (place,) = right.cells[1].paragraphs
    assert (place.text, place.runs[0].italic) == ("Lạng Sơn, ngày 05 tháng 01 năm 2021", True)


def test_body_and_title() -> None:
    document = read(handover_docx(snapshot(), SHA))
    texts = {paragraph.text: paragraph for paragraph in document.paragraphs}
    assert texts["BIÊN BẢN"].runs[0].bold
    body = next(
        paragraph for text, paragraph in texts.items() if text.startswith("Hôm nay, ngày 05 tháng 01")
    )
    shape = body.paragraph_format
    assert (shape.alignment, shape.first_line_indent, shape.space_after) == (
        WD_ALIGN_PARAGRAPH.JUSTIFY,
        Cm(1.27),
        Pt(6),
    )
    first, last = (paragraph for text, paragraph in texts.items() if text.startswith("Căn cứ"))
    assert first.text.endswith("ngày 05/01/2021;")
    assert last.text.endswith("02/BB-CTĐ ngày 05/01/2021.")
    assert first.runs[0].italic


def test_tables_repeat_their_head_and_tear_no_row() -> None:
    table = read(handover_docx(snapshot(), SHA)).tables[1]
    assert [cell.text for cell in table.rows[0].cells] == [
        "TT",
        "Hoạt động",
        "Đơn vị",
        "Trạng thái",
        "Gửi ngày",
    ]
    assert [cell.text for cell in table.rows[1].cells][:2] == ["1", "Tặng quà"]
    assert "w:tblHeader" in table.rows[0]._tr.xml
    assert all("w:cantSplit" in row._tr.xml for row in table.rows)


def test_offices_sign_side_by_side() -> None:
    receiver, giver = read(handover_docx(snapshot(), SHA)).tables[-1].rows[0].cells
    assert receiver.text.split("\n")[:3] == ["ĐẠI DIỆN BÊN NHẬN", "Cục Quản lý thị trường", "PHÓ CỤC TRƯỞNG"]
    assert "Đã ký trên hệ thống lúc 16:00 ngày 05/01/2021" in giver.text
    words = words_of(handover_docx(snapshot(), SHA))
    assert "Nơi nhận:" in words
    assert "- Lưu: VT." in words
    assert SHA in words


def test_a_draft_says_so_and_leaves_room() -> None:
    unsigned = snapshot(signed_on="", giver=party("A"), receiver=party("B"), basis=[])
    content = handover_docx(unsigned)
    words = words_of(content)
    assert "DỰ THẢO" in words
    assert "DỰ THẢO" in read(content).sections[0].header.paragraphs[0].text
    assert "ngày …… tháng …… năm ……" in words
    assert "(Ký, ghi rõ họ tên, đóng dấu)" in words
    assert "SHA-256" not in words
    assert "Căn cứ" not in words


def test_groups_without_rows_say_it() -> None:
    words = words_of(handover_docx(snapshot(), SHA))
    assert "2. Tiền" in words
    assert "Không có khoản nào." in words
    assert "thông tin cá nhân không ghi vào biên bản" in words


@pytest.mark.parametrize(
    ("iso", "words"),
    [
        ("2021-01-05", "ngày 05 tháng 01 năm 2021"),
        ("2021-03-12", "ngày 12 tháng 3 năm 2021"),
        ("2021-12-01", "ngày 01 tháng 12 năm 2021"),
    ],
)
def test_days_are_written_as_the_decree_asks(iso: str, words: str) -> None:
    assert long_date(iso) == words


def test_an_upper_agency_stands_above_in_thin_capitals() -> None:
    paper = Paper("Thử", date(2021, 1, 5))
    paper.head("Sở Nội vụ", "Số: 01/BC-SNV", "Lạng Sơn", upper="UBND tỉnh Lạng Sơn")
    paper.signatures(Signature("TM. Cụm", ("Giám đốc",)), Signature("Nơi khác", foot="Ký tên"))
    upper, agency, _line = read(paper.data()).tables[0].rows[0].cells[0].paragraphs
    assert (upper.text, upper.runs[0].bold) == ("UBND TỈNH LẠNG SƠN", False)
    assert (agency.text, agency.runs[0].bold) == ("SỞ NỘI VỤ", True)


# -- bytes ---------------------------------------------------------------------------------------
def test_the_same_data_gives_the_same_bytes() -> None:
    assert handover_docx(snapshot(), SHA) == handover_docx(snapshot(), SHA)


def test_the_file_tells_nothing_of_program_person_or_clock() -> None:
    content = handover_docx(snapshot(), SHA)
    properties = read(content).core_properties
    assert (properties.author, properties.last_modified_by, properties.comments) == ("", "", "")
    assert properties.created.date() == properties.modified.date() == date(2021, 1, 5)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert {part.date_time for part in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert not [name for name in archive.namelist() if "thumbnail" in name]


def test_the_upload_gate_takes_it_for_what_it_is() -> None:
    content = handover_docx(snapshot(), SHA)
    assert files.recognise(io.BytesIO(content), len(content), "bien-ban.docx") is files.DOCX


# -- hostile text --------------------------------------------------------------------------------
HOSTILE = [
    ("a & b < c > d \"e\" 'f'", None),
    ("]]> <w:t>x</w:t> <!-- --> &amp; &#x41;", None),
    ("{{ 7*7 }} {% now %} ${7*7} #{7*7}", None),
    ("=1+1 @SUM", None),
    ("chuông\x07 và \x1b[31m", "chuông và [31m"),
    ("dòng một\x0bdòng hai", "dòng một\ndòng hai"),
    ("nửa \ud83d cặp", "nửa  cặp"),
    ("không ký tự \ufffe\uffff", "không ký tự"),
    ("cười 😀 👩‍🏫", "cười 😀 👩🏫"),
    ("Nguyễn rời".replace("ễ", "e\u0302\u0303"), "Nguyễn rời"),
    ("z\u0335\u0336\u0337a\u030a", None),
    ("\u202eđảo\u202c", "đảo"),
    ("日本語 العربية ไทย", None),
    ("x" * 2000, None),
]


@pytest.mark.parametrize(("typed", "kept"), HOSTILE, ids=range(len(HOSTILE)))
def test_text_is_text_or_cleaned_by_rule(typed: str, kept: str | None) -> None:
    kept = clean(typed) if kept is None else kept
    data = snapshot(
        giver=party(f"Bên {typed}", post=typed, note=typed, signed_at="2021-01-05T16:00:00+07:00"),
        cluster={"slug": "x", "name": typed, "place": typed},
        basis=[typed],
    )
    data["parts"][0]["rows"] = [[typed] * 4]
    data["parts"][0]["note"] = typed
    words = words_of(handover_docx(data, SHA))
    assert kept in words
    assert f"Bên giao: {kept}" in words
    table = read(handover_docx(data, SHA)).tables[1]
    assert [cell.text for cell in table.rows[1].cells][1:] == [kept] * 4


@settings(deadline=None, max_examples=50)
@given(st.text(max_size=200))
def test_any_text_gives_a_file_that_opens(typed: str) -> None:
    paper = Paper(typed, date(2021, 1, 5))
    paper.body(typed)
    paper.table([typed], [[typed]], [1], foot=[typed])
    document = read(paper.data())
    assert document.paragraphs[0].text == clean(typed)
    assert document.tables[0].rows[1].cells[1].text == clean(typed)
