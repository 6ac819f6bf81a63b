"""Rankings in the admin site: shown only, since a ranking is corrected by its next revision."""

from __future__ import annotations

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from core.admin_base import LookingTabular, ReadOnlyAdmin
from scoring.models import Ranking, RankingEntry


class EntryInline(LookingTabular):
    """Agencies with rank, points, votes."""

    model = RankingEntry
    fields = ("rank", "agency", "points", "votes", "note")

    def get_queryset(self, request: HttpRequest) -> QuerySet[RankingEntry]:
        """With names."""
        return super().get_queryset(request).select_related("agency").prefetch_related("agency__names")


@admin.register(Ranking)
class RankingAdmin(ReadOnlyAdmin):
    """Every revision of every year."""

    cluster_path = "year__cluster_id"
    list_display = ("__str__", "cluster_name", "year", "method", "decided_on", "created_at")
    list_filter = ("method",)
    fields = ("year", "revision", "method", "decided_on", "note", "reason", "created_at")
    inlines = (EntryInline,)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Ranking]:
        """With year and cluster."""
        return super().get_queryset(request).select_related("year__cluster")
