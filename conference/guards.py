"""What this app asks for before a step of the year may close."""

from __future__ import annotations

from django.utils.translation import gettext as _

from conference.enums import ConferenceKind
from conference.models import Conference, ElectionResult
from core.errors import Problem
from members.enums import PhaseKind, Role
from members.guards import guard
from members.models import ClusterYear


@guard(PhaseKind.DELIBERATE)
def conference_is_recorded(year: ClusterYear) -> list[Problem]:
    """The final conference stands with the chair it elected: nothing is announced before; two queries."""
    final = Conference.objects.filter(year=year, kind=ConferenceKind.FINAL)
    if not final.exists():
        return [Problem(_("Chưa ghi hội nghị tổng kết."), link="conference_edit")]
    if not ElectionResult.objects.filter(conference__in=final, role=Role.CHAIR).exists():
        return [Problem(_("Chưa ghi kết quả bầu Cụm trưởng năm sau."), link="conference_edit")]
    return []
