"""The table of rights, computed from the predicates themselves: every right × role × step × situation, no database.

Two tables: rights within a cluster-year, and rights above the clusters.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from types import SimpleNamespace
from typing import Any

from cluster_app import rights_scoring
from core.access import RIGHTS, may
from members.council import Council
from members.enums import Function, PhaseKind
from members.models import Cluster, ClusterYear
from members.scope import Hat, Scope
from movements.enums import ActivityState, RegistrationState

CHAIR, DEPUTY, MEMBER, OTHER, OUTSIDE, COUNCIL = 1, 2, 3, 4, 8, 9
HATS: dict[str, tuple[Hat, ...]] = {
    "outsider": (),
    "member clerk": (Hat(Function.CLERK, MEMBER, "", "", True, False, False),),
    "member leader": (Hat(Function.LEADER, MEMBER, "", "", True, False, False),),
    "chair staff": (Hat(Function.CLERK, CHAIR, "", "", True, True, False),),
    "deputy staff": (Hat(Function.CLERK, DEPUTY, "", "", True, False, True),),
    "clerk with more time": (
        Hat(Function.CLERK, MEMBER, "", "", True, False, False, extended=frozenset({PhaseKind.CARRY_OUT})),
    ),
    "successor's clerk": (
        Hat(Function.CLERK, MEMBER, "", "", True, False, False, carried=frozenset({OTHER})),
    ),
    "chair's stand-in": (Hat(Function.LEADER, CHAIR, "", "", True, True, False, stands_for=7),),
    "outside scorer": (Hat(Function.CLERK, OUTSIDE, "", "", False, False, False, is_associate=True),),
    "observer": (Hat(Function.OBSERVER, COUNCIL, "", "", False, False, False),),
    "officer": (Hat(Function.OFFICER, COUNCIL, "", "", False, False, False),),
}
OWN_CLUSTER, OTHER_CLUSTER = 1, 2
COUNCILS: dict[str, Council | None] = {
    "nobody": None,
    "observer of one": Council(None, False, False, False, frozenset({OWN_CLUSTER})),
    "observer of all": Council(None, False, True, False),
    "officer of one": Council(None, False, False, False, frozenset({OWN_CLUSTER}), frozenset({OWN_CLUSTER})),
    "officer of all": Council(None, False, True, True),
    "superuser": Council(None, True, True, True),
}
CLUSTERS = {
    "": None,
    "own cluster": SimpleNamespace(pk=OWN_CLUSTER),
    "other cluster": SimpleNamespace(pk=OTHER_CLUSTER),
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
    user = SimpleNamespace(pk=list(HATS).index(role), is_superuser=False)
    return Scope(user, year, HATS[role], phase, date(2020, 6, 1))


def situations(right: str) -> dict[str, Any]:
    """The objects a right is asked about, by what they are; nothing for a right that knows none.

    Activities and registrations of each owner in each state; files of each library; movements for all and of a member;
    seats at the compact; people of each agency and of the council; agencies that are given more time; the sides of a
    hand-over from the chair to the deputy.
    """
    owned = {owner: agency for owner, agency in OWNERS.items() if agency}
    if right in ("people_manage", "person_deputise"):
        return {"": None, **_people()}
    if right == "extension_edit":
        given = {owner: agency for owner, agency in OWNERS.items() if agency}
        return {"": None} | {
            owner: SimpleNamespace(agency_id=agency, is_chair=agency == CHAIR)
            for owner, agency in given.items()
        }
    if right == "handover_view":
        return {"": None, "chair to deputy": SimpleNamespace(parties=frozenset({CHAIR, DEPUTY}))}
    if right == "handover_sign":
        sides = {"chair's side": CHAIR, "deputy's side": DEPUTY}
        return {"": None} | {name: SimpleNamespace(agency_id=agency) for name, agency in sides.items()}
    if right.startswith("movement_") and right not in ("movement_join", "movement_follow"):
        return {"": None, "for all": SimpleNamespace(agency_id=None)} | {
            f"{owner} own": SimpleNamespace(agency_id=agency) for owner, agency in OWNERS.items() if agency
        }
    if right == "pledge_sign":
        seats = {f"{owner} seat": agency for owner, agency in OWNERS.items() if agency}
        return {"": None} | {name: SimpleNamespace(agency_id=agency) for name, agency in seats.items()}
    if right.startswith("evidence_"):
        return {"": None, **_files()}
    if right.startswith("registration_") or right == "target_actual":
        return {"": None, **_in_states(owned, RegistrationState.values)}
    if (found := rights_scoring.situations(right, owned, CHAIR, DEPUTY, COUNCIL)) is not None:
        return found
    if right.startswith(("activity_", "gift_", "duplicate_")) and right != "activity_add":
        return _in_states(OWNERS, ActivityState.values)
    return {"": None}


def _in_states(owners: Mapping[str, int | None], states: Sequence[str]) -> dict[str, Any]:
    """Something of each owner in each state, of which nobody is a partner."""
    return {
        f"{owner} {state}": SimpleNamespace(
            agency_id=agency, state=str(state), is_partner=False, owner_is_chair=agency == CHAIR
        )
        for owner, agency in owners.items()
        for state in states
    }


def _files() -> dict[str, Any]:
    """A file of each library, beside an activity the person may see or beside none."""
    return {
        f"{owner} {where}": SimpleNamespace(agency_id=agency, shown=where == "shown")
        for owner, agency in OWNERS.items()
        for where in ("shown", "unused")
    }


def _people() -> dict[str, Any]:
    """Somebody of each agency; the officer of the council, who is the one that asks as officer."""
    officer = list(HATS).index("officer")
    found = {
        f"{owner} person": SimpleNamespace(agency_id=agency, function=Function.CLERK, user_id=-1)
        for owner, agency in OWNERS.items()
        if agency
    }
    council = SimpleNamespace(agency_id=COUNCIL, function=Function.OFFICER, user_id=officer)
    return found | {"council's person": council}


def cells() -> Iterator[Cell]:
    """Every cell, rights and roles in the order they are registered."""
    for right in _rights(above=False):
        for situation, obj in situations(right).items():
            for role in HATS:
                for step in STEPS:
                    scope = scope_of(role, step)
                    allowed = bool(scope.hats) and may(scope, right, obj)
                    yield Cell(right, situation, role, step, allowed)


def council_cells() -> Iterator[Cell]:
    """Every cell of the rights above the clusters; they know no step."""
    for right in _rights(above=True):
        for situation, cluster in CLUSTERS.items():
            for role, council in COUNCILS.items():
                allowed = council is not None and may(council, right, cluster)
                yield Cell(right, situation, role, "", allowed)


def _rights(*, above: bool) -> list[str]:
    return [name for name, right in RIGHTS.items() if right.above == above]


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
    return "\n".join([*lines, *_above()]) + "\n"


def _above() -> list[str]:
    """The second table: rights above the clusters, in general and for one cluster."""
    held = {(cell.right, cell.situation, cell.role): cell.allowed for cell in council_cells()}
    lines = [
        "",
        "## Above the clusters",
        "",
        "Pages of the council and of the system's office. Whoever holds no office there gets 404.",
        "",
        "| right | for | " + " | ".join(COUNCILS) + " |",
        "| --- | --- | " + " | ".join("---" for _role in COUNCILS) + " |",
    ]
    for right, situation in dict.fromkeys((right, situation) for right, situation, _role in held):
        words = ("yes" if held[right, situation, role] else "–" for role in COUNCILS)
        lines.append(f"| {right} | {situation or 'any'} | " + " | ".join(words) + " |")
    return lines


def _steps(steps: list[str]) -> str:
    if len(steps) == len(STEPS):
        return "always"
    return " ".join(str(STEPS.index(step)) for step in steps) or "–"
