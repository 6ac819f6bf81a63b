"""Invitations: made by who may, shown once, hashed, dead when they should be, accepted once (row R12)."""

from __future__ import annotations

import hashlib
import math
import re
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
import time_machine
from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from core.errors import DomainError, Refused
from core.models import AuditEvent
from members.domain import invitations, links
from members.domain.invitations import Newcomer, accept_as, accept_as_new, invite, revoke
from members.domain.links import LinkDead
from members.enums import Function
from members.models import Invitation, Person
from members.scope import functions_on
from tests.factories import ClusterYearFactory, MembershipFactory, PersonFactory, UserFactory
from tests.members.people_support import SECRET, given, invited, link_in, row_of, text, today
from tests.support.race import errors, meeting_point, race, values

pytestmark = pytest.mark.django_db
User = get_user_model()
MAI = Newcomer("Nguyễn Thị Mai", "mai.nguyen", SECRET)


def posted(cast: Any, **changes: Any) -> dict[str, Any]:
    return {
        "name": "Nguyễn Thị Mai", "agency": cast.member.pk, "function": Function.CLERK, "post": "Chuyên viên",
        "starts_on": "1/1/2021", "ends_on": "", "submit_key": "k" * 32, **changes,
    }  # fmt: skip


def accepting(**changes: Any) -> dict[str, str]:
    return {
        "name": "Nguyễn Thị Mai",
        "username": "mai.nguyen",
        "password": SECRET,
        "again": SECRET,
        **changes,
    }


def path_of(token: str) -> str:
    return reverse("invitation", kwargs={"token": token})


# -- the secret (R12) -----------------------------------------------------------------------------
def test_r12_a_link_has_256_bits_and_only_its_hash_is_kept(cast: Any) -> None:
    row, secret = invited(cast)
    assert len(secret) * math.log2(64) >= 256
    assert len({links.new_secret() for _time in range(100)}) == 100
    row.refresh_from_db()
    assert row.token_hash == hashlib.sha256(secret.encode()).hexdigest()
    stored = [str(getattr(row, field.attname)) for field in row._meta.concrete_fields]
    stored += [event.before + event.after + event.reason for event in AuditEvent.objects.all()]
    assert not any(secret in value for value in stored)


def test_r12_the_link_expires(cast: Any, settings: Any) -> None:
    settings.INVITATION_DAYS = 3
    with time_machine.travel("2021-03-01 08:00 +0700", tick=False) as clock:
        _row, secret = invited(cast)
        clock.shift(timedelta(days=3) - timedelta(seconds=1))
        assert Client().get(path_of(secret)).status_code == 200
        clock.shift(1)
        assert Client().get(path_of(secret)).status_code == 404
        with pytest.raises(LinkDead):
            accept_as_new(secret, MAI)


def test_r12_posts_are_limited_for_an_address_and_say_how_long(cast: Any, settings: Any) -> None:
    settings.ACCOUNT_RATE_LIMITS = {**settings.ACCOUNT_RATE_LIMITS, "invitation": "3/10m/ip"}
    _row, secret = invited(cast)
    wrong = path_of("a" * 43)
    with time_machine.travel(timezone.now(), tick=False) as clock:
        assert [Client().post(wrong).status_code for _time in range(5)] == [404, 404, 404, 429, 429]
        refused = Client().post(path_of(secret), accepting())
        assert (refused.status_code, refused["Retry-After"]) == (429, "600")
        assert "Chờ 10 phút rồi thử lại." in text(refused)
        assert Client().post(wrong, REMOTE_ADDR="10.0.0.9").status_code == 404
        clock.shift(601)
        assert Client().post(path_of(secret), accepting()).status_code == 302


def test_unknown_used_expired_revoked_and_guessed_links_answer_alike(cast: Any) -> None:
    (used, first), (gone, second), (late, third) = invited(cast), invited(cast), invited(cast)
    accept_as_new(first, MAI)
    revoke(cast.scope(cast.lan), gone.pk)
    Invitation.objects.filter(pk=late.pk).update(expires_at=timezone.now())
    tokens = [first, second, third, "A" * 43, "x", "a" * 43 + "." + "0" * 32, third + ".", "%00", "ố"]
    answers = []
    for token in tokens:
        for answer in (
            Client().get(path_of(token)),
            Client().post(path_of(token), accepting(username="khac")),
        ):
            answers.append((answer.status_code, re.sub(r"/moi/[^\"]*", "/moi/…", answer.content.decode())))
    assert {status for status, _body in answers} == {404}
    assert len({body for _status, body in answers}) == 1
    assert used.pk
    assert Person.objects.filter(user__username="khac").count() == 0


def test_a_dead_link_leaves_no_secret_in_the_audit(cast: Any) -> None:
    row, secret = invited(cast)
    revoke(cast.scope(cast.lan), row.pk)
    assert cast.client(cast.dung).post(path_of(secret)).status_code == 404
    event = AuditEvent.objects.get(action="refused")
    assert '"path":"/moi/…/"' in event.after


def test_the_page_of_a_link_is_kept_nowhere_and_tells_no_other_site(cast: Any) -> None:
    _row, secret = invited(cast)
    answer = Client().get(path_of(secret))
    assert "no-store" in answer["Cache-Control"]
    # Not "no-referrer": browsers would send "Origin: null" with the form, which is refused as forged.
    assert answer["Referrer-Policy"] == "same-origin"
    assert "noindex" in text(answer)


# -- making ---------------------------------------------------------------------------------------
def test_a_leader_invites_and_sees_the_link_once(cast: Any) -> None:
    client, address = cast.client(cast.lan), cast.url("invitation_add")
    assert client.get(address).status_code == 200
    answer = client.post(address, posted(cast))
    assert answer.status_code == 200
    link = link_in(answer)
    assert "Liên kết chỉ hiện một lần." in text(answer)
    row = Invitation.objects.get()
    assert (row.agency, row.function, row.post, row.name) == (
        cast.member, Function.CLERK, "Chuyên viên", "Nguyễn Thị Mai",
    )  # fmt: skip
    again = client.post(address, posted(cast))
    assert again.status_code == 302
    page = text(client.get(cast.url("people")))
    assert Invitation.objects.count() == 1
    assert "Nguyễn Thị Mai" in page
    assert "Lời mời đang chờ" in page
    assert link not in page
    assert "Tạo tài khoản" in text(Client().get(link))


def test_making_and_accepting_are_in_the_audit_without_a_name(cast: Any) -> None:
    _row, secret = invited(cast)
    person = accept_as_new(secret, MAI)
    made, taken = AuditEvent.objects.order_by("id")
    assert [made.action, taken.action] == ["invitation_add", "invitation_accept"]
    assert made.chain == taken.chain == f"cluster:{cast.cluster.pk}"
    assert (made.actor_id, taken.actor_id) == (cast.lan.pk, person.user_id)
    assert "Mai" not in made.after + taken.after


@pytest.mark.parametrize("who", ["chi", "an", "binh", "observer"])
def test_nobody_else_invites(cast: Any, who: str) -> None:
    user = getattr(cast, who)
    for method in ("get", "post"):
        answer = getattr(cast.client(user), method)(cast.url("invitation_add"), posted(cast))
        assert answer.status_code == 403
    with pytest.raises(Refused):
        invite(cast.scope(user), given(cast), "Mai")
    assert not Invitation.objects.exists()


def test_an_outsider_gets_404_and_a_visitor_signs_in(cast: Any) -> None:
    assert cast.client(cast.dung).get(cast.url("invitation_add")).status_code == 404
    assert cast.client().get(cast.url("invitation_add")).status_code == 302


def test_a_leader_invites_for_the_own_agency_alone(cast: Any) -> None:
    answer = cast.client(cast.lan).post(cast.url("invitation_add"), posted(cast, agency=cast.other.pk))
    assert answer.status_code == 422
    with pytest.raises(Refused):
        invite(cast.scope(cast.lan), given(cast, agency_id=cast.other.pk), "Mai")


def test_an_officer_invites_for_every_agency_no_other_cluster_has_a_say_in(cast: Any) -> None:
    for agency in cast.agencies:
        assert invited(cast, cast.officer, agency_id=agency.pk)[0].agency == agency
    MembershipFactory(year=ClusterYearFactory(label="2020"), agency=cast.other, order=5)
    with pytest.raises(DomainError, match="còn thuộc cụm khác"):
        invited(cast, cast.officer, agency_id=cast.other.pk)


@pytest.mark.parametrize("function", [Function.OFFICER, Function.OBSERVER])
def test_council_functions_are_a_superusers_to_give(cast: Any, function: str) -> None:
    for user in (cast.officer, cast.lan):
        with pytest.raises(Refused):
            invited(cast, user, function=function)
    cast.officer.is_superuser = True
    cast.officer.save()
    council = row_of(cast.officer).agency
    row, secret = invited(cast, cast.officer, function=function, agency_id=council.pk)
    person = accept_as(secret, UserFactory())
    assert (row.cluster, person.cluster, person.function) == (cast.cluster, cast.cluster, function)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"name": " "}, "name"),
        ({"function": ""}, "function"),
        ({"function": Function.OFFICER}, "function"),
        ({"agency": "x"}, "agency"),
        ({"starts_on": "32/1/2021"}, "starts_on"),
        ({"starts_on": ""}, "starts_on"),
        ({"starts_on": "2/1/2030", "ends_on": "1/1/2030"}, "ends_on"),
        ({"ends_on": "5/1/2021"}, "ends_on"),
    ],
)
def test_what_is_wrong_stands_beside_its_field_and_what_was_typed_stays(
    cast: Any, changes: dict[str, str], field: str
) -> None:
    answer = cast.client(cast.lan).post(cast.url("invitation_add"), posted(cast, **changes))
    assert answer.status_code == 422
    assert answer.context["form"].errors[field]
    assert "Chuyên viên" in text(answer)
    assert not Invitation.objects.exists()


# -- revoking -------------------------------------------------------------------------------------
def test_a_revoked_link_is_dead_and_its_name_forgotten(cast: Any) -> None:
    row, secret = invited(cast)
    answer = cast.client(cast.lan).post(cast.url("invitation_revoke", pk=row.pk), follow=True)
    assert "Đã thu hồi lời mời" in text(answer)
    row.refresh_from_db()
    assert (row.name, bool(row.revoked_at)) == ("", True)
    assert Client().get(path_of(secret)).status_code == 404
    assert cast.client(cast.lan).post(cast.url("invitation_revoke", pk=row.pk)).status_code == 404


def test_only_who_looks_after_the_agency_revokes(cast: Any) -> None:
    row, _secret = invited(cast)
    address = cast.url("invitation_revoke", pk=row.pk)
    boss = PersonFactory(agency=cast.other, function=Function.LEADER).user
    statuses = [cast.client(user).post(address).status_code for user in (cast.chi, cast.an, cast.dung, boss)]
    assert statuses == [403, 403, 404, 404]
    assert cast.client(cast.lan).get(address).status_code == 405
    assert cast.client(cast.officer).post(address).status_code == 302


def test_a_link_dies_with_the_right_to_make_it(cast: Any) -> None:
    _row, secret = invited(cast)
    assert links.find(secret)
    Person.objects.filter(user=cast.lan).update(ends_on=today())
    with pytest.raises(LinkDead):
        links.find(secret)
    Person.objects.filter(user=cast.lan).update(ends_on=None)
    User.objects.filter(pk=cast.lan.pk).update(is_active=False)
    with pytest.raises(LinkDead):
        links.find(secret)


# -- a newcomer -----------------------------------------------------------------------------------
def test_a_newcomer_chooses_name_and_password_and_is_in(cast: Any) -> None:
    _row, secret = invited(cast, post="Chuyên viên")
    client = Client()
    assert "Cục Thống kê tỉnh" in text(client.get(path_of(secret)))
    answer = client.post(path_of(secret), accepting(), follow=True)
    assert answer.redirect_chain[-1][0] == cast.url("year_home")
    account = User.objects.get(username="mai.nguyen")
    assert (account.last_name, account.first_name) == ("Nguyễn Thị", "Mai")
    assert account.check_password(SECRET)
    row = Invitation.objects.get()
    assert (row.name, row.person, bool(row.used_at)) == ("", row_of(account), True)


def test_the_new_account_has_the_function_and_no_other_right(cast: Any) -> None:
    _row, secret = invited(cast)
    account = accept_as_new(secret, MAI).user
    assert (account.is_staff, account.is_superuser, account.is_active) == (False, False, True)
    assert not account.groups.exists()
    assert not account.user_permissions.exists()
    assert [(one.agency, one.function) for one in functions_on(account, today())] == [
        (cast.member, Function.CLERK)
    ]


def test_the_session_is_a_new_one(cast: Any) -> None:
    _row, secret = invited(cast)
    client = Client()
    client.cookies["sessionid"] = "a" * 32
    client.post(path_of(secret), accepting())
    assert client.cookies["sessionid"].value not in ("", "a" * 32)


def test_a_function_to_come_gives_nothing_yet(cast: Any) -> None:
    _row, secret = invited(cast, starts_on=today() + timedelta(days=5))
    client = Client()
    answer = client.post(path_of(secret), accepting(), follow=True)
    assert "có hiệu lực từ ngày" in text(answer)
    assert client.get(cast.url("year_home")).status_code == 404


@pytest.mark.parametrize(
    "username",
    ["", "ma", "Mai.Nguyen", "mai nguyen", "thị.mai", ".mai", "mai-", "m" * 31, "chi", "mai@x", "CHI"],
)
def test_a_name_of_the_wrong_shape_and_a_taken_one_are_refused_alike(cast: Any, username: str) -> None:
    _row, secret = invited(cast)
    answer = Client().post(path_of(secret), accepting(username=username))
    assert answer.status_code == 422
    (sentence,) = answer.context["form"].errors["username"]
    assert sentence == (str(invitations.USERNAME_REFUSED) if username else "Chọn tên đăng nhập.")
    assert "Nguyễn Thị Mai" in text(answer)
    assert Invitation.objects.get().used_at is None


def test_names_are_compared_without_capitals_and_in_one_form(cast: Any) -> None:
    UserFactory(username="Mai.Nguyen")
    _row, secret = invited(cast)
    for username in ("mai.nguyen", "ｍai.nguyen"):
        with pytest.raises(DomainError):
            accept_as_new(secret, Newcomer("Mai", username, SECRET))
    assert accept_as_new(secret, Newcomer("Mai", "ｍai.tran", SECRET)).user.username == "mai.tran"


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"password": "ngắn", "again": "ngắn"}, "password"),
        ({"password": "password12345", "again": "password12345"}, "password"),
        ({"password": "123456789012345", "again": "123456789012345"}, "password"),
        ({"password": "mai.nguyen12", "again": "mai.nguyen12"}, "password"),
        ({"password": "a" * 257, "again": "a" * 257}, "password"),
        ({"again": "khác hẳn câu trên"}, "again"),
        ({"password": "", "again": ""}, "password"),
        ({"name": " "}, "name"),
    ],
)
def test_passwords_are_those_that_the_validators_let_through(
    cast: Any, changes: dict[str, str], field: str
) -> None:
    _row, secret = invited(cast)
    answer = Client().post(path_of(secret), accepting(**changes))
    assert answer.status_code == 422
    assert answer.context["form"].errors[field]
    assert not User.objects.filter(username="mai.nguyen").exists()


# -- an account that exists -----------------------------------------------------------------------
def test_who_is_signed_in_takes_the_function_into_the_own_account(cast: Any) -> None:
    _row, secret = invited(cast, function=Function.LEADER)
    client = cast.client(cast.dung)
    page = text(client.get(path_of(secret)))
    assert "Bạn đang đăng nhập bằng tài khoản <b>dung</b>" in page
    assert client.get(cast.url("year_home")).status_code == 404
    assert client.post(path_of(secret)).status_code == 302
    assert client.get(cast.url("year_home")).status_code == 200
    assert Person.objects.filter(user=cast.dung).count() == 2


def test_the_same_function_twice_is_refused_and_the_link_stays(cast: Any) -> None:
    _row, secret = invited(cast)
    answer = cast.client(cast.chi).post(path_of(secret))
    assert answer.status_code == 422
    assert "đã giữ chức năng này" in text(answer)
    assert links.find(secret)


def test_who_has_an_account_is_led_through_sign_in_and_back(cast: Any) -> None:
    _row, secret = invited(cast)
    assert f"/tai-khoan/dang-nhap/?next={path_of(secret)}" in text(Client().get(path_of(secret)))


# -- once -----------------------------------------------------------------------------------------
def test_a_link_works_once(cast: Any) -> None:
    _row, secret = invited(cast)
    accept_as_new(secret, MAI)
    with pytest.raises(LinkDead):
        accept_as(secret, cast.dung)
    assert Client().post(path_of(secret), accepting(username="hai")).status_code == 404


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_two_accept_at_once_and_one_gets_the_function(cast: Any) -> None:
    _row, secret = invited(cast)
    users = [UserFactory(), UserFactory()]
    outcomes = race(*[lambda user=user: accept_as(secret, user) for user in users])
    assert len(values(outcomes)) == 1
    assert [type(error) for error in errors(outcomes)] == [LinkDead]
    assert Person.objects.filter(user__in=users).count() == 1


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_control_without_the_condition_both_get_it(cast: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Found first, used afterwards, in no transaction: what the verb would be without its conditional UPDATE."""
    row, secret = invited(cast)
    users = [UserFactory(), UserFactory()]
    meet = meeting_point(2)

    def naive(user: Any) -> Person:
        found = links.find(secret)
        meet()
        Invitation.objects.filter(pk=found.pk).update(used_at=timezone.now())
        return Person.objects.create(
            user=user, agency_id=row.agency_id, function=row.function, starts_on=row.starts_on
        )

    assert len(values(race(*[lambda user=user: naive(user) for user in users]))) == 2
    assert Person.objects.filter(user__in=users).count() == 2


# -- what is forgotten ----------------------------------------------------------------------------
def test_the_sweep_forgets_names_of_dead_links_alone(cast: Any) -> None:
    (late, _first), (alive, _second) = invited(cast), invited(cast)
    Invitation.objects.filter(pk=late.pk).update(expires_at=timezone.now())
    for said in ("names forgotten 1", "names forgotten 0"):
        out = StringIO()
        call_command("sweep_links", stdout=out)
        assert out.getvalue().strip() == said
    assert list(Invitation.objects.order_by("pk").values_list("pk", "name")) == [
        (late.pk, ""), (alive.pk, "Nguyễn Thị Mai"),
    ]  # fmt: skip
