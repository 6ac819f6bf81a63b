"""Targets: met or not, the share of the plan, what people type, figures that look like another unit. No database."""

from __future__ import annotations

from decimal import Decimal as D

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from core.quantity import Qualifier, QuantityError
from movements.domain.targets import Outcome, outliers, read_figure, result_of, same_content

EXACT, OVER, AT_LEAST, NEARLY, ABOUT = Qualifier
few = settings(max_examples=25, deadline=None)
figures = st.decimals(min_value=-10_000, max_value=10_000, places=2)
positive = st.decimals(min_value="0.01", max_value=10_000, places=2)


@pytest.mark.parametrize(
    ("plan", "actual", "lower", "qualifier", "outcome", "share"),
    [
        ("1200", "1260", False, EXACT, Outcome.MET, "105.00"),
        ("1200", "1199.9999", False, EXACT, Outcome.NOT_MET, "100.00"),
        ("95", "96", False, OVER, Outcome.MET, "101.05"),
        ("95", "95", False, OVER, Outcome.MET, "100.00"),
        ("95", "90", False, OVER, Outcome.UNSURE, "94.74"),
        ("95", "95", False, NEARLY, Outcome.NOT_MET, "100.00"),
        ("95", "97", False, NEARLY, Outcome.UNSURE, "102.11"),
        ("95", "97", False, ABOUT, Outcome.UNSURE, "102.11"),
        ("5", "7", True, EXACT, Outcome.NOT_MET, "71.43"),
        ("5", "4", True, EXACT, Outcome.MET, "125.00"),
        ("5", "5", True, NEARLY, Outcome.MET, "100.00"),
        ("5", "6", True, NEARLY, Outcome.UNSURE, "83.33"),
        ("5", "5", True, OVER, Outcome.NOT_MET, "100.00"),
        ("5", "5", True, AT_LEAST, Outcome.UNSURE, "100.00"),
        ("5", "6", True, AT_LEAST, Outcome.NOT_MET, "83.33"),
        ("5", "4", True, ABOUT, Outcome.UNSURE, "125.00"),
        ("5", "0", True, EXACT, Outcome.MET, None),
        ("0", "0", True, EXACT, Outcome.MET, "100"),
        ("0", "2", True, EXACT, Outcome.NOT_MET, None),
        ("0", "2", False, EXACT, Outcome.MET, None),
        ("0", "-1", False, EXACT, Outcome.NOT_MET, None),
        ("-3.5", "-2.1", False, EXACT, Outcome.MET, None),
        ("-3.5", "-4", False, EXACT, Outcome.NOT_MET, None),
        ("-3.5", "-4", True, EXACT, Outcome.MET, None),
        ("20", "-5", False, EXACT, Outcome.NOT_MET, "-25.00"),
        (None, "4", False, EXACT, Outcome.NO_TARGET, None),
        (None, None, False, EXACT, Outcome.NO_TARGET, None),
        ("4", None, True, EXACT, Outcome.NO_ACTUAL, None),
    ],
)
def test_how_a_target_stands(
    plan: str | None,
    actual: str | None,
    lower: bool,
    qualifier: Qualifier,
    outcome: Outcome,
    share: str | None,
) -> None:
    result = result_of(
        None if plan is None else D(plan),
        None if actual is None else D(actual),
        lower=lower,
        qualifier=qualifier,
    )
    assert (result.outcome, result.share) == (outcome, None if share is None else D(share))


def test_an_inverted_share_turns_its_bound() -> None:
    turned = {OVER: NEARLY, NEARLY: OVER, AT_LEAST: ABOUT, ABOUT: ABOUT, EXACT: EXACT}
    for qualifier, expected in turned.items():
        assert result_of(D(5), D(7), lower=True, qualifier=qualifier).qualifier is expected
        assert result_of(D(5), D(7), qualifier=qualifier).qualifier is qualifier


@few
@given(plan=figures, actual=figures, lower=st.booleans())
def test_an_exact_figure_is_always_told_and_never_by_its_rounded_share(
    plan: D, actual: D, lower: bool
) -> None:
    result = result_of(plan, actual, lower=lower)
    assert (result.outcome is Outcome.MET) == (actual <= plan if lower else actual >= plan)
    if result.share is not None and plan > 0:
        assert (result.share >= 100) or result.outcome is Outcome.NOT_MET


@few
@given(plan=positive, actual=positive, more=positive)
def test_better_is_never_a_smaller_share(plan: D, actual: D, more: D) -> None:
    better, worse = result_of(plan, actual + more), result_of(plan, actual)
    assert better.share >= worse.share  # type: ignore[operator]
    better, worse = result_of(plan, actual, lower=True), result_of(plan, actual + more, lower=True)
    assert better.share >= worse.share  # type: ignore[operator]


@few
@given(plan=positive, actual=positive)
def test_the_two_directions_mirror_each_other(plan: D, actual: D) -> None:
    assert result_of(plan, actual, lower=True).share == result_of(actual, plan).share


@few
@given(plan=figures, actual=figures, lower=st.booleans(), qualifier=st.sampled_from(list(Qualifier)))
def test_words_never_claim_what_some_true_figure_denies(
    plan: D, actual: D, lower: bool, qualifier: Qualifier
) -> None:
    """Whatever the true figure behind "trên" or "gần" is, what was told holds for it."""
    assume(qualifier is not EXACT)
    step = D("0.01")
    true = {
        OVER: [actual + step],
        AT_LEAST: [actual, actual + step],
        NEARLY: [actual - step],
        ABOUT: [actual],
    }
    told = result_of(plan, actual, lower=lower, qualifier=qualifier).outcome
    for figure in (*true[qualifier], *((plan,) if qualifier is ABOUT else ())):
        exact = result_of(plan, figure, lower=lower).outcome
        assert told in (exact, Outcome.UNSURE)


@pytest.mark.parametrize(
    ("typed", "unit", "number", "chosen", "qualifier"),
    [
        ("1.200", "tỷ đồng", "1200", "tỷ đồng", EXACT),
        ("1.250 triệu", "tỷ đồng", "1.25", "tỷ đồng", EXACT),
        ("1,25 nghìn tỷ đồng", "tỷ đồng", "1250", "tỷ đồng", EXACT),
        ("580 tr", "triệu đồng", "580", "triệu đồng", EXACT),
        ("1.200 tỷ đồng", "", "1200000000000", "đồng", EXACT),
        ("trên 95%", "%", "95", "%", OVER),
        ("95%", "", "95", "%", EXACT),
        ("≥ 95", "%", "95", "%", AT_LEAST),
        ("gần 21.000 người", "người", "21000", "người", NEARLY),
        ("21 nghìn", "người", "21000", "người", EXACT),
        ("-3,5", "%", "-3.5", "%", EXACT),
        ("−3,5%", "%", "-3.5", "%", EXACT),
        ("âm 5", "điểm", "-5", "điểm", EXACT),
        ("5%", "%/năm", "5", "%/năm", EXACT),
        ("0", "hồ sơ", "0", "hồ sơ", EXACT),
        ("-0", "hồ sơ", "0", "hồ sơ", EXACT),
        ("9.5", "điểm", "9.5", "điểm", EXACT),
    ],
)
def test_what_people_type_is_understood(
    typed: str, unit: str, number: str, chosen: str, qualifier: Qualifier
) -> None:
    reading = read_figure(typed, unit)
    assert (reading.number, reading.unit, reading.qualifier) == (D(number), chosen, qualifier)


@pytest.mark.parametrize(
    ("typed", "unit", "words"),
    [
        ("-5", "hồ sơ", "không nhận số âm"),
        ("abc", "%", "Không hiểu"),
        ("95%", "người", "hãy ghi một đơn vị"),
        ("5 hồ sơ", "%", "hãy ghi một đơn vị"),
        ("1 đồng", "tỷ đồng", "quá lẻ"),
        ("1,23456", "%", "Phần lẻ quá dài"),
        ("4.50", "điểm", "hai cách"),
        ("900.000.000.000.000", "đồng", "14"),
        ("", "%", "Chưa có số"),
    ],
)
def test_what_cannot_be_understood_is_said(typed: str, unit: str, words: str) -> None:
    with pytest.raises(QuantityError) as caught:
        read_figure(typed, unit)
    assert words in caught.value.template % caught.value.values


def test_a_share_beside_per_cent_is_named() -> None:
    """Case 7: one member typed 0,9 and 1 where others typed 90 and 100."""
    assert outliers({"a": D(90), "b": D(100), "c": D("0.9"), "d": D(95)}) == {"c": D(95)}
    assert set(outliers({"a": D(90), "b": D("0.9")})) == {"a", "b"}
    assert outliers({"a": D(90)}) == {}
    assert outliers({"a": D(90), "b": D(0), "c": D(-80)}) == {}
    assert outliers({"a": D(1200), "b": D(60), "c": D(30)}) == {}


@few
@given(
    st.dictionaries(st.integers(), positive, min_size=2, max_size=6), st.integers(min_value=1, max_value=1000)
)
def test_another_unit_for_all_names_the_same_figures(sizes: dict[int, D], factor: int) -> None:
    assert outliers(sizes).keys() == outliers({key: size * factor for key, size in sizes.items()}).keys()


def test_contents_are_the_same_without_marks_and_case() -> None:
    assert same_content("Số thu  ngân sách.", "Tỷ đồng") == same_content("số thu ngân sách", "tỷ đồng ")
