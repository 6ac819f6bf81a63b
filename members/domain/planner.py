"""Who leads a cluster in the coming years by the charter's rule, and why: pure, without Django.

Words: a *span* is a year with its first and last day; *held* is what a past year knows of its chairs and deputies; an
agency *fits* a year when it is a member from its first to its last day and nobody asked to pass it over; for the chair
it must also be out of the *gap* (not chair in so many years before) and not the outgoing chair.
Promises: the answer depends on nothing but the case and the spans, never on the order of what is given; every year is
answered, if need be with nobody and the reason; a longer look ahead never changes the years before; each member of a
year is chair, deputy, passed over with a reason, or waiting for its turn. Reasons are codes with what they speak of:
the sentences are made elsewhere (``members/planner_words.py``).

The rules (domain 5, patterns that were seen): ``deputy`` last year's deputies in their order, then whoever has not
chaired for the longest time; ``list`` the next one down the list of members after the last chair; ``rank`` by last
year's ranks; ``free`` the conference elects and nothing is proposed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from members.domain.rotation import next_label, next_period

DEPUTY, LIST, RANK, FREE = "deputy", "list", "rank", "free"
MOST_YEARS = 10


@dataclass(frozen=True, slots=True)
class Span:
    """A year by its label, first and last day."""

    label: str
    first: date
    last: date

    @property
    def number(self) -> int:
        """The year in which it begins, by its label: distances between years are counted with it."""
        return int(self.label[:4])

    def following(self) -> Span:
        """The year after it."""
        return Span(next_label(self.label), *next_period(self.first, self.last))


@dataclass(frozen=True, slots=True)
class Candidate:
    """A member by its place in the charter's list, with half-open days; empty ends mean always."""

    agency_id: int
    order: int
    joined: date | None = None
    left: date | None = None


@dataclass(frozen=True, slots=True)
class Held:
    """Who led in a past year: chairs in time (none: unknown), deputies in their order at its end."""

    label: str
    chairs: tuple[int, ...] = ()
    deputies: tuple[int, ...] = ()

    @property
    def number(self) -> int:
        """The year in which it begins."""
        return int(self.label[:4])


@dataclass(frozen=True, slots=True)
class Skip:
    """Somebody asked to pass an agency over in one year."""

    agency_id: int
    label: str
    reason: str


@dataclass(frozen=True)
class Case:
    """Everything a proposal depends on. ``standings``: ranks by agency of each past year, where they are known."""

    members: tuple[Candidate, ...]
    history: tuple[Held, ...] = ()
    rule: str = DEPUTY
    gap: int = 0
    deputies: int = 1
    skips: tuple[Skip, ...] = ()
    standings: Mapping[str, Mapping[int, int]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Reason:
    """Why an agency is proposed, or nobody.

    ``code``: deputy (was deputy number ``number`` of ``label``), moves_up (the same, and goes on as deputy), list (next
    in the list after ``agency_id``; ``label`` is the year before), rank (``number`` of ``label``), longest (chair last
    in ``label``, empty: never), only (nobody but the outgoing chair fits), gap_waived (everybody who fits chaired
    within the gap: the longest ago), nobody, free. ``because``: why the rule's own way led nowhere: no_deputy,
    no_fit_deputy, no_ranks, unranked.
    """

    code: str
    label: str = ""
    number: int = 0
    agency_id: int | None = None
    because: str = ""


@dataclass(frozen=True, slots=True)
class Passed:
    """An agency that is passed over for a seat, and why.

    ``code``: skipped (``text`` says why), gap (chair in ``label``), outgoing (chair of ``label``), leaves (on ``day``),
    gone (since ``day``), not_yet (joins on ``day``), deputy (was deputy in ``label`` and could not move up).
    """

    agency_id: int
    code: str
    seat: str = "chair"
    label: str = ""
    day: date | None = None
    text: str = ""


@dataclass(frozen=True, slots=True)
class Pick:
    """An agency for a seat, and why."""

    agency_id: int
    why: Reason


@dataclass(frozen=True, slots=True)
class Proposed:
    """A coming year: chair (None: see ``why``), deputies in order, who is passed over, who waits (in list order)."""

    span: Span
    chair: int | None
    why: Reason
    deputies: tuple[Pick, ...]
    passed: tuple[Passed, ...]
    waiting: tuple[int, ...]

    @property
    def leading(self) -> tuple[int, ...]:
        """The chair and the deputies."""
        return (*(() if self.chair is None else (self.chair,)), *(pick.agency_id for pick in self.deputies))


def coming(last: Span, number: int, known: Iterable[Span] = ()) -> tuple[Span, ...]:
    """The ``number`` years after ``last`` (1 to ``MOST_YEARS``); one that is opened already has its own days."""
    opened = {span.label: span for span in known}
    spans: list[Span] = []
    while len(spans) < max(1, min(number, MOST_YEARS)):
        span = (spans[-1] if spans else last).following()
        spans.append(opened.get(span.label, span))
    return tuple(spans)


def plan(case: Case, spans: Sequence[Span]) -> tuple[Proposed, ...]:
    """A proposal for each of ``spans``, which come in time; each builds on the proposals before it."""
    if not spans:
        return ()
    book = _Book(case, spans[0].number)
    return tuple(book.turn(span) for span in spans)


class _Book:
    """What is known while the years are gone through: who led when."""

    def __init__(self, case: Case, first: int) -> None:
        """Put everything into an order of its own."""
        rows = sorted(
            case.members,
            key=lambda one: (one.order, one.agency_id, one.joined or date.min, one.left or date.max),
        )
        self.case = case
        self.members = {one.agency_id: one for one in reversed(rows)}
        self.ids = list(dict.fromkeys(one.agency_id for one in rows))
        self.place = {agency: place for place, agency in enumerate(self.ids)}
        self.skips: dict[tuple[int, str], str] = {}
        for skip in sorted(case.skips, key=lambda one: one.reason, reverse=True):
            self.skips[skip.agency_id, skip.label] = skip.reason
        self.held = sorted(
            (one for one in case.history if one.number < first),
            key=lambda one: (one.number, one.label, one.chairs, one.deputies),
        )
        self.chaired: dict[int, Held] = {}
        for held in self.held:
            self.chaired |= dict.fromkeys(held.chairs, held)

    @property
    def before(self) -> Held:
        """The last year that is known or proposed."""
        return self.held[-1] if self.held else Held("")

    @property
    def outgoing(self) -> int | None:
        """The chair of that year's end."""
        return self.before.chairs[-1] if self.before.chairs else None

    def turn(self, span: Span) -> Proposed:
        """The proposal for one year; remembered for the next one."""
        barred = {agency: bar for agency in self.ids if (bar := self.unfit(agency, span))}
        if self.case.rule == FREE:
            chair, why = None, Reason("free")
            deputies: tuple[Pick, ...] = ()
            passed = [barred[agency] for agency in self.ids if agency in barred]
        else:
            chair, why, passed = self.chair(span, barred)
            deputies, more = self.deputies(span, chair, barred)
            passed += more
        told = {one.agency_id for one in passed}
        taken = {chair, *(pick.agency_id for pick in deputies)}
        waiting = tuple(agency for agency in self.ids if agency not in told | taken)
        done = Proposed(span, chair, why, deputies, tuple(passed), waiting)
        self.remember(done)
        return done

    def remember(self, done: Proposed) -> None:
        """A proposed year is a fact for the years after it."""
        chairs = () if done.chair is None else (done.chair,)
        held = Held(done.span.label, chairs, tuple(pick.agency_id for pick in done.deputies))
        self.held.append(held)
        self.chaired |= dict.fromkeys(chairs, held)

    # Who fits -------------------------------------------------------------------------------------------------

    def unfit(self, agency: int, span: Span) -> Passed | None:
        """Why an agency can hold no office in a year."""
        one = self.members[agency]
        if one.left and one.left <= span.first:
            return Passed(agency, "gone", day=one.left)
        if one.left and one.left <= span.last:
            return Passed(agency, "leaves", day=one.left)
        if one.joined and one.joined > span.first:
            return Passed(agency, "not_yet", day=one.joined)
        if (agency, span.label) in self.skips:
            return Passed(agency, "skipped", text=self.skips[agency, span.label])
        return None

    def too_soon(self, agency: int, span: Span) -> Passed | None:
        """Why an agency cannot chair again yet."""
        held = self.chaired.get(agency)
        if held and span.number - held.number <= self.case.gap:
            return Passed(agency, "gap", label=held.label)
        if agency == self.outgoing:
            return Passed(agency, "outgoing", label=self.before.label)
        return None

    # Orders of preference -------------------------------------------------------------------------------------

    def longest(self, agencies: Iterable[int]) -> list[int]:
        """Those who never chaired first, then whoever did the longest ago; the list's order decides between equals."""
        return sorted(
            agencies,
            key=lambda one: (self.chaired[one].number if one in self.chaired else -1, self.place[one]),
        )

    def after(self, agency: int | None) -> list[int]:
        """The list from the one after ``agency`` on, around to itself; the whole list when it is no member."""
        start = self.place[agency] + 1 if agency in self.place else 0
        return self.ids[start:] + self.ids[:start]

    def last_chair(self) -> int | None:
        """The last chair that still stands in the list."""
        chairs = (agency for held in reversed(self.held) for agency in reversed(held.chairs))
        return next((agency for agency in chairs if agency in self.place), None)

    def down_the_list(self, agency: int | None, because: str = "") -> list[Pick]:
        """Everybody in the list's order after an agency."""
        known = agency if agency in self.place else None
        why = Reason("list", self.before.label, agency_id=known, because=because)
        return [Pick(one, why) for one in self.after(known)]

    def by_longest(self, agencies: Iterable[int], because: str = "") -> list[Pick]:
        """Everybody by how long ago they chaired."""
        return [
            Pick(
                one,
                Reason(
                    "longest", label=self.chaired[one].label if one in self.chaired else "", because=because
                ),
            )
            for one in self.longest(agencies)
        ]

    def by_rank(self, last: int | None) -> list[Pick]:
        """Last year's ranks, then the unranked; the list when no rank is known."""
        ranks = self.case.standings.get(self.before.label, {})
        ranked = sorted(
            (one for one in self.ids if one in ranks), key=lambda one: (ranks[one], self.place[one])
        )
        rest = self.down_the_list(last, "unranked" if ranked else "no_ranks")
        first = [Pick(one, Reason("rank", label=self.before.label, number=ranks[one])) for one in ranked]
        return first + [pick for pick in rest if pick.agency_id not in ranks]

    def by_deputies(self) -> list[Pick]:
        """Last year's deputies in their order, then whoever has not chaired for the longest time."""
        label, deputies = self.before.label, [one for one in self.before.deputies if one in self.place]
        first = [Pick(one, Reason("deputy", label, place)) for place, one in enumerate(deputies, 1)]
        others = [one for one in self.ids if one not in deputies]
        return first + self.by_longest(others, "no_fit_deputy" if self.before.deputies else "no_deputy")

    # Seats ----------------------------------------------------------------------------------------------------

    def chair(self, span: Span, barred: Mapping[int, Passed]) -> tuple[int | None, Reason, list[Passed]]:
        """The chair with its reason, and everybody who cannot be it with theirs."""
        order = self.order_of_chairs()
        passed = {
            one.agency_id: why
            for one in order
            if (why := barred.get(one.agency_id) or self.too_soon(one.agency_id, span))
        }
        pick = next((one for one in order if one.agency_id not in passed), None) or self.waived(span, barred)
        kept = [why for agency, why in passed.items() if pick is None or agency != pick.agency_id]
        return (pick.agency_id, pick.why, kept) if pick else (None, Reason("nobody"), kept)

    def order_of_chairs(self) -> list[Pick]:
        """Everybody in the order in which the rule would have them chair."""
        if self.case.rule == DEPUTY:
            return self.by_deputies()
        if self.case.rule == RANK:
            return self.by_rank(self.last_chair())
        return self.down_the_list(self.last_chair())

    def waived(self, span: Span, barred: Mapping[int, Passed]) -> Pick | None:
        """When nobody else is left: whoever chaired the longest ago."""
        left = self.longest(agency for agency in self.ids if agency not in barred)
        if not left:
            return None
        held = self.chaired[left[0]]
        within = span.number - held.number <= self.case.gap
        return Pick(left[0], Reason("gap_waived" if within else "only", held.label, self.case.gap))

    def deputies(
        self, span: Span, chair: int | None, barred: Mapping[int, Passed]
    ) -> tuple[tuple[Pick, ...], list[Passed]]:
        """The deputies in their order with their reasons, and last year's deputies who make room for others."""
        if chair is None:
            return (), []
        order, stale = self.order_of_deputies(chair)
        free = [pick for pick in order if pick.agency_id != chair and pick.agency_id not in barred]
        looks_ahead = self.case.rule != RANK
        nextyear = span.following()
        free.sort(
            key=lambda pick: (
                pick.agency_id == self.outgoing,
                pick.agency_id in stale,
                pick.why.code != "moves_up" and looks_ahead and self.blocked(pick.agency_id, nextyear),
            )
        )
        picks = tuple(free[: self.case.deputies])
        taken = {pick.agency_id for pick in picks}
        label = self.before.label
        passed = [
            Passed(pick.agency_id, "deputy", seat="deputy", label=label)
            for pick in free
            if pick.agency_id in stale - taken
        ]
        return picks, passed

    def order_of_deputies(self, chair: int) -> tuple[list[Pick], set[int]]:
        """Everybody in the order in which deputies are taken, and last year's deputies who did not move up."""
        if self.case.rule == RANK:
            return self.by_rank(chair), set()
        if self.case.rule != DEPUTY:
            return self.down_the_list(chair), set()
        earlier = [one for one in self.before.deputies if one in self.place]
        behind = earlier[earlier.index(chair) + 1 :] if chair in earlier else []
        up = [Pick(one, Reason("moves_up", self.before.label, earlier.index(one) + 1)) for one in behind]
        return up + self.by_longest(one for one in self.ids if one not in behind), set(earlier) - {
            *behind,
            chair,
        }

    def blocked(self, agency: int, span: Span) -> bool:
        """Whether a deputy could not become the chair of the year after."""
        held = self.chaired.get(agency)
        return bool(self.unfit(agency, span)) or bool(held and span.number - held.number <= self.case.gap)
