"""Rights of this app: who writes the texts, sees the draft, publishes, hands the chair over."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _
from rules.predicates import predicate

from core.access import add_right
from members import phases
from members.rules import (
    INSIDERS,
    ONLY_CHAIR,
    ONLY_LEADERSHIP,
    is_chair,
    is_council,
    is_insider,
    is_officer,
    leads,
    open_for,
)
from members.scope import Scope


def stands_for(scope: Scope) -> frozenset[int]:
    """Agencies the person acts for in a hand-over: one's own, and those whose records one's own took over."""
    return frozenset().union(*({hat.agency_id} | hat.carried for hat in scope.staff_hats))


@predicate
def is_party(scope: Scope, change: Any) -> bool:
    """Staff of the old chair or of the new one; without a change: of any agency."""
    if change is None:
        return bool(scope.staff_hats)
    return not stands_for(scope).isdisjoint(change.parties)


@predicate
def acts_for_side(scope: Scope, seat: Any) -> bool:
    """Staff of the agency of a side; without a side: of any agency."""
    return bool(scope.staff_hats) if seat is None else seat.agency_id in stands_for(scope)


PARTIES = _(
    "Chỉ cán bộ của đơn vị Cụm trưởng cũ và mới, Cụm phó và chuyên viên Thường trực Hội đồng xem được trang bàn giao."
)
SIGNERS = _("Chỉ cán bộ của đơn vị bên đó đánh dấu, ghi chú và ký được cho bên đó.")
PREVIEWERS = _("Chỉ Cụm trưởng, Cụm phó và Hội đồng xem được bản xem trước khi chưa công bố.")

add_right("text_edit", leads & open_for(phases.TEXTS), ONLY_LEADERSHIP, phases.TEXTS)
add_right("summary_view", is_insider, INSIDERS)
add_right("summary_preview", leads | is_council, PREVIEWERS)
add_right("summary_publish", is_chair & open_for(phases.PUBLISH), ONLY_CHAIR, phases.PUBLISH)
add_right("handover_view", is_insider & (is_party | leads | is_officer), PARTIES)
add_right("handover_sign", is_insider & acts_for_side, SIGNERS)
