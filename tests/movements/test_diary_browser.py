"""The diary and the way to a public page in a real browser, against a real process that remembers its answers."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.browser import DESKTOP, PHONE

pytestmark = pytest.mark.e2e

PASSWORD = "thi-dua-2020-lang-son"
YEAR = "/lam-viec/lang-son-trung-uong/2020/"


@pytest.mark.parametrize("size", [DESKTOP, PHONE])
def test_an_activity_is_found_in_the_diary_shown_to_all_and_withdrawn(
    visit: Any, size: tuple[int, int]
) -> None:
    visitor = visit("quanlythitruong", PASSWORD, size=size)
    page = visitor.page
    page.goto(f"{YEAR}nhat-ky/thang/?thang=2020-03")
    visitor.assert_accessible()
    visitor.shot("nhat-ky-thang")
    page.get_by_role("link", name="Xem theo dòng thời gian").click()
    visitor.assert_accessible()
    page.get_by_role("main").locator(".entry h3 a").first.press("Enter")
    page.get_by_role("button", name="Cho công khai").press("Enter")
    page.get_by_text("nay ai có đường dẫn cũng xem được").wait_for()
    visitor.assert_accessible()
    words = page.get_by_label("Lời để dán vào Zalo").input_value()
    address = words.splitlines()[-1]
    visitor.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.get_by_role("button", name="Chép lời").press("Enter")
    page.get_by_role("button", name="Đã chép").wait_for()
    inside = page.url

    outside = visitor.context.request
    card = outside.get(f"{address}the.png")
    assert card.headers["content-type"] == "image/png"
    page.goto(address)
    visitor.assert_accessible()
    visitor.shot("hoat-dong-cong-khai")
    page.goto(inside)
    page.get_by_role("button", name="Thôi công khai").press("Enter")
    page.get_by_text("nay chỉ người trong Cụm xem được").wait_for()
    assert [outside.get(one).status for one in (address, f"{address}the.png")] == [404, 404]
