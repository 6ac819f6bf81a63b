"""The entry page in a real browser: what scripts add, one form sent twice, two people, attacks that must not run."""

from __future__ import annotations

import re
from typing import Any

import pytest

pytestmark = pytest.mark.e2e

PASSWORD = "thi-dua-2020-lang-son"
YEAR = "/lam-viec/lang-son-trung-uong/2021/"
ADD = YEAR + "hoat-dong/them/"
DETAIL = re.compile(r"/hoat-dong/\d+/$")
EDIT = re.compile(r"/hoat-dong/\d+/sua/$")


def start(visitor: Any, title: str) -> Any:
    page = visitor.page
    page.goto(ADD)
    page.locator("#id_title").fill(title)
    page.locator("#id_when").fill("5/3")
    page.locator("#id_khoan-0-description").fill("Tổng")
    page.locator("#id_khoan-0-value").fill("trên 580 tr")
    return page


def test_rows_are_added_and_the_date_is_said_back_while_typing(visit: Any) -> None:
    page = start(visit("baohiem", PASSWORD), "Trao quà")
    page.locator("#id_when").press("Tab")
    page.get_by_text("ngày 5 tháng 3 năm 2021").wait_for()
    for _row in range(2):
        page.get_by_role("button", name="Thêm khoản").click()
    assert page.evaluate("document.activeElement.id") == "id_khoan-3-kind"
    page.locator("#id_khoan-3-description").fill("Phần")
    page.locator("#id_khoan-3-value").fill("100 tr")
    page.locator("#id_khoan-3-value").press("Tab")
    page.locator("#id_khoan-3-part").select_option(label="Chưa rõ, khoản 1 (Tổng)")
    page.locator("#khoan-4 details summary").press("Enter")
    page.locator("#id_khoan-3-outside").fill("Văn phòng HĐND tỉnh")
    assert "Văn phòng HĐND tỉnh" in page.locator("#khoan-4 details summary").inner_text()
    page.keyboard.press("Control+s")
    page.wait_for_url(EDIT)
    assert page.locator("#id_khoan-1-part").input_value() == "unknown:r0"
    foot = page.locator("tfoot").inner_text()
    assert "580.000.000" in foot
    assert "Chưa cộng 1 khoản" in foot


def test_pressed_twice_the_form_makes_one_record(visit: Any, live: Any) -> None:
    page = start(visit("baohiem", PASSWORD), "Bấm hai lần")
    page.get_by_role("button", name="Lưu và gửi").dblclick()
    page.wait_for_url(DETAIL)
    assert live.query("select count(*) from movements_activity where title = %s", ("Bấm hai lần",)) == [(1,)]


def test_two_people_see_both_values(visit: Any) -> None:
    first, second = visit("baohiem", PASSWORD), visit("baohiem", PASSWORD)
    page = start(first, "Cùng sửa")
    page.get_by_role("button", name="Lưu nháp").click()
    page.wait_for_url(EDIT)
    second.page.goto(page.url)
    page.locator("#id_title").fill("Người thứ nhất")
    page.get_by_role("button", name="Lưu nháp").click()
    page.get_by_text("Đã lưu “Người thứ nhất”.").wait_for()
    second.page.locator("#id_title").fill("Người thứ hai")
    second.page.get_by_role("button", name="Lưu nháp").click()
    second.page.get_by_text("Giá trị đang lưu").first.wait_for()
    second.assert_accessible()
    told = second.page.locator("#khac-nhau").inner_text()
    assert "Người thứ nhất" in told
    assert "Người thứ hai" in told
    second.page.get_by_role("button", name="Lưu nháp").click()
    second.page.get_by_text("Đã lưu “Người thứ hai”.").wait_for()


def test_no_script_runs_out_of_what_is_typed(visit: Any) -> None:
    clerk = visit("baohiem", PASSWORD)
    ran: list[str] = []
    clerk.page.on("dialog", lambda dialog: (ran.append(dialog.message), dialog.dismiss()))
    attack = "\"'><img src=x onerror=alert(1)><script>alert(2)</script>"
    page = start(clerk, attack)
    for name in ("description", "beneficiary"):
        page.locator(f"#id_khoan-0-{name}").fill(attack)
    page.locator("#id_story").fill(attack)
    page.get_by_role("button", name="Thêm khoản").click()
    page.locator("#id_khoan-2-description").fill(attack)
    page.locator("#id_khoan-2-description").press("Tab")
    page.locator("#id_khoan-2-value").fill("x")
    page.get_by_role("button", name="Lưu và gửi").click()
    page.get_by_text("Chưa lưu được.").wait_for()
    clerk.assert_accessible()
    page.locator("#id_khoan-2-value").fill("5 tr")
    page.get_by_role("button", name="Lưu và gửi").click()
    page.wait_for_url(DETAIL)
    clerk.assert_accessible()
    page.goto(YEAR + "hoat-dong/")
    assert ran == []
