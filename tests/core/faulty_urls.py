"""The project's addresses and some that misbehave on purpose."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.db import OperationalError, connection
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path

from cluster_app.urls import *  # noqa: F403 - handlers too
from cluster_app.urls import urlpatterns as real
from core.access import public
from core.errors import Refused, Stale

EVIL = "<script>alert(1)</script><img src=x onerror=alert(1)>"


def fault(request: HttpRequest, kind: str) -> HttpResponse:
    """Go wrong in the way that the address says."""
    if kind == "write":
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM members_cluster")
    if kind == "message":
        messages.error(request, EVIL)
        return redirect("work")
    if kind == "late":
        response = TemplateResponse(request, "500.html")
        response.add_post_render_callback(_locked)
        return response
    raise {
        "stale": Stale(EVIL),
        "refused": Refused(EVIL),
        "denied": PermissionDenied("Forbidden for programmers"),
        "missing": Http404(EVIL),
        "suspicious": SuspiciousOperation(EVIL),
        "broken": RuntimeError(EVIL),
        "locked": OperationalError("database is locked"),
        "away": OperationalError("unable to open database file\n\tServer: nobody\r\nFORGED"),
        "no-table": OperationalError("no such table: members_cluster"),
    }[kind]


def _locked(_response: Any) -> None:
    raise OperationalError("database is locked")


urlpatterns = [
    path("loi/<slug:kind>/", login_not_required(fault)),
    path("mo/", public(lambda request: HttpResponse("<!DOCTYPE html><title>x</title>"))),
    *real,
]
