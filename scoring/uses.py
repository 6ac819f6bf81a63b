"""What of a year's ranking rests on its charter."""

from __future__ import annotations

from django.utils.translation import gettext as _

from members.charter_uses import uses
from members.models import ClusterYear
from scoring.queries import current_ranking


@uses
def ranking_is_recorded(year: ClusterYear) -> list[str]:
    """Ranks were recorded under the rules."""
    ranking = current_ranking(year)
    if ranking is None:
        return []
    return [_("Đã ghi bảng xếp hạng (lần %(n)s).") % {"n": ranking.revision}]
