"""5,000 rows: forty different errors are all told and nothing is written; mended, the file is loaded once (F12)."""

from __future__ import annotations

import resource
import time
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from core import audit
from core.models import AuditEvent
from movements.domain.search_text import activity_search
from movements.imports.columns import TITLES
from movements.models import Activity, Contribution
from tests.support.importing import HEAD, confirm, opened, preview, row, upload, workbook

pytestmark = [pytest.mark.slow, pytest.mark.django_db]
ROWS = 5_000
KEYED = (
    "activity_key", "gift_key", *HEAD, "movement", "partners", "attended", "in_summary", "given_on",
)  # fmt: skip

# Forty errors, each of its own: the column, what stands there, a piece of the sentence.
ERRORS = [
    ("when", "31/02/2020", "Không có ngày 31/02/2020"),
    ("when", "05/13/2020", "Không có tháng 13"),
    ("when", "hôm qua", "Không hiểu “hôm qua”"),
    ("when", "2021", "nằm ngoài năm thi đua"),
    ("when", "07/01–05/01/2020", "đứng sau thời gian kết thúc"),
    ("when", None, "Ghi thời gian"),
    ("value", "580,000", "có thể hiểu hai cách"),
    ("value", "1,5 đồng", "phải tròn đến đồng"),
    ("value", "-5", "không được âm"),
    ("value", 0, "lớn hơn 0"),
    ("value", "mười triệu", "Không hiểu"),
    ("value", "99.999 tỷ", "dưới 10.000 tỷ"),
    ("value", "5 USD", "không nhận “USD”"),
    ("value", None, "Ghi số lượng hoặc trị giá"),
    ("quantity", "ba", "Không hiểu"),
    ("quantity", 0, "lớn hơn 0"),
    ("quantity", "5 triệu đồng", "Số tiền ghi ở cột trị giá"),
    ("quantity", "1,23456 kg", "Phần lẻ quá dài"),
    ("quantity", "2.000 tỷ cái", "dưới 1.000 tỷ"),
    ("quantity", 7, "phải có đơn vị tính"),
    ("unit", "cái 5", "Đơn vị"),
    ("unit", "bộ", "phải có số lượng"),
    ("description", None, "Ghi nội dung"),
    ("description", "x" * 301, "Dài nhất 300"),
    ("title", "y" * 301, "Dài nhất 300"),
    ("title", "Th¸i Nguyªn", "TCVN3"),
    ("title", "#REF!", "lỗi công thức"),
    ("title", True, "phải là chữ"),
    ("place", "z" * 301, "Dài nhất 300"),
    ("owner", "Sở Lạ", "Không phải thành viên"),
    ("owner", "Bảo hiểm xã hội", "của đơn vị mình"),
    ("movement", "Phong trào lạ", "không có phong trào"),
    ("kind", "Vàng", "Không có trong danh mục"),
    ("quantity_qualifier", "hơi hơi", "Không có trong danh mục"),
    ("part_state", "Ngoài số tổng, cộng thêm", "Ghi nội dung của khoản tổng"),
    ("whole", "Khoản không có", "Chọn khoản này"),
    ("partners", "Sở Lạ", "Không phải thành viên"),
    ("attended", "1,5", "số nguyên"),
    ("in_summary", "có thể", "Ghi có hoặc không"),
    ("given_on", "32/01/2020", "Không có ngày 32/01/2020"),
]


def rows_of_5000() -> list[dict[str, Any]]:
    """2,500 activities with two contributions each."""
    rows = []
    for number in range(ROWS // 2):
        key = f"{number:016x}"
        head = {
            "activity_key": key,
            "title": f"Tặng quà đợt {number}",
            "when": "5/4/2020",
            "place": f"Xã {number % 200}",
        }
        rows.append(
            row(
                **head,
                gift_key=f"a{key}",
                beneficiary=f"Hộ nghèo số {number}",
                givers="Cục Thống kê; Sở Y tế",
            )
        )
        rows.append(
            row(**head, gift_key=f"b{key}", description="Gạo tẻ", quantity=number + 1, unit="kg", value=None)
        )
    return rows


@pytest.fixture(scope="module")
def good() -> bytes:
    return workbook(rows_of_5000(), KEYED)


def test_f12_5000_rows_with_40_different_errors_then_loaded_once(cast: Any, good: bytes) -> None:
    assert len(ERRORS) == 40
    rows = rows_of_5000()
    for place, (key, value, _words) in enumerate(ERRORS):
        rows[place * 120][key] = value
        if (
            len(str(value)) > 300 and key != "description"
        ) or value == "2021":  # both rows of the activity say the same
            rows[place * 120 + 1][key] = value
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    started = time.monotonic()
    shown = preview(cast, cast.chi, workbook(rows, KEYED))
    print(f"with errors: {time.monotonic() - started:.1f} s")
    told = {fault.cell: fault for fault in shown.context["plan"].faults}
    for place, (key, value, words) in enumerate(ERRORS):
        hits = [
            fault
            for fault in told.values()
            if fault.cell.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ") == str(place * 120 + 2)
        ]
        assert any(words in fault.sentence for fault in hits), (key, value, hits)
    assert shown.context["counts"]["wrong"] == 40
    assert (Activity.objects.count(), Contribution.objects.count()) == (0, 0)
    path = shown.request["PATH_INFO"]
    pages = "".join(
        cast.client(cast.chi).get(f"{path}?xem=sai&trang={page}").content.decode() for page in (1, 2)
    )
    assert all(fault.cell in pages and TITLES[fault.key] in pages for fault in told.values())
    mended = opened(cast.client(cast.chi).get(path + "loi.xlsx").getvalue()).active
    assert sum(bool(cell.value) for cell in mended[openpyxl_letter(mended)][1:]) == 40
    load_and_load_again(cast, good, memory)


def openpyxl_letter(sheet: Any) -> str:
    return next(cell.column_letter for cell in sheet[1] if cell.value == "Lỗi")


def load_and_load_again(cast: Any, data: bytes, memory: int) -> None:
    started, busy = time.monotonic(), time.process_time()
    answer = upload(cast, cast.chi, data)
    with CaptureQueriesContext(connection) as looked:
        shown = cast.client(cast.chi).get(answer["Location"])
    read = time.monotonic() - started
    spent = time.process_time() - busy
    assert shown.context["plan"].counts()["new"] == ROWS
    started, busy = time.monotonic(), time.process_time()
    with CaptureQueriesContext(connection) as wrote:
        assert confirm(cast, cast.chi, shown).status_code == 302
    written = time.monotonic() - started
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - memory) / 1024
    took = time.process_time() - busy
    print(f"preview {read:.1f} s (processor {spent:.1f}), {len(looked)} SQL")
    print(f"commit {written:.1f} s (processor {took:.1f}), {len(wrote)} SQL; + {grown:.0f} MB")
    assert len(looked) <= 30
    assert len(wrote) <= 40
    assert (Activity.objects.count(), Contribution.objects.count()) == (ROWS // 2, ROWS)
    some = Activity.objects.order_by("pk")[1234]
    assert some.search == activity_search(some)
    assert AuditEvent.objects.count() == ROWS // 2 + 1
    assert list(audit.verify(audit.cluster_chain(cast.cluster.pk))) == []
    again = preview(cast, cast.chi, data)
    assert again.context["plan"].counts()["same"] == ROWS
    assert not again.context["touched"]
    confirm(cast, cast.chi, again)
    assert AuditEvent.objects.count() == ROWS // 2 + 1
