"""Uploaded files: which are taken in, how they are kept, how they leave again.

Promises: the content decides what a file is, never its name; nothing is unpacked or decoded to find out; bytes lie
outside the web root under their SHA-256 and are safe on disk before their row is written; what leaves is checked
against the hash, and is always a download that no browser runs.
"""

from __future__ import annotations

import hashlib
import os
import re
import struct
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Final

import puremagic
from django.conf import settings
from django.http import FileResponse
from django.utils.translation import gettext as _
from PIL.JpegImagePlugin import JpegImageFile
from PIL.PngImagePlugin import PngImageFile

from core.exporters import content_disposition, safe_filename
from core.models import StoredFile
from core.quantity import format_number

MAX_NAME: Final = 200
MAX_SIDE: Final = 20_000
MAX_PARTS: Final = 5_000
MAX_DIRECTORY: Final = 1024 * 1024
MAX_UNPACKED: Final = 200 * 1024 * 1024
MAX_RATIO: Final = 100
SMALL_UNPACKED: Final = 20 * 1024 * 1024
_CHUNK: Final = 256 * 1024
_HEAD: Final = 8192
_DTD: Final = re.compile(
    rb"<!\x00?(?:D\x00?O\x00?C\x00?T\x00?Y\x00?P\x00?E|E\x00?N\x00?T\x00?I\x00?T\x00?Y)", re.I
)
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
        raise _broken(name) from error
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
    """DOCX or XLSX by the list of content types inside; sizes are judged by the directory, before unpacking."""
    if not 0 < _directory_size(content) <= MAX_DIRECTORY:
        raise _broken(name)
    try:
        with zipfile.ZipFile(content) as archive:
            parts = archive.infolist()
            _check_sizes(parts, name)
            types = _head_of(archive, "[Content_Types].xml", MAX_DIRECTORY)
            macros = b"macro" in types.lower() or any("vbaproject" in part.filename.lower() for part in parts)
            entities = any(
                _DTD.search(_head_of(archive, part, _HEAD))
                for part in parts
                if part.filename.lower().endswith((".xml", ".rels"))
            )
    except (
        zipfile.BadZipFile,
        zlib.error,
        KeyError,
        RuntimeError,
        OSError,
        EOFError,
        ValueError,
        struct.error,
    ) as error:
        raise _broken(name) from error
    kind = next((kind for kind in (DOCX, XLSX) if kind.main_part in types), None)
    if macros:
        raise FileRefused(
            _(
                "Tệp “%(name)s” có macro nên không được nhận. Hãy lưu lại dạng .docx hoặc .xlsx không có macro."
            )
            % {"name": name}
        )
    if kind is None or entities:
        raise FileRefused(
            _("Nội dung tệp “%(name)s” không phải loại được nhận. Chỉ nhận: %(kinds)s.")
            % {"name": name, "kinds": ALLOWED_WORDS}
        )
    return kind


def _directory_size(content: IO[bytes]) -> int:
    """Bytes of the directory at the end of a zip file as it declares them; 0 when there is none."""
    end = content.seek(0, os.SEEK_END)
    content.seek(max(0, end - 65_557))
    tail = content.read()
    content.seek(0)
    place = (
        len(tail) - 22
        if tail[-22:-18] == b"PK\x05\x06" and tail[-2:] == b"\0\0"
        else tail.rfind(b"PK\x05\x06")
    )
    return int.from_bytes(tail[place + 12 : place + 16], "little") if place >= 0 else 0


def _check_sizes(parts: list[zipfile.ZipInfo], name: str) -> None:
    unpacked = sum(part.file_size for part in parts)
    packed = max(1, sum(part.compress_size for part in parts))
    bomb = unpacked > MAX_UNPACKED or (unpacked > SMALL_UNPACKED and unpacked / packed > MAX_RATIO)
    if len(parts) > MAX_PARTS or bomb:
        raise FileRefused(
            _("Tệp “%(name)s” bung ra quá lớn nên không được nhận. Hãy xuất lại tệp từ Word hoặc Excel.")
            % {"name": name}
        )


def _head_of(archive: zipfile.ZipFile, part: zipfile.ZipInfo | str, limit: int) -> bytes:
    with archive.open(part) as stream:
        return stream.read(limit)


def _broken(name: str) -> FileRefused:
    return FileRefused(
        _("Tệp “%(name)s” bị hỏng hoặc không đúng định dạng. Hãy mở thử trên máy rồi lưu và chọn lại.")
        % {"name": name}
    )


# -- keeping -------------------------------------------------------------------------------------
def path_of(sha256: str) -> Path:
    """Where bytes with this hash lie."""
    return Path(settings.FILES_DIR) / sha256[:2] / sha256[2:4] / sha256


def store(content: IO[bytes], kind: FileKind) -> StoredFile:
    """Keep the bytes once, then their row; the same bytes give the same row.

    Effects in order: temporary file in the target folder, fsync, rename, fsync of the folder, row. When the caller's
    transaction is rolled back the bytes stay without a row until ``sweep_files`` takes them away.
    """
    digest, size = _digest(content)
    path = path_of(digest)
    _place(content, path, size)
    row = _row(digest, size, kind)
    if not path.exists():  # swept between the look and the row
        _place(content, path, size)
    return row


def _row(digest: str, size: int, kind: FileKind) -> StoredFile:
    """The row of the bytes, made the first time; safe beside somebody who stores the same bytes."""
    known = StoredFile.objects.filter(sha256=digest).order_by("id")
    fresh = StoredFile(sha256=digest, size=size, content_type=kind.content_type)
    for row in known:
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


def serve(stored: StoredFile, name: str) -> FileResponse:
    """An answer that is always a download: attachment, nosniff, sandbox, not kept by any cache.

    The caller has asked for the right to the file. Raises ``FileDamaged``.
    """
    response = FileResponse(open_stored(stored), content_type=stored.content_type)
    response["Content-Disposition"] = content_disposition(name)
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "sandbox"
    response["Cache-Control"] = "no-store"
    return response
