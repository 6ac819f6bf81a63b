"""One appeal: filed, read, talked over, withdrawn; its files and the paper of its result."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from core import files, submit
from core.access import RIGHTS, check, may, page
from core.errors import DomainError, Refused, Stale
from core.models import StagedUpload
from members.queries import agency_names
from members.scope import Scope
from movements.queries import LARGEST_ID
from movements.views.evidence import served_file
from scoring.domain import appeals
from scoring.domain.appeal_result import number_words
from scoring.enums import AppealState
from scoring.forms_appeals import AppealForm, DecisionForm, ReplyForm, StepForm
from scoring.models import Appeal, AppealFile, AppealReply, ScoreLine
from scoring.queries_appeals import window_of
from scoring.totals import board
from scoring.views.appeal_list import window_words
from scoring.views.appeal_parts import (
    appeal_or_404,
    effect_rows,
    figures_of,
    held_files,
    held_rows,
    look_of,
    number,
    what_if,
)


@page("appeal_view", methods=("GET", "POST"), write_right="appeal_file")
def appeal_add(request: HttpRequest, line: int) -> HttpResponse:
    """File an appeal about a line of the own sheet."""
    scope: Scope = request.scope  # type: ignore[attr-defined]
    row = appeals.line_for(scope, line) if line <= LARGEST_ID else None
    if row is None or row.criterion.table_id != row.sheet.table_id:
        raise Http404
    if request.method == "POST":
        return _file(request, row)
    check(scope, "appeal_file", row.sheet)
    standing = Appeal.objects.filter(line=row).values_list("pk", flat=True).first()
    if standing is not None:
        return redirect(scope.address("appeal_detail", pk=standing))
    if sentence := window_of(scope.year).closed(scope.today):
        raise Refused(sentence)
    return _form(request, row, AppealForm(), [])


def _file(request: HttpRequest, line: ScoreLine) -> HttpResponse:
    """Keep the chosen files first, whatever else is wrong; then the checks, then the verb."""
    scope: Scope = request.scope  # type: ignore[attr-defined]
    if before := submit.earlier(scope.user.pk, request.POST.get(submit.FIELD, "")):
        return redirect(before.address)
    check(scope, "appeal_file", line.sheet)
    held, refusals = held_files(request, scope)
    form = AppealForm(request.POST)
    for sentence in refusals:
        form.add_error("attached", sentence)
    if not form.is_valid():
        return _form(request, line, form, held, status=422)

    def work() -> str:
        row = appeals.file_appeal(scope, line.pk, form.filing([one.token for one in held]))
        return scope.address("appeal_detail", pk=row.pk)

    try:
        done = submit.once(scope.user.pk, request.POST.get(submit.FIELD, ""), work)
    except DomainError as error:
        form.show(error.problems)
        return _form(request, line, form, held, status=422)
    messages.success(request, _("Đã gửi kiến nghị. Kết quả sẽ được báo ở trang Tổng quan."))
    return redirect(done.address)


def _form(
    request: HttpRequest, line: ScoreLine, form: AppealForm, held: list[StagedUpload], *, status: int = 200
) -> HttpResponse:
    scope: Scope = request.scope  # type: ignore[attr-defined]
    agency = line.sheet.agency_id
    boards = board(scope.year, [agency])
    context = {
        "nav": "scoring", "tab": "appeals", "line": line, "form": form, "held": held_rows(held),
        "figures": figures_of(boards, agency, line.criterion.code) if boards else None,
        "window": window_words(scope, window_of(scope.year)), "list_url": scope.address("appeal_list"),
        "hint": _("%(kinds)s; mỗi tệp đến %(most)s.")
        % {"kinds": files.ALLOWED_WORDS, "most": files.limit_words()},
        "dirty": status != 200,
    }  # fmt: skip
    return render(request, "scoring/appeal_form.html", context, status=status)


# -- reading -------------------------------------------------------------------------------------
@page("appeal_view")
def appeal_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """What was said on both sides, the decision with its effect, and what the person may do now."""
    scope: Scope = request.scope  # type: ignore[attr-defined]
    return show(request, appeal_or_404(scope, pk))


def show(
    request: HttpRequest,
    row: Appeal,
    *,
    status: int = 200,
    held: list[StagedUpload] | None = None,
    **extra: Any,
) -> HttpResponse:
    """The page of one appeal; ``extra`` brings forms that had an error."""
    scope: Scope = request.scope  # type: ignore[attr-defined]
    boards, line = board(scope.year, [row.filer_id]), appeals.living_line(row)
    decides = may(scope, "appeal_decide", row)
    context: dict[str, Any] = {
        "nav": "scoring", "tab": "appeals", "row": row, "look": look_of(row.state),
        "figures": figures_of(boards, row.filer_id, line.criterion.code) if boards and line else None,
        "wanted": number(row.wanted), "maximum": number(row.line.criterion.maximum),
        "effect": effect_rows(scope, row) if row.decided_at else [],
        "paper_name": number_words(row.number) if row.number else "",
        "decides": decides, "replies": may(scope, "appeal_reply", row),
        "withdraws": may(scope, "appeal_withdraw", row), "held": held_rows(held or []),
        "reply": ReplyForm(), "decision": None, "step": StepForm(initial={"version": row.version}),
        "what_if": None, "list_url": scope.address("appeal_list"), "window": None,
        "who_decides": RIGHTS["appeal_decide"].who if row.state == AppealState.FILED else "",
        **_addresses(scope, row), **thread(scope, row),
    }  # fmt: skip
    if decides:
        context["decision"] = DecisionForm(initial={"version": row.version})
        if "what_if" not in extra:
            context["what_if"] = what_if(scope, row, row.wanted)
    return render(request, "scoring/appeal_detail.html", {**context, **extra}, status=status)


def _addresses(scope: Scope, row: Appeal) -> dict[str, str]:
    names = ("appeal_reply", "appeal_withdraw", "appeal_decide", "appeal_paper")
    return {f"{name.removeprefix('appeal_')}_url": scope.address(name, pk=row.pk) for name in names}


def thread(scope: Scope, row: Appeal) -> dict[str, Any]:
    """Words and files of both sides; three queries."""
    replies = list(AppealReply.objects.filter(appeal=row).order_by("pk"))
    kept = list(AppealFile.objects.filter(appeal=row).select_related("file").order_by("pk"))
    told = {one.agency_id for one in replies} | {one.agency_id for one in kept}
    names = agency_names(told, scope.year.ends_on)
    by_agency: dict[int, list[dict[str, str]]] = {}
    for one in kept:
        by_agency.setdefault(one.agency_id, []).append({
            "name": one.name, "url": scope.address("appeal_file", pk=one.pk),
            "icon": files.icon_of(one.file.content_type), "meta": files.size_words(one.file.size),
        })  # fmt: skip
    return {
        "said": [
            {
                "row": one,
                "name": names.get(one.agency_id, ("", ""))[1],
                "filer": one.agency_id == row.filer_id,
            }
            for one in replies
        ],
        "sides": [(names.get(agency, ("", ""))[1], items) for agency, items in by_agency.items()],
    }


# -- steps ---------------------------------------------------------------------------------------
@page("appeal_view", methods=("POST",), write_right="appeal_reply")
def appeal_reply(request: HttpRequest, pk: int) -> HttpResponse:
    """A word or files of either side."""
    scope: Scope = request.scope  # type: ignore[attr-defined]
    row = appeal_or_404(scope, pk)
    key = request.POST.get(submit.FIELD, "")
    if before := submit.earlier(scope.user.pk, key):
        return redirect(before.address)
    check(scope, "appeal_reply", row)
    held, refusals = held_files(request, scope)
    form = ReplyForm(request.POST)
    for sentence in refusals:
        form.add_error("attached", sentence)
    if not form.is_valid():
        return show(request, row, status=422, held=held, reply=form)

    def work() -> str:
        tokens = tuple(one.token for one in held)
        appeals.reply(scope, pk, form.cleaned_data["words"], tokens)
        return scope.address("appeal_detail", pk=pk)

    try:
        done = submit.once(scope.user.pk, key, work)
    except DomainError as error:
        form.show(error.problems)
        return show(request, row, status=422, held=held, reply=form)
    return redirect(done.address)


@page("appeal_view", methods=("POST",), write_right="appeal_withdraw")
def appeal_withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """The filer takes it back."""
    scope: Scope = request.scope  # type: ignore[attr-defined]
    row = appeal_or_404(scope, pk)
    form = StepForm(request.POST)
    if not form.is_valid():
        return show(request, row, status=422, step=form)
    try:
        appeals.withdraw(scope, pk, version=form.cleaned_data["version"])
    except Stale:
        return conflict(request, pk)
    messages.success(request, _("Đã rút kiến nghị."))
    return redirect(scope.address("appeal_detail", pk=pk))


def conflict(request: HttpRequest, pk: int, **extra: Any) -> HttpResponse:
    """Somebody decided or withdrew it meanwhile: the page as it stands now, and that nothing was written."""
    scope: Scope = request.scope  # type: ignore[attr-defined]
    return show(request, appeal_or_404(scope, pk), status=409, is_conflict=True, **extra)


# -- bytes ---------------------------------------------------------------------------------------
@page("appeal_view")
def appeal_file(request: HttpRequest, pk: int) -> HttpResponseBase:
    """A file that one of the sides laid beside an appeal."""
    scope: Scope = request.scope  # type: ignore[attr-defined]
    rows = AppealFile.objects.filter(appeal__year=scope.year).select_related("file")
    kept = rows.filter(pk=pk).first() if pk <= LARGEST_ID else None
    if kept is None:
        raise Http404
    appeal_or_404(scope, kept.appeal_id)
    return served_file(request, kept.file, kept.name)


@page("appeal_view")
def appeal_paper(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The notice of the result, as it was issued."""
    scope: Scope = request.scope  # type: ignore[attr-defined]
    row = appeal_or_404(scope, pk)
    if row.paper is None:
        raise Http404
    name = f"thong-bao-ket-qua-kien-nghi-{row.number:02d}-{scope.year.label}.docx"
    return served_file(request, row.paper, name)
