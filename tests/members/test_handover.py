"""Handing the lead over: opens the coming year, ends and writes the terms, all or nothing."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
import time_machine

from core import audit
from core.errors import DomainError, Refused
from core.models import AuditEvent
from members.domain.actor import Actor
from members.domain.handover import HandOver, examine, ground_of, proposal_for, rotate
from members.domain.rotation import clashes
from members.domain.terms import terms_of
from members.enums import Basis, Role
from members.models import ClusterYear, Membership, RoleTerm
from tests.factories import AgencyFactory, MembershipFactory, RoleTermFactory
from tests.support.race import errors, race, values

DAY = date(2021, 1, 5)
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _in_january() -> Any:
    with time_machine.travel("2021-01-06 09:00+07:00", tick=True):
        yield


def officer(cast: Any) -> Actor:
    return Actor.of(cast.scope(cast.officer))


def order(cast: Any, chair: Any = None, deputies: tuple[Any, ...] | None = None, **more: Any) -> HandOver:
    deputies = (cast.member,) if deputies is None else deputies
    given = {"starts_on": DAY, **more}
    return HandOver((chair or cast.deputy).pk, tuple(agency.pk for agency in deputies), **given)


def rows(cast: Any) -> list[tuple[int, str, date, date | None]]:
    listed = RoleTerm.objects.filter(cluster=cast.cluster).order_by("starts_on", "role", "order")
    return list(listed.values_list("agency", "role", "starts_on", "ends_on"))


def sentences(cast: Any, wanted: HandOver) -> dict[str, str]:
    """Field → sentence of a hand-over that must be refused and must leave everything as it was."""
    before = (rows(cast), ClusterYear.objects.count(), AuditEvent.objects.count())
    with pytest.raises(DomainError) as caught:
        rotate(officer(cast), cast.year.pk, wanted)
    assert (rows(cast), ClusterYear.objects.count(), AuditEvent.objects.count()) == before
    return {problem.field: problem.sentence for problem in caught.value.problems}


def test_the_lead_passes_and_the_coming_year_opens(cast: Any) -> None:
    done = rotate(officer(cast), cast.year.pk, order(cast, decision_number="Biên bản 01", decision_date=DAY))
    assert done.opened
    assert done.year.label == "2021"
    assert rows(cast) == [
        (cast.chair.pk, Role.CHAIR, date(2020, 1, 1), DAY),
        (cast.deputy.pk, Role.DEPUTY, date(2020, 1, 1), DAY),
        (cast.deputy.pk, Role.CHAIR, DAY, None),
        (cast.member.pk, Role.DEPUTY, DAY, None),
    ]
    assert {(term.basis, term.decision_number) for term in done.terms} == {(Basis.ELECTED, "Biên bản 01")}
    chain = audit.cluster_chain(cast.cluster.pk)
    assert list(audit.verify(chain)) == []
    events = AuditEvent.objects.filter(chain=chain).order_by("seq")
    assert [event.action for event in events] == [
        "year_open",
        "term_end",
        "term_end",
        "term_rotate",
        "term_rotate",
    ]
    assert {event.actor_id for event in events} == {cast.officer.pk}


def test_a_year_that_exists_is_used(cast: Any) -> None:
    first = rotate(officer(cast), cast.year.pk, order(cast))
    RoleTerm.objects.filter(starts_on=DAY).delete()
    RoleTerm.objects.update(ends_on=None)
    second = rotate(officer(cast), cast.year.pk, order(cast))
    assert (second.year, second.opened, second.repeated) == (first.year, False, False)


def test_the_same_hand_over_twice_writes_once(cast: Any) -> None:
    mark = ground_of(cast.year).mark
    rotate(officer(cast), cast.year.pk, order(cast, seen=mark))
    before, events = rows(cast), AuditEvent.objects.count()
    again = rotate(officer(cast), cast.year.pk, order(cast, seen=mark))
    assert again.repeated
    assert [term.agency_id for term in again.terms] == [cast.deputy.pk, cast.member.pk]
    assert (rows(cast), AuditEvent.objects.count()) == (before, events)


def test_a_form_shown_before_somebody_elses_hand_over_is_refused(cast: Any) -> None:
    mark = ground_of(cast.year).mark
    rotate(officer(cast), cast.year.pk, order(cast))
    late = order(cast, cast.other, seen=mark, starts_on=date(2021, 1, 7))
    assert sentences(cast, late) == {
        "": "Vừa có người khác đổi nhiệm kỳ của cụm. Xem lại bảng trước và sau rồi ghi lại."
    }


def test_a_non_member_is_refused(cast: Any) -> None:
    stranger = AgencyFactory(name="Cục Hải quan tỉnh")
    assert sentences(cast, order(cast, stranger)) == {
        "chair": "Đơn vị được chọn không phải đơn vị thành viên năm 2021."
    }
    assert set(sentences(cast, order(cast, deputies=(stranger,)))) == {"deputies"}


def test_a_member_that_left_is_refused(cast: Any) -> None:
    coming = rotate(officer(cast), cast.year.pk, order(cast)).year
    Membership.objects.filter(year=coming, agency=cast.other).update(left_on=date(2021, 3, 1))
    late = order(cast, cast.other, starts_on=date(2021, 4, 1))
    assert sentences(cast, late) == {
        "chair": "Bảo hiểm xã hội không còn hoặc chưa là đơn vị thành viên vào ngày 01/04/2021."
    }


def test_the_chair_cannot_be_deputy_too(cast: Any) -> None:
    assert sentences(cast, order(cast, deputies=(cast.deputy,))) == {
        "deputies": "Một đơn vị không thể vừa là Cụm trưởng vừa là Cụm phó."
    }


def test_one_agency_cannot_be_both_deputies(cast: Any) -> None:
    assert sentences(cast, order(cast, deputies=(cast.member, cast.member))) == {
        "deputies": "Một đơn vị được chọn hai lần làm Cụm phó."
    }


def test_a_second_chair_is_refused(cast: Any) -> None:
    rotate(officer(cast), cast.year.pk, order(cast))
    assert sentences(cast, order(cast, cast.other, deputies=())) == {
        "starts_on": "Cục Quản lý thị trường đã có nhiệm kỳ Cụm trưởng từ ngày 05/01/2021; "
        "nhiệm kỳ mới phải bắt đầu sau ngày đó."
    }


@pytest.mark.parametrize("day", [date(2019, 5, 1), date(2020, 12, 31), date(2022, 1, 1), date(2121, 1, 5)])
def test_a_start_outside_the_coming_year_is_refused(cast: Any, day: date) -> None:
    assert sentences(cast, order(cast, starts_on=day))["starts_on"]


def test_an_appointment_needs_number_and_date_of_its_decision(cast: Any) -> None:
    assert sentences(cast, order(cast, basis=Basis.APPOINTED)) == {
        "decision_number": "Được chỉ định thì phải ghi số quyết định.",
        "decision_date": "Được chỉ định thì phải ghi ngày quyết định.",
    }
    assert sentences(cast, order(cast, decision_date=date(2021, 2, 1))) == {
        "decision_date": "Ngày quyết định không thể ở sau hôm nay."
    }


def test_a_sealed_coming_year_is_left_alone(cast: Any) -> None:
    coming = rotate(officer(cast), cast.year.pk, order(cast)).year
    ClusterYear.objects.filter(pk=coming.pk).update(sealed_at="2021-12-31T00:00:00Z")
    assert "đã đóng" in sentences(cast, order(cast, cast.other, starts_on=date(2021, 6, 1)))[""]


def test_nobody_but_the_officer_of_the_cluster_rotates(cast: Any) -> None:
    for user in (cast.an, cast.binh, cast.chi, cast.lan, cast.observer):
        with pytest.raises(Refused):
            rotate(Actor.of(cast.scope(user)), cast.year.pk, order(cast))
    assert len(rows(cast)) == 2


def test_two_deputies_no_deputy_and_the_chair_again(cast: Any) -> None:
    rotate(officer(cast), cast.year.pk, order(cast, cast.chair, (cast.member, cast.other)))
    assert [row[:2] for row in rows(cast)][2:] == [
        (cast.chair.pk, Role.CHAIR),
        (cast.member.pk, Role.DEPUTY),
        (cast.other.pk, Role.DEPUTY),
    ]
    rotate(officer(cast), cast.year.pk, order(cast, cast.other, (), starts_on=date(2021, 2, 1)))
    assert rows(cast)[-1] == (cast.other.pk, Role.CHAIR, date(2021, 2, 1), None)
    assert RoleTerm.objects.filter(role=Role.DEPUTY, ends_on=None).count() == 0


def test_within_a_year_only_what_changes_is_written(cast: Any) -> None:
    """The chair agency disappears on 1 July; the other deputy seat goes on untouched."""
    second = RoleTermFactory(cluster=cast.cluster, agency=cast.member, role=Role.DEPUTY, order=2)
    wanted = order(
        cast,
        cast.other,
        (cast.deputy, cast.member),
        starts_on=date(2020, 7, 1),
        basis=Basis.ACTING,
        within=True,
    )
    done = rotate(officer(cast), cast.year.pk, wanted)
    assert (done.year, done.opened) == (cast.year, False)
    assert [term.agency_id for term in done.terms] == [cast.other.pk]
    second.refresh_from_db()
    assert second.ends_on is None
    assert AuditEvent.objects.latest("id").action == "term_replace"
    assert rotate(officer(cast), cast.year.pk, wanted).repeated


def test_within_a_year_no_change_is_refused(cast: Any) -> None:
    wanted = order(cast, cast.chair, (cast.deputy,), starts_on=date(2020, 7, 1), within=True)
    assert sentences(cast, wanted) == {"chair": "Các vai trò không có gì thay đổi."}


def test_the_proposal_is_last_years_deputy(cast: Any) -> None:
    proposal = proposal_for(ground_of(cast.year))
    assert (proposal.chair_id, proposal.deputy_ids, proposal.starts_on) == (
        cast.deputy.pk,
        (),
        date(2021, 1, 6),
    )


def test_the_table_shows_both_years(cast: Any) -> None:
    table = examine(order(cast), ground_of(cast.year)).seats
    assert [
        (seat.role, seat.before and seat.before.agency_id, seat.after and seat.after.agency_id)
        for seat in table
    ] == [
        (Role.CHAIR, cast.chair.pk, cast.deputy.pk),
        (Role.DEPUTY, cast.deputy.pk, cast.member.pk),
    ]


def test_ground_costs_the_same_for_any_number_of_members(cast: Any, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(4):
        ground_of(cast.year)
    for number in range(5):
        MembershipFactory(year=cast.year, order=10 + number)
    with django_assert_num_queries(4):
        ground_of(cast.year)


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_of_two_hand_overs_at_once_one_wins_whole(cast: Any) -> None:
    actor = officer(cast)
    mark = ground_of(cast.year).mark
    outcomes = race(
        lambda: rotate(actor, cast.year.pk, order(cast, seen=mark)),
        lambda: rotate(actor, cast.year.pk, order(cast, cast.other, (cast.chair,), seen=mark)),
    )
    (won,) = values(outcomes)
    (error,) = errors(outcomes)
    assert isinstance(error, DomainError)
    assert "Vừa có người khác" in str(error)
    assert clashes(terms_of(cast.cluster.pk)) == []
    standing = RoleTerm.objects.filter(cluster=cast.cluster, ends_on=None).order_by("role")
    assert [term.pk for term in standing] == [term.pk for term in won.terms]
    assert ClusterYear.objects.filter(cluster=cast.cluster, label="2021").count() == 1
    assert list(audit.verify(audit.cluster_chain(cast.cluster.pk))) == []


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_two_blind_hand_overs_at_once_still_leave_one_chair(cast: Any) -> None:
    """Without the mark of what was seen: the rules alone must hold."""
    actor = officer(cast)
    outcomes = race(
        lambda: rotate(actor, cast.year.pk, order(cast)),
        lambda: rotate(
            actor, cast.year.pk, order(cast, cast.other, (cast.chair,), starts_on=date(2021, 1, 4))
        ),
    )
    assert values(outcomes)
    assert all(isinstance(error, DomainError) for error in errors(outcomes))
    assert clashes(terms_of(cast.cluster.pk)) == []
    assert RoleTerm.objects.filter(cluster=cast.cluster, role=Role.CHAIR, ends_on=None).count() == 1
