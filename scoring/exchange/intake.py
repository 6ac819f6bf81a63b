"""A workbook comes in, is kept as a run of its uploader, and is read again whenever the run is looked at."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import IO, Any, Final

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _

from core import files, sheets
from core.folding import clean_line, fold
from core.intake import Gate
from core.models import StoredFile
from core.staging import Upload
from members.scope import Scope
from movements.models import ImportRun

TABLE, SHEET = "criteria", "score_sheet"
ACCEPT: Final = ",".join(files.XLSX.extensions)


def recognise(content: IO[bytes], size: int, name: str) -> files.FileKind:
    """A workbook, by its content. Raises ``FileRefused`` for anything else."""
    kind = files.recognise(content, size, name)
    if kind is not files.XLSX:
        raise files.FileRefused(
            _("Tệp “%(name)s” không phải bảng Excel. Chỉ nhận tệp .xlsx.") % {"name": files.shown_name(name)}
        )
    return kind


def take_in(scope: Scope, upload: Upload, kind: str, choices: Mapping[str, Any] | None = None) -> ImportRun:
    """Keep the file as a run of the person; nothing of it is read yet. Raises ``FileRefused``.

    What the person looked at long ago and never confirmed goes.
    """
    limit = timezone.now() - timedelta(hours=settings.STAGED_UPLOAD_HOURS)
    ImportRun.objects.filter(user=scope.user, applied_at__isnull=True, created_at__lt=limit).delete()
    name = upload.name or ""
    found, stored = Gate(scope.user_key()).take_in(upload.file, upload.size or 0, name, recognise)
    return ImportRun.objects.create(
        year=scope.year, user=scope.user, file=stored, name=files.shown_name(name, found), kind=kind,
        choices=dict(choices or {}),
    )  # fmt: skip


def read(
    stored: StoredFile, fields: Sequence[sheets.Field], most: int, own: Sequence[str] = ()
) -> sheets.Table:
    """The table of a stored file; nothing is said of our ``own`` sheets that hold none.

    Raises ``FileDamaged`` and ``FileWaiting``.
    """
    files.refuse_waiting(stored)
    with files.open_stored(stored) as content:
        table = sheets.read(content, fields, most)
    quiet = {_("Bỏ qua trang tính “%(name)s”: thiếu cột bắt buộc.") % {"name": name} for name in own}
    table.remarks = [remark for remark in table.remarks if remark not in quiet]
    return table


def indents(stored: StoredFile, fields: Sequence[sheets.Field], key: str) -> dict[tuple[str, int], int]:
    """How far the texts of a column are set in, by sheet and row: by the format of the cell, else by spaces in front.

    Nothing for a file that cannot be read; ``read`` says why.
    """
    found: dict[tuple[str, int], int] = {}
    try:
        with files.open_stored(stored) as content:
            book = sheets.open_book(content)
            try:
                for sheet in book.worksheets[: sheets.MAX_SHEETS]:
                    sheet.reset_dimensions()
                    found |= _indents_of(sheet, fields, key)
            finally:
                book.close()
    except Exception:
        return {}
    return found


def _indents_of(sheet: Any, fields: Sequence[sheets.Field], key: str) -> dict[tuple[str, int], int]:
    name, place = clean_line(sheet.title), None
    found: dict[tuple[str, int], int] = {}
    for number, cells in sheets.rows_of(sheet):
        if place is None:
            place = sheets.head_of(cells, fields).get(key)
            if place is None and number >= sheets.HEAD_ROWS:
                break
            continue
        cell = cells[place] if place < len(cells) else None
        if cell is None or not isinstance(cell.value, str):
            continue
        spaces = len(cell.value.expandtabs(4)) - len(cell.value.expandtabs(4).lstrip(" \u00a0"))
        formatted = (
            int(cell.alignment.indent or 0) if getattr(cell, "has_style", False) and cell.alignment else 0
        )
        if formatted or spaces:
            found[name, number] = formatted * 100 + spaces
    return found


def pairs_of(stored: StoredFile, title: str) -> dict[str, str]:
    """The two first columns of a sheet as names and values, by folded name; empty where there is no such sheet."""
    files.refuse_waiting(stored)
    try:
        with files.open_stored(stored) as content:
            book = sheets.open_book(content)
            try:
                wanted = [sheet for sheet in book.worksheets[: sheets.MAX_SHEETS] if sheet.title == title]
                rows = [list(cells[:2]) for sheet in wanted[:1] for _n, cells in _some(sheet)]
            finally:
                book.close()
    except files.FileDamaged:
        raise
    except Exception:
        return {}
    return {
        fold(str(row[0].value)): clean_line(str(row[1].value))
        for row in rows
        if len(row) == 2 and row[0].value is not None and row[1].value is not None
    }


def _some(sheet: Any) -> list[tuple[int, Any]]:
    sheet.reset_dimensions()
    return [row for row, _place in zip(sheets.rows_of(sheet), range(40), strict=False)]
