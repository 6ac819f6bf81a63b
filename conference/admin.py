"""Conferences in the admin site: shown only; chair and deputy record them on the working page."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from conference.models import Attendance, Conference, ElectionResult, Moment
from core.admin_base import LookingTabular, ReadOnlyAdmin


class WithNames(LookingTabular):
    """Rows that name an agency."""

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """With names."""
        return super().get_queryset(request).select_related("agency").prefetch_related("agency__names")


class AttendanceInline(WithNames):
    """Who came, by office."""

    model = Attendance
    fields = ("order", "kind", "agency", "office")


class MomentInline(WithNames):
    """What happened."""

    model = Moment
    fields = ("order", "kind", "office", "agency", "note")


class ElectedInline(WithNames):
    """Who was elected; the terms themselves are written by handing over."""

    model = ElectionResult
    fields = ("for_label", "role", "order", "agency")


@admin.register(Conference)
class ConferenceAdmin(ReadOnlyAdmin):
    """Meetings of all years."""

    cluster_path = "year__cluster_id"
    list_display = ("title", "cluster_name", "year", "kind", "held_on")
    list_filter = ("kind",)
    search_fields = ("title", "place")
    fields = ("year", "kind", "title", "held_on", "place", "host", "note")
    inlines = (AttendanceInline, MomentInline, ElectedInline)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Conference]:
        """With year and host."""
        rows = super().get_queryset(request).select_related("year__cluster", "host")
        return rows.prefetch_related("host__names")
