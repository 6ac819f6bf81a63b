"""The file itself: ``year.json`` alone, or a ZIP of ``year.json`` and ``files/<sha256>``; read with care, written the
same way each time."""

from __future__ import annotations

import json
import re
import stat
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from itertools import chain
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Final

from django.conf import settings
from django.utils.translation import gettext as _

from cluster_app.yearfile import canon
from cluster_app.yearfile.shapes import FROZEN
from core.errors import DomainError, Problem

DOCUMENT: Final = "year.json"
FOLDER: Final = "files/"
MAX_DOCUMENT: Final = 64 * 1024 * 1024
MAX_MEMBERS: Final = 20_001
MAX_TOTAL: Final = 20 * 1024**3
_MEMBER: Final = re.compile(r"files/[0-9a-f]{64}")
_METHODS: Final = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_TIME: Final = (1980, 1, 1, 0, 0, 0)


class YearFileError(DomainError):
    """The file cannot be taken; each problem's ``field`` is its place, and nothing was written."""

    def __str__(self) -> str:
        """One line for each problem, its place first."""
        return "\n".join(f"{problem.field}: {problem.sentence}" for problem in self.problems)


@dataclass
class Package:
    """An opened year file; ``members`` are the hashes of the files it holds."""

    raw: bytes
    archive: zipfile.ZipFile | None = None
    members: frozenset[str] = frozenset()

    def read(self, sha256: str) -> bytes:
        """Bytes of one file, never more than an upload may have; raises ``YearFileError`` when they are damaged."""
        if self.archive is None:
            raise YearFileError(_("tệp này không phải gói ZIP."), FOLDER + sha256)
        return _bounded(self.archive, FOLDER + sha256, settings.UPLOAD_MAX_BYTES)

    def __enter__(self) -> Package:
        """Keep it open for the block."""
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        """Close the ZIP."""
        if self.archive is not None:
            self.archive.close()


def open_package(path: Path) -> Package:
    """Open a year file; raises ``YearFileError`` for anything that is neither JSON nor a harmless ZIP."""
    try:
        with path.open("rb") as stream:
            start = stream.read(4)
        if start[:2] == b"PK":
            return _open_zip(path)
        if path.stat().st_size > MAX_DOCUMENT:
            raise YearFileError(_("Tệp quá lớn: %(name)s nhiều nhất 64 MB.") % {"name": DOCUMENT})
        return Package(path.read_bytes())
    except OSError as error:
        raise YearFileError(
            _("Không đọc được tệp: %(why)s.") % {"why": error.strerror or str(error)}
        ) from error


def _open_zip(path: Path) -> Package:
    try:
        archive = zipfile.ZipFile(path)
    except (zipfile.BadZipFile, ValueError, NotImplementedError) as error:
        raise YearFileError(_("Tệp ZIP bị hỏng hoặc chưa chép xong.")) from error
    try:
        if problems := list(_zip_faults(archive)):
            raise YearFileError(problems)
        members = frozenset(
            name.removeprefix(FOLDER) for name in archive.namelist() if _MEMBER.fullmatch(name)
        )
        return Package(_bounded(archive, DOCUMENT, MAX_DOCUMENT), archive, members)
    except BaseException:
        archive.close()
        raise


def _zip_faults(archive: zipfile.ZipFile) -> Iterator[Problem]:
    """What the directory of the ZIP already shows to be wrong; nothing has been unpacked yet."""
    entries = archive.infolist()
    if len(entries) > MAX_MEMBERS or sum(entry.file_size for entry in entries) > MAX_TOTAL:
        yield Problem(_("Gói ZIP quá lớn: nhiều nhất 20.000 tệp, 20 GB."))
        return
    seen: set[str] = set()
    for entry in entries:
        # What the directory says, before the library shortens a name at NUL or turns its slashes.
        name = entry.orig_filename
        kind = stat.S_IFMT(entry.external_attr >> 16)
        if name == FOLDER and entry.file_size == 0:
            continue
        if name != DOCUMENT and not _MEMBER.fullmatch(name):
            yield Problem(_("trong gói chỉ được có year.json và files/<mã SHA-256>."), shown_name(name))
        elif name in seen:
            yield Problem(_("có hai lần trong gói."), name)
        elif kind not in (0, stat.S_IFREG) or entry.flag_bits & 0x1 or entry.compress_type not in _METHODS:
            yield Problem(_("không phải tệp thường: liên kết, có mật khẩu, hoặc cách nén lạ."), name)
        elif entry.file_size > (MAX_DOCUMENT if name == DOCUMENT else settings.UPLOAD_MAX_BYTES):
            yield Problem(_("tệp này lớn hơn mức cho phép."), name)
        seen.add(name)
    if DOCUMENT not in seen:
        yield Problem(_("gói ZIP không có year.json."), DOCUMENT)


def shown_name(name: str) -> str:
    """A member's name that cannot play tricks in a terminal."""
    return name[:80].encode("unicode_escape").decode()


def _bounded(archive: zipfile.ZipFile, name: str, limit: int) -> bytes:
    """Unpack one member, at most ``limit`` bytes whatever its header claims."""
    try:
        with archive.open(name) as stream:
            content = stream.read(limit + 1)
    except (
        zipfile.BadZipFile,
        zlib.error,
        EOFError,
        OSError,
        ValueError,
        NotImplementedError,
        RuntimeError,
    ) as error:
        raise YearFileError(_("tệp trong gói bị hỏng."), name) from error
    if len(content) > limit:
        raise YearFileError(_("tệp này lớn hơn mức cho phép."), name)
    return content


# -- the document --------------------------------------------------------------------------------
def parse(raw: bytes) -> Any:
    """Bytes of ``year.json`` to plain data, texts in NFC but for what a checksum covers; raises ``YearFileError``."""
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise YearFileError(
            _("year.json không phải UTF-8 (byte thứ %(place)s).") % {"place": error.start + 1}
        ) from error
    try:
        data = json.loads(text, object_pairs_hook=_pairs, parse_float=Decimal, parse_constant=Decimal)
    except json.JSONDecodeError as error:
        place = {"line": error.lineno, "column": error.colno}
        sentence = _("JSON sai hoặc bị cắt ngang ở dòng %(line)s, cột %(column)s.")
        raise YearFileError(sentence % place) from error
    except RecursionError as error:
        raise YearFileError(_("JSON lồng quá nhiều tầng.")) from error
    except ValueError as error:
        raise YearFileError(_("JSON có một số quá dài.")) from error
    made = canon.composed(data)
    for section, index, content in _exact_texts(data):
        made[section][index]["content"] = content
    return made


def _exact_texts(data: Any) -> Iterator[tuple[str, int, Any]]:
    """What is frozen keeps its bytes while all other texts are composed."""
    for section in sorted(FROZEN):
        items = data.get(section) if isinstance(data, dict) else None
        for place, item in enumerate(items if isinstance(items, list) else []):
            if isinstance(item, dict) and "content" in item:
                yield section, place, item["content"]


def _pairs(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) == len(pairs):
        return made
    keys = [key for key, _value in pairs]
    return canon.Repeated(made, sorted({key for key in keys if keys.count(key) > 1}))


def write_zip(target: IO[bytes], document: bytes, files: Iterable[tuple[str, bytes]]) -> None:
    """The ZIP: ``year.json`` first, then the files in the order given; stored, with one fixed time, so that equal
    content gives equal bytes on every machine (compression differs between versions of zlib)."""
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as archive:
        for name, content in chain(
            [(DOCUMENT, document)], ((FOLDER + sha256, content) for sha256, content in files)
        ):
            entry = zipfile.ZipInfo(name, _TIME)
            entry.create_system = 3
            entry.external_attr = (stat.S_IFREG | 0o644) << 16
            archive.writestr(entry, content)
