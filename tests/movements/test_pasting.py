"""Blocks from a spreadsheet: the table of cases that the browser's reader follows too (tests/e2e/test_quick.py)."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from movements.domain.quick import GIFTS, names_of
from movements.domain.quick_pasted import labels_of
from movements.pasting import Block, heading, lay, parse

CASES = json.loads((Path(__file__).parent / "pasting_cases.json").read_text())
NAMES = names_of(GIFTS)


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_a_block_is_read_as_the_table_says(case: dict[str, Any]) -> None:
    block = parse(case["text"], case.get("most"))
    assert block.rows == case["rows"]
    assert block.rest == case.get("rest", "")


def test_ten_thousand_rows_are_read_at_once() -> None:
    text = "5/1\tKhẩu trang\t3.000 chiếc\t\tSở Y tế\n" * 10_000
    begun = time.perf_counter()
    block = parse(text, 200)
    assert len(block.rows) == 200
    assert block.rest == "5/1\tKhẩu trang\t3.000 chiếc\t\tSở Y tế\n" * 9_800
    assert len(parse(text).rows) == 10_000
    assert len(parse('"a' * 50_000).rows) == 1
    assert len(parse('"a\t""b' * 20_000).rows) == 1
    assert time.perf_counter() - begun < 2


@given(
    some.lists(some.lists(some.text(alphabet='ab"\t\n\r ', max_size=6), min_size=1, max_size=4), max_size=5)
)
def test_what_a_spreadsheet_writes_is_read_back(rows: list[list[str]]) -> None:
    def written(cell: str) -> str:
        quoted = '"' + cell.replace('"', '""') + '"'
        return quoted if any(sign in cell for sign in '"\t\n\r') else cell

    text = "".join("\t".join(written(cell) for cell in row) + "\n" for row in rows)
    assert parse(text).rows == rows


def test_a_row_of_headings_says_which_column_is_which() -> None:
    labels = labels_of(GIFTS)
    assert heading(["Nội dung", "Trị giá (₫)", "ghi chú"], labels) == ["what", "value", ""]
    assert heading(["NGÀY", "noi nhan"], labels) == ["day", "receiver"]
    assert heading(["Ngày", "5/1"], labels) is None
    assert heading(["Ngày", "Ngày"], labels) is None
    laid = lay(Block([["Nội dung", "Ngày", "Ghi chú"], ["Gạo", "5/1", ""], ["", "", ""]]), NAMES, labels)
    assert laid.rows == [{"what": "Gạo", "day": "5/1"}]
    assert not laid.left_over
    assert lay(Block([["Nội dung", "Ngày", "Ghi chú"], ["Gạo", "5/1", "x"]]), NAMES, labels).left_over


def test_a_block_begins_at_a_column_and_never_drops_a_word() -> None:
    block = Block([["Sở Y tế", "Chi Lăng"], ["Sở Xây dựng"]])
    laid = lay(block, NAMES, {}, "receiver")
    assert laid.rows == [{"receiver": "Sở Y tế", "place": "Chi Lăng"}, {"receiver": "Sở Xây dựng"}]
    assert lay(Block([["a", "b"]]), NAMES, {}, "movement").left_over
