"""Add the trigram index of every searchable table, where the database has one to offer."""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DatabaseError, connection, models, transaction

from core import search


def searchable_models() -> list[type[models.Model]]:
    """Every model with a text column ``search``."""
    return [
        model
        for model in apps.get_models()
        if any(
            field.name == "search" and isinstance(field, models.TextField)
            for field in model._meta.concrete_fields
        )
    ]


class Command(BaseCommand):
    """Run once after installing, and again after an upgrade; pages find the same without it, only slower."""

    help = "Makes search over many rows fast: a trigram index on PostgreSQL, an FTS5 table on SQLite."

    def add_arguments(self, parser: CommandParser) -> None:
        """One switch."""
        parser.add_argument("--remove", action="store_true", help="Take the indexes away.")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Make or remove each index; a database without the extension gets a plain sentence, not a traceback."""
        for model in searchable_models():
            table = model._meta.db_table
            if options["remove"]:
                search.remove_index(model)
                self.stdout.write(f"{table}: index removed")
                continue
            try:
                if connection.vendor == "sqlite":
                    with transaction.atomic():
                        search.add_index(model)
                else:
                    search.add_index(model)
            except DatabaseError as error:
                raise CommandError(f"{table}: {_reason(error)}") from error
            self.stdout.write(f"{table}: index ready")


def _reason(error: DatabaseError) -> str:
    wanted = "SQLite with FTS5 and its trigram tokenizer (3.34 or newer)"
    if connection.vendor != "sqlite":
        wanted = "the extension pg_trgm (ask the administrator: CREATE EXTENSION pg_trgm;)"
    return f"no index, search stays correct but slower; it needs {wanted}. The database said: {str(error).strip()}"
