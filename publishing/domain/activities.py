"""The activities of a year that everybody may see, read for public pages: one rule, a constant number of queries.

Open as soon as an activity is confirmed and meant for everybody, whatever step the year is in: it is neither rank nor
score. A year without any is no address at all.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, QuerySet

from core import files
from core.models import Scan, StoredFile
from core.paging import Page, keyset_page
from members.models import Cluster, ClusterYear
from movements.domain.public import public_activities
from movements.domain.totals import Gift
from movements.models import Activity, ActivityPartner, Evidence, EvidenceUse
from movements.queries import Choices, choices_of, gifts_of
from publishing.models import AnnualSummary

PAGE_SIZE = 24
MOST_PICTURES = 12
_SAFE = (Scan.NONE, Scan.CLEAN)
_SHOWN = (files.JPG.content_type, files.PNG.content_type)


@dataclass(frozen=True, slots=True)
class Told:
    """A public activity with what stands beside it; ``agencies``: who answers for it and who did it too, in order."""

    activity: Activity
    agencies: tuple[int, ...]
    gifts: Sequence[Gift]
    pictures: Sequence[Evidence] = ()


@dataclass(frozen=True, slots=True)
class Place:
    """A year under its public address: ``published`` once its summary is."""

    year: ClusterYear
    choices: Choices
    published: bool


def cluster_key(slug: str) -> int | None:
    """The id of the cluster at an address; one query."""
    return Cluster.objects.filter(slug=slug).values_list("pk", flat=True).first()


def place_of(cluster_id: int, label: str) -> Place | None:
    """The year, its names, and whether it is published; None when there is no such year. Two queries."""
    summary = AnnualSummary.objects.filter(year=OuterRef("pk"))
    years = ClusterYear.objects.filter(cluster=cluster_id, label=label).select_related("cluster")
    year = years.annotate(published=Exists(summary)).first()
    return None if year is None else Place(year, choices_of(year), year.published)


def page_of(place: Place, after: str = "", before: str = "") -> tuple[list[Told], Page[Activity]]:
    """One page of them, newest first, with their partners, gifts and first pictures; raises ``BadCursor``."""
    rows = public_activities(place.year).select_related("movement")
    page = keyset_page(rows, ["sorted_on", "id"], after=after, before=before, size=PAGE_SIZE)
    return _told(page.rows), page


def one_of(place: Place, key: str) -> Told | None:
    """One of them by its key, or None; four queries."""
    row = public_activities(place.year).select_related("movement").filter(key=key).first()
    return _told([row])[0] if row is not None else None


def picture_of(slug: str, label: str, key: str, picture: str) -> StoredFile | None:
    """The bytes' row of a picture beside a public activity, or None; asked at every view. Two queries."""
    year = ClusterYear.objects.filter(cluster__slug=slug, label=label).first()
    if year is None:
        return None
    use = _pictures(public_activities(year).filter(key=key)).filter(evidence__key=picture).first()
    return use.evidence.file if use else None


def _pictures(activities: QuerySet[Activity] | list[int]) -> QuerySet[EvidenceUse]:
    return (
        EvidenceUse.objects.filter(
            activity__in=activities, removed_at__isnull=True, evidence__removed_at__isnull=True,
            evidence__file__content_type__in=_SHOWN, evidence__file__scan__in=_SAFE,
        )
        .select_related("evidence__file")
        .order_by("activity", "id")
    )  # fmt: skip


def _told(rows: Iterable[Activity]) -> list[Told]:
    """The activities with what belongs to them; three queries."""
    activities = list(rows)
    keys = [row.pk for row in activities]
    partners: dict[int, list[int]] = {}
    for pk, agency in (
        ActivityPartner.objects.filter(activity__in=keys)
        .order_by("activity", "id")
        .values_list("activity", "agency")
    ):
        partners.setdefault(pk, []).append(agency)
    gifts: dict[int, list[Gift]] = {}
    for gift in gifts_of(Activity.objects.filter(pk__in=keys)):
        gifts.setdefault(gift.activity_id, []).append(gift)
    pictures: dict[int, list[Evidence]] = {}
    for use in _pictures(keys):
        pictures.setdefault(use.activity_id, []).append(use.evidence)
    return [
        Told(
            row,
            tuple(pk for pk in (row.agency_id, *partners.get(row.pk, ())) if pk is not None),
            gifts.get(row.pk, []),
            pictures.get(row.pk, [])[:MOST_PICTURES],
        )
        for row in activities
    ]
