"""Predicates and rights of this app."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from core.access import add_right
from members import phases
from members.rules import is_insider, leads, open_for

add_right(
    "conference_view", is_insider, _("Chỉ người của Cụm thi đua và của Hội đồng xem được hội nghị của Cụm.")
)
add_right(
    "conference_edit",
    leads & open_for(phases.CONFERENCE),
    _("Chỉ cán bộ của đơn vị Cụm trưởng, Cụm phó ghi được hội nghị."),
    phases.CONFERENCE,
)
