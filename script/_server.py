"""What script/server does: environment, database, demo, static files, then the web server in the foreground."""

from __future__ import annotations

import hashlib
import os
import socket
import subprocess
import sys
from pathlib import Path

import _environment as environment
from _environment import ROOT, Problem, say

# No proxy stands in front of this server, so a slow client would hold a synchronous worker for as long as it likes:
# threads keep the others served. Behind a buffering proxy run gunicorn with its synchronous workers instead.
THREADS = 4


def main() -> int:
    """Serve until Ctrl-C; 1 with a sentence when something has to be mended first."""
    os.chdir(ROOT)
    try:
        host, port = address()
        python = environment.ensure(ROOT / ".venv", ROOT / "requirements.txt")
        refuse_taken(host, port)
        prepare(python)
        return serve(python, host, port)
    except Problem as problem:
        print(problem, file=sys.stderr, flush=True)
        return 1
    except KeyboardInterrupt:
        return 130


def address() -> tuple[str, int]:
    """HOST and PORT of the environment; 127.0.0.1 and 8000 without them."""
    host, port = os.environ.get("HOST") or "127.0.0.1", os.environ.get("PORT") or "8000"
    if not port.isdigit() or not 0 < int(port) < 65536:
        raise Problem(f"PORT must be a number from 1 to 65535, not {port!r}.")
    return host, int(port)


def refuse_taken(host: str, port: int) -> None:
    """Say so now, rather than after the set-up, when something else already serves there."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        if os.name != "nt":
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as refusal:
            raise Problem(
                f"Cannot listen on {host}:{port}: {refusal.strerror}. "
                f"Choose another port, for example: PORT={min(port + 1, 65535)} script/server"
            ) from None


def prepare(python: Path) -> None:
    """Bring the database to the newest tables, load the demo into an empty installation, gather static files."""
    data_folder().mkdir(parents=True, exist_ok=True)
    manage(python, "migrate", "--noinput", "--verbosity", "0")
    gather_static(python)
    # The demo's accounts have known passwords: an installation for real use is started with APP_ENV=production.
    if os.environ.get("APP_ENV") != "production":
        manage(python, "demo", "--if-empty", "--accounts")


def gather_static(python: Path) -> None:
    """Run collectstatic when a static file or a package has changed since the last time."""
    stamp, wanted = data_folder() / "static.sha256", static_digest()
    if (data_folder() / "static").is_dir() and stamp.is_file() and stamp.read_text().strip() == wanted:
        return
    manage(python, "collectstatic", "--noinput", "--clear", "--verbosity", "0")
    stamp.write_text(wanted + "\n")


def data_folder() -> Path:
    """Where the embedded database, stored files and gathered static files are."""
    return Path(os.environ.get("DATA_DIR") or ROOT / "var")


def static_digest() -> str:
    """Hash of names, sizes and times of the static files and of the list of packages (the admin site's files)."""
    total = hashlib.sha256(environment.digest(ROOT / "requirements.txt").encode())
    for path in sorted((ROOT / "static").rglob("*")):
        if path.is_file():
            facts = path.stat()
            total.update(f"{path.relative_to(ROOT)}\n{facts.st_size}\n{facts.st_mtime_ns}\n".encode())
    return total.hexdigest()


def manage(python: Path, *arguments: str) -> None:
    """Run manage.py with what it prints shown; Problem when it fails."""
    code = subprocess.run([str(python), "manage.py", *arguments]).returncode
    if code:
        raise Problem(f"manage.py {arguments[0]} ended with code {code}; the lines above say why.")


def serve(python: Path, host: str, port: int) -> int:
    """Become gunicorn, so that signals reach it; on Windows run waitress."""
    shown = f"[{host}]" if ":" in host else host
    say(
        f"\nServing at http://{'127.0.0.1' if host in ('0.0.0.0', '::') else shown}:{port}/   (Ctrl-C stops)\n"
    )
    if os.name == "nt":
        command = [str(python), "-m", "waitress", f"--listen={shown}:{port}", f"--threads={THREADS * 2}"]
        return subprocess.run([*command, "cluster_app.wsgi:application"]).returncode
    workers = (os.cpu_count() or 1) + 1
    command = [
        str(python), "-m", "gunicorn", "cluster_app.wsgi", "--bind", f"{shown}:{port}", "--preload",
        "--worker-class", "gthread", "--workers", str(workers), "--threads", str(THREADS),
        "--max-requests", "2000", "--max-requests-jitter", "200", "--timeout", "30", "--graceful-timeout", "30",
        "--no-control-socket", "--log-level", "warning",
    ]  # fmt: skip
    os.execv(command[0], command)
