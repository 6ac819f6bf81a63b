"""What a request needs to know of rights, loaded once in two queries.

The chair's power is the agency whose chair term covers today, over every year of the cluster that is not sealed.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, Subquery
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from core.access import Right
from core.dates import format_date, local_today
from core.db import joined
from core.people import full_name
from members import phases
from members.enums import Function, PhaseKind, Role
from members.models import (
    Associate,
    CarryOver,
    ClusterYear,
    Membership,
    Person,
    Phase,
    PhaseExtension,
    RoleTerm,
)
from members.queries import agency_name, covering


@dataclass(frozen=True)
class Hat:
    """One function a person has today in this cluster-year."""

    function: str
    agency_id: int
    agency_name: str
    post: str
    is_member: bool
    is_chair: bool
    is_deputy: bool
    stands_for: int | None = None  # the account this one deputises for
    extended: frozenset[str] = frozenset()  # steps the agency may go on with, by an extension that runs today
    carried: frozenset[int] = frozenset()  # agencies whose records of this year this one answers for
    instead_of: str = ""  # the post one deputises for
    is_associate: bool = False  # of an agency that scores a field of its own without being a member

    @property
    def post_words(self) -> str:
        """ "Phó Giám đốc, thay Giám đốc": the post as shown beside the name; empty when none is known."""
        if not self.stands_for:
            return self.post
        instead = _("thay %(post)s") % {"post": self.instead_of or Function(self.function).label.lower()}
        return f"{self.post}, {instead}" if self.post else instead


@dataclass(frozen=True)
class Scope:
    """A signed-in person in one cluster-year.

    ``watcher_id``: an officer of the council looks at the pages as this person, and writes nothing.
    """

    user: Any
    year: ClusterYear
    hats: tuple[Hat, ...]
    open_phase: str | None
    today: date
    watcher_id: int | None = None

    @property
    def cluster(self) -> Any:
        """The cluster of the year."""
        return self.year.cluster

    @cached_property
    def functions(self) -> frozenset[str]:
        """Functions held today."""
        return frozenset(hat.function for hat in self.hats)

    @cached_property
    def staff_hats(self) -> tuple[Hat, ...]:
        """Hats at agencies (clerk, leader)."""
        return tuple(hat for hat in self.hats if hat.function in (Function.CLERK, Function.LEADER))

    @cached_property
    def agency_ids(self) -> frozenset[int]:
        """Member agencies the person works for."""
        return frozenset(hat.agency_id for hat in self.staff_hats if hat.is_member)

    @cached_property
    def answers_for(self) -> frozenset[int]:
        """Member agencies the person works for, and those whose records of this year they took over."""
        return self.agency_ids.union(*(hat.carried for hat in self.staff_hats))

    def extended_for(self, feature: str) -> frozenset[int]:
        """Agencies that an extension still lets do what ``feature`` names, although its step has closed."""
        given = [
            hat for hat in self.staff_hats if any(phases.extends(kind, feature) for kind in hat.extended)
        ]
        return frozenset().union(*({hat.agency_id} | hat.carried for hat in given))

    @property
    def hat(self) -> Hat:
        """The hat that counts first: chair's staff, then deputy's, then member's, then council's; a leader's first."""
        first = min(self.hats, key=lambda hat: (not hat.is_chair, not hat.is_deputy, not hat.is_member))
        same = [hat for hat in self.hats if hat.agency_id == first.agency_id and first in self.staff_hats]
        return next((hat for hat in same if hat.function == Function.LEADER), first)

    @property
    def agency_id(self) -> int:
        """The agency the person acts for."""
        return self.hat.agency_id

    @property
    def agency_name(self) -> str:
        """Its name today."""
        return self.hat.agency_name

    @cached_property
    def is_chair(self) -> bool:
        """Staff of the agency that chairs the cluster today."""
        return any(hat.is_chair for hat in self.staff_hats)

    @cached_property
    def is_deputy(self) -> bool:
        """Staff of an agency that is deputy today."""
        return any(hat.is_deputy for hat in self.staff_hats)

    @property
    def is_member(self) -> bool:
        """Staff of a member agency of this year."""
        return bool(self.agency_ids)

    @cached_property
    def is_insider(self) -> bool:
        """Of the cluster or of its council; who only scores a field from outside is not."""
        return any(not hat.is_associate or hat.is_chair or hat.is_deputy for hat in self.hats)

    @cached_property
    def scores_for(self) -> frozenset[int]:
        """Agencies outside the cluster that the person scores for."""
        return frozenset(hat.agency_id for hat in self.staff_hats if hat.is_associate)

    @property
    def is_officer(self) -> bool:
        """Officer of the council's standing body for this cluster."""
        return Function.OFFICER in self.functions

    @property
    def is_observer(self) -> bool:
        """Council member in charge of this cluster."""
        return Function.OBSERVER in self.functions

    @property
    def sealed(self) -> bool:
        """Whether the year is closed for good."""
        return self.year.is_sealed

    @property
    def user_name(self) -> str:
        """The name of the account."""
        return full_name(self.user)

    @property
    def role_words(self) -> str:
        """The role as shown beside the name, and as kept in the audit."""
        hat = self.hat
        if hat.is_chair:
            return str(Role.CHAIR.label)
        if hat.is_deputy:
            return str(Role.DEPUTY.label)
        return str(Function(hat.function).label)

    @property
    def audit_role(self) -> str:
        """Role and agency held at this moment, for the audit, and everybody one deputises for; no person's name."""
        hat = self.hat
        held = {"chair": hat.is_chair, "deputy": hat.is_deputy, "member": hat.is_member}
        place = next((name for name, holds in held.items() if holds), "council")
        others = sorted({other.stands_for for other in self.hats if other.stands_for})
        return "/".join([place, hat.function, f"agency:{hat.agency_id}", *(f"for:{pk}" for pk in others)])

    def opens(self, feature: str) -> bool:
        """Whether the open phase of an unsealed year opens ``feature``."""
        return not self.sealed and phases.opens(self.open_phase, feature)

    def opens_for(self, feature: str, agency_id: int | None = None) -> bool:
        """The same for what an agency does with its own: an extension counts, for that agency alone.

        Without an agency: for any that the person works for.
        """
        if self.sealed or self.opens(feature):
            return not self.sealed
        given = self.extended_for(feature)
        return bool(given) if agency_id is None else agency_id in given

    def address(self, name: str, **kwargs: Any) -> str:
        """The address of a page of this cluster-year."""
        return reverse(name, kwargs={"cluster": self.cluster.slug, "label": self.year.label, **kwargs})

    def user_key(self) -> int:
        """The id of the account."""
        return int(self.user.pk)

    def refusal(self, right: Right) -> str:
        """Who may, and when."""
        if self.sealed and right.feature:
            return _("Năm %(label)s đã đóng, không sửa được nữa.") % {"label": self.year.label}
        if right.feature and not phases.opens(self.open_phase, right.feature):
            steps = ", ".join(str(PhaseKind(kind).label) for kind in phases.phases_with(right.feature))
            now_at = str(PhaseKind(self.open_phase).label) if self.open_phase else _("chưa mở bước nào")
            sentence = _("%(who)s Việc này mở ở bước: %(steps)s. Năm %(label)s đang ở: %(now)s.") % {
                "who": right.who, "steps": steps, "label": self.year.label, "now": now_at,
            }  # fmt: skip
            return " ".join([sentence, *self._given_time(right.feature)])
        return str(right.who)

    def _given_time(self, feature: str) -> list[str]:
        """What extensions have to do with a refusal: whom they are for, or when they ended; one query."""
        if feature not in phases.OWN:
            return []
        running = self.extended_for(feature)
        if running:
            names = ", ".join(
                dict.fromkeys(hat.agency_name for hat in self.staff_hats if hat.agency_id in running)
            )
            return [
                _("Gia hạn đang có chỉ mở việc của chính đơn vị được gia hạn: %(names)s.") % {"names": names}
            ]
        kinds = [kind for kind in PhaseKind.values if phases.extends(kind, feature)]
        over = PhaseExtension.objects.filter(
            phase__year=self.year, phase__kind__in=kinds, agency__in=self.agency_ids, until__lt=self.today
        )
        last = over.order_by("-until").values_list("until", flat=True).first() if self.agency_ids else None
        return [_("Gia hạn cho đơn vị bạn đã hết ngày %(day)s.") % {"day": format_date(last)}] if last else []

    def years(self) -> list[dict[str, str]]:
        """Years of the cluster that this person may open, newest first; for the year chooser (one query)."""
        return [
            {
                "label": label,
                "url": reverse("year_home", kwargs={"cluster": self.cluster.slug, "label": label}),
            }
            for label in visible_years(self).values_list("label", flat=True)
        ]


def load(user: Any, cluster: str, label: str, watcher_id: int | None = None) -> Scope | None:
    """The scope of ``user`` in a cluster-year, or None for an outsider or an unknown year; two queries."""
    today = local_today(timezone.now())
    open_phase = Phase.objects.filter(year=OuterRef("pk"), opened_at__isnull=False, closed_at__isnull=True)
    year = (
        ClusterYear.objects.select_related("cluster", "charter")
        .annotate(open_phase=Subquery(open_phase.values("kind")[:1]))
        .filter(cluster__slug=cluster, label=label)
        .first()
    )
    if year is None:
        return None
    hats = tuple(_hats(user, year, today))
    return Scope(user, year, hats, year.open_phase, today, watcher_id) if hats else None


def _hats(user: Any, year: ClusterYear, today: date) -> list[Hat]:
    terms = covering(RoleTerm.objects.filter(cluster=year.cluster_id, agency=OuterRef("agency")), today)
    given = PhaseExtension.objects.filter(
        phase__year=year, agency=OuterRef("agency"), phase__opened_at__isnull=False, until__gte=today
    )
    carried = CarryOver.objects.filter(year=year, successor=OuterRef("agency"))
    people = (
        functions_on(user, today)
        .annotate(
            name_today=agency_name("agency", today, "short_name"),
            is_member=Exists(Membership.objects.filter(year=year, agency=OuterRef("agency"))),
            is_associate=Exists(Associate.objects.filter(year=year, agency=OuterRef("agency"))),
            is_chair=Exists(terms.filter(role=Role.CHAIR)),
            is_deputy=Exists(terms.filter(role=Role.DEPUTY)),
            extended=joined(given, "phase__kind"),
            carried=joined(carried, "predecessor"),
            stands_for_user=F("stands_for__user"),
            instead_of=F("stands_for__post"),
        )
        .filter(
            Q(is_member=True)
            | Q(is_chair=True)
            | Q(is_deputy=True)
            | Q(is_associate=True)
            | Q(cluster=year.cluster_id)
            | Q(all_clusters=True)
        )
    )
    council = (Function.OBSERVER, Function.OFFICER)
    return [
        Hat(
            person.function, person.agency_id, person.name_today or "", person.post,
            person.is_member and person.function not in council,
            person.is_chair and person.function not in council,
            person.is_deputy and person.function not in council,
            person.stands_for_user,
            frozenset((person.extended or "").split(",")) - {""},
            frozenset(int(pk) for pk in (person.carried or "").split(",") if pk),
            person.instead_of or "",
            person.is_associate and not person.is_member and person.function not in council,
        )
        for person in people
        if (person.function in council) == bool(person.cluster_id or person.all_clusters)
    ]  # fmt: skip


def functions_on(user: Any, day: date) -> Any:
    """What an account may do on a day: its own functions, and those of others it deputises for that day.

    Who deputises has the right only while the other one holds the function.
    """
    held = Q(stands_for__isnull=True) | Q(stands_for__starts_on__lte=day) & (
        Q(stands_for__ends_on__isnull=True) | Q(stands_for__ends_on__gt=day)
    )
    return covering(Person.objects.filter(user=user.pk), day).filter(held)


def visible_years(scope: Scope) -> Any:
    """Years of the cluster the person may open: all for chair, deputy and council, else those of one's agency."""
    years = ClusterYear.objects.filter(cluster=scope.cluster).order_by("-starts_on")
    if scope.is_chair or scope.is_deputy or scope.is_officer or scope.is_observer:
        return years
    return years.filter(memberships__agency__in=scope.agency_ids).distinct()
