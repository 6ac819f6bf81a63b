"""The way from the front door to one's own work."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def work(request: HttpRequest) -> HttpResponse:
    """Leads to the newest open year of the person."""
    return render(request, "work.html", {})
