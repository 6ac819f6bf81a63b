"""Reads never write, answers are private, the language stands in the address, faults of the database are 503."""

from __future__ import annotations

import logging
import os
import signal
import threading
import time
import urllib.request
from typing import Any

import pytest
from django.db import OperationalError, connection, transaction
from django.test import Client

from core.http import OneLineFormatter, WriteInReadRequest, is_outage
from core.retry import RETRIES, once_more
from members.models import Cluster
from tests.factories import ClusterFactory, UserFactory
from tests.support.live import free_port
from tests.support.race import race

FAULTY = "tests.core.faulty_urls"


@pytest.fixture
def faulty(settings: Any) -> Client:
    """A visitor of the project with some broken addresses; errors are answered as in life."""
    settings.ROOT_URLCONF = FAULTY
    return Client(raise_request_exception=False)


# -- reads and writes ----------------------------------------------------------------------------
@pytest.mark.django_db
@pytest.mark.may_write_on_get
@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS"])
def test_a_reading_request_cannot_write(settings: Any, method: str) -> None:
    settings.ROOT_URLCONF = FAULTY
    ClusterFactory()
    with pytest.raises(WriteInReadRequest):
        Client().generic(method, "/loi/write/")
    assert Cluster.objects.exists()


@pytest.mark.django_db
def test_a_writing_request_can(settings: Any) -> None:
    """Control."""
    settings.ROOT_URLCONF = FAULTY
    with pytest.raises(KeyError):
        Client().post("/loi/write/")


# -- caches --------------------------------------------------------------------------------------
@pytest.mark.django_db
def test_answers_are_private_unless_said_otherwise(faulty: Client) -> None:
    for path in (
        "/tai-khoan/dang-nhap/",
        "/lam-viec/",
        "/khong-co/",
        "/loi/refused/",
        "/loi/broken/",
        "/loi/locked/",
    ):
        answer = faulty.get(path)
        assert "no-store" in answer["Cache-Control"], path
        assert "Cookie" in answer["Vary"], path
    assert faulty.get("/mo/")["Cache-Control"] == "public, max-age=300"


# -- language ------------------------------------------------------------------------------------
@pytest.mark.django_db
def test_the_language_stands_in_the_address_alone(client: Client) -> None:
    client.cookies["django_language"] = "en"
    vi = client.get("/tai-khoan/dang-nhap/", HTTP_ACCEPT_LANGUAGE="en")
    assert '<html lang="vi">' in vi.text
    assert "Accept-Language" not in vi["Vary"]
    assert vi["Content-Language"] == "vi"
    en = client.get("/en/tai-khoan/dang-nhap/", HTTP_ACCEPT_LANGUAGE="vi")
    assert '<html lang="en">' in en.text


@pytest.mark.django_db
def test_a_prefix_for_vietnamese_is_no_address(client: Client) -> None:
    assert client.get("/vi/tai-khoan/dang-nhap/").status_code == 404


# -- host (I14) ----------------------------------------------------------------------------------
@pytest.mark.django_db
@pytest.mark.parametrize(
    "host", ["evil.test", "testserver.evil.test", "testserver@evil.test", "evil.test:80", "", "a b"]
)
def test_i14_a_foreign_host_is_a_bad_request(client: Client, host: str) -> None:
    answer = client.get("/tai-khoan/dang-nhap/", HTTP_HOST=host)
    assert answer.status_code == 400
    assert "Không đọc được yêu cầu" in answer.text
    assert "evil" not in answer.text


@pytest.mark.django_db
def test_i14_a_forwarded_host_is_not_looked_at(client: Client) -> None:
    answer = client.get("/lam-viec/", HTTP_X_FORWARDED_HOST="evil.test", HTTP_FORWARDED="host=evil.test")
    assert answer.status_code == 302
    assert "evil" not in answer["Location"]
    assert "evil" not in client.get("/tai-khoan/dang-nhap/", HTTP_X_FORWARDED_HOST="evil.test").text


# -- methods -------------------------------------------------------------------------------------
@pytest.mark.django_db
@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("POST", "/", "GET, HEAD"),
        ("DELETE", "/tai-khoan/dang-nhap/", "GET, HEAD, POST"),
        ("PUT", "/tai-khoan/dang-xuat/", "GET, HEAD, POST"),
    ],
)
def test_a_wrong_method_gets_a_page_that_says_the_way_on(
    client: Client, method: str, path: str, allowed: str
) -> None:
    answer = client.generic(method, path)
    assert (answer.status_code, answer["Allow"]) == (405, allowed)
    assert "Không làm được cách này" in answer.text


# -- the database is away ------------------------------------------------------------------------
@pytest.mark.django_db
@pytest.mark.parametrize("kind", ["locked", "away", "late"])
def test_a_busy_or_lost_database_is_503(
    faulty: Client, kind: str, django_assert_num_queries: Any, caplog: Any
) -> None:
    with django_assert_num_queries(0):
        answer = faulty.get(f"/loi/{kind}/")
    assert (answer.status_code, answer["Retry-After"]) == (503, "30")
    assert "Hệ thống đang bận" in answer.text
    assert "Chờ một phút rồi tải lại trang." in answer.text
    records = [record for record in caplog.records if record.levelno >= logging.ERROR]
    assert len(records) == 1
    assert "\n" not in OneLineFormatter("%(message)s").format(records[0])
    assert records[0].exc_info is None


@pytest.mark.django_db
def test_a_form_sent_to_a_lost_database_is_told_unsaved(faulty: Client) -> None:
    answer = faulty.post("/loi/away/")
    assert answer.status_code == 503
    assert "Dữ liệu bạn gửi chưa được lưu." in answer.text


@pytest.mark.django_db
def test_a_database_lost_before_the_view_is_503_too(faulty: Client) -> None:
    """The session is read by a middleware, outside the reach of handlers of a view's exceptions."""
    user = UserFactory()
    faulty.force_login(user)

    def fail(*_args: Any) -> None:
        raise OperationalError("database is locked")

    with connection.execute_wrapper(fail):
        answer = faulty.get("/lam-viec/")
    assert (answer.status_code, answer["Retry-After"]) == (503, "30")
    assert "Hệ thống đang bận" in answer.text
    assert faulty.get("/lam-viec/").status_code == 200  # and recovers by itself


@pytest.mark.django_db
def test_a_fault_of_ours_stays_500(faulty: Client, on_postgres: bool) -> None:
    assert faulty.get("/loi/broken/").status_code == 500
    if not on_postgres:
        assert faulty.get("/loi/no-table/").status_code == 500


def test_what_counts_as_an_outage(on_postgres: bool) -> None:
    assert not is_outage(None)
    assert not is_outage(ValueError("database is locked"))
    assert is_outage(OperationalError("attempt to write a readonly database"))
    assert is_outage(OperationalError("database or disk is full"))
    assert is_outage(OperationalError('near "SELEC": syntax error')) is on_postgres


@pytest.mark.django_db(transaction=True)
@pytest.mark.race
def test_a_lock_that_others_hold_too_long_is_503(on_postgres: bool) -> None:
    """A real one: somebody holds the row while a sign-out wants to delete its session."""
    user = UserFactory()
    client = Client(raise_request_exception=False)
    client.force_login(user)
    held, done = threading.Event(), threading.Event()

    def hold() -> None:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("UPDATE django_session SET expire_date = expire_date")
            held.set()
            done.wait(20)
        connection.close()

    holder = threading.Thread(target=hold)
    holder.start()
    assert held.wait(10)
    with connection.cursor() as cursor:
        cursor.execute("SET lock_timeout = '200ms'" if on_postgres else "PRAGMA busy_timeout = 200")
    answer = client.post("/tai-khoan/dang-xuat/")
    done.set()
    holder.join()
    with connection.cursor() as cursor:
        cursor.execute("SET lock_timeout = '3s'" if on_postgres else "PRAGMA busy_timeout = 20000")
    assert (answer.status_code, answer["Retry-After"]) == (503, "30")
    assert client.post("/tai-khoan/dang-xuat/").status_code == 302


@pytest.mark.slow
def test_a_server_without_its_database_answers_503_and_recovers(make_live: Any, tmp_path: Any) -> None:
    server = make_live(DATABASE_URL=f"postgres://nobody:x@127.0.0.1:{free_port()}/nothing")
    started = time.monotonic()
    for path, cookie in (("/tai-khoan/dang-nhap/", ""), ("/lam-viec/", "sessionid=" + "a" * 32)):
        request = urllib.request.Request(server.address(path), headers={"Cookie": cookie} if cookie else {})
        with pytest.raises(urllib.error.HTTPError) as refusal:
            urllib.request.urlopen(request, timeout=10)
        with refusal.value as answer:
            assert (answer.code, answer.headers["Retry-After"]) == (503, "30")
            assert "Hệ thống đang bận" in answer.read().decode()
    assert time.monotonic() - started < 5
    assert "Traceback" not in server.log_text()
    assert server.get("/healthz")[0] == 200
    assert server.get("/khong-co/")[0] == 404


@pytest.mark.slow
@pytest.mark.journey
def test_k14_connection_slots_used_up_are_503_and_free_again(make_live: Any, on_postgres: bool) -> None:
    if not on_postgres:
        pytest.skip("PostgreSQL counts connections")
    import psycopg2

    server = make_live()
    server.query("select 1")
    taken = []
    try:
        while True:
            taken.append(psycopg2.connect(server.database_url))
    except psycopg2.OperationalError:
        pass
    try:
        for pid in server.worker_pids():
            os.kill(pid, signal.SIGTERM)  # the new workers find no slot
        time.sleep(2)
        assert server.get("/tai-khoan/dang-nhap/")[0] == 503
    finally:
        for one in taken:
            one.close()
    assert server.get("/tai-khoan/dang-nhap/")[0] == 200


# -- collisions (C15) ----------------------------------------------------------------------------
def collision(code: str) -> OperationalError:
    """As psycopg reports it through Django."""
    error = OperationalError("rolled back")
    error.__cause__ = type("Cause", (Exception,), {"pgcode": code})()
    return error


@pytest.mark.parametrize("code", ["40001", "40P01"])
def test_c15_a_collision_is_tried_again(code: str) -> None:
    faults = [collision(code), collision(code)]

    def work() -> str:
        if faults:
            raise faults.pop()
        return "done"

    assert once_more(work) == "done"


def test_c15_not_for_ever() -> None:
    calls = []

    def work() -> None:
        calls.append(1)
        raise collision("40P01")

    with pytest.raises(OperationalError):
        once_more(work)
    assert len(calls) == 1 + RETRIES


def test_c15_other_errors_are_raised_at_once() -> None:
    for error in (OperationalError("database is locked"), collision("55P03"), ValueError("x")):
        calls = []

        def work(error: Exception = error, calls: Any = calls) -> None:
            calls.append(1)
            raise error

        with pytest.raises(type(error)):
            once_more(work)
        assert len(calls) == 1


@pytest.mark.django_db
def test_c15_inside_a_transaction_nothing_is_repeated() -> None:
    calls = []

    def work() -> None:
        calls.append(1)
        raise collision("40P01")

    with pytest.raises(OperationalError), transaction.atomic():
        once_more(work)
    assert len(calls) == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.race
@pytest.mark.parametrize("retrying", [True, False])
def test_c15_two_transactions_in_each_others_way_both_end(on_postgres: bool, retrying: bool) -> None:
    """Opposite lock order: PostgreSQL gives one up as a deadlock. The control, without retry, loses it."""
    if not on_postgres:
        pytest.skip("SQLite has one writer at a time")
    first, second = ClusterFactory(short_name="0"), ClusterFactory(short_name="0")
    both = threading.Barrier(2)

    def add(order: list[int]) -> None:
        tries: list[int] = []

        def work() -> None:
            tries.append(1)
            with transaction.atomic():
                row = Cluster.objects.select_for_update().get(pk=order[0])
                if len(tries) == 1:
                    both.wait(5)
                other = Cluster.objects.select_for_update().get(pk=order[1])
                for one in (row, other):
                    one.short_name = str(int(one.short_name) + 1)
                    one.save(update_fields=["short_name"])

        once_more(work) if retrying else work()

    outcomes = race(lambda: add([first.pk, second.pk]), lambda: add([second.pk, first.pk]))
    done = set(Cluster.objects.values_list("short_name", flat=True))
    failed = [one for one in outcomes if isinstance(getattr(one, "error", one), OperationalError)]
    assert (done, len(failed)) == (({"2"}, 0) if retrying else ({"1"}, 1))


# -- log -----------------------------------------------------------------------------------------
def test_a_record_is_one_line_whatever_was_put_into_it() -> None:
    record = logging.LogRecord("x", logging.INFO, "", 0, "name=%s", ("a\r\n2020 ERROR forged",), None)
    assert OneLineFormatter("%(message)s").format(record) == "name=a\\r\\n2020 ERROR forged"


def test_a_traceback_keeps_its_lines() -> None:
    try:
        raise ValueError("x\ny")
    except ValueError as error:
        record = logging.LogRecord(
            "x", logging.ERROR, "", 0, "bad\nthing", (), (type(error), error, error.__traceback__)
        )
    text = OneLineFormatter("%(message)s").format(record)
    assert text.startswith("bad\\nthing\nTraceback")
    assert "ValueError" in text
