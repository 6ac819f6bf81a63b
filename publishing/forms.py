"""Forms of the summary and the hand-over: paragraphs, the confirmation of a publication, what a side marks."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from crispy_forms.helper import FormHelper
from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from core.formfields import LineField, TextField
from publishing.domain.handover import MAX_NOTE
from publishing.domain.release import WORD
from publishing.domain.texts import MAX_LENGTH, MAX_PARAGRAPHS
from publishing.enums import Side, TextKind

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


class MarksField(forms.MultipleChoiceField):
    """Checked groups, each with the mark of the facts that were shown: ``records:0f3a…``; gives a dictionary."""

    _shape = re.compile(r"([a-z_]{1,20}):([0-9a-f]{32})")

    def valid_value(self, value: Any) -> bool:
        """Whether it has the shape; whether such a group is there, the verb asks."""
        return bool(self._shape.fullmatch(str(value)))

    def clean(self, value: Any) -> dict[str, str]:
        """Group → mark."""
        return dict(str(one).split(":", 1) for one in super().clean(value))


class HandoverForm(forms.Form):
    """What one side does in a hand-over: marks and note, signature, taking it back."""

    ben = forms.ChoiceField(choices=Side.choices, widget=forms.HiddenInput)
    viec = forms.ChoiceField(choices=[("luu", ""), ("ky", ""), ("rut", "")])
    muc = MarksField(required=False)
    hien = forms.CharField(required=False, max_length=400, widget=forms.HiddenInput)
    note = TextField(
        label=_("Ghi chú của đơn vị"), required=False, max_length=MAX_NOTE, rows=3,
        help_text=_(
            "In vào biên bản: cờ luân lưu, tài liệu giấy, việc cần lưu ý. Ghi chức vụ, đơn vị, không ghi tên người."
        ),
    )  # fmt: skip
    note_seen = forms.CharField(required=False, strip=False, widget=forms.HiddenInput)
    expected = forms.CharField(required=False, max_length=64, widget=forms.HiddenInput)
