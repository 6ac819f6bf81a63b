"""Settings of a table and parameters of its leaves: read, refused with a sentence, written back the same."""

from __future__ import annotations

import json
from decimal import Decimal as D
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import DomainError
from members.charter_parts import Unfit
from scoring.domain.calc import score
from scoring.domain.shapes import (
    BANDS,
    BONUS,
    COUNT,
    DEDUCTION,
    DIRECT,
    LATENESS,
    LEVELS,
    RELATIVE,
    SECTION,
    Choice,
    Facts,
    Leaf,
    Said,
    Sanction,
    SizeStep,
    Step,
)
from scoring.enums import LeafRule
from scoring.table_parts import factor, plain_factor, plain_number
from scoring.table_rules import (
    CHOICES,
    DEFAULT_LEVELS,
    KEYS,
    PARAMS,
    Condition,
    Level,
    TableRules,
    checked,
    params_of,
    plain_params,
    read,
    write,
)
from scoring.words import said


def test_nothing_stored_is_the_defaults() -> None:
    rules = read({})
    assert rules == TableRules()
    assert [one.key for one in rules.levels] == ["self", "cross", "verify"]
    assert [one.counts for one in rules.levels] == [True, False, True]
    assert rules.level("cross") is DEFAULT_LEVELS[1]
    assert rules.level("x") is None


FULL: dict[str, Any] = {
    "bonus": "inside", "bonus_cap": "10", "penalty_cap": "20.5", "best_tie": "split", "nobody_exceeded": "full",
    "target_zero": "not_scored", "unassigned": "reduce", "not_arisen": "zero", "reason_from": "0.25",
    "lateness_by": "posted",
    "levels": [
        {"key": "self", "label": "Tự chấm", "who": "self", "blind": False, "counts": True, "combine": "last"},
        {"key": "so", "label": "Sở, ngành chấm", "who": "outside", "blind": True, "counts": True, "combine": "lowest"},
    ],
    "conditions": [
        {"grade": "Xuất sắc", "kind": "each_line", "code": "", "share": 85, "count": 0},
        {"grade": "Xuất sắc", "kind": "section", "code": "V", "share": "2/3", "count": 0},
        {"grade": "Tốt", "kind": "targets", "code": "", "share": 0, "count": 2},
    ],
    "disqualifiers": ["Người đứng đầu bị kỷ luật"], "frequent_reasons": ["Thiếu minh chứng", "Tính trùng"],
}  # fmt: skip


def test_what_is_written_reads_back_and_is_json() -> None:
    rules = read(FULL)
    assert write(rules) == FULL
    assert read(json.loads(json.dumps(write(rules)))) == rules
    assert (rules.bonus_cap, rules.reason_from) == (D(10), D("0.25"))
    assert rules.levels[1] == Level("so", "Sở, ngành chấm", "outside", True, True, "lowest")
    assert rules.conditions == (
        Condition("Xuất sắc", "each_line", share=Fraction(17, 20)),
        Condition("Xuất sắc", "section", "V", Fraction(2, 3)),
        Condition("Tốt", "targets", count=2),
    )
    assert set(write(TableRules())) == set(KEYS)


@pytest.mark.parametrize(
    ("key", "value"),
    [
        *((key, "khác") for key in CHOICES),
        ("bonus_cap", "-1"), ("bonus_cap", 1.5), ("bonus_cap", "1.00001"), ("bonus_cap", "NaN"), ("bonus_cap", "x"),
        ("penalty_cap", True), ("reason_from", None), ("reason_from", "9" * 20),
        ("levels", []), ("levels", "x"), ("levels", [{"key": "a", "label": "A", "who": "leadership"}]),
        ("levels", [{"key": "a", "label": "A", "who": "self", "counts": False}]),
        ("levels", [{"key": "a", "label": "A", "who": "self"}, {"key": "b", "label": "B", "who": "self"}]),
        ("levels", [{"key": "a", "label": "A", "who": "self"}, {"key": "a", "label": "B", "who": "officer"}]),
        ("levels", [{"key": "Á", "label": "A", "who": "self"}]), ("levels", [{"key": "a", "label": "", "who": "self"}]),
        ("levels", [{"key": "a", "label": "A", "who": "self", "blind": "có"}]),
        ("levels", [{"key": "a", "label": "A", "who": "self", "more": 1}]),
        ("levels", [{"key": "self", "label": "A", "who": "self"}] + [
            {"key": f"a{n}", "label": "A", "who": "officer"} for n in range(8)
        ]),
        ("conditions", [{"grade": "A", "kind": "khác"}]),
        ("conditions", [{"grade": "A", "kind": "section", "share": 50}]),
        ("conditions", [{"grade": "A", "kind": "each_line", "share": 0}]),
        ("conditions", [{"grade": "A", "kind": "each_line", "share": 101}]),
        ("conditions", [{"grade": "A", "kind": "targets", "count": -1}]),
        ("conditions", [{"grade": "", "kind": "targets"}]),
        ("disqualifiers", ["a", "a"]), ("frequent_reasons", [1]), ("frequent_reasons", ["x"] * 31),
        ("frequent_reasons", ["hai\ndòng"]),
    ],
)  # fmt: skip
def test_what_cannot_stand_is_told_beside_its_key(key: str, value: Any) -> None:
    rules, problems = checked({key: value})
    assert rules is None
    assert [one.field for one in problems] == [key]
    with pytest.raises(DomainError):
        read({key: value})


def test_no_cap_is_empty_and_unknown_keys_do_not_read() -> None:
    assert read({"bonus_cap": None, "penalty_cap": ""}).bonus_cap is None
    with pytest.raises(DomainError, match="khác"):
        read({"khác": 1})
    assert checked({"khác": 1})[0] == TableRules()


# Parameters --------------------------------------------------------------------------------------------------------

PARAMETERS: dict[str, dict[str, Any]] = {
    LEVELS: {"choices": [{"key": "tot", "label": "Tốt", "points": "2", "zeroes": ""},
                         {"key": "sai", "label": "Sai", "points": "0", "zeroes": "parent"}]},
    BANDS: {"steps": [{"edge": "100", "points": "2", "inclusive": True},
                      {"edge": "95", "points": "1.75", "inclusive": False}],
            "below": "0.5", "measured": "percent"},
    RELATIVE: {"base_share": "2/3"},
    COUNT: {"each": "0.5", "sizes": [{"at_least": "50", "factor": "1.2"}, {"at_least": "100", "factor": "4/3"}]},
    BONUS: {"each": "2.5", "once": True},
    DEDUCTION: {"each": "5", "sanctions": [{"from_count": 1, "kind": "not_above", "grade": "Tốt"},
                                           {"from_count": 2, "kind": "lowest", "grade": ""}]},
    DIRECT: {}, SECTION: {}, LATENESS: {},
}  # fmt: skip


@pytest.mark.parametrize("rule", PARAMETERS)
def test_parameters_read_and_write_back(rule: str) -> None:
    values = params_of(rule, PARAMETERS[rule])
    assert plain_params(values) == PARAMETERS[rule]
    assert json.loads(json.dumps(plain_params(values))) == PARAMETERS[rule]
    if rule != SECTION:
        assert Leaf("k", "I.1", rule, D(10), **values).rule == rule


def test_parameters_are_what_the_leaf_takes() -> None:
    assert params_of(LEVELS, PARAMETERS[LEVELS])["choices"] == (
        Choice("tot", "Tốt", D(2)), Choice("sai", "Sai", D(0), "parent"),
    )  # fmt: skip
    assert params_of(BANDS, PARAMETERS[BANDS]) == {
        "steps": (Step(D(100), D(2)), Step(D(95), D("1.75"), False)), "below": D("0.5"), "measured": "percent",
    }  # fmt: skip
    assert params_of(RELATIVE, {"base_share": 50}) == {"base_share": Fraction(1, 2)}
    assert params_of(COUNT, PARAMETERS[COUNT])["sizes"] == (
        SizeStep(D(50), Fraction(6, 5)), SizeStep(D(100), Fraction(4, 3)),
    )  # fmt: skip
    assert params_of(DEDUCTION, PARAMETERS[DEDUCTION])["sanctions"] == (
        Sanction(1, "not_above", "Tốt"), Sanction(2, "lowest"),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("rule", "data"),
    [
        (DIRECT, {"each": "1"}), (SECTION, {"each": "1"}), (LATENESS, {"sizes": []}), (COUNT, {"khác": 1}),
        (COUNT, "x"),
        (COUNT, {"each": 0.5}), (COUNT, {"each": "-1"}), (BANDS, {"measured": "x"}), (RELATIVE, {"base_share": "3/2"}),
        (BONUS, {"once": "yes"}), (LEVELS, {"choices": [{"key": "a", "label": "A"}, {"key": "a", "label": "B"}]}),
        (LEVELS, {"choices": [{"key": "a", "label": "A", "zeroes": "all"}]}),
        (BANDS, {"steps": [{"edge": "90", "points": "1"}, {"edge": "90.0", "points": "2"}]}),
        (COUNT, {"sizes": [{"at_least": "5", "factor": "0"}]}),
        (COUNT, {"sizes": [{"at_least": "5", "factor": "101"}]}),
        (DEDUCTION, {"sanctions": [{"from_count": 0, "kind": "lowest"}]}),
        (DEDUCTION, {"sanctions": [{"from_count": 1, "kind": "not_above"}]}),
        ("no rule", {"each": "1"}),
    ],
)  # fmt: skip
def test_parameters_that_cannot_stand(rule: str, data: Any) -> None:
    with pytest.raises(Unfit):
        params_of(rule, data)


def test_every_kind_of_leaf_has_its_parameters() -> None:
    assert set(PARAMS) == set(LeafRule.values)


@given(st.fractions(min_value=Fraction(1, 99), max_value=100, max_denominator=99))
def test_factors_keep_their_exact_value(value: Fraction) -> None:
    assert factor(plain_factor(value)) == value


@given(st.decimals(min_value=0, max_value=10**9, places=4))
def test_numbers_keep_their_value(value: D) -> None:
    assert D(plain_number(value)) == value
    assert "E" not in plain_number(value)


# Words -------------------------------------------------------------------------------------------------------------


def test_derivations_are_said_like_their_vietnamese_text() -> None:
    leaf = Leaf("k", "I.1", COUNT, D(5), each=D("0.5"))
    derivation = score(leaf, Facts(count=D(12)), TableRules()).derivation
    assert said(derivation) == str(derivation) == "12 lượt × 0,5 = 6, tối đa 5 → 5"
    assert said(None) == said(Said("")) == ""
