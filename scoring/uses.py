"""What of a year's points and ranking rests on its charter."""

from __future__ import annotations

from django.utils.translation import gettext as _

from members.charter_uses import uses
from members.models import ClusterYear
from scoring.enums import TableState
from scoring.models import CriteriaTable
from scoring.queries import current_ranking


@uses
def ranking_is_recorded(year: ClusterYear) -> list[str]:
    """Ranks were recorded under the rules."""
    ranking = current_ranking(year)
    if ranking is None:
        return []
    return [_("Đã ghi bảng xếp hạng (lần %(n)s).") % {"n": ranking.revision}]


@uses
def table_is_in_force(year: ClusterYear) -> list[str]:
    """Points are counted, rounded and limited by the rules as soon as a table is in force."""
    versions = CriteriaTable.objects.filter(year=year, state=TableState.APPLIED).values_list(
        "version", flat=True
    )
    return [_("Đã áp dụng bảng tiêu chí (bản %(n)s).") % {"n": version} for version in versions]
