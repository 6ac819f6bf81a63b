"""The invented year: what each rule changes in it."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from members.charter import read
from members.charter_examples import sections
from scoring.domain.example import outcomes


def ranks(**data: Any) -> str:
    """Keys by rank: "A1 C2 B3 …"; a dash without rank."""
    return " ".join(f"{one.sample.key}{one.placed.rank or '-'}" for one in sorted(
        outcomes(read(data)), key=lambda one: one.sample.key
    ))  # fmt: skip


def points(key: str, **data: Any) -> Decimal | None:
    return next(one.points for one in outcomes(read(data)) if one.sample.key == key)


@pytest.mark.parametrize(
    ("data", "wanted"),
    [
        ({}, "A1 B2 C2 D4 E4 F6 G-"),
        ({"ranks": "dense"}, "A1 B2 C2 D3 E3 F4 G-"),
        ({"tie_break": ["bonus"]}, "A1 B2 C2 D4 E4 F6 G-"),
        ({"tie_break": ["bonus", "fewer_penalty"]}, "A1 B3 C2 D4 E4 F6 G-"),
        ({"tie_break": ["section:I"]}, "A1 B2 C3 D4 E4 F6 G-"),
        ({"tie_break": ["section:IX", "previous_year"]}, "A1 B2 C3 D5 E4 F6 G-"),
        ({"tie_break": ["chair", "other:Lời"]}, "A1 B2 C2 D4 E4 F6 G-"),
        ({"tie_break": ["vote"]}, "A1 B2 C3 D5 E4 F6 G-"),
        ({"missing_sheet": "zero"}, "A1 B2 C2 D4 E4 F6 G7"),
        ({"combine": "vote"}, "A1 B2 C3 D5 E4 F6 G-"),
        ({"combine": "shortlist", "shortlist": 2}, "A1 B2 C3 D- E- F- G-"),
        ({"combine": "shortlist", "shortlist": 4}, "A1 B2 C3 D5 E4 F- G-"),
    ],
)
def test_ranks(data: dict[str, Any], wanted: str) -> None:
    assert ranks(**data) == wanted


def test_points_follow_maximum_rounding_and_lateness() -> None:
    assert points("A") == 100
    assert points("A", over_maximum=True) == Decimal("101.51")
    assert points("A", over_maximum=True, rounding="down") == Decimal("101.49")
    assert points("F") == Decimal("82.75")
    steps = [{"from_day": 1, "points": "0.5"}, {"from_day": 6, "points": "2"}, {"from_day": 7, "points": "9"}]
    assert points("F", lateness=steps) == Decimal("80.75")
    assert points("G") is None
    assert points("G", missing_sheet="zero") == 0


def test_grades_and_quotas_stand_in_the_example() -> None:
    rules = read({
        "bands": [{"label": "Xuất sắc", "at_least": "90", "share": 15}, {"label": "Tốt", "at_least": "80"}],
        "quotas": [{"award": "Cờ", "number": 1}, {"award": "Bằng khen", "share": 50, "of": "remaining"}],
    })  # fmt: skip
    grades, quotas = (one for one in sections(rules) if one.group == "xep-loai")
    by_name = {row[0]: row[2:] for row in grades.rows}
    assert by_name["Đơn vị A"] == ("Xuất sắc", "")
    assert by_name["Đơn vị B"] == ("Tốt", "Đủ điểm loại Xuất sắc nhưng hết chỉ tiêu")
    assert by_name["Đơn vị G"] == ("–", "")
    assert [line.rsplit("→ ", 1)[1] for line in quotas.lines] == ["1 đơn vị", "3 đơn vị"]


def said(group: str, **data: Any) -> str:
    return " ".join(
        " ".join((one.intro, *one.lines, *(cell for row in one.rows for cell in row)))
        for one in sections(read(data)) if one.group == group
    )  # fmt: skip


@pytest.mark.parametrize(
    ("group", "data", "sentence"),
    [
        ("bieu-quyet", {}, "67 % của 7 đơn vị: cần ít nhất 5 đơn vị có mặt."),
        ("bieu-quyet", {"quorum_share": 90}, "Có mặt 6: chưa họp được."),
        ("bieu-quyet", {"quorum_base": "present"}, "Lúc nào cũng họp được"),
        ("bieu-quyet", {"ballot_form": "none"}, "Cụm không bỏ phiếu"),
        ("bieu-quyet", {}, "Đơn vị C được 3 phiếu: không thông qua."),
        ("bieu-quyet", {"denominator": "valid"}, "Đơn vị C được 3 phiếu: thông qua."),
        ("bieu-quyet", {"threshold_strict": False, "denominator": "present"}, "Đơn vị C được 3 phiếu: thông qua."),
        ("khieu-nai", {}, "nhận khiếu nại đến hết ngày 25/12/2020"),
        ("khieu-nai", {"appeal_days": 0}, "không nhận khiếu nại"),
        ("tre-han", {}, "không bị trừ điểm"),
        ("tre-han", {"lateness": [{"from_day": 3, "points": "0.5"}]}, "trễ 6 ngày: trừ 0,5 điểm"),
        ("luan-phien", {}, "2021 Đơn vị E"),
        ("luan-phien", {"rotation_rule": "free"}, "không đề xuất"),
        ("luan-phien", {"rotation_rule": "rank"}, "2021 Đơn vị A"),
        ("luan-phien", {"rotation_rule": "rank", "rotation_gap": 3}, "2021 Đơn vị B"),
        ("cong-bo", {"public_ranks": 1}, "6 đơn vị khác không nêu hạng"),
        ("cong-bo", {"public_ranks": 0}, "Hạng 6: Đơn vị F"),
        ("cham-diem", {"rounding": "down"}, "58,125 thành 58,12"),
    ],
)  # fmt: skip
def test_sentences(group: str, data: dict[str, Any], sentence: str) -> None:
    assert sentence in said(group, **data)
