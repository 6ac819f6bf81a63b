"""What stands beside a line of a sheet: files of the library, words exchanged."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from core.access import check
from core.errors import DomainError
from core.folding import clean
from members.domain.lock import lock_year
from members.scope import Scope
from movements.domain.evidence import may_serve
from scoring.domain.entries import raise_version
from scoring.domain.release import refuse_final
from scoring.domain.sheets import lacks_something, line_is_open, tell
from scoring.models import LineEvidence, LineNote, ScoreLine
from scoring.queries_sheets import sheet_for

LONGEST_NOTE = 1000
MOST_FILES = 50


def line_of(scope: Scope, agency_id: int, criterion_id: int, *, lock: bool = False) -> ScoreLine:
    """A line of a sheet the person may see, its ``sheet`` annotated as the rights need it; two queries.

    Raises ``ScoreLine.DoesNotExist``.
    """
    sheet = sheet_for(scope, agency_id)
    rows = ScoreLine.objects.select_related("criterion")
    rows = rows.select_for_update(of=("self",)) if lock else rows
    line = rows.filter(sheet=sheet, criterion=criterion_id).first() if sheet else None
    if line is None or sheet is None:
        raise ScoreLine.DoesNotExist
    line.sheet = sheet
    return line


def attach(scope: Scope, agency_id: int, criterion_id: int, evidence_ids: list[int]) -> int:
    """Put files of the library beside a line; how many were not there before.

    Raises ``ScoreLine.DoesNotExist``, ``Refused``, ``DomainError`` (a file that is not the agency's to show). Effects
    in order: lock on the year, lock on the line, files, the line's version, audit.
    """
    with transaction.atomic():
        scope = lock_year(scope)
        line = _editable(scope, agency_id, criterion_id)
        files = list(may_serve(scope, agency_id).filter(pk__in=evidence_ids).order_by("pk"))
        if not files or len(files) < len(set(evidence_ids)):
            raise DomainError(_("Chọn tệp trong kho minh chứng của đơn vị."), "files")
        standing = {row.evidence_id: row for row in LineEvidence.objects.filter(line=line)}
        fresh = [one for one in files if one.pk not in standing or standing[one.pk].removed_at]
        if len(standing) + len(fresh) > MOST_FILES:
            raise DomainError(_("Mỗi tiêu chí nhiều nhất 50 tệp."), "files")
        if not fresh:
            return 0
        LineEvidence.objects.filter(line=line, evidence__in=fresh).update(removed_at=None)
        LineEvidence.objects.bulk_create(
            LineEvidence(line=line, evidence=one, added_by_id=scope.user.pk)
            for one in fresh
            if one.pk not in standing
        )
        raise_version(line)
        tell(
            scope, "score_files", line,
            after={"code": line.criterion.code, "added": [one.name for one in fresh]},
        )  # fmt: skip
        return len(fresh)


def detach(scope: Scope, agency_id: int, criterion_id: int, evidence_id: int) -> bool:
    """Take a file away from a line; it stays in the library. False when it was not there.

    Raises ``ScoreLine.DoesNotExist``, ``Refused``. Effects as of :func:`attach`.
    """
    with transaction.atomic():
        scope = lock_year(scope)
        line = _editable(scope, agency_id, criterion_id)
        rows = LineEvidence.objects.filter(line=line, evidence=evidence_id, removed_at__isnull=True)
        row = rows.select_related("evidence").first()
        if row is None:
            return False
        rows.update(removed_at=timezone.now())
        raise_version(line)
        tell(
            scope, "score_files", line,
            before={"code": line.criterion.code, "removed": [row.evidence.name]},
        )  # fmt: skip
        return True


def _editable(scope: Scope, agency_id: int, criterion_id: int) -> ScoreLine:
    line = line_of(scope, agency_id, criterion_id, lock=True)
    check(scope, "sheet_edit", line.sheet)
    refuse_final(scope.year)
    if not line_is_open(scope, line.sheet, line.returned_at is not None) and not lacks_something(line):
        raise DomainError(_("Bảng đã gửi: chỉ sửa được các tiêu chí bị trả lại."), "files")
    return line


def write_note(scope: Scope, agency_id: int, criterion_id: int, words: str) -> LineNote:
    """Say something about a line, as the own agency.

    Raises ``ScoreLine.DoesNotExist``, ``Refused``, ``DomainError``. Effects in order: lock on the year, words, audit.
    """
    with transaction.atomic():
        scope = lock_year(scope)
        line = line_of(scope, agency_id, criterion_id)
        check(scope, "sheet_line_note", line.sheet)
        words = clean(words)
        if not 0 < len(words) <= LONGEST_NOTE:
            raise DomainError(_("Ghi nội dung trao đổi, nhiều nhất 1.000 ký tự."), "words")
        speaker = agency_id if agency_id in scope.answers_for else scope.agency_id
        note = LineNote.objects.create(
            line=line, agency_id=speaker, author=scope.user, words=words, created_at=timezone.now()
        )
        tell(scope, "score_note", line, after={"code": line.criterion.code, "words": words})
        return note
