"""Middleware: private by default, reads never write, language from the address, domain errors to answers."""

from __future__ import annotations

import errno
import logging
import re
from collections.abc import Callable
from typing import Any

from django.db import InterfaceError, OperationalError, connections
from django.http import HttpRequest, HttpResponse
from django.middleware.locale import LocaleMiddleware
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.cache import patch_vary_headers

from core.errors import FileWaiting, Stale

logger = logging.getLogger("core.http")
GetResponse = Callable[[HttpRequest], HttpResponse]
_WRITE = re.compile(r"^\s*(INSERT|UPDATE|DELETE|REPLACE|TRUNCATE)\b(?!.*\bdjango_session\b)", re.IGNORECASE)


class WriteInReadRequest(RuntimeError):
    """A GET, HEAD or OPTIONS request tried to change the database."""


class ReadOnlyMethods:
    """Requests that must not write raise when they try to; only the session table is free."""

    def __init__(self, get_response: GetResponse) -> None:
        """Keep the next layer."""
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Guard every connection while a reading request runs."""
        if request.method not in ("GET", "HEAD", "OPTIONS"):
            return self.get_response(request)
        with connections["default"].execute_wrapper(_refuse_writes):
            return self.get_response(request)


def _refuse_writes(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
    if _WRITE.match(sql):
        raise WriteInReadRequest(sql[:200])
    return execute(sql, params, many, context)


class PrivateByDefault:
    """Answers are ``no-store`` unless a view said otherwise."""

    def __init__(self, get_response: GetResponse) -> None:
        """Keep the next layer."""
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Set the header that ASVS 14.3.2 asks for."""
        response = self.get_response(request)
        if not response.has_header("Cache-Control"):
            response["Cache-Control"] = "no-store"
            patch_vary_headers(response, ["Cookie"])
        return response


class AddressLocale(LocaleMiddleware):
    """The language stands in the address alone, so public bytes never depend on a browser's headers."""

    def process_response(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:  # type: ignore[override]
        """Redirect as Django does, without ``Vary: Accept-Language``."""
        answer = super().process_response(request, response)
        varies = [part for part in answer.get("Vary", "").split(", ") if part and part != "Accept-Language"]
        if varies:
            answer["Vary"] = ", ".join(varies)
        elif answer.has_header("Vary"):
            del answer["Vary"]
        return answer  # type: ignore[return-value]


class Problems:
    """What views leave unanswered: a stale form is 409, a file that waits for the virus scanner 423, a database that is
    away or busy 503, a full disk 507; a bare 405 gets a page.
    """

    def __init__(self, get_response: GetResponse) -> None:
        """Keep the next layer."""
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Give a wrong method a page that says the way on."""
        response = self.get_response(request)
        if response.status_code == 405 and not response.streaming and not response.content:
            page = render(request, "405.html", status=405)
            page["Allow"] = response.get("Allow", "")
            return page
        return response

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Answer 409, 423, 503 or 507; everything else goes its way."""
        if isinstance(exception, Stale):
            return render(request, "409.html", {"current": exception.current}, status=409)
        if isinstance(exception, FileWaiting):
            return render(request, "423.html", status=423)
        if is_full(exception):
            return no_room(request, exception)
        return unavailable(request, exception) if is_outage(exception) else None


SECONDS_TO_RETRY = 30
_SQLITE_OUTAGES = (
    "locked", "unable to open", "disk i/o", "is full", "readonly database",
)  # fmt: skip


def is_outage(error: BaseException | None) -> bool:
    """Whether the database is away, full or busy, rather than wrongly asked; such a request may succeed later."""
    if not isinstance(error, OperationalError | InterfaceError):
        return False
    if connections["default"].vendor != "sqlite":
        return True  # psycopg reports wrong statements with other classes
    return any(words in str(error).lower() for words in _SQLITE_OUTAGES)


def unavailable(request: HttpRequest, error: BaseException) -> HttpResponse:
    """503 with ``Retry-After``, drawn without request, session or query; one line in the log."""
    logger.error("unavailable %s %s: %s", request.method, request.path, " ".join(str(error).split())[:300])
    response = HttpResponse(
        render_to_string("503.html", {"sent": request.method == "POST"}),
        status=503,
        headers={"Retry-After": str(SECONDS_TO_RETRY)},
    )
    response._has_been_logged = True  # type: ignore[attr-defined] # Django adds a traceback otherwise
    return response


def is_full(error: BaseException | None) -> bool:
    """Whether the disk, or the share of it that this account may fill, is full."""
    return isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT)


def no_room(request: HttpRequest, error: BaseException) -> HttpResponse:
    """507, drawn without request, session or query; one line in the log. What was saved before can still be read."""
    logger.error("disk full %s %s: %s", request.method, request.path, error)
    response = HttpResponse(render_to_string("507.html"), status=507)
    response._has_been_logged = True  # type: ignore[attr-defined] # Django adds a traceback otherwise
    return response


class OneLineFormatter(logging.Formatter):
    """A record is one line whatever a request put into it (I6: nobody forges a log line)."""

    def format(self, record: logging.LogRecord) -> str:
        """Escape control characters of the message; a traceback keeps its lines, indented."""
        text = super().format(record)
        head, _, trace = text.partition("\nTraceback")
        head = head.replace("\r", "\\r").replace("\n", "\\n")
        return head + ("\nTraceback" + trace if trace else "")
