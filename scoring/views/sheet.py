"""Score sheets: the list of the year's sheets, and one agency's sheet in one form that works without a script."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.contrib import messages
from django.core.exceptions import SuspiciousOperation
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from core.access import check, may, page
from core.dates import DateError, format_date, parse_date
from core.errors import DomainError, Problem, Stale
from members.lateness import left
from members.models import Agency
from members.queries import MemberRow, assessed_among, member_rows
from members.scope import Scope
from movements.queries import LARGEST_ID
from scoring.domain.sheet_send import due_day, late_days, save_and_send, take_back_sheet
from scoring.domain.sheets import LineDraft, save_lines, self_level, start_sheet
from scoring.enums import SheetState
from scoring.forms_sheet import FIELDS, Typed, draft_of, shown_values, typed_row
from scoring.loading import table_in_force
from scoring.models import ScoreLine, ScoreSheet
from scoring.queries_sheets import narrowed, sheets_for
from scoring.sheet_page import SheetPage, conflict_words
from scoring.sheet_rows import Given
from scoring.totals import board

LOOKS = {
    "": ("", "circle-dashed"), SheetState.DRAFT: ("wait", "pencil"), SheetState.SENT: ("ok", "send"),
    SheetState.RETURNED: ("warn", "arrow-back-up"), SheetState.VERIFIED: ("ok", "shield-check"),
}  # fmt: skip


def look_of(state: str) -> dict[str, str]:
    """Kind, icon and words of a state of a sheet; empty: not begun."""
    kind, icon = LOOKS[state]
    return {"kind": kind, "icon": icon, "text": str(SheetState(state).label) if state else _("Chưa bắt đầu")}


def agency_or_404(scope: Scope, pk: int) -> tuple[Agency, MemberRow]:
    """The member of the year whose sheet the address names; three queries."""
    rows = member_rows(scope.year) if pk <= LARGEST_ID else []
    member = next((row for row in rows if row.agency_id == pk), None)
    if member is None:
        raise Http404
    return Agency.objects.get(pk=pk), member


# -- the list ------------------------------------------------------------------------------------
@page("sheet_view")
def sheet_list(request: HttpRequest) -> HttpResponse:
    """Every member's sheet with its state; points only where the person may see them."""
    scope: Scope = request.scope  # type: ignore[attr-defined]
    sheets = list(sheets_for(scope))
    wide = scope.is_chair or scope.is_deputy or scope.is_officer or scope.is_observer
    known = {one.agency_id for one in sheets}
    if not wide and known <= scope.answers_for and len(scope.answers_for) == 1:
        return redirect(scope.address("sheet", agency=next(iter(scope.answers_for))))
    table = table_in_force(scope.year)
    whole = board(scope.year, known, table=table) if table and known else None
    seen = narrowed(scope, whole, sheets) if whole else None
    members = member_rows(scope.year)
    assessed = assessed_among(scope.year, members)
    by_agency = {one.agency_id: one for one in sheets}
    lines = [
        _line(scope, seen, member, by_agency.get(member.agency_id), member.agency_id in assessed)
        for member in members
        if wide or member.agency_id in known or member.agency_id in scope.answers_for
    ]
    context = {
        "nav": "scoring", "tab": "sheet", "lines": lines, "table": table,
        "sent": sum(line["sent"] for line in lines if line["assessed"]),
        "expected": sum(line["assessed"] for line in lines),
    }  # fmt: skip
    return render(request, "scoring/sheet_list.html", context)


def _line(scope: Scope, seen: Any, member: MemberRow, sheet: Any, assessed: bool) -> dict[str, Any]:
    state = sheet.state if sheet else ""
    own = member.agency_id in scope.answers_for
    line: dict[str, Any] = {
        "member": member, "look": look_of(state), "sheet": sheet, "own": own, "assessed": assessed,
        "sent": state in (SheetState.SENT, SheetState.VERIFIED, SheetState.RETURNED),
        "url": scope.address("sheet", agency=member.agency_id) if own or (sheet and state != SheetState.DRAFT) else "",
        "total": None, "progress": "",
    }  # fmt: skip
    data = seen.sheets.get(member.agency_id) if seen else None
    if data and data.figures:
        total = seen.total(member.agency_id, self_level(seen.settings).key)
        line |= {"total": total, "progress": f"{total.answered}/{total.leaves}"}
    return line


# -- one sheet -----------------------------------------------------------------------------------
@page("sheet_view", methods=("GET", "POST"))
def sheet(request: HttpRequest, agency: int) -> HttpResponse:
    """Read one sheet, or fill it in: a POST saves every row; with ``then=send`` it sends the sheet on."""
    scope: Scope = request.scope  # type: ignore[attr-defined]
    row, member = agency_or_404(scope, agency)
    shown = SheetPage(scope, row, table_in_force(scope.year))
    check(scope, "sheet_view", shown.standing)
    if request.method == "POST":
        check(scope, "sheet_edit", shown.standing)
        return _posted(request, shown, member)
    return show(request, shown, member)


def show(
    request: HttpRequest,
    shown: SheetPage,
    member: MemberRow,
    *,
    given: Given | None = None,
    problems: list[dict[str, str]] | None = None,
    status: int = 200,
    template: str = "scoring/sheet.html",
    **extra: Any,
) -> HttpResponse:
    """The page of a sheet, for its agency or for whoever may look at it."""
    scope: Scope = request.scope  # type: ignore[attr-defined]
    pk = shown.agency_id
    context: dict[str, Any] = {
        "nav": "scoring", "tab": "sheet", "member": member, "sheet": shown.sheet, "own": shown.own,
        "table": shown.board.table if shown.board else None, "look": look_of(shown.sheet.state if shown.sheet else ""),
        "can_edit": shown.can_edit and shown.board is not None, "problems": problems or [], "dirty": status != 200,
        "list_url": scope.address("sheet_list"), "sheet_url": scope.address("sheet", agency=pk),
        "print_url": scope.address("sheet_print", agency=pk),
        "shows_figures": shown.shows_figures,
        "unsent": False, "posted_text": "", "due": None, "due_left": "", "can_take_back": False, **extra,
    }  # fmt: skip
    if shown.board is not None and shown.shows_figures:
        rows = shown.rows(given)
        context |= shown.summary(rows) | _steps(scope, shown)
    return render(request, template, context, status=status)


def _steps(scope: Scope, shown: SheetPage) -> dict[str, Any]:
    pk = shown.agency_id
    due = due_day(scope, pk) if shown.own else None
    by_post = shown.board is not None and shown.board.settings.lateness_by == "posted"
    return {
        "can_send": shown.own and may(scope, "sheet_send", shown.standing),
        "can_take_back": shown.own and shown.sheet is not None and may(scope, "sheet_take_back", shown.sheet),
        "line_url": scope.address("sheet_save_line", agency=pk),
        "totals_url": scope.address("sheet_totals", agency=pk),
        "take_back_url": scope.address("sheet_take_back", agency=pk),
        "start_url": scope.address("sheet_start", agency=pk),
        "more_base": scope.address("sheet", agency=pk),
        "due": due, "due_left": left(due, scope.today) if due else "", "by_post": by_post,
        "late_now": late_days(due, scope.today), "today": format_date(scope.today),
    }  # fmt: skip


# -- writing -------------------------------------------------------------------------------------
def _posted(request: HttpRequest, shown: SheetPage, member: MemberRow) -> HttpResponse:
    scope: Scope = request.scope  # type: ignore[attr-defined]
    if shown.board is None:
        raise SuspiciousOperation("no table in force")
    typed, drafts, problems = _read(shown, request.POST)
    posted_on, wrong = _day(request.POST.get("posted_on", ""))
    sends = request.POST.get("then") == "send" and not problems
    if sends:
        check(scope, "sheet_send", shown.standing)
    try:
        if sends and not wrong:
            saved = save_and_send(scope, shown.agency_id, drafts, posted_on)
        else:
            saved = save_lines(scope, shown.agency_id, drafts)
    except DomainError as error:
        messages.error(request, error.problems[0].sentence)
        return redirect(scope.address("sheet", agency=shown.agency_id))
    problems |= saved.problems
    if problems or saved.stale:
        return _not_saved(request, shown, member, typed, problems, saved.stale)
    if sends and (wrong or saved.unsent):
        now = SheetPage(scope, Agency.objects.get(pk=shown.agency_id), shown.board.table)
        return _not_sent(request, now, member, [wrong] if wrong else saved.unsent)
    messages.success(request, _("Đã gửi bảng chấm điểm.") if sends else _("Đã lưu bảng chấm điểm."))
    return redirect(scope.address("sheet", agency=shown.agency_id))


def _not_saved(
    request: HttpRequest,
    shown: SheetPage,
    member: MemberRow,
    typed: dict[int, Typed],
    problems: dict[int, list[Problem]],
    stale: dict[int, ScoreLine],
) -> HttpResponse:
    """The page with the texts of the rows that stayed out; the others are saved."""
    again = SheetPage(
        shown.scope, Agency.objects.get(pk=shown.agency_id), shown.board.table if shown.board else None
    )
    kept = {pk: typed[pk] for pk in (*problems, *stale)}
    given = Given(kept, problems, {pk: _both(again, kept[pk], line) for pk, line in stale.items()})
    told = _told(again, problems, stale)
    return show(request, again, member, given=given, problems=told, status=409 if stale else 422)


def _read(shown: SheetPage, data: Any) -> tuple[dict[int, Typed], list[LineDraft], dict[int, list[Problem]]]:
    """The rows the person changed: their texts, what they mean, what cannot be understood."""
    assert shown.board is not None  # noqa: S101 - checked by the caller
    typed: dict[int, Typed] = {}
    drafts: list[LineDraft] = []
    problems: dict[int, list[Problem]] = {}
    by_code = shown.leaves()
    for one in shown.board.criteria:
        row = typed_row(data, one.pk)
        leaf = by_code.get(one.code)
        if row is None or leaf is None or not row.is_touched:
            continue
        typed[one.pk] = row
        draft, found = draft_of(one.pk, leaf, row)
        if draft is None:
            problems[one.pk] = found
        else:
            drafts.append(draft)
    return typed, drafts, problems


def _both(shown: SheetPage, mine: Typed, line: ScoreLine) -> list[tuple[str, str, str]]:
    """Name, mine and theirs of every control that differs."""
    theirs = shown_values(shown.facts(line.criterion.code), line.explanation, line.citation)
    return [
        (conflict_words(name), mine.values[name], theirs[name])
        for name in FIELDS
        if mine.values[name].strip() != theirs[name]
    ]


def _told(
    shown: SheetPage, problems: dict[int, list[Problem]], stale: dict[int, Any]
) -> list[dict[str, str]]:
    assert shown.board is not None  # noqa: S101 - checked by the caller
    told = []
    for one in shown.board.criteria:
        if one.pk in stale:
            told.append({"href": f"#d{one.pk}", "text": f"{one.code}. " + _("Người khác vừa sửa dòng này.")})
        elif one.pk in problems:
            told.append({"href": f"#d{one.pk}", "text": f"{one.code}. {problems[one.pk][0].sentence}"})
    return told


def _not_sent(
    request: HttpRequest, shown: SheetPage, member: MemberRow, problems: list[Problem]
) -> HttpResponse:
    """The rows that keep the sheet from being sent, each with a link to its place."""
    rows = {str(one.pk): one for one in shown.board.criteria} if shown.board else {}
    told = []
    by_row: dict[int, list[Problem]] = {}
    for one in problems:
        row = rows.get(one.field)
        if row:
            by_row[row.pk] = [Problem(one.sentence, "facts")]
        told.append(
            {"href": f"#d{row.pk}", "text": f"{row.code}. {row.title}: {one.sentence}"}
            if row
            else {"href": "#id_posted_on" if one.field == "posted_on" else "", "text": one.sentence}
        )
    extra: dict[str, Any] = {"unsent": True, "posted_text": request.POST.get("posted_on", "")}
    return show(request, shown, member, given=Given(problems=by_row), problems=told, status=422, **extra)


def _day(text: str) -> tuple[date | None, Problem | None]:
    if not text.strip():
        return None, None
    try:
        return parse_date(text), None
    except DateError as error:
        return None, Problem(str(error), "posted_on")


@page("sheet_view", methods=("POST",), write_right="sheet_edit")
def start(request: HttpRequest, agency: int) -> HttpResponse:
    """Begin the sheet of an agency by the table in force."""
    scope: Scope = request.scope  # type: ignore[attr-defined]
    try:
        start_sheet(scope, agency_or_404(scope, agency)[0].pk)
    except DomainError as error:
        messages.error(request, error.problems[0].sentence)
    return redirect(scope.address("sheet", agency=agency))


@page("sheet_view", methods=("POST",), write_right="sheet_take_back")
def take_back(request: HttpRequest, agency: int) -> HttpResponse:
    """Make a sent sheet a draft again."""
    scope: Scope = request.scope  # type: ignore[attr-defined]
    version = request.POST.get("version", "")
    try:
        take_back_sheet(
            scope, agency, version=int(version) if version.isdecimal() and len(version) < 10 else 0
        )
    except ScoreSheet.DoesNotExist as error:
        raise Http404 from error
    except DomainError as error:
        messages.error(request, error.problems[0].sentence)
    except Stale:
        messages.warning(request, _("Bảng vừa được người khác sửa. Xem lại rồi làm tiếp."))
    else:
        messages.success(request, _("Đã thu hồi bảng chấm điểm; sửa xong thì gửi lại."))
    return redirect(scope.address("sheet", agency=agency))


@page("sheet_view")
def print_view(request: HttpRequest, agency: int) -> HttpResponse:
    """The sheet for paper, A4 across, with places to sign."""
    scope: Scope = request.scope  # type: ignore[attr-defined]
    row, member = agency_or_404(scope, agency)
    shown = SheetPage(scope, row, table_in_force(scope.year))
    check(scope, "sheet_view", shown.standing)
    if shown.board is None or not shown.shows_figures:
        raise Http404
    return show(request, shown, member, template="scoring/sheet_print.html")
