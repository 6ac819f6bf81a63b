"""Files of the library as ready strings: the templates draw and decide nothing."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Prefetch, Q, QuerySet
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from core import files, previews, search
from core.access import may
from core.dates import format_date
from core.models import Scan, StoredFile
from members import phases
from members.scope import Scope
from movements.enums import ActivityState
from movements.models import Activity, Evidence, EvidenceUse, EvidenceVersion, Tag
from movements.queries import Choices, activities_for
from movements.words import StateLook, state_look

ACTIVITIES_NAMED = 3


@dataclass(frozen=True, slots=True)
class Serving:
    """An activity that a file stands beside; ``then`` says which version it was when the activity was confirmed."""

    title: str
    url: str
    state: StateLook
    then: str = ""


@dataclass(frozen=True, slots=True)
class FileRow:
    """A file in the list; ``name`` and ``note`` may carry marks of hits and are safe."""

    pk: int
    name: SafeString
    plain_name: str
    note: SafeString
    url: str
    small_url: str
    icon: str
    about: str
    scan: str
    library: str
    own: bool
    tags: Sequence[str]
    activities: Sequence[Serving]
    more: int
    is_removed: bool


def with_rest(scope: Scope, rows: QuerySet[Evidence]) -> QuerySet[Evidence]:
    """The rows with bytes' row, labels and the uses the person may see; two queries more for any number of rows."""
    seen = activities_for(scope).order_by().values("pk")
    uses = EvidenceUse.objects.filter(removed_at__isnull=True, activity__in=seen)
    return rows.select_related("file").prefetch_related(
        Prefetch("tags", Tag.objects.order_by("kind", "order", "id")),
        Prefetch("uses", uses.select_related("activity").order_by("-activity__sorted_on", "-id")),
    )


def file_rows(scope: Scope, rows: Iterable[Evidence], choices: Choices, query: str = "") -> list[FileRow]:
    """Rows of the list; ``rows`` come from :func:`with_rest`; no query."""
    return [_file_row(scope, row, choices, query) for row in rows]


def _file_row(scope: Scope, row: Evidence, choices: Choices, query: str) -> FileRow:
    uses = list(row.uses.all())
    shows = _is_picture(row.file)
    return FileRow(
        pk=row.pk,
        name=search.highlight(row.name, query),
        plain_name=row.name,
        note=search.highlight(row.note, query),
        url=scope.address("evidence_detail", pk=row.pk),
        small_url=scope.address("evidence_small", pk=row.pk) if shows else "",
        icon=files.icon_of(row.file.content_type),
        about=" · ".join([kind_words(row.file), files.size_words(row.file.size), day_words(row.created_at)]),
        scan=scan_words(row.file),
        library=library_words(row.agency_id, choices),
        own=keeps(scope, row),
        tags=[tag.code or tag.label for tag in row.tags.all()],
        activities=[serving(scope, use.activity) for use in uses[:ACTIVITIES_NAMED]],
        more=max(0, len(uses) - ACTIVITIES_NAMED),
        is_removed=row.removed_at is not None,
    )


def file_item(scope: Scope, row: Evidence) -> dict[str, str]:
    """A file of an activity for ``<c-files>``: its name downloads it, a button leads to the page that shows it."""
    parts = [kind_words(row.file), files.size_words(row.file.size), scan_words(row.file)]
    return {
        "name": row.name,
        "url": scope.address("evidence_file", pk=row.pk),
        "look": scope.address("evidence_detail", pk=row.pk),
        "icon": files.icon_of(row.file.content_type),
        "meta": " · ".join(part for part in parts if part),
    }


def _is_picture(stored: StoredFile) -> bool:
    """Whether a small picture of it can be shown now."""
    pictures = (files.JPG.content_type, files.PNG.content_type)
    return stored.content_type in pictures and stored.scan != Scan.WAITING


def keeps(scope: Scope, row: Evidence) -> bool:
    """Whether the file is in a library the person keeps."""
    return scope.is_chair if row.agency_id is None else row.agency_id in scope.answers_for


def library_words(agency_id: int | None, choices: Choices) -> str:
    """Whose library it is."""
    return _("Kho chung của Cụm") if agency_id is None else choices.agency(agency_id, "?")


def kind_words(stored: StoredFile) -> str:
    """ "PDF"."""
    return next((kind.words for kind in files.KINDS if kind.content_type == stored.content_type), "?")


def scan_words(stored: StoredFile) -> str:
    """Why nobody can open it; empty when one can."""
    return _("đang chờ quét vi-rút") if stored.scan == Scan.WAITING else ""


def day_words(moment: datetime) -> str:
    """The day, in Viet Nam."""
    return format_date(timezone.localtime(moment).date())


def moment_words(moment: datetime) -> str:
    """ "14:32 05/01/2021", in Viet Nam."""
    return f"{timezone.localtime(moment):%H:%M} {day_words(moment)}"


def serving(scope: Scope, activity: Activity, then: str = "") -> Serving:
    """An activity as a file names it."""
    return Serving(
        activity.title, scope.address("activity_detail", pk=activity.pk), state_look(activity.state), then
    )


def version_then(activity: Activity, row: Evidence, old: Sequence[EvidenceVersion]) -> str:
    """Which version stood beside a sent or confirmed activity at that moment; empty where there is only one."""
    confirmed = activity.state == ActivityState.CONFIRMED
    moment = activity.confirmed_at if confirmed else activity.submitted_at
    if moment is None or not old or activity.state == ActivityState.DRAFT:
        return ""
    number = next((one.number for one in old if one.replaced_at > moment), row.version)
    told = {"day": day_words(moment), "number": number}
    if confirmed:
        return _("lúc xác nhận (%(day)s): bản %(number)s") % told
    return _("lúc gửi (%(day)s): bản %(number)s") % told


@dataclass(frozen=True, slots=True)
class VersionRow:
    """A version of a file, the present one first; it leaves by ``url``."""

    number: int
    name: str
    size: str
    words: str
    reason: str
    url: str
    is_present: bool


def version_rows(scope: Scope, row: Evidence, old: Sequence[EvidenceVersion]) -> list[VersionRow]:
    """Every version, newest first; no query."""
    since = [row.created_at, *(one.replaced_at for one in old)]
    now = VersionRow(
        row.version, row.name, files.size_words(row.file.size),
        _("từ %(start)s, bản hiện nay") % {"start": moment_words(since[-1])}, "",
        scope.address("evidence_file", pk=row.pk), True,
    )  # fmt: skip
    before = [
        VersionRow(
            one.number, one.name, files.size_words(one.file.size),
            _("từ %(start)s đến %(end)s") % {
                "start": moment_words(since[place]), "end": moment_words(one.replaced_at)
            },
            one.reason, scope.address("evidence_version", pk=row.pk, number=one.number), False,
        )
        for place, one in enumerate(old)
    ]  # fmt: skip
    return [now, *reversed(before)]


def choice_rows(rows: Iterable[Evidence], chosen: set[int]) -> list[dict[str, Any]]:
    """Files to choose from in a form."""
    return [
        {
            "pk": row.pk,
            "name": row.name,
            "icon": files.icon_of(row.file.content_type),
            "meta": " · ".join(
                part for part in (row.note, kind_words(row.file), files.size_words(row.file.size)) if part
            ),
            "chosen": row.pk in chosen,
        }
        for row in rows
    ]


def editable_activities(scope: Scope, most: int = 200) -> list[Activity]:
    """The newest activities that the person may put files beside now; one query."""
    rows = activities_for(scope).order_by("-sorted_on", "-id")
    if not (scope.is_chair and scope.opens(phases.CORRECTION)):
        own = Q(agency__in=scope.answers_for)
        own = own | Q(agency__isnull=True) if scope.is_chair else own
        rows = rows.filter(own, state__in=(ActivityState.DRAFT, ActivityState.RETURNED))
    return [row for row in rows[:most] if may(scope, "activity_edit", row)]


def looks(stored: StoredFile) -> bool:
    """Whether the file can be looked at in the page."""
    return previews.has_any(stored.content_type) and stored.scan != Scan.WAITING
