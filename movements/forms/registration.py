"""The form of a registration: targets and titles, a row each; what people type is understood and said back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core import submit
from core.errors import Problem
from core.folding import clean_line, fold
from core.formfields import said
from core.quantity import QuantityError, format_number
from movements.domain.registration_entry import (
    MAX_COUNT,
    MAX_TARGETS,
    MAX_TITLES,
    RegistrationDraft,
    TargetDraft,
    TitleDraft,
)
from movements.domain.targets import read_figure
from movements.enums import Direction, Holder
from movements.forms.rows import OrderedRow, growing, rows_of
from movements.forms.widgets import FastSelect, line, text
from movements.models import Registration, Target, TitleKind, TitleRegistration

TARGETS, TITLES = "chi-tieu", "danh-hieu"
FIRST_ROWS = 3
UNITS = ("%", "tỷ đồng", "triệu đồng", "hồ sơ", "vụ", "cuộc", "người", "lượt", "điểm", "văn bản", "sáng kiến")
_PICK = {"invalid_choice": gettext_lazy("Chọn lại trong danh sách.")}


class HeadForm(forms.Form):
    """What stands for the whole registration; ``version`` is the one the person saw, 0 for none."""

    use_required_attribute = False

    note = text(2000, 2, label=gettext_lazy("Ghi chú của đơn vị"))
    version = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=0)


class TargetForm(OrderedRow):
    """A target; ``draft`` is what it says once it is valid, None for an empty or deleted row."""

    filling = ("content", "unit", "plan", "note", "movement")
    words = {
        "order": gettext_lazy("Chỉ tiêu %(number)s: thứ tự"),
        "content": gettext_lazy("Chỉ tiêu %(number)s: nội dung"),
        "unit": gettext_lazy("Chỉ tiêu %(number)s: đơn vị tính"),
        "plan": gettext_lazy("Chỉ tiêu %(number)s: kế hoạch"),
        "direction": gettext_lazy("Chỉ tiêu %(number)s: chiều"),
        "movement": gettext_lazy("Chỉ tiêu %(number)s: phong trào"),
        "note": gettext_lazy("Chỉ tiêu %(number)s: ghi chú"),
    }
    gone = gettext_lazy("Xóa chỉ tiêu %(number)s")

    key = forms.CharField(widget=forms.HiddenInput, required=False)
    content = line(300, widget=growing())
    unit = line(30, widget=forms.TextInput(attrs={"list": "don-vi-tinh", "autocomplete": "off"}))
    plan = forms.CharField(
        required=False, widget=forms.TextInput(attrs={"inputmode": "text", "autocomplete": "off"})
    )
    direction = forms.ChoiceField(
        required=False,
        choices=Direction.choices,
        initial=Direction.HIGHER,
        widget=FastSelect,
        error_messages=_PICK,
    )
    movement = forms.ChoiceField(required=False, widget=FastSelect, error_messages=_PICK)
    note = line(300, widget=growing())

    def __init__(self, *args: Any, movements: Mapping[int, str], **kwargs: Any) -> None:
        """Offer the movements of the year."""
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)
        self.draft: TargetDraft | None = None
        choices = [("", _("Không")), *((str(pk), title) for pk, title in movements.items())]
        self.fields["movement"].choices = choices  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Set ``draft``; every sentence stands at the cell it belongs to."""
        data = super().clean() or self.cleaned_data
        if not self.is_left_out:
            draft = self._read(data)
            if not self.errors:
                self.draft = draft
        return data

    def _read(self, data: dict[str, Any]) -> TargetDraft:
        unit, words = data.get("unit", ""), clean_line(data.get("plan", ""))
        plan = None
        if words:
            try:
                plan = read_figure(words, unit)
            except QuantityError as error:
                self.add_error("plan", said(error))
        unit = unit or (plan.unit if plan else "")
        if not data.get("content") and "content" not in self.errors:
            self.add_error("content", _("Ghi nội dung chỉ tiêu, ví dụ: Số thu ngân sách nhà nước."))
        if not unit and not {"unit", "plan"} & self.errors.keys():
            self.add_error("unit", _("Ghi đơn vị tính, ví dụ: tỷ đồng, %, hồ sơ."))
        return TargetDraft(
            ref=str(self.prefix), content=data.get("content", ""), unit=unit, key=data.get("key", ""),
            plan=plan.number if plan else None, plan_words=plan.words if plan else "",
            direction=data.get("direction") or Direction.HIGHER,
            movement_id=int(data["movement"]) if data.get("movement") else None, note=data.get("note", ""),
        )  # fmt: skip


class TitleForm(OrderedRow):
    """A title that is aimed at; whose it is follows from the catalogue where nobody says it."""

    filling = ("title", "count", "note")
    words = {
        "order": gettext_lazy("Danh hiệu %(number)s: thứ tự"),
        "title": gettext_lazy("Danh hiệu %(number)s: tên"),
        "holder": gettext_lazy("Danh hiệu %(number)s: dành cho"),
        "count": gettext_lazy("Danh hiệu %(number)s: số lượng"),
        "note": gettext_lazy("Danh hiệu %(number)s: ghi chú"),
    }
    gone = gettext_lazy("Xóa danh hiệu %(number)s")

    title = line(200, widget=forms.TextInput(attrs={"list": "danh-muc-danh-hieu", "autocomplete": "off"}))
    holder = forms.ChoiceField(
        required=False, choices=[("", gettext_lazy("Theo danh mục")), *Holder.choices], widget=FastSelect,
        error_messages=_PICK,
    )  # fmt: skip
    count = forms.CharField(
        required=False, widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"})
    )
    note = line(300, widget=growing())

    def __init__(self, *args: Any, kinds: Mapping[str, TitleKind], **kwargs: Any) -> None:
        """Know the catalogue by folded names."""
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)
        self.draft: TitleDraft | None = None
        self.kinds = kinds

    def clean(self) -> dict[str, Any]:
        """Set ``draft``; every sentence stands at the cell it belongs to."""
        data = super().clean() or self.cleaned_data
        if not self.is_left_out:
            draft = self._read(data)
            if not self.errors:
                self.draft = draft
        return data

    def _read(self, data: dict[str, Any]) -> TitleDraft:
        title = data.get("title", "")
        known = self.kinds.get(fold(title))
        holder = data.get("holder") or (known.holder if known else "")
        if not title and "title" not in self.errors:
            self.add_error("title", _("Ghi danh hiệu hoặc hình thức khen thưởng."))
        if title and not holder and "holder" not in self.errors:
            self.add_error("holder", _("Danh hiệu này không có trong danh mục: chọn tập thể hay cá nhân."))
        return TitleDraft(
            ref=str(self.prefix), title=known.name if known else title, holder=holder,
            count=self._count(data.get("count", "")), note=data.get("note", ""),
        )  # fmt: skip

    def _count(self, words: str) -> int:
        """A whole number, one where nothing is written."""
        words = clean_line(words)
        if not words:
            return 1
        try:
            number = read_figure(words, "").number
        except QuantityError:
            number = None
        if number is None or number != int(number) or not 1 <= number <= MAX_COUNT:
            self.add_error("count", _("Số lượng là số nguyên từ 1 đến 100.000."))
            return 1
        return int(number)


TargetRows, TitleRows = rows_of(TargetForm, MAX_TARGETS), rows_of(TitleForm, MAX_TITLES)


class RegistrationSheet:
    """The whole page as one: filled from what is given or from what was posted."""

    def __init__(
        self,
        *,
        movements: Mapping[int, str],
        kinds: Sequence[TitleKind],
        head: Mapping[str, Any],
        targets: Sequence[dict[str, Any]] = (),
        titles: Sequence[dict[str, Any]] = (),
        data: Any = None,
    ) -> None:
        """``data`` is the posted data; nothing typed in it is lost, whatever is wrong."""
        self.head = HeadForm(data, initial=dict(head), label_suffix="")
        empty: list[dict[str, Any]] = [{} for _row in range(FIRST_ROWS)]
        self.targets = TargetRows(
            data, prefix=TARGETS, initial=list(targets) or empty, form_kwargs={"movements": movements}
        )
        known = {fold(kind.name): kind for kind in kinds}
        self.titles = TitleRows(
            data, prefix=TITLES, initial=list(titles) or empty, form_kwargs={"kinds": known}
        )
        self.submit_key = submit.clean_key((data or {}).get(submit.FIELD, ""))

    @property
    def all(self) -> list[Any]:
        """Every form in the order of the page."""
        return [self.head, self.targets, self.titles]

    def is_valid(self) -> bool:
        """All of them, each asked, so that all errors show at once."""
        answers = [form.is_valid() for form in self.all]
        return all(answers)

    def draft(self) -> RegistrationDraft:
        """What the rows say that could be read, in the order that was asked for."""
        return RegistrationDraft(
            targets=tuple(row.draft for row in self.targets.kept() if row.draft),
            titles=tuple(row.draft for row in self.titles.kept() if row.draft),
            note=self.head.cleaned_data.get("note", ""),
        )

    def show(self, problems: Iterable[Problem]) -> None:
        """Put each sentence beside its field; those of no field stand on top."""
        rows = {str(row.prefix): row for row in (*self.targets.forms, *self.titles.forms)}
        for problem in problems:
            kind, _colon, rest = problem.field.partition(":")
            ref, _colon, name = rest.rpartition(":")
            form = rows.get(ref)
            if form is not None and name in form.fields:
                form.add_error(name, problem.sentence)
            else:
                self.head.add_error(kind if kind in self.head.fields else None, problem.sentence)


# -- what a row begins with ----------------------------------------------------------------------
def figure_text(number: Any, words: str, unit: str) -> str:
    """A recorded figure as its cell shows it: "trên 95", "1.200"; empty for none."""
    if number is None:
        return ""
    try:
        qualifier = read_figure(words, unit).qualifier.words if words else ""
    except QuantityError:
        qualifier = ""
    return f"{qualifier} {format_number(number)}".strip()


def target_initial(order: int, target: Target, *, carried: bool = False) -> dict[str, Any]:
    """A recorded target as its row shows it; ``carried``: for another year, so without its key and movement."""
    row = {
        "order": order,
        "content": target.content,
        "unit": target.unit,
        "plan": figure_text(target.plan, target.plan_words, target.unit),
        "direction": target.direction,
        "note": target.note,
    }
    return row if carried else row | {"key": target.key, "movement": str(target.movement_id or "")}


def title_initial(order: int, title: TitleRegistration) -> dict[str, Any]:
    """A recorded title as its row shows it."""
    return {
        "order": order,
        "title": title.title,
        "holder": title.holder,
        "count": format_number(title.count),
        "note": title.note,
    }


def head_initial(row: Registration | None) -> dict[str, Any]:
    """The head of a recorded registration, or of a new one."""
    return {"note": row.note, "version": row.version} if row else {"version": 0}
