"""The rules of a year as data: old and new shapes, what is refused by its key, the arithmetic of the lists."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from core.errors import DomainError
from members import charter
from members.charter import Rules, differing, mark, read, write
from members.charter_examples import SAMPLES, sections
from members.charter_form import ShareField
from members.charter_parts import Band, LateStep, Quota, allotted, most_of, points_off, share_of
from members.charter_words import GROUPS, LABELS, VALUES, differences, in_words, value_words

D = Decimal
FULL: dict[str, Any] = {
    "ranks": "dense", "combine": "shortlist", "shortlist": 4, "quorum_share": "2/3", "threshold": 80,
    "threshold_strict": False, "decimals": 1, "appeal_days": 7, "deputies": 2, "rotation_gap": 3,
    "rotation_rule": "rank", "publish_needs": ["ranking"],
    "tie_break": ["bonus", "section:II", "fewer_penalty", "previous_year", "vote", "chair", "other:Nhiều sáng kiến"],
    "bands": [{"label": "Xuất sắc", "at_least": "90", "share": 25}, {"label": "Tốt", "at_least": "80.5"}],
    "quotas": [{"award": "Cờ", "number": 1}, {"award": "Bằng khen", "share": 20, "of": "remaining"}],
    "lateness": [{"from_day": 1, "points": "0.5"}, {"from_day": 4, "points": "1"}],
}  # fmt: skip


def test_nothing_stored_is_the_first_proposal() -> None:
    assert read({}) == Rules()
    assert (Rules().quorum_share, Rules().threshold, Rules().denominator, Rules().public_ranks) == (
        67, 50, "entitled", 3,
    )  # fmt: skip


def test_everything_reads_and_writes_back_the_same() -> None:
    rules = read(FULL)
    assert read(write(rules)) == rules
    assert write(read(write(rules))) == write(rules)
    assert rules.bands == (Band("Xuất sắc", D(90), 25), Band("Tốt", D("80.5")))
    assert rules.quotas[1] == Quota("Bằng khen", None, 20, "remaining")
    assert rules.lateness[1] == LateStep(4, D(1))


def test_lists_of_mere_words_still_read_and_count_for_nothing() -> None:
    old = {
        "tie_break": ["points", "bonus"], "bands": ["Xuất sắc"], "quotas": ["1 Cờ thi đua"],
        "lateness": ["Trễ 1 ngày trừ 0,5 điểm"],
    }  # fmt: skip
    rules = read(old)
    assert rules.tie_break == ("other:points", "bonus")
    assert points_off(rules.lateness, 100) == 0
    assert allotted(rules.quotas, 7) == [None]
    assert read(write(rules)) == rules
    said = [line for _group, rules_said in in_words(rules) for one in rules_said for line in one.lines]
    assert {"Xuất sắc", "1 Cờ thi đua", "Trễ 1 ngày trừ 0,5 điểm", "points"} <= set(said)
    assert sections(rules)


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("ranks", "x"), ("ranks", []), ("decimals", 5), ("decimals", True), ("decimals", "2"), ("deputies", 3),
        ("rotation_rule", "king"), ("rotation_gap", -1), ("over_maximum", 1), ("quorum_share", 101),
        ("quorum_share", "3/2"), ("quorum_share", "hai phần ba"), ("quorum_share", 6.5), ("threshold", None),
        ("publish_needs", ["x"]), ("publish_needs", "ranking"), ("shortlist", 0), ("appeal_days", 366),
        ("tie_break", "bonus"), ("tie_break", [1]), ("tie_break", ["bonus", "bonus"]), ("tie_break", ["section:"]),
        ("tie_break", ["x" * 101]), ("bands", [{"label": "", "at_least": "1"}]), ("bands", [{"label": "A", "x": 1}]),
        ("bands", [{"label": "A", "at_least": "nhiều"}]), ("bands", [{"label": "A", "at_least": "NaN"}]),
        ("bands", [{"label": "A", "at_least": 1.5}]), ("bands", [{"label": "A", "at_least": "-1"}]),
        ("bands", [{"label": "A", "at_least": "0.00001"}]), ("bands", [{"label": "A", "at_least": "1", "share": 101}]),
        ("bands", [{"label": "A", "at_least": "80"}, {"label": "B", "at_least": "80"}]),
        ("bands", [{"label": "A", "at_least": "80"}, {"label": "A", "at_least": "70"}]), ("bands", [7]),
        ("bands", ["x"] * 21), ("quotas", [{"award": "A", "number": 1, "share": 1}]),
        ("quotas", [{"award": "A", "share": 20, "of": "winners"}]), ("quotas", [{"award": "A", "number": -1}]),
        ("lateness", [{"from_day": 0, "points": "1"}]), ("lateness", [{"from_day": 1, "points": "0"}]),
        ("lateness", [{"from_day": 1}]), ("lateness", {"from_day": 1, "points": "1"}),
        ("lateness", [{"from_day": 2, "points": "1"}, {"from_day": 2, "points": "2"}]),
        ("lateness", [{"from_day": 1, "points": "1"}, {"from_day": 2, "points": "1"}]),
    ],
)  # fmt: skip
def test_a_wrong_value_is_refused_by_its_key(key: str, value: Any) -> None:
    with pytest.raises(DomainError) as refused:
        read({key: value})
    assert [problem.field for problem in refused.value.problems] == [key]
    assert "không hợp lệ" in str(refused.value)


def test_every_wrong_key_is_named_at_once() -> None:
    with pytest.raises(DomainError) as refused:
        read({"ranks": "x", "decimals": 9, "luat": 1})
    assert {problem.field for problem in refused.value.problems} == {"ranks", "decimals", "luat"}


@pytest.mark.parametrize(
    ("data", "key"),
    [
        ({"threshold": 100}, "threshold"),
        ({"threshold": "3/3"}, "threshold"),
        ({"deputies": 0}, "rotation_rule"),
    ],
)
def test_settings_that_cannot_stand_together_are_refused(data: dict[str, Any], key: str) -> None:
    with pytest.raises(DomainError) as refused:
        read(data)
    assert [problem.field for problem in refused.value.problems] == [key]


@given(st.dictionaries(st.sampled_from(charter.KEYS), st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3), max_leaves=6,
), max_size=5))  # fmt: skip
def test_any_data_reads_or_is_refused_in_sentences(data: dict[str, Any]) -> None:
    rules, problems = charter.checked(data)
    assert (rules is None) == bool(problems)
    assert {problem.field for problem in problems} <= set(charter.KEYS)
    if rules is not None:
        assert read(write(rules)) == rules


@given(days=st.integers(0, 400))
def test_only_the_highest_step_that_was_reached_counts(days: int) -> None:
    steps = (LateStep(1, D("0.5")), LateStep(4, D(1)), LateStep(8, D(2)))
    wanted = D(0) if days < 1 else D("0.5") if days < 4 else D(1) if days < 8 else D(2)
    assert points_off(steps, days) == wanted


def test_quotas_as_they_were_found() -> None:
    block = (Quota("Cờ", 1), Quota("Cờ tỉnh", 1), Quota("Bằng khen", None, 50, "remaining"))
    assert allotted(block, 7) == [1, 1, 2]  # Quảng Ninh 2017: at most half of the remaining units
    assert allotted((Quota("Cờ", 1), Quota("Bằng khen", None, 20, "remaining")), 7) == [1, 1]
    assert allotted((Quota("Cờ", 9),), 7) == [7]
    assert most_of(25, 7) == 1


@given(
    st.lists(st.tuples(st.integers(0, 9) | st.none(), st.integers(0, 100) | st.none())), st.integers(0, 30)
)
def test_no_award_goes_to_more_than_there_are(rows: list[Any], members: int) -> None:
    quotas = [
        Quota(str(n), number, None if number is not None else share, "remaining")
        for n, (number, share) in enumerate(rows)
    ]
    most = [number or 0 for number in allotted(quotas, members)]
    assert sum(most) <= members


@pytest.mark.parametrize(
    ("typed", "wanted"),
    [("67", 67), (" 67 % ", 67), ("67%", 67), ("2/3", "2/3"), ("2 / 3", "2/3"), ("100", 100)],
)
def test_shares_are_read_as_people_write_them(typed: str, wanted: int | str) -> None:
    assert ShareField().clean(typed) == wanted


@pytest.mark.parametrize("typed", ["", "6,5", "101", "3/2", "0/3", "hai phần ba", "-5"])
def test_what_is_no_share_is_refused(typed: str) -> None:
    with pytest.raises(ValidationError):
        ShareField().clean(typed)


def test_two_thirds_are_not_rounded_to_per_cent() -> None:
    assert share_of("2/3") == Fraction(2, 3)
    assert share_of(67) == Fraction(67, 100)


def test_every_rule_has_its_place_its_label_and_its_words() -> None:
    placed = [key for group in GROUPS for key in group.keys]
    assert sorted(placed) == sorted(charter.KEYS) == sorted(LABELS)
    for rules in (Rules(), read(FULL)):
        assert all(value_words(rules, key) for key in charter.KEYS)
    for key, choices in charter.CHOICES.items():
        assert set(VALUES[key]) == set(choices)


def test_differences_name_what_changed_and_the_mark_follows() -> None:
    old, new = Rules(), read({"public_ranks": 5, "tie_break": ["bonus"]})
    assert differing(old, new) == ["public_ranks", "tie_break"]
    rows = differences(old, new, differing(old, new))
    assert [row["mine"] for row in rows] == ["3 hạng đầu", "Đồng hạng ngay, không xét thêm"]
    assert [row["theirs"] for row in rows] == ["5 hạng đầu", "Điểm thưởng cao hơn"]
    assert mark(1, old) == mark(1, read({}))
    assert len({mark(1, old), mark(2, old), mark(1, new)}) == 3


@pytest.mark.parametrize("combine", charter.CHOICES["combine"])
@pytest.mark.parametrize("missing", charter.CHOICES["missing_sheet"])
def test_the_example_works_out_under_any_rules(combine: str, missing: str) -> None:
    for base in ({}, FULL):
        rules = read({**base, "combine": combine, "missing_sheet": missing})
        found = sections(rules)
        for section in found:
            assert all(len(row) == len(section.head) for row in section.rows)
        table = next(one for one in found if one.group == "xep-hang")
        assert {row[0] for row in table.rows} == {sample.name for sample in SAMPLES}
