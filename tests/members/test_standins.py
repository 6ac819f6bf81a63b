"""Deputising: for whom, for how long, on which paper; both names in the audit (row A12)."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.contrib.auth import get_user_model

from core.audit_words import names_in, role_words
from core.errors import DomainError, Refused
from core.models import AuditEvent
from members.domain.passwords import make_link
from members.domain.people import add_function, change_person, end_person
from members.domain.standins import StandIn, a_year_after, candidates, deputise
from members.enums import Function
from members.models import Person
from members.scope import functions_on
from tests.factories import ClusterFactory, OfficerFactory, PersonFactory
from tests.members.people_support import given, invited, row_of, text, today
from tests.support.race import errors, race, values

pytestmark = pytest.mark.django_db
User = get_user_model()
PAPER = "Giấy ủy quyền số 12/GUQ-CTK ngày 03/08/2021"


def paper(stand_in: Person, **changes: Any) -> StandIn:
    values = {
        "stand_in_id": stand_in.pk, "post": "", "starts_on": today(), "ends_on": today() + timedelta(days=10),
        "paper": PAPER,
    }  # fmt: skip
    return StandIn(**{**values, **changes})


def chi_for_lan(cast: Any, **changes: Any) -> Person:
    return deputise(cast.scope(cast.lan), row_of(cast.lan).pk, paper(row_of(cast.chi), **changes))


# -- the right ------------------------------------------------------------------------------------
def test_who_stands_in_has_the_function_for_those_days(cast: Any, time_machine: Any) -> None:
    time_machine.move_to("2021-08-02 08:00 +0700", tick=False)
    client = cast.client(cast.chi)
    chi_for_lan(cast, starts_on=date(2021, 8, 3), ends_on=date(2021, 8, 6))
    address = cast.url("invitation_add")
    for moment, status in (
        ("2021-08-02 23:59:59", 403), ("2021-08-03 00:00:00", 200), ("2021-08-05 23:59:59", 200),
        ("2021-08-06 00:00:00", 403),
    ):  # fmt: skip
        time_machine.move_to(f"{moment} +0700", tick=False)
        cast.new_session(cast.chi)
        assert (moment, cast.client(cast.chi).get(address).status_code) == (moment, status)
    assert client


def test_it_ends_with_the_function_of_the_one_stood_in_for(cast: Any) -> None:
    row = chi_for_lan(cast)
    assert row in functions_on(cast.chi, today())
    end_person(cast.scope(cast.officer), row_of(cast.lan).pk, today(), "Nghỉ hưu", sure=True)
    assert row not in functions_on(cast.chi, today())
    assert cast.client(cast.chi).get(cast.url("invitation_add")).status_code == 403


def test_it_can_be_ended_early_at_once(cast: Any) -> None:
    row = chi_for_lan(cast)
    assert cast.client(cast.chi).get(cast.url("invitation_add")).status_code == 200
    sent = {"on": f"{today():%d/%m/%Y}", "reason": "Về sớm"}
    assert cast.client(cast.lan).post(cast.url("person_end", pk=row.pk), sent).status_code == 302
    assert cast.client(cast.chi).get(cast.url("invitation_add")).status_code == 403


def test_the_name_is_shown_with_the_post_one_stands_in_for(cast: Any) -> None:
    Person.objects.filter(user=cast.lan).update(post="Cục trưởng")
    Person.objects.filter(user=cast.chi).update(post="Phó Cục trưởng")
    User.objects.filter(pk=cast.lan.pk).update(last_name="Trần Thị", first_name="Lan")
    row = chi_for_lan(cast)
    page = text(cast.client(cast.lan).get(cast.url("people")))
    assert "Phó Cục trưởng, thay Cục trưởng Trần Thị Lan" in page
    assert "<b>Phó Cục trưởng, thay Cục trưởng</b>" in text(cast.client(cast.chi).get(cast.url("year_home")))
    page = text(cast.client(cast.lan).get(cast.url("person", pk=row_of(cast.lan).pk)))
    assert "Người làm thay" in page
    assert f"đến hết {today() + timedelta(days=9):%d/%m/%Y}" in page
    assert "Cho thôi làm thay" in text(cast.client(cast.lan).get(cast.url("person", pk=row.pk)))


# -- both names (A12) -----------------------------------------------------------------------------
def test_a12_what_a_stand_in_does_leaves_both_names(cast: Any) -> None:
    User.objects.filter(pk=cast.lan.pk).update(last_name="Trần Thị", first_name="Lan")
    chi_for_lan(cast)
    invited(cast, cast.chi)
    event = AuditEvent.objects.get(action="invitation_add")
    assert event.actor_id == cast.chi.pk
    assert event.role == f"member/leader/agency:{cast.member.pk}/for:{cast.lan.pk}"
    words = role_words(event.role, names_in([event]))
    assert words == f"thành viên, lãnh đạo đơn vị, đơn vị #{cast.member.pk}, làm thay Trần Thị Lan"
    page = text(cast.client(cast.officer).get("/admin/core/auditevent/"))
    assert "làm thay Trần Thị Lan" in page
    assert f"chi (#{cast.chi.pk})" in page
    page = text(cast.client(cast.officer).get(f"/admin/core/auditevent/{event.pk}/change/"))
    assert "làm thay Trần Thị Lan" in page
    assert "chi" in page


def test_a12_control_with_the_own_function_alone_there_is_one_name(cast: Any) -> None:
    invited(cast, cast.lan)
    event = AuditEvent.objects.get(action="invitation_add")
    assert "for" not in event.role
    assert "làm thay" not in role_words(event.role, names_in([event]))


def test_a_name_that_is_gone_stays_a_number() -> None:
    assert role_words("member/leader/agency:7/for:12") == (
        "thành viên, lãnh đạo đơn vị, đơn vị #7, làm thay tài khoản #12"
    )


def test_the_naming_itself_is_in_the_audit_with_its_paper(cast: Any) -> None:
    row = chi_for_lan(cast)
    event = AuditEvent.objects.get(action="stand_in_add")
    assert (event.reason, event.target_id, event.actor_id) == (PAPER, str(row.pk), cast.lan.pk)
    assert f'"for_user_id":{cast.lan.pk}' in event.after
    assert f'"user_id":{cast.chi.pk}' in event.after


# -- the page -------------------------------------------------------------------------------------
def sent(cast: Any, **changes: str) -> dict[str, str]:
    return {
        "stand_in": str(row_of(cast.chi).pk), "post": "", "starts_on": f"{today():%d/%m/%Y}",
        "ends_on": f"{today() + timedelta(days=9):%d/%m/%Y}", "paper": PAPER, **changes,
    }  # fmt: skip


def test_the_form_names_the_stand_in(cast: Any) -> None:
    address = cast.url("person_stand_in", pk=row_of(cast.lan).pk)
    assert cast.client(cast.lan).post(address, sent(cast)).status_code == 302
    row = Person.objects.get(stands_for__user=cast.lan)
    assert (row.user, row.function, row.ends_on) == (cast.chi, Function.LEADER, today() + timedelta(days=10))


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"stand_in": ""}, "stand_in"),
        ({"stand_in": "987654321"}, "stand_in"),
        ({"ends_on": ""}, "ends_on"),
        ({"ends_on": "1/1/2020"}, "ends_on"),
        ({"paper": " "}, "paper"),
        ({"starts_on": "1/1/2019"}, "ends_on"),
    ],
)
def test_what_is_wrong_stands_beside_its_field(cast: Any, changes: dict[str, str], field: str) -> None:
    answer = cast.client(cast.lan).post(
        cast.url("person_stand_in", pk=row_of(cast.lan).pk), sent(cast, **changes)
    )
    assert answer.status_code == 422
    assert answer.context["form"].errors[field]
    assert not Person.objects.filter(stands_for__isnull=False).exists()


def test_an_agency_with_one_person_is_told_to_invite(cast: Any) -> None:
    Person.objects.filter(user=cast.chi).update(ends_on=today())
    page = text(cast.client(cast.lan).get(cast.url("person_stand_in", pk=row_of(cast.lan).pk)))
    assert "mời thêm người trước" in page


# -- refused --------------------------------------------------------------------------------------
def test_only_people_of_the_agency_with_a_function_of_their_own(cast: Any) -> None:
    lan = row_of(cast.lan)
    PersonFactory(agency=cast.member, ends_on=today())
    PersonFactory(agency=cast.member, user__is_active=False)
    assert [one.user for one in candidates(lan, today())] == [cast.chi]
    with pytest.raises(DomainError, match="chính đơn vị này"):
        deputise(cast.scope(cast.officer), lan.pk, paper(row_of(cast.binh)))


def test_no_stand_in_of_a_stand_in(cast: Any) -> None:
    row = chi_for_lan(cast)
    third = PersonFactory(agency=cast.member)
    for user in (cast.lan, cast.officer):
        with pytest.raises(DomainError, match="không cử tiếp"):
            deputise(cast.scope(user), row.pk, paper(third))
    with pytest.raises(DomainError, match="không cử tiếp"):
        deputise(cast.scope(cast.chi), row_of(cast.lan).pk, paper(third))


def test_a_year_at_most(cast: Any) -> None:
    assert (a_year_after(date(2024, 2, 29)), a_year_after(date(2021, 8, 3))) == (
        date(2025, 3, 1), date(2022, 8, 3),
    )  # fmt: skip
    with pytest.raises(DomainError, match="một năm"):
        chi_for_lan(cast, ends_on=a_year_after(today()) + timedelta(days=1))
    assert chi_for_lan(cast, ends_on=a_year_after(today()))


def test_one_stand_in_at_a_time(cast: Any) -> None:
    chi_for_lan(cast)
    third = PersonFactory(agency=cast.member)
    last = today() + timedelta(days=10)
    with pytest.raises(DomainError, match="Đã có người làm thay"):
        deputise(
            cast.scope(cast.lan),
            row_of(cast.lan).pk,
            paper(third, starts_on=last - timedelta(days=1), ends_on=last + timedelta(days=3)),
        )
    assert deputise(
        cast.scope(cast.lan),
        row_of(cast.lan).pk,
        paper(third, starts_on=last, ends_on=last + timedelta(days=3)),
    )


def test_not_beyond_the_days_of_the_one_stood_in_for(cast: Any) -> None:
    Person.objects.filter(user=cast.lan).update(ends_on=today() + timedelta(days=5))
    with pytest.raises(DomainError, match="thôi chức năng từ ngày"):
        chi_for_lan(cast)
    Person.objects.filter(user=cast.lan).update(starts_on=today() + timedelta(days=2))
    with pytest.raises(DomainError, match="nhận chức năng từ ngày"):
        deputise(
            cast.scope(cast.officer), row_of(cast.lan).pk,
            paper(row_of(cast.chi), ends_on=today() + timedelta(days=3)),
        )  # fmt: skip


@pytest.mark.parametrize("who", ["chi", "an", "observer"])
def test_nobody_else_names_one(cast: Any, who: str) -> None:
    with pytest.raises(Refused):
        deputise(cast.scope(getattr(cast, who)), row_of(cast.lan).pk, paper(row_of(cast.chi)))


# -- what a stand-in may not ----------------------------------------------------------------------
def test_a_stand_in_does_not_turn_the_days_into_more(cast: Any) -> None:
    row, lan = chi_for_lan(cast), row_of(cast.lan)
    third = PersonFactory(agency=cast.member)
    scope = cast.scope(cast.chi)
    with pytest.raises(DomainError, match="người mình thay"):
        end_person(scope, lan.pk, today(), "x", sure=True)
    with pytest.raises(DomainError, match="người mình thay"):
        change_person(scope, lan.pk, "x", None)
    with pytest.raises(DomainError, match="người mình thay"):
        make_link(scope, lan.pk)
    with pytest.raises(DomainError, match="không sửa được"):
        change_person(scope, row.pk, "x", today() + timedelta(days=99))
    with pytest.raises(DomainError, match="không giao được chức năng lãnh đạo"):
        add_function(scope, third.pk, given(cast, function=Function.LEADER))
    with pytest.raises(DomainError, match="không giao được chức năng lãnh đạo"):
        invited(cast, cast.chi, function=Function.LEADER)
    assert invited(cast, cast.chi)


# -- the council ----------------------------------------------------------------------------------
def test_an_officer_names_another_of_the_council_for_the_own_function(cast: Any) -> None:
    mine = row_of(cast.officer)
    colleague = OfficerFactory(agency=mine.agency, cluster=ClusterFactory())
    assert cast.scope(colleague.user) is None
    assert row_of(cast.observer) in candidates(mine, today())
    row = deputise(cast.scope(cast.officer), mine.pk, paper(colleague))
    assert cast.scope(colleague.user).is_officer
    assert (row.cluster, row.function) == (cast.cluster, Function.OFFICER)
    end_person(cast.scope(cast.officer), row.pk, today(), "Về sớm")
    assert cast.scope(colleague.user) is None


def test_nobody_names_one_for_another_of_the_council(cast: Any) -> None:
    for user in (cast.officer, cast.lan):
        with pytest.raises(Refused):
            deputise(cast.scope(user), row_of(cast.observer).pk, paper(row_of(cast.officer)))


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_two_named_at_once_and_one_stands_in(cast: Any) -> None:
    third, lan = PersonFactory(agency=cast.member), row_of(cast.lan)
    scopes = cast.scope(cast.lan), cast.scope(cast.officer)
    outcomes = race(
        lambda: deputise(scopes[0], lan.pk, paper(row_of(cast.chi))),
        lambda: deputise(scopes[1], lan.pk, paper(third)),
    )
    assert len(values(outcomes)) == 1
    assert [type(error) for error in errors(outcomes)] == [DomainError]
    assert Person.objects.filter(stands_for=lan).count() == 1
