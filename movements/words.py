"""Figures, times and states of activities in words, for lists, pages and the home page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core.dates import PartialDate, Precision, format_date, format_partial
from core.quantity import MONEY_UNIT, Qualifier, Quantity, format_money, format_number
from movements.domain.totals import Gift, Giver, LeftOut, Totals
from movements.enums import ActivityState, PartState
from movements.queries import Choices

FIGURES_NAMED = 5


@dataclass(frozen=True, slots=True)
class Figure:
    """A number ready to be shown: the qualifier stands small before it, the unit behind."""

    q: str
    number: str
    unit: str

    def __str__(self) -> str:
        """ "trên 580.000.000 ₫"."""
        return " ".join(part for part in (self.q, self.number, self.unit) if part)


def qualifier_words(qualifier: str) -> str:
    """ "trên", "gần"; empty for an exact figure."""
    return _(Qualifier(qualifier).words)


def figure(quantity: Quantity) -> Figure:
    """A quantity for a table; money carries the sign ₫."""
    unit = "₫" if quantity.unit == MONEY_UNIT else quantity.unit
    return Figure(qualifier_words(quantity.qualifier), format_number(quantity.number), unit)


def plain(quantity: Quantity) -> str:
    """A quantity inside a sentence: "100.000.000 ₫", "gần 21.000 chiếc"."""
    if quantity.unit == MONEY_UNIT:
        return f"{qualifier_words(quantity.qualifier)} {format_money(int(quantity.number))}".strip()
    return str(figure(quantity))


def listed(parts: Sequence[str]) -> str:
    """ "a", "a và b", "a, b và c"."""
    if len(parts) < 2:
        return "".join(parts)
    return _("%(first)s và %(last)s") % {"first": ", ".join(parts[:-1]), "last": parts[-1]}


def left_out_words(rows: Sequence[LeftOut]) -> str:
    """ "chưa cộng 2 khoản chưa rõ có gồm trong số tổng: 100.000.000 ₫ và 10.000.000 ₫"; empty for none."""
    if not rows:
        return ""
    figures = [plain(one) for row in rows for one in row.figures]
    named = figures[:FIGURES_NAMED]
    if more := len(figures) - len(named):
        named.append(ngettext("%(count)s số khác", "%(count)s số khác", more) % {"count": more})
    sentence = ngettext(
        "chưa cộng %(count)s khoản chưa rõ có gồm trong số tổng: %(figures)s",
        "chưa cộng %(count)s khoản chưa rõ có gồm trong số tổng: %(figures)s",
        len(rows),
    )
    return sentence % {"count": format_number(len(rows)), "figures": listed(named)}


def total_figures(totals: Totals) -> list[Figure]:
    """Money first, then goods by unit."""
    return [figure(one) for one in (totals.money, *totals.goods) if one is not None]


def time_words(activity: Any) -> tuple[str, str]:
    """When an activity was, and what is not known of it: ("2020", "chưa rõ ngày")."""
    precision = Precision(activity.precision)
    text = format_partial(PartialDate(activity.starts_on, activity.ends_on, precision))
    if precision is Precision.UNKNOWN:
        return _("Chưa rõ"), _("thời gian")
    return text, "" if precision is Precision.DAY else _("chưa rõ ngày")


def spoken_day(day: date) -> str:
    """ "ngày 5 tháng 1 năm 2021", as a form reads a typed date back."""
    return _("ngày %(day)s tháng %(month)s năm %(year)s") % {
        "day": day.day,
        "month": day.month,
        "year": day.year,
    }


def period_words(first: date | None, last: date | None) -> str:
    """ "01/03/2020–31/12/2020", "từ 01/03/2020", "đến 31/12/2020"; empty where neither day is known."""
    if first is None:
        return _("đến %(day)s") % {"day": format_date(last)} if last else ""
    if last is None:
        return _("từ %(day)s") % {"day": format_date(first)}
    return format_partial(PartialDate(first, last, Precision.DAY))


STATE_LOOKS = {
    ActivityState.DRAFT: ("", "pencil"),
    ActivityState.SUBMITTED: ("wait", "hourglass"),
    ActivityState.CONFIRMED: ("ok", "circle-check"),
    ActivityState.RETURNED: ("err", "arrow-back-up"),
}


@dataclass(frozen=True, slots=True)
class StateLook:
    """A state as ``<c-status>`` draws it."""

    kind: str
    icon: str
    text: str


def state_look(state: str) -> StateLook:
    """Icon and words of a state."""
    kind, icon = STATE_LOOKS[ActivityState(state)]
    return StateLook(kind, icon, str(ActivityState(state).label))


def giver_names(givers: Sequence[Giver], choices: Choices, *, without: int | None = None) -> list[str]:
    """Who gave, members under their short names."""
    return [
        giver.outside or choices.agency(giver.agency_id, "?")
        for giver in givers
        if giver.agency_id is None or giver.agency_id != without
    ]


def part_words(gift: Gift) -> tuple[str, str]:
    """How a gift stands to a whole: kind of note ("warn" or "") and words; empty where it stands alone."""
    if gift.part_state == PartState.UNKNOWN:
        return ("warn", _("Chưa rõ có gồm trong số tổng")) if gift.doubtful else ("", "")
    if gift.part_state == PartState.INCLUDED:
        return "", _("đã tính trong số tổng")
    if gift.part_state == PartState.NOT_INCLUDED:
        return "", _("cộng thêm ngoài số tổng")
    return "", ""
