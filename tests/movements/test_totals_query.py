"""Totals added in the database are those of the pure function, whatever was recorded."""

from __future__ import annotations

import random
from decimal import Decimal
from typing import Any

import pytest

from core.quantity import Qualifier
from movements.domain.totals import total
from movements.models import Activity
from movements.queries import activities_for, gifts_of, totals_of_many
from tests.factories import ActivityFactory, ContributionFactory

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("seed", range(8))
def test_the_database_adds_as_the_pure_function_does(cast: Any, seed: int) -> None:
    dice = random.Random(seed)
    activities = [ActivityFactory(year=cast.year, agency=cast.member, confirmed=True) for _number in range(4)]
    gifts: list[Any] = []
    for _number in range(25):
        whole = dice.choice([None, *gifts]) if gifts else None
        if whole and whole.part_of_id:
            whole = None
        quantity = dice.choice([None, Decimal(dice.randrange(1, 10**8)) / 10_000])
        gifts.append(
            ContributionFactory(
                activity=dice.choice(activities),
                value=dice.choice([dice.randrange(1, 10**12), None])
                if quantity
                else dice.randrange(1, 10**12),
                value_qualifier=dice.choice(list(Qualifier)),
                quantity=quantity,
                quantity_qualifier=dice.choice(list(Qualifier)),
                unit=dice.choice(["chiếc", "suất"]) if quantity else "",
                part_of=whole,
                part_state=dice.choice(["included", "not_included", "unknown"]) if whole else "",
                by=[cast.member, cast.other, "Ngoài cụm"][: dice.randrange(4)],
            )
        )
    everything = activities_for(cast.scope(cast.an))
    for rows in (
        everything,
        everything.filter(pk__in=[one.pk for one in activities[:2]]),
        Activity.objects.none(),
    ):
        assert totals_of_many(rows) == total(gifts_of(rows))


def test_sums_beyond_what_one_integer_holds(cast: Any) -> None:
    activity = ActivityFactory(year=cast.year, agency=cast.member, confirmed=True)
    for _number in range(12):
        ContributionFactory(
            activity=activity, value=9 * 10**17, quantity=Decimal(9 * 10**13), unit="chiếc", by=[cast.member]
        )
    rows = activities_for(cast.scope(cast.an))
    sums = totals_of_many(rows)
    assert sums.money
    assert (sums.money.number, sums.goods[0].number) == (108 * 10**17, 108 * 10**13)
    assert sums == total(gifts_of(rows))


def test_many_gifts_are_added_in_one_query(cast: Any, django_assert_num_queries: Any) -> None:
    scope = cast.scope(cast.an)
    for _number in range(3):
        ContributionFactory(activity=ActivityFactory(year=cast.year, agency=cast.member, confirmed=True))
    with django_assert_num_queries(1):
        assert totals_of_many(activities_for(scope)).gifts == 3
