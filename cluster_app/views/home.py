"""The front door: published summaries for everybody."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import get_language

from core.access import public
from publishing.render import listing
from publishing.views.public import html_answer


@public
def home(request: HttpRequest) -> HttpResponse:
    """List of the published summaries by cluster and year; the same bytes for everybody."""
    asked = request.GET.get("trang", "1")
    number = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 6 else 1
    page = listing.home("en" if (get_language() or "vi").startswith("en") else "vi", max(number, 1))
    if page is None:
        raise Http404
    return html_answer(request, page)
