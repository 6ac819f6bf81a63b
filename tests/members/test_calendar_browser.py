"""The calendar of a year in a real browser: planned days, more time for an agency, the calendar link."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from core.dates import format_date
from tests.support.browser import DESKTOP, PHONE

pytestmark = pytest.mark.e2e

PASSWORD = "thi-dua-2020-lang-son"
YEAR = "/lam-viec/lang-son-trung-uong/2021/"


@pytest.mark.parametrize("size", [DESKTOP, PHONE])
def test_days_are_planned_and_an_agency_gets_more_time(visit: Any, size: tuple[int, int]) -> None:
    visitor = visit("bantdkt", PASSWORD, size=size)
    page, today = visitor.page, timezone.localdate()
    page.goto(YEAR)
    page.get_by_role("main").get_by_role("link", name="Lịch năm").click()
    page.get_by_role("link", name="Sửa lịch").click()
    visitor.assert_accessible()
    page.get_by_label("Thực hiện: đến hết ngày").fill("32/1/2021")
    page.get_by_role("button", name="Lưu lịch").click()
    page.locator("#loi").wait_for()
    visitor.assert_accessible()
    page.get_by_label("Thực hiện: đến hết ngày").fill(format_date(today - timedelta(days=3)))
    page.get_by_role("button", name="Lưu lịch").click()
    page.wait_for_url("**/lich/")
    assert "Quá hạn 3 ngày" in page.get_by_role("main").inner_text()
    visitor.assert_accessible()

    page.get_by_role("link", name="Gia hạn", exact=True).click()
    visitor.assert_accessible()
    page.get_by_label("Cục Thống kê").check()
    page.get_by_label("Được làm đến hết ngày").fill(format_date(today + timedelta(days=10)))
    page.get_by_label("Lý do").fill("Bão số 3 làm ngập trụ sở")
    page.get_by_role("button", name="Gia hạn", exact=True).click()
    page.wait_for_url("**/lich/")
    assert "Còn 10 ngày" in page.locator("#gia-han").inner_text()
    visitor.assert_accessible()
    visitor.shot("lich-nam")

    page.get_by_role("link", name="Liên kết lịch của tôi").click()
    page.get_by_role("button", name="Tạo liên kết lịch").click()
    address = page.get_by_label("Địa chỉ lịch").input_value()
    visitor.assert_accessible()
    assert "Hạn bước “Thực hiện”" in visitor.context.request.get(address).text().replace("\r\n ", "")
    page.get_by_role("button", name="Thu hồi liên kết").click()
    page.get_by_text("Đã thu hồi liên kết lịch.").wait_for()
    assert visitor.context.request.get(address).status == 404
