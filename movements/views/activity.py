"""An activity is entered and changed."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _

from core import files, staging, submit
from core.access import RIGHTS, check, may, page
from core.dates import DateError, PartialDate, Precision, format_partial
from core.errors import DomainError, Stale
from core.models import StagedUpload
from members.scope import Scope
from movements.domain.activities import save_activity
from movements.domain.record import Record
from movements.enums import ActivityState
from movements.forms.activity import read_time
from movements.forms.conflict import differing
from movements.forms.entry import Entry, Forms, show_problems
from movements.forms.gifts import PREFIX, STATES, UNITS
from movements.ledger_rows import twin_notes
from movements.models import Activity
from movements.views.activity_parts import address, file_row, ids_of, list_address, record_or_404
from movements.views.library import library_choices
from movements.words import left_out_words, spoken_day, total_figures


@page("activity_add", methods=("GET", "POST"))
def add(request: HttpRequest) -> HttpResponse:
    """A new activity with its contributions and files in one form."""
    return _entry(request, None)


@page("activity_edit", methods=("GET", "POST"))
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Change an activity; a form that somebody overtook shows both sides (409)."""
    return _entry(request, record_or_404(request.scope, pk))  # type: ignore[attr-defined]


def _entry(request: HttpRequest, record: Record | None) -> HttpResponse:
    scope: Scope = request.scope  # type: ignore[attr-defined]
    allowed = record is None or may(scope, "activity_edit", record.activity)
    if request.method == "POST":
        before = submit.earlier(scope.user.pk, request.POST.get(submit.FIELD, ""))
        if before:
            return _sent_before(request, before)
        entry = Entry(scope, record)
        return _sent(request, entry) if allowed else _too_late(request, entry)
    if record is not None:
        check(scope, "activity_edit", record.activity)
    if "when" in request.GET:
        time = _spoken(request.GET["when"], request.GET.get("precision", ""), scope)
        return render(request, "movements/time_words.html", {"time": time})
    entry = Entry(scope, record)
    return _show(request, entry, entry.fresh())


def _sent_before(request: HttpRequest, before: submit.Outcome) -> HttpResponse:
    messages.info(request, _("Biểu mẫu này đã được lưu ở lần gửi trước; đây là bản đã lưu."))
    return HttpResponseRedirect(before.address)


def _too_late(request: HttpRequest, entry: Entry) -> HttpResponse:
    """Sent, confirmed or closed while the form was open: refused, with what was typed there to be copied."""
    refusal = entry.scope.refusal(RIGHTS["activity_edit"])
    return _show(request, entry, entry.typed(request.POST), status=403, refusal=refusal)


def _sent(request: HttpRequest, entry: Entry) -> HttpResponse:
    """Keep the chosen files first, whatever else is wrong; then rows, checks, the verb."""
    data, scope = request.POST, entry.scope
    held, refusals = _held_files(request, scope)
    if "add_row" in data or "check" in data:
        more = 1 if "add_row" in data else 0
        forms, sums = entry.typed(data, more=more), entry.totals(entry.bound(data))
        return _show(request, entry, forms, held=held, refusals=refusals, totals=sums)
    if entry.record and data.get("version", "") != str(entry.record.activity.version):
        return _conflict(request, entry, held)
    forms = entry.bound(data)
    for sentence in refusals:
        forms.activity.add_error("files", sentence)
    if not forms.is_valid():
        return _show(request, entry, forms, held=held, status=422)
    send = data.get("then") == "submit"
    draft = replace(
        entry.draft(forms, (row.token for row in held), ids_of(data.getlist("remove_file"))),
        library_files=tuple(sorted(ids_of(data.getlist("library_file")))),
    )
    pk = entry.record.activity.pk if entry.record else None
    version = entry.record.activity.version if entry.record else None

    def work() -> str:
        saved = save_activity(scope, draft, pk, version=version, send=send)
        sent = saved.state in (ActivityState.SUBMITTED, ActivityState.CONFIRMED)
        return address(scope, "activity_detail" if sent else "activity_edit", saved.pk)

    try:
        done = submit.once(scope.user.pk, data.get(submit.FIELD, ""), work)
    except DomainError as error:
        show_problems(forms, error.problems)
        return _show(request, entry, forms, held=held, status=422)
    except Stale:
        again = Entry(scope, record_or_404(scope, pk or 0))
        return _conflict(request, again, held)
    except Activity.DoesNotExist as error:
        raise Http404 from error
    if not done.first:
        return _sent_before(request, done)
    saved = _("Đã lưu và gửi “%(title)s”.") if send else _("Đã lưu “%(title)s”.")
    messages.success(request, saved % {"title": draft.title})
    return HttpResponseRedirect(done.address)


def _held_files(request: HttpRequest, scope: Scope) -> tuple[list[StagedUpload], list[str]]:
    """Uploads kept from earlier showings without those given up, and the newly chosen ones."""
    user, data = scope.user.pk, request.POST
    dropped = set(data.getlist("drop_file"))
    earlier = staging.staged_by(user, data.getlist("held_file"))
    staging.release(row for row in earlier if row.token in dropped)
    fresh = staging.stage(user, request.FILES.getlist("files"))  # type: ignore[arg-type]
    lost = set(data.getlist("held_file")) - dropped - {row.token for row in earlier}
    refusals = [
        *([_("Có tệp đã chọn quá lâu nên không còn được giữ. Hãy chọn lại tệp đó.")] if lost else []),
        *fresh.refusals,
    ]
    return [row for row in earlier if row.token not in dropped] + fresh.staged, refusals


def _conflict(request: HttpRequest, entry: Entry, held: list[StagedUpload]) -> HttpResponse:
    standing, typed = entry.fresh(), entry.typed(request.POST)
    rows = differing(entry, typed, standing)
    sums = entry.totals(entry.bound(request.POST))
    return _show(
        request,
        entry,
        entry.mine_on_top(request.POST),
        held=held,
        totals=sums,
        status=409,
        differences=rows,
        is_conflict=True,
    )


def _show(
    request: HttpRequest,
    entry: Entry,
    forms: Forms,
    *,
    held: list[StagedUpload] | None = None,
    refusals: list[str] | None = None,
    totals: Any = None,
    status: int = 200,
    **more: Any,
) -> HttpResponse:
    """The page; ``forms`` that were sent show their errors."""
    if totals is None:
        totals = entry.totals(forms if forms.activity.is_bound else None)
    sent = request.POST
    removed = ids_of(sent.getlist("remove_file"))
    record = entry.record
    context = {
        "nav": "activities",
        "activity": record.activity if record else None,
        "owner_name": entry.choices.agencies.get(entry.owner_id or 0, (_("Hoạt động chung của Cụm"), ""))[0],
        "form": forms.activity,
        "rows": forms.gifts,
        "forms": [forms.activity, forms.gifts],
        "prefix": PREFIX,
        "units": UNITS,
        "states": json.dumps(
            {state: [str(group), str(words)] for state, group, words in STATES}, ensure_ascii=False
        ),
        "time": _spoken(
            forms.activity["when"].value() or "", forms.activity["precision"].value() or "", entry.scope
        ),
        "sums": total_figures(totals),
        "left_out": left_out_words(totals.left_out),
        "files": [{**file_row(file), "id": file.pk, "gone": file.pk in removed} for file in record.files]
        if record
        else [],
        "held": [{**file_row(row), "token": row.token} for row in held or ()],
        "refusals": refusals or [],
        **_library(request, entry),
        "file_hint": _("%(kinds)s; mỗi tệp không quá %(size)s")
        % {"kinds": files.ALLOWED_WORDS, "size": files.limit_words()},
        "submit_key": submit.new_key(),
        "is_again": request.method == "POST",
        "is_conflict": False,
        "refusal": "",
        "differences": [],
        "twins": twin_notes(entry.scope, record.activity.pk, entry.choices) if record else [],
        "duplicates_url": entry.scope.address("duplicates"),
        "can_send": record is None or record.activity.state in (ActivityState.DRAFT, ActivityState.RETURNED),
        "close_url": address(entry.scope, "activity_detail", record.activity.pk)
        if record
        else list_address(entry.scope),
        "list_url": list_address(entry.scope),
        **more,
    }
    return render(request, "movements/activity_form.html", context, status=status)


def _library(request: HttpRequest, entry: Entry) -> dict[str, Any]:
    """Files of the library to choose from, those chosen on top; not those beside the activity already."""
    chosen = ids_of(request.POST.getlist("library_file"))
    here = {file.pk for file in entry.record.files} if entry.record else set()
    return {
        "library": library_choices(entry.scope, entry.owner_id, chosen, without=here),
        "library_url": entry.scope.address("library_choose"),
        "library_owner": entry.owner_id or "",
        "library_open": bool(chosen),
    }


def _spoken(words: str, precision: str, scope: Scope) -> str:
    """The time as it was understood, in words; empty when there is none or it was not understood."""
    try:
        time = read_time(words, precision, scope.year)
    except DateError:
        return ""
    if time.start is None or time.end is None:
        return ""
    if time.precision is not Precision.DAY:
        label = {Precision.MONTH: _("tháng %(time)s"), Precision.YEAR: _("năm %(time)s")}[time.precision]
        return label % {"time": format_partial(PartialDate(time.start, time.end, time.precision))}
    if time.start == time.end:
        return spoken_day(time.start)
    return _("từ %(first)s đến %(last)s") % {"first": spoken_day(time.start), "last": spoken_day(time.end)}
