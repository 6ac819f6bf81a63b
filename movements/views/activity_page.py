"""One activity: shown, sent and judged."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import SuspiciousOperation
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core import submit
from core.access import may, page
from core.errors import DomainError, Stale
from members.scope import Scope
from movements.activity_rows import doers, facts_of, gift_row
from movements.diary import PICTURES
from movements.domain.public import set_public
from movements.domain.record import Record, activity_for, totals_gift
from movements.domain.states import TRANSITIONS, move
from movements.domain.totals import Gift, total
from movements.enums import ActivityState
from movements.history import history_of
from movements.ledger_rows import twin_notes
from movements.library_rows import file_item
from movements.models import Activity
from movements.queries import Choices, choices_of
from movements.share import share_text
from movements.views.activity_parts import address, list_address, record_or_404
from movements.words import left_out_words, state_look, total_figures

OTHERS = ("edit", "publish", "hide")
SWITCH = {
    "publish": (True, gettext_lazy("Hoạt động “%(title)s” nay ai có đường dẫn cũng xem được.")),
    "hide": (False, gettext_lazy("Hoạt động “%(title)s” nay chỉ người trong Cụm xem được.")),
}


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
        "facts": facts_of(record, choices),
        "doers": doers(record, gifts, choices),
        "gifts": [gift_row(number, gift, record, choices) for number, gift in enumerate(gifts, 1)],
        "sums": total_figures(sums),
        "left_out": left_out_words(sums.left_out),
        "files": [file_item(scope, file) for file in record.files],
        "pictures": _pictures(scope, record),
        "history": history_of(activity),
        "may": {name: may(scope, f"activity_{name}", activity) for name in (*OTHERS, *TRANSITIONS)},
        "share": _share(request, record, choices, gifts),
        "list_url": list_address(scope),
        "twins": twin_notes(scope, activity.pk, choices),
        "duplicates_url": scope.address("duplicates"),
        "submit_key": submit.new_key(),
        "reason": "",
        "reason_error": "",
        "is_stale": False,
        **more,
    }
    return render(request, "movements/activity_detail.html", context, status=status)


def _pictures(scope: Scope, record: Record) -> list[dict[str, str]]:
    """The pictures among the files, small; each leads to its page in the library."""
    found = []
    for file in record.files:
        if file.file.content_type in PICTURES:
            small = address(scope, "evidence_small", file.pk)
            found.append(
                {"name": file.name, "small": small, "url": address(scope, "evidence_detail", file.pk)}
            )
    return found


def _share(
    request: HttpRequest, record: Record, choices: Choices, gifts: list[Gift]
) -> dict[str, str] | None:
    """Words, link and picture of an activity that everybody may see."""
    activity = record.activity
    if not activity.is_public or activity.state != ActivityState.CONFIRMED:
        return None
    year = request.scope.year  # type: ignore[attr-defined]
    where = {"cluster": year.cluster.slug, "label": year.label, "key": activity.key}
    base = (settings.SITE_URL or f"{request.scheme}://{request.get_host()}").rstrip("/")
    page_url = reverse("public_activity", kwargs=where)
    owners = [pk for pk in (activity.agency_id, *record.partners) if pk is not None]
    names = [choices.agency(pk) for pk in owners] or [year.cluster.short_name or year.cluster.name]
    return {
        "text": share_text(activity, names, gifts, total(gifts), base + page_url),
        "page_url": page_url,
        "card_url": reverse("public_activity_card", kwargs=where),
    }


# -- sending and judging -------------------------------------------------------------------------
@page("activity_view", methods=("POST",))
def state(request: HttpRequest, pk: int) -> HttpResponse:
    """Send, take back, confirm, return; each asks for its own right."""
    scope: Scope = request.scope  # type: ignore[attr-defined]
    action = request.POST.get("action", "")
    if action not in TRANSITIONS:
        raise SuspiciousOperation("unknown action")
    reason = request.POST.get("reason", "")
    known = _version(request)
    key = request.POST.get(submit.FIELD, "")

    def work() -> str:
        moved = move(scope, pk, action, version=known, reason=reason)
        messages.success(request, TRANSITIONS[action].done % {"title": moved.title})
        # One that was returned is its own agency's again: whoever returned it goes on with the list.
        return address(scope, "activity_detail", pk) if activity_for(scope, pk) else list_address(scope)

    return _done(request, pk, key, work, reason)


@page("activity_view", methods=("POST",))
def visibility(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a confirmed activity to everybody, or to insiders only; each asks for its own right."""
    scope: Scope = request.scope  # type: ignore[attr-defined]
    action = request.POST.get("action", "")
    if action not in SWITCH:
        raise SuspiciousOperation("unknown action")
    public, said = SWITCH[action]

    def work() -> str:
        changed = set_public(scope, pk, public, version=_version(request))
        messages.success(request, said % {"title": changed.title})
        return address(scope, "activity_detail", pk)

    return _done(request, pk, request.POST.get(submit.FIELD, ""), work)


def _version(request: HttpRequest) -> int | None:
    words = request.POST.get("version", "")
    return int(words) if words.isdecimal() and len(words) < 10 else None


def _done(request: HttpRequest, pk: int, key: str, work: Callable[[], str], reason: str = "") -> HttpResponse:
    """The work of one press, done once; a stale page and a refused one are shown with what was typed."""
    scope: Scope = request.scope  # type: ignore[attr-defined]
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
