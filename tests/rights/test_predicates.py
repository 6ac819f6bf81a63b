"""Every right × role × step, against a table written by hand; the document against the code."""

from __future__ import annotations

from pathlib import Path

import pytest

from cluster_app.rights import HATS, STEPS, Cell, cells, council_cells, markdown
from core.access import RIGHTS

ALWAYS = set(STEPS)
NEVER: set[str] = set()
UNSEALED = ALWAYS - {"sealed"}
MOVEMENTS = {"prepare", "launch", "carry_out", "self_score"}
ENTRY = {"launch", "carry_out", "self_score"}
CORRECTION = {"verify", "deliberate", "publish"}
CONFIRM = ENTRY | CORRECTION
TEXTS = {"self_score", "verify", "deliberate", "publish"}
MEETING = {"deliberate", "publish"}
ANNOUNCED = {"publish", "sealed"}

MEMBERS = ("member clerk", "member leader")
LEADS = ("chair staff", "deputy staff")
COUNCIL = ("observer", "officer")
STAFF = (*MEMBERS, *LEADS)

GENERAL: dict[str, dict[str, set[str]]] = {
    "year_view": dict.fromkeys((*STAFF, *COUNCIL), ALWAYS),
    "phase_advance": {"chair staff": UNSEALED, "officer": UNSEALED},
    "movement_edit": dict.fromkeys(LEADS, MOVEMENTS),
    "movement_join": dict.fromkeys(STAFF, MOVEMENTS),
    "activity_add": dict.fromkeys(STAFF, ENTRY) | {"chair staff": ENTRY | CORRECTION},
    "ranking_view": dict.fromkeys((*LEADS, *COUNCIL), ALWAYS) | dict.fromkeys(MEMBERS, ANNOUNCED),
    "ranking_edit": dict.fromkeys(LEADS, MEETING),
    "conference_view": dict.fromkeys((*STAFF, *COUNCIL), ALWAYS),
    "conference_edit": dict.fromkeys(LEADS, MEETING),
    "text_edit": dict.fromkeys(LEADS, TEXTS),
    "summary_view": dict.fromkeys((*STAFF, *COUNCIL), ALWAYS),
    "summary_preview": dict.fromkeys((*LEADS, *COUNCIL), ALWAYS),
    "summary_publish": {"chair staff": {"publish"}},
}
OWNER_ROLES = {
    "member's": MEMBERS,
    "other member's": (),
    "chair's": ("chair staff",),
    "deputy's": ("deputy staff",),
    "cluster's": ("chair staff",),
}
JUDGES = {
    "member's": "chair staff",
    "other member's": "chair staff",
    "chair's": "deputy staff",
    "deputy's": "chair staff",
    "cluster's": "deputy staff",
}


def expected(cell: Cell) -> bool:
    """What the house's rules say, in words of their own."""
    if cell.role == "outsider":
        return False
    if cell.right in GENERAL:
        return cell.step in GENERAL[cell.right].get(cell.role, NEVER)
    owner, state = cell.situation.rsplit(" ", 1)
    owns = cell.role in OWNER_ROLES[owner]
    writing = state in ("draft", "returned")
    corrects = cell.role == "chair staff" and cell.step in CORRECTION
    mends = owns and ((writing and cell.step in ENTRY) or (state == "returned" and cell.step in CONFIRM))
    match cell.right:
        case "activity_view" | "evidence_view":
            return owns or not writing
        case "activity_edit":
            return mends or corrects
        case "activity_submit":
            return mends or (corrects and writing)
        case "activity_take_back":
            return owns and state == "submitted" and cell.step in ENTRY
        case "activity_confirm" | "activity_return":
            return cell.role == JUDGES[owner] and state == "submitted" and cell.step in CONFIRM
    raise AssertionError(f"no row for {cell.right}")


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
    "clusters_form": dict.fromkeys(("officer of all", "superuser"), {"", "own cluster", "other cluster"}),
}
ABOVE = sorted(name for name, right in RIGHTS.items() if right.above)
WITHIN = sorted(name for name, right in RIGHTS.items() if not right.above)


@pytest.mark.parametrize("right", ABOVE)
def test_each_cell_above_the_clusters(right: str) -> None:
    for cell in council_cells():
        if cell.right == right:
            expects = cell.situation in COUNCIL_ROLES[right].get(cell.role, NEVER)
            assert cell.allowed == expects, cell


@pytest.mark.parametrize("right", WITHIN)
def test_each_cell(right: str) -> None:
    wrong = [cell for cell in cells() if cell.right == right and cell.allowed != expected(cell)]
    assert wrong == []


def test_the_table_is_whole() -> None:
    seen = list(cells())
    assert {cell.right for cell in seen} == set(WITHIN)
    assert {cell.right for cell in council_cells()} == set(ABOVE)
    assert {cell.role for cell in seen} == set(HATS)
    assert len(seen) == len({(cell.right, cell.situation, cell.role, cell.step) for cell in seen})
    assert len(seen) > 5000


def test_nobody_judges_a_record_of_the_own_agency() -> None:
    for cell in cells():
        if cell.right in ("activity_confirm", "activity_return"):
            owner = cell.situation.rsplit(" ", 1)[0]
            assert not (cell.allowed and cell.role in OWNER_ROLES[owner])


def test_the_document_says_what_the_code_does() -> None:
    assert Path("docs/rights.md").read_text(encoding="utf-8") == markdown(), "run: manage.py rights --write"
