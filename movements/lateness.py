"""Who is late with recording activities: unsent ones, or none at all, after the last day of the step."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from datetime import date
from typing import Any

from django.db.models import Count, Q
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from members import phases
from members.domain.terms import is_member_on
from members.enums import PhaseKind
from members.lateness import left, source
from members.models import CarryOver, Membership, Phase, PhaseExtension
from movements.enums import ActivityState
from movements.models import Activity, ActivityPartner

UNSENT = (ActivityState.DRAFT, ActivityState.RETURNED)
Pair = tuple[int, int]  # year, agency


@source
def recording(year_ids: Collection[int], today: date) -> dict[int, dict[int, str]]:
    """Members on the last planned day of "Thực hiện" that have unsent activities, or none; six queries.

    An agency with an extension is late after the last day of that. What an agency left to its successor by a decision
    is the successor's. A joint activity counts for its partners too.
    """
    due = _due_days(year_ids, today)
    if not due:
        return {}
    until, unsent = _extended(due), _unsent(due)
    known = unsent.keys() | _partners(due)
    found: dict[int, dict[int, str]] = defaultdict(dict)
    for row in Membership.objects.filter(year__in=due).order_by("year", "order"):
        day = max(due[row.year_id], until.get((row.year_id, row.agency_id), date.min))
        if today <= day or not is_member_on(row, due[row.year_id]):
            continue
        drafts = unsent.get((row.year_id, row.agency_id), 0)
        if drafts or (row.year_id, row.agency_id) not in known:
            found[row.year_id][row.agency_id] = _sentence(drafts, left(day, today))
    return dict(found)


def _due_days(year_ids: Collection[int], today: date) -> dict[int, date]:
    """Years whose planned days of "Thực hiện" are over, with the last one; a step never opened is not the agencies'."""
    steps = Phase.objects.filter(
        year__in=year_ids, year__sealed_at__isnull=True, kind=PhaseKind.CARRY_OUT, opened_at__isnull=False,
        planned_to__lt=today,
    )  # fmt: skip
    return {year: day for year, day in steps.values_list("year", "planned_to") if day}


def _extended(due: Collection[int]) -> dict[Pair, date]:
    kinds = [kind for kind in PhaseKind.values if phases.extends(kind, phases.ENTRY)]
    rows = PhaseExtension.objects.filter(phase__year__in=due, phase__kind__in=kinds).order_by("until")
    return {
        (year, agency): until for year, agency, until in rows.values_list("phase__year", "agency", "until")
    }


def _successors(due: Collection[int]) -> dict[Pair, int]:
    rows = CarryOver.objects.filter(year__in=due)
    return {
        (year, before): after for year, before, after in rows.values_list("year", "predecessor", "successor")
    }


def _unsent(due: Collection[int]) -> dict[Pair, int]:
    """Who recorded any, by the agency that answers for it, with the unsent ones; those of the whole cluster are
    nobody's."""
    successors = _successors(due)
    rows: Any = (
        Activity.objects.filter(year__in=due, agency__isnull=False)
        .order_by()
        .values_list("year", "agency")
        .annotate(unsent=Count("pk", Q(state__in=UNSENT)))
    )
    found: dict[Pair, int] = defaultdict(int)
    for year, agency, unsent in rows:
        found[(year, successors.get((year, agency), agency))] += unsent
    return found


def _partners(due: Collection[int]) -> set[Pair]:
    rows = ActivityPartner.objects.filter(activity__year__in=due)
    return set(rows.values_list("activity__year", "agency").distinct())


def _sentence(drafts: int, late: str) -> str:
    if not drafts:
        return _("Chưa ghi hoạt động nào, %(late)s") % {"late": late}
    text = ngettext(
        "Còn %(count)s hoạt động chưa gửi, %(late)s", "Còn %(count)s hoạt động chưa gửi, %(late)s", drafts
    )
    return text % {"count": drafts, "late": late}
