"""Sơ kết and tổng kết of a movement: written, closed, and shown beside what it comes to today."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from core import submit
from core.access import check, may, page
from core.errors import DomainError, Stale
from core.quantity import format_number
from members.scope import Scope
from movements import queries_movements as queries
from movements.domain import reviews
from movements.forms.movement import differing
from movements.forms.movement_review import ReviewForm
from movements.models import Movement, MovementReview
from movements.views.movement_parts import movement_or_404, posted
from movements.words import listed, plain


@page("movement_review", methods=("GET", "POST"))
def movement_review_add(request: HttpRequest, pk: int) -> HttpResponse:
    """A new review of a movement; a form sent twice leads to the first one."""
    scope: Scope = request.scope  # type: ignore[attr-defined]
    movement = movement_or_404(scope, pk)
    check(scope, "movement_review", movement)
    form = ReviewForm(posted(request))
    if request.method != "POST":
        return _form(request, movement, form)
    if before := submit.earlier(scope.user.pk, form.submit_key):
        return redirect(before.address)
    if not form.is_valid():
        return _form(request, movement, form, status=422)

    def work() -> str:
        return scope.address("review_detail", pk=reviews.save_review(scope, pk, form.draft()).pk)

    try:
        outcome = submit.once(scope.user.pk, form.submit_key, work)
    except DomainError as error:
        form.show(error.problems)
        return _form(request, movement, form, status=422)
    messages.success(request, _("Đã lưu bản nháp."))
    return redirect(outcome.address)


@page("year_view", methods=("GET", "POST"), write_right="movement_review")
def review_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """A closed review for every insider; a draft for whoever writes it, who saves or closes it here."""
    scope: Scope = request.scope  # type: ignore[attr-defined]
    review = queries.review_for(scope, pk)
    if review is None:
        raise Http404
    writes = may(scope, "movement_review", review.movement)
    if review.closed_at is not None:
        if request.method == "POST":
            messages.warning(request, _("Bản này đã chốt, không sửa được nữa."))
            return redirect(scope.address("review_detail", pk=pk))
        return _closed(request, review)
    if not writes:
        raise Http404
    form = ReviewForm(posted(request), review)
    if request.method != "POST":
        return _form(request, review.movement, form, review)
    return _write(request, review, form)


def _write(request: HttpRequest, review: MovementReview, form: ReviewForm) -> HttpResponse:
    scope: Scope = request.scope  # type: ignore[attr-defined]
    movement, closes = review.movement, request.POST.get("then") == "close"
    if not form.is_valid():
        return _form(request, movement, form, review, status=422)
    version = form.cleaned_data["version"] or 0
    try:
        reviews.save_review(scope, movement.pk, form.draft(), review.pk, version=version, close=closes)
    except DomainError as error:
        form.show(error.problems)
        return _form(request, movement, form, review, status=422)
    except Stale as stale:
        return _conflict(request, movement, stale.current)
    messages.success(request, _("Đã chốt.") if closes else _("Đã lưu bản nháp."))
    return redirect(scope.address("review_detail", pk=review.pk))


def _conflict(request: HttpRequest, movement: Movement, current: Any) -> HttpResponse:
    """Somebody saved meanwhile: both values side by side; the form keeps mine, on top of theirs."""
    data = request.POST.copy()
    data["version"] = str(current.version)
    mine, theirs = ReviewForm(data, current), ReviewForm(None, current)
    rows = differing(mine, theirs)
    return _form(request, movement, mine, current, status=409, differences=rows, is_conflict=True)


def _form(
    request: HttpRequest,
    movement: Movement,
    form: ReviewForm,
    review: MovementReview | None = None,
    *,
    status: int = 200,
    **extra: Any,
) -> HttpResponse:
    scope: Scope = request.scope  # type: ignore[attr-defined]
    context = {
        "nav": "movements",
        "movement": movement,
        "review": review,
        "form": form,
        "rows": _rows(reviews.counts_of(movement)),
        "back_url": scope.address("movement_detail", pk=movement.pk),
        "list_url": scope.address("movement_list"),
        "differences": [],
        "is_conflict": False,
        **extra,
    }
    return render(request, "movements/movement_review.html", context, status=status)


def _closed(request: HttpRequest, review: MovementReview) -> HttpResponse:
    scope: Scope = request.scope  # type: ignore[attr-defined]
    movement = review.movement
    then, now = _rows(review.counts), _rows(reviews.counts_of(movement))
    context = {
        "nav": "movements",
        "movement": movement,
        "review": review,
        "parts": [
            (_("Kết quả"), review.result),
            (_("Hạn chế, nguyên nhân"), review.shortcomings),
            (_("Bài học, kiến nghị"), review.lessons),
        ],
        "rows": [
            {**before, "now": after["value"], "changed": before["value"] != after["value"]}
            for before, after in zip(then, now, strict=True)
        ],
        "movement_url": scope.address("movement_detail", pk=movement.pk),
        "list_url": scope.address("movement_list"),
    }
    return render(request, "movements/movement_review_closed.html", context)


def _rows(counts: dict[str, Any]) -> list[dict[str, str]]:
    """The counts as lines: what and how many; what is not known to be inside is named, never added."""
    doubtful = counts.get("left_out_gifts", 0)
    figures = listed([plain(one) for one in reviews.figures_in(counts)])
    unclear = listed([plain(one) for one in reviews.figures_in(counts, "left_out")])
    joined = _("%(joined)s/%(of)s") % {"joined": counts.get("members", 0), "of": counts.get("of", 0)}
    gifts = format_number(counts.get("gifts", 0))
    rows = [
        (_("Đơn vị hưởng ứng"), joined),
        (_("Hoạt động đã gửi, đã xác nhận"), format_number(counts.get("activities", 0))),
        (_("Khoản đóng góp"), gifts),
        (_("Trong đó khoản phối hợp, chỉ tính một lần"), format_number(counts.get("joint", 0))),
        (_("Tổng đóng góp"), figures or "–"),
        (_("Chưa cộng, vì chưa rõ có gồm trong số tổng"), f"{doubtful}: {unclear}" if doubtful else "–"),
        (_("Địa bàn"), format_number(counts.get("places", 0))),
        (_("Nơi nhận"), format_number(counts.get("beneficiaries", 0))),
    ]
    return [{"label": label, "value": value} for label, value in rows]
