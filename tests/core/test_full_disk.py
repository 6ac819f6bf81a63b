"""A disk that is full (K5), on a tiny file system of its own, and a folder that takes no files (K6)."""

from __future__ import annotations

import errno
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.db import OperationalError
from django.test import RequestFactory

from cluster_app.checks import environment, folders
from cluster_app.views.errors import broken
from core.http import Problems, is_full

ROOT = Path(__file__).resolve().parent.parent.parent
PROBE = ["unshare", "-rm", "sh", "-c", 'mount -t tmpfs -o size=64k tmpfs "$1"', "sh"]
ON_A_TINY_DISK = """
import io, os, sys
from django.conf import settings
settings.configure(
    FILES_DIR=sys.argv[1], USE_I18N=False, INSTALLED_APPS=["core", "django.contrib.contenttypes", "django.contrib.auth"]
)
import django
django.setup()
from pathlib import Path
from core import files
from core.http import is_full
small = Path(sys.argv[1]) / "aa" / "bb" / ("a" * 64)
files._place(io.BytesIO(b"x" * 4000), small, 4000)
try:
    files._place(io.BytesIO(b"y" * 300_000), small.with_name("b" * 64), 300_000)
except OSError as error:
    assert is_full(error), error
    print("full", sorted(path.name[:3] for path in small.parent.iterdir()), len(small.read_bytes()))
for path in small.parent.iterdir():
    path.unlink()
files._place(io.BytesIO(b"z" * 20_000), small.with_name("c" * 64), 20_000)
print("works on")
"""


def test_a_full_disk_leaves_nothing_half_and_goes_on_when_there_is_room(tmp_path: Path) -> None:
    if not shutil.which("unshare") or subprocess.run([*PROBE, str(tmp_path)], capture_output=True).returncode:
        pytest.skip("no file system can be mounted here")
    script = f'mount -t tmpfs -o size=64k tmpfs "$1" && exec "{sys.executable}" -c "$2" "$1"'
    done = subprocess.run(
        ["unshare", "-rm", "sh", "-c", script, "sh", str(tmp_path), ON_A_TINY_DISK],
        cwd=ROOT, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert done.stdout.splitlines() == ["full ['aaa'] 4000", "works on"], done.stderr


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no such device")
def test_a_full_disk_is_answered_in_words(rf: RequestFactory) -> None:
    request, answers = rf.post("/minh-chung/"), []
    try:
        with Path("/dev/full").open("wb", buffering=0) as full:
            full.write(b"x")
    except OSError as error:  # once out of a view, once before a view was reached
        answers = [Problems(lambda _request: None).process_exception(request, error), broken(request)]  # type: ignore[arg-type]
    assert [answer.status_code for answer in answers if answer] == [507, 507]
    assert all("Đĩa của máy chủ đã đầy" in answer.content.decode() for answer in answers if answer)


def test_other_faults_are_no_full_disk(rf: RequestFactory) -> None:
    assert not is_full(OSError(errno.EIO, "broken"))
    assert not is_full(OperationalError("database or disk is full"))  # the database's own answer is 503
    assert (
        Problems(lambda _request: None).process_exception(rf.get("/"), OSError(errno.EIO, "broken")) is None
    )  # type: ignore[arg-type]


# -- K6 ------------------------------------------------------------------------------------------
def test_a_folder_that_takes_no_files_stops_the_start(settings: Any, tmp_path: Path) -> None:
    blocked = tmp_path / "tep"
    blocked.write_text("no folder")
    settings.FILES_DIR = blocked / "files"
    assert [found.id for found in folders()] == ["cluster.E010"]
    assert "Không ghi được vào thư mục tệp" in folders()[0].msg
    assert "cluster.E010" in [found.id for found in environment(None)]


def test_a_folder_that_is_not_there_yet_is_made_later(settings: Any, tmp_path: Path) -> None:
    settings.FILES_DIR = tmp_path / "a" / "b"
    assert folders() == []
    assert not (tmp_path / "a").exists()
