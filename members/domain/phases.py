"""Moving a year from step to step."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from core import audit
from core.access import check
from core.errors import DomainError, Problem
from members import guards
from members.models import ClusterYear, Phase
from members.scope import Scope


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
    rows = list(Phase.objects.filter(year=year).order_by("order"))
    closes = next((row for row in rows if row.opened_at and not row.closed_at), None)
    opens = next(
        (row for row in rows if not row.opened_at and (closes is None or row.order > closes.order)), None
    )
    return Step(closes, opens, guards.missing(year, closes.kind if closes else None))


def advance(scope: Scope, shown: str, reason: str = "") -> Step | None:
    """Close the open step and open the next, or seal the year after the last; None when that was done already.

    ``shown`` is the kind of the step the form was shown for (empty: none was open). Effects in order: lock of the year,
    right ``phase_advance``, guards, closed_at, opened_at or sealed_at, audit. Raises ``Refused``, and ``DomainError``
    with everything the guards miss; nothing is written then.
    """
    check(scope, "phase_advance")
    with transaction.atomic():
        year = ClusterYear.objects.select_for_update(of=("self",)).get(pk=scope.year.pk)
        step = step_of(year)
        if year.is_sealed or step.shown != shown:
            return None
        if step.missing:
            raise DomainError(step.missing)
        if step.closes is None and step.opens is None:
            raise DomainError(_("Năm này chưa có bước nào."))
        now = timezone.now()
        if step.closes:
            step.closes.closed_at = now
            step.closes.save(update_fields=["closed_at"])
        if step.opens:
            step.opens.opened_at = now
            step.opens.save(update_fields=["opened_at"])
        else:
            year.sealed_at = now
            year.save(update_fields=["sealed_at", "updated_at"])
        audit.record(
            audit.cluster_chain(year.cluster_id),
            "phase_advance" if step.opens else "year_seal",
            year,
            actor_id=scope.user_key(),
            role=scope.audit_role,
            before={"phase": step.shown},
            after={"phase": step.opens.kind if step.opens else "", "sealed_at": year.sealed_at},
            reason=reason,
        )
    return step
