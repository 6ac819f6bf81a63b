"""The table of rights, computed from the predicates themselves: every right × role × step × situation, no database."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from types import SimpleNamespace
from typing import Any

from core.access import RIGHTS, may
from members.enums import Function, PhaseKind
from members.models import Cluster, ClusterYear
from members.scope import Hat, Scope
from movements.enums import ActivityState

CHAIR, DEPUTY, MEMBER, OTHER, COUNCIL = 1, 2, 3, 4, 9
HATS: dict[str, tuple[Hat, ...]] = {
    "outsider": (),
    "member clerk": (Hat(Function.CLERK, MEMBER, "", "", True, False, False),),
    "member leader": (Hat(Function.LEADER, MEMBER, "", "", True, False, False),),
    "chair staff": (Hat(Function.CLERK, CHAIR, "", "", True, True, False),),
    "deputy staff": (Hat(Function.CLERK, DEPUTY, "", "", True, False, True),),
    "observer": (Hat(Function.OBSERVER, COUNCIL, "", "", False, False, False),),
    "officer": (Hat(Function.OFFICER, COUNCIL, "", "", False, False, False),),
}
STEPS: tuple[str, ...] = ("none", *PhaseKind.values, "sealed")
OWNERS = {
    "member's": MEMBER,
    "other member's": OTHER,
    "chair's": CHAIR,
    "deputy's": DEPUTY,
    "cluster's": None,
}


@dataclass(frozen=True, slots=True)
class Cell:
    """One answer of the table."""

    right: str
    situation: str
    role: str
    step: str
    allowed: bool


def scope_of(role: str, step: str) -> Scope:
    """A scope as ``members.scope.load`` would make it, without a database."""
    sealed = datetime(2021, 6, 1, tzinfo=UTC) if step == "sealed" else None
    year = ClusterYear(cluster=Cluster(slug="c"), label="2020", sealed_at=sealed)
    phase = step if step in PhaseKind.values else None
    return Scope(None, year, HATS[role], phase, date(2020, 6, 1))


def situations(right: str) -> dict[str, Any]:
    """The objects a right is asked about: activities of each owner in each state; nothing for the others."""
    if not right.startswith(("activity_", "evidence_")) or right == "activity_add":
        return {"": None}
    return {
        f"{owner} {ActivityState(state).value}": SimpleNamespace(
            agency_id=agency, state=state, is_partner=False, owner_is_chair=agency == CHAIR
        )
        for owner, agency in OWNERS.items()
        for state in ActivityState.values
    }


def cells() -> Iterator[Cell]:
    """Every cell, rights and roles in the order they are registered."""
    for right in RIGHTS:
        for situation, obj in situations(right).items():
            for role in HATS:
                for step in STEPS:
                    scope = scope_of(role, step)
                    allowed = bool(scope.hats) and may(scope, right, obj)
                    yield Cell(right, situation, role, step, allowed)


def markdown() -> str:
    """The table as it stands in docs/rights.md: in each cell the steps in which the role may."""
    held: dict[tuple[str, str], dict[str, list[str]]] = {}
    for cell in cells():
        row = held.setdefault((cell.right, cell.situation), {role: [] for role in HATS})
        if cell.allowed:
            row[cell.role].append(cell.step)
    steps = ", ".join(f"{n} = {step}" for n, step in enumerate(STEPS))
    lines = [
        "# Rights",
        "",
        "Made by `manage.py rights --write` from the predicates; a test compares it with the code. A cell names",
        f"the steps of the year in which the role may: {steps}.",
        "An outsider gets 404 everywhere, an anonymous visitor is sent to sign in.",
        "",
        "| right | of | " + " | ".join(HATS) + " |",
        "| --- | --- | " + " | ".join("---" for _role in HATS) + " |",
    ]
    for (right, situation), row in held.items():
        lines.append(f"| {right} | {situation} | " + " | ".join(_steps(row[role]) for role in HATS) + " |")
    return "\n".join(lines) + "\n"


def _steps(steps: list[str]) -> str:
    if len(steps) == len(STEPS):
        return "always"
    return " ".join(str(STEPS.index(step)) for step in steps) or "–"
