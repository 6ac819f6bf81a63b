"""What the scoring part of a year file may not say, each told at its place."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.yearfile.test_refusals import Change, changed, put

pytestmark = pytest.mark.django_db

TABLE = "/criteria_tables/1"
CASES: list[tuple[str, str, Any, str, str]] = [
    ("setting", f"{TABLE}/settings", {"bonus": "x"}, f"{TABLE}/settings/bonus", "không hợp lệ"),
    ("params", f"{TABLE}/criteria/2/params", {"each": "1"}, f"{TABLE}/criteria/2/params", "không có quy định"),
    ("other table", f"{TABLE}/criteria/1/parent", "1/I", f"{TABLE}/criteria/1/parent", "cùng một bản"),
    ("inside a leaf", f"{TABLE}/criteria/1/parent", "2/I.2", f"{TABLE}/criteria/1/parent", "tiêu chí con"),
    ("circle", f"{TABLE}/criteria/0/parent", "2/I", f"{TABLE}/criteria/0/parent", "một vòng"),
    ("unknown section", f"{TABLE}/criteria/1/parent", "2/X", f"{TABLE}/criteria/1/parent", "không có trong"),
    ("section scored", "/score_sheets/0/lines/3/criterion", "2/I", "/score_sheets/0/lines/3/criterion", "điểm riêng"),
    (
        "facts", "/score_sheets/0/lines/1/entries/0/facts", {"actual": "nhiều"},
        "/score_sheets/0/lines/1/entries/0/facts", "không đọc được",
    ),
    ("stranger", "/assignments/0/subject", "so-noi-vu", "/assignments/0/subject", "không phải đơn vị thành viên"),
    ("numbers", "/scoring_acts/0/number", 2, "/scoring_acts/0/number", "phải là 1"),
    ("unknown act", "/rankings/1/act", 5, "/rankings/1/act", "không có trong"),
    ("unknown line", "/appeals/0/line", "hai-quan/2/X", "/appeals/0/line", "không có trong"),
    ("own decider", "/appeals/0/decider", "hai-quan", "/appeals/0", "đơn vị khác giải quyết"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("place", "value", "at", "words"), [case[1:] for case in CASES], ids=[c[0] for c in CASES]
)
def test_a_fault_is_told_at_its_place(tmp_path: Path, place: str, value: Any, at: str, words: str) -> None:
    change: Change = put(place, value)
    found = changed(tmp_path, change)
    assert words in found[at], found
