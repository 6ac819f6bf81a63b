"""Pictures lose what they tell beside the picture itself: place, camera, names, comments, hidden second pictures.

Done on segments (JPEG) and chunks (PNG), so that every pixel stays as it was: orientation and colour profile are kept,
everything that is not needed to draw the picture goes. Cleaning twice changes nothing. Pure Python, no decoding.
"""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Iterator
from typing import IO, Final

ORIENTATION: Final = 0x0112
_PNG_SIGN: Final = b"\x89PNG\r\n\x1a\n"
_PNG_KEPT: Final = frozenset(
    b"IHDR PLTE IDAT IEND tRNS gAMA cHRM sRGB iCCP cICP mDCV cLLI sBIT bKGD pHYs hIST acTL fcTL fdAT".split()
)
_SOI, _EOI, _SOS, _APP0, _APP1, _APP2, _APP14, _APP15, _COM = (
    0xD8, 0xD9, 0xDA, 0xE0, 0xE1, 0xE2, 0xEE, 0xEF, 0xFE,
)  # fmt: skip
_ALONE: Final = frozenset({0x01, *range(0xD0, 0xD8)})  # markers without a body
_EXIF, _ICC, _JFIF, _ADOBE = b"Exif\0\0", b"ICC_PROFILE\0", b"JFIF\0", b"Adobe"


class BrokenPicture(ValueError):
    """Segments or chunks do not fit together: what cannot be read cannot be cleaned either."""


def cleaned(content: IO[bytes], content_type: str) -> IO[bytes]:
    """The picture without its metadata, rewound; other kinds of file come back as they are.

    Raises ``BrokenPicture``. A JPEG that was cut off in its pixels stays cut off and is closed properly.
    """
    clean = {"image/jpeg": clean_jpeg, "image/png": clean_png}.get(content_type)
    content.seek(0)
    return io.BytesIO(clean(content.read())) if clean else content


# -- JPEG ----------------------------------------------------------------------------------------
def clean_jpeg(data: bytes) -> bytes:
    """Without Exif (but its orientation), XMP, IPTC, comments, second pictures and whatever follows the end."""
    if data[:2] != b"\xff\xd8":
        raise BrokenPicture("no start")
    out = bytearray(b"\xff\xd8")
    orientation = 1
    body: list[bytes] = []
    for marker, segment in _segments(data):
        if marker == _APP1 and segment[4:10] == _EXIF:
            orientation = _orientation(segment[10:]) or orientation
        elif _is_drawn(marker, segment[4:]):
            body.append(segment)
    heads = [segment for segment in body if segment[1] == _APP0]
    out += b"".join(heads)
    if orientation != 1:
        exif = _EXIF + _orientation_alone(orientation)
        out += b"\xff\xe1" + struct.pack(">H", len(exif) + 2) + exif
    out += b"".join(segment for segment in body if segment[1] != _APP0)
    return bytes(out + b"\xff\xd9")


def _is_drawn(marker: int, body: bytes) -> bool:
    """Whether a segment is needed to draw the picture as it was."""
    if marker == _APP0:
        return body.startswith(_JFIF)
    if marker == _APP2:
        return body.startswith(_ICC)
    if marker == _APP14:
        return body.startswith(_ADOBE)
    return not (_APP0 <= marker <= _APP15 or marker == _COM)


def _segments(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Marker and whole bytes of each segment up to the end of the picture; pixels belong to the scan before them."""
    at, scanned = 2, False
    while at < len(data):
        if data[at] != 0xFF:
            raise BrokenPicture("no marker where one must be")
        while at < len(data) and data[at] == 0xFF:
            at += 1
        if at >= len(data):
            break
        marker = data[at]
        at += 1
        if marker == _EOI:
            return
        if marker in _ALONE:
            continue
        if marker in (0x00, _SOI):
            raise BrokenPicture("a picture inside the picture")
        length = int.from_bytes(data[at : at + 2], "big")
        if length < 2 or at + length > len(data):
            raise BrokenPicture("a segment longer than the file")
        end = at + length
        if marker == _SOS:
            scanned = True
            end = _end_of_scan(data, end)
        yield marker, b"\xff" + data[at - 1 : end]
        at = end
    if not scanned:
        raise BrokenPicture("no pixels")


def _end_of_scan(data: bytes, at: int) -> int:
    """Where the pixels of a scan end: before the next marker that is neither a restart nor an escaped FF."""
    while True:
        at = data.find(b"\xff", at)
        if at < 0 or at + 1 >= len(data):
            return len(data) if at < 0 else at
        following = data[at + 1]
        if following == 0xFF:
            at += 1
        elif following == 0 or 0xD0 <= following <= 0xD7:
            at += 2
        else:
            return at


def _orientation(tiff: bytes) -> int:
    """The orientation (1 to 8) that a block of Exif names; 0 when it names none or cannot be read."""
    order = {b"II": "<", b"MM": ">"}.get(tiff[:2])
    if order is None or len(tiff) < 8:
        return 0
    first = struct.unpack_from(f"{order}I", tiff, 4)[0]
    if first + 2 > len(tiff):
        return 0
    count = struct.unpack_from(f"{order}H", tiff, first)[0]
    for place in range(first + 2, min(first + 2 + 12 * count, len(tiff) - 11), 12):
        tag, kind = struct.unpack_from(f"{order}HH", tiff, place)
        if tag == ORIENTATION and kind == 3:
            value = int(struct.unpack_from(f"{order}H", tiff, place + 8)[0])
            return value if 1 <= value <= 8 else 0
    return 0


def _orientation_alone(value: int) -> bytes:
    """The smallest block of Exif that says how the picture is held."""
    return b"MM\0*" + struct.pack(">IHHHIHHI", 8, 1, ORIENTATION, 3, 1, value, 0, 0)


# -- PNG -----------------------------------------------------------------------------------------
def clean_png(data: bytes) -> bytes:
    """Without texts, XMP, Exif (but its orientation), times, unknown chunks and whatever follows the end."""
    if data[:8] != _PNG_SIGN:
        raise BrokenPicture("no start")
    out, orientation = bytearray(_PNG_SIGN), 0
    for kind, chunk in _chunks(data):
        if kind == b"eXIf":
            orientation = _orientation(chunk[8:-4])
        if kind in _PNG_KEPT:
            if kind == b"IDAT" and orientation > 1:
                out += _chunk(b"eXIf", _orientation_alone(orientation))
                orientation = 0
            out += chunk
        elif not kind[0] & 0x20:
            raise BrokenPicture("an unknown chunk that must be understood")
    return bytes(out)


def _chunks(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Kind and whole bytes of each chunk, the end included."""
    at, first = 8, True
    while at + 12 <= len(data):
        length = int.from_bytes(data[at : at + 4], "big")
        kind, end = data[at + 4 : at + 8], at + 12 + length
        if end > len(data) or not kind.isalpha() or (first and kind != b"IHDR"):
            break
        first = False
        yield kind, data[at:end]
        if kind == b"IEND":
            return
        at = end
    raise BrokenPicture("the chunks do not reach the end")


def _chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
