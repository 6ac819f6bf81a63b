"""What is published of a year: its versions, and the frozen bytes of each, remembered by this process.

A year without a version is never remembered, so that a first publication shows at once.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from publishing import memory
from publishing.models import AnnualSummary


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
    key = (slug, label)
    remembered: Shelf | None = memory.shelves.get(key)
    if remembered is not None:
        return remembered
    before = memory.stamp()
    rows = (
        AnnualSummary.objects.filter(year__cluster__slug=slug, year__label=label)
        .order_by("-number")
        .values_list("pk", "number", "sha256", "schema", "published_at", "published_by__code", "reason")
    )
    versions = tuple(Version(*row) for row in rows)
    if not versions:
        return None
    shelf = Shelf(slug, label, versions)
    memory.shelves.put_as_of(key, shelf, before)
    return shelf


def content_of(version: Version) -> bytes:
    """The frozen bytes of a version; one query, none when remembered (they never change)."""
    key = ("content", version.sha256)
    content: bytes | None = memory.frozen.get(key)
    if content is None:
        content = AnnualSummary.objects.values_list("content", flat=True).get(pk=version.pk).encode()
        memory.frozen.put(key, content)
    return content
