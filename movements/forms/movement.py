"""The form that launches or changes a movement."""

from __future__ import annotations

from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Column, Layout, Row
from django import forms
from django.db.models import Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from core import submit
from core.dates import format_date
from core.errors import Problem
from core.formfields import DayField, LineField, TextField
from members.enums import DirectiveKind, Level
from members.models import Directive
from members.scope import Scope
from movements.domain.movements import MovementDraft
from movements.enums import MovementKind
from movements.models import Movement

_PICK = {"required": _("Chọn một mục."), "invalid_choice": _("Chọn một mục trong danh sách.")}
_TEXTS = (
    "title",
    "slogan",
    "level",
    "launched_by",
    "kind",
    "starts_on",
    "ends_on",
    "decision_number",
    "story",
)


class MovementForm(forms.Form):
    """A movement's own words, days and papers; ``version`` is the one the person saw."""

    use_required_attribute = False

    title = LineField(
        label=_("Tên phong trào"), max_length=300, error_messages={"required": _("Ghi tên phong trào.")}
    )
    slogan = LineField(label=_("Khẩu hiệu"), max_length=300, required=False)
    level = forms.ChoiceField(
        label=_("Cấp phát động"), choices=[("", "–"), *Level.choices], error_messages=_PICK
    )
    launched_by = LineField(
        label=_("Nơi phát động"), max_length=200, required=False,
        help_text=_("Ví dụ: Ủy ban nhân dân tỉnh Lạng Sơn"),
    )  # fmt: skip
    kind = forms.ChoiceField(
        label=_("Loại phong trào"), choices=[("", "–"), *MovementKind.choices], error_messages=_PICK
    )
    starts_on = DayField(label=_("Từ ngày"), required=False)
    ends_on = DayField(label=_("Đến hết ngày"), required=False)
    decision_number = LineField(label=_("Số văn bản phát động"), max_length=60, required=False)
    directives = forms.TypedMultipleChoiceField(
        label=_("Văn bản chỉ đạo"), required=False, coerce=int, widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": _("Chọn văn bản trong danh sách.")},
    )  # fmt: skip
    story = TextField(label=_("Nội dung, kết quả"), max_length=4000, required=False, rows=4)
    version = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=1)

    def __init__(self, data: Any, *, scope: Scope, movement: Movement | None = None) -> None:
        """Fill from the movement that is changed; offer the papers that the cluster cites."""
        super().__init__(data, initial=values_of(movement) if movement else None)
        papers = papers_of(scope, movement)
        self.fields["directives"].choices = papers  # type: ignore[attr-defined]
        self.submit_key = submit.clean_key((data or {}).get(submit.FIELD, ""))
        self.helper = FormHelper(self)
        self.helper.form_tag = False
        self.helper.disable_csrf = True
        self.helper.layout = Layout(
            "title",
            "slogan",
            Row(Column("level", css_class="col-md-4"), Column("launched_by", css_class="col-md-8")),
            Row(
                Column("kind", css_class="col-md-3"),
                Column("starts_on", css_class="col-6 col-md-3"),
                Column("ends_on", css_class="col-6 col-md-3"),
                Column("decision_number", css_class="col-md-3"),
            ),
            *(["directives"] if papers else []),
            "story",
            "version",
        )

    def draft(self) -> MovementDraft:
        """What the cleaned form says."""
        given = self.cleaned_data
        return MovementDraft(
            **{name: given[name] for name in _TEXTS}, directives=frozenset(given["directives"])
        )

    def show(self, problems: list[Problem]) -> None:
        """Put each sentence beside its field; those of no field stand on top."""
        for problem in problems:
            self.add_error(problem.field if problem.field in self.fields else None, problem.sentence)


def values_of(movement: Movement) -> dict[str, Any]:
    """The values a form shows of a movement; one query."""
    values = {name: getattr(movement, name) for name in (*_TEXTS, "version")}
    return {**values, "directives": list(movement.directives.values_list("pk", flat=True))}


def papers_of(scope: Scope, movement: Movement | None) -> list[tuple[int, str]]:
    """Papers to choose from: those any year of the cluster cites, and those the movement has; one query."""
    mine = Q(movements=movement) if movement else Q()
    rows = Directive.objects.filter(Q(citations__year__cluster=scope.year.cluster_id) | mine).distinct()
    return [(paper.pk, paper_words(paper)) for paper in rows.order_by("issued_on", "number", "id")]


def paper_words(paper: Directive) -> str:
    """ "Chỉ thị 05-CT/TW ngày 15/05/2016 của Bộ Chính trị: Đẩy mạnh học tập…"."""
    parts = {
        "paper": f"{DirectiveKind(paper.kind).label} {paper.number}",
        "issuer": paper.issuer,
        "title": paper.title,
    }
    if paper.issued_on is None:
        return gettext("%(paper)s của %(issuer)s: %(title)s") % parts
    parts["on"] = format_date(paper.issued_on)
    return gettext("%(paper)s ngày %(on)s của %(issuer)s: %(title)s") % parts


def differing(mine: MovementForm, theirs: MovementForm) -> list[dict[str, str]]:
    """``{field, mine, theirs}`` for every field that two people left with different values."""
    return [
        {"field": str(field.label), "mine": words[0], "theirs": words[1]}
        for name, field in mine.fields.items()
        if name != "version"
        and (words := (_words(mine, name), _words(theirs, name)))
        and words[0] != words[1]
    ]


def _words(form: MovementForm, name: str) -> str:
    field: Any = form.fields[name]
    value = field.prepare_value(form[name].value())
    if name == "directives":
        chosen = {str(one) for one in value or []}
        return "; ".join(label for key, label in field.choices if str(key) in chosen)
    if hasattr(field, "choices"):
        return str(dict(field.choices).get(value, value or ""))
    return str(value or "").replace("\r\n", "\n").strip()
