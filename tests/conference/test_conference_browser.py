"""The form of the conference in a real browser, by keyboard, with and without JavaScript."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.browser import PHONE

pytestmark = pytest.mark.e2e

PASSWORD = "thi-dua-2020-lang-son"
PAGE = "/lam-viec/lang-son-trung-uong/2020/hoi-nghi/"


def add_guest_by_keyboard(visitor: Any) -> None:
    """Open the form, add a row, type an office, save with Enter: no mouse."""
    page = visitor.page
    page.goto(PAGE)
    page.get_by_role("link", name="Sửa hội nghị").press("Enter")
    page.wait_for_url("**/hoi-nghi/ghi/")
    visitor.assert_accessible()
    before = page.locator("#dong-dai-bieu tr").count()
    page.locator("button[value=guests]").press("Enter")
    page.locator("#dong-dai-bieu tr").nth(before).wait_for()
    page.locator(f"[name=guests-{before}-office]").fill("Chánh Văn phòng Tỉnh ủy")
    visitor.assert_accessible()
    page.locator("button[form=hoi-nghi]").press("Enter")
    page.wait_for_url("**/hoi-nghi/")
    assert "Chánh Văn phòng Tỉnh ủy" in page.locator("#dai-bieu").inner_text()
    assert "07 đơn vị thành viên dự" in page.locator("#du-hop").inner_text()
    visitor.assert_accessible()


def test_a_guest_is_added_by_keyboard(visit: Any) -> None:
    visitor = visit("quanlythitruong", PASSWORD)
    add_guest_by_keyboard(visitor)
    visitor.shot("hoi-nghi")


def test_the_same_without_javascript_on_a_phone(visit: Any) -> None:
    visitor = visit("quanlythitruong", PASSWORD, size=PHONE, javascript=False)
    page = visitor.page
    page.goto(PAGE + "ghi/")
    before = page.locator("#dong-dai-bieu tr").count()
    page.locator("button[value=guests]").press("Enter")
    page.locator(f"[name=guests-{before}-office]").fill("Chánh Văn phòng Tỉnh ủy")
    page.locator("button[form=hoi-nghi]").press("Enter")
    page.wait_for_url("**/hoi-nghi/")
    assert "Chánh Văn phòng Tỉnh ủy" in page.locator("#dai-bieu").inner_text()


def test_ctrl_s_saves_and_a_row_taken_out_is_gone(visit: Any) -> None:
    visitor = visit("quanlythitruong", PASSWORD)
    page = visitor.page
    page.goto(PAGE + "ghi/")
    page.locator("[name=guests-0-DELETE]").press("Space")
    assert page.locator("#dong-dai-bieu tr").first.is_hidden()
    page.keyboard.press("Control+s")
    page.wait_for_url("**/hoi-nghi/")
    assert "Đại diện lãnh đạo Ban Thi đua" not in page.locator("#dai-bieu").inner_text()


def test_an_error_is_reached_from_the_summary(visit: Any) -> None:
    visitor = visit("quanlythitruong", PASSWORD, size=PHONE)
    page = visitor.page
    page.goto(PAGE + "ghi/")
    page.locator("[name=held_on]").fill("5/1/2099")
    page.locator("button[form=hoi-nghi]").press("Enter")
    page.locator("#loi").wait_for()
    visitor.assert_accessible()
    page.locator("#loi a").first.press("Enter")
    assert page.evaluate("document.activeElement.name") == "held_on"
