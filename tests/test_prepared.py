"""Copied test databases are what migrations make: the same tables, constraints, triggers and rows."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from tests.support import prepared
from tests.support.live import Place

Rows = list[tuple[Any, ...]]
SQLITE = {"all": "SELECT type, name, tbl_name, sql FROM sqlite_master WHERE name NOT LIKE 'sqlite_stat_'"}
POSTGRES = {
    "columns": "SELECT table_name, column_name, data_type, is_nullable, column_default, character_maximum_length,"
    " numeric_precision, numeric_scale, is_identity, generation_expression, collation_name"
    " FROM information_schema.columns WHERE table_schema = 'public'",
    "indexes": "SELECT indexdef FROM pg_indexes WHERE schemaname = 'public'",
    "constraints": "SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint"
    " WHERE connamespace = 'public'::regnamespace",
    "triggers": "SELECT pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal",
    "functions": "SELECT proname, prosrc FROM pg_proc WHERE pronamespace = 'public'::regnamespace",
    "extensions": "SELECT extname FROM pg_extension",
}
ROWS = {
    "migrations": "SELECT app, name FROM django_migrations",
    "types": "SELECT app_label, model FROM django_content_type",
    "permissions": "SELECT codename FROM auth_permission",
}


def contents(ask: Callable[[str], Rows], *, sqlite: bool) -> dict[str, Rows]:
    """All that a database holds before anybody writes to it."""
    asked = (SQLITE if sqlite else POSTGRES) | ROWS
    return {name: sorted(ask(question), key=repr) for name, question in asked.items()}


def of_this_process(question: str) -> Rows:
    with connection.cursor() as cursor:
        cursor.execute(question)
        return list(cursor.fetchall())


@pytest.mark.e2e
@pytest.mark.journey
@pytest.mark.django_db
def test_copies_are_what_manage_py_migrate_makes(
    live_template: Place, on_postgres: bool, prepared_source: Any
) -> None:
    migrated = contents(live_template.query, sqlite=not on_postgres)
    assert len(migrated["all" if not on_postgres else "columns"]) > 100
    assert len(migrated["migrations"]) > 50
    assert contents(of_this_process, sqlite=not on_postgres) == migrated
    if isinstance(prepared_source, prepared.SqliteFiles):
        with closing(sqlite3.connect(prepared_source.file)) as kept:
            ask = lambda question: kept.execute(question).fetchall()  # noqa: E731
            assert contents(ask, sqlite=True) == migrated


def test_any_change_of_a_migration_makes_a_new_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    own = [path for path in prepared.ROOT.glob("*/migrations/*.py") if path.parts[-3] != "tests"]
    used = [prepared.ROOT / "core" / name for name in ("fields.py", "append_only.py", "folding.py")]
    assert {*own, *used} <= set(prepared.sources())
    (tmp_path / "migrations").mkdir()
    one = tmp_path / "migrations" / "0001_initial.py"
    one.write_text("operations = []")
    monkeypatch.setattr(prepared, "sources", lambda: [one])
    before = prepared.digest()
    assert prepared.digest() == before
    one.write_text("operations = [1]")
    assert prepared.digest() != before
