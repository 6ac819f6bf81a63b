"""What is published of a year, kept ready so that a repeated view asks the database nothing.

Promises: after a publication every process on this machine shows the new version at its next request, since the memory
is tied to a stamp file that publishing touches; with a shared cache (``CACHE_URL``) every machine does. A year without
a version is never remembered, so that a first publication shows at once.
"""

from __future__ import annotations

import os
import time
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.core.cache import cache

from publishing.models import AnnualSummary

SECONDS = 3600  # what never changes: frozen bytes, pages made of them
SOON = 300  # what a publication changes: a missed word of it heals as fast as a visitor's own copy (max-age)
_STAMPED = {"django.core.cache.backends.locmem.LocMemCache", "core.cache.SharedFiles"}


@dataclass(frozen=True, slots=True)
class Version:
    """One published version, without its content."""

    pk: int
    number: int
    sha256: str
    schema: int
    published_at: datetime
    office: str  # code of the agency that published
    reason: str


@dataclass(frozen=True, slots=True)
class Shelf:
    """The versions of one year, newest first; never empty."""

    slug: str
    label: str
    versions: tuple[Version, ...]

    @property
    def newest(self) -> Version:
        """The version in force."""
        return self.versions[0]

    def version(self, number: int) -> Version | None:
        """The version with this number."""
        return next((version for version in self.versions if version.number == number), None)


def shelf_of(slug: str, label: str) -> Shelf | None:
    """Versions of a year by its address, None when nothing is published; one query, none when remembered."""
    key = f"shelf:{slug}:{label}"
    remembered = cache.get(key)
    stamp = stamped()
    if remembered and remembered[0] == stamp:
        kept: Shelf = remembered[1]
        return kept
    rows = (
        AnnualSummary.objects.filter(year__cluster__slug=slug, year__label=label)
        .order_by("-number")
        .values_list("pk", "number", "sha256", "schema", "published_at", "published_by__code", "reason")
    )
    versions = tuple(Version(*row) for row in rows)
    if not versions:
        return None
    shelf = Shelf(slug, label, versions)
    cache.set(key, (stamp, shelf), SOON)
    return shelf


def content_of(version: Version) -> bytes:
    """The frozen bytes of a version; one query, none when remembered (they never change)."""
    key = f"content:{version.sha256}"
    content: bytes | None = cache.get(key)
    if content is None:
        content = AnnualSummary.objects.values_list("content", flat=True).get(pk=version.pk).encode()
        cache.set(key, content, SECONDS)
    return content


def forget(slug: str, label: str) -> None:
    """Make every process look again; called after the commit of a publication."""
    cache.delete_many([f"shelf:{slug}:{label}", "published"])
    if _is_local():
        path = _stamp_path()
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
        os.utime(path)


def stamped() -> int:
    """When something was published last on this machine; 0 with a shared cache, where deleting is enough."""
    if not _is_local():
        return 0
    try:
        return _stamp_path().stat().st_mtime_ns
    except OSError:
        return 0


def generation() -> int:
    """A number that changes with every publication, for lists of everything published."""
    if _is_local():
        return stamped()
    return int(cache.get_or_set("published", time.time_ns, SOON) or 0)


def _is_local() -> bool:
    return settings.CACHES["default"]["BACKEND"] in _STAMPED


def _stamp_path() -> Path:
    return Path(settings.DATA_DIR) / "published.stamp"
