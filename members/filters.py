"""What narrows the list of clusters, out of the address."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.utils.translation import gettext_lazy as _

from core.folding import QUERY_LIMIT
from core.formfields import LineField
from members.enums import Level, PhaseKind
from members.overview import LATE, OVERDUE, UNCARED, VACANT, YEARLESS, Asked

STATES = (
    (LATE, _("Có đơn vị chậm")),
    (OVERDUE, _("Bước đang mở đã quá hạn")),
    (VACANT, _("Chưa có Cụm trưởng")),
    (UNCARED, _("Chưa có thành viên Hội đồng phụ trách")),
    (YEARLESS, _("Chưa mở năm nào")),
)


class CouncilFilter(forms.Form):
    """Search, level, step, council member in charge, what is wrong."""

    q = LineField(
        label=_("Tìm cụm"), required=False, max_length=QUERY_LIMIT,
        widget=forms.TextInput(attrs={"autocomplete": "off", "placeholder": _("Gõ không dấu cũng được")}),
    )  # fmt: skip
    cap = forms.ChoiceField(label=_("Cấp"), required=False)
    buoc = forms.ChoiceField(label=_("Bước đang mở"), required=False)
    phu_trach = forms.ChoiceField(label=_("Người phụ trách"), required=False)
    tinh_trang = forms.ChoiceField(label=_("Tình trạng"), required=False)

    def __init__(self, data: Any, people: Mapping[int, str]) -> None:
        """Offer the council members who are in charge of any followed cluster: account and name."""
        super().__init__(data, auto_id="loc_%s")
        offered: dict[str, Any] = {
            "cap": [("", _("Mọi cấp")), *Level.choices],
            "buoc": [("", _("Mọi bước")), *PhaseKind.choices],
            "phu_trach": [("", _("Tất cả")), *((str(user), name) for user, name in people.items())],
            "tinh_trang": [("", _("Tất cả")), *STATES],
        }
        for name, choices in offered.items():
            self.fields[name].choices = choices  # type: ignore[attr-defined]

    @property
    def is_known(self) -> bool:
        """Whether the address asks only for what was offered; the view answers 404 otherwise."""
        return self.is_valid() or set(self.errors) <= {"q"}

    def asked(self) -> Asked:
        """What the address asks for."""
        self.is_valid()
        given = self.cleaned_data
        return Asked(
            given.get("q", ""), given.get("cap", ""), given.get("buoc", ""), given.get("phu_trach", ""),
            given.get("tinh_trang", ""),
        )  # fmt: skip

    @property
    def narrowed_by_field(self) -> int:
        """How many fields beside the search box narrow the list."""
        return sum(bool(self.data.get(name)) for name in self.fields if name != "q")

    @property
    def is_narrowed(self) -> bool:
        """Whether anything at all is asked for."""
        return any(self.data.get(name) for name in self.fields)

    def address(self, **more: str) -> str:
        """The query string that asks for the same again, with ``more``; empty parts are left out."""
        asked = {name: self.data.get(name, "") for name in self.fields} | more
        kept = {name: value for name, value in asked.items() if value}
        return f"?{urlencode(kept)}" if kept else ""
