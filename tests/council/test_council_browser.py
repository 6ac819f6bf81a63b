"""The council's pages and forming clusters from a workbook in a real browser, on a desktop and on a phone."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.council.table import member, workbook
from tests.support.browser import DESKTOP, PHONE

pytestmark = pytest.mark.e2e
PASSWORD = "thi-dua-2020-lang-son"
ROWS = [
    member("Sở Y tế", label="2026", name="Khối thi đua y tế", role="Cụm trưởng"),
    member("Trường Cao đẳng Y tế", label="2026", name="Khối thi đua y tế", role="Cụm phó"),
]


def choose(visitor: Any, folder: Path, rows: list[dict[str, Any]]) -> None:
    """Choose a workbook and ask for the preview."""
    path = folder / "to-chuc.xlsx"
    path.write_bytes(workbook(rows))
    visitor.page.goto("/hoi-dong/to-chuc-cum/")
    visitor.assert_accessible()
    visitor.page.set_input_files("input[type=file]", path)
    visitor.page.locator("[name=effective_on]").fill("01/01/2026")
    visitor.page.locator("button[name=preview]").click()


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_clusters_are_formed_from_a_workbook_listed_and_handed_over(
    visit: Any, tmp_path: Path, size: tuple[int, int]
) -> None:
    visitor = visit("quantri", PASSWORD, size=size)
    page = visitor.page
    choose(visitor, tmp_path, [*ROWS, member("Sở Y tế", label="2026", name="", level="Huyện")])
    page.get_by_role("heading", name="Tệp còn chỗ sai, chưa ghi gì").wait_for()
    assert "M4" in page.locator("#cho-sai").inner_text()
    visitor.assert_accessible()
    visitor.shot("to-chuc-cum-sai")
    choose(visitor, tmp_path, ROWS)
    page.get_by_role("heading", name="Xem trước, chưa ghi gì").wait_for()
    visitor.assert_accessible()
    visitor.shot("to-chuc-cum")
    page.locator("button[name=confirm]").click()
    page.get_by_text("Đã ghi tổ chức cụm").wait_for()
    visitor.assert_accessible()
    page.locator("[name=q]").fill("khoi thi dua y te")
    page.locator("[name=q]").press("Enter")
    page.wait_for_url("**/hoi-dong/?q=*")
    assert page.locator("tbody tr").count() == 1
    visitor.shot("hoi-dong")
    page.get_by_role("link", name="Khối thi đua y tế").click()
    page.get_by_role("heading", name="Các cụm thi đua").or_(
        page.get_by_text("Các năm thi đua")
    ).first.wait_for()
    visitor.assert_accessible()
    page.get_by_role("link", name="Luân chuyển").click()
    page.get_by_text("Căn cứ chung").wait_for()
    visitor.assert_accessible()
    page.locator("[name=basis]").select_option("elected")
    page.locator("button[name=check]").click()
    page.get_by_text("mọi cụm đã chọn đều ghi được").wait_for()
    page.locator("button[name=confirm]").click()
    page.get_by_text("Đã ghi 1 trong 1 cụm.").wait_for()
    visitor.assert_accessible()
    visitor.shot("luan-chuyen-nhieu-cum")
    page.goto("/hoi-dong/phu-trach/")
    visitor.assert_accessible()


def test_the_same_file_without_javascript(visit: Any, tmp_path: Path) -> None:
    visitor = visit("quantri", PASSWORD, javascript=False)
    path = tmp_path / "to-chuc.xlsx"
    path.write_bytes(workbook(ROWS))
    page = visitor.page
    for words in ("Đã ghi tổ chức cụm", "Không có gì để ghi"):
        page.goto("/hoi-dong/to-chuc-cum/")
        page.set_input_files("input[type=file]", path)
        page.locator("[name=effective_on]").fill("01/01/2026")
        page.locator("button[name=preview]").click()
        if page.locator("button[name=confirm]").count():
            page.locator("button[name=confirm]").click()
        page.get_by_text(words).first.wait_for()
