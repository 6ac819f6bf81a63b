"""The seed's year, fact by fact (docs: demo/README.md has the same numbers): each is found in the tables."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.conf import settings

from cluster_app import demo
from conference.models import Attendance, Conference, ElectionResult, Moment
from members.models import (
    Agency,
    AgencyName,
    Cluster,
    ClusterYear,
    Directive,
    Membership,
    Person,
    RoleTerm,
    YearDirective,
)
from movements.domain.totals import total
from movements.models import Activity, Contribution, Contributor, Movement, Participation
from movements.queries import gifts_of
from publishing.models import AnnualSummary, YearText
from scoring.models import Ranking, RankingEntry

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("demo_loaded")]
FILES = [settings.BASE_DIR / "demo" / f"{demo.SLUG}-{label}.json" for label in demo.LABELS]
POOR = "Lạng Sơn cùng cả nước chung tay vì người nghèo - Không để ai bỏ lại phía sau"
MARKET = "quan-ly-thi-truong-lang-son"


def year(label: str = "2020") -> ClusterYear:
    return ClusterYear.objects.get(cluster__slug="lang-son-trung-uong", label=label)


def member(place: int) -> tuple[str, str]:
    """Full and short name of the member at a place of the article's list."""
    name = AgencyName.objects.get(agency__memberships__year=year(), agency__memberships__order=place)
    return name.name, name.short_name


def holder(role: str, day: date) -> tuple[str, date, date | None]:
    term = next(
        term
        for term in RoleTerm.objects.filter(role=role)
        if term.starts_on <= day and (term.ends_on is None or day < term.ends_on)
    )
    return term.agency.names.get().short_name, term.starts_on, term.ends_on


def gift(activity: str, key: str) -> Contribution:
    return Contribution.objects.get(activity__key=activity, key=key, activity__agency__code=MARKET)


def figure(row: Contribution) -> tuple[Any, ...]:
    return row.quantity, row.unit, row.quantity_qualifier, row.quantity_words


def money(row: Contribution) -> tuple[Any, ...]:
    return row.value, row.value_qualifier, row.value_words


def givers(row: Contribution) -> list[str]:
    rows = Contributor.objects.filter(contribution=row).order_by("order")
    return [one.outside_name or one.agency.names.get().short_name for one in rows]


def receiver(row: Contribution) -> str:
    return row.beneficiary.name if row.beneficiary else ""


def moment(place: int) -> tuple[str, str, str]:
    row = Moment.objects.get(conference__year=year(), order=place)
    return row.kind, row.office, row.agency.names.get().short_name if row.agency else ""


def guests() -> list[str]:
    rows = Attendance.objects.filter(conference__year=year(), kind="guest").order_by("order")
    return list(rows.values_list("office", flat=True))


def text(kind: str, part: str) -> bool:
    return YearText.objects.filter(year=year(), kind=kind, text__contains=part).exists()


def movement(part: str) -> tuple[str, int]:
    row = Movement.objects.get(year=year(), title__contains=part)
    return row.level, Participation.objects.filter(movement=row).count()


def paper(number: str, use: str, of: str = "2020") -> tuple[str, date | None, str]:
    row = YearDirective.objects.get(year=year(of), directive__number=number, use=use).directive
    return row.issuer, row.issued_on, row.title


def rank_of(short_name: str) -> int | None:
    return RankingEntry.objects.get(ranking__year=year(), agency__names__short_name=short_name).rank


def cluster() -> Cluster:
    return Cluster.objects.get(slug="lang-son-trung-uong")


def parts() -> set[tuple[str, str, str]]:
    rows = Contribution.objects.filter(part_of__isnull=False, activity__year__cluster__slug=demo.SLUG)
    return {(row.activity.key, row.part_of.key, row.part_state) for row in rows if row.part_of}


def masks() -> tuple[Decimal, str]:
    sums = total(gifts_of(Activity.objects.filter(year=year())))
    found = next(one for one in sums.goods if one.unit == "chiếc")
    return found.number, found.qualifier.value


FACTS: list[tuple[str, Callable[[], Any], Any]] = [
    ("1 name", lambda: cluster().name, "Cụm thi đua các cơ quan Trung ương đóng trên địa bàn tỉnh Lạng Sơn"),
    ("1 kind", lambda: cluster().kind, "cum"),
    ("2 level and province", lambda: (cluster().level, cluster().place), ("province", "Tỉnh Lạng Sơn")),
    ("3 seven members", lambda: Membership.objects.filter(year=year()).count(), 7),
    ("4 the bank", lambda: member(1), ("Ngân hàng Nhà nước Chi nhánh tỉnh Lạng Sơn", "Ngân hàng Nhà nước")),
    (
        "4 chair of 2020",
        lambda: holder("chair", date(2020, 6, 1)),
        ("Ngân hàng Nhà nước", date(2020, 1, 1), date(2021, 1, 5)),
    ),
    (
        "5 market surveillance",
        lambda: member(2),
        ("Cục Quản lý thị trường tỉnh Lạng Sơn", "Cục Quản lý thị trường"),
    ),
    ("5 deputy of 2020", lambda: holder("deputy", date(2020, 6, 1))[0], "Cục Quản lý thị trường"),
    ("6 treasury", lambda: member(3)[1], "Kho bạc Nhà nước"),
    ("7 tax", lambda: member(4)[1], "Cục Thuế"),
    ("8 customs", lambda: member(5)[1], "Cục Hải quan"),
    ("9 statistics", lambda: member(6)[1], "Cục Thống kê"),
    ("10 social insurance", lambda: member(7)[1], "Bảo hiểm xã hội"),
    (
        "11 alias of the bank",
        lambda: AgencyName.objects.filter(aliases__contains="Ngân hàng Nhà nước Chi nhánh Lạng Sơn").count(),
        1,
    ),
    (
        "11 alias of market surveillance",
        lambda: AgencyName.objects.filter(aliases__contains="Cục QLTT Lạng Sơn").count(),
        1,
    ),
    (
        "12 the conference",
        lambda: Conference.objects.get(year=year()).title,
        "Hội nghị tổng kết công tác thi đua, khen thưởng năm 2020, phương hướng nhiệm vụ năm 2021",
    ),
    ("13 its day", lambda: Conference.objects.get(year=year()).held_on, date(2021, 1, 5)),
    (
        "14 its place",
        lambda: Conference.objects.get(year=year()).place,
        "Ngân hàng Nhà nước Chi nhánh tỉnh Lạng Sơn",
    ),
    (
        "14 the chair's seat",
        lambda: (
            Conference.objects.get(year=year()).host
            == RoleTerm.objects.get(role="chair", starts_on=date(2020, 1, 1)).agency
        ),
        True,
    ),
    ("15 guests", lambda: guests()[0], "Đại diện lãnh đạo Ban Thi đua - Khen thưởng tỉnh"),
    (
        "16 council member",
        lambda: guests()[1],
        "Thành viên Hội đồng Thi đua - Khen thưởng tỉnh phụ trách Cụm thi đua",
    ),
    (
        "17 leaders of seven members",
        lambda: Attendance.objects.filter(
            conference__year=year(), kind="member", office="Đại diện lãnh đạo"
        ).count(),
        7,
    ),
    ("18 opening", lambda: moment(1), ("opening", "Giám đốc", "Ngân hàng Nhà nước")),
    (
        "19 launch of 2021",
        lambda: moment(2),
        ("launch", "Phó Bí thư Đảng ủy, Phó Cục trưởng", "Cục Quản lý thị trường"),
    ),
    ("20 flowers", lambda: moment(3), ("handover", "", "")),
    (
        "22 movements of higher levels",
        lambda: text("overview", "do Trung ương, ngành, UBND tỉnh phát động"),
        True,
    ),
    (
        "23 plan and common activities",
        lambda: text("overview", "xây dựng kế hoạch và tổ chức triển khai các hoạt động chung"),
        True,
    ),
    (
        "23 an activity of the cluster",
        lambda: Activity.objects.get(year=year(), scope="cluster").title,
        "Xây dựng kế hoạch và tổ chức các hoạt động chung của Cụm",
    ),
    (
        "24 peak campaign joined",
        lambda: movement("Đại hội Đảng bộ các cấp, Đại hội Thi đua yêu nước toàn quốc lần thứ X")[1],
        7,
    ),
    (
        "25 own peak campaign",
        lambda: movement("các ngày lễ lớn của ngành, của tỉnh Lạng Sơn"),
        ("cluster", 7),
    ),
    (
        "26 policy and law",
        lambda: text("result", "chủ trương, chính sách của Đảng, pháp luật của Nhà nước"),
        True,
    ),
    ("26 Party organisation", lambda: text("result", "tăng cường đoàn kết nội bộ Đảng"), True),
    ("26 professional work", lambda: text("result", "chỉ đạo hoạt động chuyên môn, nghiệp vụ"), True),
    (
        "27 directive 05",
        lambda: paper("05-CT/TW", "carried_out"),
        (
            "Bộ Chính trị",
            date(2016, 5, 15),
            "Về đẩy mạnh học tập và làm theo tư tưởng, đạo đức, phong cách Hồ Chí Minh",
        ),
    ),
    (
        "28 directions of superiors",
        lambda: "Covid-19" in Activity.objects.get(key="chuyen-mon-phong-dich").story,
        True,
    ),
    (
        "29 advice, Ban Chỉ đạo 389",
        lambda: "Ban Chỉ đạo 389 tỉnh" in Activity.objects.get(key="tham-muu-389").story,
        True,
    ),
    ("30 movement joined", lambda: Participation.objects.get(movement__title=POOR).agency.code, MARKET),
    (
        "31 visits and gifts",
        lambda: Activity.objects.get(key="tham-tang-qua").title,
        "Thăm, tặng quà các hộ gia đình nghèo, hoàn cảnh khó khăn; ủng hộ một số cơ quan, đơn vị",
    ),
    (
        "32 trên 580 triệu đồng",
        lambda: money(gift("tham-tang-qua", "tong-so")),
        (580_000_000, "over", "trên 580 triệu đồng"),
    ),
    ("32 no part of anything", lambda: gift("tham-tang-qua", "tong-so").part_of, None),
    (
        "33 200 suất quà",
        lambda: figure(gift("qua-hai-huyen", "suat-qua")),
        (Decimal(200), "suất", "exact", "200 suất quà"),
    ),
    (
        "33 with an office outside",
        lambda: givers(gift("qua-hai-huyen", "suat-qua")),
        ["Cục Quản lý thị trường", "Văn phòng HĐND tỉnh"],
    ),
    ("34 two districts", lambda: gift("qua-hai-huyen", "suat-qua").place, "Huyện Chi Lăng, huyện Hữu Lũng"),
    (
        "35 100 triệu đồng",
        lambda: money(gift("qua-hai-huyen", "suat-qua")),
        (100_000_000, "exact", "100 triệu đồng"),
    ),
    (
        "36 3.000 masks",
        lambda: figure(gift("khau-trang-thanh-pho", "khau-trang")),
        (Decimal(3000), "chiếc", "exact", "3.000 khẩu trang y tế"),
    ),
    (
        "36 people of the city",
        lambda: receiver(gift("khau-trang-thanh-pho", "khau-trang")),
        "Nhân dân trên địa bàn thành phố Lạng Sơn",
    ),
    (
        "37 10 triệu đồng",
        lambda: money(gift("ung-ho-mttq-tinh", "tien")),
        (10_000_000, "exact", "10 triệu đồng"),
    ),
    (
        "38 4.500 masks",
        lambda: figure(gift("ung-ho-mttq-tinh", "khau-trang")),
        (Decimal(4500), "chiếc", "exact", "4.500 chiếc khẩu trang y tế"),
    ),
    (
        "37, 38 the Front",
        lambda: {receiver(gift("ung-ho-mttq-tinh", key)) for key in ("tien", "khau-trang")},
        {"Ủy ban MTTQ Việt Nam tỉnh Lạng Sơn"},
    ),
    (
        "39 gần 21.000 masks",
        lambda: figure(gift("khau-trang-so-y-te", "khau-trang")),
        (Decimal(21000), "chiếc", "nearly", "gần 21.000 khẩu trang y tế"),
    ),
    ("39 health department", lambda: receiver(gift("khau-trang-so-y-te", "khau-trang")), "Sở Y tế"),
    (
        "40 parts unknown",
        parts,
        {
            (activity, "tong-so", "unknown")
            for activity in (
                "qua-hai-huyen",
                "khau-trang-thanh-pho",
                "ung-ho-mttq-tinh",
                "khau-trang-so-y-te",
            )
        },
    ),
    ("40 gần 28.500 masks", masks, (Decimal(28500), "nearly")),
    ("41-43 by deliberation", lambda: Ranking.objects.get(year=year()).method, "deliberation"),
    ("41 first", lambda: rank_of("Ngân hàng Nhà nước"), 1),
    ("42 second", lambda: rank_of("Cục Quản lý thị trường"), 2),
    ("43 third", lambda: rank_of("Bảo hiểm xã hội"), 3),
    ("44 four without rank", lambda: RankingEntry.objects.filter(rank__isnull=True).count(), 4),
    (
        "44 no scores, no votes",
        lambda: RankingEntry.objects.filter(points__isnull=True, votes__isnull=True).count(),
        7,
    ),
    ("45 law", lambda: text("direction", "Luật Thi đua, khen thưởng"), True),
    (
        "46 directive 34",
        lambda: paper("34-CT/TW", "next_year"),
        ("Bộ Chính trị", date(2014, 4, 7), "Về tiếp tục đổi mới công tác thi đua, khen thưởng"),
    ),
    (
        "47 directive 30",
        lambda: paper("30-CT/TU", "next_year"),
        (
            "Ban Thường vụ Tỉnh ủy Lạng Sơn",
            date(2014, 11, 18),
            "Về tiếp tục đổi mới công tác thi đua, khen thưởng trên địa bàn tỉnh Lạng Sơn",
        ),
    ),
    ("48 awareness", lambda: text("direction", "Nâng cao nhận thức của cán bộ, công chức, viên chức"), True),
    (
        "49 driving force",
        lambda: text("direction", "động lực to lớn thúc đẩy phát triển kinh tế - xã hội của địa phương"),
        True,
    ),
    (
        "50 chair of 2021",
        lambda: holder("chair", date(2021, 1, 5)),
        ("Cục Quản lý thị trường", date(2021, 1, 5), None),
    ),
    (
        "51 deputy of 2021",
        lambda: holder("deputy", date(2021, 1, 5)),
        ("Cục Thống kê", date(2021, 1, 5), None),
    ),
    (
        "50, 51 elected",
        lambda: set(RoleTerm.objects.filter(starts_on=date(2021, 1, 5)).values_list("basis", flat=True)),
        {"elected"},
    ),
    (
        "50, 51 by the conference",
        lambda: set(
            ElectionResult.objects.filter(conference__year=year(), for_label="2021").values_list(
                "role", "agency__code"
            )
        ),
        {("chair", MARKET), ("deputy", "thong-ke-lang-son")},
    ),
    (
        "2021 is open",
        lambda: year("2021").phases.get(opened_at__isnull=False, closed_at__isnull=True).kind,
        "carry_out",
    ),
    (
        "2021 has its own dates",
        lambda: (year("2021").starts_on, year("2021").ends_on),
        (date(2021, 1, 1), date(2021, 12, 31)),
    ),
    ("2021 has the same members", lambda: Membership.objects.filter(year=year("2021")).count(), 7),
    ("2021 goes on with the papers", lambda: paper("34-CT/TW", "carried_out", "2021")[0], "Bộ Chính trị"),
    (
        "2021 has one movement, launched by the cluster",
        lambda: Movement.objects.get(year=year("2021")).title,
        "Thi đua năm 2021",
    ),
    ("2021 has no activity yet", lambda: Activity.objects.filter(year=year("2021")).count(), 0),
    (
        "2020 is at its last step",
        lambda: year().phases.get(opened_at__isnull=False, closed_at__isnull=True).kind,
        "publish",
    ),
    ("2020 is not sealed", lambda: year().sealed_at, None),
    ("2020 is published", lambda: AnnualSummary.objects.get(year=year()).number, 1),
]


@pytest.mark.parametrize(("found", "wanted"), [fact[1:] for fact in FACTS], ids=[fact[0] for fact in FACTS])
def test_a_fact_of_the_article_is_in_the_tables(found: Callable[[], Any], wanted: Any) -> None:
    assert found() == wanted


def test_every_fact_of_the_article_is_told_here_or_left_out_with_a_reason() -> None:
    readme = (settings.BASE_DIR / "demo/README.md").read_text()
    told = {
        int(number)
        for name, _found, _wanted in FACTS
        for number in re.findall(r"^[0-9]+|(?<=[,-])\s?[0-9]+", name)
    }
    told = {number for number in told if number < 56}
    told |= {42}
    left_out = {
        int(number) for number in re.findall(r"^\| ([0-9]+) \|[^|]*\| left out", readme, re.MULTILINE)
    }
    assert left_out == {21, 52, 53, 54, 55}
    assert told | left_out == set(range(1, 56))
    assert {int(number) for number in re.findall(r"^\| ([0-9]+) \|", readme, re.MULTILINE)} == set(
        range(1, 56)
    )


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_no_person_is_named(path: Any) -> None:
    for name in (
        "Trương Thu Hòa",
        "Trần Mạnh Hùng",
        "Vũ Thanh Thụy",
        "Thu Hòa",
        "Mạnh Hùng",
        "Thanh Thụy",
        "Đồng chí",
    ):
        assert name not in path.read_text()


def test_the_spelling_is_mended() -> None:
    whole = "".join(path.read_text() for path in FILES)
    assert not [
        wrong
        for wrong in ("nghành", "Cụm trường", "Khen thưởng tỉnh;Thành", "nghèo-", "đua-")
        if wrong in whole
    ]


def test_no_score_is_invented() -> None:
    for path in FILES:
        entries = [
            entry
            for ranking in json.loads(path.read_bytes()).get("rankings", [])
            for entry in ranking["entries"]
        ]
        assert not [entry for entry in entries if "points" in entry or "votes" in entry]


def test_people_of_the_demo_have_posts_and_no_names() -> None:
    assert Person.objects.exclude(post="").count() == Person.objects.count() == 17
    assert {person.user.get_full_name() for person in Person.objects.all()} == {""}


def test_no_directive_or_agency_is_there_that_the_article_does_not_name() -> None:
    ours = Agency.objects.filter(memberships__year__cluster__slug=demo.SLUG)
    assert set(Directive.objects.values_list("number", flat=True)) == {"05-CT/TW", "34-CT/TW", "30-CT/TU"}
    assert ours.distinct().count() == 7
