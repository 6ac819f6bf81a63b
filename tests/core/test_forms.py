"""Fields that read what people type, and the exact number that both databases keep alike."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django import forms
from django.core.exceptions import ValidationError
from django.db import connection
from django.db.models import F, Sum
from hypothesis import given
from hypothesis import strategies as st

from core.fields import FixedField, from_scaled
from core.formfields import DayField, LineField, NumberField, TextField
from movements.models import Contribution
from tests.factories import ContributionFactory

NFD_TIEN = "Tie\u0302\u0300n"


def refusal(field: forms.Field, typed: Any) -> str:
    """The sentence of the error."""
    with pytest.raises(ValidationError) as refused:
        field.clean(typed)
    return str(refused.value.messages[0])


# -- numbers -------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("typed", "number"),
    [("92,25", "92.25"), ("4.500", "4500"), ("580.000.000", "580000000"), ("0", "0"), ("0,5", "0.5"), (" 7 ", "7"),
     ("1,0000", "1"), (Decimal("3.5"), "3.5"), (0, "0"), (Decimal(0), "0"), ("99999999999999", "99999999999999")],
)  # fmt: skip
def test_a_number_is_read_the_vietnamese_way(typed: Any, number: str) -> None:
    assert NumberField().clean(typed) == Decimal(number)


@pytest.mark.parametrize("typed", ["", None, "   "])
def test_no_number_is_none(typed: Any) -> None:
    assert NumberField(required=False).clean(typed) is None
    assert refusal(NumberField(), typed) == "Mục này bắt buộc phải điền."


@pytest.mark.parametrize(
    "typed", ["mười", "1.2.3", "-5", "1e5", "NaN", "9" * 100_000, "1,23456", "12%", "\u0661", "<b>1</b>"]
)
def test_what_is_no_number_is_told_in_a_sentence(typed: str) -> None:
    sentence = refusal(NumberField(), typed)
    assert sentence.endswith((".", "…"))
    assert len(sentence) < 300


def test_a_number_that_the_database_cannot_hold_is_refused() -> None:
    assert "nhiều nhất 14 chữ số" in refusal(NumberField(), "999999999999999")


@pytest.mark.parametrize(
    ("initial", "typed", "changed"),
    [(Decimal("92.25"), "92,25", False), (Decimal("92.25"), "92,250", False), (Decimal("92.25"), "92,26", True),
     (None, "", False), (None, "0", True), (Decimal(0), "0", False), (Decimal(1), "abc", True)],
)  # fmt: skip
def test_the_same_number_otherwise_written_is_no_change(initial: Any, typed: str, changed: bool) -> None:
    assert NumberField(required=False).has_changed(initial, typed) is changed


def test_a_stored_number_is_shown_the_vietnamese_way_and_a_typed_one_as_typed() -> None:
    class Form(forms.Form):
        number = NumberField()

    assert Form(initial={"number": Decimal("4500.5")})["number"].value() == "4.500,5"
    assert Form({"number": "4500.5x"})["number"].value() == "4500.5x"
    assert 'inputmode="decimal"' in str(Form()["number"])


# -- days ----------------------------------------------------------------------------------------
@pytest.mark.parametrize("typed", ["5/1/2021", "05.01.2021", "2021-01-05", "5-1-21", date(2021, 1, 5)])
def test_a_day_is_read_day_first(typed: Any) -> None:
    assert DayField().clean(typed) == date(2021, 1, 5)


@pytest.mark.parametrize(
    "typed", ["30/2/2021", "13/13/2021", "hôm nay", "2021", "5/1/1066", "5/1", "9" * 10_000]
)
def test_a_day_that_does_not_exist_is_told_in_a_sentence(typed: str) -> None:
    assert len(refusal(DayField(), typed)) < 300


def test_a_stored_day_is_shown_as_it_would_be_typed() -> None:
    field = DayField(required=False)
    assert field.prepare_value(date(2021, 1, 5)) == "05/01/2021"
    assert field.prepare_value("5/1/") == "5/1/"
    assert (field.clean(""), field.clean("  ")) == (None, None)
    assert not field.has_changed(date(2021, 1, 5), "5/1/2021")


# -- text ----------------------------------------------------------------------------------------
def test_a_line_is_one_composed_line() -> None:
    assert LineField().clean(f"  {NFD_TIEN}\u200b \r\n ủng\thộ ") == "Tiền ủng hộ"


def test_text_keeps_its_lines() -> None:
    assert TextField().clean("Một\r\nhai\u2028ba\x0bbốn\n\n") == "Một\nhai\nba\nbốn"


@pytest.mark.parametrize("kind", [LineField, TextField])
def test_length_is_counted_after_cleaning(kind: Any) -> None:
    assert kind(max_length=4).clean(NFD_TIEN + "\u200b") == "Tiền"
    assert refusal(kind(max_length=4), "Tiềnx") == "Chỉ nhận tối đa 4 ký tự (hiện có 5)."


@pytest.mark.parametrize("kind", [LineField, TextField])
@pytest.mark.parametrize("typed", ["", None, "  ", "\u200b", "\x07"])
def test_nothing_but_invisible_signs_is_nothing(kind: Any, typed: Any) -> None:
    assert kind(required=False).clean(typed) == ""
    assert refusal(kind(), typed) == "Mục này bắt buộc phải điền."


# -- the exact number in the database ------------------------------------------------------------
@given(st.decimals(min_value=-(10**14) + 1, max_value=10**14 - 1, places=4))
def test_a_number_comes_back_as_it_went(number: Decimal) -> None:
    field = FixedField()
    back = field.from_db_value(field.get_prep_value(number))
    assert back == number
    assert back is not None
    assert "E" not in str(back)


@pytest.mark.parametrize("value", [0.1, "0.12345", "abc", "NaN", "Infinity", Decimal(10) ** 14, object()])
def test_what_is_not_exact_is_refused(value: Any) -> None:
    with pytest.raises(ValidationError):
        FixedField().to_python(value)


def test_nothing_stays_nothing() -> None:
    assert FixedField().to_python("") is None
    assert FixedField().get_prep_value(None) is None
    assert FixedField().from_db_value(None) is None
    assert str(from_scaled(45_000_000)) == "4500"


@pytest.mark.django_db
def test_sums_in_the_database_are_exact() -> None:
    activity = ContributionFactory(quantity=Decimal("0.1"), unit="tấn").activity
    for _ in range(2):
        ContributionFactory(activity=activity, quantity=Decimal("0.1"), unit="tấn")
    assert Contribution.objects.aggregate(total=Sum("quantity"))["total"] == Decimal("0.3")
    assert Contribution.objects.filter(quantity__gt=Decimal("0.0999")).count() == 3
    assert Contribution.objects.filter(quantity=F("quantity")).count() == 3


@pytest.mark.django_db
def test_the_largest_number_is_kept_by_the_database() -> None:
    row = ContributionFactory(quantity=Decimal("99999999999999.9999"), unit="chiếc")
    row.refresh_from_db()
    assert row.quantity == Decimal("99999999999999.9999")
    with connection.cursor() as cursor:
        cursor.execute("SELECT quantity FROM movements_contribution")
        assert cursor.fetchone() == (999_999_999_999_999_999,)


@pytest.mark.django_db
def test_a_serialised_number_is_plain_text() -> None:
    row = ContributionFactory(quantity=Decimal("92.25"), unit="tấn")
    field = Contribution._meta.get_field("quantity")
    assert field.value_to_string(row) == "92.25"
    row.quantity = None
    assert field.value_to_string(row) == ""


def test_a_model_form_reads_the_vietnamese_way() -> None:
    field = Contribution._meta.get_field("quantity").formfield()
    assert isinstance(field, NumberField)
    assert field.clean("92,25") == Decimal("92.25")
