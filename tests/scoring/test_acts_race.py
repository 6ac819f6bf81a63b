"""Two people act on the points of one year at the same moment."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from members.enums import PhaseKind
from scoring.domain import acts, record, release
from scoring.models import RankingEntry, ScoreNotice, ScoringAct, YearScoring
from tests.factories.scoring import make_sheet, make_table
from tests.support.race import errors, meeting_point, race, values

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]
TABLE = (("I", "Nhiệm vụ", "section", "10"), ("I.1", "Thu ngân sách", "relative", "10", {"unit": "%"}))


@pytest.fixture
def counted(cast: Any) -> Any:
    cast.go(PhaseKind.DELIBERATE)
    cast.table = make_table(cast.year, TABLE)
    for agency, actual in zip(cast.agencies, ("100", "110", "120", "90"), strict=True):
        make_sheet(cast.table, agency, {"I.1": {"actual": actual, "target": "100"}}, state="verified")
    return cast


def test_two_acts_at_once_make_one(counted: Any) -> None:
    scope, agencies = counted.scope(counted.an), [agency.pk for agency in counted.agencies]
    outcomes = race(*[lambda: acts.run_act(scope, agencies)] * 2)
    assert not errors(outcomes)
    assert sorted(is_new for _act, is_new in values(outcomes)) == [False, True]
    assert ScoringAct.objects.count() == 1


def test_points_are_given_out_once(counted: Any) -> None:
    scope = counted.scope(counted.an)
    outcomes = race(*[lambda: release.release(scope)] * 2)
    assert [type(error).__name__ for error in errors(outcomes)] == ["DomainError"]
    assert ScoreNotice.objects.count() == 4
    assert YearScoring.objects.get().version == 1


def test_a_ranking_computed_twice_at_once_is_one_whole_revision(counted: Any) -> None:
    scope, agencies = counted.scope(counted.an), [agency.pk for agency in counted.agencies]
    acts.run_act(scope, agencies)

    def recompute() -> Any:
        points = record.points_from_totals(scope.year)
        lines = [record.Line(agency, None, value) for agency, value in points.items()]
        ranks = record.ranks_from(scope.year, "score", lines)
        return record.record_ranking(
            scope,
            record.Draft(
                "score", tuple(record.Line(one.agency_id, ranks[one.agency_id], one.points) for one in lines)
            ),
        )

    outcomes = race(recompute, recompute)
    assert [type(error).__name__ for error in errors(outcomes)] == ["Stale"]
    assert sorted(RankingEntry.objects.values_list("rank", flat=True)) == [1, 2, 3, 4]
    assert RankingEntry.objects.values("ranking").distinct().count() == 1


def test_control_without_the_lock_both_want_the_same_number(counted: Any) -> None:
    """The twin reads the last number without the lock: both want number 1, the database has to refuse one."""
    meet = meeting_point(2)

    def unprotected() -> None:
        number = ScoringAct.objects.filter(year=counted.year).count() + 1
        meet()
        with transaction.atomic():
            ScoringAct.objects.create(
                year=counted.year, number=number, table=counted.table, mark="0" * 64, agency=counted.chair,
                created_at=timezone.now(),
            )  # fmt: skip

    outcomes = race(unprotected, unprotected)
    assert [type(error) for error in errors(outcomes)] == [IntegrityError]
