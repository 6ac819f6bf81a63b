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
from movements import queries, summaries
from movements.domain import sums as added
from movements.domain.totals import Gift, Totals, own_gifts, total
from movements.living import Group, Past, Place, Side, bars, beside, months
from movements.tables import Sums, activity_rows, layout, sums_of

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
    totals = total(gifts)
    sums = sums_of(totals)
    terms = term_rows(scope.cluster.pk, agency_id=pk)
    past = _before(scope, pk, links, carried, choices, years)
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
        "layout": layout(),
        "sums": sums,
        "figures": _figures(gifts, sums),
        "files": None,
        "number": found.number,
        "list_url": scope.address("member_list"),
        "more_url": f"{scope.address('activity_list')}?don_vi={pk}" if pk in choices.agencies else "",
        **_summary(scope, ids, seen, totals, choices, past),
    }
    return render(request, "movements/agency_detail.html", context)


def _summary(
    scope: Scope,
    ids: tuple[int, ...],
    seen: Any,
    totals: Totals,
    choices: queries.Choices,
    past: Past | None,
) -> dict[str, Any]:
    """Months, movements and last year; every figure of a member of this year with the address of its rows."""
    here = _place(scope, ids, choices)
    rows = summaries.given_by(seen, *ids)
    count = summaries.tally(seen, "movement_id")
    joined = summaries.joined_in([scope.year], *ids).get(scope.year.pk, 0)
    now = Side(count.number, totals, joined, here.activities(), here.gifts(), scope.address("movement_list"))
    money = summaries.by_movement(rows, *ids)
    return {
        "years_beside": beside(now, past.side if past else None, _("Phong trào hưởng ứng")),
        "past": past,
        "drafts": count.drafts,
        "months": months(here, count, summaries.by_month(rows, *ids), past),
        "bars": bars(_groups(scope, ids, count, money, choices)),
    }


def _place(scope: Scope, ids: tuple[int, ...], choices: queries.Choices) -> Place:
    """Where the rows of the agency are, with those of the agencies behind it whose results it took over."""
    return Place(scope, scope.year, {"don_vi": ids[0]} if ids[0] in choices.agencies else {}, len(ids) > 1)


def _before(
    scope: Scope,
    pk: int,
    links: list[LinkRow],
    carried: list[Any],
    choices: queries.Choices,
    labels: list[str],
) -> Past | None:
    """What the agency, or those it followed, came to in the year before; None where there is nothing to compare."""
    year = summaries.year_before(scope)
    if year is None:
        return None
    found = summaries.before_of(pk, links, carried, choices.agencies, year.starts_on)
    if len(found.ids) == 1 and year.label not in labels:
        return None
    done = queries.concerning(summaries.counted_in(year), *found.ids)
    count = summaries.tally(done, "movement_id")
    there = Place(scope, year, {"don_vi": pk})
    linked = year.label in labels and len(found.ids) == 1
    side = Side(
        count.number, added.totals_of(summaries.given_by(done, *found.ids), found.ids),
        summaries.joined_in([year], *found.ids).get(year.pk, 0),
        there.activities() if linked else "", there.gifts() if linked else "",
    )  # fmt: skip
    names = _("Năm trước gồm cả kết quả của %(names)s.") % {"names": "; ".join(found.names)}
    return Past(year, side, count, names if found.names else "")


def _groups(
    scope: Scope,
    ids: tuple[int, ...],
    count: summaries.Tally,
    money: dict[int | None, Totals],
    choices: queries.Choices,
) -> list[Group]:
    """One line for each movement the agency did or gave something in, in their order; the rest last."""
    found = []
    for movement, title in [*choices.movements.items(), (None, _("Không thuộc phong trào nào"))]:
        given = money[movement].money if movement in money else None
        number = count.groups.get(movement, 0)
        if not number and not given:
            continue
        place = _place(scope, ids, choices)
        key = str(movement) if movement else "khong"
        url = scope.address("movement_detail", pk=movement) if movement else ""
        listed = place.activities(phong_trao=key) if number else ""
        found.append(Group(title, url, number, listed, given, place.gifts(phong_trao=key)))
    return found


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
