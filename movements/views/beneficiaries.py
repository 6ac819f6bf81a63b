"""Receivers as a shared list: how often each was given to, a better name, two merged into one."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _

from core import submit
from core.access import page
from core.errors import DomainError
from core.folding import QUERY_LIMIT, clean_line
from members.scope import Scope
from movements.domain import beneficiaries, ledger, sums
from movements.domain.totals import Totals
from movements.models import Beneficiary
from movements.words import left_out_words, total_figures

MOST = 300


@page("activity_view")
def receiver_list(request: HttpRequest) -> HttpResponse:
    """The receivers of the year, those with most contributions first, with what each got."""
    scope: Scope = request.scope  # type: ignore[attr-defined]
    query = clean_line(request.GET.get("q", ""))[:QUERY_LIMIT]
    found = beneficiaries.receivers(scope, query, MOST + 1)
    rows = ledger.entries(scope).filter(beneficiary__in=[row.pk for row in found])
    totals = ledger.totals_along(rows, "noi_nhan")
    context = {
        "nav": "activities",
        "tab": "receivers",
        "query": query,
        "rows": [
            {
                "pk": row.pk,
                "name": row.name,
                "gifts": row.gifts,
                "figures": total_figures(totals.get(row.pk, Totals())),
                "left_out": left_out_words(totals.get(row.pk, Totals()).left_out),
                "url": f"{scope.address('ledger')}?nhan={row.pk}",
                "edit_url": scope.address("beneficiary", pk=row.pk),
            }
            for row in found[:MOST]
        ],
        "more": len(found) > MOST,
        "most": MOST,
        "address": scope.address("beneficiaries"),
    }
    return render(request, "movements/beneficiaries.html", context)


@page("activity_view", methods=("GET", "POST"), write_right="beneficiary_edit")
def receiver(request: HttpRequest, pk: int) -> HttpResponse:
    """One receiver: its name is mended, or it is merged into another one."""
    scope: Scope = request.scope  # type: ignore[attr-defined]
    row = beneficiaries.receiver_for(scope, pk)
    if row is None:
        raise Http404
    if request.method != "POST":
        return _show(request, row)
    data = request.POST
    try:
        done = submit.once(scope.user.pk, data.get(submit.FIELD, ""), lambda: _work(request, scope, pk))
    except Beneficiary.DoesNotExist as error:
        raise Http404 from error
    except DomainError as error:
        problem = error.problems[0]
        return _show(
            request, row, status=422, typed=data.get("name", row.name), into=data.get("into", ""),
            errors={problem.field: problem.sentence},
        )  # fmt: skip
    return HttpResponseRedirect(done.address)


def _work(request: HttpRequest, scope: Scope, pk: int) -> str:
    data = request.POST
    if data.get("action") == "merge":
        into = data.get("into", "")
        target = beneficiaries.merge(scope, pk, int(into) if into.isdecimal() and len(into) < 19 else 0)
        messages.success(request, _("Đã gộp vào “%(name)s”.") % {"name": target.name})
        return scope.address("beneficiary", pk=target.pk)
    renamed = beneficiaries.rename(scope, pk, data.get("name", ""))
    messages.success(request, _("Đã sửa tên thành “%(name)s”.") % {"name": renamed.name})
    return scope.address("beneficiary", pk=renamed.pk)


def _show(request: HttpRequest, row: Beneficiary, *, status: int = 200, **more: Any) -> HttpResponse:
    scope: Scope = request.scope  # type: ignore[attr-defined]
    others = [one for one in beneficiaries.receivers(scope, most=1000) if one.pk != row.pk]
    rows = ledger.entries(scope).filter(beneficiary=row)
    totals = sums.totals_of(rows)
    context = {
        "nav": "activities",
        "tab": "receivers",
        "row": row,
        "others": sorted(others, key=lambda one: one.name),
        "gifts": totals.gifts,
        "figures": total_figures(totals),
        "left_out": left_out_words(totals.left_out),
        "gifts_url": f"{scope.address('ledger')}?nhan={row.pk}",
        "list_url": scope.address("beneficiaries"),
        "submit_key": submit.new_key(),
        "typed": row.name,
        "into": "",
        "errors": {},
        **more,
    }
    return render(request, "movements/beneficiary.html", context, status=status)
