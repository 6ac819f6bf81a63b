"""Sign-in at an OpenID Connect provider: a real little one on loopback, and everything it may answer wrongly."""

from __future__ import annotations

import urllib.error
import urllib.request
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from allauth.socialaccount.models import SocialAccount
from cryptography.hazmat.primitives.asymmetric import rsa
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from core import openid
from core.models import AuditEvent
from tests.factories import UserFactory
from tests.support.oidc import CLIENT, SECRET, Provider
from tests.support.totp import code

pytestmark = pytest.mark.django_db

SIGN_IN = "/tai-khoan/dang-nhap/"
BEGIN = "/tai-khoan/openid/"
PAGE = "/tai-khoan/lien-ket/"
CONFIRM = "/tai-khoan/xac-nhan/"
WORK = "/lam-viec/"
PASSWORD = "một câu ngắn dễ nhớ"
UNKNOWN = "Danh tính này chưa nối với tài khoản nào đang dùng."
WRONG = "Chưa đăng nhập được: đã hủy, quá lâu, hoặc nơi cấp danh tính trả lời sai."


@pytest.fixture(scope="module")
def running() -> Iterator[Provider]:
    provider = Provider()
    yield provider
    provider.stop()


@pytest.fixture
def provider(running: Provider, settings: Any, monkeypatch: Any) -> Iterator[Provider]:
    """The provider, set as the settings of an installation would."""
    before = dict(vars(running))
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
    settings.OIDC_ISSUER, settings.OIDC_NAME = running.issuer, "Cổng danh tính tỉnh"
    settings.OIDC_CLIENT_ID, settings.OIDC_CLIENT_SECRET = CLIENT, SECRET
    running.spoil, running.asked = {}, []
    yield running
    vars(running).update(before)


@pytest.fixture
def clerk(db: None) -> User:
    user = UserFactory(username="mai")
    user.set_password(PASSWORD)
    user.save()
    return user


def tied(user: User, subject: str = "person-1") -> SocialAccount:
    return SocialAccount.objects.create(user=user, provider=openid.provider_key(), uid=subject)


def go(client: Client, begin: str = BEGIN, **given: str) -> Any:
    """The whole way: to the provider, back, and the page's form sent on."""
    sent = client.post(begin, given)
    assert sent.status_code == 302, sent.text
    return come_back(client, way_back(sent["Location"]))


def way_back(authorize: str) -> str:
    """Where the provider sends the browser."""

    class Stay(urllib.request.HTTPRedirectHandler):
        def redirect_request(self, *args: Any) -> None:
            return None

    with pytest.raises(urllib.error.HTTPError) as answer:
        urllib.request.build_opener(urllib.request.ProxyHandler({}), Stay).open(authorize, timeout=10)
    with answer.value as redirect:
        parts = urlsplit(redirect.headers["Location"])
    return f"{parts.path}?{parts.query}"


def come_back(client: Client, back: str) -> Any:
    page = client.get(back)
    assert page.status_code == 200
    assert "data-send-at-once" in page.text
    return client.post(back)


# -- off -----------------------------------------------------------------------------------------
def test_without_settings_there_is_no_button_and_no_address(clerk: User) -> None:
    client = Client()
    client.force_login(clerk)
    assert "openid" not in Client().get(SIGN_IN).text
    assert "lien-ket" not in client.get("/tai-khoan/phien/").text
    key = "oidc-0000000000000000"
    for one, method, path in ((Client(), "post", BEGIN), (Client(), "get", f"{BEGIN}{key}/"), (client, "get", PAGE),
                              (client, "post", PAGE + "noi/"), (client, "post", PAGE + "1/bo/")):  # fmt: skip
        assert (path, getattr(one, method)(path).status_code) == (path, 404)


def test_another_provider_is_no_address(provider: Provider) -> None:
    assert Client().get(f"{BEGIN}google/").status_code == 404
    assert Client().get(BEGIN).status_code == 405


# -- on ------------------------------------------------------------------------------------------
def test_a_tied_identity_enters(provider: Provider, clerk: User) -> None:
    tied(clerk)
    client = Client()
    page = client.get(SIGN_IN, {"next": "/tai-khoan/phien/"}).text
    assert "Đăng nhập bằng Cổng danh tính tỉnh" in page
    answer = go(client, next="/tai-khoan/phien/")
    assert (answer.status_code, answer["Location"]) == (302, "/tai-khoan/phien/")
    assert client.get(WORK).status_code == 200
    asked = dict(provider.asked)["/authorize"]
    assert asked["scope"] == "openid"
    assert asked["code_challenge_method"] == "S256"
    assert all(len(asked[name]) >= 16 for name in ("state", "nonce", "code_challenge"))
    assert asked["redirect_uri"] == f"http://testserver{BEGIN}{openid.provider_key()}/"
    assert "/userinfo" not in dict(provider.asked)


def test_an_unknown_identity_gets_a_sentence_and_no_account(provider: Provider, clerk: User) -> None:
    client = Client()
    answer = go(client)
    assert answer.status_code == 403
    assert UNKNOWN in answer.text
    assert (User.objects.count(), SocialAccount.objects.count()) == (1, 0)
    assert client.get(WORK).status_code == 302


def test_the_same_name_or_mail_at_the_provider_means_nothing(provider: Provider, clerk: User) -> None:
    User.objects.filter(pk=clerk.pk).update(email="mai@tinh.test")
    provider.spoil = {"email": "mai@tinh.test", "email_verified": True, "preferred_username": "mai"}
    assert go(Client()).status_code == 403


def test_a_closed_account_is_told_the_same(provider: Provider, clerk: User) -> None:
    tied(clerk)
    User.objects.filter(pk=clerk.pk).update(is_active=False)
    answer = go(Client())
    assert answer.status_code == 403
    assert UNKNOWN in answer.text


def test_a_second_factor_is_asked_for_all_the_same(provider: Provider, clerk: User) -> None:
    tied(clerk)
    secret = generate_totp_secret()
    TOTP.activate(clerk, secret)
    client = Client()
    assert go(client)["Location"] == "/tai-khoan/dang-nhap/buoc-hai/"
    assert client.get(WORK).status_code == 302
    assert client.post("/tai-khoan/dang-nhap/buoc-hai/", {"code": code(secret)}).status_code == 302
    assert client.get(WORK).status_code == 200


def test_the_requirement_of_a_second_factor_holds(provider: Provider, cast: Any, settings: Any) -> None:
    settings.SECOND_FACTOR_FOR = ["chair"]
    tied(cast.an)
    client = Client()
    go(client)
    assert client.get(cast.url("year_home"))["Location"] == "/tai-khoan/hai-lop/"


@pytest.mark.parametrize(
    "target", ["//evil.test", "https://evil.test/", "/\\evil.test", "javascript:alert(1)"]
)
def test_a_foreign_place_to_go_to_becomes_ones_work(provider: Provider, clerk: User, target: str) -> None:
    tied(clerk)
    assert go(Client(), next=target)["Location"] == WORK


def test_what_a_visitor_adds_does_not_reach_the_provider(provider: Provider, clerk: User) -> None:
    sent = Client().post(
        BEGIN + "?scope=admin&auth_params=prompt%3Dnone%26redirect_uri%3Dhttps://evil.test", {}
    )
    asked = parse_qs(urlsplit(sent["Location"]).query)
    assert asked["scope"] == ["openid"]
    assert "prompt" not in asked
    assert len(asked["redirect_uri"]) == 1


# -- wrong answers -------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "spoil",
    [
        {"nonce": "another"}, {"nonce": None}, {"aud": "another-client"}, {"iss": "https://evil.test"},
        {"exp": 1_600_000_000}, {"sub": None}, {"sub": ""}, {"exp": None}, {"iat": None},
        {"issuer": "https://evil.test"}, {"sub": "x" * 300},
    ],
    ids=str,
)  # fmt: skip
def test_a_wrong_id_token_enters_nobody(provider: Provider, clerk: User, spoil: dict[str, Any]) -> None:
    tied(clerk)
    provider.spoil = spoil
    client = Client()
    assert go(client).status_code in (403, 503)
    assert client.get(WORK).status_code == 302


def test_a_foreign_signature_enters_nobody(provider: Provider, clerk: User) -> None:
    tied(clerk)
    provider.key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    answer = go(Client())
    assert answer.status_code == 403
    assert WRONG in answer.text


@pytest.mark.parametrize(("algorithm", "key"), [("none", None), ("HS256", SECRET.ljust(40, "x"))])
def test_a_symmetric_or_missing_signature_enters_nobody(
    provider: Provider, clerk: User, algorithm: str, key: Any
) -> None:
    tied(clerk)
    provider.algorithm, provider.key = algorithm, key
    assert go(Client()).status_code == 403


def test_an_answer_without_id_token_enters_nobody(provider: Provider, clerk: User) -> None:
    tied(clerk)
    provider.without_token = True
    assert go(Client()).status_code == 403


def test_an_answer_begun_in_another_browser_enters_nobody(provider: Provider, clerk: User) -> None:
    tied(clerk)
    sent = Client().post(BEGIN)
    answer = come_back(Client(), way_back(sent["Location"]))
    assert answer.status_code == 403
    assert WRONG in answer.text


def test_an_answer_counts_once(provider: Provider, clerk: User) -> None:
    tied(clerk)
    client = Client()
    back = way_back(client.post(BEGIN)["Location"])
    assert come_back(client, back).status_code == 302
    client.post("/tai-khoan/dang-xuat/")
    assert come_back(client, back).status_code == 403


@pytest.mark.parametrize(
    "query", ["", "?code=x", "?state=x", "?error=access_denied&state=x", "?code=x&state=%00", "?code[]=x"]
)
def test_made_up_answers_get_a_page(provider: Provider, query: str) -> None:
    assert Client().post(f"{BEGIN}{openid.provider_key()}/{query}").status_code == 403


def test_the_answer_wants_the_token_of_the_form(provider: Provider, clerk: User) -> None:
    tied(clerk)
    client = Client(enforce_csrf_checks=True)
    client.get(SIGN_IN)
    assert client.post(BEGIN).status_code == 403


def test_a_provider_that_is_away_gets_a_sentence(provider: Provider, clerk: User) -> None:
    provider.broken = True
    answer = Client().post(BEGIN)
    assert answer.status_code == 503
    assert "Nơi cấp danh tính không trả lời." in answer.text


def test_a_provider_that_breaks_on_the_way_back_gets_a_sentence(provider: Provider, clerk: User) -> None:
    tied(clerk)
    client = Client()
    back = way_back(client.post(BEGIN)["Location"])
    provider.broken = True
    assert come_back(client, back).status_code in (403, 503)


# -- tying ---------------------------------------------------------------------------------------
def inside(user: User) -> Client:
    client = Client()
    client.force_login(user)
    client.post(CONFIRM, {"password": PASSWORD})
    return client


def test_an_identity_is_tied_from_within_and_taken_off(provider: Provider, clerk: User) -> None:
    client = inside(clerk)
    assert "Nối với Cổng danh tính tỉnh" in client.get(PAGE).text
    answer = go(client, PAGE + "noi/")
    assert (answer.status_code, answer["Location"]) == (302, PAGE)
    page = client.get(PAGE).text
    assert "Lần sau đăng nhập được bằng Cổng danh tính tỉnh." in page
    row = SocialAccount.objects.get()
    assert (row.user, row.uid, row.extra_data) == (clerk, "person-1", {})
    assert go(Client())["Location"] == WORK
    again = go(client, PAGE + "noi/")
    assert again["Location"] == PAGE
    client.post(reverse("openid_disconnect", kwargs={"pk": row.pk}))
    assert not SocialAccount.objects.exists()
    assert [event.action for event in AuditEvent.objects.order_by("seq")] == [
        "identity_connect",
        "identity_disconnect",
    ]


def test_tying_wants_the_password_first(provider: Provider, clerk: User) -> None:
    client = Client()
    client.force_login(clerk)
    assert client.post(PAGE + "noi/")["Location"].startswith(CONFIRM)
    assert client.post(PAGE + "1/bo/")["Location"].startswith(CONFIRM)


def test_an_identity_of_another_account_stays_there(provider: Provider, clerk: User) -> None:
    tied(UserFactory(username="hoa"))
    answer = go(inside(clerk), PAGE + "noi/")
    assert answer.status_code == 403
    assert "đã nối với một tài khoản khác" in answer.text


def test_nobody_unties_another(provider: Provider, clerk: User) -> None:
    row = tied(UserFactory(username="hoa"))
    inside(clerk).post(reverse("openid_disconnect", kwargs={"pk": row.pk}))
    assert SocialAccount.objects.filter(pk=row.pk).exists()


def test_the_only_way_in_is_not_taken_off(provider: Provider, clerk: User) -> None:
    row = tied(clerk)
    clerk.set_unusable_password()
    clerk.save()
    client = Client()
    client.force_login(clerk)
    client.post(reverse("openid_disconnect", kwargs={"pk": row.pk}))
    assert SocialAccount.objects.filter(pk=row.pk).exists()


def test_signed_out_meanwhile_nothing_is_tied(provider: Provider, clerk: User) -> None:
    client = inside(clerk)
    back = way_back(client.post(PAGE + "noi/")["Location"])
    session = client.session
    for key in ("_auth_user_id", "_auth_user_backend", "_auth_user_hash"):
        del session[key]
    session.save()
    assert come_back(client, back).status_code == 403
    assert not SocialAccount.objects.exists()
