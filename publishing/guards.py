"""What this app asks for before a step of the year may close."""

from __future__ import annotations

from django.utils.translation import gettext as _

from core.errors import Problem
from members.enums import PhaseKind
from members.guards import guard
from members.models import ClusterYear
from publishing.models import AnnualSummary


@guard(PhaseKind.PUBLISH)
def summary_is_published(year: ClusterYear) -> list[Problem]:
    """A year is closed for good only after its summary was published."""
    if AnnualSummary.objects.filter(year=year).exists():
        return []
    return [Problem(_("Chưa công bố bản tổng kết của năm."), link="summary_build")]
