"""What earlier years decided about the same criterion: figures verified lower with a reason, decided appeals.

Only of years whose points were opened to the members; no agency is named.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import F, OuterRef, Q, Subquery
from django.utils.translation import gettext as _

from core.quantity import format_number
from members.models import ClusterYear
from scoring.enums import AppealState
from scoring.models import Appeal, ScoreEntry
from scoring.table_rules import read as read_settings

MOST = 5


@dataclass(frozen=True, slots=True)
class Precedent:
    """One decision of an earlier year, in words."""

    year: str
    words: str


def precedents_of(year: ClusterYear, codes: Iterable[str]) -> dict[str, list[Precedent]]:
    """By code, newest year first, at most five of each; two queries."""
    wanted = list(codes)
    found: dict[str, list[Precedent]] = defaultdict(list)
    own = ScoreEntry.objects.filter(
        line=OuterRef("line"), scorer=OuterRef("line__sheet__agency"), is_current=True
    )
    entries = (
        ScoreEntry.objects.filter(
            _earlier(year, "line__sheet__year"), line__criterion__code__in=wanted, is_current=True
        )
        .exclude(reason="")
        .exclude(scorer=F("line__sheet__agency"))
        .annotate(own=Subquery(own.order_by("pk").values("points")[:1]))
        .filter(points__lt=F("own"))
        .order_by("-line__sheet__year__starts_on", "pk")
    )
    counting: dict[int, frozenset[str]] = {}
    for code, label, before, after, reason, level, table, settings in entries.values_list(
        "line__criterion__code", "line__sheet__year__label", "own", "points", "reason", "level",
        "line__sheet__table", "line__sheet__table__settings",
    ):  # fmt: skip
        if table not in counting:
            counting[table] = frozenset(one.key for one in read_settings(settings).levels if one.counts)
        if level not in counting[table]:  # cross-checks inform those who verify, and were never opened
            continue
        found[code].append(Precedent(label, f"{_points(before)} → {_points(after)}: {reason}"))
    appeals = Appeal.objects.filter(
        _earlier(year, "year"), line__criterion__code__in=wanted,
        state__in=[AppealState.ACCEPTED, AppealState.PARTLY, AppealState.REFUSED],
    )  # fmt: skip
    for code, label, state, decision in appeals.order_by("-year__starts_on", "pk").values_list(
        "line__criterion__code", "year__label", "state", "decision"
    ):
        told = _("Kiến nghị: %(state)s. %(decision)s") % {
            "state": str(AppealState(state).label).lower(), "decision": decision,
        }  # fmt: skip
        found[code].append(Precedent(label, told))
    return {code: some[:MOST] for code, some in found.items()}


def _earlier(year: ClusterYear, path: str) -> Q:
    """Earlier years of the cluster whose points the members have seen."""
    opened = Q(**{f"{path}__scoring__released_at__isnull": False}) | Q(
        **{f"{path}__sealed_at__isnull": False}
    )
    return Q(**{f"{path}__cluster": year.cluster_id, f"{path}__starts_on__lt": year.starts_on}) & opened


def _points(value: Decimal | None) -> str:
    return _("chưa có") if value is None else format_number(value)
