"""The form of the compact: its head and its contents, one row each."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from core import submit
from core.dates import format_date
from core.errors import Problem
from core.formfields import DayField, TextField
from members.models import ClusterYear
from movements.domain.pledges import MAX_CLAUSES, PledgeDraft
from movements.forms.rows import OrderedRow, growing, rows_of
from movements.forms.widgets import line, text
from movements.models import Pledge

PREFIX = "noi-dung"
FIRST_ROWS = 5


class PledgeForm(forms.Form):
    """Title, opening words, where and when it is signed; ``version`` is the one the person saw, 0 for none."""

    use_required_attribute = False

    title = line(
        300, label=_("Tên giao ước"), required=True, error_messages={"required": _("Ghi tên giao ước.")}
    )
    place = line(200, label=_("Nơi ký kết"), help_text=_("Ví dụ: hội trường của đơn vị Cụm trưởng."))
    signing_on = DayField(label=_("Ngày ký kết"), required=False)
    preamble = text(
        4000, 3, label=_("Lời mở đầu"),
        help_text=_("Để trống thì bản in dùng câu mở đầu thường dùng, kể tên các đơn vị thành viên."),
    )  # fmt: skip
    version = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=0)


class ClauseForm(OrderedRow):
    """One content of the compact."""

    filling = ("text",)
    text = TextField(label="", required=False, widget=growing())
    words = {"order": _("Nội dung %(number)s: thứ tự"), "text": _("Nội dung %(number)s")}
    gone = _("Xóa nội dung %(number)s")


ClauseRows = rows_of(ClauseForm, MAX_CLAUSES)


class PledgeSheet:
    """Head and contents as one: filled from what is given or from what was posted."""

    def __init__(self, head: dict[str, Any], clauses: Sequence[str], data: Any = None) -> None:
        """``data`` is the posted data; nothing typed in it is lost, whatever is wrong."""
        self.head = PledgeForm(data, initial=head, label_suffix="")
        rows = [{"order": place, "text": words} for place, words in enumerate(clauses, 1)]
        self.rows = ClauseRows(data, prefix=PREFIX, initial=rows or [{} for _row in range(FIRST_ROWS)])
        self.submit_key = submit.clean_key((data or {}).get(submit.FIELD, ""))

    @property
    def all(self) -> list[Any]:
        """Both forms in the order of the page."""
        return [self.head, self.rows]

    def is_valid(self) -> bool:
        """Both, each asked, so that all errors show at once."""
        answers = [form.is_valid() for form in self.all]
        return all(answers)

    def draft(self) -> PledgeDraft:
        """What the valid forms say."""
        given = self.head.cleaned_data
        return PledgeDraft(
            title=given["title"], preamble=given["preamble"], place=given["place"], signing_on=given["signing_on"],
            clauses=tuple(row.cleaned_data["text"] for row in self.rows.kept()),
        )  # fmt: skip

    def show(self, problems: Sequence[Problem]) -> None:
        """Put each sentence beside its field; those of no field stand on top."""
        for problem in problems:
            name, _colon, place = problem.field.partition(":")
            if name == "clauses":
                self.rows.kept()[int(place)].add_error("text", problem.sentence)
            else:
                self.head.add_error(name if name in self.head.fields else None, problem.sentence)


def head_of(pledge: Pledge) -> dict[str, Any]:
    """A recorded compact as the form shows it."""
    return {name: getattr(pledge, name) for name in ("title", "place", "signing_on", "preamble", "version")}


def fresh_head(year: ClusterYear) -> dict[str, Any]:
    """What a new compact begins with."""
    return {"title": title_for(year.label), "version": 0}


def title_for(label: str) -> str:
    """The usual title of a year's compact; a paper's words, so in Vietnamese everywhere."""
    return f"Giao ước thi đua năm {label}"


def head_from_before(before: Pledge, year: ClusterYear) -> dict[str, Any]:
    """Last year's words for this year: the label in them follows, days do not."""
    old, new = before.year.label, year.label
    words = {name: getattr(before, name).replace(old, new) for name in ("title", "preamble")}
    return {**words, "place": before.place, "version": 0}


def differing(mine: PledgeDraft, theirs: Pledge, clauses: Sequence[str]) -> list[dict[str, str]]:
    """``{field, mine, theirs}`` for everything that two people left with different words."""
    labels = PledgeForm.base_fields
    found = [
        {
            "field": str(labels[name].label),
            "mine": _words(getattr(mine, name)),
            "theirs": _words(getattr(theirs, name)),
        }
        for name in ("title", "place", "signing_on", "preamble")
    ]
    for place in range(max(len(mine.clauses), len(clauses))):
        pair = [rows[place] if place < len(rows) else "" for rows in (mine.clauses, clauses)]
        field = gettext("Nội dung %(number)s") % {"number": place + 1}
        found.append({"field": field, "mine": pair[0], "theirs": pair[1]})
    return [row for row in found if row["mine"] != row["theirs"]]


def _words(value: Any) -> str:
    return format_date(value) if hasattr(value, "year") else str(value or "")


class StepForm(forms.Form):
    """A button with what it needs: the version that was seen, and a reason where one is asked for."""

    reason = text(1000, 2, label=_("Lý do"))
    version = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=0)
