"""Pictures of stored files to look at in the page: drawn anew from pixels, never the bytes that were uploaded.

A page of a PDF or a picture is decoded in a process of its own (``preview_child.py``) with limits on memory, time and
output, at most two at once; what came of it lies under the file's SHA-256 in ``PREVIEWS_DIR``, failures too, so that a
broken file costs its time once. The caller has asked for the right to the file.
"""

from __future__ import annotations

import json
import logging
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from django.conf import settings

from core import files
from core.models import StoredFile

log = logging.getLogger(__name__)

SIDES: Final = {"page": 1400, "small": 240}
MOST_PAGES: Final = 50
SECONDS: Final = 12
WAIT_SECONDS: Final = 6
KEPT_DAYS: Final = 30
_KINDS: Final = {
    files.PDF.content_type: ("pdf", ".png"),
    files.JPG.content_type: ("jpg", ".jpg"),
    files.PNG.content_type: ("png", ".png"),
}
_CHILD: Final = Path(__file__).with_name("preview_child.py")
_slots = threading.BoundedSemaphore(2)


class NoPreview(Exception):
    """There is nothing to look at: another kind of file, a broken or locked one, a page that it does not have."""


class Busy(Exception):
    """Too much is being drawn at this moment (status 503)."""


@dataclass(frozen=True, slots=True)
class Preview:
    """A drawn page on disk, and how many pages the file has (a picture: one)."""

    path: Path
    content_type: str
    pages: int


def has_any(content_type: str) -> bool:
    """Whether files of this kind can be looked at."""
    return content_type in _KINDS


def preview(stored: StoredFile, page: int = 1, size: str = "page") -> Preview:
    """Page ``page`` (from 1, at most 50) of a stored file, drawn now or before.

    Raises ``NoPreview``, ``Busy``, ``FileDamaged``, ``FileWaiting``.
    """
    files.refuse_waiting(stored)
    if stored.content_type not in _KINDS or not 1 <= page <= MOST_PAGES:
        raise NoPreview(stored.sha256)
    kind, suffix = _KINDS[stored.content_type]
    if page > 1 and kind != "pdf":
        raise NoPreview(stored.sha256)
    target = _folder(stored.sha256) / f"{stored.sha256}-{size}-{page}{suffix}"
    pages = _known(target)
    if pages is None:
        pages = _draw(stored, kind, target, page, SIDES[size])
    if not pages:
        raise NoPreview(stored.sha256)
    return Preview(target, "image/jpeg" if suffix == ".jpg" else "image/png", pages)


def _folder(sha256: str) -> Path:
    return Path(settings.PREVIEWS_DIR) / sha256[:2]


def _known(target: Path) -> int | None:
    """How many pages the file has, when this page was drawn before; 0 when it could not be."""
    try:
        pages = int(json.loads(target.with_suffix(".json").read_text())["pages"])
    except (OSError, ValueError, KeyError):
        return None
    if pages and not target.exists():
        return None
    with suppress(OSError):
        os.utime(target if pages else target.with_suffix(".json"))  # looked at: the sweep leaves it
    return pages


def _draw(stored: StoredFile, kind: str, target: Path, page: int, side: int) -> int:
    """Check the bytes, let the child draw, put picture and number of pages in their places."""
    with _slot():
        files.open_stored(stored).close()
        target.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=target.parent, prefix=".new-") as folder:
            drawn, told = Path(folder) / "drawn", Path(folder) / "told"
            pages = _pages(_run(kind, files.path_of(stored.sha256), drawn, page, side), stored.sha256)
            if pages:
                os.replace(drawn, target)
            told.write_text(json.dumps({"pages": pages}))
            os.replace(told, target.with_suffix(".json"))
    return pages


@contextmanager
def _slot() -> Iterator[None]:
    if not _slots.acquire(timeout=WAIT_SECONDS):
        raise Busy
    try:
        yield
    finally:
        _slots.release()


def _run(
    kind: str, source: Path, target: Path, page: int, side: int
) -> subprocess.CompletedProcess[bytes] | None:
    """The child's end, or None when its time was over."""
    kept = {name: os.environ[name] for name in ("SYSTEMROOT", "TEMP") if name in os.environ}
    try:
        return subprocess.run(  # noqa: S603 - our own program, on paths of our own making
            [sys.executable, "-I", str(_CHILD), kind, str(source), str(target), str(page), str(side)],
            stdin=subprocess.DEVNULL, capture_output=True, timeout=SECONDS, check=False, env=kept,
            cwd=target.parent,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        return None


def _pages(done: subprocess.CompletedProcess[bytes] | None, sha256: str) -> int:
    if done is not None and done.returncode == 0:
        with suppress(ValueError, KeyError):
            return int(json.loads(done.stdout)["pages"])
    said = done.stderr.decode("utf-8", "replace").strip()[-200:] if done else "too slow"
    log.info("no preview sha256=%s: %s", sha256, said)
    return 0


def sweep() -> int:
    """Remove what nobody looked at for 30 days, what belongs to no stored file and what broke off; how many went."""
    limit, gone = time.time() - KEPT_DAYS * 24 * 3600, 0
    for broken in Path(settings.PREVIEWS_DIR).glob("??/.new-*"):
        if broken.stat().st_mtime < limit:
            shutil.rmtree(broken, ignore_errors=True)
    for path in Path(settings.PREVIEWS_DIR).glob("??/*-*-*.*"):
        if not path.is_file() or path.name.startswith("."):
            continue
        old = path.stat().st_mtime < limit
        if old or not StoredFile.objects.filter(sha256=path.name.split("-")[0]).exists():
            path.unlink(missing_ok=True)
            gone += 1
    return gone
