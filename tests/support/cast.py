"""The people and agencies that tests speak of: one cluster in 2020, an outsider, the council."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.test import Client
from django.urls import reverse

from members import scope as scopes
from members.enums import Function, Role
from members.models import Agency, Cluster, ClusterYear
from tests.factories import (
    AgencyFactory,
    ClusterFactory,
    ClusterYearFactory,
    MembershipFactory,
    OfficerFactory,
    PersonFactory,
    RoleTermFactory,
    UserFactory,
    open_phase,
)


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
    """Everybody, in the year 2020 at the step "Thực hiện"."""
    cluster = ClusterFactory(
        name="Cụm thi đua các cơ quan Trung ương", short_name="Cơ quan Trung ương", slug="trung-uong"
    )
    year = ClusterYearFactory(cluster=cluster, label="2020")
    chair = AgencyFactory(
        code="ngan-hang", name="Ngân hàng Nhà nước Chi nhánh tỉnh", short_name="Ngân hàng Nhà nước"
    )
    deputy = AgencyFactory(
        code="thi-truong", name="Cục Quản lý thị trường tỉnh", short_name="Cục Quản lý thị trường"
    )
    member = AgencyFactory(code="thong-ke", name="Cục Thống kê tỉnh", short_name="Cục Thống kê")
    other = AgencyFactory(code="bao-hiem", name="Bảo hiểm xã hội tỉnh", short_name="Bảo hiểm xã hội")
    for order, agency in enumerate((chair, deputy, member, other), 1):
        MembershipFactory(year=year, agency=agency, order=order)
    RoleTermFactory(cluster=cluster, agency=chair, role=Role.CHAIR)
    RoleTermFactory(cluster=cluster, agency=deputy, role=Role.DEPUTY)
    away = ClusterYearFactory(label="2020")
    stranger = MembershipFactory(year=away, agency__name="Sở Ngoài cụm", order=1).agency
    council = OfficerFactory(user__username="officer", cluster=cluster)
    observer = OfficerFactory(
        user__username="observer", agency=council.agency, function=Function.OBSERVER, cluster=cluster
    )
    people = {
        name: PersonFactory(user__username=name, agency=agency, function=function).user
        for name, agency, function in (
            ("an", chair, Function.CLERK),
            ("binh", deputy, Function.CLERK),
            ("chi", member, Function.CLERK),
            ("lan", member, Function.LEADER),
            ("dung", stranger, Function.CLERK),
        )
    }
    return Cast(
        cluster, year, chair, deputy, member, other, **people,
        officer=council.user, observer=observer.user,
        root=UserFactory(username="root", is_superuser=True, is_staff=True),
    )  # fmt: skip
