"""Uploaded files: which are taken in, how they are kept, how they leave again.

Promises: the content decides what a file is, never its name; nothing is unpacked or decoded to find out; bytes lie
outside the web root under their SHA-256 and are safe on disk before their row is written; what leaves is checked
against the hash, and is always a download that no browser runs. A whole download is checked byte by byte every time
(K13); a part of a file or its mere headers stand on a check that is made once for its size and time of change.
"""

from __future__ import annotations

import hashlib
import os
import re
import struct
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Final

import puremagic
from django.conf import settings
from django.core.cache import cache
from django.http import FileResponse, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from PIL.JpegImagePlugin import JpegImageFile
from PIL.PngImagePlugin import PngImageFile

from core import zipparts
from core.errors import FileWaiting
from core.exporters import content_disposition, safe_filename
from core.models import Scan, StoredFile
from core.quantity import format_number
from core.ranges import Part, Unsatisfiable, parse_range

MAX_NAME: Final = 200
MAX_SIDE: Final = 20_000
_CHUNK: Final = 256 * 1024
_SOUND_FOR: Final = 24 * 3600  # seconds that a check of bytes is believed, while size and time of change stay
_HEAD: Final = 8192
_EXTENSION: Final = re.compile(r"\.[A-Za-z][A-Za-z0-9]{1,4}$")


@dataclass(frozen=True, slots=True)
class FileKind:
    """A kind of file that is taken in; the first extension is the usual one."""

    words: str
    content_type: str
    extensions: tuple[str, ...]
    icon: str
    main_part: bytes = b""


_OFFICE: Final = "application/vnd.openxmlformats-officedocument."
PDF: Final = FileKind("PDF", "application/pdf", (".pdf",), "file-type-pdf")
DOCX: Final = FileKind(
    "DOCX", f"{_OFFICE}wordprocessingml.document", (".docx",), "file-type-docx",
    b"wordprocessingml.document.main+xml",
)  # fmt: skip
XLSX: Final = FileKind(
    "XLSX", f"{_OFFICE}spreadsheetml.sheet", (".xlsx",), "file-spreadsheet", b"spreadsheetml.sheet.main+xml"
)
JPG: Final = FileKind("JPG", "image/jpeg", (".jpg", ".jpeg", ".jfif"), "photo")
PNG: Final = FileKind("PNG", "image/png", (".png",), "photo")
KINDS: Final = (PDF, DOCX, XLSX, JPG, PNG)
ALLOWED_WORDS: Final = ", ".join(kind.words for kind in KINDS)
ACCEPT: Final = ",".join(extension for kind in KINDS for extension in kind.extensions)


class FileRefused(Exception):
    """A file that is not taken in; ``sentence`` tells the person why and what to do."""

    def __init__(self, sentence: str) -> None:
        self.sentence = sentence
        super().__init__(sentence)


class FileDamaged(Exception):
    """The bytes on disk are missing or are not those that were stored."""


# -- the gate ------------------------------------------------------------------------------------
def shown_name(name: str, kind: FileKind | None = None) -> str:
    """A name to show and to save under, at most 200 characters: NFC, one line, no path, no reserved name.

    Gets the usual extension of ``kind`` when it has none.
    """
    shown = safe_filename(name, limit=MAX_NAME)
    if kind and not shown.lower().endswith(kind.extensions):
        shown = safe_filename(f"{shown[: MAX_NAME - 5]}{kind.extensions[0]}", limit=MAX_NAME)
    return shown


def icon_of(content_type: str) -> str:
    """The icon beside a stored file of this type."""
    return next((kind.icon for kind in KINDS if kind.content_type == content_type), "file-text")


def size_words(size: int) -> str:
    """``419430`` → ``0,4 MB``; small files in KB."""
    if size < 100 * 1024:
        return f"{format_number(max(1, round(size / 1024)))} KB"
    return f"{size / 1048576:.1f} MB".replace(".", ",")


def recognise(content: IO[bytes], size: int, name: str) -> FileKind:
    """The kind of an uploaded file by its content, or ``FileRefused``; reads headers only and rewinds."""
    shown = shown_name(name)
    if size > settings.UPLOAD_MAX_BYTES:
        raise FileRefused(
            _("Tệp “%(name)s” lớn hơn mức %(limit)s. Hãy nén nhỏ hoặc chia ra rồi chọn lại.")
            % {"name": shown, "limit": limit_words()}
        )
    if size == 0:
        raise FileRefused(_("Tệp “%(name)s” trống (0 byte). Hãy kiểm tra rồi chọn lại.") % {"name": shown})
    content.seek(0)
    kind = _by_content(content, content.read(_HEAD), shown)
    content.seek(0)
    extension = _EXTENSION.search(shown)
    if extension and extension.group().lower() not in kind.extensions:
        raise FileRefused(
            _(
                "Tệp “%(name)s” có nội dung là %(kind)s, không đúng với đuôi tên tệp. Hãy đổi lại tên cho đúng."
            )
            % {"name": shown, "kind": kind.words}
        )
    return kind


def limit_words() -> str:
    """The limit of one file: ``20 MB``."""
    return size_words(settings.UPLOAD_MAX_BYTES).replace(",0 ", " ")


def _by_content(content: IO[bytes], head: bytes, name: str) -> FileKind:
    if head.startswith(b"PK"):
        return _by_parts(content, name)
    if head.startswith(b"\xd0\xcf\x11\xe0"):
        raise FileRefused(
            _(
                "Tệp “%(name)s” là bản Office cũ hoặc có mật khẩu. "
                "Hãy lưu lại dạng .docx, .xlsx hoặc PDF, không đặt mật khẩu."
            )
            % {"name": name}
        )
    try:
        found = {match.mime_type for match in puremagic.magic_string(head) if match.offset == 0}
    except (puremagic.PureError, ValueError):
        found = set()
    for kind in (PDF, JPG, PNG):
        if kind.content_type in found:
            if kind is not PDF:
                _check_picture(content, kind, name)
            return kind
    raise FileRefused(
        _("Nội dung tệp “%(name)s” không phải loại được nhận. Chỉ nhận: %(kinds)s.")
        % {"name": name, "kinds": ALLOWED_WORDS}
    )


def _check_picture(content: IO[bytes], kind: FileKind, name: str) -> None:
    """Width and height out of the header; the picture itself is never decoded."""
    content.seek(0)
    try:
        picture = PngImageFile(content) if kind is PNG else JpegImageFile(content)
        sides = picture.size
    except (SyntaxError, OSError, ValueError, IndexError, struct.error, EOFError) as error:
        raise broken(name) from error
    if max(sides) > MAX_SIDE or min(sides) < 1:
        raise FileRefused(
            _("Ảnh “%(name)s” quá lớn: %(width)s × %(height)s điểm. Mỗi chiều nhiều nhất %(most)s điểm.")
            % {
                "name": name,
                "width": format_number(sides[0]),
                "height": format_number(sides[1]),
                "most": format_number(MAX_SIDE),
            }
        )


def _by_parts(content: IO[bytes], name: str) -> FileKind:
    """DOCX or XLSX by the list of content types inside."""
    try:
        parts = zipparts.look(content)
    except zipparts.Broken as error:
        raise broken(name) from error
    except zipparts.Bomb as error:
        raise FileRefused(
            _("Tệp “%(name)s” bung ra quá lớn nên không được nhận. Hãy xuất lại tệp từ Word hoặc Excel.")
            % {"name": name}
        ) from error
    kind = next((kind for kind in (DOCX, XLSX) if kind.main_part in parts.types), None)
    if parts.macros:
        raise FileRefused(
            _(
                "Tệp “%(name)s” có macro nên không được nhận. Hãy lưu lại dạng .docx hoặc .xlsx không có macro."
            )
            % {"name": name}
        )
    if kind is None or parts.entities:
        raise FileRefused(
            _("Nội dung tệp “%(name)s” không phải loại được nhận. Chỉ nhận: %(kinds)s.")
            % {"name": name, "kinds": ALLOWED_WORDS}
        )
    return kind


def broken(name: str) -> FileRefused:
    """The refusal of a file whose inside does not fit together."""
    return FileRefused(
        _("Tệp “%(name)s” bị hỏng hoặc không đúng định dạng. Hãy mở thử trên máy rồi lưu và chọn lại.")
        % {"name": name}
    )


# -- keeping -------------------------------------------------------------------------------------
def path_of(sha256: str) -> Path:
    """Where bytes with this hash lie."""
    return Path(settings.FILES_DIR) / sha256[:2] / sha256[2:4] / sha256


def store(content: IO[bytes], kind: FileKind, scan: str = Scan.NONE) -> StoredFile:
    """Keep the bytes once, then their row; the same bytes give the same row. ``scan``: what the scanner said of them.

    Effects in order: temporary file in the target folder, fsync, rename, fsync of the folder, row. When the caller's
    transaction is rolled back the bytes stay without a row until ``sweep_files`` takes them away.
    """
    digest, size = _digest(content)
    path = path_of(digest)
    _place(content, path, size)
    row = _row(digest, size, kind, scan)
    if not path.exists():  # swept between the look and the row
        _place(content, path, size)
    return row


def _row(digest: str, size: int, kind: FileKind, scan: str) -> StoredFile:
    """The row of the bytes, made the first time; safe beside somebody who stores the same bytes."""
    known = StoredFile.objects.filter(sha256=digest).order_by("id")
    fresh = StoredFile(sha256=digest, size=size, content_type=kind.content_type, scan=scan)
    for row in known:
        if scan == Scan.CLEAN and row.scan != Scan.CLEAN:
            row.scan = scan
            row.save(update_fields=["scan"])
        return row
    StoredFile.objects.bulk_create([fresh], ignore_conflicts=True)
    return next(iter(known.all()))


def _place(content: IO[bytes], path: Path, size: int) -> None:
    if path.exists() and path.stat().st_size == size:
        os.utime(path)  # young again, so that a sweep leaves it
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    content.seek(0)
    with tempfile.NamedTemporaryFile(dir=path.parent, prefix=".new-", delete=False) as target:
        try:
            for chunk in _chunks(content):
                target.write(chunk)
            target.flush()
            os.fsync(target.fileno())
        except BaseException:
            target.close()
            Path(target.name).unlink(missing_ok=True)
            raise
    os.replace(target.name, path)
    _sync_folder(path.parent)


def _sync_folder(folder: Path) -> None:
    if os.name == "nt":  # Windows cannot open a folder
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _chunks(content: IO[bytes]) -> Iterator[bytes]:
    while chunk := content.read(_CHUNK):
        yield chunk


def _digest(content: IO[bytes]) -> tuple[str, int]:
    content.seek(0)
    digest, size = hashlib.sha256(), 0
    for chunk in _chunks(content):
        digest.update(chunk)
        size += len(chunk)
    content.seek(0)
    return digest.hexdigest(), size


# -- leaving -------------------------------------------------------------------------------------
def open_stored(stored: StoredFile) -> IO[bytes]:
    """The bytes, checked against the hash and rewound; ``FileDamaged`` when they are missing or altered."""
    try:
        content = path_of(stored.sha256).open("rb")
    except OSError as error:
        raise FileDamaged(stored.sha256) from error
    if _digest(content) != (stored.sha256, stored.size):
        content.close()
        raise FileDamaged(stored.sha256)
    return content


def serve(stored: StoredFile, name: str, request: HttpRequest | None = None) -> HttpResponse | FileResponse:
    """An answer that is always a download: attachment, nosniff, sandbox, not kept by any cache.

    With ``request`` a part of the file (Range, If-Range), 416 for one behind its end, and headers alone (HEAD). The
    caller has asked for the right to the file. Raises ``FileDamaged`` and ``FileWaiting``.
    """
    refuse_waiting(stored)
    mark = f'"{stored.sha256[:32]}"'
    response: HttpResponse | FileResponse
    try:
        part = parse_range(_range_of(request, mark), stored.size)
    except Unsatisfiable:
        response = HttpResponse(status=416, headers={"Content-Range": f"bytes */{stored.size}"})
    else:
        response = _answer(stored, part, headers_only=request is not None and request.method == "HEAD")
        response["Content-Disposition"] = content_disposition(name)
    if request is not None:
        response["Accept-Ranges"] = "bytes"
        response["ETag"] = mark
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "sandbox"
    response["Cache-Control"] = "no-store"
    return response


def refuse_waiting(stored: StoredFile) -> None:
    """Raise ``FileWaiting`` for bytes that the scanner has yet to see."""
    if stored.scan == Scan.WAITING:
        raise FileWaiting(stored.sha256)


def _range_of(request: HttpRequest | None, mark: str) -> str:
    """The header Range, unless it is meant for other bytes than these."""
    if request is None or request.headers.get("If-Range", mark) != mark:
        return ""
    return request.headers.get("Range", "")


def _answer(
    stored: StoredFile, part: tuple[int, int] | None, *, headers_only: bool
) -> HttpResponse | FileResponse:
    first, last = part or (0, stored.size - 1)
    content = open_stored(stored) if part is None and not headers_only else _open_sound(stored)
    response: HttpResponse | FileResponse
    if headers_only:
        content.close()
        response = HttpResponse(content_type=stored.content_type)
    elif part is None:
        response = FileResponse(content, content_type=stored.content_type)
    else:
        response = FileResponse(Part(content, first, last), content_type=stored.content_type)
    response["Content-Length"] = str(last - first + 1)
    if part is not None:
        response.status_code = 206
        response["Content-Range"] = f"bytes {first}-{last}/{stored.size}"
    return response


def _open_sound(stored: StoredFile) -> IO[bytes]:
    """The bytes, checked against the hash once for each size and time of change (a viewer asks for hundreds of parts).

    Whoever alters the bytes and puts the time back passes here, and is found by the next whole download and by
    ``sweep_files --check``. Raises ``FileDamaged``.
    """
    try:
        content: IO[bytes] = path_of(stored.sha256).open("rb")
    except OSError as error:
        raise FileDamaged(stored.sha256) from error
    state = os.fstat(content.fileno())
    key = f"sound:{stored.sha256}:{state.st_mtime_ns}:{state.st_size}"
    if cache.get(key):
        return content
    content.close()
    content = open_stored(stored)
    cache.set(key, True, _SOUND_FOR)
    return content
