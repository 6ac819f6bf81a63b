"""What the rows of a file mean: criteria with their places, and what is wrong with single cells."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Final

from django.utils.translation import gettext as _

from core.cells import Refused
from core.folding import clean_line, fold
from core.models import new_key
from core.sheets import Fault, Line, Table
from members.charter_parts import Unfit
from scoring.domain.tables import MOST_ROWS
from scoring.domain.tables_rows import CriterionDraft, problems_of
from scoring.domain.tables_tree import Tree
from scoring.enums import BetterWhen, EvidenceRule, LeafRule, ScoredBy, TablePart
from scoring.exchange.table_columns import OUTSIDE, TITLES, Names
from scoring.exchange.table_nesting import Item, nest, tidy_number, totals_row
from scoring.exchange.table_params import bands_of, extras_of, items, levels_of
from scoring.exchange.words import chosen, labels, points
from scoring.models import CriteriaTable, Criterion
from scoring.table_rules import PARAMS, params_of, plain_params

KEY: Final = re.compile(r"[A-Za-z0-9._-]{1,40}")
GOES_ON: Final = ("choices", "steps", "extras", "guide")
PARAM_CELLS: Final = ("each", "choices", "steps", "extras")
CELL_OF: Final = {
    "each": "each", "choices": "choices", "steps": "steps", "below": "steps", "measured": "extras",
    "base_share": "extras", "once": "extras", "sizes": "extras", "sanctions": "extras",
}  # fmt: skip
Indents = Mapping[tuple[str, int], int]


@dataclass
class Reading:
    """The rows in their order, with everything wrong and everything odd."""

    items: list[Item] = field(default_factory=list)
    general: list[Fault] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)
    stated_total: Decimal | None = None
    plain: bool = False  # a table as on paper: no column says how points are earned

    @property
    def faults(self) -> list[Fault]:
        """Everything wrong, in the order of the file."""
        return self.general + [fault for one in self.items for fault in one.faults]


def read_items(table: Table, indents: Indents, names: Names, recorded: Sequence[Criterion]) -> Reading:
    """Understand a table beside the ``recorded`` one: a row is known by its key, else by its code."""
    reading = Reading(remarks=list(table.remarks))
    reading.items = _rows(table, indents, reading)
    _unread(table, reading)
    if not reading.items and not reading.general:
        reading.general.append(Fault("", "", _("Tệp không có dòng tiêu chí nào.")))
    if len(reading.items) > MOST_ROWS:
        reading.general.append(Fault("", "", _("Một bảng có nhiều nhất 1.000 dòng.")))
        reading.items = reading.items[:MOST_ROWS]
    reading.plain = bool(reading.items) and "rule" not in reading.items[0].line.letters
    nest(reading.items)
    _keys(reading)
    _codes(reading)
    _match(reading.items, recorded)
    for one in reading.items:
        Cells(one, names).read()
    for one in reversed(reading.items):
        if one.children and not one.line.text("maximum"):
            one.values["maximum"] = sum((child.maximum for child in one.children), Decimal(0))
    for one in reading.items:
        _check(one, reading)
    return reading


# -- rows ----------------------------------------------------------------------------------------
def _rows(table: Table, indents: Indents, reading: Reading) -> list[Item]:
    found: list[Item] = []
    for line in table.lines:
        if totals_row(line):
            _total(line, reading)
            continue
        typed, dash = tidy_number(line.text("code"))
        title = line.text("title")
        if not dash and (match := re.match(r"^[-–—+•]\s+", title)) and not typed:
            dash, title = True, title[match.end() :]
        if found and _goes_on(line, found[-1], typed, dash, indents, reading):
            continue
        item = Item(line, typed, dash, indent=indents.get((line.sheet, line.number), 0))
        item.values["title"] = title
        if depth := line.text("depth"):
            item.depth = int(depth) if re.fullmatch(r"[1-9][0-9]?", depth) else None
            if item.depth is None:
                item.wrong("depth", _("Cấp là số 1, 2, 3…"))
        found.append(item)
    return found


def _goes_on(line: Line, above: Item, typed: str, dash: bool, indents: Indents, reading: Reading) -> bool:
    """A row without number and points goes on with the one above: further levels, bands, or words on how to score."""
    if typed or line.text("maximum") or line.text("rule") or line.text("depth") or line.text("key"):
        return False
    title = line.text("title")
    if title and not dash and indents.get((line.sheet, line.number), 0):
        return False
    if title and not above.number and not dash:
        return False
    for key in GOES_ON:
        if text := line.text(key):
            above.more.setdefault(key, []).append(text)
    if title:
        above.more.setdefault("guide", []).append(title)
        reading.remarks.append(
            _("Dòng %(number)s không có số mục và điểm: ghép vào cách chấm của “%(title)s”.")
            % {"number": line.number, "title": above.values["title"][:60]}
        )
    return True


def _total(line: Line, reading: Reading) -> None:
    try:
        reading.stated_total = points(line.text("maximum")) if line.text("maximum") else None
    except Refused as error:
        reading.general.append(line.fault("maximum", str(error)))


def _unread(table: Table, reading: Reading) -> None:
    """Faults of cells that could not even be read go to their rows."""
    by_place = {(one.line.sheet, one.line.number): one for one in reading.items}
    for fault in table.faults:
        row = re.sub("[^0-9]", "", fault.cell)
        item = by_place.get((fault.sheet, int(row))) if row else None
        (item.faults if item and fault.key else reading.general).append(fault)


def _keys(reading: Reading) -> None:
    """A row keeps the key it carries; one that was copied with its key gets a new one."""
    seen: set[str] = set()
    for one in reading.items:
        key = one.line.text("key")
        if key and (not KEY.fullmatch(key) or key in seen):
            reading.remarks.append(
                _("Dòng %(number)s mang mã của dòng khác: được coi là tiêu chí mới.")
                % {"number": one.line.number}
            )
            key = ""
        one.key = key
        seen.add(key)


def _codes(reading: Reading) -> None:
    seen: dict[str, Item] = {}
    for one in reading.items:
        like = seen.setdefault(one.code.casefold(), one)
        if like is not one:
            one.wrong(
                "code",
                _("Số mục “%(code)s” đã có ở ô %(cell)s.") % {"code": one.code, "cell": like.line.at("code")},
            )


def _match(items_read: Sequence[Item], recorded: Sequence[Criterion]) -> None:
    by_key = {row.key: row for row in recorded}
    by_code = {row.code.casefold(): row for row in recorded}
    claimed = {one.key for one in items_read if one.key in by_key}
    for one in items_read:
        row = by_key.get(one.key)
        if row is None and (like := by_code.get(one.code.casefold())) is not None and like.key not in claimed:
            row = like
            claimed.add(like.key)
        one.before = row
        one.key = row.key if row is not None else one.key or new_key()


# -- cells ---------------------------------------------------------------------------------------
class Cells:
    """Reads the cells of one row; its section is read already."""

    def __init__(self, item: Item, names: Names) -> None:
        """Remember the row and the agencies that may score from outside."""
        self.item, self.values = item, item.values
        self.bad = {fault.key for fault in item.faults}
        self.names = {fold(name): pk for pk, name in names.items()}

    def read(self) -> None:
        """Every cell into ``values``, in the order in which they depend on each other."""
        before: Criterion | None = self.item.before
        self.values["code"] = self.item.code
        self._take("maximum", self._maximum)
        self._take("rule", self._rule)
        self._take("part", self._part)
        self._take("better", self._listed("better", BetterWhen.HIGHER))
        self._take("evidence", self._listed("evidence", EvidenceRule.ASKED))
        self._take("unit", clean_line)
        self._take("guide", lambda text: text.strip())
        self._take("step", lambda text: points(text) if text else None)
        self._take("places", self._places)
        self._take("applies_to", self._applies_to)
        self._take("due_on", lambda _text: self.item.line.values.get("due_on"))
        self._scorer()
        self.values["params"] = self._params({one["key"]: one for one in _choices_of(before)})
        if before is not None:
            for key in _absent(self.item.line):
                self.values[key] = getattr(before, key)

    def _take(self, key: str, read: Callable[[str], Any]) -> None:
        if key in self.bad:
            return
        try:
            self.values[key] = read(self.item.text(key))
        except Refused as error:
            self.item.wrong(key, str(error))

    def _maximum(self, text: str) -> Decimal | None:
        if text:
            return points(re.sub(r"^(tối đa|trần|đến|[-−+])\s*", "", clean_line(text), flags=re.IGNORECASE))
        return None

    def _rule(self, text: str) -> str:
        if text:
            rule = chosen("rule", text)
            if self.item.children and rule != LeafRule.SECTION:
                raise Refused(
                    _("Dòng này có tiêu chí con: loại là “Mục gồm các tiêu chí con”, hoặc để trống.")
                )
            return rule
        if self.item.children:
            return str(LeafRule.SECTION)
        before: Criterion | None = self.item.before
        if before is not None and "rule" not in self.item.line.letters and before.rule != LeafRule.SECTION:
            return str(before.rule)
        if self.item.text("choices"):
            return str(LeafRule.LEVELS)
        return str(LeafRule.BANDS if self.item.text("steps") else LeafRule.DIRECT)

    def _part(self, text: str) -> str:
        if text:
            return chosen("part", text)
        rule = self.values.get("rule")
        if rule == LeafRule.BONUS:
            return str(TablePart.BONUS)
        if rule in (LeafRule.DEDUCTION, LeafRule.LATENESS) or re.match(
            r"[-−]", self.item.line.text("maximum")
        ):
            return str(TablePart.PENALTY)
        if self.item.parent is not None:
            return str(self.item.parent.values.get("part", TablePart.BASE))
        title = fold(self.item.values["title"])
        if re.search(r"\b(diem thuong|diem cong|cong diem)\b", title):
            return str(TablePart.BONUS)
        return str(TablePart.PENALTY if re.search(r"\b(diem tru|tru diem)\b", title) else TablePart.BASE)

    def _listed(self, key: str, otherwise: str) -> Callable[[str], str]:
        return lambda text: chosen(key, text) if text else str(otherwise)

    def _places(self, text: str) -> int | None:
        if text and not re.fullmatch("[0-4]", text):
            raise Refused(_("Ghi số từ 0 đến 4."))
        return int(text) if text else None

    def _applies_to(self, text: str) -> tuple[str, ...]:
        if fold(text) in ("", "tat ca", "moi don vi", "tat ca don vi"):
            return ()
        wanted = {chosen("applies_to", item) for item in items(text)}
        return tuple(kind for kind in labels("applies_to") if kind in wanted)

    def _scorer(self) -> None:
        text = self.item.text("scored_by")
        self.values["scored_by"], self.values["scorer_id"] = str(ScoredBy.SELF), None
        name = re.sub(r"^(cơ quan ngoài cụm( chấm)?)\s*:\s*", "", clean_line(text), flags=re.IGNORECASE)
        if pk := self.names.get(fold(name)):
            self.values["scored_by"], self.values["scorer_id"] = str(ScoredBy.OUTSIDE), pk
            return
        if not text or "scored_by" in self.bad:
            return
        try:
            self.values["scored_by"] = chosen("scored_by", text)
        except Refused as error:
            known = "; ".join(OUTSIDE + name for name in sorted(self.names))
            self.item.wrong("scored_by", str(error) + (f" {known}" if known else ""))
            return
        if self.values["scored_by"] == ScoredBy.OUTSIDE:
            self.item.wrong(
                "scored_by", _("Ghi rõ tên cơ quan ngoài cụm, ví dụ: Cơ quan ngoài cụm: Sở Nội vụ.")
            )

    # -- how points are earned -------------------------------------------------------------------
    def _params(self, known: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
        rule = self.values.get("rule", LeafRule.DIRECT)
        wanted = {CELL_OF[name] for name in PARAMS[rule]}
        if before := self._former(rule):
            return before
        found: dict[str, Any] = {}
        keys = {fold(str(one["label"])): key for key, one in known.items()}
        better = self.values.get("better", BetterWhen.HIGHER)
        readers: dict[str, Callable[[str], dict[str, Any]]] = {
            "each": lambda text: {"each": points(text)},
            "choices": lambda text: {"choices": levels_of(text, keys)},
            "steps": lambda text: dict(zip(("steps", "below"), bands_of(text, better), strict=True)),
            "extras": extras_of,
        }
        for key in PARAM_CELLS:
            text = self.item.text(key)
            if not text or key in self.bad:
                continue
            if key not in wanted:
                said = {"title": TITLES[key], "rule": labels("rule")[rule]}
                self.item.wrong(
                    key, _("Loại “%(rule)s” không dùng cột %(title)s: để trống, hoặc đổi loại.") % said
                )
                continue
            try:
                found |= self._fitting(rule, key, readers[key](text))
            except Refused as error:
                self.item.wrong(key, str(error))
        return self._plain(rule, found)

    @staticmethod
    def _fitting(rule: str, key: str, found: dict[str, Any]) -> dict[str, Any]:
        if key == "extras" and set(found) - set(PARAMS[rule]):
            raise Refused(_("Loại “%(rule)s” không có quy định này.") % {"rule": labels("rule")[rule]})
        return found

    def _former(self, rule: str) -> dict[str, Any]:
        """A file without any of these columns leaves them as they are."""
        before: Criterion | None = self.item.before
        if before is None or before.rule != rule or any(key in self.item.line.letters for key in PARAM_CELLS):
            return {}
        return dict(before.params)

    def _plain(self, rule: str, found: dict[str, Any]) -> dict[str, Any]:
        plain = plain_params(found)
        try:
            params_of(rule, plain)
        except Unfit as unfit:
            self.item.wrong(next((CELL_OF[name] for name in found), "rule"), str(unfit))
            return {}
        if rule in (LeafRule.LEVELS, LeafRule.BANDS) and not found:
            cell = "choices" if rule == LeafRule.LEVELS else "steps"
            if cell not in {fault.key for fault in self.item.faults}:
                self.item.wrong(
                    cell, _("Loại “%(rule)s” phải có ít nhất một mức.") % {"rule": labels("rule")[rule]}
                )
        return plain


def _choices_of(before: Criterion | None) -> Sequence[Mapping[str, Any]]:
    return before.params.get("choices", ()) if before is not None else ()


def _absent(line: Line) -> list[str]:
    """Columns that the file does not have at all: what they would say stays as it is."""
    kept = ("unit", "better", "step", "places", "evidence", "guide", "applies_to", "due_on")
    return [key for key in kept if key not in line.letters]


# -- rows as a whole -----------------------------------------------------------------------------
def draft_of_item(one: Item) -> CriterionDraft:
    """The criterion as the file says it."""
    values = {key: value for key, value in one.values.items() if key in CriterionDraft.__slots__}
    values["maximum"] = one.maximum
    return CriterionDraft(**values)


def _check(one: Item, reading: Reading) -> None:
    if one.values.get("maximum") is None and "maximum" not in {fault.key for fault in one.faults}:
        if one.values.get("rule") != LeafRule.SECTION and one.values.get("part") == TablePart.BASE:
            one.wrong("maximum", _("Chưa có điểm tối đa."))
        one.values["maximum"] = Decimal(0)
    if any(fault.key in ("title", "rule", "maximum") for fault in one.faults):
        return
    draft = draft_of_item(one)
    alone = CriterionDraft(
        **{name: getattr(draft, name) for name in CriterionDraft.__slots__}
        | {"scored_by": ScoredBy.SELF, "scorer_id": None}
    )
    for problem in problems_of(CriteriaTable(), Tree([]), alone):
        one.wrong(problem.field if problem.field in TITLES else "rule", problem.sentence)
    best = max(
        (Decimal(level["points"]) for level in one.values["params"].get("choices", ())), default=Decimal(0)
    )
    if one.maximum and best > one.maximum:
        reading.remarks.append(
            _("Ô %(cell)s: có mức cao hơn điểm tối đa %(most)s của tiêu chí %(code)s.")
            % {"cell": one.line.at("choices"), "most": one.line.text("maximum"), "code": one.code}
        )
