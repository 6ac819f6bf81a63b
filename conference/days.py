"""The conference in the calendar of its year."""

from __future__ import annotations

from collections.abc import Sequence

from conference.models import Conference
from members.calendar import Event, source
from members.models import ClusterYear


@source
def conferences(years: Sequence[ClusterYear]) -> list[Event]:
    """The day each meeting of these years is held, which may lie after the year's period; one query."""
    rows = Conference.objects.filter(year__in=years).order_by("held_on", "pk")
    return [
        Event(
            row.year_id,
            row.held_on,
            row.held_on,
            row.title,
            "conference",
            "conference",
            key=f"{row.kind}-{row.pk}",
        )
        for row in rows
    ]
