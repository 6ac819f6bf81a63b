"""What leaves as a table: the template and the list as XLSX and CSV, computing nothing, and read back unchanged."""

from __future__ import annotations

import csv
import io
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from core.workbooks import WorkbookExporter
from movements.enums import ActivityScope, PartState
from movements.exports import FRESH_ROWS, activity_csv, activity_xlsx, template_xlsx
from movements.imports.columns import EXPORTED, FILLED_IN, TITLES
from movements.models import Activity, ActivityPartner, Contributor
from movements.queries import activities_for, choices_of
from tests.factories import (
    ActivityFactory,
    BeneficiaryFactory,
    ContributionFactory,
    GoodsFactory,
    MovementFactory,
)
from tests.support.importing import faults, imported, opened, preview, saved

pytestmark = pytest.mark.django_db
# Characters that break files or compute in them, as people paste them (I2, I4).
NASTY = [
    '=HYPERLINK("http://x","y")', "+84 25", "-5", "@SUM(A1)", "& < > \" '", "Tăng 🎉 quà", "a\u200bb", "e\u0302\u0301",
    "'=1+1", "#N/A?", "http://a.vn", "=cmd|' /C calc'!A0",
]  # fmt: skip


def xlsx(cast: Any, user: Any) -> bytes:
    """The list of everything a person sees, as the page sends it."""
    scope = cast.scope(user)
    exporter = activity_xlsx(scope, activities_for(scope), choices_of(scope.year))
    return b"".join(exporter.chunks())


def csv_bytes(cast: Any, user: Any) -> bytes:
    scope = cast.scope(user)
    return activity_csv(scope, activities_for(scope), choices_of(scope.year)).render()


@pytest.fixture
def full(cast: Any) -> Any:
    """Every kind of time, giver, relation, qualifier, state and text."""
    year, agency = cast.year, cast.member
    movement = MovementFactory(year=year, title="Vì người nghèo")
    first = ActivityFactory(
        year=year, agency=agency, movement=movement, title="Tặng quà", place="Chi Lăng", story="Dòng một\nDòng hai",
        result="Tốt", people="Lãnh đạo Cục", attended=120, in_summary=False, scope=ActivityScope.JOINT,
    )  # fmt: skip
    for partner in (cast.other, cast.chair):
        ActivityPartner.objects.create(activity=first, agency=partner)
    receiver = BeneficiaryFactory(cluster=cast.cluster, name="Sở Y tế")
    whole = GoodsFactory(
        activity=first, order=1, quantity=Decimal("21000.5"), quantity_qualifier="nearly", beneficiary=receiver,
        by=[agency, "Văn phòng HĐND; UBND tỉnh"], given_on=date(2020, 5, 6), place="Xã A", purpose="Phòng dịch",
    )  # fmt: skip
    Contributor.objects.filter(contribution=whole, agency=agency).update(share=7)
    whole.value = 10
    whole.save()
    ContributionFactory(activity=first, order=2, by=(), part_of=whole, part_state=PartState.UNKNOWN)
    for order in (3, 4):  # a part that only its key can name
        GoodsFactory(activity=first, order=order, description="Chăn", part_of=None)
    last = first.contributions.get(order=4)
    ContributionFactory(activity=first, order=5, part_of=last, part_state="included", value_qualifier="over")
    for number, (precision, start, end) in enumerate(
        [("month", date(2020, 3, 1), date(2020, 4, 30)), ("year", date(2020, 1, 1), date(2020, 12, 31)),
         ("unknown", None, None), ("day", date(2020, 1, 5), date(2020, 1, 7))]
    ):  # fmt: skip
        ActivityFactory(
            year=year,
            agency=agency,
            precision=precision,
            starts_on=start,
            ends_on=end,
            title=f"Việc {number}",
        )
    ActivityFactory(year=year, agency=cast.chair, confirmed=True, title="Của đơn vị khác")
    ContributionFactory(activity=Activity.objects.latest("pk"), part_of=whole, part_state="not_included")
    ActivityFactory(
        year=year, agency=None, scope=ActivityScope.CLUSTER, submitted=True, title="Chung của Cụm"
    )
    ContributionFactory(activity=Activity.objects.latest("pk"), by=())
    return cast


@pytest.mark.parametrize("kind", ["xlsx", "csv"])
def test_an_exported_list_imports_unchanged(full: Any, kind: str) -> None:
    for user in (full.chi, full.an):
        data = xlsx(full, user) if kind == "xlsx" else csv_bytes(full, user)
        shown = preview(full, user, data, f"a.{kind}")
        plan = shown.context["plan"]
        assert faults(plan) == []
        assert list(plan.changed_cells()) == []
        counts = plan.counts()
        assert counts["same"] == len(plan.rows) > 3
        assert "Không có gì để ghi" in shown.content.decode()


def test_the_columns_of_the_list(full: Any) -> None:
    rows = list(csv.DictReader(io.StringIO(csv_bytes(full, full.chi).decode("utf-8-sig"))))
    assert list(rows[0]) == [TITLES[key] for key in EXPORTED]
    (row,) = [one for one in rows if one["Ngày trao"]]
    assert (row["Thời gian"], row["Đơn vị thực hiện"], row["Phong trào"]) == (
        "05/04/2020",
        "Cục Thống kê",
        "Vì người nghèo",
    )
    assert (row["Mức số lượng"], row["Số lượng"], row["Đơn vị tính"]) == ("Gần", "21000,5", "chiếc")
    assert row["Bên đóng góp"] == "Cục Thống kê = 7; Văn phòng HĐND, UBND tỉnh"
    assert row["Đơn vị cùng thực hiện"] == "Ngân hàng Nhà nước; Bảo hiểm xã hội"
    assert (row["Trạng thái"], row["Số minh chứng"], row["Đưa vào tổng kết"]) == ("Nháp", "0", "không")
    parts = [one["Thuộc khoản"] for one in rows if one["Quan hệ với số tổng"]]
    assert "Khẩu trang y tế" in parts
    assert any(one.startswith("#") for one in parts)
    sheet = opened(xlsx(full, full.chi))["Hoạt động"]
    assert [cell.value for cell in sheet[1]] == [TITLES[key] for key in EXPORTED]
    hidden = sheet.column_dimensions["A"]
    assert (hidden.hidden, hidden.min, hidden.max) == (True, 1, 2)
    assert sheet.freeze_panes == "A2"


def test_one_query_for_any_number_of_rows(full: Any, django_assert_num_queries: Any) -> None:
    scope = full.scope(full.chi)
    choices = choices_of(scope.year)
    for make in (activity_xlsx, activity_csv):
        with django_assert_num_queries(1):
            list(make(scope, activities_for(scope), choices).chunks())


def test_i2_i4_any_text_goes_out_as_text_and_comes_back(cast: Any) -> None:
    for text in NASTY:
        activity = ActivityFactory(year=cast.year, agency=cast.member, title=text, place=text)
        GoodsFactory(activity=activity, description=text, by=[cast.member, text.replace("=", "")])
    for data, name in ((xlsx(cast, cast.chi), "a.xlsx"), (csv_bytes(cast, cast.chi), "a.csv")):
        plan = preview(cast, cast.chi, data, name).context["plan"]
        changed = {row.line.text("title") for row, _key, _old, _new in plan.changed_cells()}
        assert changed <= {"=1+1"}  # an apostrophe that was typed before a formula goes from CSV
        assert faults(plan) == []
    sheet = opened(xlsx(cast, cast.chi))["Hoạt động"]
    cells = [cell for line in sheet.iter_rows(min_row=2) for cell in line if cell.value is not None]
    assert {cell.data_type for cell in cells} <= {"s", "n"}
    assert not any(cell.hyperlink for cell in cells)
    lines = list(csv.reader(io.StringIO(csv_bytes(cast, cast.chi).decode("utf-8-sig"))))
    assert not any(cell.startswith(("=", "+", "@")) for line in lines for cell in line)


def test_the_template_and_the_way_from_it(cast: Any) -> None:
    MovementFactory(year=cast.year, title="Vì người nghèo")
    answer = cast.client(cast.chi).get(cast.url("activity_import_template"))
    assert answer["Content-Disposition"] == 'attachment; filename="mau-hoat-dong-trung-uong-2020.xlsx"'
    book = opened(answer.getvalue())
    sheet = book["Hoạt động"]
    assert [cell.value for cell in sheet[1]] == [TITLES[key] for key in FILLED_IN]
    keys = [cell.value for column in ("A", "B") for cell in sheet[column][1:]]
    assert len(set(keys)) == len(keys) == 2 * FRESH_ROWS
    lists = {rule.formula1: str(rule.sqref) for rule in sheet.data_validations.dataValidation}
    assert len(lists) == 7
    assert lists["'Danh mục'!$A$2:$A$6"] == "C2:C5001"
    assert [cell.value for cell in book["Danh mục"]["A"]][1:] == [
        "Ngân hàng Nhà nước", "Cục Quản lý thị trường", "Cục Thống kê", "Bảo hiểm xã hội", "Cả Cụm",
    ]  # fmt: skip
    assert [cell.value for cell in book["Danh mục"]["B"]][1:2] == ["Vì người nghèo"]
    assert any("trên 1,25 tỷ" in str(cell.comment and cell.comment.text) for cell in sheet[1])
    assert "Mỗi dòng là một khoản" in book["Hướng dẫn"]["A2"].value
    at = {key: place for place, key in enumerate(FILLED_IN, 1)}
    for number, (description, value) in enumerate((("Tiền ủng hộ", "10 tr"), ("Gạo", None)), 2):
        sheet.cell(number, at["title"], "Tặng quà")
        sheet.cell(number, at["when"], "5/4/2020")
        sheet.cell(number, at["description"], description)
        sheet.cell(number, at["value"], value)
    sheet.cell(3, at["quantity"], "1.500 kg")
    run = imported(cast, cast.chi, saved(book))
    assert (run.counts["new"], run.counts["activities_new"]) == (2, 1)
    assert Activity.objects.get().key == sheet["A2"].value
    again = preview(cast, cast.chi, saved(book)).context["plan"]
    assert again.counts()["same"] == 2


def test_a_template_is_a_workbook_like_any(cast: Any) -> None:
    scope = cast.scope(cast.chi)
    made = template_xlsx(scope, choices_of(scope.year))
    assert isinstance(made, WorkbookExporter)
    assert b"".join(made.chunks())[:2] == made.render()[:2] == b"PK"
