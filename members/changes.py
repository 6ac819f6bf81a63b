"""What the page of changes offers: its kinds, the choices of a year, who stands and who holds an office."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.dates import local_today
from core.folding import fold
from members.domain.actor import Actor
from members.domain.memberships import running_terms
from members.enums import AgencyKind, Role
from members.models import AgencyLink, AgencyName, CarryOver, ClusterYear, RoleTerm
from members.queries import MemberRow, covering, member_rows

KINDS: dict[str, tuple[Any, Any]] = {
    "join": (
        gettext_lazy("Vào cụm"),
        gettext_lazy("Một đơn vị đã có hoặc đơn vị mới vào cụm từ một ngày."),
    ),
    "leave": (
        gettext_lazy("Rời cụm"),
        gettext_lazy("Đơn vị vẫn hoạt động nhưng thôi là thành viên từ một ngày."),
    ),
    "rename": (
        gettext_lazy("Đổi tên"),
        gettext_lazy("Tên mới từ một ngày; kết quả trước đó giữ tên cũ."),
    ),
    "merge": (
        gettext_lazy("Sáp nhập, hợp nhất"),
        gettext_lazy("Một hay nhiều đơn vị thôi hoạt động, một đơn vị khác kế thừa."),
    ),
    "split": (gettext_lazy("Chia, tách"), gettext_lazy("Một đơn vị thành nhiều đơn vị mới.")),
    "dissolve": (gettext_lazy("Giải thể"), gettext_lazy("Đơn vị thôi hoạt động, không có đơn vị kế thừa.")),
    "carry": (
        gettext_lazy("Kế thừa kết quả"),
        gettext_lazy("Đơn vị sau hoàn thiện và được tính những gì đơn vị trước đã ghi trong năm."),
    ),
    "reorder": (gettext_lazy("Sắp lại thứ tự"), gettext_lazy("Thứ tự đơn vị trong mọi danh sách của năm.")),
}
UNCARRY = "uncarry"  # taking a carry-over back; reached from its row alone


@dataclass(frozen=True)
class Change:
    """A change ready to be shown or written: ``run`` takes the actor and the mark of what was shown."""

    run: Callable[[Actor, str], object]
    clusters: frozenset[int]
    on: date
    facts: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Offer:
    """What the forms of one year choose from."""

    year: ClusterYear
    members: list[MemberRow]
    links: list[tuple[int, int]]
    carried: list[CarryOver]

    @property
    def names(self) -> dict[int, str]:
        """Full names of all who stand or stood in the year."""
        return {row.agency_id: row.name for row in self.members}

    def short(self, agency_id: int) -> str:
        """The short name of a member."""
        return next((row.short_name for row in self.members if row.agency_id == agency_id), "?")

    @property
    def standing(self) -> list[tuple[int, str]]:
        """Those who have not left, as choices."""
        gone = self.year.ends_on
        return [
            (row.agency_id, row.name) for row in self.members if row.left_on is None or row.left_on > gone
        ]

    @property
    def pairs(self) -> list[tuple[str, str]]:
        """Predecessors and successors that both belong to the year, and are not carried over yet, as choices."""
        known = self.names
        done = {row.predecessor_id for row in self.carried}
        words = _("%(first)s → %(second)s")
        return [
            (f"{first}-{second}", words % {"first": self.short(first), "second": self.short(second)})
            for first, second in self.links
            if first in known and second in known and first not in done
        ]


def offer_of(year: ClusterYear) -> Offer:
    """Members, successions and carry-overs of the year; four queries."""
    members = member_rows(year)
    ids = [row.agency_id for row in members]
    links = AgencyLink.objects.filter(predecessor__in=ids, successor__in=ids).order_by("on", "pk")
    carried = CarryOver.objects.filter(year=year).order_by("predecessor", "pk")
    return Offer(year, members, list(links.values_list("predecessor", "successor")), list(carried))


def offices_of(agency_ids: Collection[int], year: ClusterYear) -> list[RoleTerm]:
    """Offices that the agencies hold today or later (in a year that is over: at its end), with their clusters."""
    day = min(max(local_today(timezone.now()), year.starts_on), year.ends_on)
    terms = running_terms(agency_ids, day)
    rows = RoleTerm.objects.filter(pk__in=[term.pk for term in terms]).select_related("cluster")
    return sorted(rows, key=lambda row: (row.cluster_id, row.role != Role.CHAIR, row.order, row.starts_on))


def agencies_named(text: str, day: date) -> list[tuple[int, str]]:
    """Open agencies whose code is the text, or whose full or short name on the day reads like it; one query.

    Accents do not count, so every name of the day is read: some thousands at most in a province.
    """
    wanted, code = fold(text), text.lower()
    names = covering(
        AgencyName.objects.exclude(agency__kind=AgencyKind.COUNCIL), day, "valid_from", "valid_to"
    )
    open_ = names.filter(Q(agency__closed_on__isnull=True) | Q(agency__closed_on__gt=day))
    rows = open_.order_by("sort_key", "pk").values_list("agency", "agency__code", "name", "short_name")
    return [
        (pk, name)
        for pk, known, name, short in rows.iterator()
        if code == known or wanted in (fold(name), fold(short))
    ]
