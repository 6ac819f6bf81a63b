"""Roles through the years and the rotation planner in a browser: found out, passed over, printed; on both sizes."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.browser import PHONE

pytestmark = pytest.mark.e2e

PASSWORD = "thi-dua-2020-lang-son"
YEAR = "/lam-viec/sau-nam/2026/"
MADE = """
from tests.support.six_years import make_six_years
six = make_six_years()
for user in (six.officer, six.member):
    user.set_password("thi-dua-2020-lang-son")
    user.save()
"""


def test_a_year_gets_known_and_an_agency_is_passed_over(live: Any, visit: Any) -> None:
    live.shell(MADE)
    officer = visit("chuyenvien", PASSWORD)
    page = officer.page
    page.goto(YEAR + "vai-tro/")
    officer.assert_accessible()
    officer.shot("roles")
    assert page.locator("svg.terms rect").count() == 19
    page.locator("#id_ngay").fill("31/2/2022")
    page.get_by_role("button", name="Xem").click()
    page.get_by_text("Không có ngày 31/02/2022").wait_for()
    officer.assert_accessible()

    page.get_by_role("link", name="Ghi nhiệm kỳ đã qua").click()
    page.locator("#id_agency").select_option(label="Bưu điện tỉnh")
    page.locator("#id_starts_on").fill("10/1/2022")
    page.locator("#id_ends_on").fill("9/1/2023")
    page.get_by_role("button", name="Ghi nhiệm kỳ").click()
    page.get_by_text("Ngày 08/01/2023 có hai Cụm trưởng").first.wait_for()
    officer.assert_accessible()
    page.locator("#id_ends_on").fill("8/1/2023")
    page.get_by_role("button", name="Ghi nhiệm kỳ").click()
    page.get_by_text("Đã ghi nhiệm kỳ.").wait_for()
    assert "Bưu điện tỉnh" in page.get_by_role("row", name="2022 Bưu điện tỉnh").inner_text()

    page.goto(YEAR + "luan-phien/?so_nam=5")
    officer.assert_accessible()
    officer.shot("planner")
    page.locator("#id_agency").select_option(label="Cục Quản lý thị trường tỉnh")
    page.locator("#id_label").select_option("2027")
    page.locator("#id_reason").fill("đang sắp xếp lại bộ máy")
    page.get_by_role("button", name="Bỏ qua năm này").click()
    page.get_by_text("Cục Quản lý thị trường: tạm bỏ qua: đang sắp xếp lại bộ máy").wait_for()
    officer.assert_accessible()
    page.emulate_media(media="print")
    assert page.get_by_text("(Ký, ghi rõ họ tên, đóng dấu)").is_visible()
    assert not page.get_by_role("button", name="Bỏ qua năm này").is_visible()
    officer.shot("planner-print")


def test_on_a_phone_the_drawing_and_the_table_scroll_by_themselves(live: Any, visit: Any) -> None:
    live.shell(MADE)
    member = visit("canbo", PASSWORD, size=PHONE)
    for name, address in (("roles", "vai-tro/"), ("planner", "luan-phien/?so_nam=10")):
        member.page.goto(YEAR + address)
        member.assert_accessible()
        member.shot(name)
