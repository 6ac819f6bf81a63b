"""What single addresses of scoring answer, by the rights about the one thing they show."""

from __future__ import annotations

from typing import Any

from core.access import may
from scoring.queries_adjustments import adjustment_for
from scoring.queries_appeals import appeal_for
from scoring.queries_sheets import sheet_for
from scoring.rules_checks import is_own

DONE = {200, 302, 400, 409, 422}
# A draft stands beside the table in force; uploads are somebody else's; the appeal is undecided and bytes are not on
# disk; an empty form names no line.
FIXED: dict[str, set[int]] = {
    "criteria_version": {302}, "criteria_start": DONE, "criteria_import_run": {404}, "criteria_import_file": {404},
    "sheet_import_run": {404}, "sheet_import_file": {404}, "appeal_paper": {404}, "adjustment_file": {404},
}  # fmt: skip
EDITS = {"sheet_import", "sheet_line", "sheet_line_file", "sheet_save", "sheet_totals"}


def of_scoring(scope: Any, address: Any, rows: dict[str, Any], cast: Any, method: str) -> set[int] | None:
    """The statuses of an address of scoring; None: what the page's own right says is all."""
    name = address.name
    if name == "year_home" and not scope.is_insider:
        return {302}  # who scores from outside begins with that work
    if name in FIXED:
        return FIXED[name]
    if name == "sheet_list":
        return {302} if scope.is_member and not (scope.is_chair or scope.is_deputy) else None
    if name.startswith("adjustment_") and address.parts:
        return _of_adjustment(scope, name, rows)
    if name.startswith("appeal_") and address.parts:
        return _of_appeal(scope, name, rows, cast)
    if name.startswith("check_") and address.parts:
        return _of_check(scope, name, cast)
    if name.startswith("sheet") and address.parts:
        return _of_sheet(scope, name, cast, method)
    return None


def _of_adjustment(scope: Any, name: str, rows: dict[str, Any]) -> set[int] | None:
    row = adjustment_for(scope, rows["adjustment"])
    if row is None:
        return {404}
    if name == "adjustment_step":
        return {403, *DONE}  # which right depends on the step; an empty form names none
    return None


def _of_appeal(scope: Any, name: str, rows: dict[str, Any], cast: Any) -> set[int] | None:
    if name == "appeal_add":
        sheet = sheet_for(scope, cast.member.pk)
        if sheet is None:
            return {404}
        return {409, 403} if may(scope, "appeal_file", sheet) else {403}
    row = appeal_for(scope, rows["appeal"])
    if row is None:
        return {404}
    rights = {
        "appeal_decide": "appeal_decide",
        "appeal_reply": "appeal_reply",
        "appeal_withdraw": "appeal_withdraw",
    }
    if name in rights and not may(scope, rights[name], row):
        return {403}
    return {410} if name == "appeal_file" else None


def _of_check(scope: Any, name: str, cast: Any) -> set[int] | None:
    """Without assignments the chair's staff has the seat of verification, never over its own agency."""
    if name in ("check_save", "check_file", "check_panel"):
        return {403, 404, *DONE} if scope.is_chair else {403, 404}
    if name == "check_step":
        return {400, 403}  # which right depends on the step; an empty form names none
    if scope.is_chair and not is_own(scope, cast.member.pk):
        return None
    return {403, 404}


def _of_sheet(scope: Any, name: str, cast: Any, method: str) -> set[int] | None:
    row = sheet_for(scope, cast.member.pk)
    if row is None:
        return {404}
    edits = may(scope, "sheet_edit", row)
    if name == "sheet_totals":
        return {200} if cast.member.pk in scope.answers_for else {404}
    if name == "sheet_import" or (name == "sheet" and method == "POST"):
        return None if edits else {403}
    if name in ("sheet_line_file", "sheet_start", "sheet_send", "sheet_take_back") and not edits:
        return {403, 404, *DONE} if cast.member.pk in scope.answers_for else {403, 404}
    return None
