"""Points of one leaf by each rule, with figures computed by hand beside the case."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal as D
from fractions import Fraction
from typing import Any

import pytest

from scoring.domain.calc import combined, facts_data, facts_of, is_empty, score
from scoring.domain.shapes import (
    BANDS,
    BONUS,
    COUNT,
    DEDUCTION,
    DIRECT,
    DOWN_ONE,
    EXCEEDING,
    FAULTS,
    LATENESS,
    LEVELS,
    LOWER,
    LOWEST,
    NOT_ARISEN,
    NOT_ASSIGNED,
    NOTHING,
    PENALTY,
    PERCENT,
    PROPORTIONAL,
    RELATIVE,
    YES_NO,
    ZERO_LEAF,
    ZERO_PARENT,
    Choice,
    Facts,
    Leaf,
    Result,
    Sanction,
    SizeStep,
    Step,
    TableRules,
)

RULES = TableRules()
EVERY_RULE = (
    DIRECT, YES_NO, LEVELS, BANDS, PROPORTIONAL, EXCEEDING, RELATIVE, PERCENT, COUNT, FAULTS, BONUS, DEDUCTION,
)  # fmt: skip


def leaf(rule: str, maximum: str = "10", **columns: Any) -> Leaf:
    return Leaf("k", "I.1", rule, D(maximum), **columns)


def facts(**values: Any) -> Facts:
    return Facts(**{key: D(one) if isinstance(one, str) and key not in ("mark", "level") else one
                    for key, one in values.items()})  # fmt: skip


def points(one: Leaf, settings: TableRules = RULES, **values: Any) -> D | None:
    return score(one, facts(**values), settings).points


def words(one: Leaf, settings: TableRules = RULES, **values: Any) -> str:
    return str(score(one, facts(**values), settings).derivation)


# R1, R2 ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "step", "wanted"),
    [
        ("0", None, "0"),
        ("10", None, "10"),
        ("12.99", "0.01", "12.99"),
        ("9.75", "0.25", "9.75"),
        ("0.5", "0.5", "0.5"),
    ],
)
def test_r1_takes_the_points_typed(typed: str, step: str | None, wanted: str) -> None:
    assert points(leaf(DIRECT, "15", step=step and D(step)), points=typed) == D(wanted)


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("10.5", "10,5 điểm vượt mức tối đa 10 điểm."),
        ("-1", "Điểm không được âm."),
        ("9.6", "Điểm phải là bội số của 0,25; 9,6 không phải."),
    ],
)
def test_r1_refuses_and_names_the_limit(typed: str, sentence: str) -> None:
    found = score(leaf(DIRECT, step=D("0.25")), facts(points=typed), RULES)
    assert found.points is None
    assert [str(one) for one in found.faults] == [sentence]


def test_r1_more_decimals_than_the_leaf_has_are_rounded_in_writing() -> None:
    assert points(leaf(DIRECT), points="4.125") == D("4.13")
    assert words(leaf(DIRECT), points="4.125") == "Chấm trực tiếp 4,125 điểm, làm tròn → 4,13"


def test_r2_is_all_or_nothing() -> None:
    assert points(leaf(YES_NO), yes=True) == 10
    assert points(leaf(YES_NO), yes=False) == 0
    assert score(leaf(YES_NO), facts(yes=False), RULES).reached is False


# R3, R14 ---------------------------------------------------------------------------------------------------------

MODELS = (
    Choice("hai", "Hai mô hình trở lên", D(2)),
    Choice("mot", "Một mô hình", D(1)),
    Choice("mot-cho", "Một mô hình đang chờ công nhận", D(1)),
    Choice("khong", "Không có", D(0)),
    Choice("it", "Họp ít hơn luật định", D(0), ZERO_LEAF),
    Choice("sai", "Ban hành văn bản trái luật", D(0), ZERO_PARENT),
)


def test_r3_gives_the_points_of_the_level_and_tells_levels_of_the_same_points_apart() -> None:
    one = leaf(LEVELS, "2", choices=MODELS)
    assert points(one, level="hai") == 2
    assert points(one, level="mot") == points(one, level="mot-cho") == 1
    assert words(one, level="mot") != words(one, level="mot-cho")
    assert words(one, level="hai") == "Mức “Hai mô hình trở lên”: 2 điểm"


def test_r3_a_level_of_more_than_the_maximum_is_held_in_writing() -> None:
    """Domain T2: a sub-point worth 3 whose text allows more."""
    one = leaf(LEVELS, "3", choices=(Choice("a", "Cả hai", D(6)),))
    assert points(one, level="a") == 3
    assert words(one, level="a") == "Mức “Cả hai”: 6 điểm, tối đa 3 → 3"


def test_r3_an_unknown_level_is_a_fault() -> None:
    assert score(leaf(LEVELS, choices=MODELS), facts(level="la"), RULES).faults


def test_r14_zeroing_levels_say_how_far_they_reach() -> None:
    one = leaf(LEVELS, "2", choices=MODELS)
    own, parent = score(one, facts(level="it"), RULES), score(one, facts(level="sai"), RULES)
    assert (own.points, own.zeroes) == (0, ZERO_LEAF)
    assert (parent.points, parent.zeroes) == (0, ZERO_PARENT)


# R4 --------------------------------------------------------------------------------------------------------------

# Domain T3, 2022, item 1.1: 100 % = 2; 95 to < 100 = 1.75; 80 to < 95 = 1.5; 70 to < 80 = 1; 60 to < 70 = 0.5; else 0.
JUSTICE = tuple(
    Step(D(edge), D(given)) for edge, given in
    [("100", "2"), ("95", "1.75"), ("80", "1.5"), ("70", "1"), ("60", "0.5")]
)  # fmt: skip


@pytest.mark.parametrize(
    ("percent", "wanted"),
    [
        ("100", "2"), ("99.9999", "1.75"), ("95", "1.75"), ("94.99", "1.5"), ("80", "1.5"), ("79.9", "1"), ("70", "1"),
        ("69.9", "0.5"), ("60", "0.5"), ("59.9999", "0"), ("0", "0"), ("120", "2"),
    ],
)  # fmt: skip
def test_r4_the_lower_edge_belongs_to_the_band(percent: str, wanted: str) -> None:
    one = leaf(BANDS, "2", steps=JUSTICE, measured="percent")
    assert points(one, percent=percent) == D(wanted)
    assert points(replace(one, steps=JUSTICE[::-1]), percent=percent) == D(wanted)


def test_r4_compares_the_exact_ratio() -> None:
    """2/3 of 99.99 is below 66.67 %: 66,66 / 99,99 = 66,6666…; 949/1000 is just below 95 %."""
    one = leaf(BANDS, "2", steps=JUSTICE)
    assert points(one, actual="949999", target="1000000") == D("1.5")
    assert points(one, actual="95", target="100") == D("1.75")
    assert words(one, actual="19", target="20") == "19 / 20 = 95 %: bậc từ 95 % trở lên, 1,75 điểm"


@pytest.mark.parametrize(("percent", "wanted"), [("90", "5"), ("90.01", "10"), ("50", "5"), ("49.99", "1")])
def test_r4_an_edge_may_be_exclusive(percent: str, wanted: str) -> None:
    """> 90 % = 10; 50 to 90 % = 5; below = 1."""
    one = leaf(BANDS, steps=(Step(D(90), D(10), False), Step(D(50), D(5))), below=D(1), measured="percent")
    assert points(one, percent=percent) == D(wanted)


@pytest.mark.parametrize(
    ("percent", "wanted"), [("0", "10"), ("1", "8"), ("5", "8"), ("5.01", "4"), ("10", "0")]
)
def test_r4_lower_is_better(percent: str, wanted: str) -> None:
    """Late files: below 1 % = 10; up to 5 % = 8; below 10 % = 4; else 0."""
    steps = (Step(D(1), D(10), False), Step(D(5), D(8)), Step(D(10), D(4), False))
    one = leaf(BANDS, steps=steps, better=LOWER, measured="percent")
    assert points(one, percent=percent) == D(wanted)
    assert points(replace(one, measured="ratio"), actual=percent, target="100") == D(wanted)


def test_r4_two_bands_of_one_edge() -> None:
    """Over 100 % = 10, just 100 % = 9."""
    one = leaf(BANDS, steps=(Step(D(100), D(9)), Step(D(100), D(10), False)), measured="percent")
    assert points(one, percent="100") == 9
    assert points(one, percent="100.1") == 10


# R5, R6 ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("actual", "target", "kept", "over"),
    [
        ("8", "10", "8", "8"),  # 8/10 × 10 = 8
        ("10", "10", "10", "10"),
        ("100000000", "80000000", "10", "12.5"),  # 125 % × 10 = 12.5
        ("2", "3", "6.67", "6.67"),  # 6.666… half up
        ("0", "10", "0", "0"),
        ("-50", "-100", "10", "15"),  # a loss of 50 where 100 was allowed: 1 + 50/100 = 150 %
        ("-150", "-100", "5", "5"),  # 1 − 50/100 = 50 %
        ("-250", "-100", "0", "0"),  # 1 − 150/100 < 0
    ],
)
def test_r5_stops_at_the_maximum_and_r6_does_not(actual: str, target: str, kept: str, over: str) -> None:
    assert points(leaf(PROPORTIONAL), actual=actual, target=target) == D(kept)
    assert points(leaf(EXCEEDING), actual=actual, target=target) == D(over)


@pytest.mark.parametrize(
    ("actual", "target", "wanted"),
    [
        ("8", "10", "12"),  # 1 + (10 − 8)/10 = 120 %
        ("10", "10", "10"),
        ("12", "10", "8"),  # 1 − 2/10
        ("20", "10", "0"),
        ("30", "10", "0"),
        ("-150", "-100", "15"),  # 1 + (−100 + 150)/100
    ],
)
def test_r6_lower_is_better_mirrors_the_distance(actual: str, target: str, wanted: str) -> None:
    assert points(leaf(EXCEEDING, better=LOWER), actual=actual, target=target) == D(wanted)
    assert points(leaf(PROPORTIONAL, better=LOWER), actual=actual, target=target) == min(D(wanted), 10)


def test_r5_is_written_down() -> None:
    one = leaf(PROPORTIONAL)
    assert words(one, actual="100000000", target="80000000") == (
        "100.000.000 / 80.000.000 = 125 % × 10 điểm = 12,5, tối đa 10 → 10"
    )
    assert words(one, actual="2", target="3") == "2 / 3 = 66,67 % × 10 điểm ≈ 6,6667, làm tròn → 6,67"


@pytest.mark.parametrize("rule", [BANDS, PROPORTIONAL, EXCEEDING, PERCENT])
@pytest.mark.parametrize(
    ("setting", "better", "actual", "wanted", "assigned"),
    [
        ("no_target", "higher", "5", None, True),
        ("full", "higher", "5", 10, True),
        ("full", "higher", "-1", 0, True),
        ("full", LOWER, "0", 10, True),
        ("full", LOWER, "3", 0, True),
        ("not_scored", "higher", "5", None, False),
    ],
)
def test_a_target_of_zero_by_the_setting(
    rule: str, setting: str, better: str, actual: str, wanted: int | None, assigned: bool
) -> None:
    found = score(
        leaf(rule, better=better), facts(actual=actual, target="0"), TableRules(target_zero=setting)
    )
    assert (found.points, found.assigned) == (wanted, assigned)
    assert bool(found.warnings) == (wanted is None and assigned)


@pytest.mark.parametrize("rule", [BANDS, PROPORTIONAL, EXCEEDING, PERCENT])
@pytest.mark.parametrize("given", [{"actual": "5"}, {"target": "5"}])
def test_half_an_answer_is_none(rule: str, given: dict[str, str]) -> None:
    found = score(leaf(rule), facts(**given), RULES)
    assert found.points is None
    assert found.warnings
    assert not found.faults


def test_a_share_typed_for_a_percentage_is_asked_about() -> None:
    one = leaf(PERCENT)
    found = score(one, facts(percent="0.9"), RULES)
    assert str(found.warnings[0]) == "Đang ghi 0,9 %. Có phải ý là 90 %?"
    assert not score(one, facts(percent="90"), RULES).warnings
    assert not score(replace(one, better=LOWER), facts(percent="0.9"), RULES).warnings
    assert score(leaf(PROPORTIONAL, unit="%"), facts(actual="0.9", target="90"), RULES).warnings


# R9 --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("percent", "wanted"),
    [
        ("90", "3.5"),  # 0.9 × 4 = 3.6, nearest quarter 3.5
        ("91", "3.75"),  # 3.64 → 3.75 (3.625 is the middle)
        ("90.625", "3.75"),  # 3.625, half up
        ("100", "4"),
        ("130", "4"),  # 5.2 → 5.25, at most 4
        ("3", "0"),  # 0.12 < 0.125
    ],
)
def test_r9_rounds_to_the_step(percent: str, wanted: str) -> None:
    assert points(leaf(PERCENT, "4", step=D("0.25")), percent=percent) == D(wanted)


def test_r9_takes_a_ratio_too_and_says_its_rounding() -> None:
    one = leaf(PERCENT, "4", step=D("0.25"))
    assert points(one, actual="45", target="50") == D("3.5")
    assert words(one, percent="90") == "90 % × 4 điểm = 3,6, làm tròn đến bước 0,25 → 3,5"
    assert points(replace(one, better=LOWER), percent="10") == D("3.5")  # 100 − 10 = 90 %
    assert score(one, facts(percent="-1"), RULES).faults
    assert score(one, facts(percent="101"), RULES).warnings


# R10 to R13 ------------------------------------------------------------------------------------------------------


def test_r10_counts_up_to_the_maximum() -> None:
    one = leaf(COUNT, "5", each=D("0.5"))
    assert points(one, count="7") == D("3.5")  # 7 × 0.5
    assert points(one, count="12") == 5  # 6 held at 5
    assert words(one, count="12") == "12 lượt × 0,5 = 6, tối đa 5 → 5"
    assert words(replace(one, unit="mô hình", each=D("2.5")), count="1") == "1 mô hình × 2,5 = 2,5"
    assert score(one, facts(count="-1"), RULES).faults


def test_r11_takes_off_for_each_fault_and_not_below_zero() -> None:
    one = leaf(FAULTS, "4", each=D("0.5"))
    assert points(one, count="0") == 4
    assert points(one, count="3") == D("2.5")  # 4 − 1.5
    assert points(one, count="9") == 0  # 4 − 4.5
    assert words(one, count="9") == "4 − 9 lỗi × 0,5 = −0,5, không dưới 0 → 0"
    assert score(one, facts(count="-1"), RULES).faults


def test_r12_a_bonus_line_has_its_cap_or_none() -> None:
    one = leaf(BONUS, "5", each=D("1.5"))
    assert points(one, count="2") == 3
    assert points(one, count="4") == 5  # 6 held at 5
    assert points(replace(one, maximum=D(0)), count="4") == 6  # no cap
    assert score(one, facts(count="-1"), RULES).faults


def test_r12_once_a_year_and_the_highest_level_only() -> None:
    once = leaf(BONUS, "5", each=D(2), once=True)
    assert points(once, count="3") == 2
    assert words(once, count="3") == "1 lượt × 2 (có 3, chỉ tính một lần) = 2"
    assert points(once, count="0") == 0
    flags = (Choice("bo", "Cờ của Bộ, tỉnh", D(10)), Choice("cp", "Cờ của Chính phủ", D(15)))  # domain T4
    assert points(leaf(BONUS, "15", choices=flags), level="cp") == 15
    assert score(leaf(BONUS, "15", choices=flags), facts(level="x"), RULES).faults


UNTRUE = (Sanction(1, DOWN_ONE), Sanction(2, LOWEST))


def test_r13_takes_off_per_case_up_to_the_cap_with_sanctions() -> None:
    one = leaf(DEDUCTION, "5", each=D(2), sanctions=UNTRUE)
    none, first, again = (score(one, facts(count=str(n)), RULES) for n in (0, 1, 3))
    assert (none.points, none.sanctions) == (0, ())
    assert (first.points, first.sanctions) == (2, UNTRUE[:1])
    assert (again.points, again.sanctions) == (5, UNTRUE)  # 6 held at 5
    assert str(again.derivation) == "3 vụ việc × 2 = 6, tối đa 5 → 5"
    assert score(one, facts(count="-1"), RULES).faults


def test_r13_by_level_or_by_hand_is_one_case() -> None:
    one = leaf(
        DEDUCTION,
        "5",
        sanctions=UNTRUE,
        choices=(Choice("kt", "Khiển trách", D(3)), Choice("k", "Không", D(0))),
    )
    assert score(one, facts(level="kt"), RULES).sanctions == UNTRUE[:1]
    assert score(one, facts(level="k"), RULES).sanctions == ()
    assert score(one, facts(points="1"), RULES).sanctions == UNTRUE[:1]
    assert score(one, facts(points="0"), RULES).sanctions == ()
    assert score(one, facts(level="x"), RULES).faults


def test_r17_lateness_takes_no_facts() -> None:
    assert score(leaf(LATENESS), facts(points="3"), RULES) == Result()


# R15, R16, nothing -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("rule", EVERY_RULE)
@pytest.mark.parametrize(("setting", "wanted"), [("full", "10"), ("zero", "0"), ("unassigned", None)])
def test_r15_not_arisen(rule: str, setting: str, wanted: str | None) -> None:
    found = score(leaf(rule), Facts(mark=NOT_ARISEN), TableRules(not_arisen=setting))
    if rule in (BONUS, DEDUCTION):
        assert found.points == 0  # what did not arise is no bonus, and takes nothing off
    else:
        assert (found.points, found.assigned) == (wanted and D(wanted), wanted is not None)
    assert found.derivation


@pytest.mark.parametrize("rule", EVERY_RULE)
@pytest.mark.parametrize(
    "given", [{"mark": NOT_ASSIGNED}, {"mark": NOT_ASSIGNED, "actual": "5", "points": "3"}]
)
def test_r16_not_assigned_is_out_of_the_maximum(rule: str, given: dict[str, str]) -> None:
    found = score(leaf(rule), facts(**given), RULES)
    assert (found.points, found.assigned) == (None, False)
    assert score(leaf(rule, applies=False), Facts(), RULES) == found
    full = score(leaf(rule), facts(**given), TableRules(unassigned="full"))
    assert (full.points, full.assigned) == (0 if rule in (BONUS, DEDUCTION) else 10, True)


@pytest.mark.parametrize(
    ("rule", "columns", "given", "wanted"),
    [
        (DIRECT, {}, {}, "0"), (YES_NO, {}, {}, "0"), (LEVELS, {"choices": MODELS}, {}, "0"),
        (COUNT, {"each": D(1)}, {}, "0"), (BONUS, {"each": D(1)}, {}, "0"), (DEDUCTION, {"each": D(1)}, {}, "0"),
        (FAULTS, {"each": D(1)}, {}, "10"),  # no fault
        (PROPORTIONAL, {}, {"target": "5"}, "0"), (PROPORTIONAL, {}, {}, "0"),
        (PROPORTIONAL, {"better": LOWER}, {"target": "5"}, "10"),  # 1 + 5/5 = 200 %, at most 10
        (PERCENT, {}, {}, "0"), (PERCENT, {"better": LOWER}, {}, "10"),
        (BANDS, {"steps": JUSTICE}, {"target": "5"}, "0"), (BANDS, {"steps": JUSTICE, "below": D(1)}, {}, "1"),
    ],
)  # fmt: skip
def test_nothing_is_a_figure_of_zero(
    rule: str, columns: dict[str, Any], given: dict[str, str], wanted: str
) -> None:
    found = score(leaf(rule, **columns), facts(mark=NOTHING, **given), RULES)
    assert found.points == D(wanted)
    assert found.derivation


@pytest.mark.parametrize("rule", [*EVERY_RULE, LATENESS])
def test_unanswered_is_not_zero(rule: str) -> None:
    assert score(leaf(rule), Facts(), RULES) == Result()
    assert score(leaf(rule), facts(size="50"), RULES) == Result()
    other = Facts(count=D(3)) if rule in (YES_NO, DIRECT) else Facts(yes=True)
    assert (
        score(leaf(rule), other, RULES).points is None
    )  # what another rule would ask for answers nothing either


# Somebody's own number, sizes --------------------------------------------------------------------------------------


@pytest.mark.parametrize("rule", EVERY_RULE)
def test_a_verifier_may_set_points_within_the_maximum(rule: str) -> None:
    assert points(leaf(rule), points="7.5") == D("7.5")
    above = score(leaf(rule), facts(points="10.01"), RULES)
    if rule == EXCEEDING:
        assert above.points == D("10.01")
    else:
        assert "10,01 điểm vượt mức tối đa 10 điểm." in [str(one) for one in above.faults]
    assert score(leaf(rule), facts(points="-0.5"), RULES).faults


SIZES = (SizeStep(D(100), Fraction(6, 5)), SizeStep(D(50), Fraction(11, 10)))


@pytest.mark.parametrize(
    ("size", "wanted"), [("49", "4"), ("50", "4.4"), ("99", "4.4"), ("100", "4.8"), ("500", "4.8")]
)
def test_r19_the_factor_of_the_highest_size_reached(size: str, wanted: str) -> None:
    assert points(leaf(COUNT, each=D(1), sizes=SIZES), count="4", size=size) == D(wanted)


def test_r19_stays_within_the_maximum_and_is_written() -> None:
    one = leaf(COUNT, "4.5", each=D(1), sizes=SIZES)
    assert words(one, count="4", size="100") == "4 lượt × 1 = 4, × hệ số quy mô 1,2 = 4,8, tối đa 4,5 → 4,5"
    unknown = score(one, facts(count="4"), RULES)
    assert unknown.points == 4
    assert unknown.warnings
    assert points(one, points="4", size="100") == 4  # a number somebody set is final


# Rounding, limits, parts -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("places", "rounding", "wanted"),
    [
        (2, "half_up", "3.13"),
        (2, "half_even", "3.12"),
        (2, "down", "3.12"),
        (0, "half_up", "3"),
        (4, "down", "3.125"),
    ],
)
def test_a_leaf_rounds_as_the_charter_says(places: int, rounding: str, wanted: str) -> None:
    """5 / 16 × 10 = 3.125."""
    assert points(leaf(PROPORTIONAL, places=places, rounding=rounding), actual="5", target="16") == D(wanted)


@pytest.mark.parametrize("part", [BONUS, PENALTY])
def test_a_line_of_bonus_or_penalty_without_a_cap_takes_any_points(part: str) -> None:
    assert points(leaf(DIRECT, "0", part=part), points="25") == 25
    assert score(leaf(DIRECT, "5", part=part), facts(points="25"), RULES).faults


def test_huge_figures_stay_exact() -> None:
    one = leaf(PROPORTIONAL, "0.3")
    assert points(one, actual="33333333333333.3333", target="99999999999999.9999") == D("0.1")
    assert score(leaf(DIRECT), facts(points="9" * 40), RULES).faults
    assert points(leaf(COUNT, "0.5", each=D("0.0001"), places=4), count="4999.5") == D(
        "0.5"
    )  # 0.49995, half up


# Several scorers, plain data ---------------------------------------------------------------------------------------


def test_several_scorers_of_one_level() -> None:
    one = leaf(DIRECT)
    given = [Result(D("8")), Result(), Result(D("7.5"), sanctions=UNTRUE[:1]), Result(D("7.5"))]
    assert combined(one, given, "last") is given[3]
    assert combined(one, given, "lowest") is given[3]
    mean = combined(one, given, "mean")  # (8 + 7.5 + 7.5) / 3 = 7.666…
    assert (mean.points, mean.sanctions) == (D("7.67"), UNTRUE[:1])
    assert str(mean.derivation) == "Trung bình của 8, 7,5, 7,5 = 7,67"
    assert combined(one, given[:2], "mean") is given[0]
    waiting = Result(waits=True)
    assert combined(one, [waiting], "mean") is waiting
    assert combined(one, [], "last") == Result()


def test_facts_are_plain_data_and_back() -> None:
    one = facts(
        points="1.50",
        actual="100000000",
        percent="0.9",
        count="3",
        level="a",
        yes=False,
        size="12",
        target="-5",
    )
    data = facts_data(one)
    assert data == {
        "points": "1.5", "actual": "100000000", "target": "-5", "percent": "0.9", "count": "3", "size": "12",
        "yes": False, "level": "a",
    }  # fmt: skip
    assert facts_of(data) == one
    assert facts_of({}, NOTHING) == Facts(mark=NOTHING)
    assert facts_of({"points": None, "yes": None}) == Facts()
    assert facts_data(Facts(mark=NOTHING)) == {}
    assert is_empty(Facts(size=D(3)))
    assert not is_empty(Facts(yes=False))


@pytest.mark.parametrize(
    "data", [{"points": 0.5}, {"points": True}, {"points": "x"}, {"points": "NaN"}, {"other": 1}]
)
def test_facts_that_are_no_exact_numbers_do_not_read(data: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="n"):
        facts_of(data)
