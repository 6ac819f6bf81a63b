"""Both sides sign at one moment: one record is frozen. Facts that change meanwhile are in it or ask again."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from django.utils import timezone

from core.errors import DomainError
from core.models import AuditEvent
from publishing.domain import handover as verbs
from publishing.enums import Side
from publishing.models import Handover, HandoverTick
from publishing.render.handover_docx import handover_docx
from tests.factories import ActivityFactory, PersonFactory
from tests.publishing.handing import hand_over, mark_all, seat, standing, user_of
from tests.support.cast import make_cast
from tests.support.race import errors, meeting_point, race, values

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.race]


def ready() -> Any:
    """Everything is marked, nobody has signed."""
    cast = make_cast()
    hand_over(cast)
    for side in Side:
        mark_all(cast, side)
    return cast


def signer(cast: Any, side: Side, user: Any = None) -> Any:
    scope, own, expected = cast.scope(user or user_of(cast, side)), seat(cast, side), standing(cast).mark
    return lambda: verbs.sign(scope, own, expected, handover_docx)


def test_both_sign_at_once_and_one_record_is_frozen() -> None:
    cast = ready()
    outcomes = race(*(signer(cast, side) for side in Side))
    assert errors(outcomes) == []
    row = Handover.objects.get()
    assert row.is_frozen
    assert row.giver_mark == row.receiver_mark
    assert AuditEvent.objects.filter(action="handover_freeze").count() == 1
    assert AuditEvent.objects.filter(action="handover_sign").count() == 2


def test_two_colleagues_sign_for_one_side_at_once_and_one_signature_stands() -> None:
    cast = ready()
    second = PersonFactory(agency=cast.chair).user
    mark_all(cast, Side.GIVER)  # the colleague changed the list of contacts
    mark_all(cast, Side.RECEIVER)
    outcomes = race(signer(cast, Side.GIVER), signer(cast, Side.GIVER, second))
    assert errors(outcomes) == []
    assert AuditEvent.objects.filter(action="handover_sign").count() == 1


def test_the_first_marks_of_both_sides_at_once_make_one_row() -> None:
    cast = make_cast()
    hand_over(cast)
    now = standing(cast)
    marks = {part.key: part.mark for part in now.parts}

    def marker(side: Side) -> Any:
        scope, own = cast.scope(user_of(cast, side)), seat(cast, side)
        return lambda: verbs.save_marks(scope, own, marks, "", "", list(marks))

    assert errors(race(*(marker(side) for side in Side))) == []
    assert Handover.objects.count() == 1
    assert HandoverTick.objects.count() == 2 * len(marks)


def test_control_without_the_lock_neither_signature_sees_the_other() -> None:
    """The same race, read-then-write: both have signed and nothing is frozen; the database refuses that state."""
    ready()
    meet = meeting_point(2)

    def naively(side: Side) -> bool:
        row = Handover.objects.get()
        meet()
        other_signed = getattr(row, f"{side.other}_signed_at") is not None
        values_ = {"signed_at": timezone.now(), "post": "x", "mark": "a" * 32}
        Handover.objects.filter(pk=row.pk).update(
            **{f"{side}_{name}": value for name, value in values_.items()}
        )
        return other_signed

    outcomes = race(*(lambda side=side: naively(side) for side in Side))
    assert not any(values(outcomes))
    (error,) = errors(outcomes)
    assert "handover_closes" in str(error)


def test_an_activity_sent_while_the_last_signature_is_written_is_in_the_record_or_asks_again() -> None:
    cast = ready()
    signer(cast, Side.GIVER)()
    meet = threading.Barrier(2)
    last = signer(cast, Side.RECEIVER)

    def signing() -> Any:
        meet.wait(30)
        return last()

    def sending() -> None:
        meet.wait(30)
        ActivityFactory(year=cast.year, agency=cast.member, submitted=True, title="Gửi cùng lúc")

    outcomes = race(signing, sending)
    row = Handover.objects.get()
    if row.is_frozen:
        assert "Gửi cùng lúc" not in row.content
    else:
        (error,) = errors(outcomes)
        assert isinstance(error, DomainError)
    assert standing(cast).frozen == row.is_frozen
