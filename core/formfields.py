"""Form fields that read what people type: numbers, money and days the Vietnamese way."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext

from core import dates, quantity
from core.fields import TOO_LARGE, WHOLE_DIGITS, too_large
from core.folding import clean, clean_line
from core.marks import Unreadable


def said(error: Unreadable) -> str:
    """The sentence of a figure or date that cannot be accepted, in the language of the page."""
    return gettext(error.template) % error.values


class LineField(forms.CharField):
    """One line of text in NFC without control characters."""

    def to_python(self, value: Any) -> str:
        """Clean before length is checked."""
        return clean_line(super().to_python(value) or "")


class TextField(forms.CharField):
    """Several lines of text in NFC without control characters."""

    def __init__(self, *, rows: int = 4, **kwargs: Any) -> None:
        """Draw a text area of ``rows`` lines."""
        kwargs.setdefault("widget", forms.Textarea(attrs={"rows": rows, "class": "auto"}))
        super().__init__(**kwargs)

    def to_python(self, value: Any) -> str:
        """Clean before length is checked."""
        return clean(super().to_python(value) or "").strip()


class NumberField(forms.CharField):
    """An exact number such as ``92,25`` or ``4.500``; gives a Decimal or None."""

    def __init__(self, **kwargs: Any) -> None:
        """Offer the number keys of a phone."""
        for name in ("min_value", "max_value", "max_length"):
            kwargs.pop(name, None)
        kwargs.setdefault("widget", forms.TextInput(attrs={"inputmode": "decimal"}))
        super().__init__(**kwargs)

    def to_python(self, value: Any) -> Decimal | None:  # type: ignore[override]
        """Read the Vietnamese way; the sentence of the error says how to write it."""
        if isinstance(value, Decimal):
            return value
        typed = clean_line("" if value is None else str(value))
        if not typed:
            return None
        try:
            number = quantity.parse_number(typed)
        except quantity.QuantityError as error:
            raise ValidationError(said(error)) from error
        if too_large(number):
            raise ValidationError(TOO_LARGE, params={"digits": WHOLE_DIGITS})
        return number

    def prepare_value(self, value: Any) -> Any:
        """Show the Vietnamese way."""
        return quantity.format_number(value) if isinstance(value, Decimal | int) else value


class DayField(forms.CharField):
    """A day such as ``5/1/2021``; always day first; gives a date or None."""

    def __init__(self, **kwargs: Any) -> None:
        """Offer the number keys and show the shape."""
        kwargs.setdefault(
            "widget", forms.TextInput(attrs={"inputmode": "numeric", "placeholder": "dd/mm/yyyy"})
        )
        super().__init__(**kwargs)

    def to_python(self, value: Any) -> date | None:  # type: ignore[override]
        """Read the usual ways of writing a day; refuse days that do not exist."""
        if isinstance(value, date):
            return value
        typed = clean_line("" if value is None else str(value))
        if not typed:
            return None
        try:
            return dates.parse_date(typed)
        except dates.DateError as error:
            raise ValidationError(said(error)) from error

    def prepare_value(self, value: Any) -> Any:
        """Show as dd/mm/yyyy."""
        return dates.format_date(value) if isinstance(value, date) else value
