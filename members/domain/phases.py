"""Moving a year from step to step, one step back, and opening a sealed year again."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from core import audit
from core.access import check
from core.dates import format_date, local_today
from core.errors import DomainError, Problem
from core.folding import clean_line
from members import guards
from members.domain.actor import SYSTEM, Actor
from members.models import ClusterYear, Phase
from members.scope import Scope

LONGEST_REASON = 300


@dataclass(frozen=True)
class Step:
    """What advancing does: closes ``closes`` (None: nothing is open), opens ``opens`` (None: the year is sealed)."""

    closes: Phase | None
    opens: Phase | None
    missing: list[Problem]

    @property
    def shown(self) -> str:
        """The step a form is shown for, so that the same press twice moves one step only."""
        return self.closes.kind if self.closes else ""


def step_of(year: ClusterYear) -> Step:
    """The step that is next, and what is missing before it; for a sealed year both ends are None."""
    closes, opens = _around(_rows(year))
    return Step(closes, opens, guards.missing(year, closes.kind if closes else None))


def _rows(year: ClusterYear) -> list[Phase]:
    return list(Phase.objects.filter(year=year).order_by("order"))


def _around(rows: list[Phase]) -> tuple[Phase | None, Phase | None]:
    """The open step and the next one that has not been opened."""
    closes = next((row for row in rows if row.opened_at and not row.closed_at), None)
    opens = next(
        (row for row in rows if not row.opened_at and (closes is None or row.order > closes.order)), None
    )
    return closes, opens


def _locked(year_id: int) -> ClusterYear:
    return ClusterYear.objects.select_for_update(of=("self",)).get(pk=year_id)


# -- on ------------------------------------------------------------------------------------------
def advance(scope: Scope, shown: str, reason: str = "") -> Step | None:
    """Close the open step and open the next, or seal the year after the last; None when that was done already.

    ``shown`` is the kind of the step the form was shown for (empty: none was open). A step that opens after its last
    planned day no longer moves on by itself. Effects in order: lock of the year, right ``phase_advance``, guards,
    closed_at, opened_at or sealed_at, audit. Raises ``Refused``, and ``DomainError`` with everything the guards miss;
    nothing is written then.
    """
    check(scope, "phase_advance")
    with transaction.atomic():
        year = _locked(scope.year.pk)
        step = step_of(year)
        if year.is_sealed or step.shown != shown:
            return None
        if step.missing:
            raise DomainError(step.missing)
        if step.closes is None and step.opens is None:
            raise DomainError(_("Năm này chưa có bước nào."))
        if step.opens:
            _wait_for_people(step.opens)
        _move(Actor.of(scope), year, step, reason)
    return step


@dataclass(frozen=True)
class Moved:
    """What became of a year whose step was due: the step it stood at, the one it moved to or what keeps it."""

    year: ClusterYear
    closes: Phase
    opens: Phase | None
    missing: list[Problem]


def advance_due(year_id: int, now: datetime) -> Moved | None:
    """Move a year on by one step when its open step is due; None when nothing is due (any more).

    Due: the step moves on by itself and ``now`` is at or after 24:00 of its last planned day in Viet Nam. The last step
    never seals the year. With guards that miss something nothing is written and they are told. Effects in order: lock
    of the year, closed_at, opened_at, audit with the role "system".
    """
    with transaction.atomic():
        year = _locked(year_id)
        closes, opens = _around(_rows(year))
        day = closes.planned_to if closes else None
        if closes is None or day is None or year.is_sealed or not _is_due(closes, opens, local_today(now)):
            return None
        step = Step(closes, opens, guards.missing(year, closes.kind))
        if not step.missing:
            sentence = _("Tự chuyển bước vì đã hết hạn %(day)s.") % {"day": format_date(day)}
            _move(SYSTEM, year, step, sentence)
        return Moved(year, closes, None if step.missing else opens, step.missing)


def _is_due(closes: Phase, opens: Phase | None, today: date) -> bool:
    return bool(opens and closes.moves_on and closes.planned_to and closes.planned_to < today)


def due_years(now: datetime) -> list[int]:
    """Unsealed years whose open step may be due, oldest first; one query."""
    rows = Phase.objects.filter(
        year__sealed_at__isnull=True, opened_at__isnull=False, closed_at__isnull=True, moves_on=True,
        planned_to__lt=local_today(now),
    )  # fmt: skip
    return list(rows.order_by("year__starts_on", "year").values_list("year", flat=True))


def advance_all_due(now: datetime) -> Iterator[Moved]:
    """Move every year on as far as its days say, a step at a time; each year in transactions of its own.

    Run twice, or by two at once, or after days of sleep: each due step moves once.
    """
    for year_id in due_years(now):
        while moved := advance_due(year_id, now):
            yield moved
            if moved.opens is None:
                break


def _move(actor: Actor, year: ClusterYear, step: Step, reason: str) -> None:
    now = timezone.now()
    before: dict[str, Any] = {"phase": step.shown}
    if step.closes:
        step.closes.closed_at = now
        step.closes.save(update_fields=["closed_at"])
    if step.opens:
        step.opens.opened_at = now
        step.opens.save(update_fields=["opened_at", "moves_on"])
    else:
        year.sealed_at = now
        year.save(update_fields=["sealed_at", "updated_at"])
    after: dict[str, Any] = {"phase": step.opens.kind if step.opens else "", "sealed_at": year.sealed_at}
    if step.opens:
        after["moves_on"] = step.opens.moves_on
    _tell(actor, year, "phase_advance" if step.opens else "year_seal", before, after, reason)


def _wait_for_people(row: Phase) -> None:
    """A person opens this step late: the command must not close it again at its next run."""
    if row.planned_to and row.planned_to < local_today(timezone.now()):
        row.moves_on = False


# -- back ----------------------------------------------------------------------------------------
def step_before(year: ClusterYear) -> Phase | None:
    """The closed step that stepping back would open again, or None; one query."""
    return _before(_rows(year))


def _before(rows: list[Phase]) -> Phase | None:
    closes, _opens = _around(rows)
    if closes is None:
        return None
    return next((row for row in reversed(rows) if row.order < closes.order and row.closed_at), None)


def step_back(scope: Scope, shown: str, reason: str) -> Phase | None:
    """Close the open step as if it had never opened and open the one before again; None when that was done already.

    ``shown`` is the kind of the step the form was shown for. What was recorded in between stays. The step opened again
    waits for a person: it no longer moves on by itself. Effects in order: right ``phase_step_back``, lock of the year,
    opened_at, closed_at, moves_on, audit, which keeps the moments. Raises ``Refused``, and ``DomainError`` without a
    reason or a step before.
    """
    check(scope, "phase_step_back")
    reason = _reason(reason, _("Ghi lý do lùi bước, để các đơn vị biết vì sao."))
    with transaction.atomic():
        year = _locked(scope.year.pk)
        rows = _rows(year)
        closes, previous = _around(rows)[0], _before(rows)
        if year.is_sealed or (closes.kind if closes else "") != shown:
            return None
        if closes is None or previous is None:
            raise DomainError(_("Không có bước nào trước bước này để lùi lại."))
        before: dict[str, Any] = {
            "phase": closes.kind,
            "opened_at": closes.opened_at,
            "previous_closed_at": previous.closed_at,
        }
        closes.opened_at = None
        closes.save(update_fields=["opened_at"])
        before["moves_on"], previous.closed_at, previous.moves_on = previous.moves_on, None, False
        previous.save(update_fields=["closed_at", "moves_on"])
        after = {"phase": previous.kind, "opened_at": None, "previous_closed_at": None, "moves_on": False}
        _tell(Actor.of(scope), year, "phase_step_back", before, after, reason)
    return previous


def reopen_year(scope: Scope, reason: str) -> Phase | None:
    """Open a sealed year again at its last step; None when it is open already.

    Effects in order: right ``year_reopen`` (the officer), lock of the year, sealed_at, closed_at of the last step,
    audit. Raises ``Refused``, and ``DomainError`` without a reason.
    """
    check(scope, "year_reopen")
    reason = _reason(reason, _("Ghi lý do mở lại năm đã đóng."))
    with transaction.atomic():
        year = _locked(scope.year.pk)
        if not year.is_sealed:
            return None
        last = next((row for row in reversed(_rows(year)) if row.closed_at), None)
        before = {"sealed_at": year.sealed_at, "closed_at": last and last.closed_at}
        year.sealed_at = None
        year.save(update_fields=["sealed_at", "updated_at"])
        if last:
            last.closed_at = None
            last.save(update_fields=["closed_at"])
        after = {"sealed_at": None, "closed_at": None, "phase": last.kind if last else ""}
        _tell(Actor.of(scope), year, "year_reopen", before, after, reason)
    return last


def _reason(text: str, sentence: str) -> str:
    reason = clean_line(text)
    if not reason:
        raise DomainError(sentence, "reason")
    if len(reason) > LONGEST_REASON:
        raise DomainError(_("Dài nhất %(most)s ký tự.") % {"most": LONGEST_REASON}, "reason")
    return reason


def _tell(
    actor: Actor, year: ClusterYear, action: str, before: dict[str, Any], after: dict[str, Any], reason: str
) -> None:
    audit.record(
        audit.cluster_chain(year.cluster_id), action, year,
        actor_id=actor.user_id, role=actor.role, before=before, after=after, reason=reason,
    )  # fmt: skip
