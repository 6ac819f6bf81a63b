"""Guards around every request of the test client, installed as the outermost middlewares (settings_test.py).

- PageGuard: an HTML answer has no inline script, style or handler (the CSP forbids them), no unprocessed template
  or component syntax.
- WriteGuard: a GET, HEAD or OPTIONS that writes to the database fails (row A7 of the fault list). Allowed are the
  tables of ``MAY_WRITE``, each for its reason.
- NPlusOneGuard: a query repeated per row of a list fails (django-zeal), inside requests only, not in factories.

A test that needs one of them out of the way carries the mark ``typed_braces``, ``may_write_on_get`` or
``nplusone_ok``; tests/conftest.py turns the guard off for that test alone.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from html.parser import HTMLParser
from typing import Any

from django.conf import settings
from django.db import connections
from django.http import HttpRequest, HttpResponse
from zeal import zeal_context

GetResponse = Callable[[HttpRequest], HttpResponse]

MAY_WRITE = {
    "django_session": "a message that was shown, a sign-in form's session",
    "django_cache": "rate limits, where the cache is in the database",
}
SAFE = {"GET", "HEAD", "OPTIONS"}
BRACES = re.compile(r"\{\{|\}\}|\{%|%\}|\{#|#\}")
WRITES = re.compile(
    r"^\s*(?:/\*.*?\*/\s*)*(?:WITH\b.*?\b)?(INSERT\s+(?:OR\s+\w+\s+)?INTO|UPDATE|DELETE\s+FROM|REPLACE\s+INTO"
    r"|TRUNCATE(?:\s+TABLE)?|CREATE|DROP|ALTER)\s+[\"`]?([\w.]+)",
    re.IGNORECASE | re.DOTALL,
)
# Anything a fault could look like, and more: only a page in which it stands is read tag by tag.
SUSPICIOUS = re.compile(
    r"""[<\s/"'](?:style|on[a-z]+)[\s=>/]|<script(?![^<>]*\ssrc=)|<c-|javascript:|[{}%#]\}|\{[{%#]"""
    r"""|&(?!amp;|lt;|gt;|quot;|nbsp;|\#x27;|\#39;)\S""",
    re.IGNORECASE,
)
DATA_SCRIPTS = {"application/json", "application/ld+json"}


class BadPage(AssertionError):
    """An HTML answer that breaks a rule of the house."""


class WroteOnRead(AssertionError):
    """A request that only reads has written."""


class _Switches:
    """Which guards are on; a mark turns one off for one test."""

    braces = writes = nplusone = True


switches = _Switches()


@contextmanager
def switched_off(name: str) -> Iterator[None]:
    """Turn the guard ``braces``, ``writes`` or ``nplusone`` off for a while."""
    before = getattr(switches, name)
    setattr(switches, name, False)
    try:
        yield
    finally:
        setattr(switches, name, before)


class PageGuard:
    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if not response.streaming and response.get("Content-Type", "").startswith("text/html"):
            faults = page_faults(response.content.decode(response.charset or "utf-8"), braces=switches.braces)
            if faults:
                raise BadPage(f"{request.method} {request.get_full_path()}: " + "; ".join(faults))
        return response


class WriteGuard:
    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.method not in SAFE or not switches.writes:
            return self.get_response(request)
        written: list[str] = []

        def watch(execute: Any, sql: Any, params: Any, many: bool, context: Any) -> Any:
            table = written_table(str(sql))
            if table and table not in MAY_WRITE:
                written.append(f"{table}: {str(sql)[:200]}")
            return execute(sql, params, many, context)

        with ExitStack() as stack:
            for connection in connections.all():
                stack.enter_context(connection.execute_wrapper(watch))
            response = self.get_response(request)
        if written:
            raise WroteOnRead(f"{request.method} {request.get_full_path()} wrote to " + "; ".join(written))
        return response


class NPlusOneGuard:
    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not switches.nplusone or not getattr(settings, "ZEAL_RAISE", False):
            return self.get_response(request)
        with zeal_context():
            return self.get_response(request)


def written_table(sql: str) -> str | None:
    """Name of the table that a statement writes to, or None for a statement that only reads."""
    found = WRITES.match(sql)
    return found.group(2).strip('"`').split(".")[-1] if found else None


def page_faults(html: str, *, braces: bool = True) -> list[str]:
    """Every breach of the page rules in an HTML text, as short sentences; empty when it is clean."""
    if not SUSPICIOUS.search(html):
        return []
    reader = _PageReader(braces=braces)
    reader.feed(html)
    reader.close()
    return reader.faults


class _PageReader(HTMLParser):
    def __init__(self, *, braces: bool) -> None:
        super().__init__(convert_charrefs=True)
        self.faults: list[str] = []
        self.braces = braces
        self._inside = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        line = self.getpos()[0]
        given = dict(attrs)
        if tag == "style":
            self.faults.append(f"line {line}: inline <style>")
        if tag == "script":
            self._inside = "script"
            if "src" not in given and given.get("type") not in DATA_SCRIPTS:
                self.faults.append(f"line {line}: inline <script>")
        if tag.startswith("c-"):
            self.faults.append(f"line {line}: component <{tag}> was not rendered")
        for name, value in attrs:
            if name == "style":
                self.faults.append(f"line {line}: style attribute on <{tag}>")
            if name.startswith("on") and name[2:].isalpha():
                self.faults.append(f"line {line}: handler {name} on <{tag}>")
            if name != "value" and (value or "").strip().lower().startswith("javascript:"):
                self.faults.append(f"line {line}: javascript: address on <{tag}>")
            self._look_for_braces(f"attribute {name} of <{tag}>", value or "")

    def handle_endtag(self, tag: str) -> None:
        if tag == "script":
            self._inside = ""

    def handle_data(self, data: str) -> None:
        if not self._inside:
            self._look_for_braces("text", data)

    def _look_for_braces(self, where: str, text: str) -> None:
        if self.braces and (found := BRACES.search(text)):
            start = max(found.start() - 30, 0)
            self.faults.append(
                f"line {self.getpos()[0]}: stray template syntax in {where}: …{text[start : start + 80]}…"
            )
