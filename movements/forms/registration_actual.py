"""The form of what was achieved: one row for each registered target."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as _

from core.dates import format_date
from core.errors import Problem
from core.folding import clean_line
from core.formfields import DayField, said
from core.quantity import Qualifier, QuantityError, format_number
from movements.domain.registration_entry import ActualDraft
from movements.domain.targets import read_figure
from movements.models import Target


class ActualForm(forms.Form):
    """What was achieved of one target, and by which day; ``was`` is what the cells held when they were shown."""

    use_required_attribute = False

    actual = forms.CharField(
        required=False, widget=forms.TextInput(attrs={"inputmode": "text", "autocomplete": "off"})
    )
    on = DayField(required=False)
    seen = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=0)
    was = forms.CharField(widget=forms.HiddenInput, required=False, strip=False)

    def __init__(self, target: Target, number: int, data: Any = None) -> None:
        """Name the cells after the target, for screen readers and for the summary of errors."""
        words = actual_text(target)
        was = _mark(words, format_date(target.actual_on) if target.actual_on else "")
        shown = {"actual": words, "on": target.actual_on, "seen": target.version, "was": was}
        super().__init__(data, prefix=f"t{target.pk}", initial=shown, label_suffix="")
        self.target, self.number = target, number
        self.draft: ActualDraft | None = None
        labels = {"actual": _("%(what)s: kết quả"), "on": _("%(what)s: số liệu đến ngày")}
        for name, words in labels.items():
            self.fields[name].label = words % {"what": f"{number}. {target.content}"}

    @property
    def is_touched(self) -> bool:
        """Whether the person changed what the cells held."""
        typed = _mark(self.data.get(f"{self.prefix}-actual", ""), self.data.get(f"{self.prefix}-on", ""))
        return typed != self.data.get(f"{self.prefix}-was", "")

    def clean(self) -> dict[str, Any]:
        """Set ``draft``."""
        data = super().clean() or self.cleaned_data
        words, unit = clean_line(data.get("actual", "")), self.target.unit
        reading = None
        if words:
            try:
                reading = read_figure(words, unit)
            except QuantityError as error:
                self.add_error("actual", said(error))
        if not self.errors:
            self.draft = ActualDraft(
                key=self.target.key,
                number=reading.number if reading else None,
                qualifier=reading.qualifier if reading else Qualifier.EXACT,
                words=reading.words if reading else "",
                on=data.get("on"),
                seen=data.get("seen") or 0,
                touched=self.is_touched,
            )
        return data


def actual_text(target: Target) -> str:
    """ "trên 95", "1.250": the recorded figure as its cell shows it; empty for none."""
    if target.actual is None:
        return ""
    return f"{Qualifier(target.actual_qualifier).words} {format_number(target.actual)}".strip()


def _mark(actual: str, on: str) -> str:
    return f"{clean_line(actual)}|{clean_line(on)}"


class ActualSheet:
    """All rows as one."""

    def __init__(self, targets: Sequence[Target], data: Any = None) -> None:
        """``data`` is the posted data; nothing typed in it is lost, whatever is wrong."""
        self.rows = [ActualForm(target, number, data) for number, target in enumerate(targets, 1)]

    def is_valid(self) -> bool:
        """All rows, each asked, so that all errors show at once."""
        answers = [row.is_valid() for row in self.rows]
        return all(answers)

    def drafts(self) -> list[ActualDraft]:
        """What the valid rows say."""
        return [row.draft for row in self.rows if row.draft]

    def show(self, problems: Iterable[Problem]) -> None:
        """Put each sentence beside its cell; those of none at the first row."""
        by_key = {row.target.key: row for row in self.rows}
        for problem in problems:
            key, _colon, name = problem.field.rpartition(":")
            row = by_key.get(key)
            if row is not None:
                row.add_error(name, problem.sentence)
            elif self.rows:
                self.rows[0].add_error(None, problem.sentence)


def differing(sheet: ActualSheet, late: Mapping[str, Target]) -> list[dict[str, str]]:
    """``{field, mine, theirs}`` for the figures that two people left with different values."""
    return [
        {
            "field": row.target.content,
            "mine": _words(row.data.get(f"{row.prefix}-actual", ""), row.data.get(f"{row.prefix}-on", "")),
            "theirs": _words(
                actual_text(late[row.target.key]),
                format_date(on) if (on := late[row.target.key].actual_on) else "",
            ),
        }
        for row in sheet.rows
        if row.target.key in late
    ]


def _words(actual: str, on: str) -> str:
    return ", ".join(part for part in (clean_line(actual), clean_line(on)) if part)
