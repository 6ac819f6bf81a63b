"""An agency's score sheet: begun, filled in line by line, sent, taken back.

Each line has its own version: two people who fill in different lines never meet, two in one line both see both values.
Every verb: transaction, lock on the year, right, line, audit.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from django.db import transaction
from django.utils.translation import gettext as _

from core import audit
from core.access import check
from core.errors import DomainError, Problem, Refused, Stale
from core.folding import clean
from members import phases
from members.domain.lock import lock_year
from members.models import Agency, Membership
from members.scope import Scope
from scoring.domain.calc import facts_data, is_empty
from scoring.domain.entries import append_entry, clear_entry, lock_line_of, raise_version
from scoring.domain.release import refuse_final
from scoring.domain.shapes import NOT_ARISEN, Facts
from scoring.enums import EvidenceRule, LeafRule, ScoredBy, SheetState
from scoring.loading import table_in_force
from scoring.models import CriteriaTable, Criterion, LineEvidence, ScoreEntry, ScoreLine, ScoreSheet
from scoring.queries_sheets import of_year
from scoring.table_rules import Level, TableRules
from scoring.table_rules import read as read_settings

LONGEST: Final = {"explanation": 2000, "citation": 300}


@dataclass(frozen=True, slots=True)
class LineDraft:
    """What was typed for one line, understood. ``version`` is the one the person saw, 0 for a sheet not begun yet."""

    criterion_id: int
    facts: Facts
    explanation: str = ""
    citation: str = ""
    version: int | None = None


@dataclass(slots=True)
class Saved:
    """What came of saving many lines: how many changed, and what is wrong in which row."""

    changed: int = 0
    problems: dict[int, list[Problem]] = field(default_factory=dict)
    stale: dict[int, ScoreLine] = field(default_factory=dict)
    unsent: list[Problem] = field(default_factory=list)

    @property
    def clean(self) -> bool:
        """Whether every row was saved."""
        return not self.problems and not self.stale


def self_level(settings: TableRules) -> Level:
    """The level at which an agency scores itself."""
    return next((one for one in settings.levels if one.who == "self"), settings.levels[0])


def filled_by_agency(row: Criterion) -> bool:
    """Whether the agency itself gives the first figure of the criterion."""
    return row.scored_by == ScoredBy.SELF and row.rule not in (LeafRule.SECTION, LeafRule.LATENESS)


def empty_sheet(scope: Scope, agency_id: int) -> ScoreSheet:
    """One that is not begun yet, as the rights need it."""
    row = ScoreSheet(year=scope.year, agency_id=agency_id)
    vars(row).update(
        owner_is_chair=False, released_at=None, is_touched=False, my_levels="", my_open_levels=""
    )
    return row


# -- beginning -----------------------------------------------------------------------------------
def start_sheet(scope: Scope, agency_id: int) -> ScoreSheet:
    """Begin the agency's sheet by the table in force, with a line for each leaf; the present one when there is one.

    Raises ``Agency.DoesNotExist`` (no member of the year), ``Refused``, ``DomainError`` (no table in force).
    """
    with transaction.atomic():
        scope = lock_year(scope)
        return _sheet(scope, agency_id)


def _sheet(scope: Scope, agency_id: int) -> ScoreSheet:
    """The sheet under the year's lock, made when it is missing; its right to be filled in is checked."""
    row = of_year(scope).filter(agency=agency_id).first()
    if row is not None:
        check(scope, "sheet_edit", row)
        refuse_final(scope.year)
        return row
    if not Membership.objects.filter(year=scope.year, agency=agency_id).exists():
        raise Agency.DoesNotExist
    check(scope, "sheet_edit", empty_sheet(scope, agency_id))
    refuse_final(scope.year)
    table = table_in_force(scope.year)
    if table is None:
        raise DomainError(_("Năm này chưa có bảng tiêu chí được áp dụng, nên chưa chấm điểm được."))
    return _begin(scope, agency_id, table)


def _begin(scope: Scope, agency_id: int, table: CriteriaTable) -> ScoreSheet:
    row = ScoreSheet.objects.create(
        year=scope.year, agency_id=agency_id, table=table, edited_by_id=scope.user.pk
    )
    leaves = Criterion.objects.filter(table=table).exclude(rule=LeafRule.SECTION).order_by("order", "pk")
    ScoreLine.objects.bulk_create([ScoreLine(sheet=row, criterion=leaf) for leaf in leaves], batch_size=500)
    tell(scope, "sheet_start", row, after={"agency": agency_id, "table": table.pk})
    return row


# -- lines ---------------------------------------------------------------------------------------
def save_line(scope: Scope, agency_id: int, draft: LineDraft) -> ScoreLine:
    """Write one line of the agency's sheet; without a sheet begin it.

    Raises ``Agency.DoesNotExist``, ``Refused``, ``Stale`` (``current`` is the line), ``DomainError`` with what is wrong
    with the figure; then nothing is written. Effects in order: lock on the year, lock on the line, figure, line, audit.
    """
    with transaction.atomic():
        scope = lock_year(scope)
        line = _locked(scope, agency_id, draft)
        refuse_final(scope.year)
        event = _write(scope, line, draft)
        if event is not None:
            _record(scope, [event])
        return line


def save_lines(scope: Scope, agency_id: int, drafts: Sequence[LineDraft]) -> Saved:
    """Write many lines at once: what is wrong stays out and is told by row, the rest is kept.

    Raises ``Agency.DoesNotExist``, ``Refused``, ``DomainError`` (no table). Effects in order: lock on the year, lines
    in the order of their ids, audit.
    """
    with transaction.atomic():
        return write_lines(lock_year(scope), agency_id, drafts)


def write_lines(scope: Scope, agency_id: int, drafts: Sequence[LineDraft]) -> Saved:
    """The same under a lock on the year that the caller holds (``scope`` is the one it gave)."""
    saved, events = Saved(), []
    _sheet(scope, agency_id)
    for draft in sorted(drafts, key=lambda one: one.criterion_id):
        try:
            event = _write(scope, _locked(scope, agency_id, draft), draft)
        except DomainError as error:
            saved.problems[draft.criterion_id] = error.problems
        except Refused as error:
            saved.problems[draft.criterion_id] = [Problem(str(error), "facts")]
        except Stale as stale:
            saved.stale[draft.criterion_id] = stale.current  # type: ignore[assignment]
        else:
            events += [event] if event else []
    if events:
        _record(scope, events)
    saved.changed = len(events)
    return saved


def _locked(scope: Scope, agency_id: int, draft: LineDraft) -> ScoreLine:
    """The line under lock, with its right checked; a sheet that is missing is begun."""
    line = lock_line_of(scope, agency_id, draft.criterion_id)
    if line is None:
        _sheet(scope, agency_id)
        line = lock_line_of(scope, agency_id, draft.criterion_id)
    if line is None or line.criterion.table_id != line.sheet.table_id:
        raise DomainError(_("Bảng tiêu chí vừa đổi sang bản khác. Tải lại trang để chấm tiếp."), "facts")
    check(scope, "sheet_edit", line.sheet)
    _check_line(scope, line)
    if draft.version and line.version != draft.version:
        raise Stale(line)
    return line


def _check_line(scope: Scope, line: ScoreLine) -> None:
    if not filled_by_agency(line.criterion):
        raise Refused(_("Tiêu chí này không do đơn vị tự chấm."))
    if not line_is_open(scope, line.sheet, line.returned_at is not None) and not lacks_something(line):
        raise Refused(_("Bảng đã gửi: chỉ sửa được các tiêu chí bị trả lại."))


def line_is_open(scope: Scope, sheet: Any, is_returned: bool) -> bool:
    """Whether a line of a sheet that may be edited is open itself: of a returned one, in the step of verification, only
    those that were sent back."""
    if sheet.state != SheetState.RETURNED or scope.opens_for(phases.SCORE, sheet.agency_id):
        return True
    return is_returned


def lacks_something(line: ScoreLine) -> bool:
    """Whether a closed line keeps its sheet from being sent: no figure, or no evidence where it must have some.

    Such a line of a returned sheet is open too, else nobody could send the sheet any more. At most two queries.
    """
    if not filled_by_agency(line.criterion) or line.sheet.state != SheetState.RETURNED:
        return False
    level = self_level(read_settings(line.sheet.table.settings)).key
    given = ScoreEntry.objects.filter(line=line, level=level, scorer=line.sheet.agency_id, is_current=True)
    if not given.exists():
        return True
    if line.criterion.evidence != EvidenceRule.REQUIRED or line.citation:
        return False
    files = LineEvidence.objects.filter(line=line, removed_at__isnull=True, evidence__removed_at__isnull=True)
    return not files.exists()


def _write(scope: Scope, line: ScoreLine, draft: LineDraft) -> audit.Entry | None:
    """Figure and texts of a locked line; what to tell the audit, None when nothing changed."""
    texts = {"explanation": clean(draft.explanation), "citation": " ".join(draft.citation.split())}
    if found := _text_problems(texts):
        raise DomainError(found)
    changed = {name: value for name, value in texts.items() if getattr(line, name) != value}
    level = self_level(read_settings(line.sheet.table.settings)).key
    mine = ScoreEntry.objects.filter(line=line, level=level, scorer=line.sheet.agency_id, is_current=True)
    standing = mine.order_by("pk").first()
    reason = texts["explanation"] if draft.facts.mark == NOT_ARISEN else ""
    event: audit.Entry | None = None
    if is_empty(draft.facts):
        event = clear_entry(line, level, line.sheet.agency_id, **changed) if standing else None
    elif standing is None or _differs(standing, draft.facts, reason):
        _entry, event = append_entry(
            scope, line, level, line.sheet.agency_id, draft.facts, reason=reason, standing=standing, **changed
        )
    if event is not None or not changed:
        return event
    before = {name: getattr(line, name) for name in changed}
    raise_version(line, **changed)
    return audit.Entry("score_text", line, before, changed | {"code": line.criterion.code})


def _differs(entry: ScoreEntry, facts: Facts, reason: str) -> bool:
    return entry.facts != facts_data(facts) or entry.mark != facts.mark or entry.reason != reason


def _text_problems(texts: dict[str, str]) -> list[Problem]:
    sentence = _("Dài nhất %(most)s ký tự.")
    return [
        Problem(sentence % {"most": LONGEST[name]}, name)
        for name, value in texts.items()
        if len(value) > LONGEST[name]
    ]


def _record(scope: Scope, events: Sequence[audit.Entry]) -> None:
    audit.record_many(
        audit.cluster_chain(scope.year.cluster_id), events, actor_id=scope.user.pk, role=scope.audit_role
    )


def tell(
    scope: Scope, action: str, row: Any, *, before: Any = None, after: Any = None, reason: str = ""
) -> None:
    """Record a change of a sheet or of what stands beside a line; last in its verb."""
    audit.record(
        audit.cluster_chain(scope.year.cluster_id), action, row,
        actor_id=scope.user.pk, role=scope.audit_role, before=before, after=after, reason=reason,
    )  # fmt: skip
