"""Rows of a form that can be added and taken out: each says its number in its labels."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _


class NumberedRow(forms.Form):
    """A row that may be left empty or taken out; an heir says what ``is_empty`` means."""

    words: Mapping[str, Any] = {}  # labels by field, with %(number)s
    gone: Any = ""  # the label of the tick that takes the row out, with %(number)s
    number: int | str = ""

    @property
    def is_empty(self) -> bool:
        """Whether nothing was put into it; after ``is_valid``."""
        raise NotImplementedError


class NumberedRows(forms.BaseFormSet):  # type: ignore[type-arg]
    """Rows of one kind, with labels that say their number."""

    default_error_messages = {
        "missing_management_form": _("Biểu mẫu gửi lên không đầy đủ. Tải lại trang rồi ghi lại."),
    }

    def add_fields(self, form: Any, index: int | None) -> None:
        """Number the row and its labels; ``__number__`` in the row that the browser copies."""
        super().add_fields(form, index)
        form.number = "__number__" if index is None else index + 1
        for name, words in form.words.items():
            form.fields[name].label = str(words) % {"number": form.number}
        gone = form.fields["DELETE"]
        gone.label = str(form.gone) % {"number": form.number}
        gone.widget.attrs["data-remove-row"] = ""

    def filled(self) -> list[Any]:
        """Rows that are neither empty nor taken out, in their order; after ``is_valid``."""
        return [form for form in self.forms if not form.cleaned_data.get("DELETE") and not form.is_empty]
