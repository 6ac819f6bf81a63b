"""The evidence library in a real browser: files dropped and pasted, looked at, and nothing of them run (F5)."""

from __future__ import annotations

import base64
import re
from pathlib import Path
from typing import Any

import pytest

from tests.support.browser import PHONE
from tests.support.papers import pdf_of
from tests.support.uploads import png
from tests.support.web import PASSWORD

pytestmark = pytest.mark.e2e

YEAR = "/lam-viec/lang-son-trung-uong/2021/"
SCRIPT = b"<html><body><script>alert('da chay'); fetch('/da-chay')</script></body></html>"
DROP = """([name, type, data]) => {
  const bytes = Uint8Array.from(atob(data), char => char.charCodeAt(0));
  const files = new DataTransfer();
  files.items.add(new File([bytes], name, {type}));
  const zone = document.querySelector("[data-drop]");
  for (const kind of ["dragover", "drop"])
    zone.dispatchEvent(new DragEvent(kind, {dataTransfer: files, bubbles: true, cancelable: true}));
}"""
COPY = """async data => {
  const bytes = Uint8Array.from(atob(data), char => char.charCodeAt(0));
  await navigator.clipboard.write([new ClipboardItem({"image/png": new Blob([bytes], {type: "image/png"})})]);
}"""


def watched(page: Any) -> list[str]:
    """What scripts of an upload would do."""
    ran: list[str] = []
    page.on("dialog", lambda dialog: (ran.append(dialog.message), dialog.dismiss()))
    page.on("request", lambda request: ran.append(request.url) if "/da-chay" in request.url else None)
    return ran


def test_files_are_dropped_and_pasted_looked_at_and_never_run(visit: Any) -> None:
    clerk = visit("baohiem", PASSWORD)
    page, ran = clerk.page, watched(clerk.page)
    clerk.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto(YEAR + "minh-chung/")
    page.evaluate(DROP, ["Biên bản.pdf", "text/html", base64.b64encode(pdf_of(2) + SCRIPT).decode()])
    page.evaluate(COPY, base64.b64encode(png(30, 20)).decode())
    page.locator("#h-list").click()  # the focus is nowhere in particular
    page.keyboard.press("Control+V")
    page.locator("[data-chosen] li").nth(1).wait_for()
    chosen = page.locator("[data-chosen] li").all_inner_texts()
    assert chosen[0].startswith("Biên bản.pdf")
    assert re.match(r"anh-dan-\d{6}\.png", chosen[1])
    page.evaluate("navigator.clipboard.writeText('chữ thường')")
    page.locator("#id_note").click()
    page.keyboard.press("Control+V")  # text stays text
    assert page.locator("#id_note").input_value() == "chữ thường"
    page.keyboard.press("Enter")  # sends the form
    page.get_by_text("Đã đưa 2 tệp vào kho.").wait_for()
    clerk.assert_accessible()

    page.get_by_role("link", name="Biên bản.pdf").click()
    picture = page.locator(".preview img")
    picture.wait_for()
    assert picture.evaluate("image => image.decode().then(() => image.naturalWidth > 100)")
    page.get_by_role("link", name="Trang sau").click()
    page.get_by_text("Trang 2 trên 2").wait_for()
    clerk.assert_accessible()
    address = picture.get_attribute("src")
    page.goto(address)  # the picture by itself is a picture and nothing else
    assert page.evaluate("document.contentType") == "image/png"
    page.goto(YEAR + "minh-chung/")
    link = page.get_by_role("link", name="Biên bản.pdf").get_attribute("href").replace("chi-tiet/", "")
    with page.expect_download() as download:
        page.evaluate("address => { location.href = address }", link)
    assert Path(download.value.path()).read_bytes().endswith(SCRIPT)
    assert ran == []


def test_a_file_of_the_library_is_found_and_chosen_in_the_form_by_keyboard(visit: Any) -> None:
    clerk = visit("baohiem", PASSWORD, size=PHONE)
    page = clerk.page
    page.goto(YEAR + "minh-chung/")
    for name in ("Công văn 12.pdf", "Ảnh.pdf"):
        page.evaluate(DROP, [name, "application/pdf", base64.b64encode(pdf_of(1) + name.encode()).decode()])
    page.get_by_role("button", name="Đưa vào kho").click()
    page.get_by_text("Đã đưa 2 tệp vào kho.").wait_for()
    clerk.assert_accessible()
    page.goto(YEAR + "hoat-dong/them/")
    page.locator("#id_title").fill("Dùng tệp của kho")
    page.locator("#id_when").fill("5/3")
    page.locator("summary", has_text="Chọn từ kho minh chứng").press("Enter")
    page.locator("#tim-kho").press_sequentially("cong van")
    page.locator(".choose-files li", has_text="Ảnh.pdf").wait_for(state="detached")
    box = page.get_by_role("checkbox", name=re.compile("Công văn 12.pdf"))
    box.press("Space")
    page.locator("#tim-kho").fill("khong co gi")
    page.get_by_text("Công văn 12.pdf").wait_for()  # what was chosen stays
    assert box.is_checked()
    clerk.assert_accessible()
    page.get_by_role("button", name="Lưu nháp").click()
    page.locator("#minh-chung .files b", has_text="Công văn 12.pdf").wait_for()
