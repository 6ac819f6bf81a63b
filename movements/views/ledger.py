"""The ledger: its list with filters and totals, and the same as a file."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core.access import page
from core.exporters import content_disposition
from core.paging import COUNT_CAP, BadCursor, keyset_page, with_number
from core.quantity import format_number
from members.scope import Scope
from movements.domain import confirmations, duplicates, ledger, sums
from movements.domain.sums import Rows
from movements.filters import UnknownChoice
from movements.forms.ledger import LedgerFilter
from movements.ledger_exports import ledger_csv, ledger_xlsx
from movements.ledger_rows import ledger_rows
from movements.queries import Choices, choices_of
from movements.tables import sums_of

AFTER, BEFORE = "sau", "truoc"


@dataclass(frozen=True, slots=True)
class Asked:
    """What an address asks for: the filter, the year's names, and the rows that fit."""

    form: LedgerFilter
    choices: Choices
    rows: Rows


def asked(request: HttpRequest) -> Asked:
    """The filter of the address with its rows. Raises 404 for a choice that nobody offered."""
    scope: Scope = request.scope  # type: ignore[attr-defined]
    choices = choices_of(scope.year)
    form = LedgerFilter(request.GET, choices, scope)
    try:
        return Asked(form, choices, form.apply(ledger.entries(scope)))
    except UnknownChoice as error:
        raise Http404 from error


@page("activity_view")
def ledger_list(request: HttpRequest) -> HttpResponse:
    """Fifty contributions, newest first, and the totals of all that fit."""
    scope: Scope = request.scope  # type: ignore[attr-defined]
    ask = asked(request)
    rows = confirmations.with_confirmations(with_number(ledger.with_day(ask.rows)))
    try:
        found = keyset_page(
            rows, ["sorted_on", "id"], after=request.GET.get(AFTER, ""), before=request.GET.get(BEFORE, "")
        )
    except BadCursor as error:
        raise Http404 from error
    shown = ledger.entries(scope).filter(pk__in=[row.pk for row in found.rows])
    twins = duplicates.twins(scope, shown)
    totals = sums.totals_of(ask.rows, ask.form.givers)
    form = ask.form
    context = {
        "nav": "activities",
        "tab": "ledger",
        "form": form,
        "chips": list(form.chips()),
        "rows": ledger_rows(scope, found.rows, ask.choices, twins, form.givers),
        "sums": sums_of(totals),
        "own_of": _own_words(form, scope),
        "caption": _caption(found.number),
        "narrowed": form.is_narrowed,
        "next": form.address(**{AFTER: found.after}) if found.after else "",
        "prev": form.address(**{BEFORE: found.before}) if found.before else "",
        "address": scope.address("ledger"),
        "totals_url": scope.address("ledger_totals") + form.address(),
        "csv_url": scope.address("ledger_csv") + form.address(),
        "xlsx_url": scope.address("ledger_xlsx") + form.address(),
    }
    return render(request, "movements/ledger.html", context)


def _own_words(form: LedgerFilter, scope: Scope) -> str:
    """Whose own figures the totals are, and how a joint gift counts in them."""
    if not form.givers:
        return ""
    return _(
        "Số của riêng bên đã chọn: khoản phối hợp tính theo phần góp đã ghi, chưa ghi phần thì tính cả khoản; nên cộng "
        "các bên lại sẽ lớn hơn tổng của %(group)s."
    ) % {"group": scope.cluster.kind_inside}


def _caption(number: int) -> str:
    if number >= COUNT_CAP:
        return _("Hơn %(count)s khoản đóng góp") % {"count": format_number(COUNT_CAP - 1)}
    return ngettext("%(count)s khoản đóng góp", "%(count)s khoản đóng góp", number) % {
        "count": format_number(number)
    }


# -- files ---------------------------------------------------------------------------------------
@page("activity_view")
def ledger_csv_file(request: HttpRequest) -> StreamingHttpResponse:
    """Everything that fits the filter as CSV."""
    ask = asked(request)
    exporter = ledger_csv(request.scope, ask.rows, ask.choices, ask.form.givers)  # type: ignore[attr-defined]
    response = StreamingHttpResponse(exporter.chunks(), content_type=exporter.content_type)
    response["Content-Disposition"] = content_disposition(exporter.filename)
    return response


@page("activity_view")
def ledger_xlsx_file(request: HttpRequest) -> HttpResponse:
    """The same as a workbook, with a sheet of the totals."""
    ask = asked(request)
    totals = sums.totals_of(ask.rows, ask.form.givers)
    scope: Any = request.scope  # type: ignore[attr-defined]
    exporter = ledger_xlsx(scope, ask.rows, ask.choices, totals, ask.form.givers)
    response = HttpResponse(exporter.render(), content_type=exporter.content_type)
    response["Content-Disposition"] = content_disposition(exporter.filename)
    return response
