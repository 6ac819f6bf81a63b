"""Forming and re-forming clusters out of a table: what is written, what is kept, what is refused."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from core import audit
from core.errors import DomainError, Refused
from core.models import AuditEvent
from members.domain.actor import SYSTEM, Actor
from members.domain.formation import Formed, form_clusters
from members.domain.formation_plan import plan_of
from members.enums import AgencyKind, Basis, Function, GroupKind, Level, Role
from members.models import Agency, AgencyName, Cluster, ClusterYear, Membership, Person, RoleTerm
from tests.council.table import member, order, planned, read, workbook
from tests.factories import AgencyFactory, ClusterYearFactory, MembershipFactory, UserFactory

pytestmark = pytest.mark.django_db
MID = date(2020, 7, 1)


def form(rows: list[dict[str, Any]], actor: Actor = SYSTEM, **more: Any) -> Formed:
    """Write the rows as the preview showed them."""
    table, word = read(workbook(rows)), order(**more)
    return form_clusters(actor, table, word, seen=plan_of(table, word).mark, source="a" * 64)


def of_cast(cast: Any, *agencies: Any, label: str = "2020") -> list[dict[str, Any]]:
    """Rows of the cast's cluster."""
    return [
        {
            "cluster": cast.cluster.slug, "name": cast.cluster.name, "label": label, "agency": agency.code,
            "agency_name": str(agency),
        }
        for agency in agencies
    ]  # fmt: skip


def sentences(rows: list[dict[str, Any]], **more: Any) -> list[tuple[str, str]]:
    """Cells and sentences of what is wrong."""
    return [(fault.cell, fault.sentence) for fault in planned(rows, **more).faults]


# -- a new cluster -------------------------------------------------------------------------------
def test_a_new_cluster_with_year_members_offices_and_audit(cast: Any) -> None:
    done = form([
        member("Sở Y tế", level="Tỉnh, thành phố", kind="Khối", place="Lạng Sơn", short_name="Khối A",
               role="Cụm trưởng", decision_number="01/QĐ-UBND", decision_date="05/01/2021",
               agency_kind="Cơ quan cấp tỉnh"),
        member("Sở Giáo dục và Đào tạo", role="Cụm phó", agency_short="Sở GD&ĐT", decision_number="01/QĐ-UBND",
               decision_date="05/01/2021"),
        member("Sở Tài chính", agency="stc"),
    ])  # fmt: skip
    cluster = Cluster.objects.get(slug="khoi-a")
    assert (cluster.kind, cluster.level, cluster.place, cluster.short_name) == (
        GroupKind.KHOI, Level.PROVINCE, "Lạng Sơn", "Khối A",
    )  # fmt: skip
    year = ClusterYear.objects.get(cluster=cluster)
    assert (year.label, year.starts_on, year.ends_on) == ("2021", date(2021, 1, 1), date(2021, 12, 31))
    assert year.charter.version == 1
    assert year.phases.count() == 7
    rows = Membership.objects.filter(year=year).order_by("order")
    assert [(row.agency.code, row.order, row.joined_on) for row in rows] == [
        ("so-y-te", 1, None), ("so-gddt", 2, None), ("stc", 3, None),
    ]  # fmt: skip
    assert Agency.objects.get(code="so-y-te").kind == AgencyKind.PROVINCIAL
    assert AgencyName.objects.get(agency__code="so-gddt").sort_key
    terms = RoleTerm.objects.filter(cluster=cluster).order_by("role")
    assert [(term.role, term.agency.code, term.basis, term.decision_number) for term in terms] == [
        (Role.CHAIR, "so-y-te", Basis.APPOINTED, "01/QĐ-UBND"),
        (Role.DEPUTY, "so-gddt", Basis.APPOINTED, "01/QĐ-UBND"),
    ]
    assert not done.repeated
    actions = AuditEvent.objects.filter(chain=audit.cluster_chain(cluster.pk)).order_by("seq")
    assert [event.action for event in actions] == ["year_open", "cluster_form", "term_write", "term_write"]
    assert AuditEvent.objects.filter(chain=audit.SITE, action="agency_add").count() == 3
    assert list(audit.verify(audit.cluster_chain(cluster.pk))) == []


def test_the_same_table_a_second_time_writes_nothing(cast: Any) -> None:
    rows = [
        member("Sở Y tế", role="Cụm trưởng"),
        member("sở  Y TẾ", "khoi-b"),
        member("Sở Công Thương", "khoi-b"),
    ]
    form(rows)
    events, agencies = AuditEvent.objects.count(), Agency.objects.count()
    assert form(rows).repeated
    assert form(rows, complete=True).repeated
    assert (AuditEvent.objects.count(), Agency.objects.count()) == (events, agencies)
    assert Agency.objects.filter(names__name="Sở Y tế").count() == 1
    assert Membership.objects.filter(agency__code="so-y-te").count() == 2


def test_two_levels_in_one_table_whatever_the_order_of_the_rows(cast: Any) -> None:
    form([member("Sở Y tế", "con", parent="me"), member("Sở Công Thương", "me")])
    assert Cluster.objects.get(slug="con").parent == Cluster.objects.get(slug="me")


def test_a_period_of_ones_own_and_joining_within_it(cast: Any) -> None:
    form(
        [
            member("Trường A", label="2020-2021", starts_on="01/09/2020", ends_on="31/05/2021"),
            member("Trường B", label="2020-2021", day="15/03/2021"),
        ]
    )
    year = ClusterYear.objects.get(cluster__slug="khoi-a")
    assert (year.label, year.starts_on, year.ends_on) == ("2020-2021", date(2020, 9, 1), date(2021, 5, 31))
    days = Membership.objects.filter(year=year).order_by("order").values_list("joined_on", flat=True)
    assert list(days) == [date(2021, 1, 1), date(2021, 3, 15)]


def test_who_is_in_charge_is_given_by_a_superuser(cast: Any) -> None:
    rows = [member("Sở Y tế", in_charge="observer")]
    assert sentences(rows) == [("U2", "Chức năng của Hội đồng do quản trị hệ thống giao.")]
    form(rows, gives=True)
    person = Person.objects.get(cluster__slug="khoi-a")
    assert (person.user, person.function, person.starts_on) == (
        cast.observer,
        Function.OBSERVER,
        date(2021, 1, 1),
    )
    assert form(rows, gives=True).repeated
    UserFactory(username="moi")
    rows = [member("Sở Y tế", in_charge="moi; ai-do")]
    assert [sentence for _cell, sentence in sentences(rows, gives=True)] == [
        "Tài khoản “moi” chưa gắn với đơn vị nào.", "Không có tài khoản “ai-do” đang dùng.",
    ]  # fmt: skip


# -- a cluster that stands already ---------------------------------------------------------------
def test_re_forming_keeps_history(cast: Any) -> None:
    rows = of_cast(cast, cast.chair, cast.deputy, cast.member)
    rows += [member("Cục Thuế tỉnh", cast.cluster.slug, label="2020", name=cast.cluster.name)]
    plan = planned(rows, day=MID, complete=True)
    (one,) = plan.clusters
    assert [plan.names[leave.agency] for leave in one.leaves] == ["Bảo hiểm xã hội"]
    form(rows, day=MID, complete=True)
    days = Membership.objects.filter(year=cast.year).values_list("agency__code", "joined_on", "left_on")
    assert set(days) == {
        ("ngan-hang", None, None), ("thi-truong", None, None), ("thong-ke", None, None), ("bao-hiem", None, MID),
        ("cuc-thue-tinh", MID, None),
    }  # fmt: skip
    assert RoleTerm.objects.filter(cluster=cast.cluster).count() == 2


def test_a_table_that_is_not_complete_lets_nobody_leave(cast: Any) -> None:
    form(of_cast(cast, cast.chair), day=MID)
    assert not Membership.objects.filter(left_on__isnull=False).exists()


def test_a_year_that_was_opened_ahead_follows(cast: Any) -> None:
    ahead = ClusterYearFactory(cluster=cast.cluster, label="2021")
    for place, agency in enumerate(cast.agencies, 1):
        MembershipFactory(year=ahead, agency=agency, order=place)
    rows = of_cast(cast, cast.chair, cast.deputy, cast.member)
    rows += [member("Cục Thuế tỉnh", cast.cluster.slug, label="2020", name=cast.cluster.name)]
    form(rows, day=MID, complete=True)
    codes = Membership.objects.filter(year=ahead).order_by("order").values_list("agency__code", flat=True)
    assert list(codes) == ["ngan-hang", "thi-truong", "thong-ke", "cuc-thue-tinh"]


def test_a_new_chair_ends_the_old_term_on_that_day(cast: Any) -> None:
    rows = of_cast(cast, *cast.agencies)
    rows[2] |= {"role": "Cụm trưởng", "decision_number": "9/QĐ", "decision_date": "01/07/2020"}
    rows[1] |= {"role": "Cụm phó"}
    form(rows, day=MID)
    terms = RoleTerm.objects.filter(cluster=cast.cluster).order_by("role", "starts_on")
    assert [(term.role, term.agency.code, term.starts_on, term.ends_on) for term in terms] == [
        (Role.CHAIR, "ngan-hang", date(2020, 1, 1), MID),
        (Role.CHAIR, "thong-ke", MID, None),
        (Role.DEPUTY, "thi-truong", date(2020, 1, 1), None),
    ]
    assert form(rows, day=MID).repeated


def test_an_office_holder_does_not_leave_without_a_successor(cast: Any) -> None:
    rows = of_cast(cast, cast.deputy, cast.member)
    found = [sentence for _cell, sentence in sentences(rows, day=MID, complete=True)]
    assert found == [
        "Ngân hàng Nhà nước đang là Cụm trưởng mà không còn trong tệp: ghi đơn vị thay ở cột “Vai trò”."
    ]
    rows[1] |= {"role": "Cụm trưởng"}
    assert sentences(rows, day=MID, complete=True) == []


def test_columns_of_the_cluster_change_where_the_table_says_so(cast: Any) -> None:
    rows = of_cast(cast, cast.chair)
    rows[0] |= {"place": "Tỉnh Lạng Sơn mới", "name": "Cụm thi đua số 1", "level": ""}
    plan = planned(rows, day=MID)
    assert plan.clusters[0].changes == [
        ("Tên cụm", "Cụm thi đua các cơ quan Trung ương", "Cụm thi đua số 1"),
        ("Địa bàn", "Tỉnh Lạng Sơn", "Tỉnh Lạng Sơn mới"),
    ]  # fmt: skip
    form(rows, day=MID)
    cast.cluster.refresh_from_db()
    assert (cast.cluster.name, cast.cluster.level) == ("Cụm thi đua số 1", Level.PROVINCE)
    event = AuditEvent.objects.get(action="cluster_form")
    assert "Cụm thi đua số 1" in event.after
    assert "Cụm thi đua các cơ quan Trung ương" in event.before


# -- agencies ------------------------------------------------------------------------------------
def test_an_agency_is_known_by_code_or_by_name_and_made_once(cast: Any) -> None:
    plan = planned(
        [member("  cục THỐNG KÊ   tỉnh "), member("Tên khác", agency="bao-hiem"), member("Sở Mới")]
    )
    assert plan.faults == []
    (one,) = plan.clusters
    assert [join.agency for join in one.joins] == [cast.member.pk, cast.other.pk, -1]
    assert [new.code for new in plan.agencies] == ["so-moi"]
    assert "vẫn giữ tên “Bảo hiểm xã hội tỉnh”" in plan.remarks[0]


def test_names_that_are_not_one_agencys(cast: Any) -> None:
    AgencyFactory(code="trung", name="Cục Thống kê tỉnh")
    assert sentences([member("Cục Thống kê tỉnh")]) == [("M2", "Có 2 đơn vị cùng tên này: ghi mã đơn vị.")]
    assert sentences([member("Cục Thống kê tỉnh", agency="trung")]) == []
    assert sentences([member("Bảo hiểm xã hội tỉnh", agency="moi")]) == [
        ("L2", "Đơn vị này đã có với mã “bao-hiem”: ghi mã đó, hoặc để trống ô mã.")
    ]
    assert sentences([member("Bảo hiểm xã hội tỉnh", agency="thi-truong")]) == [
        ("L2", "Mã “thi-truong” là của “Cục Quản lý thị trường tỉnh”, còn tên này là của đơn vị khác.")
    ]
    assert sentences([member("Sở A", agency="a"), member("Sở A", "khoi-b", agency="b")]) == [
        ("L3", "Cùng một tên mà hai mã: “a” và “b”.")
    ]
    assert sentences([member("Sở A", agency="a"), member("Sở B", agency="a")]) == [
        ("L3", "Mã “a” đã dùng cho một đơn vị khác trong tệp.")
    ]


def test_a_renamed_agency_is_found_by_its_old_name_and_a_closed_one_is_refused(cast: Any) -> None:
    AgencyName.objects.filter(agency=cast.member).update(valid_to=MID)
    AgencyName.objects.create(agency=cast.member, name="Chi cục Thống kê", short_name="CCTK", valid_from=MID)
    (one,) = planned([member("Cục Thống kê tỉnh")]).clusters
    assert [join.agency for join in one.joins] == [cast.member.pk]
    Agency.objects.filter(pk=cast.other.pk).update(closed_on=MID)
    assert sentences([member("Bảo hiểm xã hội tỉnh")]) == [("M2", "Đơn vị đã giải thể từ ngày 01/07/2020.")]


def test_the_hidden_key_names_the_agency_when_its_code_was_wiped(cast: Any) -> None:
    rows = [member("Tên gõ lại", mark="khoi-a|bao-hiem")]
    data = workbook(rows, ("mark", "cluster", "name", "label", "agency_name"))
    plan = plan_of(read(data), order())
    assert [join.agency for join in plan.clusters[0].joins] == [cast.other.pk]


# -- refused -------------------------------------------------------------------------------------
def test_every_fault_is_named_by_its_cell_and_nothing_is_written(cast: Any) -> None:
    rows = [
        member("Sở A", level="Huyện", kind="Đội"),
        member("Sở A"),
        member("Sở B", name="Tên khác"),
        member("", order=1),
        member("Sở C", "Mã có dấu"),
        member("Sở D", "khoi-d", label="20x1"),
        member("Sở E", "khoi-e", role="Cụm trưởng"),
        member("Sở G", "khoi-e", role="Cụm trưởng"),
        member("Sở H", "khoi-h", role="Cụm phó"),
        member("Sở I", "khoi-i", role="Cụm trưởng", basis="Được chỉ định bằng quyết định"),
        member("Sở K", "khoi-k", starts_on="31/12/2021", ends_on="01/01/2021"),
        member("Sở L", "khoi-l", day="31/02/2021"),
        member("Sở M", "khoi-m", parent="khong-co"),
        member("Sở N", "khoi-n", order="một"),
        member("Sở P", "khoi-p", parent="khoi-q"),
        member("Sở Q", "khoi-q", parent="khoi-p"),
        member("Sở R", "khoi-r", decision_number="1", decision_date="01/01/2030", role="Cụm trưởng"),
    ]
    assert [cell for cell, _sentence in sentences(rows)] == [
        "B2", "E2", "M3", "C4", "M5", "A6", "H7", "P9", "P10", "S11", "J12", "Q13", "G14", "K15", "G16", "G17", "T18",
    ]  # fmt: skip
    before = Cluster.objects.count(), Agency.objects.count(), AuditEvent.objects.count()
    with pytest.raises(DomainError) as refused:
        form(rows)
    assert len(refused.value.problems) == len(planned(rows).faults) >= 17
    assert (Cluster.objects.count(), Agency.objects.count(), AuditEvent.objects.count()) == before


def test_a_closed_year_and_a_year_that_is_not_open(cast: Any) -> None:
    assert sentences(of_cast(cast, cast.chair, label="2022")) == [
        ("H2", "Cụm chưa mở năm 2022: mở năm mới trước, rồi nhập lại tệp.")
    ]
    ClusterYear.objects.filter(pk=cast.year.pk).update(sealed_at="2021-01-01T00:00Z")
    assert sentences(of_cast(cast, cast.chair)) == [("H2", "Năm 2020 đã đóng, không sửa được nữa.")]


def test_who_left_in_this_year_does_not_come_back_and_a_late_day_is_refused(cast: Any) -> None:
    Membership.objects.filter(agency=cast.other).update(left_on=date(2020, 3, 1))
    assert [cell for cell, _sentence in sentences(of_cast(cast, cast.other), day=MID)] == ["M2"]
    assert sentences(of_cast(cast, cast.other), day=date(2021, 1, 1)) == [
        ("Q2", "Ngày hiệu lực ở sau ngày kết thúc năm (31/12/2020).")
    ]


def test_only_who_looks_after_every_cluster(cast: Any) -> None:
    with pytest.raises(Refused):
        form([member("Sở A")], Actor(1, "x", cluster_ids=frozenset({cast.cluster.pk})))


def test_another_plan_than_the_one_shown_is_not_written(cast: Any) -> None:
    table = read(workbook([member("Sở A")]))
    shown = plan_of(table, order()).mark
    AgencyFactory(code="so-a", name="Sở A")
    with pytest.raises(DomainError, match="vừa thay đổi"):
        form_clusters(SYSTEM, table, order(), seen=shown, source="")
    assert not Cluster.objects.filter(slug="khoi-a").exists()


def test_nobody_leaves_who_is_to_lead_later(cast: Any) -> None:
    """A term written ahead of its day is an office too."""
    RoleTerm.objects.filter(cluster=cast.cluster).delete()
    RoleTerm.objects.create(
        cluster=cast.cluster, agency=cast.other, role=Role.CHAIR, starts_on=date(2020, 9, 1)
    )
    found = sentences(of_cast(cast, cast.chair, cast.deputy, cast.member), complete=True, day=MID)
    assert [sentence for _cell, sentence in found if "không còn trong tệp" in sentence], found
