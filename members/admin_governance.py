"""What years, members and links were given beyond the plain rows: looked at here, changed on the pages they belong to.

Extensions, carried results, agencies passed over and old charters are written by their own verbs on the pages of a
year; here the office finds them across all clusters. Secret links are revoked here as well: nobody can read them.
"""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from core import audit
from core.accounts_sessions import end_sessions
from core.admin_base import ReadOnlyAdmin
from core.admin_search import FoldedSearch
from core.people import full_name
from members.admin_people import UserSession  # whose own list is taken away there
from members.domain.people import agencies_of
from members.models import (
    CalendarFeed,
    CarryOver,
    CharterVersion,
    Invitation,
    Membership,
    PhaseExtension,
    RotationSkip,
)

NAMES = ("agency__names__name", "agency__names__short_name")


class ByName(FoldedSearch, ReadOnlyAdmin):
    """Rows that name agencies: one query for the names of a page."""

    named: tuple[str, ...] = ("agency",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """With the names."""
        return super().get_queryset(request).prefetch_related(*(f"{name}__names" for name in self.named))


@admin.register(Membership)
class MembershipAdmin(ByName):
    """Who was a member of which cluster when, across all years; changed on the members' page of the year."""

    cluster_path = "year__cluster_id"
    list_display = ("agency", "cluster_name", "year", "order", "joined_on", "left_on")
    list_select_related = ("year__cluster", "agency")
    list_filter = (("year__cluster", admin.RelatedOnlyFieldListFilter), "year__label")
    folded = (*NAMES, "agency__code", "year__cluster__name", "year__label")
    fields = ("year", "agency", "order", "joined_on", "left_on")


@admin.register(PhaseExtension)
class PhaseExtensionAdmin(ByName):
    """More time for single agencies; given and taken back on the calendar of the year."""

    cluster_path = "phase__year__cluster_id"
    list_display = ("agency", "cluster_name", "year_label", "phase", "until", "reason")
    list_select_related = ("phase__year__cluster", "agency")
    list_filter = (("phase__year__cluster", admin.RelatedOnlyFieldListFilter), "phase__kind")
    folded = (*NAMES, "reason", "phase__year__cluster__name")
    fields = ("phase", "agency", "until", "reason")

    @admin.display(description=_("năm"))
    def year_label(self, row: Any) -> str:
        """The year of the step."""
        return str(row.phase.year.label)


@admin.register(CarryOver)
class CarryOverAdmin(ByName):
    """Results carried to a successor within a year; decided on the changes page of the year."""

    cluster_path = "year__cluster_id"
    named = ("predecessor", "successor")
    list_display = ("predecessor", "successor", "cluster_name", "year", "assessed", "decision_number")
    list_select_related = ("year__cluster", "predecessor", "successor")
    list_filter = (("year__cluster", admin.RelatedOnlyFieldListFilter), "assessed")
    folded = ("predecessor__names__name", "successor__names__name", "decision_number", "note")
    fields = ("year", "predecessor", "successor", "assessed", "decision_number", "decision_date", "note")


@admin.register(RotationSkip)
class RotationSkipAdmin(ByName):
    """Agencies that the rotation passes over in a year; asked for on the planner."""

    cluster_path = "cluster_id"
    list_display = ("agency", "cluster_name", "label", "reason")
    list_select_related = ("cluster", "agency")
    list_filter = (("cluster", admin.RelatedOnlyFieldListFilter), "label")
    folded = (*NAMES, "reason", "cluster__name", "label")
    fields = ("cluster", "agency", "label", "reason")


@admin.register(CharterVersion)
class CharterVersionAdmin(FoldedSearch, ReadOnlyAdmin):
    """Charters that were replaced, as they stood."""

    cluster_path = "year__cluster_id"
    list_display = ("cluster_name", "year", "version", "reason", "replaced_at")
    list_select_related = ("year__cluster",)
    list_filter = (("year__cluster", admin.RelatedOnlyFieldListFilter),)
    folded = ("year__cluster__name", "year__label", "reason")
    fields = ("year", "version", "reason", "replaced_at", "data")


def _tell_revoked(request: HttpRequest, number: int) -> None:
    words = ngettext("Đã thu hồi %(number)s liên kết.", "Đã thu hồi %(number)s liên kết.", number)
    messages.success(request, words % {"number": number})


class RevokedFilter(admin.SimpleListFilter):
    """Links that still open something."""

    title = _("tình trạng")
    parameter_name = "tinh-trang"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """Live or not."""
        return [("dung", _("Đang dùng được")), ("thoi", _("Đã thôi"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Rows that are not revoked, or the others."""
        if self.value() == "dung":
            return queryset.filter(revoked_at__isnull=True)
        return queryset.filter(revoked_at__isnull=False) if self.value() == "thoi" else queryset


@admin.register(Invitation)
class InvitationAdmin(ByName):
    """Invitations and links for a new password, without their secrets; revoked here at once."""

    list_display = ("kind", "agency", "function", "created_at", "expires_at", "used_at", "revoked_at")
    list_select_related = ("agency",)
    list_filter = (RevokedFilter, "kind", "function")
    folded = (*NAMES, "post")
    fields = (
        "kind", "agency", "function", "post", "cluster", "all_clusters", "starts_on", "ends_on", "expires_at",
        "used_at", "revoked_at",
    )  # fmt: skip
    actions = ("revoke",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Those of agencies whose people the office looks after."""
        rows = super().get_queryset(request)
        office = self.office(request)
        if office and not office.every_cluster:
            rows = rows.filter(agency__in=agencies_of(office.actor))
        return rows

    @admin.action(description=_("Thu hồi các liên kết đã chọn"))
    def revoke(self, request: HttpRequest, queryset: Any) -> None:
        """Make links worthless at once; those used or revoked already stay as they are."""
        actor = self.office(request).actor
        with transaction.atomic():
            open_ = queryset.filter(used_at__isnull=True, revoked_at__isnull=True)
            rows = list(open_.select_for_update(of=("self",)).order_by("pk"))
            for row in rows:
                row.revoked_at, row.name = timezone.now(), ""
                row.save(update_fields=["revoked_at", "name", "updated_at"])
            for row in rows:
                audit.record(
                    audit.SITE, "invitation_revoke", row, actor_id=actor.user_id, role=actor.role,
                    after={"revoked_at": row.revoked_at},
                )  # fmt: skip
        _tell_revoked(request, len(rows))


@admin.register(CalendarFeed)
class CalendarFeedAdmin(FoldedSearch, ReadOnlyAdmin):
    """Secret addresses of calendars, without the secrets; a stolen one is revoked here."""

    superuser_only = True
    list_display = ("owner", "created_at", "revoked_at")
    list_select_related = ("user",)
    list_filter = (RevokedFilter,)
    folded = ("user__username", "user__last_name", "user__first_name")
    fields = ("owner", "created_at", "revoked_at")
    readonly_fields = ("owner", "created_at")
    actions = ("revoke",)

    @admin.display(description=_("tài khoản"))
    def owner(self, row: Any) -> str:
        """Whose calendar."""
        return full_name(row.user)

    @admin.action(description=_("Thu hồi các liên kết lịch đã chọn"))
    def revoke(self, request: HttpRequest, queryset: Any) -> None:
        """Make the addresses worthless at once."""
        actor = self.office(request).actor
        with transaction.atomic():
            live = queryset.filter(revoked_at__isnull=True).select_related("user")
            rows = list(live.select_for_update(of=("self",)).order_by("pk"))
            for row in rows:
                row.revoked_at = timezone.now()
                row.save(update_fields=["revoked_at", "updated_at"])
            for row in rows:
                audit.record(
                    audit.SITE, "calendar_link_revoke", row.user, actor_id=actor.user_id, role=actor.role,
                    after={"revoked": row.pk},
                )  # fmt: skip
        _tell_revoked(request, len(rows))


class SessionAdmin(FoldedSearch, ReadOnlyAdmin):
    """Where accounts are signed in; a superuser ends them all for an account."""

    superuser_only = True
    listed_as = _("Phiên đăng nhập")  # the model is a library's and has no Vietnamese name
    list_display = ("owner", "created_at", "last_seen_at", "ip", "user_agent")
    list_select_related = ("user",)
    folded = ("user__username", "user__last_name", "user__first_name")
    fields = ("owner", "created_at", "last_seen_at", "ip", "user_agent")
    readonly_fields = ("owner",)
    actions = ("end",)

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> Any:
        """Under its name for people."""
        return super().changelist_view(request, {"title": self.listed_as, **(extra_context or {})})

    @admin.display(description=_("tài khoản"))
    def owner(self, row: Any) -> str:
        """Who is signed in."""
        return full_name(row.user)

    @admin.action(description=_("Đăng xuất mọi nơi các tài khoản đã chọn"))
    def end(self, request: HttpRequest, queryset: Any) -> None:
        """End every session of the accounts, but never one's own."""
        actor = self.office(request).actor
        users = sorted(set(queryset.exclude(user=request.user.pk).values_list("user", flat=True)))
        rows = {row.user_id: row.user for row in queryset.select_related("user")}
        for user in users:
            end_sessions(user)
            audit.record(audit.SITE, "sessions_end", rows[user], actor_id=actor.user_id, role=actor.role)
        messages.success(request, _t("Đã đăng xuất %(number)s tài khoản ở mọi nơi.") % {"number": len(users)})


admin.site.register(UserSession, SessionAdmin)
