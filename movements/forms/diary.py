"""What narrows the diary: an agency, a movement, a label."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext_lazy as _

from movements.enums import ActivityScope
from movements.filters import CLUSTER, NO_MOVEMENT, UnknownChoice
from movements.models import Activity, Tag
from movements.queries import Choices, of_agency


class DiaryFilter(forms.Form):
    """One of each; everything that the address asks for is one of the choices."""

    don_vi = forms.ChoiceField(label=_("Đơn vị"), required=False)
    phong_trao = forms.ChoiceField(label=_("Phong trào"), required=False)
    nhan = forms.ChoiceField(label=_("Tiêu chí, nhãn"), required=False)

    def __init__(self, data: Any, choices: Choices, tags: Sequence[Tag], group: str) -> None:
        """Offer members, movements and labels of the year; ``group`` is what the cluster calls itself."""
        super().__init__(data, auto_id="loc_%s")
        agencies = [(str(pk), full) for pk, (full, _short) in choices.agencies.items()]
        whole = (CLUSTER, _("Hoạt động chung của %(group)s") % {"group": group})
        movements = [(str(pk), title) for pk, title in choices.movements.items()]
        offered: dict[str, list[Any]] = {
            "don_vi": [("", _("Tất cả đơn vị")), *agencies, whole],
            "phong_trao": [
                ("", _("Tất cả phong trào")), *movements, (NO_MOVEMENT, _("Không thuộc phong trào nào")),
            ],
            "nhan": [("", _("Mọi tiêu chí, nhãn")), *((str(tag.pk), str(tag)) for tag in tags)],
        }  # fmt: skip
        for name, pairs in offered.items():
            self.fields[name].choices = pairs  # type: ignore[attr-defined]
        if not tags:
            del self.fields["nhan"]

    def given(self, name: str) -> str:
        """The chosen value, or empty. Raises ``UnknownChoice`` for a value that nobody offered."""
        self.is_valid()
        if name in self.errors:
            raise UnknownChoice(name)
        return self.cleaned_data.get(name) or ""

    @property
    def asked(self) -> dict[str, str]:
        """What is asked for, by name."""
        return {name: value for name in self.fields if (value := self.given(name))}

    def apply(self, rows: QuerySet[Activity], *, every_agency: bool = False) -> QuerySet[Activity]:
        """The rows that fit, of every agency where that is said. Raises ``UnknownChoice``."""
        asked = self.asked
        if movement := asked.get("phong_trao"):
            rows = rows.filter(movement=None if movement == NO_MOVEMENT else int(movement))
        if tag := asked.get("nhan"):
            carried = Activity.tags.through.objects.filter(activity=OuterRef("pk"), tag=int(tag))
            rows = rows.filter(Exists(carried))
        agency = "" if every_agency else asked.get("don_vi", "")
        if agency == CLUSTER:
            rows = rows.filter(scope=ActivityScope.CLUSTER)
        elif agency:
            rows = of_agency(rows, int(agency))
        return rows

    def address(self, **more: str) -> str:
        """The query string that asks for the same again, with ``more``; empty parts are left out."""
        kept = {name: value for name, value in (self.asked | more).items() if value}
        return f"?{urlencode(kept)}" if kept else ""
