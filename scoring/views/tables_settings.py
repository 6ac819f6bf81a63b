"""How the draft counts, in plain choices."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from core.access import page
from core.errors import DomainError, Stale
from members.scope import Scope
from movements.forms.rows import one_row_more
from scoring.domain.shapes import TableRules
from scoring.domain.tables import mark_of, save_settings
from scoring.forms_table_settings import SettingsSheet
from scoring.forms_tables_rows import SETTING_LISTS, first_level_words
from scoring.models import CriteriaTable
from scoring.table_words import settings_differences
from scoring.views.tables_edit import draft_or_404
from scoring.views.tables_parts import links, settings_of


@page("criteria_edit", methods=("GET", "POST"))
def settings(request: HttpRequest) -> HttpResponse:
    """The form; rows can be added without a script."""
    scope: Scope = request.scope  # type: ignore[attr-defined]
    table = draft_or_404(scope)
    if request.method != "POST":
        return _form(request, table, SettingsSheet(table))
    if "add_row" in request.POST:
        sheet = SettingsSheet(table, one_row_more(request.POST, SETTING_LISTS))
        sheet.without_complaints()
        return _form(request, table, sheet, dirty=True)
    sheet = SettingsSheet(table, request.POST)
    wanted = sheet.rules()
    if wanted is None:
        return _form(request, table, sheet, status=422, dirty=True)
    try:
        save_settings(scope, wanted, mark=sheet.head.cleaned_data["mark"])
    except CriteriaTable.DoesNotExist as error:
        raise Http404 from error
    except DomainError as error:
        sheet.show(error.problems)
        return _form(request, table, sheet, status=422, dirty=True)
    except Stale as stale:
        return _conflict(request, wanted, stale.current)
    messages.success(request, _("Đã lưu cách tính điểm."))
    return redirect(scope.address("criteria_edit"))


def _conflict(request: HttpRequest, mine: TableRules, theirs: Any) -> HttpResponse:
    """Both values side by side; the form keeps mine, on top of theirs."""
    rows = [
        {"field": label, "mine": own, "theirs": other}
        for label, own, other in settings_differences(mine, settings_of(theirs))
    ]
    data = request.POST.copy()
    data["mark"] = mark_of(theirs.settings)
    sheet = SettingsSheet(theirs, data)
    sheet.rules()
    return _form(request, theirs, sheet, status=409, dirty=True, differences=rows)


def _form(
    request: HttpRequest, table: CriteriaTable, sheet: SettingsSheet, *, status: int = 200, **extra: Any
) -> HttpResponse:
    scope: Scope = request.scope  # type: ignore[attr-defined]
    head = sheet.head
    groups = [
        ("diem", _("Thưởng, trừ"), [head[name] for name in ("bonus", "bonus_cap", "penalty_cap", "lateness_by")]),
        ("so-sanh", _("Tiêu chí so với đơn vị khác"),
         [head[name] for name in ("best_tie", "nobody_exceeded", "target_zero")]),
        ("khong-giao", _("Không giao, không phát sinh"), [head[name] for name in ("unassigned", "not_arisen")]),
    ]  # fmt: skip
    context = links(scope) | {
        "table": table, "sheet": sheet, "groups": groups, "level_help": first_level_words(), "differences": None,
        "dirty": False, **extra,
    }  # fmt: skip
    return render(request, "scoring/table_settings.html", context, status=status)
