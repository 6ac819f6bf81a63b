"""Which files of the library are seen because they stand beside a line of a score sheet."""

from __future__ import annotations

from django.db.models import Exists, OuterRef

from members.scope import Scope
from movements.domain.evidence import seen_through
from scoring.enums import SheetState
from scoring.models import Assignment, LineEvidence
from scoring.queries_sheets import own_agencies


@seen_through
def beside_a_sent_line(scope: Scope) -> Exists:
    """Files of sheets that were sent: for leadership and council all, for who scores others those of their sheets."""
    rows = LineEvidence.objects.filter(
        evidence=OuterRef("pk"), removed_at__isnull=True, line__sheet__year=scope.year
    ).exclude(line__sheet__state=SheetState.DRAFT)
    if not (scope.is_chair or scope.is_deputy or scope.is_officer or scope.is_observer):
        given = Assignment.objects.filter(year=scope.year, scorer__in=own_agencies(scope))
        rows = rows.filter(line__sheet__agency__in=given.values("subject"))
    return Exists(rows)
