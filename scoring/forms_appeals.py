"""Forms of appeals and adjustments."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from core import files, submit
from core.errors import Problem
from core.formfields import DayField, LineField, NumberField
from movements.forms.widgets import FastSelect, FilesField, SeveralFiles, line, text
from scoring.domain.adjustments import LONGEST as LENGTHS
from scoring.domain.adjustments import Proposal
from scoring.domain.appeal_decide import Decision
from scoring.domain.appeals import LONGEST, LONGEST_REPLY, Filing
from scoring.enums import AdjustmentKind, AppealState

CHOOSE = {"required": _("Chọn một mục."), "invalid_choice": _("Chọn trong danh sách.")}


class Shown(forms.Form):
    """Problems of a verb stand beside their fields."""

    use_required_attribute = False
    submit_key = LineField(widget=forms.HiddenInput, required=False)

    def __init__(self, data: Any = None, **kwargs: Any) -> None:
        """Give the form its key against double sending."""
        kwargs["initial"] = {"submit_key": submit.new_key(), **kwargs.get("initial", {})}
        super().__init__(data, label_suffix="", **kwargs)

    def show(self, problems: Iterable[Problem]) -> None:
        """Put each sentence beside its field, others on top."""
        for problem in problems:
            self.add_error(problem.field if problem.field in self.fields else None, problem.sentence)


def _files_field(label: Any) -> FilesField:
    return FilesField(
        label=label, required=False, widget=SeveralFiles(attrs={"multiple": True, "accept": files.ACCEPT})
    )


class AppealForm(Shown):
    """What is wrong, which points would be right, files."""

    words = text(LONGEST, 5, label=_("Nội dung kiến nghị"), required=True, error_messages={
        "required": _("Ghi rõ điểm nào chưa đúng và vì sao.")})  # fmt: skip
    wanted = NumberField(label=_("Điểm đề nghị"), required=False)
    attached = _files_field(_("Minh chứng kèm theo"))

    def filing(self, tokens: Sequence[str]) -> Filing:
        """What the verb takes."""
        return Filing(self.cleaned_data["words"], self.cleaned_data["wanted"], tuple(tokens))

    def show(self, problems: Iterable[Problem]) -> None:
        """Sentences on files stand beside the choice of files."""
        super().show(_at(problems, "files", "attached"))


class ReplyForm(Shown):
    """A word in the exchange, files."""

    words = text(LONGEST_REPLY, 3, label=_("Trao đổi"))
    attached = _files_field(_("Tệp kèm theo"))

    def show(self, problems: Iterable[Problem]) -> None:
        """Sentences on files stand beside the choice of files."""
        super().show(_at(problems, "files", "attached"))


def _at(problems: Iterable[Problem], field: str, place: str) -> list[Problem]:
    return [Problem(one.sentence, place if one.field == field else one.field, one.link) for one in problems]


class DecisionForm(Shown):
    """Accepted, a part of it, or refused; the new points and the reasons."""

    outcome = forms.ChoiceField(
        label=_("Kết luận"), widget=forms.RadioSelect, error_messages=CHOOSE,
        choices=[(state.value, state.label) for state in (
            AppealState.ACCEPTED, AppealState.PARTLY, AppealState.REFUSED)],
    )  # fmt: skip
    points = NumberField(label=_("Điểm mới"), required=False)
    words = text(LONGEST, 4, label=_("Lý do"), required=True, error_messages={
        "required": _("Ghi kết luận và lý do, đơn vị sẽ đọc câu này.")})  # fmt: skip
    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1)

    def decision(self) -> Decision:
        """What the verb takes."""
        given = self.cleaned_data
        return Decision(given["outcome"], given["words"], given["points"])


class StepForm(Shown):
    """A step with the version that was seen, and a reason where one is asked for."""

    reason = text(LENGTHS["reason"], 2, label=_("Lý do"))
    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1)


class ProposalForm(Shown):
    """An adjustment as proposed; only what belongs to the kind is looked at."""

    asks_twice = False  # a merit that counted before: the tick is asked for

    agency = forms.TypedChoiceField(label=_("Đơn vị"), coerce=int, widget=FastSelect, error_messages=CHOOSE)
    kind = forms.ChoiceField(
        label=_("Loại"), widget=forms.RadioSelect, choices=AdjustmentKind.choices, error_messages=CHOOSE
    )
    points = NumberField(
        label=_("Số điểm"), required=False, help_text=_("Khi cộng hoặc trừ điểm; ghi số dương.")
    )
    code = forms.ChoiceField(
        label=_("Tiêu chí không chấm"), required=False, widget=FastSelect, error_messages=CHOOSE
    )
    grade = forms.ChoiceField(
        label=_("Không xếp loại trên mức"), required=False, widget=FastSelect, error_messages=CHOOSE
    )
    ground = line(LENGTHS["ground"], label=_("Căn cứ, lý do"), required=True, error_messages={
        "required": _("Ghi căn cứ, lý do.")})  # fmt: skip
    award = line(120, label=_("Hình thức được khen"), help_text=_(
        "Ghi khi cộng điểm vì được khen thưởng, ví dụ: Bằng khen của Chủ tịch UBND tỉnh."))  # fmt: skip
    award_level = line(40, label=_("Cấp khen"))
    award_year = line(20, label=_("Năm được khen"))
    paper_number = line(LENGTHS["paper_number"], label=_("Số văn bản"))
    paper_date = DayField(label=_("Ngày văn bản"), required=False)
    evidence = forms.TypedChoiceField(
        label=_("Tệp trong kho minh chứng"), coerce=int, empty_value=None, required=False, widget=FastSelect,
        error_messages=CHOOSE,
    )  # fmt: skip
    twice = forms.BooleanField(label=_("Đã kiểm tra: không phải một thành tích tính hai lần"), required=False)

    def __init__(
        self,
        data: Any = None,
        *,
        agencies: Sequence[tuple[Any, str]],
        codes: Sequence[tuple[str, str]],
        grades: Sequence[str],
        evidence: Sequence[tuple[Any, str]],
        initial: dict[str, Any] | None = None,
    ) -> None:
        """Offer what the year has."""
        super().__init__(data, initial=initial or {})
        self.fields["agency"].choices = agencies  # type: ignore[attr-defined]
        self.fields["code"].choices = [("", _("(không)")), *codes]  # type: ignore[attr-defined]
        self.fields["grade"].choices = [("", _("(không)")), *((one, one) for one in grades)]  # type: ignore[attr-defined]
        self.fields["evidence"].choices = [("", _("(không)")), *evidence]  # type: ignore[attr-defined]
        self.fields["ground"].widget.attrs["list"] = "can-cu"

    def proposal(self) -> Proposal:
        """What the verb takes."""
        given = dict(self.cleaned_data)
        given.pop("submit_key")
        return Proposal(agency_id=given.pop("agency"), evidence_id=given.pop("evidence"), **given)

    def show(self, problems: Iterable[Problem]) -> None:
        """Remember that the tick for a merit counted before is asked for."""
        found = list(problems)
        self.asks_twice = any(problem.field == "twice" for problem in found)
        super().show(found)
