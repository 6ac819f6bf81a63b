"""Forms of the admin site: years, names, people, handing over."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core import files
from core.admin_base import LabelledForms
from core.dates import format_date
from core.errors import DomainError, Problem
from core.formfields import DayField, LineField
from members import charter
from members.domain.agencies import overlaps
from members.domain.charter import REASON_LENGTH, write_over
from members.domain.charter import problems_of as rule_problems
from members.domain.handover import Ground, HandOver, Suggestion
from members.domain.nesting import check_parent
from members.domain.people import problems_of
from members.enums import Basis, Role
from members.models import AgencyName, Charter, Cluster, ClusterYear, Person, RoleTerm
from members.queries import covering


def show(form: Any, problems: list[Problem]) -> None:
    """Put each sentence beside its field, or above the form."""
    for problem in problems:
        form.add_error(problem.field if problem.field in form.fields else None, problem.sentence)


class ClusterForm(forms.ModelForm):  # type: ignore[type-arg]
    """A cluster that does not stand inside itself, at any depth."""

    class Meta:
        """All that people give."""

        model = Cluster
        fields = ("kind", "name", "short_name", "slug", "level", "place", "parent")

    def clean_parent(self) -> Cluster | None:
        """Refuse a circle."""
        parent: Cluster | None = self.cleaned_data["parent"]
        try:
            check_parent(self.instance.pk, parent.pk if parent else None)
        except DomainError as error:
            raise ValidationError(str(error)) from error
        return parent


class YearForm(forms.ModelForm):  # type: ignore[type-arg]
    """A year whose period overlaps no other year of the cluster."""

    class Meta:
        """All that people give."""

        model = ClusterYear
        fields = ("cluster", "label", "starts_on", "ends_on", "slogan", "sample")

    def clean(self) -> dict[str, Any]:
        """Refuse an overlap with its name."""
        data = super().clean() or self.cleaned_data
        cluster = data.get("cluster") or getattr(self.instance, "cluster_id", None)
        first, last = data.get("starts_on"), data.get("ends_on")
        if cluster and first and last:
            others = ClusterYear.objects.filter(cluster=cluster, starts_on__lte=last, ends_on__gte=first)
            other = others.exclude(pk=self.instance.pk).first()
            if other:
                sentence = _("Thời gian trùng với năm %(label)s (%(from)s–%(to)s).")
                words = {
                    "label": other.label,
                    "from": format_date(other.starts_on),
                    "to": format_date(other.ends_on),
                }
                self.add_error("starts_on", sentence % words)
        return data


class RulesField(forms.JSONField):
    """The rules of a year as JSON, a line for each rule."""

    def __init__(self, **kwargs: Any) -> None:
        """Draw a high box."""
        kwargs["widget"] = forms.Textarea(attrs={"rows": 24, "cols": 60, "spellcheck": "false"})
        super().__init__(**kwargs)

    def prepare_value(self, value: Any) -> Any:
        """Show a line for each rule."""
        if isinstance(value, dict):
            return json.dumps(value, ensure_ascii=False, indent=2)
        return super().prepare_value(value)


class CharterForm(forms.ModelForm):  # type: ignore[type-arg]
    """The rules with every default written out; once something rests on them a change is the next version."""

    data = RulesField(label=gettext_lazy("Quy định"), required=False)  # type: ignore[assignment]
    why = LineField(
        label=gettext_lazy("Lý do sửa"), required=False, max_length=REASON_LENGTH,
        help_text=gettext_lazy("Bắt buộc khi đã có kết quả dựa trên bản quy chế này"),
    )  # fmt: skip

    class Meta:
        """The rules alone."""

        model = Charter
        fields = ("data",)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Write out the defaults, so that everything that can be set is seen."""
        super().__init__(*args, **kwargs)
        try:
            self.initial["data"] = charter.write(charter.read(self.instance.data or {}))
        except DomainError:
            self.initial["data"] = self.instance.data

    def clean_data(self) -> dict[str, Any]:
        """Refuse unknown rules and values with their names."""
        data = self.cleaned_data["data"] or {}
        if not isinstance(data, dict):
            raise ValidationError(_("Quy định phải là các cặp tên và giá trị trong dấu ngoặc nhọn."))
        try:
            return charter.write(charter.read(data))
        except DomainError as error:
            raise ValidationError([problem.sentence for problem in error.problems]) from error

    def clean(self) -> dict[str, Any]:
        """Ask for a reason where the change will be the next version."""
        data = super().clean() or self.cleaned_data
        if "data" in data and self.instance.pk and self._changes(data["data"]):
            found = rule_problems(self.instance.year, charter.read(data["data"]), data.get("why", ""))
            show(self, [Problem(one.sentence, "why" if one.field == "reason" else "data") for one in found])
        return data

    def _changes(self, data: dict[str, Any]) -> bool:
        try:
            return charter.read(self._stored().data) != charter.read(data)
        except DomainError:
            return True

    def _stored(self) -> Charter:
        return Charter.objects.select_related("year").get(pk=self.instance.pk)

    def save(self, commit: bool = True) -> Charter:
        """Keep the version before, where something rests on it."""
        if not self.instance.pk or not self._changes(self.cleaned_data["data"]):
            return self.instance
        stored = self._stored()
        write_over(stored, charter.read(self.cleaned_data["data"]), self.cleaned_data["why"])
        self.instance.version, self.instance.reason = stored.version, stored.reason
        self.instance.data = stored.data
        return super().save(commit)


class NameForms(LabelledForms):
    """Names of one agency: at least one, no two valid on one day."""

    def clean(self) -> None:
        """Look at the names that will stand."""
        super().clean()
        if any(self.errors):
            return
        rows: list[AgencyName] = [
            form.instance
            for form in self.forms
            if form not in self.deleted_forms and (form.instance.pk or form.has_changed())
        ]
        if not rows:
            raise ValidationError(_("Ghi ít nhất một tên của đơn vị."))
        if problems := overlaps(rows):
            raise ValidationError([problem.sentence for problem in problems])


class MemberForms(LabelledForms):
    """Members of a year; who holds an office in it, or has work recorded in it, stays (with a day of leaving)."""

    in_use: frozenset[int] = frozenset()  # agencies with work in this year, set by the admin

    def clean(self) -> None:
        """Refuse to drop a member that is needed."""
        super().clean()
        if any(self.errors):
            return
        year: ClusterYear = self.instance
        gone = {form.instance.agency_id for form in self.deleted_forms}
        holding = (
            set(
                covering(
                    RoleTerm.objects.filter(cluster=year.cluster_id, agency__in=gone), year.ends_on
                ).values_list("agency", flat=True)
            )
            if gone
            else set()
        )
        if gone & holding:
            raise ValidationError(
                _("Không bỏ được đơn vị đang là Cụm trưởng, Cụm phó: luân chuyển trước đã.")
            )
        if gone & self.in_use:
            raise ValidationError(
                _("Không bỏ được đơn vị đã có số liệu trong năm: ghi ngày rời cụm vào ô “rời từ ngày”.")
            )


class PersonForm(forms.ModelForm):  # type: ignore[type-arg]
    """A person's post and function; what an officer may give is limited."""

    superuser = False
    own_id: int | None = None  # the account that asks: nobody gives oneself anything
    agency_ids: frozenset[int] = frozenset()

    class Meta:
        """All that people give."""

        model = Person
        fields = ("user", "agency", "function", "post", "cluster", "all_clusters", "starts_on", "ends_on")

    def clean(self) -> dict[str, Any]:
        """Refuse what would give rights in another cluster."""
        data = super().clean() or self.cleaned_data
        if "function" in data and "agency" in data:
            wanted = Person(function=data["function"], agency=data["agency"])
            show(self, problems_of(wanted, superuser=self.superuser, agency_ids=self.agency_ids))
        theirs = {self.initial.get("user"), getattr(data.get("user"), "pk", None)}
        if not self.superuser and self.own_id in theirs:
            self.add_error("user", _("Không ai tự giao chức năng cho mình."))
        return data


class RotationForm(forms.Form):
    """Who leads from which day, and on what paper."""

    chair = forms.TypedChoiceField(label=gettext_lazy("Cụm trưởng"), coerce=int)
    deputies = forms.TypedChoiceField(
        label=gettext_lazy("Cụm phó"), coerce=int, required=False, empty_value=None
    )
    second_deputy = forms.TypedChoiceField(
        label=gettext_lazy("Cụm phó thứ hai, nếu có"), coerce=int, required=False, empty_value=None
    )
    starts_on = DayField(label=gettext_lazy("Nhiệm kỳ bắt đầu từ ngày"))
    basis = forms.ChoiceField(label=gettext_lazy("Căn cứ"), choices=Basis.choices, initial=Basis.ELECTED)
    decision_number = LineField(
        label=gettext_lazy("Số quyết định, biên bản"),
        max_length=60,
        required=False,
        help_text=gettext_lazy("Bắt buộc khi được chỉ định bằng quyết định"),
    )
    decision_date = DayField(label=gettext_lazy("Ngày quyết định, biên bản"), required=False)
    decision_file = forms.FileField(
        label=gettext_lazy("Tệp quyết định, biên bản"),
        required=False,
        allow_empty_file=True,
        widget=forms.ClearableFileInput(attrs={"accept": files.ACCEPT}),
        help_text=gettext_lazy("PDF, DOCX, XLSX, JPG hoặc PNG"),
    )
    note = LineField(label=gettext_lazy("Ghi chú"), max_length=300, required=False)
    staged = forms.CharField(required=False, max_length=43, widget=forms.HiddenInput)
    seen = forms.CharField(required=False, max_length=16, widget=forms.HiddenInput)

    def __init__(
        self, *args: Any, ground: Ground, within: bool, proposal: Suggestion | None = None, **kwargs: Any
    ) -> None:
        """Offer the members of the year that is served; ``proposal``: what the first values come from."""
        super().__init__(*args, **kwargs)
        self.ground, self.within, self.proposal = ground, within, proposal
        members = [(pk, ground.names.get(pk, ("", ""))[0]) for pk in ground.members]
        self.fields["chair"].choices = [("", _("Chọn đơn vị")), *members]  # type: ignore[attr-defined]
        for name in ("deputies", "second_deputy"):
            self.fields[name].choices = [("", _("Không có")), *members]  # type: ignore[attr-defined]

    def order(self, decision_file: Any = None) -> HandOver:
        """The hand-over that the form describes."""
        data = self.cleaned_data
        wanted = (data["deputies"], data["second_deputy"])
        return HandOver(
            chair_id=data["chair"],
            deputy_ids=tuple(agency for agency in wanted if agency is not None),
            starts_on=data["starts_on"],
            basis=data["basis"],
            decision_number=data["decision_number"],
            decision_date=data["decision_date"],
            decision_file=decision_file,
            note=data["note"],
            within=self.within,
            seen=data["seen"],
        )


def first_values(
    ground: Ground, chair_id: int | None, deputy_ids: tuple[int, ...], starts_on: date
) -> dict[str, Any]:
    """What a hand-over form starts with."""
    deputies = [*deputy_ids, None, None]
    return {
        "chair": chair_id,
        "deputies": deputies[0],
        "second_deputy": deputies[1],
        "starts_on": starts_on,
        "seen": ground.mark,
    }


def seat_words(role: str, order: int, count: int) -> str:
    """Cụm trưởng; Cụm phó; Cụm phó thứ 2 where there are several."""
    label = str(Role(role).label)
    return (
        label
        if role == Role.CHAIR or count < 2
        else _("%(role)s thứ %(order)s") % {"role": label, "order": order}
    )
