"""A real web server for tests that kill processes, race over HTTP or drive a browser.

gunicorn serves the application with its ordinary settings (not those of the tests) on a free loopback port, over a
database and a data folder of its own that already hold the demo. The database is made once per run, whichever worker
asks first, and copied for each server, so a test gets a fresh one in about a second.
"""

from __future__ import annotations

import fcntl
import json
import os
import secrets
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

ROOT = Path(__file__).resolve().parent.parent.parent
START_SECONDS = 40
_DROPPED = (
    "DJANGO_ALLOW_ASYNC_UNSAFE", "DJANGO_SETTINGS_MODULE", "DATABASE_URL", "CACHE_URL", "DEBUG", "SECRET_KEY",
    "ALLOWED_HOSTS", "HOST", "PORT", "TEST_DB", "APP_ENV", "COVERAGE_PROCESS_START",
)  # fmt: skip


class Place:
    """A data folder and a database that ``manage.py`` and a server work on."""

    def __init__(self, folder: Path, database_url: str) -> None:
        self.folder = folder
        self.database_url = database_url
        folder.mkdir(parents=True, exist_ok=True)

    @property
    def environment(self) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if name not in _DROPPED}
        return kept | {
            "APP_ENV": "development",
            "DATA_DIR": str(self.folder),
            "DATABASE_URL": self.database_url,
            "DJANGO_SETTINGS_MODULE": "cluster_app.settings",
            "PYTHONUNBUFFERED": "1",
        }

    def manage(self, *arguments: str, stdin: str | None = None, **environment: str) -> str:
        """Run a command of manage.py here; its output, or AssertionError with what it said."""
        done = subprocess.run(
            [sys.executable, "manage.py", *arguments], cwd=ROOT, env=self.environment | environment, input=stdin,
            capture_output=True, text=True, timeout=300, check=False,
        )  # fmt: skip
        assert done.returncode == 0, f"manage.py {' '.join(arguments)} failed:\n{done.stdout}\n{done.stderr}"
        return done.stdout

    def shell(self, code: str) -> str:
        """Run Python with the application's models loaded; what it prints."""
        return self.manage("shell", "-v", "0", "-c", code)

    def query(self, sql: str, parameters: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
        """Rows of a statement that reads, straight from the database; ``%s`` as the place of a parameter."""
        if self.is_sqlite:
            connection = sqlite3.connect(self.sqlite_file, timeout=20)
            try:
                return connection.execute(sql.replace("%s", "?"), parameters).fetchall()
            finally:
                connection.close()
        with _autocommit(self.database_url) as cursor:
            cursor.execute(sql, parameters)
            return list(cursor.fetchall())

    @property
    def is_sqlite(self) -> bool:
        return self.database_url.startswith("sqlite")

    @property
    def sqlite_file(self) -> Path:
        return self.folder / "db.sqlite3"


@contextmanager
def shared_template(folder: Path, server_url: str | None) -> Iterator[Place]:
    """The template of a run: ``folder`` is the same for all its workers. The first that asks makes it, the last that
    lets go drops its database."""
    folder.mkdir(parents=True, exist_ok=True)
    with _users(folder) as users:
        if not users["database"]:
            made = make_template(folder / f"template-{os.getpid()}", server_url)
            users.update(database=made.database_url, folder=str(made.folder))
        users["count"] += 1
        place = Place(Path(users["folder"]), users["database"])
    try:
        yield place
    finally:
        with _users(folder) as users:
            users["count"] -= 1
            if not users["count"]:
                drop(place, server_url)
                users["database"] = ""


@contextmanager
def _users(folder: Path) -> Iterator[dict[str, Any]]:
    """Who uses the template, for one worker at a time; changes are kept."""
    with (folder / "users.json").open("a+") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        file.seek(0)
        users = json.loads(file.read() or '{"count": 0, "database": "", "folder": ""}')
        yield users
        file.seek(0)
        file.truncate()
        json.dump(users, file)
        file.flush()


def make_template(folder: Path, server_url: str | None) -> Place:
    """A place with tables, static files and the demo, to be copied. ``server_url`` None means SQLite."""
    url = _database_url(folder, server_url, f"live_template_{os.getpid()}")
    if server_url:
        with _autocommit(server_url) as cursor:
            cursor.execute(f'CREATE DATABASE "{_database_name(url)}"')
    place = Place(folder, url)
    place.manage("migrate", "--noinput", "-v", "0")
    place.manage("collectstatic", "--noinput", "-v", "0")
    place.manage("demo")
    return place


def copy_of(template: Place, folder: Path, server_url: str | None) -> Place:
    """A copy of a template's database and files, for one test."""
    url = _database_url(folder, server_url, f"live_{os.getpid()}_{time.monotonic_ns()}")
    place = Place(folder, url)
    if server_url:
        with _autocommit(server_url) as cursor:
            cursor.execute(
                f'CREATE DATABASE "{_database_name(url)}" TEMPLATE "{_database_name(template.database_url)}"'
            )
    else:
        source, target = sqlite3.connect(template.sqlite_file), sqlite3.connect(place.sqlite_file)
        source.backup(target)
        source.close()
        target.close()
    for path in template.folder.iterdir():
        if path.name == "static":
            (folder / "static").symlink_to(path)
        elif path.is_dir():
            shutil.copytree(path, folder / path.name)
    return place


def drop(place: Place, server_url: str | None) -> None:
    """Remove a place's database; the folder is pytest's to remove."""
    if server_url:
        with _autocommit(server_url) as cursor:
            cursor.execute(f'DROP DATABASE IF EXISTS "{_database_name(place.database_url)}" WITH (FORCE)')


class LiveServer(Place):
    """gunicorn over a place. ``url`` is its address without a final slash."""

    def __init__(self, place: Place, *, workers: int = 2, threads: int = 2, **environment: str) -> None:
        super().__init__(place.folder, place.database_url)
        self.extra = environment
        self.workers, self.threads = workers, threads
        self.port = free_port()
        self.log = self.folder / "server.log"
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def address(self, path: str) -> str:
        return self.url + path

    def start(self) -> LiveServer:
        """Start and wait until /healthz answers; AssertionError with the server's log otherwise."""
        command = [
            sys.executable, "-m", "gunicorn", "cluster_app.wsgi", "--bind", f"127.0.0.1:{self.port}", "--preload",
            "--workers", str(self.workers), "--threads", str(self.threads), "--no-control-socket",
            "--graceful-timeout", "5",
        ]  # fmt: skip
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                command, cwd=ROOT, env=self.environment | {"PORT": str(self.port)} | self.extra, stdout=log,
                stderr=log, stdin=subprocess.DEVNULL, start_new_session=True,
            )  # fmt: skip
        wait_for(self.address("/healthz"), self.process, self.log)
        return self

    def get(self, path: str) -> tuple[int, str]:
        """Status and text of a plain request, for a look without a browser."""
        return fetch(self.address(path))

    def terminate(self) -> int:
        """Ask the server to stop as an operator does (TERM); its exit code."""
        assert self.process is not None
        self.process.terminate()
        return self.process.wait(20)

    def kill(self) -> None:
        """Kill the server and its workers at once, as a power cut would."""
        if self.process and self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait(10)

    def worker_pids(self) -> list[int]:
        """Process numbers of the workers, without the master's."""
        assert self.process is not None
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text()
        return [int(pid) for pid in children.split()]

    def log_text(self) -> str:
        return self.log.read_text(errors="replace") if self.log.exists() else ""


def wait_for(
    address: str, process: subprocess.Popen[bytes], log: Path, seconds: float = START_SECONDS
) -> None:
    """Return when the address answers 200; AssertionError with the log when it does not in time."""
    limit = time.monotonic() + seconds
    while True:
        try:
            with urllib.request.urlopen(address, timeout=5) as answer:
                if answer.status == 200:
                    return
        except OSError:
            pass
        if process.poll() is not None or time.monotonic() > limit:
            text = log.read_text(errors="replace") if log.exists() else ""
            raise AssertionError(f"no answer from {address} (exit code {process.poll()}):\n{text[-6000:]}")
        time.sleep(0.1)


def fetch(address: str) -> tuple[int, str]:
    """Status and text of an address, errors included."""
    try:
        with urllib.request.urlopen(address, timeout=30) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as refusal:
        with refusal:
            return refusal.code, refusal.read().decode(errors="replace")


def free_port() -> int:
    """A loopback port nobody listens on, below the range that outgoing connections take theirs from.

    A port of that range can be taken by any client between this call and the server's own bind.
    """
    while True:
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port := 20_000 + secrets.randbelow(12_000)))
            except OSError:
                continue
            return port


def _database_url(folder: Path, server_url: str | None, name: str) -> str:
    if not server_url:
        return f"sqlite:///{folder / 'db.sqlite3'}"
    return urlunsplit(urlsplit(server_url)._replace(path=f"/{name}"))


def _database_name(url: str) -> str:
    return urlsplit(url).path.lstrip("/")


class _autocommit:
    """A cursor outside any transaction, closed at the end (CREATE DATABASE wants that)."""

    def __init__(self, url: str) -> None:
        self.url = url

    def __enter__(self) -> Any:
        import psycopg2

        self.connection = psycopg2.connect(self.url)
        self.connection.autocommit = True
        return self.connection.cursor()

    def __exit__(self, *problem: object) -> None:
        self.connection.close()
