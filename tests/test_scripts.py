"""The two scripts, and what a start refuses (row K16 of the fault list)."""

from __future__ import annotations

import ast
import importlib.util
import os
import runpy
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from tests.support.live import fetch, free_port, wait_for
from tests.test_consistency import ROOT, files, named

SCRIPTS = ["server", "test"]


@pytest.fixture(scope="module")
def scripts() -> Iterator[dict[str, ModuleType]]:
    """The modules behind the scripts, loaded as the scripts load them."""
    sys.path.insert(0, str(ROOT / "script"))
    try:
        yield {name: importlib.import_module(name) for name in ("_environment", "_server", "_test")}
    finally:
        sys.path.remove(str(ROOT / "script"))


@pytest.fixture
def environment(scripts: dict[str, ModuleType]) -> Any:
    return scripts["_environment"]


# -- an old Python -------------------------------------------------------------------------------
@pytest.mark.parametrize("name", SCRIPTS)
def test_an_old_python_says_what_is_needed(
    name: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "version_info", (3, 8, 18, "final", 0))
    with pytest.raises(SystemExit) as left:
        runpy.run_path(str(ROOT / "script" / name))
    assert left.value.code == 1
    assert "needs Python 3.11 or newer; this is Python 3.8" in capsys.readouterr().out.replace(
        "need Python", "needs Python"
    )


@pytest.mark.parametrize("name", SCRIPTS)
def test_the_entry_of_a_script_is_readable_by_old_pythons(name: str) -> None:
    text = (ROOT / "script" / name).read_text()
    ast.parse(text, feature_version=(3, 4))
    assert text.isascii()
    assert os.access(ROOT / "script" / name, os.X_OK)


# -- the environment -----------------------------------------------------------------------------
@pytest.mark.parametrize("module", ["venv", "ensurepip"])
def test_a_python_without_venv_is_told_which_package_to_install(
    module: str, environment: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    find_spec = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None if name == module else find_spec(name))
    with pytest.raises(environment.Problem, match="apt-get install python3-venv"):
        environment.make(tmp_path / ".venv")
    assert not (tmp_path / ".venv").exists()


def test_the_server_prints_a_problem_and_exits_with_one(
    scripts: dict[str, ModuleType], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PORT", "eighty")
    assert scripts["_server"].main() == 1
    assert "PORT must be a number" in capsys.readouterr().err


def test_the_hash_follows_included_files_and_content(environment: Any, tmp_path: Path) -> None:
    base, dev = tmp_path / "requirements.txt", tmp_path / "requirements-dev.txt"
    base.write_text("a==1\n")
    dev.write_text("-r requirements.txt\nb==1\n")
    before = environment.digest(base), environment.digest(dev)
    assert environment.with_included(dev) == [dev, base]
    base.write_text("a==2\n")
    after = environment.digest(base), environment.digest(dev)
    assert before[0] != after[0]
    assert before[1] != after[1]
    base.write_text("a==1\n")
    assert (environment.digest(base), environment.digest(dev)) == before


def test_output_of_tools_is_shown_without_addresses(environment: Any) -> None:
    text = "Looking in indexes: https://host.example/simple\nERROR: No matching distribution\n\nhost='host.example'"
    assert environment.without_addresses(text) == "ERROR: No matching distribution"


@pytest.mark.slow
def test_an_environment_is_made_once_renewed_on_change_and_mended_when_broken(
    environment: Any, tmp_path: Path
) -> None:
    folder, requirements = tmp_path / ".venv", tmp_path / "requirements.txt"
    requirements.write_text("# nothing\n")
    stamp = folder / environment.STAMP

    python = environment.ensure(folder, requirements)
    assert environment.works(python)
    first = stamp.stat().st_mtime_ns
    environment.ensure(folder, requirements)
    assert stamp.stat().st_mtime_ns == first, "nothing changed, so nothing is installed"

    requirements.write_text("# nothing either\n")
    environment.ensure(folder, requirements)
    assert stamp.read_text().strip() == environment.digest(requirements)

    requirements.write_text("no-such-package-in-any-registry==0 ; python_version < '3'\nnot a requirement\n")
    with pytest.raises(environment.Problem, match=r"requirements\.txt failed"):
        environment.ensure(folder, requirements)
    assert not stamp.exists(), "a failed installation is tried again the next time"

    requirements.write_text("# nothing\n")
    shutil.rmtree(folder / "lib")
    environment.ensure(folder, requirements)
    assert environment.has_pip(python), "an environment without its packages is made anew"
    python.unlink()
    environment.ensure(folder, requirements)
    assert environment.works(python), "an environment without its Python is made anew"


# -- the server ----------------------------------------------------------------------------------
def test_a_taken_port_is_named_with_a_way_out(scripts: dict[str, ModuleType]) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(
            scripts["_environment"].Problem, match=f"Cannot listen on 127.0.0.1:{port}.*PORT="
        ):
            scripts["_server"].refuse_taken("127.0.0.1", port)


# -- the table of script/test --------------------------------------------------------------------
def test_the_closing_line_counts_tests_and_checks(
    scripts: dict[str, ModuleType], capsys: pytest.CaptureFixture[str]
) -> None:
    module = scripts["_test"]
    good = [module.Step("lint", passed=1), module.Step("tests", passed=9, skipped=1)]
    assert module.report(good, 1.0) == 0
    assert capsys.readouterr().out.splitlines()[-1] == "10 passed, 0 failed, 1 skipped"
    assert module.report([*good, module.Step("mypy", failed=1)], 1.0) == 1
    assert capsys.readouterr().out.splitlines()[-1] == "10 passed, 1 failed, 1 skipped"
    assert module.report([], 1.0) == 1, "a run without any test is not a success"


def test_a_missing_tool_is_a_sentence_not_a_skip(
    scripts: dict[str, ModuleType], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    module = scripts["_test"]
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(module, "PLACES", [])
    monkeypatch.setattr(module, "TOOLS", {"soffice": "libreoffice-calc"})
    (tmp_path / "chromium").write_text("")
    (tmp_path / "chromium").chmod(0o755)
    sentences = module.missing_tools(Path(sys.executable))
    assert sentences == ["soffice is missing. On Debian and Ubuntu: apt-get install libreoffice-calc"]


# -- production refuses (K16) --------------------------------------------------------------------
GOOD = {
    "APP_ENV": "production",
    "SECRET_KEY": "6f1d8c0b7a5e4932f1d8c0b7a5e4932fZxCvBnM",
    "ALLOWED_HOSTS": "thidua.example.vn",
}
REFUSED = [
    ({"SECRET_KEY": None}, "SECRET_KEY"),
    ({"SECRET_KEY": "short"}, "SECRET_KEY"),
    ({"SECRET_KEY": "a" * 60}, "SECRET_KEY"),
    ({"SECRET_KEY": "insecure-development-key-never-for-production"}, "SECRET_KEY"),
    ({"DEBUG": "1"}, "DEBUG"),
    ({"ALLOWED_HOSTS": None}, "ALLOWED_HOSTS"),
    ({"ALLOWED_HOSTS": "*"}, "ALLOWED_HOSTS"),
    ({"APP_ENV": "prodution"}, "APP_ENV"),
]


def surroundings(folder: Path, **changes: str | None) -> dict[str, str]:
    own = {"DATABASE_URL", "DEBUG", "SECRET_KEY", "ALLOWED_HOSTS", "APP_ENV", "HOST", "TEST_DB"}
    kept = {name: value for name, value in os.environ.items() if name not in own}
    wanted = (
        kept | GOOD | {"DATA_DIR": str(folder), "DJANGO_SETTINGS_MODULE": "cluster_app.settings"} | changes
    )
    return {name: value for name, value in wanted.items() if value is not None}


@pytest.mark.parametrize(("changes", "named_setting"), REFUSED)
def test_commands_refuse_settings_that_production_must_not_have(
    changes: dict[str, str | None], named_setting: str, tmp_path: Path
) -> None:
    done = subprocess.run(
        [sys.executable, "manage.py", "migrate", "--noinput"],
        cwd=ROOT, env=surroundings(tmp_path, **changes), capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode != 0
    assert named_setting in done.stderr
    with closing(sqlite3.connect(tmp_path / "db.sqlite3")) as database:
        assert database.execute("SELECT count(*) FROM sqlite_master").fetchone() == (0,), "no table was made"


def start_gunicorn(folder: Path, port: int, **changes: str | None) -> subprocess.Popen[bytes]:
    command = [
        sys.executable,
        "-m",
        "gunicorn",
        "cluster_app.wsgi",
        "--bind",
        f"127.0.0.1:{port}",
        "--no-control-socket",
    ]
    with (folder / "server.log").open("wb") as log:
        return subprocess.Popen(
            command, cwd=ROOT, env=surroundings(folder, **changes), stdout=log, stderr=log
        )


@pytest.mark.slow
@pytest.mark.parametrize(("changes", "named_setting"), [REFUSED[0], REFUSED[4], REFUSED[5]])
def test_the_web_server_refuses_them_too(
    changes: dict[str, str | None], named_setting: str, tmp_path: Path
) -> None:
    server = start_gunicorn(tmp_path, free_port(), **changes)
    try:
        assert server.wait(30) != 0
        assert named_setting in (tmp_path / "server.log").read_text()
    finally:
        server.kill()


@pytest.mark.slow
def test_the_web_server_starts_with_good_settings(tmp_path: Path) -> None:
    """The control of the refusals: the same start with every setting right, and health says what is missing."""
    port = free_port()
    good = surroundings(tmp_path, SECURE_SSL_REDIRECT="0", ALLOWED_HOSTS="127.0.0.1")
    server = start_gunicorn(tmp_path, port, SECURE_SSL_REDIRECT="0", ALLOWED_HOSTS="127.0.0.1")
    try:
        wait_for(f"http://127.0.0.1:{port}/healthz", server, tmp_path / "server.log")
        assert fetch(f"http://127.0.0.1:{port}/readyz")[0] == 503, "migrations are pending"
        subprocess.run([sys.executable, "manage.py", "migrate", "-v", "0"], cwd=ROOT, env=good, check=True)
        assert fetch(f"http://127.0.0.1:{port}/readyz")[0] == 200
    finally:
        server.terminate()
        server.wait(20)


# -- from an empty folder ------------------------------------------------------------------------
def copy_of_the_tree(folder: Path) -> Path:
    for path in files():
        target = folder / named(path)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(path, target)
    return folder


def of_a_newcomer() -> dict[str, str]:
    """The environment without anything that the tests have put there."""
    own = {"DATABASE_URL", "DATA_DIR", "APP_ENV", "DJANGO_SETTINGS_MODULE", "TEST_DB", "VIRTUAL_ENV", "HOST"}
    return {name: value for name, value in os.environ.items() if name not in own}


def shell(folder: Path, code: str) -> str:
    """What a line of Python prints in the installation."""
    command = [str(folder / ".venv/bin/python"), "manage.py", "shell", "-v", "0", "-c", code]
    done = subprocess.run(command, cwd=folder, env=of_a_newcomer(), capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def served(folder: Path, port: int, log: Path) -> subprocess.Popen[bytes]:
    """script/server as a newcomer starts it, answering."""
    env = of_a_newcomer() | {"PORT": str(port)}
    with log.open("wb") as out:
        server = subprocess.Popen(
            [sys._base_executable, "script/server"],
            cwd=folder,
            env=env,
            stdout=out,
            stderr=out,
            start_new_session=True,
        )
    try:
        wait_for(f"http://127.0.0.1:{port}/healthz", server, log, seconds=300)
    except AssertionError:
        os.killpg(server.pid, signal.SIGKILL)
        raise
    return server


@pytest.mark.slow
def test_the_server_script_serves_the_demo_and_keeps_the_data(tmp_path: Path) -> None:
    folder, port = copy_of_the_tree(tmp_path / "clone"), free_port()
    page = f"http://127.0.0.1:{port}/cum/lang-son-trung-uong/2020/"

    server = served(folder, port, tmp_path / "first.log")
    try:
        status, first = fetch(page)
        assert status == 200
        assert "Cục Quản lý thị trường" in first
    finally:
        server.send_signal(signal.SIGINT)  # Ctrl-C reaches the web server itself
        assert server.wait(40) == 0
    text = (tmp_path / "first.log").read_text()
    assert f"http://127.0.0.1:{port}/" in text
    assert "Installing the packages" in text
    assert text.count("quanlythitruong.lanhdao") == 1, "the demo's accounts are shown, once"
    assert "://" not in text.replace("http://127.0.0.1", "")
    assert "Traceback" not in text

    users = "from django.contrib.auth.models import User; "
    shell(folder, users + "User.objects.create(username='kept-by-second-run')")
    started = time.monotonic()
    server = served(folder, port, tmp_path / "second.log")
    try:
        assert fetch(page) == (200, first)
        assert time.monotonic() - started < 60
        assert (
            shell(folder, users + "print(User.objects.get(username__startswith='kept'))")
            == "kept-by-second-run"
        )
    finally:
        server.send_signal(signal.SIGINT)
        assert server.wait(40) == 0
    text = (tmp_path / "second.log").read_text()
    assert "Installing the packages" not in text
    assert text.count("quanlythitruong.lanhdao") == 1, "shown again on a later run"
