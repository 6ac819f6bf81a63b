"""Who scores whom: a matrix of ticks for each level, dealt out by itself when wanted."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from core.access import page
from core.errors import DomainError, Stale
from members.queries import agency_names
from members.scope import Scope
from scoring.domain.assignments import (
    Pair,
    generate,
    levels_to_assign,
    mark_of,
    pairs_of,
    save_assignments,
    scored_pairs,
    scorer_ids,
    subject_ids,
    unfinish,
)
from scoring.domain.rota import most
from scoring.domain.shapes import Level
from scoring.models import Assignment


@page("assignment_edit", methods=("GET", "POST"))
def check_assign(request: HttpRequest) -> HttpResponse:
    """The matrix of one level; ``?cap=`` names it."""
    scope: Scope = request.scope  # type: ignore[attr-defined]
    levels = levels_to_assign(scope)
    if not levels:
        return render(request, "scoring/check_assign.html", {"nav": "scoring", "levels": []})
    wanted = request.POST.get("level") or request.GET.get("cap", "")
    level = next((one for one in levels if one.key == wanted), None)
    if level is None and wanted:
        raise Http404
    level = level or levels[0]
    if request.method != "POST":
        return _show(request, levels, level)
    return _write(request, scope, levels, level)


def _write(request: HttpRequest, scope: Scope, levels: list[Level], level: Level) -> HttpResponse:
    data, seen = request.POST, request.POST.get("seen", "")
    ticked = _ticked(data)
    try:
        if data.get("action") == "deal":
            each = int(data["each"]) if data.get("each", "").isdigit() and len(data["each"]) < 4 else 0
            count = generate(scope, level.key, each, seen=seen)
            messages.success(request, _("Đã phân công %(count)s lượt chấm.") % {"count": count})
        elif data.get("action") == "unfinish":
            text = data.get("assignment", "")
            unfinish(scope, int(text) if text.isdigit() and len(text) < 12 else 0)
            messages.success(request, _("Đã mở lại để đơn vị chấm tiếp."))
        else:
            came, gone = save_assignments(scope, level.key, ticked, seen=seen)
            messages.success(
                request, _("Đã lưu phân công: thêm %(came)s, bỏ %(gone)s.") % {"came": came, "gone": gone}
            )
    except Assignment.DoesNotExist as error:
        raise Http404 from error
    except Stale as stale:
        words = _(
            "Người khác vừa sửa phân công. Các ô dưới đây giữ lựa chọn của bạn; ô khác với hiện tại được tô màu."
        )
        return _show(request, levels, level, [words], ticked, status=409, theirs=stale.current)
    except DomainError as error:
        sentences = list(dict.fromkeys(problem.sentence for problem in error.problems))
        return _show(request, levels, level, sentences, ticked, status=422)
    return redirect(f"{scope.address('check_assign')}?cap={level.key}")


def _ticked(data: Any) -> set[Pair]:
    found = set()
    for text in data.getlist("pair"):
        scorer, _dash, subject = text.partition("-")
        if scorer.isdigit() and subject.isdigit() and len(text) < 24:
            found.add((int(scorer), int(subject)))
    return found


def _show(
    request: HttpRequest,
    levels: list[Level],
    level: Level,
    problems: list[str] | None = None,
    ticked: set[Pair] | None = None,
    *,
    status: int = 200,
    theirs: Any = None,
) -> HttpResponse:
    scope: Scope = request.scope  # type: ignore[attr-defined]
    standing, given = pairs_of(scope, level.key), scored_pairs(scope, level.key)
    scorers, subjects = scorer_ids(scope, level), subject_ids(scope)
    scorers += sorted({scorer for scorer, _subject in standing} - set(scorers))
    names = agency_names({*scorers, *subjects}, scope.today)
    shown = set(standing) if ticked is None else ticked
    rows = [
        {
            "name": names.get(scorer, ("", ""))[1],
            "count": sum((scorer, subject) in shown for subject in subjects),
            "cells": [
                _cell(scorer, subject, shown, standing, given, names, changed=theirs is not None)
                for subject in subjects
            ],
        }
        for scorer in scorers
    ]
    largest = most(scorers, subjects)
    context = {
        "nav": "scoring", "levels": levels, "level": level, "rows": rows,
        "subjects": [names.get(subject, ("", ""))[1] for subject in subjects],
        "sums": [sum((scorer, subject) in shown for scorer in scorers) for subject in subjects],
        "seen": mark_of(standing), "problems": problems or [], "most": largest, "each": min(2, largest),
        "url": scope.address("check_assign"), "list_url": scope.address("check_list"), "dirty": status != 200,
        "given": bool(given), "any": bool(standing),
        "finished": [
            {"pk": row.pk, "words": " → ".join(names.get(pk, ("", ""))[1] for pk in (row.scorer_id, row.subject_id))}
            for row in standing.values() if row.finished_at
        ],
    }  # fmt: skip
    return render(request, "scoring/check_assign.html", context, status=status)


def _cell(
    scorer: int,
    subject: int,
    shown: set[Pair],
    standing: dict[Pair, Assignment],
    given: dict[Pair, int],
    names: dict[int, tuple[str, str]],
    *,
    changed: bool,
) -> dict[str, Any]:
    pair = (scorer, subject)
    return {
        "own": scorer == subject,
        "value": f"{scorer}-{subject}",
        "on": pair in shown,
        "given": given.get(pair, 0),
        "changed": changed and (pair in shown) != (pair in standing),
        "finished": pair in standing and standing[pair].finished_at is not None,
        "label": _("%(scorer)s chấm %(subject)s") % {
            "scorer": names.get(scorer, ("", ""))[1], "subject": names.get(subject, ("", ""))[1]
        },
        "head": names.get(subject, ("", ""))[1],
    }  # fmt: skip
