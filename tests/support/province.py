"""A cluster of 12 agencies over 6 years, in a cluster of its own kind: everything that happens to roles and members.

2015 one deputy; 2016 nobody knows the chair; 2017 and after two deputies; 2018 the chair is replaced on 1 July;
2019 the first deputy acts as chair from 1 October; 2020 two agencies merge into a new one on 1 July.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from members.enums import AgencyKind, Assessed, Basis, Function, GroupKind, LinkKind, PhaseKind, Role
from members.models import Agency, AgencyLink, AgencyName, Cluster, ClusterYear, Membership
from tests.factories import (
    AgencyFactory,
    ClusterFactory,
    ClusterYearFactory,
    MembershipFactory,
    OfficerFactory,
    PersonFactory,
    RoleTermFactory,
)
from tests.factories.governance import CarryOverFactory

NAMES = (
    "Công an tỉnh", "Bộ Chỉ huy Quân sự tỉnh", "Bộ đội Biên phòng tỉnh", "Viện kiểm sát nhân dân tỉnh",
    "Tòa án nhân dân tỉnh", "Cục Thi hành án dân sự tỉnh", "Sở Tư pháp", "Thanh tra tỉnh", "Ban Nội chính Tỉnh ủy",
    "Đoàn Luật sư tỉnh", "Sở Kế hoạch và Đầu tư", "Sở Tài chính",
)  # fmt: skip
MERGER = date(2020, 7, 1)
# year → chair and deputies, by place in NAMES
LEADS = {2015: (0, 1), 2017: (2, 3, 4), 2018: (3, 4, 5), 2019: (4, 6, 7), 2020: (7, 8, 9)}


@dataclass
class Province:
    """The story's rows; ``people`` has a clerk of each agency by its place."""

    parent: Cluster
    cluster: Cluster
    years: dict[str, ClusterYear]
    agencies: list[Agency]
    merged: Agency
    officer: Any
    people: list[Any] = field(default_factory=list)

    @property
    def year(self) -> ClusterYear:
        """The last year."""
        return self.years["2020"]


def make_province() -> Province:
    """The story, written row by row; about 150 rows."""
    parent = ClusterFactory(kind=GroupKind.CUM, name="Cụm thi đua số I", short_name="Cụm I", slug="cum-1")
    cluster = ClusterFactory(
        kind=GroupKind.KHOI, name="Khối thi đua các cơ quan Nội chính", short_name="Khối Nội chính",
        slug="noi-chinh", parent=parent,
    )  # fmt: skip
    agencies = [
        AgencyFactory(code=f"noi-chinh-{place:02}", name=name, short_name=name.removesuffix(" tỉnh"))
        for place, name in enumerate(NAMES, 1)
    ]
    years = {}
    for number in range(2015, 2021):
        step = PhaseKind.CARRY_OUT if number == 2020 else "none"
        year = ClusterYearFactory(cluster=cluster, label=str(number), open_phase=step)
        years[year.label] = year
        for order, agency in enumerate(agencies, 1):
            MembershipFactory(year=year, agency=agency, order=order)
    _terms(cluster, agencies)
    merged = _merge(years["2020"], agencies)
    people = [PersonFactory(agency=agency, starts_on=date(2015, 1, 1)).user for agency in [*agencies, merged]]
    PersonFactory(
        agency=agencies[7], function=Function.LEADER, post="Chánh Thanh tra", starts_on=date(2015, 1, 1)
    )
    officer = OfficerFactory(user__username="chuyen-vien", cluster=cluster, starts_on=date(2015, 1, 1)).user
    return Province(parent, cluster, years, agencies, merged, officer, people)


def _terms(cluster: Cluster, agencies: list[Agency]) -> None:
    for number, leads in LEADS.items():
        for place, at in enumerate(leads):
            ends = None if number == 2020 else date(number + 1, 1, 1)
            if (number, place) == (2018, 0):
                ends = date(2018, 7, 1)
            if number == 2019 and place in (0, 1):
                ends = date(2019, 10, 1)
            RoleTermFactory(
                cluster=cluster, agency=agencies[at], role=Role.CHAIR if place == 0 else Role.DEPUTY,
                order=max(place, 1), starts_on=date(number, 1, 1), ends_on=ends,
            )  # fmt: skip
    RoleTermFactory(
        cluster=cluster, agency=agencies[10], starts_on=date(2018, 7, 1), ends_on=date(2019, 1, 1),
        basis=Basis.APPOINTED, decision_number="77/QĐ-UBND", decision_date=date(2018, 6, 28),
    )  # fmt: skip
    RoleTermFactory(
        cluster=cluster, agency=agencies[6], starts_on=date(2019, 10, 1), ends_on=date(2020, 1, 1),
        basis=Basis.ACTING, note="Cụm trưởng đang kiện toàn tổ chức",
    )  # fmt: skip


def _merge(year: ClusterYear, agencies: list[Agency]) -> Agency:
    """The last two become one on 1 July 2020; the new one answers for what they recorded."""
    merged: Agency = AgencyFactory(
        code="noi-chinh-13",
        kind=AgencyKind.PROVINCIAL,
        name="Sở Tài chính - Kế hoạch",
        short_name="Sở Tài chính - Kế hoạch",
    )
    AgencyName.objects.filter(agency=merged).update(valid_from=MERGER)
    for place, agency in enumerate(agencies[-2:], 1):
        Membership.objects.filter(year=year, agency=agency).update(left_on=MERGER)
        agency.closed_on = MERGER
        agency.save()
        AgencyLink.objects.create(
            predecessor=agency,
            successor=merged,
            kind=LinkKind.MERGE,
            on=MERGER,
            basis="Nghị quyết 12/NQ-HĐND",
        )
        CarryOverFactory(
            year=year, predecessor=agency, successor=merged, assessed=Assessed.SUCCESSOR,
            decision_number=f"{place}/QĐ-UBND",
        )  # fmt: skip
    MembershipFactory(year=year, agency=merged, order=13, joined_on=MERGER)
    return merged
