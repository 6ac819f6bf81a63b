"""One contribution: its figures, who gave what, what it is part of, who confirmed it, what looks like it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import SuspiciousOperation
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core import submit
from core.access import may, page
from core.dates import format_date, local_today
from core.errors import DomainError, Stale
from core.quantity import format_money
from members.scope import Scope
from movements.domain import confirmations, duplicates, ledger
from movements.domain.record import activity_for
from movements.enums import ConfirmedBy, ContributionKind
from movements.forms.ledger import ConfirmForm
from movements.ledger_rows import (
    confirmed_words,
    day_words,
    first_words,
    gift_of,
    gift_of_figures,
    givers_words,
    part_sentence,
    twin_words,
)
from movements.models import Contribution, GiftConfirmation
from movements.queries import LARGEST_ID, Choices, choices_of
from movements.words import giver_names, state_look

DONE = {
    "confirm": gettext_lazy("Đã ghi xác nhận cho khoản “%(what)s”."),
    "withdraw": gettext_lazy("Đã rút xác nhận của khoản “%(what)s”."),
}


@page("activity_view")
def ledger_gift(request: HttpRequest, pk: int) -> HttpResponse:
    """All of a contribution, with what may be said about it now."""
    return _show(request, pk)


def _gift_or_404(scope: Scope, pk: int) -> Contribution:
    found = ledger.entries(scope).filter(pk=pk) if pk <= LARGEST_ID else None
    gift = confirmations.with_confirmations(found).first() if found is not None else None
    if gift is None:
        raise Http404
    return gift


def _show(request: HttpRequest, pk: int, *, status: int = 200, data: Any = None, **more: Any) -> HttpResponse:
    scope: Scope = request.scope  # type: ignore[attr-defined]
    gift = _gift_or_404(scope, pk)
    activity: Any = activity_for(scope, gift.activity_id)
    choices = choices_of(scope.year)
    standing = confirmations.standing_of(gift)
    held = {one.row.source for one in standing if one.holds}
    rights = {source: may(scope, right, activity) for source, right in confirmations.RIGHTS.items()}
    form = ConfirmForm(data, gift) if rights[ConfirmedBy.RECEIVER] else None
    for name, sentence in more.pop("errors", ()):
        if form is not None:
            form.add_error(name if name in form.fields else None, sentence)
    context = {
        "nav": "activities",
        "tab": "ledger",
        "gift": gift,
        "look": state_look(activity.state),
        "facts": _facts(scope, gift, choices),
        "shares": _shares(gift, choices),
        "confirmed": [
            {"words": confirmed_words(one), "when": _moment(one.row), "source": one.row.source,
             "may": rights[ConfirmedBy(one.row.source)]}
            for one in standing
        ],
        "earlier": [
            {"text": ConfirmedBy(row.source).label, "when": _moment(row)}
            for row in gift.confirmations.filter(withdrawn_at__isnull=False).order_by("-id")[:10]
        ],
        "may_receiver": rights[ConfirmedBy.RECEIVER] and ConfirmedBy.RECEIVER not in held,
        "may_chair": rights[ConfirmedBy.CHAIR] and ConfirmedBy.CHAIR not in held,
        "form": form,
        "forms": [form] if form is not None and form.is_bound else [],
        "twins": _twins(scope, gift, choices),
        "duplicates_url": scope.address("duplicates"),
        "activity_url": scope.address("activity_detail", pk=gift.activity_id),
        "edit_url": scope.address("activity_edit", pk=gift.activity_id)
        if may(scope, "activity_edit", activity)
        else "",
        "ledger_url": scope.address("ledger"),
        "confirm_url": scope.address("gift_confirm", pk=pk),
        "submit_key": submit.new_key(),
        "is_stale": False,
        **more,
    }  # fmt: skip
    return render(request, "movements/ledger_gift.html", context, status=status)


def _moment(row: GiftConfirmation) -> str:
    return format_date(local_today(row.confirmed_at))


def _facts(scope: Scope, gift: Contribution, choices: Choices) -> list[dict[str, str]]:
    seen = gift_of(gift)
    time, note = day_words(gift)
    _kind, part = part_sentence(gift, seen)
    whole = gift.part_of
    facts = [
        (_("Số đã ghi"), gift_of_figures(gift), ""),
        (_("Ghi ban đầu"), first_words(gift), ""),
        (_("Loại"), str(ContributionKind(gift.kind).label), ""),
        (_("Bên đóng góp"), givers_words(scope, seen, choices), ""),
        (_("Nơi nhận"), seen.receiver, ""),
        (_("Địa bàn"), gift.place or gift.activity.place, ""),
        (_("Để làm gì"), gift.purpose, ""),
        (
            _("Ngày trao") if gift.given_on else _("Thời gian của hoạt động"),
            f"{time} ({note})" if note else time,
            "",
        ),
        (
            _("Tính vào tổng"),
            part or _("Khoản riêng, được cộng"),
            scope.address("ledger_gift", pk=whole.pk)
            if whole and whole.activity_id == gift.activity_id
            else "",
        ),
    ]
    return [{"label": label, "value": value, "url": url} for label, value, url in facts if value]


def _shares(gift: Contribution, choices: Choices) -> list[dict[str, str]]:
    """Who gave how much, and what nobody has said yet; empty where no share is known."""
    seen = gift_of(gift)
    known = [giver.share for giver in seen.givers if giver.share is not None]
    if not known or gift.value is None:
        return []
    rows = [
        {"label": name, "value": format_money(giver.share) if giver.share is not None else _("chưa ghi")}
        for name, giver in zip(giver_names(seen.givers, choices), seen.givers, strict=True)
    ]
    rest = gift.value - sum(known)
    return [*rows, {"label": _("Chưa chia cho bên nào"), "value": format_money(rest)}] if rest else rows


def _twins(scope: Scope, gift: Contribution, choices: Choices) -> list[dict[str, str]]:
    found = duplicates.twins(scope, ledger.entries(scope).filter(pk=gift.pk), most=20)
    return [
        {"text": twin_words(one, choices), "url": scope.address("ledger_gift", pk=one.other_id)}
        for one in found
    ]


# -- confirming ----------------------------------------------------------------------------------
@page("activity_view", methods=("POST",))
def gift_confirm(request: HttpRequest, pk: int) -> HttpResponse:
    """Confirm, or take a confirmation back; each asks for its own right."""
    scope: Scope = request.scope  # type: ignore[attr-defined]
    action, source = request.POST.get("action", ""), request.POST.get("source", "")
    if action not in DONE or source not in ConfirmedBy.values:
        raise SuspiciousOperation("unknown action")
    version = request.POST.get("version", "")
    known = int(version) if version.isdecimal() and len(version) < 10 else None
    gift = _gift_or_404(scope, pk)
    key = request.POST.get(submit.FIELD, "")

    def work() -> str:
        if action == "withdraw":
            confirmations.withdraw_confirmation(scope, pk, source)
        else:
            file = request.POST.get("evidence", "")
            confirmations.confirm_gift(
                scope, pk, source, document=request.POST.get("document", ""), version=known,
                evidence_id=int(file) if file.isdecimal() and len(file) < 19 else None,
            )  # fmt: skip
        return scope.address("ledger_gift", pk=pk)

    try:
        done = submit.earlier(scope.user.pk, key) or submit.once(scope.user.pk, key, work)
    except Contribution.DoesNotExist as error:
        raise Http404 from error
    except Stale:
        return _show(request, pk, status=409, data=request.POST, is_stale=True)
    except DomainError as error:
        errors = [(problem.field, problem.sentence) for problem in error.problems]
        if any(name for name, _sentence in errors):
            return _show(request, pk, status=422, data=request.POST, errors=errors)
        messages.warning(request, errors[0][1])
        return HttpResponseRedirect(scope.address("ledger_gift", pk=pk))
    if done.first:
        messages.success(request, DONE[action] % {"what": gift.description})
    return HttpResponseRedirect(done.address)
