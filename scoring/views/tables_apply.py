"""The last page before a draft is put into force: what stands against it, what happens to sheets, the button."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from core.access import page
from core.errors import DomainError, Problem, Stale
from members.scope import Scope
from scoring.domain.tables_apply import Applied, apply_table, findings
from scoring.domain.tables_compare import compare
from scoring.domain.tables_rows import leaves_of, tree_of
from scoring.enums import SheetState
from scoring.forms_tables import ApplyForm
from scoring.models import CriteriaTable, ScoreSheet
from scoring.queries_tables import in_force_among, versions_of
from scoring.views.tables_edit import draft_or_404
from scoring.views.tables_parts import links, totals


@page("criteria_edit", methods=("GET", "POST"), write_right="criteria_apply")
def apply(request: HttpRequest) -> HttpResponse:
    """The leadership reads what stands against the draft; the chair puts it into force."""
    scope: Scope = request.scope  # type: ignore[attr-defined]
    table = draft_or_404(scope)
    if request.method != "POST":
        return _page(request, table, ApplyForm(initial={"edition": table.edition}, label_suffix=""))
    form = ApplyForm(request.POST, label_suffix="")
    if not form.is_valid():
        return _page(request, table, form, status=422)
    given = form.cleaned_data
    try:
        done = apply_table(scope, edition=given["edition"], sum_decision=given["sum_decision"])
    except CriteriaTable.DoesNotExist as error:
        raise Http404 from error
    except Stale as stale:
        now: Any = stale.current
        data = request.POST.copy()
        data["edition"] = str(now.edition)
        return _page(request, draft_or_404(scope), ApplyForm(data, label_suffix=""), status=409, stale=True)
    except DomainError as error:
        for problem in error.problems:
            if problem.field == "sum_decision":
                form.add_error("sum_decision", problem.sentence)
        return _page(request, table, form, status=422)
    messages.success(request, _done(done))
    return redirect(scope.address("criteria"))


def _done(done: Applied) -> str:
    said = [_("Đã áp dụng bảng tiêu chí, bản %(n)s.") % {"n": done.table.version}]
    carried = done.carried
    if carried.sheets:
        words = {"sheets": carried.sheets, "figures": carried.figures, "returned": carried.returned}
        said.append(
            _(
                "Chuyển %(sheets)s bảng chấm điểm, %(figures)s lượt điểm; "
                "trả lại %(returned)s bảng để chấm phần thay đổi."
            )
            % words
        )
    return " ".join(said)


def _page(
    request: HttpRequest, table: CriteriaTable, form: ApplyForm, *, status: int = 200, stale: bool = False
) -> HttpResponse:
    scope: Scope = request.scope  # type: ignore[attr-defined]
    table.year = scope.year
    tree = tree_of(table)
    found = findings(table, tree)
    before = in_force_among(versions_of(scope))
    context = links(scope) | {
        "table": table, "form": form, "sums": found.sums, "stale": stale, "totals": totals(tree),
        "problems": [_linked(scope, one) for one in found.problems],
        "warnings": [_linked(scope, one) for one in found.warnings], "leaves": len(leaves_of(tree.rows)),
        "before": before, "changes": None, "sheets": 0, "sent": 0,
    }  # fmt: skip
    if before is not None:
        sheets = list(ScoreSheet.objects.filter(table=before).values_list("state", flat=True))
        context |= {
            "changes": compare(tree_of(before), tree), "sheets": len(sheets),
            "sent": sum(1 for state in sheets if state in (SheetState.SENT, SheetState.VERIFIED)),
            "compare_url": f"{scope.address('criteria_compare')}?tu={before.pk}&den={table.pk}",
        }  # fmt: skip
    return render(request, "scoring/table_apply.html", context, status=status)


def _linked(scope: Scope, problem: Problem) -> dict[str, str]:
    """A sentence with the page where it is mended."""
    kind, _colon, at = problem.field.partition(":")
    url = ""
    if kind == "row":
        url = scope.address("criteria_row", pk=int(at))
    elif kind == "settings":
        url = scope.address("criteria_settings")
    elif kind == "reason":
        url = scope.address("criteria_head")
    return {"sentence": problem.sentence, "url": url}
