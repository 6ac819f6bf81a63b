"""An agency in a year: its names, its roles, what it did and gave."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core.access import page
from core.dates import format_date
from core.paging import keyset_page, with_number
from members.models import Membership
from members.queries import LinkRow, NameRow, links_of, names_of, term_rows
from members.scope import Scope
from members.views.members import days_words, term_item
from movements import queries
from movements.domain.totals import Gift, own_gifts, total
from movements.tables import Sums, activity_rows, sums_of

ACTIVITIES_SHOWN = 20
KINDS_NAMED = 3


@page("year_view")
def agency_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """A member of the cluster, as the year shows it; of a joint gift its own share, or the whole marked as joint."""
    scope: Scope = request.scope  # type: ignore[attr-defined]
    years = _years_in_cluster(scope, pk)
    names = names_of(pk)
    choices = queries.choices_of(scope.year)
    links = links_of(pk)
    carried = queries.carried_by(scope.year, pk)
    ids = (pk, *(row.agency_id for row in carried if row.takes))
    seen = queries.concerning(queries.activities_for(scope), *ids)
    found = keyset_page(with_number(queries.for_list(seen)), ["sorted_on", "id"], size=ACTIVITIES_SHOWN)
    gifts = own_gifts(queries.gifts_given_by(seen, *ids), *ids)
    sums = sums_of(total(gifts))
    terms = term_rows(scope.cluster.pk, agency_id=pk)
    context = {
        "nav": "members",
        "name": _name_in_year(scope, names),
        "roles": [row.role for row in terms if _held_at_end(scope, row)],
        "own": pk in scope.agency_ids,
        "years": years,
        "names": [_name_item(row) for row in reversed(names)],
        "links": [_link(scope, row) for row in links],
        "carried": [_carried(scope, row, choices, gifts) for row in carried],
        "terms": [term_item(scope, row, linked=False) for row in terms],
        "rows": activity_rows(scope, found.rows, gifts, choices, seen_by=pk),
        "sums": sums,
        "figures": _figures(gifts, sums),
        "files": None,
        "number": found.number,
        "list_url": scope.address("member_list"),
        "more_url": f"{scope.address('activity_list')}?don_vi={pk}" if pk in choices.agencies else "",
    }
    return render(request, "movements/agency_detail.html", context)


def _years_in_cluster(scope: Scope, pk: int) -> list[str]:
    """Years the agency was a member, newest first; 404 for an agency that never was."""
    if pk > queries.LARGEST_ID:
        raise Http404
    rows = Membership.objects.filter(year__cluster=scope.cluster.pk, agency=pk).order_by("-year__starts_on")
    if labels := list(rows.values_list("year__label", flat=True)):
        return labels
    raise Http404


def _name_in_year(scope: Scope, names: list[NameRow]) -> str:
    """The name valid on the year's last day, else the newest."""
    last = scope.year.ends_on
    for row in names:
        if (row.valid_from is None or row.valid_from <= last) and (
            row.valid_to is None or row.valid_to > last
        ):
            return row.name
    return names[-1].name if names else "?"


def _held_at_end(scope: Scope, row: Any) -> bool:
    last = scope.year.ends_on
    return bool(row.starts_on <= last and (row.ends_on is None or row.ends_on > last))


def _name_item(row: NameRow) -> dict[str, Any]:
    other = [row.short_name if row.short_name != row.name else "", row.aliases]
    return {
        "when": days_words(row.valid_from, row.valid_to).capitalize() or _("Từ trước đến nay"),
        "title": row.name,
        "text": " · ".join(part for part in other if part),
        "end": row.valid_to is None,
    }


def _link(scope: Scope, row: LinkRow) -> dict[str, Any]:
    words = _("%(name)s kế thừa từ %(day)s") if row.later else _("Kế thừa %(name)s từ %(day)s")
    return {"text": words % {"name": row.name, "day": f"{row.on:%d/%m/%Y}"}, "basis": row.basis}


def _carried(
    scope: Scope, row: queries.CarriedRow, choices: queries.Choices, gifts: list[Gift]
) -> dict[str, Any]:
    """ "Kế thừa từ Cục Thống kê (đến trước ngày 01/07/2020), 45/QĐ-UBND: 3 khoản đóng góp"; or to whom they went."""
    until = choices.left.get(row.agency_id if row.takes else row.other_id)
    day = _(" (đến trước ngày %(day)s)") % {"day": format_date(until)} if until else ""
    words = (
        _("Kế thừa từ %(name)s%(day)s") if row.takes else _("Kết quả trong năm%(day)s do %(name)s kế thừa")
    )
    number = len(own_gifts(gifts, row.agency_id)) if row.takes else 0
    counted = ngettext("%(count)s khoản đóng góp", "%(count)s khoản đóng góp", number) % {"count": number}
    return {
        "text": words % {"name": choices.agency(row.agency_id, "?"), "day": day},
        "paper": " · ".join(part for part in (row.paper, counted if row.takes else "") if part),
        "url": scope.address("agency_detail", pk=row.agency_id),
    }


def _figures(gifts: list[Gift], sums: Sums) -> list[dict[str, str]]:
    """The totals as ``<c-figures>`` draws them; goods under what they are: "Khẩu trang y tế"."""
    drawn = []
    if sums.money:
        money = {
            "label": _("Tổng giá trị đóng góp"),
            "q": sums.money.q,
            "value": sums.money.number,
            "unit": "₫",
        }
        drawn.append(money)
    for one in sums.goods:
        kinds = dict.fromkeys(gift.description for gift in gifts if gift.quantity and gift.unit == one.unit)
        label = ", ".join(list(kinds)[:KINDS_NAMED]) + ("…" if len(kinds) > KINDS_NAMED else "")
        drawn.append({"label": label, "q": one.q, "value": one.number, "unit": one.unit})
    return drawn
