"""What a change of members is about to touch, before and after: for the page that shows it, and for its mark.

A change is shown by doing it and taking it back (``tried``): what is shown is what the verb writes, and nothing that
the verb would refuse can be confirmed. The mark of what stood before goes with the form; ``check_seen`` refuses a form
that was filled in over something else.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.db.models import Count, Q
from django.utils.translation import gettext as _

from core.errors import DomainError
from members.domain.rotation import Term
from members.domain.terms import terms_of
from members.models import CarryOver, ClusterYear, Membership, Person
from members.queries import agency_names


class Outdated(DomainError):
    """Somebody changed members or offices while the form was open; nothing was written."""


@dataclass(frozen=True, slots=True)
class Standing:
    """A membership of a year."""

    agency_id: int
    order: int
    joined_on: date | None
    left_on: date | None

    def covers(self, day: date) -> bool:
        """Whether the agency is a member on ``day``."""
        return (self.joined_on is None or self.joined_on <= day) and (
            self.left_on is None or day < self.left_on
        )


@dataclass(frozen=True, slots=True)
class YearPicture:
    """A year that is not sealed, with its members in order and what is carried over in it."""

    pk: int
    cluster_id: int
    cluster: str
    label: str
    starts_on: date
    ends_on: date
    members: tuple[Standing, ...]
    carried: tuple[tuple[int, int, str], ...]  # predecessor, successor, who is assessed

    def standing(self, day: date) -> list[int]:
        """Agencies that stand in the year on ``day``, or on the nearest day of the year."""
        near = min(max(day, self.starts_on), self.ends_on)
        return [one.agency_id for one in self.members if one.covers(near)]


@dataclass(frozen=True, slots=True)
class Picture:
    """Years and offices of some clusters."""

    years: tuple[YearPicture, ...]
    terms: dict[int, list[Term]]

    @property
    def mark(self) -> str:
        """A short text that changes whenever a member, an office or a carry-over does."""
        return hashlib.sha256(repr((self.years, sorted(self.terms.items()))).encode()).hexdigest()[:16]


def picture(cluster_ids: Collection[int]) -> Picture:
    """The years that are not sealed, and all offices, of the clusters; three queries and one for each cluster."""
    years = list(
        ClusterYear.objects.filter(cluster__in=cluster_ids, sealed_at__isnull=True)
        .select_related("cluster")
        .order_by("cluster", "starts_on")
    )
    members: dict[int, list[Standing]] = {}
    rows = Membership.objects.filter(year__in=years).order_by("order", "joined_on", "pk")
    for row in rows:
        members.setdefault(row.year_id, []).append(
            Standing(row.agency_id, row.order, row.joined_on, row.left_on)
        )
    carried: dict[int, list[tuple[int, int, str]]] = {}
    for one in CarryOver.objects.filter(year__in=years).order_by("pk"):
        carried.setdefault(one.year_id, []).append((one.predecessor_id, one.successor_id, one.assessed))
    return Picture(
        tuple(
            YearPicture(
                year.pk, year.cluster_id, year.cluster.name, year.label, year.starts_on, year.ends_on,
                tuple(members.get(year.pk, [])), tuple(carried.get(year.pk, [])),
            )
            for year in years
        ),
        {pk: terms_of(pk) for pk in sorted(cluster_ids)},
    )  # fmt: skip


def check_seen(seen: str, cluster_ids: Collection[int]) -> None:
    """Raise ``Outdated`` unless the clusters stand as they did when ``seen`` was shown; empty: nothing was shown."""
    if seen and seen != picture(cluster_ids).mark:
        raise Outdated(_("Vừa có người khác đổi đơn vị hoặc vai trò. Xem lại bảng trước và sau rồi ghi lại."))


@dataclass(frozen=True)
class Tried:
    """What a change would come to; ``names`` are full and short names of every agency in it, before and after.

    ``people``: how many functions of people begin and end on the day because of it.
    """

    before: Picture
    after: Picture
    names_before: dict[int, tuple[str, str]]
    names: dict[int, tuple[str, str]]
    people: tuple[int, int]


class _TakenBack(Exception):
    """Ends the trial."""


def tried(work: Callable[[], object], cluster_ids: Collection[int], on: date) -> Tried:
    """Do ``work``, look at what it came to, and take all of it back; raises what ``work`` raises."""
    before = picture(cluster_ids)
    names, people = agency_names(_agencies(before), on), _people(on)
    found: list[Tried] = []
    try:
        with transaction.atomic():
            work()
            after = picture(cluster_ids)
            known = agency_names(_agencies(before) | _agencies(after), on)
            moved = tuple(new - old for new, old in zip(_people(on), people, strict=True))
            found.append(Tried(before, after, names, known, (moved[0], moved[1])))
            raise _TakenBack
    except _TakenBack:
        return found[0]


def _people(on: date) -> tuple[int, int]:
    """How many functions begin and end on the day; one query."""
    found = Person.objects.aggregate(
        begun=Count("pk", filter=Q(starts_on=on)), ended=Count("pk", filter=Q(ends_on=on))
    )
    return found["begun"], found["ended"]


def _agencies(shown: Picture) -> set[int]:
    members = {one.agency_id for year in shown.years for one in year.members}
    return members | {term.agency_id for rows in shown.terms.values() for term in rows}
