"""The forms that send a movement to members, and that answer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from core.errors import Problem
from core.formfields import DayField, LineField
from movements.domain.notices import LONGEST, Answer, mark_of
from movements.forms.widgets import line

_SOME = {"required": _("Chọn ít nhất một đơn vị."), "invalid_choice": _("Chọn đơn vị trong danh sách.")}


class SendForm(forms.Form):
    """To whom, and by when they are to answer."""

    use_required_attribute = False

    agencies = forms.TypedMultipleChoiceField(
        label=_("Gửi tới"), coerce=int, widget=forms.CheckboxSelectMultiple, error_messages=_SOME
    )
    answer_by = DayField(label=_("Hạn trả lời"), required=False)

    def __init__(self, data: Any, agencies: Sequence[tuple[int, str]], initial: dict[str, Any]) -> None:
        """Offer the members that have not been told yet."""
        super().__init__(data, initial=initial)
        self.fields["agencies"].choices = agencies  # type: ignore[attr-defined]

    def show(self, problems: list[Problem]) -> None:
        """Put each sentence beside its field."""
        for problem in problems:
            self.add_error(problem.field if problem.field in self.fields else None, problem.sentence)


class AnswerForm(forms.Form):
    """Joins under words and with a plan of its own, or declines with a reason; ``mark`` is what the person saw."""

    use_required_attribute = False

    joins = forms.ChoiceField(
        label=_("Trả lời"), choices=[("1", _("Hưởng ứng")), ("0", _("Không tham gia"))], widget=forms.RadioSelect,
        error_messages={"required": _("Chọn một câu trả lời."), "invalid_choice": _("Chọn một câu trả lời.")},
    )  # fmt: skip
    local_title = line(
        LONGEST["local_title"], label=_("Tên gọi tại đơn vị"),
        help_text=_("Ghi khi đơn vị gọi phong trào bằng tên riêng; để trống nếu dùng đúng tên."),
    )  # fmt: skip
    plan_number = line(LONGEST["plan_number"], label=_("Số kế hoạch"))
    plan_date = DayField(label=_("Ngày kế hoạch"), required=False)
    note = line(LONGEST["note"], label=_("Ghi chú"))
    reason = line(LONGEST["reason"], label=_("Lý do không tham gia"))
    mark = LineField(widget=forms.HiddenInput, required=False)

    def __init__(self, data: Any, standing: Answer | None, *, may_decline: bool) -> None:
        """Fill from the answer that stands; whoever was not told can only join."""
        super().__init__(data, initial=_initial(standing))
        if not may_decline:
            self.fields["joins"].choices = [("1", _("Hưởng ứng"))]  # type: ignore[attr-defined]

    def given(self) -> Answer:
        """What the cleaned form says; words of the other answer are left out."""
        words = self.cleaned_data
        if words["joins"] == "0":
            return Answer(False, reason=words["reason"])
        return Answer(True, words["local_title"], words["plan_number"], words["plan_date"], words["note"])

    def show(self, problems: list[Problem]) -> None:
        """Put each sentence beside its field."""
        for problem in problems:
            self.add_error(problem.field if problem.field in self.fields else None, problem.sentence)


def _initial(standing: Answer | None) -> dict[str, Any]:
    if standing is None:
        return {"joins": "1", "mark": ""}
    return {
        "joins": "1" if standing.joins else "0", "local_title": standing.local_title,
        "plan_number": standing.plan_number, "plan_date": standing.plan_date, "note": standing.note,
        "reason": standing.reason, "mark": mark_of(standing),
    }  # fmt: skip
