"""The evidence library of a year: the list, files that come in, files put beside activities."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core import files, staging, submit
from core.access import may, page
from core.errors import DomainError
from core.paging import COUNT_CAP, BadCursor, keyset_page, with_number
from core.quantity import format_number
from members.scope import Scope
from movements.domain import library, tags
from movements.domain.evidence import library_for, may_serve, quota_of
from movements.filters import UnknownChoice
from movements.forms.library import CLUSTER, REMOVED, LibraryFilter, UploadForm, found_by_words
from movements.library_rows import choice_rows, editable_activities, file_rows, with_rest
from movements.models import Activity, Evidence, Tag
from movements.queries import Choices, choices_of
from movements.views.activity_parts import file_row, ids_of

AFTER, BEFORE = "sau", "truoc"
CHOICES_SHOWN = 30


@page("evidence_view", methods=("GET", "POST"), write_right="evidence_add")
def library_page(request: HttpRequest) -> HttpResponse:
    """Files of the own library and those seen through activities, newest first; a POST brings files in."""
    scope: Scope = request.scope  # type: ignore[attr-defined]
    choices, offered = choices_of(scope.year), tags.choices(scope.year)
    if request.method == "POST":
        return _add(request, choices, offered)
    form = UploadForm(owners=_owners(scope, choices), tags=offered)
    return _show(request, form, choices, offered)


def _owners(scope: Scope, choices: Choices) -> list[tuple[str, str]]:
    """Libraries that the person may add files to now."""
    own = [(str(pk), full) for pk, (full, _short) in choices.agencies.items() if pk in scope.answers_for]
    if scope.is_chair:
        own.append((CLUSTER, _("Kho chung của %(group)s") % {"group": scope.cluster.kind_inside}))
    return [
        (value, name)
        for value, name in own
        if may(scope, "evidence_add", Evidence(agency_id=None if value == CLUSTER else int(value)))
    ]


def _add(request: HttpRequest, choices: Choices, offered: list[Tag]) -> HttpResponse:
    """Keep the chosen files first, whatever else is wrong; then the checks, then the verb."""
    scope: Scope = request.scope  # type: ignore[attr-defined]
    key, data = request.POST.get(submit.FIELD, ""), request.POST
    if before := submit.earlier(scope.user.pk, key):
        messages.info(request, _("Biểu mẫu này đã được lưu ở lần gửi trước."))
        return redirect(before.address)
    held = staging.staged_by(scope.user.pk, data.getlist("held_file"))
    staging.release(row for row in held if row.token in set(data.getlist("drop_file")))
    held = [row for row in held if row.token not in set(data.getlist("drop_file"))]
    fresh = staging.stage(scope.user.pk, request.FILES.getlist("files"))  # type: ignore[arg-type]
    held += fresh.staged
    form = UploadForm(data, owners=_owners(scope, choices), tags=offered)
    for sentence in fresh.refusals:
        form.add_error("files", sentence)
    if not form.is_valid() or not form.owners:
        return _show(request, form, choices, offered, held=held, status=422)
    done: list[str] = []

    def work() -> str:
        rows = library.add_files(
            scope, form.chosen_owner(), [row.token for row in held],
            note=form.cleaned_data["note"], tags=form.chosen_tags(),
        )  # fmt: skip
        done.extend(row.name for row in rows)
        return scope.address("library")

    try:
        outcome = submit.once(scope.user.pk, key, work)
    except DomainError as error:
        form.show(error.problems)
        return _show(request, form, choices, offered, held=held, status=422)
    messages.success(request, _added_words(len(done)))
    return redirect(outcome.address)


def _added_words(number: int) -> str:
    return ngettext("Đã đưa %(number)s tệp vào kho.", "Đã đưa %(number)s tệp vào kho.", number) % {
        "number": format_number(number)
    }


def _show(
    request: HttpRequest,
    upload: UploadForm,
    choices: Choices,
    offered: list[Tag],
    *,
    held: Any = (),
    status: int = 200,
) -> HttpResponse:
    scope: Scope = request.scope  # type: ignore[attr-defined]
    form = LibraryFilter(request.GET, choices, offered, scope.cluster.kind_inside)
    try:
        rows = form.apply(library_for(scope, removed=form.given("dung") == REMOVED))
        found = keyset_page(
            with_number(with_rest(scope, rows)), ["id"],
            after=request.GET.get(AFTER, ""), before=request.GET.get(BEFORE, ""),
        )  # fmt: skip
    except (UnknownChoice, BadCursor) as error:
        raise Http404 from error
    query = form.given("q")
    shown = file_rows(scope, found.rows, choices, query)
    context = {
        "nav": "activities",
        "form": form,
        "query": query,
        "rows": shown,
        "narrowed": form.is_narrowed,
        "caption": _caption(found.number, query),
        "next": form.address(**{AFTER: found.after}) if found.after else "",
        "prev": form.address(**{BEFORE: found.before}) if found.before else "",
        "address": scope.address("library"),
        "upload": upload,
        "owners": upload.owners,
        "held": [{**file_row(row), "token": row.token} for row in held],
        "hint": _("%(kinds)s; mỗi tệp không quá %(size)s")
        % {"kinds": files.ALLOWED_WORDS, "size": files.limit_words()},
        "quotas": _quotas(scope, upload.owners),
        "activities": editable_activities(scope) if shown else [],
        "submit_key": submit.new_key(),
        "attach_url": scope.address("library_attach"),
    }
    return render(request, "movements/library.html", context, status=status)


def _quotas(scope: Scope, owners: Sequence[tuple[str, str]]) -> list[dict[str, Any]]:
    """Room of each library the person adds to; a query each, of at most a handful."""
    found = []
    for value, name in owners:
        quota = quota_of(scope.year.pk, None if value == CLUSTER else int(value))
        found.append(
            {"name": name, "quota": quota, "used": min(quota.used, quota.limit), "limit": quota.limit}
        )
    return found


def _caption(number: int, query: str) -> str:
    if number >= COUNT_CAP:
        words = _("Hơn %(count)s tệp") % {"count": format_number(COUNT_CAP - 1)}
    else:
        words = ngettext("%(count)s tệp", "%(count)s tệp", number) % {"count": format_number(number)}
    return _("%(words)s khớp “%(query)s”") % {"words": words, "query": query} if query else words


@page("evidence_view", methods=("POST",), write_right="activity_edit")
def library_attach(request: HttpRequest) -> HttpResponse:
    """Put the ticked files beside one activity; the verb asks for the right to it."""
    scope: Scope = request.scope  # type: ignore[attr-defined]
    attach_or_say(
        request,
        sorted(ids_of(request.POST.getlist("file"))),
        sorted(ids_of(request.POST.getlist("activity"))),
    )
    return redirect(scope.address("library"))


def attach_or_say(request: HttpRequest, chosen: list[int], activities: list[int]) -> None:
    """Attach, and say what came of it."""
    scope: Scope = request.scope  # type: ignore[attr-defined]
    try:
        changed = library.attach(scope, chosen, activities)
    except (Activity.DoesNotExist, Evidence.DoesNotExist) as error:
        raise Http404 from error
    except DomainError as error:
        for problem in error.problems:
            messages.warning(request, problem.sentence)
        return
    if changed:
        words = ngettext("Đã gắn vào %(number)s hoạt động.", "Đã gắn vào %(number)s hoạt động.", changed) % {
            "number": format_number(changed)
        }
        messages.success(request, words)
    else:
        messages.info(request, _("Các tệp này đã có ở hoạt động đó từ trước."))


@page("evidence_view")
def library_choose(request: HttpRequest) -> HttpResponse:
    """A part of the activity form: files of the library that fit the words, with those already chosen on top."""
    scope: Scope = request.scope  # type: ignore[attr-defined]
    owner = request.GET.get("kho", "")
    context = library_choices(
        scope,
        int(owner) if owner.isdecimal() and len(owner) < 19 else None,
        ids_of(request.GET.getlist("library_file")),
        request.GET.get("tim", ""),
    )
    return render(request, "movements/library_choices.html", context)


def library_choices(
    scope: Scope, owner_id: int | None, chosen: set[int], query: str = "", without: Collection[int] = ()
) -> dict[str, Any]:
    """What ``movements/library_choices.html`` draws: chosen files first, then the newest that fit."""
    rows = may_serve(scope, owner_id).exclude(pk__in=without).select_related("file").order_by("-id")
    kept = list(rows.filter(pk__in=chosen)) if chosen else []
    fitting = found_by_words(rows.exclude(pk__in=chosen), query).order_by("-id")
    found = list(fitting[: CHOICES_SHOWN + 1])
    return {
        "choices": choice_rows([*kept, *found[:CHOICES_SHOWN]], chosen),
        "has_more": len(found) > CHOICES_SHOWN,
        "query": query,
    }
