"""The form that records a ranking: its head and one line for each member."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Column, Layout, Row
from django import forms
from django.utils.translation import gettext_lazy as _

from core.formfields import DayField, LineField, NumberField, TextField
from scoring.domain.record import Draft, Line
from scoring.enums import RankingMethod
from scoring.models import Ranking
from scoring.queries import RankRow

_DIGITS = forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"})
_WHOLE = {
    "invalid": _("Ghi số nguyên, ví dụ 1."),
    "min_value": _("Số này không thể nhỏ hơn %(limit_value)s."),
    "max_value": _("Số này không thể lớn hơn %(limit_value)s."),
}


class RankingForm(forms.Form):
    """How, when, and why a ranking is recorded."""

    method = forms.ChoiceField(label=_("Cách xếp hạng"), choices=RankingMethod.choices)
    decided_on = DayField(label=_("Ngày xét"), required=False)
    note = TextField(label=_("Ghi chú"), required=False, max_length=1000, rows=2)
    reason = LineField(label=_("Lý do sửa"), required=False, max_length=500)
    base = forms.IntegerField(widget=forms.HiddenInput, min_value=0)

    def __init__(self, *args: Any, asks_reason: bool, **kwargs: Any) -> None:
        """Ask for a reason only when a ranking already stands."""
        super().__init__(*args, **kwargs)
        if not asks_reason:
            del self.fields["reason"]
        self.helper = FormHelper(self)
        self.helper.form_tag = False
        self.helper.disable_csrf = True
        rows = [
            Row(Column("method", css_class="col-md-5"), Column("decided_on", css_class="col-md-3")),
            "note",
        ]
        self.helper.layout = Layout(*rows, *(["reason"] if asks_reason else []), "base")


class LineForm(forms.Form):
    """One member: each part is optional."""

    rank = forms.IntegerField(
        label=_("Hạng"), required=False, min_value=1, max_value=500, widget=_DIGITS, error_messages=_WHOLE
    )
    points = NumberField(label=_("Điểm"), required=False)
    votes = forms.IntegerField(
        label=_("Số phiếu"),
        required=False,
        min_value=0,
        max_value=30_000,
        widget=_DIGITS,
        error_messages=_WHOLE,
    )
    note = LineField(label=_("Ghi chú"), required=False, max_length=300)

    def __init__(self, data: Any = None, *, row: RankRow) -> None:
        """Remember whose line this is."""
        initial = {"rank": row.rank, "points": row.points, "votes": row.votes, "note": row.note}
        super().__init__(data, prefix=str(row.member.agency_id), initial=initial)
        self.row = row


def line_forms(rows: Sequence[RankRow], data: Any = None) -> list[LineForm]:
    """A line for each member, in charter order."""
    return [LineForm(data, row=row) for row in sorted(rows, key=lambda row: row.member.order)]


def head_form(current: Ranking | None, data: Any = None) -> RankingForm:
    """The head, filled from the revision in force."""
    initial = {"method": RankingMethod.DELIBERATION, "base": 0}
    if current:
        initial = {
            "method": current.method, "decided_on": current.decided_on, "note": current.note,
            "base": current.revision,
        }  # fmt: skip
    return RankingForm(data, initial=initial, asks_reason=current is not None)


def draft_of(head: RankingForm, lines: Sequence[LineForm]) -> Draft:
    """What the cleaned forms say."""
    given = head.cleaned_data
    return Draft(
        method=given["method"],
        decided_on=given["decided_on"],
        note=given["note"],
        reason=given.get("reason", ""),
        base=given["base"],
        lines=tuple(
            Line(
                line.row.member.agency_id, line.cleaned_data["rank"], line.cleaned_data["points"],
                line.cleaned_data["votes"], line.cleaned_data["note"],
            )
            for line in lines
        ),
    )  # fmt: skip


def show_problems(head: RankingForm, lines: Sequence[LineForm], problems: Sequence[Any]) -> None:
    """Put each sentence beside its field; those of no field stand on top."""
    places = {f"{line.prefix}-{name}": (line, name) for line in lines for name in line.fields}
    for problem in problems:
        form, name = places.get(
            problem.field, (head, problem.field if problem.field in head.fields else None)
        )
        form.add_error(name, problem.sentence)
