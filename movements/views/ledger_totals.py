"""The totals of the ledger by giver, kind, movement, place, month, year, receiver; every figure leads to its rows."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.access import page
from core.folding import fold
from members.models import ClusterYear
from members.scope import Scope, visible_years
from movements.domain import ledger, sums
from movements.domain.sums import Rows
from movements.domain.totals import NOBODY, OUTSIDE, Totals
from movements.enums import ContributionKind
from movements.filters import UnknownChoice
from movements.forms.ledger import KNOWN, NOTHING, LedgerFilter, giver_value
from movements.ledger_prose import paragraph_of
from movements.ledger_rows import group_label, month_value
from movements.models import Beneficiary
from movements.queries import Choices, choices_of
from movements.tables import sums_of
from movements.words import left_out_words, total_figures

AXES = {
    "don_vi": gettext_lazy("Đơn vị"),
    "loai": gettext_lazy("Loại"),
    "phong_trao": gettext_lazy("Phong trào"),
    "dia_ban": gettext_lazy("Địa bàn"),
    "thang": gettext_lazy("Tháng"),
    "nam": gettext_lazy("Năm"),
    "noi_nhan": gettext_lazy("Nơi nhận"),
}
ASKS_FOR = {
    "don_vi": "don_vi",
    "loai": "loai",
    "phong_trao": "phong_trao",
    "dia_ban": "tai",
    "thang": "ky",
    "noi_nhan": "nhan",
}
ACROSS_YEARS = ("don_vi", "loai", "nhan")  # what means the same in another year
MOST_GROUPS = 500


@page("activity_view")
def ledger_totals(request: HttpRequest) -> HttpResponse:
    """The totals by what the address names in ``theo``; unless it asks otherwise, of what everybody sees."""
    scope: Scope = request.scope  # type: ignore[attr-defined]
    axis = request.GET.get("theo", "don_vi")
    if axis not in AXES:
        raise Http404
    choices, data = choices_of(scope.year), request.GET.copy()
    if not data.get("trang_thai"):
        data["trang_thai"] = KNOWN
    form = LedgerFilter(data, choices, scope)
    try:
        rows = _rows(scope, form, axis)
        groups = ledger.totals_along(rows, axis, form.givers)
        totals = sums.totals_of(rows, form.givers)
    except UnknownChoice as error:
        raise Http404 from error
    table = _table(scope, form, axis, groups, choices)
    context = {
        "nav": "activities",
        "tab": "totals",
        "form": form,
        "axis": axis,
        "axis_title": AXES[axis],
        "axes": [
            {"title": title, "url": _along(form, name), "here": name == axis} for name, title in AXES.items()
        ],
        "chips": [
            {**chip, "url": f"{chip['url'] or '?'}{'&' if chip['url'] else ''}theo={axis}"}
            for chip in form.chips()
        ],
        "narrowed": any(form.given(name) for name in form.fields if name != "trang_thai")
        or form.given("trang_thai") != KNOWN,
        "groups": table[:MOST_GROUPS],
        "more": len(table) - MOST_GROUPS,
        "sums": sums_of(totals),
        "overlaps": axis == "don_vi" and any(one.joint for one in groups.values()) and not form.givers,
        "all_url": scope.address("ledger") + form.address(),
        "address": f"{scope.address('ledger_totals')}?theo={axis}",
        "sentence": paragraph_of(scope, rows, totals, choices) if axis != "nam" else "",
    }
    return render(request, "movements/ledger_totals.html", context)


def _along(form: LedgerFilter, axis: str) -> str:
    return form.address(theo=axis)


def _rows(scope: Scope, form: LedgerFilter, axis: str) -> Rows:
    """The rows that fit; side by side over the years only by what means the same in each."""
    if axis != "nam":
        return form.apply(ledger.entries(scope))
    asked = QueryDict(urlencode({name: form.given(name) for name in ACROSS_YEARS if form.given(name)}))
    return LedgerFilter(asked, form.choices, scope).apply(ledger.entries_of_years(scope))


# -- one line for each group ---------------------------------------------------------------------
def _table(
    scope: Scope, form: LedgerFilter, axis: str, groups: dict[Any, Totals], choices: Choices
) -> list[dict[str, Any]]:
    """Groups in their natural order: members by charter, kinds and months in order, years and others largest first."""
    names = _names(scope, form, axis, groups, choices)
    order = _order(axis, choices, names)
    found = []
    for key in sorted(groups, key=lambda key: order(key, groups[key])):
        totals = groups[key]
        found.append(
            {
                "label": group_label(axis, key, names, scope),
                "url": _behind(scope, form, axis, key, names) if _is_offered(axis, key, names) else "",
                "figures": total_figures(totals),
                "left_out": left_out_words(totals.left_out),
                "gifts": totals.gifts,
                "joint": totals.joint,
            }
        )
    return found


def _names(
    scope: Scope, form: LedgerFilter, axis: str, groups: Iterable[Any], choices: Choices
) -> dict[Any, str]:
    """What the keys are called; at most one query."""
    group = {"group": scope.cluster.kind_inside}
    if axis == "don_vi":
        names: dict[Any, str] = {pk: full for pk, (full, _short) in choices.agencies.items()}
        return names | {
            OUTSIDE: _("Bên ngoài %(group)s") % group,
            NOBODY: _("Chung của cả %(group)s") % group,
        }
    if axis == "phong_trao":
        return dict(choices.movements)
    if axis == "noi_nhan":
        rows = Beneficiary.objects.filter(pk__in=[key for key in groups if key])
        return dict(rows.values_list("pk", "name"))
    if axis == "dia_ban":
        return dict(ledger.spellings(form.apply(ledger.entries(scope))))
    if axis == "nam":
        years: QuerySet[ClusterYear] = visible_years(scope)
        return {pk: _("Năm %(label)s") % {"label": label} for pk, label in years.values_list("pk", "label")}
    return {}


def _order(axis: str, choices: Choices, names: dict[Any, str]) -> Any:
    if axis == "thang":
        return lambda key, _totals: (key is None, month_value(key))
    if axis == "loai":
        return lambda key, _totals: ContributionKind.values.index(key)
    if axis in ("don_vi", "phong_trao", "nam"):
        places = {key: place for place, key in enumerate(names)}
        return lambda key, _totals: places.get(key, len(places))
    return lambda key, totals: (
        not key,
        -(totals.money.number if totals.money else 0),
        -totals.gifts,
        fold(names.get(key, "")),
    )


def _is_offered(axis: str, key: Any, names: dict[Any, str]) -> bool:
    """Whether the ledger can be asked for the group: a giver that is no member of the year is not offered there."""
    return axis not in ("don_vi", "nam") or key in names


def _behind(scope: Scope, form: LedgerFilter, axis: str, key: Any, names: dict[Any, str]) -> str:
    """The address of the rows behind a figure: the ledger with the same filter and the group."""
    if axis == "nam":
        label = names.get(key, "").rpartition(" ")[2]
        asked = {name: form.given(name) for name in ACROSS_YEARS if form.given(name)} | {"trang_thai": KNOWN}
        place = {"cluster": scope.cluster.slug, "label": label}
        return f"{reverse('ledger', kwargs=place)}?{urlencode(asked)}"
    if axis == "don_vi":
        return scope.address("ledger") + form.address(don_vi=giver_value(key), ke="")
    if axis == "thang":
        value = month_value(key)
    elif axis == "dia_ban":
        value = names.get(key, "")
    else:
        value = str(key or "")
    return scope.address("ledger") + form.address(**{ASKS_FOR[axis]: value or NOTHING})
