"""Agencies that work with the cluster without being members: their staff scores what is named for it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from core.access import page
from core.errors import DomainError
from members.models import Associate
from members.queries import agency_names
from members.scope import Scope
from scoring.domain.assignments import add_associate, possible_associates, remove_associate
from scoring.loading import table_in_force
from scoring.models import Criterion


@page("associate_edit", methods=("GET", "POST"))
def check_associates(request: HttpRequest) -> HttpResponse:
    """The list, with a form to add one and a button to take one off."""
    scope: Scope = request.scope  # type: ignore[attr-defined]
    if request.method != "POST":
        return _show(request)
    try:
        if "remove" in request.POST:
            remove_associate(scope, _number(request.POST["remove"]))
            messages.success(request, _("Đã xóa cơ quan khỏi danh sách phối hợp."))
        else:
            add_associate(scope, _number(request.POST.get("agency", "")), request.POST.get("note", ""))
            messages.success(request, _("Đã thêm cơ quan phối hợp."))
    except Associate.DoesNotExist as error:
        raise Http404 from error
    except DomainError as error:
        return _show(request, error.problems, status=422)
    return redirect(scope.address("check_associates"))


def _number(text: str) -> int:
    return int(text) if text.isdigit() and len(text) < 12 else 0


def _show(request: HttpRequest, problems: Any = (), *, status: int = 200) -> HttpResponse:
    scope: Scope = request.scope  # type: ignore[attr-defined]
    rows = list(Associate.objects.filter(year=scope.year).order_by("pk"))
    names = agency_names([row.agency_id for row in rows], scope.today)
    table = table_in_force(scope.year)
    codes: dict[int, list[str]] = {}
    if table is not None:
        mine = Criterion.objects.filter(table=table, scorer__isnull=False).order_by("order", "pk")
        for scorer, code in mine.values_list("scorer", "code"):
            codes.setdefault(int(scorer or 0), []).append(code)
    context = {
        "nav": "scoring",
        "rows": [
            {"pk": row.pk, "name": names.get(row.agency_id, ("", ""))[0], "note": row.note,
             "codes": codes.get(row.agency_id, [])}
            for row in rows
        ],
        "choices": possible_associates(scope), "problems": list(problems),
        "agency": request.POST.get("agency", ""), "note": request.POST.get("note", ""),
        "url": scope.address("check_associates"), "list_url": scope.address("check_list"),
    }  # fmt: skip
    return render(request, "scoring/check_associates.html", context, status=status)
