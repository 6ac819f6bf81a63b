"""Middleware: private by default, reads never write, language from the address, domain errors to answers."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable
from typing import Any

from django.db import connections
from django.http import HttpRequest, HttpResponse
from django.middleware.locale import LocaleMiddleware
from django.shortcuts import render
from django.utils.cache import patch_vary_headers

from core.errors import Stale

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
    """A stale form that a view did not handle itself becomes a 409 page."""

    def __init__(self, get_response: GetResponse) -> None:
        """Keep the next layer."""
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pass on."""
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Answer 409."""
        if isinstance(exception, Stale):
            return render(request, "409.html", {"current": exception.current}, status=409)
        return None


class OneLineFormatter(logging.Formatter):
    """A record is one line whatever a request put into it (I6: nobody forges a log line)."""

    def format(self, record: logging.LogRecord) -> str:
        """Escape control characters of the message; a traceback keeps its lines, indented."""
        text = super().format(record)
        head, _, trace = text.partition("\nTraceback")
        head = head.replace("\r", "\\r").replace("\n", "\\n")
        return head + ("\nTraceback" + trace if trace else "")
