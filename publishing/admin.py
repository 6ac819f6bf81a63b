"""Texts of a year, published versions and hand-overs in the admin site: shown only."""

from __future__ import annotations

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from core.admin_base import ReadOnlyAdmin
from publishing.models import AnnualSummary, Handover, YearText


@admin.register(YearText)
class YearTextAdmin(ReadOnlyAdmin):
    """Paragraphs that chair and deputy write on the working page."""

    cluster_path = "year__cluster_id"
    list_display = ("__str__", "cluster_name", "year", "kind", "order")
    list_filter = ("kind",)
    search_fields = ("text",)
    fields = ("year", "kind", "order", "text")

    def get_queryset(self, request: HttpRequest) -> QuerySet[YearText]:
        """With the year."""
        return super().get_queryset(request).select_related("year__cluster")


@admin.register(AnnualSummary)
class AnnualSummaryAdmin(ReadOnlyAdmin):
    """Frozen versions: nobody changes them, here or anywhere; a correction is the next number."""

    cluster_path = "year__cluster_id"
    list_display = ("__str__", "cluster_name", "year", "published_at", "published_by", "reason")
    fields = (
        "year", "number", "schema", "published_at", "published_by", "actor_id", "reason", "sha256", "content",
    )  # fmt: skip

    def get_queryset(self, request: HttpRequest) -> QuerySet[AnnualSummary]:
        """With year and agency; the content is left to the page of one version."""
        rows = super().get_queryset(request).select_related("year__cluster", "published_by")
        return rows.prefetch_related("published_by__names")


@admin.register(Handover)
class HandoverAdmin(ReadOnlyAdmin):
    """Hand-overs of the chair: both sides sign on the page of the year, nobody here."""

    cluster_path = "year__cluster_id"
    list_display = ("__str__", "cluster_name", "year", "from_agency", "to_agency", "frozen_at")
    fields = (
        "year", "effective_on", "from_agency", "giver_note", "giver_signed_at", "giver_post", "to_agency",
        "receiver_note", "receiver_signed_at", "receiver_post", "frozen_at", "sha256", "content",
    )  # fmt: skip

    def get_queryset(self, request: HttpRequest) -> QuerySet[Handover]:
        """With year and agencies; the content is left to the page of one record."""
        rows = super().get_queryset(request).select_related("year__cluster", "from_agency", "to_agency")
        return rows.prefetch_related("from_agency__names", "to_agency__names")
