"""Giving verified points to the members, freezing them after the appeals, and opening them again with a reason."""

from __future__ import annotations

from datetime import date

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from core import audit
from core.access import check
from core.dates import format_date, local_today
from core.errors import DomainError, Problem, Stale
from core.folding import clean_line
from members import charter
from members.domain.appeal import last_day
from members.domain.lock import lock_year
from members.models import Charter, ClusterYear
from members.scope import Scope
from scoring.domain.acts import is_current
from scoring.enums import AppealState, NoticeKind, SheetState
from scoring.loading import table_in_force
from scoring.models import Appeal, ScoreSheet, YearScoring
from scoring.notices import tell
from scoring.totals import board

LONGEST_REASON = 500


def scoring_of(year: ClusterYear) -> YearScoring:
    """Where the scoring of the year stands; one that is not recorded yet for a year nobody touched; one query."""
    return YearScoring.objects.filter(year=year).first() or YearScoring(year=year, version=0)


def is_final(year: ClusterYear) -> bool:
    """Whether the points are frozen; one query."""
    return YearScoring.objects.filter(year=year, final_at__isnull=False).exists()


def refuse_final(year: ClusterYear) -> None:
    """Raise ``DomainError`` while the points are frozen; every verb that changes a figure asks it under the lock."""
    if is_final(year):
        raise DomainError(_("Điểm đã chốt. Cụm trưởng mở lại điểm, kèm lý do, rồi mới sửa được."))


def release_problems(year: ClusterYear) -> list[Problem]:
    """What keeps the points from being given to the members; three queries."""
    table = table_in_force(year)
    if table is None:
        return [Problem(_("Năm này chưa có bảng tiêu chí đang áp dụng."), link="criteria")]
    states = list(
        ScoreSheet.objects.filter(year=year, table=table).values_list("state", flat=True).order_by("pk")
    )
    problems = []
    if waiting := sum(state == SheetState.SENT for state in states):
        sentence = _("Còn %(count)s bảng đã gửi chưa thẩm định xong.") % {"count": waiting}
        problems.append(Problem(sentence, link="check_list"))
    if SheetState.VERIFIED not in states:
        problems.append(Problem(_("Chưa có bảng chấm điểm nào thẩm định xong."), link="check_list"))
    return problems


def release(scope: Scope, *, version: int | None = None) -> YearScoring:
    """Give each member its verified points; the time for appeals runs from the next day on.

    Raises ``Refused``, ``Stale``, ``DomainError``. Effects in order: lock on the year, the row, notices, audit.
    """
    with transaction.atomic():
        scope, row = _locked(scope, "scores_release", version)
        problems = release_problems(scope.year)
        if row.released_at:
            problems = [Problem(_("Điểm thẩm định đã công bố cho các đơn vị."))]
        if problems:
            raise DomainError(problems)
        now = timezone.now()
        row.released_at, row.appeals_until = now, _appeals_until(scope.year, local_today(now))
        _save(scope, row, "scores_release")
        agencies = ScoreSheet.objects.filter(year=scope.year).values_list("agency", flat=True).order_by("pk")
        tell(scope.year, agencies, NoticeKind.RELEASED, _told(row.appeals_until))
    return row


def _appeals_until(year: ClusterYear, today: date) -> date | None:
    stored = Charter.objects.filter(year=year).values_list("data", flat=True).first()
    return last_day(today, charter.read(stored or {}).appeal_days)


def _told(until: date | None) -> str:
    if until is None:
        return "Đã công bố điểm thẩm định của đơn vị."
    return f"Đã công bố điểm thẩm định của đơn vị; nhận kiến nghị đến hết ngày {format_date(until)}."


def final_problems(year: ClusterYear, row: YearScoring, today: date) -> list[Problem]:
    """What keeps the points from being frozen."""
    if row.released_at is None:
        return [Problem(_("Điểm thẩm định chưa công bố cho các đơn vị."))]
    problems = []
    if waiting := Appeal.objects.filter(year=year, state=AppealState.FILED).count():
        sentence = _("Còn %(count)s kiến nghị về điểm chưa giải quyết.") % {"count": waiting}
        problems.append(Problem(sentence, link="appeal_list"))
    if row.appeals_until and today <= row.appeals_until:
        sentence = _("Thời hạn kiến nghị chưa hết: nhận đến 24:00 ngày %(day)s.")
        problems.append(Problem(sentence % {"day": format_date(row.appeals_until)}, link="appeal_list"))
    found = board(year)
    if found is None:
        return [*problems, Problem(_("Năm này chưa có bảng tiêu chí đang áp dụng."), link="criteria")]
    if any(data.sheet.state == SheetState.SENT for data in found.sheets.values()):
        problems.append(Problem(_("Còn bảng đã gửi chưa thẩm định xong."), link="check_list"))
    if not is_current(found):
        problems.append(
            Problem(_("Số liệu đã đổi sau lần tính điểm cụm gần nhất, hoặc chưa tính."), link="acts")
        )
    return problems


def make_final(scope: Scope, *, version: int | None = None) -> YearScoring:
    """Freeze the points: from here on totals are final, and no figure changes until they are opened again.

    Raises ``Refused``, ``Stale``, ``DomainError``. Effects in order: lock on the year, the row, audit.
    """
    with transaction.atomic():
        scope, row = _locked(scope, "scores_final", version)
        if row.final_at:
            raise DomainError(_("Điểm đã chốt."))
        if problems := final_problems(scope.year, row, scope.today):
            raise DomainError(problems)
        row.final_at = timezone.now()
        _save(scope, row, "scores_final")
    return row


def reopen(scope: Scope, reason: str, *, version: int | None = None) -> YearScoring:
    """Open frozen points again, with a reason. Raises and effects as :func:`make_final`."""
    with transaction.atomic():
        scope, row = _locked(scope, "scores_final", version)
        if row.final_at is None:
            raise DomainError(_("Điểm chưa chốt."))
        reason = clean_line(reason)
        if not reason:
            raise DomainError(_("Ghi lý do mở lại điểm đã chốt."), "reason")
        if len(reason) > LONGEST_REASON:
            raise DomainError(_("Lý do dài nhất %(most)s ký tự.") % {"most": LONGEST_REASON}, "reason")
        row.final_at = None
        _save(scope, row, "scores_reopen", reason)
    return row


def _locked(scope: Scope, right: str, version: int | None) -> tuple[Scope, YearScoring]:
    scope = lock_year(scope)
    check(scope, right)
    row = scoring_of(scope.year)
    if version is not None and version != row.version:
        raise Stale(row)
    return scope, row


def _save(scope: Scope, row: YearScoring, action: str, reason: str = "") -> None:
    row.version += 1
    row.save()
    audit.record(
        audit.cluster_chain(scope.year.cluster_id), action, row, actor_id=scope.user.pk, role=scope.audit_role,
        after=audit.snapshot(row, "id", "year_id", "version"), reason=reason,
    )  # fmt: skip
