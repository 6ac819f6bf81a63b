"""The audit and the stored files in the admin site: shown only."""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy

from core import audit
from core.admin_base import ReadOnlyAdmin
from core.audit_words import action_words, lines, names_in, role_words, who_words
from core.models import AuditEvent, AuditHead, StoredFile


class ActionFilter(admin.SimpleListFilter):
    """What was done, in words."""

    title = gettext_lazy("việc")
    parameter_name = "viec"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """The actions that stand in the chains the office sees."""
        actions = (
            model_admin.get_queryset(request).order_by("action").values_list("action", flat=True).distinct()
        )
        return sorted(((action, action_words(action)) for action in actions), key=lambda pair: pair[1])

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Lines of one action."""
        return queryset.filter(action=self.value()) if self.value() else queryset


@admin.register(AuditEvent)
class AuditEventAdmin(ReadOnlyAdmin):
    """The audit, newest first; an officer sees the chains of covered clusters."""

    list_display = ("at", "chain", "seq", "words", "what", "who", "told_role", "reason")
    list_filter = ("chain", ActionFilter)
    list_display_links = ("at",)
    search_fields = ("=target_id", "reason", "role")
    search_help_text = gettext_lazy("Tìm theo mã đối tượng, lý do, vai trò")
    date_hierarchy = None
    fields = (
        "at", "chain", "seq", "words", "what", "who", "told_role", "reason", "told_before", "told_after", "hash",
    )  # fmt: skip

    def get_queryset(self, request: HttpRequest) -> QuerySet[AuditEvent]:
        """Chains of covered clusters; all of them, and the installation's, for those who cover every cluster."""
        rows = super().get_queryset(request)
        office = self.office(request)
        if office and not office.every_cluster:
            rows = rows.filter(chain__in=[audit.cluster_chain(pk) for pk in sorted(office.cluster_ids)])
        return rows

    def get_changelist_instance(self, request: HttpRequest) -> Any:
        """Bring the names of those who acted, in one query for the page."""
        shown: Any = super().get_changelist_instance(request)
        shown.result_list = list(shown.result_list)
        names = names_in(shown.result_list)
        for event in shown.result_list:
            event.names = names
        return shown

    def get_object(self, *args: Any, **kwargs: Any) -> AuditEvent | None:
        """With the names of those who acted."""
        event: Any = super().get_object(*args, **kwargs)
        if event is not None:
            event.names = names_in([event])
        return event  # type: ignore[no-any-return] # the row, with its names beside it

    def render_change_form(self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any) -> Any:
        """Say in words what the line tells."""
        event = kwargs.get("obj")
        if event is not None:
            context["subtitle"] = f"{action_words(event.action)}, {self.what(event)}"
        return super().render_change_form(request, context, *args, **kwargs)

    @admin.display(description=gettext_lazy("việc"), ordering="action")
    def words(self, event: AuditEvent) -> str:
        """What was done."""
        return action_words(event.action)

    @admin.display(description=gettext_lazy("đối tượng"))
    def what(self, event: AuditEvent) -> str:
        """Kind and id of the row."""
        try:
            name = str(apps.get_model(event.target_type)._meta.verbose_name)
        except (LookupError, ValueError):
            name = event.target_type
        return f"{name} #{event.target_id}"

    @admin.display(description=gettext_lazy("người làm"), ordering="actor_id")
    def who(self, event: AuditEvent) -> str:
        """Name and number of the account that acted."""
        if not event.actor_id:
            return ""
        name = who_words(event.actor_id, event.names)  # type: ignore[attr-defined] # read with the page
        return f"{name} (#{event.actor_id})"

    @admin.display(description=gettext_lazy("vai trò khi đó"), ordering="role")
    def told_role(self, event: AuditEvent) -> str:
        """Role and agency of the moment, and for whom one acted."""
        return role_words(event.role, event.names)  # type: ignore[attr-defined] # read with the page

    @admin.display(description=gettext_lazy("trước"))
    def told_before(self, event: AuditEvent) -> str:
        """The earlier values, one a line."""
        return lines(event.before, event.target_type)

    @admin.display(description=gettext_lazy("sau"))
    def told_after(self, event: AuditEvent) -> str:
        """The later values, one a line."""
        return lines(event.after, event.target_type)


@admin.register(AuditHead)
class AuditHeadAdmin(ReadOnlyAdmin):
    """Where each chain stands: what the office writes down on paper now and then."""

    superuser_only = True
    list_display = ("chain", "seq", "hash")
    fields = ("chain", "seq", "hash")


@admin.register(StoredFile)
class StoredFileAdmin(ReadOnlyAdmin):
    """Files by their hash; the bytes are served by the pages that know who may see them."""

    superuser_only = True
    list_display = ("sha256", "content_type", "size", "created_at")
    fields = ("sha256", "content_type", "size", "created_at")
    search_fields = ("sha256",)
