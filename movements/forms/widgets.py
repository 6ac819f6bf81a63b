"""Inputs of the entry page: a select that draws fast, and file inputs that take several files."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.validators import MaxLengthValidator
from django.forms.utils import flatatt
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from core.formfields import LineField, TextField


class FastSelect(forms.Select):
    """A select drawn without a template for each option: a grid of sixty rows has thousands of them."""

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        """The same HTML as Django's, options in groups included."""
        chosen = "" if value is None else str(value)
        groups = []
        for key, label in self.choices:
            if isinstance(label, list | tuple):
                groups.append(format_html('<optgroup label="{}">{}</optgroup>', key, _options(label, chosen)))
            else:
                groups.append(_options([(key, label)], chosen))
        inner = format_html_join("", "{}", ((group,) for group in groups))
        return format_html(
            "<select{}>{}</select>", flatatt({"name": name, **self.build_attrs(self.attrs, attrs)}), inner
        )


def _options(pairs: Any, chosen: str) -> SafeString:
    return format_html_join(
        "",
        '<option value="{}"{}>{}</option>',
        ((key, SafeString(" selected") if str(key) == chosen else "", label) for key, label in pairs),
    )


class Ticks(forms.CheckboxSelectMultiple):
    """Boxes to tick; a summary of errors leads to the group, which the page names like any other input."""

    def id_for_label(self, id_: str, index: str | None = None) -> str:
        """The group itself where no box is named."""
        return super().id_for_label(id_, index) if index is not None else id_


class SeveralFiles(forms.FileInput):
    """A file input that takes several."""

    allow_multiple_selected = True


class FilesField(forms.Field):
    """The chosen files as they come; the gate of core.files judges them."""

    widget = SeveralFiles

    def clean(self, value: Any) -> Any:
        """Nothing to check here."""
        return value or []


TOO_LONG = _("Dài nhất %(limit_value)s ký tự, đang có %(show_value)s. Hãy viết gọn lại.")


def line(most: int, **kwargs: Any) -> LineField:
    """A line of at most ``most`` characters: the browser must not cut what is pasted, so the server says it."""
    kwargs.setdefault("required", False)
    return LineField(validators=[MaxLengthValidator(most, TOO_LONG)], **kwargs)


def text(most: int, rows: int, **kwargs: Any) -> TextField:
    """A text of at most ``most`` characters."""
    kwargs.setdefault("required", False)
    return TextField(rows=rows, validators=[MaxLengthValidator(most, TOO_LONG)], **kwargs)
