"""Joining, leaving and the order of members; results carried over; a cluster inside a cluster."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.utils import timezone

from core import audit
from core.errors import DomainError, Refused
from core.models import AuditEvent
from members.domain.actor import SYSTEM, Actor
from members.domain.agencies import NewAgency, link
from members.domain.carry_over import Decision, carry_over, remove_carry_over
from members.domain.memberships import join, leave, reorder
from members.domain.nesting import check_parent, is_circle
from members.domain.pictures import Outdated, picture
from members.enums import AgencyKind, Assessed
from members.models import Agency, CarryOver, ClusterYear, Membership, RoleTerm
from tests.factories import (
    ActivityFactory,
    AgencyFactory,
    ClusterFactory,
    ClusterYearFactory,
    MembershipFactory,
)
from tests.support.race import errors, race, values

pytestmark = pytest.mark.django_db
DAY = date(2020, 7, 1)


def officer_of(cast: Any) -> Actor:
    return Actor(cast.officer.pk, "council/officer", cluster_ids=frozenset({cast.cluster.pk}))


def rows(year: ClusterYear) -> list[tuple[int, int, date | None, date | None]]:
    found = Membership.objects.filter(year=year).order_by("order")
    return list(found.values_list("order", "agency", "joined_on", "left_on"))


def actions() -> list[str]:
    return [event.action for event in AuditEvent.objects.order_by("id")]


# -- joining -------------------------------------------------------------------------------------
def test_a_known_agency_joins_as_the_last(cast: Any) -> None:
    sixth = AgencyFactory()
    join(officer_of(cast), cast.year.pk, sixth.pk, DAY, reason="Quyết định 12/QĐ-UBND")
    assert rows(cast.year)[-1] == (5, sixth.pk, DAY, None)
    event = AuditEvent.objects.get()
    assert (event.chain, event.action, event.reason) == (
        audit.cluster_chain(cast.cluster.pk), "member_join", "Quyết định 12/QĐ-UBND",
    )  # fmt: skip


def test_a_new_agency_is_made_with_its_name_from_that_day(cast: Any) -> None:
    new = NewAgency(" Thuế tỉnh  Lạng Sơn ", "Thuế tỉnh")
    row = join(officer_of(cast), cast.year.pk, new, DAY, reason="Mới")
    agency = row.agency
    assert (agency.code, agency.names.get().name) == ("thue-tinh", "Thuế tỉnh Lạng Sơn")
    assert agency.names.get().valid_from == DAY
    again = join(officer_of(cast), cast.year.pk, NewAgency("Thuế tỉnh Hai", "Thuế tỉnh"), DAY, reason="Mới")
    assert again.agency.code == "thue-tinh-2"
    assert set(actions()) == {"agency_add", "member_join"}


def test_from_the_first_day_needs_no_date(cast: Any) -> None:
    row = join(officer_of(cast), cast.year.pk, AgencyFactory().pk, cast.year.starts_on, reason="x")
    assert row.joined_on is None


def test_a_year_opened_ahead_follows_and_a_sealed_one_does_not(cast: Any) -> None:
    ahead = ClusterYearFactory(cluster=cast.cluster, label="2021")
    sealed = ClusterYearFactory(cluster=cast.cluster, label="2022")
    ClusterYear.objects.filter(pk=sealed.pk).update(sealed_at=timezone.now())
    sixth = AgencyFactory()
    join(officer_of(cast), cast.year.pk, sixth.pk, DAY, reason="x")
    assert rows(ahead) == [(1, sixth.pk, None, None)]
    assert rows(sealed) == []


def test_who_left_on_that_day_stays_after_all(cast: Any) -> None:
    leave(officer_of(cast), cast.year.pk, cast.member.pk, DAY, reason="x")
    join(officer_of(cast), cast.year.pk, cast.member.pk, DAY, reason="Ghi nhầm")
    assert rows(cast.year)[2] == (3, cast.member.pk, None, None)


def test_what_makes_no_sense_is_refused_with_a_sentence(cast: Any) -> None:
    council = AgencyFactory(kind=AgencyKind.COUNCIL)
    gone = AgencyFactory(closed_on=date(2020, 3, 1))
    for agency_id, day, sentence in (
        (cast.member.pk, DAY, "đã là thành viên"),
        (council.pk, DAY, "Chọn một đơn vị"),
        (10**9, DAY, "Chọn một đơn vị"),
        (gone.pk, DAY, "đã giải thể từ ngày 01/03/2020"),
        (AgencyFactory().pk, date(2021, 1, 1), "từ 01/01/2020 đến 31/12/2020"),
    ):
        with pytest.raises(DomainError, match=sentence):
            join(officer_of(cast), cast.year.pk, agency_id, day, reason="x")
    leave(officer_of(cast), cast.year.pk, cast.member.pk, DAY, reason="x")
    with pytest.raises(DomainError, match="đã rời cụm trong năm 2020 từ ngày 01/07/2020"):
        join(officer_of(cast), cast.year.pk, cast.member.pk, date(2020, 9, 1), reason="x")
    with pytest.raises(DomainError, match="Ghi tên đầy đủ"):
        join(officer_of(cast), cast.year.pk, NewAgency("x", " "), DAY, reason="x")
    assert len(rows(cast.year)) == 4


def test_only_the_officer_of_the_cluster_and_only_an_open_year(cast: Any) -> None:
    stranger = Actor(1, "council/officer", cluster_ids=frozenset({cast.cluster.pk + 99}))
    for verb in (
        lambda: join(stranger, cast.year.pk, AgencyFactory().pk, DAY, reason="x"),
        lambda: leave(stranger, cast.year.pk, cast.member.pk, DAY, reason="x"),
        lambda: reorder(stranger, cast.year.pk, [one.pk for one in cast.agencies]),
    ):
        with pytest.raises(Refused):
            verb()
    ClusterYear.objects.filter(pk=cast.year.pk).update(sealed_at=timezone.now())
    with pytest.raises(DomainError, match="đã đóng"):
        join(SYSTEM, cast.year.pk, AgencyFactory().pk, DAY, reason="x")
    assert actions() == []


# -- leaving -------------------------------------------------------------------------------------
def test_who_leaves_keeps_its_row_and_the_years_ahead_lose_it(cast: Any) -> None:
    ahead = ClusterYearFactory(cluster=cast.cluster, label="2021")
    busy = ClusterYearFactory(cluster=cast.cluster, label="2022")
    for year in (ahead, busy):
        MembershipFactory(year=year, agency=cast.other, order=1)
        MembershipFactory(year=year, agency=cast.member, order=2)
    ActivityFactory(year=busy, agency=cast.member)
    leave(officer_of(cast), cast.year.pk, cast.member.pk, DAY, reason="Về Bộ")
    assert rows(cast.year)[2] == (3, cast.member.pk, None, DAY)
    assert rows(ahead) == [(1, cast.other.pk, None, None)]
    assert rows(busy)[1] == (2, cast.member.pk, None, DAY), "something is recorded there: the row stays"


def test_a_chair_or_deputy_does_not_leave_before_its_term_ends(cast: Any) -> None:
    for agency, role in ((cast.chair, "Cụm trưởng"), (cast.deputy, "Cụm phó")):
        with pytest.raises(DomainError, match=f"đang là {role} từ ngày 01/01/2020") as refusal:
            leave(officer_of(cast), cast.year.pk, agency.pk, DAY, reason="x")
        assert refusal.value.problems[0].link
    RoleTerm.objects.filter(agency=cast.deputy).update(ends_on=DAY)
    leave(officer_of(cast), cast.year.pk, cast.deputy.pk, DAY, reason="x")
    assert rows(cast.year)[1][3] == DAY


def test_nobody_leaves_twice_or_without_being_there(cast: Any) -> None:
    leave(officer_of(cast), cast.year.pk, cast.member.pk, DAY, reason="x")
    for agency_id in (cast.member.pk, AgencyFactory().pk):
        with pytest.raises(DomainError, match="không phải thành viên"):
            leave(officer_of(cast), cast.year.pk, agency_id, date(2020, 8, 1), reason="x")


# -- order ---------------------------------------------------------------------------------------
def test_reorder_names_every_member_once(cast: Any) -> None:
    turned = [one.pk for one in reversed(cast.agencies)]
    reorder(officer_of(cast), cast.year.pk, turned, reason="Theo quy chế")
    assert [agency for _order, agency, _a, _b in rows(cast.year)] == turned
    for wrong in (turned[:-1], [*turned[:-1], turned[0]], [*turned, 10**9]):
        with pytest.raises(DomainError, match="vừa thay đổi"):
            reorder(officer_of(cast), cast.year.pk, wrong)
    assert actions() == ["member_reorder"]


def test_a_form_over_an_older_list_is_outdated(cast: Any) -> None:
    seen = picture([cast.cluster.pk]).mark
    leave(officer_of(cast), cast.year.pk, cast.member.pk, DAY, reason="x", seen=seen)
    with pytest.raises(Outdated, match="Vừa có người khác"):
        leave(officer_of(cast), cast.year.pk, cast.other.pk, DAY, reason="x", seen=seen)
    assert rows(cast.year)[3][3] is None


# -- results carried over ------------------------------------------------------------------------
DECISION = Decision("45/QĐ-UBND", date(2020, 7, 1))


def followed(cast: Any) -> Agency:
    after: Agency = MembershipFactory(year=cast.year, order=9, joined_on=DAY).agency
    link(SYSTEM, cast.member.pk, after.pk, DAY)
    return after


def test_results_go_over_by_a_decision_and_come_back_with_a_reason(cast: Any) -> None:
    after = followed(cast)
    row = carry_over(officer_of(cast), cast.year.pk, cast.member.pk, after.pk, DECISION)
    assert (row.assessed, row.decision_number) == (Assessed.SUCCESSOR, "45/QĐ-UBND")
    with pytest.raises(DomainError, match="Ghi lý do"):
        remove_carry_over(officer_of(cast), cast.year.pk, row.pk, " ")
    remove_carry_over(officer_of(cast), cast.year.pk, row.pk, "Ghi nhầm năm")
    assert not CarryOver.objects.exists()
    with pytest.raises(DomainError, match="đã được bỏ"):
        remove_carry_over(officer_of(cast), cast.year.pk, row.pk, "Lần nữa")
    assert actions()[1:] == ["carry_over", "carry_over_remove"]
    assert AuditEvent.objects.order_by("id").last().reason == "Ghi nhầm năm"  # type: ignore[union-attr]


def test_what_was_taken_over_goes_on_with_it(cast: Any) -> None:
    after = followed(cast)
    last = MembershipFactory(year=cast.year, order=10).agency
    link(SYSTEM, after.pk, last.pk, date(2020, 9, 1))
    link(SYSTEM, cast.member.pk, last.pk, date(2020, 9, 1))
    carry_over(officer_of(cast), cast.year.pk, cast.member.pk, after.pk, DECISION)
    carry_over(officer_of(cast), cast.year.pk, after.pk, last.pk, DECISION)
    assert set(CarryOver.objects.values_list("predecessor", "successor")) == {
        (cast.member.pk, last.pk), (after.pk, last.pk),
    }  # fmt: skip


def test_what_cannot_be_carried_over(cast: Any) -> None:
    after = followed(cast)
    outside = AgencyFactory()
    for before_id, after_id, decision, sentence in (
        (cast.member.pk, after.pk, Decision(" "), "Ghi số quyết định"),
        (cast.member.pk, after.pk, Decision("1", date(2999, 1, 1)), "sau hôm nay"),
        (cast.member.pk, after.pk, Decision("1", None, "?"), "Chọn đơn vị được xét"),
        (cast.other.pk, after.pk, DECISION, "Chưa ghi việc kế thừa"),
        (outside.pk, after.pk, DECISION, "trước không phải thành viên"),
        (cast.member.pk, outside.pk, DECISION, "sau không phải thành viên"),
    ):
        with pytest.raises(DomainError, match=sentence):
            carry_over(officer_of(cast), cast.year.pk, before_id, after_id, decision)
    carry_over(officer_of(cast), cast.year.pk, cast.member.pk, after.pk, DECISION)
    with pytest.raises(DomainError, match="đã có đơn vị kế thừa"):
        carry_over(officer_of(cast), cast.year.pk, cast.member.pk, after.pk, DECISION)


def test_an_agency_of_two_clusters_is_for_who_looks_after_both(cast: Any) -> None:
    after = followed(cast)
    away = MembershipFactory(agency=after, order=1).year
    with pytest.raises(Refused, match=f"còn thuộc {away.cluster.name}"):
        carry_over(officer_of(cast), cast.year.pk, cast.member.pk, after.pk, DECISION)
    carry_over(SYSTEM, cast.year.pk, cast.member.pk, after.pk, DECISION)


# -- a cluster inside a cluster ------------------------------------------------------------------
def test_no_circle_of_clusters(cast: Any) -> None:
    child = ClusterFactory(parent=cast.cluster)
    grandchild = ClusterFactory(parent=child)
    for parent in (cast.cluster, child, grandchild):
        with pytest.raises(DomainError, match="thuộc lẫn nhau"):
            check_parent(cast.cluster.pk, parent.pk)
    check_parent(grandchild.pk, cast.cluster.pk)
    check_parent(None, cast.cluster.pk)
    check_parent(cast.cluster.pk, None)


def test_an_old_circle_does_not_hang_the_question() -> None:
    assert not is_circle({1: 2, 2: 1}, 3, 1)


# -- at once -------------------------------------------------------------------------------------
@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_two_who_join_at_once_both_stand_in_order(cast: Any) -> None:
    first, second = AgencyFactory(), AgencyFactory()
    outcomes = race(
        lambda: join(SYSTEM, cast.year.pk, first.pk, DAY, reason="x"),
        lambda: join(SYSTEM, cast.year.pk, second.pk, DAY, reason="x"),
    )
    assert len(values(outcomes)) == 2, errors(outcomes)
    assert [order for order, *_rest in rows(cast.year)] == [1, 2, 3, 4, 5, 6]
