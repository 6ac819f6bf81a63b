"""The catalogue of titles in the admin site: officers look, superusers follow the law of the day."""

from __future__ import annotations

from django.contrib import admin

from core.admin_base import OfficeAdmin
from movements.models import TitleKind


@admin.register(TitleKind)
class TitleKindAdmin(OfficeAdmin):
    """Titles and awards that may be registered, each with the days of the law that names it.

    What an agency registered keeps its words, whatever becomes of the catalogue; so a row may be removed.
    """

    superuser_writes = True
    deletable = True
    list_display = ("name", "holder", "order", "valid_from", "valid_to", "basis")
    list_filter = ("holder",)
    search_fields = ("name",)
    fields = ("name", "holder", "order", ("valid_from", "valid_to"), "basis")
