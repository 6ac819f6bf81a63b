"""Files chosen in a form that had an error: kept for their uploader, shown again, and swept when nobody comes back."""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import IO, Any, Final, Protocol

from django.conf import settings
from django.db import models, transaction
from django.db.models import Exists, OuterRef, ProtectedError
from django.utils import timezone
from django.utils.translation import gettext as _

from core import files, intake, previews
from core.models import StagedUpload, StoredFile, SubmitKey

_TOKEN: Final = re.compile(r"[A-Za-z0-9_-]{20,43}")


class Upload(Protocol):
    """What a form gives for a chosen file."""

    name: str | None
    size: int | None
    file: IO[bytes]


@dataclass
class Staging:
    """What became of the chosen files: rows for those taken in, sentences for the others."""

    staged: list[StagedUpload] = field(default_factory=list)
    refusals: list[str] = field(default_factory=list)


def stage(user_id: int, uploads: Sequence[Upload]) -> Staging:
    """Keep each chosen file that passes the gate; the others become sentences. Nothing else of the form matters."""
    done = Staging()
    if len(uploads) > settings.UPLOAD_MAX_FILES:
        done.refusals.append(
            _("Chỉ chọn được nhiều nhất %(most)s tệp một lần.") % {"most": settings.UPLOAD_MAX_FILES}
        )
        return done
    gate = intake.Gate(user_id)
    for upload in uploads:
        name = upload.name or ""
        try:
            kind, row = gate.take_in(upload.file, upload.size or 0, name)
        except files.FileRefused as refusal:
            done.refusals.append(refusal.sentence)
            continue
        done.staged.append(
            StagedUpload.objects.create(
                token=secrets.token_urlsafe(32),
                file=row,
                name=files.shown_name(name, kind),
                user_id=user_id,
            )
        )
    return done


def staged_by(user_id: int, tokens: Iterable[str]) -> list[StagedUpload]:
    """Files staged under ``tokens`` by this person, oldest first; strange and foreign tokens are passed over."""
    wanted = {token for token in tokens if _TOKEN.fullmatch(token)}
    if not wanted:
        return []
    rows = StagedUpload.objects.filter(
        user=user_id, token__in=sorted(wanted)[: settings.UPLOAD_MAX_FILES * 2]
    )
    return list(rows.select_related("file").order_by("id"))


def release(staged: Iterable[StagedUpload]) -> None:
    """The form was saved, or the person removed the files: the places are free again."""
    StagedUpload.objects.filter(pk__in=[row.pk for row in staged]).delete()


# -- sweeping ------------------------------------------------------------------------------------
@dataclass
class Swept:
    """How much went."""

    staged: int = 0
    keys: int = 0
    rows: int = 0
    orphans: int = 0
    previews: int = 0


def sweep() -> Swept:
    """Remove what nobody came back for within ``STAGED_UPLOAD_HOURS``.

    Effects in order: staged rows, submit keys, rows of files that nothing points to, bytes without a row and broken-off
    temporary files, previews of what is gone or was not looked at for long. Safe beside running uploads: young bytes
    are never touched.
    """
    limit = timezone.now() - timedelta(hours=settings.STAGED_UPLOAD_HOURS)
    done = Swept()
    done.staged = StagedUpload.objects.filter(created_at__lt=limit).delete()[0]
    done.keys = SubmitKey.objects.filter(created_at__lt=limit).delete()[0]
    for row in _unused(limit):
        try:
            with transaction.atomic():
                row.delete()
            done.rows += 1
        except ProtectedError:
            continue
    done.orphans = _sweep_bytes(limit.timestamp())
    done.previews = previews.sweep()
    return done


def _unused(limit: Any) -> models.QuerySet[StoredFile]:
    rows = StoredFile.objects.filter(created_at__lt=limit)
    for relation in StoredFile._meta.get_fields(include_hidden=True):
        if isinstance(relation, models.ManyToOneRel):
            pointing = relation.related_model._default_manager.filter(**{relation.field.name: OuterRef("pk")})
            rows = rows.exclude(Exists(pointing))
    return rows.order_by("id")


def _sweep_bytes(limit: float) -> int:
    gone = 0
    for path in _stored_paths():
        if path.stat().st_mtime >= limit:
            continue
        if path.name.startswith(".new-") or not StoredFile.objects.filter(sha256=path.name).exists():
            path.unlink(missing_ok=True)
            gone += 1
    return gone


def _stored_paths() -> Iterator[Path]:
    for path in Path(settings.FILES_DIR).glob("??/??/*"):
        if path.is_file():
            yield path


def damaged() -> Iterator[StoredFile]:
    """Stored files whose bytes are missing or altered; reads every file."""
    for row in StoredFile.objects.order_by("id").iterator(chunk_size=500):
        try:
            files.open_stored(row).close()
        except files.FileDamaged:
            yield row
