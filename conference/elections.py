"""What the conference elected, told to whoever hands the lead over."""

from __future__ import annotations

from conference.models import ElectionResult
from members.elections import Elected, source
from members.enums import Role
from members.models import ClusterYear


@source
def elected_at_the_conference(year: ClusterYear, label: str) -> Elected | None:
    """The result recorded at a conference of ``year`` for the year ``label``; one query."""
    rows = list(
        ElectionResult.objects.filter(conference__year=year, for_label=label)
        .order_by("conference__held_on", "role", "order")
        .values_list("agency", "role", "conference__held_on")
    )
    if not rows:
        return None
    day = rows[-1][2]
    last = [(agency, role) for agency, role, held_on in rows if held_on == day]
    chair = next((agency for agency, role in last if role == Role.CHAIR), None)
    return Elected(chair, tuple(agency for agency, role in last if role == Role.DEPUTY), day)
