"""The criteria table read: in force, as a draft, an older version, from the library, compared, tried on past years."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from core.access import check, page
from core.quantity import format_number
from members.models import ClusterYear
from members.queries import agency_names
from members.scope import Scope
from scoring.domain.tables_compare import Changed, compare
from scoring.domain.tables_rows import leaves_of, tree_of
from scoring.domain.tables_sums import differences
from scoring.enums import TableState
from scoring.models import CriteriaTable
from scoring.queries_tables import draft_among, in_force_among, library_for, readable, versions_of
from scoring.simulate import Trial, simulate, years_to_try
from scoring.table_words import field_label, field_words, settings_differences, settings_words
from scoring.views.tables_parts import links, scorer_names, settings_of, shown_rows, totals

MOST = 2**31 - 1


@page("criteria_view")
def criteria(request: HttpRequest) -> HttpResponse:
    """The table in force, else the draft; without either how to begin."""
    scope: Scope = request.scope  # type: ignore[attr-defined]
    versions = versions_of(scope)
    table = in_force_among(versions) or draft_among(versions)
    return _read(request, table, versions)


@page("criteria_view")
def version(request: HttpRequest, pk: int) -> HttpResponse:
    """One table: a version of the year, of another year, or one that another cluster shares."""
    scope: Scope = request.scope  # type: ignore[attr-defined]
    versions = versions_of(scope)
    table = next((one for one in versions if one.pk == pk), None) or _readable_or_404(scope, pk)
    if table.year_id == scope.year.pk and table == (in_force_among(versions) or draft_among(versions)):
        return redirect(scope.address("criteria"))
    return _read(request, table, versions)


def _readable_or_404(scope: Scope, pk: int) -> CriteriaTable:
    found = readable(scope).select_related("year__cluster").filter(pk=min(pk, MOST)).first()
    if found is None:
        raise Http404
    return found


def _read(request: HttpRequest, table: CriteriaTable | None, versions: list[CriteriaTable]) -> HttpResponse:
    scope: Scope = request.scope  # type: ignore[attr-defined]
    own = table is not None and table.year_id == scope.year.pk
    context: dict[str, Any] = links(scope) | {
        "table": table, "versions": versions, "own": own, "draft": draft_among(versions),
        "in_force": in_force_among(versions), "sums": [],
    }  # fmt: skip
    if table is not None:
        tree, settings = tree_of(table), settings_of(table)
        context |= {
            "rows": shown_rows(tree, settings, scorer_names(scope, tree.rows)), "totals": totals(tree),
            "leaves": len(leaves_of(tree.rows)), "sums": differences(tree, settings),
            "settings": settings_words(settings), "state": TableState(table.state),
            "compare_url": f"{scope.address('criteria_compare')}?tu={table.pk}",
            "use_url": f"{scope.address('criteria_start')}?tu={table.pk}",
        }  # fmt: skip
    return render(request, "scoring/table_read.html", context)


# -- library -------------------------------------------------------------------------------------
@page("year_view")
def library(request: HttpRequest) -> HttpResponse:
    """Tables that were in force in earlier years, and those that other clusters share: never a score."""
    scope: Scope = request.scope  # type: ignore[attr-defined]
    rows: list[dict[str, Any]] = [
        {
            "table": table, "url": scope.address("criteria_version", pk=table.pk), "cluster": table.year.cluster,
            "compare": f"{scope.address('criteria_compare')}?tu={table.pk}",
            "use": f"{scope.address('criteria_start')}?tu={table.pk}",
        }
        for table in library_for(scope)
    ]  # fmt: skip
    own = [row for row in rows if row["cluster"].pk == scope.cluster.pk]
    groups = [
        {"id": "cum-nay", "title": _("Các năm của cụm"), "rows": own},
        {
            "id": "cum-khac",
            "title": _("Cụm khác cho dùng lại"),
            "rows": [row for row in rows if row not in own],
        },
    ]
    versions = versions_of(scope)
    context = links(scope) | {"groups": groups, "draft": draft_among(versions)}
    return render(request, "scoring/table_library.html", context)


# -- comparing -----------------------------------------------------------------------------------
@page("year_view")
def comparison(request: HttpRequest) -> HttpResponse:
    """Two tables side by side: ``tu`` is the old one, ``den`` the new one; by default the last two of the year."""
    scope: Scope = request.scope  # type: ignore[attr-defined]
    options = list(
        readable(scope)
        .select_related("year__cluster")
        .order_by("-year__starts_on", "year__cluster", "-version")
    )
    known = {table.pk: table for table in options}
    own = [table for table in options if table.year_id == scope.year.pk]
    old, new = _asked(request, "tu", known), _asked(request, "den", known)
    new = new or next((table for table in own if table != old), None)
    old = old or next(
        (table for table in options if table != new and table.year.cluster_id == scope.cluster.pk), None
    )
    context: dict[str, Any] = links(scope) | {
        "options": [(table.pk, _called(scope, table)) for table in options], "old": old, "new": new,
        "old_name": _called(scope, old) if old else "", "new_name": _called(scope, new) if new else "", "found": None,
    }  # fmt: skip
    if old and new and old != new:
        before, after = tree_of(old), tree_of(new)
        found = compare(before, after)
        names = scorer_names(scope, [*before.rows, *after.rows])
        context |= {
            "found": found, "changed": [_changed_words(one, names) for one in found.changed],
            "settings": settings_differences(settings_of(old), settings_of(new)),
        }  # fmt: skip
    return render(request, "scoring/table_compare.html", context)


def _asked(request: HttpRequest, name: str, known: dict[int, CriteriaTable]) -> CriteriaTable | None:
    asked = request.GET.get(name, "")
    if not asked:
        return None
    found = known.get(int(asked)) if asked.isascii() and asked.isdecimal() and len(asked) < 11 else None
    if found is None:
        raise Http404
    return found


def _called(scope: Scope, table: CriteriaTable) -> str:
    words = {"label": table.year.label, "version": table.version, "state": TableState(table.state).label}
    said = _("Năm %(label)s, bản %(version)s (%(state)s)") % words
    return said if table.year.cluster_id == scope.cluster.pk else f"{table.year.cluster.short_name}: {said}"


def _changed_words(one: Changed, names: dict[int, str]) -> dict[str, Any]:
    rows = [
        {
            "field": field_label(name), "old": field_words(name, old, one.old, names),
            "new": field_words(name, new, one.new, names),
        }
        for name, (old, new) in one.fields.items()
    ]  # fmt: skip
    if one.moved:
        top = _("ngay dưới bảng")
        rows.append({"field": field_label("parent"), "old": one.moved[0] or top, "new": one.moved[1] or top})
    if one.reordered:
        rows.append({"field": _("Thứ tự"), "old": "–", "new": _("đổi chỗ trong mục")})
    return {"row": one.new, "rows": rows}


# -- trying --------------------------------------------------------------------------------------
@page("criteria_simulate")
def simulation(request: HttpRequest) -> HttpResponse:
    """The draft (else the table in force) replayed on a year's sheets; nothing is written."""
    scope: Scope = request.scope  # type: ignore[attr-defined]
    check(scope, "criteria_simulate")
    versions = versions_of(scope)
    table = draft_among(versions) or in_force_among(versions)
    years = years_to_try(scope.cluster.pk)
    asked = request.GET.get("nam", "")
    year = (
        next((one for one in years if one.label == asked), None) if asked else (years[0] if years else None)
    )
    if asked and year is None:
        raise Http404
    trial = simulate(table, year) if table and year else None
    context = links(scope) | {
        "table": table, "years": years, "year": year, "trial": trial,
        "rows": _trial_rows(scope, trial, year) if trial and year else [],
    }  # fmt: skip
    return render(request, "scoring/table_simulate.html", context)


def _trial_rows(scope: Scope, trial: Trial, year: ClusterYear) -> list[dict[str, Any]]:
    named = agency_names([row.agency_id for row in trial.rows], min(scope.today, year.ends_on))
    return [
        {
            "name": named.get(row.agency_id, ("", "?"))[1], "row": row, "before": format_number(row.before),
            "after": format_number(row.after), "by": format_number(abs(row.after - row.before)),
            "sign": "+" if row.after > row.before else "−" if row.after < row.before else "",
            "moved": abs(row.moved), "up": row.moved > 0, "down": row.moved < 0,
        }
        for row in trial.rows
    ]  # fmt: skip
