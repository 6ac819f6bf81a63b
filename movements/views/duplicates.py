"""Gifts that look like one: pairs side by side, ruled to be two or led to become one joint gift."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import SuspiciousOperation
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _

from core import submit
from core.access import may, page
from core.errors import DomainError
from members.scope import Scope
from movements.domain import duplicates, ledger
from movements.domain.confirmations import with_confirmations
from movements.domain.duplicates import SAME_FILE, Twin
from movements.ledger_rows import LedgerRow, ledger_rows
from movements.models import Activity, Contribution
from movements.queries import activities_for, choices_of

MOST = 100
RULINGS = 50


@page("activity_view", methods=("GET", "POST"), write_right="duplicate_rule")
def duplicate_list(request: HttpRequest) -> HttpResponse:
    """Every suspected pair that the person may see, and what was ruled before."""
    if request.method != "POST":
        return _show(request)
    scope: Scope = request.scope  # type: ignore[attr-defined]
    data = request.POST
    key = data.get(submit.FIELD, "")
    try:
        submit.earlier(scope.user.pk, key) or submit.once(scope.user.pk, key, lambda: _work(request, scope))
    except Contribution.DoesNotExist as error:
        raise Http404 from error
    except DomainError as error:
        pair = (_id(data.get("one", "")), _id(data.get("other", "")))
        return _show(
            request, status=422, failed=pair, typed=data.get("reason", ""), error=error.problems[0].sentence
        )
    return HttpResponseRedirect(scope.address("duplicates"))


def _work(request: HttpRequest, scope: Scope) -> str:
    data = request.POST
    action = data.get("action", "")
    if action == "reopen":
        duplicates.take_ruling_back(scope, _id(data.get("ruling", "")))
        messages.success(request, _("Đã bỏ kết luận; hai khoản lại ở mục nghi trùng."))
    elif action == "rule":
        duplicates.rule_different(
            scope, _id(data.get("one", "")), _id(data.get("other", "")), data.get("reason", "")
        )
        messages.success(request, _("Đã ghi kết luận: hai khoản khác nhau."))
    else:
        raise SuspiciousOperation("unknown action")
    return scope.address("duplicates")


def _id(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else 0


def _show(
    request: HttpRequest,
    *,
    status: int = 200,
    failed: tuple[int, int] = (0, 0),
    typed: str = "",
    error: str = "",
) -> HttpResponse:
    scope: Scope = request.scope  # type: ignore[attr-defined]
    found = duplicates.pairs_of(scope, most=MOST + 1)
    choices = choices_of(scope.year)
    gifts = with_confirmations(ledger.entries(scope).filter(pk__in=duplicates.ids_of(found))).order_by("pk")
    rows = {row.pk: row for row in ledger_rows(scope, gifts, choices)}
    activities = _activities(scope, found, {gift.pk: gift.activity_id for gift in gifts})
    context = {
        "nav": "activities",
        "tab": "duplicates",
        "pairs": [_pair(scope, twin, rows, activities, failed) for twin in found[:MOST]],
        "more": len(found) > MOST,
        "rulings": [
            {
                "pk": row.pk,
                "one": row.first,
                "other": row.second,
                "reason": row.reason,
                "may": any(may(scope, "duplicate_rule", one.activity) for one in (row.first, row.second)),
                "submit_key": submit.new_key(),
            }
            for row in duplicates.rulings(scope)[:RULINGS]
        ],
        "can_rule": may(scope, "duplicate_rule"),
        "typed": typed,
        "error": error,
        "address": scope.address("duplicates"),
    }
    return render(request, "movements/duplicates.html", context, status=status)


def _activities(scope: Scope, found: list[Twin], of_gift: dict[int, int]) -> dict[int, Activity]:
    """The activity of each contribution of the pairs, as rights need it; one query."""
    rows = {row.pk: row for row in activities_for(scope).filter(pk__in=set(of_gift.values()))}
    return {gift: rows[activity] for gift, activity in of_gift.items() if activity in rows}


def _pair(
    scope: Scope,
    twin: Twin,
    rows: dict[int, LedgerRow],
    activities: dict[int, Activity],
    failed: tuple[int, int],
) -> dict[str, Any]:
    one, other = rows[twin.gift_id], rows[twin.other_id]
    sides = [activities[twin.gift_id], activities[twin.other_id]]
    return {
        "one": one,
        "other": other,
        "sides": [one, other],
        "submit_key": submit.new_key(),
        "why": _("Cùng một tệp minh chứng ở hai hoạt động")
        if twin.why == SAME_FILE
        else _("Cùng nơi nhận, cùng số, ngày có thể trùng"),
        "may": any(may(scope, "duplicate_rule", activity) for activity in sides),
        "edits": [
            {"title": activity.title, "url": scope.address("activity_edit", pk=activity.pk)}
            for activity in sides
            if may(scope, "activity_edit", activity)
        ],
        "failed": failed in ((one.pk, other.pk), (other.pk, one.pk)),
    }
