"""Texts that want the server to fetch, to run or to take long (rows I8, I12, I13)."""

from __future__ import annotations

import re
import time
from typing import Any

import pytest

from core.folding import fold, search_terms, sort_key
from movements.models import Activity
from tests.factories import ActivityFactory
from tests.support.entry import ROW, form_of

AWAY = ("http://169.254.169.254/latest/", "file:///etc/passwd", "javascript:alert(1)")


@pytest.mark.django_db
def test_i8_an_address_in_a_text_is_words_and_nobody_fetches_it(cast: Any, monkeypatch: Any) -> None:
    met: list[Any] = []
    monkeypatch.setattr("socket.socket.connect", lambda _socket, address: met.append(address))
    activity = ActivityFactory(
        year=cast.year, agency=cast.member, submitted=True, story=" ".join(AWAY), result=AWAY[0]
    )
    page = cast.client(cast.an).get(cast.url("activity_detail", pk=activity.pk)).content.decode()
    assert all(address in page for address in AWAY)
    targets = re.findall(r'(?:href|src|action)="([^"]*)"', page)
    assert not [target for target in targets if any(address in target for address in AWAY)]
    assert met == []


@pytest.mark.django_db
def test_i12_a_title_of_a_hundred_thousand_letters_is_refused(cast: Any) -> None:
    answer = cast.client(cast.chi).post(cast.url("activity_add"), form_of(ROW, title="ă" * 100_000))
    assert answer.status_code == 422
    assert not Activity.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize("body", ["[" * 10_000, "[" * 10_000 + "]" * 10_000, '{"a":' * 10_000])
def test_i12_brackets_in_brackets_are_no_row(cast: Any, body: str) -> None:
    answer = cast.client(cast.chi).post(cast.url("quick_row"), body, content_type="application/json")
    assert 400 <= answer.status_code < 500


@pytest.mark.parametrize(
    "text", ["a" * 1_000_000, "ế" * 1_000_000, "e\u0302\u0301" * 400_000, '"' * 1_000_000]
)
def test_i13_a_megabyte_is_cut_before_it_is_folded(text: str) -> None:
    began = time.process_time()
    fold(text)
    sort_key(text)
    search_terms(text)
    assert time.process_time() - began < 0.5
