"""One criterion over all agencies: the same measure for everybody, one input below the other."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from core.access import check as check_right
from core.access import may, page
from core.errors import DomainError, Stale
from members.scope import Scope
from scoring.check_lines import CheckLine, check_lines, earlier_levels, lines_for, seen_by
from scoring.domain.checks import give_lines, sheets_of
from scoring.domain.desk import Check, Desk
from scoring.domain.odd import odd_units
from scoring.domain.shapes import Level
from scoring.enums import SheetState
from scoring.models import Criterion, ScoreLine
from scoring.views.check_parts import in_charter_order, level_or_404, read_form, show_problems, wrong_lines
from scoring.words import said


@page("check_view", methods=("GET", "POST"), write_right="check_score")
def check_criterion(request: HttpRequest, level: str, criterion: int) -> HttpResponse:
    """All sheets that the person scores, on one criterion."""
    scope: Scope = request.scope  # type: ignore[attr-defined]
    at, found = level_or_404(scope, level)
    row = next((one for one in at.leaves if one.pk == criterion), None)
    if row is None:
        raise Http404
    mine = [pair for pair in at.mine(found) if pair[0].covers(pair[1], row)]
    if not mine:
        _refuse(scope, at, found)
    mine = in_charter_order(scope, mine)
    lines, columns, names = _lines(scope, at, row, mine)
    if request.method != "POST":
        return _show(request, at, found, row, lines, columns, names)
    typed = read_form(request.POST, lines)
    problems = typed.problems
    if not problems:
        try:
            given = give_lines(scope, level, typed.drafts)
        except DomainError as error:
            problems = error.problems
        except ScoreLine.DoesNotExist as error:
            raise Http404 from error
        except Stale:
            messages.warning(
                request, _("Có dòng vừa được đồng nghiệp cùng đơn vị chấm. Xem lại rồi chấm tiếp.")
            )
            return redirect(scope.address("check_criterion", level=level, criterion=criterion))
    if problems:
        rest = show_problems(lines, problems)
        return _show(request, at, found, row, lines, columns, names, rest, status=422)
    messages.success(request, _("Đã lưu %(count)s dòng.") % {"count": len(given)})
    return redirect(scope.address("check_criterion", level=level, criterion=criterion))


def _refuse(scope: Scope, at: Desk, level: Level) -> None:
    """403 with the reason where there is a sheet that could be refused, else 404."""
    for agency in at.sheets:
        check_right(scope, "check_score", at.check(agency, level))
    raise Http404


def _lines(
    scope: Scope, at: Desk, row: Criterion, mine: list[tuple[Check, int]]
) -> tuple[list[CheckLine], list[Level], dict[int, tuple[str, str]]]:
    of = sheets_of(at, [check.sheet.agency_id for check, _seat in mine])
    rows = list(lines_for([check.sheet.pk for check, _seat in mine]).filter(criterion=row))
    names = at.names()
    # Columns are those that every one of the sheets may show.
    shared = [{one.key for one in earlier_levels(at, check, seat)} for check, seat in mine]
    columns = [one for one in at.settings.levels if all(one.key in keys for keys in shared)]
    found = []
    for check, seat in mine:
        if check.sheet.state == SheetState.DRAFT and not check.is_first:
            continue
        found += check_lines(
            replace_criteria(at, row), seen_by(at, of, check, seat), check, seat, rows,
            writable=may(scope, "check_score", check), names=names, levels=columns,
        )  # fmt: skip
    _warn(found)
    return found, columns, names


def replace_criteria(at: Desk, row: Criterion) -> Desk:
    """The desk with one leaf alone."""
    return replace(at, criteria=[row])


def _warn(lines: list[CheckLine]) -> None:
    """Figures that look like another unit than the others used; only among what the person sees."""
    facts = {}
    for line in lines:
        if (given := line.then or line.mine) is not None:
            facts[line.agency_id] = given.facts
    if lines:
        odd = odd_units(lines[0].leaf, facts)
        for line in lines:
            line.warning = said(odd.get(line.agency_id))


def _show(
    request: HttpRequest,
    at: Desk,
    level: Level,
    row: Criterion,
    lines: list[CheckLine],
    columns: list[Level],
    names: dict[int, tuple[str, str]],
    problems: list[str] | None = None,
    *,
    status: int = 200,
) -> HttpResponse:
    scope: Scope = request.scope  # type: ignore[attr-defined]
    mine = at.mine(level)
    order = [one for one in at.leaves if any(check.covers(seat, one) for check, seat in mine)]
    place = [one.pk for one in order].index(row.pk)
    given = sum(line.mine is not None for line in lines)
    context: dict[str, Any] = {
        "nav": "scoring", "level": level, "criterion": row, "lines": lines, "columns": columns, "given": given,
        "rows": [(line, names.get(line.agency_id, ("", ""))) for line in lines],
        "place": place + 1, "count": len(order),
        "earlier": _link(scope, level, order[place - 1]) if place else None,
        "later": _link(scope, level, order[place + 1]) if place + 1 < len(order) else None,
        "list_url": scope.address("check_list"),
        "url": scope.address("check_criterion", level=level.key, criterion=row.pk),
        "save_url": scope.address("check_save", level=level.key),
        "writable": any(line.writable for line in lines),
        "blind": any(line.blind for line in lines),
        "reasons": at.settings.frequent_reasons, "reason_from": format(at.settings.reason_from, "f"),
        "problems": problems or [], "wrong": wrong_lines(lines), "dirty": status != 200,
    }  # fmt: skip
    return render(request, "scoring/check_criterion.html", context, status=status)


def _link(scope: Scope, level: Level, row: Criterion) -> dict[str, str]:
    return {"url": scope.address("check_criterion", level=level.key, criterion=row.pk), "name": row.code}
