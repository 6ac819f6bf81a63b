"""What script/test does: environment, tools, then every check and every suite, each timed, with a table at the end."""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
import xml.etree.ElementTree as ElementTree
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import _environment as environment
from _environment import ROOT, Problem, say

APPS = ["cluster_app", "publishing", "conference", "scoring", "movements", "members", "core"]
# Program that must be found -> Debian package that brings it.
TOOLS = {"chromium": "chromium", "soffice": "libreoffice-calc", "nginx": "nginx"}
PLACES = ["/usr/sbin", "/usr/local/sbin", "/sbin"]
WORKERS = "2"
MORE_WORKERS = "3"  # while one waits for the disk another one works
# The rules that work without a database, and their tests: tracing them is cheap, tracing pages doubles the time.
RULES = (
    "core.quantity", "core.dates", "core.folding", "movements.domain.totals", "movements.domain.targets",
    "movements.pasting", "scoring.domain.points", "scoring.domain.bands", "scoring.domain.ranking",
    "scoring.domain.derive", "scoring.domain.facts", "scoring.domain.degree", "scoring.domain.ratios",
    "scoring.domain.cases", "scoring.domain.relative", "scoring.domain.calc", "scoring.domain.odd",
    "scoring.domain.tree", "scoring.domain.conditions", "scoring.domain.tally", "scoring.table_rules",
    "scoring.table_parts",
    "conference.domain.count", "members.domain.planner", "members.domain.timeline", "members.domain.rotation",
)  # fmt: skip
RULE_TESTS = (
    "tests/core/test_quantity.py", "tests/core/test_dates.py", "tests/core/test_folding.py",
    "tests/movements/test_totals.py", "tests/movements/test_targets.py", "tests/movements/test_pasting.py",
    "tests/scoring/test_grades.py", "tests/scoring/test_ranking.py", "tests/scoring/test_calc.py",
    "tests/scoring/test_calc_relative.py", "tests/scoring/test_tally.py", "tests/scoring/test_tally_properties.py",
    "tests/scoring/test_table_rules.py", "tests/conference/test_count.py",
    "tests/members/test_planner.py", "tests/members/test_rotation.py", "tests/members/test_timeline.py",
)  # fmt: skip


@dataclass
class Step:
    """One line of the table: a check (counts as one) or a suite (counts its tests)."""

    name: str
    passed: int = 0
    failed: int = 0
    skipped: int = 0
    seconds: float = 0
    remarks: list[str] = field(default_factory=list)


class Run:
    """One run of the checks, with what it found so far."""

    def __init__(self, python: Path, options: argparse.Namespace, folder: Path) -> None:
        self.python, self.options, self.folder = python, options, folder
        self.steps: list[Step] = []
        self.environment = os.environ | {
            "PATH": os.pathsep.join([str(python.parent), os.environ.get("PATH", ""), *PLACES]),
            "DJANGO_SETTINGS_MODULE": "cluster_app.settings_test",
            "COVERAGE_FILE": str(folder / "coverage"),
            "TEST_PREPARED": str(folder / "prepared"),  # migrations run once for all suites on SQLite
        }
        # Without compiled files every worker of every suite would compile all tests and all code again.
        for name in ("TEST_DB", "PYTHONDONTWRITEBYTECODE"):
            self.environment.pop(name, None)

    def wanted(self, name: str) -> bool:
        only = self.options.only
        return not only or any(part in name for part in only.split(","))

    def check(self, name: str, *arguments: str) -> None:
        """Run Python with these arguments; it passes when it exits with 0."""
        self.side_by_side({name: arguments})

    def side_by_side(self, checks: dict[str, tuple[str, ...]]) -> None:
        """Run checks of one process each, as many at once as there are workers; what each said comes in one piece."""
        wanted = {name: arguments for name, arguments in checks.items() if self.wanted(name)}
        with ThreadPoolExecutor(int(WORKERS)) as pool:
            for step, code, said in pool.map(self._timed, wanted, wanted.values()):
                say(f"\n=== {step.name}\n{said.rstrip()}")
                step.passed, step.failed = int(code == 0), int(code != 0)
                self.steps.append(step)

    def _timed(self, name: str, arguments: tuple[str, ...]) -> tuple[Step, int, str]:
        started = time.monotonic()
        done = subprocess.run(
            [str(self.python), *arguments], cwd=ROOT, env=self.environment, stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace",
        )  # fmt: skip
        return Step(name, seconds=time.monotonic() - started), done.returncode, done.stdout

    def own_check(self, name: str, action: Callable[[], list[str]]) -> None:
        """Run a check of this script; it passes when it returns no sentence."""
        if not self.wanted(name):
            return
        step = self._begin(name)
        step.remarks = action()
        for remark in step.remarks:
            say(remark)
        self._end(step, passed=int(not step.remarks), failed=int(bool(step.remarks)))

    def suite(self, name: str, *arguments: str, **variables: str) -> None:
        """Run pytest and count what its report holds; a suite without a test is a failure."""
        if not self.wanted(name):
            return
        step = self._begin(name)
        report = self.folder / f"{len(self.steps)}.xml"
        selected = ["-k", self.options.k] if self.options.k else []
        temporary = self.folder / name.replace(" ", "-")
        command = [
            str(self.python), "-m", "pytest", f"--junitxml={report}", f"--basetemp={temporary}",
            "--durations=8", "-q", *arguments, *selected,
        ]  # fmt: skip
        code = self._call(command, **variables)
        passed, failed, skipped = counts(report)
        if code and not (code == 5 and self.options.k) and not failed:
            failed = 1
            step.remarks.append(f"pytest ended with code {code}")
        self._end(step, passed=passed, failed=failed, skipped=skipped)

    def _begin(self, name: str) -> Step:
        say(f"\n=== {name}")
        step = Step(name, seconds=time.monotonic())
        self.steps.append(step)
        return step

    def _end(self, step: Step, *, passed: int, failed: int, skipped: int = 0) -> None:
        step.seconds = time.monotonic() - step.seconds
        step.passed, step.failed, step.skipped = passed, failed, skipped

    def _call(self, command: list[str], **variables: str) -> int:
        return subprocess.run(command, cwd=ROOT, env=self.environment | variables).returncode


def main() -> int:
    """Run what the options ask for; 0 when everything passed."""
    options = parse(sys.argv[1:])
    os.chdir(ROOT)
    try:
        started = time.monotonic()
        python = environment.ensure(ROOT / ".venv-test", ROOT / "requirements-dev.txt")
        say(f"Environment ready in {time.monotonic() - started:.0f} s")
    except Problem as problem:
        print(problem, file=sys.stderr, flush=True)
        return 1
    folder = Path(tempfile.mkdtemp(prefix="cluster-checks-"))
    run = Run(python, options, folder)
    try:
        if not options.k:
            checks(run)
        suites(run)
    except KeyboardInterrupt:
        say("stopped")
        return 130
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return report(run.steps, time.monotonic() - started)


def parse(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="script/test", description="Every check and test of the project.")
    parser.add_argument("--fast", action="store_true", help="SQLite only, without browser and slow tests")
    parser.add_argument(
        "-k", metavar="EXPRESSION", help="only tests whose names match (pytest's -k); no other checks"
    )
    parser.add_argument(
        "--coverage",
        action="store_true",
        help="measure branches of all code, not of the pure rules alone (takes about twice as long)",
    )
    parser.add_argument(
        "--only", metavar="NAMES", help="only steps whose names contain one of these, comma between"
    )
    return parser.parse_args(arguments)


def checks(run: Run) -> None:
    """Everything that is not a test."""
    present = [app for app in APPS if (ROOT / app).is_dir()]
    layers = "from importlinter.cli import lint_imports_command; lint_imports_command()"
    run.side_by_side(
        {
            "mypy": ("-m", "mypy", *present),  # the longest first
            "djlint format": ("-m", "djlint", "--check", "templates"),
            "djlint lint": ("-m", "djlint", "--lint", "--quiet", "templates"),
            "layers": ("-c", layers, "--no-logo"),
            "ruff format": ("-m", "ruff", "format", "--check", "--output-format", "concise", "."),
            "ruff lint": ("-m", "ruff", "check", "--output-format", "concise", "."),
            "migrations": ("manage.py", "makemigrations", "--check", "--dry-run"),
            "django check": ("manage.py", "check", "--fail-level", "WARNING"),
        }
    )


def suites(run: Run) -> None:
    """The tests: SQLite, PostgreSQL, then real processes and the browser."""
    in_order = ("--dist", "loadfile", "--no-loadscope-reorder")  # of tests/conftest.py: the longest first
    quick = ("-n", MORE_WORKERS, *in_order, "-m", "not e2e and not slow")
    whole = ("--cov", "--cov-report=") if run.options.coverage else ()
    run.suite("tests on SQLite", *quick, *whole, TEST_DB="sqlite")
    if whole:
        run.check("coverage", "-m", "coverage", "report", "--fail-under", "90")
    elif not run.options.k:
        measured = [f"--cov={module}" for module in RULES]
        floor = ("--cov-branch", "--cov-fail-under=95", "--cov-report=term")
        run.suite("branches of the rules", *RULE_TESTS, *measured, *floor, TEST_DB="sqlite")
    if run.options.fast:
        return
    server = os.environ.get("TEST_DATABASE_URL") or "postgres"
    run.own_check("tools", lambda: missing_tools(run.python))
    run.suite("tests on PostgreSQL", *quick, TEST_DB=server)
    beside = ("-n", WORKERS, "--dist", "load")  # more would each make a demo of their own
    run.suite("slow and browser, SQLite", *beside, "-m", "e2e or slow", TEST_DB="sqlite")
    run.suite("journey on PostgreSQL", "-m", "journey", TEST_DB=server)


def missing_tools(python: Path) -> list[str]:
    """Install the programs that some tests drive; a sentence for each one that is not to be had."""
    missing = [tool for tool in TOOLS if not find(tool)]
    if missing and shutil.which("apt-get") and getattr(os, "geteuid", lambda: 1)() == 0:
        install_with_apt([TOOLS[tool] for tool in missing])
    if not find("chromium") and not installed_by_playwright(python):
        subprocess.run([str(python), "-m", "playwright", "install", "chromium"], capture_output=True)
    sentences = []
    for tool in missing:
        if not find(tool) and not (tool == "chromium" and installed_by_playwright(python)):
            sentences.append(f"{tool} is missing. On Debian and Ubuntu: apt-get install {TOOLS[tool]}")
    return sentences


def install_with_apt(packages: list[str]) -> None:
    say(f"Installing with apt-get: {' '.join(packages)}")
    quiet = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    for command in (
        ["apt-get", "update"],
        ["apt-get", "install", "-y", "--no-install-recommends", *packages],
    ):
        done = subprocess.run(command, env=quiet, capture_output=True, text=True, stdin=subprocess.DEVNULL)
        if done.returncode:
            say(environment.without_addresses(done.stdout + done.stderr))


def find(tool: str) -> str | None:
    return shutil.which(tool, path=os.pathsep.join([os.environ.get("PATH", ""), *PLACES]))


def installed_by_playwright(python: Path) -> bool:
    code = (
        "from pathlib import Path; from playwright.sync_api import sync_playwright as s\n"
        "with s() as p: raise SystemExit(not Path(p.chromium.executable_path).exists())"
    )
    return subprocess.run([str(python), "-c", code], capture_output=True).returncode == 0


def counts(report: Path) -> tuple[int, int, int]:
    """Passed, failed (errors included) and skipped of a JUnit report; zeros when there is none."""
    if not report.is_file():
        return 0, 0, 0
    total = failed = skipped = 0
    for suite in ElementTree.parse(report).getroot().iter("testsuite"):  # noqa: S314 - our own pytest wrote it
        total += int(suite.get("tests", 0))
        failed += int(suite.get("failures", 0)) + int(suite.get("errors", 0))
        skipped += int(suite.get("skipped", 0))
    return max(total - failed - skipped, 0), failed, skipped


def report(steps: list[Step], seconds: float) -> int:
    """Print the table and the plain closing line; 0 when nothing failed and something ran."""
    say(
        "\n"
        + "step".ljust(30)
        + "passed".rjust(8)
        + "failed".rjust(8)
        + "skipped".rjust(9)
        + "seconds".rjust(9)
    )
    for step in steps:
        mark = "FAILED" if step.failed else ""
        line = f"{step.name:30}{step.passed:8}{step.failed:8}{step.skipped:9}{step.seconds:9.1f}  {mark}"
        say(line.rstrip())
        for remark in step.remarks:
            say(f"    {remark}")
    say(f"{'all':30}{seconds:33.1f}\n".rstrip() + "\n")
    passed, failed, skipped = (
        sum(getattr(step, name) for step in steps) for name in ("passed", "failed", "skipped")
    )
    say(f"{passed} passed, {failed} failed" + (f", {skipped} skipped" if skipped else ""))
    return int(failed > 0 or passed == 0)
