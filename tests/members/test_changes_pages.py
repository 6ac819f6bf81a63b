"""The page that changes members: input, before and after, written once."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from core.models import AuditEvent
from members.domain.actor import SYSTEM
from members.domain.memberships import leave
from members.enums import Assessed, Basis, Role
from members.models import (
    Agency,
    AgencyLink,
    AgencyName,
    CarryOver,
    ClusterYear,
    Membership,
    Person,
    RoleTerm,
)
from tests.factories import AgencyFactory, MembershipFactory, OfficerFactory

pytestmark = pytest.mark.django_db
DAY = date(2020, 7, 1)
PAPER = {"decision_number": "45/QĐ-UBND", "decision_date": "30/6/2020", "note": ""}


def url(cast: Any) -> str:
    return str(cast.url("member_changes"))


def text(answer: Any) -> str:
    return " ".join(str(answer.content.decode()).split())


def send(cast: Any, kind: str, data: dict[str, Any], *, client: Client | None = None) -> Any:
    return (client or cast.client(cast.officer)).post(url(cast), {"viec": kind, **data})


def hidden(answer: Any) -> dict[str, Any]:
    """What the preview sends back."""
    page = answer.content.decode()
    found: dict[str, Any] = {}
    pattern = r'<input type="hidden"\s+name="([^"]+)"\s+value="([^"]*)">'
    for name, value in re.findall(pattern, page.split("data-save")[1]):
        found.setdefault(name, []).append(value)
    return found


def write(cast: Any, kind: str, data: dict[str, Any]) -> Any:
    """All steps: input, preview, confirmed."""
    shown = send(cast, kind, data)
    assert shown.status_code == 200, text(shown)
    return cast.client(cast.officer).post(url(cast), {**hidden(shown), "confirm": "1"})


def merge_data(cast: Any, **more: Any) -> dict[str, Any]:
    return {
        "predecessors": [cast.member.pk, cast.other.pk],
        "successor": "new",
        "name": "Cục Thống kê - Bảo hiểm tỉnh",
        "short_name": "Thống kê - Bảo hiểm",
        "on": "1/7/2020",
        "people": "on",
        "assessed": Assessed.SUCCESSOR,
        **PAPER,
        **more,
    }


# -- who may -------------------------------------------------------------------------------------
def test_only_the_officer_of_the_cluster_in_an_open_year(cast: Any) -> None:
    for user in (cast.an, cast.binh, cast.chi, cast.lan, cast.observer):
        assert cast.client(user).get(url(cast)).status_code == 403
        assert send(cast, "leave", {}, client=cast.client(user)).status_code == 403
    assert cast.client(cast.dung).get(url(cast)).status_code == 404
    assert cast.client().get(url(cast)).status_code == 302
    assert cast.client(cast.officer).get(url(cast)).status_code == 200
    stranger = OfficerFactory(cluster=MembershipFactory().year.cluster).user
    assert cast.client(stranger).get(url(cast)).status_code == 404
    ClusterYear.objects.filter(pk=cast.year.pk).update(sealed_at=timezone.now())
    assert cast.client(cast.officer).get(url(cast)).status_code == 403


def test_every_kind_has_a_form_and_no_other(cast: Any) -> None:
    client = cast.client(cast.officer)
    page = text(client.get(url(cast)))
    for kind in ("join", "leave", "rename", "merge", "split", "dissolve", "reorder"):
        assert f"?viec={kind}" in page
        assert client.get(url(cast), {"viec": kind}).status_code == 200
    assert "?viec=carry" not in page, "nothing to carry over yet"
    assert client.get(url(cast), {"viec": "carry"}).status_code == 200
    assert client.get(url(cast), {"viec": "khac"}).status_code == 404
    assert send(cast, "", {}).status_code == 404


def test_an_empty_form_says_what_each_field_lacks_and_writes_nothing(cast: Any) -> None:
    for kind in ("join", "leave", "rename", "merge", "split", "dissolve", "carry", "uncarry", "reorder"):
        answer = send(cast, kind, {})
        assert answer.status_code == 422, kind
        assert "Những chỗ cần sửa" in text(answer)
    assert not AuditEvent.objects.exists()


# -- merging -------------------------------------------------------------------------------------
def test_the_preview_shows_both_sides_and_writes_nothing(cast: Any) -> None:
    answer = send(cast, "merge", merge_data(cast))
    page = text(answer)
    assert answer.status_code == 200
    assert "Trước (4 đơn vị)" in page
    assert "Sau (3 đơn vị)" in page
    assert "3. Cục Thống kê - Bảo hiểm tỉnh" in page
    assert "Năm 2020: Thống kê - Bảo hiểm kế thừa kết quả của Cục Thống kê. Xét đơn vị sau." in page
    assert "45/QĐ-UBND, 30/06/2020" in page
    assert not AgencyLink.objects.exists()
    assert Agency.objects.filter(names__name="Cục Thống kê - Bảo hiểm tỉnh").count() == 0
    assert not AuditEvent.objects.exists()


def test_confirmed_it_is_written_once_however_often_it_is_sent(cast: Any) -> None:
    shown = hidden(send(cast, "merge", merge_data(cast)))
    client = cast.client(cast.officer)
    for sentence in ("Đã ghi: Sáp nhập, hợp nhất.", "đã được ghi trước đó"):
        answer = client.post(url(cast), {**shown, "confirm": "1"}, follow=True)
        assert sentence in text(answer)
    assert AgencyLink.objects.count() == 2
    assert Agency.objects.filter(names__name="Cục Thống kê - Bảo hiểm tỉnh").count() == 1
    assert CarryOver.objects.count() == 2
    assert Person.objects.filter(user=cast.chi).count() == 2
    event = AuditEvent.objects.get(chain=f"cluster:{cast.cluster.pk}", action="agency_merge")
    assert event.role.startswith("council/officer")
    page = text(client.get(url(cast)))
    assert "Cục Thống kê → Thống kê - Bảo hiểm" in page
    assert "Là thành viên đến trước 01/07/2020" in page


def test_the_office_of_the_chair_is_for_the_officer_to_decide(cast: Any) -> None:
    term = RoleTerm.objects.get(role=Role.CHAIR)
    page = text(cast.client(cast.officer).get(url(cast), {"viec": "merge"}))
    assert "Ngân hàng Nhà nước: Cụm trưởng, Cơ quan Trung ương" in page
    data = merge_data(cast, predecessors=[cast.chair.pk], successor=cast.other.pk)
    shown = text(send(cast, "merge", {**data, f"office_{term.pk}": "deputy"}))
    assert "vai trò ngày 01/07/2020" in shown
    assert "Để trống" in shown
    write(cast, "merge", {**data, f"office_{term.pk}": "deputy"})
    acting = RoleTerm.objects.get(basis=Basis.ACTING)
    assert (acting.agency, acting.starts_on) == (cast.deputy, DAY)


def test_a_cluster_without_a_chair_is_named(cast: Any) -> None:
    term = RoleTerm.objects.get(role=Role.CHAIR)
    data = {"predecessor": cast.chair.pk, "on": "1/7/2020", f"office_{term.pk}": "ends", **PAPER}
    assert "không còn Cụm trưởng từ ngày đó" in text(send(cast, "dissolve", data))


def test_errors_stand_beside_the_fields_and_what_was_typed_stays(cast: Any) -> None:
    for more, sentence in (
        ({"on": "31/2/2020"}, "Không có ngày 31/02/2020"),
        ({"decision_number": ""}, "error_1_id_decision_number"),
        ({"name": ""}, "Ghi tên đơn vị mới"),
        ({"successor": cast.member.pk}, "phải khác"),
        ({"predecessors": [10**9]}, "không"),
        ({"decision_date": "1/1/2150"}, "sau hôm nay"),
    ):
        answer = send(cast, "merge", merge_data(cast, **more))
        assert answer.status_code == 422, more
        page = text(answer)
        assert sentence in page, more
        assert "Thống kê - Bảo hiểm" in page
    again = send(cast, "merge", merge_data(cast, edit="1"))
    assert again.status_code == 200
    assert "45/QĐ-UBND" in text(again)


def test_somebody_was_quicker(cast: Any) -> None:
    shown = hidden(send(cast, "merge", merge_data(cast, predecessors=[cast.member.pk])))
    leave(SYSTEM, cast.year.pk, cast.other.pk, DAY, reason="x")
    answer = cast.client(cast.officer).post(url(cast), {**shown, "confirm": "1"})
    assert answer.status_code == 409
    assert "Vừa có người khác đổi" in text(answer)
    assert not AgencyLink.objects.exists()
    done = cast.client(cast.officer).post(url(cast), {**hidden(answer), "confirm": "1"})
    assert done.status_code == 302
    assert AgencyLink.objects.count() == 1


def test_an_agency_of_another_officers_cluster_is_refused_by_name(cast: Any) -> None:
    away = MembershipFactory(agency=cast.other, order=1).year
    answer = send(cast, "merge", merge_data(cast))
    assert answer.status_code == 403
    page = text(answer)
    assert f"còn thuộc {away.cluster.name}" in page
    assert "Cục Thống kê - Bảo hiểm tỉnh" in page, "what was typed stays"
    every = OfficerFactory(user__username="moi-cum").user
    shown = send(cast, "merge", merge_data(cast), client=cast.client(every))
    assert shown.status_code == 200
    assert away.cluster.name in text(shown)
    cast.client(every).post(url(cast), {**hidden(shown), "confirm": "1"})
    assert Membership.objects.get(year=away, agency=cast.other).left_on == DAY


# -- the other kinds -----------------------------------------------------------------------------
def test_joining_by_name_by_code_or_new(cast: Any) -> None:
    known = AgencyFactory(code="thue", name="Cục Thuế tỉnh Lạng Sơn", short_name="Cục Thuế")
    AgencyFactory(code="kho-bac-1", name="Kho bạc", short_name="Kho bạc")
    AgencyFactory(code="kho-bac-2", name="Kho bạc", short_name="Kho bạc")
    base = {"agency_kind": "central_local", "on": "1/7/2020", "reason": "12/QĐ-UBND"}
    assert "Nhiều đơn vị cùng tên" in text(send(cast, "join", {**base, "agency": "kho bac"}))
    assert "Không có đơn vị nào" in text(send(cast, "join", {**base, "agency": "Sở Không Có"}))
    assert "Chỉ ghi một trong hai" in text(send(cast, "join", {**base, "agency": "thue", "name": "x"}))
    assert "Ghi tên gọn" in text(send(cast, "join", {**base, "name": "Sở Mới"}))
    assert write(cast, "join", {**base, "agency": "cuc thue"}).status_code == 302
    assert write(cast, "join", {**base, "agency": "KHO-BAC-2"}).status_code == 302
    assert write(cast, "join", {**base, "name": "Sở Mới tỉnh", "short_name": "Sở Mới"}).status_code == 302
    assert Membership.objects.get(agency=known).joined_on == DAY
    assert Membership.objects.filter(year=cast.year).count() == 7
    assert "đã là thành viên" in text(send(cast, "join", {**base, "agency": "thue"}))


def test_leaving_while_in_office_points_to_where_it_is_mended(cast: Any) -> None:
    data = {"agency": cast.chair.pk, "on": "1/7/2020", "reason": "Về Bộ"}
    answer = send(cast, "leave", data)
    assert answer.status_code == 422
    assert "thay vai trò này trước" in text(answer)
    assert f'<a href="{cast.url("roles")}">Thay vai trò' in text(answer)
    assert write(cast, "leave", {**data, "agency": cast.member.pk}).status_code == 302
    assert Membership.objects.get(year=cast.year, agency=cast.member).left_on == DAY


def test_renaming_shows_the_old_name_and_the_new(cast: Any) -> None:
    data = {
        "agency": cast.member.pk, "name": "Thống kê tỉnh", "short_name": "Thống kê", "aliases": "", "on": "1/7/2020",
        "reason": "Nghị định",
    }  # fmt: skip
    page = text(send(cast, "rename", data))
    assert "3. Cục Thống kê tỉnh" in page
    assert "3. Thống kê tỉnh" in page
    assert AgencyName.objects.filter(agency=cast.member).count() == 1
    assert write(cast, "rename", data).status_code == 302
    assert AgencyName.objects.filter(agency=cast.member).count() == 2
    MembershipFactory(agency=cast.other, order=1)
    assert send(cast, "rename", {**data, "agency": cast.other.pk}).status_code == 403


def test_splitting_needs_two_parts_unless_the_agency_stays(cast: Any) -> None:
    data = {
        "predecessor": cast.member.pk, "name_1": "Cục Một tỉnh", "short_name_1": "Cục Một", "heir": "1",
        "on": "1/7/2020", "people": "on", "assessed": "", **PAPER,
    }  # fmt: skip
    assert "Chia thành ít nhất hai đơn vị" in text(send(cast, "split", data))
    assert "Ghi cả tên đầy đủ" in text(send(cast, "split", {**data, "name_2": "Cục Hai"}))
    assert "Chọn một trong các đơn vị mới" in text(send(cast, "split", {**data, "keeps": "on", "heir": "3"}))
    assert write(cast, "split", {**data, "keeps": "on"}).status_code == 302
    assert Membership.objects.get(year=cast.year, agency=cast.member).left_on is None
    second = {**data, "name_2": "Cục Hai tỉnh", "short_name_2": "Cục Hai", "heir": "2"}
    assert "Đã có đơn vị mang tên này, mã “cuc-mot”" in text(send(cast, "split", second))
    second |= {"name_1": "Cục Ba tỉnh", "short_name_1": "Cục Ba"}
    assert write(cast, "split", second).status_code == 302
    assert Person.objects.get(user=cast.chi, ends_on=None).agency.code == "cuc-hai"


def test_results_are_carried_over_and_taken_back(cast: Any) -> None:
    write(cast, "merge", merge_data(cast, predecessors=[cast.member.pk], assessed=""))
    after = AgencyLink.objects.get().successor
    assert "?viec=carry" in text(cast.client(cast.officer).get(url(cast)))
    data = {"pair": f"{cast.member.pk}-{after.pk}", "assessed": Assessed.BOTH, **PAPER}
    assert "Xét riêng từng đơn vị" in text(send(cast, "carry", data))
    assert write(cast, "carry", data).status_code == 302
    row = CarryOver.objects.get()
    assert (row.successor, row.assessed) == (after, Assessed.BOTH)
    back = {"carried": row.pk, "reason": "Ghi nhầm"}
    assert "thôi kế thừa kết quả năm 2020" in text(send(cast, "uncarry", back))
    assert send(cast, "uncarry", {"carried": row.pk, "reason": ""}).status_code == 422
    assert write(cast, "uncarry", back).status_code == 302
    assert not CarryOver.objects.exists()


def test_a_new_order(cast: Any) -> None:
    places = dict(zip([f"place_{one.pk}" for one in cast.agencies], (4, 3, 2, 1), strict=True))
    twice = {**places, f"place_{cast.other.pk}": 4}
    assert "Thứ tự 4 đã dành cho Ngân hàng Nhà nước" in text(send(cast, "reorder", twice))
    assert write(cast, "reorder", places).status_code == 302
    ordered = Membership.objects.filter(year=cast.year).order_by("order").values_list("agency", flat=True)
    assert list(ordered) == [one.pk for one in reversed(cast.agencies)]


@pytest.mark.parametrize("number", [1, 3])
def test_the_page_costs_as_much_with_many(cast: Any, number: int, django_assert_num_queries: Any) -> None:
    for place in range(number):
        after = MembershipFactory(year=cast.year, order=10 + place, joined_on=DAY).agency
        before = MembershipFactory(year=cast.year, order=20 + place, left_on=DAY).agency
        AgencyLink.objects.create(predecessor=before, successor=after, on=DAY, kind="merge")
        CarryOver.objects.create(year=cast.year, predecessor=before, successor=after, decision_number="1")
    cast.client(cast.officer).get(url(cast))
    with django_assert_num_queries(9):
        cast.client(cast.officer).get(url(cast))
