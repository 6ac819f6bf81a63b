"""Writing the draft: begun, its tree arranged, lines typed in, its head, thrown away. Every write is a plain POST."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from django.contrib import messages
from django.core.exceptions import SuspiciousOperation
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from core import submit
from core.access import page
from core.errors import DomainError, Stale
from members.scope import Scope
from scoring.domain.tables import (
    HeadDraft,
    draft_of,
    drop_draft,
    head_picture,
    mark_of,
    save_head,
    start_draft,
)
from scoring.domain.tables_rows import (
    add_criterion,
    copy_branch,
    leaves_of,
    move_criterion,
    remove_branch,
    tree_of,
)
from scoring.domain.tables_sums import differences
from scoring.domain.tables_tree import DIRECTIONS, Tree
from scoring.enums import LeafRule, TablePart
from scoring.forms_tables import HeadForm, QuickForm, StartForm
from scoring.models import CriteriaTable, Criterion
from scoring.queries_tables import draft_among, in_force_among, readable, versions_of
from scoring.table_words import field_label
from scoring.views.tables_parts import links, row_or_404, scorer_names, settings_of, shown_rows, totals

AFTER, INSIDE = "sau", "trong"
EMPTY: Final = "trong"


# -- beginning -----------------------------------------------------------------------------------
@page("criteria_edit", methods=("GET", "POST"))
def start(request: HttpRequest) -> HttpResponse:
    """Begin a draft: empty, from the table in force, from an earlier year or another cluster."""
    scope: Scope = request.scope  # type: ignore[attr-defined]
    versions = versions_of(scope)
    if request.method != "POST" and draft_among(versions):
        return redirect(scope.address("criteria_edit"))
    bases = _bases(scope, versions, request.GET.get("tu", ""))
    force = in_force_among(versions)
    title = force.title if force else _("Bảng tiêu chí thi đua năm %(label)s") % {"label": scope.year.label}
    asked: dict[str, Any] = {"bases": bases, "asks_reason": force is not None, "label_suffix": ""}
    if request.method != "POST":
        chosen = request.GET.get("tu") or (force.pk if force else EMPTY)
        return _start_form(
            request, StartForm(initial={"title": title, "base": str(chosen)}, **asked), submit.new_key()
        )
    form, key = StartForm(request.POST, **asked), submit.clean_key(request.POST.get(submit.FIELD, ""))
    if not form.is_valid():
        return _start_form(request, form, key, status=422)
    given = form.cleaned_data
    base = (
        None
        if given["base"] == EMPTY
        else readable(scope).select_related("year__cluster").get(pk=given["base"])
    )

    def work() -> str:
        start_draft(scope, title=given["title"], reason=given.get("reason", ""), base=base)
        return scope.address("criteria_edit")

    try:
        done = submit.once(scope.user.pk, key, work)
    except DomainError as error:
        for problem in error.problems:
            form.add_error(problem.field if problem.field in form.fields else None, problem.sentence)
        return _start_form(request, form, key, status=422)
    return redirect(done.address)


def _bases(scope: Scope, versions: list[CriteriaTable], asked: str) -> list[tuple[str, str]]:
    """What a draft may begin with; the one asked for in the address and the newest of each earlier year."""
    force = in_force_among(versions)
    rows = list(
        readable(scope)
        .exclude(state="draft")
        .select_related("year__cluster")
        .order_by("-year__starts_on", "-version")
    )
    found: dict[str, str] = {}
    if force:
        found[str(force.pk)] = _("Bảng đang áp dụng (bản %(n)s), chỉ sửa chỗ cần sửa") % {"n": force.version}
    years: set[int] = set()
    for table in rows:
        named = {"label": table.year.label, "n": table.version, "cluster": table.year.cluster.short_name}
        newest = table.year_id not in years and table.year.cluster_id == scope.cluster.pk
        years.add(table.year_id)
        if str(table.pk) == asked or (newest and table.year_id != scope.year.pk):
            found.setdefault(str(table.pk), _("Bảng năm %(label)s, bản %(n)s (%(cluster)s)") % named)
    return [*found.items(), (EMPTY, _("Bảng trống"))]


def _start_form(request: HttpRequest, form: StartForm, key: str, *, status: int = 200) -> HttpResponse:
    scope: Scope = request.scope  # type: ignore[attr-defined]
    return render(
        request, "scoring/table_start.html", links(scope) | {"form": form, "submit_key": key}, status=status
    )


# -- the tree ------------------------------------------------------------------------------------
def draft_or_404(scope: Scope) -> CriteriaTable:
    """The draft of the year; one query."""
    table = draft_of(scope.year)
    if table is None:
        raise Http404
    return table


@page("criteria_edit", methods=("GET", "POST"))
def editor(request: HttpRequest) -> HttpResponse:
    """The whole tree; ``?sau=7`` or ``?trong=7`` opens a line to type into, a POST adds it and opens the next one."""
    scope: Scope = request.scope  # type: ignore[attr-defined]
    table = draft_of(scope.year)
    if table is None:
        return redirect(scope.address("criteria_start"))
    tree = tree_of(table)
    if request.method != "POST":
        return _editor(request, table, tree, _asked_line(request, tree))
    form = QuickForm(request.POST, label_suffix="")
    if not form.is_valid():
        return _editor(request, table, tree, form, status=422)
    given = form.cleaned_data
    above = _above(tree, given["after"], given["parent"])
    try:
        row = add_criterion(
            scope,
            form.draft(above.part if above else TablePart.BASE),
            parent=given["parent"],
            after=given["after"],
        )
    except Criterion.DoesNotExist:
        messages.warning(request, _("Chỗ định thêm vừa bị người khác xóa. Chọn chỗ khác."))
        return redirect(scope.address("criteria_edit"))
    except CriteriaTable.DoesNotExist as error:
        raise Http404 from error
    except DomainError as error:
        for problem in error.problems:
            form.add_error(problem.field if problem.field in form.fields else None, problem.sentence)
        return _editor(request, table, tree, form, status=422)
    messages.success(request, _("Đã thêm %(code)s.") % {"code": row.code})
    if request.POST.get("then") == "detail":
        return redirect(scope.address("criteria_row", pk=row.pk))
    inside = row.rule == LeafRule.SECTION
    return redirect(f"{scope.address('criteria_edit')}?{INSIDE if inside else AFTER}={row.pk}#them")


def _above(tree: Tree, after: int | None, parent: int | None) -> Criterion | None:
    like = tree.by_pk.get(after or 0)
    return tree.by_pk.get((like.parent_id if like else parent) or 0)


def _asked_line(request: HttpRequest, tree: Tree) -> QuickForm | None:
    """The empty line that the address asks for, with the next code; None for none. An empty table asks by itself."""
    asked = next(((name, request.GET[name]) for name in (AFTER, INSIDE) if request.GET.get(name)), None)
    if asked is None:
        return None if tree.rows else _line(tree, None, None)
    name, pk = asked
    row = tree.by_pk.get(int(pk)) if pk.isascii() and pk.isdecimal() and len(pk) < 11 else None
    if row is None:
        return _line(tree, None, None) if pk == "0" else None
    if name == INSIDE and row.rule == LeafRule.SECTION:
        return _line(tree, row, None)
    return _line(tree, tree.by_pk.get(row.parent_id or 0), row)


def _line(tree: Tree, parent: Criterion | None, after: Criterion | None) -> QuickForm:
    rule = after.rule if after else LeafRule.DIRECT if parent else LeafRule.SECTION
    return QuickForm(
        initial={
            "code": tree.next_code(parent, after), "rule": rule, "after": after.pk if after else None,
            "parent": parent.pk if parent and not after else None,
        },
        label_suffix="",
    )  # fmt: skip


def _editor(
    request: HttpRequest, table: CriteriaTable, tree: Tree, line: QuickForm | None, *, status: int = 200
) -> HttpResponse:
    scope: Scope = request.scope  # type: ignore[attr-defined]
    settings = settings_of(table)
    rows = shown_rows(tree, settings, scorer_names(scope, tree.rows))
    sums = differences(tree, settings)
    context = links(scope) | {
        "table": table, "rows": rows, "totals": totals(tree), "leaves": len(leaves_of(tree.rows)), "sums": sums,
        "caps": [one for one in sums if one.pk is None], "line": line, "line_at": _line_place(tree, line),
        "follows": table.version > 1, "row_base": scope.address("criteria_edit"),
    }  # fmt: skip
    return render(request, "scoring/table_edit.html", context, status=status)


def _line_place(tree: Tree, line: QuickForm | None) -> int:
    """The id of the row behind which the open line is drawn; 0: at the end."""
    if line is None:
        return -1
    after, parent = (line[name].value() for name in ("after", "parent"))
    row = tree.by_pk.get(int(after or parent or 0))
    if row is None:
        return 0
    branch = tree.branch(row)
    return branch[-1].pk if after or len(branch) > 1 else row.pk


# -- arranging -----------------------------------------------------------------------------------
def _move(direction: str) -> Callable[[Scope, int], Criterion]:
    return lambda scope, pk: move_criterion(scope, pk, direction)


_WORK: Final[dict[str, Callable[[Scope, int], Criterion]]] = {
    **{direction: _move(direction) for direction in DIRECTIONS}, "copy": copy_branch,
}  # fmt: skip


@page("criteria_edit", methods=("POST",))
def arrange(request: HttpRequest) -> HttpResponse:
    """One button of the tree: ``do`` is "up-7", "down-7", "in-7", "out-7", "copy-7"."""
    scope: Scope = request.scope  # type: ignore[attr-defined]
    action, dash, pk = request.POST.get("do", "").partition("-")
    if action not in _WORK or not dash or not pk.isascii() or not pk.isdecimal() or len(pk) > 10:
        raise SuspiciousOperation("unknown action")
    try:
        row = _WORK[action](scope, int(pk))
    except (Criterion.DoesNotExist, CriteriaTable.DoesNotExist):
        messages.warning(request, _("Dòng này vừa bị người khác xóa."))
        return redirect(scope.address("criteria_edit"))
    except DomainError as error:
        messages.error(request, " ".join(problem.sentence for problem in error.problems))
        return redirect(f"{scope.address('criteria_edit')}#m{pk}")
    if action == "copy":
        messages.success(request, _("Đã chép thành %(code)s.") % {"code": row.code})
    return redirect(f"{scope.address('criteria_edit')}#m{row.pk}")


@page("criteria_edit", methods=("GET", "POST"))
def remove(request: HttpRequest, pk: int) -> HttpResponse:
    """What would go with a criterion, and the button that takes it out."""
    scope: Scope = request.scope  # type: ignore[attr-defined]
    table = draft_or_404(scope)
    tree = tree_of(table)
    row = row_or_404(tree, pk)
    status = 200
    if request.method == "POST":
        try:
            gone = remove_branch(scope, pk, edition=_edition(request))
        except Stale:
            status = 409
            table = draft_or_404(scope)
            tree = tree_of(table)
            row = row_or_404(tree, pk)
        except (Criterion.DoesNotExist, CriteriaTable.DoesNotExist) as error:
            raise Http404 from error
        else:
            messages.success(request, _("Đã xóa %(codes)s.") % {"codes": ", ".join(gone)})
            place = f"#m{row.parent_id}" if row.parent_id else ""
            return redirect(f"{scope.address('criteria_edit')}{place}")
    context = links(scope) | {"table": table, "row": row, "branch": tree.branch(row), "stale": status == 409}
    return render(request, "scoring/table_remove.html", context, status=status)


def _edition(request: HttpRequest) -> int:
    text = request.POST.get("edition", "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else 0


# -- head, throwing away -------------------------------------------------------------------------
@page("criteria_edit", methods=("GET", "POST"))
def head(request: HttpRequest) -> HttpResponse:
    """Title, paper, reason, whether other clusters may use it."""
    scope: Scope = request.scope  # type: ignore[attr-defined]
    table = draft_or_404(scope)
    if request.method != "POST":
        return _head(request, table, HeadForm.of(table))
    form = HeadForm.of(table, request.POST)
    if not form.is_valid():
        return _head(request, table, form, status=422)
    try:
        save_head(scope, form.draft(), mark=form.cleaned_data["mark"])
    except CriteriaTable.DoesNotExist as error:
        raise Http404 from error
    except DomainError as error:
        for problem in error.problems:
            form.add_error(problem.field if problem.field in form.fields else None, problem.sentence)
        return _head(request, table, form, status=422)
    except Stale as stale:
        return _head_conflict(request, form.draft(), stale.current)
    messages.success(request, _("Đã lưu phần đầu bảng tiêu chí."))
    return redirect(scope.address("criteria_edit"))


def _head_conflict(request: HttpRequest, mine: HeadDraft, theirs: Any) -> HttpResponse:
    """Both sides; the form keeps mine on top of theirs."""
    names = {"title": _("Tên"), "decision_number": _("Số văn bản"), "decision_date": _("Ngày ban hành"),
             "reason": _("Lý do sửa đổi"), "is_shared": _("Cho cụm khác dùng lại")}  # fmt: skip
    rows = [
        {
            "field": names.get(name, field_label(name)),
            "mine": _plain(getattr(mine, name)),
            "theirs": _plain(value),
        }
        for name, value in head_picture(theirs).items()
        if getattr(mine, name) != value
    ]
    data = request.POST.copy()
    data["mark"] = mark_of(head_picture(theirs))
    form = HeadForm.of(theirs, data)
    form.is_valid()
    return _head(request, theirs, form, status=409, differences=rows)


def _plain(value: Any) -> str:
    if isinstance(value, bool):
        return _("Có") if value else _("Không")
    return "" if value is None else str(value)


def _head(
    request: HttpRequest, table: CriteriaTable, form: HeadForm, *, status: int = 200, **extra: Any
) -> HttpResponse:
    scope: Scope = request.scope  # type: ignore[attr-defined]
    context = links(scope) | {
        "table": table,
        "form": form,
        "differences": None,
        "dirty": status != 200,
        **extra,
    }
    return render(request, "scoring/table_head.html", context, status=status)


@page("criteria_edit", methods=("GET", "POST"))
def drop(request: HttpRequest) -> HttpResponse:
    """Throw the draft away, after asking."""
    scope: Scope = request.scope  # type: ignore[attr-defined]
    table, status = draft_or_404(scope), 200
    if request.method == "POST":
        try:
            drop_draft(scope, edition=_edition(request))
        except Stale:
            table, status = draft_or_404(scope), 409
        except CriteriaTable.DoesNotExist as error:
            raise Http404 from error
        else:
            messages.success(request, _("Đã bỏ bản soạn."))
            return redirect(scope.address("criteria"))
    rows = Criterion.objects.filter(table=table).count()
    context = links(scope) | {"table": table, "count": rows, "stale": status == 409}
    return render(request, "scoring/table_drop.html", context, status=status)
