"""Figures of the field: reading, adding with qualifiers, comparing, printing (core/quantity.py)."""

import time
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.quantity import (
    MINUS,
    NO_BREAK_SPACE,
    Qualifier,
    Quantity,
    QuantityError,
    add,
    combine,
    format_money,
    format_number,
    format_quantity,
    money_words,
    parse_money,
    parse_number,
    parse_quantity,
    parse_unit,
    prose,
    reaches,
    total_by_unit,
)

UNITS = ["chiếc", "suất", "đồng", "ngày công", "kg", "m2", "khẩu trang y tế", "%", ""]
numbers = st.decimals(
    min_value=0, max_value=Decimal(10) ** 15 - 1, places=4, allow_nan=False, allow_infinity=False
)
qualifiers = st.sampled_from(list(Qualifier))


def quantity(number, unit="chiếc", qualifier=Qualifier.EXACT):
    return parse_quantity(f"{qualifier.words} {format_number(Decimal(number))} {unit}")


quantities = st.builds(
    lambda number, qualifier: Quantity(number, "chiếc", qualifier, ""), numbers, qualifiers
)


@pytest.mark.parametrize(
    "text, value",
    [
        ("4.500", "4500"),
        ("580.000.000", "580000000"),
        ("1,25", "1.25"),
        ("1.234,5", "1234.5"),
        ("1.234,567", "1234.567"),
        ("4,500", "4.5"),
        ("9,5", "9.5"),
        ("9.5", "9.5"),
        ("0,5", "0.5"),
        ("1.25", "1.25"),
        ("1250000", "1250000"),
        ("1,250,000", "1250000"),
        ("580 000 000", "580000000"),
        ("580\u00a0000\u00a0000", "580000000"),
        ("580\u2009000\u202f000", "580000000"),
        ("\ufeff 4.500\u200b ", "4500"),
        ("1 234,5", "1234.5"),
        ("07", "7"),
        ("0", "0"),
        ("999.999.999.999.999,9999", "999999999999999.9999"),
        ("2,0000000", "2"),
    ],
)
def test_reads_numbers_the_vietnamese_way(text, value):
    assert parse_number(text) == Decimal(value)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "   ",
        "abc",
        "NaN",
        "Infinity",
        "1e5",
        "٣",
        "１２",
        "1,2,3",
        "1.2.3",
        "1,234.5",
        "1.23,4,5",
        "4.50",
        "0.500",
        "045.000",
        "1.2345",
        "12.34.567",
        "1..5",
        ",5",
        "5,",
        ".5",
        "+5",
        "1 23",
        "1/2",
        "1000000000000000",
        "1,00001",
        "1,00000000000000000000000000000000000001",
        "4.500 chiếc",
        "111,16%",
        "9" * 61,
        "\x00",
    ],
)
def test_refuses_what_is_no_number_with_a_sentence(text):
    with pytest.raises(QuantityError) as refused:
        parse_number(text)
    assert refused.value.sentence == str(refused.value)
    assert refused.value.sentence.endswith(".")


@pytest.mark.parametrize("text", ["-5", "−5", "–5", "- 5", "(5)", "âm 5"])
@pytest.mark.parametrize("parse", [parse_number, parse_quantity, parse_money])
def test_negative_numbers_have_their_own_sentence(parse, text):
    with pytest.raises(QuantityError, match="không được âm"):
        parse(text)


def test_per_cent_is_read_only_where_it_is_allowed():
    assert parse_number("111,16%", allow_percent=True) == Decimal("111.16")
    assert parse_number("90 %", allow_percent=True) == 90
    assert parse_quantity("trên 90 %") == Quantity(Decimal(90), "%", Qualifier.OVER, "trên 90 %")
    with pytest.raises(QuantityError, match="không nhận dấu %"):
        parse_number("111,16%")


@pytest.mark.parametrize(
    "text, number, unit, qualifier",
    [
        ("gần 21.000 chiếc", 21000, "chiếc", Qualifier.NEARLY),
        ("gan 21.000", 21000, "", Qualifier.NEARLY),
        ("GẦN 21.000 Chiếc", 21000, "chiếc", Qualifier.NEARLY),
        ("trên 580 triệu đồng", 580_000_000, "đồng", Qualifier.OVER),
        ("lên đến trên 580 triệu đồng.", 580_000_000, "đồng", Qualifier.OVER),
        ("hơn 580tr", 580_000_000, "", Qualifier.OVER),
        ("> 580 trieu vnd", 580_000_000, "đồng", Qualifier.OVER),
        ("≥ 10", 10, "", Qualifier.AT_LEAST),
        ("ít nhất 200 suất quà", 200, "suất quà", Qualifier.AT_LEAST),
        ("không dưới 200 suất", 200, "suất", Qualifier.AT_LEAST),
        ("khoảng 500 kg", 500, "kg", Qualifier.ABOUT),
        ("ước đạt 1,25 tỷ", 1_250_000_000, "", Qualifier.ABOUT),
        ("bình quân 3,5 ngày công", "3.5", "ngày công", Qualifier.ABOUT),
        ("khoảng hơn 500 người", 500, "người", Qualifier.ABOUT),
        ("580 triệu", 580_000_000, "", Qualifier.EXACT),
        ("580 tr", 580_000_000, "", Qualifier.EXACT),
        ("1,25 tỷ", 1_250_000_000, "", Qualifier.EXACT),
        ("1.5 tỉ đồng", 1_500_000_000, "đồng", Qualifier.EXACT),
        ("2 nghìn tỷ đồng", 2_000_000_000_000, "đồng", Qualifier.EXACT),
        ("1 tỷ 250 triệu đồng", 1_250_000_000, "đồng", Qualifier.EXACT),
        ("1 triệu 500.000 đồng", 1_500_000, "đồng", Qualifier.EXACT),
        ("1,23456789 tỷ đồng", 1_234_567_890, "đồng", Qualifier.EXACT),
        ("3 nghìn chiếc", 3000, "chiếc", Qualifier.EXACT),
        ("3 ngàn chiếc", 3000, "chiếc", Qualifier.EXACT),
        ("500k", 500_000, "", Qualifier.EXACT),
        ("500k đồng", 500_000, "đồng", Qualifier.EXACT),
        ("10kg", 10, "kg", Qualifier.EXACT),
        ("5 ti vi", 5, "ti vi", Qualifier.EXACT),
        ("20 ngan giống", 20, "ngan giống", Qualifier.EXACT),
        ("200 suất", 200, "suất", Qualifier.EXACT),
        ("100 m2", 100, "m2", Qualifier.EXACT),
        ("100 m²", 100, "m²", Qualifier.EXACT),
        ("0 chiếc", 0, "chiếc", Qualifier.EXACT),
        ("580.000.000đ", 580_000_000, "đồng", Qualifier.EXACT),
    ],
)
def test_reads_quantities_with_their_words(text, number, unit, qualifier):
    read = parse_quantity(text)
    assert (read.number, read.unit, read.qualifier) == (Decimal(number), unit, qualifier)
    assert read.words == text


def test_keeps_the_original_words_with_tidy_spaces_and_takes_the_default_unit():
    read = parse_quantity("  gần\u00a021.000 ", default_unit="chiếc")
    assert read == Quantity(Decimal(21000), "chiếc", Qualifier.NEARLY, "gần 21.000")


@pytest.mark.parametrize(
    "text",
    [
        "gần",
        "chiếc",
        "gần chiếc",
        "100-200 chiếc",
        "100 đến 200 chiếc",
        "1tr5",
        "1 tỷ 5",
        "1,5 tỷ 250 triệu",
        "5 triệu 2 tỷ",
        "1 triệu 2.000 nghìn",
        "1.000 triệu tỷ",
        "9.999.999 tỷ",
        "9999999999999999 tỷ",
        "4.500 chiếc; 200 suất",
        "5 =1+1",
        "5 <b>",
        "200 " + "x" * 31,
        "2 triệu rưỡi 7",
        "trên " * 12 + "5",
    ],
)
def test_refuses_unclear_quantities(text):
    with pytest.raises(QuantityError):
        parse_quantity(text)


@pytest.mark.parametrize(
    "text, amount",
    [
        ("580.000.000", 580_000_000),
        ("100 triệu", 100_000_000),
        ("10 triệu đồng", 10_000_000),
        ("1,25 tỷ", 1_250_000_000),
        ("1.25 tỷ", 1_250_000_000),
        ("500.000 ₫", 500_000),
        ("500.000₫", 500_000),
        ("500.000 VND", 500_000),
        ("500.000 vnđ", 500_000),
        ("500.000 đ.", 500_000),
        ("1,250,000", 1_250_000),
        ("580.000,00", 580_000),
        ("0", 0),
    ],
)
def test_reads_money_in_whole_dong(text, amount):
    read = parse_money(text)
    assert (read.number, read.unit) == (Decimal(amount), "đồng")
    assert read.number == read.number.to_integral_value()


def test_money_keeps_its_qualifier_and_words():
    assert parse_money("trên 580 triệu đồng") == Quantity(
        Decimal(580_000_000), "đồng", Qualifier.OVER, "trên 580 triệu đồng"
    )


@pytest.mark.parametrize(
    "text, sentence",
    [
        ("0,5", "tròn đến đồng"),
        ("1,00005 triệu đồng", None),
        ("1,0000005 triệu", "tròn đến đồng"),
        ("200 suất", "không nhận “suất”"),
        ("90%", "không nhận “%”"),
        ("580,000", "hiểu hai cách"),
        ("1,500 triệu", "hiểu hai cách"),
        ("580.00", "hiểu hai cách"),
        ("x" * 1_000_000, "quá dài"),
    ],
)
def test_money_that_is_not_whole_or_not_clear_is_refused(text, sentence):
    if sentence is None:
        assert parse_money(text).number == Decimal(1_000_050)
        return
    with pytest.raises(QuantityError, match=sentence):
        parse_money(text)


@pytest.mark.parametrize("parse", [parse_number, parse_quantity, parse_money, parse_unit])
@pytest.mark.parametrize("text", ["1" * 1_000_000, "gần " * 250_000, "1." * 500_000, " " * 1_000_000])
def test_a_megabyte_is_refused_at_once(parse, text):
    before = time.perf_counter()
    with pytest.raises(QuantityError):
        parse(text)
    assert time.perf_counter() - before < 0.05


@given(st.text(max_size=60))
def test_any_text_is_read_or_refused_but_never_breaks(text):
    try:
        read = parse_quantity(text)
    except QuantityError:
        return
    assert read.number >= 0
    assert parse_quantity(format_quantity(read)).number == read.number


@given(st.text(alphabet="0123456789., triệutỷđồng-%gần", max_size=30))
def test_text_made_of_number_parts_reads_the_same_when_printed(text):
    try:
        read = parse_quantity(text)
    except QuantityError:
        return
    again = parse_quantity(format_quantity(read))
    assert (again.number, again.unit, again.qualifier) == (read.number, read.unit, read.qualifier)


@given(numbers)
def test_reading_a_printed_number_gives_the_number(number):
    assert parse_number(format_number(number)) == number


@given(numbers, st.sampled_from(UNITS), qualifiers)
def test_reading_a_printed_quantity_gives_the_quantity(number, unit, qualifier):
    built = Quantity(number, unit, qualifier, "")
    for text in (format_quantity(built), prose(built)):
        assert parse_quantity(text) == Quantity(number, unit, qualifier, text)


@given(st.integers(min_value=0, max_value=10**15 - 1))
def test_reading_printed_money_gives_the_amount(amount):
    for text in (format_money(amount), money_words(amount)):
        assert parse_money(text).number == amount


# Adding


@pytest.mark.parametrize(
    "first, second, both",
    [
        ("", "", ""),
        ("", "trên", "trên"),
        ("", "ít nhất", "ít nhất"),
        ("", "gần", "gần"),
        ("", "khoảng", "khoảng"),
        ("trên", "trên", "trên"),
        ("ít nhất", "ít nhất", "ít nhất"),
        ("ít nhất", "trên", "trên"),
        ("gần", "gần", "gần"),
        ("trên", "gần", "khoảng"),
        ("ít nhất", "gần", "khoảng"),
        ("khoảng", "trên", "khoảng"),
        ("khoảng", "gần", "khoảng"),
        ("khoảng", "khoảng", "khoảng"),
    ],
)
def test_qualifiers_join_by_the_rule_of_the_field(first, second, both):
    by_words = {qualifier.words: qualifier for qualifier in Qualifier}
    assert combine(by_words[first], by_words[second]) is by_words[both]
    assert combine(by_words[second], by_words[first]) is by_words[both]


@given(qualifiers, qualifiers, qualifiers)
def test_joining_qualifiers_does_not_depend_on_order(first, second, third):
    assert combine(first, second) is combine(second, first)
    assert combine(combine(first, second), third) is combine(first, combine(second, third))
    assert combine(first, first) is first


@given(quantities, quantities, quantities)
def test_adding_is_commutative_and_associative(first, second, third):
    assert add([first, second]) == add([second, first])
    assert (
        add([add([first, second]), third])
        == add([first, add([second, third])])
        == add([first, second, third])
    )


@given(st.lists(quantities, min_size=1))
def test_a_sum_claims_no_more_than_its_parts(parts):
    total = add(parts)
    assert total.number == sum(part.number for part in parts)
    kinds = {part.qualifier for part in parts} - {Qualifier.EXACT}
    assert (total.qualifier is Qualifier.EXACT) == (not kinds)
    if total.qualifier is Qualifier.NEARLY:
        assert kinds == {Qualifier.NEARLY}
    if total.qualifier in (Qualifier.OVER, Qualifier.AT_LEAST):
        assert kinds <= {Qualifier.OVER, Qualifier.AT_LEAST}


def test_the_masks_of_2020_add_up_to_nearly_28500():
    masks = [parse_quantity(f"{text} chiếc") for text in ("3.000", "4.500", "gần 21.000")]
    total = add(masks)
    assert format_quantity(total) == "gần 28.500 chiếc"
    assert total.words == "gần 28.500 chiếc"


def test_units_never_mix():
    with pytest.raises(QuantityError, match="“chiếc” và “suất”"):
        add([quantity(1), quantity(1, "suất")])
    with pytest.raises(QuantityError):
        add([])


def test_totals_stand_by_unit_in_the_order_of_appearance():
    parts = [quantity(3000), quantity(200, "suất"), quantity(21000, qualifier=Qualifier.NEARLY)]
    totals = total_by_unit(iter(parts))
    assert [prose(total) for total in totals.values()] == ["gần 24.000 chiếc", "200 suất"]
    assert list(totals) == ["chiếc", "suất"]
    assert total_by_unit([]) == {}


@pytest.mark.parametrize(
    "text, threshold, answer",
    [
        ("580 triệu", 580_000_000, True),
        ("579 triệu", 580_000_000, False),
        ("trên 580 triệu", 580_000_000, True),
        ("ít nhất 580 triệu", 580_000_000, True),
        ("trên 580 triệu", 600_000_000, None),
        ("gần 21.000", 21_000, False),
        ("gần 21.000", 22_000, False),
        ("gần 21.000", 20_000, None),
        ("khoảng 500", 1, None),
        ("khoảng 500", Decimal("1000.5"), None),
    ],
)
def test_comparing_looks_in_the_right_direction(text, threshold, answer):
    assert reaches(parse_quantity(text), threshold) is answer


# Printing


@pytest.mark.parametrize(
    "value, places, text",
    [
        (4500, None, "4.500"),
        (Decimal("92.25"), None, "92,25"),
        (Decimal("92.2500"), None, "92,25"),
        (Decimal("1E+3"), None, "1.000"),
        (Decimal("92.25"), 1, "92,3"),
        (Decimal("9.5"), 2, "9,50"),
        (Decimal("-0.0"), None, "0"),
        (-1234, None, f"{MINUS}1.234"),
        (Decimal("-0.5"), 0, f"{MINUS}1"),
        (Decimal("-0.04"), 1, "0,0"),
        (0, None, "0"),
        (10**20, None, "100.000.000.000.000.000.000"),
    ],
)
def test_prints_numbers_the_vietnamese_way(value, places, text):
    assert format_number(value, places) == text


def test_what_is_no_number_is_not_printed():
    with pytest.raises(QuantityError):
        format_number(Decimal("NaN"))


@pytest.mark.parametrize(
    "amount, text",
    [
        (580_000_000, "580 triệu đồng"),
        (100_000_000, "100 triệu đồng"),
        (1_250_000_000, "1,25 tỷ đồng"),
        (1_234_000_000, "1,234 tỷ đồng"),
        (12_345_678, "12.345.678 đồng"),
        (1_234_567_890, "1.234.567.890 đồng"),
        (12_340_000, "12,34 triệu đồng"),
        (500_000, "500.000 đồng"),
        (2_000_000_000_000, "2.000 tỷ đồng"),
        (-580_000_000, f"{MINUS}580 triệu đồng"),
        (0, "0 đồng"),
    ],
)
def test_money_in_words_is_round_only_where_it_is_exact(amount, text):
    assert money_words(amount) == text


def test_money_and_quantities_print_in_full_or_as_a_sentence_says_them():
    total = parse_money("trên 580 triệu")
    assert format_money(580_000_000) == f"580.000.000{NO_BREAK_SPACE}₫"
    assert format_quantity(total) == "trên 580.000.000 đồng"
    assert prose(total) == "trên 580 triệu đồng"
    assert prose(parse_quantity("gan 21000 chiếc")) == "gần 21.000 chiếc"
    assert prose(Quantity(Decimal("1.5"), "đồng", Qualifier.EXACT, "")) == "1,5 đồng"
    assert format_quantity(parse_quantity("111,16 %")) == "111,16%"
    assert format_quantity(parse_quantity("hơn 7")) == "trên 7"


def test_the_qualifier_is_a_plain_string_for_the_database():
    assert [str(qualifier) for qualifier in Qualifier] == ["exact", "over", "at_least", "nearly", "about"]
    assert Qualifier("nearly").words == "gần"


@pytest.mark.parametrize(
    "typed, kept", [(" Suất  quà ", "suất quà"), ("VND", "đồng"), ("kWh", "kWh"), ("%", "%")]
)
def test_units_are_kept_in_one_spelling(typed, kept):
    assert parse_unit(typed) == kept
