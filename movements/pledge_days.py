"""The signing of the compact in the calendar of its year."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext as _

from members.calendar import Event, source
from members.models import ClusterYear
from movements.models import Pledge


@source
def signings(years: Sequence[ClusterYear]) -> list[Event]:
    """The day on which each compact of these years is signed; one query."""
    rows = Pledge.objects.filter(year__in=years, signing_on__isnull=False).order_by("pk")
    title = _("Ký kết giao ước thi đua")
    return [
        Event(row.year_id, row.signing_on, row.signing_on, title, "pledge", "pledge", key="signing")
        for row in rows
        if row.signing_on
    ]
