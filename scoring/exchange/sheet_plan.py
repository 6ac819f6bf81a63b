"""What a filled-in sheet would change: line by line beside what is recorded, cell by cell, with the points it gives."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from core.cells import Refused
from core.folding import clean, clean_line, fold
from core.sheets import Fault, Line, Table
from scoring.domain.calc import score
from scoring.domain.entries import problems
from scoring.domain.facts import facts_data, is_empty
from scoring.domain.shapes import NOT_ARISEN, NOTHING, Facts, Leaf, Result
from scoring.exchange.sheet_columns import FACTS, INPUTS, KIND, LONGEST, TITLES, WORDS, inputs_of
from scoring.exchange.sheet_state import Current, Given, State, seen_stamp, signature
from scoring.exchange.words import NO, YES, chosen, labels, number, shown, yes_no

CHANGED, CLASH, WRONG, SAME = "changed", "clash", "wrong", "same"


@dataclass
class Row:
    """A line of the file beside the recorded one."""

    line: Line
    current: Current
    given: Given = field(default_factory=Given)
    result: Result = field(default_factory=Result)
    now: Result = field(default_factory=Result)
    faults: list[Fault] = field(default_factory=list)
    clash: bool = False
    untouched: bool = False

    @property
    def cells(self) -> list[tuple[str, str, str]]:
        """Field, what stands here now, what the file says: where they differ."""
        found = []
        for key in INPUTS:
            now, then = (
                words_of(self.current, key, self.current.given),
                words_of(self.current, key, self.given),
            )
            if now != then:
                found.append((TITLES[key], now, then))
        return found

    @property
    def status(self) -> str:
        """Wrong, the same, a clash with a newer line, or a change."""
        if self.faults:
            return WRONG
        if self.untouched or self.given.stamp == self.current.given.stamp:
            return SAME
        return CLASH if self.clash else CHANGED

    @property
    def clears(self) -> bool:
        """The file takes a figure away."""
        return is_empty(self.given.facts) and not is_empty(self.current.given.facts)

    @property
    def is_ticked(self) -> bool:
        """Chosen unless somebody says otherwise: not where a newer line or a present figure would be lost."""
        return self.status == CHANGED and not self.clears

    def wrong(self, key: str, sentence: str) -> None:
        """Something is wrong with a cell; one sentence for a cell is enough."""
        if not any(fault.key == key for fault in self.faults):
            self.faults.append(self.line.fault(key, sentence))


@dataclass
class Plan:
    """Everything the file would do, and everything that is wrong with it."""

    state: State
    rows: list[Row] = field(default_factory=list)
    general: list[Fault] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)

    @property
    def faults(self) -> list[Fault]:
        """Everything wrong, in the order of the file."""
        return self.general + [fault for row in self.rows for fault in row.faults]

    def of(self, status: str) -> list[Row]:
        """The lines of a status."""
        return [row for row in self.rows if row.status == status]

    @property
    def choosable(self) -> list[Row]:
        """The lines that may be taken over; none while the file as a whole is wrong."""
        return [] if self.general else [row for row in self.rows if row.status in (CHANGED, CLASH)]

    def counts(self) -> dict[str, int]:
        """How many lines of each status."""
        return {status: len(self.of(status)) for status in (CHANGED, CLASH, WRONG, SAME)}

    @property
    def mark(self) -> str:
        """Names what could be written; another mark means another plan."""
        told = [
            [row.current.line.pk, row.current.line.version, row.given.stamp, row.status]
            for row in self.choosable
        ]
        return hashlib.sha256(json.dumps(told).encode()).hexdigest()[:16]

    def totals(self, chosen_keys: Collection[str] | None = None) -> tuple[Decimal, Decimal]:
        """The total of the agency's own figures now, and with the chosen lines (by default those ticked)."""
        agency, level = self.state.sheet.agency_id, self.state.first_level
        taken = {
            row.current.row.code: row.given.facts
            for row in self.choosable
            if (row.is_ticked if chosen_keys is None else row.current.row.key in chosen_keys)
        }
        board = self.state.board
        return board.total(agency, level).total, board.total(agency, level, replaced=taken).total


def check_file(state: State, told: Mapping[str, str], names: Callable[[str], str]) -> str:
    """Why the file cannot be this sheet, or nothing; ``told`` is its hidden mark, ``names`` names agencies by code."""
    wanted = {fold(key): value for key, value in state.identity().items()}
    if fold("Dấu") not in told or told.get(fold("Tệp")) != KIND:
        return _(
            "Tệp này không phải bảng chấm điểm tải từ hệ thống: tải tệp của đơn vị, điền rồi nhập chính tệp đó."
        )
    keys = {fold(key): key for key in state.identity() if key != "Dấu"}
    said = {keys[key]: value for key, value in told.items() if key in keys}
    if set(said) != set(keys.values()) or signature(said) != told[fold("Dấu")]:
        return _("Dấu của tệp đã bị sửa: tải lại tệp từ hệ thống rồi chép số liệu sang.")
    if told[fold("Đơn vị")] != wanted[fold("Đơn vị")]:
        words = {"other": names(said["Đơn vị"]), "own": state.agency_name}
        return _("Đây là bảng chấm điểm của %(other)s, không phải của %(own)s.") % words
    if told[fold("Cụm")] != wanted[fold("Cụm")]:
        return _("Đây là bảng chấm điểm của một Cụm thi đua khác.")
    if told[fold("Năm")] != wanted[fold("Năm")]:
        words = {"other": said["Năm"], "own": state.scope.year.label}
        return _("Đây là bảng chấm điểm năm %(other)s, không phải năm %(own)s.") % words
    return ""


def make_plan(state: State, table: Table, told: Mapping[str, str], names: Callable[[str], str]) -> Plan:
    """What the table would change in the sheet; no query but the one of ``names``, nothing is written."""
    plan = Plan(state, remarks=list(table.remarks))
    if sentence := check_file(state, told, names):
        plan.general.append(Fault("", "", sentence))
        return plan
    version = told[fold("Bản tiêu chí")]
    if version != str(state.sheet.table.version):
        plan.remarks.append(
            _("Tệp theo bản %(old)s của bảng tiêu chí, nay là bản %(new)s: các dòng được ghép theo số mục.")
            % {"old": version, "new": state.sheet.table.version}
        )
    by_place: dict[tuple[str, int], Row] = {}
    finder = _Finder(state)
    for line in table.lines:
        if row := finder.find(line, plan):
            by_place[line.sheet, line.number] = row
            plan.rows.append(row)
    for fault in table.faults:
        digits = re.sub("[^0-9]", "", fault.cell)
        row = by_place.get((fault.sheet, int(digits))) if digits else None
        (row.faults if row else plan.general).append(fault)
    for row in plan.rows:
        _read(state, row, plan)
    return plan


class _Finder:
    """Which recorded line a row of the file is: by its key, else by its number, here or in the table before."""

    def __init__(self, state: State) -> None:
        self._by_key = state.lines
        self._by_code = {one.row.former_code: one for one in state.lines.values() if one.row.former_code}
        self._by_code |= {one.row.code: one for one in state.lines.values()}
        self._seen: set[str] = set()

    def find(self, line: Line, plan: Plan) -> Row | None:
        """The row; None for a section, and for a row nobody knows that says nothing."""
        key, code = line.text("key"), clean_line(line.text("code"))
        current = self._by_key.get(key) or (self._by_code.get(code) if key or _filled(line) else None)
        if current is None:
            if _filled(line) or key:
                where = {"cell": line.at("code"), "code": code}
                plan.remarks.append(
                    _("Ô %(cell)s: bảng tiêu chí nay không có dòng %(code)s: bỏ qua.") % where
                )
            return None
        row = Row(line, current)
        if current.row.key in self._seen:
            row.wrong("code", _("Dòng này có hai lần trong tệp."))
        self._seen.add(current.row.key)
        return row


def _filled(line: Line) -> bool:
    return any(line.text(key) for key in INPUTS)


def _read(state: State, row: Row, plan: Plan) -> None:
    """Values, then what they mean; the row stays as it is recorded where its file was never touched."""
    current = row.current
    reader = _Cells(row)
    row.given = reader.given()
    stamp, _dot, seen = row.line.text("stamp").partition(".")
    row.untouched = not row.faults and bool(stamp) and stamp == row.given.stamp
    row.clash = row.line.text("version") != str(current.line.version)
    _look_at_seen(state, row, seen, plan)
    if row.untouched or (not row.faults and row.given.stamp == current.given.stamp):
        return
    if not current.is_own:
        _nothing_here(row, _("Tiêu chí này không do đơn vị tự chấm: không nhập được."))
    elif not current.is_open:
        _nothing_here(row, _("Bảng đã gửi: chỉ sửa được các tiêu chí bị trả lại."))
    if row.faults:
        return
    row.result, row.now = (
        _judged(state, current, row.given.facts),
        _judged(state, current, current.given.facts),
    )
    if is_empty(row.given.facts):
        return
    reason = row.given.explanation if row.given.facts.mark == NOT_ARISEN else ""
    for problem in problems(row.result, row.given.facts, reason):
        row.wrong("explanation" if problem.field == "reason" else reader.first, problem.sentence)


def _nothing_here(row: Row, sentence: str) -> None:
    """A line that may not be filled in: said once, where it was."""
    key = next((one for one in INPUTS if row.line.text(one)), "code")
    row.faults[:] = []
    row.wrong(key, sentence)


def _judged(state: State, current: Current, facts: Facts) -> Result:
    sized = replace(facts, size=state.sheet.size)
    return score(current.leaf, sized, state.board.settings)


def _look_at_seen(state: State, row: Row, seen: str, plan: Plan) -> None:
    """Points of others that were changed in the file are not read; that is said once for each line."""
    values = [row.line.text(f"seen {place}") for place, _level in enumerate(state.levels)]
    if not seen or any(f"seen {place}" not in row.line.letters for place, _level in enumerate(state.levels)):
        return
    try:
        points = [number(text) if text else None for text in values]
    except Refused:
        points = []
    if seen_stamp(points) != seen:
        plan.remarks.append(
            _("Dòng %(number)s (%(code)s): điểm hiện có đã bị sửa trong tệp; các cột ấy không được đọc.")
            % {"number": row.line.number, "code": row.current.row.code}
        )


# -- cells ---------------------------------------------------------------------------------------
class _Cells:
    """Reads the cells of one line."""

    def __init__(self, row: Row) -> None:
        self.row, self.line, self.leaf = row, row.line, row.current.leaf
        self.takes = inputs_of(self.leaf, row.current.given.facts)
        self.bad = {fault.key for fault in row.faults}

    @property
    def first(self) -> str:
        """The cell that a sentence on the figures belongs to."""
        filled = [key for key in FACTS if self.line.text(key)]
        return (filled or list(self.takes) or ["code"])[0]

    def given(self) -> Given:
        """What the line says."""
        words = {key: self._words(key) for key in WORDS}
        return Given(self._facts(), **words)

    def _words(self, key: str) -> str:
        text = self.line.text(key)
        text = clean(text) if key == "explanation" else " ".join(clean_line(text).split())
        if len(text) > LONGEST[key]:
            self.row.wrong(key, _("Dài nhất %(most)s ký tự.") % {"most": LONGEST[key]})
        return text

    def _facts(self) -> Facts:
        values: dict[str, Any] = {}
        for key in FACTS:
            text = self.line.text(key)
            if not text or key in self.bad:
                continue
            if key != "mark" and key not in self.takes:
                words = {"rule": labels("rule")[self.leaf.rule], "title": TITLES[key]}
                self.row.wrong(key, _("Loại “%(rule)s” không dùng ô %(title)s: xóa đi.") % words)
                continue
            try:
                values[key] = getattr(self, f"_{key}", self._number)(text)
            except Refused as error:
                self.row.wrong(key, str(error))
        mark = values.get("mark", "")
        if mark and set(values) - {"mark", *(("target",) if mark == NOTHING else ())}:
            self.row.wrong(
                "mark", _("Đã chọn “%(mark)s” thì để trống các ô số liệu.") % {"mark": labels("mark")[mark]}
            )
        return Facts(**values)

    def _number(self, text: str) -> Decimal:
        return number(text)

    def _actual(self, text: str) -> Decimal:
        cleaned = clean_line(text)
        negative = re.match(r"[-−–]\s*(?=[0-9])", cleaned)
        found = number(cleaned[negative.end() :] if negative else cleaned, percent="%" in self.leaf.unit)
        return -found if negative else found

    _target = _actual

    def _percent(self, text: str) -> Decimal:
        return number(text, percent=True)

    def _yes(self, text: str) -> bool:
        return yes_no(text)

    def _level(self, text: str) -> str:
        known = {fold(one.label): one.key for one in self.leaf.choices}
        if found := known.get(fold(text)):
            return found
        names = "; ".join(one.label for one in self.leaf.choices)
        raise Refused(_("Không có mức này. Chọn một trong: %(known)s.") % {"known": names})

    def _mark(self, text: str) -> str:
        found = chosen("mark", text)
        if found not in (NOTHING, NOT_ARISEN) and found != self.row.current.given.facts.mark:
            raise Refused(_("Đơn vị chỉ chọn được “Không có” hoặc “Không phát sinh”."))
        return found


def words_of(current: Current, key: str, given: Given) -> str:
    """A value as the preview shows it."""
    if key in WORDS:
        return str(getattr(given, key))
    value = getattr(given.facts, key)
    if key == "mark":
        return labels("mark").get(value, "")
    if key == "level":
        return _label(current.leaf, value)
    if key == "yes":
        return "" if value is None else YES if value else NO
    if value is None:
        return ""
    plain = facts_data(Facts(**{key: value}))[key]
    return ("−" if value < 0 else "") + shown(abs(Decimal(plain)))


def _label(leaf: Leaf, key: str) -> str:
    return next((one.label for one in leaf.choices if one.key == key), key)
