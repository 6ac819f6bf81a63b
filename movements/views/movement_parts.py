"""What the pages of movements share."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest

from core import files, staging
from core.models import StagedUpload
from members.scope import Scope
from movements import queries_movements as queries
from movements.models import Movement
from movements.views.activity_parts import file_row


def movement_or_404(scope: Scope, pk: int) -> Movement:
    """A movement of this year."""
    movement = queries.movement_for(scope, pk)
    if movement is None:
        raise Http404
    return movement


def posted(request: HttpRequest) -> Any:
    """What was sent, or None where nothing was."""
    return request.POST if request.method == "POST" else None


def own_agency(request: HttpRequest, scope: Scope) -> int:
    """The agency of the person that the form (or the address of the form) names; a page names the only one itself."""
    named = request.POST.get("agency", "") if request.method == "POST" else request.GET.get("don_vi", "")
    if not named and request.method != "POST" and len(scope.agency_ids) == 1:
        return next(iter(scope.agency_ids))
    agency_id = {str(pk): pk for pk in scope.agency_ids}.get(named)
    if agency_id is None:
        raise Http404
    return agency_id


def held_files(request: HttpRequest, scope: Scope) -> tuple[list[StagedUpload], list[str]]:
    """Uploads kept from earlier showings without those given up, and the newly chosen ones; sentences on others."""
    data = request.POST
    dropped = set(data.getlist("drop_file"))
    earlier = staging.staged_by(scope.user.pk, data.getlist("held_file"))
    staging.release(row for row in earlier if row.token in dropped)
    fresh = staging.stage(scope.user.pk, request.FILES.getlist("files"))  # type: ignore[arg-type]
    return [row for row in earlier if row.token not in dropped] + fresh.staged, fresh.refusals


def shown_file(scope: Scope, row: Any) -> dict[str, Any]:
    """A paper of the launch for ``<c-files>``."""
    return {
        **file_row(row),
        "url": scope.address("launch_file", pk=row.pk),
        "meta": files.size_words(row.file.size),
    }
