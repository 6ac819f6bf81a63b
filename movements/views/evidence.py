"""Files beside activities leave through the rights of their activity."""

from __future__ import annotations

import logging

from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import render

from core import files
from core.access import check, page
from movements.domain.evidence import evidence_for

log = logging.getLogger(__name__)


@page("evidence_view")
def evidence_file(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The file as a download; one whose bytes are not those that were stored is refused and named in the log (K13)."""
    file = evidence_for(request.scope, pk)  # type: ignore[attr-defined]
    if file is None:
        raise Http404
    check(request.scope, "evidence_view", file)  # type: ignore[attr-defined]
    try:
        return files.serve(file.file, file.name)
    except files.FileDamaged:
        log.error("damaged file sha256=%s evidence=%s", file.file.sha256, file.pk)
        return render(request, "movements/file_damaged.html", {"name": file.name}, status=410)
