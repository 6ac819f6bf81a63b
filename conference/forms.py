"""The form that records the final conference: head, members present, guests, what happened, who was elected."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Column, Layout, Row
from django import forms
from django.forms.utils import ErrorDict
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from conference.domain.record import Attendee, Draft, Step
from conference.enums import MomentKind
from conference.queries import AgencyChoice, FinalConference
from conference.words import proposed_title
from core.errors import Problem
from core.formfields import DayField, LineField, TextField
from core.formrows import NumberedRow, NumberedRows
from members.domain.rotation import next_label
from members.enums import Role
from members.models import ClusterYear
from members.queries import MemberRow

MOST_ROWS = 60
NO_NAMES = _("Ghi chức vụ, không ghi tên người.")
TOO_MANY = _("Nhiều nhất 60 dòng.")
_UNKNOWN = {"invalid_choice": _("Chọn một đơn vị trong danh sách.")}


def agency_field(label: Any, choices: Sequence[tuple[Any, Any]], empty: Any = "") -> forms.TypedChoiceField:
    """A free choice of an agency; gives its id or None."""
    return forms.TypedChoiceField(
        label=label, required=False, choices=[("", empty), *choices], coerce=int, empty_value=None,
        error_messages=_UNKNOWN,
    )  # fmt: skip


def _helper(form: forms.Form, *parts: Any) -> FormHelper:
    helper = FormHelper(form)
    helper.form_tag = False
    helper.disable_csrf = True
    helper.layout = Layout(*parts)
    return helper


def _growing() -> forms.Textarea:
    """One line that grows with what is typed."""
    return forms.Textarea(attrs={"rows": 1, "class": "auto"})


class HeadForm(forms.Form):
    """When, where, under whom."""

    title = LineField(
        label=_("Tên hội nghị"), max_length=300, widget=_growing(),
        error_messages={"required": _("Ghi tên hội nghị.")},
    )  # fmt: skip
    held_on = DayField(label=_("Ngày họp"), error_messages={"required": _("Ghi ngày họp, ví dụ 05/01/2021.")})
    place = LineField(
        label=_("Nơi họp"), max_length=300, widget=_growing(), error_messages={"required": _("Ghi nơi họp.")},
        help_text=_("Ví dụ: trụ sở của đơn vị Cụm trưởng, hoặc “Họp trực tuyến”."),
    )  # fmt: skip
    note = TextField(label=_("Ghi chú"), required=False, max_length=2000, rows=2, help_text=NO_NAMES)
    base = forms.IntegerField(widget=forms.HiddenInput, min_value=0)

    def __init__(self, *args: Any, agencies: Sequence[tuple[int, str]], **kwargs: Any) -> None:
        """Offer the agencies that may preside."""
        super().__init__(*args, **kwargs)
        self.fields["host"] = agency_field(_("Đơn vị chủ trì"), agencies, _("Chưa rõ"))
        self.helper = _helper(
            self, "title",
            Row(
                Column("held_on", css_class="col-md-3"), Column("place", css_class="col-md-5"),
                Column("host", css_class="col-md-4"),
            ),
            "note", "base",
        )  # fmt: skip


class PresenceForm(forms.Form):
    """A member of the year: there or not, and by whom."""

    present = forms.BooleanField(required=False)
    office = LineField(required=False, max_length=300)

    def __init__(self, *args: Any, member: MemberRow, **kwargs: Any) -> None:
        """Remember whose line this is."""
        super().__init__(*args, **{**kwargs, "prefix": str(member.agency_id)})
        self.member = member
        self.fields["present"].label = gettext("%(name)s dự hội nghị") % {"name": member.name}
        self.fields["office"].label = gettext("%(name)s: thành phần dự") % {"name": member.short_name}


class RowForm(NumberedRow):
    """A row that may be left empty, put elsewhere or taken out."""

    order = forms.IntegerField(
        required=False, min_value=1, max_value=999,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
        error_messages={"invalid": _("Ghi số nguyên, ví dụ 1.")},
    )  # fmt: skip

    def __init__(self, *args: Any, agencies: Sequence[tuple[int, str]], **kwargs: Any) -> None:
        """Offer the agencies."""
        super().__init__(*args, **kwargs)
        self.fields["agency"] = agency_field("", agencies, _("Không ghi đơn vị"))

    @property
    def is_empty(self) -> bool:
        """Whether nothing was put into it but, at most, its place."""
        return not any(self.cleaned_data.get(name) for name in self.words if name != "order")


class GuestForm(RowForm):
    """A guest by office."""

    office = LineField(required=False, max_length=300, widget=_growing())
    words = {
        "order": _("Đại biểu %(number)s: thứ tự"),
        "office": _("Đại biểu %(number)s: chức vụ, thành phần"),
        "agency": _("Đại biểu %(number)s: đơn vị"),
    }
    gone = _("Xóa đại biểu %(number)s")


class MomentForm(RowForm):
    """One thing that happened."""

    kind = forms.ChoiceField(required=False, choices=[("", _("Chọn nội dung")), *MomentKind.choices])
    office = LineField(required=False, max_length=300, widget=_growing())
    note = LineField(required=False, max_length=500, widget=_growing())
    words = {
        "order": _("Diễn biến %(number)s: thứ tự"),
        "kind": _("Diễn biến %(number)s: nội dung"),
        "office": _("Diễn biến %(number)s: chức vụ người thực hiện"),
        "agency": _("Diễn biến %(number)s: đơn vị"),
        "note": _("Diễn biến %(number)s: diễn giải"),
    }
    gone = _("Xóa diễn biến %(number)s")


class Rows(NumberedRows):
    """Guests, or what happened."""

    default_error_messages = {**NumberedRows.default_error_messages, "too_many_forms": TOO_MANY}

    def kept(self) -> list[Any]:
        """Filled rows in the order that was asked for, rows without a place last; after ``is_valid``."""
        return sorted(self.filled(), key=lambda form: form.cleaned_data.get("order") or 1000)


def _rows_of(form: type[RowForm]) -> Any:
    return forms.formset_factory(
        form, formset=Rows, extra=1, can_delete=True, max_num=MOST_ROWS, validate_max=True
    )


GuestRows = _rows_of(GuestForm)
MomentRows = _rows_of(MomentForm)


class ElectionForm(forms.Form):
    """Who leads the coming year."""

    for_label = LineField(
        label=_("Cho năm"),
        required=False,
        max_length=9,
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
    )

    def __init__(self, *args: Any, members: Sequence[tuple[int, str]], seats: int, **kwargs: Any) -> None:
        """Offer the members, with as many deputies as are recorded, two at least."""
        super().__init__(*args, **kwargs)
        self.fields["chair"] = agency_field(_("Cụm trưởng được bầu"), members, _("Chưa bầu"))
        self.deputies = [f"deputy_{number}" for number in range(seats)]
        for number, name in enumerate(self.deputies, 1):
            label = (
                gettext("Cụm phó được bầu")
                if number == 1
                else gettext("Cụm phó thứ %(n)s (nếu có)") % {"n": number}
            )
            self.fields[name] = agency_field(label, members, _("Chưa bầu") if number == 1 else _("Không có"))
        wide = [Column(name, css_class="col-md") for name in ("chair", *self.deputies)]
        self.helper = _helper(self, Row(Column("for_label", css_class="col-md-2"), *wide))

    def chosen(self) -> list[str]:
        """Names of the deputy fields that are filled, in order."""
        return [name for name in self.deputies if self.cleaned_data[name] is not None]


class ConferenceSheet:
    """All forms of the page as one: filled from what is stored or from what was posted."""

    def __init__(
        self,
        year: ClusterYear,
        members: Sequence[MemberRow],
        agencies: Sequence[AgencyChoice],
        stored: FinalConference | None,
        data: Any = None,
    ) -> None:
        """``data`` is the posted data; nothing typed in it is lost, whatever is wrong."""
        everybody = [(one.agency_id, one.name) for one in agencies]
        chair = next((one.agency_id for one in members if one.role == Role.CHAIR), None)
        seats = max(2, len(stored.deputies) if stored else 0)
        self.head = HeadForm(data, agencies=everybody, initial=_head_initial(year, stored, chair))
        self.presences = [
            PresenceForm(data, member=member, initial=_presence_initial(member, stored)) for member in members
        ]
        rows: dict[str, Any] = {"form_kwargs": {"agencies": everybody}}
        self.guests = GuestRows(data, prefix="guests", initial=_guests_initial(stored), **rows)
        self.moments = MomentRows(data, prefix="moments", initial=_moments_initial(stored), **rows)
        self.election = ElectionForm(
            data, members=[(one.agency_id, one.name) for one in members], seats=seats,
            initial=_election_initial(year, stored),
        )  # fmt: skip

    @property
    def all(self) -> list[Any]:
        """Every form and formset in the order of the page."""
        return [self.head, *self.presences, self.guests, self.moments, self.election]

    def is_valid(self) -> bool:
        """Whether every field could be read; asks all, so that all errors show at once."""
        answers = [form.is_valid() for form in self.all]
        return all(answers)

    def draft(self) -> Draft:
        """What the valid forms say."""
        head, election = self.head.cleaned_data, self.election.cleaned_data
        deputies = tuple(election[name] for name in self.election.chosen())
        elected = bool(election["chair"] or deputies)
        return Draft(
            title=head["title"], held_on=head["held_on"], place=head["place"], host_id=head["host"],
            note=head["note"], base=head["base"],
            members=tuple(
                Attendee(form.cleaned_data["office"], form.member.agency_id)
                for form in self.presences if form.cleaned_data["present"]
            ),
            guests=tuple(
                Attendee(row.cleaned_data["office"], row.cleaned_data["agency"]) for row in self.guests.kept()
            ),
            moments=tuple(
                Step(*(row.cleaned_data[name] for name in ("kind", "office", "agency", "note")))
                for row in self.moments.kept()
            ),
            for_label=election["for_label"] if elected else "", chair_id=election["chair"], deputy_ids=deputies,
        )  # fmt: skip

    def show(self, problems: Sequence[Problem]) -> None:
        """Put each sentence beside its field; those of no field stand on top."""
        places = self._places()
        for problem in problems:
            form, name = places.get(problem.field, (self.head, None))
            form.add_error(name, problem.sentence)

    def _places(self) -> dict[str, tuple[Any, str]]:
        places: dict[str, tuple[Any, str]] = {name: (self.head, name) for name in self.head.fields}
        places |= {name: (self.election, name) for name in self.election.fields}
        places |= {f"deputy-{n}": (self.election, name) for n, name in enumerate(self.election.chosen())}
        places |= {f"{form.prefix}-office": (form, "office") for form in self.presences}
        for rows in (self.guests, self.moments):
            for number, row in enumerate(rows.kept()):
                places |= {f"{rows.prefix}-{number}-{name}": (row, name) for name in row.words}
        return places

    def without_complaints(self) -> None:
        """Draw what was typed without its errors: a row was asked for, nothing was to be saved."""
        self.is_valid()
        for form in (self.head, *self.presences, *self.guests.forms, *self.moments.forms, self.election):
            form._errors = ErrorDict()


def one_row_more(data: Any, prefix: str) -> tuple[Any, bool]:
    """A copy of posted data with another empty row of ``prefix``, and whether there was room for it."""
    more = data.copy()
    name = f"{prefix}-TOTAL_FORMS"
    count = data.get(name, "")
    if prefix not in ("guests", "moments") or not count.isdecimal() or int(count) >= MOST_ROWS:
        return more, False
    more[name] = str(int(count) + 1)
    return more, True


def _head_initial(year: ClusterYear, stored: FinalConference | None, chair: int | None) -> dict[str, Any]:
    if stored is None:
        return {"title": proposed_title(year.label), "host": chair, "base": 0}
    return {
        "title": stored.title, "held_on": stored.held_on, "place": stored.place, "host": stored.host_id,
        "note": stored.note, "base": stored.version,
    }  # fmt: skip


def _presence_initial(member: MemberRow, stored: FinalConference | None) -> dict[str, Any]:
    usual = "Đại diện lãnh đạo"
    if stored is None:  # who left within the year is not expected
        return {"present": member.left_on is None, "office": usual}
    found = next((one for one in stored.members if one.agency_id == member.agency_id), None)
    return {"present": found is not None, "office": found.office if found else usual}


def _guests_initial(stored: FinalConference | None) -> list[dict[str, Any]]:
    return [
        {"order": number, "office": one.office, "agency": one.agency_id}
        for number, one in enumerate(stored.guests if stored else (), 1)
    ]


def _moments_initial(stored: FinalConference | None) -> list[dict[str, Any]]:
    return [
        {"order": number, "kind": one.kind, "office": one.office, "agency": one.agency_id, "note": one.note}
        for number, one in enumerate(stored.moments if stored else (), 1)
    ]


def _election_initial(year: ClusterYear, stored: FinalConference | None) -> dict[str, Any]:
    initial: dict[str, Any] = {"for_label": (stored.for_label if stored else "") or next_label(year.label)}
    if stored:
        initial["chair"] = stored.chair.agency_id if stored.chair else None
        initial |= {f"deputy_{number}": one.agency_id for number, one in enumerate(stored.deputies)}
    return initial
