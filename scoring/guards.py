"""What this app asks for before a step of the year may close."""

from __future__ import annotations

from django.utils.translation import gettext as _

from core.errors import Problem
from members.enums import PhaseKind
from members.guards import guard
from members.models import ClusterYear
from scoring.queries import current_ranking


@guard(PhaseKind.DELIBERATE)
def ranking_is_recorded(year: ClusterYear) -> list[Problem]:
    """The conference's ranking must stand before anything is announced."""
    if current_ranking(year) is None:
        return [Problem(_("Chưa ghi kết quả xếp hạng."), link="ranking_edit")]
    return []
