"""The head of the entry page: what the activity was, when, where, with whom."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from core import files
from core.dates import DateError, PartialDate, Precision, format_partial, parse_partial
from core.formfields import NumberField, said
from members.models import ClusterYear
from movements.domain.entry import MOST_ATTENDED, About, ActivityDraft
from movements.domain.record import Record
from movements.enums import Precision as PrecisionChoice
from movements.forms.widgets import FastSelect, FilesField, SeveralFiles, Ticks, line, text
from movements.models import Tag
from movements.queries import Choices

_FINENESS = [Precision.UNKNOWN, Precision.YEAR, Precision.MONTH, Precision.DAY]
CLUSTER = "cluster"


def read_time(words: str, precision: str, year: ClusterYear) -> PartialDate:
    """The time as typed; a coarser one than chosen is taken at its word ("2020" beside "Ngày"). Raises DateError."""
    single = year.starts_on.year if year.starts_on.year == year.ends_on.year else None
    wanted = Precision(precision) if precision in PrecisionChoice.values else Precision.DAY
    try:
        return parse_partial(words, wanted, single)
    except DateError:
        if not words.strip() or wanted is Precision.UNKNOWN:
            raise
        read = parse_partial(words, None, single)
        if _FINENESS.index(read.precision) >= _FINENESS.index(wanted):
            raise
        return read


NO_LONGER = _(
    "Lúc này không ghi được hoạt động cho đơn vị đã chọn: bước ghi đã đóng và đơn vị đó không được gia hạn. "
    "Chọn lại đơn vị."
)


class ActivityForm(forms.Form):
    """Head and texts of an activity; ``owners`` are the choices of who it belongs to, drawn only when there are two."""

    use_required_attribute = False

    owner = forms.ChoiceField(
        label=_("Đơn vị thực hiện"),
        widget=FastSelect,
        error_messages={
            "invalid_choice": _("Chọn một đơn vị trong danh sách."),
            "required": _("Chọn một đơn vị."),
        },
    )
    title = line(
        300, label=_("Tên hoạt động"), required=True, error_messages={"required": _("Ghi tên hoạt động.")}
    )
    movement = forms.ChoiceField(
        label=_("Phong trào"),
        required=False,
        widget=FastSelect,
        error_messages={"invalid_choice": _("Chọn một phong trào trong danh sách của năm.")},
    )
    precision = forms.ChoiceField(
        label=_("Biết thời gian đến mức"),
        required=False,
        choices=PrecisionChoice.choices,
        initial=PrecisionChoice.DAY,
        widget=forms.RadioSelect(attrs={"class": "btn-check"}),
        error_messages={"invalid_choice": _("Chọn Ngày, Tháng, Năm hoặc Chưa rõ.")},
    )
    when = forms.CharField(
        label=_("Thời gian"),
        required=False,
        strip=True,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    place = line(300, label=_("Địa bàn"))
    partners = forms.MultipleChoiceField(
        label=_("Đơn vị trong cụm cùng thực hiện"),
        required=False,
        widget=Ticks(attrs={"class": "form-check-input"}),
        error_messages={"invalid_choice": _("Đơn vị đã chọn không phải thành viên của Cụm trong năm này.")},
    )
    people = line(
        500, label=_("Thành phần tham dự"),
        help_text=_("Cơ quan, chức danh; không ghi họ tên. Ví dụ: lãnh đạo Sở Y tế, đoàn viên 7 đơn vị."),
    )  # fmt: skip
    attended = NumberField(
        label=_("Số người tham gia"),
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )
    tags = forms.MultipleChoiceField(
        label=_("Tính cho tiêu chí, nhãn"),
        required=False,
        widget=Ticks(attrs={"class": "form-check-input"}),
        error_messages={"invalid_choice": _("Chọn tiêu chí, nhãn trong danh sách của năm.")},
    )
    story = text(4000, 5, label=_("Mô tả"))
    result = text(2000, 3, label=_("Kết quả"))
    in_summary = forms.BooleanField(label=_("Đưa vào báo cáo tổng kết"), required=False, initial=True)
    is_public = forms.BooleanField(
        label=_("Công khai khi được xác nhận"),
        required=False,
        help_text=_(
            "Ai có đường dẫn cũng xem được tên, thời gian, nội dung, các khoản và ảnh; các tệp khác thì không. Đừng để "
            "họ tên, số điện thoại trong bài và mặt người trong ảnh nếu họ chưa đồng ý."
        ),
    )
    files = FilesField(  # type: ignore[assignment]  # a field of this name hides nothing: the metaclass takes it away
        label=_("Tệp minh chứng"),
        required=False,
        help_text=files.ALLOWED_WORDS,
        widget=SeveralFiles(attrs={"multiple": True, "accept": files.ACCEPT}),
    )
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(
        self,
        *args: Any,
        year: ClusterYear,
        choices: Choices,
        owners: Sequence[tuple[str, str]],
        owner_id: int | None,
        closed: Collection[str] = (),
        tags: Sequence[Tag] = (),
        **kwargs: Any,
    ) -> None:
        """Fill the lists; ``owner_id`` is the agency of the activity, or of the person who adds one.

        ``tags``: what is offered, criteria before free labels.

        ``closed``: agencies of the person that cannot record now. A form that was open when their time ended is refused
        for them, never taken for another agency.
        """
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)
        self.year = year
        self.owner_id = owner_id
        self.owners = owners
        if self.is_bound and self.data.get("owner", "") in closed:
            self.fields["owner"].error_messages["invalid_choice"] = NO_LONGER
        elif len(owners) <= 1:
            del self.fields["owner"]
        if "owner" in self.fields:
            self.fields["owner"].choices = list(owners)  # type: ignore[attr-defined]
        none = (
            "",
            _("Không thuộc phong trào nào") if choices.movements else _("Năm này chưa có phong trào nào"),
        )
        self.fields["movement"].choices = [  # type: ignore[attr-defined]
            none,
            *((str(pk), title) for pk, title in choices.movements.items()),
        ]
        self.fields["partners"].choices = [  # type: ignore[attr-defined]
            (str(pk), short)
            for pk, (_full, short) in choices.agencies.items()
            if pk != owner_id or len(owners) > 1
        ]
        self.fields["tags"].choices = [(str(tag.pk), str(tag)) for tag in tags]  # type: ignore[attr-defined]

    def clean_when(self) -> str:
        """The words stay; what they mean is kept beside them."""
        words: str = self.cleaned_data["when"]
        try:
            self.time = read_time(words, self.cleaned_data.get("precision") or "", self.year)
        except DateError as error:
            raise ValidationError(said(error)) from error
        return words

    def clean_attended(self) -> int | None:
        """A whole number of people, or None."""
        number = self.cleaned_data["attended"]
        if number is None:
            return None
        if number != int(number) or not 0 < number <= MOST_ATTENDED:
            raise ValidationError(_("Ghi số người từ 1 đến 10.000.000, hoặc để trống."))
        return int(number)

    def chosen_owner(self) -> int | None:
        """The agency chosen; None for the whole cluster."""
        chosen = self.cleaned_data.get("owner") or (self.owners[0][0] if self.owners else "")
        return None if chosen == CLUSTER else int(chosen)

    def draft(self, **more: Any) -> ActivityDraft:
        """What the person entered, once the form is valid."""
        data = self.cleaned_data
        return ActivityDraft(
            title=data["title"],
            when=self.time,
            agency_id=self.chosen_owner(),
            movement_id=int(data["movement"]) if data["movement"] else None,
            partners=tuple(int(pk) for pk in data["partners"]),
            place=data["place"],
            story=data["story"],
            result=data["result"],
            in_summary=data["in_summary"],
            about=About(
                data["people"], data["attended"], tuple(int(pk) for pk in data["tags"]), data["is_public"]
            ),
            **more,
        )


def initial_of(record: Record) -> dict[str, Any]:
    """A recorded activity as the form shows it."""
    activity = record.activity
    time = PartialDate(activity.starts_on, activity.ends_on, Precision(activity.precision))
    return {
        "owner": CLUSTER if activity.agency_id is None else str(activity.agency_id),
        "title": activity.title,
        "movement": str(activity.movement_id or ""),
        "precision": activity.precision,
        "when": "" if time.precision is Precision.UNKNOWN else format_partial(time),
        "place": activity.place,
        "partners": [str(pk) for pk in record.partners],
        "story": activity.story,
        "result": activity.result,
        "in_summary": activity.in_summary,
        "people": activity.people,
        "attended": activity.attended,
        "tags": [str(tag.pk) for tag in record.tags],
        "is_public": activity.is_public,
        "version": str(activity.version),
    }
