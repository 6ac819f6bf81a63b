"""Rights about totals: the board, "Tính điểm cụm", giving points out, freezing them, one's own standing today."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from core.access import add_right
from members import phases
from members.rules import (
    ONLY_CHAIR,
    ONLY_MEMBERS,
    is_chair,
    is_council,
    is_insider,
    is_member,
    leads,
    open_for,
)
from scoring.rules import is_announced

add_right(
    "board_view",
    is_insider & (leads | is_council | is_announced),
    _("Tổng điểm của các đơn vị chỉ mở cho Cụm trưởng, Cụm phó và Hội đồng cho đến khi công bố."),
)
add_right(
    "act_view",
    is_insider & (leads | is_council),
    _("Tính điểm cụm chỉ mở cho cán bộ của đơn vị Cụm trưởng, Cụm phó và của Hội đồng."),
)
add_right("act_run", is_chair & open_for(phases.SCORE_CLUSTER), ONLY_CHAIR, phases.SCORE_CLUSTER)
add_right("scores_release", is_chair & open_for(phases.APPEALS), ONLY_CHAIR, phases.APPEALS)
add_right("scores_final", is_chair & open_for(phases.APPEALS), ONLY_CHAIR, phases.APPEALS)
add_right("today_view", is_insider & is_member, ONLY_MEMBERS)
