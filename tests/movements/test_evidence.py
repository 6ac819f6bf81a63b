"""Files in the entry form and on their way out: kept over errors, seen by those who may (F5-F7, K13)."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from core import files, staging
from core.models import StagedUpload, StoredFile
from movements.models import Activity, Evidence, EvidenceUse
from tests.factories import ActivityFactory, EvidenceFactory
from tests.support.entry import ROW, form_of, shown
from tests.support.uploads import PDF, docx, png, upload

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _own_folder(tmp_path: Path, settings: Any) -> None:
    settings.FILES_DIR = tmp_path / "files"


@pytest.fixture
def clerk(cast: Any) -> Any:
    return cast.client(cast.chi)


def with_file(cast: Any, client: Any, *uploads: Any, **head: Any) -> Evidence:
    answer = client.post(
        cast.url("activity_add"), {**form_of(ROW, **head), "files": uploads or [upload("a.pdf")]}
    )
    assert answer.status_code == 302, answer.content.decode()
    return Evidence.objects.latest("pk")


# -- in ------------------------------------------------------------------------------------------
def test_files_are_kept_with_the_activity(cast: Any, clerk: Any) -> None:
    with_file(cast, clerk, upload("Biên bản.pdf"), upload("C:\\ảnh\\ảnh.png", png()))
    files_ = Evidence.objects.order_by("pk")
    assert [(row.name, row.file.content_type) for row in files_] == [
        ("Biên bản.pdf", "application/pdf"), ("ảnh.png", "image/png"),
    ]  # fmt: skip
    assert all(row.added_by == cast.chi and files.path_of(row.file.sha256).exists() for row in files_)
    assert not StagedUpload.objects.exists()
    assert "bien ban.pdf" in Activity.objects.get().search


def test_a_chosen_file_survives_an_error_and_is_saved_afterwards(cast: Any, clerk: Any) -> None:
    address = cast.url("activity_add")
    answer = clerk.post(address, {**form_of(ROW, title=""), "files": [upload("Biên bản.pdf")]})
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "Biên bản.pdf" in page
    again = shown(page)
    again["title"], again["then"] = "Đủ rồi", "draft"
    assert clerk.post(address, dict(again.lists())).status_code == 302
    assert Evidence.objects.get().name == "Biên bản.pdf"
    assert not StagedUpload.objects.exists()


def test_a_file_survives_adding_a_row(cast: Any, clerk: Any) -> None:
    page = clerk.post(cast.url("activity_add"), {**form_of(ROW, add_row="khoan"), "files": [upload("a.pdf")]})
    assert len(shown(page.content.decode()).getlist("held_file")) == 1


def test_a_kept_file_can_be_given_up(cast: Any, clerk: Any) -> None:
    address = cast.url("activity_add")
    page = clerk.post(address, {**form_of(ROW, title=""), "files": [upload("a.pdf"), upload("b.png", png())]})
    again = dict(shown(page.content.decode()).lists())
    answer = clerk.post(
        address, {**again, "title": "Đủ", "drop_file": again["held_file"][:1], "then": "draft"}
    )
    assert answer.status_code == 302
    assert Evidence.objects.get().name == "b.png"


def test_nobody_takes_over_a_file_staged_by_somebody_else(cast: Any, clerk: Any) -> None:
    page = clerk.post(cast.url("activity_add"), {**form_of(ROW, title=""), "files": [upload("a.pdf")]})
    token = shown(page.content.decode())["held_file"]
    answer = cast.client(cast.binh).post(cast.url("activity_add"), {**form_of(ROW), "held_file": [token]})
    assert answer.status_code == 422
    assert not Evidence.objects.exists()
    assert StagedUpload.objects.filter(token=token).exists()


def test_bad_files_are_named_and_the_good_ones_kept(cast: Any, clerk: Any, settings: Any) -> None:
    settings.UPLOAD_MAX_BYTES = 10_000
    chosen = [
        upload("tốt.pdf"),
        upload("chạy.pdf", b"<script>alert(1)</script>"),
        upload("trống.pdf", b""),
        upload("báo cáo.pdf", docx()),
        upload("to.pdf", PDF + b"0" * 200_000),
    ]
    answer = clerk.post(cast.url("activity_add"), {**form_of(ROW), "files": chosen})
    assert answer.status_code == 422
    page = answer.content.decode()
    for words in (
        "“chạy.pdf” không phải loại",
        "“trống.pdf” trống",
        "“báo cáo.pdf” có nội dung là DOCX",
        "“to.pdf” lớn",
    ):
        assert words in page
    assert [row.name for row in StagedUpload.objects.all()] == ["tốt.pdf"]
    assert not Activity.objects.exists()


def test_what_passes_the_limit_is_not_even_kept_in_the_temporary_place(settings: Any) -> None:
    from core.uploads import Capped

    settings.UPLOAD_MAX_BYTES = 100
    handler = Capped()
    assert handler.receive_data_chunk(b"x", 100) == b"x"
    assert handler.receive_data_chunk(b"x", 101) is None


def test_a_thirty_megabyte_file_gets_its_sentence(cast: Any, clerk: Any) -> None:
    big = SimpleUploadedFile("video.pdf", PDF + b"0" * (30 * 1024 * 1024))
    answer = clerk.post(cast.url("activity_add"), {**form_of(ROW), "files": [big]})
    assert answer.status_code == 422
    assert "Tệp “video.pdf” lớn hơn mức 20 MB." in answer.content.decode()
    assert not StoredFile.objects.exists()


def test_floods_of_parts_and_fields_are_refused(cast: Any, clerk: Any) -> None:
    address = cast.url("activity_add")
    many = [upload(f"{n}.pdf", b"%PDF") for n in range(150)]
    assert clerk.post(address, {**form_of(ROW), "files": many}).status_code == 400
    assert clerk.post(address, {f"x{n}": "1" for n in range(5000)}).status_code == 400
    few = clerk.post(address, {**form_of(ROW), "files": [upload(f"{n}.pdf", PDF) for n in range(21)]})
    assert few.status_code == 422
    assert "nhiều nhất 20 tệp" in few.content.decode()


def test_the_same_file_stands_once_and_a_removed_one_may_come_back(cast: Any, clerk: Any) -> None:
    row = with_file(cast, clerk, upload("a.pdf"), upload("b.pdf"))
    assert Evidence.objects.get() == row
    address = cast.url("activity_edit", pk=row.uses.get().activity_id)
    fields = dict(shown(clerk.get(address).content.decode()).lists())
    assert clerk.post(address, {**fields, "remove_file": [str(row.pk)]}).status_code == 302
    assert EvidenceUse.objects.get().removed_at is not None
    assert Evidence.objects.get(removed_at__isnull=True) == row  # the library keeps it
    fields = dict(shown(clerk.get(address).content.decode()).lists())
    assert clerk.post(address, {**fields, "files": [upload("c.pdf")]}).status_code == 302
    assert EvidenceUse.objects.get(removed_at__isnull=True).evidence == row


def test_a_file_that_was_swept_is_asked_for_again(cast: Any, clerk: Any) -> None:
    page = clerk.post(cast.url("activity_add"), {**form_of(ROW, title=""), "files": [upload("a.pdf")]})
    again = dict(shown(page.content.decode()).lists())
    StagedUpload.objects.update(created_at=timezone.now() - timedelta(days=3))
    staging.sweep()
    answer = clerk.post(cast.url("activity_add"), {**again, "title": "Đủ", "then": "draft"})
    assert answer.status_code == 422
    assert "Hãy chọn lại tệp đó." in answer.content.decode()
    once_more = shown(answer.content.decode())
    once_more["then"] = "draft"
    assert clerk.post(cast.url("activity_add"), dict(once_more.lists())).status_code == 302


def test_an_activity_takes_twenty_files_at_most(cast: Any, clerk: Any, settings: Any) -> None:
    settings.UPLOAD_MAX_FILES = 2
    row = with_file(cast, clerk, upload("a.pdf"), upload("b.png", png()))
    address = cast.url("activity_edit", pk=row.uses.get().activity_id)
    fields = dict(shown(clerk.get(address).content.decode()).lists())
    answer = clerk.post(address, {**fields, "files": [upload("c.docx", docx())]})
    assert answer.status_code == 422
    assert "nhiều nhất 2 tệp minh chứng" in answer.content.decode()


def test_a_file_of_the_library_is_chosen_in_the_form_and_stays_where_it_is(cast: Any, clerk: Any) -> None:
    row = with_file(cast, clerk, upload("Công văn 12.pdf"))
    page = clerk.get(cast.url("activity_add")).content.decode()
    assert re.search(rf'name="library_file"\s+value="{row.pk}"', page)
    fields = {**form_of(ROW, title="Việc thứ hai"), "library_file": [str(row.pk)]}
    assert clerk.post(cast.url("activity_add"), fields).status_code == 302
    assert (Evidence.objects.count(), row.uses.count()) == (1, 2)
    assert "cong van 12" in Activity.objects.get(title="Việc thứ hai").search
    edit = cast.url("activity_edit", pk=row.uses.latest("pk").activity_id)
    again = clerk.get(edit).content.decode()
    assert not re.search(rf'name="library_file"\s+value="{row.pk}"', again)  # it is there already


def test_a_chosen_file_survives_an_error_and_a_strange_one_is_told(cast: Any, clerk: Any) -> None:
    row = with_file(cast, clerk)
    away = EvidenceFactory(activity=ActivityFactory(year=cast.year, agency=cast.other, submitted=True))
    answer = clerk.post(cast.url("activity_add"), {**form_of(ROW, title=""), "library_file": [str(row.pk)]})
    assert shown(answer.content.decode()).getlist("library_file") == [str(row.pk)]
    for pk in (away.pk, 10**9):
        answer = clerk.post(cast.url("activity_add"), {**form_of(ROW), "library_file": [str(pk)]})
        assert (answer.status_code, "không còn trong kho" in answer.content.decode()) == (422, True)


def test_a_full_library_is_said_in_the_form_and_what_was_typed_stays(
    cast: Any, clerk: Any, settings: Any
) -> None:
    settings.EVIDENCE_QUOTA_BYTES = 10
    answer = clerk.post(
        cast.url("activity_add"), {**form_of(ROW, title="Gõ lâu"), "files": [upload("a.pdf")]}
    )
    page = answer.content.decode()
    assert (answer.status_code, "đã dùng 0/0 KB" in page or "không đủ chỗ" in page) == (422, True)
    assert shown(page)["title"] == "Gõ lâu"
    assert not Activity.objects.exists()


# -- out -----------------------------------------------------------------------------------------
def test_a_file_leaves_as_a_download(cast: Any, clerk: Any) -> None:
    row = with_file(cast, clerk, upload("Biên bản.pdf", PDF + b"<html><script>alert(1)</script></html>"))
    answer = clerk.get(cast.url("evidence_file", pk=row.pk))
    assert b"".join(answer.streaming_content).startswith(PDF)
    answer.close()
    assert answer["Content-Disposition"].startswith('attachment; filename="Bien ban.pdf"')
    assert answer["Content-Type"] == "application/pdf"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Security-Policy"] == "sandbox"
    assert answer["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    "state, who, status",
    [
        ("draft", "chi", 200), ("draft", "lan", 200), ("draft", "an", 404), ("draft", "binh", 404),
        ("draft", "officer", 404), ("draft", "dung", 404), ("submit", "an", 200), ("submit", "binh", 200),
        ("submit", "observer", 200), ("submit", "dung", 404), ("submit", "", 302),
    ],
)  # fmt: skip
def test_a_file_is_seen_by_those_who_see_its_activity(
    cast: Any, clerk: Any, state: str, who: str, status: int
) -> None:
    row = with_file(cast, clerk, then=state)
    answer = cast.client(getattr(cast, who) if who else None).get(cast.url("evidence_file", pk=row.pk))
    assert answer.status_code == status
    answer.close()


def test_removed_files_and_those_of_other_years_are_gone(cast: Any, clerk: Any) -> None:
    row = with_file(cast, clerk)
    away = EvidenceFactory(activity=ActivityFactory(submitted=True), file=row.file, name="x.pdf")
    assert clerk.get(cast.url("evidence_file", pk=away.pk)).status_code == 404
    assert clerk.get(cast.url("evidence_file", pk=10**19)).status_code == 404
    Evidence.objects.filter(pk=row.pk).update(removed_at=timezone.now())
    Activity.objects.update(state="submitted", submitted_at=timezone.now())
    assert cast.client(cast.an).get(cast.url("evidence_file", pk=row.pk)).status_code == 404
    answer = clerk.get(
        cast.url("evidence_file", pk=row.pk)
    )  # whose library it was may look before bringing it back
    assert answer.status_code == 200
    answer.close()


def test_an_altered_file_is_refused_and_named_in_the_log(cast: Any, clerk: Any, caplog: Any) -> None:
    row = with_file(cast, clerk)
    files.path_of(row.file.sha256).write_bytes(b"altered")
    answer = clerk.get(cast.url("evidence_file", pk=row.pk))
    assert answer.status_code == 410
    assert "không còn đúng như lúc được tải lên" in answer.content.decode()
    assert row.file.sha256 in caplog.text


def test_no_address_leads_to_the_bytes_themselves(cast: Any, clerk: Any) -> None:
    row = with_file(cast, clerk)
    page = clerk.get(cast.url("activity_detail", pk=row.uses.get().activity_id)).content.decode()
    assert re.findall(r'(?:href|src)="([^"]*minh-chung/[^"]+)"', page) == [
        cast.url("evidence_file", pk=row.pk), cast.url("evidence_detail", pk=row.pk),
    ]  # fmt: skip
    assert row.file.sha256 not in page
    for path in (f"/files/{row.file.sha256}", f"/media/{row.file.sha256}", f"/static/{row.file.sha256}"):
        assert clerk.get(path).status_code in (302, 404)
