"""What of a year's meetings rests on its charter."""

from __future__ import annotations

from django.utils.translation import gettext as _

from conference.models import Conference, ElectionResult
from core.dates import format_date
from members.charter_uses import uses
from members.models import ClusterYear


@uses
def conference_is_recorded(year: ClusterYear) -> list[str]:
    """A meeting was held under the rules, or somebody elected; two queries at most."""
    days = Conference.objects.filter(year=year).order_by("held_on", "pk").values_list("held_on", flat=True)
    told = [_("Đã ghi hội nghị ngày %(day)s.") % {"day": format_date(day)} for day in days]
    if told and ElectionResult.objects.filter(conference__year=year).exists():
        told.append(_("Đã ghi kết quả bầu Cụm trưởng, Cụm phó."))
    return told
