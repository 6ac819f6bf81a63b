"""Lists inside a criterion and inside the settings of a table: rows that can be added and taken out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.formfields import LineField, NumberField
from members.charter_form import RowForm, Rows, ShareField, WholeField
from members.charter_parts import Unfit
from scoring.table_parts import MOST_ROWS, factor, plain_number
from scoring.table_rules import PARAMS
from scoring.table_words import COMBINE, CONDITIONS, SANCTIONS, WHO, ZEROES

LISTS: Final = ("choices", "steps", "sanctions", "sizes")
SETTING_LISTS: Final = ("levels", "conditions")
_NUMBER: Final = NumberField()


def _decimal(value: Any) -> Any:
    return _NUMBER.to_python(str(value).replace(".", ","))


class ChoiceForm(RowForm):
    """A named level of a criterion."""

    label = LineField(required=False, max_length=200)
    points = NumberField(required=False)
    zeroes = forms.ChoiceField(required=False, choices=list(ZEROES.items()))
    stored = forms.CharField(required=False, max_length=20, widget=forms.HiddenInput)
    words = {
        "label": gettext_lazy("Mức %(number)s: tên"), "points": gettext_lazy("Mức %(number)s: điểm"),
        "zeroes": gettext_lazy("Mức %(number)s: hậu quả"), "stored": gettext_lazy("Mức %(number)s: mã"),
    }  # fmt: skip
    heads = {
        "label": gettext_lazy("Mức"), "points": gettext_lazy("Điểm"), "zeroes": gettext_lazy("Hậu quả"),
    }  # fmt: skip
    gone = gettext_lazy("Xóa mức %(number)s")
    one = gettext_lazy("Mức")

    @property
    def is_empty(self) -> bool:
        """Whether neither a name nor points were put into it."""
        return all(self.cleaned_data.get(name) in (None, "") for name in ("label", "points"))

    def complain(self) -> None:
        """A name, and points unless the level takes everything away."""
        self.need("label")
        if not self.cleaned_data.get("zeroes"):
            self.need("points")

    def part(self) -> Any:
        """As the criterion keeps it; the key is given when all rows are known."""
        data = self.cleaned_data
        return {
            "key": data["stored"], "label": data["label"], "points": plain_number(data["points"] or _decimal("0")),
            "zeroes": data["zeroes"],
        }  # fmt: skip


class StepForm(RowForm):
    """A band."""

    inclusive = forms.ChoiceField(
        required=False, choices=[("1", gettext_lazy("từ")), ("0", gettext_lazy("trên"))]
    )
    edge = NumberField(required=False)
    points = NumberField(required=False)
    words = {
        "inclusive": gettext_lazy("Bậc %(number)s: từ hay trên"), "edge": gettext_lazy("Bậc %(number)s: tỷ lệ %%"),
        "points": gettext_lazy("Bậc %(number)s: điểm"),
    }  # fmt: skip
    heads = {
        "inclusive": gettext_lazy("Mốc"), "edge": gettext_lazy("Tỷ lệ %"), "points": gettext_lazy("Được điểm"),
    }  # fmt: skip
    gone = gettext_lazy("Xóa bậc %(number)s")
    one = gettext_lazy("Bậc")

    @property
    def is_empty(self) -> bool:
        """Whether neither an edge nor points were put into it."""
        return all(self.cleaned_data.get(name) in (None, "") for name in ("edge", "points"))

    def complain(self) -> None:
        """Both numbers."""
        self.need("edge", "points")

    def part(self) -> Any:
        """As the criterion keeps it."""
        data = self.cleaned_data
        return {
            "edge": plain_number(data["edge"]), "points": plain_number(data["points"]),
            "inclusive": data["inclusive"] != "0",
        }  # fmt: skip


class SizeForm(RowForm):
    """A factor from a size on."""

    at_least = NumberField(required=False)
    factor = LineField(required=False, max_length=9)
    words = {
        "at_least": gettext_lazy("Hệ số %(number)s: từ quy mô"), "factor": gettext_lazy("Hệ số %(number)s: nhân với"),
    }  # fmt: skip
    heads = {"at_least": gettext_lazy("Từ quy mô"), "factor": gettext_lazy("Nhân với")}
    gone = gettext_lazy("Xóa hệ số %(number)s")
    one = gettext_lazy("Hệ số")

    def complain(self) -> None:
        """Both, and a factor that reads."""
        self.need("at_least", "factor")
        typed = self.cleaned_data.get("factor")
        if typed:
            try:
                factor(typed.replace(",", "."))
            except Unfit as unfit:
                self.add_error("factor", str(unfit))

    def part(self) -> Any:
        """As the criterion keeps it."""
        data = self.cleaned_data
        return {"at_least": plain_number(data["at_least"]), "factor": data["factor"].replace(",", ".")}


class SanctionForm(RowForm):
    """What a number of cases does to the grade."""

    from_count = WholeField(required=False, min_value=1, max_value=1000)
    kind = forms.ChoiceField(required=False, choices=list(SANCTIONS.items()))
    grade = LineField(required=False, max_length=100)
    words = {
        "from_count": gettext_lazy("Chế tài %(number)s: từ số vụ việc"),
        "kind": gettext_lazy("Chế tài %(number)s: hậu quả"), "grade": gettext_lazy("Chế tài %(number)s: loại"),
    }  # fmt: skip
    heads = {
        "from_count": gettext_lazy("Từ số vụ việc"), "kind": gettext_lazy("Hậu quả"),
        "grade": gettext_lazy("Loại (nếu cần)"),
    }  # fmt: skip
    gone = gettext_lazy("Xóa chế tài %(number)s")
    one = gettext_lazy("Chế tài")

    @property
    def is_empty(self) -> bool:
        """Whether neither a count nor a grade was put into it."""
        return all(self.cleaned_data.get(name) in (None, "") for name in ("from_count", "grade"))

    def complain(self) -> None:
        """A count, and a grade where the sanction names one."""
        self.need("from_count")
        if self.cleaned_data.get("kind") in ("not_above", "not_grade"):
            self.need("grade")

    def part(self) -> Any:
        """As the criterion keeps it."""
        data = self.cleaned_data
        named = data["kind"] in ("not_above", "not_grade")
        return {
            "from_count": data["from_count"],
            "kind": data["kind"],
            "grade": data["grade"] if named else "",
        }


class LevelForm(RowForm):
    """A level of scoring."""

    label = LineField(required=False, max_length=100)
    who = forms.ChoiceField(required=False, choices=list(WHO.items()))
    counts = forms.ChoiceField(
        required=False, choices=[("1", gettext_lazy("Tính điểm")), ("0", gettext_lazy("Để tham khảo"))]
    )
    blind = forms.ChoiceField(
        required=False, choices=[("0", gettext_lazy("Thấy điểm cấp trước")), ("1", gettext_lazy("Chấm kín"))]
    )
    combine = forms.ChoiceField(required=False, choices=list(COMBINE.items()))
    stored = forms.CharField(required=False, max_length=20, widget=forms.HiddenInput)
    words = {
        "label": gettext_lazy("Cấp %(number)s: tên"), "who": gettext_lazy("Cấp %(number)s: ai chấm"),
        "counts": gettext_lazy("Cấp %(number)s: có tính điểm không"),
        "blind": gettext_lazy("Cấp %(number)s: có chấm kín không"),
        "combine": gettext_lazy("Cấp %(number)s: nhiều người chấm thì lấy"),
        "stored": gettext_lazy("Cấp %(number)s: mã"),
    }  # fmt: skip
    heads = {
        "label": gettext_lazy("Tên cấp"), "who": gettext_lazy("Ai chấm"), "counts": gettext_lazy("Tính điểm"),
        "blind": gettext_lazy("Điểm cấp trước"), "combine": gettext_lazy("Nhiều người chấm"),
    }  # fmt: skip
    gone = gettext_lazy("Xóa cấp %(number)s")
    one = gettext_lazy("Cấp")

    @property
    def is_empty(self) -> bool:
        """Whether it was given no name."""
        return not self.cleaned_data.get("label")

    def part(self) -> Any:
        """As the table keeps it; the key is given when all rows are known."""
        data = self.cleaned_data
        return {
            "key": data["stored"], "label": data["label"], "who": data["who"], "blind": data["blind"] == "1",
            "counts": data["counts"] != "0", "combine": data["combine"] or "last",
        }  # fmt: skip


class ConditionForm(RowForm):
    """A condition of a grade beside the total."""

    grade = LineField(required=False, max_length=100)
    kind = forms.ChoiceField(required=False, choices=list(CONDITIONS.items()))
    code = LineField(required=False, max_length=20)
    share = ShareField(required=False)
    count = WholeField(required=False, min_value=0, max_value=1000)
    words = {
        "grade": gettext_lazy("Điều kiện %(number)s: của loại"), "kind": gettext_lazy("Điều kiện %(number)s: xét gì"),
        "code": gettext_lazy("Điều kiện %(number)s: mục"), "share": gettext_lazy("Điều kiện %(number)s: tỷ lệ"),
        "count": gettext_lazy("Điều kiện %(number)s: số chỉ tiêu"),
    }  # fmt: skip
    heads = {
        "grade": gettext_lazy("Loại"), "kind": gettext_lazy("Điều kiện"), "code": gettext_lazy("Mục"),
        "share": gettext_lazy("Ít nhất %"), "count": gettext_lazy("Số chỉ tiêu"),
    }  # fmt: skip
    gone = gettext_lazy("Xóa điều kiện %(number)s")
    one = gettext_lazy("Điều kiện")

    @property
    def is_empty(self) -> bool:
        """Whether no grade was named."""
        return not self.cleaned_data.get("grade")

    def complain(self) -> None:
        """A share, unless targets are counted; a part of the table where one is meant."""
        kind = self.cleaned_data.get("kind")
        if kind != "targets":
            self.need("share")
        if kind == "section":
            self.need("code")

    def part(self) -> Any:
        """As the table keeps it."""
        data = self.cleaned_data
        counted = data["kind"] == "targets"
        return {
            "grade": data["grade"], "kind": data["kind"], "code": data["code"],
            "share": 0 if counted else data["share"], "count": (data["count"] or 0) if counted else 0,
        }  # fmt: skip


class TableRowSet(Rows):
    """A list of the table."""

    default_error_messages = {
        **Rows.default_error_messages,
        "too_many_forms": gettext_lazy("Nhiều nhất 30 dòng."),
    }


def _rows_of(form: type[RowForm]) -> Any:
    return forms.formset_factory(
        form, formset=TableRowSet, extra=1, can_delete=True, max_num=MOST_ROWS, absolute_max=MOST_ROWS + 5,
        validate_max=True,
    )  # fmt: skip


KINDS: Final = {
    "choices": _rows_of(ChoiceForm), "steps": _rows_of(StepForm), "sanctions": _rows_of(SanctionForm),
    "sizes": _rows_of(SizeForm), "levels": _rows_of(LevelForm), "conditions": _rows_of(ConditionForm),
}  # fmt: skip


def is_asked(rule: str, name: str) -> bool:
    """Whether a list belongs to a rule."""
    return name in PARAMS.get(rule, ())


class RowLists:
    """The lists of a criterion that its rule knows."""

    def __init__(self, rule: str, params: Mapping[str, Any], data: Any = None) -> None:
        """Filled from the stored parameters, or with what was posted; a list not posted starts from what is stored."""
        self.rule = rule
        self.sets = {name: self._set(name, params, data) for name in LISTS if is_asked(rule, name)}

    def _set(self, name: str, params: Mapping[str, Any], data: Any) -> Any:
        posted = data if data is not None and f"{name}-TOTAL_FORMS" in data else None
        if data is not None and posted is None:
            posted = {
                f"{name}-TOTAL_FORMS": "1",
                f"{name}-INITIAL_FORMS": "0",
                f"{name}-MAX_NUM_FORMS": MOST_ROWS,
            }
        return KINDS[name](
            posted, prefix=name, initial=[initial_of(name, row) for row in params.get(name, ())]
        )

    def params(self) -> dict[str, Any]:
        """Filled lists as they are stored; after all are valid."""
        found = {name: rows.parts() for name, rows in self.sets.items()}
        if "choices" in found:
            with_keys(found["choices"], "m")
        return {name: parts for name, parts in found.items() if parts}


def with_keys(rows: list[dict[str, Any]], letter: str) -> None:
    """Give each row that has no key yet one that no other has."""
    taken = {row["key"] for row in rows}
    number = 0
    for row in rows:
        while not row["key"]:
            number += 1
            if f"{letter}{number}" not in taken:
                row["key"] = f"{letter}{number}"


def initial_of(name: str, row: Mapping[str, Any]) -> dict[str, Any]:
    """A stored row as its form shows it."""
    if name == "choices":
        return {
            "label": row.get("label", ""), "points": _decimal(row.get("points", "0")),
            "zeroes": row.get("zeroes", ""), "stored": row.get("key", ""),
        }  # fmt: skip
    if name == "steps":
        inclusive = "1" if row.get("inclusive", True) else "0"
        return {"edge": _decimal(row["edge"]), "points": _decimal(row["points"]), "inclusive": inclusive}
    if name == "sizes":
        return {"at_least": _decimal(row["at_least"]), "factor": str(row["factor"]).replace(".", ",")}
    if name == "levels":
        return {
            "label": row["label"], "who": row["who"], "counts": "1" if row["counts"] else "0",
            "blind": "1" if row["blind"] else "0", "combine": row["combine"], "stored": row["key"],
        }  # fmt: skip
    return dict(row)


def first_level_words() -> str:
    """What the first level always is."""
    return _(
        "Cấp đầu tiên là đơn vị tự chấm. Điểm của cấp sau cùng có tính điểm là điểm chính thức của từng dòng."
    )
