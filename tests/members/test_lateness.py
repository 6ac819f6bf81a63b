"""Which agencies are late, for many years at once."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from members import lateness
from members.enums import PhaseKind
from members.lateness import Late, late_agencies, left
from members.models import CarryOver, ClusterYear, Membership
from movements.enums import ActivityScope
from movements.models import ActivityPartner
from tests.factories import ActivityFactory, ClusterYearFactory, MembershipFactory
from tests.factories.governance import PhaseExtensionFactory

pytestmark = pytest.mark.django_db
DUE, DAY_AFTER = date(2020, 11, 30), date(2020, 12, 1)


def plan(year: ClusterYear, day: date = DUE) -> None:
    year.phases.filter(kind=PhaseKind.CARRY_OUT).update(planned_to=day)


def said(year: ClusterYear, today: date) -> dict[int, str]:
    late = late_agencies([year.pk], today).get(year.pk, [])
    return {one.agency_id: " ".join(one.sentences) for one in late}


def test_days_in_words() -> None:
    assert [left(DUE, date(2020, 11, day)) for day in (26, 30)] == ["còn 4 ngày", "hạn hôm nay"]
    assert left(DUE, date(2020, 12, 3)) == "quá hạn 3 ngày"
    assert left(None, DUE) == ""


def test_members_are_late_from_the_day_after_the_last_one(cast: Any) -> None:
    plan(cast.year)
    ActivityFactory(year=cast.year, agency=cast.chair, submitted=True)
    ActivityFactory.create_batch(2, year=cast.year, agency=cast.deputy)
    ActivityFactory(year=cast.year, agency=cast.deputy, confirmed=True)
    ActivityFactory(year=cast.year, agency=cast.member, returned=True)
    assert said(cast.year, DUE) == {}
    assert said(cast.year, DAY_AFTER) == {
        cast.deputy.pk: "Còn 2 hoạt động chưa gửi, quá hạn 1 ngày",
        cast.member.pk: "Còn 1 hoạt động chưa gửi, quá hạn 1 ngày",
        cast.other.pk: "Chưa ghi hoạt động nào, quá hạn 1 ngày",
    }


def test_an_extension_moves_the_day_of_one_agency(cast: Any) -> None:
    plan(cast.year)
    step = cast.year.phases.get(kind=PhaseKind.CARRY_OUT)
    PhaseExtensionFactory(phase=step, agency=cast.member, until=date(2020, 12, 10))
    assert cast.member.pk not in said(cast.year, date(2020, 12, 10))
    assert cast.other.pk in said(cast.year, date(2020, 12, 10))
    assert said(cast.year, date(2020, 12, 12))[cast.member.pk] == "Chưa ghi hoạt động nào, quá hạn 2 ngày"


def test_an_extension_of_a_step_that_opens_no_entry_does_not_count(cast: Any) -> None:
    plan(cast.year)
    step = cast.year.phases.get(kind=PhaseKind.VERIFY)
    PhaseExtensionFactory(phase=step, agency=cast.member, until=date(2020, 12, 10))
    assert cast.member.pk in said(cast.year, DAY_AFTER)


def test_only_members_of_that_day_are_late(cast: Any) -> None:
    plan(cast.year)
    Membership.objects.filter(agency=cast.member).update(left_on=date(2020, 7, 1))
    Membership.objects.filter(agency=cast.other).update(joined_on=DAY_AFTER)
    assert set(said(cast.year, DAY_AFTER)) == {cast.chair.pk, cast.deputy.pk}


def test_partners_have_recorded_and_successors_answer(cast: Any) -> None:
    plan(cast.year)
    joint = ActivityFactory(year=cast.year, agency=cast.chair, scope=ActivityScope.JOINT, submitted=True)
    ActivityPartner.objects.create(activity=joint, agency=cast.deputy)
    ActivityFactory(year=cast.year, agency=cast.member)
    Membership.objects.filter(agency=cast.member).update(left_on=date(2020, 7, 1))
    CarryOver.objects.create(
        year=cast.year, predecessor=cast.member, successor=cast.other, assessed="successor",
        decision_number="12/QĐ-UBND", decision_date=date(2020, 7, 1),
    )  # fmt: skip
    assert said(cast.year, DAY_AFTER) == {cast.other.pk: "Còn 1 hoạt động chưa gửi, quá hạn 1 ngày"}


def test_years_without_a_day_unopened_or_sealed_have_nobody_late(cast: Any) -> None:
    assert said(cast.year, DAY_AFTER) == {}
    plan(cast.year)
    cast.go(PhaseKind.PREPARE)
    assert said(cast.year, DAY_AFTER) == {}
    cast.go(PhaseKind.VERIFY)
    assert len(said(cast.year, DAY_AFTER)) == 4
    ClusterYear.objects.filter(pk=cast.year.pk).update(sealed_at=timezone.now())
    assert said(cast.year, DAY_AFTER) == {}


def test_many_years_cost_as_many_queries_as_one(cast: Any) -> None:
    def count(years: list[ClusterYear]) -> int:
        with CaptureQueriesContext(
            connection,
        ) as seen:
            assert len(late_agencies([year.pk for year in years], DAY_AFTER)) == len(years)
        return len(seen)

    years = [cast.year]
    plan(cast.year)
    one = count(years)
    for label in range(6):
        year = ClusterYearFactory(label="2020", cluster__slug=f"cum-khac-{label}")
        plan(year)
        MembershipFactory(year=year)
        years.append(year)
    assert count(years) == one == 7
    assert late_agencies([], DAY_AFTER) == {}


def test_sentences_of_several_sources_stand_together(cast: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def first(year_ids: Collection[int], today: date) -> dict[int, dict[int, str]]:
        return {pk: {9: f"A {today:%d/%m}"} for pk in year_ids}

    def second(year_ids: Collection[int], _today: date) -> dict[int, dict[int, str]]:
        return {min(year_ids): {9: "B", 4: "C"}}

    monkeypatch.setattr(lateness, "_sources", [])
    assert lateness.source(first) is first
    lateness.source(second)
    assert late_agencies([7, 8], datetime(2020, 12, 1).date()) == {
        7: [Late(4, ("C",)), Late(9, ("A 01/12", "B"))],
        8: [Late(9, ("A 01/12",))],
    }
