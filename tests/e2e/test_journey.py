"""The journey of the seed's year in a real browser: record, confirm, publish, hand over; a stranger sees nothing."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

pytestmark = [pytest.mark.e2e, pytest.mark.journey]

PASSWORD = "thi-dua-2020-lang-son"
YEAR_2020 = "/lam-viec/lang-son-trung-uong/2020/"
YEAR_2021 = "/lam-viec/lang-son-trung-uong/2021/"
PUBLIC = "/cum/lang-son-trung-uong/2020/"
TITLE = "Trao quà Tết cho hộ nghèo xã biên giới"


def pdf(folder: Path) -> Path:
    """A small real PDF."""
    path = folder / "bien-ban-ban-giao.pdf"
    path.write_bytes(b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n")
    return path


def record_activity(visitor: Any, folder: Path) -> None:
    """Two contributions and a file, with the keyboard alone but for choosing the file."""
    page = visitor.page
    page.goto(YEAR_2021)
    page.get_by_role("link", name="Thêm hoạt động").first.press("Enter")
    page.wait_for_url(re.compile("/hoat-dong/them/"))
    if visitor.javascript:
        visitor.assert_accessible()
    page.locator("input[name=title]").fill(TITLE)
    page.locator("input[name=when]").fill("5/3")
    page.locator("[name='khoan-0-description']").fill("Tiền ủng hộ")
    page.locator("[name='khoan-0-value']").fill("12,5 triệu")
    page.locator("[name='khoan-0-beneficiary']").fill("Hộ nghèo xã biên giới")
    page.locator("[name='khoan-1-description']").fill("Chăn ấm")
    page.locator("[name='khoan-1-quantity']").fill("gần 150 chiếc")
    page.locator("[name='khoan-1-beneficiary']").fill("Hộ nghèo xã biên giới")
    page.locator("input[type=file][name=files]").set_input_files(pdf(folder))
    page.get_by_role("button", name="Lưu và gửi").press("Enter")
    page.wait_for_url(re.compile(r"/hoat-dong/\d+/$"))


def test_a_clerk_records_and_sees_it_in_the_list_and_in_the_totals(visit: Any, tmp_path: Path) -> None:
    clerk = visit("baohiem", PASSWORD)
    record_activity(clerk, tmp_path)
    clerk.assert_accessible()
    shown = clerk.page.locator("main").inner_text()
    assert TITLE in shown
    assert "05/03/2021" in shown
    assert "12.500.000" in shown
    assert re.search(r"gần\s*150", shown)
    with clerk.page.expect_download() as download:
        clerk.page.get_by_role("link", name=re.compile("bien-ban-ban-giao.pdf")).first.click()
    assert download.value.suggested_filename == "bien-ban-ban-giao.pdf"
    clerk.page.goto(YEAR_2021 + "hoat-dong/")
    listed = clerk.page.locator("main").inner_text()
    assert TITLE in listed
    assert "12.500.000" in clerk.page.locator("tfoot").inner_text()
    clerk.page.goto(YEAR_2021 + "hoat-dong/?q=chan+am")
    assert TITLE in clerk.page.locator("main").inner_text()
    clerk.page.goto(YEAR_2021)
    assert "12.500.000" in clerk.page.locator("#dong-gop").inner_text()


def test_the_same_without_javascript(visit: Any, tmp_path: Path) -> None:
    record_activity(visit("baohiem", PASSWORD, javascript=False), tmp_path)


def test_the_chair_confirms_what_another_agency_sent(visit: Any, live: Any, tmp_path: Path) -> None:
    record_activity(visit("baohiem", PASSWORD), tmp_path)
    chair = visit("quanlythitruong", PASSWORD)
    chair.page.goto(YEAR_2021)
    assert "xác nhận" in chair.page.locator("#viec").inner_text().lower()
    chair.page.goto(YEAR_2021 + "hoat-dong/")
    chair.page.get_by_role("link", name=TITLE).first.click()
    chair.page.get_by_role("button", name=re.compile("Xác nhận")).first.press("Enter")
    chair.page.wait_for_load_state()
    assert "Đã xác nhận" in chair.page.locator("main").inner_text()
    assert "nguyên vẹn" in live.manage("verify_audit")


def test_a_changed_figure_reaches_the_public_only_by_a_published_correction(visit: Any, live: Any) -> None:
    chair, reader = visit("quanlythitruong", PASSWORD), visit()
    reader.page.goto(PUBLIC)
    reader.assert_accessible()
    assert "trên 580 triệu đồng" in reader.page.locator("main").inner_text()
    chair.page.goto(YEAR_2020 + "hoat-dong/?q=tham+tang+qua")
    chair.page.get_by_role("link", name=re.compile("Thăm, tặng quà")).first.click()
    chair.page.get_by_role("link", name=re.compile("Sửa")).first.click()
    chair.page.locator("[name='khoan-0-value']").fill("trên 600 triệu")
    chair.page.get_by_role("button", name=re.compile("^Lưu")).last.press("Enter")
    chair.page.wait_for_url(re.compile(r"/hoat-dong/\d+/$"))
    reader.page.reload()
    assert "trên 580 triệu đồng" in reader.page.locator("main").inner_text()
    chair.page.goto(YEAR_2020 + "tong-ket/")
    chair.assert_accessible()
    chair.page.goto(YEAR_2020 + "tong-ket/cong-bo/")
    chair.assert_accessible()
    chair.page.locator("input[name=word]").fill("CÔNG BỐ")
    chair.page.locator("[name=reason]").fill("Sửa tổng giá trị theo chứng từ")
    chair.page.locator("main form").get_by_role("button", name=re.compile("Công bố")).press("Enter")
    chair.page.wait_for_url(re.compile("/tong-ket/$"))
    reader.page.goto(PUBLIC)
    reader.page.reload()  # the browser may keep the page for five minutes
    assert "trên 600 triệu đồng" in reader.page.locator("main").inner_text()
    reader.page.goto(PUBLIC + "v/1/")
    old = reader.page.locator("main").inner_text()
    assert "trên 580 triệu đồng" in old
    assert "thay" in old.lower()


def test_a_stranger_is_told_nothing(visit: Any) -> None:
    stranger = visit("ngoaicum", PASSWORD)
    for path in ("", "hoat-dong/", "tong-ket/", "xep-hang/"):
        answer = stranger.page.goto(YEAR_2020 + path)
        assert answer.status == 404


def test_the_officer_hands_the_chair_over_and_the_rights_follow(visit: Any, live: Any) -> None:
    old, new, officer = (visit(name, PASSWORD) for name in ("quanlythitruong", "thongke", "bantdkt"))
    for visitor, leads in ((old, True), (new, False)):
        visitor.page.goto(YEAR_2021 + "buoc/")
        assert ("Chuyển bước" in visitor.page.content()) is leads
    page = officer.page
    page.goto("/admin/members/clusteryear/")
    page.get_by_role("link", name="2021").first.click()
    page.get_by_role("link", name=re.compile("Luân chuyển")).first.click()
    officer.assert_accessible()
    chair, deputy = (
        page.locator("#content select").nth(0),
        page.locator("#content select").nth(1),
    )
    assert chair.locator("option:checked").inner_text() == "Cục Thống kê tỉnh Lạng Sơn"
    deputy.select_option(label="Bảo hiểm xã hội tỉnh Lạng Sơn")
    page.get_by_role("button", name="Xem trước và sau").press("Enter")
    page.wait_for_load_state()
    officer.assert_accessible()
    shown = page.locator("#content").inner_text()
    assert "Cục Quản lý thị trường" in shown
    assert "Bảo hiểm xã hội" in shown
    page.get_by_role("button", name="Ghi", exact=True).press("Enter")
    page.wait_for_load_state()
    for visitor, leads in ((old, False), (new, True)):
        answer = visitor.page.goto(YEAR_2021 + "buoc/")
        assert (answer.status == 200) is leads
    assert new.page.goto("/lam-viec/lang-son-trung-uong/2022/").status == 200
    assert "nguyên vẹn" in live.manage("verify_audit")
