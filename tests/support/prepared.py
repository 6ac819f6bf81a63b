"""Test databases copied from one that has all tables: to run every migration takes longer than most files of tests.

On SQLite the first process that needs a database keeps a copy of the file it has just migrated; its name carries a
hash of all migrations, so any change of theirs makes a new one. It lies in the folder TEST_PREPARED (script/test: one
for each run), or in pytest's own cache. On PostgreSQL the workers of one run share a database on the server, which
the last of them drops. Django's ``migrate`` runs over every copy too: it finds nothing to do, or does it.

With ``--create-db``, ``--reuse-db`` or ``--no-migrations`` nothing is copied.
"""

from __future__ import annotations

import ast
import fcntl
import hashlib
import os
import shutil
import sqlite3
import sys
from pathlib import Path
from typing import Any

import django
from django.apps import apps
from django.db import connection

ROOT = Path(__file__).resolve().parent.parent.parent
KEPT = 3  # files of other hashes: branches of the code that are worked on in turn


def digest() -> str:
    """Hash of what the tables are made of: each app's migrations, the code of ours they use, and the versions."""
    total = hashlib.sha256(repr((sys.version_info[:2], django.VERSION, sqlite3.sqlite_version)).encode())
    for path in sources():
        total.update(f"{path.parent.parent.name}/{path.name}\n".encode() + path.read_bytes())
    return total.hexdigest()[:24]


def sources() -> list[Path]:
    """The migrations of all apps, and every module of the project that they import, or that those import."""
    found: set[Path] = set()
    ahead = [path for app in apps.get_app_configs() for path in (Path(app.path) / "migrations").glob("*.py")]
    while ahead:
        path = ahead.pop()
        if path not in found:
            found.add(path)
            if path.is_relative_to(ROOT) and "site-packages" not in path.parts:
                ahead += imported(path)
    return sorted(found)


def imported(path: Path) -> list[Path]:
    """Files of the project that a module imports."""
    modules: list[str] = []
    for node in ast.walk(ast.parse(path.read_bytes())):
        if isinstance(node, ast.Import):
            modules += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            package = path.parent.relative_to(ROOT).parts
            start = package[: len(package) - node.level + 1] if node.level else ()
            base = ".".join([*start, *([node.module] if node.module else [])])
            modules += [base, *(f"{base}.{alias.name}" for alias in node.names)]
    places = [ROOT / module.replace(".", "/") for module in modules]
    files = [file for place in places for file in (place.with_suffix(".py"), place / "__init__.py")]
    return [file for file in files if file.is_file()]


class Lock:
    """One process of a folder at a time; a process that ends lets go."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._path = folder / "lock"
        self._file: Any = None

    def __enter__(self) -> None:
        self._file = self._path.open("a")
        fcntl.flock(self._file, fcntl.LOCK_EX)

    def __exit__(self, *problem: object) -> None:
        if self._file:
            self._file.close()
            self._file = None


class SqliteFiles:
    """Prepared files in a folder, named by ``digest()``."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.lock = folder, Lock(folder)
        self.file = folder / f"{digest()}.sqlite3"
        self.found = False

    def before_setup(self) -> None:
        """Let Django begin with a copy, or make everybody wait for what it makes."""
        self.lock.__enter__()
        self.found = self.file.exists()
        if self.found:
            self.file.touch()  # the oldest go first
            self.lock.__exit__()
            self._begin_with_copy()

    def after_setup(self) -> None:
        """Keep what Django has made."""
        if not self.found:
            self._keep()
            self.lock.__exit__()

    def end(self) -> None:
        self.lock.__exit__()

    def _keep(self) -> None:
        connection.ensure_connection()
        half_made = self.file.with_suffix(f".{os.getpid()}")
        target = sqlite3.connect(half_made)
        connection.connection.backup(target)
        target.close()
        half_made.replace(self.file)
        for old in sorted(self.folder.glob("*.sqlite3"), key=lambda path: -path.stat().st_mtime)[KEPT:]:
            old.unlink()

    def _begin_with_copy(self) -> None:
        creation: Any = connection.creation
        make = creation._create_test_db

        def make_and_copy(*arguments: Any, **options: Any) -> str:
            name = make(*arguments, **options)
            shutil.copyfile(self.file, name)
            return str(name)

        creation._create_test_db = make_and_copy


class PostgresTemplate:
    """One database on the server, shared by the workers of a run; ``folder`` is the same for them all."""

    def __init__(self, folder: Path) -> None:
        self.lock = Lock(folder)
        self.note = (
            folder / "template"
        )  # name of the database, a space, then a dot for each worker that uses it
        self.found = self.used = False

    def before_setup(self) -> None:
        """Let Django begin with a copy, or make everybody wait for what it makes."""
        self.lock.__enter__()
        self.found = self.note.exists()
        if self.found:
            connection.settings_dict["TEST"]["TEMPLATE"] = self._one_more()
            self.lock.__exit__()

    def after_setup(self) -> None:
        """Keep what Django has made."""
        if not self.found:
            source = connection.settings_dict["NAME"]
            connection.close()  # a database in use cannot be copied
            self._on_server(f'CREATE DATABASE "{source}_prepared" TEMPLATE "{source}"')
            self.note.write_text(f"{source}_prepared ")
            self._one_more()
            self.lock.__exit__()

    def end(self) -> None:
        """Use it no more; the last one drops it."""
        self.lock.__exit__()
        if not self.used:
            return
        with self.lock:
            name, users = self.note.read_text().split(" ")
            if len(users) > 1:
                self.note.write_text(f"{name} {users[1:]}")
            else:
                self.note.unlink()
                self._on_server(f'DROP DATABASE IF EXISTS "{name}"')

    def _one_more(self) -> str:
        name, users = self.note.read_text().split(" ")
        self.note.write_text(f"{name} {users}.")
        self.used = True
        return name

    def _on_server(self, statement: str) -> None:
        with connection._nodb_cursor() as cursor:
            cursor.execute(statement)
