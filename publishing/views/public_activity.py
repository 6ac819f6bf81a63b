"""Pages for everybody: what a cluster did, one activity after another; its pictures, and the card for sharing."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotModified
from django.utils import translation

from core import previews
from core.access import public
from core.errors import FileWaiting
from core.files import FileDamaged
from core.paging import BadCursor
from publishing import memory
from publishing.domain import activities
from publishing.middleware import has_it
from publishing.render import activities as render
from publishing.views.public import answer, base_of, language_of

ONE_MINUTE = "public, max-age=60"  # what was withdrawn is gone everywhere a minute later
SIZES = {"lon": "page", "nho": "small"}

Draw = Callable[[activities.Place], HttpResponse]


@public
def public_activities(request: HttpRequest, cluster: str, label: str) -> HttpResponse:
    """The public activities of a year, newest first; 404 for a year without any."""

    def draw(place: activities.Place) -> HttpResponse:
        after, before = request.GET.get(render.AFTER, ""), request.GET.get(render.BEFORE, "")
        try:
            rows, page = activities.page_of(place, after, before)
        except BadCursor as error:
            raise Http404 from error
        if not rows:
            raise Http404
        return _html(request, render.listing(place, rows, page, language_of()))

    return _remembered(cluster, label, draw)


@public
def public_activity(request: HttpRequest, cluster: str, label: str, key: str) -> HttpResponse:
    """One activity; 404 unless it is confirmed and public."""

    def draw(place: activities.Place) -> HttpResponse:
        return _html(request, render.one(place, _told(place, key), language_of(), base_of(request)))

    return _remembered(cluster, label, draw)


@public
def public_activity_card(request: HttpRequest, cluster: str, label: str, key: str) -> HttpResponse:
    """The picture of 1200 × 630 that messengers show with the link."""

    def draw(place: activities.Place) -> HttpResponse:
        with translation.override(language_of()):
            content, etag = render.card_png(render.card(place, _told(place, key), base_of(request)))
        return _shared(answer(request, content, etag, "image/png", ONE_MINUTE))

    return _remembered(cluster, label, draw)


@public
def public_activity_picture(
    request: HttpRequest, cluster: str, label: str, key: str, picture: str, size: str
) -> HttpResponse:
    """A picture beside a public activity, drawn anew from its pixels: never the bytes that were uploaded.

    Whether it may still be seen is asked at every view; nothing is remembered here.
    """
    stored = activities.picture_of(cluster, label, key, picture)
    if stored is None or size not in SIZES:
        raise Http404
    try:
        drawn = previews.preview(stored, size=SIZES[size])
        content = drawn.path.read_bytes()
    except (previews.NoPreview, FileDamaged, FileWaiting, OSError) as error:
        raise Http404 from error
    except previews.Busy:
        return HttpResponse(status=503, headers={"Retry-After": "5", "Cache-Control": "no-store"})
    etag = f'"{stored.sha256[:32]}-{size}"'
    response: HttpResponse = HttpResponseNotModified() if has_it(request, etag) else HttpResponse(
        content, content_type=drawn.content_type
    )  # fmt: skip
    response["ETag"], response["Cache-Control"] = etag, ONE_MINUTE
    return _shared(response)


def _remembered(slug: str, label: str, draw: Draw) -> HttpResponse:
    """The answer of a year's page, to be remembered until something of the cluster changes."""
    cluster = activities.cluster_key(slug)
    if cluster is None:
        raise Http404
    under = memory.of_cluster(cluster)
    before = memory.stamp(under)
    place = activities.place_of(cluster, label)
    if place is None:
        raise Http404
    response = draw(place)
    response.remember = False if settings.DEBUG else (under, before)  # type: ignore[attr-defined]
    return response


def _told(place: activities.Place, key: str) -> activities.Told:
    told = activities.one_of(place, key)
    if told is None:
        raise Http404
    return told


def _html(request: HttpRequest, page: object) -> HttpResponse:
    return answer(request, page.content, page.etag, "text/html; charset=utf-8", ONE_MINUTE)  # type: ignore[attr-defined]


def _shared(response: HttpResponse) -> HttpResponse:
    """A picture that other sites may show beside the link, and that no search engine keeps."""
    response["Cross-Origin-Resource-Policy"] = "cross-origin"
    response["X-Robots-Tag"] = "noindex"
    return response
