"""Forms of the page of changes: each reads one kind of change and gives a ``Change`` that can be shown or written."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.dates import format_date
from core.formfields import DayField, LineField
from core.quantity import format_number
from members.changes import Change, Offer, agencies_named
from members.domain.agencies import NewAgency, clusters_of, rename
from members.domain.carry_over import Decision, carry_over, remove_carry_over
from members.domain.memberships import join, leave, reorder
from members.enums import AgencyKind, Assessed

KIND_CHOICES = [choice for choice in AgencyKind.choices if choice[0] != AgencyKind.COUNCIL]


class ChangeForm(forms.Form):
    """The base: the year's offer, and groups of fields in the order they are drawn."""

    groups: tuple[tuple[Any, tuple[str, ...]], ...] = ()

    def __init__(self, data: Any = None, *, offer: Offer, initial: Any = None) -> None:
        """Offer the members of the year."""
        super().__init__(data, initial=initial)
        self.offer = offer
        for name in ("agency", "predecessor"):
            if isinstance(self.fields.get(name), forms.TypedChoiceField):
                self.fields[name].choices = [("", _("Chọn đơn vị")), *offer.standing]  # type: ignore[attr-defined]

    def drawn(self) -> Iterator[tuple[str, list[Any]]]:
        """Titles and bound fields."""
        for title, names in self.groups:
            fields = [self[name] for name in names if name in self.fields]
            if fields:
                yield str(title), fields

    def change(self) -> Change:
        """What the valid form describes."""
        raise NotImplementedError

    @property
    def here(self) -> frozenset[int]:
        """The cluster of the page."""
        return frozenset({self.offer.year.cluster_id})

    def named(self, agency_id: int) -> str:
        """The full name of a member."""
        return self.offer.names.get(agency_id, "?")


def agency_field(label: Any) -> forms.TypedChoiceField:
    """A choice of members; the form fills it."""
    return forms.TypedChoiceField(label=label, coerce=int)


def day_field(label: Any) -> DayField:
    """The first day of what is new."""
    return DayField(label=label, help_text=gettext_lazy("Ngày đầu tiên của tình trạng mới"))


def _reason() -> LineField:
    return LineField(
        label=gettext_lazy("Căn cứ"), max_length=300,
        help_text=gettext_lazy("Số quyết định, công văn hoặc lý do; ghi vào nhật ký"),
    )  # fmt: skip


PAPER = (gettext_lazy("Căn cứ"), ("decision_number", "decision_date", "note"))


class PaperForm(ChangeForm):
    """A change that stands on a decision."""

    decision_number = LineField(label=gettext_lazy("Số quyết định, biên bản"), max_length=60)
    decision_date = DayField(label=gettext_lazy("Ngày quyết định, biên bản"), required=False)
    note = LineField(label=gettext_lazy("Ghi chú"), max_length=300, required=False)

    @property
    def paper_facts(self) -> tuple[tuple[str, str], ...]:
        """The paper in words."""
        data = self.cleaned_data
        words = [data["decision_number"], format_date(data["decision_date"]) if data["decision_date"] else ""]
        facts = ((_("Căn cứ"), ", ".join(word for word in words if word)),)
        return (*facts, (_("Ghi chú"), data["note"])) if data["note"] else facts


class JoinForm(ChangeForm):
    """An agency that is known by name or code, or a new one."""

    agency = LineField(
        label=gettext_lazy("Đơn vị đã có"), max_length=300, required=False,
        help_text=gettext_lazy("Tên hoặc mã, ví dụ đơn vị đang ở cụm khác; đơn vị mới thì để trống"),
    )  # fmt: skip
    name = LineField(label=gettext_lazy("Tên đầy đủ"), max_length=300, required=False)
    short_name = LineField(label=gettext_lazy("Tên gọn"), max_length=100, required=False)
    agency_kind = forms.ChoiceField(label=gettext_lazy("Loại đơn vị"), choices=KIND_CHOICES)
    on = day_field(gettext_lazy("Vào từ ngày"))
    reason = _reason()
    groups = (
        (gettext_lazy("Đơn vị"), ("agency",)),
        (gettext_lazy("hoặc đơn vị mới"), ("name", "short_name", "agency_kind")),
        (gettext_lazy("Từ khi nào, theo đâu"), ("on", "reason")),
    )
    who: int | NewAgency

    def clean(self) -> dict[str, Any]:
        """One agency: a known one, or the names of a new one."""
        data = super().clean() or self.cleaned_data
        typed, on = data.get("agency", ""), data.get("on") or self.offer.year.ends_on
        if typed and data.get("name"):
            self.add_error("name", _("Chỉ ghi một trong hai: đơn vị đã có, hoặc đơn vị mới."))
        elif typed:
            self._find(typed, on)
        elif not data.get("name"):
            self.add_error("agency", _("Ghi tên đơn vị đã có, hoặc tên đơn vị mới ở dưới."))
        elif not data.get("short_name"):
            self.add_error("short_name", _("Ghi tên gọn của đơn vị mới."))
        else:
            self.who = NewAgency(data["name"], data["short_name"], data.get("agency_kind", ""))
        return data

    def _find(self, typed: str, on: date) -> None:
        found = agencies_named(typed, on)
        if not found:
            self.add_error("agency", _("Không có đơn vị nào tên như vậy đang hoạt động."))
        elif len(found) > 1:
            names = "; ".join(name for _pk, name in found[:5])
            self.add_error("agency", _("Nhiều đơn vị cùng tên, ghi mã đơn vị: %(names)s.") % {"names": names})
        else:
            self.who = found[0][0]

    def change(self) -> Change:
        """Joining."""
        data, year, who = self.cleaned_data, self.offer.year.pk, self.who

        def run(actor: Any, seen: str) -> object:
            return join(actor, year, who, data["on"], reason=data["reason"], seen=seen)

        return Change(run, self.here, data["on"], ((_("Căn cứ"), data["reason"]),))


class LeaveForm(ChangeForm):
    """A member leaves and goes on existing."""

    agency = agency_field(gettext_lazy("Đơn vị"))
    on = day_field(gettext_lazy("Rời từ ngày"))
    reason = _reason()
    groups = ((gettext_lazy("Đơn vị rời cụm"), ("agency", "on", "reason")),)

    def change(self) -> Change:
        """Leaving."""
        data, year = self.cleaned_data, self.offer.year.pk

        def run(actor: Any, seen: str) -> object:
            leave(actor, year, data["agency"], data["on"], reason=data["reason"], seen=seen)
            return None

        return Change(run, self.here, data["on"], ((_("Căn cứ"), data["reason"]),))


class RenameForm(ChangeForm):
    """A new name from a day on, in every cluster of the agency."""

    agency = agency_field(gettext_lazy("Đơn vị"))
    name = LineField(label=gettext_lazy("Tên đầy đủ mới"), max_length=300)
    short_name = LineField(label=gettext_lazy("Tên gọn mới"), max_length=100)
    aliases = LineField(
        label=gettext_lazy("Tên gọi khác"), max_length=500, required=False,
        help_text=gettext_lazy("Để tìm kiếm; ngăn cách bằng dấu chấm phẩy"),
    )  # fmt: skip
    on = day_field(gettext_lazy("Từ ngày"))
    reason = _reason()
    groups = ((gettext_lazy("Tên mới"), ("agency", "name", "short_name", "aliases", "on", "reason")),)

    def change(self) -> Change:
        """Renaming."""
        data = self.cleaned_data

        def run(actor: Any, _seen: str) -> object:
            return rename(
                actor, data["agency"], data["name"], data["short_name"], data["on"],
                aliases=data["aliases"], reason=data["reason"],
            )  # fmt: skip

        facts = (
            (_("Tên mới"), f"{data['name']} ({data['short_name']})"),
            (_("Căn cứ"), data["reason"]),
        )
        return Change(run, clusters_of([data["agency"]]) | self.here, data["on"], facts)


class CarryForm(PaperForm):
    """The results of a predecessor go to its successor."""

    pair = forms.ChoiceField(
        label=gettext_lazy("Đơn vị trước → đơn vị sau"), error_messages={"required": gettext_lazy("Chọn một cặp.")}
    )  # fmt: skip
    assessed = forms.ChoiceField(label=gettext_lazy("Xét thi đua"), choices=Assessed.choices)
    groups = ((gettext_lazy("Kế thừa kết quả trong năm"), ("pair", "assessed")), PAPER)

    def __init__(self, data: Any = None, *, offer: Offer, initial: Any = None) -> None:
        """Offer the successions among the members."""
        super().__init__(data, offer=offer, initial=initial)
        self.fields["pair"].choices = [("", _("Chọn")), *offer.pairs]  # type: ignore[attr-defined]

    def change(self) -> Change:
        """Carrying over."""
        data, year = self.cleaned_data, self.offer.year
        before, after = (int(part) for part in data["pair"].split("-"))
        decision = Decision(data["decision_number"], data["decision_date"], data["assessed"], data["note"])

        def run(actor: Any, seen: str) -> object:
            return carry_over(actor, year.pk, before, after, decision, seen=seen)

        return Change(run, self.here, year.ends_on, self.paper_facts)


class UncarryForm(ChangeForm):
    """A decision on results is taken back."""

    carried = forms.TypedChoiceField(label=gettext_lazy("Kế thừa kết quả"), coerce=int)
    reason = LineField(label=gettext_lazy("Lý do"), max_length=300)
    groups = ((gettext_lazy("Bỏ kế thừa kết quả"), ("carried", "reason")),)

    def __init__(self, data: Any = None, *, offer: Offer, initial: Any = None) -> None:
        """Offer the decisions of the year."""
        super().__init__(data, offer=offer, initial=initial)
        self.fields["carried"].choices = [  # type: ignore[attr-defined]
            (row.pk, f"{offer.short(row.predecessor_id)} → {offer.short(row.successor_id)}")
            for row in offer.carried
        ]

    def change(self) -> Change:
        """Taking back."""
        data, year = self.cleaned_data, self.offer.year

        def run(actor: Any, _seen: str) -> object:
            return remove_carry_over(actor, year.pk, data["carried"], data["reason"])

        return Change(run, self.here, year.ends_on, ((_("Lý do"), data["reason"]),))


class ReorderForm(ChangeForm):
    """A place for each member."""

    def __init__(self, data: Any = None, *, offer: Offer, initial: Any = None) -> None:
        """A number for each."""
        super().__init__(data, offer=offer, initial=initial)
        for place, row in enumerate(offer.members, 1):
            self.fields[f"place_{row.agency_id}"] = forms.IntegerField(
                label=row.name, min_value=1, max_value=999, initial=place,
                widget=forms.TextInput(attrs={"inputmode": "numeric"}),
            )  # fmt: skip
        self.fields["reason"] = LineField(label=_("Lý do"), max_length=300, required=False)

    def drawn(self) -> Iterator[tuple[str, list[Any]]]:
        """All places, then the reason."""
        yield _("Thứ tự của từng đơn vị"), [self[name] for name in self.fields]

    def clean(self) -> dict[str, Any]:
        """No two at one place."""
        data = super().clean() or self.cleaned_data
        taken: dict[int, str] = {}
        for row in self.offer.members:
            place = data.get(f"place_{row.agency_id}")
            if place in taken:
                words = {"place": format_number(place), "agency": taken[place]}
                self.add_error(
                    f"place_{row.agency_id}",
                    ValidationError(_("Thứ tự %(place)s đã dành cho %(agency)s.") % words),
                )
            elif place is not None:
                taken[place] = row.short_name
        return data

    def change(self) -> Change:
        """Reordering."""
        data, year = self.cleaned_data, self.offer.year
        ids = sorted((row.agency_id for row in self.offer.members), key=lambda pk: int(data[f"place_{pk}"]))

        def run(actor: Any, seen: str) -> object:
            reorder(actor, year.pk, ids, reason=data["reason"], seen=seen)
            return None

        return Change(run, self.here, year.ends_on)
