"""The pages of the criteria table's Excel file: two steps, rights, cost."""

from __future__ import annotations

import io
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from openpyxl import Workbook, load_workbook

from members.enums import PhaseKind
from scoring.enums import TableState
from scoring.exchange.table_columns import SHEET
from scoring.models import CriteriaTable, Criterion
from tests.factories.scoring import SIMPLE, make_table

pytestmark = pytest.mark.django_db


@pytest.fixture
def at_work(cast: Any) -> Any:
    cast.go(PhaseKind.PREPARE)
    return cast


def paper(*rows: tuple[Any, ...]) -> bytes:
    book = Workbook()
    book.active.append(["STT", "Nội dung", "Điểm chuẩn"])
    for row in rows:
        book.active.append(list(row))
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def uploaded(cast: Any, data: bytes, name: str = "bang.xlsx") -> tuple[Any, str]:
    file = SimpleUploadedFile(name, data)
    answer = cast.client(cast.an).post(cast.url("criteria_import"), {"file": file}, follow=True)
    return answer, answer.redirect_chain[-1][0] if answer.redirect_chain else ""


GOOD = (
    ("I", "Chuyên môn", 60),
    (1, "Chỉ tiêu", 40),
    (2, "Cải cách", 10),
    ("II", "Thi đua", 40),
    (1, "Phong trào", 40),
)


def test_a_paper_table_is_shown_then_taken_over_once(at_work: Any) -> None:
    cast = at_work
    answer, url = uploaded(cast, paper(*GOOD))
    words = answer.content.decode()
    assert "Mục I ghi 60 điểm, các tiêu chí con cộng lại 50: thiếu 10." in words
    assert "Chấm điểm trực tiếp" in words
    assert not CriteriaTable.objects.exists()
    seen = {"seen": answer.context["plan"].mark, "confirm": "1"}
    done = cast.client(cast.an).post(url, seen, follow=True)
    assert "Đã nhập tệp" in done.content.decode()
    draft = CriteriaTable.objects.get(state=TableState.DRAFT)
    leaves = Criterion.objects.filter(table=draft, rule="direct").order_by("code")
    assert list(leaves.values_list("code", flat=True)) == ["I.1", "I.2", "II.1"]
    again = cast.client(cast.an).post(url, seen, follow=True)
    assert "không có gì để ghi thêm" in again.content.decode()
    assert CriteriaTable.objects.count() == 1


def test_faults_are_listed_and_a_changed_draft_is_shown_again(at_work: Any) -> None:
    cast = at_work
    answer, url = uploaded(cast, paper(("I", "Chuyên môn", "nhiều")))
    assert "C2" in answer.content.decode()
    assert cast.client(cast.an).post(url, {"seen": "x"}).status_code == 409
    answer, url = uploaded(cast, paper(*GOOD))
    make_table(cast.year, SIMPLE, state=TableState.DRAFT)
    late = cast.client(cast.an).post(url, {"seen": answer.context["plan"].mark})
    assert late.status_code == 409
    assert "vừa thay đổi" in late.content.decode()
    assert Criterion.objects.count() == len(SIMPLE)


@pytest.mark.parametrize(
    ("name", "data", "sentence"),
    [
        ("bang.xlsx", b"", "trống"),
        ("bang.csv", b"a;b\n1;2", ".xlsx"),
        ("bang.pdf", b"%PDF-1.4\n%%EOF", ".xlsx"),
    ],
)
def test_other_files_are_refused_beside_the_field(
    at_work: Any, name: str, data: bytes, sentence: str
) -> None:
    answer, _url = uploaded(at_work, data, name)
    assert (answer.status_code, sentence in answer.content.decode()) == (422, True)


def test_template_and_versions_are_downloaded(at_work: Any) -> None:
    cast = at_work
    table = make_table(cast.year, SIMPLE, state=TableState.DRAFT)
    client = cast.client(cast.an)
    for url in (cast.url("criteria_import_template"), cast.url("criteria_export", version=table.version)):
        book = load_workbook(io.BytesIO(b"".join(client.get(url).streaming_content)))
        assert book[SHEET].max_row > len(SIMPLE)
    assert cast.client(cast.chi).get(cast.url("criteria_export", version=1)).status_code == 404  # a draft
    CriteriaTable.objects.filter(pk=table.pk).update(
        state=TableState.APPLIED, applied_at=cast.year.created_at
    )
    assert cast.client(cast.chi).get(cast.url("criteria_export", version=1)).status_code == 200
    assert cast.client(cast.dung).get(cast.url("criteria_export", version=1)).status_code == 404
    assert client.get(cast.url("criteria_export", version=99)).status_code == 404


def test_only_leadership_in_its_steps_and_only_the_own_file(at_work: Any) -> None:
    cast = at_work
    _answer, run = uploaded(cast, paper(*GOOD))
    url = cast.url("criteria_import")
    assert cast.client(cast.chi).get(url).status_code == 403
    assert cast.client(cast.dung).get(url).status_code == 404
    assert cast.client(cast.binh).get(url).status_code == 200
    assert cast.client(cast.binh).get(run).status_code == 404
    assert cast.client(cast.chi).post(run, {}).status_code == 403
    cast.go(PhaseKind.DELIBERATE)
    assert cast.client(cast.an).get(url).status_code == 403
    assert cast.client(cast.an).post(run, {}).status_code == 403


def test_a_preview_costs_the_same_for_few_rows_and_for_many(
    at_work: Any, django_assert_max_num_queries: Any
) -> None:
    cast = at_work
    make_table(cast.year, SIMPLE)
    counted = []
    for rows in (GOOD[:2], [*GOOD, *((f"III.{n}" if n else "III", f"Tiêu chí {n}", 1) for n in range(60))]):
        _answer, url = uploaded(cast, paper(*rows))
        with django_assert_max_num_queries(30) as queries:
            assert cast.client(cast.an).get(url).status_code == 200
        counted.append(len(queries))
    assert counted[0] == counted[1]
