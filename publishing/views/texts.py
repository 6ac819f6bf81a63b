"""The page where the paragraphs of the summary are written."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from core.access import page
from core.errors import DomainError, Stale
from members.scope import Scope
from publishing.domain.texts import save_texts, texts_of, token_of
from publishing.enums import TextKind
from publishing.forms import MAX_EMPTY, TextsForm


@page("text_edit", methods=("GET", "POST"))
def year_texts(request: HttpRequest) -> HttpResponse:
    """Write every part of the summary at once; "Thêm đoạn" works without JavaScript and saves nothing."""
    scope: Scope = request.scope  # type: ignore[attr-defined]
    if request.method == "POST":
        return _save(request, scope)
    texts = texts_of(scope.year)
    return _show(request, TextsForm(texts), token_of(texts))


def _save(request: HttpRequest, scope: Scope) -> HttpResponse:
    token = request.POST.get("token", "")
    if kind := request.POST.get("add_row", ""):
        return _show(request, TextsForm({}, _one_more(request, kind)), token, focus=kind)
    form = TextsForm({}, request.POST)
    if not form.is_valid():
        return _show(request, form, token)
    try:
        save_texts(scope, token, form.texts())
    except Stale as stale:
        return _changed_meanwhile(request, form, stale.current)
    except DomainError as error:
        return _show(request, form, token, problems=[problem.sentence for problem in error.problems])
    messages.success(request, _("Đã lưu nội dung tổng kết."))
    return redirect("summary_build", cluster=scope.cluster.slug, label=scope.year.label)


def _one_more(request: HttpRequest, kind: str) -> Any:
    """What was typed, with one more empty paragraph of ``kind``."""
    data = request.POST.copy()
    name = f"{kind}-TOTAL_FORMS"
    total = data.get(name, "0")
    if kind in TextKind.values and total.isdigit():
        data[name] = str(min(int(total) + 1, 20 + MAX_EMPTY))
    return data


def _changed_meanwhile(request: HttpRequest, form: TextsForm, current: Any) -> HttpResponse:
    """Both values side by side; what was typed stays in the form, which now stands on the new state."""
    mine = form.texts()
    rows = [
        {
            "field": str(TextKind(kind).label),
            "mine": "\n\n".join(text for text in mine[kind] if text),
            "theirs": "\n\n".join(current[kind]),
        }
        for kind in TextKind.values
        if [text for text in mine[kind] if text] != current[kind]
    ]
    return _show(request, form, token_of(current), rows=rows, status=409)


def _show(
    request: HttpRequest,
    form: TextsForm,
    token: str,
    *,
    focus: str = "",
    rows: list[dict[str, str]] | None = None,
    problems: list[str] | None = None,
    status: int = 200,
) -> HttpResponse:
    context = {
        "nav": "summary",
        "form": form,
        "token": token,
        "parts": [
            {"kind": kind, "label": TextKind(kind).label, "formset": formset}
            for kind, formset in form.parts.items()
        ],
        "focus": focus,
        "rows": rows or [],
        "problems": problems or [],
    }
    return render(request, "publishing/year_texts.html", context, status=status)
