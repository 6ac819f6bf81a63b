"""The pages that form clusters from a workbook: template, preview, written once."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
import time_machine
from django.contrib.messages import get_messages
from django.urls import reverse
from openpyxl import load_workbook

from core.models import AuditEvent, StagedUpload
from members.council_exports import FORM_SHEET
from members.domain.formation_plan import plan_of
from members.models import Agency, Cluster, Membership
from tests.admin.tools import form_data
from tests.council.table import HEAD, member, order, read, upload, workbook
from tests.factories import OfficerFactory

pytestmark = pytest.mark.django_db
ROWS = [member("Sở Y tế", role="Cụm trưởng"), member("Sở Công Thương")]


@pytest.fixture(autouse=True)
def _in_march() -> Iterator[None]:
    with time_machine.travel("2021-03-01 09:00+07:00", tick=False):
        yield


@pytest.fixture
def office(cast: Any) -> Any:
    """An officer of every cluster."""
    return OfficerFactory(user__username="all").user


def send(cast: Any, user: Any, data: dict[str, Any]) -> Any:
    return cast.client(user).post(reverse("council_form"), data)


def preview(cast: Any, user: Any, data: bytes, name: str = "to-chuc.xlsx", **more: Any) -> Any:
    return send(
        cast, user, {"file": upload(data, name), "effective_on": "01/01/2021", "preview": "1", **more}
    )


def confirm(cast: Any, user: Any, shown: Any) -> Any:
    return send(cast, user, form_data(shown) | {"confirm": "1"})


def said(answer: Any) -> list[str]:
    return [str(message) for message in get_messages(answer.wsgi_request)]


def text(answer: Any) -> str:
    return " ".join(str(answer.content.decode()).split())


def test_nothing_is_written_before_it_is_confirmed_and_then_once(cast: Any, office: Any) -> None:
    events = AuditEvent.objects.count()
    shown = preview(cast, office, workbook(ROWS))
    assert shown.status_code == 200
    assert "Cụm mới" in text(shown)
    assert "Sở Công Thương" in text(shown)
    assert not Cluster.objects.filter(slug="khoi-a").exists()
    assert AuditEvent.objects.count() == events
    done = confirm(cast, office, shown)
    assert done.url == reverse("council")
    assert said(done) == ["Đã ghi tổ chức cụm theo tệp “to-chuc.xlsx”."]
    assert Membership.objects.filter(year__cluster__slug="khoi-a").count() == 2
    events = AuditEvent.objects.count()
    assert said(confirm(cast, office, shown))[-1] == "Tệp này đã được nhập trước đó: không có gì để ghi thêm."
    assert AuditEvent.objects.count() == events
    again = preview(cast, office, workbook(ROWS))
    assert "Không có gì để ghi" in text(again)


def test_faults_are_listed_by_sheet_cell_and_reason(cast: Any, office: Any) -> None:
    answer = preview(cast, office, workbook([*ROWS, member("Sở Y tế", level="Huyện")]))
    assert answer.status_code == 422
    page = text(answer)
    assert "2 chỗ cần sửa trong tệp" in page
    for words in ("Tổ chức cụm", "E4", "“Huyện” không có trong danh mục.", "M4", "Đơn vị này đã có ở dòng 2"):
        assert words in page
    assert "Ghi tất cả" not in page


def test_what_changed_in_between_is_shown_again(cast: Any, office: Any) -> None:
    shown = preview(cast, office, workbook(ROWS))
    Agency.objects.create(code="so-cong-thuong")
    answer = confirm(cast, office, shown)
    assert answer.status_code == 409
    assert "Dữ liệu vừa thay đổi" in text(answer)
    assert confirm(cast, office, answer).status_code == 302


@pytest.mark.parametrize(
    ("data", "name", "words"),
    [
        (b"", "a.xlsx", "trống"),
        (b"%PDF-1.4\n%%EOF", "a.xlsx", "không đúng với đuôi"),
        (b"%PDF-1.4\n%%EOF", "a.pdf", "không phải tệp Excel"),
        (b"PK\x03\x04 cut", "a.xlsx", "hỏng"),
        (b"a;b;c", "a.csv", "không phải loại được nhận"),
    ],
)
def test_another_kind_of_file_is_refused_by_its_content(
    cast: Any, office: Any, data: bytes, name: str, words: str
) -> None:
    answer = preview(cast, office, data, name)
    assert answer.status_code == 422
    assert words in text(answer)
    assert not StagedUpload.objects.exists()


def test_a_form_without_file_or_day_keeps_what_was_given(cast: Any, office: Any) -> None:
    assert "Chọn tệp Excel" in text(send(cast, office, {"effective_on": "01/01/2021"}))
    answer = preview(cast, office, workbook(ROWS), effective_on="31/02/2021")
    assert answer.status_code == 422
    data = form_data(answer)
    assert (data["effective_on"], bool(data["staged"])) == ("31/02/2021", True)
    assert send(cast, office, data | {"effective_on": "01/01/2021", "preview": "1"}).status_code == 200


def test_a_foreign_staged_file_is_nobodys(cast: Any, office: Any) -> None:
    shown = form_data(preview(cast, office, workbook(ROWS)))
    assert send(cast, cast.root, shown | {"confirm": "1"}).status_code == 422
    assert not Cluster.objects.filter(slug="khoi-a").exists()


@pytest.mark.parametrize("who", ["officer", "observer", "an", "dung"])
def test_only_who_looks_after_every_cluster(cast: Any, who: str) -> None:
    wanted = 403 if who in ("officer", "observer") else 404
    client = cast.client(getattr(cast, who))
    for name in ("council_form", "council_template"):
        assert client.get(reverse(name)).status_code == wanted
    assert client.post(reverse("council_form")).status_code == wanted


def test_the_template_is_empty_with_lists_notes_and_a_hidden_key(cast: Any, office: Any) -> None:
    book = load_workbook(io.BytesIO(cast.client(office).get(reverse("council_template")).content))
    assert book.sheetnames == [FORM_SHEET, "Hướng dẫn", "Danh mục"]
    sheet = book[FORM_SHEET]
    assert sheet.column_dimensions["A"].hidden
    assert {str(one.sqref)[0] for one in sheet.data_validations.dataValidation} >= {
        "C",
        "F",
        "P",
        "Q",
        "S",
    }
    assert sheet.max_row == 1
    assert sheet["B1"].comment is not None


def test_the_filled_template_says_what_stands_and_changes_nothing(cast: Any, office: Any) -> None:
    data = cast.client(office).get(reverse("council_template") + "?co-san=1").content
    table = read(data)
    assert [line.text("agency") for line in table.lines if line.text("cluster") == "trung-uong"] == [
        "ngan-hang", "thi-truong", "thong-ke", "bao-hiem",
    ]  # fmt: skip
    assert table.faults == []
    plan = plan_of(table, order(date(2020, 6, 1), complete=True))
    assert (plan.faults, plan.touched) == ([], [])
    assert len(HEAD) == 21


def test_one_preview_of_a_large_table_costs_a_constant_number_of_queries(
    cast: Any, office: Any, django_assert_max_num_queries: Any
) -> None:
    rows = [member(f"Sở số {n}", f"khoi-{n % 40}") for n in range(400)]
    table = read(workbook(rows))
    with django_assert_max_num_queries(12):
        assert len(plan_of(table, order()).touched) == 40
