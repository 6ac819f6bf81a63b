"""Fixtures and guards for every test. The pieces are in tests/support/; docs/developing.md says how to run them."""

from __future__ import annotations

import gc
import itertools
import os
import random
import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from _pytest.python import pytest_pyfunc_call as call_test
from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.core.cache import cache
from django.db import connection
from django.db.models import QuerySet
from django.test import TransactionTestCase
from django.utils import translation
from hypothesis import settings as hypothesis_settings

from publishing import memory
from tests.support import guards, prepared
from tests.support import live as live_server
from tests.support.room import with_room
from tests.support.tables import guards_lifted

# The same examples every time where a run decides whether a change lands; new ones at every run on one's own machine.
hypothesis_settings.register_profile("landing", derandomize=True)
if os.environ.get("CI"):
    hypothesis_settings.load_profile("landing")

PAGES = re.compile(
    r"(_pages?|/test_(pages|rights|account_settings|openid|passwords|second_factor|sign_in|words_of_libraries|english"
    r"|year_home|activity_entry|refused_words|import_files|diary|public_activities|refusals|garbage))\.py$"
)
# Files that take longest go first, so that no worker is left alone with one at the end.
LONGEST = re.compile(
    r"/(rights/test_(http|everywhere|terms_move_rights)|movements/test_(activity_pages|ledger_pages|activity_states)"
    r"|site/test_english|test_scripts|test_consistency|yearfile/test_(any_year|garbage)|members/test_succession"
    r"|publishing/test_handover_(pages|domain)|e2e/test_\w+)\.py$"
)
MARKS_THAT_LIFT = {"typed_braces": "braces", "may_write_on_get": "writes", "nplusone_ok": "nplusone"}


# -- every test ----------------------------------------------------------------------------------
@pytest.fixture(autouse=True)
def _clean_surroundings() -> Iterator[None]:
    """Each test starts with empty caches (rate limits live there, queries are counted) and in Vietnamese."""
    cache.clear()
    memory.forget_all()
    ContentType.objects.clear_cache()
    with translation.override("vi"):
        yield


@pytest.hookimpl(tryfirst=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> object:
    """Run the test where there is room for the frames of all calls below it, see tests/support/room.py."""
    return with_room(call_test, pyfuncitem)


@pytest.fixture(autouse=True)
def _guards_as_marked(request: pytest.FixtureRequest) -> Iterator[None]:
    with ExitStack() as stack:
        for mark, switch in MARKS_THAT_LIFT.items():
            if request.node.get_closest_marker(mark):
                stack.enter_context(guards.switched_off(switch))
        yield


@pytest.fixture(autouse=True)
def _unordered_is_shuffled(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Rows of a queryset without an order come in any order, as the database may give them. SHUFFLE=0 stops it."""
    if os.environ.get("SHUFFLE") == "0":
        return
    dice = random.Random(f"{request.node.nodeid}{request.config.getoption('randomly_seed', 0)}")
    fetch_all = QuerySet._fetch_all

    def shuffled(queryset: QuerySet[Any]) -> None:
        fresh = queryset._result_cache is None
        fetch_all(queryset)
        if (
            fresh
            and not queryset.ordered
            and not queryset.query.combinator
            and len(queryset._result_cache) > 1
        ):
            dice.shuffle(queryset._result_cache)

    monkeypatch.setattr(QuerySet, "_fetch_all", shuffled)


@pytest.fixture(scope="session")
def prepared_source(
    request: pytest.FixtureRequest,
    django_db_modify_db_settings: None,
    django_db_blocker: Any,
    tmp_path_factory: pytest.TempPathFactory,
    on_postgres: bool,
) -> Iterator[prepared.SqliteFiles | prepared.PostgresTemplate | None]:
    """What test databases are copied from; see tests/support/prepared.py."""
    config = request.config
    if any(config.getvalue(option) for option in ("create_db", "reuse_db", "nomigrations")):
        yield None
        return
    if on_postgres:
        source = prepared.PostgresTemplate(shared_folder(tmp_path_factory) / "prepared")
    else:
        given = os.environ.get("TEST_PREPARED")
        source = prepared.SqliteFiles(Path(given) if given else config.cache.mkdir("test-databases"))
    with django_db_blocker.unblock():
        source.before_setup()
    yield source
    with django_db_blocker.unblock():
        source.end()


@pytest.fixture(scope="session")
def django_db_setup(prepared_source: Any, django_db_setup: None, django_db_blocker: Any) -> None:
    """pytest-django's, from a prepared database where there is one."""
    if prepared_source:
        with django_db_blocker.unblock():
            prepared_source.after_setup()


def shared_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that is the same for all workers of a run."""
    folder = tmp_path_factory.getbasetemp()
    return folder.parent if "PYTEST_XDIST_WORKER" in os.environ else folder


@pytest.fixture(autouse=True, scope="session")
def _append_only_tables_can_be_emptied() -> Iterator[None]:
    """Tests with real transactions empty all tables at the end; the audit's triggers refuse that, so lift them."""
    teardown = TransactionTestCase._fixture_teardown

    def lifted(case: TransactionTestCase) -> None:
        with guards_lifted(connection):
            teardown(case)

    TransactionTestCase._fixture_teardown = lifted
    yield
    TransactionTestCase._fixture_teardown = teardown


@pytest.fixture
def on_commit_runs(django_capture_on_commit_callbacks: Any) -> Iterator[None]:
    """What a change does after its commit is done at the end of the test, inside its transaction."""
    with django_capture_on_commit_callbacks(execute=True):
        yield


@pytest.fixture(scope="session")
def on_postgres() -> bool:
    return not settings.DATABASES["default"]["ENGINE"].endswith("sqlite3")


def pytest_collection_finish() -> None:
    """The collector of garbage leaves aside what all tests share, and comes by less often (5 to 10 % of the time)."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 10, 10)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """On PostgreSQL leave out what has been proven on SQLite and hardly differs: tests that touch no database at all,
    those marked ``once``, and files of pages. Verbs, queries, lists, constraints, races, totals and year files run on
    both; so does one round over every address as the chair (marked ``both``), for the SQL that only a page asks.
    The order stays random but for the longest files, which go first."""
    items.sort(key=lambda item: not LONGEST.search(item.path.as_posix()))
    if settings.DATABASES["default"]["ENGINE"].endswith("sqlite3"):
        return
    kept, left = [], []
    for item in items:
        (kept if _asks_the_database(item) else left).append(item)
    config.hook.pytest_deselected(items=left)
    items[:] = kept


def _asks_the_database(item: pytest.Item) -> bool:
    if item.get_closest_marker("both"):
        return True
    if item.get_closest_marker("once") or PAGES.search(item.path.as_posix()):
        return False
    fixtures = set(getattr(item, "fixturenames", ()))
    live = {"db", "transactional_db", "live", "make_live", "visit"}
    return bool(item.get_closest_marker("django_db") or fixtures & live)


# -- real servers --------------------------------------------------------------------------------
@pytest.fixture(scope="session")
def _server_url(on_postgres: bool) -> str | None:
    """Address of the PostgreSQL server that live servers make their databases on; None for SQLite."""
    return os.environ["TEST_DB"] if on_postgres else None


@pytest.fixture(scope="session")
def live_template(
    tmp_path_factory: pytest.TempPathFactory, _server_url: str | None
) -> Iterator[live_server.Place]:
    """Tables, static files and the demo, made once per run and shared by the workers of xdist."""
    folder = shared_folder(tmp_path_factory)
    with live_server.shared_template(folder / "live-template", _server_url) as place:
        yield place


@pytest.fixture
def make_live(
    live_template: live_server.Place, tmp_path: Path, _server_url: str | None
) -> Iterator[Callable[..., live_server.LiveServer]]:
    """Function that starts a server over a fresh copy of the demo: ``make_live(workers=4, UPLOAD_MAX_BYTES="9")``."""
    started: list[live_server.LiveServer] = []
    numbers = itertools.count(1)

    def make(*, start: bool = True, **options: Any) -> live_server.LiveServer:
        place = live_server.copy_of(live_template, tmp_path / f"live-{next(numbers)}", _server_url)
        server = live_server.LiveServer(place, **options)
        started.append(server)
        return server.start() if start else server

    yield make
    for server in started:
        server.kill()
        live_server.drop(server, _server_url)
        shutil.rmtree(server.folder, ignore_errors=True)


@pytest.fixture
def live(make_live: Callable[..., live_server.LiveServer]) -> live_server.LiveServer:
    """A running server with the demo."""
    return make_live()


# -- browser -------------------------------------------------------------------------------------
@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """Chromium for the run. A missing browser fails; it never skips."""
    from playwright.sync_api import sync_playwright

    from tests.support.browser import launch

    # Playwright's synchronous interface keeps an event loop in this thread, which Django takes for asynchronous
    # code. Tests with a browser reach data through the server or through commands, never through this process.
    before = os.environ.get("DJANGO_ALLOW_ASYNC_UNSAFE")
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as playwright:
        chromium = launch(playwright)
        yield chromium
        chromium.close()
    os.environ.pop("DJANGO_ALLOW_ASYNC_UNSAFE")
    if before is not None:
        os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = before


@pytest.fixture
def visit(
    browser: Any, live: live_server.LiveServer, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Callable[..., Any]]:
    """Function that opens a window on ``live``: ``visit("name", "password", size=PHONE, javascript=False)``."""
    from tests.support.browser import Visitor, shots_folder

    shots = shots_folder(tmp_path_factory.mktemp("shots"))
    visitors: list[Visitor] = []

    def open_window(name: str | None = None, password: str = "", **options: Any) -> Visitor:
        visitor = Visitor(browser, live.url, shots, **options)
        visitors.append(visitor)
        if name:
            visitor.login(name, password)
        return visitor

    yield open_window
    for visitor in visitors:
        visitor.close()


# -- people --------------------------------------------------------------------------------------
@pytest.fixture
def cast(db: None) -> Any:
    """The people and agencies that tests speak of, see tests/support/cast.py."""
    from tests.support.cast import make_cast

    return make_cast()
