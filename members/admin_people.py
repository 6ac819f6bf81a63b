"""People and accounts in the admin site. Nobody gives rights in a cluster that is not one's own."""

from __future__ import annotations

from typing import Any

from allauth.account.admin import EmailAddress  # these register their models, which are taken away below
from allauth.mfa.admin import Authenticator
from allauth.socialaccount.admin import SocialAccount, SocialApp, SocialToken
from allauth.usersessions.admin import UserSession
from django.contrib import admin, messages
from django.contrib.auth import get_user_model
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.models import Group
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core import second_factor
from core.accounts_sessions import end_sessions
from core.admin_base import OfficeAdmin
from core.admin_search import FoldedSearch
from core.dates import local_today
from members.admin_choices import Choices
from members.domain.people import agencies_of
from members.forms import PersonForm
from members.models import Person
from members.models.person import COUNCIL_FUNCTIONS
from members.queries import covering

User = get_user_model()
for model in (User, Group, EmailAddress, Authenticator, UserSession, SocialAccount, SocialApp, SocialToken):
    admin.site.unregister(model)


class HoldingFilter(admin.SimpleListFilter):
    """People who hold their function today."""

    title = _("đang giữ chức năng")
    parameter_name = "dang-giu"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """Today or not."""
        return [("co", _("Hôm nay")), ("khong", _("Đã thôi hoặc chưa bắt đầu"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Rows that cover today, or the others."""
        today = local_today(timezone.now())
        if self.value() == "co":
            return covering(queryset, today)
        if self.value() == "khong":
            return queryset.filter(Q(starts_on__gt=today) | Q(ends_on__lte=today))
        return queryset


@admin.register(Person)
class PersonAdmin(FoldedSearch, Choices, OfficeAdmin):
    """Who does what for which agency; a person ends by date and is never removed."""

    form = PersonForm
    list_display = ("user", "agency", "function", "post", "cluster", "starts_on", "ends_on")
    list_select_related = ("user", "agency", "cluster")
    list_filter = ("function", HoldingFilter)
    folded = (
        "user__username", "user__last_name", "user__first_name", "post", "agency__names__name",
        "agency__names__short_name", "cluster__name",
    )  # fmt: skip
    fields = ("user", "agency", "function", "post", ("cluster", "all_clusters"), ("starts_on", "ends_on"))

    def get_queryset(self, request: HttpRequest) -> QuerySet[Person]:
        """People of agencies that no other cluster has a say in; everybody for who covers all."""
        rows = super().get_queryset(request).prefetch_related("agency__names")
        office = self.office(request)
        if office and not office.every_cluster:
            rows = rows.filter(agency__in=agencies_of(office.actor))
        return rows

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Council functions are given and taken by a superuser."""
        if not super().has_change_permission(request, obj):
            return False
        return obj is None or self.office(request).superuser or obj.function not in COUNCIL_FUNCTIONS

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        """Tell the form what the office may give."""
        made: Any = super().get_form(request, obj, change, **kwargs)
        office = self.office(request)
        made.superuser, made.own_id = office.superuser, office.user_id
        if not office.superuser:
            made.agency_ids = frozenset(agencies_of(office.actor).values_list("pk", flat=True))
        return made

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Officers choose among accounts that are no superuser's and work for no foreign agency."""
        office = self.office(request)
        if db_field.name == "user":
            users = User._default_manager.order_by("username")
            if not office.superuser:
                foreign = Person.objects.filter(user=OuterRef("pk")).exclude(
                    agency__in=agencies_of(office.actor)
                )
                users = users.filter(~Exists(foreign), is_superuser=False)
            kwargs["queryset"] = users
        field = super().formfield_for_foreignkey(db_field, request, **kwargs)
        if db_field.name == "agency" and not office.superuser:
            allowed = {"", *agencies_of(office.actor).values_list("pk", flat=True)}
            field.choices = [choice for choice in field.choices if choice[0] in allowed]
        return field

    def formfield_for_choice_field(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Officers are offered the functions of agencies only."""
        field: Any = super().formfield_for_choice_field(db_field, request, **kwargs)
        if db_field.name == "function" and not self.office(request).superuser:
            field.choices = [choice for choice in field.choices if choice[0] not in COUNCIL_FUNCTIONS]
        return field


@admin.register(User)
class AccountAdmin(FoldedSearch, OfficeAdmin, UserAdmin):  # type: ignore[misc]
    """Accounts: given, switched off, made superuser by superusers only; what an account may do is in ``Person``."""

    superuser_only = True
    list_display = ("username", "last_name", "first_name", "is_active", "is_superuser", "last_login")
    list_filter = ("is_active", "is_superuser")
    folded = ("username", "last_name", "first_name", "email")
    filter_horizontal = ()
    readonly_fields = ("last_login", "date_joined")
    actions = ("reset_factors",)
    fieldsets = (
        (None, {"fields": ("username", "password")}),
        (_("Người dùng tài khoản"), {"fields": ("last_name", "first_name", "email")}),
        (_("Quyền"), {"fields": ("is_active", "is_superuser")}),
        (_("Thời điểm"), {"fields": ("last_login", "date_joined")}),
    )

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """An account that is switched off is signed out everywhere, and stays so when it is switched on again."""
        super().save_model(request, obj, form, change)
        if change and not obj.is_active:
            end_sessions(obj.pk)

    @admin.action(description=_("Gỡ lớp xác thực thứ hai đã mất"))
    def reset_factors(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        """Take every factor off accounts whose owners lost them, and end their sessions; never one's own."""
        actor = self.office(request).actor
        users = list(queryset.exclude(pk=request.user.pk).order_by("pk"))
        taken = sum(second_factor.reset(user, actor.user_id) for user in users)
        messages.success(request, _("Đã gỡ %(count)s lớp xác thực.") % {"count": taken})

    def log_change(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        """A new password is in the audit too, without a word of it."""
        if not request.__dict__.get("_audit_notes"):
            self._note(request, "admin_password", obj, None, None)
        self._record(request, obj)
