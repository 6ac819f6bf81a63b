"""A leader invites by keyboard; the newcomer opens the link on a phone, chooses a password and lands at work."""

from __future__ import annotations

import re
from typing import Any

import pytest

from tests.support.browser import PHONE

pytestmark = pytest.mark.e2e

PASSWORD = "thi-dua-2020-lang-son"
YEAR = "/lam-viec/lang-son-trung-uong/2020/"


def tab_to(page: Any, selector: str) -> None:
    """Press Tab until the element has the focus."""
    for _press in range(60):
        if page.evaluate("s => document.activeElement && document.activeElement.matches(s)", selector):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"Tab never comes to {selector}")


def invited_by_keyboard(leader: Any) -> str:
    page = leader.page
    page.goto(f"{YEAR}nguoi-dung/")
    leader.assert_accessible()
    tab_to(page, f"a[href='{YEAR}nguoi-dung/moi/']")
    page.keyboard.press("Enter")
    page.wait_for_url("**/moi/")
    leader.assert_accessible()
    for name, words in (("name", "Nguyễn Thị Mai"), ("post", "Chuyên viên Phòng Tổ chức")):
        tab_to(page, f"input[name={name}]")
        page.keyboard.type(words)
    tab_to(page, "main button[type=submit]")
    page.keyboard.press("Enter")
    page.get_by_text("Liên kết chỉ hiện một lần.").wait_for()
    leader.assert_accessible()
    leader.shot("people-link")
    return str(page.locator("#lien-ket").input_value())


def test_from_the_invitation_to_the_first_page(visit: Any) -> None:
    leader = visit("quanlythitruong.lanhdao", PASSWORD)
    link = invited_by_keyboard(leader)

    newcomer = visit(size=PHONE)
    page = newcomer.page
    page.goto(link)
    newcomer.assert_accessible()
    page.get_by_role("button", name="Tạo tài khoản và bắt đầu").click()
    page.get_by_text("Chưa tạo được tài khoản.").wait_for()
    newcomer.assert_accessible()
    newcomer.shot("people-join-refused")
    page.locator("input[name=username]").fill("mai.nguyen")
    page.locator("input[name=password]").fill("một câu ngắn dễ nhớ")
    page.locator("input[name=again]").fill("một câu ngắn dễ nhớ")
    page.get_by_role("button", name="Tạo tài khoản và bắt đầu").click()
    page.wait_for_url(re.compile(r"/lam-viec/lang-son-trung-uong/\d{4}/$"))
    page.get_by_text("Đã nhận chức năng").wait_for()
    newcomer.assert_accessible()
    newcomer.shot("people-arrived")

    second = visit()
    assert second.page.goto(link).status == 404
    leader.page.goto(f"{YEAR}nguoi-dung/")
    leader.page.get_by_text("Nguyễn Thị Mai").wait_for()
    leader.shot("people-after")


def test_pages_of_a_person_in_both_sizes(visit: Any) -> None:
    for size in (None, PHONE):
        officer = visit("bantdkt", PASSWORD, **({"size": size} if size else {}))
        page = officer.page
        page.goto(f"{YEAR}nguoi-dung/")
        officer.assert_accessible()
        page.get_by_role("link", name="quanlythitruong.lanhdao").click()
        page.wait_for_load_state()
        address = page.url
        officer.assert_accessible()
        for part in ("sua/", "thoi/", "lam-thay/", "them/", "mat-khau/"):
            page.goto(address + part)
            officer.assert_accessible()
        page.goto(address)
        page.locator("input[name=reason]").fill("Hỗ trợ nhập số liệu")
        page.get_by_role("button", name="Xem như người này").click()
        page.get_by_text("Bạn đang xem như").wait_for()
        officer.assert_accessible()
        officer.shot("people-view-as")
        page.get_by_role("button", name="Thoát").click()
        page.get_by_text("Đã thôi xem như người khác.").wait_for()
