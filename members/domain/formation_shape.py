"""What a filled table would change, in plain values: clusters, members, offices, who is in charge."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from datetime import date

from core.sheets import Fault
from members.domain.formation_known import NewAgency
from members.domain.formation_sheet import Row
from members.domain.rotation import Term
from members.models import Cluster, ClusterYear


@dataclass(frozen=True, slots=True)
class Order:
    """What the office says beside the file: from which day, whether the file lists every member, today."""

    effective_on: date
    complete: bool
    today: date
    gives_functions: bool = False  # a superuser: gives functions of the council


@dataclass(frozen=True, slots=True)
class Join:
    """An agency that becomes a member, on a day or for the whole year."""

    agency: int
    order: int
    on: date | None


@dataclass(frozen=True, slots=True)
class Leave:
    """A member that leaves on a day."""

    agency: int
    row_id: int
    on: date


@dataclass(frozen=True, slots=True)
class Office:
    """A term that begins."""

    term: Term
    basis: str
    decision_number: str
    decision_date: date | None


@dataclass
class ClusterPlan:
    """What becomes of one cluster."""

    slug: str
    row: Row
    cluster: Cluster | None
    values: dict[str, str]  # columns to write; all of them for a new cluster
    parent: str | None  # slug to write; None: stays
    label: str
    period: tuple[date, date]
    year: ClusterYear | None
    day: date
    changes: list[tuple[str, str, str]] = field(default_factory=list)
    joins: list[Join] = field(default_factory=list)
    leaves: list[Leave] = field(default_factory=list)
    moves: list[tuple[int, int]] = field(default_factory=list)
    ended: list[Term] = field(default_factory=list)
    offices: list[Office] = field(default_factory=list)
    in_charge: list[tuple[int, int, str]] = field(default_factory=list)  # account, agency, name

    @property
    def changes_anything(self) -> bool:
        """Whether there is anything to write."""
        return self.cluster is None or self.year is None or any(
            (self.changes, self.joins, self.leaves, self.moves, self.ended, self.offices, self.in_charge)
        )  # fmt: skip


@dataclass
class Formation:
    """Everything a file would do, and everything that is wrong with it."""

    clusters: list[ClusterPlan] = field(default_factory=list)
    agencies: list[NewAgency] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)
    names: dict[int, str] = field(default_factory=dict)
    lines: int = 0

    @property
    def touched(self) -> list[ClusterPlan]:
        """Clusters that change."""
        return [plan for plan in self.clusters if plan.changes_anything]

    @property
    def mark(self) -> str:
        """A short text that differs whenever something else would be written."""
        told = [
            (
                plan.slug, plan.cluster and plan.cluster.pk, plan.year and plan.year.pk, plan.values, plan.parent,
                plan.label, plan.period, plan.joins, plan.leaves, plan.moves, plan.ended, plan.offices, plan.in_charge,
            )
            for plan in self.touched
        ]  # fmt: skip
        return hashlib.sha256(repr((told, self.agencies)).encode()).hexdigest()[:16]
