"""Totals by any group: those of the pure rule, and those of the rows behind them, whatever was recorded."""

from __future__ import annotations

import random
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from core.quantity import Qualifier
from movements.domain import ledger, sums
from movements.domain.totals import NOBODY, OUTSIDE, Gift, Giver, giver_keys, own_gifts, total
from movements.enums import ActivityScope, Precision
from movements.models import Contributor
from tests.factories import ActivityFactory, BeneficiaryFactory, ContributionFactory, MovementFactory

QUALIFIERS = st.sampled_from(list(Qualifier))


@st.composite
def gifts(draw: Any) -> list[Gift]:
    """Gifts with parts, joint ones, shares and mixed qualifiers."""
    found: list[Gift] = []
    for pk in range(1, draw(st.integers(1, 8)) + 1):
        wholes = [one for one in found if one.whole_id is None]
        whole = draw(st.sampled_from([None, *wholes]))
        value = draw(st.one_of(st.none(), st.integers(1, 10**12)))
        number = (
            draw(st.integers(1, 10**6))
            if value is None
            else draw(st.one_of(st.none(), st.integers(1, 10**6)))
        )
        keys = draw(st.lists(st.sampled_from([1, 2, 3, OUTSIDE]), unique=True, max_size=3))
        share = st.one_of(st.none(), st.integers(0, value or 0)) if value else st.none()
        givers = tuple(
            Giver(None if key == OUTSIDE else key, "Ngoài" if key == OUTSIDE else "", draw(share))
            for key in keys
        )
        found.append(
            Gift(
                pk, 1, value=value, value_qualifier=draw(QUALIFIERS),
                quantity=None if number is None else Decimal(number),
                unit="suất" if number else "", quantity_qualifier=draw(QUALIFIERS),
                whole_id=whole.id if whole else None,
                part_state=draw(st.sampled_from(["included", "not_included", "unknown"])) if whole else "",
                whole_has_value=bool(whole and whole.value), whole_unit=whole.unit if whole else "", givers=givers,
            )
        )  # fmt: skip
    return found


@given(gifts(), st.randoms())
@hypothesis_settings(max_examples=60, deadline=None)
def test_no_order_and_no_repetition_changes_a_total(rows: list[Gift], dice: random.Random) -> None:
    mixed = [*rows, *dice.sample(rows, len(rows) // 2)]
    dice.shuffle(mixed)
    assert total(mixed) == total(rows)


@given(gifts())
@hypothesis_settings(max_examples=60, deadline=None)
def test_every_gift_is_told_under_its_givers_and_nobody_elses(rows: list[Gift]) -> None:
    keys = {1, 2, 3, OUTSIDE, NOBODY}
    for gift in rows:
        assert {key for key in keys if own_gifts([gift], key)} == giver_keys(gift)
        for key in giver_keys(gift):
            own = own_gifts([gift], key)[0]
            assert own.quantity == gift.quantity
            assert (own.value or 0) <= (gift.value or 0)
    assert {gift.id for key in keys for gift in own_gifts(rows, key)} == {gift.id for gift in rows}


# -- in the database -----------------------------------------------------------------------------
@pytest.fixture
def anything(cast: Any) -> Any:
    """Makes a year of anything for a seed."""

    def make(seed: int) -> None:
        dice = random.Random(seed)
        movements = [None, *(MovementFactory(year=cast.year) for _number in range(2))]
        receivers = [None, *(BeneficiaryFactory(cluster=cast.cluster) for _number in range(2))]
        places = ["", "Huyện Chi Lăng", "huyện chi lăng", "Xã Hữu Lũng"]
        whole_year = {
            "precision": Precision.YEAR,
            "starts_on": date(2020, 1, 1),
            "ends_on": date(2020, 12, 31),
        }
        activities = [
            ActivityFactory(
                year=cast.year, agency=agency, confirmed=True, movement=dice.choice(movements),
                place=dice.choice(places),
                **({"scope": ActivityScope.CLUSTER} if agency is None else {}),
                **(whole_year if dice.random() < 0.2 else {"starts_on": date(2020, dice.randint(1, 12), 3)}),
            )
            for agency in (cast.chair, cast.member, cast.other, None)
        ]  # fmt: skip
        made: list[Any] = []
        for _number in range(16):
            whole = dice.choice([None, *made]) if made else None
            whole = None if whole and whole.part_of_id else whole
            quantity = dice.choice([None, Decimal(dice.randrange(1, 10**8)) / 10_000])
            value = dice.choice([dice.randrange(1, 10**12), None]) if quantity else dice.randrange(1, 10**12)
            gift = ContributionFactory(
                activity=dice.choice(activities), kind="goods" if quantity else "money", value=value,
                value_qualifier=dice.choice(list(Qualifier)), quantity=quantity,
                quantity_qualifier=dice.choice(list(Qualifier)),
                unit=dice.choice(["chiếc", "suất"]) if quantity else "",
                beneficiary=dice.choice(receivers), given_on=dice.choice([None, date(2020, dice.randint(1, 12), 9)]),
                place=dice.choice(["", "", *places]), part_of=whole,
                part_state=dice.choice(["included", "not_included", "unknown"]) if whole else "",
                by=dice.sample([cast.member, cast.other, cast.deputy, "Ngoài cụm"], dice.randrange(4)),
            )  # fmt: skip
            if value and dice.random() < 0.5:
                Contributor.objects.filter(contribution=gift, order__lte=dice.randint(1, 3)).update(
                    share=value // 4
                )
            made.append(gift)

    return make


def pure(rows: Any) -> list[Gift]:
    return sums.gifts_from(sums.in_order(rows).values_list(*sums.GIFT))


@pytest.mark.django_db
@pytest.mark.parametrize("seed", range(3))
def test_groups_and_the_rows_behind_them_agree_with_the_pure_rule(
    cast: Any, anything: Any, seed: int
) -> None:
    anything(seed)
    rows = ledger.entries(cast.scope(cast.an))
    by_giver = ledger.totals_along(rows, "don_vi")
    for key, found in by_giver.items():
        behind = ledger.given_by(rows, key)
        assert found == sums.totals_of(behind, (key,)) == total(own_gifts(pure(behind), key))
    assert set(by_giver) == set().union(*(giver_keys(gift) for gift in pure(rows)))
    for axis in ("loai", "phong_trao", "noi_nhan", "dia_ban", "thang", "nam"):
        for givers in ((), (cast.member.pk,)):
            base = ledger.given_by(rows, *givers) if givers else rows
            groups = ledger.totals_along(base, axis, givers)
            assert sum(one.gifts for one in groups.values()) == base.count()
            for key, found in groups.items():
                behind = _behind(base, axis, key)
                known = own_gifts(pure(behind), *givers) if givers else pure(behind)
                assert found == sums.totals_of(behind, givers) == total(known), (axis, key)


def _behind(rows: Any, axis: str, key: Any) -> Any:
    if axis == "thang":
        return ledger.in_month(rows, key)
    if axis == "dia_ban":
        return ledger.at_place(rows, key)
    column = {
        "loai": "kind",
        "phong_trao": "activity__movement",
        "noi_nhan": "beneficiary",
        "nam": "activity__year",
    }
    return rows.filter(**{column[axis]: key})


@pytest.mark.django_db
def test_groups_cost_a_constant_number_of_queries(
    cast: Any, anything: Any, django_assert_num_queries: Any
) -> None:
    anything(1)
    rows = ledger.entries(cast.scope(cast.an))
    for axis, givers, cost in (("don_vi", (), 3), ("thang", (), 1), ("dia_ban", (cast.member.pk,), 2)):
        with django_assert_num_queries(cost):
            ledger.totals_along(rows, axis, givers)
