"""Second factors: setting up, the step at sign-in, codes guessed and replayed, whom one is asked of, losing one."""

from __future__ import annotations

import re
import time
from typing import Any
from urllib.parse import quote

import pytest
from allauth.core import context
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from core import second_factor
from core.models import AuditEvent
from tests.factories import UserFactory
from tests.support.totp import code

pytestmark = pytest.mark.django_db

SIGN_IN = "/tai-khoan/dang-nhap/"
STEP = "/tai-khoan/dang-nhap/buoc-hai/"
PAGE = "/tai-khoan/hai-lop/"
APP = PAGE + "ung-dung/"
KEY = PAGE + "khoa/"
CODES = PAGE + "ma-du-phong/"
CONFIRM = "/tai-khoan/xac-nhan/"
WORK = "/lam-viec/"
SECRET = "một câu ngắn dễ nhớ"
KINDS = ["chair", "deputy", "officer", "admin"]


@pytest.fixture
def clock(time_machine: Any) -> Any:
    """Time that moves only when told, at the beginning of a code's half minute."""
    time_machine.move_to(time.time() // 30 * 30, tick=False)
    return time_machine


@pytest.fixture
def clerk(clock: Any) -> Any:
    return with_password(UserFactory(username="mai"))


def with_password(user: Any) -> Any:
    user.set_password(SECRET)
    user.save()
    return user


def with_app(user: Any) -> str:
    """Give the account an authenticator app; its secret."""
    secret = generate_totp_secret()
    TOTP.activate(user, secret)
    return secret


def enter(name: str = "mai", client: Client | None = None) -> Client:
    client = client or Client()
    client.post(SIGN_IN, {"login": name, "password": SECRET})
    return client


def confirmed(client: Client) -> Client:
    """Type the password once more."""
    assert client.post(CONFIRM, {"password": SECRET}).status_code == 302
    return client


def shown_secret(page: Any) -> str:
    return re.search(r'id="khoa-bi-mat">([A-Z2-7 ]+)<', page.text)[1].replace(" ", "")


# -- an authenticator app ------------------------------------------------------------------------
def test_an_app_is_set_up_and_asked_for_at_the_next_sign_in(clerk: Any, clock: Any) -> None:
    client, elsewhere = enter(), enter()
    asked = client.get(APP)
    assert asked["Location"] == f"{CONFIRM}?next={quote(APP, safe='')}"
    page = confirmed(client).get(APP)
    assert 'src="data:image/svg+xml;base64,' in page.text
    secret = shown_secret(page)
    answer = client.post(APP, {"code": code(secret)})
    assert (answer.status_code, answer["Location"]) == (302, CODES)
    assert elsewhere.get(WORK).status_code == 302  # who came in with the password alone is out
    assert client.get(WORK).status_code == 200
    assert "Đang bật" in client.get(PAGE).text
    event = AuditEvent.objects.get(action="second_factor_add")
    assert (event.actor_id, event.after) == (clerk.pk, '{"kind":"totp"}')
    clock.shift(60)
    entering = Client()
    asked = entering.post(SIGN_IN, {"login": "mai", "password": SECRET, "next": PAGE})
    assert asked["Location"] == STEP
    assert entering.get(WORK).status_code == 302  # the password alone opens nothing
    done = entering.post(STEP, {"code": code(secret)})
    assert (done.status_code, done["Location"]) == (302, PAGE)
    assert entering.get(WORK).status_code == 200


def test_a_mistyped_code_keeps_the_secret(clerk: Any) -> None:
    client = confirmed(enter())
    secret = shown_secret(client.get(APP))
    answer = client.post(APP, {"code": "000000"})
    assert answer.status_code == 422
    assert "Chưa đúng. Lấy mã mới rồi thử lại." in answer.text
    assert shown_secret(answer) == secret
    assert client.post(APP, {"code": ""}).status_code == 422
    assert not Authenticator.objects.exists()


def test_the_secret_is_sealed_in_the_database(clerk: Any) -> None:
    secret = with_app(clerk)
    stored = Authenticator.objects.get().data["secret"]
    assert secret not in stored
    assert second_factor.Factors().decrypt(stored) == secret


def test_sealed_under_another_key_no_code_fits(clerk: Any, settings: Any, caplog: Any) -> None:
    secret = with_app(clerk)
    settings.SECRET_KEY = "another key of the installation, long enough"
    assert enter().post(STEP, {"code": code(secret)}).status_code in (302, 422)
    client = enter()
    assert client.post(STEP, {"code": code(secret)}).status_code == 422
    assert "another SECRET_KEY" in caplog.text
    settings.SECRET_KEY_FALLBACKS = [
        "a-key-of-the-tests-and-of-nothing-else"
    ]  # control: the old key is still known
    assert client.post(STEP, {"code": code(secret)}).status_code == 302


def test_an_app_is_taken_off(clerk: Any) -> None:
    with_app(clerk)
    RecoveryCodes.activate(clerk)
    client = Client()
    client.force_login(clerk)
    assert "hai-lop" not in confirmed(client).get(APP + "bo/").get("Location", "")
    assert client.post(APP + "bo/")["Location"] == PAGE
    assert not Authenticator.objects.exists()  # recovery codes of nothing go too
    assert AuditEvent.objects.filter(action="second_factor_remove").count() == 1
    assert client.get(APP + "bo/").status_code == 404
    assert enter().get(WORK).status_code == 200


# -- recovery codes ------------------------------------------------------------------------------
def test_a_recovery_code_enters_once(clerk: Any, clock: Any) -> None:
    with_app(clerk)
    first = RecoveryCodes.activate(clerk).get_unused_codes()[0]
    assert enter().post(STEP, {"code": first})["Location"] == WORK
    again = enter().post(STEP, {"code": first})
    assert again.status_code == 422


def test_recovery_codes_are_shown_loaded_down_and_made_anew(clerk: Any) -> None:
    with_app(clerk)
    codes = RecoveryCodes.activate(clerk).get_unused_codes()
    client = Client()
    client.force_login(clerk)
    assert client.get(CODES)["Location"].startswith(CONFIRM)
    page = confirmed(client).get(CODES).text
    assert all(one in page for one in codes)
    file = client.get(CODES + "tep/")
    assert file["Content-Type"] == "text/plain; charset=utf-8"
    assert file["Cache-Control"] == "no-store"
    assert all(one in file.content.decode() for one in codes)
    assert "10 mã chưa dùng của bộ cũ sẽ hết hiệu lực" in client.get(CODES + "tao/").text
    assert client.post(CODES + "tao/")["Location"] == CODES
    assert not any(one in client.get(CODES).text for one in codes)


def test_without_a_factor_there_are_no_recovery_codes(clerk: Any) -> None:
    client = confirmed(enter())
    assert client.get(CODES).status_code == 404
    assert client.get(CODES + "tep/").status_code == 404
    answer = client.post(CODES + "tao/")
    assert answer.status_code == 422
    assert "Bật xác thực hai lớp trước" in answer.text


# -- R11: guessing and replaying -----------------------------------------------------------------
def test_r11_a_code_enters_once(clerk: Any, clock: Any) -> None:
    secret = with_app(clerk)
    shown = code(secret)
    first, second = enter(), enter()
    assert first.post(STEP, {"code": shown}).status_code == 302
    replayed = second.post(STEP, {"code": shown})
    assert replayed.status_code == 422
    clock.shift(30)
    assert second.post(STEP, {"code": code(secret)}).status_code == 302  # control: the next one does


def test_r11_an_old_code_is_no_code(clerk: Any, clock: Any) -> None:
    secret = with_app(clerk)
    shown = code(secret)
    clock.shift(90)
    assert enter().post(STEP, {"code": shown}).status_code == 422


def test_r11_a_code_used_at_set_up_does_not_enter(clerk: Any, clock: Any) -> None:
    client = confirmed(enter())
    secret = shown_secret(client.get(APP))
    shown = code(secret)
    client.post(APP, {"code": shown})
    assert enter().post(STEP, {"code": shown}).status_code == 422


def test_r11_of_a_thousand_codes_ten_are_looked_at_in_half_an_hour(clerk: Any, clock: Any) -> None:
    with_app(clerk)
    looked_at = 0
    for number in range(1000):
        clock.shift(60 * (number % 60 == 0))
        with context.request_context(RequestFactory().post(STEP)):
            form = second_factor.CodeForm({"code": f"{number:06d}"}, user=clerk)
            looked_at += "incorrect_code" in {error.code for error in form.errors.as_data()["code"]}
    assert looked_at == 10


def test_r11_the_refusal_says_how_long_and_then_the_owner_enters(clerk: Any, clock: Any) -> None:
    secret = with_app(clerk)
    client = enter()
    assert [client.post(STEP, {"code": "000000"}).status_code for _try in range(6)] == [422] * 5 + [429]
    refused = client.post(STEP, {"code": code(secret)})
    assert refused.status_code == 429
    assert refused["Retry-After"] == "60"
    assert "Thử sai quá nhiều lần. Chờ 1 phút rồi thử lại." in refused.text
    clock.shift(61)
    assert client.post(STEP, {"code": code(secret)}).status_code == 302


def test_r11_set_up_and_confirming_are_limited_too(clerk: Any, clock: Any) -> None:
    client = confirmed(enter())
    client.get(APP)
    assert [client.post(APP, {"code": "000000"}).status_code for _try in range(6)] == [422] * 5 + [429]
    clock.shift(61)
    with_app(clerk)
    confirm = CONFIRM + "ma/"
    assert [client.post(confirm, {"code": "000000"}).status_code for _try in range(5)][-1] in (422, 429)
    assert client.post(confirm, {"code": "000000"}).status_code == 429


def test_r11_guessing_the_password_at_the_confirmation_is_limited(clerk: Any, clock: Any) -> None:
    client = enter()
    statuses = [client.post(CONFIRM, {"password": "sai"}).status_code for _try in range(12)]
    assert statuses[0] == 422
    assert statuses[-1] == 429


@pytest.mark.parametrize("typed", ["", " ", "x" * 5000, "١٢٣٤٥٦", "\x00", "12345"])
def test_odd_codes_are_refused_with_a_sentence(clerk: Any, typed: str) -> None:
    with_app(clerk)
    answer = enter().post(STEP, {"code": typed})
    assert answer.status_code == 422
    assert "invalid-feedback" in answer.text


@pytest.mark.parametrize(
    "typed", ["", "{}", "[]", "null", "1", '"x"', '{"id": 1}', '{"id": "x", "response": {} }', "{"]
)
def test_odd_answers_of_a_key_are_refused(clerk: Any, typed: str) -> None:
    with_app(clerk)
    assert enter().post(STEP, {"credential": typed}).status_code in (422, 429)
    client = confirmed(enter_fully(clerk))
    client.get(KEY)
    assert client.post(KEY, {"name": "Khóa", "credential": typed}).status_code == 422
    client.get(CONFIRM + "khoa/")
    assert client.post(CONFIRM + "khoa/", {"credential": typed}).status_code in (302, 422)
    assert Authenticator.objects.count() == 1


def enter_fully(user: Any) -> Client:
    client = Client()
    client.force_login(user)
    return client


def test_the_second_step_is_nothing_without_the_first(clerk: Any) -> None:
    with_app(clerk)
    for client in (Client(), enter_fully(UserFactory(username="hoa"))):
        assert client.get(STEP).status_code == 302
        assert client.post(STEP, {"code": "000000"}).status_code == 302
    assert Client().get(STEP)["Location"] == SIGN_IN


def test_the_second_step_waits_a_quarter_of_an_hour(clerk: Any, clock: Any) -> None:
    secret = with_app(clerk)
    client = enter()
    clock.shift(16 * 60)
    assert client.post(STEP, {"code": code(secret)})["Location"] == SIGN_IN
    assert client.get(WORK).status_code == 302


def test_a_key_of_another_account_is_not_ones_own(clerk: Any) -> None:
    row = Authenticator.objects.create(user=UserFactory(username="hoa"), type="webauthn", data={"name": "x"})
    client = confirmed(enter())
    for name in ("mfa_edit_webauthn", "mfa_remove_webauthn"):
        assert client.post(reverse(name, kwargs={"pk": row.pk}), {"name": "y"}).status_code == 404


# -- whom it is asked of -------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("kind", "who"), [("chair", "an"), ("deputy", "binh"), ("officer", "officer"), ("", "chi")]
)
def test_who_falls_under_the_setting_is_led_to_set_one_up(
    cast: Any, settings: Any, kind: str, who: str
) -> None:
    client = cast.client(getattr(cast, who))
    page = cast.url("year_home")
    assert client.get(page).status_code == 200
    settings.SECOND_FACTOR_FOR = [one for one in KINDS if one != kind]
    assert client.get(page).status_code == 200
    settings.SECOND_FACTOR_FOR = KINDS
    if not kind:
        assert client.get(page).status_code == 200
        return
    settings.SECOND_FACTOR_FOR = [kind]
    led = client.get(page)
    assert (led.status_code, led["Location"]) == (302, PAGE)
    told = client.get(PAGE).text
    assert "Vai trò của bạn cần lớp thứ hai." in told
    assert client.get("/tai-khoan/phien/").status_code == 200
    assert client.post("/tai-khoan/dang-xuat/").status_code == 302


def test_a_form_sent_without_the_factor_is_told_back(cast: Any, settings: Any) -> None:
    cast.go("publish")
    settings.SECOND_FACTOR_FOR = ["chair"]
    answer = cast.client(cast.an).post(cast.url("phase_advance"), {"reason": "Đã đủ tờ trình, chuyển"})
    assert answer.status_code == 403
    assert "Vai trò của bạn cần xác thực hai lớp." in answer.text
    assert "Đã đủ tờ trình, chuyển" in answer.text


@pytest.mark.parametrize(("kind", "who"), [("officer", "officer"), ("admin", "root")])
def test_the_admin_site_asks_too(cast: Any, settings: Any, kind: str, who: str) -> None:
    user = with_password(getattr(cast, who))
    assert cast.client(user).get("/admin/").status_code == 200
    settings.SECOND_FACTOR_FOR = [kind]
    assert cast.client(user).get("/admin/")["Location"] == PAGE
    assert cast.client(user).post("/admin/members/agency/add/", {"code": "x"}).status_code == 403
    secret = with_app(user)
    client = enter(user.username)
    client.post(STEP, {"code": code(secret)})
    assert client.get("/admin/").status_code == 200


def test_with_the_factor_shown_the_pages_open_and_its_loss_counts_at_once(
    cast: Any, settings: Any, clock: Any
) -> None:
    settings.SECOND_FACTOR_FOR = ["chair"]
    with_password(cast.an)
    secret = with_app(cast.an)
    page = cast.url("year_home")
    client = enter("an")
    client.post(STEP, {"code": code(secret)})
    assert client.get(page).status_code == 200
    Authenticator.objects.all().delete()
    assert client.get(page)["Location"] == PAGE


def test_a_session_that_never_showed_the_factor_shows_it_first(cast: Any, settings: Any, clock: Any) -> None:
    settings.SECOND_FACTOR_FOR = ["chair"]
    secret = with_app(cast.an)
    client, page = cast.client(cast.an), cast.url("year_home")
    led = client.get(page)
    assert led["Location"] == f"{CONFIRM}ma/?next={quote(page, safe='')}"
    assert "Việc này cần xác nhận bằng lớp thứ hai." in client.get(led["Location"]).text
    done = client.post(led["Location"], {"code": code(secret), "next": page})
    assert done["Location"] == page
    assert client.get(page).status_code == 200


def test_set_up_because_it_was_asked_one_goes_on_working(cast: Any, settings: Any, clock: Any) -> None:
    settings.SECOND_FACTOR_FOR = ["chair"]
    with_password(cast.an)
    client = confirmed(enter("an"))
    client.post(APP, {"code": code(shown_secret(client.get(APP)))})
    assert client.get(cast.url("year_home")).status_code == 200


def test_the_gate_costs_no_query_unless_it_is_asked_for(
    cast: Any, settings: Any, clock: Any, django_assert_num_queries: Any
) -> None:
    with_password(cast.an)
    secret = with_app(cast.an)
    client, page = enter("an"), cast.url("member_list")
    client.post(STEP, {"code": code(secret)})
    with CaptureQueriesContext(connection) as usual:
        client.get(page)
    settings.SECOND_FACTOR_FOR = ["officer"]
    with django_assert_num_queries(len(usual)):
        client.get(page)
    settings.SECOND_FACTOR_FOR = ["chair"]
    with django_assert_num_queries(len(usual) + 1):
        client.get(page)


# -- a lost factor -------------------------------------------------------------------------------
def test_the_office_takes_a_lost_factor_off(clerk: Any, capsys: Any) -> None:
    with_app(clerk)
    RecoveryCodes.activate(clerk)
    inside = enter_fully(clerk)
    call_command("reset_second_factor", "mai", reason="Mất điện thoại")
    assert "Đã gỡ 2 mục" in capsys.readouterr().out
    assert inside.get(WORK).status_code == 302
    assert enter().get(WORK).status_code == 200
    event = AuditEvent.objects.get(action="second_factor_reset")
    assert (event.actor_id, event.reason, event.target_id) == (None, "Mất điện thoại", str(clerk.pk))


def test_taking_off_wants_a_known_account_and_a_reason(clerk: Any) -> None:
    with pytest.raises(CommandError, match="Không có tài khoản"):
        call_command("reset_second_factor", "nobody", reason="x")
    with pytest.raises(CommandError):
        call_command("reset_second_factor", "mai")


def test_factors_are_not_in_the_admin_site(cast: Any) -> None:
    client = cast.client(cast.root)
    for path in ("mfa/authenticator/", "socialaccount/socialaccount/", "socialaccount/socialtoken/"):
        assert client.get(f"/admin/{path}").status_code == 404
