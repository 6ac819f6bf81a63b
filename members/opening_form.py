"""The forms of the wizard that opens a year: what to take over and when, who leads."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from core.errors import Problem
from core.formfields import DayField, LineField
from members import carry
from members.domain.handover import HandOver
from members.domain.years import Opening
from members.enums import Basis
from members.models import ClusterYear

SHIFTS = (
    (carry.YEAR, _("Cùng ngày, một năm sau")),
    (carry.START, _("Giữ khoảng cách với ngày đầu năm")),
    (carry.NONE, _("Để trống, ghi sau")),
)


class Shown(forms.Form):
    """A form whose problems stand beside their fields."""

    def show(self, problems: Sequence[Problem]) -> None:
        """Put each sentence beside its field, or above the form."""
        for problem in problems:
            self.add_error(problem.field if problem.field in self.fields else None, problem.sentence)


class OpeningForm(Shown):
    """The name and days of the coming year, and what it takes over."""

    label = LineField(
        label=_("Tên năm"), max_length=9, widget=forms.TextInput(attrs={"inputmode": "numeric"}),
        help_text=_("Dạng 2021 hoặc 2021-2022."), error_messages={"required": _("Ghi tên năm.")},
    )  # fmt: skip
    starts_on = DayField(label=_("Từ ngày"), error_messages={"required": _("Ghi ngày bắt đầu.")})
    ends_on = DayField(label=_("Đến hết ngày"), error_messages={"required": _("Ghi ngày kết thúc.")})
    parts = forms.MultipleChoiceField(
        label=_("Chép từ năm trước"), required=False, widget=forms.CheckboxSelectMultiple
    )
    shift = forms.ChoiceField(
        label=_("Dời các ngày dự kiến"), choices=SHIFTS, initial=carry.YEAR, widget=forms.RadioSelect
    )

    def __init__(self, *args: Any, year: ClusterYear, **kwargs: Any) -> None:
        """Offer the parts."""
        super().__init__(*args, **kwargs)
        self.year = year
        self.fields["parts"].choices = [(part.name, part.label) for part in carry.parts()]  # type: ignore[attr-defined]

    def offered(self) -> list[tuple[carry.Part, int]]:
        """The parts with how much there is of each; a query or two for each."""
        return [(part, part.count(self.year)) for part in carry.parts()]

    @property
    def ticked(self) -> list[str]:
        """Names of the parts that are ticked as the form stands."""
        return [str(name) for name in self["parts"].value() or ()]

    def opening(self) -> Opening:
        """What the valid form says."""
        data = self.cleaned_data
        return Opening(
            data["label"], data["starts_on"], data["ends_on"], frozenset(data["parts"]), data["shift"]
        )


class LeadForm(Shown):
    """Who leads the coming year from which day, and on what paper; only filled by the officer."""

    write = forms.BooleanField(label=_("Ghi nhiệm kỳ cùng lúc mở năm"), required=False)
    starts_on = DayField(label=_("Nhiệm kỳ bắt đầu từ ngày"), required=False)
    basis = forms.ChoiceField(label=_("Căn cứ"), choices=Basis.choices, initial=Basis.ELECTED, required=False)
    decision_number = LineField(
        label=_("Số quyết định, biên bản"), max_length=60, required=False,
        help_text=_("Bắt buộc khi được chỉ định bằng quyết định."),
    )  # fmt: skip
    decision_date = DayField(label=_("Ngày quyết định, biên bản"), required=False)
    seen = forms.CharField(required=False, max_length=16, widget=forms.HiddenInput)

    def __init__(self, *args: Any, members: Sequence[tuple[int, str]], seats: int, **kwargs: Any) -> None:
        """Offer the members; as many deputies as the charter has, and those that are proposed."""
        super().__init__(*args, **kwargs)
        self.fields["chair"] = _agency(_("Cụm trưởng"), members)
        self.seats = [f"deputies_{number}" for number in range(1, seats + 1)]
        for number, name in enumerate(self.seats, 1):
            self.fields[name] = _agency(_("Cụm phó") if number == 1 else _("Cụm phó thứ hai"), members)

    def clean(self) -> dict[str, Any]:
        """Whoever writes terms names a chair and a day."""
        data = super().clean() or self.cleaned_data
        if data.get("write"):
            if data.get("chair") is None and "chair" not in self.errors:
                self.add_error("chair", _("Chọn Cụm trưởng, hoặc bỏ chọn ghi nhiệm kỳ."))
            if data.get("starts_on") is None and "starts_on" not in self.errors:
                self.add_error("starts_on", _("Ghi ngày bắt đầu nhiệm kỳ."))
        return data

    def order(self) -> HandOver | None:
        """What the valid form says; None where no terms are to be written."""
        data = self.cleaned_data
        if not data["write"]:
            return None
        return HandOver(
            data["chair"], tuple(data[name] for name in self.seats if data[name] is not None), data["starts_on"],
            basis=data["basis"] or Basis.ELECTED, decision_number=data["decision_number"],
            decision_date=data["decision_date"], seen=data["seen"],
        )  # fmt: skip

    def show(self, problems: Sequence[Problem]) -> None:
        """Sentences about deputies stand at the first of them."""
        places = {"deputies": self.seats[0] if self.seats else ""}
        super().show(
            [
                Problem(one.sentence, places.get(one.field, one.field), one.link) for one in problems
            ]
        )  # fmt: skip


def _agency(label: Any, members: Sequence[tuple[int, str]]) -> forms.TypedChoiceField:
    return forms.TypedChoiceField(
        label=label, required=False, choices=[("", _("Chưa có")), *members], coerce=int, empty_value=None,
        error_messages={"invalid_choice": _("Chọn một đơn vị trong danh sách.")},
    )  # fmt: skip
