"""Questions about adjustments: a constant number of queries."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import Q, QuerySet

from members.queries import agency_name
from members.scope import Scope
from scoring.domain.deciders import Leadership, for_adjustment, leadership, mark
from scoring.enums import AdjustmentState
from scoring.models import Adjustment
from scoring.rules import is_announced

SETTLED = (AdjustmentState.APPROVED, AdjustmentState.REFUSED)


def adjustments_for(scope: Scope) -> QuerySet[Adjustment]:
    """Adjustments that the person may read (``rules_appeals.sees_adjustment`` says the same of one), newest first."""
    rows = Adjustment.objects.filter(year=scope.year)
    if not (scope.is_chair or scope.is_deputy or scope.is_officer or scope.is_observer):
        own = Q(agency__in=scope.answers_for, state__in=SETTLED) | Q(proposer__in=scope.answers_for)
        rows = rows.filter(own | Q(state=AdjustmentState.APPROVED) if is_announced.test(scope, None) else own)
    day = scope.year.ends_on
    return rows.annotate(
        agency_name=agency_name("agency", day, "short_name"),
        proposer_name=agency_name("proposer", day, "short_name"),
        decider_name=agency_name("decider", day, "short_name"),
    ).order_by("-pk")


def with_deciders(scope: Scope, rows: Iterable[Adjustment], leads: Leadership | None = None) -> list[Any]:
    """The rows as the rights need them; three queries, none without rows."""
    marked = list(rows)
    if marked:
        leads = leads or leadership(scope)
        for row in marked:
            mark(row, for_adjustment(leads, row.proposer_id, row.agency_id))
    return marked


def adjustment_for(scope: Scope, pk: int, *, lock: bool = False) -> Any:
    """One that the person may read, as the rights need it; None when it is not theirs to see."""
    rows = adjustments_for(scope).filter(pk=pk)
    return next(iter(with_deciders(scope, rows.select_for_update(of=("self",)) if lock else rows)), None)
