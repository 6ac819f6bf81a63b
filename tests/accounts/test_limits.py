"""Guessing passwords: slowed, then stopped, for the account at that address and for the address; the owner enters."""

from __future__ import annotations

import multiprocessing
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.cache import caches
from django.test import Client, RequestFactory

from core.accounts import seconds_to_wait, wait_sentence
from core.cache import SharedFiles
from tests.factories import UserFactory

SIGN_IN = "/tai-khoan/dang-nhap/"
SECRET = "một câu ngắn dễ nhớ"
WAIT = "Thử sai quá nhiều lần."


@pytest.fixture
def clerk(db: None) -> User:
    user = UserFactory(username="mai")
    user.set_password(SECRET)
    user.save()
    return user


@pytest.fixture
def clock(time_machine: Any) -> Any:
    """Time that moves only when told."""
    time_machine.move_to(time.time(), tick=False)
    return time_machine


def attempt(name: str = "mai", password: str = "sai", address: str = "10.0.0.1", **more: Any) -> Any:
    client = more.pop("client", None) or Client()
    return client.post(SIGN_IN, {"login": name, "password": password}, REMOTE_ADDR=address, **more)


def outcomes(count: int, **given: Any) -> list[int]:
    return [attempt(**given).status_code for _ in range(count)]


# -- one account (R1) ----------------------------------------------------------------------------
def test_r1_guessing_is_slowed_after_five(clerk: User, clock: Any) -> None:
    assert outcomes(6) == [422] * 5 + [429]
    refused = attempt(password=SECRET)
    assert refused.status_code == 429  # not even the right one, from this address
    assert WAIT in refused.text
    assert "Chờ 1 phút rồi thử lại." in refused.text
    assert refused["Retry-After"] == "60"
    clock.shift(61)
    assert attempt(password=SECRET).status_code == 302


def test_r1_guessing_is_blocked_after_ten(clerk: User, clock: Any) -> None:
    assert outcomes(5) == [422] * 5
    clock.shift(61)
    assert outcomes(5) == [422] * 5
    clock.shift(61)
    refused = attempt(password=SECRET)
    assert refused.status_code == 429
    assert "Chờ 28 phút rồi thử lại." in refused.text
    clock.shift(28 * 60)
    assert attempt(password=SECRET).status_code == 302


def test_r1_however_many_guesses_ten_are_looked_at_in_half_an_hour(clerk: User, clock: Any) -> None:
    tried = 0
    for _ in range(100):
        tried += attempt().status_code == 422
        clock.shift(17)
    assert tried == 10


def test_r1_the_owner_enters_from_another_address(clerk: User, clock: Any) -> None:
    outcomes(12)
    assert attempt(password=SECRET, address="10.0.0.2").status_code == 302


def test_r1_the_owner_enters_at_a_known_device_of_the_same_address(clerk: User, clock: Any) -> None:
    own = Client()
    assert attempt(client=own, password=SECRET).status_code == 302
    own.post("/tai-khoan/dang-xuat/")
    outcomes(12)
    assert attempt(password=SECRET).status_code == 429  # control: an unknown browser of that address
    assert attempt(client=own, password=SECRET).status_code == 302


def test_a_known_device_is_limited_too(clerk: User, clock: Any) -> None:
    own = Client()
    attempt(client=own, password=SECRET)
    own.post("/tai-khoan/dang-xuat/")
    assert outcomes(6, client=own) == [422] * 5 + [429]


def test_a_device_is_known_for_the_accounts_that_entered_there_only(clerk: User, clock: Any) -> None:
    UserFactory(username="hoa")
    own = Client()
    attempt(client=own, password=SECRET)
    own.post("/tai-khoan/dang-xuat/")
    outcomes(5, name="hoa")
    assert attempt(client=own, name="hoa").status_code == 429


def test_a_made_up_device_cookie_is_worth_nothing(clerk: User, clock: Any) -> None:
    outcomes(5)
    for value in ("x", "eyJpZCI6IjEifQ:1:x", ""):
        client = Client()
        client.cookies["device"] = value
        assert attempt(client=client).status_code == 429


def test_the_device_cookie_is_closed_to_scripts_and_names_nobody(clerk: User) -> None:
    client = Client()
    attempt(client=client, password=SECRET)
    cookie = client.cookies["device"]
    assert (cookie["httponly"], cookie["samesite"], cookie["path"]) == (True, "Lax", "/")
    assert "mai" not in cookie.value


def test_right_passwords_do_not_count(clerk: User, clock: Any) -> None:
    assert outcomes(15, password=SECRET) == [302] * 15


def test_writing_the_name_otherwise_does_not_help(clerk: User, clock: Any) -> None:
    outcomes(5)
    for name in ("MAI", " mai ", "Mai"):
        assert attempt(name=name).status_code == 429


def test_an_unknown_name_is_limited_alike(clerk: User, clock: Any) -> None:
    assert outcomes(6, name="nobody") == [422] * 5 + [429]


# -- one address (R2), forged addresses (R3) -----------------------------------------------------
def test_r2_one_password_on_many_accounts_is_blocked_per_address(clerk: User, clock: Any) -> None:
    statuses = [attempt(name=f"account-{number}").status_code for number in range(30)]
    assert statuses == [422] * 20 + [429] * 10
    assert attempt(name="account-99", address="10.0.0.2").status_code == 422


def test_what_the_account_limit_stops_does_not_count_for_the_office(clerk: User, clock: Any) -> None:
    outcomes(30)
    assert attempt(name="colleague").status_code == 422


def test_a_flood_of_forms_is_stopped_before_any_hashing(clerk: User, clock: Any) -> None:
    statuses = [attempt(name="", password="").status_code for _ in range(61)]
    assert statuses == [422] * 60 + [429]
    flood = attempt()
    assert flood.status_code == 429
    assert "Thử quá nhiều lần" in flood.text
    assert "Chờ 1 phút rồi thử lại." in flood.text
    assert flood["Retry-After"] == "60"
    assert Client().get(SIGN_IN, REMOTE_ADDR="10.0.0.1").status_code == 200


def test_r3_a_forged_address_changes_nothing(clerk: User, clock: Any) -> None:
    for number in range(5):
        attempt(HTTP_X_FORWARDED_FOR=f"1.2.3.{number}", HTTP_X_REAL_IP=f"1.2.3.{number}")
    assert attempt(HTTP_X_FORWARDED_FOR="9.9.9.9").status_code == 429


def test_r3_behind_one_proxy_the_last_address_counts(clerk: User, clock: Any, settings: Any) -> None:
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    for number in range(5):
        attempt(HTTP_X_FORWARDED_FOR=f"1.2.3.{number}, 7.7.7.7")
    assert attempt(HTTP_X_FORWARDED_FOR="8.8.8.8, 7.7.7.7").status_code == 429
    assert attempt(HTTP_X_FORWARDED_FOR="7.7.7.7, 8.8.8.8").status_code == 422


def test_changing_the_password_is_limited(clerk: User, clock: Any) -> None:
    client = Client()
    client.force_login(clerk)
    wrong = {"oldpassword": "sai", "password1": "một câu khác dài", "password2": "một câu khác dài"}
    statuses = [client.post("/tai-khoan/mat-khau/", wrong).status_code for _ in range(11)]
    assert statuses[-1] == 429
    assert set(statuses[:5]) == {422}
    assert "Retry-After" in client.post("/tai-khoan/mat-khau/", wrong)


def test_a_failed_sign_in_is_one_line_without_what_was_typed(clerk: User, caplog: Any) -> None:
    attempt(name="mật khẩu\r\nFORGED line", password="bí mật của tôi")
    lines = [record.getMessage() for record in caplog.records if record.name == "security"]
    assert len(lines) == 1
    assert "address=10.0.0.1" in lines[0]
    assert not any(word in lines[0] for word in ("FORGED", "mật khẩu", "bí mật"))


# -- words and figures ---------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("seconds", "sentence"),
    [(1, "Chờ 1 giây rồi thử lại."), (59, "Chờ 59 giây rồi thử lại."), (60, "Chờ 1 phút rồi thử lại."),
     (61, "Chờ 2 phút rồi thử lại."), (1680, "Chờ 28 phút rồi thử lại.")],
)  # fmt: skip
def test_the_time_to_wait_is_said(seconds: int, sentence: str) -> None:
    assert wait_sentence(seconds) == sentence


def test_nothing_counted_means_a_second() -> None:
    assert seconds_to_wait(RequestFactory().get("/"), "login") == 1


# -- the cache that all processes share ----------------------------------------------------------
def test_the_tests_run_with_the_cache_of_life() -> None:
    assert isinstance(caches["default"], SharedFiles)


def test_a_key_is_added_once_however_many_try_at_once(tmp_path: Path) -> None:
    cache = SharedFiles(str(tmp_path), {})
    for number in range(20):
        start, won = threading.Barrier(8), []

        def compete(key: str = f"key-{number}", start: Any = start, won: Any = won) -> None:
            start.wait()
            won.append(cache.add(key, threading.get_ident()))

        threads = [threading.Thread(target=compete) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sorted(won) == [False] * 7 + [True]


def test_an_added_key_can_be_read_deleted_and_added_again(tmp_path: Path) -> None:
    cache = SharedFiles(str(tmp_path), {})
    assert cache.add("key", [1, 2])
    assert (cache.add("key", 3), cache.get("key")) == (False, [1, 2])
    cache.delete("key")
    assert cache.add("key", 4)
    assert list(tmp_path.glob("tmp*")) == []


def test_an_expired_key_can_be_added_again(tmp_path: Path, clock: Any) -> None:
    cache = SharedFiles(str(tmp_path), {})
    cache.add("key", 1, timeout=10)
    clock.shift(11)
    assert cache.add("key", 2)
    assert cache.get("key") == 2


def _count(times: int) -> None:
    from allauth.core.internal.ratelimit import cache_lock

    cache = caches["default"]
    for _ in range(times):
        with cache_lock("tally") as locked:
            assert locked
            cache.set("tally", cache.get("tally", 0) + 1)


@pytest.mark.slow
def test_a_limit_loses_no_count_between_processes() -> None:
    """The lock of allauth's limits over our ``add``: four processes, no lost update."""
    context = multiprocessing.get_context("fork")
    processes = [context.Process(target=_count, args=(25,)) for _ in range(4)]
    for process in processes:
        process.start()
    for process in processes:
        process.join(60)
    assert [process.exitcode for process in processes] == [0] * 4
    assert caches["default"].get("tally") == 100


@pytest.mark.slow
def test_limits_hold_over_all_workers_of_a_server(make_live: Any) -> None:
    server = make_live(workers=4, threads=1)
    opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor())
    page = opener.open(server.address(SIGN_IN), timeout=20).read().decode()
    token = page.split('name="csrfmiddlewaretoken" value="')[1].split('"')[0]
    form = urllib.parse.urlencode(
        {"csrfmiddlewaretoken": token, "login": "thongke", "password": "sai"}
    ).encode()
    statuses = []
    for _ in range(8):
        with pytest.raises(urllib.error.HTTPError) as refusal:
            opener.open(server.address(SIGN_IN), form, timeout=20)
        with refusal.value as answer:
            statuses.append(answer.code)
    assert statuses == [422] * 5 + [429] * 3
    assert len(server.worker_pids()) == 4
