"""One spelling for one content: how values, items and whole documents are written.

Promises: UTF-8 in NFC, keys sorted, two spaces of indent, one newline at the end, no floats, moments at +07:00, keys
with their default value left out. Equal content gives equal bytes.
"""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any, Final

from cluster_app.yearfile.shapes import EXACT_TEXT, SECTIONS, Shape, default_of
from core.folding import strip_unsafe
from members.models import Cluster

VIET_NAM: Final = timezone(timedelta(hours=7))


class Repeated(dict[str, Any]):
    """An object whose text names a key twice; ``keys_twice`` says which."""

    def __init__(self, pairs: Mapping[str, Any], keys_twice: list[str]) -> None:
        """The object as it was read, the last value of each key."""
        super().__init__(pairs)
        self.keys_twice = keys_twice


def to_bytes(document: Mapping[str, Any]) -> bytes:
    """The bytes of ``year.json``."""
    return (json.dumps(document, ensure_ascii=False, sort_keys=True, indent=2) + "\n").encode()


def composed(value: Any) -> Any:
    """The value with every text in NFC."""
    if isinstance(value, str):
        return value if value.isascii() else unicodedata.normalize("NFC", value)
    if isinstance(value, list):
        return [composed(part) for part in value]
    if isinstance(value, dict):
        made = {composed(key): composed(part) for key, part in value.items()}
        return Repeated(made, value.keys_twice) if isinstance(value, Repeated) else made
    return value


def clean(text: str) -> str:
    """Text as the file holds it: NFC, without invisible and forbidden characters."""
    return unicodedata.normalize("NFC", strip_unsafe(text))


def value_to_file(shape: Shape, key: str, value: Any) -> Any:
    """A plain column (no reference) as it stands in the file."""
    if isinstance(value, str) and (shape.model, key) not in EXACT_TEXT:
        return clean(value)
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, datetime):
        return value.astimezone(VIET_NAM).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    return composed(value) if isinstance(value, dict | list) else value


def normal(shape: Shape, item: Mapping[str, Any]) -> dict[str, Any]:
    """A sound item in its one spelling: defaults left out, moments at +07:00, lists in their order."""
    made: dict[str, Any] = {}
    for key, value in item.items():
        if key in shape.lists:
            value = ordered(shape.lists[key], [normal(shape.lists[key], part) for part in value])
        elif key == "parent" and shape.model is Cluster:
            value = normal(shape, value) if value else None
        else:
            column: Any = shape.model._meta.get_field(key)
            if column.many_to_many:
                value = sorted((_bare(ref) for ref in value), key=sortable)
            elif isinstance(value, dict) and column.is_relation:
                value = without_nothing(value)
            elif value and column.get_internal_type() == "DateTimeField":
                value = moment(value).astimezone(VIET_NAM).isoformat()
        if value != default_of(shape, key):
            made[key] = value
    return made


def normal_document(document: Mapping[str, Any]) -> dict[str, Any]:
    """The document in its one spelling; load it, dump it, and these are the bytes that come out."""
    made: dict[str, Any] = {"format": document["format"], "schema": document["schema"]}
    for name, shape in SECTIONS.items():
        if name not in document:
            continue
        if shape.single:
            made[name] = normal(shape, document[name])
        elif items := ordered(shape, [normal(shape, item) for item in document[name]]):
            made[name] = items
    return made


def ordered(shape: Shape, items: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Items in the order of the shape; those it does not tell apart stay as they were recorded."""
    return sorted(items, key=lambda item: [sortable(item.get(key)) for key in shape.sort])


def sortable(value: Any) -> tuple[bool, Any]:
    """Nothing comes first; a reference of several parts compares by its text."""
    if isinstance(value, dict):
        value = json.dumps(value, ensure_ascii=False, sort_keys=True)
    return (value is not None, "" if value is None else value)


def without_nothing(reference: Mapping[str, Any]) -> dict[str, Any]:
    """A reference without its empty parts."""
    return {key: value for key, value in reference.items() if value is not None}


def _bare(reference: Any) -> Any:
    return without_nothing(reference) if isinstance(reference, dict) else reference


def moment(text: str) -> datetime:
    """An aware moment; "Z" is read too."""
    return datetime.fromisoformat(text).astimezone(UTC)
