"""What narrows the list of activities, its order and its columns: all out of the address."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlencode

from django import forms
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import QueryDict
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from core import search
from core.dates import format_date
from core.folding import QUERY_LIMIT, fold
from core.formfields import DayField, LineField
from members.scope import Scope
from movements.columns import CHOSEN_AT_FIRST, COLUMNS, ORDERS
from movements.enums import ActivityScope, ActivityState, ContributionKind, PartState, Precision
from movements.models import Activity, Beneficiary, Contribution, EvidenceUse, GiftConfirmation
from movements.queries import ListNames, of_agencies

CLUSTER = "cum"
NO_MOVEMENT = "khong"
DOUBTFUL, UNDATED = "doubtful", "undated"
WITH, WITHOUT = "co", "khong"
ME, COLLEAGUE = "toi", "khac"
LOOKS: Final = ("sap", "cot")  # how the list looks; the other fields narrow it
MAIN: Final = ("phong_trao", "don_vi", "trang_thai", "tu", "den")
MOST_VALUES: Final = 100


class UnknownChoice(ValueError):
    """The address names a movement, an agency or a state that this year does not have; the view answers 404."""


@dataclass(frozen=True, slots=True)
class Chip:
    """One thing that the list is narrowed by; ``query`` asks for the same without it."""

    text: str
    query: str


@dataclass(frozen=True, slots=True)
class Drawn:
    """A field as the page draws it; ``chosen`` are the ticked values of one that takes several."""

    bound: forms.BoundField
    several: bool
    chosen: Sequence[str]


class Several(forms.MultipleChoiceField):
    """Any of the offered values; an empty one in the address asks for nothing."""

    widget = forms.CheckboxSelectMultiple

    def to_python(self, value: Any) -> list[str]:
        """Each value once."""
        return [word for word in dict.fromkeys(super().to_python(value)) if word]

    def validate(self, value: Sequence[str]) -> None:
        """Only what is offered, and no endless lists."""
        if len(value) > MOST_VALUES:
            raise forms.ValidationError(_("Chọn quá nhiều."))
        super().validate(value)


def _words(label: Any, **more: Any) -> LineField:
    attrs = {"autocomplete": "off"} | more
    return LineField(label=label, required=False, max_length=QUERY_LIMIT, widget=forms.TextInput(attrs=attrs))


def _one(label: Any, everything: Any, choices: Any) -> forms.ChoiceField:
    return forms.ChoiceField(label=label, required=False, choices=[("", everything), *choices])


def _several(label: Any, choices: Any = ()) -> Several:
    return Several(label=label, required=False, choices=list(choices))


class ActivityFilter(forms.Form):
    """Search, movements, agencies, states, period, and under "Thêm bộ lọc" everything else that is recorded.

    An unreadable day is said beside its field and filters nothing. The period finds what may have happened in it: an
    activity known only by its year is inside every day of that year, one of unknown time is in no period. Several
    values of one field are joined by "or", fields by "and".
    """

    q = _words(_("Tìm kiếm"), placeholder=_("Gõ không dấu cũng được: khau trang"))
    phong_trao = _several(_("Phong trào"))
    don_vi = _several(_("Đơn vị"))
    trang_thai = _several(_("Trạng thái"))
    tu = DayField(label=_("Từ ngày"), required=False)
    den = DayField(label=_("Đến ngày"), required=False)
    loai = _several(_("Loại đóng góp"), ContributionKind.choices)
    nhan = _several(_("Tiêu chí, nhãn"))
    noi_nhan = _words(_("Nơi nhận có chữ"))
    dia_ban = _words(_("Địa bàn có chữ"))
    dong_gop = _one(
        _("Khoản đóng góp"), _("Có hoặc không"), [(WITH, _("Có khoản")), (WITHOUT, _("Không có khoản"))]
    )
    minh_chung = _one(
        _("Minh chứng"), _("Có hoặc không"), [(WITH, _("Có minh chứng")), (WITHOUT, _("Chưa có minh chứng"))]
    )
    xac_nhan = _one(
        _("Xác nhận khoản"), _("Tất cả"),
        [(WITH, _("Có khoản đã được xác nhận")), (WITHOUT, _("Có khoản chưa được xác nhận"))],
    )  # fmt: skip
    pham_vi = _one(_("Phạm vi"), _("Mọi phạm vi"), ActivityScope.choices)
    cong_khai = _one(
        _("Công khai"), _("Tất cả"), [(WITH, _("Công khai, hoặc đề nghị công khai")), (WITHOUT, _("Nội bộ"))]
    )
    nguoi_sua = _one(
        _("Hoạt động của đơn vị tôi"), _("Ai sửa cũng được"),
        [(ME, _("Tôi sửa sau cùng")), (COLLEAGUE, _("Người khác sửa sau cùng"))],
    )  # fmt: skip
    sap = _one(_("Sắp xếp"), ORDERS[""], [(key, words) for key, words in ORDERS.items() if key])
    cot = _several(_("Cột"), COLUMNS.items())

    def __init__(self, data: Any, names: ListNames, scope: Scope) -> None:
        """Offer the movements, members and labels of the year."""
        super().__init__(data, auto_id="loc_%s")
        self.scope, self.names = scope, names
        group = {"group": scope.cluster.kind_inside}
        choices = names.choices
        movements = [(str(pk), title) for pk, title in choices.movements.items()]
        agencies = [(str(pk), name) for pk, (name, _short) in choices.agencies.items()]
        loose = (DOUBTFUL, _("Có khoản chưa rõ trong số tổng")), (UNDATED, _("Chưa ghi rõ ngày"))
        self._offer("phong_trao", [*movements, (NO_MOVEMENT, _("Không thuộc phong trào nào"))])
        self._offer("don_vi", [*agencies, (CLUSTER, _t("Hoạt động chung của %(group)s") % group)])
        self._offer("trang_thai", [*ActivityState.choices, *loose])
        self._offer("nhan", [(str(pk), words) for pk, words in names.tags.items()])

    def _offer(self, name: str, choices: Any) -> None:
        field: Any = self.fields[name]
        field.choices = choices

    # -- what is asked for -----------------------------------------------------------------------
    def given(self, name: str) -> Any:
        """The cleaned value, or empty. Raises ``UnknownChoice`` for a value that nobody offered."""
        self.is_valid()
        if name in self.errors and self.is_choice(name):
            raise UnknownChoice(name)
        return self.cleaned_data.get(name) or ""

    def is_choice(self, name: str) -> bool:
        """Whether the field takes only what it offers."""
        return isinstance(self.fields[name], forms.ChoiceField)

    @property
    def asked(self) -> list[str]:
        """Names of the fields that narrow the list."""
        return [name for name in self.fields if name not in LOOKS and self.given(name)]

    @property
    def is_narrowed(self) -> bool:
        """Whether anything at all is asked for."""
        return bool(self.asked)

    @property
    def narrowed_by_field(self) -> int:
        """How many fields beside the search box narrow the list."""
        return sum(name != "q" for name in self.asked)

    @property
    def narrowed_by_more(self) -> int:
        """How many of the less used fields narrow the list."""
        return sum(name != "q" and name not in MAIN for name in self.asked)

    @property
    def is_too_short(self) -> bool:
        """Whether one or two letters are all that is asked for: that would read every row, so it finds none."""
        return self.asked == ["q"] and search.is_too_short(self.given("q"))

    @property
    def order(self) -> str:
        """What the list is sorted by: a key of ``ORDERS``."""
        return str(self.given("sap"))

    @property
    def columns(self) -> tuple[str, ...]:
        """The chosen columns in the order of the table."""
        wanted = self.given("cot") or CHOSEN_AT_FIRST
        return tuple(key for key in COLUMNS if key in wanted)

    def main_fields(self) -> list[Drawn]:
        """The fields that stand beside the search box."""
        return [self._drawn(name) for name in MAIN]

    def column_choices(self) -> list[tuple[str, Any]]:
        """Columns that may be shown, by the words of their heads."""
        return list(COLUMNS.items())

    def order_field(self) -> Drawn:
        """What the list may be sorted by."""
        return self._drawn("sap")

    def _drawn(self, name: str) -> Drawn:
        several = isinstance(self.fields[name], Several)
        return Drawn(self[name], several, self.given(name) or [] if several else [])

    def more_fields(self) -> list[Drawn]:
        """The less used ones; a year without labels offers none."""
        known = ("q", *MAIN, *LOOKS)
        offered = [name for name in self.fields if name not in known]
        return [self._drawn(name) for name in offered if name != "nhan" or self.names.tags]

    # -- rows ------------------------------------------------------------------------------------
    def apply(self, rows: QuerySet[Activity]) -> QuerySet[Activity]:
        """The rows that fit. Raises ``UnknownChoice``."""
        for name in self.fields:
            self.given(name)
        if self.is_too_short:
            return rows.none()
        if values := self.given("phong_trao"):
            none = Q(movement=None) if NO_MOVEMENT in values else Q(pk__in=())
            rows = rows.filter(none | Q(movement__in=_ids(values)))
        if values := self.given("don_vi"):
            rows = of_agencies(rows, _ids(values), or_cluster=CLUSTER in values)
        if values := self.given("trang_thai"):
            rows = rows.filter(_in_states(values))
        if first := self.given("tu"):
            rows = rows.filter(ends_on__gte=first)
        if last := self.given("den"):
            rows = rows.filter(starts_on__lte=last)
        rows = self._about_gifts(self._about_itself(rows))
        if query := self.given("q"):
            rows = search.matching(rows, query)
        return rows

    def _about_itself(self, rows: QuerySet[Activity]) -> QuerySet[Activity]:
        if words := fold(self.given("dia_ban")):
            rows = _at_place(rows, words)
        if values := self.given("nhan"):
            tagged = Activity.tags.through.objects.filter(activity=OuterRef("pk"), tag__in=_ids(values))
            rows = rows.filter(Exists(tagged))
        if scope := self.given("pham_vi"):
            rows = rows.filter(scope=scope)
        if shown := self.given("cong_khai"):
            rows = rows.filter(is_public=shown == WITH)
        if editor := self.given("nguoi_sua"):
            mine = Q(edited_by=self.scope.user.pk)
            others = Q(edited_by__isnull=False) & ~mine
            rows = rows.filter(agency__in=self.scope.answers_for).filter(mine if editor == ME else others)
        return rows

    def _about_gifts(self, rows: QuerySet[Activity]) -> QuerySet[Activity]:
        gifts = Contribution.objects.filter(activity=OuterRef("pk"))
        if kinds := self.given("loai"):
            rows = rows.filter(Exists(gifts.filter(kind__in=kinds)))
        if words := fold(self.given("noi_nhan")):
            named = Beneficiary.objects.filter(cluster=self.scope.year.cluster_id, folded__contains=words)
            given = Contribution.objects.filter(
                beneficiary__in=named.values("pk")
            )  # from the few to the many
            rows = rows.filter(pk__in=given.values("activity"))
        if has := self.given("dong_gop"):
            rows = rows.filter(Exists(gifts) if has == WITH else ~Exists(gifts))
        if has := self.given("xac_nhan"):
            standing = Exists(
                GiftConfirmation.objects.filter(contribution=OuterRef("pk"), withdrawn_at__isnull=True)
            )
            rows = rows.filter(Exists(gifts.filter(standing if has == WITH else ~standing)))
        if has := self.given("minh_chung"):
            kept = Exists(
                EvidenceUse.objects.filter(
                    activity=OuterRef("pk"), removed_at__isnull=True, evidence__removed_at__isnull=True
                )
            )
            rows = rows.filter(kept if has == WITH else ~kept)
        return rows

    # -- the address -----------------------------------------------------------------------------
    def _pairs(self) -> Iterator[tuple[str, str]]:
        """What the address says, as typed; empty parts and the usual columns are left out."""
        data = self.data
        for name in self.fields:
            if name == "cot" and self.columns == CHOSEN_AT_FIRST:
                continue
            values = data.getlist(name) if isinstance(data, QueryDict) else [data.get(name, "")]
            yield from ((name, value) for value in values if value)

    def address(self, **more: str) -> str:
        """The query string that asks for the same again, with ``more``; empty parts are left out."""
        return _query([*self._pairs(), *((name, value) for name, value in more.items() if value)])

    def chips(self) -> Iterator[Chip]:
        """Everything that narrows the list, one by one, each with the address that asks without it."""
        pairs = list(self._pairs())
        for name in self.asked:
            field: Any = self.fields[name]
            value = self.given(name)
            for one in value if isinstance(value, list) else [value]:
                several = isinstance(value, list)
                left = [pair for pair in pairs if pair[0] != name or (several and pair[1] != str(one))]
                yield Chip(f"{field.label}: {self._chip_words(name, one)}", _query(left))

    def _chip_words(self, name: str, value: Any) -> str:
        field: Any = self.fields[name]
        if self.is_choice(name):
            return str(dict(field.choices)[value])
        return f"“{value}”" if isinstance(value, str) else format_date(value)


def cleaned(query: str, names: ListNames, scope: Scope) -> tuple[QueryDict, list[str]]:
    """A kept query without the values that no longer exist, and the labels of the fields that lost one."""
    data = QueryDict(query, mutable=True)
    lost: list[str] = []
    form = ActivityFilter(data, names, scope)
    for name in form.fields:
        field: Any = form.fields[name]
        values = data.getlist(name)
        if form.is_choice(name):
            offered = {str(key) for key, _label in field.choices}
            kept = [value for value in values if value in offered][:MOST_VALUES]
        else:
            kept = [] if name in form.errors else values[:1]
        if len(kept) < len([value for value in values if value]):
            lost.append(str(field.label))
        data.setlist(name, [value for value in kept if value])
    for strange in set(data) - set(form.fields):
        del data[strange]
    return data, lost


def _query(pairs: Sequence[tuple[str, str]]) -> str:
    return f"?{urlencode(pairs)}" if pairs else ""


def _ids(values: Sequence[str]) -> list[int]:
    return [int(value) for value in values if value.isdecimal()]


def _at_place(rows: QuerySet[Activity], words: str) -> QuerySet[Activity]:
    """Rows whose place, or the place of one of whose gifts, holds the words, marks or none; one query more.

    Places are few and come again and again; only those of rows that hold the words anywhere are looked at.
    """
    near = search.matching(rows, f'"{words}"').order_by()
    own = near.values_list("place").distinct()
    given = Contribution.objects.filter(activity__in=near.values("pk")).order_by().values_list("place")
    places = [place for (place,) in own.union(given) if words in fold(place)]
    gifts = Contribution.objects.filter(activity=OuterRef("pk"), place__in=places)
    return rows.filter(Q(place__in=places) | Exists(gifts))


def _in_states(values: Sequence[str]) -> Q:
    """Rows in one of the states, or with a loose end: a doubtful part, a time known only by its year or not at all."""
    found = Q(state__in=[value for value in values if value in ActivityState.values])
    if DOUBTFUL in values:
        parts = Contribution.objects.filter(activity=OuterRef("pk"), part_state=PartState.UNKNOWN)
        found |= Q(Exists(parts))
    if UNDATED in values:
        found |= Q(precision__in=(Precision.YEAR, Precision.UNKNOWN))
    return found
