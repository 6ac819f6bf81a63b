"""A cluster of 12 agencies over 6 years: two deputies, a year whose chair is unknown, a chair replaced in mid-year, a
merge in mid-year, an acting chair. Ends in 2026, which is the year tests travel to (15/06/2026).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from members.enums import Basis, Function, Role
from members.models import Agency, Charter, Cluster, ClusterYear
from tests.factories import (
    AgencyFactory,
    ClusterFactory,
    ClusterYearFactory,
    MembershipFactory,
    OfficerFactory,
    PersonFactory,
    RoleTermFactory,
)

TODAY = "2026-06-15 09:00+07:00"
NAMES = (
    ("Ngân hàng Nhà nước Chi nhánh tỉnh", "Ngân hàng Nhà nước"),
    ("Cục Quản lý thị trường tỉnh", "Cục Quản lý thị trường"),
    ("Cục Thống kê tỉnh", "Cục Thống kê"),
    ("Bảo hiểm xã hội tỉnh", "Bảo hiểm xã hội"),
    ("Kho bạc Nhà nước tỉnh", "Kho bạc Nhà nước"),
    ("Cục Thuế tỉnh", "Cục Thuế"),
    ("Cục Hải quan tỉnh", "Cục Hải quan"),
    ("Cục Thi hành án dân sự tỉnh", "Cục Thi hành án dân sự"),
    ("Cục Dự trữ Nhà nước khu vực", "Cục Dự trữ Nhà nước"),
    ("Bưu điện tỉnh", "Bưu điện"),
    ("Viễn thông tỉnh", "Viễn thông"),
    ("Công ty Điện lực tỉnh", "Điện lực"),
)
MERGED = date(2025, 7, 1)


@dataclass
class SixYears:
    """The cluster, its years by label, its twelve agencies, the one that came of the merge, and some accounts."""

    cluster: Cluster
    years: dict[str, ClusterYear]
    agencies: list[Agency]
    merged: Agency
    officer: Any
    leader: Any
    member: Any

    @property
    def year(self) -> ClusterYear:
        """The current year."""
        return self.years["2026"]


def make_six_years() -> SixYears:
    """Everything, see above."""
    cluster = ClusterFactory(
        name="Cụm thi đua số 2 các cơ quan Trung ương",
        short_name="Cụm số 2",
        slug="sau-nam",
        place="Lạng Sơn",
    )
    agencies = [AgencyFactory(name=name, short_name=short) for name, short in NAMES]
    merged = AgencyFactory(name="Bưu điện - Viễn thông tỉnh", short_name="Bưu điện - Viễn thông")
    years = {str(label): ClusterYearFactory(cluster=cluster, label=str(label)) for label in range(2021, 2027)}
    for label, year in years.items():
        _members(label, year, agencies, merged)
    _terms(cluster, agencies, merged)
    rules = {"rotation_rule": "deputy", "rotation_gap": 3, "deputies": 2}
    Charter.objects.filter(year=years["2026"]).update(data=rules)
    since = {"starts_on": date(2021, 1, 1)}
    officer = OfficerFactory(
        cluster=cluster, user__username="chuyenvien", user__last_name="Lê Thị", user__first_name="Hà",
        post="Chuyên viên", **since,
    )  # fmt: skip
    PersonFactory(
        agency=officer.agency, function=Function.OBSERVER, cluster=cluster, user__username="uyvien",
        user__last_name="Nông Văn", user__first_name="Bảy", post="Ủy viên Hội đồng", **since,
    )  # fmt: skip
    leader = PersonFactory(
        agency=merged, function=Function.LEADER, post="Giám đốc", user__username="giamdoc",
        user__last_name="Trần Văn", user__first_name="Sơn", starts_on=MERGED,
    )  # fmt: skip
    member = PersonFactory(agency=agencies[5], user__username="canbo", **since)
    return SixYears(cluster, years, agencies, merged, officer.user, leader.user, member.user)


def _members(label: str, year: ClusterYear, agencies: list[Agency], merged: Agency) -> None:
    for order, agency in enumerate(agencies, 1):
        if order in (10, 11) and label == "2026":
            continue
        left = MERGED if order in (10, 11) and label == "2025" else None
        MembershipFactory(year=year, agency=agency, order=order, left_on=left)
    if label in ("2025", "2026"):
        joined = MERGED if label == "2025" else None
        MembershipFactory(year=year, agency=merged, order=13, joined_on=joined)


def _terms(cluster: Cluster, agencies: list[Agency], merged: Agency) -> None:
    a = [merged, *agencies]  # a[1] is the first of the list, a[0] the merged one

    def term(agency: Agency, role: str, first: date, end: date | None, order: int = 1, **more: Any) -> None:
        RoleTermFactory(
            cluster=cluster, agency=agency, role=role, order=order, starts_on=first, ends_on=end, **more
        )

    def pair(first: date, end: date, one: Agency, two: Agency, end_two: date | None = None) -> None:
        term(one, Role.DEPUTY, first, end)
        term(two, Role.DEPUTY, first, end_two or end, 2)

    term(
        a[1],
        Role.CHAIR,
        date(2021, 1, 5),
        date(2022, 1, 10),
        decision_number="02/BB-CTĐ",
        decision_date=date(2021, 1, 5),
    )
    pair(date(2021, 1, 5), date(2022, 1, 10), a[2], a[3])
    # 2022: nobody knows
    half = date(2023, 7, 1)
    paper = {"basis": Basis.APPOINTED, "decision_number": "45/QĐ-UBND", "decision_date": date(2023, 6, 26)}
    term(a[4], Role.CHAIR, date(2023, 1, 8), half)
    term(a[7], Role.CHAIR, half, date(2024, 1, 9), note="Đơn vị Cụm trưởng chuyển trụ sở", **paper)
    pair(date(2023, 1, 8), date(2024, 1, 9), a[5], a[6])
    term(a[5], Role.CHAIR, date(2024, 1, 9), date(2025, 1, 7))
    pair(date(2024, 1, 9), date(2025, 1, 7), a[8], a[9])
    term(a[8], Role.CHAIR, date(2025, 1, 7), date(2026, 1, 6))
    pair(date(2025, 1, 7), date(2026, 1, 6), a[9], a[10], MERGED)
    term(merged, Role.DEPUTY, MERGED, date(2026, 1, 6), 2, **{**paper, "decision_number": "88/QĐ-UBND"})
    acting = date(2026, 5, 4)
    term(a[9], Role.CHAIR, date(2026, 1, 6), acting)
    term(merged, Role.DEPUTY, date(2026, 1, 6), acting)
    term(a[12], Role.DEPUTY, date(2026, 1, 6), None, 2)
    term(
        merged, Role.CHAIR, acting, None, basis=Basis.ACTING, decision_number="17/CV-HĐTĐ",
        decision_date=date(2026, 4, 29),
    )  # fmt: skip
