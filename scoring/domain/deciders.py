"""Who decides appeals and adjustments: four eyes, with somebody left to decide in small clusters. One place for both.

The rule. Nobody decides about the own agency, nor about what the own agency proposed. An *appeal* is decided by chair
or deputy, whichever did not give the disputed figure; where that leaves nobody, by the officer of the council's
standing body; where the cluster has no officer either, by chair or deputy who gave the figure, but never by the filer.
An *adjustment* is decided by the chair; where the chair proposed it or is its subject, by a deputy; where the deputies
are concerned too, by the officer. An agency that took over the records of a concerned one counts as concerned.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from django.db.models import Q

from members.enums import Function, Role
from members.models import CarryOver, Person, RoleTerm
from members.queries import covering
from members.scope import Scope
from scoring.models import Adjustment, Appeal

NOBODY: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Leadership:
    """Agencies that lead today, those of the officers, and who took over whose records."""

    chairs: frozenset[int]
    deputies: frozenset[int]
    officers: frozenset[int]
    successors: tuple[tuple[int, int], ...] = ()  # (of, by)

    def with_heirs(self, agencies: Collection[int]) -> frozenset[int]:
        """The agencies and those that took over their records."""
        return frozenset(agencies) | {by for of, by in self.successors if of in agencies}


@dataclass(frozen=True, slots=True)
class Deciders:
    """Agencies that may decide: as leadership, or through their officer; ``barred`` never, whatever else they are."""

    agencies: frozenset[int] = NOBODY
    officers: frozenset[int] = NOBODY
    barred: frozenset[int] = NOBODY


def leadership(scope: Scope) -> Leadership:
    """As of today; three queries."""
    terms = covering(
        RoleTerm.objects.filter(cluster=scope.cluster.pk, role__in=[Role.CHAIR, Role.DEPUTY]), scope.today
    )
    held = list(terms.values_list("role", "agency"))
    officers = covering(Person.objects.filter(function=Function.OFFICER, user__is_active=True), scope.today)
    mine = officers.filter(Q(cluster=scope.cluster.pk) | Q(all_clusters=True))
    return Leadership(
        frozenset(agency for role, agency in held if role == Role.CHAIR),
        frozenset(agency for role, agency in held if role == Role.DEPUTY),
        frozenset(mine.values_list("agency", flat=True)),
        tuple(CarryOver.objects.filter(year=scope.year).values_list("predecessor", "successor")),
    )


def for_appeal(leads: Leadership, filer: int, givers: Collection[int]) -> Deciders:
    """Who decides an appeal of ``filer`` against a figure that ``givers`` gave."""
    own, gave = leads.with_heirs([filer]), leads.with_heirs(givers)
    both = leads.chairs | leads.deputies
    if free := both - own - gave:
        return Deciders(free, NOBODY, own | gave)
    if officers := leads.officers - own - gave:
        return Deciders(NOBODY, officers, own | gave)
    return Deciders(both - own, leads.officers - own, own)


def for_adjustment(leads: Leadership, proposer: int, subject: int) -> Deciders:
    """Who decides an adjustment about ``subject`` that ``proposer`` proposed."""
    concerned = leads.with_heirs([proposer, subject])
    for agencies in (leads.chairs - concerned, leads.deputies - concerned):
        if agencies:
            return Deciders(agencies, NOBODY, concerned)
    return Deciders(NOBODY, leads.officers - concerned, concerned)


def mark(row: Appeal | Adjustment, found: Deciders) -> None:
    """Put onto the row what the rights ask of it."""
    vars(row).update(deciders=found.agencies, deciding_officers=found.officers, barred=found.barred)
