"""Forms of the roles and of the rotation planner."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core import files
from core.formfields import DayField, LineField
from members.domain.offices import Acting, Paper, Record
from members.enums import Basis, Role

Choices = Iterable[tuple[Any, str]]


class PaperForm(forms.Form):
    """The paper a term rests on; ``staged`` keeps a file that was chosen before an error."""

    decision_number = LineField(
        label=gettext_lazy("Số quyết định, biên bản"), max_length=60, required=False,
    )  # fmt: skip
    decision_date = DayField(label=gettext_lazy("Ngày quyết định, biên bản"), required=False)
    decision_file = forms.FileField(
        label=gettext_lazy("Tệp quyết định, biên bản"),
        required=False,
        allow_empty_file=True,
        widget=forms.FileInput(attrs={"accept": files.ACCEPT}),
        help_text=gettext_lazy("PDF, DOCX, XLSX, JPG hoặc PNG"),
    )
    note = LineField(label=gettext_lazy("Ghi chú"), max_length=300, required=False)

    def paper(self, file: Any = None) -> Paper:
        """The paper that the form describes."""
        data = self.cleaned_data
        return Paper(data["decision_number"], data["decision_date"], file)


class RecordForm(PaperForm):
    """A term of the past; the days are half-open as everywhere in the terms."""

    agency = forms.TypedChoiceField(label=gettext_lazy("Đơn vị"), coerce=int)
    seat = forms.ChoiceField(label=gettext_lazy("Vai trò"))
    starts_on = DayField(label=gettext_lazy("Từ ngày"))
    ends_on = DayField(
        label=gettext_lazy("Đến trước ngày"),
        required=False,
        help_text=gettext_lazy("Ngày đơn vị sau bắt đầu; để trống nếu nhiệm kỳ còn đang chạy"),
    )
    basis = forms.ChoiceField(label=gettext_lazy("Căn cứ"), choices=Basis.choices, initial=Basis.ELECTED)
    field_order = [
        "agency", "seat", "starts_on", "ends_on", "basis", "decision_number", "decision_date", "decision_file", "note",
    ]  # fmt: skip

    def __init__(self, *args: Any, agencies: Choices, **kwargs: Any) -> None:
        """Offer the agencies that ever were members of the cluster."""
        super().__init__(*args, **kwargs)
        self.fields["agency"].choices = [("", _("Chọn đơn vị")), *agencies]  # type: ignore[attr-defined]
        self.fields["seat"].choices = [  # type: ignore[attr-defined]
            ("chair1", Role.CHAIR.label),
            ("deputy1", Role.DEPUTY.label),
            ("deputy2", _("%(role)s thứ %(order)s") % {"role": Role.DEPUTY.label, "order": 2}),
        ]

    def record(self, file: Any = None) -> Record:
        """The term that the form describes."""
        data = self.cleaned_data
        return Record(
            data["agency"], data["seat"][:-1], int(data["seat"][-1]), data["starts_on"], data["ends_on"],
            data["basis"], self.paper(file), data["note"],
        )  # fmt: skip


class ActingForm(PaperForm):
    """A deputy takes the chair for the time being."""

    agency = forms.TypedChoiceField(label=gettext_lazy("Cụm phó tạm quyền Cụm trưởng"), coerce=int)
    starts_on = DayField(label=gettext_lazy("Tạm quyền từ ngày"))
    field_order = ["agency", "starts_on", "decision_number", "decision_date", "decision_file", "note"]

    def __init__(self, *args: Any, agencies: Choices, **kwargs: Any) -> None:
        """Offer the deputies."""
        super().__init__(*args, **kwargs)
        self.fields["agency"].choices = list(agencies)  # type: ignore[attr-defined]
        for name in ("decision_number", "decision_date"):
            self.fields[name].required = True
        self.fields["decision_number"].label = _("Số văn bản giao")
        self.fields["decision_date"].label = _("Ngày của văn bản giao")
        self.fields["decision_file"].label = _("Tệp văn bản giao")

    def order(self, file: Any = None) -> Acting:
        """What the form asks for."""
        data = self.cleaned_data
        return Acting(data["agency"], data["starts_on"], self.paper(file), data["note"])


class SkipForm(forms.Form):
    """An agency to be passed over in a coming year, and why."""

    agency = forms.TypedChoiceField(label=gettext_lazy("Đơn vị"), coerce=int)
    label = forms.ChoiceField(label=gettext_lazy("Năm"))
    reason = LineField(label=gettext_lazy("Lý do bỏ qua"), max_length=300)

    def __init__(self, *args: Any, agencies: Choices, labels: Iterable[str], **kwargs: Any) -> None:
        """Offer the members and the coming years."""
        super().__init__(*args, **kwargs)
        self.fields["agency"].choices = [("", _("Chọn đơn vị")), *agencies]  # type: ignore[attr-defined]
        self.fields["label"].choices = [(one, one) for one in labels]  # type: ignore[attr-defined]
