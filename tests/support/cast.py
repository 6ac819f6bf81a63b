"""The people and agencies that tests speak of: one cluster in 2020, an outsider, the council."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

from django.contrib.auth import get_user_model
from django.test import Client
from django.urls import reverse

from members import scope as scopes
from members.enums import AgencyKind, Function, PhaseKind, Role
from members.models import (
    Agency,
    AgencyName,
    Charter,
    Cluster,
    ClusterYear,
    Membership,
    Person,
    Phase,
    RoleTerm,
)
from tests.factories import (
    AgencyNameFactory,
    ClusterFactory,
    MembershipFactory,
    PersonFactory,
    RoleTermFactory,
    UserFactory,
    open_phase,
)

COUNCIL = "Ban Thi đua - Khen thưởng tỉnh"


@dataclass
class Cast:
    """Chair An, deputy Bình, member Chi with her leader Lan, another member, outsider Dũng, the council, root."""

    cluster: Cluster
    year: ClusterYear
    chair: Agency
    deputy: Agency
    member: Agency
    other: Agency
    an: Any
    binh: Any
    chi: Any
    lan: Any
    dung: Any
    officer: Any
    observer: Any
    root: Any
    _clients: dict[int, Client] = field(default_factory=dict)

    @property
    def agencies(self) -> list[Agency]:
        """The four members in charter order."""
        return [self.chair, self.deputy, self.member, self.other]

    def client(self, user: Any | None = None) -> Client:
        """A browser without JavaScript; signed in when a user is named; the same one for the same user."""
        if user is None:
            return Client()
        if user.pk not in self._clients:
            self._clients[user.pk] = Client()
            self._clients[user.pk].force_login(user)
        return self._clients[user.pk]

    def new_session(self, user: Any) -> Any:
        """The same user, who signs in anew at the next request (for travels in time)."""
        self._clients.pop(user.pk, None)
        return user

    def url(self, name: str, year: ClusterYear | None = None, **kwargs: Any) -> str:
        """An address below the cluster-year."""
        year = year or self.year
        return reverse(name, kwargs={"cluster": self.cluster.slug, "label": year.label, **kwargs})

    def scope(self, user: Any, year: ClusterYear | None = None) -> Any:
        """The scope of a user today, as a request would load it."""
        return scopes.load(user, self.cluster.slug, (year or self.year).label)

    def go(self, phase: str, year: ClusterYear | None = None) -> None:
        """Put the year at a step."""
        open_phase(year or self.year, phase)


def make_cast() -> Cast:
    """Everybody, in the year 2020 at the step "Thực hiện"; few statements, since most tests begin with it."""
    cluster, away = Cluster.objects.bulk_create(
        [
            ClusterFactory.build(
                name="Cụm thi đua các cơ quan Trung ương", short_name="Cơ quan Trung ương", slug="trung-uong"
            ),
            ClusterFactory.build(),
        ]
    )
    year, year_away = _years(cluster, away)
    chair, deputy, member, other, stranger, council = _agencies()
    Membership.objects.bulk_create(
        [
            *(
                MembershipFactory.build(year=year, agency=agency, order=order)
                for order, agency in enumerate((chair, deputy, member, other), 1)
            ),
            MembershipFactory.build(year=year_away, agency=stranger, order=1),
        ]
    )
    RoleTerm.objects.bulk_create(
        [
            RoleTermFactory.build(cluster=cluster, agency=chair, role=Role.CHAIR),
            RoleTermFactory.build(cluster=cluster, agency=deputy, role=Role.DEPUTY),
        ]
    )
    people = {
        "officer": (council, Function.OFFICER, cluster),
        "observer": (council, Function.OBSERVER, cluster),
        "an": (chair, Function.CLERK, None),
        "binh": (deputy, Function.CLERK, None),
        "chi": (member, Function.CLERK, None),
        "lan": (member, Function.LEADER, None),
        "dung": (stranger, Function.CLERK, None),
    }
    root = UserFactory.build(username="root", is_superuser=True, is_staff=True)
    users = {one.username: one for one in [*(UserFactory.build(username=name) for name in people), root]}
    get_user_model().objects.bulk_create(users.values())
    Person.objects.bulk_create(
        PersonFactory.build(user=users[name], agency=agency, function=function, cluster=scope)
        for name, (agency, function, scope) in people.items()
    )
    return Cast(cluster, year, chair, deputy, member, other, **users)


def _years(*clusters: Cluster) -> list[ClusterYear]:
    """The year 2020 of each, with its charter and seven steps."""
    years = ClusterYear.objects.bulk_create(
        ClusterYear(cluster=one, label="2020", starts_on=date(2020, 1, 1), ends_on=date(2020, 12, 31))
        for one in clusters
    )
    Charter.objects.bulk_create(Charter(year=year) for year in years)
    at, now = datetime(2020, 1, 1, tzinfo=UTC), PhaseKind.values.index(PhaseKind.CARRY_OUT) + 1
    Phase.objects.bulk_create(
        Phase(
            year=year,
            kind=kind,
            order=order,
            opened_at=at if order <= now else None,
            closed_at=at if order < now else None,
        )
        for year in years
        for order, kind in enumerate(PhaseKind.values, 1)
    )
    return years


def _agencies() -> list[Agency]:
    """The four members, the stranger's agency and the council's, each with its name."""
    called = [
        ("ngan-hang", "Ngân hàng Nhà nước Chi nhánh tỉnh", "Ngân hàng Nhà nước"),
        ("thi-truong", "Cục Quản lý thị trường tỉnh", "Cục Quản lý thị trường"),
        ("thong-ke", "Cục Thống kê tỉnh", "Cục Thống kê"),
        ("bao-hiem", "Bảo hiểm xã hội tỉnh", "Bảo hiểm xã hội"),
        ("ngoai-cum", "Sở Ngoài cụm", "Sở Ngoài cụm"),
        ("thuong-truc", COUNCIL, COUNCIL),
    ]
    agencies = Agency.objects.bulk_create(
        Agency(code=code, kind=AgencyKind.COUNCIL if name == COUNCIL else AgencyKind.CENTRAL_LOCAL)
        for code, name, _short in called
    )
    AgencyName.objects.bulk_create(
        AgencyNameFactory.build(agency=agency, name=name, short_name=short)
        for agency, (_code, name, short) in zip(agencies, called, strict=True)
    )
    return agencies
