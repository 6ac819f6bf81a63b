"""The form of a charter: every setting by group, lists as rows, all of it read as one set of rules."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms.utils import ErrorDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.errors import Problem
from core.formfields import LineField, NumberField
from core.formrows import NumberedRow, NumberedRows
from members import charter
from members.charter import CHOICES, RANGES, Rules
from members.charter_parts import LONGEST, MOST_ROWS, OTHER, SECTION, TIE_BREAKS, plain, share_of
from members.charter_words import GROUPS, HELP, LABELS, VALUES, Group
from members.domain.charter import REASON_LENGTH

BOOLEANS = ("threshold_strict", "over_maximum")
SHARES = ("quorum_share", "threshold")
_SHARE = re.compile(r"([0-9]{1,3})\s*%?|([0-9]{1,2})\s*/\s*([0-9]{1,2})")


class ShareField(forms.CharField):
    """``67``, ``67 %`` or ``2/3``: an int of per cent, or the fraction as text."""

    def to_python(self, value: Any) -> Any:
        """Read the usual ways of writing; refuse what is no share."""
        typed = (super().to_python(value) or "").strip()
        if not typed:
            return None
        match = _SHARE.fullmatch(typed)
        if not match:
            raise ValidationError(_("Ghi phần trăm tròn (67) hoặc phân số (2/3)."))
        found: int | str = int(match[1]) if match[1] else f"{int(match[2])}/{int(match[3])}"
        try:
            share_of(found)
        except ValueError as unfit:
            raise ValidationError(str(unfit)) from unfit
        return found


class WholeField(forms.IntegerField):
    """A whole number typed by hand, without the arrows of a number field."""

    def __init__(self, **kwargs: Any) -> None:
        """Offer the number keys."""
        kwargs.setdefault("widget", forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}))
        kwargs.setdefault("error_messages", {"invalid": gettext_lazy("Ghi số nguyên, ví dụ 1.")})
        super().__init__(**kwargs)


def _field(key: str) -> forms.Field:
    shown: dict[str, Any] = {"label": LABELS[key], "help_text": HELP.get(key, "")}
    if key in SHARES:
        return ShareField(**shown)
    if key == "publish_needs":
        return forms.MultipleChoiceField(
            **shown, required=False, choices=list(VALUES[key].items()), widget=forms.CheckboxSelectMultiple
        )
    if key in BOOLEANS:
        return forms.TypedChoiceField(
            **shown, choices=list(VALUES[key].items()), coerce=lambda value: value == "True"
        )
    if key in CHOICES:
        return forms.ChoiceField(**shown, choices=[(one, VALUES[key][one]) for one in CHOICES[key]])
    least, most = RANGES[key]
    return WholeField(**shown, min_value=least, max_value=most)


LISTS = ("tie_break", "lateness", "bands", "quotas")
SINGLE = tuple(key for group in GROUPS for key in group.keys if key not in LISTS)


class HeadForm(forms.Form):
    """Every setting that is one value; the reason, and the mark of the charter the form was made from."""

    seen = forms.CharField(required=False, max_length=40, widget=forms.HiddenInput)
    reason = LineField(
        label=gettext_lazy("Lý do sửa"), required=False, max_length=REASON_LENGTH,
        help_text=gettext_lazy("Ví dụ: Hội nghị ngày 05/12/2020 thông qua."),
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Add a field for each setting."""
        super().__init__(*args, **kwargs)
        self.fields |= {key: _field(key) for key in SINGLE}


class RowForm(NumberedRow):
    """A row of a list of the charter."""

    heads: Mapping[str, Any] = {}  # short heads of the columns that are seen, in order
    one: Any = ""

    def cells(self) -> list[tuple[Any, str]]:
        """Inputs that are seen, each with the head of its column."""
        return [(self[name], str(head)) for name, head in self.heads.items()]

    @property
    def is_empty(self) -> bool:
        """Whether nothing was put into it."""
        return all(self.cleaned_data.get(name) in (None, "") for name in self.fields if name != "DELETE")

    def need(self, *names: str) -> None:
        """Complain about those of ``names`` that are empty in a row that is not."""
        for name in names:
            if name not in self.errors and self.cleaned_data.get(name) in (None, ""):
                self.add_error(name, _("Ghi ô này, hoặc xóa dòng."))

    def clean(self) -> dict[str, Any]:
        """A row that is taken out may say anything; the others what they need."""
        data = super().clean() or self.cleaned_data
        if not data.get("DELETE") and not self.is_empty:
            self.complain()
        return data

    def complain(self) -> None:
        """What a row asks for; overridden."""


class TieForm(RowForm):
    """One rule of the list that is asked where points are equal."""

    rule = forms.ChoiceField(
        required=False,
        choices=[("", gettext_lazy("Chọn")), *((one, VALUES["tie_break"][one]) for one in TIE_BREAKS),
                 ("section", VALUES["tie_break"]["section"]), ("other", VALUES["tie_break"]["other"])],
    )  # fmt: skip
    text = LineField(required=False, max_length=LONGEST)
    words = {
        "rule": gettext_lazy("Xét thứ %(number)s"),
        "text": gettext_lazy("Xét thứ %(number)s: mã phần, hoặc lời"),
    }
    heads = {"rule": gettext_lazy("Xét theo"), "text": gettext_lazy("Mã phần, hoặc lời")}
    gone = gettext_lazy("Xóa dòng xét thứ %(number)s")
    one = gettext_lazy("Xét thứ")

    @property
    def is_empty(self) -> bool:
        """Whether no rule was chosen."""
        return not self.cleaned_data.get("rule")

    def complain(self) -> None:
        """A part needs its code, a rule in words its words."""
        if self.cleaned_data.get("rule") in ("section", "other"):
            self.need("text")

    def part(self) -> Any:
        """As the charter keeps it."""
        rule, text = self.cleaned_data["rule"], self.cleaned_data["text"]
        return {"section": SECTION + text, "other": OTHER + text}.get(rule, rule)


class LateForm(RowForm):
    """From which day late on how many points are lost."""

    from_day = WholeField(required=False, min_value=1, max_value=365)
    points = NumberField(required=False)
    stored = LineField(required=False, max_length=LONGEST, widget=forms.HiddenInput)
    words = {
        "from_day": gettext_lazy("Mức %(number)s: trễ từ ngày thứ"),
        "points": gettext_lazy("Mức %(number)s: điểm trừ"),
        "stored": gettext_lazy("Mức %(number)s: lời đã ghi"),
    }
    heads = {"from_day": gettext_lazy("Trễ từ ngày thứ"), "points": gettext_lazy("Trừ điểm")}
    gone = gettext_lazy("Xóa mức %(number)s")
    one = gettext_lazy("Mức")

    def complain(self) -> None:
        """Both numbers, unless the step was stored as words."""
        if not self.cleaned_data.get("stored"):
            self.need("from_day", "points")

    def part(self) -> Any:
        """As the charter keeps it."""
        data = self.cleaned_data
        if data["from_day"] is None and data["points"] is None:
            return {"words": data["stored"]}
        return {"from_day": data["from_day"], "points": format(data["points"], "f")}


class BandForm(RowForm):
    """A grade."""

    label = LineField(required=False, max_length=LONGEST)
    at_least = NumberField(required=False)
    share = WholeField(required=False, min_value=0, max_value=100)
    words = {
        "label": gettext_lazy("Loại %(number)s: tên"),
        "at_least": gettext_lazy("Loại %(number)s: từ số điểm"),
        "share": gettext_lazy("Loại %(number)s: không quá phần trăm số đơn vị"),
    }
    heads = {
        "label": gettext_lazy("Loại"), "at_least": gettext_lazy("Từ số điểm"),
        "share": gettext_lazy("Không quá % đơn vị"),
    }  # fmt: skip
    gone = gettext_lazy("Xóa loại %(number)s")
    one = gettext_lazy("Loại")

    def complain(self) -> None:
        """A name and the points it begins at."""
        self.need("label", "at_least")

    def part(self) -> Any:
        """As the charter keeps it."""
        data = self.cleaned_data
        return {"label": data["label"], "at_least": format(data["at_least"], "f"), "share": data["share"]}


class QuotaForm(RowForm):
    """How many of an award."""

    award = LineField(required=False, max_length=LONGEST)
    number_of = WholeField(required=False, min_value=0, max_value=1000)
    share = WholeField(required=False, min_value=0, max_value=100)
    of = forms.ChoiceField(required=False, choices=list(VALUES["of"].items()))
    words = {
        "award": gettext_lazy("Chỉ tiêu %(number)s: danh hiệu, hình thức"),
        "number_of": gettext_lazy("Chỉ tiêu %(number)s: số lượng"),
        "share": gettext_lazy("Chỉ tiêu %(number)s: hoặc phần trăm"),
        "of": gettext_lazy("Chỉ tiêu %(number)s: phần trăm của"),
    }
    heads = {
        "award": gettext_lazy("Danh hiệu, hình thức"), "number_of": gettext_lazy("Số lượng"),
        "share": gettext_lazy("hoặc %"), "of": gettext_lazy("% của"),
    }  # fmt: skip
    gone = gettext_lazy("Xóa chỉ tiêu %(number)s")
    one = gettext_lazy("Chỉ tiêu")

    @property
    def is_empty(self) -> bool:
        """Whether nothing but the basis, which is never empty, was put into it."""
        return all(self.cleaned_data.get(name) in (None, "") for name in ("award", "number_of", "share"))

    def complain(self) -> None:
        """A name, and not both a number and a share."""
        self.need("award")
        if self.cleaned_data.get("number_of") is not None and self.cleaned_data.get("share") is not None:
            self.add_error("share", _("Ghi số lượng hoặc tỷ lệ, không ghi cả hai."))

    def part(self) -> Any:
        """As the charter keeps it."""
        data = self.cleaned_data
        return {
            "award": data["award"], "number": data["number_of"], "share": data["share"],
            "of": data["of"] or "members",
        }  # fmt: skip


class Rows(NumberedRows):
    """A list of the charter."""

    default_error_messages = {
        **NumberedRows.default_error_messages,
        "too_many_forms": gettext_lazy("Nhiều nhất 20 dòng."),
    }

    @property
    def heads(self) -> list[str]:
        """Heads of the columns."""
        return [str(head) for head in self.form.heads.values()]

    def parts(self) -> list[Any]:
        """Filled rows as the charter keeps them; after ``is_valid``."""
        return [form.part() for form in self.filled()]


def _rows_of(form: type[RowForm]) -> Any:
    return forms.formset_factory(
        form, formset=Rows, extra=1, can_delete=True, max_num=MOST_ROWS, validate_max=True
    )


KINDS = {
    "tie_break": _rows_of(TieForm), "lateness": _rows_of(LateForm), "bands": _rows_of(BandForm),
    "quotas": _rows_of(QuotaForm),
}  # fmt: skip


class CharterSheet:
    """All forms of the page as one: filled from rules or from what was posted; nothing typed is lost."""

    def __init__(self, rules: Rules, seen: str, data: Any = None) -> None:
        """``seen`` is the mark of the charter shown; ``data`` what was posted."""
        single = {key: getattr(rules, key) for key in SINGLE}
        self.head = HeadForm(data, initial=single | {"seen": seen})
        self.rows = {
            key: kind(data, prefix=key, initial=[_initial(key, part) for part in getattr(rules, key)])
            for key, kind in KINDS.items()
        }

    @property
    def all(self) -> list[Any]:
        """Every form and formset in the order of the page."""
        return [self.head, *self.rows.values()]

    def groups(self) -> list[tuple[Group, list[tuple[str, Any, bool]]]]:
        """Each group with (key, bound field or formset, whether it is a list)."""
        return [
            (
                group,
                [(key, self.rows[key], True) if key in LISTS else (key, self.head[key], False) for key in group.keys],
            )
            for group in GROUPS
        ]  # fmt: skip

    def rules(self) -> Rules | None:
        """What the forms say, or None when something is wrong; every sentence stands beside its input then."""
        answers = [form.is_valid() for form in self.all]
        if not all(answers):
            return None
        raw = {key: self.head.cleaned_data[key] for key in SINGLE}
        raw |= {key: rows.parts() for key, rows in self.rows.items()}
        rules, problems = charter.checked(raw)
        self.show(problems)
        return rules

    def show(self, problems: Sequence[Problem]) -> None:
        """Put each sentence beside its input; those of a list at its first row."""
        for problem in problems:
            if problem.field in LISTS:
                form = next(iter(self.rows[problem.field].forms), None)
                if form is not None:
                    form.add_error(next(iter(form.words)), problem.sentence or _("Giá trị không hợp lệ."))
                    continue
            known = problem.field in self.head.fields
            self.head.add_error(
                problem.field if known else None, problem.sentence or _("Giá trị không hợp lệ.")
            )

    def without_complaints(self) -> None:
        """Draw what was typed without its errors: a row or the example was asked for, nothing was to be saved."""
        for form in (self.head, *(form for rows in self.rows.values() for form in rows.forms)):
            form.is_valid()
            form._errors = ErrorDict()


def _initial(key: str, part: Any) -> dict[str, Any]:
    if key == "tie_break":
        for name, head in (("section", SECTION), ("other", OTHER)):
            if part.startswith(head):
                return {"rule": name, "text": part.removeprefix(head)}
        return {"rule": part}
    if key == "lateness":
        return {"stored": part.words} if part.words else {"from_day": part.from_day, "points": part.points}
    if key == "bands":
        return {"label": part.label, "at_least": part.at_least, "share": part.share}
    row: dict[str, Any] = plain(part)
    return {"award": row["award"], "number_of": row["number"], "share": row["share"], "of": row["of"]}


def one_row_more(data: Any, prefix: str) -> Any:
    """A copy of posted data with another empty row of ``prefix``; unchanged when there is no room for one."""
    more = data.copy()
    name = f"{prefix}-TOTAL_FORMS"
    count = data.get(name, "")
    if prefix in LISTS and count.isdecimal() and int(count) < MOST_ROWS:
        more[name] = str(int(count) + 1)
    return more
