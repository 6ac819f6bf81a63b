"""Forms of the summary: paragraphs by kind, and the confirmation of a publication."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from crispy_forms.helper import FormHelper
from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from core.formfields import LineField, TextField
from publishing.domain.release import WORD
from publishing.domain.texts import MAX_LENGTH, MAX_PARAGRAPHS
from publishing.enums import TextKind

MAX_EMPTY = 10


class ParagraphForm(forms.Form):
    """One paragraph; left empty it goes."""

    text = TextField(label=_("Đoạn văn"), required=False, max_length=MAX_LENGTH, rows=3)


Paragraphs = forms.formset_factory(
    ParagraphForm, extra=0, max_num=MAX_PARAGRAPHS, validate_max=True, absolute_max=MAX_PARAGRAPHS + MAX_EMPTY
)


class TextsForm:
    """The formsets of all kinds with one token; ``add`` names a kind that gets one more empty paragraph."""

    def __init__(self, texts: Mapping[str, Sequence[str]], data: Any = None) -> None:
        """Show ``texts`` with one empty paragraph each, or what was sent."""
        self.parts = {
            kind: Paragraphs(
                data,
                prefix=kind,
                initial=None
                if data is not None
                else [*({"text": text} for text in texts[kind]), {"text": ""}],
            )
            for kind in TextKind.values
        }

    def is_valid(self) -> bool:
        """Whether every paragraph is within its limits; all are asked, so that every error shows."""
        answers = [formset.is_valid() for formset in self.parts.values()]
        return all(answers)

    def texts(self) -> dict[str, list[str]]:
        """What was typed; the form must be valid."""
        return {
            kind: [form.cleaned_data.get("text", "") for form in formset.forms]
            for kind, formset in self.parts.items()
        }

    def forms(self) -> list[Any]:
        """All formsets, for the summary of errors."""
        return list(self.parts.values())


class PublishForm(forms.Form):
    """The strong confirmation: the word, the content it is meant for, and why a version is replaced."""

    expected = forms.CharField(widget=forms.HiddenInput, max_length=64)
    reason = LineField(
        label=_("Lý do đính chính"), required=False, max_length=500,
        help_text=_("Mọi người sẽ đọc lý do này trên trang công bố."),
    )  # fmt: skip
    word = LineField(max_length=20, widget=forms.TextInput(attrs={"autocomplete": "off"}))

    def __init__(self, *args: Any, correction: bool, **kwargs: Any) -> None:
        """A first publication needs no reason."""
        super().__init__(*args, **kwargs)
        self.fields["word"].label = gettext("Gõ %(word)s để xác nhận") % {"word": gettext(WORD)}
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.disable_csrf = True
        if correction:
            self.fields["reason"].required = True
        else:
            del self.fields["reason"]
