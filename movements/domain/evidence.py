"""Files of the evidence library: who sees them, how much room there is, how they stand beside an activity.

The verbs of the library itself are in ``domain.library``.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from django.conf import settings
from django.db.models import BooleanField, Exists, ExpressionWrapper, OuterRef, Q, QuerySet, Sum
from django.utils import timezone
from django.utils.translation import gettext as _

from core import files, staging
from core.errors import Problem
from core.models import StagedUpload, StoredFile
from core.quota import Quota
from members.scope import Scope
from movements.domain.entry import ActivityDraft
from movements.domain.record import Record
from movements.models import Activity, Evidence, EvidenceUse, EvidenceVersion
from movements.queries import activities_for

Through = Callable[[Scope], Exists]
_through: list[Through] = []


def seen_through(function: Through) -> Through:
    """Register what shows a file besides the activities it stands beside: a subquery on ``OuterRef("pk")``, such as
    the lines of score sheets the person may see.
    """
    _through.append(function)
    return function


def library_for(scope: Scope, *, removed: bool = False) -> QuerySet[Evidence]:
    """Files of the year that the person may see, with ``shown``: those of the own library, and those that stand beside
    an activity (or what :func:`seen_through` adds) the person may see. Removed ones are not among them; ``removed``
    asks for these alone, of the own library.
    """
    uses = EvidenceUse.objects.filter(evidence=OuterRef("pk"), removed_at__isnull=True)
    seen = uses.filter(activity__in=activities_for(scope).order_by().values("pk"))
    shown = Q(Exists(seen))
    for more in _through:
        shown |= Q(more(scope))
    rows = Evidence.objects.filter(year=scope.year, removed_at__isnull=not removed).annotate(
        shown=ExpressionWrapper(shown, BooleanField())
    )
    own = own_library(scope)
    return rows.filter(own if removed else own | Q(shown=True))


def own_library(scope: Scope) -> Q:
    """Files of the libraries the person keeps: of the own agencies, and for the chair's staff of the cluster."""
    own = Q(agency__in=scope.answers_for)
    return own | Q(agency__isnull=True) if scope.is_chair else own


def evidence_for(scope: Scope, pk: int) -> Evidence | None:
    """One of :func:`library_for` with its bytes' row; one query."""
    return library_for(scope).filter(pk=pk).select_related("file").first()


# -- room ----------------------------------------------------------------------------------------
def kept_bytes(year_id: int, agency_id: int | None) -> QuerySet[StoredFile]:
    """The bytes that a library holds, each once: present versions, replaced ones, removed files too."""
    rows = Evidence.objects.filter(year=year_id, agency=agency_id)
    now = rows.filter(file=OuterRef("pk"))
    before = EvidenceVersion.objects.filter(
        file=OuterRef("pk"), evidence__year=year_id, evidence__agency=agency_id
    )
    return StoredFile.objects.filter(Exists(now) | Exists(before))


def quota_of(year_id: int, agency_id: int | None) -> Quota:
    """How much of its room a library uses (``EVIDENCE_QUOTA_BYTES`` for an agency and year); one query."""
    used = kept_bytes(year_id, agency_id).aggregate(used=Sum("size"))["used"]
    return Quota(int(used or 0), settings.EVIDENCE_QUOTA_BYTES)


def room_problems(
    year_id: int, agency_id: int | None, staged: Sequence[StagedUpload], field: str = "files"
) -> list[Problem]:
    """Why so many bytes do not fit any more; bytes that the library has already count nothing (F20)."""
    if not staged:
        return []
    fresh = {upload.file_id: upload.file.size for upload in staged}
    kept = set(kept_bytes(year_id, agency_id).filter(pk__in=fresh).values_list("pk", flat=True))
    more = sum(size for pk, size in fresh.items() if pk not in kept)
    quota = quota_of(year_id, agency_id)
    if quota.fits(more):
        return []
    told = {"room": quota.words, "more": files.size_words(more)}
    return [
        Problem(
            _(
                "Kho minh chứng này đã dùng %(room)s của năm, không đủ chỗ cho %(more)s nữa. "
                "Hãy nén nhỏ tệp, hoặc đề nghị người quản trị tăng hạn mức."
            )
            % told,
            field,
        )
    ]


# -- beside an activity --------------------------------------------------------------------------
def staged_files(user: Any, draft: ActivityDraft) -> list[StagedUpload]:
    """The uploads a form names."""
    return staging.staged_by(user.pk, draft.files)


def chosen_files(scope: Scope, agency_id: int | None, draft: ActivityDraft) -> list[Evidence]:
    """The files of the library that a form names, as far as they may stand beside an activity of the agency."""
    if not draft.library_files:
        return []
    return list(may_serve(scope, agency_id).filter(pk__in=draft.library_files).order_by("pk"))


def may_serve(scope: Scope, agency_id: int | None) -> QuerySet[Evidence]:
    """Files that may be put beside an activity of ``agency_id``: of its library, and of those the person keeps."""
    return library_for(scope).filter(Q(agency=agency_id) | own_library(scope))


def problems_of(
    record: Record, draft: ActivityDraft, staged: Sequence[StagedUpload], chosen: Sequence[Evidence] = ()
) -> list[Problem]:
    """Too many files, too large ones, uploads that were swept or files that went before the form was saved."""
    found = []
    if len(set(draft.files)) > len(staged):
        found.append(
            Problem(_("Có tệp đã chọn quá lâu nên không còn được giữ. Hãy chọn lại tệp đó."), "files")
        )
    if len(set(draft.library_files)) > len(chosen):
        found.append(Problem(_("Có tệp đã chọn không còn trong kho. Hãy chọn lại."), "files"))
    kept = {file.pk for file in record.files} - set(draft.removed_files) | {file.pk for file in chosen}
    if len(kept) + len(staged) > settings.UPLOAD_MAX_FILES:
        most = {"most": settings.UPLOAD_MAX_FILES}
        found.append(Problem(_("Mỗi hoạt động có nhiều nhất %(most)s tệp minh chứng.") % most, "files"))
    activity = record.activity
    owner = activity.agency_id if activity.pk else draft.agency_id
    return found + room_problems(activity.year_id, owner, staged)


def write_files(
    record: Record,
    draft: ActivityDraft,
    staged: Sequence[StagedUpload],
    user: Any,
    chosen: Sequence[Evidence] = (),
) -> None:
    """Take the removed ones away from the activity, put the staged and the chosen ones beside it once each, free the
    staged places.

    What is taken away stays in the library. Bytes that are in the owner's library already serve this activity too
    instead of standing there twice.
    """
    activity = record.activity
    gone = [file.pk for file in record.files if file.pk in draft.removed_files]
    if gone:
        EvidenceUse.objects.filter(activity=activity, evidence__in=gone).update(removed_at=timezone.now())
    brought = in_library(activity.year_id, activity.agency_id, staged, user)
    if brought or chosen:
        use(activity, [*brought, *chosen], user)
    if staged:
        staging.release(staged)


def in_library(
    year_id: int, agency_id: int | None, staged: Sequence[StagedUpload], user: Any, note: str = ""
) -> list[Evidence]:
    """A file of the library for each upload, found or made (with ``note``); in the order of the uploads."""
    if not staged:
        return []
    library = Evidence.objects.filter(year=year_id, agency=agency_id, removed_at__isnull=True)
    known = {row.file_id: row for row in library.filter(file__in={upload.file_id for upload in staged})}
    fresh: dict[int, Evidence] = {}
    for upload in staged:
        if upload.file_id not in known and upload.file_id not in fresh:
            fresh[upload.file_id] = Evidence(
                year_id=year_id,
                agency_id=agency_id,
                file=upload.file,
                name=upload.name,
                note=note,
                added_by=user,
            )
    Evidence.objects.bulk_create(fresh.values())
    found = known | fresh
    return [found[pk] for pk in dict.fromkeys(upload.file_id for upload in staged)]


def use(activity: Activity, rows: Sequence[Evidence], user: Any) -> None:
    """Put files beside the activity, once each; one that was taken away comes back."""
    rows = list({row.pk: row for row in rows}.values())
    standing = EvidenceUse.objects.filter(activity=activity, evidence__in=[row.pk for row in rows])
    known = set(standing.values_list("evidence_id", flat=True))
    standing.filter(removed_at__isnull=False).update(removed_at=None)
    EvidenceUse.objects.bulk_create(
        EvidenceUse(activity=activity, evidence=row, added_by=user) for row in rows if row.pk not in known
    )
