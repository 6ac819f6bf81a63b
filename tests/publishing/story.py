"""The year of the article, told in rows: what the published page is tested with."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from conference.enums import AttendeeKind, MomentKind
from members.enums import DirectiveUse, Level, PhaseKind, Role
from movements.enums import (
    ActivityScope,
    ContributionKind,
    MovementKind,
    PartState,
    Precision,
    QualifierChoice,
)
from publishing.enums import TextKind
from tests.factories import (
    ActivityFactory,
    AgencyFactory,
    AttendanceFactory,
    BeneficiaryFactory,
    ClusterFactory,
    ClusterYearFactory,
    ConferenceFactory,
    ConferenceMomentFactory,
    ContributionFactory,
    DirectiveFactory,
    ElectionResultFactory,
    GoodsFactory,
    MembershipFactory,
    MovementFactory,
    ParticipationFactory,
    PersonFactory,
    RankingEntryFactory,
    RankingFactory,
    RoleTermFactory,
    YearDirectiveFactory,
    YearTextFactory,
)

POOR = "Lạng Sơn cùng cả nước chung tay vì người nghèo - Không để ai bỏ lại phía sau"
MEMBERS = {
    "ngan-hang": ("Ngân hàng Nhà nước Chi nhánh tỉnh Lạng Sơn", "Ngân hàng Nhà nước"),
    "quan-ly-thi-truong": ("Cục Quản lý thị trường tỉnh Lạng Sơn", "Cục Quản lý thị trường"),
    "kho-bac": ("Kho bạc Nhà nước tỉnh Lạng Sơn", "Kho bạc Nhà nước"),
    "thue": ("Cục Thuế tỉnh Lạng Sơn", "Cục Thuế"),
    "hai-quan": ("Cục Hải quan tỉnh Lạng Sơn", "Cục Hải quan"),
    "thong-ke": ("Cục Thống kê tỉnh Lạng Sơn", "Cục Thống kê"),
    "bao-hiem": ("Bảo hiểm xã hội tỉnh Lạng Sơn", "Bảo hiểm xã hội"),
}


@dataclass
class Story:
    """Handles of the year that tests change."""

    year: Any
    agencies: dict[str, Any]
    total: Any
    parcels: Any
    masks: Any  # the ones for Sở Y tế
    ranking: Any
    conference: Any
    chair_clerk: Any

    @property
    def slug(self) -> str:
        """The cluster in an address."""
        return str(self.year.cluster.slug)


def tell(phase: str = PhaseKind.PUBLISH) -> Story:
    """Everything the article says of 2020, by office, with the errors of spelling mended."""
    cluster = ClusterFactory(
        name="Cụm thi đua các cơ quan Trung ương đóng trên địa bàn tỉnh Lạng Sơn",
        short_name="Cơ quan Trung ương tại Lạng Sơn",
        slug="lang-son-trung-uong",
    )
    year = ClusterYearFactory(cluster=cluster, label="2020", open_phase=phase)
    agencies = {
        code: AgencyFactory(code=code, name=name, short_name=short) for code, (name, short) in MEMBERS.items()
    }
    for order, agency in enumerate(agencies.values(), 1):
        MembershipFactory(year=year, agency=agency, order=order)
    bank, market = agencies["ngan-hang"], agencies["quan-ly-thi-truong"]
    RoleTermFactory(cluster=cluster, agency=bank, role=Role.CHAIR)
    RoleTermFactory(cluster=cluster, agency=market, role=Role.DEPUTY)
    clerk = PersonFactory(user__username="thu-ky", agency=bank).user
    total, parcels, masks = _gifts(year, market)
    conference = _conference(year, agencies)
    ranking = RankingFactory(year=year)
    for rank, code in enumerate(("ngan-hang", "quan-ly-thi-truong", "bao-hiem"), 1):
        RankingEntryFactory(ranking=ranking, agency=agencies[code], rank=rank)
    _papers(year)
    return Story(year, agencies, total, parcels, masks, ranking, conference, clerk)


def _activities(year: Any, market: Any) -> dict[str, Any]:
    """Movements and what was done without a gift; returns what the giving activities have in common."""
    politics = MovementFactory(year=year, order=1, title="Thực hiện nhiệm vụ chính trị", level=Level.SECTOR)
    MovementFactory(
        year=year, order=2, level=Level.CLUSTER, launched_by="Cụm thi đua", kind=MovementKind.CAMPAIGN,
        title="Chào mừng các ngày lễ lớn của ngành, của tỉnh Lạng Sơn",
    )  # fmt: skip
    poor = MovementFactory(year=year, order=3, title=POOR, kind=MovementKind.THEMATIC)
    ParticipationFactory(movement=poor, agency=market)
    common = {
        "year": year, "agency": market, "confirmed": True, "precision": Precision.YEAR,
        "starts_on": date(2020, 1, 1), "ends_on": date(2020, 12, 31),
    }  # fmt: skip
    ActivityFactory(
        **common, movement=politics, title="Tham mưu phòng, chống buôn lậu, gian lận thương mại và hàng giả",
        story="Tham mưu cho UBND tỉnh, Ban Chỉ đạo 389 tỉnh trong đấu tranh phòng, chống buôn lậu.",
    )  # fmt: skip
    ActivityFactory(
        year=year, scope=ActivityScope.CLUSTER, agency=None, confirmed=True, title="Xây dựng kế hoạch, hoạt động chung"
    )  # fmt: skip
    return common | {"movement": poor}


def _gifts(year: Any, market: Any) -> tuple[Any, Any, Any]:
    """What Cục Quản lý thị trường gave; returns the total, the parcels and the masks for Sở Y tế."""
    common = _activities(year, market)

    def gift(factory: Any, title: str, receiver: str, activity: Any = None, **kwargs: Any) -> Any:
        activity = activity or ActivityFactory(**common, title=title)
        known = BeneficiaryFactory._meta.model.objects.filter(cluster=year.cluster, name=receiver).first()
        receiver = known or BeneficiaryFactory(cluster=year.cluster, name=receiver)
        return factory(activity=activity, beneficiary=receiver, **kwargs)

    total = gift(
        ContributionFactory, "Thăm, tặng quà hộ nghèo; ủng hộ một số cơ quan, đơn vị",
        "Hộ gia đình nghèo, hoàn cảnh khó khăn; một số cơ quan, đơn vị",
        kind=ContributionKind.GOODS, description="Tiền, quà tặng", value=580_000_000,
        value_qualifier=QualifierChoice.OVER, value_words="trên 580 triệu đồng",
    )  # fmt: skip
    part = {"part_of": total, "part_state": PartState.UNKNOWN}
    parcels = gift(
        GoodsFactory, "Tặng quà tại hai huyện", "Nhân dân hai huyện", description="Suất quà", unit="suất",
        quantity=Decimal(200), value=100_000_000, place="Huyện Chi Lăng, huyện Hữu Lũng",
        by=[market, "Văn phòng HĐND tỉnh"], **part,
    )  # fmt: skip
    gift(
        GoodsFactory, "Phát miễn phí khẩu trang y tế", "Nhân dân trên địa bàn thành phố Lạng Sơn",
        place="Thành phố Lạng Sơn", **part,
    )  # fmt: skip
    front = gift(
        ContributionFactory,
        "Ủng hộ Ủy ban MTTQ Việt Nam tỉnh",
        "Ủy ban MTTQ Việt Nam tỉnh Lạng Sơn",
        order=1,
        **part,
    )
    gift(
        GoodsFactory,
        "",
        "Ủy ban MTTQ Việt Nam tỉnh Lạng Sơn",
        front.activity,
        quantity=Decimal(4500),
        order=2,
        **part,
    )
    masks = gift(
        GoodsFactory, "Bàn giao khẩu trang y tế", "Sở Y tế", quantity=Decimal(21000),
        quantity_qualifier=QualifierChoice.NEARLY, purpose="Phòng, chống dịch Covid-19", **part,
    )  # fmt: skip
    return total, parcels, masks


def _conference(year: Any, agencies: dict[str, Any]) -> Any:
    bank, market = agencies["ngan-hang"], agencies["quan-ly-thi-truong"]
    meeting = ConferenceFactory(
        year=year, host=bank,
        title="Hội nghị tổng kết công tác thi đua, khen thưởng năm 2020, phương hướng nhiệm vụ năm 2021",
    )  # fmt: skip
    AttendanceFactory(conference=meeting, order=1, office="Đại diện lãnh đạo Ban Thi đua - Khen thưởng tỉnh")
    AttendanceFactory(
        conference=meeting,
        order=2,
        office="Thành viên Hội đồng Thi đua - Khen thưởng tỉnh phụ trách Cụm thi đua",
    )
    for order, agency in enumerate(agencies.values(), 1):
        AttendanceFactory(
            conference=meeting,
            order=order,
            kind=AttendeeKind.MEMBER,
            agency=agency,
            office="Đại diện lãnh đạo",
        )
    ConferenceMomentFactory(conference=meeting, order=1, agency=bank, office="Giám đốc")
    ConferenceMomentFactory(
        conference=meeting, order=2, kind=MomentKind.LAUNCH, agency=market,
        office="Phó Bí thư Đảng ủy, Phó Cục trưởng",
    )  # fmt: skip
    ElectionResultFactory(conference=meeting, agency=market)
    ElectionResultFactory(conference=meeting, agency=agencies["thong-ke"], role=Role.DEPUTY)
    return meeting


def _papers(year: Any) -> None:
    leader = DirectiveFactory(
        number="05-CT/TW", issued_on=date(2016, 5, 15),
        title="Về đẩy mạnh học tập và làm theo tư tưởng, đạo đức, phong cách Hồ Chí Minh",
    )  # fmt: skip
    renew = DirectiveFactory(number="34-CT/TW")
    local = DirectiveFactory(
        number="30-CT/TU", issuer="Ban Thường vụ Tỉnh ủy", issued_on=date(2014, 11, 18),
        title="Về tiếp tục đổi mới công tác thi đua, khen thưởng trên địa bàn tỉnh Lạng Sơn",
    )  # fmt: skip
    YearDirectiveFactory(year=year, directive=leader)
    for order, paper in enumerate((renew, local), 1):
        YearDirectiveFactory(year=year, directive=paper, use=DirectiveUse.NEXT_YEAR, order=order)
    YearTextFactory(
        year=year, kind=TextKind.OVERVIEW, order=1,
        text="Các đơn vị đã phối hợp thực hiện tốt các phong trào thi đua do Trung ương, ngành, UBND tỉnh phát động.",
    )  # fmt: skip
    YearTextFactory(
        year=year, order=1,
        text="Nâng cao nhận thức của cán bộ, công chức về vai trò, tác dụng của phong trào thi đua yêu nước.",
    )  # fmt: skip
