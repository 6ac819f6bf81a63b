"""The editor of the charter in a real browser: by keyboard alone, the example follows; without scripts too."""

from __future__ import annotations

import re
from typing import Any

import pytest

from tests.support.browser import DESKTOP, PHONE

pytestmark = pytest.mark.e2e

PASSWORD = "thi-dua-2020-lang-son"
CHARTER = "/lam-viec/lang-son-trung-uong/2021/quy-che/"
OPEN = "/lam-viec/lang-son-trung-uong/2021/mo-nam/"


def tab_to(page: Any, target: str, most: int = 120) -> None:
    """Press Tab until the element with an id has the focus."""
    for _press in range(most):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.id") == target:
            return
    raise AssertionError(f"Tab never reached #{target}")


@pytest.mark.parametrize("size", [DESKTOP, PHONE])
def test_the_example_follows_the_keyboard_and_nothing_is_saved_before_it_is_sent(
    visit: Any, live: Any, size: tuple[int, int]
) -> None:
    chair = visit("quanlythitruong", PASSWORD, size=size)
    page = chair.page
    page.goto(CHARTER + "sua/")
    chair.assert_accessible()
    assert "Đồng hạng Nhì" in page.locator("#vi-du").inner_text()
    tab_to(page, "id_tie_break-0-rule")
    with page.expect_response(re.compile("vi-du/$")):
        page.keyboard.press("ArrowDown")
        page.keyboard.press("ArrowDown")
    page.locator("#vi-du").get_by_text("Điểm trừ ít hơn").first.wait_for()
    assert "Đồng hạng Nhì" not in page.locator("#vi-du").inner_text()
    assert page.locator("#vi-du-tin").inner_text().strip() == "Đã tính lại ví dụ."
    assert page.evaluate("document.activeElement.id") == "id_tie_break-0-rule"
    tab_to(page, "id_decimals")
    page.keyboard.press("Control+a")
    with page.expect_response(re.compile("vi-du/$")):
        page.keyboard.type("9")
    page.locator("#vi-du").get_by_text("Ví dụ chưa tính lại được.").wait_for()
    chair.assert_accessible()
    chair.shot("charter-edit-wrong")
    page.keyboard.press("Control+a")
    page.keyboard.type("3")
    page.locator("#vi-du").get_by_text("94,500").first.wait_for()
    assert live.query("select version from members_charter c join members_clusteryear y on y.id = c.year_id "
                      "where y.label = '2021'") == [(1,)]  # fmt: skip
    page.keyboard.press("Control+s")
    page.wait_for_url(re.compile(r"quy-che/$"))
    assert "Điểm trừ ít hơn" in page.locator("main").inner_text()
    chair.assert_accessible()
    chair.shot("charter")


def test_rows_and_example_work_without_scripts(visit: Any) -> None:
    page = visit("bantdkt", PASSWORD, javascript=False).page
    page.goto(CHARTER + "sua/")
    page.locator("#id_bands-0-label").fill("Xuất sắc")
    page.locator("#id_bands-0-at_least").fill("95")
    page.get_by_role("button", name="Thêm loại").click()
    page.locator("#id_bands-1-label").fill("Tốt")
    page.locator("#id_bands-1-at_least").fill("80")
    page.get_by_role("button", name="Tính lại ví dụ").click()
    example = page.locator("#vi-du").inner_text()
    assert "Xếp loại" in example
    assert page.locator("#id_bands-1-label").input_value() == "Tốt"


@pytest.mark.parametrize("size", [DESKTOP, PHONE])
def test_the_wizard_is_walked_forth_and_back(visit: Any, size: tuple[int, int]) -> None:
    officer = visit("bantdkt", PASSWORD, size=size)
    page = officer.page
    page.goto(OPEN)
    officer.assert_accessible()
    page.locator("#id_parts_papers").uncheck()
    page.get_by_role("button", name="Tiếp tục").last.click()
    page.get_by_text("Ghi nhiệm kỳ cùng lúc mở năm").wait_for()
    officer.assert_accessible()
    officer.shot("year-open-2")
    page.get_by_role("button", name="Quay lại").click()
    assert not page.locator("#id_parts_papers").is_checked()
    page.get_by_role("button", name="Tiếp tục").last.click()
    page.get_by_role("button", name="Xem lại").click()
    page.get_by_text("Năm 2022 sẽ có").wait_for()
    officer.assert_accessible()
    officer.shot("year-open-3")
