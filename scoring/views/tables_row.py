"""One criterion of the draft in a form of its own, with a worked example of what its rule gives."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from core.access import page
from core.errors import DomainError, Stale
from members import charter
from members.charter_parts import Unfit
from members.models import Charter
from members.scope import Scope
from movements.forms.rows import one_row_more
from scoring.domain.shapes import Leaf
from scoring.domain.tables_rows import CriterionDraft, as_draft, change_criterion, picture, seen, tree_of
from scoring.domain.tables_tree import Tree
from scoring.enums import LeafRule
from scoring.forms_tables import LISTS, CriterionSheet, list_titles
from scoring.models import CriteriaTable, Criterion
from scoring.table_rules import params_of
from scoring.table_samples import Sample, samples
from scoring.table_words import field_label, field_words
from scoring.views.tables_edit import draft_or_404
from scoring.views.tables_parts import links, outside_scorers, row_or_404, settings_of


@page("criteria_edit", methods=("GET", "POST"))
def criterion(request: HttpRequest, pk: int) -> HttpResponse:
    """The form; adding a row, changing the rule and trying an example show the page again and write nothing."""
    scope: Scope = request.scope  # type: ignore[attr-defined]
    table = draft_or_404(scope)
    tree = tree_of(table)
    row = row_or_404(tree, pk)
    if request.method != "POST":
        return _form(request, table, tree, row, _sheet(scope, table, tree, row))
    if any(name in request.POST for name in ("add_row", "show_rule", "example")):
        data = one_row_more(request.POST, LISTS) if "add_row" in request.POST else request.POST
        sheet = _sheet(scope, table, tree, row, data)
        draft = sheet.draft() if sheet.is_valid() else None
        if "example" not in request.POST:
            sheet.without_complaints()
        return _form(request, table, tree, row, sheet, draft=draft, dirty=True)
    return _posted(request, table, tree, row)


def _posted(request: HttpRequest, table: CriteriaTable, tree: Tree, row: Criterion) -> HttpResponse:
    scope: Scope = request.scope  # type: ignore[attr-defined]
    sheet = _sheet(scope, table, tree, row, request.POST)
    if not sheet.is_valid():
        return _form(request, table, tree, row, sheet, status=422, dirty=True)
    draft = sheet.draft()
    try:
        saved = change_criterion(
            scope, row.pk, draft, mark=sheet.head.cleaned_data["mark"], parent=sheet.parent_id
        )
    except (Criterion.DoesNotExist, CriteriaTable.DoesNotExist) as error:
        raise Http404 from error
    except DomainError as error:
        sheet.show(error.problems)
        return _form(request, table, tree, row, sheet, status=422, dirty=True, draft=draft)
    except Stale as stale:
        return _conflict(request, table, draft, stale.current)
    messages.success(request, _("Đã lưu %(code)s.") % {"code": saved.code})
    if request.POST.get("then") == "next":
        following = _next(tree, row)
        if following is not None:
            return redirect(scope.address("criteria_row", pk=following.pk))
    return redirect(f"{scope.address('criteria_edit')}#m{saved.pk}")


def _conflict(request: HttpRequest, table: CriteriaTable, mine: CriterionDraft, theirs: Any) -> HttpResponse:
    """Somebody saved meanwhile: both values side by side; the form keeps mine, on top of theirs."""
    scope: Scope = request.scope  # type: ignore[attr-defined]
    tree = tree_of(table)
    row = row_or_404(tree, theirs.pk)
    held = picture(row)
    wanted = {name: getattr(mine, name) for name in held} | {"applies_to": list(mine.applies_to)}
    rows = [
        {
            "field": field_label(name),
            "mine": field_words(name, wanted[name], row),
            "theirs": field_words(name, value, row),
        }
        for name, value in held.items()
        if wanted[name] != value
    ]
    data = request.POST.copy()
    data["mark"] = seen(row)
    return _form(
        request,
        table,
        tree,
        row,
        _sheet(scope, table, tree, row, data),
        status=409,
        dirty=True,
        differences=rows,
    )


def _sheet(
    scope: Scope, table: CriteriaTable, tree: Tree, row: Criterion, data: Any = None
) -> CriterionSheet:
    scorers = outside_scorers(scope, row.scorer_id)
    return CriterionSheet(tree, row, scorers, follows=table.version > 1, data=data)


def _next(tree: Tree, row: Criterion) -> Criterion | None:
    place = next(number for number, one in enumerate(tree.rows) if one.pk == row.pk)
    return tree.rows[place + 1] if place + 1 < len(tree.rows) else None


def _form(
    request: HttpRequest, table: CriteriaTable, tree: Tree, row: Criterion, sheet: CriterionSheet, *,
    status: int = 200, draft: CriterionDraft | None = None, **extra: Any,
) -> HttpResponse:  # fmt: skip
    scope: Scope = request.scope  # type: ignore[attr-defined]
    titles = list_titles()
    context = links(scope) | {
        "table": table, "row": row, "sheet": sheet, "is_section": sheet.rule == LeafRule.SECTION,
        "lists": [(name, rows, *titles[name]) for name, rows in sheet.lists.sets.items() if name != "sizes"],
        "sizes": (*titles["sizes"], sheet.lists.sets.get("sizes")),
        "samples": _samples(table, row, draft or as_draft(row)), "differences": None, "dirty": False,
        "has_next": _next(tree, row) is not None,
        "back_url": f"{scope.address('criteria_edit')}#m{row.pk}",
        "remove_url": scope.address("criteria_remove", pk=row.pk), **extra,
    }  # fmt: skip
    return render(request, "scoring/table_row.html", context, status=status)


def _samples(table: CriteriaTable, row: Criterion, draft: CriterionDraft) -> list[Sample]:
    """What the rule gives as it is typed; nothing for a section, or while something does not read."""
    if draft.rule == LeafRule.SECTION:
        return []
    stored = Charter.objects.filter(year=table.year_id).values_list("data", flat=True).first()
    rules = charter.read(stored or {})
    try:
        params = params_of(draft.rule, dict(draft.params))
    except Unfit:
        return []
    leaf = Leaf(
        key=row.key, code=draft.code, rule=draft.rule, maximum=draft.maximum, part=draft.part, title=draft.title,
        unit=draft.unit, better=draft.better, step=draft.step,
        places=rules.decimals if draft.places is None else draft.places, rounding=rules.rounding, **params,
    )  # fmt: skip
    return samples(leaf, settings_of(table))
