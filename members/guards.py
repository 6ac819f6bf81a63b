"""What must be done before a step of the year may close: each app registers its own guards when it loads."""

from __future__ import annotations

from collections.abc import Callable

from django.utils.translation import gettext as _

from core.errors import Problem
from members.enums import PhaseKind, Role
from members.models import ClusterYear, Membership, RoleTerm
from members.queries import covering

Guard = Callable[[ClusterYear], list[Problem]]
_guards: dict[str, list[Guard]] = {}


def guard(phase: str) -> Callable[[Guard], Guard]:
    """Register a function that says what is missing before ``phase`` may close."""

    def register(function: Guard) -> Guard:
        _guards.setdefault(phase, []).append(function)
        return function

    return register


def missing(year: ClusterYear, phase: str | None) -> list[Problem]:
    """Everything that keeps ``phase`` from closing; the page shows this list and the verb asks it."""
    return [problem for function in _guards.get(phase or "", []) for problem in function(year)]


@guard(PhaseKind.PREPARE)
def members_are_named(year: ClusterYear) -> list[Problem]:
    """A year has at least two members that stand to its end, and a chair."""
    problems = []
    standing = covering(Membership.objects.filter(year=year), year.ends_on, "joined_on", "left_on")
    if standing.count() < 2:
        problems.append(Problem(_("Cụm cần ít nhất hai đơn vị thành viên."), link="member_list"))
    if not covering(RoleTerm.objects.filter(cluster=year.cluster_id, role=Role.CHAIR), year.ends_on).exists():
        problems.append(Problem(_("Năm này chưa có Cụm trưởng."), link="member_list"))
    return problems
