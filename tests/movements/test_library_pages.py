"""Pages of the evidence library: the list, files in, one file with preview and versions, by role, agency and step."""

from __future__ import annotations

import io
import re
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone
from PIL import Image

from core import files
from core.models import Scan, StagedUpload, StoredFile
from movements.domain.library import seen_mark
from movements.models import Evidence, EvidenceUse
from tests.core.test_pictures import photo
from tests.factories import ActivityFactory, EvidenceFactory, StoredFileFactory
from tests.factories.pledges import TagFactory
from tests.support.papers import locked_pdf, pdf_of
from tests.support.uploads import PDF, png, upload

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _own_folders(tmp_path: Path, settings: Any) -> None:
    settings.FILES_DIR, settings.PREVIEWS_DIR = tmp_path / "files", tmp_path / "previews"


@pytest.fixture
def clerk(cast: Any) -> Any:
    return cast.client(cast.chi)


def own(cast: Any, content: bytes = b"", kind: files.FileKind = files.PDF, **more: Any) -> Evidence:
    """A file of the member's library beside nothing; with ``content`` it has real bytes."""
    stored = files.store(io.BytesIO(content), kind) if content else StoredFileFactory()
    return EvidenceFactory(
        activity=None, **{"year": cast.year, "agency": cast.member, "file": stored, **more}
    )


def text(answer: Any) -> str:
    return " ".join(str(answer.content.decode()).split())


def names(answer: Any) -> list[str]:
    return [row.plain_name for row in answer.context["rows"]]


# -- the list ------------------------------------------------------------------------------------
def test_the_list_shows_the_own_library_and_what_activities_show(cast: Any) -> None:
    own(cast, name="Của kho.pdf")
    EvidenceFactory(
        activity=ActivityFactory(year=cast.year, agency=cast.other, submitted=True), name="Đã gửi.pdf"
    )
    EvidenceFactory(activity=ActivityFactory(year=cast.year, agency=cast.other), name="Nháp của bạn.pdf")
    own(cast, agency=cast.other, name="Kho của bạn.pdf")
    own(cast, agency=None, name="Của cụm.pdf")
    own(cast, removed_at=timezone.now(), name="Đã gỡ.pdf")
    address = cast.url("library")
    assert names(cast.client(cast.chi).get(address)) == ["Đã gửi.pdf", "Của kho.pdf"]
    assert names(cast.client(cast.an).get(address)) == ["Của cụm.pdf", "Đã gửi.pdf"]
    assert names(cast.client(cast.officer).get(address)) == ["Đã gửi.pdf"]
    assert names(cast.client(cast.chi).get(f"{address}?dung=da-go")) == ["Đã gỡ.pdf"]
    assert names(cast.client(cast.an).get(f"{address}?dung=da-go")) == []
    assert cast.client(cast.dung).get(address).status_code == 404
    assert cast.client().get(address).status_code == 302


def test_the_list_is_narrowed_by_everything(cast: Any, clerk: Any) -> None:
    tag = TagFactory(year=cast.year, code="II.3")
    minutes = own(cast, name="Biên bản bàn giao.pdf", note="Xã Chi Lăng")
    minutes.tags.add(tag)
    EvidenceUse.objects.create(activity=ActivityFactory(year=cast.year, agency=cast.member), evidence=minutes)
    own(cast, name="Ảnh.jpg", file=StoredFileFactory(content_type="image/jpeg", scan=Scan.WAITING))
    for asked, found in (
        ("q=bien ban", ["Biên bản bàn giao.pdf"]), ("q=chi lang", ["Biên bản bàn giao.pdf"]), ("q=không có", []),
        ("loai=anh", ["Ảnh.jpg"]), ("loai=word", []), (f"nhan={tag.pk}", ["Biên bản bàn giao.pdf"]),
        ("dung=roi", ["Biên bản bàn giao.pdf"]), ("dung=chua", ["Ảnh.jpg"]), ("dung=cho-quet", ["Ảnh.jpg"]),
        (f"don_vi={cast.member.pk}", ["Ảnh.jpg", "Biên bản bàn giao.pdf"]), ("don_vi=cum", []),
    ):  # fmt: skip
        assert names(clerk.get(f"{cast.url('library')}?{asked}")) == found, asked
    page = text(clerk.get(f"{cast.url('library')}?q=bien ban"))
    assert "<mark>Biên</mark> <mark>bản</mark>" in page
    assert "1 tệp khớp “bien ban”" in page
    assert "đang chờ quét vi-rút" in text(clerk.get(cast.url("library")))
    for odd in ("loai=exe", "nhan=0", "dung=x", "don_vi=999999", "sau=x", "sau=1&truoc=2"):
        assert clerk.get(f"{cast.url('library')}?{odd}").status_code == 404, odd


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_costs_the_same_for_one_and_for_three(
    cast: Any, clerk: Any, rows: int, django_assert_num_queries: Any
) -> None:
    for number in range(rows):
        row = own(cast, name=f"Tệp {number}.pdf")
        row.tags.add(TagFactory(year=cast.year))
        for _use in range(rows):
            EvidenceUse.objects.create(
                activity=ActivityFactory(year=cast.year, agency=cast.member), evidence=row
            )
    clerk.get(cast.url("library"))
    with django_assert_num_queries(LIST):
        clerk.get(cast.url("library"))
    with django_assert_num_queries(LIST + 1):
        clerk.get(f"{cast.url('library')}?q=tep")
    with django_assert_num_queries(DETAIL):
        clerk.get(cast.url("evidence_detail", pk=row.pk))


LIST, DETAIL = 12, 12


# -- files in ------------------------------------------------------------------------------------
def test_files_come_in_at_once_and_say_the_room(cast: Any, clerk: Any) -> None:
    tag = TagFactory(year=cast.year)
    sent = {
        "files": [upload("Biên bản.pdf"), upload("Ảnh.png", png())], "note": "Đợt 1", "tags": [tag.pk],
        "submit_key": "k" * 30,
    }  # fmt: skip
    page = text(clerk.post(cast.url("library"), sent, follow=True))
    assert "Đã đưa 2 tệp vào kho." in page
    assert "Đã dùng" in page
    assert [(row.name, row.note, row.agency) for row in Evidence.objects.order_by("pk")] == [
        ("Biên bản.pdf", "Đợt 1", cast.member), ("Ảnh.png", "Đợt 1", cast.member),
    ]  # fmt: skip
    again = clerk.post(cast.url("library"), {**sent, "files": [upload("c.pdf", PDF + b"c")]}, follow=True)
    assert "đã được lưu ở lần gửi trước" in text(again)
    assert Evidence.objects.count() == 2


def test_a_bad_file_is_named_and_the_good_one_kept_until_the_next_try(cast: Any, clerk: Any) -> None:
    answer = clerk.post(
        cast.url("library"), {"files": [upload("tốt.pdf"), upload("xấu.pdf", b"<script>")], "note": "Gõ"}
    )
    page = text(answer)
    assert (answer.status_code, "“xấu.pdf” không phải loại" in page) == (422, True)
    assert not Evidence.objects.exists()
    (token,) = re.findall(r'name="held_file" value="([^"]+)"', page)
    assert 'value="Gõ"' in page
    answer = clerk.post(cast.url("library"), {"held_file": [token], "drop_file": [token]})
    assert (answer.status_code, StagedUpload.objects.exists()) == (422, False)
    page = text(clerk.post(cast.url("library"), {"files": [upload("tốt.pdf")]}, follow=True))
    assert "Đã đưa 1 tệp vào kho." in page


def test_the_chair_chooses_the_library(cast: Any) -> None:
    chair = cast.client(cast.an)
    assert "Kho chung của" in text(chair.get(cast.url("library")))
    for owner, agency in (("cum", None), (str(cast.chair.pk), cast.chair)):
        chair.post(cast.url("library"), {"files": [upload("a.pdf", PDF + owner.encode())], "owner": owner})
        assert Evidence.objects.latest("pk").agency == agency
    bad = chair.post(cast.url("library"), {"files": [upload("b.pdf")], "owner": str(cast.member.pk)})
    assert bad.status_code == 422


def test_when_the_step_is_over_the_page_only_shows(cast: Any, clerk: Any) -> None:
    cast.go("prepare")
    assert "Đưa tệp vào kho" not in text(clerk.get(cast.url("library")))
    assert clerk.post(cast.url("library"), {"files": [upload("a.pdf")]}).status_code == 403
    assert (
        cast.client(cast.officer).post(cast.url("library"), {"files": [upload("a.pdf")]}).status_code == 403
    )
    assert not StoredFile.objects.exists()


def test_ticked_files_are_put_beside_an_activity(cast: Any, clerk: Any) -> None:
    rows, draft = (
        [own(cast), own(cast)],
        ActivityFactory(year=cast.year, agency=cast.member, title="Việc nháp"),
    )
    assert "Việc nháp" in text(clerk.get(cast.url("library")))
    sent = {"file": [row.pk for row in rows], "activity": draft.pk}
    assert "Đã gắn vào 1 hoạt động." in text(clerk.post(cast.url("library_attach"), sent, follow=True))
    assert draft.evidence_uses.count() == 2
    assert "đã có ở hoạt động đó từ trước" in text(clerk.post(cast.url("library_attach"), sent, follow=True))
    assert "Chọn ít nhất một tệp" in text(clerk.post(cast.url("library_attach"), {}, follow=True))
    hidden = ActivityFactory(year=cast.year, agency=cast.other)
    assert clerk.post(cast.url("library_attach"), {**sent, "activity": hidden.pk}).status_code == 404
    done = ActivityFactory(year=cast.year, agency=cast.member, confirmed=True)
    assert clerk.post(cast.url("library_attach"), {**sent, "activity": done.pk}).status_code == 403


def test_choices_of_the_form_follow_the_words_and_keep_what_was_chosen(cast: Any, clerk: Any) -> None:
    kept, found, _other = (
        own(cast, name="Giữ.pdf"),
        own(cast, name="Công văn.pdf"),
        own(cast, name="Khác.pdf"),
    )
    away = own(cast, agency=cast.other, name="Công văn bạn.pdf")
    asked = f"kho={cast.member.pk}&tim=cong van&library_file={kept.pk}&library_file={away.pk}"
    address = f"{cast.url('library_choose')}?{asked}"
    page = clerk.get(address).content.decode()
    assert re.findall(r'value="(\d+)"', page) == [str(kept.pk), str(found.pk)]
    assert page.count("checked") == 1
    assert (
        "Không có tệp nào khớp" in clerk.get(f"{cast.url('library_choose')}?tim=zzz&kho=x").content.decode()
    )


# -- one file ------------------------------------------------------------------------------------
def test_a_file_shows_where_it_serves_and_its_versions(cast: Any, clerk: Any) -> None:
    first = pdf_of(3)
    row = own(cast, first, note="Ghi chú này")
    done = ActivityFactory(year=cast.year, agency=cast.member, title="Việc nháp")
    EvidenceUse.objects.create(activity=done, evidence=row)
    hidden = ActivityFactory(year=cast.year, agency=cast.other, title="Nháp của bạn")
    EvidenceUse.objects.create(activity=hidden, evidence=row)
    answer = clerk.post(
        cast.url("evidence_replace", pk=row.pk),
        {"file": upload("Mới.pdf", pdf_of(2)), "reason": "Rõ hơn", "seen": seen_mark(row)},
        follow=True,
    )
    page = text(answer)
    for words in (
        "Đã thay bằng bản mới",
        "Ghi chú này",
        "Việc nháp",
        "Trang 1 trên 2",
        "Bản 2: Mới.pdf",
        "lý do thay: Rõ hơn",
    ):
        assert words in page, words
    assert "Nháp của bạn" not in page
    assert page.count('href="?trang=2#xem"') == 1
    old = clerk.get(cast.url("evidence_version", pk=row.pk, number=1))
    assert b"".join(old.streaming_content) == first
    assert old["Content-Disposition"].startswith("attachment")
    assert clerk.get(cast.url("evidence_version", pk=row.pk, number=7)).status_code == 404
    assert cast.client(cast.binh).get(cast.url("evidence_version", pk=row.pk, number=1)).status_code == 404


NAMES = ("evidence_file", "evidence_detail", "evidence_small")


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(
    "state, who, status",
    [("draft", "chi", 200), ("draft", "an", 404), ("draft", "dung", 404), ("submitted", "binh", 200),
     ("submitted", "observer", 200), ("submitted", "dung", 404), ("submitted", "", 302)],
)  # fmt: skip
def test_a_file_its_page_and_its_picture_follow_the_activity(
    cast: Any, name: str, state: str, who: str, status: int
) -> None:
    row = own(cast, png(), files.PNG)
    more = {} if state == "draft" else {state: True}
    EvidenceUse.objects.create(
        activity=ActivityFactory(year=cast.year, agency=cast.member, **more), evidence=row
    )
    answer = cast.client(getattr(cast, who) if who else None).get(cast.url(name, pk=row.pk))
    assert answer.status_code == status
    answer.close()


@pytest.mark.parametrize(
    "name",
    [*NAMES, "evidence_edit", "evidence_replace", "evidence_attach", "evidence_remove", "evidence_restore"],
)
def test_a_file_of_elsewhere_is_as_missing_as_none(cast: Any, clerk: Any, name: str) -> None:
    method = "get" if name in NAMES else "post"
    away = EvidenceFactory(activity=ActivityFactory(submitted=True))
    for pk in (away.pk, own(cast, agency=cast.other).pk, 10**9, 10**20):
        assert getattr(clerk, method)(cast.url(name, pk=pk), {"file": upload("a.pdf")}).status_code == 404


def test_a_picture_leaves_drawn_anew_and_safe(cast: Any, clerk: Any) -> None:
    row = own(cast, photo(6), files.JPG)
    for address in (cast.url("evidence_preview", pk=row.pk, number=1), cast.url("evidence_small", pk=row.pk)):
        answer = clerk.get(address)
        content = b"".join(answer.streaming_content)
        assert Image.open(io.BytesIO(content)).size == (24, 40)
        assert b"CanonTest" not in content
        assert (answer["Content-Type"], answer["X-Content-Type-Options"]) == ("image/jpeg", "nosniff")
        assert answer["Content-Security-Policy"] == "sandbox"
        assert answer["Cache-Control"] == "no-store"
    assert clerk.get(cast.url("evidence_preview", pk=row.pk, number=2)).status_code == 404


@pytest.mark.parametrize(
    "content, kind, words",
    [
        (locked_pdf(), files.PDF, "tệp có mật khẩu, bị hỏng hoặc quá lớn"), (PDF, files.XLSX, "không xem trước được"),
    ],
)  # fmt: skip
def test_what_cannot_be_seen_says_so_and_can_be_downloaded(
    cast: Any, clerk: Any, content: bytes, kind: Any, words: str
) -> None:
    row = own(cast, content, kind)
    assert words in text(clerk.get(cast.url("evidence_detail", pk=row.pk)))
    assert clerk.get(cast.url("evidence_preview", pk=row.pk, number=1)).status_code == 404
    answer = clerk.get(cast.url("evidence_file", pk=row.pk))
    assert answer.status_code == 200
    answer.close()


def test_a_file_that_waits_for_the_scanner_is_nobodys(cast: Any, clerk: Any) -> None:
    row = own(cast, pdf_of(1))
    StoredFile.objects.filter(pk=row.file_id).update(scan=Scan.WAITING)
    page = text(clerk.get(cast.url("evidence_detail", pk=row.pk)))
    assert "đang chờ quét vi-rút" in page
    assert "Tải về" not in page
    for address in (cast.url("evidence_file", pk=row.pk), cast.url("evidence_preview", pk=row.pk, number=1)):
        answer = clerk.get(address)
        assert (answer.status_code, "đang chờ quét vi-rút" in text(answer)) == (423, True)


def test_parts_and_headers_of_a_download(cast: Any, clerk: Any) -> None:
    row = own(cast, PDF)
    part = clerk.get(cast.url("evidence_file", pk=row.pk), headers={"Range": "bytes=0-3"})
    assert (part.status_code, b"".join(part.streaming_content)) == (206, b"%PDF")
    head = clerk.head(cast.url("evidence_file", pk=row.pk))
    assert (head.status_code, head["Content-Length"]) == (200, str(len(PDF)))
    assert (
        clerk.get(cast.url("evidence_file", pk=row.pk), headers={"Range": "bytes=999999-"}).status_code == 416
    )


def test_note_and_labels_are_changed_and_of_two_the_second_sees_it(cast: Any, clerk: Any) -> None:
    row, tag = own(cast), TagFactory(year=cast.year)
    page = text(clerk.get(cast.url("evidence_detail", pk=row.pk)))
    (seen,) = set(re.findall(r'name="seen" value="([^"]+)"', page))
    address = cast.url("evidence_edit", pk=row.pk)
    sent = {"note": "Mới", "tags": [tag.pk], "seen": seen}
    assert "Đã lưu ghi chú và nhãn." in text(clerk.post(address, sent, follow=True))
    stale = clerk.post(address, {**sent, "note": "Khác"})
    assert (stale.status_code, "Ghi chú đang lưu: “Mới”" in text(stale), 'value="Khác"' in text(stale)) == (
        409,
        True,
        True,
    )
    assert clerk.post(address, {**sent, "note": "a" * 301}).status_code == 422
    assert clerk.post(address, {**sent, "tags": [TagFactory().pk]}).status_code == 422
    again = re.search(r'name="seen" value="([^"]+)"', text(stale))
    assert again is not None
    assert clerk.post(address, {**sent, "note": "Khác", "seen": again[1]}).status_code == 302


def test_a_new_version_needs_a_file_and_sometimes_a_reason(cast: Any, clerk: Any) -> None:
    row = own(cast, PDF)
    EvidenceUse.objects.create(
        activity=ActivityFactory(year=cast.year, agency=cast.member, confirmed=True), evidence=row
    )
    address = cast.url("evidence_replace", pk=row.pk)
    for sent, words in (
        ({}, "Chọn tệp mới."), ({"file": upload("a.pdf", b"<script>")}, "không phải loại được nhận"),
        ({"file": upload("a.pdf", PDF + b"1")}, "ghi lý do thay"),
    ):  # fmt: skip
        answer = clerk.post(address, {**sent, "seen": seen_mark(row)})
        assert (answer.status_code, words in text(answer)) == (422, True)
    assert not StagedUpload.objects.exists()
    stale = clerk.post(
        address, {"file": upload("a.pdf", PDF + b"1"), "reason": "x", "seen": "cũ"}, follow=True
    )
    assert "Người khác vừa sửa tệp này" in text(stale)
    good = {"file": upload("a.pdf", PDF + b"1"), "reason": "Rõ hơn", "seen": seen_mark(row)}
    assert clerk.post(address, good).status_code == 302
    assert Evidence.objects.get().version == 2


def test_removing_and_bringing_back_by_buttons(cast: Any, clerk: Any) -> None:
    row = own(cast, PDF)
    assert "Đã gỡ tệp khỏi kho" in text(clerk.post(cast.url("evidence_remove", pk=row.pk), follow=True))
    page = text(clerk.get(cast.url("evidence_detail", pk=row.pk)))
    assert "Tệp này đã được gỡ khỏi kho." in page
    assert "Thay bằng bản mới" not in page
    assert clerk.post(cast.url("evidence_remove", pk=row.pk)).status_code == 404
    assert "Đã khôi phục" in text(clerk.post(cast.url("evidence_restore", pk=row.pk), follow=True))
    EvidenceUse.objects.create(
        activity=ActivityFactory(year=cast.year, agency=cast.member, submitted=True), evidence=row
    )
    assert "Không gỡ được" in text(clerk.post(cast.url("evidence_remove", pk=row.pk), follow=True))
    assert "chưa gỡ được" in text(clerk.get(cast.url("evidence_detail", pk=row.pk)))


def test_others_see_a_shown_file_and_change_nothing(cast: Any) -> None:
    row = own(cast, PDF, note="Ai cũng đọc")
    EvidenceUse.objects.create(
        activity=ActivityFactory(year=cast.year, agency=cast.member, submitted=True), evidence=row
    )
    deputy = cast.client(cast.binh)
    page = text(deputy.get(cast.url("evidence_detail", pk=row.pk)))
    assert "Ai cũng đọc" in page
    for words in ("Thay bằng bản mới", "Gỡ khỏi kho", "Ghi chú và nhãn"):
        assert words not in page
    for name in ("evidence_edit", "evidence_replace"):
        assert deputy.post(cast.url(name, pk=row.pk), {"note": "x"}).status_code == 403
    for name in ("evidence_remove", "evidence_restore"):
        assert deputy.post(cast.url(name, pk=row.pk)).status_code in (403, 404)
    row.refresh_from_db()
    assert (row.note, row.removed_at) == ("Ai cũng đọc", None)


def test_one_file_is_put_beside_an_activity_from_its_page(cast: Any, clerk: Any) -> None:
    row, draft = own(cast, PDF), ActivityFactory(year=cast.year, agency=cast.member, title="Việc nháp")
    assert "Việc nháp" in text(clerk.get(cast.url("evidence_detail", pk=row.pk)))
    page = text(clerk.post(cast.url("evidence_attach", pk=row.pk), {"activity": draft.pk}, follow=True))
    assert "Đã gắn vào 1 hoạt động." in page
    assert row.uses.get().activity == draft
