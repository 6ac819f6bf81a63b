"""Tables as a workbook: text is never a formula or a link, days are days, figures are figures."""

from __future__ import annotations

import enum
import io
from collections.abc import Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import openpyxl
import pytest

from core.workbooks import MAX_CELL, Column, Sheet, WorkbookExporter


class Kind(enum.Enum):
    ONE = "một"


def bytes_of(rows: Sequence[Sequence[object]], columns: Sequence[Column], name: str, heading: str) -> bytes:
    return WorkbookExporter([Sheet(name, columns, rows, heading)], "a.xlsx").render()


def sheet_of(
    rows: Sequence[Sequence[object]],
    header: Sequence[str] = ("A",),
    name: str = "Bảng",
    heading: str = "Đầu",
    **more: Any,
) -> Any:
    """The sheet as a spreadsheet program opens it: the heading in row 1, the head in row 3, rows from row 4."""
    made = bytes_of(rows, [Column(title, **more) for title in header], name, heading)
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
    for row in (["a", "b"], []):
        with pytest.raises(ValueError, match=f"{len(row)} cells under a head of 1"):
            sheet_of([row])
    with pytest.raises(TypeError):
        sheet_of([[0.5]])


def test_long_and_strange_text() -> None:
    assert len(sheet_of([["x" * 40_000]])["A4"].value) == MAX_CELL
    assert sheet_of([["a\x00b\x1fc"]])["A4"].value == "abc"


def test_names_of_sheets_are_made_fit() -> None:
    sheet = sheet_of([["a"]], name="Cụm trưởng [2020]: vai trò/năm và rất nhiều chữ nữa")
    assert len(sheet.title) <= 31
    assert not set("[]:*?/\\'") & set(sheet.title)
    assert sheet_of([], name="///").title == "Sheet1"


def test_the_head_stays_on_the_screen_and_on_each_page() -> None:
    sheet = sheet_of([["a"]], ("Cột",), heading="Cụm trưởng")
    assert (sheet["A1"].value, sheet["A3"].value, sheet.freeze_panes) == ("Cụm trưởng", "Cột", "A4")
    assert (sheet.print_title_rows, sheet.page_setup.orientation, sheet.page_setup.fitToHeight) == (
        "$3:$3", "landscape", 0,
    )  # fmt: skip
    bare = sheet_of([["a"]], ("Cột",), heading="")
    assert (bare["A1"].value, bare.freeze_panes, bare.print_title_rows) == ("Cột", "A2", "$1:$1")


def test_columns_to_fill_in_offer_choices_and_a_note() -> None:
    sheet = sheet_of([], choices=("a", "b"), note="Ghi a hoặc b", hidden=True)
    [offered] = sheet.data_validations.dataValidation
    assert (offered.formula1, str(offered.sqref)) == ('"a,b"', "A4:A5003")
    assert sheet["A3"].comment.text == "Ghi a hoặc b"
    assert sheet.column_dimensions["A"].hidden


def test_the_same_rows_give_the_same_bytes() -> None:
    columns = [Column("A", 9, choices=("a", "b"), note="n")]
    one, two = (bytes_of([["x"]], columns, "Bảng", "Đầu") for _time in range(2))
    assert one == two
