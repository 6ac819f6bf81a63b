"""Rows C7 and C8 of the fault list: two people publish at once; somebody edits while a year is published."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from members import scope
from movements.models import Activity, Contribution
from publishing.domain import release
from publishing.models import AnnualSummary
from tests.factories import PersonFactory
from tests.publishing.story import tell
from tests.support.race import errors, race, values

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.race]


def two_scopes(story: Any) -> list[Any]:
    """Two people of the chair agency, each with the page open."""
    second = PersonFactory(agency=story.agencies["ngan-hang"]).user
    return [scope.load(user, story.slug, "2020") for user in (story.chair_clerk, second)]


def test_two_people_publish_at_once_and_one_version_comes_out() -> None:
    story = tell()
    expected = release.draft(story.year).sha256
    outcomes = race(*(lambda own=own: release.publish(own, expected, "CÔNG BỐ") for own in two_scopes(story)))
    (version,) = values(outcomes)
    assert version.number == 1
    assert list(AnnualSummary.objects.values_list("number", flat=True)) == [1]
    (error,) = errors(outcomes)
    assert isinstance(error, release.NotPublished)
    assert "đã được công bố là bản số 1" in error.problems[0].sentence


def test_two_corrections_at_once_make_one_version() -> None:
    story = tell()
    release.freeze(story.year, story.agencies["ngan-hang"].pk)
    Contribution.objects.filter(pk=story.masks.pk).update(quantity=22_000)
    expected = release.draft(story.year).sha256
    outcomes = race(
        *(lambda own=own: release.publish(own, expected, "CÔNG BỐ", "Sửa số.") for own in two_scopes(story))
    )
    assert [version.number for version in values(outcomes)] == [2]
    assert [type(error) for error in errors(outcomes)] == [release.NotPublished]
    assert AnnualSummary.objects.count() == 2


def test_control_without_lock_and_second_look_the_database_breaks_the_tie() -> None:
    """The same race, read-then-write: nobody gets a sentence, the loser an error of the database."""
    story = tell()
    meet = threading.Barrier(2)

    def naively() -> AnnualSummary:
        built, last = release.draft(story.year), release.in_force(story.year)
        meet.wait(30)
        return AnnualSummary.objects.create(
            year=story.year, number=last.number + 1 if last else 1, schema=1, content=built.content.decode(),
            sha256=built.sha256, published_at=timezone.now(), published_by=story.agencies["ngan-hang"],
        )  # fmt: skip

    outcomes = race(naively, naively)
    assert len(values(outcomes)) == 1
    assert [type(error) for error in errors(outcomes)] == [IntegrityError]


@contextmanager
def pause_before(
    table: str, paused: threading.Event, go_on: threading.Event, seconds: float
) -> Iterator[None]:
    """Stop this connection once, before it first reads ``table``."""

    def wrapper(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if f'FROM "{table}"' in sql and not paused.is_set():
            paused.set()
            go_on.wait(seconds)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(wrapper):
        yield


def edit(story: Any) -> None:
    """One change of two tables: they belong together."""
    with transaction.atomic():
        Activity.objects.filter(pk=story.masks.activity_id).update(title="SAU")
        Contribution.objects.filter(pk=story.masks.pk).update(description="SAU")


def seen(content: str) -> set[str]:
    return {word for word in ("Bàn giao khẩu trang y tế", "SAU") if word in content}


def test_an_edit_while_publishing_runs_is_wholly_outside_the_version(on_postgres: bool) -> None:
    """SQLite lets the writer wait for the end; PostgreSQL lets it pass and shows the snapshot."""
    story = tell()
    paused, edited = threading.Event(), threading.Event()

    def publishing() -> str:
        with pause_before("movements_contribution", paused, edited, 20 if on_postgres else 1):
            return release.freeze(story.year, story.agencies["ngan-hang"].pk).content

    def editing() -> None:
        paused.wait(20)
        edit(story)
        edited.set()

    content, _none = values(race(publishing, editing))
    assert seen(content) == {"Bàn giao khẩu trang y tế"}
    assert "SAU" not in content
    assert Activity.objects.get(pk=story.masks.activity_id).title == "SAU"


def test_control_without_a_snapshot_the_edit_tears_the_data() -> None:
    story = tell()
    paused, edited = threading.Event(), threading.Event()

    def reading() -> str:
        with pause_before("movements_contribution", paused, edited, 20):
            return release.draft(story.year).content.decode()

    def editing() -> None:
        paused.wait(20)
        edit(story)
        edited.set()

    content, _none = values(race(reading, editing))
    assert seen(content) == {"Bàn giao khẩu trang y tế", "SAU"}
