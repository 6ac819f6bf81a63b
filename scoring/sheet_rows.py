"""A score sheet as its page shows it: sections with their rows, controls with their texts, what a rule made of them."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.errors import Problem
from core.quantity import format_number
from scoring.domain.shapes import BONUS, LATENESS, PENALTY, Facts, Leaf, Result, Total
from scoring.domain.sheet_send import is_answered, lacks_evidence
from scoring.domain.sheets import filled_by_agency
from scoring.enums import LeafRule, LineMark, ScoredBy
from scoring.forms_sheet import Typed, asked, fingerprint, marks_of, shown_values
from scoring.models import Criterion, ScoreLine
from scoring.prefill import Prefill, suggestion
from scoring.words import said

LABELS: Final = {
    "points": gettext_lazy("Điểm"), "actual": gettext_lazy("Thực hiện"), "target": gettext_lazy("Chỉ tiêu"),
    "percent": gettext_lazy("Tỷ lệ"), "count": gettext_lazy("Số lượng"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Control:
    """A text control of a row."""

    name: str
    label: str
    value: str
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Pick:
    """A choice of a row with radio buttons."""

    value: str
    label: str
    points: str
    checked: bool


@dataclass(slots=True)
class Row:
    """A leaf as a row. ``state`` of the sheet's page: unscored, evidence, returned, bonus are its filters."""

    criterion: Criterion
    depth: int
    leaf: Leaf
    result: Result
    is_open: bool
    version: int = 0
    was: str = ""
    values: Mapping[str, str] = field(default_factory=dict)
    returned: str = ""
    files: int = 0
    notes: int = 0
    precedents: int = 0
    shared: int = 0
    prefill: Prefill | None = None
    suggested: Mapping[str, str] = field(default_factory=dict)
    suggested_points: str = ""
    others: Sequence[tuple[str, str]] = ()
    lacks_evidence: bool = False
    errors: Mapping[str, str] = field(default_factory=dict)
    conflict: Sequence[tuple[str, str, str]] = ()
    answered: bool = False

    @property
    def pk(self) -> int:
        """The id of the criterion, which names the row's controls."""
        return self.criterion.pk

    @property
    def is_own(self) -> bool:
        """Whether the agency itself scores it."""
        return filled_by_agency(self.criterion) and self.leaf.applies

    @property
    def why_not_own(self) -> str:
        """Who scores it instead, or why nobody does."""
        if not self.leaf.applies:
            return _("Không áp dụng cho đơn vị")
        if self.leaf.rule == LATENESS:
            return _("Tính tự động theo ngày gửi")
        if self.criterion.scored_by == ScoredBy.OUTSIDE:
            return _("Cơ quan ngoài cụm chấm")
        return _("Cụm trưởng, Cụm phó chấm")

    @property
    def controls(self) -> list[Control]:
        """Text controls."""
        units = {"percent": "%", "count": self.leaf.unit or _("lượt")}
        return [
            Control(
                name,
                str(LABELS[name]),
                self.values.get(name, ""),
                units.get(name, self.leaf.unit if name != "points" else ""),
            )
            for name in asked(self.leaf)
            if name in LABELS
        ]

    @property
    def picks(self) -> list[Pick]:
        """Radio buttons: yes and no, or the levels with their points."""
        names = asked(self.leaf)
        if "yes" in names:
            now = self.values.get("yes", "")
            return [
                Pick("yes", _("Đạt"), format_number(self.leaf.maximum), now == "yes"),
                Pick("no", _("Không đạt"), "0", now == "no"),
            ]
        if "level" in names:
            now = self.values.get("level", "")
            return [
                Pick(one.key, one.label, format_number(one.points), now == one.key)
                for one in self.leaf.choices
            ]
        return []

    @property
    def pick_name(self) -> str:
        """The field the radio buttons set."""
        return "yes" if "yes" in asked(self.leaf) else "level"

    @property
    def marks(self) -> list[tuple[str, str, bool]]:
        """What may be chosen instead of a figure: key, label, whether it is."""
        now = self.values.get("mark", "")
        return [(one, str(LineMark(one).label), one == now) for one in marks_of(self.leaf)]

    @property
    def points(self) -> str:
        """The points, or what stands instead."""
        return points_text(self.result, self.leaf)

    @property
    def how(self) -> str:
        """How the points came about; what is sure of a waiting one."""
        text = said(self.result.derivation)
        if self.result.waits and self.result.least is not None:
            sure = _("chắc chắn có %(points)s điểm") % {"points": format_number(self.result.least)}
            return f"{text}; {sure}" if text else sure
        return text

    @property
    def warnings(self) -> list[str]:
        """Odd but possible."""
        return [said(one) for one in self.result.warnings]

    @property
    def maximum(self) -> str:
        """The most it can earn, a deduction with its minus."""
        text = format_number(self.leaf.maximum)
        if self.leaf.part == PENALTY:
            return f"−{text}"
        return f"+{text}" if self.leaf.part == BONUS else text

    @property
    def filters(self) -> str:
        """Keys of the page's filters that the row answers to."""
        keys = []
        if self.is_own and not self.answered:
            keys.append("chua")
        if self.lacks_evidence:
            keys.append("thieu")
        if self.returned:
            keys.append("tra")
        if self.leaf.part == BONUS:
            keys.append("thuong")
        return " ".join(keys)

    @property
    def typed_words(self) -> str:
        """What was typed, for reading: “Thực hiện 90, chỉ tiêu 100”, “Tốt”, “Không có”."""
        marked = next((label for _key, label, chosen in self.marks if chosen), "")
        picked = next((one.label for one in self.picks if one.checked), "")
        figures = [
            f"{one.label} {one.value} {one.unit}".strip()
            for one in self.controls
            if one.value and one.name != "points"
        ]
        return marked or picked or ", ".join(figures)

    @property
    def has_more(self) -> bool:
        """Whether something stands below the row already."""
        return bool(
            self.values.get("explanation") or self.values.get("citation") or self.errors.get("explanation")
        )


def points_text(result: Result, leaf: Leaf) -> str:
    """ "8,5", "−1", "tạm tính", "–" for what is out; empty while there is no answer."""
    if not result.assigned:
        return "–"
    if result.waits:
        return _("tạm tính")
    if result.points is None:
        return ""
    text = format_number(result.points)
    return f"−{text}" if leaf.part == PENALTY and result.points else text


@dataclass(slots=True)
class Part:
    """A sub-heading or a row of a section, in the order of the paper."""

    head: Criterion | None = None
    depth: int = 0
    row: Row | None = None
    sum_words: str = ""


@dataclass(slots=True)
class SectionView:
    """A top part of the table with what it came to."""

    criterion: Criterion | None
    parts: list[Part] = field(default_factory=list)
    words: str = ""

    @property
    def anchor(self) -> str:
        """The id of its element."""
        return f"muc-{self.criterion.pk}" if self.criterion else "muc-0"


@dataclass(frozen=True, slots=True)
class Beside:
    """What stands beside the lines, by id of the criterion (lines, files, notes) or by its code."""

    lines: Mapping[int, ScoreLine] = field(default_factory=dict)
    files: Mapping[int, Collection[int]] = field(default_factory=dict)
    notes: Mapping[int, int] = field(default_factory=dict)
    prefills: Mapping[str, Prefill] = field(default_factory=dict)
    precedents: Mapping[str, Sequence[Any]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Given:
    """What a refused form said, by id of the criterion."""

    typed: Mapping[int, Typed] = field(default_factory=dict)
    problems: Mapping[int, Sequence[Problem]] = field(default_factory=dict)
    conflicts: Mapping[int, Sequence[tuple[str, str, str]]] = field(default_factory=dict)


def row_of(
    criterion: Criterion,
    depth: int,
    leaf: Leaf,
    result: Result,
    facts: Facts,
    beside: Beside,
    *,
    is_open: bool,
    given: Given | None = None,
) -> Row:
    """One row; ``given`` puts back what was typed and refused."""
    line = beside.lines.get(criterion.pk)
    texts = (line.explanation, line.citation) if line else ("", "")
    values = shown_values(facts, *texts)
    was = fingerprint(values)
    typed = given.typed.get(criterion.pk) if given else None
    problems = given.problems.get(criterion.pk, ()) if given else ()
    files = beside.files.get(criterion.pk, ())
    found = beside.prefills.get(criterion.code)
    proved = bool(files) or bool(texts[1])
    row = Row(
        criterion, depth, leaf, result, is_open,
        version=line.version if line else 0, was=was, values=typed.values if typed else values,
        returned=line.return_reason if line and line.returned_at else "",
        files=len(files), notes=beside.notes.get(criterion.pk, 0),
        precedents=len(beside.precedents.get(criterion.code, ())),
        prefill=found if found and found.words else None,
        answered=is_answered(result),
        lacks_evidence=leaf.applies and filled_by_agency(criterion) and lacks_evidence(criterion, result, proved),
        errors={one.field or "facts": one.sentence for one in reversed(problems)},
        conflict=given.conflicts.get(criterion.pk, ()) if given else (),
    )  # fmt: skip
    if found and is_open and row.is_own:
        row.suggested = suggestion(leaf, found)
    row.shared = _shared(criterion.pk, beside) + (found.shared if found else 0)
    return row


def _shared(pk: int, beside: Beside) -> int:
    """How many files of the row stand beside another one too (domain 7.20)."""
    others = {file for key, files in beside.files.items() if key != pk for file in files}
    return sum(file in others for file in beside.files.get(pk, ()))


def sections_of(
    criteria: Sequence[Criterion], rows: Mapping[int, Row], total: Total | None
) -> list[SectionView]:
    """Rows under their top sections, with sub-headings; leaves at the top stand in a section without a head."""
    found: list[SectionView] = []
    depths: dict[int, int] = {}
    for one in criteria:
        depth = depths[one.pk] = 0 if one.parent_id is None else depths[one.parent_id] + 1
        is_section = one.rule == LeafRule.SECTION
        if depth == 0 and is_section:
            found.append(SectionView(one, words=section_words(one.code, total)))
            continue
        if depth == 0 and (not found or found[-1].criterion is not None):
            found.append(SectionView(None))
        if is_section:
            found[-1].parts.append(Part(one, depth, sum_words=section_words(one.code, total)))
        elif one.pk in rows:
            found[-1].parts.append(Part(row=rows[one.pk], depth=depth))
    return [one for one in found if one.parts]


def section_words(code: str, total: Total | None) -> str:
    """ "12/15 · 17,5/20": answered of all leaves, points of the maximum."""
    part = total.sections.get(code) if total else None
    if part is None:
        return ""
    return f"{part.answered}/{part.leaves} · {format_number(part.points)}/{format_number(part.maximum)}"


def amount(value: Decimal | None) -> str:
    """Points for the bar."""
    return "" if value is None else format_number(value)
