"""The diary of a year: what was done, month after month, and who did it; rows as ready strings."""

from __future__ import annotations

import calendar as months
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, Final

from django.db.models import Count, Q, QuerySet
from django.db.models.functions import ExtractMonth, ExtractYear
from django.utils.translation import gettext as _

from core import files
from core.dates import Precision
from members.models import ClusterYear
from members.scope import Scope
from movements.domain.totals import Gift, total
from movements.enums import ActivityScope, ActivityState
from movements.models import Activity, ActivityPartner, EvidenceUse
from movements.queries import Choices, gifts_of
from movements.words import Figure, StateLook, state_look, time_words, total_figures

MOST: Final = 300  # activities of one month that are drawn; more are in the list
LONG: Final = timedelta(days=7)  # what lasts longer stands beside the days
PICTURES: Final = (files.JPG.content_type, files.PNG.content_type)
COLUMNS: Final = (
    "title", "precision", "starts_on", "ends_on", "sorted_on", "state", "scope", "agency_id", "movement_id", "place",
    "is_public",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Entry:
    """An activity in the diary; ``look`` is empty for a confirmed one, ``agencies`` are short names, owner first."""

    pk: int
    url: str
    title: str
    when: str
    agencies: Sequence[str]
    place: str
    movement: str
    figures: Sequence[Figure]
    files: int
    is_public: bool
    look: StateLook | None
    thumb: str = ""


@dataclass(slots=True)
class Day:
    """A day of the grid; ``plans`` are what the year's calendar says of it."""

    day: date
    in_month: bool
    today: bool
    name: str
    entries: list[Entry] = field(default_factory=list)
    plans: list[dict[str, str]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Doer:
    """How many activities a member did, alone or with others; ``share`` in percent of the most."""

    agency_id: int
    name: str
    number: int
    share: int


# -- rows ----------------------------------------------------------------------------------------
def entries(scope: Scope, rows: Sequence[Any], choices: Choices) -> list[Entry]:
    """The activities (with ``files``) as the diary draws them; three queries, none for no rows."""
    if not rows:
        return []
    keys = [row.pk for row in rows]
    partners: dict[int, list[int]] = {}
    named = ActivityPartner.objects.filter(activity__in=keys).order_by("activity", "id")
    for activity, agency in named.values_list("activity", "agency"):
        partners.setdefault(activity, []).append(agency)
    gifts: dict[int, list[Gift]] = {}
    for gift in gifts_of(Activity.objects.filter(pk__in=keys)):
        gifts.setdefault(gift.activity_id, []).append(gift)
    thumbs = _thumbs(scope, keys)
    return [
        _entry(scope, row, partners.get(row.pk, []), gifts.get(row.pk, []), choices, thumbs.get(row.pk, ""))
        for row in rows
    ]


def _thumbs(scope: Scope, keys: Sequence[int]) -> dict[int, str]:
    """The first picture of each activity, small."""
    uses = EvidenceUse.objects.filter(
        activity__in=keys, removed_at__isnull=True, evidence__removed_at__isnull=True,
        evidence__file__content_type__in=PICTURES,
    )  # fmt: skip
    found: dict[int, str] = {}
    for activity, evidence in uses.order_by("activity", "id").values_list("activity", "evidence"):
        if activity not in found:
            found[activity] = scope.address("evidence_small", pk=evidence)
    return found


def _entry(
    scope: Scope, row: Any, partners: list[int], gifts: list[Gift], choices: Choices, thumb: str
) -> Entry:
    time, note = time_words(row)
    owner = (
        _("Cả %(group)s") % {"group": scope.cluster.kind_inside}
        if row.scope == ActivityScope.CLUSTER
        else choices.agency(row.agency_id, "?")
    )
    return Entry(
        pk=row.pk,
        url=scope.address("activity_detail", pk=row.pk),
        title=row.title,
        when=f"{time} ({note})" if note else time,
        agencies=[owner, *(choices.agency(pk, "?") for pk in partners)],
        place=row.place,
        movement=choices.movements.get(row.movement_id, ""),
        figures=total_figures(total(gifts)),
        files=row.files,
        is_public=row.is_public and row.state == ActivityState.CONFIRMED,
        look=None if row.state == ActivityState.CONFIRMED else state_look(row.state),
        thumb=thumb,
    )


def month_label(day: date) -> str:
    """ "Tháng 4/2020"."""
    return _("Tháng %(month)s") % {"month": f"{day.month}/{day.year}"}


def by_month(rows: Iterable[Any], shown: Iterable[Entry]) -> list[dict[str, Any]]:
    """The entries of a page under their months, newest first; what is known only by the year under the year."""
    groups: dict[str, list[Entry]] = {}
    for row, entry in zip(rows, shown, strict=True):
        groups.setdefault(_group(row), []).append(entry)
    return [{"label": label, "entries": found} for label, found in groups.items()]


def _group(row: Any) -> str:
    precision = Precision(row.precision)
    if precision is Precision.UNKNOWN:
        return _("Chưa rõ thời gian")
    if precision is Precision.YEAR:
        return _("Năm %(year)s, chưa rõ tháng") % {"year": row.starts_on.year}
    return month_label(row.sorted_on)


def doers(rows: QuerySet[Activity], choices: Choices) -> list[Doer]:
    """How many of the activities each member did, in charter order, nobody left out; two queries."""
    here = rows.order_by()
    own = dict(here.values_list("agency").annotate(number=Count("pk")))
    joint = ActivityPartner.objects.filter(activity__in=here.values("pk")).order_by()
    also = dict(joint.values_list("agency").annotate(number=Count("pk")))
    return _doers({pk: own.get(pk, 0) + also.get(pk, 0) for pk in choices.agencies}, choices)


def _doers(numbers: dict[int, int], choices: Choices) -> list[Doer]:
    most = max(numbers.values(), default=0) or 1
    return [
        Doer(pk, choices.agency(pk), number, round(100 * number / most)) for pk, number in numbers.items()
    ]


# -- months --------------------------------------------------------------------------------------
def months_of(year: ClusterYear) -> list[date]:
    """The first day of every month of the year's period."""
    found, day = [], year.starts_on.replace(day=1)
    while day <= year.ends_on:
        found.append(day)
        day = following(day)
    return found


def following(month: date) -> date:
    """The first day of the next month."""
    return (month.replace(day=28) + timedelta(days=4)).replace(day=1)


def numbers_of(rows: QuerySet[Activity]) -> dict[tuple[int, int], int]:
    """How many activities began in each month, where at least the month is known; one query."""
    known = rows.order_by().filter(precision__in=(Precision.DAY, Precision.MONTH))
    groups = known.annotate(at_year=ExtractYear("starts_on"), at_month=ExtractMonth("starts_on"))
    counted = groups.values_list("at_year", "at_month").annotate(number=Count("pk"))
    return {(at_year, at_month): number for at_year, at_month, number in counted}


def touching(rows: QuerySet[Activity], month: date) -> QuerySet[Activity]:
    """The activities that were, or may have been, in the month; those of unknown time too."""
    inside = Q(starts_on__lt=following(month), ends_on__gte=month)
    return rows.filter(inside | Q(precision=Precision.UNKNOWN)).order_by("starts_on", "id")


def grid(month: date, today: date) -> list[list[Day]]:
    """The weeks that hold the month, Monday first."""
    weeks = months.Calendar().monthdatescalendar(month.year, month.month)
    return [
        [Day(day, day.month == month.month, day == today, weekday(day)) for day in week] for week in weeks
    ]


def place_on(weeks: list[list[Day]], rows: Sequence[Any], shown: Sequence[Entry]) -> dict[str, list[Entry]]:
    """Put each entry on its days of the month; what has none stands beside, by how well its time is known."""
    beside: dict[str, list[Entry]] = {"long": [], "month": [], "year": [], "unknown": []}
    days = {cell.day: cell for week in weeks for cell in week if cell.in_month}
    for row, entry in zip(rows, shown, strict=True):
        if row.precision != Precision.DAY:
            beside[row.precision].append(entry)
        elif row.ends_on - row.starts_on >= LONG:
            beside["long"].append(entry)
        else:
            for day in _days(row.starts_on, row.ends_on):
                if day in days:
                    days[day].entries.append(entry)
    return beside


def _days(first: date, last: date) -> Iterator[date]:
    while first <= last:
        yield first
        first += timedelta(days=1)


def weekday(day: date) -> str:
    """ "Thứ Hai" to "Chủ nhật"."""
    names = (
        _("Thứ Hai"), _("Thứ Ba"), _("Thứ Tư"), _("Thứ Năm"), _("Thứ Sáu"), _("Thứ Bảy"), _("Chủ nhật"),
    )  # fmt: skip
    return names[day.weekday()]
