"""Rows that are put in order by a number, added without a script, and taken out by a tick."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any

from django import forms
from django.forms.utils import ErrorDict
from django.utils.translation import gettext_lazy as _

from core.formrows import NumberedRow, NumberedRows

LAST = 1000


def growing() -> forms.Textarea:
    """One line that grows with what is typed."""
    return forms.Textarea(attrs={"rows": 1, "class": "auto"})


class OrderedRow(NumberedRow):
    """A row with its place; an heir names in ``filling`` the fields that make it more than empty."""

    use_required_attribute = False
    filling: Collection[str] = ()

    order = forms.IntegerField(
        required=False, min_value=1, max_value=999,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
        error_messages={"invalid": _("Ghi số nguyên, ví dụ 1.")},
    )  # fmt: skip

    @property
    def is_empty(self) -> bool:
        """Whether nothing was put into it; after ``is_valid``."""
        return not any(self.cleaned_data.get(name) or name in self.errors for name in self.filling)

    @property
    def is_left_out(self) -> bool:
        """Whether the row is empty or taken out; after ``is_valid``."""
        return bool(self.cleaned_data.get("DELETE")) or self.is_empty


class OrderedRows(NumberedRows):
    """Rows of one kind in the order that was asked for."""

    def kept(self) -> list[Any]:
        """Filled rows by their places, rows without a place last; after ``is_valid``."""
        return sorted(self.filled(), key=lambda form: form.cleaned_data.get("order") or LAST)


def rows_of(form: type[OrderedRow], most: int) -> Any:
    """A formset of at most ``most`` rows."""
    return forms.formset_factory(
        form,
        formset=OrderedRows,
        extra=0,
        can_delete=True,
        max_num=most,
        absolute_max=most + 5,
        validate_max=True,
    )


def one_row_more(data: Any, known: Collection[str]) -> Any:
    """A copy of posted data with one more empty row of the prefix that ``add_row`` names, where there is room."""
    more = data.copy()
    prefix = data.get("add_row", "")
    count, most = (
        int(word) if word.isdecimal() and len(word) < 5 else 0
        for word in (data.get(f"{prefix}-TOTAL_FORMS", ""), data.get(f"{prefix}-MAX_NUM_FORMS", ""))
    )
    if prefix in known and count < min(most, LAST):
        more[f"{prefix}-TOTAL_FORMS"] = str(count + 1)
    return more


def without_complaints(forms_shown: Iterable[Any]) -> None:
    """Draw what was typed without its errors: a row was asked for, nothing was to be saved."""
    for one in forms_shown:
        one.is_valid()
        for form in getattr(one, "forms", [one]):
            form._errors = ErrorDict()
