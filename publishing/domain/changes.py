"""What differs between the version in force and what would be published, in words people know.

Pure Python apart from the labels: frozen data in, lines out. Totals follow from the contributions and are left out.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.quantity import format_quantity
from publishing.domain import facts
from publishing.domain.sums import quantity

Data = Mapping[str, Any]

SECTIONS = {
    "cluster": gettext_lazy("Cụm"), "year": gettext_lazy("Năm"), "members": gettext_lazy("Thành viên"),
    "ranking": gettext_lazy("Xếp hạng"), "texts": gettext_lazy("Nội dung viết"),
    "movements": gettext_lazy("Phong trào"), "activities": gettext_lazy("Hoạt động"),
    "contributions": gettext_lazy("Đóng góp"), "directives": gettext_lazy("Văn bản"),
    "conference": gettext_lazy("Hội nghị"), "next": gettext_lazy("Cụm trưởng, Cụm phó năm sau"),
    "agencies": gettext_lazy("Tên đơn vị"),
}  # fmt: skip
FIELDS = {
    "entries": gettext_lazy("đơn vị"),
    "title": gettext_lazy("tên"), "rank": gettext_lazy("hạng"), "points": gettext_lazy("điểm"),
    "votes": gettext_lazy("số phiếu"), "method": gettext_lazy("cách xếp hạng"), "value": gettext_lazy("trị giá"),
    "quantity": gettext_lazy("số lượng"), "beneficiary": gettext_lazy("nơi nhận"), "place": gettext_lazy("địa bàn"),
    "story": gettext_lazy("mô tả"), "result": gettext_lazy("kết quả"), "description": gettext_lazy("nội dung"),
    "part_state": gettext_lazy("quan hệ với số tổng"), "held_on": gettext_lazy("ngày họp"),
    "chair": gettext_lazy("Cụm trưởng"), "deputies": gettext_lazy("Cụm phó"), "name": gettext_lazy("tên"),
    "short_name": gettext_lazy("tên gọn"), "role": gettext_lazy("vai trò"), "slogan": gettext_lazy("khẩu hiệu"),
    "overview": gettext_lazy("Tình hình chung"), "weakness": gettext_lazy("Hạn chế, nguyên nhân"),
    "direction": gettext_lazy("Phương hướng năm sau"), "contributors": gettext_lazy("bên đóng góp"),
    "present": gettext_lazy("đơn vị dự họp"), "guests": gettext_lazy("đại biểu"), "office": gettext_lazy("chức vụ"),
    "carried_out": gettext_lazy("đã thực hiện"), "next_year": gettext_lazy("năm sau"),
    "joined": gettext_lazy("hưởng ứng"), "moments": gettext_lazy("diễn biến"), "partners": gettext_lazy("phối hợp"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Change:
    """One line: where, what stood there, what would stand there; an empty side means: nothing."""

    where: str
    before: str
    after: str


def changes(before: Data, after: Data) -> list[Change]:
    """Every difference, section by section; empty when both show the same."""
    found = []
    for section, label in SECTIONS.items():
        old = dict(_flat(before.get(section), before, str(label)))
        new = dict(_flat(after.get(section), after, str(label)))
        for where in dict.fromkeys((*old, *new)):
            if old.get(where, "") != new.get(where, ""):
                found.append(Change(where, old.get(where, ""), new.get(where, "")))
    return found


def _flat(value: Any, data: Data, where: str) -> Iterator[tuple[str, str]]:
    """(place in words, text) of every leaf; rows of a list are named by what they are, not by their number."""
    if isinstance(value, Mapping) and "qualifier" not in value:
        for key, part in value.items():
            if key not in ("key", "schema", "activity"):
                yield from _flat(part, data, f"{where}, {FIELDS.get(key, key)}")
    elif isinstance(value, list) and value and isinstance(value[0], Mapping):
        seen: dict[str, int] = {}
        for row in value:
            name = _named(row, data)
            seen[name] = seen.get(name, 0) + 1
            again = f" ({seen[name]})" if seen[name] > 1 else ""
            yield from _flat(row, data, f"{where}: {name}{again}")
    else:
        text = _text(value, data)
        if text:
            yield where, text


def _named(row: Data, data: Data) -> str:
    for key in ("title", "description", "office", "outside"):
        if row.get(key):
            return str(row[key])
    return facts.name(data, row["agency"]) if row.get("agency") else _("dòng")


def _text(value: Any, data: Data) -> str:
    if value is None:
        return ""
    if isinstance(value, Mapping):
        return format_quantity(quantity(value))
    if isinstance(value, list):
        return "\n".join(_text(part, data) for part in value)
    return facts.name(data, value) if isinstance(value, str) and value in data["agencies"] else str(value)
