"""Steps that wait for points, where the year has a criteria table in force."""

from __future__ import annotations

from django.utils.translation import gettext as _

from core.errors import Problem
from members.enums import PhaseKind
from members.guards import guard
from members.models import ClusterYear
from scoring.enums import TableState
from scoring.models import CriteriaTable, YearScoring


def _in_force(year: ClusterYear) -> bool:
    return CriteriaTable.objects.filter(year=year, state=TableState.APPLIED).exists()


@guard(PhaseKind.VERIFY)
def points_are_released(year: ClusterYear) -> list[Problem]:
    """Members must know their verified points before the conference deliberates; at most two queries."""
    if not _in_force(year) or YearScoring.objects.filter(year=year, released_at__isnull=False).exists():
        return []
    return [Problem(_("Điểm thẩm định chưa công bố cho các đơn vị."), link="board")]


@guard(PhaseKind.DELIBERATE)
def points_are_final(year: ClusterYear) -> list[Problem]:
    """Nothing is announced over points that may still change; at most two queries."""
    if not _in_force(year) or YearScoring.objects.filter(year=year, final_at__isnull=False).exists():
        return []
    return [Problem(_("Điểm chưa chốt."), link="board")]
