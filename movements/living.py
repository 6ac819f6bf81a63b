"""The living summary of a movement or an agency as its page draws it: every figure with the address of its rows."""

from __future__ import annotations

import calendar
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from core.dates import format_date
from core.quantity import MONEY_UNIT, Quantity, format_number
from members.models import ClusterYear
from members.scope import Scope
from movements.charts import Point, months_chart, share
from movements.domain.totals import Totals
from movements.summaries import Slot, Tally, slots_of
from movements.words import Figure, figure

MILLION = 10**6
TAKEN_OVER = "ke"  # the ledger is asked for an agency with those whose results of the year it took over


@dataclass(frozen=True, slots=True)
class Place:
    """Where the rows behind figures are listed: a year's lists narrowed by ``query``.

    ``taken_over``: an agency's figures hold what it took over in the year (the list of activities does so by itself).
    """

    scope: Scope
    year: ClusterYear
    query: Mapping[str, int]
    taken_over: bool = False

    def activities(self, **more: str) -> str:
        """The list of activities."""
        return self._address("activity_list", **more)

    def gifts(self, **more: str) -> str:
        """The ledger of contributions."""
        return self._address("ledger", **more, **({TAKEN_OVER: "1"} if self.taken_over else {}))

    def page(self, name: str, pk: int) -> str:
        """A page of that year."""
        return reverse(name, kwargs={"cluster": self.scope.cluster.slug, "label": self.year.label, "pk": pk})

    def _address(self, name: str, **more: str) -> str:
        place = {"cluster": self.scope.cluster.slug, "label": self.year.label}
        return f"{reverse(name, kwargs=place)}?{urlencode({**self.query, **more})}"


# -- by month ------------------------------------------------------------------------------------
def months(place: Place, now: Tally, money: Mapping[Slot, Totals], past: Past | None) -> dict[str, Any]:
    """Charts and rows of ``<c-chart-months>``; the rows' last one holds what has no month of this year."""
    year, before, before_label = place.year, past.count if past else None, past.year.label if past else ""
    slots = slots_of(year)
    earlier = _shifted(slots, before.months) if before else {}
    names = [_("Tháng %(month)s/%(year)s") % {"month": slot % 100, "year": slot // 100} for slot in slots]
    done = [
        Point(
            str(slot % 100), name, now.months.get(slot, 0), format_number(now.months.get(slot, 0)),
            _counted(now.months.get(slot, 0)), earlier.get(slot, 0) if before else None,
        )
        for slot, name in zip(slots, names, strict=True)
    ]  # fmt: skip
    given = [
        _money_point(slot, name, _money_of(money, slot)) for slot, name in zip(slots, names, strict=True)
    ]
    charts = []
    if any(now.months.get(slot, 0) or earlier.get(slot, 0) for slot in slots):
        charts.append(months_chart(_("Hoạt động theo tháng"), done, year.label, before_label))
    if any(one.value for one in given):
        charts.append(months_chart(_("Tiền, trị giá theo tháng (triệu đồng)"), given, year.label))
    rows = [
        _month_row(place, slot, name, now.months.get(slot, 0), earlier.get(slot, 0), _money_of(money, slot))
        for slot, name in zip(slots, names, strict=True)
    ]
    return {
        "any": bool(now.number),
        "charts": charts,
        "rows": rows,
        "rest": _rest(now, slots, money),
        "before": before_label,
        "label": year.label,
    }


def _money_of(money: Mapping[Slot, Totals], slot: Slot) -> Quantity | None:
    return money[slot].money if slot in money else None


def _shifted(slots: Sequence[int], months: Mapping[Slot, int]) -> dict[Slot, int]:
    return {slot: months.get(slot - 100, 0) for slot in slots}


def _counted(number: int) -> str:
    return ngettext("%(count)s hoạt động", "%(count)s hoạt động", number) % {"count": format_number(number)}


def _money_point(slot: int, name: str, money: Quantity | None) -> Point:
    amount = int(money.number) if money else 0
    millions = amount / MILLION
    shown = (
        format_number(round(millions))
        if millions >= 10
        else f"{millions:.1f}".rstrip("0").rstrip(".").replace(".", ",")
    )
    return Point(str(slot % 100), name, amount, shown, str(figure(money)) if money else "")


def _month_row(
    place: Place, slot: int, name: str, number: int, before: int, money: Quantity | None
) -> dict[str, Any]:
    year, month = divmod(slot, 100)
    first, last = date(year, month, 1), date(year, month, calendar.monthrange(year, month)[1])
    period = {"tu": format_date(first), "den": format_date(last)}
    return {
        "name": name, "number": number, "url": place.activities(**period) if number else "", "before": before,
        "money": figure(money) if money else None, "money_url": place.gifts(ky=f"{year}-{month:02d}") if money else "",
    }  # fmt: skip


def _rest(now: Tally, slots: Sequence[int], money: Mapping[Slot, Totals]) -> dict[str, Any] | None:
    """What has no month, or one outside the year; None for nothing."""
    number = now.number - sum(now.months.get(slot, 0) for slot in slots)
    loose = [_money_of(money, slot) for slot in money if slot not in slots]
    figures = [figure(one) for one in loose if one]
    return {"number": number, "figures": figures} if number or figures else None


# -- beside last year ----------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class Side:
    """One year's numbers: activities, contributions, participations, with the addresses of their rows."""

    activities: int
    totals: Totals
    joined: int | None = None
    activities_url: str = ""
    gifts_url: str = ""
    joined_url: str = ""


@dataclass(frozen=True, slots=True)
class Past:
    """The year before as far as it can be compared: its numbers, by month too, and what is to be said of them."""

    year: ClusterYear
    side: Side
    count: Tally
    note: str = ""


def beside(now: Side, before: Side | None, joined_words: str) -> list[dict[str, Any]]:
    """Rows of ``<c-chart-years>``: what, this year, last year; each figure with its address."""
    rows = [
        _pair(
            pgettext("list", "Hoạt động"),
            now,
            before,
            lambda side: (Figure("", format_number(side.activities), ""), side.activities_url),
        )
    ]
    if now.joined is not None:
        rows.append(
            _pair(
                joined_words,
                now,
                before,
                lambda side: (Figure("", format_number(side.joined or 0), ""), side.joined_url),
            )
        )
    rows.append(
        _pair(
            _("Khoản đóng góp"), now, before,
            lambda side: (Figure("", format_number(side.totals.gifts), ""), side.gifts_url),
        )
    )  # fmt: skip
    units = dict.fromkeys(one.unit for side in (now, before) if side for one in _figures(side.totals))
    for unit in units:
        words = _("Tiền, trị giá") if unit == MONEY_UNIT else _("Hiện vật (%(unit)s)") % {"unit": unit}
        rows.append(
            _pair(words, now, before, lambda side, unit=unit: (_of_unit(side.totals, unit), side.gifts_url))
        )
    return rows


def _figures(totals: Totals) -> list[Quantity]:
    return [one for one in (totals.money, *totals.goods) if one]


def _of_unit(totals: Totals, unit: str) -> Figure | None:
    return next((figure(one) for one in _figures(totals) if one.unit == unit), None)


def _pair(label: str, now: Side, before: Side | None, take: Any) -> dict[str, Any]:
    value, url = take(now)
    old, old_url = take(before) if before else (None, "")
    return {
        "label": label, "now": value, "url": url if _some(value) else "",
        "before": old, "before_url": old_url if _some(old) else "",
    }  # fmt: skip


def _some(value: Figure | None) -> bool:
    """Whether there are rows behind a figure."""
    return value is not None and value.number != "0"


# -- by agency or movement -----------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class Group:
    """A line of ``<c-chart-bars>``: who or what, how many activities, how much money."""

    name: str
    url: str
    number: int
    number_url: str
    money: Quantity | None = None
    money_url: str = ""


def bars(groups: Sequence[Group]) -> list[dict[str, Any]]:
    """Rows with the lengths of their bars, the most activities first, equal ones in the order given."""
    most = max((one.number for one in groups), default=0)
    largest = max((int(one.money.number) for one in groups if one.money), default=0)
    return [
        {
            "name": one.name, "url": one.url, "number": one.number, "number_url": one.number_url,
            "share": share(one.number, most), "money": figure(one.money) if one.money else None,
            "money_url": one.money_url, "money_share": share(int(one.money.number), largest) if one.money else "0%",
        }
        for one in sorted(groups, key=lambda one: -one.number)
    ]  # fmt: skip
