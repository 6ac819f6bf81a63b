"""What an account is today in any cluster at all, for rules about accounts (second factor, remembered sessions)."""

from __future__ import annotations

from typing import Any

from django.db.models import Exists, OuterRef
from django.utils import timezone

from core.dates import local_today
from members.enums import Function, Role
from members.models import RoleTerm
from members.queries import covering
from members.scope import functions_on


def kinds_today(user: Any) -> frozenset[str]:
    """``chair``, ``deputy``, ``officer``: staff of an agency that leads some cluster today, officers; one query."""
    today = local_today(timezone.now())
    terms = covering(RoleTerm.objects.filter(agency=OuterRef("agency")), today)
    rows = functions_on(user, today).annotate(
        leads=Exists(terms.filter(role=Role.CHAIR)), helps=Exists(terms.filter(role=Role.DEPUTY))
    )
    kinds = set()
    for function, leads, helps in rows.order_by("pk").values_list("function", "leads", "helps"):
        if function == Function.OFFICER:
            kinds.add("officer")
        elif function in (Function.CLERK, Function.LEADER):
            kinds |= {"chair"} if leads else set()
            kinds |= {"deputy"} if helps else set()
    return frozenset(kinds)
