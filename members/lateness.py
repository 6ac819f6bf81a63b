"""Which agencies are late with what was due, for many years at once; each app says what it knows of.

A deadline is the last day, counted in full: an agency is late from 24:00 of it (Viet Nam time) on.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

Source = Callable[[Collection[int], date], dict[int, dict[int, str]]]
_sources: list[Source] = []


@dataclass(frozen=True, slots=True)
class Late:
    """An agency that is late in a year, with a sentence for each thing it is late with."""

    agency_id: int
    sentences: tuple[str, ...]


def source(function: Source) -> Source:
    """Register a function that says who is late: ids of years, today → year → agency → sentence.

    It asks a constant number of queries however many years there are, and leaves out sealed years.
    """
    _sources.append(function)
    return function


def late_agencies(year_ids: Iterable[int], today: date) -> dict[int, list[Late]]:
    """For each year that has any, its late agencies in the order of their ids; a constant number of queries."""
    ids = frozenset(year_ids)
    found: dict[int, dict[int, list[str]]] = {}
    for function in _sources if ids else ():
        for year_id, agencies in function(ids, today).items():
            for agency_id, sentence in agencies.items():
                found.setdefault(year_id, {}).setdefault(agency_id, []).append(sentence)
    return {
        year_id: [Late(agency_id, tuple(sentences)) for agency_id, sentences in sorted(agencies.items())]
        for year_id, agencies in found.items()
    }


def left(day: date | None, today: date) -> str:
    """``còn 4 ngày``, ``hạn hôm nay``, ``quá hạn 2 ngày``; the last day counts in full; empty without a day."""
    if day is None:
        return ""
    days = (day - today).days
    if days > 0:
        return ngettext("còn %(count)s ngày", "còn %(count)s ngày", days) % {"count": days}
    if days == 0:
        return _("hạn hôm nay")
    return ngettext("quá hạn %(count)s ngày", "quá hạn %(count)s ngày", -days) % {"count": -days}
