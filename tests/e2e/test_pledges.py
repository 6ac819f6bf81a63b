"""The compact and a registration in a real browser: written at a desk with the keyboard, signed on a phone."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.browser import PHONE

pytestmark = [pytest.mark.e2e, pytest.mark.journey]

PASSWORD = "thi-dua-2020-lang-son"
YEAR = "/lam-viec/lang-son-trung-uong/2021"


def test_the_chair_opens_the_compact_and_a_leader_signs_on_a_phone(visit: Any) -> None:
    chair = visit("quanlythitruong", PASSWORD)
    page = chair.page
    page.goto(f"{YEAR}/giao-uoc/sua/")
    page.locator("#id_noi-dung-0-text").fill("Hoàn thành xuất sắc nhiệm vụ được giao.")
    page.get_by_role("button", name="Thêm nội dung").click()
    page.keyboard.press("Tab")
    page.keyboard.type("Làm tốt công tác an sinh xã hội.")
    chair.assert_accessible()
    page.keyboard.press("Control+s")
    page.get_by_text("Đã lưu giao ước.").wait_for()
    page.get_by_role("button", name="Mở ký giao ước").click()
    page.get_by_text("Đã mở ký giao ước.").wait_for()
    chair.assert_accessible()
    chair.shot("pledge-open")

    leader = visit("quanlythitruong.lanhdao", PASSWORD, size=PHONE)
    leader.page.goto(f"{YEAR}/giao-uoc/")
    leader.page.get_by_role("link", name="Đọc lại lời giao ước và ký").click()
    leader.page.get_by_text("Làm tốt công tác an sinh xã hội.").wait_for()
    leader.assert_accessible()
    leader.page.get_by_role("button", name="Ký thay mặt Cục Quản lý thị trường").click()
    leader.page.get_by_text("Đã ký giao ước thay mặt đơn vị.").wait_for()
    leader.page.get_by_text("1/7 đơn vị đã ký").wait_for()
    leader.assert_accessible()


def test_a_clerk_registers_with_the_keyboard_and_writes_what_was_achieved(visit: Any) -> None:
    clerk = visit("thue", PASSWORD)
    page = clerk.page
    page.goto(f"{YEAR}/dang-ky/")
    page.get_by_role("link", name="Cục Thuế tỉnh Lạng Sơn").click()
    page.get_by_role("link", name="Lập bản đăng ký").click()
    page.locator("#id_chi-tieu-0-content").focus()
    for words in ("Tỷ lệ hồ sơ giải quyết đúng hạn", "trên 95%"):
        page.keyboard.type(words)
        page.keyboard.press("Tab")
    clerk.assert_accessible()
    page.get_by_role("button", name="Lưu và gửi").click()
    page.get_by_text("Đã lưu và gửi bản đăng ký.").wait_for()
    page.get_by_role("link", name="Ghi kết quả").click()
    page.locator("input[name$=-actual]").fill("trên 96")
    clerk.assert_accessible()
    page.keyboard.press("Control+s")
    page.get_by_text("Đã ghi kết quả của 1 chỉ tiêu.").wait_for()
    page.get_by_text("101,05%").wait_for()
    clerk.assert_accessible()
    clerk.shot("registration")
