"""Forms of the evidence library and of labels, and what narrows its list."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext_lazy as _

from core import files
from core.errors import Problem
from core.folding import QUERY_LIMIT, fold, search_terms
from core.formfields import LineField
from movements.domain.library import LONGEST_NOTE, LONGEST_REASON
from movements.domain.tags import LONGEST_CODE, LONGEST_LABEL, TagDraft
from movements.filters import UnknownChoice
from movements.forms.widgets import FastSelect, FilesField, SeveralFiles, line
from movements.models import Evidence, EvidenceUse, Tag
from movements.queries import Choices

CLUSTER = "cum"
IMAGE, PDF, WORD, EXCEL = "anh", "pdf", "word", "excel"
KINDS = {
    IMAGE: (files.JPG, files.PNG),
    PDF: (files.PDF,),
    WORD: (files.DOCX,),
    EXCEL: (files.XLSX,),
}
USED, UNUSED, REMOVED, WAITING = "roi", "chua", "da-go", "cho-quet"
MOST_FOUND = 5000


class _Shown(forms.Form):
    """A form whose domain problems stand beside their fields."""

    use_required_attribute = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Labels without colons."""
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)

    def show(self, problems: Sequence[Problem]) -> None:
        """Put each sentence beside its field; those of no field stand on top."""
        for problem in problems:
            self.add_error(problem.field if problem.field in self.fields else None, problem.sentence)


def _tags(**kwargs: Any) -> forms.MultipleChoiceField:
    return forms.MultipleChoiceField(
        label=_("Tiêu chí, nhãn"),
        required=False,
        widget=forms.CheckboxSelectMultiple(attrs={"class": "form-check-input"}),
        error_messages={"invalid_choice": _("Chọn tiêu chí, nhãn trong danh sách của năm.")},
        **kwargs,
    )


class UploadForm(_Shown):
    """Files for a library with one note and the same labels; ``owner`` is drawn only when there are two."""

    files = FilesField(  # type: ignore[assignment]  # a field of this name hides nothing: the metaclass takes it away
        label=_("Tệp"), required=False, widget=SeveralFiles(attrs={"multiple": True, "accept": files.ACCEPT})
    )
    owner = forms.ChoiceField(
        label=_("Kho của"),
        widget=FastSelect,
        error_messages={"invalid_choice": _("Chọn một kho trong danh sách.")},
    )
    note = line(LONGEST_NOTE, label=_("Ghi chú"))
    tags = _tags()

    def __init__(
        self, *args: Any, owners: Sequence[tuple[str, str]], tags: Sequence[Tag], **kwargs: Any
    ) -> None:
        """Offer the libraries the person may add to, and the labels of the year."""
        super().__init__(*args, **kwargs)
        self.owners = owners
        self.fields["tags"].choices = [(str(tag.pk), str(tag)) for tag in tags]  # type: ignore[attr-defined]
        if len(owners) > 1:
            self.fields["owner"].choices = list(owners)  # type: ignore[attr-defined]
        else:
            del self.fields["owner"]

    def chosen_owner(self) -> int | None:
        """The agency whose library was chosen; None for the cluster's."""
        chosen = self.cleaned_data.get("owner") or self.owners[0][0]
        return None if chosen == CLUSTER else int(chosen)

    def chosen_tags(self) -> list[int]:
        """Ids of the labels."""
        return [int(pk) for pk in self.cleaned_data["tags"]]


class FileForm(_Shown):
    """Note and labels of one file; ``seen`` names the state the person saw."""

    note = line(LONGEST_NOTE, label=_("Ghi chú"))
    tags = _tags()
    seen = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, tags: Sequence[Tag], **kwargs: Any) -> None:
        """Offer the labels of the year and those the file has."""
        super().__init__(*args, **kwargs)
        self.fields["tags"].choices = [(str(tag.pk), str(tag)) for tag in tags]  # type: ignore[attr-defined]


class ReplaceForm(_Shown):
    """A newer version of a file."""

    file = forms.FileField(
        label=_("Tệp mới"), required=False, widget=forms.FileInput(attrs={"accept": files.ACCEPT})
    )
    reason = line(LONGEST_REASON, label=_("Lý do thay"))
    seen = forms.CharField(widget=forms.HiddenInput, required=False)


class TagForm(_Shown):
    """One label; with a code it is a criterion."""

    code = LineField(
        label=_("Số mục"), required=False, max_length=LONGEST_CODE,
        help_text=_("Có số mục là tiêu chí, ví dụ II.3; để trống là nhãn thường."),
    )  # fmt: skip
    label = LineField(
        label=_("Tên"), max_length=LONGEST_LABEL, error_messages={"required": _("Ghi tên nhãn.")}
    )
    version = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=1)

    def draft(self) -> TagDraft:
        """What the valid form says."""
        return TagDraft(self.cleaned_data["label"], self.cleaned_data["code"])


class LibraryFilter(forms.Form):
    """Text, kind, label, use and library; a value that nobody offered is as good as a page that is not there."""

    q = LineField(
        label=_("Tìm trong tên và ghi chú"), required=False, max_length=QUERY_LIMIT,
        widget=forms.TextInput(attrs={"autocomplete": "off", "placeholder": _("Gõ không dấu cũng được: bien ban")}),
    )  # fmt: skip
    loai = forms.ChoiceField(
        label=_("Loại tệp"), required=False,
        choices=[("", _("Mọi loại")), (IMAGE, _("Ảnh")), (PDF, "PDF"), (WORD, "Word"), (EXCEL, "Excel")],
    )  # fmt: skip
    nhan = forms.ChoiceField(label=_("Tiêu chí, nhãn"), required=False)
    dung = forms.ChoiceField(
        label=_("Tình trạng"), required=False,
        choices=[
            ("", _("Đang có trong kho")), (USED, _("Đã dùng cho hoạt động")), (UNUSED, _("Chưa dùng")),
            (WAITING, _("Chờ quét vi-rút")), (REMOVED, _("Đã gỡ khỏi kho")),
        ],
    )  # fmt: skip
    don_vi = forms.ChoiceField(label=_("Kho của"), required=False)

    def __init__(self, data: Any, choices: Choices, tags: Sequence[Tag], group: str) -> None:
        """Offer labels and members of the year; ``group`` is what the cluster calls itself."""
        super().__init__(data, auto_id="loc_%s")
        agencies = [(str(pk), name) for pk, (name, _short) in choices.agencies.items()]
        self.fields["nhan"].choices = [("", _("Tất cả")), *((str(tag.pk), str(tag)) for tag in tags)]  # type: ignore[attr-defined]
        whole = (CLUSTER, _("Kho chung của %(group)s") % {"group": group})
        self.fields["don_vi"].choices = [("", _("Tất cả các kho")), *agencies, whole]  # type: ignore[attr-defined]

    def given(self, name: str) -> str:
        """The cleaned value, or empty. Raises ``UnknownChoice`` for a value that nobody offered."""
        self.is_valid()
        if name in self.errors and isinstance(self.fields[name], forms.ChoiceField):
            raise UnknownChoice(name)
        return str(self.cleaned_data.get(name) or "")

    @property
    def is_narrowed(self) -> bool:
        """Whether anything at all is asked for."""
        return any(self.given(name) for name in self.fields)

    @property
    def narrowed_by_field(self) -> int:
        """How many fields beside the search box narrow the list."""
        return sum(bool(self.given(name)) for name in self.fields if name != "q")

    def apply(self, rows: QuerySet[Evidence]) -> QuerySet[Evidence]:
        """The rows that fit; one more query when words are looked for. Raises ``UnknownChoice``."""
        if kind := self.given("loai"):
            rows = rows.filter(file__content_type__in=[one.content_type for one in KINDS[kind]])
        if tag := self.given("nhan"):
            rows = rows.filter(
                Exists(Evidence.tags.through.objects.filter(evidence=OuterRef("pk"), tag=int(tag)))
            )
        if library := self.given("don_vi"):
            rows = rows.filter(agency=None if library == CLUSTER else int(library))
        state = self.given("dung")
        if state in (USED, UNUSED):
            uses = Exists(EvidenceUse.objects.filter(evidence=OuterRef("pk"), removed_at__isnull=True))
            rows = rows.filter(uses if state == USED else ~uses)
        elif state == WAITING:
            rows = rows.filter(file__scan="waiting")
        return found_by_words(rows, self.given("q"))

    def address(self, **more: str) -> str:
        """The query string that asks for the same again, with ``more``; empty parts are left out."""
        asked = {name: self.data.get(name, "") for name in self.fields} | more
        kept = {name: value for name, value in asked.items() if value}
        return f"?{urlencode(kept)}" if kept else ""


def found_by_words(rows: QuerySet[Evidence], query: str) -> QuerySet[Evidence]:
    """Rows whose name or note holds every word, with or without marks.

    Names are folded here and not in the database: a library has hundreds of files, at most some ten thousand; of more
    than 5,000 hits the newest.
    """
    terms = search_terms(query)
    if not terms:
        return rows
    named = rows.order_by("-id").values_list("pk", "name", "note")
    hits = [pk for pk, name, note in named if _holds(fold(f"{name} {note}"), terms)]
    return rows.filter(pk__in=hits[:MOST_FOUND])


def _holds(text: str, terms: Sequence[str]) -> bool:
    return all(term in text for term in terms)
