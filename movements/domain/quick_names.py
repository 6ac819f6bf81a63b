"""Names the grid suggests while typing: found without accents, only from what the person may see."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Final

from core.folding import exact_accents, fold
from members.scope import Scope
from movements.domain.quick_rows import own_open
from movements.models import Beneficiary, Contribution
from movements.queries import activities_for, choices_of

MOST: Final = 10
LOOKED_AT: Final = 500  # names of a column without a folded twin in the database, newest first
LONGEST: Final = 200
UNITS: Final = (
    "bộ", "căn nhà", "cái", "chiếc", "con", "cuốn", "hộ", "hộp", "kg", "lít", "lượt người", "ngày công", "suất", "tấn",
    "thùng",
)  # fmt: skip


def suggested(scope: Scope, source: str, typed: str) -> list[str]:
    """At most ten names that hold what was typed: those typed with the same accents first, then those that begin so.

    Raises ``KeyError`` for an unknown source. One query, none for units.
    """
    typed = typed[:LONGEST]
    wanted = fold(typed)
    names = list(dict.fromkeys(SOURCES[source](scope, wanted)))
    found = [name for name in names if wanted in fold(name)]
    found.sort(
        key=lambda name: (
            not exact_accents(name, typed) if wanted else False,
            not fold(name).startswith(wanted),
        )
    )
    return found[:MOST]


def _receivers(scope: Scope, wanted: str) -> Iterable[str]:
    """Receivers of activities the person may see: one known only from another agency's draft stays hidden."""
    seen = Contribution.objects.filter(activity__in=activities_for(scope).order_by().values("pk"))
    rows = Beneficiary.objects.filter(cluster=scope.year.cluster_id, pk__in=seen.values("beneficiary"))
    held = rows.filter(folded__contains=wanted) if wanted else rows
    return held.order_by("-updated_at", "-id").values_list("name", flat=True)[: MOST * 3]


def _places(scope: Scope, _wanted: str) -> Iterable[str]:
    rows = activities_for(scope).exclude(place="").order_by("-id")
    return rows.values_list("place", flat=True)[:LOOKED_AT]


def _gifts(scope: Scope, _wanted: str) -> Iterable[str]:
    rows = Contribution.objects.filter(activity__in=activities_for(scope).order_by().values("pk"))
    return rows.order_by("-id").values_list("description", flat=True)[:LOOKED_AT]


def _movements(scope: Scope, _wanted: str) -> Iterable[str]:
    return choices_of(scope.year).movements.values()


def _members(scope: Scope, _wanted: str) -> Iterable[str]:
    mine = scope.answers_for
    return [short for pk, (_full, short) in choices_of(scope.year).agencies.items() if pk not in mine]


def _own_activities(scope: Scope, _wanted: str) -> Iterable[str]:
    return own_open(scope).values_list("title", flat=True)[:LOOKED_AT]


SOURCES: Final[dict[str, Callable[[Scope, str], Iterable[str]]]] = {
    "receiver": _receivers,
    "place": _places,
    "what": _gifts,
    "movement": _movements,
    "partners": _members,
    "quantity": lambda _scope, _wanted: UNITS,
    "group": _own_activities,
}
