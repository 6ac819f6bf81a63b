"""Triggers that refuse UPDATE and DELETE on a table, on SQLite and PostgreSQL."""

from __future__ import annotations

from typing import Any

from django.db import migrations
from django.db.backends.base.base import BaseDatabaseWrapper

_EVENTS = ("update", "delete")


def install(connection: BaseDatabaseWrapper, table: str, when: str = "") -> None:
    """From now on the database itself refuses to change or remove rows of ``table``.

    ``when``: only rows for which this SQL condition on ``OLD`` holds ("OLD.frozen_at IS NOT NULL").
    """
    condition = f"WHEN ({when}) " if when else ""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                "CREATE OR REPLACE FUNCTION core_refuse_change() RETURNS trigger LANGUAGE plpgsql AS "
                "$$ BEGIN RAISE EXCEPTION 'append-only table %', TG_TABLE_NAME; END $$"
            )
        for event in _EVENTS:
            name = f"{table}_no_{event}"
            action = "EXECUTE FUNCTION core_refuse_change()"
            if connection.vendor == "sqlite":
                action = f"BEGIN SELECT RAISE(ABORT, 'append-only table {table}'); END"
            cursor.execute(
                f'CREATE TRIGGER {name} BEFORE {event.upper()} ON "{table}" FOR EACH ROW {condition}{action}'
            )


def remove(connection: BaseDatabaseWrapper, table: str) -> None:
    """Take the triggers away again (a migration backwards, or a test's clean-up)."""
    with connection.cursor() as cursor:
        for event in _EVENTS:
            where = f' ON "{table}"' if connection.vendor == "postgresql" else ""
            cursor.execute(f"DROP TRIGGER IF EXISTS {table}_no_{event}{where}")


class AppendOnly(migrations.RunPython):
    """Migration operation: make ``table`` append-only, or those of its rows that ``when`` names."""

    def __init__(self, table: str, when: str = "") -> None:
        """Name the table as it stands in the database."""
        self.table, self.when = table, when
        super().__init__(self._forwards, self._backwards)

    def deconstruct(self) -> Any:
        """Name and argument, for the migration writer."""
        return (self.__class__.__qualname__, [self.table, *([self.when] if self.when else [])], {})

    def _forwards(self, _apps: Any, schema_editor: Any) -> None:
        install(schema_editor.connection, self.table, self.when)

    def _backwards(self, _apps: Any, schema_editor: Any) -> None:
        remove(schema_editor.connection, self.table)
