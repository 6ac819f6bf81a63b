"""Answers of published pages from memory, before anything else runs: no session, no query, no template."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, HttpResponseNotModified
from django.utils.http import parse_etags

from publishing import memory

GetResponse = Callable[[HttpRequest], HttpResponse]


class PublishedAnswers:
    """Remembers whole answers that a view marked with ``remember``, with every header the layers below gave them.

    Such an answer is the same for everybody: one with a cookie or a ``Vary`` is never kept. Scheme and host are part of
    the key, an address with a query string is left alone. ``remember`` is True, or the name and the stamp under which
    the answer counts (see :mod:`publishing.memory`).
    """

    def __init__(self, get_response: GetResponse) -> None:
        """Keep the next layer."""
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer from memory, or pass on and remember what comes back."""
        if request.method not in ("GET", "HEAD") or request.META.get("QUERY_STRING"):
            return self.get_response(request)
        key = (request.scheme, request.META.get("HTTP_HOST", ""), request.path)
        known: HttpResponse | None = memory.answers.get(key)
        if known is not None:
            return _again(known, request)
        before = memory.stamp()
        response = self.get_response(request)
        if request.method == "GET" and _may_be_kept(response):
            mark = response.remember  # type: ignore[attr-defined]
            under, read = mark if isinstance(mark, tuple) else ("", before)
            memory.answers.put_as_of(key, response, read, under)
        return response


def _may_be_kept(response: HttpResponse) -> bool:
    marked = getattr(response, "remember", False) and response.status_code == 200
    return marked and not response.cookies and not response.has_header("Vary")


def _again(known: HttpResponse, request: HttpRequest) -> HttpResponse:
    """A copy of a remembered answer, without its body for who has it already."""
    if has_it(request, known["ETag"]):
        response: HttpResponse = HttpResponseNotModified()
        left_out = {"Content-Length", "Content-Type"}
    else:
        response, left_out = HttpResponse(known.content), set()
    for name, value in known.items():
        if name not in left_out:
            response.headers[name] = value
    return response


def has_it(request: HttpRequest, etag: str) -> bool:
    """Whether the visitor's copy is this one."""
    sent = request.META.get("HTTP_IF_NONE_MATCH", "")
    if not sent:
        return False
    wanted = parse_etags(sent)
    return "*" in wanted or any(one.removeprefix("W/") == etag for one in wanted)
