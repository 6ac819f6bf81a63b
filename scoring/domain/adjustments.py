"""Points and sanctions beside the table: proposed by one agency, decided by another; a decided one stays for good.

What was decided wrongly is put right by a new adjustment the other way; the old one stays in the list. Totals know
approved ones only, through ``scoring.totals.board``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any, Final

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from core import audit
from core.access import check
from core.errors import DomainError, Problem, Stale
from core.folding import fold
from core.quantity import format_number
from members import charter
from members.domain.lock import lock_year
from members.models import Charter, Membership
from members.scope import Scope
from movements.domain.evidence import library_for
from scoring.domain.release import refuse_final
from scoring.enums import AdjustmentKind, AdjustmentState, NoticeKind
from scoring.loading import table_in_force
from scoring.models import Adjustment, Criterion, ScoreLine
from scoring.notices import tell
from scoring.queries_adjustments import adjustment_for
from scoring.rules_appeals import seat_of

POINTED: Final = (AdjustmentKind.BONUS, AdjustmentKind.PENALTY)
MOST_POINTS: Final = Decimal(1000)
LONGEST: Final = {"ground": 500, "award": 200, "paper_number": 60, "reason": 500}
_SAID: Final = {
    AdjustmentKind.BONUS: "cộng %(points)s điểm", AdjustmentKind.PENALTY: "trừ %(points)s điểm",
    AdjustmentKind.ZERO: "không chấm điểm %(code)s", AdjustmentKind.GRADE_LIMIT: "không xếp loại trên “%(grade)s”",
    AdjustmentKind.DISQUALIFIED: "không xét thi đua",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Proposal:
    """What is proposed; ``award``: what was awarded, its level and year; ``twice``: same merit, on purpose."""

    agency_id: int
    kind: str
    ground: str
    points: Decimal | None = None
    code: str = ""
    grade: str = ""
    award: str = ""
    award_level: str = ""
    award_year: str = ""
    paper_number: str = ""
    paper_date: date | None = None
    evidence_id: int | None = None
    twice: bool = False


def award_words(award: str, level: str, year: str) -> str:
    """ "Bằng khen; cấp tỉnh; năm 2020": what a bonus for an award says of it (domain 7.25); empty without an award."""
    return "; ".join([award, level, f"năm {year}"]) if award else ""


def propose(scope: Scope, proposal: Proposal) -> Adjustment:
    """Propose an adjustment in the name of the person's agency: a member's about itself, the leadership's about all.

    Raises ``Refused``, ``DomainError`` with every problem (field ``twice`` where the same award or paper was counted
    before and that was not said to be meant; points made final). Effects in order: lock on the year, row, audit.
    """
    with transaction.atomic():
        scope = lock_year(scope)
        check(scope, "adjustment_propose", proposal.agency_id)
        refuse_final(scope.year)
        given = _tidy(proposal)
        if found := problems_of(scope, given):
            raise DomainError(found)
        row = Adjustment.objects.create(
            year=scope.year, agency_id=given.agency_id, kind=given.kind, points=given.points,
            criterion_code=given.code, grade=given.grade, ground=given.ground,
            award=award_words(given.award, given.award_level, given.award_year),
            paper_number=given.paper_number, paper_date=given.paper_date, evidence_id=given.evidence_id,
            proposer_id=proposer_of(scope, given.agency_id), proposed_by=scope.user, proposed_at=timezone.now(),
        )  # fmt: skip
        _record(scope, "adjustment_propose", row, after=audit.snapshot(row, "key"))
        return row


def proposer_of(scope: Scope, subject: int) -> int:
    """The agency in whose name the person proposes: the own one where it is about that, else the leading hat's."""
    own = {hat.agency_id for hat in scope.staff_hats}
    return subject if subject in own else scope.agency_id


def _tidy(given: Proposal) -> Proposal:
    """Only what belongs to the kind."""
    return replace(
        given,
        points=given.points if given.kind in POINTED else None,
        code=given.code if given.kind == AdjustmentKind.ZERO else "",
        grade=given.grade if given.kind == AdjustmentKind.GRADE_LIMIT else "",
        award=given.award if given.kind == AdjustmentKind.BONUS else "",
    )


# -- problems --------------------------------------------------------------------------------------
def problems_of(scope: Scope, given: Proposal) -> list[Problem]:
    """Everything wrong with a proposal."""
    found = []
    if given.kind not in AdjustmentKind.values:
        found.append(Problem(_("Chọn loại điều chỉnh."), "kind"))
    if not Membership.objects.filter(year=scope.year, agency=given.agency_id).exists():
        found.append(Problem(_("Chọn một đơn vị thành viên của năm."), "agency"))
    if not given.ground:
        found.append(Problem(_("Ghi căn cứ, lý do."), "ground"))
    found += _lengths(ground=given.ground, paper_number=given.paper_number)
    found += [*_kind_problems(scope, given), *_award_problems(given), *_proof_problems(scope, given)]
    if not found and not given.twice and (doubles := same_merit(scope, given)):
        found.append(Problem(" ".join(doubles), "twice"))
    return found


def _lengths(**words: str) -> list[Problem]:
    return [
        Problem(_("Dài nhất %(most)s ký tự.") % {"most": LONGEST[name]}, name)
        for name, text in words.items()
        if len(text) > LONGEST[name]
    ]


def _kind_problems(scope: Scope, given: Proposal) -> list[Problem]:
    if given.kind in POINTED and not (given.points and 0 < given.points <= MOST_POINTS):
        return [Problem(_("Ghi số điểm lớn hơn 0, ví dụ 2 hoặc 0,5."), "points")]
    if given.kind == AdjustmentKind.ZERO:
        table = table_in_force(scope.year)
        if table is None or not Criterion.objects.filter(table=table, code=given.code).exists():
            return [Problem(_("Chọn tiêu chí trong bảng đang áp dụng."), "code")]
    if given.kind == AdjustmentKind.GRADE_LIMIT and given.grade not in grades_of(scope):
        return [Problem(_("Chọn mức xếp loại cao nhất còn được giữ."), "grade")]
    return []


def grades_of(scope: Scope) -> list[str]:
    """The grades of the year's charter, best first; one query."""
    data = Charter.objects.filter(year=scope.year).values_list("data", flat=True).first()
    return [band.label for band in charter.read(data or {}).bands]


def _award_problems(given: Proposal) -> list[Problem]:
    if not given.award:
        return []
    found = []
    if not given.award_level:
        found.append(Problem(_("Ghi cấp khen, ví dụ: cấp tỉnh, cấp bộ."), "award_level"))
    if not given.award_year:
        found.append(Problem(_("Ghi năm được khen."), "award_year"))
    if len(award_words(given.award, given.award_level, given.award_year)) > LONGEST["award"]:
        found.append(Problem(_("Dài nhất %(most)s ký tự.") % {"most": 180}, "award"))
    return found


def _proof_problems(scope: Scope, given: Proposal) -> list[Problem]:
    found = []
    if not given.paper_number and given.evidence_id is None:
        found.append(Problem(_("Ghi số văn bản, hoặc chọn một tệp trong kho minh chứng."), "paper_number"))
    if given.evidence_id is not None and not library_for(scope).filter(pk=given.evidence_id).exists():
        found.append(Problem(_("Chọn một tệp trong kho minh chứng."), "evidence"))
    return found


def same_merit(scope: Scope, given: Proposal) -> list[str]:
    """Sentences on what counted the same award or the same paper for this agency before (domain 7.20); two queries."""
    award = award_words(given.award, given.award_level, given.award_year)
    return _doubles(scope, given.agency_id, given.kind, fold(award), fold(given.paper_number))


def doubles_of(scope: Scope, row: Adjustment) -> list[str]:
    """The same for one that is proposed already, to be read by who decides; two queries."""
    return _doubles(scope, row.agency_id, row.kind, fold(row.award), fold(row.paper_number), row.pk)


def _doubles(scope: Scope, agency_id: int, kind: str, award: str, paper: str, itself: int = 0) -> list[str]:
    if not award and not paper:
        return []
    found = []
    rows = Adjustment.objects.filter(year=scope.year, agency=agency_id, kind=kind).exclude(pk=itself)
    for row in rows.filter(state__in=[AdjustmentState.PROPOSED, AdjustmentState.APPROVED]).order_by("pk"):
        if (award and fold(row.award) == award) or (paper and fold(row.paper_number) == paper):
            values = {"ground": row.ground, "state": AdjustmentState(row.state).label}
            found.append(_("Đã có khoản điều chỉnh cùng căn cứ này: “%(ground)s” (%(state)s).") % values)
    lines = ScoreLine.objects.filter(sheet__year=scope.year, sheet__agency=agency_id).exclude(citation="")
    for code, citation in lines.values_list("criterion__code", "citation") if paper else ():
        if paper in fold(citation):
            found.append(_("Văn bản này đã được nêu ở tiêu chí %(code)s.") % {"code": code})
    return found


# -- deciding --------------------------------------------------------------------------------------
def approve(scope: Scope, pk: int, *, version: int | None = None, reason: str = "") -> Adjustment:
    """Approve: from now on it counts in every total. See :func:`_decide`."""
    return _decide(scope, pk, AdjustmentState.APPROVED, version, reason)


def refuse(scope: Scope, pk: int, *, version: int | None = None, reason: str = "") -> Adjustment:
    """Refuse with a reason. See :func:`_decide`."""
    return _decide(scope, pk, AdjustmentState.REFUSED, version, reason)


def _decide(scope: Scope, pk: int, state: AdjustmentState, version: int | None, reason: str) -> Adjustment:
    """Who decides: ``scoring.domain.deciders``.

    Raises ``Adjustment.DoesNotExist``, ``Stale`` (decided or withdrawn meanwhile), ``Refused``, ``DomainError``.
    Effects in order: lock on the year, lock on the row, state, notice to the agency and to who proposed it, audit.
    """
    with transaction.atomic():
        scope = lock_year(scope)
        row = _locked(scope, pk, version)
        check(scope, "adjustment_decide", row)
        refuse_final(scope.year)
        if state == AdjustmentState.REFUSED and not reason:
            raise DomainError(_("Ghi lý do không duyệt, bên đề xuất sẽ đọc câu này."), "reason")
        if found := _lengths(reason=reason):
            raise DomainError(found)
        row.state, row.decision_reason, row.version = state, reason, row.version + 1
        row.decider_id, row.decided_by, row.decided_at = seat_of(scope, row), scope.user, timezone.now()
        row.save()
        action = "adjustment_approve" if state == AdjustmentState.APPROVED else "adjustment_refuse"
        tell(scope.year, _told(row), NoticeKind.ADJUSTMENT, _notice(row))
        _record(
            scope, action, row, reason=reason, before={"state": AdjustmentState.PROPOSED},
            after={"state": row.state, "decider_id": row.decider_id},
        )  # fmt: skip
        return row


def withdraw(scope: Scope, pk: int, *, version: int | None = None) -> Adjustment:
    """Who proposed it takes it back before it is decided.

    Raises ``Adjustment.DoesNotExist``, ``Stale``, ``Refused``. Effects in order: locks, state, audit.
    """
    with transaction.atomic():
        scope = lock_year(scope)
        row = _locked(scope, pk, version)
        check(scope, "adjustment_withdraw", row)
        row.state, row.version = AdjustmentState.WITHDRAWN, row.version + 1
        row.save(update_fields=["state", "version", "updated_at"])
        _record(
            scope, "adjustment_withdraw", row, before={"state": AdjustmentState.PROPOSED},
            after={"state": row.state},
        )  # fmt: skip
        return row


def _locked(scope: Scope, pk: int, version: int | None) -> Adjustment:
    row: Adjustment | None = adjustment_for(scope, pk, lock=True)
    if row is None:
        raise Adjustment.DoesNotExist
    if row.state != AdjustmentState.PROPOSED or (version is not None and version != row.version):
        raise Stale(row)
    return row


def effect_words(row: Adjustment) -> str:
    """ "cộng 2 điểm": what it does, in Vietnamese, for notices."""
    points = "" if row.points is None else format_number(row.points)
    return _SAID[AdjustmentKind(row.kind)] % {
        "points": points, "code": row.criterion_code, "grade": row.grade,
    }  # fmt: skip


def _notice(row: Adjustment) -> str:
    done = "Đã duyệt" if row.state == AdjustmentState.APPROVED else "Không duyệt"
    words = f"{done}: {effect_words(row)}. Căn cứ: {row.ground}"
    return f"{words}. Lý do: {row.decision_reason}" if row.decision_reason else words


def _told(row: Adjustment) -> Sequence[int]:
    return [row.agency_id, row.proposer_id]


def _record(scope: Scope, action: str, row: Adjustment, **said: Any) -> None:
    audit.record(
        audit.cluster_chain(scope.cluster.pk), action, row,
        actor_id=scope.user.pk, role=scope.audit_role, **said,
    )  # fmt: skip
