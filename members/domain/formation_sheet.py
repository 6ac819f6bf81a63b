"""The table from which clusters are formed: its columns, and a row of it in values."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from django.db import models
from django.utils import translation
from django.utils.text import slugify
from django.utils.translation import gettext as _

from core.folding import clean_line, fold
from core.sheets import DAY, WHOLE, Fault, Field, Line
from members.enums import AgencyKind, Basis, GroupKind, Level, Role

NO_ROLE: Final = "–"
CODE: Final = re.compile(r"[a-z0-9]+(?:[-_][a-z0-9]+)*")
MOST_CODE: Final = 60

# Titles stay in Vietnamese in every language: a file filled in here must be read there.
FIELDS: Final = (
    Field("mark", "Khóa", ("khoa dong",)),
    Field("cluster", "Mã cụm", ("cum", "ma cum thi dua"), required=True),
    Field("kind", "Loại", ("loai cum",)),
    Field("name", "Tên cụm", ("ten cum thi dua",), required=True),
    Field("short_name", "Tên gọn của cụm", ("ten gon cum",)),
    Field("level", "Cấp", ("cap cum",)),
    Field("place", "Địa bàn"),
    Field("parent", "Thuộc cụm (mã)", ("thuoc cum", "ma cum cha")),
    Field("label", "Năm", ("nam thi dua",), required=True),
    Field("starts_on", "Năm bắt đầu ngày", ("bat dau nam",), DAY),
    Field("ends_on", "Năm kết thúc ngày", ("ket thuc nam",), DAY),
    Field("order", "Thứ tự", ("tt", "stt"), WHOLE),
    Field("agency", "Mã đơn vị", ("don vi",)),
    Field("agency_name", "Tên đơn vị", ("ten day du", "ten day du cua don vi"), required=True),
    Field("agency_short", "Tên gọn của đơn vị", ("ten gon", "ten gon don vi")),
    Field("agency_kind", "Loại đơn vị"),
    Field("role", "Vai trò", ("chuc danh",)),
    Field("day", "Có hiệu lực từ ngày", ("tu ngay", "hieu luc tu"), DAY),
    Field("basis", "Căn cứ"),
    Field("decision_number", "Số quyết định", ("so quyet dinh, bien ban",)),
    Field("decision_date", "Ngày quyết định", ("ngay quyet dinh, bien ban",), DAY),
    Field("in_charge", "Thành viên Hội đồng phụ trách", ("phu trach", "nguoi phu trach")),
)
TITLES: Final = {field.key: field.title for field in FIELDS}


def words(choices: type[models.TextChoices]) -> dict[str, str]:
    """The Vietnamese label of each value, whatever the language of the page: what the file holds."""
    with translation.override("vi"):
        return {str(value): str(label) for value, label in choices.choices}


@dataclass(frozen=True, slots=True)
class Row:
    """A row in values; empty text and None where the cell is empty."""

    line: Line
    cluster: str
    name: str
    short_name: str
    kind: str
    level: str
    place: str | None
    parent: str
    label: str
    starts_on: date | None
    ends_on: date | None
    order: int | None
    agency: str
    agency_name: str
    agency_short: str
    agency_kind: str
    role: str
    day: date | None
    basis: str
    decision_number: str
    decision_date: date | None
    in_charge: tuple[str, ...]


def normal(name: str) -> str:
    """A name as it is compared: NFC, one space between words, without regard to capitals; accents count."""
    return clean_line(name).casefold()


def code_of(name: str, limit: int = MOST_CODE) -> str:
    """A code made out of a name: ``Cục Thống kê`` → ``cuc-thong-ke``."""
    return slugify(fold(name))[:limit].strip("-_")


def rows_of(lines: Sequence[Line]) -> tuple[list[Row], list[Fault]]:
    """The rows in values, and what is wrong with single cells."""
    rows: list[Row] = []
    faults: list[Fault] = []
    for line in lines:
        rows.append(_row(line, faults))
    return rows, faults


def _row(line: Line, faults: list[Fault]) -> Row:
    def choice(key: str, choices: type[models.TextChoices], *, none: Iterable[str] = ()) -> str:
        text = fold(line.text(key))
        if not text or text in none:
            return ""
        found = {fold(label): value for value, label in words(choices).items()} | {
            value: value for value in choices.values
        }
        if text in found:
            return found[text]
        sentence = _("“%(text)s” không có trong danh mục. Chọn một trong: %(known)s.")
        known = "; ".join(words(choices).values())
        faults.append(line.fault(key, sentence % {"text": line.text(key), "known": known}))
        return ""

    for key, title in (("name", TITLES["name"]), ("agency_name", TITLES["agency_name"])):
        if not line.text(key) and not (key == "name" and line.text("cluster")):
            faults.append(line.fault(key, _("Chưa ghi “%(title)s”.") % {"title": title}))
    return Row(
        line,
        cluster=_code(line, "cluster", faults) or code_of(line.text("name")),
        name=_short(line, "name", 300, faults),
        short_name=_short(line, "short_name", 100, faults),
        kind=choice("kind", GroupKind),
        level=choice("level", Level),
        place=_short(line, "place", 200, faults) if "place" in line.values else None,
        parent=_code(line, "parent", faults),
        label=line.text("label").replace(" ", "").replace("–", "-"),
        starts_on=line.values.get("starts_on"),
        ends_on=line.values.get("ends_on"),
        order=line.values.get("order"),
        agency=_code(line, "agency", faults),
        agency_name=_short(line, "agency_name", 300, faults),
        agency_short=_short(line, "agency_short", 100, faults),
        agency_kind=choice("agency_kind", AgencyKind),
        role=choice("role", Role, none=("-", "thanh vien")),
        day=line.values.get("day"),
        basis=choice("basis", Basis),
        decision_number=_short(line, "decision_number", 60, faults),
        decision_date=line.values.get("decision_date"),
        in_charge=tuple(part for part in re.split(r"[;,\s]+", line.text("in_charge")) if part),
    )


def _short(line: Line, key: str, most: int, faults: list[Fault]) -> str:
    text = line.text(key)
    if len(text) > most:
        sentence = _("“%(title)s” dài quá %(most)s chữ cái.")
        faults.append(line.fault(key, sentence % {"title": TITLES[key], "most": most}))
    return text


def _code(line: Line, key: str, faults: list[Fault]) -> str:
    text = line.text(key).lower()
    if text and (len(text) > MOST_CODE or not CODE.fullmatch(text)):
        sentence = _(
            "“%(text)s” không dùng làm mã được: mã chỉ gồm chữ không dấu, số và gạch nối, dài nhất %(most)s."
        )
        faults.append(line.fault(key, sentence % {"text": line.text(key)[:80], "most": MOST_CODE}))
        return ""
    return text
