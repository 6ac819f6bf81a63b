"""Proposing an adjustment, with the arithmetic of the caps beside the form."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from core import submit
from core.access import check, page
from core.dates import local_today
from core.errors import DomainError
from core.quantity import format_number
from members.queries import MemberRow, member_rows
from members.scope import Scope
from movements.domain.evidence import library_for
from movements.queries import LARGEST_ID
from scoring.adjust_sums import POINTED, Room, level_for, room, room_words
from scoring.domain.adjustments import grades_of, propose
from scoring.enums import AdjustmentKind, AdjustmentState
from scoring.forms_appeals import ProposalForm
from scoring.models import Adjustment
from scoring.queries_adjustments import adjustment_for
from scoring.totals import Board, board

MOST_FILES = 500


class Offered:
    """What the form offers one person; thirteen queries at most."""

    def __init__(self, scope: Scope) -> None:
        """Members the person proposes for, criteria, grades, grounds, files, and the board for the sums."""
        self.scope = scope
        leads = scope.is_chair or scope.is_deputy or scope.is_officer
        members = member_rows(scope.year)
        self.members: list[MemberRow] = [
            row for row in members if leads or row.agency_id in scope.answers_for
        ]
        self.board: Board | None = board(scope.year, [row.agency_id for row in self.members])
        self.level = level_for(scope, self.board)
        self.grades = grades_of(scope)
        files = library_for(scope).order_by("-pk").values_list("pk", "name")
        self.files = [(str(pk), name) for pk, name in files[:MOST_FILES]]

    def form(self, data: Any = None, initial: dict[str, Any] | None = None) -> ProposalForm:
        """The form with these choices."""
        codes = (
            [(row.code, f"{row.code} {row.title}"[:120]) for row in self.board.criteria] if self.board else []
        )
        agencies: list[tuple[str, str]] = [(str(row.agency_id), row.name) for row in self.members]
        if len(agencies) > 1:
            agencies = [("", _("Chọn đơn vị")), *agencies]
        return ProposalForm(
            data, agencies=agencies, codes=codes, grades=self.grades, evidence=self.files, initial=initial
        )

    def grounds(self) -> list[str]:
        """What the table names as grounds: disqualifiers, then frequent reasons."""
        if self.board is None:
            return []
        settings = self.board.settings
        return list(dict.fromkeys((*settings.disqualifiers, *settings.frequent_reasons)))

    def sums(self) -> list[dict[str, Any]]:
        """For each member how much was added and taken off, and what the caps leave."""
        return [
            {
                "name": row.short_name,
                "bonus": _sum(room(self.board, row.agency_id, AdjustmentKind.BONUS, level=self.level)),
                "penalty": _sum(room(self.board, row.agency_id, AdjustmentKind.PENALTY, level=self.level)),
            }
            for row in self.members
        ]


def _sum(found: Room) -> dict[str, str]:
    return {
        "had": format_number(found.had),
        "left": "" if found.left is None else format_number(found.left),
        "cap": "" if found.cap is None else format_number(found.cap),
    }


@page("adjustment_propose", methods=("GET", "POST"))
def adjustment_add(request: HttpRequest) -> HttpResponse:
    """A new proposal; ``?thu_hoi=<pk>`` begins with the opposite of an approved one, which itself stays."""
    scope: Scope = request.scope  # type: ignore[attr-defined]
    offered = Offered(scope)
    if request.method == "POST":
        return _posted(request, offered)
    initial: dict[str, Any] = {"kind": AdjustmentKind.BONUS, "agency": request.GET.get("don_vi", "")}
    if undone := request.GET.get("thu_hoi", ""):
        initial = _opposite(scope, undone)
    return _form(request, offered, offered.form(initial=initial))


def _opposite(scope: Scope, named: str) -> dict[str, Any]:
    """The other way round, with the words that it takes the earlier one back."""
    if not (named.isascii() and named.isdecimal() and int(named) <= LARGEST_ID):
        raise Http404
    row: Adjustment | None = adjustment_for(scope, int(named))
    if row is None or row.state != AdjustmentState.APPROVED or row.kind not in POINTED:
        raise Http404
    check(scope, "adjustment_propose", row.agency_id)
    adds = row.kind == AdjustmentKind.BONUS
    on = local_today(row.decided_at) if row.decided_at else scope.today
    ground = f"Thu hồi khoản đã duyệt ngày {on:%d/%m/%Y}: {row.ground}"
    return {
        "agency": row.agency_id, "kind": AdjustmentKind.PENALTY if adds else AdjustmentKind.BONUS,
        "points": row.points, "ground": ground[:500],
    }  # fmt: skip


def _posted(request: HttpRequest, offered: Offered) -> HttpResponse:
    scope, key = offered.scope, request.POST.get(submit.FIELD, "")
    if before := submit.earlier(scope.user.pk, key):
        return redirect(before.address)
    form = offered.form(request.POST)
    good = form.is_valid()
    if "compute" in request.POST:
        for name in [one for one in form.errors if one not in ("points", "agency")]:
            del form.errors[name]
        return _form(request, offered, form, dirty=True)
    if not good:
        return _form(request, offered, form, status=422)

    def work() -> str:
        row = propose(scope, form.proposal())
        return scope.address("adjustment_detail", pk=row.pk)

    try:
        done = submit.once(scope.user.pk, key, work)
    except DomainError as error:
        form.show(error.problems)
        return _form(request, offered, form, status=422)
    messages.success(request, _("Đã gửi đề xuất; bên quyết định thấy ở trang Tổng quan."))
    return redirect(done.address)


def _form(
    request: HttpRequest, offered: Offered, form: ProposalForm, *, status: int = 200, dirty: bool = False
) -> HttpResponse:
    scope = offered.scope
    context = {
        "nav": "scoring", "tab": "adjustments", "form": form, "grounds": offered.grounds(),
        "sums": offered.sums(), "counts": _counts(offered, form), "list_url": scope.address("adjustment_list"),
        "asks_twice": form.asks_twice or bool(form["twice"].value()), "dirty": dirty or status != 200,
    }  # fmt: skip
    return render(request, "scoring/adjustment_form.html", context, status=status)


def _counts(offered: Offered, form: ProposalForm) -> str:
    """ "đã cộng 8, trần 10, còn 2: khoản này tính 2" for what was typed; empty before that."""
    given = form.cleaned_data if form.is_bound and hasattr(form, "cleaned_data") else {}
    agency, kind, points = given.get("agency"), given.get("kind"), given.get("points")
    if not agency or kind not in POINTED or not points or points <= 0:
        return ""
    return room_words(room(offered.board, agency, kind, points, level=offered.level))
