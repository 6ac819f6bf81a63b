"""The admin site in a real browser: within our content policy, accessible, on a phone and without scripts."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.browser import DESKTOP, PHONE

PASSWORD = "thi-dua-2020-lang-son"
PAGES = [
    "/admin/",
    "/admin/members/clusteryear/",
    "/admin/members/clusteryear/1/change/",
    "/admin/members/agency/?q=quan+ly",
    "/admin/members/agency/1/change/",
    "/admin/members/person/add/",
    "/admin/members/roleterm/",
    "/admin/members/membership/?q=ngan+hang",
    "/admin/members/invitation/",
    "/admin/members/phaseextension/",
    "/admin/members/clusteryear/2/luan-chuyen/",
    "/admin/members/clusteryear/2/mo-nam-ke-tiep/",
    "/admin/core/auditevent/",
    "/admin/core/auditevent/1/change/",
    "/admin/members/clusteryear/1/history/",
    "/en/admin/",
]


@pytest.mark.e2e
@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_pages_are_accessible_and_keep_the_content_policy(visit: Any, size: tuple[int, int]) -> None:
    """The visitor itself fails on script errors, breaches of the policy and requests to other hosts."""
    visitor = visit("bantdkt", PASSWORD, size=size)
    for place in PAGES:
        visitor.page.goto(place)
        visitor.assert_accessible()
    visitor.page.goto("/admin/members/clusteryear/2/luan-chuyen/")
    visitor.page.locator("[name=basis]").select_option("appointed")
    for number in ("", "12/QĐ-UBND"):  # refused first, then shown before it is written
        visitor.page.locator("[name=decision_number]").fill(number)
        visitor.page.locator("[name=decision_date]").fill("4/1/2022")
        visitor.page.locator("[name=preview]").click()
        visitor.assert_accessible()
    assert visitor.page.locator(".seats").count() == 1


@pytest.mark.e2e
def test_the_lead_is_handed_over_on_a_phone_without_scripts(visit: Any, live: Any) -> None:
    visitor = visit("bantdkt", PASSWORD, size=PHONE, javascript=False)
    page = visitor.page
    page.goto("/admin/members/clusteryear/")
    page.get_by_role("link", name="2021").first.click()
    page.get_by_role("link", name="Luân chuyển Cụm trưởng, Cụm phó").click()
    assert page.locator("[name=chair] option:checked").inner_text() == "Cục Thống kê tỉnh Lạng Sơn"
    page.locator("[name=deputies]").select_option(label="Kho bạc Nhà nước tỉnh Lạng Sơn")
    page.locator("[name=starts_on]").fill("5/1/2022")
    page.get_by_role("button", name="Xem trước và sau").click()
    assert "Cục Quản lý thị trường tỉnh Lạng Sơn" in page.locator(".seats").inner_text()
    page.get_by_role("button", name="Ghi", exact=True).click()
    assert "Đã ghi nhiệm kỳ Cụm trưởng, Cụm phó năm 2022." in page.locator(".messagelist").inner_text()
    rows = live.query(
        "select role, starts_on, ends_on is null from members_roleterm where starts_on = %s order by role",
        ("2022-01-05",),
    )
    assert [(row[0], bool(row[2])) for row in rows] == [("chair", True), ("deputy", True)]
    live.manage("verify_audit")


@pytest.mark.e2e
def test_lists_with_actions_are_accessible(visit: Any) -> None:
    visitor = visit("quantri", PASSWORD)
    for place in ("/admin/auth/user/", "/admin/usersessions/usersession/", "/admin/members/calendarfeed/"):
        visitor.page.goto(place)
        visitor.assert_accessible()
    visitor.shot("quan-tri-phien")
    visitor.page.goto("/admin/")
    visitor.shot("quan-tri")
