"""The form of a sơ kết or tổng kết."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from core import submit
from core.errors import Problem
from core.formfields import DayField, TextField
from movements.domain.reviews import LONGEST, TEXTS, ReviewDraft
from movements.enums import ReviewKind
from movements.models import MovementReview


class ReviewForm(forms.Form):
    """Kind, day and words; ``version`` is the one the person saw."""

    use_required_attribute = False

    kind = forms.ChoiceField(
        label=_("Loại"), choices=ReviewKind.choices, widget=forms.RadioSelect,
        error_messages={
            "required": _("Chọn sơ kết hoặc tổng kết."), "invalid_choice": _("Chọn sơ kết hoặc tổng kết."),
        },
    )  # fmt: skip
    held_on = DayField(
        label=_("Ngày"), required=True, error_messages={"required": _("Ghi ngày sơ kết, tổng kết.")}
    )
    result = TextField(label=_("Kết quả"), max_length=LONGEST, required=False, rows=6)
    shortcomings = TextField(label=_("Hạn chế, nguyên nhân"), max_length=LONGEST, required=False, rows=4)
    lessons = TextField(label=_("Bài học, kiến nghị"), max_length=LONGEST, required=False, rows=4)
    version = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=1)

    def __init__(self, data: Any, review: MovementReview | None = None) -> None:
        """Fill from the draft that is changed."""
        names = ("kind", "held_on", *TEXTS, "version")
        super().__init__(data, initial={name: getattr(review, name) for name in names} if review else None)
        self.submit_key = submit.clean_key((data or {}).get(submit.FIELD, ""))

    def draft(self) -> ReviewDraft:
        """What the cleaned form says."""
        given = self.cleaned_data
        return ReviewDraft(given["kind"], given["held_on"], *(given[name] for name in TEXTS))

    def show(self, problems: list[Problem]) -> None:
        """Put each sentence beside its field; those of no field stand on top."""
        for problem in problems:
            self.add_error(problem.field if problem.field in self.fields else None, problem.sentence)
