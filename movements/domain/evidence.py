"""Files beside an activity: added from staged uploads, removed without being lost."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _

from core import staging
from core.errors import Problem
from core.models import StagedUpload
from members.scope import Scope
from movements.domain.entry import ActivityDraft
from movements.domain.record import Record, activity_for
from movements.models import Evidence


def evidence_for(scope: Scope, pk: int) -> Evidence | None:
    """A file that is not removed, of an activity the person may see; two queries."""
    file = (
        Evidence.objects.filter(pk=pk, removed_at__isnull=True, activity__year=scope.year)
        .select_related("file")
        .first()
    )
    activity = activity_for(scope, file.activity_id) if file else None
    if file is None or activity is None:
        return None
    file.activity = activity
    return file


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
    """Mark the removed ones, add the staged ones once each, free the staged places."""
    gone = [file.pk for file in record.files if file.pk in draft.removed_files]
    if gone:
        Evidence.objects.filter(pk__in=gone).update(removed_at=timezone.now())
    have = {file.file_id for file in record.files if file.pk not in gone}
    fresh = []
    for upload in staged:
        if upload.file_id not in have:
            have.add(upload.file_id)
            fresh.append(
                Evidence(activity=record.activity, file=upload.file, name=upload.name, added_by=user)
            )
    if fresh:
        Evidence.objects.bulk_create(fresh)
    if staged:
        staging.release(staged)
