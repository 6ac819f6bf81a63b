"""One agency's sheet at a level: all its lines, one column to type in, everything else beside it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from core.access import may, page
from core.errors import DomainError, Stale
from members.scope import Scope
from movements.views.evidence import served_file
from scoring.check_lines import grouped
from scoring.check_panel import panel
from scoring.domain.checks import EQUAL, UNSCORED, agreeable, give_lines, is_blind
from scoring.domain.verify import unverified
from scoring.enums import SheetState
from scoring.models import LineEvidence, ScoreLine
from scoring.views.check_parts import (
    LARGEST_ID,
    Loaded,
    answer,
    in_charter_order,
    load_sheet,
    read_form,
    show_problems,
    sums,
    wrong_lines,
)


@page("check_view", methods=("GET", "POST"), write_right="check_score")
def check_agency(request: HttpRequest, level: str, agency: int) -> HttpResponse:
    """The lines; all that was typed is saved by one plain POST, or line by line (``check_save``)."""
    scope: Scope = request.scope  # type: ignore[attr-defined]
    loaded = load_sheet(scope, level, agency)
    if request.method != "POST":
        return show(request, loaded)
    typed = read_form(request.POST, loaded.lines)
    if typed.problems:
        return show(request, loaded, show_problems(loaded.lines, typed.problems), status=422)
    try:
        given = give_lines(scope, level, typed.drafts)
    except DomainError as error:
        return show(request, loaded, show_problems(loaded.lines, error.problems), status=422)
    except ScoreLine.DoesNotExist as error:
        raise Http404 from error
    except Stale as stale:
        return _stale(request, loaded, stale)
    if given:
        messages.success(request, _("Đã lưu %(count)s dòng.") % {"count": len(given)})
    else:
        messages.info(request, _("Không có dòng nào thay đổi."))
    return redirect(scope.address("check_agency", level=level, agency=agency))


def _stale(request: HttpRequest, loaded: Loaded, stale: Stale) -> HttpResponse:
    """Somebody of the same agency saved these lines first: theirs stands beside mine, mine is kept to be sent again."""
    typed = {line.row.pk: (line.typed, line.reason) for line in loaded.lines if line.asks}
    scope: Scope = request.scope  # type: ignore[attr-defined]
    fresh = load_sheet(scope, loaded.check.level.key, loaded.agency_id)
    late = late_lines(stale)
    for line in fresh.lines:
        if line.row.pk not in typed:
            continue
        theirs = line.typed
        line.typed, line.reason = typed[line.row.pk]
        line.asks = True
        if line.row.pk in late:
            line.problem = _("Đồng nghiệp vừa ghi %(theirs)s, bạn gõ %(mine)s: giữ số nào thì lưu lại.") % {
                "theirs": theirs or "–", "mine": line.typed or "–",
            }  # fmt: skip
    return show(request, fresh, [_("Có dòng vừa được đồng nghiệp cùng đơn vị chấm.")], status=409)


def late_lines(stale: Stale) -> list[int]:
    """Lines that somebody else saved first."""
    return [row.pk for row in stale.current] if isinstance(stale.current, list) else []


def show(
    request: HttpRequest,
    loaded: Loaded,
    problems: list[str] | None = None,
    *,
    status: int = 200,
    **extra: Any,
) -> HttpResponse:
    """The page; ``problems`` belong to no line."""
    scope: Scope = request.scope  # type: ignore[attr-defined]
    at, check, key = loaded.at, loaded.check, loaded.check.level.key
    others = in_charter_order(scope, at.mine(check.level))
    ids = [one.sheet.agency_id for one, _seat in others]
    place = ids.index(loaded.agency_id) if loaded.agency_id in ids else 0
    unproved = {line.criterion.code for line in loaded.lines if line.unproved}
    judge = at.judge(loaded.agency_id)
    chosen = request.GET.get("dong", "")
    line = next((one for one in loaded.lines if str(one.row.pk) == chosen), None)
    context = {
        "nav": "scoring", "loaded": loaded, "check": check, "sheet": check.sheet, "level": check.level,
        "name": loaded.names.get(loaded.agency_id, ("", ""))[0],
        "groups": grouped(loaded.of, loaded.lines), "summary": loaded.summary, "sums": sums(loaded),
        "blind": is_blind(check, loaded.seat), "finished": loaded.seat in check.finished,
        "assigned": loaded.seat in check.assigned,
        "equal": len(agreeable(at, loaded.of, check, loaded.seat, EQUAL, unproved)) if loaded.writable else 0,
        "unscored": len(agreeable(at, loaded.of, check, loaded.seat, UNSCORED, unproved)) if loaded.writable else 0,
        "maximum": loaded.of.total(loaded.agency_id, key).maximum,
        "earlier": _link(scope, loaded, ids[place - 1]) if place else None,
        "later": _link(scope, loaded, ids[place + 1]) if place + 1 < len(ids) else None,
        "list_url": scope.address("check_list"),
        "url": scope.address("check_agency", level=key, agency=loaded.agency_id),
        "save_url": scope.address("check_save", level=key),
        "step_url": scope.address("check_step", level=key, agency=loaded.agency_id),
        "panel_url": scope.address("check_panel", level=key, agency=loaded.agency_id, line=0).removesuffix("0/"),
        "criterion_url": _criterion(scope, loaded),
        "reasons": at.settings.frequent_reasons, "reason_from": format(at.settings.reason_from, "f"),
        "problems": problems or [], "wrong": wrong_lines(loaded.lines), "dirty": status != 200,
        "panel": panel(scope, loaded, line) if line else None, "chosen": line.row.pk if line else 0,
        "is_judge": key == at.deciding.key,
        "can_return": key == at.deciding.key and may(scope, "sheet_return", judge),
        "can_verify": key == at.deciding.key and may(scope, "sheet_verify", judge)
        and check.sheet.state == SheetState.SENT,
        "can_reopen": key == at.deciding.key and may(scope, "sheet_verify", judge)
        and check.sheet.state == SheetState.VERIFIED,
        "can_excuse": key == at.deciding.key and may(scope, "sheet_excuse", judge) and bool(check.sheet.days_late),
        "unverified": len(unverified(at, loaded.of, loaded.agency_id)) if key == at.deciding.key else 0,
        "refusal": "" if loaded.writable else _why(loaded),
        "posted": {name: request.POST.get(name, "") for name in ("action", "return_reason", "reason")},
        **extra,
    }  # fmt: skip
    return render(request, "scoring/check_agency.html", context, status=status)


def _why(loaded: Loaded) -> str:
    """Why nothing can be typed."""
    state = loaded.check.sheet.state
    if loaded.seat in loaded.check.finished:
        return _("Đơn vị bạn đã chấm xong bảng này. Cụm trưởng, Cụm phó mở lại được ở trang Phân công.")
    if state == SheetState.DRAFT:
        return _("Đơn vị chưa gửi bảng tự chấm: chưa có gì để chấm.")
    if state == SheetState.RETURNED:
        return _("Bảng đang được trả lại cho đơn vị sửa; gửi lại thì chấm tiếp.")
    if state == SheetState.VERIFIED:
        return _("Bảng đã thẩm định xong.")
    return _("Chưa đến bước chấm: chỉ xem.")


def _link(scope: Scope, loaded: Loaded, agency: int) -> dict[str, str]:
    return {
        "url": scope.address("check_agency", level=loaded.check.level.key, agency=agency),
        "name": loaded.names.get(agency, ("", ""))[1],
    }


def _criterion(scope: Scope, loaded: Loaded) -> str:
    if not loaded.lines:
        return ""
    first = loaded.lines[0].criterion.pk
    return scope.address("check_criterion", level=loaded.check.level.key, criterion=first)


@page("check_view", methods=("POST",), write_right="check_score")
def check_save(request: HttpRequest, level: str) -> JsonResponse:
    """Lines of a sheet saved by themselves: what the page shows anew, or what is wrong (422, then nothing is saved), or
    what a colleague saved (409).
    """
    scope: Scope = request.scope  # type: ignore[attr-defined]
    pks = {int(text) for text in request.POST.getlist("line") if text.isdigit() and len(text) < 12}
    pk = min(pks, default=0)
    agency = (
        ScoreLine.objects.filter(pk=pk, sheet__year=scope.year)
        .values_list("sheet__agency", flat=True)
        .first()
    )
    if agency is None:
        raise Http404
    loaded = load_sheet(scope, level, agency)
    typed = read_form(request.POST, [line for line in loaded.lines if line.row.pk in pks])
    problems = typed.problems
    status = 422
    if not problems:
        try:
            give_lines(scope, level, typed.drafts)
        except DomainError as error:
            problems = error.problems
        except Stale as stale:
            fresh = load_sheet(scope, level, agency)
            return JsonResponse(answer(fresh) | {"stale": late_lines(stale)}, status=409)
    if problems:
        return JsonResponse({"problems": [[one.field, one.sentence] for one in problems]}, status=status)
    return JsonResponse(answer(load_sheet(scope, level, agency)))


@page("check_view")
def check_panel(request: HttpRequest, level: str, agency: int, line: int) -> HttpResponse:
    """What stands beside one line, as a piece of the page."""
    scope: Scope = request.scope  # type: ignore[attr-defined]
    if line > LARGEST_ID:
        raise Http404
    loaded = load_sheet(scope, level, agency)
    found = next((one for one in loaded.lines if one.row.pk == line), None)
    if found is None:
        raise Http404
    return render(request, "scoring/check_panel.html", {"panel": panel(scope, loaded, found)})


@page("check_view")
def check_file(request: HttpRequest, level: str, agency: int, line: int, pk: int) -> HttpResponseBase:
    """A file that stands beside a line the person checks."""
    scope: Scope = request.scope  # type: ignore[attr-defined]
    if max(line, pk) > LARGEST_ID:
        raise Http404
    loaded = load_sheet(scope, level, agency)
    if not any(one.row.pk == line for one in loaded.lines):
        raise Http404
    beside = LineEvidence.objects.filter(line=line, evidence=pk, removed_at__isnull=True)
    row = beside.select_related("evidence__file").first()
    if row is None:
        raise Http404
    return served_file(request, row.evidence.file, row.evidence.name)
