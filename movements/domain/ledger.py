"""The ledger: every contribution a person may see, and what it is grouped by.

The one rule of visibility is ``queries.activities_for``. A group and the rows behind it are asked for with the same
expression, so that a figure and its rows cannot tell two stories.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from django.db.models import Case, DateField, Exists, F, OuterRef, Q, QuerySet, When
from django.db.models.functions import Cast, Coalesce, TruncMonth

from core.folding import fold
from members.scope import Scope, visible_years
from movements.domain import sums
from movements.domain.sums import Rows
from movements.domain.totals import NOBODY, OUTSIDE, Totals
from movements.enums import Precision
from movements.models import Contribution, Contributor
from movements.queries import KNOWN_TO_ALL, activities_for

NOTHING: Final = "khong"


def entries(scope: Scope) -> Rows:
    """Contributions of the activities of the year that the person may see."""
    return Contribution.objects.filter(activity__in=activities_for(scope).order_by().values("pk"))


def entries_of_years(scope: Scope) -> Rows:
    """Contributions known to all in every year of the cluster that the person may open."""
    years = visible_years(scope).order_by().values("pk")
    return Contribution.objects.filter(activity__year__in=years, activity__state__in=KNOWN_TO_ALL)


def with_day(rows: Rows) -> QuerySet[Any]:
    """The rows with ``sorted_on``: the day of the gift, else the place of its activity in lists."""
    return rows.annotate(sorted_on=day_of(""))


# -- what a row is grouped by --------------------------------------------------------------------
def day_of(prefix: str) -> Any:
    """The day a contribution stands at; ``prefix`` leads to it ("" or "part_of__")."""
    return Coalesce(F(f"{prefix}given_on"), F(f"{prefix}activity__sorted_on"), output_field=DateField())


def month_of(prefix: str) -> Any:
    """The first day of its month; NULL where only the year is known, or less."""
    known = Q(**{f"{prefix}activity__precision__in": (Precision.DAY, Precision.MONTH)})
    activity = Case(When(known, then=F(f"{prefix}activity__sorted_on")), output_field=DateField())
    day = Coalesce(F(f"{prefix}given_on"), activity)
    # PostgreSQL cuts a day to a moment, which stays one inside another expression: make it a day there too.
    return Cast(TruncMonth(day, output_field=DateField()), DateField())


def place_of(prefix: str) -> Any:
    """Its own place, else that of its activity."""
    own = When(~Q(**{f"{prefix}place": ""}), then=F(f"{prefix}place"))
    return Case(own, default=F(f"{prefix}activity__place"))


def _column(name: str) -> Callable[[str], Any]:
    return lambda prefix: F(f"{prefix}{name}")


def _same(group: Hashable) -> Hashable:
    return group


def _folded(group: Any) -> Hashable:
    return fold(group or "")


@dataclass(frozen=True, slots=True)
class Axis:
    """What rows are grouped by: ``key`` as an expression, ``norm`` joins spellings of one thing."""

    name: str
    key: Callable[[str], Any]
    norm: Callable[[Any], Hashable] = _same


AXES: Final = {
    axis.name: axis
    for axis in (
        Axis("don_vi", _column("activity__agency")),  # by giver: see totals_along
        Axis("loai", _column("kind")),
        Axis("phong_trao", _column("activity__movement")),
        Axis("dia_ban", place_of, _folded),
        Axis("thang", month_of),
        Axis("nam", _column("activity__year")),
        Axis("noi_nhan", _column("beneficiary")),
    )
}


def totals_along(rows: Rows, axis: str, givers: Collection[int] = ()) -> dict[Any, Totals]:
    """The totals of each group; by giver (``don_vi``) in three queries, else in one, with ``givers`` in two."""
    if axis == "don_vi":
        found = sums.totals_by_giver(rows)
        return {key: total for key, total in found.items() if not givers or key in givers}
    return sums.totals_by(rows, AXES[axis].key, norm=AXES[axis].norm, givers=givers)


# -- the rows behind a group ---------------------------------------------------------------------
def given_by(rows: Rows, *keys: int) -> Rows:
    """What the agencies gave, alone or with others; ``OUTSIDE`` and ``NOBODY`` stand for an agency too."""
    named = Contributor.objects.filter(contribution=OuterRef("pk"))
    agencies = [key for key in keys if key not in (OUTSIDE, NOBODY)]
    wanted = Q()
    if agencies:
        wanted |= Q(Exists(named.filter(agency__in=agencies)))
        wanted |= Q(~Exists(named), activity__agency__in=agencies)
    if OUTSIDE in keys:
        wanted |= Q(Exists(named.filter(agency__isnull=True)))
    if NOBODY in keys:
        wanted |= Q(~Exists(named), activity__agency__isnull=True)
    return rows.filter(wanted)


def in_month(rows: Rows, month: date | None) -> Rows:
    """Those of a month by its first day; None: of no known month."""
    found = rows.annotate(month=month_of(""))
    return found.filter(month__isnull=True) if month is None else found.filter(month=month)


def at_place(rows: Rows, place: str, *, exact: bool = True) -> Rows:
    """Those at a place, however it is spelled ("" is: at none); ``exact`` False: whose place holds the words.

    One query for the spellings in use.
    """
    wanted = fold(place)
    there = rows.annotate(where=place_of(""))
    used = there.order_by().values_list("where", flat=True).distinct()
    fits = [one for one in used if (fold(one) == wanted if exact else wanted in fold(one))]
    return there.filter(where__in=fits)


def spellings(rows: Rows) -> dict[Hashable, str]:
    """The places by their folded words, each under its best spelling (most marks); one query."""
    used = rows.annotate(where=place_of("")).order_by().values_list("where", flat=True).distinct()
    best: dict[Hashable, str] = {}
    for one in sorted(used):
        folded = fold(one)
        if folded not in best or _marks(one) > _marks(best[folded]):
            best[folded] = one
    return best


def _marks(text: str) -> int:
    return sum(not char.isascii() for char in text)


def doubtful(rows: Rows) -> Rows:
    """Parts of which nobody knows whether they are inside their whole."""
    return rows.filter(part_state="unknown")
