"""What narrows the list of activities, out of the address."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django import forms
from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext_lazy as _

from core import search
from core.folding import QUERY_LIMIT
from core.formfields import DayField, LineField
from movements.enums import ActivityScope, ActivityState, PartState, Precision
from movements.models import Activity, Contribution
from movements.queries import Choices, of_agency

CLUSTER = "cum"
NO_MOVEMENT = "khong"
DOUBTFUL, UNDATED = "doubtful", "undated"


class UnknownChoice(ValueError):
    """The address names a movement, an agency or a state that this year does not have; the view answers 404."""


class ActivityFilter(forms.Form):
    """Search, movement, agency, period and state; an unreadable day is said beside its field and filters nothing.

    The period finds what may have happened in it: an activity known only by its year is inside every day of that year,
    one of unknown time is in no period.
    """

    q = LineField(
        label=_("Tìm kiếm"), required=False, max_length=QUERY_LIMIT,
        widget=forms.TextInput(attrs={"autocomplete": "off", "placeholder": _("Gõ không dấu cũng được: khau trang")}),
    )  # fmt: skip
    phong_trao = forms.ChoiceField(label=_("Phong trào"), required=False)
    don_vi = forms.ChoiceField(label=_("Đơn vị"), required=False)
    tu = DayField(label=_("Từ ngày"), required=False)
    den = DayField(label=_("Đến ngày"), required=False)
    trang_thai = forms.ChoiceField(label=_("Trạng thái"), required=False)

    def __init__(self, data: Any, choices: Choices, group: str) -> None:
        """Offer the movements and members of the year; ``group`` is what the cluster calls itself."""
        super().__init__(data, auto_id="loc_%s")
        movements = [(str(pk), title) for pk, title in choices.movements.items()]
        agencies = [(str(pk), name) for pk, (name, _short) in choices.agencies.items()]
        self._offer(
            "phong_trao", _("Tất cả phong trào"), movements, (NO_MOVEMENT, _("Không thuộc phong trào nào"))
        )
        self._offer(
            "don_vi",
            _("Tất cả đơn vị"),
            agencies,
            (CLUSTER, _("Hoạt động chung của %(group)s") % {"group": group}),
        )
        loose = (DOUBTFUL, _("Có khoản chưa rõ trong số tổng")), (UNDATED, _("Chưa ghi rõ ngày"))
        self._offer("trang_thai", _("Mọi trạng thái"), ActivityState.choices, *loose)

    def _offer(self, name: str, everything: Any, choices: Any, *more: Any) -> None:
        field: Any = self.fields[name]
        field.choices = [("", everything), *choices, *more]

    def given(self, name: str) -> Any:
        """The cleaned value, or empty. Raises ``UnknownChoice`` for a value that nobody offered."""
        self.is_valid()
        if name in self.errors and isinstance(self.fields[name], forms.ChoiceField):
            raise UnknownChoice(name)
        return self.cleaned_data.get(name) or ""

    @property
    def is_narrowed(self) -> bool:
        """Whether anything at all is asked for."""
        return any(self.given(name) for name in self.fields)

    @property
    def narrowed_by_field(self) -> int:
        """How many fields beside the search box narrow the list."""
        return sum(bool(self.given(name)) for name in self.fields if name != "q")

    def apply(self, rows: QuerySet[Activity]) -> QuerySet[Activity]:
        """The rows that fit. Raises ``UnknownChoice``."""
        if movement := self.given("phong_trao"):
            rows = rows.filter(movement=None if movement == NO_MOVEMENT else movement)
        if agency := self.given("don_vi"):
            rows = (
                rows.filter(scope=ActivityScope.CLUSTER)
                if agency == CLUSTER
                else of_agency(rows, int(agency))
            )
        if state := self.given("trang_thai"):
            rows = _in_state(rows, state)
        if first := self.given("tu"):
            rows = rows.filter(ends_on__gte=first)
        if last := self.given("den"):
            rows = rows.filter(starts_on__lte=last)
        if query := self.given("q"):
            rows = search.matching(rows, query)
        return rows

    def address(self, **more: str) -> str:
        """The query string that asks for the same again, with ``more``; empty parts are left out."""
        asked = {name: self.data.get(name, "") for name in self.fields} | more
        kept = {name: value for name, value in asked.items() if value}
        return f"?{urlencode(kept)}" if kept else ""


def _in_state(rows: QuerySet[Activity], state: str) -> QuerySet[Activity]:
    """Rows of a state, or with a loose end: a doubtful part, a time known only by its year or not at all."""
    if state == DOUBTFUL:
        parts = Contribution.objects.filter(activity=OuterRef("pk"), part_state=PartState.UNKNOWN)
        return rows.filter(Exists(parts))
    if state == UNDATED:
        return rows.filter(precision__in=(Precision.YEAR, Precision.UNKNOWN))
    return rows.filter(state=state)
