"""The form that launches or changes a movement."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Column, Layout, Row
from django import forms
from django.db.models import Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from core import files, submit
from core.dates import format_date
from core.errors import Problem
from core.formfields import DayField, LineField, TextField
from members.enums import DirectiveKind, Level
from members.models import Directive
from members.scope import Scope
from movements.domain.movements import MovementDraft
from movements.enums import MovementKind
from movements.forms.widgets import FilesField, SeveralFiles
from movements.models import Movement

_PICK = {"required": _("Chọn một mục."), "invalid_choice": _("Chọn một mục trong danh sách.")}
_TEXTS = (
    "title", "slogan", "level", "launched_by", "kind", "starts_on", "ends_on", "decision_number", "decision_date",
    "standards", "story",
)  # fmt: skip
_ABOVE = [(level, label) for level, label in Level.choices if level != Level.AGENCY]


class MovementForm(forms.Form):
    """A movement's own words, days and papers; ``version`` is the one the person saw.

    With ``own`` a member launches it for itself: its agency takes the place of level and launching authority.
    """

    use_required_attribute = False

    title = LineField(
        label=_("Tên phong trào"), max_length=300, error_messages={"required": _("Ghi tên phong trào.")}
    )
    slogan = LineField(label=_("Khẩu hiệu"), max_length=300, required=False)
    agency = forms.TypedChoiceField(
        label=_("Đơn vị phát động"), coerce=int, empty_value=None, error_messages=_PICK
    )
    level = forms.ChoiceField(label=_("Cấp phát động"), choices=[("", "–"), *_ABOVE], error_messages=_PICK)
    launched_by = LineField(
        label=_("Nơi phát động"), max_length=200, required=False,
        help_text=_("Ví dụ: Ủy ban nhân dân tỉnh Lạng Sơn"),
    )  # fmt: skip
    responds_to = forms.TypedChoiceField(
        label=_("Hưởng ứng phong trào"), required=False, coerce=int, empty_value=None, error_messages=_PICK,
        help_text=_("Chọn khi đây là cách gọi, cách làm riêng của một phong trào do cấp trên phát động."),
    )  # fmt: skip
    kind = forms.ChoiceField(
        label=_("Loại phong trào"), choices=[("", "–"), *MovementKind.choices], error_messages=_PICK
    )
    starts_on = DayField(label=_("Từ ngày"), required=False)
    ends_on = DayField(label=_("Đến hết ngày"), required=False)
    decision_number = LineField(label=_("Số văn bản phát động"), max_length=60, required=False)
    decision_date = DayField(label=_("Ngày văn bản"), required=False)
    directives = forms.TypedMultipleChoiceField(
        label=_("Văn bản chỉ đạo"), required=False, coerce=int, widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": _("Chọn văn bản trong danh sách.")},
    )  # fmt: skip
    standards = TextField(
        label=_("Nội dung, tiêu chuẩn thi đua"), max_length=4000, required=False, rows=5,
        help_text=_("Mỗi dòng một nội dung hoặc một tiêu chuẩn."),
    )  # fmt: skip
    story = TextField(label=_("Kết quả chung"), max_length=4000, required=False, rows=4)
    files = FilesField(  # type: ignore[assignment]  # a field of this name hides nothing: the metaclass takes it away
        label=_("Văn bản, kế hoạch kèm theo"), required=False, help_text=files.ALLOWED_WORDS,
        widget=SeveralFiles(attrs={"multiple": True, "accept": files.ACCEPT}),
    )  # fmt: skip
    version = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=1)

    def __init__(
        self, data: Any, *, scope: Scope, movement: Movement | None = None, own: bool = False
    ) -> None:
        """Fill from the movement that is changed; offer the papers that the cluster cites."""
        super().__init__(data, initial=values_of(movement) if movement else None)
        papers, roots = papers_of(scope, movement), roots_of(scope, movement, own=own)
        self.fields["directives"].choices = papers  # type: ignore[attr-defined]
        self.fields["responds_to"].choices = [("", "–"), *roots]  # type: ignore[attr-defined]
        self.own, self.papers, self.roots = own, papers, roots
        self._ask_who(scope, movement)
        self.submit_key = submit.clean_key((data or {}).get(submit.FIELD, ""))
        self.helper = FormHelper(self)
        self.helper.form_tag = False
        self.helper.disable_csrf = True
        self.helper.layout = self._layout()

    def _ask_who(self, scope: Scope, movement: Movement | None) -> None:
        """A member names its agency, the leadership level and authority; a movement keeps the level it has."""
        if self.own:
            del self.fields["level"], self.fields["launched_by"]
            names = {hat.agency_id: hat.agency_name for hat in scope.staff_hats if hat.is_member}
            if movement and movement.agency_id is not None:
                names = {movement.agency_id: names.get(movement.agency_id, str(movement.agency))}
            self.fields["agency"].choices = list(names.items())  # type: ignore[attr-defined]
            return
        del self.fields["agency"]
        if movement and movement.level == Level.AGENCY:
            self.fields["level"].choices = [("", "–"), *Level.choices]  # type: ignore[attr-defined]

    def _layout(self) -> Layout:
        who = (
            ["agency"]
            if self.own
            else [Row(Column("level", css_class="col-md-4"), Column("launched_by", css_class="col-md-8"))]
        )
        return Layout(
            "title",
            "slogan",
            *who,
            *(["responds_to"] if self.roots else []),
            Row(
                Column("kind", css_class="col-md-4"),
                Column("starts_on", css_class="col-6 col-md-4"),
                Column("ends_on", css_class="col-6 col-md-4"),
            ),
            Row(
                Column("decision_number", css_class="col-md-8"),
                Column("decision_date", css_class="col-md-4"),
            ),
            "standards",
            *(["directives"] if self.papers else []),
            "story",
            "version",
        )

    def draft(self, held: tuple[str, ...] = (), removed: frozenset[int] = frozenset()) -> MovementDraft:
        """What the cleaned form says, with the staged papers and the ids of those taken away."""
        given = self.cleaned_data
        words = {name: given[name] for name in _TEXTS if name in given}
        if self.own:
            words["level"] = Level.AGENCY
        return MovementDraft(
            **words, directives=frozenset(given["directives"]), responds_to_id=given["responds_to"],
            agency_id=given.get("agency"), files=held, removed_files=removed,
        )  # fmt: skip

    def show(self, problems: list[Problem]) -> None:
        """Put each sentence beside its field; those of no field stand on top."""
        for problem in problems:
            self.add_error(problem.field if problem.field in self.fields else None, problem.sentence)


def values_of(movement: Movement) -> dict[str, Any]:
    """The values a form shows of a movement; one query."""
    values = {name: getattr(movement, name) for name in (*_TEXTS, "version")}
    return {
        **values, "responds_to": movement.responds_to_id, "agency": movement.agency_id,
        "directives": list(movement.directives.values_list("pk", flat=True)),
    }  # fmt: skip


def roots_of(scope: Scope, movement: Movement | None, *, own: bool) -> list[tuple[int, str]]:
    """Movements of the year that may be carried out in other words, with their level; one query.

    None for one that others carry out already.
    """
    if movement and movement.responses.exists():
        return []
    rows = Movement.objects.filter(year=scope.year, responds_to__isnull=True).exclude(level=Level.AGENCY)
    rows = rows.exclude(pk=movement.pk if movement else 0)
    if not own:
        rows = rows.exclude(level=Level.CLUSTER)
    pairs = rows.order_by("order", "id").values_list("pk", "title", "level")
    return [(pk, f"{title} ({Level(level).label})") for pk, title, level in pairs]


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


def differing(mine: forms.Form, theirs: forms.Form) -> list[dict[str, str]]:
    """``{field, mine, theirs}`` for every field that two people left with different values."""
    return [
        {"field": str(field.label), "mine": words[0], "theirs": words[1]}
        for name, field in mine.fields.items()
        if name not in ("version", "files", "mark")
        and (words := (_words(mine, name), _words(theirs, name)))
        and words[0] != words[1]
    ]


def _words(form: forms.Form, name: str) -> str:
    field: Any = form.fields[name]
    value = field.prepare_value(form[name].value())
    if isinstance(field, DayField):
        with suppress(forms.ValidationError):  # 1/7/2020 and 01/07/2020 are one day
            value = field.prepare_value(field.to_python(value))
    if name == "directives":
        chosen = {str(one) for one in value or []}
        return "; ".join(label for key, label in field.choices if str(key) in chosen)
    if hasattr(field, "choices"):
        labels = {str(key): str(label) for key, label in field.choices}
        return labels.get(str(value or ""), str(value or ""))
    return str(value or "").replace("\r\n", "\n").strip()
