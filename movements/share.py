"""What is said of an activity when it is shared: a few lines for Zalo, with figures and their qualifiers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.utils.text import capfirst
from django.utils.translation import gettext as _

from core.dates import PartialDate, Precision, format_partial
from movements.domain.totals import Gift, Totals
from movements.words import Figure, figure, left_out_words, listed, spoken_day

MOST_FIGURES: Final = 4
MOST_NAMES: Final = 2


@dataclass(frozen=True, slots=True)
class Named:
    """A total with what it counts: "gần 28.500 chiếc", "khẩu trang y tế"; ``what`` is empty where it is too many."""

    figure: Figure
    what: str

    def __str__(self) -> str:
        """ "gần 28.500 chiếc khẩu trang y tế"."""
        return f"{self.figure} {self.what}".strip()


def named_figures(gifts: Sequence[Gift], sums: Totals) -> list[Named]:
    """Money first, then goods by unit with their names; the one rule of totals, nothing is added here."""
    found = [Named(figure(sums.money), "")] if sums.money else []
    for one in sums.goods:
        names = dict.fromkeys(
            _small(gift.description) for gift in gifts if gift.goods and gift.unit == one.unit
        )
        found.append(Named(figure(one), listed(list(names)) if len(names) <= MOST_NAMES else ""))
    return found


def _small(words: str) -> str:
    """ "Khẩu trang y tế" inside a sentence; a word of capitals stays."""
    first = words.split(" ", 1)[0]
    return words if len(first) > 1 and first.isupper() else words[:1].lower() + words[1:]


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


def share_text(activity: Any, agencies: Sequence[str], gifts: Sequence[Gift], sums: Totals, link: str) -> str:
    """Title, who, when and where, figures, link: one thing a line, empty ones left out."""
    named = [str(one) for one in named_figures(gifts, sums)[:MOST_FIGURES]]
    left_out = left_out_words(sums.left_out)
    place = " · ".join(part for part in (capfirst(when_words(activity)), activity.place) if part)
    told = _("Kết quả: %(figures)s.") % {"figures": "; ".join(named)} if named else ""
    lines = [
        activity.title,
        ", ".join(agencies),
        place,
        told,
        f"{capfirst(left_out)}." if left_out else "",
        link,
    ]
    return "\n".join(line for line in lines if line)
