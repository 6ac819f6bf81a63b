"""Forms of the criteria table: beginning a draft, its head, a line typed on the tree, one criterion, applying."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from django import forms
from django.forms.utils import ErrorDict
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.errors import Problem
from core.formfields import DayField, LineField, NumberField, TextField
from members.enums import AgencyKind
from scoring.domain.tables import HeadDraft, head_picture, mark_of
from scoring.domain.tables_rows import CriterionDraft, seen
from scoring.domain.tables_tree import Tree
from scoring.enums import BetterWhen, EvidenceRule, LeafRule, ScoredBy, TablePart
from scoring.forms_tables_rows import LISTS, RowLists, is_asked
from scoring.models import CriteriaTable, Criterion
from scoring.table_parts import plain_number
from scoring.table_words import FIELDS, HELP, MEASURED

EMPTY: Final = ""
OF_RULE: Final[Mapping[str, tuple[str, ...]]] = {
    LeafRule.SECTION: (),
    LeafRule.DIRECT: ("step",),
    LeafRule.YES_NO: (),
    LeafRule.LEVELS: (),
    LeafRule.BANDS: ("measured", "unit", "better", "below"),
    LeafRule.PROPORTIONAL: ("unit", "better"),
    LeafRule.EXCEEDING: ("unit", "better"),
    LeafRule.RELATIVE: ("unit", "better", "base_share"),
    LeafRule.PERCENT: ("measured", "unit", "step"),
    LeafRule.COUNT: ("each", "unit"),
    LeafRule.FAULTS: ("each", "unit"),
    LeafRule.BONUS: ("each", "unit", "once"),
    LeafRule.DEDUCTION: ("each", "unit"),
    LeafRule.LATENESS: (),
}
_MORE: Final = ("evidence", "scored_by", "scorer", "due_on", "places", "applies_to", "former_code")
_PARAMS: Final = ("each", "below", "measured", "base_share", "once")
USUAL_PART: Final = {
    LeafRule.BONUS: TablePart.BONUS, LeafRule.DEDUCTION: TablePart.PENALTY, LeafRule.LATENESS: TablePart.PENALTY,
}  # fmt: skip


class StartForm(forms.Form):
    """How a draft begins."""

    title = LineField(label=gettext_lazy("Tên bảng tiêu chí"), max_length=200)
    base = forms.ChoiceField(label=gettext_lazy("Bắt đầu từ"), widget=forms.RadioSelect)
    reason = LineField(
        label=gettext_lazy("Lý do sửa đổi"), required=False, max_length=500,
        help_text=gettext_lazy("Ví dụ: Theo kết luận cuộc họp Cụm ngày 12/3. Mọi đơn vị đọc được lý do này."),
    )  # fmt: skip

    def __init__(
        self, *args: Any, bases: Sequence[tuple[str, str]], asks_reason: bool, **kwargs: Any
    ) -> None:
        """``bases``: tables to begin with, by id."""
        super().__init__(*args, **kwargs)
        self.fields["base"].choices = list(bases)  # type: ignore[attr-defined]
        if not asks_reason:
            del self.fields["reason"]


class HeadForm(forms.Form):
    """What stands above the table."""

    title = LineField(label=gettext_lazy("Tên bảng tiêu chí"), max_length=200)
    decision_number = LineField(
        label=gettext_lazy("Số văn bản ban hành"), required=False, max_length=60,
        help_text=gettext_lazy("Ví dụ: 15/HD-CTĐ; chưa có thì để trống."),
    )  # fmt: skip
    decision_date = DayField(label=gettext_lazy("Ngày ban hành"), required=False)
    reason = LineField(label=gettext_lazy("Lý do sửa đổi"), required=False, max_length=500)
    is_shared = forms.BooleanField(
        label=gettext_lazy("Cho cụm khác xem và lấy làm mẫu (chỉ bảng tiêu chí, không có điểm)"),
        required=False,
    )
    mark = forms.CharField(required=False, max_length=40, widget=forms.HiddenInput)

    @classmethod
    def of(cls, table: CriteriaTable, data: Any = None) -> HeadForm:
        """Filled from the draft, or with what was posted."""
        picture = head_picture(table)
        form = cls(data, initial=picture | {"mark": mark_of(picture)}, label_suffix="")
        if table.version == 1:
            del form.fields["reason"]
        return form

    def draft(self) -> HeadDraft:
        """What the cleaned form says."""
        given = self.cleaned_data
        return HeadDraft(
            given["title"], given["decision_number"], given["decision_date"], given.get("reason", ""),
            given["is_shared"],
        )  # fmt: skip


class QuickForm(forms.Form):
    """A criterion typed straight into the tree; what its rule needs more is asked on its own page."""

    use_required_attribute = False
    code = LineField(label=FIELDS["code"], max_length=20)
    title = LineField(label=FIELDS["title"], max_length=500)
    rule = forms.ChoiceField(label=FIELDS["rule"], choices=LeafRule.choices)
    maximum = NumberField(label=FIELDS["maximum"], required=False)
    after = forms.IntegerField(required=False, widget=forms.HiddenInput)
    parent = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Every input belongs to the form that stands before the table, not inside it."""
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.widget.attrs["form"] = "dong-moi"

    def draft(self, part: str) -> CriterionDraft:
        """What the cleaned form says; of what is no bonus or penalty ``part`` is that of its section."""
        given = self.cleaned_data
        rule = given["rule"]
        return CriterionDraft(
            given["code"], given["title"], rule, given["maximum"] or plain_zero(),
            part=USUAL_PART.get(rule, part),
        )  # fmt: skip


def plain_zero() -> Any:
    """A maximum that is not written yet."""
    return CriterionDraft(code="", title="").maximum


class CriterionForm(forms.Form):
    """One criterion: only the fields that its rule needs."""

    use_required_attribute = False
    code = LineField(
        label=FIELDS["code"], max_length=20, help_text=gettext_lazy("Ví dụ: II.3. Không trùng trong bảng.")
    )
    parent = forms.TypedChoiceField(label=FIELDS["parent"], required=False, coerce=int, empty_value=None)
    title = TextField(label=FIELDS["title"], max_length=500, rows=2)
    rule = forms.ChoiceField(label=gettext_lazy("Loại tiêu chí"), choices=LeafRule.choices)
    part = forms.ChoiceField(label=FIELDS["part"], choices=TablePart.choices)
    maximum = NumberField(label=FIELDS["maximum"], required=False)
    measured = forms.ChoiceField(label=gettext_lazy("Số liệu ghi"), choices=list(MEASURED.items()))
    each = NumberField(label=gettext_lazy("Điểm cho mỗi lượt"), required=False)
    unit = LineField(
        label=FIELDS["unit"],
        required=False,
        max_length=30,
        help_text=gettext_lazy("Ví dụ: hồ sơ, triệu đồng, lượt."),
    )
    better = forms.ChoiceField(label=gettext_lazy("So sánh"), choices=BetterWhen.choices)
    step = NumberField(
        label=FIELDS["step"], required=False,
        help_text=gettext_lazy("Ví dụ 0,25: chỉ nhận 0,25; 0,5; 0,75… Để trống là mọi số."),
    )  # fmt: skip
    below = NumberField(label=gettext_lazy("Điểm khi dưới mọi bậc"), required=False)
    base_share = LineField(
        label=gettext_lazy("Vừa đạt chỉ tiêu được bao nhiêu phần điểm tối đa"), required=False, max_length=7,
        help_text=gettext_lazy("Phần trăm tròn (50) hoặc phân số (1/2); để trống là một nửa."),
    )  # fmt: skip
    once = forms.BooleanField(label=gettext_lazy("Chỉ cộng một lần, dù có mấy lượt"), required=False)
    guide = TextField(
        label=FIELDS["guide"], required=False, max_length=2000, rows=3,
        help_text=gettext_lazy("Hiện bên cạnh tiêu chí khi chấm: căn cứ nào, tính ra sao."),
    )  # fmt: skip
    evidence = forms.ChoiceField(label=FIELDS["evidence"], choices=EvidenceRule.choices)
    scored_by = forms.ChoiceField(label=gettext_lazy("Ai chấm trước tiên"), choices=ScoredBy.choices)
    scorer = forms.TypedChoiceField(
        label=gettext_lazy("Cơ quan ngoài cụm"), required=False, coerce=int, empty_value=None
    )
    due_on = DayField(label=gettext_lazy("Hạn riêng của tiêu chí"), required=False)
    places = forms.TypedChoiceField(
        label=gettext_lazy("Làm tròn"), required=False, coerce=int, empty_value=None,
        choices=[("", gettext_lazy("Theo quy chế")), ("0", gettext_lazy("Số nguyên")), ("1", "0,1"), ("2", "0,01"),
                 ("3", "0,001"), ("4", "0,0001")],
    )  # fmt: skip
    applies_to = forms.MultipleChoiceField(
        label=gettext_lazy("Chỉ áp dụng cho loại đơn vị"), required=False, widget=forms.CheckboxSelectMultiple,
        choices=[one for one in AgencyKind.choices if one[0] != AgencyKind.COUNCIL],
        help_text=gettext_lazy("Không chọn loại nào là áp dụng cho mọi đơn vị."),
    )  # fmt: skip
    former_code = LineField(
        label=FIELDS["former_code"], required=False, max_length=20,
        help_text=gettext_lazy("Điểm đã chấm ở số mục này chuyển sang tiêu chí; để trống là theo số mục ở trên."),
    )  # fmt: skip
    mark = forms.CharField(required=False, max_length=40, widget=forms.HiddenInput)

    def __init__(
        self, *args: Any, rule: str, parents: Sequence[tuple[Any, str | Promise]], scorers: Sequence[Any],
        follows: bool, **kwargs: Any,
    ) -> None:  # fmt: skip
        """``rule``: whose fields are shown; ``parents``, ``scorers``: what may be chosen."""
        super().__init__(*args, **kwargs)
        self.shown = rule
        self.fields["parent"].choices = list(parents)  # type: ignore[attr-defined]
        self.fields["scorer"].choices = [("", gettext_lazy("Không có")), *scorers]  # type: ignore[attr-defined]
        self.fields["rule"].help_text = HELP[LeafRule(rule)]
        special = set().union(*map(set, OF_RULE.values())) - set(OF_RULE[LeafRule(rule)])
        left_out = special | (set(_MORE) - {"former_code"} if rule == LeafRule.SECTION else set())
        for name in left_out | (set() if follows else {"former_code"}):
            self.fields.pop(name, None)
        self._named(rule)

    def _named(self, rule: str) -> None:
        """Labels in the words of the rule."""
        if rule in (LeafRule.BONUS, LeafRule.DEDUCTION):
            self.fields["maximum"].label = gettext_lazy("Trần của dòng")
        if rule == LeafRule.SECTION:
            self.fields["maximum"].help_text = gettext_lazy(
                "Điểm ghi ở mục; của nhóm thưởng, nhóm trừ là trần của nhóm. Để trống là lấy tổng các tiêu chí con."
            )
        if rule in (LeafRule.FAULTS, LeafRule.DEDUCTION):
            self.fields["each"].label = gettext_lazy("Điểm trừ mỗi lượt")

    @property
    def special(self) -> list[Any]:
        """The fields of the rule, in order."""
        return [self[name] for name in OF_RULE[LeafRule(self.shown)]]

    @property
    def more(self) -> list[Any]:
        """Fields that are seldom touched."""
        return [self[name] for name in _MORE if name in self.fields]

    def params(self) -> dict[str, Any]:
        """The parameters of the rule among the cleaned fields, as they are stored."""
        found: dict[str, Any] = {}
        for name in _PARAMS:
            value = self.cleaned_data.get(name)
            if name not in OF_RULE[LeafRule(self.shown)] or value in (None, "", False):
                continue
            if name == "measured" and value == "ratio":
                continue
            found[name] = value if isinstance(value, str | bool) else plain_number(value)
        if str(found.get("base_share", "")).rstrip(" %").isdecimal():
            found["base_share"] = int(str(found["base_share"]).rstrip(" %"))
        return found


class CriterionSheet:
    """The form of a criterion with the lists of its rule, as one."""

    def __init__(
        self,
        tree: Tree,
        row: Criterion,
        scorers: Sequence[Any],
        *,
        follows: bool,
        data: Any = None,
        rule: str = "",
    ) -> None:
        """``rule``: the one to show, when it was changed on the page; else the posted or the stored one."""
        self.row, self.tree = row, tree
        posted = data.get("rule", "") if data is not None else ""
        self.rule = next(one for one in (rule, posted, row.rule) if one in LeafRule.values)
        parents: list[tuple[Any, str | Promise]] = [("", gettext_lazy("Đứng ngay dưới bảng"))]
        parents += [(one.pk, f"{one.code} {one.title}"[:80]) for one in tree.sections(outside=row)]
        self.head = CriterionForm(
            data, initial=_initial(row), rule=self.rule, parents=parents, scorers=scorers, follows=follows,
            label_suffix="",
        )  # fmt: skip
        self.lists = RowLists(self.rule, row.params, data)

    @property
    def all(self) -> list[Any]:
        """Every form and formset in the order of the page."""
        return [self.head, *self.lists.sets.values()]

    def is_valid(self) -> bool:
        """Whether every part reads."""
        answers = [form.is_valid() for form in self.all]  # every one, so that all mistakes are told
        return all(answers)

    def draft(self) -> CriterionDraft:
        """What the cleaned forms say; fields that the rule does not show keep what was stored."""
        given, row = self.head.cleaned_data, self.row
        params = self.head.params() | self.lists.params()
        leaf = self.rule != LeafRule.SECTION
        return CriterionDraft(
            code=given["code"], title=given["title"], rule=self.rule, maximum=given["maximum"] or plain_zero(),
            guide=given["guide"], part=given["part"], unit=given.get("unit", ""),
            better=given.get("better") or BetterWhen.HIGHER, step=given.get("step"), places=given.get("places"),
            params=params, evidence=given["evidence"] if leaf else row.evidence,
            scored_by=given["scored_by"] if leaf else ScoredBy.SELF, scorer_id=given.get("scorer"),
            applies_to=tuple(given.get("applies_to", ())), due_on=given.get("due_on"),
            former_code=given.get("former_code", row.former_code),
        )  # fmt: skip

    @property
    def parent_id(self) -> int | None:
        """The section that was chosen."""
        value: int | None = self.head.cleaned_data.get("parent")
        return value

    def show(self, problems: Sequence[Problem]) -> None:
        """Put each sentence beside its input; those of no input on top."""
        for problem in problems:
            name = problem.field if problem.field in self.head.fields else None
            self.head.add_error(name, problem.sentence)

    def without_complaints(self) -> None:
        """Draw what was typed without its errors: nothing was to be saved."""
        for form in (self.head, *(form for rows in self.lists.sets.values() for form in rows.forms)):
            form.is_valid()
            form._errors = ErrorDict()


def _initial(row: Criterion) -> dict[str, Any]:
    names = (
        "code", "title", "rule", "part", "unit", "better", "step", "places", "guide", "evidence", "scored_by",
        "applies_to", "due_on", "former_code",
    )  # fmt: skip
    found = {name: getattr(row, name) for name in names}
    params = {name: row.params[name] for name in _PARAMS if name in row.params}
    for name in ("each", "below"):
        if name in params:
            params[name] = NumberField().to_python(str(params[name]).replace(".", ","))
    return found | params | {
        "parent": row.parent_id or "", "scorer": row.scorer_id or "", "maximum": row.maximum or None,
        "mark": seen(row) if row.pk else "",
    }  # fmt: skip


class ApplyForm(forms.Form):
    """The last word before a table is put into force."""

    edition = forms.IntegerField(widget=forms.HiddenInput)
    sum_decision = TextField(
        label=gettext_lazy("Quyết định để tổng điểm như vậy"), required=False, max_length=1000, rows=3,
        help_text=gettext_lazy("Ai quyết định, vì sao. Ghi vào bảng tiêu chí và nhật ký."),
    )  # fmt: skip


def list_titles() -> dict[str, tuple[str, str, str]]:
    """Title, help and button of each list of a criterion."""
    return {
        "choices": (_("Các mức"), _("Ghi mức cao nhất trước. Điểm đã chấm giữ theo mức, đổi tên mức không sao."),
                    _("Thêm mức")),
        "steps": (_("Các bậc"), _("“Từ” là kể cả đúng mức đó, “trên” là phải hơn. Thứ tự ghi không quan trọng."),
                  _("Thêm bậc")),
        "sanctions": (_("Chế tài xếp loại"), _("Từ số vụ việc nào thì hạn chế xếp loại ra sao."), _("Thêm chế tài")),
        "sizes": (_("Hệ số theo quy mô"), _("Để trống là mọi đơn vị như nhau. Ví dụ: từ 500 việc × 1,2."),
                  _("Thêm hệ số")),
    }  # fmt: skip


__all__ = [
    "LISTS", "ApplyForm", "CriterionForm", "CriterionSheet", "HeadForm", "QuickForm", "StartForm", "is_asked",
    "list_titles",
]  # fmt: skip
