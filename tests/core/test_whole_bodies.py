"""A body that broke off is never taken for whole, and leaves no temporary file (F7, F8)."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest
from django.core.handlers.wsgi import WSGIRequest
from django.http import UnreadablePostError

from core.uploads import whole_bodies
from tests.support.web import MULTIPART, multipart

LARGE = b"%PDF-1.7\n" + b"y" * 3_000_000
BODY = multipart([("title", "Trao quà")], [("files", "a.pdf", LARGE)])
FORM = "application/x-www-form-urlencoded"


def read(body: bytes, promised: int | str, kind: str = MULTIPART, *, guarded: bool = True) -> Any:
    """What a view finds in the request: its fields and the bytes of its files."""
    found: dict[str, Any] = {}

    def application(environ: dict[str, Any], _start: Any) -> list[bytes]:
        request = WSGIRequest(environ)
        found.update(request.POST.items())
        for upload in request.FILES.getlist("files"):
            found["bytes"] = upload.size
            upload.close()
        return []

    environ = {
        "REQUEST_METHOD": "POST", "CONTENT_TYPE": kind, "CONTENT_LENGTH": str(promised), "SERVER_NAME": "x",
        "SERVER_PORT": "80", "wsgi.input": io.BytesIO(body),
    }  # fmt: skip
    (whole_bodies(application) if guarded else application)(environ, None)
    return found


@pytest.fixture(autouse=True)
def gathering(tmp_path: Path, settings: Any) -> Path:
    settings.FILE_UPLOAD_TEMP_DIR = str(tmp_path)
    return tmp_path


def test_a_whole_body_is_read() -> None:
    assert read(BODY, len(BODY)) == {"title": "Trao quà", "bytes": len(LARGE)}
    assert read(b"title=a&story=b", 15, FORM) == {"title": "a", "story": "b"}
    assert read(b"", "", FORM) == {}


@pytest.mark.parametrize("cut", [200, len(BODY) // 2, len(BODY) - 60, len(BODY) - 3])
def test_half_an_upload_is_refused_and_leaves_no_file(gathering: Path, cut: int) -> None:
    with pytest.raises(UnreadablePostError):
        read(BODY[:cut], len(BODY))
    assert list(gathering.iterdir()) == []


def test_a_length_that_promises_more_is_refused(gathering: Path) -> None:
    with pytest.raises(UnreadablePostError):
        read(BODY, len(BODY) + 1000)
    with pytest.raises(UnreadablePostError):
        read(b"title=a&sto", 15, FORM)
    assert list(gathering.iterdir()) == []


def test_control_without_the_guard_half_is_taken_for_all() -> None:
    taken = read(BODY[: len(BODY) - 60], len(BODY), guarded=False)
    assert taken["title"] == "Trao quà"
    assert read(BODY, len(BODY) + 1000, guarded=False)["bytes"] == len(LARGE)
    assert read(b"title=a&sto", 15, FORM, guarded=False) == {"title": "a", "sto": ""}
