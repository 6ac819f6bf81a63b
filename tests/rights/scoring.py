"""The rights of scoring in words of their own; see ``test_predicates``."""

from __future__ import annotations

from cluster_app.rights import Cell

LATE, HEIR, STAND_IN = "clerk with more time", "successor's clerk", "chair's stand-in"
MEMBERS = ("member clerk", "member leader", LATE, HEIR)
CHAIRS = ("chair staff", STAND_IN)
LEADS = (*CHAIRS, "deputy staff")
COUNCIL = ("observer", "officer")
STAFF = (*MEMBERS, *LEADS)
OUTSIDE = "outside scorer"
OWNERS = {
    "member's": MEMBERS,
    "other member's": (HEIR,),
    "chair's": CHAIRS,
    "deputy's": ("deputy staff",),
}
# who verifies whom, and who decides against a figure given there
VERIFIERS = {"member's": CHAIRS, "other member's": CHAIRS, "deputy's": CHAIRS, "chair's": ("deputy staff",)}
DECIDERS = {
    "member's": ("deputy staff",),
    "other member's": ("deputy staff",),
    "deputy's": ("officer",),
    "chair's": ("officer",),
}
CRITERIA = {"prepare", "launch", "carry_out", "self_score", "verify"}
SCORE = {"carry_out", "self_score"}
SEND = {"self_score"}
VERIFY = {"verify"}
APPEALS = {"verify", "deliberate"}
ADJUST = {"carry_out", "self_score", "verify", "deliberate"}
CLUSTER = {"self_score", "verify", "deliberate"}
ANNOUNCED = {"publish", "sealed"}


def more_time(cell: Cell, steps: set[str]) -> bool:
    """The step is open, or the agency was given more time for it (of "Thực hiện", which opens no sending)."""
    return cell.step in steps or (cell.role == LATE and "carry_out" in steps and cell.step != "sealed")


def expected(cell: Cell) -> bool | None:
    """What the house's rules say; None for a right of another app."""
    owner, _space, state = cell.situation.rpartition(" ")
    for answer in (_general(cell), _of_sheet(cell, owner, state), _of_appeal(cell, owner, state)):
        if answer is not None:
            return answer
    return _of_adjustment(cell, owner, state)


def _general(cell: Cell) -> bool | None:
    role, step = cell.role, cell.step
    inside = role in (*STAFF, *COUNCIL)
    lead, led_or_watched = role in LEADS, role in (*LEADS, *COUNCIL)
    simple = {
        "home_view": inside or role == OUTSIDE,
        "criteria_view": inside or role == OUTSIDE,
        "criteria_edit": lead and step in CRITERIA,
        "criteria_apply": role in CHAIRS and step in CRITERIA,
        "criteria_simulate": led_or_watched,
        "check_view": inside or role == OUTSIDE,
        "assignment_edit": lead and step in SEND | VERIFY,
        "gap_view": led_or_watched,
        "associate_edit": lead and step != "sealed",
        "board_view": led_or_watched or (role in MEMBERS and step in ANNOUNCED),
        "act_view": led_or_watched,
        "act_run": role in CHAIRS and step in CLUSTER,
        "scores_release": role in CHAIRS and step in APPEALS,
        "scores_final": role in CHAIRS and step in APPEALS,
        "today_view": role in STAFF,
        "score_notices_view": role in STAFF,
    }
    return simple.get(cell.right)


def _of_sheet(cell: Cell, owner: str, state: str) -> bool | None:
    general = cell.situation == ""
    owns = cell.role in (STAFF if general else OWNERS.get(owner, ()))
    seat = cell.role in ((*STAFF, "officer", OUTSIDE) if general else VERIFIERS.get(owner, ()))
    draft, returned, sent = (general or state == name for name in ("draft", "returned", "sent"))
    known = general or state != "draft"
    match cell.right:
        case "sheet_view":
            return owns or cell.role in (*LEADS, *COUNCIL)
        case "sheet_edit":
            scoring = more_time(cell, SCORE)
            return owns and ((draft and scoring) or (returned and (scoring or cell.step in VERIFY)))
        case "sheet_send":
            return owns and ((draft and cell.step in SEND) or (returned and cell.step in SEND | VERIFY))
        case "sheet_take_back":
            return owns and sent and cell.step in SEND
        case "sheet_line_note":
            talking = more_time(cell, SCORE) or cell.step in APPEALS
            return (owns or cell.role in (*LEADS, *COUNCIL)) and talking
        case "check_score":
            steps = SCORE | VERIFY if general else VERIFY
            return seat and sent and cell.step in steps
        case "sheet_return":
            return seat and sent and cell.step in SEND | VERIFY
        case "sheet_verify":
            return seat and known and cell.step in VERIFY
        case "sheet_excuse":
            return seat and known and cell.step in SEND | VERIFY
    return None


def _of_appeal(cell: Cell, owner: str, state: str) -> bool | None:
    general = cell.situation == ""
    if cell.right == "appeal_file":
        owner = cell.situation
    owns = cell.role in (STAFF if general else OWNERS.get(owner, ()))
    waiting = general or state == "filed"
    match cell.right:
        case "appeal_file":
            return owns and cell.step in APPEALS
        case "appeal_view":
            return owns or cell.role in (*LEADS, *COUNCIL)
        case "appeal_reply":
            return (owns or cell.role in (*LEADS, "officer")) and waiting and cell.step in APPEALS
        case "appeal_withdraw":
            return owns and waiting and cell.step in APPEALS
        case "appeal_decide":
            may = (*LEADS, "officer") if general else DECIDERS[owner]
            return cell.role in may and waiting and cell.step in APPEALS
    return None


def _of_adjustment(cell: Cell, case: str, state: str) -> bool | None:
    general = cell.situation == ""
    waiting = general or state == "proposed"
    watching = (*LEADS, *COUNCIL)
    about_member = case.startswith("member's")
    own_words = case == "member's by itself"
    match cell.right:
        case "adjustment_propose":
            mine = general or cell.role in OWNERS[cell.situation]
            may = cell.role in (*LEADS, "officer") or (cell.role in STAFF and mine)
            return may and cell.step in ADJUST
        case "adjustment_view":
            if general:
                return cell.role in (*STAFF, *COUNCIL)
            mine = cell.role in MEMBERS and about_member and (own_words or not waiting)
            opened = cell.role in MEMBERS and not waiting and cell.step in ANNOUNCED
            return cell.role in watching or mine or opened
        case "adjustment_withdraw":
            proposers = {
                "member's by chair": CHAIRS, "member's by itself": MEMBERS, "chair's by deputy": ("deputy staff",),
            }  # fmt: skip
            may = (*STAFF, *COUNCIL) if general else proposers[case]
            return cell.role in may and waiting and cell.step in ADJUST
        case "adjustment_decide":
            deciders = {
                "member's by chair": ("deputy staff",), "member's by itself": CHAIRS, "chair's by deputy": ("officer",),
            }  # fmt: skip
            may = (*LEADS, "officer") if general else deciders[case]
            return cell.role in may and waiting and cell.step in ADJUST
    return None
