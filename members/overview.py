"""All clusters a person of the council follows, with what the council asks of each; a constant number of queries.

Two steps: an index of every followed cluster in one query, narrowed and put in Vietnamese order here; then what one
page of them shows. The place in the list is the cluster itself, so a page never skips or repeats a row.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import lru_cache
from typing import Any

from django.db.models import Case, Count, Exists, IntegerField, OuterRef, Q, Subquery, Value, When
from django.utils.translation import gettext as _

from core.dates import format_date
from core.folding import fold, search_terms, sort_key
from core.paging import PAGE_SIZE, BadCursor
from core.people import full_name
from members.council import Council
from members.enums import Function, Level, PhaseKind, Role
from members.lateness import Late, late_agencies, left
from members.models import ClusterYear, Membership, Person, Phase, RoleTerm
from members.queries import agency_name, agency_names, covering

LATE, OVERDUE, VACANT, UNCARED, YEARLESS = "cham", "qua-han", "trong", "chua-phu-trach", "chua-mo"
LEVELS = {value: place for place, value in enumerate(Level.values)}


@dataclass(frozen=True, slots=True)
class Entry:
    """A followed cluster in the index."""

    pk: int
    slug: str
    kind: str
    name: str
    short_name: str
    level: str
    place: str
    parent_id: int | None
    year_id: int | None
    label: str
    phase: str
    planned_to: date | None
    chaired: bool

    @property
    def text(self) -> str:
        """What a search reads."""
        return _folded(f"{self.name}\n{self.short_name}\n{self.slug}\n{self.place}")


@dataclass(frozen=True, slots=True)
class Seat:
    """An agency that leads today."""

    role: str
    order: int
    name: str
    agency_id: int
    since: date


@dataclass(frozen=True, slots=True)
class LateName:
    """An agency that is late, by name, and with what."""

    name: str
    sentences: tuple[str, ...]


@dataclass(frozen=True)
class Row:
    """A cluster as the list shows it."""

    entry: Entry
    parent: str
    depth: int
    year: ClusterYear | None
    older: tuple[str, ...]  # labels of earlier years that are not closed
    step: str
    step_order: int
    due: str
    overdue: bool
    late: tuple[LateName, ...]
    seats: tuple[Seat, ...]
    observers: tuple[str, ...]
    members: int

    @property
    def chair(self) -> Seat | None:
        """The agency that chairs today."""
        return next((seat for seat in self.seats if seat.role == Role.CHAIR), None)

    @property
    def deputies(self) -> list[Seat]:
        """The deputies of today, in order."""
        return [seat for seat in self.seats if seat.role == Role.DEPUTY]


@dataclass(frozen=True, slots=True)
class Asked:
    """What narrows the list; empty parts narrow nothing."""

    query: str = ""
    level: str = ""
    step: str = ""
    observer: str = ""
    state: str = ""


@dataclass(frozen=True)
class Index:
    """The followed clusters that fit, in order, and what was learnt on the way."""

    entries: list[Entry]
    names: Mapping[int, Entry]  # every followed cluster
    observers: Mapping[int, list[tuple[int, str]]]  # by cluster: account and name
    total: int
    late: Mapping[int, list[Late]] | None = None
    order: Mapping[str, int] = field(default_factory=dict)

    def narrowed(self, asked: Asked, today: date) -> Index:
        """Those of the index that fit; no query but those of the lateness, where that is asked for."""
        late = self.late
        if asked.state == LATE:
            late = late_agencies([entry.year_id for entry in self.entries if entry.year_id], today)
        fit = [entry for entry in self.entries if _fits(entry, asked, self.observers, late, today)]
        return replace(self, entries=fit, late=late)

    def page(self, after: str = "", before: str = "", size: int = PAGE_SIZE) -> tuple[list[Entry], str, str]:
        """Rows behind or in front of a cluster, and the cursors of the neighbours. Raises ``BadCursor``."""
        if after and before:
            raise BadCursor("after and before")
        cursor = after or before
        if cursor and cursor not in self.order:
            raise BadCursor(cursor[:60])
        place = self.order.get(cursor, -1)
        rows = self.entries
        if before:
            fit = [row for row in rows if self.order[row.slug] < place]
            found, more = fit[-size:], len(fit) > size
            return found, found[-1].slug if found else "", found[0].slug if found and more else ""
        fit = [row for row in rows if self.order[row.slug] > place]
        found = fit[:size]
        return (
            found,
            found[-1].slug if len(fit) > size else "",
            found[0].slug if found and found[0] is not rows[0] else "",
        )


def index_of(council: Council, today: date) -> Index:
    """Every followed cluster, parents before their children, in Vietnamese order; two queries."""
    entries = _entries(council, today)
    names = {entry.pk: entry for entry in entries}
    entries.sort(key=lambda entry: _place(entry, names))
    order = {entry.slug: place for place, entry in enumerate(entries)}
    return Index(entries, names, observers_of(names, today), len(entries), None, order)


def _entries(council: Council, today: date) -> list[Entry]:
    begun = Case(When(starts_on__lte=today, then=Value(1)), default=Value(0), output_field=IntegerField())
    years = ClusterYear.objects.filter(cluster=OuterRef("pk")).order_by(begun.desc(), "-starts_on")
    phases = Phase.objects.filter(
        year=OuterRef("year_now"), opened_at__isnull=False, closed_at__isnull=True
    ).order_by("order")
    chairs = covering(RoleTerm.objects.filter(cluster=OuterRef("pk"), role=Role.CHAIR), today)
    rows = (
        council.clusters()
        .annotate(
            year_now=Subquery(years.values("pk")[:1]),
            label=Subquery(years.values("label")[:1]),
        )
        .annotate(
            phase=Subquery(phases.values("kind")[:1]),
            planned_to=Subquery(phases.values("planned_to")[:1]),
            chaired=Exists(chairs),
        )
        .order_by("pk")
        .values_list(
            "pk", "slug", "kind", "name", "short_name", "level", "place", "parent", "year_now", "label", "phase",
            "planned_to", "chaired",
        )
    )  # fmt: skip
    return [
        Entry(*row[:9], row[9] or "", row[10] or "", row[11], row[12])
        for row in rows
    ]  # fmt: skip


def _place(entry: Entry, names: Mapping[int, Entry]) -> tuple[Any, ...]:
    """Where a cluster stands: by level, then name; children behind their parent."""
    way = [entry]
    while way[-1].parent_id in names and len(way) < 9:
        way.append(names[way[-1].parent_id or 0])
    top = way[-1]
    return (LEVELS.get(top.level, 9), *((_key(one.name), one.pk) for one in reversed(way)))


@lru_cache(maxsize=8192)
def _key(name: str) -> str:
    """Vietnamese order with numbers by their value: "Cụm số 2" before "Cụm số 10"."""
    return sort_key(re.sub(r"[0-9]+", lambda found: found.group().zfill(6), name))


@lru_cache(maxsize=8192)
def _folded(text: str) -> str:
    return fold(text)


def _fits(
    entry: Entry,
    asked: Asked,
    observers: Mapping[int, list[tuple[int, str]]],
    late: Mapping[int, list[Late]] | None,
    today: date,
) -> bool:
    cared = observers.get(entry.pk, [])
    return (
        all(term in entry.text for term in search_terms(asked.query))
        and (not asked.level or entry.level == asked.level)
        and (not asked.step or entry.phase == asked.step)
        and (not asked.observer or any(str(user) == asked.observer for user, _name in cared))
        and _is_in_state(entry, asked.state, bool(cared), late, today)
    )


def _is_in_state(
    entry: Entry, state: str, cared: bool, late: Mapping[int, list[Late]] | None, today: date
) -> bool:
    if state == LATE:
        return late is not None and entry.year_id in late
    answers = {
        "": True,
        OVERDUE: bool(entry.planned_to and entry.planned_to < today),
        VACANT: not entry.chaired,
        UNCARED: not cared,
        YEARLESS: entry.year_id is None,
    }
    return answers[state]


def observers_of(cluster_ids: Collection[int], today: date) -> dict[int, list[tuple[int, str]]]:
    """By cluster: accounts in charge today and their names; one query."""
    rows = covering(
        Person.objects.filter(
            function=Function.OBSERVER, cluster__in=cluster_ids, stands_for__isnull=True, user__is_active=True
        ),
        today,
    )
    found: dict[int, list[tuple[int, str]]] = defaultdict(list)
    for row in rows.select_related("user").order_by("user__last_name", "user__first_name", "pk"):
        name = full_name(row.user)
        if (row.user_id, name) not in found[row.cluster_id or 0]:
            found[row.cluster_id or 0].append((row.user_id, name))
    return dict(found)


def rows_of(entries: Sequence[Entry], index: Index, today: date) -> list[Row]:
    """What the list shows of these clusters; four queries and those of the lateness."""
    ids = [entry.pk for entry in entries]
    shown = [entry.year_id for entry in entries if entry.year_id]
    late = index.late if index.late is not None else late_agencies(shown, today)
    names = agency_names((one.agency_id for year in shown for one in late.get(year, ())), today)
    years, older = _years(ids, shown, today)
    seats = seats_on(ids, today)
    members = _member_counts(shown, today)
    return [
        Row(
            entry=entry,
            parent=_parent(entry, index),
            depth=_depth(entry, index),
            year=years.get(entry.year_id or 0),
            older=tuple(older.get(entry.pk, ())),
            step=str(PhaseKind(entry.phase).label) if entry.phase else "",
            step_order=PhaseKind.values.index(entry.phase) + 1 if entry.phase else 0,
            due=due_words(entry.planned_to, today),
            overdue=bool(entry.planned_to and entry.planned_to < today),
            late=tuple(
                LateName(names.get(one.agency_id, ("", _("Đơn vị")))[1], one.sentences)
                for one in late.get(entry.year_id or 0, ())
            ),
            seats=tuple(seats.get(entry.pk, ())),
            observers=tuple(name for _user, name in index.observers.get(entry.pk, ())),
            members=members.get(entry.year_id or 0, 0),
        )
        for entry in entries
    ]


def due_words(day: date | None, today: date) -> str:
    """``đến 31/10/2026, còn 4 ngày``; empty without a planned day."""
    if day is None:
        return ""
    return _("đến %(day)s, %(left)s") % {"day": format_date(day), "left": left(day, today)}


def _parent(entry: Entry, index: Index) -> str:
    above = index.names.get(entry.parent_id or 0)
    return above.short_name if above else ""


def _depth(entry: Entry, index: Index) -> int:
    depth = 0
    while entry.parent_id in index.names and depth < 9:
        entry, depth = index.names[entry.parent_id or 0], depth + 1
    return depth


def _years(
    ids: Sequence[int], shown: Sequence[int], today: date
) -> tuple[dict[int, ClusterYear], dict[int, list[str]]]:
    """The year of each row, and the labels of earlier years that are not closed yet; one query."""
    open_ = Q(cluster__in=ids, sealed_at__isnull=True, starts_on__lte=today)
    years: dict[int, ClusterYear] = {}
    older: dict[int, list[str]] = defaultdict(list)
    for year in ClusterYear.objects.filter(Q(pk__in=shown) | open_).order_by("-starts_on"):
        if year.pk in shown:
            years[year.pk] = year
        else:
            older[year.cluster_id].append(year.label)
    return years, older


def seats_on(ids: Iterable[int], today: date) -> dict[int, list[Seat]]:
    """Who leads each cluster today, chair first; one query."""
    terms = covering(RoleTerm.objects.filter(cluster__in=list(ids)), today)
    named = terms.annotate(short=agency_name("agency", today, "short_name")).order_by("role", "order")
    found: dict[int, list[Seat]] = defaultdict(list)
    for term in named:
        found[term.cluster_id].append(
            Seat(term.role, term.order, term.short or "?", term.agency_id, term.starts_on)
        )
    return found


def _member_counts(year_ids: Sequence[int], today: date) -> dict[int, int]:
    rows = covering(Membership.objects.filter(year__in=year_ids), today, "joined_on", "left_on")
    return dict(rows.order_by().values_list("year").annotate(count=Count("pk")))
