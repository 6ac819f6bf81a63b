"""The form of how a table counts: every open choice in plain words, lists as rows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from django import forms
from django.forms.utils import ErrorDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.errors import Problem
from core.folding import clean_line
from core.formfields import NumberField, TextField
from scoring.domain.shapes import TableRules
from scoring.domain.tables import mark_of
from scoring.forms_tables_rows import KINDS, SETTING_LISTS, initial_of, with_keys
from scoring.models import CriteriaTable
from scoring.table_parts import plain, plain_number
from scoring.table_rules import checked, read
from scoring.table_words import SETTINGS

CAPS: Final = ("bonus_cap", "penalty_cap")
WORDS: Final = ("disqualifiers", "frequent_reasons")
_LABELS: Final = {
    "bonus_cap": gettext_lazy("Trần điểm thưởng của cả bảng"),
    "penalty_cap": gettext_lazy("Trần điểm trừ của cả bảng"),
    "disqualifiers": gettext_lazy("Không xét thi đua khi"),
    "frequent_reasons": gettext_lazy("Lý do hay dùng khi chấm lệch"),
}


class SettingsForm(forms.Form):
    """Every setting that is one value."""

    use_required_attribute = False
    reason_from = NumberField(
        label=gettext_lazy("Chấm lệch từ bao nhiêu điểm thì phải ghi lý do"), required=False,
        help_text=gettext_lazy("0 hoặc để trống: lệch bao nhiêu cũng phải ghi."),
    )  # fmt: skip
    mark = forms.CharField(required=False, max_length=40, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Add a field for each setting."""
        super().__init__(*args, **kwargs)
        for key, (label, values) in SETTINGS.items():
            self.fields[key] = forms.ChoiceField(label=label, choices=list(values.items()))
        for key in CAPS:
            self.fields[key] = NumberField(
                label=_LABELS[key], required=False, help_text=gettext_lazy("Để trống: không đặt trần.")
            )
        for key in WORDS:
            self.fields[key] = TextField(
                label=_LABELS[key],
                required=False,
                max_length=4000,
                rows=4,
                help_text=gettext_lazy("Mỗi dòng một điều."),
            )


class SettingsSheet:
    """All of the page as one."""

    def __init__(self, table: CriteriaTable, data: Any = None) -> None:
        """Filled from the draft, or with what was posted."""
        rules = read(table.settings)
        initial: dict[str, Any] = {key: getattr(rules, key) for key in (*SETTINGS, *CAPS)}
        initial |= {key: "\n".join(getattr(rules, key)) for key in WORDS}
        initial |= {"reason_from": rules.reason_from, "mark": mark_of(table.settings)}
        self.head = SettingsForm(data, initial=initial, label_suffix="")
        self.lists = {
            name: KINDS[name](
                data, prefix=name, initial=[initial_of(name, plain(one)) for one in getattr(rules, name)]
            )
            for name in SETTING_LISTS
        }

    @property
    def all(self) -> list[Any]:
        """Every form and formset in the order of the page."""
        return [self.head, *self.lists.values()]

    def rules(self) -> TableRules | None:
        """What the forms say, or None when something is wrong; every sentence stands beside its input then."""
        answers = [form.is_valid() for form in self.all]  # every one, so that all mistakes are told
        if not all(answers):
            return None
        given = self.head.cleaned_data
        raw: dict[str, Any] = {key: given[key] for key in SETTINGS}
        raw |= {key: None if given[key] is None else plain_number(given[key]) for key in CAPS}
        raw["reason_from"] = plain_number(given["reason_from"]) if given["reason_from"] is not None else "0"
        raw |= {key: _lines(given[key]) for key in WORDS}
        raw |= {name: rows.parts() for name, rows in self.lists.items()}
        if raw["levels"]:
            raw["levels"][0]["key"] = raw["levels"][0]["key"] or "self"
        with_keys(raw["levels"], "cap")
        rules, problems = checked(raw)
        self.show(problems)
        return rules

    def show(self, problems: Sequence[Problem]) -> None:
        """Put each sentence beside its input; those of a list at its first row."""
        for problem in problems:
            words = problem.sentence or _("Giá trị không hợp lệ.")
            if problem.field in self.lists and self.lists[problem.field].forms:
                form = self.lists[problem.field].forms[0]
                form.add_error(next(iter(form.words)), words)
            else:
                self.head.add_error(problem.field if problem.field in self.head.fields else None, words)

    def without_complaints(self) -> None:
        """Draw what was typed without its errors: a row was asked for, nothing was to be saved."""
        for form in (self.head, *(form for rows in self.lists.values() for form in rows.forms)):
            form.is_valid()
            form._errors = ErrorDict()


def _lines(text: str) -> list[str]:
    return list(dict.fromkeys(line for one in text.splitlines() if (line := clean_line(one))))
