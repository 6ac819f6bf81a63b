"""What happens to a whole sheet after it was sent: lines returned, verified, opened again, lateness excused.

Every step is one conditional UPDATE on the state it was pressed in, so that two people who press different buttons at
once make one transition; the other one is told (performance.md C11).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from core import audit
from core.access import check as check_right
from core.errors import DomainError, Problem, Stale
from core.folding import clean, clean_line
from members.domain.lock import lock_year
from members.scope import Scope
from scoring.domain.desk import Check, Desk, applies, desk
from scoring.domain.release import refuse_final
from scoring.domain.sheets import filled_by_agency
from scoring.enums import LeafRule, NoticeKind, ScoredBy, SheetState
from scoring.models import Criterion, ScoreEntry, ScoreLine, ScoreSheet, YearScoring
from scoring.notices import tell
from scoring.rules_checks import seat_of
from scoring.table_rules import read as read_settings
from scoring.totals import Board, board

LONGEST_LINE: Final = 500
LONGEST_EXCUSE: Final = 300
LONGEST: Final = 1000


def judge_of(scope: Scope, agency_id: int) -> tuple[Desk, Check]:
    """Desk and check of a sheet at the deciding level; ``ScoreSheet.DoesNotExist`` where there is none."""
    at = desk(scope)
    if at is None or agency_id not in at.sheets:
        raise ScoreSheet.DoesNotExist
    return at, at.judge(agency_id)


def return_lines(
    scope: Scope, agency_id: int, reasons: Mapping[int, str], *, words: str = "", version: int
) -> ScoreSheet:
    """Send lines (``reasons`` by line id) back to their agency, which mends them and sends the sheet again.

    Raises ``ScoreSheet.DoesNotExist``, ``Refused``, ``Stale`` (the sheet was changed meanwhile), ``DomainError`` (no
    line, a line without a reason; fields ``return-<line>``). Effects in order: lock on the year, state, lines, the
    verified figures of those lines (kept, no longer current: what is mended is verified anew), notice, audit.
    """
    with transaction.atomic():
        scope = lock_year(scope)
        _at, check = judge_of(scope, agency_id)
        check_right(scope, "sheet_return", check)
        refuse_final(scope.year)
        lines = {
            row.pk: row
            for row in ScoreLine.objects.select_for_update(of=("self",))
            .filter(sheet=check.sheet, criterion__table=check.sheet.table_id, pk__in=reasons)
            .select_related("criterion").order_by("pk")
        }  # fmt: skip
        cleaned = {pk: clean_line(reason) for pk, reason in reasons.items() if pk in lines}
        if problems := _return_problems(cleaned) + _foreign_problems(lines.values()):
            raise DomainError(problems)
        codes = [row.criterion.code for row in lines.values()]
        told = clean(words) or _("Trả lại %(count)s dòng: %(codes)s.") % {
            "count": len(codes), "codes": ", ".join(codes)
        }  # fmt: skip
        now = timezone.now()
        _turn(
            check.sheet, (SheetState.SENT,), version,
            state=SheetState.RETURNED, returned_at=now, return_reason=told[:LONGEST],
        )  # fmt: skip
        for pk, reason in cleaned.items():
            ScoreLine.objects.filter(pk=pk).update(
                returned_at=now, return_reason=reason, version=F("version") + 1
            )
        _set_aside(check.sheet, lines)
        tell(scope.year, [agency_id], NoticeKind.RETURNED, told)
        after = {"lines": {lines[pk].criterion.code: reason for pk, reason in cleaned.items()}}
        _record(scope, "sheet_return", check.sheet, after=after, reason=told[:LONGEST])
    return check.sheet


def _set_aside(sheet: ScoreSheet, lines: Iterable[int]) -> None:
    """Figures of the later levels that count no longer stand for lines that go back."""
    later = [one.key for one in read_settings(sheet.table.settings).levels[1:] if one.counts]
    ScoreEntry.objects.filter(line__in=list(lines), level__in=later, is_current=True).update(is_current=False)


def _return_problems(reasons: Mapping[int, str]) -> list[Problem]:
    if not reasons:
        return [Problem(_("Chọn ít nhất một dòng để trả lại, mỗi dòng ghi lý do."), "return")]
    return [
        Problem(_("Ghi lý do trả lại dòng này (nhiều nhất 500 ký tự)."), f"return-{pk}")
        for pk, reason in reasons.items()
        if not 0 < len(reason) <= LONGEST_LINE
    ]


def _foreign_problems(rows: Iterable[ScoreLine]) -> list[Problem]:
    """Lines that the agency could not mend: others give their figures."""
    return [
        Problem(_("Tiêu chí này không do đơn vị tự chấm."), f"return-{row.pk}")
        for row in rows
        if not filled_by_agency(row.criterion)
    ]


def unverified(at: Desk, of: Board, agency_id: int) -> list[Criterion]:
    """Lines that nobody has verified yet: no figure at the deciding level, nor one of whoever gives the line alone."""
    level, first = at.deciding, at.settings.levels[0]
    data = of.sheets[agency_id]
    found = []
    for row in at.criteria:
        if row.rule in (LeafRule.SECTION, LeafRule.LATENESS) or not applies(row, data.kind):
            continue
        given = bool(data.at(row.code, level.key))
        if not given and row.scored_by != ScoredBy.SELF:
            given = bool(data.at(row.code, first.key))
        if not given:
            found.append(row)
    return found


def verify_sheet(scope: Scope, agency_id: int, *, version: int) -> ScoreSheet:
    """The sheet is verified: every line has a figure of the deciding level, typed or agreed with.

    Raises ``ScoreSheet.DoesNotExist``, ``Refused``, ``Stale``, ``DomainError`` (lines without a figure). Effects in
    order: lock on the year, state, audit.
    """
    with transaction.atomic():
        scope = lock_year(scope)
        at, check = judge_of(scope, agency_id)
        check_right(scope, "sheet_verify", check)
        refuse_final(scope.year)
        of = board(scope.year, [agency_id], table=at.table)
        missing = [row.code for row in unverified(at, of, agency_id)] if of else []
        if missing:
            words = _("Còn %(count)s dòng chưa thẩm định: %(codes)s.")
            raise DomainError(words % {"count": len(missing), "codes": ", ".join(missing[:8])})
        _turn(check.sheet, (SheetState.SENT,), version, state=SheetState.VERIFIED, verified_at=timezone.now())
        _record(scope, "sheet_verify", check.sheet, after={"state": SheetState.VERIFIED})
    return check.sheet


def reopen_sheet(scope: Scope, agency_id: int, reason: str, *, version: int) -> ScoreSheet:
    """Take a verification back, with a reason, as long as the points were not released to the members.

    Raises ``ScoreSheet.DoesNotExist``, ``Refused``, ``Stale``, ``DomainError``. Effects in order: lock on the year,
    state, audit.
    """
    with transaction.atomic():
        scope = lock_year(scope)
        _at, check = judge_of(scope, agency_id)
        check_right(scope, "sheet_verify", check)
        reason = clean(reason)
        if not 0 < len(reason) <= LONGEST:
            raise DomainError(_("Ghi lý do mở lại (nhiều nhất 1.000 ký tự)."), "reason")
        if YearScoring.objects.filter(year=scope.year, released_at__isnull=False).exists():
            raise DomainError(_("Điểm đã công bố cho các đơn vị: từ nay sửa qua kiến nghị."), "reason")
        _turn(check.sheet, (SheetState.VERIFIED,), version, state=SheetState.SENT, verified_at=None)
        _record(scope, "sheet_reopen", check.sheet, after={"state": SheetState.SENT}, reason=reason)
    return check.sheet


def excuse_lateness(scope: Scope, agency_id: int, reason: str, *, version: int) -> ScoreSheet:
    """No points off for a late sheet, for a reason; never for the own agency. Without a reason: taken back.

    Raises as :func:`reopen_sheet`. Effects in order: lock on the year, the sheet, audit.
    """
    with transaction.atomic():
        scope = lock_year(scope)
        _at, check = judge_of(scope, agency_id)
        check_right(scope, "sheet_excuse", check)
        refuse_final(scope.year)
        reason = clean_line(reason)
        if len(reason) > LONGEST_EXCUSE:
            raise DomainError(_("Lý do dài nhất 300 ký tự."), "reason")
        before = check.sheet.excused_reason
        if not reason and not before:
            raise DomainError(_("Ghi lý do miễn trừ điểm nộp trễ."), "reason")
        by = seat_of(scope, check) if reason else None
        _turn(check.sheet, tuple(SheetState), version, excused_reason=reason, excused_by_id=by)
        _record(
            scope, "sheet_excuse", check.sheet, before={"excused_reason": before},
            after={"excused_reason": reason, "days_late": check.sheet.days_late}, reason=reason,
        )  # fmt: skip
    return check.sheet


def _turn(sheet: ScoreSheet, sources: tuple[str, ...], version: int, **values: Any) -> None:
    """Change a sheet that still is as the person saw it, in one conditional UPDATE; ``Stale`` when it is not."""
    standing = ScoreSheet.objects.filter(pk=sheet.pk, state__in=sources, version=version)
    if not standing.update(**values, version=F("version") + 1, updated_at=timezone.now()):
        raise Stale(sheet)
    for name, value in values.items():
        setattr(sheet, name, value)
    sheet.version = version + 1


def _record(
    scope: Scope, action: str, sheet: ScoreSheet, *, after: Any, before: Any = None, reason: str = ""
) -> None:
    audit.record(
        audit.cluster_chain(scope.year.cluster_id), action, sheet,
        actor_id=scope.user.pk, role=scope.audit_role, before=before, after=after, reason=reason,
    )  # fmt: skip
