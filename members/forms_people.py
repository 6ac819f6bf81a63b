"""Forms about people: inviting, changing, ending, deputising; and the open forms of a link."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from core import submit
from core.errors import Problem
from core.formfields import DayField, LineField
from core.people import full_name
from members.domain.people import Given, mark_of
from members.domain.standins import StandIn, candidates
from members.enums import Function
from members.models import Person
from members.models.person import COUNCIL_FUNCTIONS
from members.queries_people import agencies_to_choose
from members.scope import Scope

_PICK = {"required": _("Chọn một mục."), "invalid_choice": _("Chọn một mục trong danh sách.")}
_DAY = timedelta(days=1)


class Told(forms.Form):
    """A form that shows problems of the domain beside their fields."""

    use_required_attribute = False

    def show(self, problems: list[Problem]) -> None:
        """Each sentence beside its field; those of no field on top."""
        for problem in problems:
            self.add_error(problem.field if problem.field in self.fields else None, problem.sentence)


def last_day(ends_on: date | None) -> date | None:
    """The last day of half-open days, as people write it."""
    return ends_on - _DAY if ends_on else None


def first_day_without(last: date | None) -> date | None:
    """The end of half-open days, from the last day."""
    return last + _DAY if last else None


class FunctionForm(Told):
    """A function at an agency with its days."""

    agency = forms.TypedChoiceField(label=_("Đơn vị"), coerce=int, error_messages=_PICK)
    function = forms.ChoiceField(label=_("Chức năng"), error_messages=_PICK)
    post = LineField(
        label=_("Chức vụ"), max_length=150, required=False, help_text=_("Ví dụ: Phó Trưởng phòng Tổ chức")
    )
    starts_on = DayField(label=_("Từ ngày"), error_messages={"required": _("Ghi ngày bắt đầu.")})
    ends_on = DayField(
        label=_("Đến hết ngày"), required=False, help_text=_("Để trống khi chưa biết ngày thôi")
    )

    def __init__(self, data: Any, *, scope: Scope, initial: dict[str, Any] | None = None) -> None:
        """Offer what the person of the scope may give."""
        super().__init__(
            data, initial={"starts_on": scope.today, "function": Function.CLERK, **(initial or {})}
        )
        agencies = agencies_to_choose(scope)
        picked: Any = self.fields["agency"]
        picked.choices = agencies if len(agencies) == 1 else [("", "–"), *agencies]
        functions: Any = self.fields["function"]
        functions.choices = [
            choice
            for choice in Function.choices
            if scope.user.is_superuser or choice[0] not in COUNCIL_FUNCTIONS
        ]
        self.submit_key = submit.clean_key((data or {}).get(submit.FIELD, ""))

    def given(self) -> Given:
        """What the cleaned form says."""
        data = self.cleaned_data
        return Given(
            data["agency"],
            data["function"],
            data["post"],
            data["starts_on"],
            first_day_without(data["ends_on"]),
        )


class InvitationForm(FunctionForm):
    """For whom the link is meant, and what it gives."""

    name = LineField(
        label=_("Gửi cho"), max_length=150, error_messages={"required": _("Ghi lời mời này gửi cho ai.")},
        help_text=_("Họ tên người nhận, chỉ để bạn nhớ; hệ thống xóa đi khi lời mời được nhận hoặc hết hạn"),
    )  # fmt: skip
    field_order = ("name", "agency", "function", "post", "starts_on", "ends_on")


class PersonChangeForm(Told):
    """The post and the last day; ``mark`` is the state the form was shown for."""

    post = LineField(label=_("Chức vụ"), max_length=150, required=False)
    ends_on = DayField(
        label=_("Đến hết ngày"), required=False, help_text=_("Kéo dài, hoặc để trống khi chưa biết ngày thôi")
    )
    mark = forms.CharField(required=False, max_length=40, widget=forms.HiddenInput)

    def __init__(self, data: Any, person: Person) -> None:
        """Show what stands."""
        shown = {"post": person.post, "ends_on": last_day(person.ends_on), "mark": mark_of(person)}
        super().__init__(data, initial=shown)


class EndForm(Told):
    """From which day, why, and sure of it."""

    on = DayField(label=_("Thôi từ ngày"), error_messages={"required": _("Ghi ngày thôi chức năng.")})
    reason = LineField(label=_("Lý do"), max_length=300, error_messages={"required": _("Ghi lý do.")})
    sure = forms.BooleanField(label=_("Tôi đã đọc và vẫn cho thôi"), required=False)

    def __init__(self, data: Any, *, today: date) -> None:
        """Today, unless another day is given."""
        super().__init__(data, initial={"on": today})


class StandInForm(Told):
    """Who stands in, in which post, from when to when, on which paper."""

    stand_in = forms.TypedChoiceField(label=_("Người làm thay"), coerce=int, error_messages=_PICK)
    post = LineField(
        label=_("Chức vụ của người làm thay"), max_length=150, required=False,
        help_text=_("Để trống: giữ chức vụ đã ghi của người đó"),
    )  # fmt: skip
    starts_on = DayField(label=_("Từ ngày"), error_messages={"required": _("Ghi ngày bắt đầu.")})
    ends_on = DayField(label=_("Đến hết ngày"), error_messages={"required": _("Ghi ngày cuối cùng.")})
    paper = LineField(
        label=_("Theo văn bản"), max_length=200, help_text=_("Ví dụ: Giấy ủy quyền số 12/GUQ-CTK ngày 03/08/2021"),
        error_messages={"required": _("Ghi số, ngày văn bản cử người làm thay.")},
    )  # fmt: skip

    def __init__(self, data: Any, *, principal: Person, scope: Scope) -> None:
        """Offer the other people of the agency, each account once; never who asks."""
        today = scope.today
        super().__init__(data, initial={"starts_on": today})
        found: dict[int, tuple[int, str]] = {}
        for person in candidates(principal, today).exclude(user=scope.user_key()):
            words = full_name(person.user)
            found.setdefault(person.user_id, (person.pk, f"{words}, {person.post}" if person.post else words))
        picked: Any = self.fields["stand_in"]
        picked.choices = [("", "–"), *found.values()]
        self.empty = not found

    def given(self) -> StandIn:
        """What the cleaned form says."""
        data = self.cleaned_data
        return StandIn(
            data["stand_in"], data["post"], data["starts_on"], data["ends_on"] + _DAY, data["paper"]
        )


class ReasonForm(Told):
    """Why an officer looks as somebody else."""

    reason = LineField(
        label=_("Lý do xem"), max_length=300, error_messages={"required": _("Ghi lý do xem.")},
        help_text=_("Ghi vào nhật ký của cụm"),
    )  # fmt: skip


# -- links ----------------------------------------------------------------------------------------
def _password(label: Any) -> forms.CharField:
    return forms.CharField(
        label=label, strip=False, widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        error_messages={"required": _("Điền mật khẩu.")},
    )  # fmt: skip


class PasswordForm(Told):
    """A new password, twice."""

    password = _password(_("Mật khẩu mới"))
    again = _password(_("Nhập lại mật khẩu mới"))

    def clean(self) -> dict[str, Any]:
        """Both alike."""
        data = super().clean() or self.cleaned_data
        if {"password", "again"} <= set(data) and data["password"] != data["again"]:
            self.add_error("again", _("Hai lần nhập mật khẩu không giống nhau."))
        return data


class NewcomerForm(PasswordForm):
    """An account for somebody who has none."""

    name = LineField(
        label=_("Họ và tên"), max_length=150, error_messages={"required": _("Ghi họ và tên.")},
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )  # fmt: skip
    username = LineField(
        label=_("Tên đăng nhập"), max_length=150, error_messages={"required": _("Chọn tên đăng nhập.")},
        help_text=_("3–30 ký tự: chữ thường không dấu, chữ số, dấu chấm, gạch ngang"),
        widget=forms.TextInput(
            attrs={"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"}
        ),
    )  # fmt: skip
    field_order = ("name", "username", "password", "again")
