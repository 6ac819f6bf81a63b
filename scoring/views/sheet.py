"""Score sheets: the list of the year's sheets, and one agency's sheet."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse

from core.access import page


@page("sheet_view")
def sheet_list(_request: HttpRequest) -> HttpResponse:
    """Every member's sheet with its state."""
    return HttpResponse()


@page("sheet_view")
def sheet(_request: HttpRequest, agency: int) -> HttpResponse:
    """One agency's sheet."""
    return HttpResponse(str(agency))
