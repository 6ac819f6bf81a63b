"""A table as a workbook: text is never a formula or a link, days are days, figures are figures."""

from __future__ import annotations

import enum
import io
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import openpyxl
import pytest

from core.xlsx import MAX_CELL, XlsxExporter


class Kind(enum.Enum):
    ONE = "một"


def sheet_of(rows: list[list[object]], header: tuple[str, ...] = ("A",), title: str = "Bảng") -> Any:
    made = XlsxExporter(title, header, rows).render()
    return openpyxl.load_workbook(io.BytesIO(made)).active


@pytest.mark.parametrize(
    "text", ["=1+1", "+84 25", "-5", "@SUM(A1)", '=HYPERLINK("x")', "https://a.vn", "mailto:a@b.vn", "007"]
)
def test_text_stays_text(text: str) -> None:
    cell = sheet_of([[text]])["A4"]
    assert (cell.value, cell.data_type, cell.hyperlink) == (text, "s", None)


def test_every_kind_of_value() -> None:
    moment = datetime(2021, 1, 4, 18, 30, tzinfo=UTC)
    row: list[object] = [1, Decimal("92.25"), date(2021, 1, 5), moment, True, False, None, "", Kind.ONE]
    values = [cell.value for cell in next(sheet_of([row], tuple("ABCDEFGHI")).iter_rows(min_row=4))]
    assert values == [
        1, 92.25, datetime(2021, 1, 5), datetime(2021, 1, 5, 1, 30), "có", "không", None, None, "một",
    ]  # fmt: skip
    assert sheet_of([[date(2021, 1, 5)]])["A4"].number_format == "dd/mm/yyyy"
    naive = datetime(2021, 1, 5, 8, 0)
    assert sheet_of([[naive]])["A4"].value == naive


def test_rows_that_do_not_fit_and_floats_are_refused() -> None:
    with pytest.raises(ValueError, match="2 cells under a header of 1"):
        sheet_of([["a", "b"]])
    with pytest.raises(TypeError):
        sheet_of([[0.5]])


def test_long_and_strange_text() -> None:
    assert len(sheet_of([["x" * 40_000]])["A4"].value) == MAX_CELL
    assert sheet_of([["a\x00b\x1fc"]])["A4"].value == "abc"


def test_the_title_names_the_sheet_and_the_head_stays() -> None:
    sheet = sheet_of([["a"]], ("Cột",), title="Cụm trưởng [2020]: vai trò/năm và rất nhiều chữ nữa")
    assert len(sheet.title) <= 31
    assert not set("[]:*?/\\'") & set(sheet.title)
    assert (sheet["A1"].value[:10], sheet["A3"].value, sheet.freeze_panes) == ("Cụm trưởng", "Cột", "A4")
    assert sheet_of([], title="///").title == "Sheet1"


def test_the_same_rows_give_the_same_bytes() -> None:
    one, two = (XlsxExporter("Bảng", ("A",), [["x"]], widths=(9,)).render() for _time in range(2))
    assert one == two
