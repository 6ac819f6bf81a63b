"""A sheet is sent, and taken back while nobody has looked at it: what is missing, how many days late."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from core.access import check
from core.errors import DomainError, Problem, Stale
from members.domain.lock import lock_year
from members.enums import PhaseKind
from members.models import Phase, PhaseExtension
from members.scope import Scope
from scoring.domain.release import refuse_final
from scoring.domain.shapes import Leaf, Result
from scoring.domain.sheets import LineDraft, Saved, filled_by_agency, self_level, tell, write_lines
from scoring.enums import EvidenceRule, SheetState, TablePart
from scoring.loading import leaves
from scoring.models import Criterion, LineEvidence, ScoreLine, ScoreSheet
from scoring.queries_sheets import sheet_for
from scoring.totals import Board, board


def is_answered(result: Result) -> bool:
    """Whether a line needs nothing more: it has points, waits for the others, or is out of the maximum."""
    return result.points is not None or result.waits or not result.assigned


@dataclass(frozen=True, slots=True)
class Missing:
    """A row that keeps a sheet from being sent."""

    criterion: Criterion
    sentence: str
    evidence: bool = False


def missing_rows(found: Board, agency_id: int, proved: set[int]) -> list[Missing]:
    """Rows of the agency without an answer or without the evidence they need; ``proved``: criteria that have some."""
    results = found.results(agency_id, self_level(found.settings).key)
    by_code: dict[str, Leaf] = {leaf.code: leaf for leaf in leaves(found.nodes(agency_id))}
    rows = []
    for row in found.criteria:
        leaf = by_code.get(row.code)
        if leaf is None or not leaf.applies or not filled_by_agency(row):
            continue
        result = results[row.code]
        if not is_answered(result):
            said = _("Chưa chấm. Nếu không có thì chọn “Không có” hoặc ghi số 0.")
            rows.append(Missing(row, said))
        elif lacks_evidence(row, result, row.pk in proved):
            said = _("Bắt buộc có minh chứng: gắn tệp hoặc ghi số, ngày của văn bản.")
            rows.append(Missing(row, said, evidence=True))
    return rows


def lacks_evidence(row: Criterion, result: Result, is_proved: bool) -> bool:
    """Whether a claim must be proved and is not; where nothing is claimed there is nothing to prove."""
    claims = bool(result.points) or bool(result.least) or result.waits
    needs = row.evidence == EvidenceRule.REQUIRED and row.part != TablePart.PENALTY
    return needs and result.assigned and claims and not is_proved


def proved_criteria(sheet: Any) -> set[int]:
    """Criteria of a sheet with a file beside them, or that cite a paper; two queries."""
    files = LineEvidence.objects.filter(
        line__sheet=sheet, removed_at__isnull=True, evidence__removed_at__isnull=True
    )
    cited = ScoreLine.objects.filter(sheet=sheet).exclude(citation="").values_list("criterion", flat=True)
    return {*files.values_list("line__criterion", flat=True), *cited}


def due_day(scope: Scope, agency_id: int) -> date | None:
    """The last day to send on time: that of the step, or of the agency's extension; None without a plan."""
    step = Phase.objects.filter(year=scope.year, kind=PhaseKind.SELF_SCORE).first()
    given = PhaseExtension.objects.filter(
        phase__year=scope.year, phase__kind=PhaseKind.SELF_SCORE, agency=agency_id
    )
    days = [step.planned_to if step else None, *given.values_list("until", flat=True)]
    return max((day for day in days if day), default=None)


def late_days(due: date | None, day: date) -> int:
    """Whole days after the end of ``due`` (24:00, Viet Nam time)."""
    return 0 if due is None else max(0, (day - due) // timedelta(days=1))


def send_sheet(scope: Scope, agency_id: int, *, version: int, posted_on: date | None = None) -> ScoreSheet:
    """Send the agency's sheet to be checked, or send it again with the lines that were returned mended.

    Lateness is fixed by the first sending: the day of the postmark where the table goes by it and one is given, else
    today. Raises ``ScoreSheet.DoesNotExist``, ``Refused``, ``Stale``, ``DomainError`` with a problem for each row that
    is not answered (field: id of the criterion). Effects in order: lock on the year, lock on the sheet, state with its
    moments, marks of returned lines, audit.
    """
    with transaction.atomic():
        return _send(lock_year(scope), agency_id, version, posted_on)


def save_and_send(
    scope: Scope, agency_id: int, drafts: Sequence[LineDraft], posted_on: date | None = None
) -> Saved:
    """Write rows, then send the sheet when all of them could be written; what keeps it from being sent is ``unsent``.

    Rows that could be written stay written either way. Raises as :func:`send_sheet` but for ``Stale`` and
    ``DomainError`` about rows.
    """
    with transaction.atomic():
        scope = lock_year(scope)
        saved = write_lines(scope, agency_id, drafts)
        if saved.clean:
            try:
                _send(scope, agency_id, None, posted_on)
            except DomainError as error:
                saved.unsent = error.problems
        return saved


def _send(scope: Scope, agency_id: int, version: int | None, posted_on: date | None) -> ScoreSheet:
    row = _locked(scope, agency_id, version, "sheet_send")
    found = board(scope.year, [agency_id], table=row.table)
    assert found is not None  # noqa: S101 - a table was given
    problems = [
        Problem(one.sentence, str(one.criterion.pk))
        for one in missing_rows(found, agency_id, proved_criteria(row))
    ]
    by_post = found.settings.lateness_by == "posted"
    if posted_on is not None and (not by_post or not scope.year.starts_on <= posted_on <= scope.today):
        problems.append(Problem(_("Ngày dấu bưu điện phải từ đầu năm thi đua đến hôm nay."), "posted_on"))
    if problems:
        raise DomainError(problems)
    after: dict[str, Any] = {
        "state": SheetState.SENT, "sent_at": timezone.now(), "sent_by_id": scope.user.pk,
    }  # fmt: skip
    if row.state != SheetState.RETURNED or row.days_late is None:
        day = posted_on if by_post and posted_on else scope.today
        after |= {"posted_on": posted_on, "days_late": late_days(due_day(scope, agency_id), day)}
    return _move(scope, row, "sheet_send", after)


def take_back_sheet(scope: Scope, agency_id: int, *, version: int) -> ScoreSheet:
    """Make a sent sheet a draft again while nobody has scored a line of it.

    Raises ``ScoreSheet.DoesNotExist``, ``Refused``, ``Stale``. Effects in order: lock on the year, lock on the sheet,
    state, audit.
    """
    with transaction.atomic():
        scope = lock_year(scope)
        row = _locked(scope, agency_id, version, "sheet_take_back")
        after = {"state": SheetState.DRAFT, "sent_at": None, "sent_by_id": None, "days_late": None}
        return _move(scope, row, "sheet_take_back", after)


def _locked(scope: Scope, agency_id: int, version: int | None, right: str) -> Any:
    row = sheet_for(scope, agency_id, lock=True)
    if row is None:
        raise ScoreSheet.DoesNotExist
    check(scope, right, row)
    refuse_final(scope.year)
    if version is not None and row.version != version:
        raise Stale(row)
    return row


def _move(scope: Scope, row: Any, action: str, after: dict[str, Any]) -> ScoreSheet:
    before = {name: getattr(row, name) for name in after}
    for name, value in after.items():
        setattr(row, name, value)
    row.version += 1
    row.save(update_fields=[name.removesuffix("_id") for name in after] + ["version", "updated_at"])
    if action == "sheet_send":
        ScoreLine.objects.filter(sheet=row, returned_at__isnull=False).update(returned_at=None)
    tell(scope, action, row, before=before, after=after)
    return row  # type: ignore[no-any-return]
