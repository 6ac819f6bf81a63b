"""The ZIP: nothing unpacks where it likes, nothing is larger than it may be, every file is what it says."""

from __future__ import annotations

import io
import stat
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from cluster_app.yearfile import canon, package
from cluster_app.yearfile.load import load_year
from cluster_app.yearfile.package import YearFileError
from core.files import path_of
from core.models import StoredFile
from tests.yearfile import full

pytestmark = pytest.mark.django_db
DOCUMENT = ("year.json", canon.to_bytes(full.document()))
Members = list[tuple[Any, bytes]]


def faults(path: Path) -> dict[str, str]:
    with pytest.raises(YearFileError) as refused:
        load_year(path)
    assert not StoredFile.objects.exists()
    return {problem.field: problem.sentence for problem in refused.value.problems}


def zipped(folder: Path, members: Members, method: int = zipfile.ZIP_STORED) -> Path:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", method) as archive:
        for name, content in members:
            archive.writestr(name, content)
    return full.put(folder, target.getvalue())


def good() -> Members:
    return [DOCUMENT, *((f"files/{sha256}", content) for sha256, content in full.FILES.items())]


def link(name: str) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name)
    entry.external_attr = (stat.S_IFLNK | 0o777) << 16
    return entry


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_a_zip_made_by_another_program_loads(tmp_path: Path, method: int) -> None:
    assert load_year(zipped(tmp_path, [("files/", b""), *good()[::-1]], method)).changed
    assert path_of(full.SHA).read_bytes() == full.PDF
    assert StoredFile.objects.count() == 2


@pytest.mark.parametrize(
    "name",
    [
        "../../etc/passwd",
        "/etc/passwd",
        "files/../../x",
        "..\\x",
        "C:/x",
        "readme.txt",
        "files/x",
        "Year.json",
        "year.json/",
        f"files/{full.SHA.upper()}",
        f"files/{full.SHA}.pdf",
        f"x/files/{full.SHA}",
        "con",
        "files/\u202ex",
        "x" * 300,
        "__MACOSX/._year.json",
    ],
)
def test_another_name_is_refused(tmp_path: Path, name: str) -> None:
    found = faults(zipped(tmp_path, [*good(), (name, b"x")]))
    assert list(found.values()) == ["trong gói chỉ được có year.json và files/<mã SHA-256>."]
    assert next(iter(found)).isprintable()
    assert not (tmp_path.parent / "x").exists()


def test_a_name_with_nul_is_refused(tmp_path: Path) -> None:
    """The library would show it as "year.json"."""
    content = zipped(tmp_path, [DOCUMENT, ("year.jsonX.exe", b"x")]).read_bytes()
    path = full.put(tmp_path, content.replace(b"year.jsonX.exe", b"year.json\0.exe"))
    assert "year.json\\x00.exe" in faults(path)


def test_links_are_refused(tmp_path: Path) -> None:
    found = faults(zipped(tmp_path, [DOCUMENT, (link(f"files/{full.SHA}"), b"/etc/passwd")]))
    assert found == {f"files/{full.SHA}": "không phải tệp thường: liên kết, có mật khẩu, hoặc cách nén lạ."}


def test_a_strange_compression_is_refused(tmp_path: Path) -> None:
    assert "cách nén lạ" in faults(zipped(tmp_path, good(), zipfile.ZIP_BZIP2))["year.json"]


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_a_member_twice_is_refused(tmp_path: Path) -> None:
    assert faults(zipped(tmp_path, [*good(), DOCUMENT])) == {"year.json": "có hai lần trong gói."}


def test_a_zip_without_document_is_refused(tmp_path: Path) -> None:
    assert faults(zipped(tmp_path, good()[1:])) == {"year.json": "gói ZIP không có year.json."}


@pytest.mark.parametrize("cut", [3, 30, 1000, -10])
def test_half_a_zip_is_refused(tmp_path: Path, cut: int) -> None:
    content = zipped(tmp_path, good()).read_bytes()
    assert "hỏng" in next(iter(faults(full.put(tmp_path, content[:cut])).values())) or cut == 3


def test_an_altered_byte_is_found(tmp_path: Path) -> None:
    content = zipped(tmp_path, good()).read_bytes()
    path = full.put(tmp_path, content.replace(b"% another", b"% altered"))
    index = sorted(full.FILES).index(full.SHA2)
    assert faults(path) == {f"/files/{index}": "tệp trong gói bị hỏng."}


def test_a_file_under_another_hash_is_found(tmp_path: Path) -> None:
    files = {full.SHA: full.PDF, full.SHA2: full.PDF2 + b"more"}
    found = faults(full.put(tmp_path, full.as_zip(full.document(), files)))
    index = sorted(full.FILES).index(full.SHA2)
    assert "nội dung của files/" in found[f"/files/{index}/sha256"]


def test_a_size_that_is_not_the_files_is_found(tmp_path: Path) -> None:
    document = full.document()
    document["files"][0]["size"] += 1
    assert "byte" in faults(full.put(tmp_path, document))["/files/0/size"]


def test_a_missing_file_is_found(tmp_path: Path) -> None:
    files = {full.SHA2: full.PDF2}
    index = sorted(full.FILES).index(full.SHA)
    assert (
        "gói không có" in faults(full.put(tmp_path, full.as_zip(full.document(), files)))[f"/files/{index}"]
    )


def test_a_bare_document_with_files_is_refused(tmp_path: Path) -> None:
    found = faults(full.put_json(tmp_path, full.document()))
    assert [place for place in found if place.startswith("/files/")] == ["/files/0", "/files/1"]
    assert "phải là gói ZIP" in found["/files/0"]


def test_a_file_nobody_lists_is_refused(tmp_path: Path) -> None:
    files = full.FILES | {"0" * 64: b"x"}
    assert (
        "danh sách này không ghi" in faults(full.put(tmp_path, full.as_zip(full.document(), files)))["/files"]
    )


@pytest.mark.parametrize(
    ("content", "content_type", "words"),
    [
        (b"<script>alert(1)</script>", "application/pdf", "không phải loại được nhận"),
        (full.PDF, "image/png", "nội dung tệp là application/pdf"),
        (b"", "application/pdf", "trống (0 byte)"),
    ],
    ids=["script as PDF", "PDF as picture", "empty"],
)
def test_a_file_passes_the_gate_of_uploads(
    tmp_path: Path, content: bytes, content_type: str, words: str
) -> None:
    document, sha256 = full.document(), full.hashlib.sha256(content).hexdigest()
    old = document["files"][0]["sha256"]
    document = full.json.loads(full.json.dumps(document).replace(old, sha256))
    document["files"][0] |= {"size": len(content), "content_type": content_type}
    rest = {name: one for name, one in full.FILES.items() if name != old}
    found = faults(full.put(tmp_path, full.as_zip(document, rest | {sha256: content})))
    assert words in " ".join(found.values())


def test_sizes_are_judged_before_unpacking(
    tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.UPLOAD_MAX_BYTES = 10
    found = faults(full.put(tmp_path, full.document()))
    assert found == {f"files/{sha256}": "tệp này lớn hơn mức cho phép." for sha256 in full.FILES}
    monkeypatch.setattr(package, "MAX_TOTAL", 100)
    assert "Gói ZIP quá lớn" in faults(full.put(tmp_path, full.document()))[""]
    monkeypatch.setattr(package, "MAX_DOCUMENT", 100)
    assert "nhiều nhất 64 MB" in faults(full.put_json(tmp_path, full.document()))[""]


def test_a_bomb_that_lies_about_its_size_is_cut(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The directory says 100 bytes; the stream would give 10 MB."""
    content = zipped(tmp_path, [("year.json", b"0" * 10_000_000)], zipfile.ZIP_DEFLATED).read_bytes()
    lie = content.replace((10_000_000).to_bytes(4, "little"), (100).to_bytes(4, "little"))
    assert lie != content
    found = faults(full.put(tmp_path, lie))
    assert "hỏng" in next(iter(found.values()))


def test_a_name_too_many_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(package, "MAX_MEMBERS", 2)
    assert "Gói ZIP quá lớn" in faults(full.put(tmp_path, full.document()))[""]


def test_the_same_content_gives_the_same_zip(tmp_path: Path) -> None:
    assert full.as_zip(full.document()) == full.as_zip(full.document())
    with zipfile.ZipFile(io.BytesIO(full.as_zip(full.document()))) as archive:
        assert archive.namelist() == ["year.json", *(f"files/{sha256}" for sha256 in sorted(full.FILES))]
        assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}


# -- writing -------------------------------------------------------------------------------------
def dumping(*arguments: Any) -> Callable[[], None]:
    return lambda: call_command("dump_year", *arguments, stdout=io.StringIO())


def test_a_year_with_files_is_not_written_without_them(tmp_path: Path) -> None:
    load_year(full.put(tmp_path, full.document()))
    with pytest.raises(CommandError, match="2 tệp đính kèm"):
        dumping("khoi-trung-uong", "2012-2013")()


def test_lost_bytes_stop_the_dump_and_leave_no_file(tmp_path: Path) -> None:
    load_year(full.put(tmp_path, full.document()))
    path_of(full.SHA).unlink()
    with pytest.raises(CommandError, match="Không đọc được tệp"):
        dumping("khoi-trung-uong", "2012-2013", "-o", tmp_path / "out.zip")()
    assert [path.name for path in tmp_path.iterdir()] == ["nam.zip"]


def test_an_unknown_year_names_those_there_are(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="chưa có năm nào"):
        dumping("x", "2020")()
    load_year(full.put(tmp_path, full.document()))
    with pytest.raises(CommandError, match="khoi-trung-uong 2012-2013"):
        dumping()()


def test_a_place_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    load_year(full.put(tmp_path, full.document()))
    with pytest.raises(CommandError, match="Không ghi được"):
        dumping("khoi-trung-uong", "2012-2013", "-o", tmp_path / "no" / "out.zip")()
