"""The two addresses that watchers ask."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client

pytestmark = pytest.mark.django_db


def test_the_process_answers_without_a_query(client: Client, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(0):
        answer = client.get("/healthz")
    assert (answer.status_code, answer.json()) == (200, {"ok": True})
    assert answer.headers["Cache-Control"] == "no-store"


def test_ready_names_every_check(client: Client) -> None:
    answer = client.get("/readyz")
    assert answer.status_code == 200
    assert answer.json() == {"ok": True, "database": True, "files": True, "migrations": True}


def test_pending_migrations_are_red(client: Client) -> None:
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'scoring'")
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["migrations"] is False


def test_a_full_or_missing_file_store_is_red(client: Client, settings: Any, tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("not a folder")
    settings.FILES_DIR = blocked / "files"
    assert client.get("/readyz").json()["files"] is False


@pytest.mark.parametrize("address", ["/healthz", "/readyz"])
def test_nobody_posts_there(client: Client, address: str) -> None:
    assert client.post(address).status_code == 405
