"""An officer merges two members: both sides shown, written, the members of the day before and after."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.browser import DESKTOP, PHONE

pytestmark = pytest.mark.e2e
PASSWORD = "thi-dua-2020-lang-son"
BASE = "/lam-viec/lang-son-trung-uong/2021/don-vi/"


def accessible(visitor: Any, address: str) -> None:
    visitor.page.goto(address)
    visitor.assert_accessible()


def test_a_merge_in_mid_year(visit: Any) -> None:
    for size in (PHONE, DESKTOP):
        officer = visit("bantdkt", PASSWORD, size=size)
        accessible(officer, BASE)
        accessible(officer, f"{BASE}thay-doi/")
        for kind in ("join", "split", "reorder", "merge"):
            accessible(officer, f"{BASE}thay-doi/?viec={kind}")
        page = officer.page
        page.get_by_label("Kho bạc Nhà nước tỉnh Lạng Sơn").check()
        page.get_by_label("Cục Thuế tỉnh Lạng Sơn").check()
        page.locator("[name=name]").fill("Chi cục Thuế - Kho bạc khu vực")
        page.locator("[name=short_name]").fill("Thuế - Kho bạc")
        page.locator("[name=on]").fill("1/7/2021")
        page.get_by_role("button", name="Xem trước và sau").click()
        officer.assert_accessible()
        assert page.get_by_text("Mục này bắt buộc phải điền.").count()
        page.locator("[name=decision_number]").fill("45/QĐ-UBND")
        page.get_by_role("button", name="Xem trước và sau").click()
        page.get_by_role("button", name="Ghi thay đổi").wait_for()
        officer.assert_accessible()
        officer.shot("merge-preview")
    page.get_by_role("button", name="Ghi thay đổi").click()
    page.get_by_text("Đã ghi: Sáp nhập, hợp nhất.").wait_for()
    for day, number in (("30/6/2021", "07"), ("1/7/2021", "06")):
        accessible(officer, f"{BASE}?ngay={day}")
        assert page.get_by_text(f"{number} đơn vị thành viên ngày").count()
    officer.shot("members-after-merge")
