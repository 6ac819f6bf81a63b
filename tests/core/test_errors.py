"""Pages for refusals and faults: drawn without the database, without what others typed, in both languages."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as project
from django.test import Client

from core.errors import DomainError, Problem, Stale
from tests.core.faulty_urls import EVIL
from tests.factories import UserFactory

FAULTY = "tests.core.faulty_urls"
ESCAPED = "&lt;script&gt;alert(1)&lt;/script&gt;"
PAGES = {
    "/khong-co-trang/": (404, "Không có trang này"),
    "/loi/missing/": (404, "Không có trang này"),
    "/loi/refused/": (403, "Bạn chưa làm được việc này"),
    "/loi/denied/": (403, "Bạn không có quyền làm việc này."),
    "/loi/suspicious/": (400, "Không đọc được yêu cầu"),
    "/loi/stale/": (409, "Người khác vừa lưu trước"),
    "/loi/broken/": (500, "Hệ thống gặp lỗi"),
    "/loi/locked/": (503, "Hệ thống đang bận"),
}


@pytest.fixture
def visitor(settings: Any) -> Client:
    """Somebody who meets the broken addresses; errors are answered as in life."""
    settings.ROOT_URLCONF = FAULTY
    return Client(raise_request_exception=False)


@pytest.mark.django_db
@pytest.mark.parametrize("path", PAGES)
def test_each_fault_has_its_page_and_asks_the_database_nothing(
    visitor: Client, path: str, django_assert_num_queries: Any
) -> None:
    status, heading = PAGES[path]
    for _ in ("anonymous", "signed in"):
        with django_assert_num_queries(0):
            answer = visitor.get(path)
        assert answer.status_code == status
        assert heading in answer.text
        assert '<html lang="vi">' in answer.text
        visitor.force_login(UserFactory())


@pytest.mark.django_db
@pytest.mark.parametrize("path", PAGES)
def test_each_fault_offers_the_ways_on(visitor: Client, path: str) -> None:
    links = re.findall(r'href="([^"]+)"', visitor.get(path).text.split("<main")[1])
    assert links[:2] == ["/lam-viec/", "/"]


@pytest.mark.django_db
@pytest.mark.parametrize("path", PAGES)
def test_nothing_of_the_fault_reaches_the_page_as_markup(visitor: Client, path: str) -> None:
    text = visitor.get(path).text
    assert EVIL not in text
    assert "<img src=x" not in text
    assert "programmers" not in text


@pytest.mark.django_db
def test_a_refusal_of_ours_is_said_escaped(visitor: Client) -> None:
    assert ESCAPED in visitor.get("/loi/refused/").text


@pytest.mark.django_db
def test_i1_a_message_is_inert(visitor: Client) -> None:
    visitor.force_login(UserFactory())
    visitor.get("/loi/message/")
    text = visitor.get("/lam-viec/").text
    assert ESCAPED in text
    assert EVIL not in text


@pytest.mark.django_db
def test_i1_what_was_typed_into_a_form_is_inert(client: Client) -> None:
    answer = client.post("/tai-khoan/dang-nhap/", {"login": f'"{EVIL}', "password": EVIL, "next": f'"{EVIL}'})
    assert EVIL not in answer.text
    assert ESCAPED in answer.text


@pytest.mark.django_db
def test_i1_what_stands_in_an_address_is_inert(client: Client) -> None:
    for path in (
        f"/{EVIL}/",
        f"/khong-co/?q={EVIL}",
        f'/tai-khoan/dang-nhap/?next="{EVIL}',
        '/"onmouseover="alert(1)/',
    ):
        text = client.get(path).text
        assert "<script>alert" not in text
        assert '"onmouseover="alert' not in text


@pytest.mark.django_db
def test_faults_speak_english_under_en(visitor: Client) -> None:
    assert '<html lang="en">' in visitor.get("/en/khong-co/").text


@pytest.mark.django_db
def test_a_page_that_is_missing_and_one_that_is_not_the_visitors_look_alike(cast: Any) -> None:
    outsider = cast.client(cast.dung)
    hidden, missing = cast.url("year_home"), "/lam-viec/khong-co-cum/2020/"
    one, other = outsider.get(hidden), outsider.get(missing)
    assert (one.status_code, other.status_code) == (404, 404)
    assert one.text.replace(hidden, "") == other.text.replace(missing, "")


@pytest.mark.django_db
def test_the_sample_page_of_the_components_is_for_developers(client: Client, tmp_path: Path) -> None:
    assert client.get("/giao-dien/").status_code == 404
    code = (
        "import django; django.setup(); from django.test import Client;"
        "print(Client(headers={'host': 'localhost'}).get('/giao-dien/').status_code)"
    )
    environment = {"DJANGO_SETTINGS_MODULE": "cluster_app.settings", "DATA_DIR": str(tmp_path), "DEBUG": "1"}
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=project.BASE_DIR, env=environment, text=True, capture_output=True
    )
    assert done.stdout.split()[-1:] == ["200"], done.stderr


# -- what verbs raise ----------------------------------------------------------------------------
def test_a_sentence_becomes_a_problem_with_its_place() -> None:
    error = DomainError("Thiếu tên.", "name")
    assert error.problems == [Problem("Thiếu tên.", "name")]
    assert str(error) == "Thiếu tên."


def test_problems_are_kept_in_order() -> None:
    problems = [Problem("Một.", "a"), Problem("Hai.", link="member_list")]
    assert DomainError(problems).problems == problems
    assert str(DomainError(problems)) == "Một.; Hai."


def test_a_stale_form_carries_the_row_that_won() -> None:
    row = object()
    assert Stale(row).current is row


def test_every_error_page_stands_without_a_context() -> None:
    from django.template.loader import render_to_string

    names = {path.name for path in Path(project.BASE_DIR, "templates").glob("[45]*.html")}
    names -= {"401.html"}  # the answer to a form that came too late always knows the way back
    assert len(names) >= 9
    for name in names:
        assert "</html>" in render_to_string(name)
