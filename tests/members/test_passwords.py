"""A new password by a link: who may make one, and when it is dead (row R7)."""

from __future__ import annotations

import math
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.contrib.auth import get_user_model
from django.test import Client
from django.urls import reverse

from core.errors import DomainError, Refused
from core.models import AuditEvent
from members.domain import links
from members.domain.links import LinkDead
from members.domain.passwords import choose, make_link
from members.enums import Function
from members.models import Invitation, Person
from tests.factories import PASSWORD, ClusterYearFactory, MembershipFactory, PersonFactory
from tests.members.people_support import SECRET, link_in, row_of, text
from tests.support.race import errors, race, values

pytestmark = pytest.mark.django_db
User = get_user_model()
OTHER = "câu khác cũng dễ nhớ"


def made(cast: Any, user: Any | None = None, of: Any | None = None) -> str:
    return make_link(cast.scope(user or cast.lan), row_of(of or cast.chi).pk)[1]


def path_of(token: str) -> str:
    return reverse("invitation", kwargs={"token": token})


def dead(token: str) -> bool:
    return Client().get(path_of(token)).status_code == 404 == Client().post(
        path_of(token), {"password": OTHER, "again": OTHER}
    ).status_code  # fmt: skip


def test_a_leader_makes_a_link_and_the_owner_chooses(cast: Any) -> None:
    address = cast.url("person_password", pk=row_of(cast.chi).pk)
    assert "Bạn không biết mật khẩu đó" in text(cast.client(cast.lan).get(address))
    link = link_in(cast.client(cast.lan).post(address))
    holder = Client()
    assert "Cho tài khoản chi" in text(holder.get(link))
    done = holder.post(link, {"password": SECRET, "again": SECRET})
    assert "Đã đặt mật khẩu mới" in text(done)
    assert Client().login(username="chi", password=SECRET)
    assert not Client().login(username="chi", password=PASSWORD)
    assert [event.action for event in AuditEvent.objects.order_by("id")] == [
        "password_link",
        "password_reset",
    ]
    assert {event.chain for event in AuditEvent.objects.all()} == {f"cluster:{cast.cluster.pk}"}


def test_every_session_of_the_account_ends_and_no_other(cast: Any) -> None:
    inside = [cast.client(user) for user in (cast.chi, cast.lan)]
    choose(made(cast), SECRET)
    assert [client.get(cast.url("year_home")).status_code for client in inside] == [302, 200]


def test_r12_the_token_has_256_bits_and_is_not_kept(cast: Any) -> None:
    token = made(cast)
    secret = token.partition(".")[0]
    assert len(secret) * math.log2(64) >= 256
    assert Invitation.objects.get().token_hash == links.hash_of(secret) != secret


# -- dead (R7) ------------------------------------------------------------------------------------
def test_r7_a_used_link_is_dead(cast: Any) -> None:
    token = made(cast)
    choose(token, SECRET)
    assert dead(token)
    with pytest.raises(LinkDead):
        choose(token, OTHER)


def test_r7_a_link_is_dead_after_a_day(cast: Any) -> None:
    with time_machine.travel("2021-03-01 08:00 +0700", tick=False) as clock:
        token = made(cast)
        clock.shift(timedelta(hours=24) - timedelta(seconds=1))
        assert not dead(token) or User.objects.get(pk=cast.chi.pk).check_password(OTHER)
        token = made(cast)
        clock.shift(timedelta(hours=24))
        assert dead(token)


@pytest.mark.parametrize("password", [SECRET, PASSWORD])
def test_r7_a_link_is_dead_after_any_change_of_the_password(cast: Any, password: str) -> None:
    """By whatever way, to the same words too: each change makes another salt."""
    token = made(cast)
    account = User.objects.get(pk=cast.chi.pk)
    account.set_password(password)
    account.save()
    assert dead(token)
    assert User.objects.get(pk=cast.chi.pk).check_password(password)


def test_r7_a_link_is_dead_once_the_account_is_disabled(cast: Any) -> None:
    token = made(cast)
    User.objects.filter(pk=cast.chi.pk).update(is_active=False)
    assert dead(token)


def test_a_second_link_kills_the_first(cast: Any) -> None:
    first, second = made(cast), made(cast)
    assert dead(first)
    assert links.find(second)


def test_the_mark_of_another_password_does_not_fit(cast: Any) -> None:
    token = made(cast)
    secret = token.partition(".")[0]
    for wrong in (secret, f"{secret}.{'0' * 32}", f"{secret}.{links.password_mark(cast.lan)}"):
        assert dead(wrong)


def test_a_link_dies_when_the_account_comes_to_act_for_the_council(cast: Any) -> None:
    token = made(cast)
    PersonFactory(user=cast.chi, function=Function.OFFICER, all_clusters=True)
    assert dead(token)


# -- who ------------------------------------------------------------------------------------------
@pytest.mark.parametrize("who", ["chi", "an", "observer"])
def test_nobody_else_makes_one(cast: Any, who: str) -> None:
    with pytest.raises(Refused):
        made(cast, getattr(cast, who))


def test_an_officer_may_and_nobody_for_oneself(cast: Any) -> None:
    assert made(cast, cast.officer)
    with pytest.raises(DomainError, match="Đổi mật khẩu"):
        made(cast, cast.lan, of=cast.lan)


def test_accounts_of_council_and_office_are_a_superusers_to_reset(cast: Any) -> None:
    with pytest.raises(Refused):
        made(cast, cast.officer, of=cast.observer)
    PersonFactory(user=cast.root, agency=cast.member)
    with pytest.raises(DomainError, match="quản trị hệ thống"):
        make_link(cast.scope(cast.lan), row_of(cast.root).pk)
    cast.officer.is_superuser = True
    cast.officer.save()
    assert choose(made(cast, cast.officer, of=cast.observer), SECRET) == cast.observer


def test_an_account_of_two_agencies_needs_who_looks_after_both(cast: Any) -> None:
    PersonFactory(user=cast.chi, agency=cast.other)
    with pytest.raises(DomainError, match="đơn vị khác"):
        make_link(cast.scope(cast.lan), Person.objects.get(user=cast.chi, agency=cast.member).pk)
    pk = Person.objects.get(user=cast.chi, agency=cast.member).pk
    assert make_link(cast.scope(cast.officer), pk)
    away = MembershipFactory(year=ClusterYearFactory(label="2020")).agency
    PersonFactory(user=cast.chi, agency=away)
    with pytest.raises(DomainError, match="đơn vị khác"):
        make_link(cast.scope(cast.officer), pk)


def test_a_disabled_account_gets_none(cast: Any) -> None:
    User.objects.filter(pk=cast.chi.pk).update(is_active=False)
    answer = cast.client(cast.lan).post(cast.url("person_password", pk=row_of(cast.chi).pk))
    assert (answer.status_code, "đã khóa" in text(answer)) == (422, True)


def test_a_weak_password_is_refused_and_the_link_stays(cast: Any) -> None:
    token = made(cast)
    for password, again in (("ngắn", "ngắn"), (SECRET, OTHER), ("", ""), ("a" * 300, "a" * 300)):
        answer = Client().post(path_of(token), {"password": password, "again": again})
        assert answer.status_code == 422
    assert links.find(token)


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_two_choose_at_once_and_one_wins(cast: Any) -> None:
    token = made(cast)
    outcomes = race(lambda: choose(token, SECRET), lambda: choose(token, OTHER))
    assert len(values(outcomes)) == 1
    assert [type(error) for error in errors(outcomes)] == [LinkDead]
