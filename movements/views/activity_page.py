"""One activity: shown, sent and judged."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import SuspiciousOperation
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _

from core import files, submit
from core.access import may, page
from core.errors import DomainError, Stale
from core.quantity import MONEY_UNIT, Qualifier, format_number
from members.scope import Scope
from movements.domain.record import Record, activity_for, totals_gift
from movements.domain.states import TRANSITIONS, move
from movements.domain.totals import total
from movements.enums import ContributionKind
from movements.history import history_of
from movements.models import Activity, Contribution
from movements.queries import Choices, choices_of
from movements.views.activity_parts import address, file_row, list_address, record_or_404
from movements.words import (
    figure,
    giver_names,
    left_out_words,
    part_words,
    state_look,
    time_words,
    total_figures,
)


@page("activity_view")
def detail(request: HttpRequest, pk: int) -> HttpResponse:
    """All of an activity, with what may be done to it now and what happened before."""
    return _detail(request, pk)


def _detail(request: HttpRequest, pk: int, *, status: int = 200, **more: Any) -> HttpResponse:
    scope: Scope = request.scope  # type: ignore[attr-defined]
    record = record_or_404(scope, pk)
    activity, choices = record.activity, choices_of(scope.year)
    gifts = [totals_gift(record, gift) for gift in record.gifts]
    sums = total(gifts)
    context = {
        "nav": "activities",
        "activity": activity,
        "look": state_look(activity.state),
        "owner": choices.agencies.get(activity.agency_id or 0, (_("Hoạt động chung của Cụm"), ""))[0],
        "facts": _facts(record, choices),
        "gifts": [_gift_row(number, gift, record, choices) for number, gift in enumerate(gifts, 1)],
        "sums": total_figures(sums),
        "left_out": left_out_words(sums.left_out),
        "files": [
            {
                **file_row(file),
                "url": address(scope, "evidence_file", file.pk),
                "meta": files.size_words(file.file.size),
            }
            for file in record.files
        ],
        "history": history_of(activity),
        "may": {name: may(scope, f"activity_{name}", activity) for name in ("edit", *TRANSITIONS)},
        "list_url": list_address(scope),
        "submit_key": submit.new_key(),
        "reason": "",
        "reason_error": "",
        "is_stale": False,
        **more,
    }
    return render(request, "movements/activity_detail.html", context, status=status)


def _facts(record: Record, choices: Choices) -> list[dict[str, str]]:
    activity = record.activity
    time, unknown = time_words(activity)
    partners = "; ".join(choices.agencies.get(pk, ("?", ""))[0] for pk in record.partners)
    facts = [
        (_("Đơn vị"), choices.agencies.get(activity.agency_id or 0, ("", ""))[0]),
        (_("Phong trào"), activity.movement.title if activity.movement else _("Không thuộc phong trào nào")),
        (_("Thời gian"), f"{time} ({unknown})" if unknown else time),
        (_("Địa bàn"), activity.place),
        (_("Cùng thực hiện"), partners),
        (_("Vào tổng kết"), _("Có") if activity.in_summary else _("Không")),
    ]
    return [{"label": label, "value": value} for label, value in facts if value]


def _gift_row(number: int, gift: Any, record: Record, choices: Choices) -> dict[str, Any]:
    kind, words = part_words(gift)
    whole = record.gift(gift.whole_id)
    places = {row.pk: place for place, row in enumerate(record.gifts, 1)}
    if gift.whole_id and words:
        named = (
            _("khoản %(number)s") % {"number": places[whole.pk]} if whole else _("số tổng ở hoạt động khác")
        )
        words = f"{words} ({named})"
    stored = record.gift(gift.id)
    return {
        "number": number,
        "kind": ContributionKind(gift.kind).label,
        "description": gift.description,
        "goods": figure(gift.goods) if gift.goods else None,
        "money": figure(gift.money) if gift.money else None,
        "words": _first_words(stored) if stored else [],
        "receiver": gift.receiver or gift.place,
        "givers": "; ".join(giver_names(gift.givers, choices, without=record.activity.agency_id)),
        "part": words or _("Khoản riêng"),
        "part_kind": kind,
    }


def _first_words(gift: Contribution) -> list[str]:
    """The words a figure was reported in, where they say more than the figure that is shown."""
    words = []
    for number, unit, qualifier, text in (
        (gift.quantity, gift.unit, gift.quantity_qualifier, gift.quantity_words),
        (gift.value, MONEY_UNIT, gift.value_qualifier, gift.value_words),
    ):
        if number is not None and text:
            bare = f"{format_number(number)} {unit}"
            said = text if text.endswith(unit) else f"{text} {unit}"
            if said not in (bare, f"{Qualifier(qualifier).words} {bare}"):
                words.append(text)
    return words


# -- sending and judging -------------------------------------------------------------------------
@page("activity_view", methods=("POST",))
def state(request: HttpRequest, pk: int) -> HttpResponse:
    """Send, take back, confirm, return; each asks for its own right."""
    scope: Scope = request.scope  # type: ignore[attr-defined]
    action, version = request.POST.get("action", ""), request.POST.get("version", "")
    if action not in TRANSITIONS:
        raise SuspiciousOperation("unknown action")
    reason = request.POST.get("reason", "")
    known = int(version) if version.isdecimal() and len(version) < 10 else None
    key = request.POST.get(submit.FIELD, "")

    def work() -> str:
        moved = move(scope, pk, action, version=known, reason=reason)
        messages.success(request, TRANSITIONS[action].done % {"title": moved.title})
        # One that was returned is its own agency's again: whoever returned it goes on with the list.
        return address(scope, "activity_detail", pk) if activity_for(scope, pk) else list_address(scope)

    try:
        done = submit.earlier(scope.user.pk, key) or submit.once(scope.user.pk, key, work)
    except Activity.DoesNotExist as error:
        raise Http404 from error
    except Stale:
        return _detail(request, pk, status=409, reason=reason, is_stale=True)
    except DomainError as error:
        sentence = error.problems[0].sentence
        if error.problems[0].field == "reason":
            return _detail(request, pk, status=422, reason=reason, reason_error=sentence)
        messages.warning(request, sentence)
        return HttpResponseRedirect(address(scope, "activity_detail", pk))
    if not done.first:
        messages.info(request, _("Việc này đã được làm ở lần bấm trước."))
    return HttpResponseRedirect(done.address)
