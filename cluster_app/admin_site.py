"""The admin site: opens by function of today, not by a flag."""

from __future__ import annotations

import functools
from typing import Any

from django.contrib.admin import AdminSite
from django.contrib.admin.apps import AdminConfig
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.errors import Refused

GROUPS = (
    (
        gettext_lazy("Cụm, đơn vị, năm"),
        (
            "members.clusteryear", "members.cluster", "members.agency", "members.membership", "members.roleterm",
            "members.directive",
        ),
    ),
    (
        gettext_lazy("Người dùng và tài khoản"),
        ("members.person", "auth.user", "members.invitation", "members.calendarfeed", "usersessions.usersession"),
    ),
    (
        gettext_lazy("Quyết định trong năm"),
        ("members.phaseextension", "members.carryover", "members.rotationskip", "members.charterversion"),
    ),
    (
        gettext_lazy("Việc của năm"),
        (
            "movements.movement", "movements.activity", "movements.beneficiary", "movements.titlekind",
            "scoring.ranking", "conference.conference", "publishing.yeartext", "publishing.annualsummary",
            "publishing.handover",
        ),
    ),
    (gettext_lazy("Nhật ký và kho tệp"), ("core.auditevent", "core.audithead", "core.storedfile")),
)  # fmt: skip


class ClusterAdminSite(AdminSite):
    """Officers of the standing body (by their function of today) and superusers."""

    site_header = site_title = gettext_lazy("Quản trị cụm thi đua")
    index_title = gettext_lazy("Việc quản trị")
    site_url = None  # type: ignore[assignment]
    empty_value_display = "–"

    def __init__(self, name: str = "admin") -> None:
        """Without deletion in bulk: every deletion is asked for by itself."""
        super().__init__(name)
        self.disable_action("delete_selected")

    def office(self, request: HttpRequest) -> Any:
        """The office the account holds today, loaded once per request; None for anybody else."""
        if "_office" not in request.__dict__:
            from members import office  # noqa: PLC0415 - the site is made before the models are loaded

            request.__dict__["_office"] = office.load(request.user)
        return request.__dict__["_office"]

    def has_permission(self, request: HttpRequest) -> bool:
        """Active superuser, or an officer today."""
        return self.office(request) is not None

    def admin_view(self, view: Any, cacheable: bool = False) -> Any:
        """Every page of the site also passes the gates of remembered sessions and of the second factor."""
        inner = super().admin_view(view, cacheable)

        @functools.wraps(inner)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
            from core import login, second_factor  # noqa: PLC0415 - the site is made before the models are loaded

            office = self.office(request)
            kinds = frozenset({"admin" if office.superuser else "officer"} if office else ())
            stopped = login.gate_of_kinds(request, kinds) or second_factor.gate(request, kinds)
            return stopped or inner(request, *args, **kwargs)

        return guarded

    def login(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """One door for everybody: the sign-in page; whoever is signed in and holds no office is refused."""
        if not request.user.is_authenticated:
            target = urlencode({"next": request.GET.get("next") or reverse("admin:index")})
            return redirect(f"{reverse('account_login')}?{target}")
        if self.has_permission(request):
            return redirect("admin:index")
        raise Refused(
            _(
                "Chỉ chuyên viên Thường trực Hội đồng đang giữ nhiệm vụ và quản trị hệ thống mở được trang quản trị."
            )
        )

    def logout(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:  # type: ignore[override]
        """The page that signs out."""
        return redirect("account_logout")

    def password_change(  # type: ignore[override]
        self, request: HttpRequest, extra_context: Any = None
    ) -> HttpResponse:
        """The page that changes the password."""
        return redirect("account_change_password")

    def get_app_list(self, request: HttpRequest, app_label: str | None = None) -> list[Any]:
        """Models in groups named for people; the list of one app stays as Django makes it."""
        listed = super().get_app_list(request, app_label)
        if app_label:
            return listed
        for app in listed:
            for model in app["models"]:
                model["name"] = getattr(self._registry[model["model"]], "listed_as", model["name"])
        by_name = {
            f"{app['app_label']}.{model['object_name']}".lower(): model
            for app in listed
            for model in app["models"]
        }
        groups = []
        for place, (name, wanted) in enumerate(GROUPS):
            models = [by_name.pop(key) for key in wanted if key in by_name]
            if models:
                groups.append(
                    {
                        "name": name,
                        "app_label": f"group-{place}",
                        "app_url": "",
                        "has_module_perms": True,
                        "models": models,
                    }
                )
        return groups


class ClusterAdminConfig(AdminConfig):
    """Puts our site in place of Django's."""

    default_site = "cluster_app.admin_site.ClusterAdminSite"
