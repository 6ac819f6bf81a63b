"""Which criteria tables a person may read."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Count, Q, QuerySet

from members.scope import Scope
from scoring.enums import LeafRule, TableState
from scoring.models import CriteriaTable

WAS_IN_FORCE = (TableState.APPLIED, TableState.REPLACED)


def readable(scope: Scope) -> QuerySet[CriteriaTable]:
    """Tables that are or were in force: of the own cluster, and those that other clusters share; drafts of the year.

    Whoever only scores a field from outside reads the tables of the year alone.
    """
    of_year = Q(year=scope.year, state__in=WAS_IN_FORCE)
    if not scope.is_insider:
        return CriteriaTable.objects.filter(of_year)
    own = Q(year__cluster=scope.cluster, state__in=WAS_IN_FORCE)
    shared = Q(is_shared=True, state__in=WAS_IN_FORCE)
    return CriteriaTable.objects.filter(own | shared | Q(year=scope.year, state=TableState.DRAFT))


def library_for(scope: Scope) -> QuerySet[CriteriaTable]:
    """Tables of earlier years and of other clusters with the number of their leaves, newest year first."""
    leaves = Count("criteria", filter=~Q(criteria__rule=LeafRule.SECTION))
    rows = readable(scope).filter(state__in=WAS_IN_FORCE).exclude(year=scope.year)
    return (
        rows.select_related("year__cluster")
        .annotate(leaves=leaves)
        .order_by("-year__starts_on", "year__cluster", "-version")
    )


def versions_of(scope: Scope) -> list[CriteriaTable]:
    """Every version of the year that the person may read, newest first; one query."""
    return list(readable(scope).filter(year=scope.year).order_by("-version"))


def in_force_among(tables: Iterable[CriteriaTable]) -> CriteriaTable | None:
    """The one in force."""
    return next((table for table in tables if table.state == TableState.APPLIED), None)


def draft_among(tables: Iterable[CriteriaTable]) -> CriteriaTable | None:
    """The one that is being written."""
    return next((table for table in tables if table.state == TableState.DRAFT), None)
