"""The decision on an appeal: figure, effect, numbered paper, notices and audit in one transaction, or nothing of it."""

from __future__ import annotations

import io
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from core import audit, files
from core.access import check
from core.dates import local_today
from core.errors import DomainError, Problem, Refused, Stale
from core.quantity import format_number
from members.domain.lock import lock_year
from members.queries import agency_names
from members.scope import Scope
from scoring.domain.appeal_effect import Scene, Standing, plain, scene
from scoring.domain.appeal_result import Printer, ResultPaper, number_words
from scoring.domain.appeals import (
    LONGEST,
    living_line,
    locked,
    points_problems,
    problems_of_words,
    record,
    refuse_stale,
)
from scoring.domain.entries import put_entry
from scoring.domain.shapes import RELATIVE, Facts
from scoring.enums import AppealState, EntrySource, NoticeKind
from scoring.models import Appeal, ScoreEntry, ScoreLine
from scoring.notices import tell
from scoring.queries_appeals import window_of
from scoring.rules_appeals import seat_of
from scoring.totals import Board

OUTCOMES: Final = (AppealState.ACCEPTED, AppealState.PARTLY, AppealState.REFUSED)
_SAID: Final = {
    AppealState.ACCEPTED: "chấp nhận", AppealState.PARTLY: "chấp nhận một phần", AppealState.REFUSED: "không chấp nhận",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Decision:
    """``outcome``: a value of ``OUTCOMES``; ``words``: the reasons; ``points``: the new ones, where the filer named
    none or gets a part of what was asked."""

    outcome: str
    words: str
    points: Decimal | None = None


def decide(
    scope: Scope, pk: int, decision: Decision, printer: Printer, *, version: int | None = None
) -> Appeal:
    """Decide an undecided appeal; ``printer`` makes the paper of the notice.

    Who decides: ``scoring.domain.deciders``. The new figure stands at the last level that counts and takes the place of
    every other figure there, so that the board shows what was decided. Raises ``Appeal.DoesNotExist``, ``Stale``
    (decided or withdrawn meanwhile), ``Refused``, ``DomainError`` with every problem; whatever fails, nothing stays.
    Effects in order: lock on the year, lock on the appeal, figure of the line with its version and audit, effect,
    number, paper, the appeal's state, notices to the filer and, for a criterion that compares all members, to the
    others (without figures), audit.
    """
    with transaction.atomic():
        scope = lock_year(scope)
        row = locked(scope, pk)
        if row.state != AppealState.FILED:
            raise Stale(row)
        refuse_stale(row, version)
        check(scope, "appeal_decide", row)
        if window_of(scope.year).final_at is not None:
            raise Refused(_("Điểm của năm đã chốt, không giải quyết kiến nghị nữa."))
        line = living_line(row)
        now = scene_of(scope)
        before = now.standing(row.filer_id, line.criterion.code if line else "")
        if found := decision_problems(scope, line, row, decision, before.points):
            raise DomainError(found)
        number = (Appeal.objects.filter(year=scope.year).aggregate(last=Max("number"))["last"] or 0) + 1
        after = before
        if line and decision.outcome != AppealState.REFUSED:
            _write_figure(scope, row, line, decision, number, now.board)
            after = scene_of(scope).standing(row.filer_id, line.criterion.code)
        _settle(scope, row, decision, number, before, after)
        row.paper = files.store(io.BytesIO(printer(_paper_of(scope, row, before, after))), files.DOCX)
        row.save()
        _tell(scope, row, before, after)
        _record(scope, row)
        return row


def scene_of(scope: Scope) -> Scene:
    """The year's result as it stands; raises ``DomainError`` without a table in force."""
    found = scene(scope.year)
    if found is None:
        raise DomainError(_("Năm này chưa có bảng tiêu chí đang áp dụng."))
    return found


def new_points(row: Appeal, outcome: str, typed: Decimal | None) -> Decimal | None:
    """What the line gets: what was wanted, or what the decider typed; None where nothing changes."""
    if outcome == AppealState.REFUSED:
        return None
    return row.wanted if outcome == AppealState.ACCEPTED and row.wanted is not None else typed


def decision_problems(
    scope: Scope, line: ScoreLine | None, row: Appeal, decision: Decision, current: Decimal | None
) -> list[Problem]:
    """Everything wrong with a decision about ``line``; ``current``: the points that count now."""
    found = problems_of_words(decision.words, LONGEST, _("Ghi kết luận và lý do, đơn vị sẽ đọc câu này."))
    if decision.outcome not in OUTCOMES:
        return [*found, Problem(_("Chọn một kết luận."), "outcome")]
    if decision.outcome == AppealState.REFUSED:
        return found
    points = new_points(row, decision.outcome, decision.points)
    if line is None:
        sentence = _("Tiêu chí này không còn trong bảng đang áp dụng: chỉ chọn được “Không chấp nhận”.")
        found.append(Problem(sentence, "outcome"))
    elif points is None:
        found.append(Problem(_("Ghi số điểm mới."), "points"))
    elif wrong := points_problems(scope, line, points, "points"):
        found += wrong
    elif points == current:
        found.append(
            Problem(_("Điểm mới bằng điểm đang có: chọn “Không chấp nhận” hoặc ghi điểm khác."), "points")
        )
    elif decision.outcome == AppealState.PARTLY and points == row.wanted:
        found.append(Problem(_("Đây đúng là điểm đơn vị đề nghị: chọn “Chấp nhận”."), "points"))
    return found


# -- inside ----------------------------------------------------------------------------------------
def _write_figure(
    scope: Scope, row: Appeal, line: ScoreLine, decision: Decision, number: int, board: Board
) -> None:
    """The new figure takes the place of all others at the last level that counts."""
    level = [level.key for level in board.levels if level.counts][-1]
    agency = seat_of(scope, row)
    assert agency is not None  # noqa: S101 - the right was checked
    reason = f"Theo thông báo số {number_words(number)}: {decision.words}"
    facts = Facts(points=new_points(row, decision.outcome, decision.points))
    others = ScoreEntry.objects.filter(line=line, level=level, is_current=True).exclude(scorer=agency)
    others.update(is_current=False)
    put_entry(scope, line, level, agency, facts, reason=reason[:1000], source=EntrySource.APPEAL)


def _settle(
    scope: Scope, row: Appeal, decision: Decision, number: int, before: Standing, after: Standing
) -> None:
    row.state, row.decision, row.number = decision.outcome, decision.words, number
    row.decider_id, row.decided_by, row.decided_at = seat_of(scope, row), scope.user, timezone.now()
    row.points_before, row.points_after = before.points, after.points
    row.effect = plain(before, after)
    row.version += 1


def _paper_of(scope: Scope, row: Appeal, before: Standing, after: Standing) -> ResultPaper:
    decider = row.decider_id or 0
    names = agency_names([row.filer_id, decider], scope.today)
    hats = [hat for hat in scope.hats if hat.agency_id == decider]
    role = "Thường trực Hội đồng"
    if any(hat.is_chair for hat in hats):
        role = "Cụm trưởng"
    elif any(hat.is_deputy for hat in hats):
        role = "Cụm phó"
    return ResultPaper(
        cluster=scope.cluster.name, place=scope.cluster.place, label=scope.year.label, number=row.number or 0,
        made_on=scope.today, decider=names[decider][0], decider_role=role, filer=names[row.filer_id][0],
        filed_on=local_today(row.filed_at), code=row.line.criterion.code, criterion=row.line.criterion.title,
        maximum=row.line.criterion.maximum, words=row.words, wanted=row.wanted, outcome=row.state,
        decision=row.decision, points_before=before.points, points_after=after.points,
        total_before=before.total, total_after=after.total, provisional=after.provisional,
    )  # fmt: skip


def _tell(scope: Scope, row: Appeal, before: Standing, after: Standing) -> None:
    fresh = row.state != AppealState.REFUSED
    code = row.line.criterion.code
    paper = number_words(row.number or 0)
    words = f"Kiến nghị ở tiêu chí {code}: {_SAID[AppealState(row.state)]} (thông báo số {paper})."
    if fresh:
        words += (
            f" Điểm {_number(before.points)} → {_number(after.points)}, "
            f"tổng điểm {_number(before.total)} → {_number(after.total)}."
        )
    tell(scope.year, [row.filer_id], NoticeKind.APPEAL, words, row.line)
    if fresh and row.line.criterion.rule == RELATIVE:
        sheets = row.line.sheet.table.sheets.exclude(agency=row.filer_id).values_list("agency", flat=True)
        said = (
            f"Điểm ở tiêu chí {code} so với cả cụm; một kiến nghị vừa làm đổi số liệu, điểm sẽ được tính lại."
        )
        tell(scope.year, sheets, NoticeKind.APPEAL, said)


def _number(value: Decimal | None) -> str:
    return "chưa có" if value is None else format_number(value)


def _record(scope: Scope, row: Appeal) -> None:
    after: dict[str, Any] = audit.snapshot(row, "words", "filed_at", "filed_by_id", "wanted", "key")
    record(
        scope, "appeal_decide", row,
        before={"state": AppealState.FILED, "points": row.points_before}, after=after, reason=row.decision,
    )  # fmt: skip
