"""A file comes in, is kept as a run of its uploader, and is read again whenever the run is looked at."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import IO, Any

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _

from core import csvfiles, files, sheets
from core.intake import Gate
from core.models import StoredFile
from core.staging import Upload
from members.scope import Scope
from movements.imports.columns import FIELDS, MAX_ROWS
from movements.imports.shape import Order
from movements.models import ImportRun

KIND = "activity"
ACCEPT = ",".join((*files.XLSX.extensions, *csvfiles.CSV.extensions))


def recognise(content: IO[bytes], size: int, name: str) -> files.FileKind:
    """A workbook or a CSV file, by its content. Raises ``FileRefused`` for anything else."""
    content.seek(0)
    head = content.read(8)
    content.seek(0)
    if not head.startswith((b"PK", b"\xd0\xcf\x11\xe0", b"%PDF", b"\x89PNG", b"\xff\xd8\xff")):
        return csvfiles.recognise(content, size, name)
    kind = files.recognise(content, size, name)
    if kind is not files.XLSX:
        raise files.FileRefused(
            _("Tệp “%(name)s” không phải bảng CSV hay Excel. Chỉ nhận tệp .xlsx hoặc .csv.")
            % {"name": files.shown_name(name)}
        )
    return kind


def take_in(scope: Scope, upload: Upload, order: Order) -> ImportRun:
    """Keep the file as a run of the person; nothing of it is read yet. Raises ``FileRefused``.

    What the person looked at long ago and never confirmed goes.
    """
    name = upload.name or ""
    limit = timezone.now() - timedelta(hours=settings.STAGED_UPLOAD_HOURS)
    ImportRun.objects.filter(user=scope.user, applied_at__isnull=True, created_at__lt=limit).delete()
    kind, stored = Gate(scope.user_key()).take_in(upload.file, upload.size or 0, name, recognise)
    return ImportRun.objects.create(
        year=scope.year, user=scope.user, file=stored, name=files.shown_name(name, kind), kind=KIND,
        choices={"doubles": order.doubles, "send": order.send},
    )  # fmt: skip


def is_csv(stored: StoredFile) -> bool:
    """Whether the stored bytes are CSV."""
    return stored.content_type == csvfiles.CSV.content_type


def read(stored: StoredFile) -> sheets.Table:
    """The table of a stored file. Raises ``FileDamaged`` and ``FileWaiting``."""
    files.refuse_waiting(stored)
    with files.open_stored(stored) as content:
        if is_csv(stored):
            return csvfiles.read(content, FIELDS, MAX_ROWS)
        return sheets.read(content, FIELDS, MAX_ROWS)


def raw_sheets(stored: StoredFile) -> Iterator[tuple[str, Iterator[tuple[int, Sequence[Any]]]]]:
    """Every sheet as it stands: its name, its rows with their numbers; for the file that shows what is wrong."""
    files.refuse_waiting(stored)
    with files.open_stored(stored) as content:
        if is_csv(stored):
            text = csvfiles.decode(content.read())
            yield csvfiles.SHEET, csvfiles.rows_of(text, csvfiles.separator_of(text, FIELDS))
            return
        book = sheets.open_book(content)
        try:
            for sheet in book.worksheets[: sheets.MAX_SHEETS]:
                sheet.reset_dimensions()
                yield sheet.title, sheets.rows_of(sheet)
        finally:
            book.close()
