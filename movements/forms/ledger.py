"""What narrows the ledger, out of the address; and the small forms of confirming, ruling, renaming."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.db.models import Exists, OuterRef, Q
from django.utils.functional import cached_property
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from core import search
from core.folding import QUERY_LIMIT, fold
from core.formfields import DayField, LineField
from members.scope import Scope
from movements.domain import confirmations, duplicates, ledger, sums
from movements.domain.sums import Rows
from movements.domain.totals import NOBODY, OUTSIDE
from movements.enums import ActivityState, ConfirmedBy, ContributionKind
from movements.filters import UnknownChoice
from movements.forms.widgets import FastSelect
from movements.models import Beneficiary, Contribution, Contributor, GiftConfirmation
from movements.queries import KNOWN_TO_ALL, LARGEST_ID, Choices, activities_for, carried_by

NOTHING = ledger.NOTHING
KNOWN, CLUSTER, BEYOND = "chung", "cum", "ngoai"
CONFIRMED, UNCONFIRMED, CHANGED = "co", "chua", "doi"
DOUBTFUL, JOINT, WITH_OUTSIDE, SUSPECTED, SHARED = "chua_ro", "phoi_hop", "co_ngoai", "trung", "chia_phan"
EXACT = ("nhan", "tai", "ky", "ke")  # what only a link of the totals asks for
LONGEST_EXACT = 300


class LedgerFilter(forms.Form):
    """Search, giver, kind, movement, receiver, place, period, state, confirmation, and what is peculiar about a row.

    ``nhan`` (id of a receiver), ``tai`` (a folded place), ``ky`` (2020-04) and ``ke`` (1: with what the agency took
    over in the year) come from figures: they ask for exactly the rows behind one. The search finds what its activity
    says as well.
    """

    q = LineField(
        label=_("Tìm kiếm"), required=False, max_length=QUERY_LIMIT,
        widget=forms.TextInput(attrs={"autocomplete": "off", "placeholder": _("Gõ không dấu cũng được: khau trang")}),
    )  # fmt: skip
    don_vi = forms.ChoiceField(label=_("Bên đóng góp"), required=False, widget=FastSelect)
    loai = forms.ChoiceField(label=_("Loại"), required=False, widget=FastSelect)
    phong_trao = forms.ChoiceField(label=_("Phong trào"), required=False, widget=FastSelect)
    tu = DayField(label=_("Từ ngày"), required=False)
    den = DayField(label=_("Đến ngày"), required=False)
    noi_nhan = LineField(label=_("Nơi nhận có chữ"), required=False, max_length=QUERY_LIMIT)
    dia_ban = LineField(label=_("Địa bàn có chữ"), required=False, max_length=QUERY_LIMIT)
    trang_thai = forms.ChoiceField(label=_("Trạng thái hoạt động"), required=False, widget=FastSelect)
    xac_nhan = forms.ChoiceField(label=_("Xác nhận"), required=False, widget=FastSelect)
    co = forms.ChoiceField(label=_("Đặc điểm"), required=False, widget=FastSelect)
    nhan = forms.CharField(required=False, max_length=19, widget=forms.HiddenInput)
    tai = forms.CharField(required=False, max_length=LONGEST_EXACT, widget=forms.HiddenInput)
    ky = forms.CharField(required=False, max_length=7, widget=forms.HiddenInput)
    ke = forms.CharField(required=False, max_length=1, widget=forms.HiddenInput)

    def __init__(self, data: Any, choices: Choices, scope: Scope) -> None:
        """Offer the movements and members of the year."""
        super().__init__(data, auto_id="loc_%s")
        self.scope, self.choices = scope, choices
        group = {"group": scope.cluster.kind_inside}
        agencies = [(str(pk), name) for pk, (name, _short) in choices.agencies.items()]
        more = [(BEYOND, _t("Bên ngoài %(group)s") % group), (CLUSTER, _t("Chung của cả %(group)s") % group)]
        movements = [(str(pk), title) for pk, title in choices.movements.items()]
        none = (NOTHING, _t("Không thuộc phong trào nào"))
        self._offer("don_vi", _t("Tất cả"), [*agencies, *more])
        self._offer("loai", _t("Mọi loại"), ContributionKind.choices)
        self._offer("phong_trao", _t("Tất cả phong trào"), [*movements, none])
        known = (KNOWN, _t("Đã gửi hoặc đã xác nhận"))
        self._offer("trang_thai", _t("Mọi trạng thái"), [known, *ActivityState.choices])
        self._offer("xac_nhan", _t("Tất cả"), _confirmed_choices())
        self._offer("co", _t("Tất cả"), _peculiar_choices())

    def _offer(self, name: str, everything: str, choices: Any) -> None:
        field: Any = self.fields[name]
        field.choices = [("", everything), *choices]

    def given(self, name: str) -> Any:
        """The cleaned value, or empty. Raises ``UnknownChoice`` for a value that nobody offered."""
        self.is_valid()
        if name in self.errors and (isinstance(self.fields[name], forms.ChoiceField) or name in EXACT):
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

    @cached_property
    def givers(self) -> tuple[int, ...]:
        """Whose own figures are asked for; empty for everybody's. One query for an agency with what it took over."""
        agency = self.given("don_vi")
        if not agency:
            return ()
        giver = _giver(agency)
        carried = carried_by(self.scope.year, giver) if self.given("ke") else ()
        return (giver, *(row.agency_id for row in carried if row.takes))

    def apply(self, rows: Rows) -> Rows:
        """The rows that fit. Raises ``UnknownChoice``."""
        if self.givers:
            rows = ledger.given_by(rows, *self.givers)
        if kind := self.given("loai"):
            rows = rows.filter(kind=kind)
        if movement := self.given("phong_trao"):
            rows = rows.filter(activity__movement=None if movement == NOTHING else movement)
        if first := self.given("tu"):
            rows = rows.filter(Q(given_on__gte=first) | Q(given_on=None, activity__ends_on__gte=first))
        if last := self.given("den"):
            rows = rows.filter(Q(given_on__lte=last) | Q(given_on=None, activity__starts_on__lte=last))
        if state := self.given("trang_thai"):
            rows = rows.filter(activity__state__in=KNOWN_TO_ALL if state == KNOWN else (state,))
        if query := self.given("q"):
            found = search.matching(activities_for(self.scope), query)
            rows = rows.filter(activity__in=found.order_by().values("pk"))
        return self._peculiar(self._confirmed(self._exactly(rows)))

    def _exactly(self, rows: Rows) -> Rows:
        if words := fold(self.given("noi_nhan")):
            rows = rows.filter(beneficiary__folded__contains=words)
        if words := self.given("dia_ban"):
            rows = ledger.at_place(rows, words, exact=False)
        if receiver := self.given("nhan"):
            rows = rows.filter(beneficiary=None if receiver == NOTHING else _id(receiver))
        if place := self.given("tai"):
            rows = ledger.at_place(rows, "" if place == NOTHING else place)
        if month := self.given("ky"):
            rows = ledger.in_month(rows, None if month == NOTHING else _month(month))
        return rows

    def _confirmed(self, rows: Rows) -> Rows:
        asked = self.given("xac_nhan")
        if not asked:
            return rows
        standing = GiftConfirmation.objects.filter(contribution=OuterRef("pk"), withdrawn_at__isnull=True)
        if asked in ConfirmedBy.values:
            standing = standing.filter(source=asked)
        if asked == UNCONFIRMED:
            return rows.filter(~Exists(standing))
        changed = confirmations.lapsed(rows)
        return (
            rows.filter(pk__in=changed)
            if asked == CHANGED
            else rows.filter(Exists(standing)).exclude(pk__in=changed)
        )

    def _peculiar(self, rows: Rows) -> Rows:
        asked = self.given("co")
        if asked == DOUBTFUL:
            return ledger.doubtful(rows)
        if asked == JOINT:
            return sums.joint(rows)
        if asked == WITH_OUTSIDE:
            return ledger.given_by(rows, OUTSIDE)
        if asked == SHARED:
            shared = Contributor.objects.filter(contribution=OuterRef("pk"), share__isnull=False)
            return rows.filter(Exists(shared))
        return duplicates.suspected(self.scope, rows) if asked == SUSPECTED else rows

    def address(self, **more: str) -> str:
        """The query string that asks for the same again, with ``more``; empty parts are left out."""
        asked = {name: self.data.get(name, "") for name in self.fields} | more
        kept = {name: value for name, value in asked.items() if value}
        return f"?{urlencode(kept)}" if kept else ""

    def visible(self) -> list[Any]:
        """The fields that are seen."""
        return [self[name] for name in self.fields if name not in EXACT]

    def chips(self) -> Iterator[dict[str, str]]:
        """What only a link asked for, in words, each with the address without it."""
        for name in EXACT:
            if value := self.given(name):
                yield {"text": self._words(name, value), "url": self.address(**{name: ""})}

    def _words(self, name: str, value: str) -> str:
        if name == "ke":
            return _t("Gồm cả kết quả đã kế thừa")
        if name == "ky":
            return (
                _t("Chưa rõ tháng")
                if value == NOTHING
                else _t("Tháng %(month)s") % {"month": month_words(value)}
            )
        if name == "tai":
            return _t("Chưa ghi địa bàn") if value == NOTHING else _t("Địa bàn: %(place)s") % {"place": value}
        row = Beneficiary.objects.filter(pk=_id(value)).first() if value != NOTHING else None
        seen = row and ledger.entries(self.scope).filter(beneficiary=row).exists()
        return _t("Nơi nhận: %(name)s") % {"name": row.name} if row and seen else _t("Chưa ghi nơi nhận")


def _confirmed_choices() -> list[tuple[str, str]]:
    return [
        (CONFIRMED, _t("Đã xác nhận, số còn đúng")),
        (ConfirmedBy.RECEIVER.value, _t("Nơi nhận đã xác nhận")),
        (ConfirmedBy.CHAIR.value, _t("Cụm trưởng đã xác nhận")),
        (UNCONFIRMED, _t("Chưa xác nhận")),
        (CHANGED, _t("Số đã đổi sau khi xác nhận")),
    ]


def _peculiar_choices() -> list[tuple[str, str]]:
    return [
        (DOUBTFUL, _t("Chưa rõ có gồm trong số tổng")),
        (JOINT, _t("Nhiều bên phối hợp")),
        (WITH_OUTSIDE, _t("Có bên ngoài cụm")),
        (SHARED, _t("Có ghi phần góp")),
        (SUSPECTED, _t("Nghi trùng")),
    ]


def _giver(value: str) -> int:
    named = {BEYOND: OUTSIDE, CLUSTER: NOBODY}
    return named[value] if value in named else int(value)


def giver_value(key: int) -> str:
    """The giver of a group as the filter takes it."""
    return {OUTSIDE: BEYOND, NOBODY: CLUSTER}.get(key, str(key))


def _id(text: str) -> int:
    if not (text.isascii() and text.isdigit()) or not 0 < int(text) <= LARGEST_ID:
        raise UnknownChoice("nhan")
    return int(text)


def _month(text: str) -> date:
    year, _dash, month = text.partition("-")
    try:
        if len(text) != 7 or not (year + month).isascii():
            raise ValueError(text)
        return date(int(year), int(month), 1)
    except ValueError as error:
        raise UnknownChoice("ky") from error


def month_words(text: str) -> str:
    """ "4/2020" for "2020-04"."""
    day = _month(text)
    return f"{day.month}/{day.year}"


class ConfirmForm(forms.Form):
    """The receiver's paper: its number and day in words, or a file of the library."""

    use_required_attribute = False
    document = LineField(
        label=_("Số, ngày của giấy xác nhận"),
        required=False,
        max_length=confirmations.LONGEST_DOCUMENT,
        widget=forms.TextInput(attrs={"placeholder": _("Giấy biên nhận số 12 ngày 5/4/2020")}),
    )
    evidence = forms.ChoiceField(
        label=_("Hoặc một tệp trong kho minh chứng"), required=False, widget=FastSelect
    )

    def __init__(self, data: Any, gift: Contribution) -> None:
        """Offer the newest files of the owner's library."""
        super().__init__(data, auto_id="xn_%s", label_suffix="")
        rows = confirmations.papers_for(gift.activity).values_list("pk", "name")[:200]
        field: Any = self.fields["evidence"]
        field.choices = [("", _t("Không chọn tệp")), *((str(pk), name) for pk, name in rows)]
