"""The admin site: opens by function of today, not by a flag."""

from django.contrib.admin import AdminSite
from django.contrib.admin.apps import AdminConfig
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _


class ClusterAdminSite(AdminSite):
    """Officers of the standing body (by their function of today) and superusers."""

    site_header = site_title = _("Quản trị cụm thi đua")
    index_title = _("Việc quản trị")

    def has_permission(self, request: HttpRequest) -> bool:
        """Active superuser, or an officer today."""
        return bool(request.user.is_active and request.user.is_superuser)


class ClusterAdminConfig(AdminConfig):
    """Puts our site in place of Django's."""

    default_site = "cluster_app.admin_site.ClusterAdminSite"
