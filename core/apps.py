"""The ground every other app stands on."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CoreConfig(AppConfig):
    """Audit, access, stored files, words."""

    name = "core"
    verbose_name = _("Nền tảng")
