"""What is looked at is drawn anew in a child with limits; what cannot be drawn says so once and stays downloadable."""

from __future__ import annotations

import io
import os
import time
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from core import files, previews, staging
from core.errors import FileWaiting
from core.models import Scan, StoredFile
from core.previews import Busy, NoPreview, preview
from tests.core.test_pictures import photo
from tests.support.papers import locked_pdf, pdf_of
from tests.support.uploads import PDF, docx, png

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _own_folders(tmp_path: Path, settings: Any) -> None:
    settings.FILES_DIR, settings.PREVIEWS_DIR = tmp_path / "files", tmp_path / "previews"


def stored(content: bytes, kind: files.FileKind = files.PDF) -> StoredFile:
    return files.store(io.BytesIO(content), kind)


def test_pages_of_a_pdf_are_drawn_one_by_one(settings: Any) -> None:
    row = stored(pdf_of(3))
    first, third = preview(row), preview(row, 3)
    assert (first.pages, first.content_type, first.path != third.path) == (3, "image/png", True)
    with Image.open(first.path) as drawn:
        assert drawn.format == "PNG"
        assert max(drawn.size) <= previews.SIDES["page"]
        assert min(drawn.getpixel((drawn.width // 2, drawn.height // 2))[:1]) > 250  # red
    for page in (0, 4, 51, -1):
        with pytest.raises(NoPreview):
            preview(row, page)


def test_a_photo_is_written_anew_the_right_way_up_and_without_anything_else() -> None:
    row = stored(photo(6), files.JPG)  # as it came, not cleaned: the preview must not need it
    small, large = preview(row, 1, "small"), preview(row)
    content = large.path.read_bytes()
    assert b"Exif" not in content
    assert b"mau sac" not in content
    assert b"tep giau" not in content
    with Image.open(large.path) as drawn, Image.open(small.path) as little:
        assert drawn.format == "JPEG"
        assert drawn.size == (24, 40)  # turned
        assert max(little.size) <= previews.SIDES["small"]


def test_glass_stays_glass() -> None:
    target = io.BytesIO()
    Image.new("RGBA", (30, 20), (255, 0, 0, 0)).save(target, "PNG")
    with Image.open(preview(stored(target.getvalue(), files.PNG)).path) as drawn:
        assert drawn.mode == "RGBA"


@pytest.mark.parametrize(
    "content, kind",
    [
        (locked_pdf(), files.PDF), (PDF, files.PDF), (b"%PDF-1.7\n" + b"\xff" * 400, files.PDF), (docx(), files.DOCX),
        (png(15_000, 15_000), files.PNG), (png(300, 300)[:80], files.PNG), (b"\xff\xd8\xff", files.JPG),
    ],
    ids=["password", "no pages", "garbage", "another kind", "too many pixels", "cut off", "three bytes"],
)  # fmt: skip
def test_what_cannot_be_drawn_says_so_and_is_asked_once(content: bytes, kind: Any, monkeypatch: Any) -> None:
    row = stored(content, kind)
    with pytest.raises(NoPreview):
        preview(row)
    monkeypatch.setattr(previews, "_CHILD", Path("/no/such/program"))
    with pytest.raises(NoPreview):
        preview(row)
    files.serve(row, "a").close()  # F11: it can be downloaded all the same


def test_the_password_is_what_keeps_the_page_from_being_seen() -> None:
    """The control: the same file opens with its password, so it is no broken one."""
    import pypdfium2

    assert len(pypdfium2.PdfDocument(locked_pdf(), password="mat khau")) == 1
    with pytest.raises(pypdfium2.PdfiumError):
        pypdfium2.PdfDocument(locked_pdf())


def test_a_child_that_takes_too_long_or_eats_too_much_ends_alone(tmp_path: Path, monkeypatch: Any) -> None:
    slow, greedy = tmp_path / "slow.py", tmp_path / "greedy.py"
    slow.write_text("import time; time.sleep(30)")
    greedy.write_text(
        f"import sys; sys.path.insert(0, {str(previews._CHILD.parent)!r})\n"
        "import preview_child; preview_child.limit(); b'x' * (2 * 1024 ** 3)"
    )
    monkeypatch.setattr(previews, "SECONDS", 0.3)
    monkeypatch.setattr(previews, "_CHILD", slow)
    started = time.monotonic()
    with pytest.raises(NoPreview):
        preview(stored(pdf_of(1)))
    assert time.monotonic() - started < 2
    monkeypatch.setattr(previews, "SECONDS", 10)
    monkeypatch.setattr(previews, "_CHILD", greedy)
    with pytest.raises(NoPreview):
        preview(stored(pdf_of(2)))


def test_not_more_than_two_are_drawn_at_once(monkeypatch: Any) -> None:
    monkeypatch.setattr(previews, "WAIT_SECONDS", 0.05)
    with previews._slot(), previews._slot(), pytest.raises(Busy):
        preview(stored(pdf_of(1)))
    assert preview(stored(pdf_of(1))).pages == 1


def test_altered_bytes_and_those_that_wait_are_not_drawn() -> None:
    row = stored(pdf_of(1))
    files.path_of(row.sha256).write_bytes(pdf_of(2))
    with pytest.raises(files.FileDamaged):
        preview(row)
    row.scan = Scan.WAITING
    with pytest.raises(FileWaiting):
        preview(row)


def test_the_sweep_takes_what_is_old_and_what_belongs_to_nothing(settings: Any) -> None:
    keep, old, lost = stored(pdf_of(1)), stored(pdf_of(2)), stored(pdf_of(3))
    paths = [preview(row).path for row in (keep, old, lost)]
    lost.delete()
    long_ago = time.time() - 40 * 24 * 3600
    for path in (paths[1], paths[1].with_suffix(".json"), paths[0]):
        os.utime(path, (long_ago, long_ago))
    preview(keep)  # looked at again: it stays
    assert staging.sweep().previews == 4
    assert [path.exists() for path in paths] == [True, False, False]
    assert preview(old).pages == 2  # drawn again
