"""What the step of self-scoring asks for before it may close: every assessed member has sent its sheet."""

from __future__ import annotations

from django.utils.translation import gettext as _

from core.errors import Problem
from members.enums import PhaseKind
from members.guards import guard
from members.models import ClusterYear
from members.queries import assessed_among, member_rows
from scoring.enums import SheetState
from scoring.loading import table_in_force
from scoring.models import ScoreSheet

NAMED = 5


@guard(PhaseKind.SELF_SCORE)
def sheets_are_sent(year: ClusterYear) -> list[Problem]:
    """Only in a year with a criteria table in force; the missing agencies are named."""
    if table_in_force(year) is None:
        return []
    members = member_rows(year)
    assessed = assessed_among(year, members)
    sent = set(
        ScoreSheet.objects.filter(year=year).exclude(state=SheetState.DRAFT).values_list("agency", flat=True)
    )
    missing = [row.short_name for row in members if row.agency_id in assessed and row.agency_id not in sent]
    if not missing:
        return []
    names = ", ".join(missing[:NAMED])
    if len(missing) > NAMED:
        names = _("%(names)s và %(count)s đơn vị nữa") % {"names": names, "count": len(missing) - NAMED}
    return [Problem(_("Chưa gửi bảng chấm điểm: %(names)s.") % {"names": names}, link="sheet_list")]
