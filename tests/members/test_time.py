"""Which day it is: Vietnam's, whatever the server's clock zone (rows T3, T10 of the plan)."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
import time_machine

from members.enums import Role
from tests.factories import ActivityFactory, RoleTermFactory

pytestmark = pytest.mark.django_db

BEFORE = datetime(2020, 12, 31, 16, 30, tzinfo=UTC)  # 23:30 on 31 December in Vietnam
AFTER = datetime(2020, 12, 31, 17, 30, tzinfo=UTC)  # 00:30 on 1 January in Vietnam


@pytest.mark.parametrize(("moment", "day"), [(BEFORE, date(2020, 12, 31)), (AFTER, date(2021, 1, 1))])
def test_t3_today_is_the_day_in_vietnam(cast: Any, moment: datetime, day: date) -> None:
    with time_machine.travel(moment, tick=False):
        assert cast.scope(cast.an).today == day


def test_t3_the_last_day_of_the_year_stays_in_its_year_in_lists_and_exports(cast: Any) -> None:
    last = ActivityFactory(year=cast.year, agency=cast.member, confirmed=True, starts_on=date(2020, 12, 31))
    first = ActivityFactory(year=cast.year, agency=cast.member, confirmed=True, starts_on=date(2020, 1, 1))
    for moment in (BEFORE, AFTER):
        with time_machine.travel(moment, tick=False):
            client = cast.client(cast.new_session(cast.chi))
            listed = client.get(cast.url("activity_list")).content.decode()
            assert "31/12/2020" in listed
            assert "01/01/2020" in listed
            exported = b"".join(client.get(cast.url("activity_export"))).decode("utf-8-sig")
            assert "31/12/2020" in exported
            assert "01/01/2020" in exported
    assert list(cast.year.activities.filter(sorted_on__year=2020).order_by("sorted_on")) == [first, last]


def test_t10_a_term_that_starts_today_counts_from_local_midnight(cast: Any) -> None:
    cast.cluster.terms.filter(role=Role.CHAIR).update(ends_on=date(2021, 1, 1))
    cast.cluster.terms.filter(role=Role.DEPUTY).update(ends_on=date(2021, 1, 1))
    RoleTermFactory(cluster=cast.cluster, agency=cast.deputy, role=Role.CHAIR, starts_on=date(2021, 1, 1))
    for moment, chair in ((BEFORE, cast.an), (AFTER, cast.binh)):
        with time_machine.travel(moment, tick=False):
            assert {user for user in (cast.an, cast.binh) if cast.scope(user).is_chair} == {chair}
