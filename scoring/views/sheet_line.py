"""One line of a sheet: saved while typing, and what stands beside it (files, words, history, precedents)."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from core.access import check, may, page
from core.errors import DomainError, Problem, Refused, Stale
from core.quantity import format_number
from members import charter
from members.models import Agency
from members.queries import agency_names
from members.scope import Scope
from movements.domain.evidence import may_serve
from movements.queries import LARGEST_ID
from scoring.domain.calc import facts_of
from scoring.domain.entries import judged, leaf_of
from scoring.domain.shapes import Leaf
from scoring.domain.sheet_line import attach, detach, line_of, write_note
from scoring.domain.sheet_send import is_answered
from scoring.domain.sheets import filled_by_agency, lacks_something, line_is_open, save_line
from scoring.enums import SheetState
from scoring.forms_sheet import FIELDS, Typed, draft_of, fingerprint, shown_values, typed_row
from scoring.line_history import history_of
from scoring.loading import nodes_of, table_in_force
from scoring.models import Criterion, LineEvidence, LineNote, ScoreEntry, ScoreLine
from scoring.precedents import precedents_of
from scoring.prefill import prefills
from scoring.queries_appeals import window_of
from scoring.sheet_page import SheetPage, conflict_words
from scoring.sheet_rows import points_text
from scoring.views.sheet import agency_or_404
from scoring.words import said


# -- while typing --------------------------------------------------------------------------------
@page("sheet_view", methods=("POST",), write_right="sheet_edit")
def save(request: HttpRequest, agency: int) -> HttpResponse:
    """Save one row: 200 with what its rule made of it, 409 with both values, 422 with sentences; then nothing changed.

    ``nguoi`` names the account the page was drawn for: rows of one person are never saved by another who signed in
    meanwhile in the same browser.
    """
    scope: Scope = request.scope  # type: ignore[attr-defined]
    data = request.POST
    if data.get("nguoi", "") != str(scope.user.pk):
        told = _(
            "Một người khác đã đăng nhập trên trình duyệt này. Chưa lưu gì; hãy đăng nhập lại đúng tài khoản."
        )
        return JsonResponse(
            {"error": "other-user", "sentence": told, "token": get_token(request)}, status=409
        )
    pk = data.get("dong", "")
    typed = typed_row(data, int(pk)) if pk.isdecimal() and int(pk) <= LARGEST_ID else None
    criterion = Criterion.objects.filter(pk=pk, table__year=scope.year).first() if typed else None
    if typed is None or criterion is None:
        raise Http404
    leaf = nodes_of([criterion], charter.read(scope.year.charter.data))[0]
    draft, problems = draft_of(criterion.pk, leaf, typed) if isinstance(leaf, Leaf) else (None, [])
    if draft is None:
        return _refused(problems)
    try:
        line = save_line(scope, agency, draft)
    except Agency.DoesNotExist as error:
        raise Http404 from error
    except DomainError as error:
        return _refused(error.problems)
    except Refused as refused:
        return JsonResponse({"error": "refused", "errors": {"facts": str(refused)}}, status=403)
    except Stale as stale:
        return _both(typed, stale.current)
    return JsonResponse(_saved(scope, line, draft.facts, typed))


def _refused(problems: list[Problem]) -> JsonResponse:
    errors = {one.field or "facts": one.sentence for one in reversed(problems)}
    return JsonResponse({"error": "refused", "errors": errors}, status=422)


def _saved(scope: Scope, line: ScoreLine, facts: Any, typed: Typed) -> dict[str, Any]:
    result = judged(scope, line, facts)
    values = shown_values(facts, line.explanation, line.citation)
    return {
        "version": line.version,
        "was": fingerprint(values),
        "values": values,
        "points": points_text(result, leaf_of(scope, line)),
        "how": said(result.derivation),
        "warnings": [said(one) for one in result.warnings],
        "answered": is_answered(result),
        "saved": _("Đã lưu %(time)s") % {"time": f"{timezone.localtime():%H:%M}"},
    }


def _both(typed: Typed, current: Any) -> JsonResponse:
    """Both values of every control that differs, and the version to save over."""
    line: ScoreLine = current
    entry = ScoreEntry.objects.filter(line=line, scorer=line.sheet.agency_id, is_current=True).first()
    theirs = _values(entry, line)
    differ = [
        {"name": name, "label": conflict_words(name), "mine": typed.values[name], "theirs": theirs[name]}
        for name in FIELDS
        if typed.values[name].strip() != theirs[name]
    ]
    told = _("Người khác vừa lưu dòng này. Chọn giữ giá trị nào.")
    answer = {
        "error": "overtaken",
        "sentence": told,
        "differ": differ,
        "theirs": theirs,
        "version": line.version,
    }
    return JsonResponse(answer, status=409)


def _values(entry: ScoreEntry | None, line: ScoreLine) -> dict[str, str]:
    facts = facts_of(entry.facts, entry.mark) if entry else facts_of({})
    return shown_values(facts, line.explanation, line.citation)


@page("sheet_view")
def totals(request: HttpRequest, agency: int) -> HttpResponse:
    """The running totals of the own sheet, from the one function that makes totals."""
    scope: Scope = request.scope  # type: ignore[attr-defined]
    row = Agency.objects.filter(pk=agency).first() if agency in scope.answers_for else None
    shown = SheetPage(scope, row, table_in_force(scope.year)) if row else None
    if shown is None or shown.board is None:
        raise Http404
    told = shown.summary(shown.rows())
    total = told["total"]
    return JsonResponse(
        {
            "total": format_number(total.total),
            "provisional": total.provisional,
            "answered": told["answered"],
            "all": told["all"],
            "lacking": told["lacking"],
            "left": told["all"] - told["answered"],
            "sections": {one.anchor: one.words for one in told["sections"]},
            "token": get_token(request),
        }
    )


# -- beside a line -------------------------------------------------------------------------------
@page("sheet_view")
def line(request: HttpRequest, agency: int, criterion: int) -> HttpResponse:
    """Files, words, history and precedents of one line; with ``?manh=1`` only the part that opens below the row."""
    return show_line(request, agency, criterion)


def show_line(
    request: HttpRequest, agency: int, criterion: int, *, error: str = "", typed: str = "", status: int = 200
) -> HttpResponse:
    """The page of one line."""
    scope: Scope = request.scope  # type: ignore[attr-defined]
    _row, member = agency_or_404(scope, agency)
    found = _line_or_404(scope, agency, criterion)
    sheet: Any = found.sheet
    check(scope, "sheet_view", sheet)
    own = agency in scope.answers_for
    if not own and sheet.state == "draft":
        raise Http404
    can_edit = (
        own
        and may(scope, "sheet_edit", sheet)
        and filled_by_agency(found.criterion)
        and (line_is_open(scope, sheet, found.returned_at is not None) or lacks_something(found))
    )
    files = _files(found)
    notes = list(LineNote.objects.filter(line=found).order_by("pk"))
    names = agency_names({one.agency_id for one in notes}, scope.today) if notes else {}
    context = {
        "nav": "scoring", "tab": "sheet", "member": member, "line": found, "criterion": found.criterion,
        "sheet": sheet, "own": own, "can_edit": can_edit, "can_note": may(scope, "sheet_line_note", sheet),
        "files": files, "choices": _choices(scope, agency, files) if can_edit else [],
        "notes": [(names.get(one.agency_id, ("", ""))[1], one) for one in notes],
        "history": history_of(scope, found), "error": error, "typed": typed,
        "precedents": precedents_of(scope.year, [found.criterion.code]).get(found.criterion.code, []),
        "prefill": prefills(scope, agency).get(found.criterion.code) if own else None,
        "acts_url": scope.address("activity_list"),
        "back_url": f"{scope.address('sheet', agency=agency)}#d{criterion}",
        "url": scope.address("sheet_line", agency=agency, criterion=criterion),
        "file_url": scope.address("sheet_line_file", agency=agency, criterion=criterion),
        "note_url": scope.address("sheet_line_note", agency=agency, criterion=criterion),
        "library_url": scope.address("library"), "appeal_url": _appeal_url(scope, found) if own else "",
    }  # fmt: skip
    piece = request.GET.get("manh") == "1"
    return render(
        request,
        "scoring/sheet_line_part.html" if piece else "scoring/sheet_line.html",
        context,
        status=status,
    )


def _appeal_url(scope: Scope, found: ScoreLine) -> str:
    """Where an appeal about the line is filed; empty while none may be. One query at most."""
    if found.sheet.state != SheetState.VERIFIED or not may(scope, "appeal_file", found.sheet):
        return ""
    return "" if window_of(scope.year).closed(scope.today) else scope.address("appeal_add", line=found.pk)


def _line_or_404(scope: Scope, agency: int, criterion: int) -> ScoreLine:
    if agency > LARGEST_ID or criterion > LARGEST_ID:
        raise Http404
    try:
        return line_of(scope, agency, criterion)
    except ScoreLine.DoesNotExist as error:
        raise Http404 from error


def _files(found: ScoreLine) -> list[dict[str, Any]]:
    """Files beside the line, with the other criteria of the sheet that each serves (domain 7.20); two queries."""
    rows = LineEvidence.objects.filter(line=found, removed_at__isnull=True).select_related("evidence__file")
    rows = rows.filter(evidence__removed_at__isnull=True)
    others = LineEvidence.objects.filter(
        line__sheet=found.sheet, evidence__score_lines__line=found, removed_at__isnull=True
    ).exclude(line=found)
    codes: dict[int, list[str]] = {}
    for pk, code in others.values_list("evidence", "line__criterion__code").distinct():
        codes.setdefault(pk, []).append(code)
    return [{"evidence": one.evidence, "also": ", ".join(codes.get(one.evidence_id, []))} for one in rows]


def _choices(scope: Scope, agency: int, files: list[dict[str, Any]]) -> list[Any]:
    there = [one["evidence"].pk for one in files]
    return list(may_serve(scope, agency).exclude(pk__in=there).order_by("-pk")[:200])


@page("sheet_view", methods=("POST",), write_right="sheet_edit")
def line_file(request: HttpRequest, agency: int, criterion: int) -> HttpResponse:
    """Attach files of the library to a line, or take one away."""
    scope: Scope = request.scope  # type: ignore[attr-defined]
    ids = [int(one) for one in request.POST.getlist("tep") if one.isdecimal() and int(one) <= LARGEST_ID]
    away = request.POST.get("go", "")
    try:
        if away.isdecimal() and int(away) <= LARGEST_ID:
            detach(scope, agency, criterion, int(away))
        else:
            attach(scope, agency, criterion, ids)
    except ScoreLine.DoesNotExist as error:
        raise Http404 from error
    except DomainError as error:
        return show_line(request, agency, criterion, error=error.problems[0].sentence, status=422)
    return _back(request, scope, agency, criterion, _("Đã sửa minh chứng của tiêu chí."))


@page("sheet_view", methods=("POST",), write_right="sheet_line_note")
def line_note(request: HttpRequest, agency: int, criterion: int) -> HttpResponse:
    """Say something about a line."""
    scope: Scope = request.scope  # type: ignore[attr-defined]
    words = request.POST.get("words", "")
    try:
        write_note(scope, agency, criterion, words)
    except ScoreLine.DoesNotExist as error:
        raise Http404 from error
    except DomainError as error:
        return show_line(
            request, agency, criterion, error=error.problems[0].sentence, typed=words, status=422
        )
    return _back(request, scope, agency, criterion, _("Đã gửi trao đổi."))


def _back(request: HttpRequest, scope: Scope, agency: int, criterion: int, words: str) -> HttpResponse:
    """A script gets the part below the row again, a browser without one its page."""
    if request.headers.get("X-Requested-With") == "fetch":
        address = scope.address("sheet_line", agency=agency, criterion=criterion)
        return redirect(f"{address}?manh=1")
    messages.success(request, words)
    return redirect(scope.address("sheet_line", agency=agency, criterion=criterion))
