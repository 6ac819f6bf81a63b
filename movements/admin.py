"""Movements, activities and receivers in the admin site.

They are recorded on the working pages, by the people and in the steps that the rights name. Here officers look;
superusers mend the words of a movement. Activities and contributions are shown only: their owner answers for them.
"""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import Count, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from core.admin_base import LookingTabular, OfficeAdmin, ReadOnlyAdmin
from core.search import matching
from movements.admin_titles import TitleKindAdmin  # noqa: F401 - registers itself
from movements.domain.search_text import activity_search, movement_search
from movements.enums import ActivityState
from movements.models import (
    Activity,
    ActivityPartner,
    Beneficiary,
    Contribution,
    EvidenceUse,
    Movement,
    Participation,
)

SEEN_BY_ALL = (ActivityState.SUBMITTED, ActivityState.CONFIRMED)


class Searching:
    """A list that is searched in the folded column, as the working pages do."""

    def get_search_results(self, request: HttpRequest, queryset: Any, search_term: str) -> tuple[Any, bool]:
        """Every word, with or without accents."""
        return matching(queryset, search_term), False


class ParticipationInline(LookingTabular):
    """Who joined."""

    model = Participation
    fields = ("agency", "joined_on")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Participation]:
        """With names."""
        return super().get_queryset(request).select_related("agency").prefetch_related("agency__names")


@admin.register(Movement)
class MovementAdmin(Searching, OfficeAdmin):
    """Movements of all years; opened on the working pages, mended here by superusers."""

    cluster_path = "year__cluster_id"
    superuser_writes = True
    addable = False
    list_display = ("title", "cluster_name", "year", "level", "kind", "starts_on", "ends_on", "joined")
    list_filter = ("level", "kind")
    search_fields = ("search",)
    fields = (
        "year", "order", "title", "slogan", "level", "launched_by", "kind", ("starts_on", "ends_on"), "decision_number",
        "story",
    )  # fmt: skip
    readonly_fields = ("year",)
    inlines = (ParticipationInline,)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Movement]:
        """With the year and how many joined."""
        rows = super().get_queryset(request).select_related("year__cluster")
        return rows.annotate(joined_n=Count("participations"))

    def is_frozen(self, obj: Any) -> bool:
        """A closed year does not change."""
        return bool(obj.year.is_sealed)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """What lists search in follows the words; a form shown to somebody else before this becomes stale."""
        obj.version += 1
        obj.search = movement_search(obj)
        super().save_model(request, obj, form, change)
        if "title" in form.changed_data:
            for activity in obj.activities.order_by("pk"):
                activity.search = activity_search(activity)
                activity.save(update_fields=["search"])

    @admin.display(description=_("số đơn vị hưởng ứng"), ordering="joined_n")
    def joined(self, movement: Any) -> int:
        """How many joined."""
        return int(movement.joined_n)


class ContributionInline(LookingTabular):
    """What was given."""

    model = Contribution
    fields = (
        "kind",
        "description",
        "quantity_words",
        "quantity",
        "unit",
        "value_words",
        "value",
        "beneficiary",
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Contribution]:
        """With receivers."""
        return super().get_queryset(request).select_related("beneficiary")


class PartnerInline(LookingTabular):
    """Who did it together."""

    model = ActivityPartner
    fields = ("agency",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[ActivityPartner]:
        """With names."""
        return super().get_queryset(request).select_related("agency").prefetch_related("agency__names")


class EvidenceInline(LookingTabular):
    """Files that prove it; opened on the working pages."""

    model = EvidenceUse
    fields = ("evidence", "removed_at")

    def get_queryset(self, request: HttpRequest) -> QuerySet[EvidenceUse]:
        """With names."""
        return super().get_queryset(request).select_related("evidence")


@admin.register(Activity)
class ActivityAdmin(Searching, ReadOnlyAdmin):
    """Activities; drafts and returned ones are their agency's own and are shown to superusers only."""

    cluster_path = "year__cluster_id"
    list_display = ("title", "cluster_name", "year", "agency", "sorted_on", "state")
    list_filter = ("state", "scope")
    search_fields = ("search",)
    fields = (
        "year", "scope", "agency", "movement", "title", "precision", ("starts_on", "ends_on"), "place", "people",
        "attended", "story", "result", "state", "submitted_at", "confirmed_at", "in_summary", "is_public",
    )  # fmt: skip
    inlines = (ContributionInline, PartnerInline, EvidenceInline)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Activity]:
        """With names; without what others have not sent yet."""
        rows = super().get_queryset(request).select_related("year__cluster", "agency", "movement")
        rows = rows.prefetch_related("agency__names")
        office = self.office(request)
        return rows if office and office.superuser else rows.filter(state__in=SEEN_BY_ALL)


@admin.register(Beneficiary)
class BeneficiaryAdmin(ReadOnlyAdmin):
    """Receivers as the activities name them."""

    cluster_path = "cluster_id"
    list_display = ("name", "cluster_name", "gifts")
    search_fields = ("name", "folded")
    fields = ("name", "cluster")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Beneficiary]:
        """With the number of contributions."""
        return (
            super().get_queryset(request).select_related("cluster").annotate(gifts_n=Count("contributions"))
        )

    @admin.display(description=_("số khoản đã nhận"), ordering="gifts_n")
    def gifts(self, receiver: Any) -> int:
        """How many contributions."""
        return int(receiver.gifts_n)
