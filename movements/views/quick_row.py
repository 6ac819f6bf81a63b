"""The parts of the grid a browser asks for while typing: one row saved, names suggested; JSON only."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.utils.translation import gettext as _

from core.access import page
from core.errors import DomainError
from members.scope import Scope
from movements.domain.quick import Gone, Overtaken, Row, differing
from movements.domain.quick_names import SOURCES, suggested
from movements.domain.quick_save import save_row
from movements.forms.quick import sent_row
from movements.quick_words import conflict_words, now_words, remember, state_of
from movements.views.quick import gone_words, grid_of


@page("activity_add", methods=("POST",))
def save(request: HttpRequest) -> HttpResponse:
    """Save one row: 200 with the row as it stands, 409 with both values, 422 with a sentence.

    ``nguoi`` names the account the page was drawn for: rows of one person are never recorded by another who signed in
    meanwhile in the same browser.
    """
    scope: Scope = request.scope  # type: ignore[attr-defined]
    data, grid = request.POST, grid_of(request)
    if data.get("nguoi", "") != str(scope.user.pk):
        told = _(
            "Một người khác đã đăng nhập trên trình duyệt này. Chưa lưu gì; hãy đăng nhập lại đúng tài khoản."
        )
        return JsonResponse({"error": "other-user", "sentence": told}, status=409)
    order = data.get("order", "")
    sent = sent_row(
        grid,
        data,
        order=int(order) if order.isdecimal() and len(order) < 9 else 0,
        live="live" in data,
    )
    try:
        row = save_row(scope, grid, sent)
    except Overtaken as won:
        names = differing(grid, sent.cells, won.row.cells)
        answer = {
            "error": "overtaken",
            "sentence": _("Người khác vừa lưu dòng này. Chọn giá trị cho từng ô rồi lưu lại."),
            "mark": won.row.mark,
            "differ": conflict_words(grid, names, sent, won.row),
        }
        return JsonResponse(answer, status=409)
    except Gone:
        return JsonResponse({"error": "gone", "sentence": gone_words()}, status=409)
    except DomainError as error:
        first = error.problems[0]
        return JsonResponse(
            {"error": "refused", "sentence": first.sentence, "field": first.field}, status=422
        )
    if row.pk and not row.is_kept:
        remember(request, scope, row)
    return JsonResponse(_answer(scope, row))


def _answer(scope: Scope, row: Row) -> dict[str, Any]:
    kind, words = state_of(row)
    return {
        "key": row.key,
        "pk": row.pk,
        "activity": row.activity,
        "mark": row.mark,
        "group": row.group,
        "cells": dict(row.cells),
        "errors": dict(row.errors),
        "notes": dict(row.notes),
        "recorded": row.pk is not None and not row.is_kept,
        "kind": kind,
        "words": words,
        "at": now_words(),
        "saved": _("Đã lưu %(time)s") % {"time": now_words()},
        "url": scope.address("activity_edit", pk=row.activity) if row.activity else "",
    }


@page("activity_add")
def suggest(request: HttpRequest) -> HttpResponse:
    """Names for a cell: ``cot`` the column, ``q`` what was typed; only what the person may see.

    Without a column: a fresh token for forms, after somebody signed in again beside the page.
    """
    scope: Scope = request.scope  # type: ignore[attr-defined]
    source = request.GET.get("cot", "")
    if source not in SOURCES:
        return JsonResponse({"token": get_token(request), "user": scope.user.pk})
    return JsonResponse({"items": suggested(scope, source, request.GET.get("q", ""))})
