"""The front door: published summaries for everybody."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from core.access import public


@public
def home(request: HttpRequest) -> HttpResponse:
    """List of the published summaries, newest first; the same bytes for everybody."""
    return render(request, "home.html", {})
