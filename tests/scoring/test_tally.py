"""Totals: the tables of domain 3.1 as examples, every step of a total by hand, and what holds for any table."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal as D
from fractions import Fraction
from typing import Any

import pytest

from scoring.domain.calc import score, score_relative
from scoring.domain.derive import percent_text
from scoring.domain.shapes import (
    BANDS,
    BASE,
    BONUS,
    COUNT,
    DEDUCTION,
    DIRECT,
    DOWN_ONE,
    EXCEEDING,
    FAULTS,
    LATENESS,
    LEVELS,
    LOWEST,
    NOT_ABOVE,
    NOT_ASSIGNED,
    PENALTY,
    PERCENT,
    PROPORTIONAL,
    RELATIVE,
    YES_NO,
    ZERO_PARENT,
    Change,
    Choice,
    Condition,
    Facts,
    Leaf,
    Node,
    Result,
    Sanction,
    Section,
    Step,
    TableRules,
    Total,
)
from scoring.domain.tally import tally

RULES = TableRules()


def section(code: str, maximum: str, part: str = BASE, title: str = "") -> Section:
    return Section(code, code, title or f"Mục {code}", D(maximum), part, code.rpartition(".")[0])


def leaf(code: str, maximum: str, rule: str = DIRECT, **columns: Any) -> Leaf:
    return Leaf(
        code, code, rule, D(maximum), parent=code.rpartition(".")[0], title=f"Tiêu chí {code}", **columns
    )


def total_of(
    nodes: list[Node],
    facts: Mapping[str, Facts],
    settings: TableRules = RULES,
    *,
    over_maximum: bool = False,
    **more: Any,
) -> Total:
    results = {
        one.code: score(one, facts.get(one.code, Facts()), settings) for one in nodes if isinstance(one, Leaf)
    }
    return checked(tally(nodes, results, settings, over_maximum=over_maximum, **more))


def checked(found: Total) -> Total:
    """Every total of these tests: its lines add up exactly."""
    assert sum((one.points for one in found.lines), D(0)) == found.total
    assert len(found.written) == len(found.lines) + 1
    return found


def typed(*pairs: tuple[str, str]) -> dict[str, Facts]:
    return {code: Facts(points=D(one)) for code, one in pairs}


def written(found: Total) -> list[str]:
    return [str(one) for one in found.written]


# T1: 1,000 points, four levels, not assigned, relative -------------------------------------------------------------

# (code, points); the parents' points are the sums that domain 3.1 gives.
T1 = [
    section("I", "700"), section("II", "200"), section("III", "100"),
    section("I.1", "200"), section("I.2", "200"), section("I.3", "120"), section("I.4", "100"), section("I.5", "40"),
    section("I.6", "40"), section("I.2.a", "70"), section("I.3.a", "40"),
    leaf("I.1.a", "120"), leaf("I.1.b", "80", RELATIVE),
    leaf("I.2.a.1", "50"), leaf("I.2.a.2", "15"), leaf("I.2.a.3", "5", YES_NO), leaf("I.2.b", "50"),
    leaf("I.2.c", "30"), leaf("I.2.d", "50"),
    leaf("I.3.a.1", "0.5"), leaf("I.3.a.2", "39.5"), leaf("I.3.b", "30"), leaf("I.3.c", "30"), leaf("I.3.d", "20"),
    leaf("I.4.a", "50"), leaf("I.4.b", "50"), leaf("I.5.a", "40"), leaf("I.6.a", "24"), leaf("I.6.b", "16"),
    leaf("II.1", "50"), leaf("II.2", "50"), leaf("II.3", "30"), leaf("II.4", "40"), leaf("II.5", "30"),
    leaf("III.1", "40"), leaf("III.2", "20"), leaf("III.3", "15"), leaf("III.4", "25"),
]  # fmt: skip
T1_SHORT = {"I.6.b": "0", "II.4": "36.75", "III.2": "19.5", "I.2.c": "29.99"}  # the others get their maximum


def t1_facts() -> dict[str, Facts]:
    given = {
        one.code: Facts(points=D(T1_SHORT.get(one.code, one.maximum))) for one in T1 if isinstance(one, Leaf)
    }
    return given | {"I.2.a.3": Facts(yes=True), "I.1.b": Facts(actual=D(120), target=D(100))}


def t1(settings: TableRules = RULES, *others: Facts, **facts: Facts) -> Total:
    given = t1_facts() | facts
    results = {one.code: score(one, given[one.code], settings) for one in T1 if isinstance(one, Leaf)}
    compared = score_relative(T1[12], dict(enumerate((given["I.1.b"], *others))), settings)
    return checked(tally(T1, results | {"I.1.b": compared[0]}, settings, over_maximum=False))


def test_t1_adds_up_over_four_levels() -> None:
    """700 − 16 − 0,01 = 683,99; 200 − 3,25 = 196,75; 100 − 0,5 = 99,5; together 980,24."""
    found = t1()
    assert found.total == D("980.24")
    assert {code: found.sections[code].points for code in ("I", "II", "III", "I.2", "I.2.a", "I.3.a")} == {
        "I": D("683.99"), "II": D("196.75"), "III": D("99.5"), "I.2": D("199.99"), "I.2.a": D(70), "I.3.a": D(40),
    }  # fmt: skip
    assert (found.maximum, found.assigned, found.ceiling) == (1000, 1000, None)
    assert (found.answered, found.leaves, found.provisional) == (27, 27, False)
    assert written(found) == [
        "I Mục I: 683,99 / 700", "II Mục II: 196,75 / 200", "III Mục III: 99,5 / 100",
        "Tổng điểm: 683,99 + 196,75 + 99,5 = 980,24",
    ]  # fmt: skip


def test_t1_a_better_member_takes_points_away() -> None:
    """e = 20 % of the best 50 %: 40 + 0,4 × 40 = 56, so 24 less than before."""
    assert t1(RULES, Facts(actual=D(150), target=D(100))).total == D("956.24")


def test_t1_684_of_700() -> None:
    """III not assigned, II full, I.6.b 0: 700 + 200 − 16 = 884 of 900 = 98,22 %; × 1000 / 900 = 982,222…."""
    out = {one: Facts(mark=NOT_ASSIGNED) for one in ("III.1", "III.2", "III.3", "III.4")}
    full = {"II.4": Facts(points=D(40)), "I.2.c": Facts(points=D(30))}
    found = t1(RULES, **out, **full)
    assert (found.sections["I"].points, found.sections["I"].assigned) == (684, 700)
    assert (found.sections["III"].points, found.sections["III"].assigned, found.sections["III"].maximum) == (
        0,
        0,
        100,
    )
    assert (found.base, found.assigned, found.converted, found.total) == (884, 900, D("982.22"), D("982.22"))
    assert found.percent == Fraction(884, 900)
    assert "Quy đổi: 884 / 900 = 98,22 %, × 1.000 = 982,22" in written(found)
    reduced = t1(TableRules(unassigned="reduce"), **out, **full)
    assert (reduced.total, reduced.assigned, reduced.maximum) == (884, 900, 1000)
    kept = t1(TableRules(unassigned="full"), **out, **full)
    assert (kept.total, kept.assigned) == (984, 1000)
    assert found.answered == found.leaves


def test_13_of_15() -> None:
    nodes: list[Node] = [leaf("1", "15"), leaf("2", "5")]
    found = total_of(nodes, {**typed(("1", "13")), "2": Facts(mark=NOT_ASSIGNED)})
    assert (found.base, found.assigned, found.maximum) == (13, 15, 20)
    assert percent_text(found.percent or Fraction(0)) == "86,67 %"
    assert found.total == D("17.33")  # 13 × 20 / 15 = 17,333…


# T2: 100 + 10 − 20, quarter steps, sanctions -----------------------------------------------------------------------

LEVELS_I = (
    Choice("du", "Từ 40 % trở lên", D(2)),
    Choice("mot", "Từ 30 đến dưới 40 %", D(1)),
    Choice("luat", "Họp ít hơn luật định", D(0), ZERO_PARENT),
)
UNTRUE = (Sanction(1, NOT_ABOVE, "Tốt"), Sanction(2, LOWEST))
T2: list[Node] = [
    section("I", "23"), section("I.1", "4"),
    leaf("I.1.a", "2", LEVELS, choices=LEVELS_I), leaf("I.1.b", "2", FAULTS, each=D("0.5")),
    leaf("I.2", "19", PERCENT, step=D("0.25")),
    section("II", "20"), leaf("II.1", "20", step=D("0.25")),
    section("III", "15"), leaf("III.1", "15", step=D("0.25")),
    section("IV", "15"), leaf("IV.1", "15", step=D("0.25")),
    section("V", "15"), leaf("V.1", "5", COUNT, each=D("2.5")), leaf("V.2", "10", step=D("0.25")),
    section("VI", "7"), leaf("VI.1", "7", step=D("0.25")),
    section("VII", "5"), leaf("VII.1", "5", step=D("0.25")),
    section("VIII", "10", BONUS),
    leaf("VIII.1", "5", BONUS, each=D("2.5")), leaf("VIII.2", "5", BONUS, each=D(5), once=True),
    leaf("VIII.3", "3", BONUS, each=D(3)),
    section("IX", "20", PENALTY),
    leaf("IX.1", "15", DEDUCTION, each=D(5)), leaf("IX.2", "10", DEDUCTION, each=D(5), sanctions=UNTRUE),
]  # fmt: skip
T2_RULES = TableRules(bonus_cap=D(10), penalty_cap=D(20))


def t2(**changes: Facts) -> dict[str, Facts]:
    """I.1 2 + 1,5; I.2 0,9 × 19 = 17,1 → 17; II 18,25; III 15; IV 14,5; V 2,5 + 9,75; VI 7; VII 4,75."""
    given = typed(
        ("II.1", "18.25"), ("III.1", "15"), ("IV.1", "14.5"), ("V.2", "9.75"), ("VI.1", "7"), ("VII.1", "4.75")
    ) | {
        "I.1.a": Facts(level="du"), "I.1.b": Facts(count=D(1)), "I.2": Facts(percent=D(90)), "V.1": Facts(count=D(1)),
        "VIII.1": Facts(count=D(0)), "VIII.2": Facts(count=D(0)), "VIII.3": Facts(count=D(0)),
        "IX.1": Facts(count=D(0)), "IX.2": Facts(count=D(0)),
    }  # fmt: skip
    return given | {code.replace("_", "."): one for code, one in changes.items()}


def test_t2_in_quarter_steps() -> None:
    """3,5 + 17 = 20,5; + 18,25 + 15 + 14,5 + 12,25 + 7 + 4,75 = 92,25."""
    found = total_of(T2, t2(), T2_RULES)
    assert (found.total, found.maximum, found.ceiling) == (D("92.25"), 100, 110)
    assert found.sections["I"].points == D("20.5")
    assert found.grade_limits == ()


def test_t2_bonus_lines_of_13_under_a_cap_of_10() -> None:
    """VIII: 2 × 2,5 = 5; once 5; 3; together 13, at most 10. 92,25 + 10 = 102,25."""
    most = t2(VIII_1=Facts(count=D(2)), VIII_2=Facts(count=D(3)), VIII_3=Facts(count=D(1)))
    found = total_of(T2, most, T2_RULES)
    assert (found.bonus, found.total) == (10, D("102.25"))
    assert (found.sections["VIII"].points, found.sections["VIII"].summed) == (10, 13)
    assert "VIII Mục VIII: 13, tối đa 10 → 10" in written(found)


def test_t2_deductions_their_caps_and_sanctions() -> None:
    """IX.1: 4 × 5 = 20, line at most 15; IX.2: 2 × 5 = 10; together 25, group at most 20. 92,25 − 20 = 72,25."""
    found = total_of(T2, t2(IX_1=Facts(count=D(4)), IX_2=Facts(count=D(2))), T2_RULES)
    assert (found.penalty, found.total) == (20, D("72.25"))
    assert found.grade_limits == UNTRUE
    assert written(found)[-2:] == [
        "IX Mục IX: trừ 25, tối đa 20 → −20",
        "Tổng điểm: 20,5 + 18,25 + 15 + 14,5 + 12,25 + 7 + 4,75 − 20 = 72,25",
    ]
    once = total_of(T2, t2(IX_2=Facts(count=D(1))), T2_RULES)
    assert (once.total, once.grade_limits) == (D("87.25"), UNTRUE[:1])


def test_t2_a_zeroing_level_takes_its_parent_to_zero() -> None:
    """I.1 gives nothing, I.1.b's 1,5 neither: 92,25 − 3,5 = 88,75."""
    found = total_of(T2, t2(I_1_a=Facts(level="luat")), T2_RULES)
    assert found.total == D("88.75")
    assert (found.sections["I.1"].points, found.sections["I"].points) == (0, 17)
    assert written(found)[0] == "I.1.a: mức đã chọn làm mất điểm cả mục"


def test_t2_the_condition_of_a_grade() -> None:
    """Xuất sắc asks 80 % of group V: 12,25 of 15 = 81,67 %; with 8 instead of 9,75 it is 70 %."""
    rules = replace(T2_RULES, conditions=(Condition("Xuất sắc", "section", "V", Fraction(4, 5)),))
    assert total_of(T2, t2(), rules).unmet == ()
    ((grade, why),) = total_of(T2, t2(V_2=Facts(points=D(8))), rules).unmet
    assert (grade, str(why)) == ("Xuất sắc", "V được 10,5 / 15 điểm, cần từ 80 %")


# T3: steps, 200 points, exceeding; T4, T5 --------------------------------------------------------------------------

STEPS = tuple(
    Step(D(edge), D(given)) for edge, given in
    [("100", "2"), ("95", "1.75"), ("80", "1.5"), ("70", "1"), ("60", "0.5")]
)  # fmt: skip
T3: list[Node] = [
    section("A", "150"), leaf("A.1", "2", BANDS, steps=STEPS), leaf("A.2", "2", BANDS, steps=STEPS),
    leaf("A.3", "146", EXCEEDING), section("B", "50"), leaf("B.1", "50", EXCEEDING),
]  # fmt: skip


def t3(first: str, second: str, third: str, fourth: str) -> dict[str, Facts]:
    return {
        code: Facts(actual=D(one), target=D(100))
        for code, one in zip(("A.1", "A.2", "A.3", "B.1"), (first, second, third, fourth), strict=True)
    }


def test_t3_steps_and_points_beyond_the_maximum() -> None:
    """1,75 + 1 + 146 × 1,1 = 160,6 + 50 × 0,9 = 45: 208,35; where the maximum holds: 200."""
    free = total_of(T3, t3("99", "70", "110", "90"), over_maximum=True)
    held = total_of(T3, t3("99", "70", "110", "90"))
    assert (free.total, free.ceiling) == (D("208.35"), None)
    assert (held.total, held.converted) == (200, D("208.35"))
    assert "Điểm chuẩn 208,35, tối đa 200 → 200" in written(held)


def test_t3_points_alone_are_not_enough() -> None:
    """2015: grade A from 180 points and all targets reached; B with two of the three."""
    conditions = (Condition("A", "targets"), Condition("B", "targets", count=2))
    rules = TableRules(conditions=conditions)
    nodes: list[Node] = [leaf(code, "60", PROPORTIONAL) for code in ("1", "2", "3")] + [leaf("4", "20")]

    def unmet(*actual: str) -> list[str]:
        given = {str(n): Facts(actual=D(one), target=D(100)) for n, one in enumerate(actual, 1)}
        found = total_of(nodes, given | typed(("4", "20")), rules)
        return [f"{grade}: {why}" for grade, why in found.unmet]

    assert unmet("100", "120", "101") == []
    assert unmet("100", "99.99", "101") == ["A: Chưa đạt chỉ tiêu: 2"]
    assert unmet("100", "90", "90") == [
        "A: Chưa đạt chỉ tiêu: 2, 3", "B: Đạt 1 chỉ tiêu, cần ít nhất 2; chưa đạt: 2, 3",
    ]  # fmt: skip


def test_t4_bonus_flags_may_pass_100() -> None:
    flags = (Choice("bo", "Cờ của Bộ, thành phố", D(10)), Choice("cp", "Cờ của Chính phủ", D(15)))
    nodes: list[Node] = [leaf("1", "100"), leaf("2", "15", BONUS, choices=flags)]
    given = {**typed(("1", "97")), "2": Facts(level="bo")}
    assert total_of(nodes, given, over_maximum=True).total == 107
    assert total_of(nodes, given, TableRules(bonus="inside")).total == 100


@pytest.mark.parametrize(
    ("lowest", "fails"), [("8.5", []), ("8.49", ["Xuất sắc"]), ("7.9", ["Xuất sắc", "Tốt"])]
)
def test_t5_no_line_below_its_floor(lowest: str, fails: list[str]) -> None:
    """85 % of 10 is 8,5; 80 % is 8."""
    conditions = (
        Condition("Xuất sắc", "each_line", share=Fraction(17, 20)),
        Condition("Tốt", "each_line", share=Fraction(4, 5)),
    )
    nodes: list[Node] = [section("I", "90"), leaf("I.1", "80"), leaf("I.2", "10"), leaf("II", "10"),
                         leaf("III", "5", BONUS, each=D(1))]  # fmt: skip
    given = {
        **typed(("I.1", "80"), ("I.2", lowest)),
        "III": Facts(count=D(0)),
        "II": Facts(mark=NOT_ASSIGNED),
    }
    found = total_of(nodes, given, TableRules(conditions=conditions))
    assert [grade for grade, _why in found.unmet] == fails
    if fails:
        assert str(found.unmet[0][1]) == "Tiêu chí dưới 85 % điểm tối đa: I.2"
    inside = (Condition("Tốt", "each_line", "II", Fraction(4, 5)),)
    assert total_of(nodes, given, TableRules(conditions=inside)).unmet == ()


def test_conditions_of_a_leaf_and_of_what_is_unknown() -> None:
    nodes: list[Node] = [section("I", "20"), leaf("I.1", "10"), leaf("I.2", "10")]
    rules = TableRules(conditions=(
        Condition("A", "section", "I.1", Fraction(1, 2)), Condition("A", "section", "I", Fraction(9, 10)),
        Condition("A", "section", "IX", Fraction(1, 2)), Condition("A", "each_line", "", Fraction(1, 2)),
    ))  # fmt: skip
    assert total_of(nodes, {}, rules).unmet == ()  # nothing is known yet, and it says so:
    assert total_of(nodes, {}, rules).provisional
    found = total_of(nodes, typed(("I.1", "4"), ("I.2", "10")), rules)
    assert [str(why) for _grade, why in found.unmet] == [
        "I.1 được 4 / 10 điểm, cần từ 50 %", "I được 14 / 20 điểm, cần từ 90 %", "Tiêu chí dưới 50 % điểm tối đa: I.1",
    ]  # fmt: skip


# Steps of a total --------------------------------------------------------------------------------------------------

SMALL: list[Node] = [
    section("I", "60"), leaf("I.1", "40"), leaf("I.2", "20"), section("II", "40"), leaf("II.1", "40"),
    section("T", "0", BONUS), leaf("T.1", "0", BONUS, each=D(1)),
    section("P", "0", PENALTY), leaf("P.1", "0", DEDUCTION, each=D(1)),
]  # fmt: skip


def small(first: str = "38", bonus: int = 0, off: int = 0) -> dict[str, Facts]:
    return typed(("I.1", first), ("I.2", "20"), ("II.1", "40")) | {
        "T.1": Facts(count=D(bonus)), "P.1": Facts(count=D(off)),
    }  # fmt: skip


@pytest.mark.parametrize(
    ("settings", "over", "bonus", "off", "wanted"),
    [
        (TableRules(), False, 5, 0, "103"),  # outside, no cap: on top of the base
        (TableRules(bonus_cap=D(3)), False, 5, 0, "101"),
        (TableRules(bonus_cap=D(3)), True, 5, 0, "101"),
        (TableRules(bonus="inside"), False, 5, 0, "100"),  # 98 + 5, at most 100
        (TableRules(bonus="inside"), False, 5, 4, "99"),  # 98 + 5 − 4
        (TableRules(bonus="inside"), True, 5, 0, "103"),
        (TableRules(penalty_cap=D(6)), False, 0, 10, "92"),
        (TableRules(), False, 0, 10, "88"),
        (TableRules(), False, 0, 200, "0"),
    ],
)
def test_bonus_and_penalty_by_the_settings(
    settings: TableRules, over: bool, bonus: int, off: int, wanted: str
) -> None:
    assert total_of(SMALL, small("38", bonus, off), settings, over_maximum=over).total == D(wanted)


def test_every_step_is_written() -> None:
    """98 + 5 (+2 decided) at most 6; − 1 late − 3 decided − 30, at most 20: 98 + 6 − 20 = 84."""
    changes = (Change("bonus", D(2), ground="Cờ thi đua"), Change("penalty", D(3), ground="Vắng tổng kết"))
    found = total_of(
        SMALL,
        small("38", 5, 30),
        TableRules(bonus_cap=D(6), penalty_cap=D(20)),
        late_off=D(1),
        changes=changes,
    )
    assert written(found) == [
        "I Mục I: 58 / 60", "II Mục II: 40 / 40",
        "T Mục T: 5", "Cộng điểm theo quyết định: Cờ thi đua: +2", "Tổng điểm thưởng 7, tối đa 6 → 6",
        "P Mục P: −30", "Nộp trễ: −1", "Trừ điểm theo quyết định: Vắng tổng kết: −3",
        "Tổng điểm trừ 34, tối đa 20 → 20",
        "Tổng điểm: 58 + 40 + 5 + 2 − 1 − 30 − 1 − 3 + 14 = 84",
    ]  # fmt: skip
    assert (found.bonus, found.penalty, found.ceiling) == (6, 20, 106)


def test_decisions_that_name_a_group_count_within_its_cap() -> None:
    """VIII has 8; 5 more by decision make 13, at most 10. One that names a base line stands free: 92,25 + 10 + 1."""
    given = t2(VIII_1=Facts(count=D(2)), VIII_3=Facts(count=D(1)))
    changes = (
        Change("bonus", D(5), "VIII", ground="Sáng kiến"),
        Change("bonus", D(1), "II.1", ground="Đăng cai"),
    )
    found = total_of(T2, given, replace(T2_RULES, bonus_cap=None), changes=changes)
    assert (found.sections["VIII"].summed, found.bonus, found.total) == (13, 11, D("103.25"))
    assert "VIII: thêm 5 theo quyết định: Sáng kiến" in written(found)
    line = total_of(T2, given, T2_RULES, changes=[Change("bonus", D(5), "VIII.1", ground="Thêm")])
    assert (line.bonus, line.sections["VIII"].summed) == (8, 8)  # the line had its 5 already
    off = total_of(T2, given, T2_RULES, changes=[Change("penalty", D(30), "IX.2", ground="Sai")])
    assert off.penalty == 10  # the line's cap


def test_decisions_set_criteria_and_sections_to_zero() -> None:
    one = total_of(SMALL, small(off=2), changes=[Change("zero", code="I.1", ground="Số liệu không đúng")])
    assert one.total == 58  # 20 + 40 − 2
    assert written(one)[0] == "I.1 không chấm điểm: Số liệu không đúng"
    both = total_of(
        SMALL, small(), changes=[Change("zero", code="I", ground="x"), Change("zero", code="I.1", ground="y")]
    )
    assert both.total == 40
    unknown = total_of(SMALL, small(), changes=[Change("zero", code="X", ground="x")])
    assert (unknown.total, written(unknown)[0]) == (
        98, "Quyết định không chấm điểm X: bảng tiêu chí không có mục này",
    )  # fmt: skip
    penalty = total_of(SMALL, small(off=2), changes=[Change("zero", code="P", ground="x")])
    assert penalty.total == 96  # what takes points off is not set to zero


def test_disqualification_and_limits_keep_the_figures() -> None:
    changes = (
        Change("disqualified", ground="Báo cáo sai"),
        Change("grade_limit", grade="Khá", ground="Kỷ luật"),
    )
    found = total_of(SMALL, small(), changes=changes)
    assert (found.total, found.disqualified) == (98, ("Báo cáo sai",))
    assert found.grade_limits == (Sanction(1, NOT_ABOVE, "Khá"),)


def test_lateness_stands_in_its_leaf_with_its_cap() -> None:
    nodes: list[Node] = [leaf("1", "100"), section("P", "4", PENALTY), leaf("P.1", "3", LATENESS),
                         leaf("P.2", "5", DEDUCTION, each=D(2)),
                         leaf("P.3", "0", LATENESS)]  # fmt: skip
    given = typed(("1", "90")) | {"P.2": Facts(count=D(1)), "P.1": Facts(points=D(0))}
    found = total_of(nodes, given, late_off=D(5))
    assert (found.sections["P"].summed, found.penalty, found.total) == (5, 4, 86)  # 3 late + 2, at most 4
    assert (found.leaves, found.provisional) == (2, False)
    free: list[Node] = [nodes[0], leaf("P", "0", LATENESS)]
    assert total_of(free, typed(("1", "90")), late_off=D(5)).total == 85


# What is not known -------------------------------------------------------------------------------------------------


def test_unanswered_adds_nothing_and_is_told() -> None:
    found = total_of(SMALL, typed(("I.1", "0"), ("II.1", "40")))
    assert (found.total, found.answered, found.leaves, found.provisional) == (40, 2, 5, True)
    assert (found.sections["I"].answered, found.sections["I"].leaves) == (1, 2)
    assert found.percent == Fraction(40, 100)  # of everything assigned, answered or not
    assert total_of(SMALL, small()).provisional is False


def test_what_waits_for_the_others_counts_with_what_is_sure() -> None:
    nodes: list[Node] = [leaf("1", "80"), leaf("2", "20", RELATIVE)]
    found = total_of(nodes, typed(("1", "80")) | {"2": Facts(actual=D(150), target=D(100))})
    assert (found.total, found.answered, found.provisional) == (90, 2, True)


def test_lines_for_other_kinds_of_agency_are_out() -> None:
    nodes: list[Node] = [
        leaf("1", "80"),
        leaf("2", "20", applies=False),
        leaf("3", "5", BONUS, each=D(1), applies=False),
    ]
    found = total_of(nodes, typed(("1", "72")))
    assert (found.total, found.assigned, found.leaves, found.provisional) == (90, 80, 1, False)  # 72 × 100/80
    assert checked(tally(nodes, {"1": Result(D(72))}, RULES, over_maximum=False)).total == 90


def test_nothing_assigned_at_all() -> None:
    found = total_of([leaf("1", "10")], {"1": Facts(mark=NOT_ASSIGNED)})
    assert (found.total, found.percent, found.assigned) == (0, None, 0)
    assert checked(tally([], {}, RULES, over_maximum=True)).written[-1].template == "Tổng điểm: %(total)s"


# The tree ----------------------------------------------------------------------------------------------------------


def test_parents_that_do_not_add_up_keep_what_they_state() -> None:
    """Stated 50 over lines of 60: with 10 not assigned 40 is left of 50; 36 × 50/40 = 45."""
    nodes: list[Node] = [section("I", "50"), leaf("I.1", "50"), leaf("I.2", "10")]
    found = total_of(nodes, typed(("I.1", "36")) | {"I.2": Facts(mark=NOT_ASSIGNED)})
    assert (found.maximum, found.assigned, found.total) == (50, 40, 45)
    out = total_of(nodes, dict.fromkeys(("I.1", "I.2"), Facts(mark=NOT_ASSIGNED)))
    assert (out.assigned, out.percent) == (0, None)
    more = total_of(
        [section("I", "0"), leaf("I.1", "50"), leaf("I.2", "10")], typed(("I.1", "36"), ("I.2", "4"))
    )
    assert (more.maximum, more.total) == (60, 40)


def test_lines_of_another_part_within_a_section() -> None:
    """A base section holding a deduction: its own points stay 20, the deduction is told apart."""
    nodes: list[Node] = [section("I", "20"), leaf("I.1", "20"), leaf("I.2", "5", DEDUCTION, each=D(2)),
                         leaf("I.3", "3", COUNT, each=D(1), part=BONUS)]  # fmt: skip
    given = typed(("I.1", "20")) | {"I.2": Facts(count=D(1)), "I.3": Facts(count=D(9))}
    found = total_of(nodes, given)
    assert (found.sections["I"].points, found.base, found.bonus, found.penalty, found.total) == (
        20,
        20,
        3,
        2,
        21,
    )
    assert written(found)[-1] == "Tổng điểm: 20 + 3 − 2 = 21"


def test_groups_within_groups_have_their_caps() -> None:
    """T.a 4 + 4 at most 5; T.b 3; together 8, at most 7."""
    nodes: list[Node] = [
        section("T", "7", BONUS), section("T.a", "5", BONUS), leaf("T.a.1", "4", BONUS, each=D(4)),
        leaf("T.a.2", "4", BONUS, each=D(4)), leaf("T.b", "3", BONUS, each=D(3)),
    ]  # fmt: skip
    found = total_of(
        nodes, {code: Facts(count=D(1)) for code in ("T.a.1", "T.a.2", "T.b")}, over_maximum=True
    )
    assert (found.sections["T.a"].points, found.sections["T"].summed, found.bonus) == (5, 8, 7)


def test_a_code_may_not_come_twice() -> None:
    with pytest.raises(ValueError, match="one code"):
        tally([leaf("1", "1"), leaf("1", "2")], {}, RULES, over_maximum=False)


def test_sanctions_are_told_once() -> None:
    twice = (Sanction(1, DOWN_ONE),)
    nodes: list[Node] = [
        leaf("1", "1", DEDUCTION, each=D(1), sanctions=twice),
        leaf("2", "1", DEDUCTION, each=D(1), sanctions=twice),
    ]
    assert total_of(nodes, {"1": Facts(count=D(1)), "2": Facts(count=D(1))}).grade_limits == twice
