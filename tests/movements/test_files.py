"""The gate, the store and the way out of files (F4-F7, F9, K13), staging and sweeping."""

from __future__ import annotations

import hashlib
import io
import os
import struct
import time
import unicodedata
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from core import files, staging
from core.models import StagedUpload, StoredFile, SubmitKey
from tests.factories import EvidenceFactory, StoredFileFactory, UserFactory
from tests.support import uploads
from tests.support.uploads import PDF, docx, jpg, png, upload, xlsx


@pytest.fixture(autouse=True)
def _own_folder(tmp_path: Path, settings: Any) -> None:
    settings.FILES_DIR = tmp_path / "files"


def kind_of(name: str, content: bytes) -> files.FileKind:
    return files.recognise(io.BytesIO(content), len(content), name)


def refusal(name: str, content: bytes) -> str:
    with pytest.raises(files.FileRefused) as caught:
        kind_of(name, content)
    return caught.value.sentence


def store(content: bytes = PDF, kind: files.FileKind = files.PDF) -> StoredFile:
    return files.store(io.BytesIO(content), kind)


# -- what is taken in ----------------------------------------------------------------------------
@pytest.mark.parametrize(
    "name, content, kind",
    [
        ("biên bản.pdf", PDF, files.PDF),
        ("BIÊN BẢN.PDF", PDF, files.PDF),
        ("báo cáo.docx", docx(), files.DOCX),
        ("số liệu.xlsx", xlsx(), files.XLSX),
        ("ảnh.jpg", jpg(), files.JPG),
        ("ảnh.jpeg", jpg(), files.JPG),
        ("ảnh.png", png(), files.PNG),
        ("không có đuôi", PDF, files.PDF),
        ("biên bản ngày 05.01.2021", PDF, files.PDF),
        ("polyglot.pdf", PDF + b"<html><script>alert(1)</script></html>", files.PDF),
    ],
)
def test_every_allowed_kind_passes_by_its_content(name: str, content: bytes, kind: files.FileKind) -> None:
    assert kind_of(name, content) is kind


@pytest.mark.parametrize(
    "name, content",
    [
        ("bảng.xlsx", uploads.xlsm()),
        ("bảng.xlsm", uploads.xlsm()),
        ("bảng.xlsx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600),
        ("bảng.xlsx", "tên;số\nA;1\n".encode()),
        ("bảng.xlsx", uploads.zipped({"a.txt": "x"})),
        ("báo cáo.pdf", docx()),
        ("báo cáo.docx", xlsx()),
        ("chạy.pdf", b"<script>alert(1)</script>"),
        ("chạy.pdf", b"#!/bin/sh\nrm -rf /\n"),
        ("chạy.pdf", b"MZ\x90\x00" + b"\0" * 200),
        ("chạy.exe", PDF),
        ("hình.svg", b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'),
        ("hình.png", b"\x89PNG\r\n\x1a\n" + b"\0" * 40),
        ("hình.jpg", b"\xff\xd8\xff\xe0\x00\x10JFIF\x00" + b"\0" * 40),
        ("tệp.docx", b"PK\x03\x04" + os.urandom(200)),
        ("tệp.docx", docx()[:-30]),
        ("tệp.docx", uploads.office(uploads.WORD, "word/document.xml", **{"word/a.xml": uploads.ENTITIES})),
    ],
)  # fmt: skip
def test_pretenders_are_refused_by_content_with_a_sentence(name: str, content: bytes) -> None:
    assert f"“{name}”" in refusal(name, content)


def test_the_sentence_says_what_would_be_taken() -> None:
    assert "PDF, DOCX, XLSX, JPG, PNG" in refusal("chạy.pdf", b"<script>")
    assert "macro" in refusal("bảng.xlsx", uploads.xlsm())
    assert "mật khẩu" in refusal("cũ.xls", b"\xd0\xcf\x11\xe0" + b"\0" * 600)
    assert "có nội dung là DOCX" in refusal("báo cáo.pdf", docx())


def test_an_encrypted_part_is_refused() -> None:
    content = bytearray(docx())
    for sign, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        start = 0
        while (found := content.find(sign, start)) >= 0:
            content[found + place] |= 1
            start = found + 4
    assert "hỏng" in refusal("khóa.docx", bytes(content))


# -- size (F7, F1) -------------------------------------------------------------------------------
def test_an_empty_file_is_refused() -> None:
    assert "0 byte" in refusal("trống.pdf", b"")


def test_the_limit_passes_and_one_byte_more_does_not(settings: Any) -> None:
    settings.UPLOAD_MAX_BYTES = len(PDF)
    assert kind_of("vừa.pdf", PDF) is files.PDF
    assert "lớn hơn mức" in refusal("quá.pdf", PDF + b"\n")


def test_thirty_megabytes_get_a_clear_sentence_without_being_read() -> None:
    class Unread(io.BytesIO):
        def read(self, *_args: Any) -> bytes:
            raise AssertionError("read before the size was judged")

    with pytest.raises(files.FileRefused) as caught:
        files.recognise(Unread(), 30 * 1024 * 1024, "video.pdf")
    assert (
        caught.value.sentence == "Tệp “video.pdf” lớn hơn mức 20 MB. Hãy nén nhỏ hoặc chia ra rồi chọn lại."
    )


def test_a_zip_bomb_is_refused_by_its_directory() -> None:
    content = uploads.bomb()
    assert len(content) < 1024 * 1024
    assert "bung ra quá lớn" in refusal("bom.xlsx", content)


def test_a_directory_of_a_million_entries_is_not_even_read() -> None:
    content = bytearray(docx())
    place = content.rfind(b"PK\x05\x06")
    content[place + 12 : place + 16] = struct.pack("<I", 40_000_000)
    assert "hỏng" in refusal("thư mục.docx", bytes(content))


def test_a_picture_of_thirty_thousand_pixels_is_refused_from_its_header() -> None:
    sentence = refusal("to.png", png(30_000, 30_000))
    assert "30.000 × 30.000" in sentence
    assert "20.000" in sentence


# -- names (F6) ----------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "typed, shown",
    [
        ("../../x.pdf", "x.pdf"),
        ("C:\\Users\\a\\biên bản.pdf", "biên bản.pdf"),
        ("a\x00b.pdf", "ab.pdf"),
        ("hóa đơn \u202efdp.exe.pdf", "hóa đơn fdp.exe.pdf"),
        (unicodedata.normalize("NFD", "biên bản.pdf"), "biên bản.pdf"),
        ("CON", "_CON.pdf"),
        ("con.pdf", "_con.pdf"),
        ("tên.", "tên.pdf"),
        ("", "tep.pdf"),
        ("dòng\r\nSet-Cookie: a.pdf", "dòng Set-Cookie_ a.pdf"),
    ],
)
def test_names_are_tidied_for_showing(typed: str, shown: str) -> None:
    assert files.shown_name(typed, files.PDF) == shown


def test_a_name_of_three_hundred_letters_is_cut_and_keeps_its_ending() -> None:
    shown = files.shown_name("ế" * 300 + ".pdf", files.PDF)
    assert len(shown) == 200
    assert shown.endswith("ế.pdf")


# -- keeping -------------------------------------------------------------------------------------
@pytest.mark.django_db
def test_bytes_lie_under_their_hash_and_the_row_says_what_they_are() -> None:
    row = store()
    assert row.sha256 == hashlib.sha256(PDF).hexdigest()
    assert (row.size, row.content_type) == (len(PDF), "application/pdf")
    path = files.path_of(row.sha256)
    assert path.read_bytes() == PDF
    assert path.parts[-3:] == (row.sha256[:2], row.sha256[2:4], row.sha256)
    assert [found.name for found in path.parent.iterdir()] == [row.sha256]


@pytest.mark.django_db
def test_the_same_bytes_are_kept_once() -> None:
    assert store() == store()
    assert StoredFile.objects.count() == 1


@pytest.mark.django_db
def test_bytes_that_went_missing_are_placed_again() -> None:
    path = files.path_of(store().sha256)
    path.unlink()
    store()
    assert path.read_bytes() == PDF


@pytest.mark.django_db
def test_a_write_that_breaks_off_leaves_neither_row_nor_file(settings: Any) -> None:
    class Broken(io.BytesIO):
        reads = 0

        def read(self, *args: Any) -> bytes:
            self.reads += 1
            if self.reads > 2:  # the hash was made, the copy breaks
                raise OSError("gone")
            return super().read(*args)

    with pytest.raises(OSError, match="gone"):
        files.store(Broken(PDF), files.PDF)
    assert not StoredFile.objects.exists()
    assert [path for path in Path(settings.FILES_DIR).rglob("*") if path.is_file()] == []


# -- leaving (F5, K13) ---------------------------------------------------------------------------
@pytest.mark.django_db
def test_a_file_leaves_as_a_download_that_no_browser_runs() -> None:
    answer = files.serve(store(), 'biên "bản"\r\nX: 1.pdf')
    assert b"".join(answer) == PDF
    answer.close()
    assert answer["Content-Disposition"].startswith(
        'attachment; filename="bien _ban_ X_ 1.pdf"; filename*=UTF-8'
    )
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Security-Policy"] == "sandbox"
    assert answer["Cache-Control"] == "no-store"
    assert answer["Content-Length"] == str(len(PDF))


@pytest.mark.django_db
@pytest.mark.parametrize("damage", [b"", PDF[:-1], PDF[:-1] + b"x"])
def test_an_altered_or_cut_file_is_not_given_out(damage: bytes) -> None:
    row = store()
    files.path_of(row.sha256).write_bytes(damage)
    with pytest.raises(files.FileDamaged):
        files.serve(row, "a.pdf")


@pytest.mark.django_db
def test_a_missing_file_is_not_given_out() -> None:
    with pytest.raises(files.FileDamaged):
        files.serve(StoredFileFactory(), "a.pdf")


# -- staging -------------------------------------------------------------------------------------
@pytest.mark.django_db
def test_good_files_are_kept_although_others_are_refused() -> None:
    user = UserFactory()
    done = staging.stage(user.pk, [upload("a.pdf"), upload("b.pdf", b"<script>"), upload("c.png", png())])
    assert [row.name for row in done.staged] == ["a.pdf", "c.png"]
    assert len(done.refusals) == 1
    assert staging.staged_by(user.pk, [row.token for row in done.staged]) == done.staged


@pytest.mark.django_db
def test_a_staged_file_belongs_to_its_uploader() -> None:
    done = staging.stage(UserFactory().pk, [upload("a.pdf")])
    assert staging.staged_by(UserFactory().pk, [done.staged[0].token]) == []
    assert staging.staged_by(UserFactory().pk, ["\x00", "x" * 500, "'; --"]) == []


@pytest.mark.django_db
def test_more_files_than_the_limit_are_refused_together(settings: Any) -> None:
    settings.UPLOAD_MAX_FILES = 2
    done = staging.stage(UserFactory().pk, [upload(f"{n}.pdf", PDF + str(n).encode()) for n in range(3)])
    assert done.staged == []
    assert "nhiều nhất 2 tệp" in done.refusals[0]


# -- sweeping ------------------------------------------------------------------------------------
def age(path: Path, hours: int = 48) -> None:
    then = time.time() - hours * 3600
    os.utime(path, (then, then))


@pytest.mark.django_db
def test_the_sweep_takes_only_what_nobody_came_back_for(settings: Any) -> None:
    user, old = UserFactory(), timezone.now() - timedelta(hours=48)
    used, unused, young = store(PDF), store(PDF + b"1"), store(PDF + b"2")
    EvidenceFactory(file=used)
    staged = staging.stage(user.pk, [upload("a.pdf", PDF + b"3"), upload("b.pdf", PDF + b"4")]).staged
    SubmitKey.objects.create(user=user, key="k" * 32, outcome="/")
    StagedUpload.objects.filter(pk=staged[0].pk).update(created_at=old)
    StoredFile.objects.exclude(pk=young.pk).update(created_at=old)
    stray = Path(settings.FILES_DIR) / "ab" / "cd" / ".new-x"
    stray.parent.mkdir(parents=True)
    stray.write_bytes(b"half")
    for path in Path(settings.FILES_DIR).rglob("*"):
        if path.is_file() and path.name != young.sha256:
            age(path)
    done = staging.sweep()
    assert (done.staged, done.keys, done.rows, done.orphans) == (1, 0, 2, 3)
    assert set(StoredFile.objects.all()) == {used, young, staged[1].file}
    assert files.path_of(used.sha256).exists()
    assert not files.path_of(unused.sha256).exists()
    assert not stray.exists()


@pytest.mark.django_db
def test_the_command_names_damaged_files(capsys: Any) -> None:
    row = store()
    call_command("sweep_files", "--check")
    assert "every stored file matches" in capsys.readouterr().out
    files.path_of(row.sha256).write_bytes(b"x")
    with pytest.raises(CommandError, match=row.sha256):
        call_command("sweep_files", check=True)


def test_sizes_are_said_the_vietnamese_way() -> None:
    assert [files.size_words(size) for size in (1, 2048, 419_430, 20 * 1024 * 1024)] == [
        "1 KB", "2 KB", "0,4 MB", "20,0 MB",
    ]  # fmt: skip
