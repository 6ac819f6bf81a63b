"""Parts of a file, headers alone, and how a check of the bytes is remembered (K13); room in figures."""

from __future__ import annotations

import io
import os
from pathlib import Path
from typing import Any

import pytest
from django.test import RequestFactory
from hypothesis import given
from hypothesis import strategies as st

from core import files
from core.files import FileDamaged, serve
from core.models import StoredFile
from core.quota import Quota
from core.ranges import Part, Unsatisfiable, parse_range

CONTENT = bytes(range(200)) * 5
GB, MB = 1024**3, 1024**2


@pytest.mark.parametrize(
    "header, wanted",
    [
        ("", None), ("bytes=0-0", (0, 0)), ("bytes=10-19", (10, 19)), ("bytes=990-", (990, 999)),
        ("bytes=990-5000", (990, 999)), ("bytes=-10", (990, 999)), ("bytes=-5000", (0, 999)), ("bytes = 1 - 2", (1, 2)),
        ("bytes=0-1,5-6", None), ("bytes=-", None), ("bytes=5-4", None), ("pages=1-2", None), ("bytes=a-b", None),
        ("bytes=" + "9" * 19 + "-", None),
    ],
)  # fmt: skip
def test_what_a_header_asks_for(header: str, wanted: Any) -> None:
    assert parse_range(header, 1000) == wanted


@pytest.mark.parametrize(
    "header, size", [("bytes=1000-", 1000), ("bytes=1000-1001", 1000), ("bytes=-0", 1000), ("bytes=-1", 0)]
)
def test_a_part_behind_the_end_cannot_be_had(header: str, size: int) -> None:
    with pytest.raises(Unsatisfiable):
        parse_range(header, size)


@given(st.integers(0, 40), st.integers(0, 40), st.integers(1, 17))
def test_a_part_reads_as_the_slice(first: int, length: int, step: int) -> None:
    content = CONTENT[:60]
    part, read = Part(io.BytesIO(content), first, first + length), b""
    while piece := part.read(step):
        read += piece
    assert read == content[first : first + length + 1]
    assert Part(io.BytesIO(content), first, first + length).read() == read


# -- served --------------------------------------------------------------------------------------
@pytest.fixture
def row(tmp_path: Path, settings: Any, db: None) -> StoredFile:
    settings.FILES_DIR = tmp_path
    return files.store(io.BytesIO(CONTENT), files.PDF)


def get(row: StoredFile, method: str = "get", **headers: str) -> Any:
    return serve(row, "a.pdf", getattr(RequestFactory(), method)("/", headers=headers))


def body(answer: Any) -> bytes:
    content = b"".join(answer)
    answer.close()
    return content


def test_a_part_says_which_it_is(row: StoredFile) -> None:
    answer = get(row, Range="bytes=10-19")
    assert (answer.status_code, answer["Content-Range"]) == (206, "bytes 10-19/1000")
    assert answer["Content-Length"] == "10"
    assert body(answer) == CONTENT[10:20]
    assert (answer["Content-Security-Policy"], answer["X-Content-Type-Options"]) == ("sandbox", "nosniff")
    assert answer["Content-Disposition"].startswith("attachment")
    assert answer["Cache-Control"] == "no-store"


def test_the_whole_says_that_parts_can_be_had(row: StoredFile) -> None:
    answer = get(row)
    assert (answer.status_code, answer["Accept-Ranges"]) == (200, "bytes")
    assert body(answer) == CONTENT


def test_a_part_behind_the_end_is_416_with_the_size(row: StoredFile) -> None:
    answer = get(row, Range="bytes=1000-")
    assert (answer.status_code, answer["Content-Range"], answer.content) == (416, "bytes */1000", b"")


def test_if_range_of_other_bytes_gives_the_whole(row: StoredFile) -> None:
    mark = get(row, "head")["ETag"]
    for other, status in ((mark, 206), ('"else"', 200), ("Sat, 01 Jan 2028 00:00:00 GMT", 200)):
        answer = get(row, **{"Range": "bytes=0-9", "If-Range": other})
        assert answer.status_code == status
        answer.close()


def test_head_has_the_headers_alone(row: StoredFile) -> None:
    answer = get(row, "head")
    assert (answer.status_code, answer["Content-Length"], answer.content) == (200, "1000", b"")
    assert get(row, "head", Range="bytes=0-9")["Content-Length"] == "10"


def test_altered_bytes_give_no_part_and_a_whole_is_checked_every_time(row: StoredFile) -> None:
    body(get(row, Range="bytes=0-9"))
    path = files.path_of(row.sha256)
    state = path.stat()
    path.write_bytes(b"x" * 1000)
    for asked in ({"Range": "bytes=0-9"}, {}):
        with pytest.raises(FileDamaged):
            get(row, **asked)
    with pytest.raises(FileDamaged):
        get(row, "head")
    os.utime(
        path, ns=(state.st_atime_ns, state.st_mtime_ns)
    )  # whoever puts the time back is found by the whole
    with pytest.raises(FileDamaged):
        get(row)
    path.unlink()
    with pytest.raises(FileDamaged):
        get(row, Range="bytes=0-9")


def test_many_parts_are_checked_once(row: StoredFile, monkeypatch: Any) -> None:
    checked = []
    honest = files._digest
    monkeypatch.setattr(files, "_digest", lambda content: checked.append(1) or honest(content))
    for first in range(0, 1000, 100):
        body(get(row, Range=f"bytes={first}-{first + 99}"))
    assert len(checked) == 1


# -- room ----------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "used, limit, words",
    [
        (0, 2 * GB, "0/2 GB"), (1, 2 * GB, "0,1 KB/2 GB"), (112 * 1024, 2 * GB, "112 KB/2 GB"),
        (40 * MB, 2 * GB, "40 MB/2 GB"), (int(1.9 * GB), 2 * GB, "1,9/2 GB"), (3 * GB, 2 * GB, "3/2 GB"),
        (5 * MB, 10 * MB, "5/10 MB"),
    ],
)  # fmt: skip
def test_room_is_said_in_figures(used: int, limit: int, words: str) -> None:
    assert Quota(used, limit).words == words


def test_what_adds_nothing_always_fits() -> None:
    assert Quota(30, 20).fits(0)
    assert Quota(10, 20).fits(10)
    assert not Quota(10, 20).fits(11)
    assert [Quota(used, 10).is_nearly_full for used in (8, 9, 11)] == [False, True, True]
