"""Predicates and rights of this app."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _
from rules.predicates import predicate

from core.access import add_right
from members import phases
from members.rules import ONLY_LEADERSHIP, is_council, is_insider, leads, open_for
from members.scope import Scope


@predicate
def is_announced(scope: Scope, _obj: Any) -> bool:
    """Ranks are open to every member of the cluster."""
    return scope.sealed or phases.opens(scope.open_phase, phases.ANNOUNCED)


add_right(
    "ranking_view",
    is_insider & (leads | is_council | is_announced),
    _("Kết quả xếp hạng chỉ mở cho Cụm trưởng, Cụm phó và Hội đồng cho đến khi công bố."),
    phases.ANNOUNCED,
)
add_right("ranking_edit", leads & open_for(phases.RANKING), ONLY_LEADERSHIP, phases.RANKING)
