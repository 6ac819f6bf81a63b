"""Opening the coming year."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from core import audit
from core.errors import DomainError, Refused
from core.models import AuditEvent
from members.domain.actor import SYSTEM, Actor
from members.domain.handover import ground_of
from members.domain.years import open_next_year
from members.enums import PhaseKind
from members.models import Agency, ClusterYear
from tests.factories import ActivityFactory, ClusterYearFactory, MovementFactory, RankingFactory
from tests.support.race import race, values

pytestmark = pytest.mark.django_db


def test_members_rules_and_planned_days_are_copied_and_nothing_else(cast: Any) -> None:
    cast.year.charter.data = {"public_ranks": 2}
    cast.year.charter.save()
    cast.year.phases.filter(kind=PhaseKind.CARRY_OUT).update(
        planned_from=date(2020, 2, 29), planned_to=date(2020, 11, 30)
    )
    cast.year.memberships.filter(agency=cast.other).update(left_on=date(2020, 9, 1))
    MovementFactory(year=cast.year)
    ActivityFactory(year=cast.year, agency=cast.member)
    RankingFactory(year=cast.year)
    opened = open_next_year(SYSTEM, cast.year.pk, reason="Theo kế hoạch")
    assert (opened.label, opened.starts_on, opened.ends_on) == ("2021", date(2021, 1, 1), date(2021, 12, 31))
    members = opened.memberships.order_by("order").values_list("agency", "order", "joined_on", "left_on")
    assert list(members) == [
        (cast.chair.pk, 1, None, None),
        (cast.deputy.pk, 2, None, None),
        (cast.member.pk, 3, None, None),
    ]
    assert opened.charter.data == {"public_ranks": 2}
    step = opened.phases.get(kind=PhaseKind.CARRY_OUT)
    assert (step.planned_from, step.planned_to) == (date(2021, 2, 28), date(2021, 11, 30))
    assert [phase.kind for phase in opened.phases.order_by("order")] == PhaseKind.values
    (now_open,) = opened.phases.filter(opened_at__isnull=False)
    assert now_open.kind == PhaseKind.PREPARE
    for left_behind in (opened.movements, opened.activities, opened.rankings, opened.texts):
        assert not left_behind.exists()
    assert list(audit.verify(audit.cluster_chain(cast.cluster.pk))) == []
    assert AuditEvent.objects.get().reason == "Theo kế hoạch"


def test_who_goes_between_two_years_does_not_go_on(cast: Any) -> None:
    """A school year ends in May and the next begins in September: an agency closed in July is in neither."""
    ClusterYear.objects.filter(pk=cast.year.pk).update(
        label="2019-2020", starts_on=date(2019, 9, 1), ends_on=date(2020, 5, 31)
    )
    Agency.objects.filter(pk=cast.other.pk).update(closed_on=date(2020, 7, 1))
    cast.year.memberships.filter(agency=cast.member).update(left_on=date(2020, 6, 1))
    ground = ground_of(ClusterYear.objects.get(pk=cast.year.pk))
    opened = open_next_year(SYSTEM, cast.year.pk)
    assert (opened.label, opened.starts_on, opened.ends_on) == (
        "2020-2021", date(2020, 9, 1), date(2021, 5, 31),
    )  # fmt: skip
    going_on = [cast.chair.pk, cast.deputy.pk]
    assert list(opened.memberships.order_by("order").values_list("agency", flat=True)) == going_on
    assert list(ground.members) == going_on


def test_who_closes_on_a_later_day_goes_on_until_then(cast: Any) -> None:
    Agency.objects.filter(pk=cast.other.pk).update(closed_on=date(2021, 1, 2))
    cast.year.memberships.filter(agency=cast.member).update(left_on=date(2021, 1, 2))
    assert open_next_year(SYSTEM, cast.year.pk).memberships.count() == 4


def test_a_changed_rule_does_not_reach_back(cast: Any) -> None:
    opened = open_next_year(SYSTEM, cast.year.pk)
    opened.charter.data["public_ranks"] = 1
    opened.charter.save()
    cast.year.charter.refresh_from_db()
    assert cast.year.charter.data == {}


def test_opening_twice_gives_the_same_year(cast: Any) -> None:
    assert open_next_year(SYSTEM, cast.year.pk) == open_next_year(SYSTEM, cast.year.pk)
    assert AuditEvent.objects.count() == 1


def test_a_school_year_keeps_its_shape(cast: Any) -> None:
    year = ClusterYearFactory(label="2012-2013", starts_on=date(2012, 9, 1), ends_on=date(2013, 5, 31))
    opened = open_next_year(SYSTEM, year.pk)
    assert (opened.label, opened.starts_on, opened.ends_on) == (
        "2013-2014",
        date(2013, 9, 1),
        date(2014, 5, 31),
    )


def test_a_period_that_would_overlap_is_refused(cast: Any) -> None:
    ClusterYearFactory(
        cluster=cast.cluster, label="2022", starts_on=date(2021, 12, 1), ends_on=date(2022, 12, 31)
    )
    with pytest.raises(DomainError, match="trùng thời gian với năm 2022"):
        open_next_year(SYSTEM, cast.year.pk)
    assert not ClusterYear.objects.filter(label="2021").exists()


def test_nobody_but_the_officer_opens_a_year(cast: Any) -> None:
    for user in (cast.an, cast.chi, cast.observer):
        with pytest.raises(Refused):
            open_next_year(Actor.of(cast.scope(user)), cast.year.pk)
    assert open_next_year(Actor.of(cast.scope(cast.officer)), cast.year.pk).label == "2021"


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_two_officers_at_once_open_one_year(cast: Any) -> None:
    outcomes = race(*[lambda: open_next_year(SYSTEM, cast.year.pk)] * 2)
    assert len({year.pk for year in values(outcomes)}) == 1
    assert len(values(outcomes)) == 2
    assert ClusterYear.objects.filter(cluster=cast.cluster, label="2021").count() == 1
