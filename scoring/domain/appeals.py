"""Appeals against the points of a line: filed by its agency, talked over, decided by somebody else, or withdrawn."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from core import audit, staging
from core.access import check
from core.errors import DomainError, Problem, Refused, Stale
from core.models import StagedUpload
from core.quantity import format_number
from members.domain.lock import lock_year
from members.scope import Scope
from scoring.domain.entries import judged
from scoring.domain.shapes import Facts
from scoring.enums import AppealState, NoticeKind, SheetState
from scoring.models import Appeal, AppealFile, AppealReply, ScoreLine
from scoring.notices import tell
from scoring.queries_appeals import appeal_for, window_of
from scoring.words import said

LONGEST: Final = 2000
LONGEST_REPLY: Final = 1000
MOST_FILES: Final = 20  # of one side of one appeal


@dataclass(frozen=True, slots=True)
class Filing:
    """What the agency says: why, which points it holds to be right, tokens of staged uploads."""

    words: str
    wanted: Decimal | None = None
    files: tuple[str, ...] = ()


def line_for(scope: Scope, pk: int, *, lock: bool = False) -> ScoreLine | None:
    """A line of a sheet of this year, with sheet and criterion."""
    rows = ScoreLine.objects.filter(pk=pk, sheet__year=scope.year)
    rows = rows.select_related("sheet__table", "sheet__agency", "criterion")
    return (rows.select_for_update(of=("self",)) if lock else rows).first()


def living_line(row: Appeal) -> ScoreLine | None:
    """The line that counts today: the appeal's own, or, where the table was replaced, that of the same criterion in the
    new one; None where the new one has none. No query in a table that was not replaced.
    """
    table = row.line.sheet.table_id
    if row.line.criterion.table_id == table:
        return row.line
    code = row.line.criterion.code
    same = Q(criterion__former_code=code) | Q(criterion__former_code="", criterion__code=code)
    rows = ScoreLine.objects.filter(same, sheet=row.line.sheet, criterion__table=table)
    return rows.select_related("criterion", "sheet__table", "sheet__agency").first()


def file_appeal(scope: Scope, line_id: int, filing: Filing) -> Appeal:
    """File an appeal about a line of the own sheet, within the window, one for each line.

    The window runs from the release of the verified points to the last day that was fixed then, 24:00 in Viet Nam,
    and ends when the points are made final. Raises ``ScoreLine.DoesNotExist``, ``Refused`` (not one's own, the
    step, the window: the sentence says which), ``DomainError``. Effects in order: lock on the year, lock on the line,
    appeal, files with their staged places freed, audit.
    """
    with transaction.atomic():
        scope = lock_year(scope)
        line = line_for(scope, line_id, lock=True)
        if line is None or line.criterion.table_id != line.sheet.table_id:
            raise ScoreLine.DoesNotExist
        check(scope, "appeal_file", line.sheet)
        if line.sheet.state != SheetState.VERIFIED:
            raise Refused(_("Chỉ kiến nghị được về bảng đã thẩm định xong."))
        if sentence := window_of(scope.year).closed(scope.today):
            raise Refused(sentence)
        staged = staging.staged_by(scope.user.pk, filing.files)
        if found := filing_problems(scope, line, filing, staged):
            raise DomainError(found)
        row = Appeal.objects.create(
            year=scope.year, line=line, filer_id=line.sheet.agency_id, filed_by=scope.user, filed_at=timezone.now(),
            words=filing.words, wanted=filing.wanted,
        )  # fmt: skip
        _keep_files(row, line.sheet.agency_id, staged)
        record(scope, "appeal_file", row, after=audit.snapshot(row, "effect"))
        return row


def filing_problems(
    scope: Scope, line: ScoreLine, filing: Filing, staged: Sequence[StagedUpload]
) -> list[Problem]:
    """Everything wrong with what was typed."""
    found = problems_of_words(filing.words, LONGEST, _("Ghi rõ điểm nào chưa đúng và vì sao."))
    if filing.wanted is not None:
        found += points_problems(scope, line, filing.wanted, "wanted")
    if Appeal.objects.filter(line=line).exists():
        found.append(Problem(_("Tiêu chí này đã có kiến nghị; mỗi tiêu chí chỉ kiến nghị một lần.")))
    return found + _file_problems(filing.files, staged, 0)


def reply(scope: Scope, pk: int, words: str, files: tuple[str, ...] = ()) -> Appeal:
    """Say something about an undecided appeal, or lay files beside it; either side may, the other one is told.

    Raises ``Appeal.DoesNotExist``, ``Refused``, ``DomainError``. Effects in order: lock on the year, lock on the
    appeal, words, files, notice to the filer where the other side spoke, audit.
    """
    with transaction.atomic():
        scope = lock_year(scope)
        row = locked(scope, pk)
        check(scope, "appeal_reply", row)
        agency = row.filer_id if row.filer_id in scope.answers_for else scope.agency_id
        staged = staging.staged_by(scope.user.pk, files)
        there = AppealFile.objects.filter(appeal=row, agency=agency).count()
        found = _file_problems(files, staged, there)
        if words or not staged:
            found += problems_of_words(words, LONGEST_REPLY, _("Ghi nội dung trao đổi, hoặc chọn tệp."))
        if found:
            raise DomainError(found)
        if words:
            AppealReply.objects.create(
                appeal=row, agency_id=agency, author=scope.user, words=words, created_at=timezone.now()
            )
        _keep_files(row, agency, staged)
        if agency != row.filer_id:
            said = f"Có trao đổi mới về kiến nghị ở tiêu chí {row.line.criterion.code}."
            tell(scope.year, [row.filer_id], NoticeKind.APPEAL, said, row.line)
        after = {"words": words, "files": [one.name for one in staged]}
        record(scope, "appeal_reply", row, after=after)
        return row


def withdraw(scope: Scope, pk: int, *, version: int | None = None) -> Appeal:
    """The filer takes back an undecided appeal; the line takes no second one.

    Raises ``Appeal.DoesNotExist``, ``Stale``, ``Refused``. Effects in order: lock on the year, lock on the appeal,
    state, audit.
    """
    with transaction.atomic():
        scope = lock_year(scope)
        row = locked(scope, pk)
        refuse_stale(row, version)
        check(scope, "appeal_withdraw", row)
        row.state, row.version = AppealState.WITHDRAWN, row.version + 1
        row.save(update_fields=["state", "version", "updated_at"])
        record(
            scope, "appeal_withdraw", row,
            before={"state": AppealState.FILED}, after={"state": AppealState.WITHDRAWN},
        )  # fmt: skip
        return row


# -- inside ----------------------------------------------------------------------------------------
def points_problems(scope: Scope, line: ScoreLine, points: Decimal, field: str) -> list[Problem]:
    """Why the line cannot have these points: beyond its maximum, or no step of its rule."""
    maximum = line.criterion.maximum
    if not 0 <= points <= maximum:
        return [Problem(_("Ghi điểm từ 0 đến %(most)s.") % {"most": format_number(maximum)}, field)]
    return [Problem(said(one), field) for one in judged(scope, line, Facts(points=points)).faults]


def refuse_stale(row: Appeal, version: int | None) -> None:
    """Raise ``Stale`` when the row is not what the person saw: somebody decided or withdrew it meanwhile."""
    if version is not None and version != row.version:
        raise Stale(row)


def locked(scope: Scope, pk: int) -> Appeal:
    """The appeal for a verb, as the rights need it; raises ``Appeal.DoesNotExist``."""
    row = appeal_for(scope, pk, lock=True)
    if row is None:
        raise Appeal.DoesNotExist
    return row


def problems_of_words(words: str, most: int, empty: str) -> list[Problem]:
    """Words must be there, and not too long; ``empty`` says what to write."""
    if not words:
        return [Problem(empty, "words")]
    if len(words) > most:
        return [Problem(_("Dài nhất %(most)s ký tự.") % {"most": format_number(most)}, "words")]
    return []


def _file_problems(tokens: Sequence[str], staged: Sequence[StagedUpload], there: int) -> list[Problem]:
    if len(set(tokens)) > len(staged):
        return [Problem(_("Có tệp đã chọn quá lâu nên không còn được giữ. Hãy chọn lại tệp đó."), "files")]
    most = min(MOST_FILES, settings.UPLOAD_MAX_FILES)
    if there + len(staged) > most:
        return [Problem(_("Mỗi bên đặt nhiều nhất %(most)s tệp bên kiến nghị.") % {"most": most}, "files")]
    return []


def _keep_files(row: Appeal, agency_id: int, staged: Sequence[StagedUpload]) -> None:
    """Each once; the same bytes again are not put there twice."""
    known = set(AppealFile.objects.filter(appeal=row, agency=agency_id).values_list("file", flat=True))
    fresh = {one.file_id: one for one in staged if one.file_id not in known}
    AppealFile.objects.bulk_create(
        AppealFile(appeal=row, agency_id=agency_id, file_id=one.file_id, name=one.name)
        for one in fresh.values()
    )
    staging.release(staged)


def record(
    scope: Scope, action: str, row: Appeal, *, before: Any = None, after: Any = None, reason: str = ""
) -> None:
    """One event of the audit; the last thing a verb does."""
    audit.record(
        audit.cluster_chain(scope.cluster.pk), action, row,
        actor_id=scope.user.pk, role=scope.audit_role, before=before, after=after, reason=reason,
    )  # fmt: skip
