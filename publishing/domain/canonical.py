"""One spelling for one content: canonical JSON bytes and their SHA-256.

Promises: UTF-8 in NFC, sorted keys, no spaces, no floats; equal content gives equal bytes on every machine and every
database; what has no exact JSON form is refused instead of being rounded or guessed. Pure Python: no Django.
"""

from __future__ import annotations

import hashlib
import json
import unicodedata
from collections.abc import Mapping, Sequence
from typing import Any


class CanonicalError(TypeError):
    """A value that must not be frozen: a float, a date object, a key that is no text, half of a surrogate pair."""


def canonical_bytes(value: object) -> bytes:
    """The one byte string of ``value``: mappings, sequences, texts, whole numbers, true, false, null.

    Texts and keys are brought to NFC. Raises ``CanonicalError`` naming the place of what cannot be frozen.
    """
    plain = _plain(value, "$")
    return json.dumps(
        plain, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False
    ).encode()


def sha256(content: bytes) -> str:
    """The hash that is printed beside the page: 64 hex digits."""
    return hashlib.sha256(content).hexdigest()


def parse(content: bytes | str) -> Any:
    """Frozen bytes back to plain data; raises ``CanonicalError`` on a float inside."""
    return json.loads(content, parse_float=_no_float, parse_constant=_no_float)


def _no_float(text: str) -> Any:
    raise CanonicalError(f"float {text} in frozen data")


def _plain(value: object, place: str) -> object:
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, int):
        return int(value)
    if isinstance(value, str):
        return _text(value, place)
    if isinstance(value, Mapping):
        return _mapping(value, place)
    if isinstance(value, Sequence) and not isinstance(value, bytes | bytearray | memoryview):
        return [_plain(part, f"{place}[{index}]") for index, part in enumerate(value)]
    raise CanonicalError(f"{place}: {type(value).__name__} cannot be frozen")


def _mapping(value: Mapping[Any, object], place: str) -> dict[str, object]:
    plain: dict[str, object] = {}
    for key, part in value.items():
        if not isinstance(key, str):
            raise CanonicalError(f"{place}: the key {key!r} is no text")
        name = _text(key, place)
        if name in plain:
            raise CanonicalError(f"{place}: two keys are the same text {name!r}")
        plain[name] = _plain(part, f"{place}.{name}")
    return plain


def _text(value: str, place: str) -> str:
    text = unicodedata.normalize("NFC", str(value))
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise CanonicalError(f"{place}: half of a surrogate pair in a text") from error
    return text
