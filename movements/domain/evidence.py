"""Files of the evidence library beside an activity: added from staged uploads, taken away without being lost."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from core import staging
from core.errors import Problem
from core.models import StagedUpload
from members.scope import Scope
from movements.domain.entry import ActivityDraft
from movements.domain.record import Record
from movements.models import Activity, Evidence, EvidenceUse
from movements.queries import activities_for


def library_for(scope: Scope) -> QuerySet[Evidence]:
    """Files of the year that the person may see, with ``shown``: those of the own library, and those that stand beside
    an activity the person may see. Removed ones are not among them.
    """
    uses = EvidenceUse.objects.filter(evidence=OuterRef("pk"), removed_at__isnull=True)
    seen = uses.filter(activity__in=activities_for(scope).order_by().values("pk"))
    rows = Evidence.objects.filter(year=scope.year, removed_at__isnull=True).annotate(shown=Exists(seen))
    own = Q(agency__in=scope.answers_for) | Q(shown=True)
    return rows.filter(own | Q(agency__isnull=True) if scope.is_chair else own)


def evidence_for(scope: Scope, pk: int) -> Evidence | None:
    """One of :func:`library_for` with its bytes' row; one query."""
    return library_for(scope).filter(pk=pk).select_related("file").first()


def staged_files(user: Any, draft: ActivityDraft) -> list[StagedUpload]:
    """The uploads a form names."""
    return staging.staged_by(user.pk, draft.files)


def problems_of(record: Record, draft: ActivityDraft, staged: Sequence[StagedUpload]) -> list[Problem]:
    """Too many files, or uploads that were swept before the form was saved."""
    found = []
    if len(set(draft.files)) > len(staged):
        found.append(
            Problem(_("Có tệp đã chọn quá lâu nên không còn được giữ. Hãy chọn lại tệp đó."), "files")
        )
    kept = sum(file.pk not in draft.removed_files for file in record.files)
    if kept + len(staged) > settings.UPLOAD_MAX_FILES:
        most = {"most": settings.UPLOAD_MAX_FILES}
        found.append(Problem(_("Mỗi hoạt động có nhiều nhất %(most)s tệp minh chứng.") % most, "files"))
    return found


def write_files(record: Record, draft: ActivityDraft, staged: Sequence[StagedUpload], user: Any) -> None:
    """Take the removed ones away from the activity, put the staged ones beside it once each, free the staged places.

    What is taken away stays in the library. Bytes that are in the owner's library already serve this activity too
    instead of standing there twice.
    """
    activity = record.activity
    gone = [file.pk for file in record.files if file.pk in draft.removed_files]
    if gone:
        EvidenceUse.objects.filter(activity=activity, evidence__in=gone).update(removed_at=timezone.now())
    if staged:
        _use(activity, _in_library(activity, staged, user), user)
        staging.release(staged)


def _in_library(activity: Activity, staged: Sequence[StagedUpload], user: Any) -> list[Evidence]:
    """A file of the owner's library for each upload, found or made; in the order of the uploads."""
    library = Evidence.objects.filter(
        year=activity.year_id, agency=activity.agency_id, removed_at__isnull=True
    )
    known = {row.file_id: row for row in library.filter(file__in={upload.file_id for upload in staged})}
    fresh: dict[int, Evidence] = {}
    for upload in staged:
        if upload.file_id not in known and upload.file_id not in fresh:
            fresh[upload.file_id] = Evidence(
                year_id=activity.year_id,
                agency_id=activity.agency_id,
                file=upload.file,
                name=upload.name,
                added_by=user,
            )
    Evidence.objects.bulk_create(fresh.values())
    found = known | fresh
    return [found[pk] for pk in dict.fromkeys(upload.file_id for upload in staged)]


def _use(activity: Activity, files: Sequence[Evidence], user: Any) -> None:
    """Put files beside the activity; one that was taken away comes back."""
    standing = EvidenceUse.objects.filter(activity=activity, evidence__in=[file.pk for file in files])
    known = set(standing.values_list("evidence_id", flat=True))
    standing.filter(removed_at__isnull=False).update(removed_at=None)
    EvidenceUse.objects.bulk_create(
        EvidenceUse(activity=activity, evidence=file, added_by=user) for file in files if file.pk not in known
    )
