"""Rights of this app: who writes the texts, sees the draft, publishes."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from core.access import add_right
from members import phases
from members.rules import (
    INSIDERS,
    ONLY_CHAIR,
    ONLY_LEADERSHIP,
    is_chair,
    is_council,
    is_insider,
    leads,
    open_for,
)

PREVIEWERS = _("Chỉ Cụm trưởng, Cụm phó và Hội đồng xem được bản xem trước khi chưa công bố.")

add_right("text_edit", leads & open_for(phases.TEXTS), ONLY_LEADERSHIP, phases.TEXTS)
add_right("summary_view", is_insider, INSIDERS)
add_right("summary_preview", leads | is_council, PREVIEWERS)
add_right("summary_publish", is_chair & open_for(phases.PUBLISH), ONLY_CHAIR, phases.PUBLISH)
