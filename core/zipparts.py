"""What a zip file (DOCX, XLSX) holds, judged by its directory before anything is unpacked."""

from __future__ import annotations

import os
import re
import struct
import zipfile
import zlib
from dataclasses import dataclass
from typing import IO, Final

MAX_PARTS: Final = 5_000
MAX_DIRECTORY: Final = 1024 * 1024
MAX_UNPACKED: Final = 200 * 1024 * 1024
MAX_RATIO: Final = 100
SMALL_UNPACKED: Final = 20 * 1024 * 1024
_HEAD: Final = 8192
_DTD: Final = re.compile(
    rb"<!\x00?(?:D\x00?O\x00?C\x00?T\x00?Y\x00?P\x00?E|E\x00?N\x00?T\x00?I\x00?T\x00?Y)", re.I
)


class Broken(ValueError):
    """Not a zip file, or one that does not fit together."""


class Bomb(ValueError):
    """It would unpack to far more than it is, or into far too many parts."""


@dataclass(frozen=True, slots=True)
class Parts:
    """The list of content types as bytes; whether there are macros, and documents that declare entities."""

    types: bytes
    macros: bool
    entities: bool


def look(content: IO[bytes]) -> Parts:
    """Read the directory and the head of each XML part. Raises ``Broken`` and ``Bomb``."""
    if not 0 < _directory_size(content) <= MAX_DIRECTORY:
        raise Broken("no directory, or one of a million entries")
    try:
        with zipfile.ZipFile(content) as archive:
            parts = archive.infolist()
            _check_sizes(parts)
            types = _head_of(archive, "[Content_Types].xml", MAX_DIRECTORY)
            macros = b"macro" in types.lower() or any("vbaproject" in part.filename.lower() for part in parts)
            entities = any(
                _DTD.search(_head_of(archive, part, _HEAD))
                for part in parts
                if part.filename.lower().endswith((".xml", ".rels"))
            )
    except Bomb:
        raise
    except (
        zipfile.BadZipFile, zlib.error, KeyError, RuntimeError, OSError, EOFError, ValueError, struct.error,
    ) as error:  # fmt: skip
        raise Broken(str(error)) from error
    return Parts(types, macros, entities)


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


def _check_sizes(parts: list[zipfile.ZipInfo]) -> None:
    unpacked = sum(part.file_size for part in parts)
    packed = max(1, sum(part.compress_size for part in parts))
    if (
        len(parts) > MAX_PARTS
        or unpacked > MAX_UNPACKED
        or (unpacked > SMALL_UNPACKED and unpacked / packed > MAX_RATIO)
    ):
        raise Bomb(f"{len(parts)} parts of {unpacked} bytes")


def _head_of(archive: zipfile.ZipFile, part: zipfile.ZipInfo | str, limit: int) -> bytes:
    with archive.open(part) as stream:
        return stream.read(limit)
