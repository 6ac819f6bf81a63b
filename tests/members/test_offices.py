"""Terms outside a hand-over: one of the past that is found out, a deputy who acts for a chair that is gone."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
import time_machine

from core import audit
from core.errors import DomainError, Refused
from core.models import AuditEvent
from members.domain.actor import Actor
from members.domain.offices import Acting, Paper, Record, record_term, start_acting
from members.domain.rotation import clashes
from members.domain.terms import terms_of
from members.enums import Basis, Role
from members.models import ClusterYear, RoleTerm
from tests.factories import AgencyFactory, ClusterYearFactory, MembershipFactory, RoleTermFactory
from tests.support.race import errors, race, values

pytestmark = pytest.mark.django_db
PAPER = Paper("12/QĐ-UBND", date(2019, 1, 3))


@pytest.fixture(autouse=True)
def _in_june() -> Iterator[None]:
    with time_machine.travel("2020-06-15 09:00+07:00", tick=False):
        yield


@pytest.fixture
def earlier(cast: Any) -> ClusterYear:
    """2019 with the same members; nobody knows who chaired."""
    year = ClusterYearFactory(cluster=cast.cluster, label="2019")
    for order, agency in enumerate(cast.agencies, 1):
        MembershipFactory(year=year, agency=agency, order=order)
    return year


def officer(cast: Any) -> Actor:
    return Actor.of(cast.scope(cast.officer))


def record(agency: Any, **more: Any) -> Record:
    given = {
        "role": Role.CHAIR, "order": 1, "starts_on": date(2019, 1, 5), "ends_on": date(2020, 1, 1),
        "basis": Basis.ELECTED, "paper": Paper("01/BB", date(2019, 1, 5)),
    }  # fmt: skip
    return Record(agency.pk, **{**given, **more})


def refused(cast: Any, wanted: Record | Acting) -> dict[str, str]:
    """Field → sentence; nothing was written."""
    before = (list(RoleTerm.objects.order_by("pk").values()), AuditEvent.objects.count())
    verb: Any = record_term if isinstance(wanted, Record) else start_acting
    with pytest.raises(DomainError) as caught:
        verb(officer(cast), cast.cluster.pk, wanted)
    assert (list(RoleTerm.objects.order_by("pk").values()), AuditEvent.objects.count()) == before
    return {problem.field: problem.sentence for problem in caught.value.problems}


# -- a term of the past --------------------------------------------------------------------------
def test_a_year_whose_chair_was_unknown_gets_known(cast: Any, earlier: ClusterYear) -> None:
    row = record_term(officer(cast), cast.cluster.pk, record(cast.other, note="theo lưu trữ"))
    assert (row.agency_id, row.starts_on, row.ends_on, row.decision_number) == (
        cast.other.pk, date(2019, 1, 5), date(2020, 1, 1), "01/BB",
    )  # fmt: skip
    event = AuditEvent.objects.get(chain=audit.cluster_chain(cast.cluster.pk))
    assert (event.action, event.reason, event.actor_id) == ("term_record", "theo lưu trữ", cast.officer.pk)
    again = refused(cast, record(cast.other, note="theo lưu trữ"))
    assert "được ghi hai lần làm Cụm trưởng" in again["chair"]


def test_a_second_deputy_has_its_place_and_a_chair_has_none(cast: Any, earlier: ClusterYear) -> None:
    two = record_term(officer(cast), cast.cluster.pk, record(cast.other, role=Role.DEPUTY, order=2))
    one = record_term(officer(cast), cast.cluster.pk, record(cast.member, order=2))
    assert (two.order, one.order) == (2, 1)


def test_clashes_are_said_in_words(cast: Any, earlier: ClusterYear) -> None:
    assert refused(cast, record(cast.other, ends_on=date(2020, 1, 2))) == {
        "chair": "Ngày 01/01/2020 có hai Cụm trưởng: Bảo hiểm xã hội và Ngân hàng Nhà nước."
    }
    assert "vừa là Cụm trưởng vừa là Cụm phó" in refused(cast, record(cast.deputy, ends_on=None))["deputy"]
    stranger = AgencyFactory(name="Sở Ngoài cụm", short_name="Sở Ngoài cụm")
    assert "không phải đơn vị thành viên" in refused(cast, record(stranger))["chair"]


def test_days_and_papers(cast: Any, earlier: ClusterYear) -> None:
    assert set(refused(cast, record(cast.other, starts_on=date(2020, 6, 16), ends_on=None))) == {"starts_on"}
    assert set(refused(cast, record(cast.other, ends_on=date(2019, 1, 5)))) == {"ends_on"}
    assert set(refused(cast, record(cast.other, basis=Basis.APPOINTED, paper=Paper()))) == {
        "decision_number",
        "decision_date",
    }
    assert set(refused(cast, record(cast.other, paper=Paper("1", date(2020, 6, 16))))) == {"decision_date"}


def test_nobody_but_the_officer_writes_terms(cast: Any, earlier: ClusterYear) -> None:
    for user in (cast.an, cast.binh, cast.chi, cast.lan, cast.observer):
        actor = Actor.of(cast.scope(user))
        with pytest.raises(Refused):
            record_term(actor, cast.cluster.pk, record(cast.other))
        with pytest.raises(Refused):
            start_acting(actor, cast.cluster.pk, Acting(cast.deputy.pk, date(2020, 6, 1), PAPER))


# -- a deputy acts -------------------------------------------------------------------------------
def acting(cast: Any, **more: Any) -> Acting:
    return Acting(**{"agency_id": cast.deputy.pk, "starts_on": date(2020, 6, 1), "paper": PAPER, **more})


def test_the_deputy_acts_and_the_other_deputy_goes_on(cast: Any) -> None:
    second = RoleTermFactory(cluster=cast.cluster, agency=cast.member, role=Role.DEPUTY, order=2)
    row = start_acting(officer(cast), cast.cluster.pk, acting(cast, note="giải thể"))
    assert (row.role, row.basis, row.starts_on, row.ends_on) == (
        Role.CHAIR, Basis.ACTING, date(2020, 6, 1), None,
    )  # fmt: skip
    ended = RoleTerm.objects.filter(ends_on=date(2020, 6, 1)).order_by("role")
    assert [(one.agency_id, one.role) for one in ended] == [
        (cast.chair.pk, Role.CHAIR),
        (cast.deputy.pk, Role.DEPUTY),
    ]
    second.refresh_from_db()
    assert second.ends_on is None
    assert [event.action for event in AuditEvent.objects.order_by("id")] == [
        "term_end",
        "term_end",
        "term_acting",
    ]
    assert cast.scope(cast.binh).is_chair
    assert not cast.scope(cast.an).is_chair
    assert set(refused(cast, acting(cast, note="giải thể"))) == {"agency", "starts_on"}


def test_the_chair_may_be_gone_already(cast: Any) -> None:
    RoleTerm.objects.filter(role=Role.CHAIR).update(ends_on=date(2020, 5, 1))
    start_acting(officer(cast), cast.cluster.pk, acting(cast))
    assert RoleTerm.objects.get(role=Role.CHAIR, ends_on=None).agency_id == cast.deputy.pk
    assert RoleTerm.objects.get(agency=cast.chair).ends_on == date(2020, 5, 1)


def test_only_a_deputy_of_that_day_acts_and_only_on_a_paper(cast: Any) -> None:
    assert refused(cast, acting(cast, agency_id=cast.member.pk, paper=Paper())) == {
        "agency": "Ngày 01/06/2020 đơn vị này không phải Cụm phó nên không thể tạm quyền Cụm trưởng.",
        "decision_number": "Tạm quyền thì phải ghi số văn bản giao.",
        "decision_date": "Tạm quyền thì phải ghi ngày của văn bản giao.",
    }
    assert set(refused(cast, acting(cast, starts_on=date(2020, 1, 1)))) == {"starts_on"}
    coming = RoleTermFactory(cluster=cast.cluster, agency=cast.other, starts_on=date(2020, 12, 1))
    RoleTerm.objects.filter(agency=cast.chair).update(ends_on=date(2020, 12, 1))
    assert "01/12/2020" in refused(cast, acting(cast))["starts_on"]
    coming.delete()
    ClusterYear.objects.filter(pk=cast.year.pk).update(sealed_at="2020-06-01T00:00:00Z")
    assert refused(cast, acting(cast)) == {"starts_on": "Năm 2020 đã đóng, không sửa được nữa."}


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_of_two_deputies_who_act_at_once_one_does(cast: Any) -> None:
    RoleTermFactory(cluster=cast.cluster, agency=cast.member, role=Role.DEPUTY, order=2)
    actor = officer(cast)
    outcomes = race(
        lambda: start_acting(actor, cast.cluster.pk, acting(cast)),
        lambda: start_acting(actor, cast.cluster.pk, acting(cast, agency_id=cast.member.pk)),
    )
    assert (len(values(outcomes)), len(errors(outcomes))) == (1, 1)
    assert isinstance(errors(outcomes)[0], DomainError)
    assert clashes(terms_of(cast.cluster.pk)) == []
