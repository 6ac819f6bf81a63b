"""The hand-over of 2020 in a real browser: the old chair at a desk, the new one on a phone, the record as DOCX."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from docx import Document

from tests.support.browser import PHONE

pytestmark = [pytest.mark.e2e, pytest.mark.journey]

PASSWORD = "thi-dua-2020-lang-son"
PAGE = "/lam-viec/lang-son-trung-uong/2020/ban-giao/"


def mark_everything(visitor: Any) -> None:
    page = visitor.page
    for box in page.locator("input[name=muc]").all():
        box.check()
    page.get_by_role("button", name="Lưu đánh dấu").click()
    page.get_by_text("Đã lưu đánh dấu.").wait_for()


def words_of(visitor: Any, link: str, folder: Path) -> str:
    with visitor.page.expect_download() as download:
        visitor.page.get_by_role("link", name=link).click()
    path = folder / download.value.suggested_filename
    download.value.save_as(path)
    document = Document(str(path))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return "\n".join([paragraph.text for paragraph in document.paragraphs] + cells)


def test_both_sides_mark_and_sign_and_take_the_record_home(visit: Any, tmp_path: Path) -> None:
    giver = visit("nganhang", PASSWORD)
    giver.page.goto(PAGE)
    giver.assert_accessible()
    giver.shot("handover-before")
    assert "DỰ THẢO" in words_of(giver, "Tải dự thảo biên bản (DOCX)", tmp_path)
    giver.page.locator("#id_note").fill("Kèm cờ luân lưu và 02 tập hồ sơ giấy.")
    mark_everything(giver)
    giver.page.get_by_role("button", name="Ký: đã bàn giao").click()
    giver.page.get_by_text("Đã ký. Biên bản được chốt khi bên kia cũng ký.").wait_for()
    giver.assert_accessible()

    receiver = visit("quanlythitruong.lanhdao", PASSWORD, size=PHONE)
    receiver.page.goto(PAGE)
    receiver.assert_accessible()
    receiver.shot("handover-receiver")
    mark_everything(receiver)
    receiver.page.get_by_role("button", name="Ký: đã nhận bàn giao").click()
    receiver.page.get_by_text("Hai bên đã ký. Biên bản bàn giao đã được chốt.").wait_for()
    receiver.assert_accessible()
    receiver.shot("handover-frozen")

    giver.page.goto(PAGE)
    giver.assert_accessible()
    giver.shot("handover-frozen")
    words = words_of(giver, "Tải biên bản (DOCX)", tmp_path)
    assert "DỰ THẢO" not in words
    assert "Kèm cờ luân lưu và 02 tập hồ sơ giấy." in words
    assert "PHÓ CỤC TRƯỞNG" in words
    assert "Ngân hàng Nhà nước Chi nhánh tỉnh Lạng Sơn" in words


@pytest.mark.parametrize("size", [(1366, 768), PHONE])
def test_without_scripts_the_page_works_too(visit: Any, size: tuple[int, int]) -> None:
    giver = visit("nganhang", PASSWORD, javascript=False, size=size)
    giver.page.goto(PAGE)
    mark_everything(giver)
    giver.page.get_by_role("button", name="Ký: đã bàn giao").click()
    giver.page.get_by_role("button", name="Rút chữ ký").click()
    giver.page.get_by_text("Đã rút chữ ký.").wait_for()
