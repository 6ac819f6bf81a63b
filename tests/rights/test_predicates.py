"""Every right × role × step, against a table written by hand; the document against the code."""

from __future__ import annotations

import functools
from pathlib import Path

import pytest

from cluster_app.rights import HATS, STEPS, Cell, cells, council_cells, markdown
from core.access import RIGHTS
from tests.rights import scoring

ALWAYS = set(STEPS)
NEVER: set[str] = set()
UNSEALED = ALWAYS - {"sealed"}
MOVEMENTS = {"prepare", "launch", "carry_out", "self_score"}
PLEDGES = {"prepare", "launch", "carry_out"}
ENTRY = {"launch", "carry_out", "self_score"}
CORRECTION = {"verify", "deliberate", "publish"}
CONFIRM = ENTRY | CORRECTION
TEXTS = {"self_score", "verify", "deliberate", "publish"}
STEP_OF_PUBLISHING = {"publish"}
MEETING = {"deliberate", "publish"}
ANNOUNCED = {"publish", "sealed"}

LATE, HEIR, STAND_IN = "clerk with more time", "successor's clerk", "chair's stand-in"
MEMBERS = ("member clerk", "member leader", LATE, HEIR)
CHAIRS = ("chair staff", STAND_IN)
LEADS = (*CHAIRS, "deputy staff")
COUNCIL = ("observer", "officer")
STAFF = (*MEMBERS, *LEADS)

GENERAL: dict[str, dict[str, set[str]]] = {
    "year_view": dict.fromkeys((*STAFF, *COUNCIL), ALWAYS),
    "phase_advance": dict.fromkeys((*CHAIRS, "officer"), UNSEALED),
    "movement_follow": dict.fromkeys((*LEADS, *COUNCIL), ALWAYS),
    "tag_edit": dict.fromkeys(LEADS, UNSEALED),
    "pledge_edit": dict.fromkeys(LEADS, PLEDGES),
    "pledge_open": dict.fromkeys(CHAIRS, PLEDGES),
    "beneficiary_edit": dict.fromkeys(CHAIRS, CONFIRM),
    "movement_join": dict.fromkeys(STAFF, MOVEMENTS) | {LATE: UNSEALED},
    "activity_add": dict.fromkeys(STAFF, ENTRY)
    | dict.fromkeys(CHAIRS, ENTRY | CORRECTION)
    | {LATE: UNSEALED},
    "ranking_view": dict.fromkeys((*LEADS, *COUNCIL), ALWAYS) | dict.fromkeys(MEMBERS, ANNOUNCED),
    "ranking_edit": dict.fromkeys(LEADS, MEETING),
    "conference_view": dict.fromkeys((*STAFF, *COUNCIL), ALWAYS),
    "conference_edit": dict.fromkeys(LEADS, MEETING),
    "text_edit": dict.fromkeys(LEADS, TEXTS),
    "summary_view": dict.fromkeys((*STAFF, *COUNCIL), ALWAYS),
    "summary_preview": dict.fromkeys((*LEADS, *COUNCIL), ALWAYS),
    "summary_publish": dict.fromkeys(CHAIRS, STEP_OF_PUBLISHING),
}
INSIDE = dict.fromkeys((*STAFF, *COUNCIL), ALWAYS)
for _right in ("charter_view", "calendar_view", "people_view", "roles_view"):
    GENERAL[_right] = INSIDE
for _right in ("charter_edit", "calendar_edit", "phase_step_back"):
    GENERAL[_right] = dict.fromkeys((*CHAIRS, "officer"), UNSEALED)
GENERAL |= {
    "year_open": dict.fromkeys((*CHAIRS, "officer"), ALWAYS),
    "year_reopen": {"officer": ALWAYS},
    "membership_edit": {"officer": UNSEALED},
    "term_record": {"officer": ALWAYS},
    "view_as": {"officer": ALWAYS},
    "roles_people": dict.fromkeys((*LEADS, *COUNCIL), ALWAYS),
    "planner_skip": dict.fromkeys((*LEADS, "officer"), ALWAYS),
}
LEADERS = {"member's": ("member leader",), "chair's": (STAND_IN,)}
# right → of what → who, in any step
OF_ONE: dict[str, dict[str, tuple[str, ...]]] = {
    "people_manage": {
        "": ("member leader", STAND_IN, "officer"),
        **{
            f"{owner} person": (*LEADERS.get(owner, ()), "officer")
            for owner in ("member's", "other member's", "chair's", "deputy's")
        },
        "council's person": (),
    },
    "handover_view": {"": (*STAFF, "officer"), "chair to deputy": (*LEADS, "officer")},
    "handover_sign": {"": STAFF, "chair's side": CHAIRS, "deputy's side": ("deputy staff",)},
}
OF_ONE["person_deputise"] = OF_ONE["people_manage"] | {
    "": (*OF_ONE["people_manage"][""], "observer"),
    "council's person": ("officer",),
}
MORE_TIME: dict[str, tuple[str, ...]] = {
    "": (*LEADS, "officer"),
    "member's": (*CHAIRS, "officer"),
    "other member's": (*CHAIRS, "officer"),
    "deputy's": (*CHAIRS, "officer"),
    "chair's": ("deputy staff", "officer"),
}
OWNER_ROLES = {
    "member's": MEMBERS,
    "other member's": (HEIR,),
    "chair's": CHAIRS,
    "deputy's": ("deputy staff",),
    "cluster's": CHAIRS,
}
# who stands in the seat of an agency when papers are signed: a leader of it, or who stands in for one
SEATS = {"": ("member leader", STAND_IN), "member's": ("member leader",), "chair's": (STAND_IN,)}
JUDGES = {
    "member's": CHAIRS,
    "other member's": CHAIRS,
    "chair's": ("deputy staff",),
    "deputy's": CHAIRS,
    "cluster's": ("deputy staff",),
}


def expected(cell: Cell) -> bool:
    """What the house's rules say, in words of their own."""
    if cell.role == "outsider":
        return False
    if cell.right in GENERAL:
        return cell.step in GENERAL[cell.right].get(cell.role, NEVER)
    if cell.right in OF_ONE:
        return cell.role in OF_ONE[cell.right][cell.situation]
    if cell.right == "extension_edit":
        return cell.role in MORE_TIME[cell.situation] and cell.step != "sealed"
    if (of_scoring := scoring.expected(cell)) is not None:
        return of_scoring
    if cell.role == scoring.OUTSIDE:
        return False
    own = _expected_of_thing(cell)
    return _expected_of_activity(cell) if own is None else own


def _expected_of_thing(cell: Cell) -> bool | None:
    """Movements, files, seats and registrations; None for what is asked about activities."""
    owner = cell.situation.rsplit(" ", 1)[0]
    what = cell.situation.rsplit(" ", 1)[-1]
    owns = cell.role in OWNER_ROLES.get(owner, STAFF)
    leads = cell.role in LEADS
    for_all = cell.situation in ("", "for all")
    match cell.right:
        case "movement_edit" | "movement_send":
            return leads and for_all and cell.step in MOVEMENTS
        case "movement_own":
            mine = cell.role in STAFF if cell.situation == "" else cell.situation != "for all" and owns
            return mine and cell.step in (UNSEALED if cell.role == LATE else MOVEMENTS)
        case "movement_review":
            mine = cell.role in STAFF if cell.situation == "" else cell.situation != "for all" and owns
            return ((leads and for_all) or mine) and cell.step in MOVEMENTS | TEXTS
        case "pledge_sign":
            return cell.role in SEATS.get(owner, ()) and cell.step in PLEDGES
        case "evidence_view":
            return cell.situation == "" or owns or what == "shown"
        case "evidence_add" | "evidence_edit":
            return owns and cell.step in (UNSEALED if cell.role == LATE else ENTRY | CORRECTION)
    if cell.right.startswith("registration_") or cell.right == "target_actual":
        return _expected_of_registration(cell, owner, what, owns)
    return None


def _expected_of_registration(cell: Cell, owner: str, state: str, owns: bool) -> bool:
    general = cell.situation == ""
    late = cell.role == LATE
    pledging = cell.step in (UNSEALED if late else PLEDGES)
    known = general or state in ("sent", "accepted")
    match cell.right:
        case "registration_edit" | "registration_send":
            writing = general or state in ("draft", "returned")
            mending = general or state == "returned"
            return owns and ((pledging and writing) or (cell.step in CONFIRM and mending))
        case "registration_take_back":
            return owns and pledging and (general or state == "sent")
        case "registration_judge":
            judges = LEADS if general else JUDGES[owner]
            return cell.role in judges and known and cell.step in PLEDGES | CONFIRM
    corrects = cell.role in CHAIRS and cell.step in CORRECTION
    return known and (corrects or (owns and cell.step in (UNSEALED if late else ENTRY)))


def _expected_of_activity(cell: Cell) -> bool:
    owner, state = cell.situation.rsplit(" ", 1)
    owns = cell.role in OWNER_ROLES[owner]
    writing = state in ("draft", "returned")
    corrects = cell.role in CHAIRS and cell.step in CORRECTION
    entry = UNSEALED if cell.role == LATE else ENTRY
    mends = owns and ((writing and cell.step in entry) or (state == "returned" and cell.step in CONFIRM))
    match cell.right:
        case "activity_view":
            return owns or not writing
        case "activity_edit":
            return mends or corrects
        case "activity_submit":
            return mends or (corrects and writing)
        case "activity_take_back":
            return owns and state == "submitted" and cell.step in entry
        case "activity_confirm" | "activity_return":
            return cell.role in JUDGES[owner] and state == "submitted" and cell.step in CONFIRM
        case "activity_publish":
            return cell.role in CHAIRS and state == "confirmed" and cell.step in CONFIRM
        case "activity_hide":
            return (owns or cell.role in CHAIRS) and state == "confirmed" and cell.step != "sealed"
        case "gift_confirm":
            return cell.role in JUDGES[owner] and state in ("submitted", "confirmed") and cell.step in CONFIRM
        case "gift_confirm_receiver":
            return owns and cell.step in (UNSEALED if cell.role == LATE else CONFIRM)
        case "duplicate_rule":
            return (owns or cell.role in CHAIRS) and cell.step in CONFIRM
    raise AssertionError(f"no row for {cell.right}")


ANY = {"", "own cluster", "other cluster"}
COUNCIL_ROLES: dict[str, dict[str, set[str]]] = {
    "council_view": {
        "observer of one": {"", "own cluster"},
        "observer of all": {"", "own cluster", "other cluster"},
        "officer of one": {"", "own cluster"},
        "officer of all": {"", "own cluster", "other cluster"},
        "superuser": {"", "own cluster", "other cluster"},
    },
    "clusters_rotate": {
        "officer of one": {"", "own cluster"},
        "officer of all": {"", "own cluster", "other cluster"},
        "superuser": {"", "own cluster", "other cluster"},
    },
    "clusters_form": dict.fromkeys(("officer of all", "superuser"), ANY),
}
ABOVE = sorted(name for name, right in RIGHTS.items() if right.above)
WITHIN = sorted(name for name, right in RIGHTS.items() if not right.above)


@pytest.mark.parametrize("right", ABOVE)
def test_each_cell_above_the_clusters(right: str) -> None:
    for cell in council_cells():
        if cell.right == right:
            expects = cell.situation in COUNCIL_ROLES[right].get(cell.role, NEVER)
            assert cell.allowed == expects, cell


@functools.cache
def whole() -> tuple[Cell, ...]:
    """The table, worked out once."""
    return tuple(cells())


@pytest.mark.parametrize("right", WITHIN)
def test_each_cell(right: str) -> None:
    wrong = [cell for cell in whole() if cell.right == right and cell.allowed != expected(cell)]
    assert wrong == []


def test_the_table_is_whole() -> None:
    seen = whole()
    assert {cell.right for cell in seen} == set(WITHIN)
    assert {cell.right for cell in council_cells()} == set(ABOVE)
    assert {cell.role for cell in seen} == set(HATS)
    assert len(seen) == len({(cell.right, cell.situation, cell.role, cell.step) for cell in seen})
    assert len(seen) > 5000


def test_nobody_judges_a_record_of_the_own_agency() -> None:
    for cell in whole():
        if cell.right in ("activity_confirm", "activity_return"):
            owner = cell.situation.rsplit(" ", 1)[0]
            assert not (cell.allowed and cell.role in OWNER_ROLES[owner])


def test_the_document_says_what_the_code_does() -> None:
    assert Path("docs/rights.md").read_text(encoding="utf-8") == markdown(), "run: manage.py rights --write"
