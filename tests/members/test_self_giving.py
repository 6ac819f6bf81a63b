"""Nobody gives oneself anything by a way round: links, standing in, passwords of others, agencies of other clusters."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse

from core.errors import DomainError, Refused
from members.domain import links
from members.domain.invitations import accept_as, invite
from members.domain.links import LinkDead
from members.domain.passwords import make_link
from members.domain.people import add_function, change_person, end_person
from members.domain.standins import StandIn, deputise
from members.enums import Function
from members.models import Invitation, Person
from tests.factories import ClusterYearFactory, MembershipFactory, OfficerFactory, PersonFactory
from tests.members.people_support import given, invited, row_of, text, today
from tests.support.race import errors, race, values

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def standing_in(cast: Any, principal: Person, stand_in: Person, by: Any) -> Person:
    given = StandIn(stand_in.pk, "", today(), today() + 10 * DAY, "Giấy ủy quyền số 12")
    return deputise(cast.scope(by), principal.pk, given)


def another_leader(cast: Any, **more: Any) -> Person:
    return PersonFactory(agency=cast.member, function=Function.LEADER, **more)


# -- links ----------------------------------------------------------------------------------------
def test_nobody_accepts_the_own_invitation(cast: Any) -> None:
    """A leader whose days run out could go on by a link made for oneself."""
    Person.objects.filter(user=cast.lan).update(ends_on=today() + 5 * DAY)
    row, secret = invited(cast, function=Function.LEADER, starts_on=today() + 5 * DAY)
    answer = cast.client(cast.lan).post(reverse("invitation", kwargs={"token": secret}))
    assert (answer.status_code, "Không ai tự giao chức năng cho mình" in text(answer)) == (422, True)
    assert not Person.objects.filter(user=cast.lan, starts_on__gt=today()).exists()
    assert Invitation.objects.get(pk=row.pk).used_at is None
    assert accept_as(secret, cast.chi)


def test_an_officer_does_not_join_an_agency_by_the_own_link(cast: Any) -> None:
    _row, secret = invited(cast, cast.officer, agency_id=cast.chair.pk, function=Function.LEADER)
    with pytest.raises(DomainError, match="tự giao chức năng"):
        accept_as(secret, cast.officer)


def test_a_link_for_a_leader_dies_when_its_maker_only_stands_in(cast: Any) -> None:
    other = another_leader(cast)
    _row, secret = invited(cast, function=Function.LEADER)
    Person.objects.filter(user=cast.lan).update(ends_on=today())
    PersonFactory(
        user=cast.lan, agency=cast.member, function=Function.LEADER, stands_for=other, ends_on=today() + DAY
    )
    with pytest.raises(LinkDead):
        links.find(secret)


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_two_links_for_the_same_function_at_once_give_it_once(cast: Any) -> None:
    secrets = [invited(cast, agency_id=cast.member.pk)[1] for _ in range(2)]
    outcomes = race(*(lambda secret=secret: accept_as(secret, cast.dung) for secret in secrets))
    assert len(values(outcomes)) == 1
    assert [type(error) for error in errors(outcomes)] == [DomainError]
    assert Person.objects.filter(user=cast.dung, agency=cast.member).count() == 1


# -- standing in ----------------------------------------------------------------------------------
def test_nobody_names_oneself_to_stand_in(cast: Any) -> None:
    """A leader for five more days would lead on for a year in a colleague's place."""
    colleague = another_leader(cast)
    Person.objects.filter(user=cast.lan).update(ends_on=today() + 5 * DAY)
    with pytest.raises(DomainError, match="tự cử mình"):
        standing_in(cast, colleague, row_of(cast.lan), cast.lan)
    page = cast.client(cast.lan).get(cast.url("person_stand_in", pk=colleague.pk))
    assert row_of(cast.lan).pk not in dict(page.context["form"].fields["stand_in"].choices)
    assert standing_in(cast, colleague, row_of(cast.lan), colleague.user)


def test_an_officer_names_nobody_at_an_agency_of_another_cluster_too(cast: Any) -> None:
    """Who stands in there acts in the other cluster as well."""
    MembershipFactory(year=ClusterYearFactory(label="2020"), agency=cast.member, order=5)
    with pytest.raises(DomainError, match="còn thuộc cụm khác"):
        standing_in(cast, row_of(cast.lan), row_of(cast.chi), cast.officer)
    page = cast.client(cast.officer).get(cast.url("person", pk=row_of(cast.lan).pk))
    assert not page.context["can_deputise"]
    assert standing_in(cast, row_of(cast.lan), row_of(cast.chi), cast.lan)


def test_a_stand_in_lengthens_no_leader(cast: Any) -> None:
    colleague = another_leader(cast, ends_on=today() + 5 * DAY)
    standing_in(cast, row_of(cast.lan), row_of(cast.chi), cast.lan)
    with pytest.raises(DomainError, match="không giao được chức năng lãnh đạo"):
        change_person(cast.scope(cast.chi), colleague.pk, "x", None)
    assert change_person(cast.scope(cast.lan), colleague.pk, "x", None).ends_on is None


def test_a_stand_in_gets_into_no_leaders_account(cast: Any) -> None:
    colleague = another_leader(cast)
    standing_in(cast, row_of(cast.lan), row_of(cast.chi), cast.lan)
    with pytest.raises(DomainError, match="lãnh đạo"):
        make_link(cast.scope(cast.chi), colleague.pk)
    assert make_link(cast.scope(cast.chi), PersonFactory(agency=cast.member).pk)
    assert make_link(cast.scope(cast.lan), colleague.pk)


def test_nor_by_way_of_another_agency(cast: Any) -> None:
    """Leader of one agency, stand-in at another where the account leads."""
    PersonFactory(user=cast.chi, agency=cast.other, function=Function.LEADER)
    elsewhere = PersonFactory(user=cast.lan, agency=cast.other)
    standing_in(cast, row_of(cast.lan, agency=cast.member), row_of(cast.chi, agency=cast.member), cast.lan)
    with pytest.raises(DomainError, match="lãnh đạo"):
        make_link(cast.scope(cast.chi), elsewhere.pk)


# -- passwords of accounts that do more than one looks after ---------------------------------------
def test_what_the_account_will_do_elsewhere_counts_too(cast: Any) -> None:
    PersonFactory(user=cast.chi, agency=cast.other, starts_on=today() + DAY)
    with pytest.raises(DomainError, match="đơn vị khác"):
        make_link(cast.scope(cast.lan), row_of(cast.chi, agency=cast.member).pk)


def test_who_comes_to_the_council_tomorrow_is_a_superusers_to_reset(cast: Any) -> None:
    OfficerFactory(user=cast.chi, cluster=cast.cluster, starts_on=today() + DAY)
    for user in (cast.lan, cast.officer):
        with pytest.raises(DomainError, match="Hội đồng"):
            make_link(cast.scope(user), row_of(cast.chi, agency=cast.member).pk)


def test_who_left_is_not_the_former_leaders_to_reset(cast: Any) -> None:
    Person.objects.filter(user=cast.chi).update(ends_on=today())
    with pytest.raises(DomainError, match="đã thôi chức năng"):
        make_link(cast.scope(cast.lan), row_of(cast.chi).pk)


def test_a_link_dies_when_the_account_is_given_something_more(cast: Any) -> None:
    token = make_link(cast.scope(cast.lan), row_of(cast.chi).pk)[1]
    assert links.find(token)
    PersonFactory(user=cast.chi, agency=cast.other, function=Function.LEADER)
    with pytest.raises(LinkDead):
        links.find(token)


# -- whose function ended meanwhile -----------------------------------------------------------------
def test_who_waited_for_the_lock_while_the_own_function_was_ended_gives_nothing(cast: Any) -> None:
    """The rights of the moment the page was asked for do not count under the lock."""
    another_leader(cast)
    scope, chi = cast.scope(cast.lan), row_of(cast.chi)
    end_person(cast.scope(cast.officer), row_of(cast.lan).pk, today(), "Nghỉ hưu")
    for verb in (
        lambda: add_function(scope, chi.pk, given(cast, function=Function.LEADER)),
        lambda: change_person(scope, chi.pk, "x", None),
        lambda: end_person(scope, chi.pk, today(), "x"),
        lambda: invite(scope, given(cast), "Mai"),
        lambda: make_link(scope, chi.pk),
        lambda: deputise(scope, chi.pk, StandIn(row_of(cast.lan).pk, "", today(), today() + DAY, "Giấy")),
    ):
        with pytest.raises(Refused):
            verb()
