"""Writing a registration: targets and titles in one form that works without a script."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from core import submit
from core.access import check, page
from core.errors import DomainError, Stale
from members.models import Agency
from members.queries import MemberRow
from members.scope import Scope
from movements.domain.registrations import empty_registration, registration_for, save_registration
from movements.enums import RegistrationState
from movements.forms.registration import (
    TARGETS,
    TITLES,
    UNITS,
    RegistrationSheet,
    head_initial,
    target_initial,
    title_initial,
)
from movements.forms.registration_conflict import differing, mine_on_top
from movements.forms.rows import one_row_more, without_complaints
from movements.models import Registration, Target, TitleKind, TitleRegistration
from movements.queries import choices_of
from movements.queries_pledges import kinds_of, registration_before, targets_of, titles_of
from movements.views.registration import member_or_404


class Editing:
    """What the form needs for one person and one agency; five queries."""

    def __init__(self, scope: Scope, member: MemberRow) -> None:
        """Read the registration, and the lists that its rows offer."""
        self.scope, self.member = scope, member
        self.row = registration_for(scope, member.agency_id)
        self.movements = choices_of(scope.year).movements
        self.kinds: list[TitleKind] = kinds_of(scope.year)
        self.targets, self.titles = self._parts(self.row)

    def _parts(self, row: Registration | None) -> tuple[list[Target], list[TitleRegistration]]:
        if row is None:
            return [], []
        return targets_of([row])[row.pk], titles_of([row])[row.pk]

    def fresh(self) -> RegistrationSheet:
        """The first showing."""
        return self._sheet(
            head=head_initial(self.row),
            targets=[target_initial(place, one) for place, one in enumerate(self.targets, 1)],
            titles=[title_initial(place, one) for place, one in enumerate(self.titles, 1)],
        )

    def from_before(self, before: Registration) -> RegistrationSheet:
        """What was registered in an earlier year, to begin with: without keys, so that nothing of it changes."""
        targets, titles = self._parts(before)
        return self._sheet(
            head=head_initial(self.row),
            targets=[target_initial(place, one, carried=True) for place, one in enumerate(targets, 1)],
            titles=[title_initial(place, one) for place, one in enumerate(titles, 1)],
        )

    def sent(self, data: Any) -> RegistrationSheet:
        """What was posted."""
        return self._sheet(head={}, data=data)

    def _sheet(self, **given: Any) -> RegistrationSheet:
        return RegistrationSheet(movements=self.movements, kinds=self.kinds, **given)


@page("registration_edit", methods=("GET", "POST"))
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Write the registration of an agency; ``?tu=nam-truoc`` begins with the year before, saved by the button alone."""
    scope: Scope = request.scope  # type: ignore[attr-defined]
    member = member_or_404(scope, pk)
    editing = Editing(scope, member)
    if editing.row is None and pk not in scope.answers_for:
        raise Http404
    if request.method == "POST":
        before = submit.earlier(scope.user.pk, request.POST.get(submit.FIELD, ""))
        if before:
            return redirect(before.address)
    check(scope, "registration_edit", editing.row or empty_registration(scope, pk))
    if request.method == "POST":
        return _posted(request, editing)
    own = {pk}.union(*(hat.carried for hat in scope.staff_hats if hat.agency_id == pk))
    earlier = registration_before(scope.year, own) if not (editing.targets or editing.titles) else None
    begins = earlier is not None and request.GET.get("tu") == "nam-truoc"
    sheet = editing.from_before(earlier) if earlier and begins else editing.fresh()
    return _form(request, editing, sheet, before=None if begins else earlier)


def _posted(request: HttpRequest, editing: Editing) -> HttpResponse:
    scope, data = editing.scope, request.POST
    if "add_row" in data:
        sheet = editing.sent(one_row_more(data, (TARGETS, TITLES)))
        without_complaints(sheet.all)
        return _form(request, editing, sheet, dirty=True)
    sheet = editing.sent(data)
    if not sheet.is_valid():
        return _form(request, editing, sheet, status=422, dirty=True)
    send, pk = data.get("then") == "send", editing.member.agency_id
    version = sheet.head.cleaned_data["version"] or 0

    def work() -> str:
        save_registration(scope, pk, sheet.draft(), version=version, send=send)
        return scope.address("registration", pk=pk)

    try:
        done = submit.once(scope.user.pk, sheet.submit_key, work)
    except DomainError as error:
        sheet.show(error.problems)
        return _form(request, editing, sheet, status=422, dirty=True)
    except Agency.DoesNotExist as error:
        raise Http404 from error
    except Stale:
        return _conflict(request, editing, sheet)
    messages.success(request, _("Đã lưu và gửi bản đăng ký.") if send else _("Đã lưu bản đăng ký."))
    return redirect(done.address)


def _conflict(request: HttpRequest, editing: Editing, mine: RegistrationSheet) -> HttpResponse:
    """Somebody saved meanwhile: both values side by side; the form keeps mine, on top of theirs."""
    now = Editing(editing.scope, editing.member)
    if now.row is None:
        raise Http404
    rows = differing(mine.draft(), now.row, now.targets, now.titles)
    data = mine_on_top(request.POST, now.row.version, now.targets, now.titles)
    return _form(request, now, now.sent(data), status=409, differences=rows, dirty=True)


def _form(
    request: HttpRequest, editing: Editing, sheet: RegistrationSheet, *, status: int = 200, **extra: Any
) -> HttpResponse:
    scope, row = editing.scope, editing.row
    context = {
        "nav": "pledge", "member": editing.member, "row": row, "sheet": sheet, "targets": TARGETS, "titles": TITLES,
        "units": UNITS, "kinds": editing.kinds, "differences": None, "before": None, "dirty": False,
        "is_returned": row is not None and row.state == RegistrationState.RETURNED,
        "back_url": scope.address("registration", pk=editing.member.agency_id),
        "edit_url": scope.address("registration_edit", pk=editing.member.agency_id), **extra,
    }  # fmt: skip
    return render(request, "movements/registration_form.html", context, status=status)
