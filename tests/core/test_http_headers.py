"""Every kind of answer carries the headers that keep browsers from being misled; production adds its own."""

from __future__ import annotations

import os
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as project
from django.core.files.base import ContentFile
from django.test import Client

from core import files
from tests.factories import ActivityFactory, EvidenceFactory

POLICY = {
    "default-src": "'none'", "style-src": "'self'", "script-src": "'self'", "img-src": "'self' data:",
    "font-src": "'self'", "connect-src": "'self'", "form-action": "'self'", "base-uri": "'none'",
    "frame-ancestors": "'none'",
}  # fmt: skip
SWITCHED_OFF = ("camera", "geolocation", "microphone", "payment", "usb")

Ask = Callable[[Any], Any]


def signed_in(path: str) -> Ask:
    """An answer to the clerk of the chair."""
    return lambda cast: cast.client(cast.an).get(path)


ANSWERS: dict[str, tuple[int, Ask]] = {
    "public page": (200, lambda cast: Client().get("/")),
    "sign-in": (200, lambda cast: Client().get("/tai-khoan/dang-nhap/")),
    "working page": (200, lambda cast: cast.client(cast.an).get(cast.url("ranking"))),
    "form": (200, signed_in("/tai-khoan/mat-khau/")),
    "admin site": (200, lambda cast: cast.client(cast.root).get("/admin/")),
    "redirect": (302, lambda cast: Client().get("/lam-viec/")),
    "bad host": (400, lambda cast: Client().get("/", HTTP_HOST="evil.test")),
    "refusal": (403, lambda cast: cast.client(cast.chi).get(cast.url("ranking_edit"))),
    "no token": (403, lambda cast: Client(enforce_csrf_checks=True).post("/tai-khoan/dang-nhap/")),
    "missing": (404, lambda cast: Client().get("/khong-co/")),
    "outsider": (404, lambda cast: cast.client(cast.dung).get(cast.url("ranking"))),
    "wrong method": (405, lambda cast: Client().post("/")),
    "wrong input": (422, lambda cast: Client().post("/tai-khoan/dang-nhap/", {})),
    "fault": (500, lambda cast: Client(raise_request_exception=False).get("/loi/broken/")),
    "lost database": (503, lambda cast: Client(raise_request_exception=False).get("/loi/locked/")),
    "health": (200, lambda cast: Client().get("/healthz")),
    "language of scripts": (200, lambda cast: cast.client(cast.root).get("/admin/jsi18n/")),
}


def policy_of(answer: Any) -> dict[str, str]:
    parts = [
        part.strip().split(" ", 1) for part in answer["Content-Security-Policy"].split(";") if part.strip()
    ]
    return {part[0]: part[1] if len(part) > 1 else "" for part in parts}


def guard(answer: Any) -> None:
    """AssertionError for a header that is missing or weak."""
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Referrer-Policy"] == "same-origin"
    assert answer["Cross-Origin-Opener-Policy"] == "same-origin"
    assert answer["X-Frame-Options"] == "DENY"
    allowed = answer["Permissions-Policy"]
    assert all(f"{name}=()" in allowed for name in SWITCHED_OFF)


@pytest.mark.django_db
@pytest.mark.parametrize("kind", ANSWERS)
def test_each_kind_of_answer_is_guarded(cast: Any, settings: Any, kind: str) -> None:
    settings.ROOT_URLCONF = "tests.core.faulty_urls"
    status, ask = ANSWERS[kind]
    answer = ask(cast)
    assert answer.status_code == status
    guard(answer)
    assert answer["X-Frame-Options"] == "DENY" or status in (
        400,
        503,
    )  # too early for that middleware: the policy holds
    policy = policy_of(answer)
    assert {name: policy.get(name) for name in POLICY} == POLICY
    assert "unsafe" not in answer["Content-Security-Policy"]


@pytest.mark.django_db
def test_evidence_is_a_download_that_runs_nothing(cast: Any) -> None:
    stored = files.store(ContentFile(b"%PDF-1.7\n", "x.pdf"), files.PDF)
    activity = ActivityFactory(year=cast.year, agency=cast.chair, submitted=True)
    evidence = EvidenceFactory(activity=activity, file=stored)
    answer = cast.client(cast.an).get(cast.url("evidence_file", pk=evidence.pk))
    assert answer.status_code == 200
    guard(answer)
    assert answer["Content-Security-Policy"] == "sandbox"
    assert answer["Content-Disposition"].startswith("attachment")
    assert answer["Cache-Control"] == "no-store"
    answer.close()


@pytest.mark.django_db
def test_static_files_are_guarded(settings: Any, tmp_path: Path) -> None:
    (tmp_path / "css").mkdir()
    (tmp_path / "css/base.css").write_text("body {}")
    settings.STATIC_ROOT = tmp_path
    answer = Client().get("/static/css/base.css")
    assert answer.status_code == 200
    assert answer["Content-Type"].startswith("text/css")
    guard(answer)
    assert {name: policy_of(answer).get(name) for name in POLICY} == POLICY
    answer.close()


@pytest.mark.django_db
def test_no_page_lets_another_origin_read_it(client: Client) -> None:
    for path in ("/", "/tai-khoan/dang-nhap/", "/healthz"):
        assert "Access-Control-Allow-Origin" not in client.get(path, HTTP_ORIGIN="https://evil.test")


# -- production ----------------------------------------------------------------------------------
PRODUCTION = {
    "APP_ENV": "production",
    "SECRET_KEY": "kF9-2mQz_7wXv4Rt8bNc1LpYs6DhJg3e",
    "ALLOWED_HOSTS": "127.0.0.1",
    "BEHIND_PROXY": "1",
}


class Straight(urllib.request.HTTPRedirectHandler):
    """Follows nothing."""

    def redirect_request(self, *args: Any) -> None:
        """Give the redirect back."""


@pytest.mark.slow
def test_production_speaks_https_alone_with_cookies_of_the_host(make_live: Any) -> None:
    server = make_live(**PRODUCTION)
    opener = urllib.request.build_opener(Straight)

    def get(path: str, **headers: str) -> Any:
        try:
            return opener.open(urllib.request.Request(server.address(path), headers=headers), timeout=20)
        except urllib.error.HTTPError as answer:
            return answer

    with get("/tai-khoan/dang-nhap/") as plain:
        assert (plain.status, plain.headers["Location"]) == (
            301,
            f"https://127.0.0.1:{server.port}/tai-khoan/dang-nhap/",
        )
    with get("/tai-khoan/dang-nhap/", **{"X-Forwarded-Proto": "https"}) as page:
        assert page.status == 200
        assert page.headers["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains"
        cookies = page.headers.get_all("Set-Cookie")
        text = page.read().decode()
    assert [cookie.split("=")[0] for cookie in cookies] == ["__Host-csrftoken"]
    for cookie in cookies:
        assert "; Secure" in cookie
        assert "; Path=/" in cookie
        assert "Domain" not in cookie
    style = text.split('href="/static/css/base.')[1].split('"')[0]
    with get(f"/static/css/base.{style}", **{"X-Forwarded-Proto": "https"}) as file:
        assert file.status == 200
        assert "immutable" in file.headers["Cache-Control"]
        assert file.headers["X-Content-Type-Options"] == "nosniff"
        assert "default-src 'none'" in file.headers["Content-Security-Policy"]
        assert "Strict-Transport-Security" in file.headers


def test_cookies_of_production_are_closed_and_bound_to_the_host(tmp_path: Path) -> None:
    code = (
        "import django; django.setup(); from django.conf import settings as s;"
        "print(s.SESSION_COOKIE_NAME, s.CSRF_COOKIE_NAME, s.DEVICE_COOKIE_NAME, s.SESSION_COOKIE_SECURE,"
        " s.CSRF_COOKIE_SECURE, s.SESSION_COOKIE_HTTPONLY, s.SESSION_COOKIE_DOMAIN, s.DEBUG)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=project.BASE_DIR, text=True, capture_output=True, check=True,
        env={**os.environ, **PRODUCTION, "DATA_DIR": str(tmp_path), "DJANGO_SETTINGS_MODULE": "cluster_app.settings"},
    )  # fmt: skip
    assert done.stdout.split() == [
        "__Host-sessionid", "__Host-csrftoken", "__Host-device", "True", "True", "True", "None", "False",
    ]  # fmt: skip
