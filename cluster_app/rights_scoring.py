"""What the rights of scoring are asked about: sheets and checks in each state, appeals, adjustments."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

from scoring.enums import AdjustmentState, AppealState, SheetState

CHECKS = ("check_score", "sheet_return", "sheet_verify", "sheet_excuse")
SHEETS = ("sheet_view", "sheet_edit", "sheet_send", "sheet_take_back", "sheet_line_note")
APPEALS = ("appeal_view", "appeal_reply", "appeal_withdraw", "appeal_decide")
ADJUSTMENTS = ("adjustment_view", "adjustment_withdraw", "adjustment_decide")
NOBODY: frozenset[int] = frozenset()
SENT = datetime(2020, 12, 20, tzinfo=UTC)


def situations(
    right: str, owners: Mapping[str, int], chair: int, deputy: int, council: int
) -> dict[str, Any] | None:
    """The objects of a right by what they are; None for a right of another kind.

    Checks are of the level of verification as a year has it that nobody was assigned in: the chair's staff scores
    everybody, the deputy's the chair.
    """
    if right in SHEETS:
        return {"": None} | {
            f"{owner} {state}": _sheet(agency, state, chair)
            for owner, agency in owners.items()
            for state in SheetState.values
        }
    if right in CHECKS:
        return {"": None} | {
            f"{owner} {state}": SimpleNamespace(
                sheet=_sheet(agency, state, chair), scorers=frozenset({deputy if agency == chair else chair}),
                officers=False, finished=NOBODY, is_first=False,
            )
            for owner, agency in owners.items()
            for state in SheetState.values
        }  # fmt: skip
    if right in ("appeal_file", "adjustment_propose"):
        return {"": None} | {
            owner: agency if right == "adjustment_propose" else SimpleNamespace(agency_id=agency)
            for owner, agency in owners.items()
        }
    if right in APPEALS:
        return {"": None} | {
            f"{owner} {state}": _appeal(agency, state, (chair, deputy), council)
            for owner, agency in owners.items()
            for state in (AppealState.FILED, AppealState.ACCEPTED)
        }
    if right in ADJUSTMENTS:
        return {"": None} | _adjustments(owners, chair, deputy, council)
    return None


def _sheet(agency: int, state: str, chair: int) -> SimpleNamespace:
    return SimpleNamespace(
        agency_id=agency, state=str(state), my_levels="", is_touched=False, owner_is_chair=agency == chair,
        sent_at=None if state == SheetState.DRAFT else SENT,
    )  # fmt: skip


def _appeal(agency: int, state: str, leaders: tuple[int, int], council: int) -> SimpleNamespace:
    """Against a figure that the chair gave, or the deputy where it is about the chair."""
    chair, deputy = leaders
    given_by = deputy if agency == chair else chair
    left = frozenset({chair, deputy}) - {given_by, agency}
    return SimpleNamespace(
        filer_id=agency, state=str(state), deciders=left, barred=frozenset({agency}),
        deciding_officers=NOBODY if left else frozenset({council}),
    )  # fmt: skip


def _adjustments(owners: Mapping[str, int], chair: int, deputy: int, council: int) -> dict[str, Any]:
    """Proposed by the chair about a member, by a member about itself, by the deputy about the chair."""
    member = owners["member's"]
    cases = {
        "member's by chair": (member, chair, frozenset({deputy}), NOBODY),
        "member's by itself": (member, member, frozenset({chair}), NOBODY),
        "chair's by deputy": (chair, deputy, NOBODY, frozenset({council})),
    }
    return {
        f"{name} {state}": SimpleNamespace(
            agency_id=agency, proposer_id=proposer, state=str(state), deciders=deciders, deciding_officers=officers,
            barred=frozenset({agency, proposer}),
        )
        for name, (agency, proposer, deciders, officers) in cases.items()
        for state in (AdjustmentState.PROPOSED, AdjustmentState.APPROVED)
    }  # fmt: skip
