"""One row of the grid of contributions: what people type is understood, and said back where it is not."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from django import forms
from django.forms.formsets import BaseFormSet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.dates import DateError, format_date, parse_date
from core.folding import clean_line
from core.formfields import said
from core.quantity import (
    MONEY_UNIT,
    Qualifier,
    Quantity,
    QuantityError,
    format_money,
    format_number,
    parse_money,
    parse_quantity,
    parse_unit,
)
from movements.domain.entry import MAX_ROWS, Apart, GiftDraft, Shares
from movements.domain.record import Record
from movements.enums import ContributionKind, QualifierChoice
from movements.forms.gift_shares import OWN, outside_words, share_words, shared_names, shares_of
from movements.forms.gift_wholes import STATES as STATES
from movements.forms.gift_wholes import Figure as Figure
from movements.forms.gift_wholes import Wholes as Wholes
from movements.forms.gift_wholes import read_part
from movements.forms.widgets import FastSelect, line
from movements.models import Contribution

PREFIX = "khoan"
UNITS = (
    "bộ", "căn nhà", "cái", "chiếc", "con", "cuốn", "hộ", "hộp", "kg", "lít", "lượt người", "ngày công", "suất", "tấn",
    "thùng",
)  # fmt: skip
_CONTENT = ("description", "quantity", "unit", "value", "beneficiary", "partners", "outside", "part")
APART = ("given_on", "place", "purpose")


class GiftForm(forms.Form):
    """A row; ``draft`` is what it says once it is valid, None for an empty or deleted one."""

    use_required_attribute = False

    id = forms.CharField(widget=forms.HiddenInput, required=False)
    kind = forms.ChoiceField(
        label=gettext_lazy("loại"),
        required=False,
        choices=[("", gettext_lazy("Tự nhận")), *ContributionKind.choices],
        widget=FastSelect,
    )
    description = line(300, label=gettext_lazy("nội dung"))
    qualifier = forms.ChoiceField(
        label=gettext_lazy("mức chính xác"),
        required=False,
        choices=QualifierChoice.choices,
        initial=QualifierChoice.EXACT,
        widget=FastSelect,
    )
    quantity = forms.CharField(
        label=gettext_lazy("số lượng"),
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "text", "autocomplete": "off"}),
    )
    unit = forms.CharField(
        label=gettext_lazy("đơn vị tính"),
        required=False,
        widget=forms.TextInput(attrs={"list": "don-vi-tinh"}),
    )
    value = forms.CharField(
        label=gettext_lazy("trị giá (đồng)"),
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "text", "autocomplete": "off"}),
    )
    beneficiary = line(
        300, label=gettext_lazy("nơi nhận"), widget=forms.Textarea(attrs={"rows": 1, "class": "auto"})
    )
    partners = forms.MultipleChoiceField(label=gettext_lazy("phối hợp với đơn vị trong cụm"), required=False)
    outside = forms.CharField(label=gettext_lazy("bên ngoài cụm"), required=False)
    part = forms.ChoiceField(label=gettext_lazy("tính vào tổng"), required=False, widget=FastSelect)
    given_on = line(30, label=gettext_lazy("ngày trao, nếu khác ngày của hoạt động"))
    place = line(300, label=gettext_lazy("địa bàn, nếu khác địa bàn của hoạt động"))
    purpose = line(300, label=gettext_lazy("để làm gì"))

    def __init__(
        self,
        *args: Any,
        members: Sequence[tuple[int, str]],
        wholes: Wholes,
        default_year: int | None = None,
        **kwargs: Any,
    ) -> None:
        """Number the row and name each cell after it, for screen readers and for the summary of errors."""
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)
        place = str(self.prefix).rsplit("-", 1)[-1]
        self.index = int(place) if place.isdigit() else None
        self.number = "__number__" if self.index is None else str(self.index + 1)
        self.ref = place
        self.draft: GiftDraft | None = None
        self.member_names = members
        self.default_year = default_year
        for field in self.fields.values():
            if field.label:
                field.label = _("Khoản %(number)s: %(name)s") % {"number": self.number, "name": field.label}
            field.error_messages["invalid_choice"] = _("Chọn lại trong danh sách.")
        self.fields["partners"].choices = [(str(pk), name) for pk, name in members]  # type: ignore[attr-defined]
        self.fields["partners"].error_messages["invalid_choice"] = _(
            "Đơn vị đã chọn không phải thành viên của Cụm trong năm này."
        )
        self.fields["part"].choices = wholes.choices(self.index)  # type: ignore[attr-defined]

    @property
    def members(self) -> list[dict[str, Any]]:
        """The members with their ticks."""
        ticked = {str(pk) for pk in self["partners"].value() or ()}
        return [
            {
                "id": pk,
                "name": name,
                "ticked": str(pk) in ticked,
                "share": self.share_words(str(pk)),
                "share_name": self.share_name(str(pk)),
            }
            for pk, name in self.member_names
        ]

    # -- who gave how much -----------------------------------------------------------------------
    def share_name(self, whose: str) -> str:
        """The name of the input for the share of a member by id, or of the owner."""
        return self.add_prefix(f"share-{whose}")

    def share_words(self, whose: str) -> str:
        """The share as typed, else as recorded."""
        if self.is_bound:
            return clean_line(self.data.get(self.share_name(whose), ""))
        return str((self.initial.get("shares") or {}).get(whose, ""))

    @property
    def own_share_name(self) -> str:
        """The name of the input for the owner's own share."""
        return self.share_name(OWN)

    @property
    def own_share(self) -> str:
        """The owner's own share."""
        return self.share_words(OWN)

    @property
    def rest_words(self) -> str:
        """ "còn 40.000.000 ₫ chưa chia": what of the value is nobody's share yet; empty where no share is known."""
        whole, shares = (
            (self.draft.value, self.draft.shares) if self.draft else self.initial.get("rest", (None, None))
        )
        if whole is None or shares is None or not shares.amounts:
            return ""
        rest = whole - sum(shares.amounts)
        return (
            _("Còn %(rest)s chưa chia cho bên nào.") % {"rest": format_money(rest)}
            if rest > 0
            else _("Đã chia hết.")
        )

    @property
    def is_open(self) -> bool:
        """Whether what folds away has something wrong in it."""
        return (
            any(name in self.errors for name in ("partners", "outside", *APART)) if self.is_bound else False
        )

    @property
    def with_words(self) -> str:
        """Who gave together with the owner, in short."""
        names = [member["name"] for member in self.members if member["ticked"]]
        return "; ".join([*names, *(name for name, _share in shared_names(self["outside"].value() or ""))])

    # -- understanding ---------------------------------------------------------------------------
    @property
    def is_blank(self) -> bool:
        """Nothing was entered in the row."""
        return not any(self.cleaned_data.get(name) for name in _CONTENT) and not self.errors

    def clean(self) -> dict[str, Any]:
        """Set ``draft``; every sentence stands at the cell it belongs to."""
        data = super().clean() or self.cleaned_data
        gone = data.get("DELETE") or (self.is_blank and not data.get("id"))
        if not gone:
            draft = self._read(data)
            if not self.errors:
                self.draft = draft
        return data

    def _read(self, data: dict[str, Any]) -> GiftDraft:
        if self.is_blank:
            self.add_error("description", _("Khoản này trống. Muốn bỏ hẳn thì chọn xóa."))
        elif not data.get("description") and "description" not in self.errors:
            self.add_error("description", _("Ghi nội dung, ví dụ: khẩu trang y tế."))
        quantity = self._figure("quantity", data, lambda words: parse_quantity(words))
        value = self._figure("value", data, parse_money)
        unit = self._unit(data, quantity)
        kind = data.get("kind") or _kind_of(quantity, unit)
        if unit == "" and kind == ContributionKind.WORKDAYS:
            unit = "ngày công"
        chosen = Qualifier(data.get("qualifier") or Qualifier.EXACT)
        on_value = value is not None and (quantity is None or kind == ContributionKind.MONEY)
        if quantity is None and value is None and not {"quantity", "value"} & self.errors.keys():
            self.add_error("value", _("Ghi số lượng hoặc trị giá."))
        if quantity is not None and not unit and "unit" not in self.errors:
            self.add_error("unit", _("Có số lượng thì phải có đơn vị tính, ví dụ: chiếc, suất."))
        return GiftDraft(
            ref=self.ref,
            pk=int(data["id"]) if str(data.get("id", "")).isdecimal() and len(data["id"]) < 19 else None,
            kind=kind,
            description=data.get("description", ""),
            quantity=quantity.number if quantity else None,
            unit=unit,
            quantity_qualifier=_qualifier(quantity, Qualifier.EXACT if on_value else chosen),
            quantity_words=quantity.words if quantity else "",
            value=int(value.number) if value else None,
            value_qualifier=_qualifier(value, chosen if on_value else Qualifier.EXACT),
            value_words=value.words if value else "",
            beneficiary=data.get("beneficiary", ""),
            partners=tuple(int(pk) for pk in data.get("partners", ())),
            outside=tuple(name for name, _words in shared_names(data.get("outside", ""))),
            part=read_part(data.get("part", "")),
            apart=self._apart(data),
            shares=self._shares(data),
        )

    def _apart(self, data: dict[str, Any]) -> Apart | None:
        """Day, place and purpose of its own; None where the form that was sent does not ask for them."""
        if not any(self.add_prefix(name) in self.data for name in APART):
            return None
        day, words = None, data.get("given_on", "")
        if words:
            try:
                day = parse_date(words, self.default_year)
            except DateError as error:
                self.add_error("given_on", said(error))
        return Apart(day, data.get("place", ""), data.get("purpose", ""))

    def _shares(self, data: dict[str, Any]) -> Shares | None:
        """The shares of those that are ticked or named; None where the form that was sent does not ask for them."""
        ticked = [str(pk) for pk in data.get("partners", ())]
        outside = [(name, words) for name, words in shared_names(data.get("outside", "")) if words]
        if self.share_name(OWN) not in self.data and not outside:
            return None
        lost = [name for pk, name in self.member_names if str(pk) not in ticked and self.share_words(str(pk))]
        if lost:
            text = _("Có phần góp của %(name)s nhưng chưa đánh dấu đơn vị này.") % {"name": lost[0]}
            self.add_error("partners", text)
        members = [(pk, self._share("partners", self.share_words(pk))) for pk in ticked]
        return Shares(
            self._share("partners", self.own_share),
            tuple((int(pk), share) for pk, share in members if share is not None),
            tuple(
                (name, share)
                for name, words in outside
                if (share := self._share("outside", words)) is not None
            ),
        )

    def _share(self, field: str, words: str) -> int | None:
        if not words:
            return None
        try:
            share = int(parse_money(words).number)
        except QuantityError as error:
            self.add_error(field, said(error))
            return None
        if share <= 0:
            self.add_error(field, _("Số phải lớn hơn 0."))
        return share

    def _figure(self, name: str, data: dict[str, Any], read: Callable[[str], Quantity]) -> Quantity | None:
        words = clean_line(data.get(name, ""))
        if not words:
            return None
        try:
            figure = read(words)
        except QuantityError as error:
            self.add_error(name, said(error))
            return None
        if figure.number <= 0:
            self.add_error(name, _("Số phải lớn hơn 0."))
            return None
        return figure

    def _unit(self, data: dict[str, Any], quantity: Quantity | None) -> str:
        """The unit out of its cell, or typed behind the number ("3.000 chiếc")."""
        words, unit = clean_line(data.get("unit", "")), ""
        if words:
            try:
                unit = parse_unit(words)
            except QuantityError:
                self.add_error("unit", _("Đơn vị tính ghi ngắn gọn bằng chữ, ví dụ: chiếc, suất, ngày công."))
        if words and quantity is None and "quantity" not in self.errors:
            self.add_error("quantity", _("Có đơn vị tính thì phải có số lượng."))
        typed = quantity.unit if quantity else ""
        if typed and unit and typed != unit:
            self.add_error(
                "unit",
                _("Ô số lượng ghi “%(typed)s”, ô này ghi “%(unit)s”: hãy ghi một đơn vị.")
                % {"typed": typed, "unit": unit},
            )
        if MONEY_UNIT in (typed, unit):
            self.add_error(
                "quantity", _("Số tiền ghi ở ô trị giá; ô này ghi số lượng hiện vật, lượt người, ngày công.")
            )
        return unit or typed


def _kind_of(quantity: Quantity | None, unit: str) -> str:
    """The kind that the figures speak of, where none was chosen."""
    if quantity is None:
        return ContributionKind.MONEY
    return ContributionKind.WORKDAYS if unit == "ngày công" else ContributionKind.GOODS


def _qualifier(figure: Quantity | None, chosen: Qualifier) -> Qualifier:
    """A word typed before the number counts more than the select."""
    if figure is None:
        return Qualifier.EXACT
    return chosen if figure.qualifier is Qualifier.EXACT else figure.qualifier


def initial_of(record: Record, gift: Contribution) -> dict[str, Any]:
    """A recorded contribution as its row shows it."""
    givers = record.contributors(gift)
    shares = shares_of(record, givers)
    on_value = gift.value is not None and (gift.quantity is None or gift.kind == ContributionKind.MONEY)
    value = "" if gift.value is None else format_number(gift.value)
    quantity = "" if gift.quantity is None else format_number(gift.quantity)
    if on_value:
        quantity = f"{Qualifier(gift.quantity_qualifier).words} {quantity}".strip() if quantity else ""
    else:
        value = f"{Qualifier(gift.value_qualifier).words} {value}".strip() if value else ""
    return {
        "id": str(gift.pk),
        "kind": gift.kind,
        "description": gift.description,
        "qualifier": gift.value_qualifier if on_value else gift.quantity_qualifier,
        "quantity": quantity,
        "unit": gift.unit,
        "value": value,
        "beneficiary": gift.beneficiary.name if gift.beneficiary else "",
        "partners": [
            str(row.agency_id)
            for row in givers
            if row.agency_id is not None and row.agency_id != record.activity.agency_id
        ],
        "outside": outside_words(givers),
        "part": _part_of(record, gift),
        "given_on": format_date(gift.given_on) if gift.given_on else "",
        "place": gift.place,
        "purpose": gift.purpose,
        "shares": share_words(shares),
        "rest": (gift.value, shares),
    }


def _part_of(record: Record, gift: Contribution) -> str:
    if gift.part_of_id is None:
        return ""
    places = {other.pk: index for index, other in enumerate(record.gifts)}
    index = places.get(gift.part_of_id)
    return f"{gift.part_state}:" + (f"g{gift.part_of_id}" if index is None else f"r{index}")


class GiftRows(BaseFormSet[GiftForm]):
    """The grid."""

    def drafts(self) -> list[GiftDraft]:
        """What the valid rows say, in their order."""
        return [form.draft for form in self.forms if form.draft]

    def deleted(self) -> frozenset[int]:
        """Recorded contributions ticked for deletion."""
        ids = (str(form.cleaned_data.get("id", "")) for form in self.forms if form.cleaned_data.get("DELETE"))
        return frozenset(int(pk) for pk in ids if pk.isdecimal() and len(pk) < 19)


GiftFormSet: type[GiftRows] = forms.formset_factory(  # type: ignore[assignment]
    GiftForm,
    formset=GiftRows,
    extra=0,
    can_delete=True,
    max_num=MAX_ROWS,
    absolute_max=MAX_ROWS + 5,
    validate_max=True,
)
