"""Signing in and out, the password, and what is remembered of a browser."""

from __future__ import annotations

import time
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth.models import User
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import NoReverseMatch, reverse

from tests.factories import UserFactory

pytestmark = pytest.mark.django_db

SIGN_IN = "/tai-khoan/dang-nhap/"
SIGN_OUT = "/tai-khoan/dang-xuat/"
PASSWORD = "/tai-khoan/mat-khau/"
SECRET = "một câu ngắn dễ nhớ"
WRONG = "Tên đăng nhập hoặc mật khẩu chưa đúng."


@pytest.fixture
def clerk() -> User:
    user = UserFactory(username="mai")
    user.set_password(SECRET)
    user.save()
    return user


def sign_in(client: Client, name: str = "mai", password: str = SECRET, **more: Any) -> Any:
    return client.post(more.pop("path", SIGN_IN), {"login": name, "password": password, **more})


# -- the way in ----------------------------------------------------------------------------------
def test_a_person_signs_in_and_comes_to_work(client: Client, clerk: User) -> None:
    answer = sign_in(client)
    assert (answer.status_code, answer["Location"]) == (302, "/lam-viec/")
    assert client.get("/lam-viec/").status_code == 200


def test_the_english_page_leads_to_english_work(client: Client, clerk: User) -> None:
    assert '<html lang="en">' in client.get("/en" + SIGN_IN).text
    assert sign_in(client, path="/en" + SIGN_IN)["Location"] == "/en/lam-viec/"


def test_after_signing_in_one_lands_where_one_wanted(cast: Any) -> None:
    cast.an.set_password(SECRET)
    cast.an.save()
    client, wanted = Client(), cast.url("ranking") + "?lan=1"
    refused = client.get(wanted)
    assert refused.status_code == 302
    assert refused["Location"].startswith(SIGN_IN + "?next=")
    page = client.get(refused["Location"])
    assert f'name="next" value="{wanted}"' in page.text
    assert sign_in(client, "an", next=wanted)["Location"] == wanted


@pytest.mark.parametrize(
    "target",
    [
        "//evil.test", "https://evil.test/", "https:evil.test", "http:///evil.test", "///evil.test", "\\\\evil.test",
        "/\\evil.test", "javascript:alert(1)", " //evil.test", "\t//evil.test", "http://testserver@evil.test/",
        "http://testserver.evil.test/", "ftp://testserver/",
    ],
)  # fmt: skip
def test_a_foreign_place_to_go_to_becomes_ones_work(client: Client, clerk: User, target: str) -> None:
    assert sign_in(client, next=target)["Location"] == "/lam-viec/"
    again = client.get(SIGN_IN, {"next": target})
    assert (again.status_code, again["Location"]) == (302, "/lam-viec/")
    assert client.post(SIGN_OUT, {"next": target})["Location"] == "/"


def test_other_allowed_hosts_are_foreign_too(client: Client, clerk: User, settings: Any) -> None:
    settings.ALLOWED_HOSTS = ["testserver", "other.test"]
    settings.CSRF_TRUSTED_ORIGINS = ["https://third.test"]
    for target in ("http://other.test/x", "https://third.test/x"):
        assert sign_in(Client(), next=target)["Location"] == "/lam-viec/"


def test_somebody_who_is_in_does_not_see_the_form_again(client: Client, clerk: User) -> None:
    sign_in(client)
    assert client.get(SIGN_IN)["Location"] == "/lam-viec/"


# -- the wrong way in ----------------------------------------------------------------------------
def body(answer: Any) -> str:
    """The page without what differs by chance or by what was typed."""
    return answer.text.split("</form>")[0].split("<main")[1].replace(str(answer.context["csrf_token"]), "")


def test_r4_unknown_name_wrong_password_and_closed_account_are_told_alike(
    client: Client, clerk: User
) -> None:
    closed = UserFactory(username="nghi", is_active=False)
    closed.set_password(SECRET)
    closed.save()
    answers = [sign_in(Client(), "mai", "sai"), sign_in(Client(), "aij", "sai"), sign_in(Client(), "nghi", SECRET),
               sign_in(Client(), "mai", "x" * 300)]  # fmt: skip
    assert {answer.status_code for answer in answers} == {422}
    pages = {
        body(answer).replace(f'value="{name}"', "")
        for answer, name in zip(answers, ("mai", "aij", "nghi", "mai"), strict=True)
    }
    assert len(pages) == 1
    assert WRONG in pages.pop()


def test_r4_an_unknown_name_costs_the_same_hashing(client: Client, clerk: User, monkeypatch: Any) -> None:
    from django.contrib.auth import hashers

    made: list[str] = []
    encode = hashers.MD5PasswordHasher.encode
    monkeypatch.setattr(
        hashers.MD5PasswordHasher,
        "encode",
        lambda self, password, *args, **kwargs: (
            made.append(password) or encode(self, password, *args, **kwargs)
        ),
    )
    counts = []
    for name in ("mai", "unknown"):
        made.clear()
        sign_in(Client(), name, "sai")
        counts.append(len(made))
    assert counts == [1, 1]


def test_the_typed_name_stays_and_the_password_does_not(client: Client, clerk: User) -> None:
    answer = sign_in(client, "mai", "mật khẩu sai")
    assert 'value="mai"' in answer.text
    assert "mật khẩu sai" not in answer.text


def test_empty_fields_are_named(client: Client) -> None:
    answer = sign_in(client, "", "")
    assert answer.status_code == 422
    assert "Điền tên đăng nhập." in answer.text
    assert "Điền mật khẩu." in answer.text


@pytest.mark.parametrize(
    ("name", "password"),
    [
        ("mai", "x" * 1_000_000),
        ("m" * 100_000, "x"),
        ("mai\x00", "x"),
        ("mai", "x\x00y"),
        ("<b>mai</b>", "x"),
    ],
)
def test_monstrous_input_is_refused_at_once(client: Client, clerk: User, name: str, password: str) -> None:
    client.get(SIGN_IN)
    start = time.process_time()
    answer = sign_in(client, name, password)
    spent = time.process_time() - start
    assert answer.status_code == 422
    assert "<b>mai" not in answer.text
    assert spent < 0.5  # 100 ms on a free machine; the tests share theirs


def test_a_huge_password_is_never_hashed(client: Client, clerk: User, monkeypatch: Any) -> None:
    def forbidden(*args: Any, **kwargs: Any) -> None:
        raise AssertionError("hashed")

    monkeypatch.setattr("django.contrib.auth.hashers.MD5PasswordHasher.encode", forbidden)
    assert sign_in(client, "mai", "x" * 1_000_000).status_code == 422
    with pytest.raises(AssertionError, match="hashed"):  # control: one of usual length is
        sign_in(client, "mai", "x" * 20)


def test_a_form_without_its_token_is_told_to_reload(clerk: User) -> None:
    strict = Client(enforce_csrf_checks=True)
    answer = sign_in(strict)
    assert answer.status_code == 403
    assert "Biểu mẫu đã hết hạn" in answer.text
    assert answer["Cache-Control"] == "no-store"
    token = strict.get(SIGN_IN).context["csrf_token"]
    assert sign_in(strict, csrfmiddlewaretoken=str(token)).status_code == 302


# -- nobody signs up -----------------------------------------------------------------------------
def test_no_address_opens_an_account(client: Client) -> None:
    for name in ("account_signup", "account_reset_password", "account_email", "account_set_password"):
        with pytest.raises(NoReverseMatch):
            reverse(name)
    for path in ("/accounts/signup/", "/tai-khoan/", "/tai-khoan/dang-ky/", "/accounts/login/"):
        assert client.get(path).status_code == 404


def test_extra_fields_of_the_form_change_nothing(client: Client, clerk: User) -> None:
    sign_in(client, is_staff="1", is_superuser="1", user="1")
    clerk.refresh_from_db()
    assert (clerk.is_staff, clerk.is_superuser) == (False, False)


# -- sessions ------------------------------------------------------------------------------------
def test_r5_the_session_key_is_new_after_signing_in(client: Client, clerk: User) -> None:
    session = client.session
    session["planted"] = "x"
    session.save()
    client.cookies["sessionid"] = before = session.session_key
    sign_in(client)
    assert client.cookies["sessionid"].value != before
    assert not Session.objects.filter(pk=before).exists()


def test_r5_an_invented_session_key_is_not_taken_over(client: Client, clerk: User) -> None:
    client.cookies["sessionid"] = "a" * 32
    sign_in(client)
    assert client.cookies["sessionid"].value != "a" * 32


def test_r5_a_session_in_the_address_is_nothing(client: Client, clerk: User) -> None:
    sign_in(client)
    key = client.cookies["sessionid"].value
    assert Client().get(f"/lam-viec/?sessionid={key}").status_code == 302
    thief = Client()
    thief.cookies["sessionid"] = key
    assert thief.get("/lam-viec/").status_code == 200  # control: in the cookie the same key is a way in


def test_the_session_ends_with_the_browser_or_after_a_working_day(client: Client, clerk: User) -> None:
    sign_in(client)
    cookie = client.cookies["sessionid"]
    assert (cookie["max-age"], cookie["expires"]) == ("", "")
    assert (cookie["httponly"], cookie["samesite"]) == (True, "Lax")
    assert settings.SESSION_COOKIE_AGE == 12 * 3600


def test_a_remembered_session_lasts_14_days(client: Client, clerk: User) -> None:
    sign_in(client, remember="on")
    assert client.cookies["sessionid"]["max-age"] == 14 * 24 * 3600


# -- the way out ---------------------------------------------------------------------------------
def test_signing_out_takes_a_form(client: Client, clerk: User) -> None:
    sign_in(client)
    assert "Đăng xuất" in client.get(SIGN_OUT).text
    assert client.get("/lam-viec/").status_code == 200
    key = client.cookies["sessionid"].value
    assert client.post(SIGN_OUT)["Location"] == "/"
    assert client.get("/lam-viec/").status_code == 302
    assert not Session.objects.filter(pk=key).exists()


def test_signing_out_twice_leads_to_the_front_door(client: Client) -> None:
    assert client.get(SIGN_OUT)["Location"] == "/"
    assert client.post(SIGN_OUT)["Location"] == "/"


# -- the password --------------------------------------------------------------------------------
def change(
    client: Client, old: str = SECRET, new: str = "câu khác, cũng dài", again: str | None = None
) -> Any:
    return client.post(
        PASSWORD, {"oldpassword": old, "password1": new, "password2": new if again is None else again}
    )


def test_a_person_changes_the_password_and_stays_in(client: Client, clerk: User) -> None:
    sign_in(client)
    other = Client()
    sign_in(other)
    answer = change(client)
    assert (answer.status_code, answer["Location"]) == (302, "/lam-viec/")
    assert "Đã đổi mật khẩu." in client.get("/lam-viec/").text
    assert other.get("/lam-viec/").status_code == 302  # every other session is over
    assert sign_in(Client()).status_code == 422
    assert sign_in(Client(), password="câu khác, cũng dài").status_code == 302


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"old": "sai"}, "Mật khẩu hiện tại chưa đúng."),
        ({"new": "ngan"}, "Mật khẩu này quá ngắn, cần ít nhất 12 ký tự."),
        ({"new": "123456789012345"}, "Mật khẩu này chỉ gồm chữ số."),
        ({"new": "1q2w3e4r5t6y"}, "Mật khẩu này quá hay gặp."),
        ({"again": "khác hẳn câu kia"}, "Hai lần nhập mật khẩu phải giống nhau"),
        ({"new": "d" * 257}, "Mật khẩu dài quá 256 ký tự."),
        ({"new": ""}, "bắt buộc"),
    ],
)
def test_a_password_that_will_not_do_is_told_why(
    client: Client, clerk: User, given: Any, sentence: str
) -> None:
    sign_in(client)
    answer = change(client, **given)
    assert answer.status_code == 422
    assert sentence in answer.text
    assert sign_in(Client()).status_code == 302


def test_a_pasted_password_is_not_cut_by_the_page(client: Client, clerk: User) -> None:
    sign_in(client)
    assert "maxlength" not in client.get(PASSWORD).text
    assert "maxlength" not in Client().get(SIGN_IN).text


def test_the_password_page_is_for_those_who_are_in(client: Client) -> None:
    assert client.get(PASSWORD)["Location"] == f"{SIGN_IN}?next={PASSWORD}"


def test_an_account_without_password_has_none_to_change(client: Client, clerk: User) -> None:
    clerk.set_unusable_password()
    clerk.save()
    client.force_login(clerk)
    assert client.get(PASSWORD).status_code == 404
