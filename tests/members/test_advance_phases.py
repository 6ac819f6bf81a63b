"""Steps that move on by themselves: the command, run late, twice, by two at once (T1, T7)."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.core.management import call_command
from django.utils import timezone

from core.errors import Problem
from core.models import AuditEvent
from members import guards
from members.domain.phases import advance, advance_all_due
from members.enums import PhaseKind
from members.models import ClusterYear, Phase
from tests.factories import ClusterYearFactory
from tests.support.race import meeting_point, race, values

pytestmark = pytest.mark.django_db
LAST = date(2020, 11, 30)
MIDNIGHT = datetime(2020, 12, 1, tzinfo=ZoneInfo("Asia/Ho_Chi_Minh"))


@pytest.fixture(autouse=True)
def _no_guards(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guards, "_guards", {})


@pytest.fixture(autouse=True)
def _at_midnight() -> Iterator[None]:
    with time_machine.travel(MIDNIGHT, tick=False):
        yield


def plan(year: ClusterYear, kind: str = PhaseKind.CARRY_OUT, day: date = LAST) -> None:
    year.phases.filter(kind=kind).update(planned_to=day, moves_on=True)


def open_kind(year: ClusterYear) -> str:
    return str(Phase.objects.get(year=year, opened_at__isnull=False, closed_at=None).kind)


def run() -> str:
    out = io.StringIO()
    call_command("advance_phases", stdout=out)
    return out.getvalue()


@pytest.mark.parametrize(
    ("seconds", "moved"), [(-1, PhaseKind.CARRY_OUT), (0, PhaseKind.SELF_SCORE), (1, PhaseKind.SELF_SCORE)]
)
def test_the_last_day_counts_in_full(cast: Any, seconds: int, moved: str) -> None:
    plan(cast.year)
    with time_machine.travel(MIDNIGHT + timedelta(seconds=seconds), tick=False):
        run()
    assert open_kind(cast.year) == moved


def test_what_moved_is_printed_and_audited_as_the_system(cast: Any) -> None:
    plan(cast.year)
    assert run() == "trung-uong 2020: “Thực hiện” → “Tự chấm”\nĐã chuyển 1 bước.\n"
    event = AuditEvent.objects.get()
    assert (event.action, event.actor_id, event.role) == ("phase_advance", None, "system")
    assert event.reason == "Tự chuyển bước vì đã hết hạn 30/11/2020."
    closed = cast.year.phases.get(kind=PhaseKind.CARRY_OUT)
    assert closed.closed_at == timezone.now()


def test_a_second_run_changes_nothing(cast: Any) -> None:
    plan(cast.year)
    run()
    assert run() == "Đã chuyển 0 bước.\n"
    assert AuditEvent.objects.count() == 1


def test_after_days_of_sleep_each_due_step_moves_once(cast: Any) -> None:
    plan(cast.year)
    plan(cast.year, PhaseKind.SELF_SCORE, date(2020, 12, 1))
    plan(cast.year, PhaseKind.VERIFY, date(2020, 12, 20))
    with time_machine.travel(MIDNIGHT + timedelta(days=2), tick=False):
        assert run().count("→") == 2
        assert run().count("→") == 0
    assert open_kind(cast.year) == PhaseKind.VERIFY
    assert [event.action for event in AuditEvent.objects.all()] == ["phase_advance"] * 2


def test_steps_that_people_move_and_years_that_are_not_due_stay(cast: Any) -> None:
    later = ClusterYearFactory(label="2020")
    plan(later, day=date(2020, 12, 1))
    cast.year.phases.filter(kind=PhaseKind.CARRY_OUT).update(planned_to=LAST)
    sealed = ClusterYearFactory(label="2020")
    plan(sealed)
    ClusterYear.objects.filter(pk=sealed.pk).update(sealed_at=timezone.now())
    assert run() == "Đã chuyển 0 bước.\n"
    assert not AuditEvent.objects.exists()


def test_the_last_step_never_seals_the_year(cast: Any) -> None:
    cast.go(PhaseKind.PUBLISH)
    plan(cast.year, PhaseKind.PUBLISH)
    assert run() == "Đã chuyển 0 bước.\n"
    cast.year.refresh_from_db()
    assert not cast.year.is_sealed


def test_what_is_missing_is_printed_and_nothing_moves(cast: Any) -> None:
    @guards.guard(PhaseKind.CARRY_OUT)
    def _missing(_year: ClusterYear) -> list[Problem]:
        return [Problem("Còn thiếu việc này."), Problem("Và việc kia.")]

    other = ClusterYearFactory(label="2020", cluster__slug="khac")
    other.phases.update(opened_at=None, closed_at=None)
    plan(cast.year)
    assert run() == (
        "trung-uong 2020: “Thực hiện” đã hết hạn, chưa chuyển được:\n"
        "  - Còn thiếu việc này.\n  - Và việc kia.\nĐã chuyển 0 bước.\n"
    )
    assert open_kind(cast.year) == PhaseKind.CARRY_OUT
    assert not AuditEvent.objects.exists()


def test_every_year_that_is_due_moves(cast: Any) -> None:
    years = [cast.year, ClusterYearFactory(label="2020"), ClusterYearFactory(label="2020")]
    for year in years:
        plan(year)
    assert run().count("→") == 3
    assert {open_kind(year) for year in years} == {PhaseKind.SELF_SCORE}


def test_a_step_that_a_person_opens_late_waits_for_a_person(cast: Any) -> None:
    """Else the command would close it within the hour."""
    plan(cast.year, PhaseKind.SELF_SCORE)
    advance(cast.scope(cast.an), PhaseKind.CARRY_OUT)
    assert cast.year.phases.get(kind=PhaseKind.SELF_SCORE).moves_on is False
    assert run() == "Đã chuyển 0 bước.\n"
    assert '"moves_on":false' in AuditEvent.objects.get().after


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_two_commands_at_once_move_one_step(cast: Any) -> None:
    plan(cast.year)
    outcomes = race(*[lambda: [one.opens for one in advance_all_due(timezone.now())]] * 2)
    assert sorted(len(moved) for moved in values(outcomes)) == [0, 1]
    assert open_kind(cast.year) == PhaseKind.SELF_SCORE
    assert AuditEvent.objects.count() == 1


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_a_command_and_a_person_at_once_move_one_step(cast: Any) -> None:
    plan(cast.year)
    plan(cast.year, PhaseKind.SELF_SCORE, date(2021, 1, 31))
    scope = cast.scope(cast.an)
    race(
        lambda: list(advance_all_due(timezone.now())),
        lambda: advance(scope, PhaseKind.CARRY_OUT),
    )
    assert open_kind(cast.year) == PhaseKind.SELF_SCORE
    assert AuditEvent.objects.count() == 1


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_control_without_the_lock_both_tell_of_it(cast: Any) -> None:
    plan(cast.year)
    meet = meeting_point(2)

    def careless() -> int:
        due = Phase.objects.filter(opened_at__isnull=False, closed_at__isnull=True, moves_on=True).count()
        meet()
        Phase.objects.filter(year=cast.year, kind=PhaseKind.CARRY_OUT).update(closed_at=timezone.now())
        return due

    assert values(race(careless, careless)) == [1, 1]
