"""Totals: joint gifts once, parts never twice, doubtful parts never silently (docs/domain.md)."""

from __future__ import annotations

import random
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.quantity import MONEY_UNIT, Qualifier, format_quantity
from movements.domain.totals import Gift, Giver, own_gifts, total, total_of, totals_by_agency

A, B = Giver(1), Giver(2)
OUTSIDE = Giver(None, "Văn phòng HĐND tỉnh")


def money(pk: int, value: int, **kwargs: object) -> Gift:
    return Gift(pk, 1, value=value, givers=kwargs.pop("givers", (A,)), **kwargs)  # type: ignore[arg-type]


def goods(pk: int, number: int, unit: str = "chiếc", **kwargs: object) -> Gift:
    return Gift(pk, 1, quantity=Decimal(number), unit=unit, givers=kwargs.pop("givers", (A,)), **kwargs)  # type: ignore[arg-type]


def said(gifts: list[Gift]) -> list[str]:
    result = total(gifts)
    return [format_quantity(figure) for figure in (result.money, *result.goods) if figure]


def test_the_years_gifts_come_to_what_the_article_says() -> None:
    """The seed: 580 million in all, parts of it unknown; 28.500 masks to three receivers; 200 parcels."""
    unknown = {"part_state": "unknown", "whole_id": 1, "whole_has_value": True}
    gifts = [
        money(1, 580_000_000, value_qualifier=Qualifier.OVER),
        money(2, 100_000_000, quantity=Decimal(200), unit="suất", givers=(A, OUTSIDE), **unknown),
        goods(3, 3000, **unknown),
        money(4, 10_000_000, **unknown),
        goods(5, 4500, **unknown),
        goods(6, 21_000, quantity_qualifier=Qualifier.NEARLY, **unknown),
    ]
    result = total(gifts)
    assert said(gifts) == ["trên 580.000.000 đồng", "gần 28.500 chiếc", "200 suất"]
    assert [(row.gift_id, [format_quantity(one) for one in row.figures]) for row in result.left_out] == [
        (2, ["100.000.000 đồng"]),
        (4, ["10.000.000 đồng"]),
    ]
    assert (result.gifts, result.joint) == (6, 1)


def test_nothing_comes_to_nothing() -> None:
    assert total([]).is_empty
    assert total([]).money is None


def test_an_included_part_is_not_added_again() -> None:
    part = money(2, 10, part_state="included", whole_id=1, whole_has_value=True)
    assert said([money(1, 100), part]) == ["100 đồng"]
    assert total([money(1, 100), part]).left_out == ()


def test_an_included_part_stands_for_itself_where_its_whole_is_not_counted() -> None:
    assert said([money(2, 10, part_state="included", whole_id=1, whole_has_value=True)]) == ["10 đồng"]


def test_a_part_outside_the_whole_is_added() -> None:
    part = money(2, 10, part_state="not_included", whole_id=1, whole_has_value=True)
    assert said([money(1, 100), part]) == ["110 đồng"]


def test_a_doubtful_part_is_left_out_even_without_its_whole() -> None:
    part = money(2, 10, part_state="unknown", whole_id=1, whole_has_value=True)
    assert said([part]) == []
    assert [row.gift_id for row in total([part]).left_out] == [2]


def test_a_doubtful_part_of_goods_by_the_same_unit_only() -> None:
    whole = goods(1, 28_500)
    part = goods(2, 4500, value=9_000_000, part_state="unknown", whole_id=1, whole_unit="chiếc")
    other = goods(3, 7, "hộp", part_state="unknown", whole_id=1, whole_unit="chiếc")
    assert said([whole, part, other]) == ["9.000.000 đồng", "28.500 chiếc", "7 hộp"]


def test_a_joint_gift_counts_once_for_the_cluster_and_in_each_givers_view() -> None:
    gifts = [money(1, 100, givers=(A, B)), money(2, 5, givers=(B,)), money(2, 5, givers=(B,))]
    assert said(gifts) == ["105 đồng"]
    own = totals_by_agency(gifts)
    assert [(pk, view.money.number, view.joint) for pk, view in own.items() if view.money] == [
        (1, 100, 1),
        (2, 105, 1),
    ]


def test_a_recorded_share_is_what_an_agency_gave() -> None:
    gift = money(1, 100, value_qualifier=Qualifier.OVER, givers=(Giver(1, share=30), Giver(2, share=70)))
    own = total_of([gift], 1)
    assert own.money
    assert format_quantity(own.money) == "30 đồng"
    assert own.joint == 1


def test_a_gift_of_others_is_nobodys_own() -> None:
    assert own_gifts([money(1, 100, givers=(OUTSIDE,))], 1) == []
    assert totals_by_agency([money(1, 100, givers=(OUTSIDE,))]) == {}


@pytest.mark.parametrize(
    "second, words", [("exact", "trên"), ("at_least", "trên"), ("nearly", "khoảng"), ("about", "khoảng")]
)
def test_a_sum_claims_no_more_than_its_parts(second: str, words: str) -> None:
    gifts = [money(1, 1, value_qualifier=Qualifier.OVER), money(2, 1, value_qualifier=Qualifier(second))]
    assert said(gifts) == [f"{words} 2 đồng"]


qualifiers = st.sampled_from(list(Qualifier))
numbers = st.integers(1, 10**14)
units = st.sampled_from(["chiếc", "suất", "hộp"])


@st.composite
def some_gifts(draw: st.DrawFn) -> list[Gift]:
    """Wholes and parts of them, in every state, each by one to three givers."""
    wholes = draw(st.integers(1, 4))
    gifts = []
    for pk in range(1, draw(st.integers(1, 12)) + wholes + 1):
        value = draw(st.none() | numbers)
        quantity = draw(numbers) if value is None else draw(st.none() | numbers)
        whole = gifts[draw(st.integers(0, wholes - 1))] if pk > wholes and draw(st.booleans()) else None
        gifts.append(
            Gift(
                pk, 1, value=value, value_qualifier=draw(qualifiers), quantity_qualifier=draw(qualifiers),
                quantity=None if quantity is None else Decimal(quantity) / 100,
                unit=draw(units) if quantity else "",
                part_state=draw(st.sampled_from(["included", "not_included", "unknown"])) if whole else "",
                whole_id=whole.id if whole else None,
                whole_has_value=bool(whole and whole.value is not None),
                whole_unit=whole.unit if whole else "",
                givers=tuple(draw(st.permutations([A, B, OUTSIDE]))[: draw(st.integers(1, 3))]),
            )
        )  # fmt: skip
    return gifts


@given(some_gifts(), st.randoms(use_true_random=False))
def test_order_does_not_matter(gifts: list[Gift], dice: random.Random) -> None:
    mixed = list(gifts)
    dice.shuffle(mixed)
    assert total(mixed) == total(gifts)


@given(some_gifts())
def test_coming_twice_changes_nothing(gifts: list[Gift]) -> None:
    assert total(gifts + gifts) == total(gifts)


@given(some_gifts())
def test_the_number_of_givers_changes_no_sum(gifts: list[Gift]) -> None:
    from dataclasses import replace

    alone, joint = (total([replace(gift, givers=who) for gift in gifts]) for who in ((A,), (A, B, OUTSIDE)))
    assert (alone.money, alone.goods, alone.left_out) == (joint.money, joint.goods, joint.left_out)


@given(some_gifts())
def test_doubtful_figures_are_named_and_never_added(gifts: list[Gift]) -> None:
    result = total(gifts)
    doubtful = {gift.id: gift.doubtful for gift in gifts if gift.doubtful}
    assert {row.gift_id: row.figures for row in result.left_out} == doubtful
    certain = [gift for gift in gifts if gift.id not in doubtful or len(gift.doubtful) < 2]
    for unit in {MONEY_UNIT, *(gift.unit for gift in gifts if gift.unit)}:
        sums = {figure.unit: figure.number for figure in (result.money, *result.goods) if figure}
        slow = Decimal(0)
        for gift in certain:
            inside = gift.part_state == "included"  # every whole is among the gifts here
            if unit == MONEY_UNIT and gift.value is not None:
                like = gift.whole_has_value
                slow += 0 if like and (inside or gift.part_state == "unknown") else gift.value
            if gift.unit == unit and gift.quantity is not None:
                like = gift.whole_unit == unit
                slow += 0 if like and (inside or gift.part_state == "unknown") else gift.quantity
        assert sums.get(unit, Decimal(0)) == slow
