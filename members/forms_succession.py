"""Forms of succession: merging, splitting, dissolving."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.formfields import LineField
from members.changes import Change, Offer, offices_of
from members.domain.agencies import NewAgency, clusters_of
from members.domain.succession import DEPUTY_ACTS, ENDS, HEIR, Succession, reorganise
from members.enums import Assessed, LinkKind, Role
from members.forms_changes import PAPER, PaperForm, agency_field, day_field

NEW = "new"
PARTS = (1, 2, 3)


class SuccessionForm(PaperForm):
    """What merging, splitting and dissolving have in common: day, offices, people, results."""

    on = day_field(gettext_lazy("Từ ngày"))
    people = forms.BooleanField(
        label=gettext_lazy("Chuyển chức năng của người dùng sang đơn vị sau từ ngày đó"), required=False
    )
    assessed = forms.ChoiceField(label=gettext_lazy("Kết quả đã ghi trong năm"), required=False)
    kind = ""

    def __init__(self, data: Any = None, *, offer: Offer, initial: Any = None) -> None:
        """Add a choice for each office that a member holds."""
        first = {"people": True, "assessed": Assessed.SUCCESSOR, **(initial or {})}
        super().__init__(data, offer=offer, initial=first)
        if "assessed" in self.fields:
            words = _("Đơn vị sau kế thừa: %(who)s")
            self.fields["assessed"].choices = [  # type: ignore[attr-defined]
                ("", _("Không chuyển, để lại đơn vị trước")),
                *((value, words % {"who": label}) for value, label in Assessed.choices),
            ]
        offices = offices_of([pk for pk, _name in offer.standing], offer.year)
        self.office_names = []
        for term in offices:
            name = f"office_{term.pk}"
            self.fields[name] = _office_field(offer, term, heir=bool(self.kind))
            self.office_names.append(name)

    def drawn(self) -> Iterator[tuple[str, list[Any]]]:
        """The offices before the paper."""
        groups = list(super().drawn())
        yield from groups[:-1]
        if self.office_names:
            yield (
                _("Nếu đơn vị thay đổi đang giữ vai trò"),
                [self[name] for name in self.office_names],
            )
        yield from groups[-1:]

    def succession(self, before: tuple[int, ...], after: tuple[Any, ...], **more: Any) -> Change:
        """The change out of what is common."""
        data = self.cleaned_data
        order = Succession(
            self.kind, before, after, data["on"], data["decision_number"], data["decision_date"], data["note"],
            people=data["people"], assessed=data.get("assessed", ""),
            offices={int(name[7:]): data[name] for name in self.office_names if data.get(name)}, **more,
        )  # fmt: skip

        def run(actor: Any, seen: str) -> object:
            return reorganise(actor, order, seen=seen)

        clusters = clusters_of(order.known_ids) or self.here
        return Change(run, clusters, order.on, (*self._facts(before), *self.paper_facts))

    def _facts(self, before: tuple[int, ...]) -> tuple[tuple[str, str], ...]:
        return ((_("Đơn vị trước"), "; ".join(self.named(pk) for pk in before)),)


def _office_field(offer: Offer, term: Any, *, heir: bool) -> forms.ChoiceField:
    choices = [("", _("Theo thông lệ"))]
    choices += [(HEIR, _("Đơn vị sau tạm quyền"))] if heir else []
    choices += [(DEPUTY_ACTS, _("Cụm phó tạm quyền"))] if term.role == Role.CHAIR else []
    choices += [(ENDS, _("Kết thúc, để trống"))]
    words = {
        "agency": offer.short(term.agency_id),
        "role": Role(term.role).label,
        "cluster": term.cluster.short_name,
    }
    return forms.ChoiceField(
        label=_("%(agency)s: %(role)s, %(cluster)s") % words, choices=choices, required=False
    )


class MergeForm(SuccessionForm):
    """One or several end, one follows: a member, or a new agency."""

    kind = LinkKind.MERGE
    predecessors = forms.TypedMultipleChoiceField(
        label=gettext_lazy("Đơn vị thôi hoạt động"), coerce=int, widget=forms.CheckboxSelectMultiple
    )
    successor = forms.ChoiceField(label=gettext_lazy("Đơn vị kế thừa"))
    name = LineField(label=gettext_lazy("Tên đầy đủ, nếu là đơn vị mới"), max_length=300, required=False)
    short_name = LineField(label=gettext_lazy("Tên gọn, nếu là đơn vị mới"), max_length=100, required=False)
    groups = (
        (gettext_lazy("Đơn vị trước và sau"), ("predecessors", "successor", "name", "short_name", "on")),
        (gettext_lazy("Người dùng và kết quả"), ("people", "assessed")),
        PAPER,
    )

    def __init__(self, data: Any = None, *, offer: Offer, initial: Any = None) -> None:
        """Offer the members on both sides."""
        super().__init__(data, offer=offer, initial=initial)
        self.fields["predecessors"].choices = offer.standing  # type: ignore[attr-defined]
        self.fields["successor"].choices = [  # type: ignore[attr-defined]
            (NEW, _("Đơn vị mới, ghi tên ở dưới")), *((str(pk), name) for pk, name in offer.standing),
        ]  # fmt: skip

    def clean(self) -> dict[str, Any]:
        """A new agency has both names."""
        data = super().clean() or self.cleaned_data
        if data.get("successor") == NEW:
            for name in ("name", "short_name"):
                if not data.get(name) and name not in self.errors:
                    self.add_error(name, _("Ghi tên đơn vị mới."))
        elif int(data.get("successor") or 0) in data.get("predecessors", ()):
            self.add_error("successor", _("Đơn vị kế thừa phải khác các đơn vị thôi hoạt động."))
        return data

    def change(self) -> Change:
        """Merging."""
        data = self.cleaned_data
        new = data["successor"] == NEW
        after = NewAgency(data["name"], data["short_name"]) if new else int(data["successor"])
        return self.succession(tuple(data["predecessors"]), (after,))


class SplitForm(SuccessionForm):
    """One agency becomes several, or gives a part away and stays."""

    kind = LinkKind.SPLIT
    predecessor = agency_field(gettext_lazy("Đơn vị chia, tách"))
    keeps = forms.BooleanField(
        label=gettext_lazy("Đơn vị vẫn hoạt động, chỉ tách một phần thành đơn vị mới"), required=False
    )
    heir = forms.TypedChoiceField(
        label=gettext_lazy("Đơn vị nhận vai trò, người dùng và kết quả"), coerce=int,
        choices=[(place, gettext_lazy("Đơn vị mới thứ %d") % place) for place in PARTS],
    )  # fmt: skip
    groups = (
        (gettext_lazy("Đơn vị chia, tách"), ("predecessor", "keeps", "on")),
        (
            gettext_lazy("Các đơn vị mới"),
            tuple(f"{part}_{place}" for place in PARTS for part in ("name", "short_name")),
        ),
        (gettext_lazy("Người dùng và kết quả"), ("heir", "people", "assessed")),
        PAPER,
    )

    def __init__(self, data: Any = None, *, offer: Offer, initial: Any = None) -> None:
        """Names of up to three parts."""
        super().__init__(data, offer=offer, initial=initial)
        for place in PARTS:
            self.fields[f"name_{place}"] = LineField(
                label=_("Tên đầy đủ của đơn vị mới thứ %(place)s") % {"place": place}, max_length=300,
                required=place == 1,
            )  # fmt: skip
            self.fields[f"short_name_{place}"] = LineField(
                label=_("Tên gọn của đơn vị mới thứ %(place)s") % {"place": place}, max_length=100,
                required=place == 1,
            )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        """Two parts at least, unless the agency stays; the heir is one of them."""
        data = super().clean() or self.cleaned_data
        for place in PARTS[1:]:
            if bool(data.get(f"name_{place}")) != bool(data.get(f"short_name_{place}")):
                missing = "short_name" if data.get(f"name_{place}") else "name"
                self.add_error(f"{missing}_{place}", _("Ghi cả tên đầy đủ và tên gọn."))
        parts = self._parts(data)
        if len(parts) < 2 and not data.get("keeps"):
            self.add_error("name_2", _("Chia thành ít nhất hai đơn vị, hoặc chọn “vẫn hoạt động”."))
        if (data.get("heir") or 1) not in parts:
            self.add_error("heir", _("Chọn một trong các đơn vị mới đã ghi tên."))
        return data

    @staticmethod
    def _parts(data: dict[str, Any]) -> dict[int, NewAgency]:
        return {
            place: NewAgency(data[f"name_{place}"], data[f"short_name_{place}"])
            for place in PARTS
            if data.get(f"name_{place}") and data.get(f"short_name_{place}")
        }

    def change(self) -> Change:
        """Splitting."""
        data = self.cleaned_data
        parts = self._parts(data)
        return self.succession(
            (data["predecessor"],), tuple(parts.values()), keeps=data["keeps"], heir=list(parts).index(data["heir"])
        )  # fmt: skip


class DissolveForm(SuccessionForm):
    """An agency ends and nobody follows."""

    predecessor = agency_field(gettext_lazy("Đơn vị giải thể"))
    assessed = None  # type: ignore[assignment]
    groups = (
        (gettext_lazy("Đơn vị giải thể"), ("predecessor", "on")),
        (gettext_lazy("Người dùng"), ("people",)),
        PAPER,
    )

    def __init__(self, data: Any = None, *, offer: Offer, initial: Any = None) -> None:
        """Say what becomes of people."""
        super().__init__(data, offer=offer, initial=initial)
        self.fields["people"].label = _("Kết thúc chức năng của người dùng ở đơn vị này từ ngày đó")

    def change(self) -> Change:
        """Dissolving."""
        return self.succession((self.cleaned_data["predecessor"],), ())
