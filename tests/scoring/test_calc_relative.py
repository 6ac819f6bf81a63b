"""R7 and R8: points relative to the best of the cluster, computed by hand beside the case."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal as D
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.domain.calc import score, score_relative
from scoring.domain.odd import nearest_middle, odd_units
from scoring.domain.shapes import (
    COUNT,
    LOWER,
    NOT_ARISEN,
    NOT_ASSIGNED,
    NOTHING,
    PERCENT,
    RELATIVE,
    Facts,
    Leaf,
    SizeStep,
    TableRules,
)

RULES = TableRules()
LEAF = Leaf("k", "I.1", RELATIVE, D(20))


def reached(actual: str, target: str | None = "100") -> Facts:
    return Facts(actual=D(actual), target=None if target is None else D(target))


def points(
    members: dict[str, Facts], leaf: Leaf = LEAF, settings: TableRules = RULES
) -> dict[str, str | None]:
    found = score_relative(leaf, members, settings)
    return {key: None if one.points is None else str(one.points) for key, one in found.items()}


def test_r7_by_hand() -> None:
    """MS = 20, half of it for the target.

    A 80/100: 10 × 0,8 = 8. B 100/100: 10. C 120: e = 0,2; D 150: e = 0,5, the best: 20. C = 10 + 0,2/0,5 × 10 = 14.
    E 33/90 (another target): 10 × 33/90 = 3,666… → 3,67.
    """
    members = {
        "A": reached("80"), "B": reached("100"), "C": reached("120"), "D": reached("150"), "E": reached("33", "90"),
    }  # fmt: skip
    assert points(members) == {"A": "8", "B": "10", "C": "14", "D": "20", "E": "3.67"}


def test_r7_is_written_down() -> None:
    found = score_relative(LEAF, {"C": reached("120"), "D": reached("150"), "A": reached("80")}, RULES)
    assert str(found["C"].derivation) == (
        "120 so với chỉ tiêu 100: đạt 120 %; vượt 20 %, cao nhất cụm vượt 50 %: 10 + 20 / 50 × 10 = 14"
    )
    assert str(found["A"].derivation) == "80 so với chỉ tiêu 100: đạt 80 %; 0,5 × 20 × 80 % = 8"
    assert [one.reached for one in found.values()] == [True, True, False]


def test_r7_another_share_for_the_target() -> None:
    """b = 2/3, MS = 9: the target gives 6; C e = 0,1 of 0,4: 6 + 1/4 × 3 = 6,75; below 50 %: 3."""
    leaf = replace(LEAF, maximum=D(9), base_share=Fraction(2, 3))
    members = {"A": reached("50"), "B": reached("100"), "C": reached("110"), "D": reached("140")}
    assert points(members, leaf) == {"A": "3", "B": "6", "C": "6.75", "D": "9"}


def test_r7_lower_is_better_by_hand() -> None:
    """Late files, target 10: e = (T − A)/T. A 4: e = 0,6, the best: 20. B 7: e = 0,3: 10 + 0,3/0,6 × 10 = 15.

    C 10: just reached, 10. D 12: 10 × (1 − 0,2) = 8. E 20: 10 × 0 = 0. F 25: not below 0.
    """
    leaf = replace(LEAF, better=LOWER)
    figures = {"A": "4", "B": "7", "C": "10", "D": "12", "E": "20", "F": "25"}
    found = points({key: reached(one, "10") for key, one in figures.items()}, leaf)
    assert found == {"A": "20", "B": "15", "C": "10", "D": "8", "E": "0", "F": "0"}


def test_r7_negative_targets() -> None:
    """A loss of 100 allowed. A −40: e = 60/100, best: 20. B −70: 0,3: 15. C −100: 10. D −150: 10 × 0,5 = 5."""
    figures = {"A": "-40", "B": "-70", "C": "-100", "D": "-150"}
    found = points({key: reached(one, "-100") for key, one in figures.items()})
    assert found == {"A": "20", "B": "15", "C": "10", "D": "5"}


def test_r7_a_tie_at_the_best() -> None:
    """B and C both 25 % above: 20 each; D e = 10 %: 10 + 0,4 × 10. Split: 10 + 10/2 = 15; D 10 + 0,4 × 5."""
    members = {"B": reached("125"), "C": reached("50", "40"), "D": reached("110"), "E": reached("100")}
    assert points(members) == {"B": "20", "C": "20", "D": "14", "E": "10"}
    split = points(members, settings=TableRules(best_tie="split"))
    assert split == {"B": "15", "C": "15", "D": "12", "E": "10"}


def test_r7_ties_are_exact() -> None:
    """1/3 above and 33333333/100000000 above are no tie, though the second is rounded to the same points."""
    members = {"A": reached("4", "3"), "B": reached("133333333", "100000000")}
    assert points(members) == {"A": "20", "B": "20"}
    split = score_relative(LEAF, members, TableRules(best_tie="split"))
    assert "chia đều" not in str(split["A"].derivation)
    assert split["A"].points == 20


def test_r7_nobody_exceeded() -> None:
    members = {"A": reached("100"), "B": reached("50"), "C": reached("10", "10")}
    assert points(members) == {"A": "10", "B": "5", "C": "10"}
    full = points(members, settings=TableRules(nobody_exceeded="full"))
    assert full == {"A": "20", "B": "5", "C": "20"}
    beaten = {**members, "D": reached("101")}
    assert points(beaten, settings=TableRules(nobody_exceeded="full")) == {
        "A": "10",
        "B": "5",
        "C": "10",
        "D": "20",
    }


def test_r8_those_without_a_target_are_compared_among_themselves() -> None:
    """A 30 of best 40: 20 × 0,75 = 15; B 40: 20; C 0: 0. Their 40 is no excess for D and E."""
    members = {
        "A": reached("30", None), "B": reached("40", None), "C": reached("0", None),
        "D": reached("110"), "E": reached("105"),
    }  # fmt: skip
    assert points(members) == {"A": "15", "B": "20", "C": "0", "D": "20", "E": "15"}  # E: 10 + 5/10 × 10


def test_r8_all_zero_and_below() -> None:
    assert points({"A": reached("0", None), "B": reached("0", None)}) == {"A": "0", "B": "0"}
    assert points({"A": reached("-5", None), "B": reached("10", None)}) == {"A": "0", "B": "20"}
    assert points({"A": reached("-5", None), "B": reached("-9", None)}) == {"A": "0", "B": "0"}


def test_r8_lower_is_better() -> None:
    """Best 3: A 3 → 20, B 4 → 20 × 3/4 = 15; with a best of 0 the others get 0; all zero: all are the best."""
    leaf = replace(LEAF, better=LOWER)
    assert points({"A": reached("3", None), "B": reached("4", None)}, leaf) == {"A": "20", "B": "15"}
    assert points({"A": reached("0", None), "B": reached("4", None)}, leaf) == {"A": "20", "B": "0"}
    assert points({"A": reached("0", None), "B": reached("0", None)}, leaf) == {"A": "20", "B": "20"}
    assert points({"A": reached("-2", None), "B": reached("-5", None)}, leaf) == {"A": "0", "B": "20"}


@pytest.mark.parametrize(
    ("setting", "wanted"),
    [
        (
            "no_target",
            {"A": "20", "B": "10", "C": "20"},
        ),  # A 8 and B 4 without a target; C alone above its own
        ("full", {"A": "20", "B": "20", "C": "20"}),
        ("not_scored", {"A": None, "B": None, "C": "20"}),
    ],
)
def test_targets_of_zero(setting: str, wanted: dict[str, str | None]) -> None:
    members = {"A": reached("8", "0"), "B": reached("4", "0"), "C": reached("120")}
    assert points(members, settings=TableRules(target_zero=setting)) == wanted


def test_who_is_not_compared_does_not_touch_the_others() -> None:
    """B's own number, C not assigned, D not arisen, E unanswered, F a target alone: A stays the only one above."""
    members = {
        "A": reached("101"), "B": Facts(points=D("19.5")), "C": Facts(mark=NOT_ASSIGNED, actual=D(900), target=D(1)),
        "D": Facts(mark=NOT_ARISEN), "E": Facts(), "F": Facts(target=D(5)), "G": Facts(mark=NOTHING, target=D(5)),
        "H": Facts(points=D(21)),
    }  # fmt: skip
    found = score_relative(LEAF, members, RULES)
    shown = {key: None if one.points is None else str(one.points) for key, one in found.items()}
    assert shown == {"A": "20", "B": "19.5", "C": None, "D": "20", "E": None, "F": None, "G": "0", "H": None}
    assert not found["C"].assigned
    assert found["F"].warnings
    assert found["H"].faults
    assert list(found) == list(members)


def test_alone_it_waits_with_what_is_sure() -> None:
    """150/100: at least 10 of 20; 80/100: 8 whatever the others do."""
    above, below, free = (
        score(LEAF, one, RULES) for one in (reached("150"), reached("80"), reached("5", None))
    )
    assert [one.points for one in (above, below, free)] == [None, None, None]
    assert [one.least for one in (above, below, free)] == [10, 8, 0]
    assert all(one.waits and one.derivation for one in (above, below, free))
    assert (above.reached, below.reached, free.reached) == (True, False, None)
    assert not score(LEAF, Facts(points=D(3)), RULES).waits


def test_a_late_approval_changes_the_others() -> None:
    """Domain 3.3: B has 10 + 10/10 × 10 while alone above; with C at 40 % above it has 10 + 10/40 × 10 = 12,5."""
    first = {"A": reached("100"), "B": reached("110")}
    assert points(first)["B"] == "20"
    assert points({**first, "C": reached("140")}) == {"A": "10", "B": "12.5", "C": "20"}


def test_a_size_factor_stays_within_the_maximum() -> None:
    leaf = replace(LEAF, sizes=(SizeStep(D(100), Fraction(3, 2)),))
    sized = replace(reached("100"), size=D(100))
    assert points({"A": sized, "B": replace(reached("150"), size=D(100))}, leaf) == {"A": "15", "B": "20"}


# Properties --------------------------------------------------------------------------------------------------------

figures = st.decimals(min_value=-50, max_value=500, places=1)
targets = st.none() | st.decimals(min_value=-50, max_value=500, places=1)
clusters = st.dictionaries(
    st.sampled_from("ABCDEFGHIJ"), st.builds(lambda a, t: Facts(actual=a, target=t), figures, targets)
)
leaves = st.builds(
    lambda better, share, maximum: replace(LEAF, better=better, base_share=share, maximum=maximum),
    st.sampled_from(["higher", LOWER]),
    st.fractions(min_value=0, max_value=1, max_denominator=9),
    st.decimals(min_value=0, max_value=50, places=2),
)
settings_ = st.builds(
    lambda tie, nobody, zero: TableRules(best_tie=tie, nobody_exceeded=nobody, target_zero=zero),
    st.sampled_from(["all", "split"]),
    st.sampled_from(["target_share", "full"]),
    st.sampled_from(["no_target", "full", "not_scored"]),
)


@given(members=clusters, leaf=leaves, settings=settings_, order=st.randoms(use_true_random=False))
def test_the_order_of_members_does_not_matter(members, leaf, settings, order) -> None:
    keys = list(members)
    order.shuffle(keys)
    assert score_relative(leaf, {key: members[key] for key in keys}, settings) == score_relative(
        leaf, members, settings
    )


@given(members=clusters, leaf=leaves, settings=settings_)
def test_points_lie_between_nothing_and_the_maximum(members, leaf, settings) -> None:
    for key, one in score_relative(leaf, members, settings).items():
        assert one.points is None or 0 <= one.points <= leaf.maximum
        alone = score(leaf, members[key], settings)
        if alone.waits:
            assert alone.least is not None
            assert one.points is not None
            assert alone.least <= one.points


@given(members=clusters, leaf=leaves, settings=settings_)
def test_a_better_result_never_has_fewer_points(members, leaf, settings) -> None:
    """Of two members with one target the better one has as many points at least."""
    found = score_relative(leaf, members, settings)
    sign = -1 if leaf.better == LOWER else 1
    for key, one in members.items():
        for other, two in members.items():
            if (
                one.target == two.target
                and sign * one.actual > sign * two.actual
                and found[key].points is not None
            ):
                assert found[key].points >= found[other].points


@given(members=clusters, leaf=leaves, settings=settings_)
def test_a_slow_reference_gives_the_same(members, leaf, settings) -> None:
    found = score_relative(leaf, members, settings)
    for key in members:
        assert found[key].points == reference(leaf, members, key, settings)


def reference(leaf: Leaf, members: dict[str, Facts], key: str, settings: TableRules) -> D | None:
    """The same rule told once more, from the definition, in fractions."""
    me, maximum, share = members[key], Fraction(leaf.maximum), leaf.base_share
    lower = leaf.better == LOWER

    def excess(one: Facts) -> Fraction:
        better_by = one.target - one.actual if lower else one.actual - one.target
        return Fraction(better_by) / abs(Fraction(one.target))

    if me.target == 0 and settings.target_zero == "not_scored":
        return None
    if me.target == 0 and settings.target_zero == "full":
        value = Fraction(0) if (me.actual > 0 if lower else me.actual < 0) else maximum
    elif me.target:
        others = [excess(one) for one in members.values() if one.target]
        best, mine = max(others), excess(me)
        if mine > 0:
            winners = others.count(best) if settings.best_tie == "split" else 1
            value = share * maximum + mine / best * (maximum - share * maximum) / winners
        elif mine == 0 and best <= 0 and settings.nobody_exceeded == "full":
            value = maximum
        else:
            value = max(share * maximum * (1 + mine), Fraction(0))
    else:
        group = [
            Fraction(one.actual) for one in members.values()
            if one.target is None or (one.target == 0 and settings.target_zero == "no_target")
        ]  # fmt: skip
        mine = Fraction(me.actual)
        if lower:
            best = min(group)
            ratio = Fraction(1) if mine == best else best / mine if best > 0 else Fraction(0)
        else:
            best = max(group)
            ratio = max(mine, Fraction(0)) / best if best > 0 else Fraction(0)
        value = maximum * ratio
    hundredths = value * 100 + Fraction(1, 2)  # half up
    return D(hundredths.numerator // hundredths.denominator).scaleb(-2)


# Odd units ---------------------------------------------------------------------------------------------------------


def test_a_share_among_percentages_is_told() -> None:
    leaf = replace(LEAF, rule=PERCENT)
    typed = {"A": "90", "B": "0.9", "C": "95.5", "D": "1", "E": "100"}
    found = odd_units(leaf, {key: Facts(percent=D(one)) for key, one in typed.items()})
    assert {key: str(one) for key, one in found.items()} == {
        "B": "Đang ghi 0,9, các đơn vị khác ghi khoảng 90: có phải ý là 90 %?",  # of 1, 90, 95,5, 100
        "D": "Đang ghi 1, các đơn vị khác ghi khoảng 90: có phải ý là 100 %?",  # of 0,9, 90, 95,5, 100
    }


def test_other_odd_figures() -> None:
    percent = replace(LEAF, unit="%")
    assert set(odd_units(percent, {"A": reached("0.8"), "B": reached("85"), "C": reached("92")})) == {"A"}
    shares = {"A": Facts(percent=D("0.9")), "B": Facts(percent=D("0.8")), "C": Facts(percent=D(90))}
    assert set(odd_units(replace(LEAF, rule=PERCENT), shares)) == {"C"}
    counts = {
        "A": Facts(count=D(3)),
        "B": Facts(count=D(5)),
        "C": Facts(count=D(0)),
        "D": Facts(count=D(120)),
    }
    assert odd_units(replace(LEAF, rule=COUNT), counts) == {}
    money = {"A": reached("580", None), "B": reached("620000000", None), "C": reached("410", None)}
    assert set(odd_units(LEAF, money)) == {"B"}
    assert odd_units(LEAF, {"A": reached("0.9")}) == {}


def test_the_middle_value() -> None:
    assert nearest_middle([D(3), D(1), D(2)], D(9)) == 2
    assert nearest_middle([D(4), D(1)], D(0)) == 1
    assert nearest_middle([D(4), D(1)], D(9)) == 4
