"""The guards of tests/support/ catch what they are there for, and let through what is right."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.contrib.sessions.models import Session
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.template import Context, Engine, Origin, Template
from django.test import RequestFactory
from django.utils import timezone

from tests.support.guards import BadPage, PageGuard, WriteGuard, WroteOnRead, page_faults, written_table
from tests.support.race import errors, meeting_point, race, values
from tests.support.tables import guards_lifted
from tests.support.templates import OURS, UndefinedVariable, UndefinedVariables

View = Callable[[HttpRequest], HttpResponse]


def answering(html: str, content_type: str = "text/html; charset=utf-8") -> View:
    return lambda request: HttpResponse(html, content_type=content_type)


# -- pages ---------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("html", "fault"),
    [
        ("<p onclick='x()'>", "handler onclick"),
        ("<p ONMOUSEOVER=x>", "handler onmouseover"),
        ('<p style="color: red">', "style attribute"),
        ("<style>p {}</style>", "inline <style>"),
        ("<script>run()</script>", "inline <script>"),
        ("<a href=' JavaScript:run()'>", "javascript: address"),
        ("<p>{{ name }}</p>", "stray template syntax in text"),
        ("<p>{% trans 'a' %}</p>", "stray template syntax in text"),
        ("<p>{# remark #}</p>", "stray template syntax in text"),
        ('<input value="{{ form.x }}">', "stray template syntax in attribute value"),
        ("<c-card title='a'></c-card>", "component <c-card> was not rendered"),
    ],
)
def test_page_guard_names_the_fault(html: str, fault: str) -> None:
    assert any(fault in sentence for sentence in page_faults(html))


@pytest.mark.parametrize(
    "html",
    [
        "<p class='on'>Đã <b>gửi</b></p>",
        "<script src='/static/app.js'></script>",
        '<script type="application/json">{"a": {"b": {}}}</script>',
        "<script src='/static/app.js'>/* {{ }} */</script>",
        "<p>{ 7 }</p>",
        "<p>&lt;script&gt;alert(1)&lt;/script&gt; onclick=1 style=2</p>",
    ],
)
def test_page_guard_lets_a_clean_page_through(html: str) -> None:
    assert page_faults(html) == []


def test_page_guard_looks_at_html_only(rf: RequestFactory) -> None:
    bad = "<p onclick='x()'>"
    assert PageGuard(answering(bad, "text/plain"))(rf.get("/")).status_code == 200
    with pytest.raises(BadPage, match="GET /x: line 1: handler onclick"):
        PageGuard(answering(bad))(rf.get("/x"))


@pytest.mark.typed_braces
def test_typed_braces_are_allowed_where_a_test_says_so(rf: RequestFactory) -> None:
    assert PageGuard(answering("<p>{{ 7*7 }}</p>"))(rf.get("/")).status_code == 200


# -- writes --------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("sql", "table"),
    [
        ('INSERT INTO "core_auditevent" ("id") VALUES (1)', "core_auditevent"),
        ("insert or ignore into members_agency values (1)", "members_agency"),
        (' UPDATE "a_b" SET x = 1', "a_b"),
        ("DELETE FROM a_b", "a_b"),
        ("WITH old AS (SELECT 1) DELETE FROM a_b", "a_b"),
        ("TRUNCATE a_b", "a_b"),
        ("SELECT 1", None),
        ("SELECT x FROM a FOR UPDATE", None),
        ("SAVEPOINT s1", None),
        ("SELECT 'DELETE FROM a'", None),
    ],
)
def test_written_table_is_recognised(sql: str, table: str | None) -> None:
    assert written_table(sql) == table


def writes_a_group(request: HttpRequest) -> HttpResponse:
    Group.objects.create(name="x")
    return HttpResponse()


def writes_a_session(request: HttpRequest) -> HttpResponse:
    Session.objects.create(session_key="x", session_data="", expire_date=timezone.now())
    return HttpResponse()


@pytest.mark.django_db
@pytest.mark.parametrize("method", ["get", "head", "options"])
def test_write_guard_catches_a_write_on_a_reading_request(rf: RequestFactory, method: str) -> None:
    with pytest.raises(WroteOnRead, match="auth_group"):
        WriteGuard(writes_a_group)(getattr(rf, method)("/"))


@pytest.mark.django_db
def test_write_guard_lets_a_post_and_a_session_through(rf: RequestFactory) -> None:
    assert WriteGuard(writes_a_group)(rf.post("/")).status_code == 200
    assert WriteGuard(writes_a_session)(rf.get("/")).status_code == 200


# -- templates -----------------------------------------------------------------------------------
def render(text: str, name: str, **context: Any) -> str:
    engine = Engine(string_if_invalid=UndefinedVariables())
    return Template(text, origin=Origin(name=name), engine=engine).render(Context(context))


def test_undefined_variable_of_ours_fails() -> None:
    with pytest.raises(UndefinedVariable, match=r"'missing\.name' in .*page\.html"):
        render("{{ missing.name }}", str(OURS / "page.html"))


def test_undefined_variable_of_a_library_is_empty() -> None:
    assert render("a{{ missing }}b", "/somewhere/else/page.html") == "ab"


def test_defined_variables_render_and_a_question_may_ask_for_a_missing_one() -> None:
    assert render("{{ a }}{% if missing %}b{% endif %}", str(OURS / "page.html"), a="%s") == "%s"


# -- database ------------------------------------------------------------------------------------
@pytest.mark.django_db
def test_unordered_rows_are_shuffled_and_ordered_ones_are_not() -> None:
    Group.objects.bulk_create(Group(name=f"{number:02}") for number in range(40))
    in_order = [f"{number:02}" for number in range(40)]
    assert [group.name for group in Group.objects.order_by("name")] == in_order
    unordered = [group.name for group in Group.objects.all()]
    assert sorted(unordered) == in_order
    assert unordered != in_order


@pytest.mark.django_db(transaction=True)
@pytest.mark.race
def test_race_runs_its_threads_on_one_database_at_once() -> None:
    def create() -> str:
        return Group.objects.create(name="one").name

    outcomes = race(*[create] * 4)
    assert values(outcomes) == ["one"]
    assert len(errors(outcomes)) == 3


@pytest.mark.django_db(transaction=True)
def test_triggers_are_lifted_for_a_moment_only(on_postgres: bool) -> None:
    with connection.cursor() as cursor:
        if on_postgres:
            cursor.execute(
                "CREATE FUNCTION refuse_it() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'no'; END $$"
            )
            action = "EXECUTE FUNCTION refuse_it()"
        else:
            action = "BEGIN SELECT RAISE(ABORT, 'no'); END"
        cursor.execute(f"CREATE TRIGGER refuse BEFORE DELETE ON auth_group FOR EACH ROW {action}")
        try:
            Group.objects.create(name="kept")
            with guards_lifted(connection):
                cursor.execute("DELETE FROM auth_group")
            Group.objects.create(name="kept")
            with pytest.raises(Exception, match="no"):
                cursor.execute("DELETE FROM auth_group")
        finally:
            cursor.execute("DROP TRIGGER refuse" + (" ON auth_group" if on_postgres else ""))
            if on_postgres:
                cursor.execute("DROP FUNCTION refuse_it")


@pytest.mark.django_db(transaction=True)
@pytest.mark.race
def test_runners_wait_for_each_other_between_read_and_write() -> None:
    meet = meeting_point(3)

    def read_then_write() -> int:
        seen = Group.objects.count()
        connection.close()
        meet()
        Group.objects.create(name=f"{seen} seen by {threading.get_ident()}")
        return seen

    assert values(race(*[read_then_write] * 3)) == [0, 0, 0]
