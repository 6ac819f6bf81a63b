"""Published pages as bytes: made from frozen data only, the same for everybody, kept until something is published.

No request, session or user comes in here, so nothing of a visitor can get into the bytes.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from types import ModuleType
from typing import Any

import segno
from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from core.dates import LOCAL_ZONE, format_date
from publishing import memory
from publishing.domain import facts
from publishing.domain.canonical import parse
from publishing.domain.shelf import Shelf, Version, content_of
from publishing.render import schema1

RENDERERS: dict[int, ModuleType] = {1: schema1}  # every schema that was ever frozen keeps its renderer


@dataclass(frozen=True, slots=True)
class Page:
    """Bytes and their ETag."""

    content: bytes
    etag: str


def summary(shelf: Shelf, version: Version, language: str, base: str) -> Page:
    """The page of one version; ``base`` is scheme and host for the address in the QR code."""
    key = ("page", shelf, version.number, language, base)
    page: Page | None = None if settings.DEBUG else memory.frozen.get(key)
    if page is None:
        page = made(_summary(shelf, version, language, base))
        memory.frozen.put(key, page)
    return page


def made(html: str) -> Page:
    """A page of finished HTML."""
    content = html.encode()
    return Page(content, f'"{hashlib.sha256(content).hexdigest()[:32]}"')


def _summary(shelf: Shelf, version: Version, language: str, base: str) -> str:
    data = parse(content_of(version))
    with translation.override(language):
        where = {"cluster": shelf.slug, "label": shelf.label}
        permanent = _vietnamese("summary_version", number=version.number, **where)
        newest = version.number == shelf.newest.number
        after = None if newest else shelf.version(version.number + 1)
        address = (
            ("summary_public", where) if newest else ("summary_version", {**where, "number": version.number})
        )
        return article(
            data,
            language,
            {
                "preview": False,
                "version": _version(version, data),
                "replaced_by": _version(after, data) if after else None,
                "newest_url": reverse("summary_public", kwargs=where),
                "versions": [
                    _version(one, data)
                    | {
                        "url": reverse("summary_version", kwargs={**where, "number": one.number}),
                        "here": one.number == version.number,
                    }
                    for one in shelf.versions
                ],
                "data_url": _vietnamese("summary_version_data", number=version.number, **where),
                "qr": qr(f"{base}{permanent}", _("Mã QR mở bản công bố này")),
                "address": f"{base}{permanent}",
                **other_language(*address),
            },
        )


def preview(data: Mapping[str, Any], sha256: str, language: str, back: str, urls: Mapping[str, str]) -> str:
    """The same page of data that nobody published yet, marked so; not kept."""
    with translation.override(language):
        context: dict[str, Any] = {
            "preview": True,
            "version": {"number": 0, "at": "", "sha256": sha256, "reason": "", "office": ""},
            "replaced_by": None,
            "newest_url": back,
            "versions": [],
            "data_url": "",
            "qr": "",
            "address": "",
            **urls,
        }
        return article(data, language, context)


def article(data: Mapping[str, Any], language: str, publication: Mapping[str, Any]) -> str:
    """The page of frozen data with what surrounds it, by the renderer of its schema."""
    renderer = RENDERERS[data["schema"]]
    context = {**renderer.page(data, language), **publication}
    return render_to_string(renderer.TEMPLATE, context)


def _version(version: Version, data: Mapping[str, Any]) -> dict[str, Any]:
    local = version.published_at.astimezone(LOCAL_ZONE)
    return {
        "number": version.number,
        "at": f"{local:%H:%M} {format_date(local.date())}",
        "day": format_date(local.date()),
        "iso": local.date().isoformat(),
        "sha256": version.sha256,
        "reason": version.reason,
        "office": facts.name(data, version.office),
    }


def qr(address: str, title: str) -> SafeString:
    """A QR code as inline SVG without style, with its title for screen readers."""
    drawn = segno.make(address, error="m").svg_inline(
        border=0, svgclass="qr", lineclass=None, omitsize=True, title=title
    )
    return mark_safe(drawn.replace("<svg ", '<svg role="img" ', 1))


def other_language(name: str, kwargs: Mapping[str, Any]) -> dict[str, str]:
    """Addresses of the same page in both languages, for the language switch."""
    found = {}
    for language in ("vi", "en"):
        with translation.override(language):
            found[f"lang_{language}_url"] = reverse(name, kwargs=dict(kwargs))
    return found


def _vietnamese(name: str, **kwargs: Any) -> str:
    """The address without a language: the one that papers print."""
    with translation.override("vi"):
        return reverse(name, kwargs=kwargs)
