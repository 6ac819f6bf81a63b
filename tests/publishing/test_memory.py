"""What a process remembers of published years, and when it looks again."""

from __future__ import annotations

import os
from typing import Any

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory

from publishing import memory
from publishing.memory import Memory, StampedMemory
from publishing.middleware import PublishedAnswers


def test_the_entry_asked_for_longest_ago_goes_first() -> None:
    kept = Memory(2)
    kept.put("a", 1)
    kept.put("b", 2)
    assert kept.get("a") == 1
    kept.put("c", 3)
    assert [kept.get(key) for key in "abc"] == [1, None, 3]


def test_what_was_looked_up_counts_until_something_is_published() -> None:
    kept = StampedMemory(5)
    kept.put_as_of("a", 1, memory.stamp())
    assert kept.get("a") == 1
    memory.published()
    assert kept.get("a") is None


def test_what_was_looked_up_before_a_publication_and_kept_after_it_does_not_count() -> None:
    """A reader that read the database just before the commit must not keep the version before."""
    kept, before = StampedMemory(5), memory.stamp()
    memory.published()
    kept.put_as_of("a", "old", before)
    assert kept.get("a") is None


def test_every_process_sees_the_stamp() -> None:
    """Two memories stand for two processes: they share the file, nothing else."""
    one, other = StampedMemory(5), StampedMemory(5)
    for kept in (one, other):
        kept.put_as_of("a", 1, memory.stamp())
    memory.published()
    assert (one.get("a"), other.get("a")) == (None, None)


def test_a_clock_that_went_back_still_moves_the_stamp() -> None:
    memory.published()
    later = memory.stamp() + 10**12
    os.utime(memory._path(), ns=(later, later))
    memory.published()
    assert memory.stamp() > later


def test_without_a_word_of_a_publication_the_process_looks_again_after_a_while(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    kept = StampedMemory(5)
    monkeypatch.setattr(memory, "SECONDS", -1)
    kept.put_as_of("a", 1, memory.stamp())
    assert kept.get("a") is None


def answering(response: HttpResponse) -> tuple[PublishedAnswers, list[str]]:
    """The middleware over a view that always gives ``response``, and the addresses the view was asked for."""
    asked: list[str] = []

    def view(request: HttpRequest) -> HttpResponse:
        asked.append(request.get_full_path())
        return response

    return PublishedAnswers(view), asked


def marked(**headers: str) -> HttpResponse:
    response = HttpResponse(b"bytes", headers={"ETag": '"x"', "X-Layer": "below"} | headers)
    response.remember = True  # type: ignore[attr-defined]
    return response


def test_a_marked_answer_comes_again_with_every_header(rf: RequestFactory) -> None:
    layer, asked = answering(marked())
    answers = [layer(rf.get("/a/")) for _ in range(3)]
    assert asked == ["/a/"]
    assert {answer.content for answer in answers} == {b"bytes"}
    assert {answer["X-Layer"] for answer in answers} == {"below"}
    again = layer(rf.get("/a/", headers={"if-none-match": '"x"'}))
    assert (again.status_code, again.content, again["X-Layer"]) == (304, b"", "below")


@pytest.mark.parametrize("damage", ["unmarked", "cookie", "vary", "status"])
def test_an_answer_that_is_not_the_same_for_everybody_is_never_kept(rf: RequestFactory, damage: str) -> None:
    response = marked()
    if damage == "unmarked":
        response.remember = False  # type: ignore[attr-defined]
    elif damage == "cookie":
        response.set_cookie("sessionid", "x")
    elif damage == "vary":
        response["Vary"] = "Cookie"
    else:
        response.status_code = 404
    layer, asked = answering(response)
    for _ in range(2):
        layer(rf.get("/b/"))
    assert len(asked) == 2


def test_other_hosts_methods_and_query_strings_ask_the_view(rf: RequestFactory) -> None:
    layer, asked = answering(marked())
    layer(rf.get("/c/"))
    layer(rf.get("/c/", headers={"host": "localhost"}))
    layer(rf.get("/c/", secure=True))
    layer(rf.get("/c/", {"trang": "2"}))
    layer(rf.post("/c/"))
    assert len(asked) == 5
    layer(rf.head("/c/"))
    assert len(asked) == 5


def test_remembered_pages_do_not_outlive_a_publication(rf: RequestFactory) -> None:
    layer, asked = answering(marked())
    layer(rf.get("/d/"))
    memory.published()
    layer(rf.get("/d/"))
    assert len(asked) == 2


def test_remembered_pages_carry_the_security_headers(client: Any, db: None) -> None:
    first, again = client.get("/"), client.get("/")
    assert dict(first.items()) == dict(again.items())
    assert "default-src 'none'" in again["Content-Security-Policy"]
    assert again["X-Frame-Options"] == "DENY"
