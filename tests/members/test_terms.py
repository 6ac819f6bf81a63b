"""The one verb that writes role terms."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from core import audit
from core.errors import DomainError, Refused
from core.models import AuditEvent
from members.domain.actor import SYSTEM, Actor
from members.domain.rotation import CHAIR, Term, clashes
from members.domain.terms import check_terms, terms_of, write_terms
from members.enums import Role
from members.models import RoleTerm
from tests.factories import ClusterYearFactory, MembershipFactory
from tests.support.race import errors, race, values

pytestmark = pytest.mark.django_db
DAY = date(2020, 7, 1)


def term(agency: Any, role: str = Role.CHAIR, order: int = 1, starts_on: date = DAY, **more: Any) -> RoleTerm:
    return RoleTerm(agency=agency, role=role, order=order, starts_on=starts_on, **more)


def rows(cast: Any) -> list[tuple[int, str, date, date | None]]:
    listed = RoleTerm.objects.filter(cluster=cast.cluster).order_by("starts_on", "role", "order")
    return list(listed.values_list("agency", "role", "starts_on", "ends_on"))


def refused(cast: Any, *add: RoleTerm, end: dict[int, date] | None = None) -> list[str]:
    """Sentences of a write that must be refused and must leave everything as it was."""
    before, events = rows(cast), AuditEvent.objects.count()
    with pytest.raises(DomainError) as caught:
        write_terms(SYSTEM, cast.cluster.pk, add, end)
    assert (rows(cast), AuditEvent.objects.count()) == (before, events)
    return [problem.sentence for problem in caught.value.problems]


def running(cast: Any, role: str = Role.CHAIR) -> RoleTerm:
    return RoleTerm.objects.get(cluster=cast.cluster, role=role)


def test_a_term_ends_where_the_next_begins_with_audit(cast: Any) -> None:
    chair = running(cast)
    write_terms(SYSTEM, cast.cluster.pk, [term(cast.member)], {chair.pk: DAY}, reason="Theo quyết định")
    assert rows(cast)[0] == (cast.chair.pk, CHAIR, date(2020, 1, 1), DAY)
    assert rows(cast)[2] == (cast.member.pk, CHAIR, DAY, None)
    chain = audit.cluster_chain(cast.cluster.pk)
    assert list(audit.verify(chain)) == []
    assert list(
        AuditEvent.objects.filter(chain=chain).order_by("seq").values_list("action", "reason", "role")
    ) == [
        ("term_end", "Theo quyết định", "system"),
        ("term_write", "Theo quyết định", "system"),
    ]


def test_a_second_chair_is_refused(cast: Any) -> None:
    assert refused(cast, term(cast.member)) == [
        "Ngày 01/07/2020 có hai Cụm trưởng: Ngân hàng Nhà nước và Cục Thống kê."
    ]


def test_a_second_chair_under_another_order_is_refused(cast: Any) -> None:
    assert "hai Cụm trưởng" in refused(cast, term(cast.member, order=2))[0]


def test_a_chair_whose_end_is_too_late_is_refused(cast: Any) -> None:
    assert "hai Cụm trưởng" in refused(cast, term(cast.member), end={running(cast).pk: date(2020, 7, 2)})[0]


def test_the_chair_is_no_deputy(cast: Any) -> None:
    sentences = refused(cast, term(cast.chair, Role.DEPUTY, 2))
    assert sentences == ["Ngày 01/07/2020, Ngân hàng Nhà nước vừa là Cụm trưởng vừa là Cụm phó."]


def test_no_two_agencies_on_one_seat_of_deputy(cast: Any) -> None:
    assert "cùng ở một ghế Cụm phó" in refused(cast, term(cast.member, Role.DEPUTY))[0]


def test_no_agency_twice(cast: Any) -> None:
    assert "được ghi hai lần làm Cụm phó" in refused(cast, term(cast.deputy, Role.DEPUTY, 2))[0]


def test_two_deputies_in_order_are_allowed(cast: Any) -> None:
    write_terms(SYSTEM, cast.cluster.pk, [term(cast.member, Role.DEPUTY, 2)])
    assert len(rows(cast)) == 3


def test_an_end_before_the_beginning_is_refused(cast: Any) -> None:
    assert refused(cast, end={running(cast).pk: date(2020, 1, 1)}) == [
        "Nhiệm kỳ Cụm trưởng của Ngân hàng Nhà nước phải kết thúc sau ngày bắt đầu 01/01/2020."
    ]


def test_a_stranger_is_refused(cast: Any) -> None:
    stranger = MembershipFactory(agency__name="Cục Hải quan").agency
    assert refused(cast, term(stranger, Role.DEPUTY, 2)) == [
        "Cục Hải quan không phải đơn vị thành viên của năm có ngày 01/07/2020 nên không thể làm Cụm phó."
    ]


def test_a_member_that_left_or_has_not_come_is_refused(cast: Any) -> None:
    cast.year.memberships.filter(agency=cast.member).update(left_on=DAY)
    cast.year.memberships.filter(agency=cast.other).update(joined_on=date(2020, 7, 2))
    for agency in (cast.member, cast.other):
        assert "không phải đơn vị thành viên" in refused(cast, term(agency, Role.DEPUTY, 2))[0]


def test_a_day_after_the_last_year_is_refused(cast: Any) -> None:
    assert (
        "không phải đơn vị thành viên"
        in refused(cast, term(cast.member, Role.DEPUTY, 2, date(2021, 1, 5)))[0]
    )


def test_the_coming_year_counts_before_it_begins(cast: Any) -> None:
    """A term that begins between two years serves the coming one."""
    coming = ClusterYearFactory(
        cluster=cast.cluster, label="2021", starts_on=date(2021, 2, 1), ends_on=date(2021, 12, 31)
    )
    MembershipFactory(year=coming, agency=cast.member, order=1)
    write_terms(SYSTEM, cast.cluster.pk, [term(cast.member, Role.DEPUTY, 2, date(2021, 1, 5))])
    assert len(rows(cast)) == 3


def test_a_term_of_another_cluster_cannot_be_ended(cast: Any) -> None:
    other = ClusterYearFactory(label="2020").cluster
    with pytest.raises(DomainError, match="thuộc cụm khác"):
        write_terms(SYSTEM, other.pk, end={running(cast).pk: DAY})
    assert running(cast).ends_on is None


def test_a_field_that_is_too_long_is_refused_with_its_place(cast: Any) -> None:
    with pytest.raises(DomainError) as caught:
        write_terms(SYSTEM, cast.cluster.pk, [term(cast.member, Role.DEPUTY, 2, decision_number="x" * 61)])
    assert [problem.field for problem in caught.value.problems] == ["decision_number"]


def test_nobody_but_the_officer_of_the_cluster_writes_terms(cast: Any) -> None:
    away = Actor(1, "officer", cluster_ids=frozenset({cast.cluster.pk + 1}))
    for actor in (away, Actor.of(cast.scope(cast.an)), Actor.of(cast.scope(cast.observer))):
        with pytest.raises(Refused, match="Thường trực Hội đồng"):
            write_terms(actor, cast.cluster.pk, [term(cast.member, Role.DEPUTY, 2)])
    write_terms(Actor.of(cast.scope(cast.officer)), cast.cluster.pk, [term(cast.member, Role.DEPUTY, 2)])
    event = AuditEvent.objects.latest("id")
    assert event.actor_id == cast.officer.pk
    assert event.role.startswith("council/officer/agency:")


def test_ending_a_term_where_it_ends_already_writes_no_audit(cast: Any) -> None:
    chair = running(cast)
    write_terms(SYSTEM, cast.cluster.pk, end={chair.pk: DAY})
    events = AuditEvent.objects.count()
    write_terms(SYSTEM, cast.cluster.pk, end={chair.pk: DAY})
    assert AuditEvent.objects.count() == events


def test_sentences_for_strangers_come_first() -> None:
    first, second = Term(1, CHAIR, 1, DAY), Term(2, CHAIR, 1, DAY)
    names = {1: "Cục Thuế", 2: "Kho bạc"}
    sentences = [problem.sentence for problem in check_terms([first, second], [second], names)]
    assert sentences == [
        "Kho bạc không phải đơn vị thành viên của năm có ngày 01/07/2020 nên không thể làm Cụm trưởng.",
        "Ngày 01/07/2020 có hai Cụm trưởng: Cục Thuế và Kho bạc.",
    ]


# -- races ---------------------------------------------------------------------------------------
@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_of_two_new_chairs_at_once_one_wins_and_one_gets_a_sentence(cast: Any) -> None:
    chair = running(cast)
    outcomes = race(
        lambda: write_terms(SYSTEM, cast.cluster.pk, [term(cast.member)], {chair.pk: DAY}),
        lambda: write_terms(
            SYSTEM,
            cast.cluster.pk,
            [term(cast.other, starts_on=date(2020, 7, 2))],
            {chair.pk: date(2020, 7, 2)},
        ),
    )
    assert len(values(outcomes)) == 1
    (error,) = errors(outcomes)
    assert isinstance(error, DomainError)
    assert "hai Cụm trưởng" in str(error)
    assert clashes(terms_of(cast.cluster.pk)) == []
    assert len(rows(cast)) == 3
    assert list(audit.verify(audit.cluster_chain(cast.cluster.pk))) == []


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_without_the_lock_both_would_win(cast: Any) -> None:
    """The control: the same look and the same write, without the lock on the cluster."""
    both_looked = threading.Barrier(2)

    def unlocked(new: RoleTerm) -> Callable[[], None]:
        def write() -> None:
            new.cluster = cast.cluster
            mine = Term(new.agency_id, new.role, new.order, new.starts_on)
            assert clashes([*terms_of(cast.cluster.pk), mine]) == []
            both_looked.wait(30)
            new.save()

        return write

    RoleTerm.objects.filter(pk=running(cast).pk).update(ends_on=DAY)
    outcomes = race(unlocked(term(cast.member)), unlocked(term(cast.other, starts_on=date(2020, 7, 2))))
    assert len(values(outcomes)) == 2
    assert [clash.code for clash in clashes(terms_of(cast.cluster.pk))] == ["two_chairs"]
