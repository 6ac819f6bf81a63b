"""Pages for everybody: the published summary of a year, each of its versions, and their frozen data."""

from __future__ import annotations

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotModified
from django.utils.translation import get_language

from core.access import public
from publishing.domain.shelf import Shelf, Version, content_of, shelf_of
from publishing.middleware import has_it
from publishing.render import pages

FIVE_MINUTES = "public, max-age=300"
FOREVER = "public, max-age=31536000, immutable"


@public
def summary_public(request: HttpRequest, cluster: str, label: str) -> HttpResponse:
    """The version in force; 404 until the year is published."""
    shelf = _shelf(cluster, label)
    return html_answer(request, pages.summary(shelf, shelf.newest, language_of(), base_of(request)))


@public
def summary_version(request: HttpRequest, cluster: str, label: str, number: int) -> HttpResponse:
    """One version; a replaced one says by which, since when and why."""
    shelf, version = _version(cluster, label, number)
    return html_answer(request, pages.summary(shelf, version, language_of(), base_of(request)))


@public
def summary_data(request: HttpRequest, cluster: str, label: str) -> HttpResponse:
    """The frozen bytes of the version in force."""
    return _json(request, _shelf(cluster, label).newest, FIVE_MINUTES)


@public
def summary_version_data(request: HttpRequest, cluster: str, label: str, number: int) -> HttpResponse:
    """The frozen bytes of one version; they never change."""
    return _json(request, _version(cluster, label, number)[1], FOREVER)


def _shelf(cluster: str, label: str) -> Shelf:
    shelf = shelf_of(cluster, label)
    if shelf is None:
        raise Http404
    return shelf


def _version(cluster: str, label: str, number: int) -> tuple[Shelf, Version]:
    shelf = _shelf(cluster, label)
    version = shelf.version(number)
    if version is None:
        raise Http404
    return shelf, version


def language_of() -> str:
    """The language of the address: vi or en."""
    return "en" if (get_language() or "vi").startswith("en") else "vi"


def base_of(request: HttpRequest) -> str:
    """Scheme and host for printed addresses: the setting, else the address asked for."""
    return (settings.SITE_URL or f"{request.scheme}://{request.get_host()}").rstrip("/")


def html_answer(request: HttpRequest, page: pages.Page) -> HttpResponse:
    """A published page, or 304."""
    return answer(request, page.content, page.etag, "text/html; charset=utf-8", FIVE_MINUTES)


def _json(request: HttpRequest, version: Version, keep: str) -> HttpResponse:
    content = content_of(version)
    response = answer(request, content, f'"{version.sha256}"', "application/json", keep)
    response["Access-Control-Allow-Origin"] = "*"  # open data: pages of others may read it
    response["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response


def answer(request: HttpRequest, content: bytes, etag: str, content_type: str, keep: str) -> HttpResponse:
    """200 with the bytes, or 304 when the visitor has them."""
    if has_it(request, etag):
        response: HttpResponse = HttpResponseNotModified()
    else:
        response = HttpResponse(content, content_type=content_type)
    response["ETag"] = etag
    response["Cache-Control"] = keep
    response.remember = not settings.DEBUG  # type: ignore[attr-defined]
    return response
