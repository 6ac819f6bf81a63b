"""What is said of an activity when it is shared: a few lines for Zalo, with figures and their qualifiers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils.text import capfirst
from django.utils.translation import gettext as _

from core.dates import PartialDate, Precision, format_partial
from movements.words import Figure, spoken_day

MOST_FIGURES = 4


def when_words(activity: Any) -> str:
    """ "ngày 5 tháng 4 năm 2020", "tháng 4/2020", "năm 2020"; empty where the time is not known."""
    precision, first, last = Precision(activity.precision), activity.starts_on, activity.ends_on
    if first is None or last is None:
        return ""
    if precision is not Precision.DAY:
        label = {Precision.MONTH: _("tháng %(time)s"), Precision.YEAR: _("năm %(time)s")}[precision]
        return label % {"time": format_partial(PartialDate(first, last, precision))}
    if first == last:
        return spoken_day(first)
    return _("từ %(first)s đến %(last)s") % {"first": spoken_day(first), "last": spoken_day(last)}


def share_text(
    activity: Any, agencies: Sequence[str], figures: Sequence[Figure], left_out: str, link: str
) -> str:
    """Title, who, when and where, figures, link: one thing a line, empty ones left out."""
    named = [str(figure) for figure in figures[:MOST_FIGURES]]
    place = " · ".join(part for part in (capfirst(when_words(activity)), activity.place) if part)
    sums = "; ".join([*named, left_out] if left_out and named else named)
    told = _("Kết quả: %(figures)s.") % {"figures": sums} if sums else ""
    lines = [activity.title, ", ".join(agencies), place, told, link]
    return "\n".join(line for line in lines if line)
