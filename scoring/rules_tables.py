"""Rights over the criteria table: who reads it, writes it, puts it into force, tries it on years that are past."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from core.access import add_right
from members import phases
from members.rules import (
    ONLY_CHAIR,
    ONLY_LEADERSHIP,
    is_associate,
    is_chair,
    is_council,
    is_insider,
    leads,
    open_for,
)

add_right(
    "criteria_view",
    is_insider | is_associate,
    _("Chỉ người của Cụm thi đua, của Hội đồng và của cơ quan được giao chấm xem được bảng tiêu chí."),
)
add_right("criteria_edit", leads & open_for(phases.CRITERIA), ONLY_LEADERSHIP, phases.CRITERIA)
add_right("criteria_apply", is_chair & open_for(phases.CRITERIA), ONLY_CHAIR, phases.CRITERIA)
add_right(
    "criteria_simulate",
    leads | is_council,
    _("Chỉ cán bộ của đơn vị Cụm trưởng, Cụm phó và của Hội đồng xem được mô phỏng."),
)
