"""Who leads a cluster from which day: pure, without Django.

Words: an *office* is chair or deputy with an order; a *term* gives an office to an agency on half-open days: from
its first day up to its end, the end left out; a term without end runs until a successor starts.
Promises: nothing is automatic. ``propose`` names last year's deputy, people decide (domain 5: five patterns were
seen); ``plan`` says which terms end and begin; ``clashes`` finds every pair of terms that cannot stand together.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

CHAIR, DEPUTY = "chair", "deputy"


@dataclass(frozen=True, slots=True)
class Term:
    """An agency's term; ``pk`` is empty for one that is not written yet."""

    agency_id: int
    role: str
    order: int
    starts_on: date
    ends_on: date | None = None
    pk: int | None = None

    @property
    def office(self) -> tuple[str, int]:
        """Role and order; there is one chair, whatever its order says."""
        return (CHAIR, 1) if self.role == CHAIR else (self.role, self.order)

    def covers(self, day: date) -> bool:
        """Whether ``day`` is one of the term's days."""
        return self.starts_on <= day and (self.ends_on is None or day < self.ends_on)

    def meets(self, other: Term) -> bool:
        """Whether the two terms have a day in common."""
        return (other.ends_on is None or self.starts_on < other.ends_on) and (
            self.ends_on is None or other.starts_on < self.ends_on
        )


@dataclass(frozen=True, slots=True)
class Clash:
    """Two terms that cannot stand together, or one that is empty.

    ``code``: no_days (ends before it starts), two_chairs, same_office (two agencies as first deputy), both_roles (an
    agency as chair and deputy), twice (an agency as two deputies, or its term written twice).
    """

    code: str
    first: Term
    second: Term


def clashes(terms: Iterable[Term]) -> list[Clash]:
    """Every clash, in the order of the days; empty when the terms can stand together."""
    rows = sorted(terms, key=lambda term: (term.starts_on, term.role, term.order, term.agency_id))
    found = [Clash("no_days", term, term) for term in rows if term.ends_on and term.ends_on <= term.starts_on]
    for place, first in enumerate(rows):
        for second in rows[place + 1 :]:
            if first.meets(second) and (code := _clash(first, second)):
                found.append(Clash(code, first, second))
    return found


def _clash(first: Term, second: Term) -> str:
    if first.agency_id == second.agency_id:
        return "twice" if first.role == second.role else "both_roles"
    if first.office == second.office:
        return "two_chairs" if first.role == CHAIR else "same_office"
    return ""


@dataclass(frozen=True, slots=True)
class Proposal:
    """What the form starts with: the chair (None: nothing to propose), deputies, the first day."""

    chair_id: int | None
    deputy_ids: tuple[int, ...]
    starts_on: date


def propose(
    running: Sequence[Term], member_ids: Iterable[int], period: tuple[date, date], today: date
) -> Proposal:
    """Last year's first deputy as chair, if it is a member of the coming year; no deputy; a day inside ``period``.

    ``period`` is the first and the last day of the coming year. The day is today where today lies in it and after
    the running chair's first day, else the first possible day.
    """
    members = set(member_ids)
    deputies = sorted((term for term in running if term.role == DEPUTY), key=lambda term: term.order)
    chair = next((term.agency_id for term in deputies if term.agency_id in members), None)
    began = max((term.starts_on for term in running if term.role == CHAIR), default=date.min)
    earliest = max(period[0], began + timedelta(days=1)) if began > date.min else period[0]
    return Proposal(chair, (), today if earliest <= today <= period[1] else earliest)


@dataclass(frozen=True, slots=True)
class Plan:
    """What a hand-over writes: terms that end (with their new end), terms that begin; and what stays."""

    ended: tuple[Term, ...]
    added: tuple[Term, ...]
    kept: tuple[Term, ...]
    later: tuple[Term, ...]  # terms written already that begin on that day or after: they stand in the way

    @property
    def outcome(self) -> tuple[Term, ...]:
        """All terms as they stand afterwards."""
        return self.kept + self.later + self.ended + self.added


def plan(
    terms: Iterable[Term],
    chair_id: int,
    deputy_ids: Sequence[int],
    starts_on: date,
    *,
    keep_same: bool = False,
) -> Plan:
    """The agencies lead from ``starts_on``; every term that covers the day ends there.

    ``keep_same``: an agency that keeps its very office goes on without a new term (a change in mid-year); without it
    everybody starts anew (a new year, a new election).
    """
    wanted = [Term(chair_id, CHAIR, 1, starts_on)]
    wanted += [Term(agency, DEPUTY, order, starts_on) for order, agency in enumerate(deputy_ids, 1)]
    ended, kept, later = [], [], []
    for term in terms:
        if term.starts_on >= starts_on:
            later.append(term)
        elif not term.covers(starts_on):
            kept.append(term)
        elif keep_same and (same := _same_office(term, wanted)):
            wanted.remove(same)
            kept.append(term)
        else:
            ended.append(replace(term, ends_on=starts_on))
    return Plan(tuple(ended), tuple(wanted), tuple(kept), tuple(later))


def _same_office(term: Term, wanted: Iterable[Term]) -> Term | None:
    return next((new for new in wanted if (new.agency_id, new.office) == (term.agency_id, term.office)), None)


@dataclass(frozen=True, slots=True)
class Seat:
    """One office before and after, for the table people confirm."""

    role: str
    order: int
    before: Term | None
    after: Term | None


def seats(before: Iterable[Term], after: Iterable[Term]) -> list[Seat]:
    """Chair first, then deputies in order; an office that is empty on one side has None there."""
    old, new = ({term.office: term for term in terms} for terms in (before, after))
    return [Seat(*office, old.get(office), new.get(office)) for office in sorted({*old, *new})]


def leading_on(terms: Iterable[Term], day: date) -> list[Term]:
    """The terms that cover ``day``, chair first."""
    return sorted((term for term in terms if term.covers(day)), key=lambda term: term.office)


# The coming year -----------------------------------------------------------------------------------------------


def next_label(label: str) -> str:
    """``2020`` → ``2021``; ``2012-2013`` → ``2013-2014``."""
    return "-".join(str(int(part) + 1) for part in label.split("-"))


def year_later(day: date) -> date:
    """The same day a year later; 29 February becomes 28 February."""
    return (
        day.replace(year=day.year + 1, day=28)
        if (day.month, day.day) == (2, 29)
        else day.replace(year=day.year + 1)
    )


def next_period(starts_on: date, ends_on: date) -> tuple[date, date]:
    """First and last day of the coming year: a year later, the last day of a month stays the last of its month.

    Never overlaps: a period longer than a year is followed from the day after its end. Never empty: it lasts two days
    at least (28–29 February would be followed by a year in which both are the 28th).
    """
    last_of_month = (ends_on + timedelta(days=1)).day == 1
    end = (
        year_later(ends_on + timedelta(days=1)) - timedelta(days=1) if last_of_month else year_later(ends_on)
    )
    start = max(year_later(starts_on), ends_on + timedelta(days=1))
    return start, max(end, start + timedelta(days=1))
