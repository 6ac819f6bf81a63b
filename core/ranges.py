"""A part of a file: what the header Range asks for (RFC 9110 14), and a stream that ends where the part ends. Pure."""

from __future__ import annotations

import re
from typing import IO, Final

_RANGE: Final = re.compile(r"bytes=(\d{0,18})-(\d{0,18})")


class Unsatisfiable(ValueError):
    """The part begins behind the end of the file (status 416)."""


def parse_range(header: str, size: int) -> tuple[int, int] | None:
    """First and last byte that ``header`` asks for; None where the whole file is the answer.

    None for no header, one that cannot be read, and several parts at once (a server may answer with the whole). Raises
    ``Unsatisfiable``.
    """
    asked = _RANGE.fullmatch(header.replace(" ", ""))
    if asked is None or not (asked[1] or asked[2]):
        return None
    if not asked[1]:
        wanted = int(asked[2])
        if wanted == 0 or size == 0:
            raise Unsatisfiable(header)
        return max(0, size - wanted), size - 1
    first = int(asked[1])
    last = min(int(asked[2]), size - 1) if asked[2] else size - 1
    if asked[2] and int(asked[2]) < first:
        return None
    if first >= size:
        raise Unsatisfiable(header)
    return first, last


class Part:
    """The bytes of a file from ``first`` to ``last``, both included; closing it closes the file."""

    def __init__(self, content: IO[bytes], first: int, last: int) -> None:
        """Stand before the first byte."""
        content.seek(first)
        self._content, self._left = content, last - first + 1

    def read(self, size: int = -1) -> bytes:
        """As a file reads, up to the end of the part."""
        wanted = self._left if size < 0 else min(size, self._left)
        data = self._content.read(wanted)
        self._left -= len(data)
        return data

    def close(self) -> None:
        """Close the file behind it."""
        self._content.close()
