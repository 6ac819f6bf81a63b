"""The terms of a cluster laid over its years: who led in which year, drawn and in a table. Pure, without Django.

A term *serves* a year when it covers the year's last day, begins within it, or covers at least a third of its days; one
that only runs over into the next year until the new chair takes over (a chair of 2020 until 05/01/2021) does not.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from members.domain.planner import Held, Span
from members.domain.rotation import CHAIR, DEPUTY, Term

_SHARE = 3  # a third of the days
_FAR = 40  # years that may be filled in before, between and after those that are opened


@dataclass(frozen=True, slots=True)
class Line:
    """A year with the terms that serve it, in time, and those that only run over into it."""

    span: Span
    opened: bool
    chairs: tuple[Term, ...]
    deputies: tuple[Term, ...]
    over: tuple[Term, ...]

    @property
    def held(self) -> Held:
        """As the planner knows a past year."""
        at_end = [term for term in self.deputies if term.covers(self.span.last)] or list(self.deputies)
        deputies = [term.agency_id for term in sorted(at_end, key=lambda term: (term.order, term.starts_on))]
        chairs = [term.agency_id for term in self.chairs]
        return Held(self.span.label, _last_of_each(chairs), tuple(dict.fromkeys(deputies)))

    def seat(self, order: int) -> tuple[Term, ...]:
        """The terms of deputies with an order."""
        return tuple(term for term in self.deputies if term.order == order)


def _last_of_each(agencies: Sequence[int]) -> tuple[int, ...]:
    return tuple(reversed(dict.fromkeys(reversed(agencies))))


def lines(years: Iterable[Span], terms: Iterable[Term]) -> list[Line]:
    """Every year from the first term or year to the last, the oldest first; ``years`` are those opened."""
    opened, listed = sorted(years, key=lambda span: span.first), sorted(terms, key=_in_time)
    labels = {span.label for span in opened}
    return [_line(span, span.label in labels, listed) for span in _filled(opened, listed)]


def _in_time(term: Term) -> tuple[date, str, int, int]:
    return term.starts_on, term.role, term.order, term.agency_id


def _line(span: Span, opened: bool, terms: Sequence[Term]) -> Line:
    serving = [term for term in terms if serves(term, span)]
    over = [term for term in terms if _days(term, span) > 0 and term not in serving]
    return Line(
        span,
        opened,
        tuple(term for term in serving if term.role == CHAIR),
        tuple(term for term in serving if term.role == DEPUTY),
        tuple(over),
    )


def serves(term: Term, span: Span) -> bool:
    """Whether the year is one of the term's, see above."""
    days = _days(term, span)
    return days > 0 and (
        term.covers(span.last)
        or term.starts_on >= span.first
        or days * _SHARE >= (span.last - span.first).days + 1
    )


def _days(term: Term, span: Span) -> int:
    """How many days of the year the term covers."""
    after = span.last + timedelta(days=1)
    return (min(term.ends_on or after, after) - max(term.starts_on, span.first)).days


def _filled(opened: Sequence[Span], terms: Sequence[Term]) -> list[Span]:
    """The years with those between them, and those that the terms reach before and after."""
    if not opened:
        return []
    spans = [opened[0]]
    while terms and terms[0].starts_on < spans[0].first and len(spans) < _FAR:
        spans.insert(0, _before(spans[0]))
    for span in opened[1:]:
        while (between := spans[-1].following()).last < span.first and len(spans) < 2 * _FAR:
            spans.append(between)
        spans.append(span)
    while terms and terms[-1].starts_on > spans[-1].last and len(spans) < 3 * _FAR:
        spans.append(spans[-1].following())
    return spans


def _before(span: Span) -> Span:
    label = "-".join(str(int(part) - 1) for part in span.label.split("-"))
    first = span.first
    day = 28 if (first.month, first.day) == (2, 29) else first.day
    return Span(label, first.replace(year=first.year - 1, day=day), first - timedelta(days=1))


def split(rows: Sequence[Line], today: date) -> tuple[list[Line], list[Span]]:
    """Years that are facts, and years at the end that are opened, not over, and wait for their chair."""
    facts = list(rows)
    waiting: list[Span] = []
    while facts and not facts[-1].chairs and facts[-1].span.last >= today:
        waiting.insert(0, facts.pop().span)
    return facts, waiting


# Drawn ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Band:
    """A stretch of time in per cent of the whole; without a term: nobody is known for it."""

    x: str
    width: str
    term: Term | None = None


@dataclass(frozen=True, slots=True)
class Mark:
    """Where a year begins, in per cent."""

    x: str
    width: str
    label: str


@dataclass(frozen=True, slots=True)
class Drawing:
    """Years and offices as stretches: one row for each office."""

    years: tuple[Mark, ...]
    rows: tuple[tuple[tuple[str, int], tuple[Band, ...]], ...]


def drawing(rows: Sequence[Line], terms: Iterable[Term]) -> Drawing | None:
    """The terms between the first and the last day of ``rows``; None without any year."""
    if not rows:
        return None
    first, end = rows[0].span.first, rows[-1].span.last + timedelta(days=1)

    def at(start: date, stop: date) -> tuple[str, str]:
        whole = (end - first).days
        left, right = max(start, first), min(stop, end)
        return f"{(left - first).days * 100 / whole:.3f}%", f"{(right - left).days * 100 / whole:.3f}%"

    shown = [term for term in terms if term.starts_on < end and (term.ends_on or end) > first]
    offices: dict[tuple[str, int], list[Band]] = {(CHAIR, 1): []}
    for term in sorted(shown, key=lambda term: (term.office, term.starts_on)):
        bands = offices.setdefault(term.office, [])
        bands.append(Band(*at(term.starts_on, term.ends_on or end), term))
    for start, stop in _unknown(rows, shown):
        offices[CHAIR, 1].append(Band(*at(start, stop)))
    marks = tuple(
        Mark(*at(row.span.first, row.span.last + timedelta(days=1)), row.span.label) for row in rows
    )
    return Drawing(marks, tuple((office, tuple(bands)) for office, bands in sorted(offices.items())))


def _unknown(rows: Sequence[Line], terms: Sequence[Term]) -> list[tuple[date, date]]:
    """The days of years without a known chair, as stretches, half-open."""
    chairs = sorted((term for term in terms if term.role == CHAIR), key=lambda term: term.starts_on)
    found: list[tuple[date, date]] = []
    for row in rows:
        if row.chairs:
            continue
        start = max(
            (term.ends_on for term in chairs if term in row.over and term.ends_on), default=row.span.first
        )
        stop = row.span.last + timedelta(days=1)
        if found and found[-1][1] >= start:
            found[-1] = (found[-1][0], stop)
        else:
            found.append((start, stop))
    return found
