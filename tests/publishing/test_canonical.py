"""Canonical JSON: one content, one byte string; nothing inexact."""

from __future__ import annotations

import json
import unicodedata
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from publishing.domain.canonical import CanonicalError, canonical_bytes, parse, sha256

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
plain = st.recursive(
    st.none() | st.booleans() | st.integers() | texts,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=4),
    max_leaves=12,
)


def composed(value: object) -> bool:
    """Whether no two keys of one mapping become the same text in NFC."""
    if isinstance(value, dict):
        keys = {unicodedata.normalize("NFC", key) for key in value}
        return len(keys) == len(value) and all(composed(part) for part in value.values())
    return all(composed(part) for part in value) if isinstance(value, list) else True


@given(plain.filter(composed))
def test_bytes_are_a_fixed_point(value: object) -> None:
    content = canonical_bytes(value)
    assert canonical_bytes(parse(content)) == content


@given(plain.filter(composed))
def test_bytes_are_utf8_in_nfc_and_read_back_by_any_json_reader(value: object) -> None:
    text = canonical_bytes(value).decode("utf-8")
    strings = list(strings_of(json.loads(text)))
    assert all(unicodedata.is_normalized("NFC", string) for string in strings)


def strings_of(value: object) -> list[str]:
    if isinstance(value, str):
        return [value]
    parts = [*value, *value.values()] if isinstance(value, dict) else value if isinstance(value, list) else []
    return [string for part in parts for string in strings_of(part)]


@given(st.dictionaries(st.text("abcđêư", max_size=3), st.integers(), max_size=6))
def test_the_order_in_which_keys_came_does_not_matter(value: dict[str, int]) -> None:
    backwards = dict(reversed(list(value.items())))
    assert canonical_bytes(backwards) == canonical_bytes(value)


def test_the_spelling_is_fixed() -> None:
    assert (
        canonical_bytes({"b": [1, True, None], "a": "Lạng Sơn"})
        == '{"a":"Lạng Sơn","b":[1,true,null]}'.encode()
    )
    assert sha256(b"{}") == "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a"


def test_marks_typed_apart_give_the_same_bytes() -> None:
    apart = unicodedata.normalize("NFD", "Hữu Lũng")
    assert canonical_bytes({apart: apart}) == canonical_bytes({"Hữu Lũng": "Hữu Lũng"})


@pytest.mark.parametrize(
    "value",
    [
        1.5,
        float("nan"),
        [0.1],
        {"a": {"b": 2.0}},
        Decimal("1.5"),
        date(2020, 1, 1),
        b"bytes",
        {1: "a"},
        {None: 1},
        "\ud800",
    ],
)
def test_what_is_not_exact_is_refused(value: object) -> None:
    with pytest.raises(CanonicalError):
        canonical_bytes(value)


def test_the_error_names_the_place() -> None:
    with pytest.raises(CanonicalError, match=r"\$\.a\.b\[1\]: float"):
        canonical_bytes({"a": {"b": ["x", 1.5]}})


def test_two_keys_that_are_one_text_are_refused() -> None:
    with pytest.raises(CanonicalError, match="same text"):
        canonical_bytes({"Sở": 1, unicodedata.normalize("NFD", "Sở"): 2})


@pytest.mark.parametrize("text", ['{"a":1.5}', "[1e3]", "NaN", "[Infinity]"])
def test_frozen_bytes_with_a_float_are_not_read(text: str) -> None:
    with pytest.raises(CanonicalError):
        parse(text)
