"""Quick entry in a real browser: twenty contributions by keyboard, a broken line, a lost session, two in one row."""

from __future__ import annotations

import json
import re
import time
from pathlib import Path
from typing import Any

import pytest

from movements.pasting import bare

pytestmark = pytest.mark.e2e

PASSWORD = "thi-dua-2020-lang-son"
GRID = "/lam-viec/lang-son-trung-uong/2021/nhap-nhanh/"
CASES = Path(__file__).parent.parent / "movements" / "pasting_cases.json"
MINUTES = 3
COUNT_MOUSE = """
for (const kind of ["mousedown", "pointerdown", "touchstart"]) {
  addEventListener(kind, () => { window.mice = (window.mice || 0) + 1; }, true);
}
"""
FINISHED = """
() => window.quick.unsaved().length === 0
  && document.getElementById("tinh-trang").textContent.startsWith("Đã lưu")
"""
PASTE = """
text => {
  const begun = performance.now();
  window.quick.paste(document.getElementById("id_dong-20-day"), text);
  return performance.now() - begun;
}
"""


def opened(visitor: Any) -> Any:
    """The grid, with the caret in its first cell."""
    visitor.page.goto(GRID)
    visitor.page.wait_for_function("document.activeElement.dataset.cell === 'day'")
    return visitor.page


def typed(page: Any, *cells: str) -> None:
    """A row from the caret on, cell by cell."""
    for words in cells:
        page.keyboard.type(words)
        page.keyboard.press("Tab")


def gifts(live: Any) -> list[tuple[Any, ...]]:
    return live.query(
        "select g.description, g.quantity, g.value from movements_contribution g "
        "join movements_activity a on a.id = g.activity_id where a.state = 'draft' order by g.id"
    )


def pasted(page: Any, text: str) -> None:
    page.evaluate("text => navigator.clipboard.writeText(text)", text)
    page.keyboard.press("Control+v")


def test_twenty_contributions_by_keyboard_alone(visit: Any, live: Any) -> None:
    clerk = visit("baohiem", PASSWORD)
    clerk.context.grant_permissions(["clipboard-read", "clipboard-write"])
    before = len(gifts(live))
    clerk.page.add_init_script(COUNT_MOUSE)
    begun = time.monotonic()
    page = opened(clerk)
    for number in range(4):
        typed(
            page,
            f"{number + 1}/2",
            f"Khẩu trang y tế đợt {number}",
            "gan 21.000 chiec",
            "",
            "Sở Y tế",
            "Chi Lăng",
            "",
            "",
        )
    # Ctrl+D, Enter and the arrows as in a spreadsheet; a name from the list without its accents.
    typed(page, "5/2", "Tiền ủng hộ", "", "580 tr", "so y")
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Alt+ArrowDown")
    page.locator("#goi-y [role=option]").first.wait_for()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.value") == "Sở Y tế"
    page.keyboard.press("Tab")
    page.keyboard.press("Control+d")
    assert page.evaluate("document.activeElement.value") == "Chi Lăng"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.name") == "dong-5-place"
    page.keyboard.type("sai")
    page.keyboard.press("Escape")
    assert page.evaluate("document.activeElement.value") == ""
    for _cell in range(5):
        page.keyboard.press("ArrowLeft")
    assert page.evaluate("document.activeElement.name") == "dong-5-day"
    lines = [f'{number}/3\tGạo đợt {number}\t1.250 kg\t"1,25 ty"\tHộ nghèo' for number in range(1, 16)]
    pasted(page, "\r\n".join(lines) + "\r\n")
    page.keyboard.press("Control+Enter")
    page.wait_for_function(FINISHED, timeout=60_000)
    assert time.monotonic() - begun < MINUTES * 60
    assert page.evaluate("window.mice || 0") == 0
    found = gifts(live)[before:]
    assert len(found) == 20
    assert len({what for what, *_figures in found}) == 20
    assert (found[-1][0], int(found[-1][2])) == ("Gạo đợt 15", 1_250_000_000)
    assert page.locator("#id_dong-5-value").input_value() == "1.250.000.000"
    assert page.locator("tr[data-row]").count() > 20  # an empty one is always left
    clerk.assert_accessible()
    # Ten thousand rows are not swallowed: 200 are taken, the others stay in the text area, in well under a second.
    page.evaluate("window.quick.saveAll = () => {}")
    block = "5/1\tKhẩu trang\n" * 10_000
    took = page.evaluate(PASTE, block)
    assert page.locator("#khoi").input_value().count("\n") == 9_800
    assert "nhiều nhất 200 dòng" in page.locator("#bao").inner_text()
    assert took < 3000
    clerk.page.on("dialog", lambda dialog: dialog.accept())


def test_the_reader_of_the_browser_follows_the_same_table(visit: Any) -> None:
    page = opened(visit("baohiem", PASSWORD))
    for case in json.loads(CASES.read_text()):
        got = page.evaluate(
            "([text, most]) => window.quick.parse(text, most)", [case["text"], case.get("most")]
        )
        assert got == {"rows": case["rows"], "rest": case.get("rest", "")}, case["name"]
    for words in ("Ủy ban  MTTQ – “Đà Nẵng”", "TRỊ GIÁ (₫)", "Đ"):
        assert page.evaluate("words => window.quick.bare(words)", words) == bare(words)


def test_a_broken_line_loses_nothing_and_says_so(visit: Any, live: Any) -> None:
    clerk = visit("baohiem", PASSWORD)
    page = opened(clerk)
    before = len(gifts(live))
    typed(page, "1/2", "Trước khi đứt", "5 kg", "", "", "", "", "")
    page.wait_for_function(FINISHED)
    clerk.context.set_offline(True)
    typed(page, "2/2", "Lúc đứt mạng", "6 kg", "", "", "", "", "")
    page.keyboard.type("3/2")
    page.get_by_text("Mất mạng, còn").wait_for()
    assert page.locator("#id_dong-1-what").input_value() == "Lúc đứt mạng"
    clerk.context.set_offline(False)
    page.keyboard.press("Tab")
    page.keyboard.type("Sau khi có mạng")
    page.keyboard.press("Tab")
    page.keyboard.type("7 kg")
    page.keyboard.press("Control+Enter")
    page.wait_for_function(FINISHED, timeout=30_000)
    assert [what for what, *_figures in gifts(live)[before:]] == [
        "Trước khi đứt",
        "Lúc đứt mạng",
        "Sau khi có mạng",
    ]

    clerk.problems[:] = [told for told in clerk.problems if "net::ERR_" not in told]


def test_an_answer_that_never_came_makes_no_second_record(visit: Any, live: Any) -> None:
    clerk = visit("baohiem", PASSWORD)
    page = opened(clerk)
    before = len(gifts(live))
    lost: list[int] = []

    def swallow(route: Any) -> None:
        if lost:
            route.continue_()
            return
        lost.append(route.fetch().status)
        route.abort()

    page.route("**/nhap-nhanh/dong/**", swallow)
    page.keyboard.type("4/2")
    page.keyboard.press("Tab")
    page.keyboard.type("Mất câu trả lời")
    page.keyboard.press("Tab")
    page.keyboard.type("8 kg")
    page.keyboard.press("Control+Enter")
    page.wait_for_function(FINISHED, timeout=30_000)
    assert lost == [200]
    assert len(gifts(live)) == before + 1

    # Reloaded before the server had it: this machine offers it again, to the same account only.
    page.unroute("**/nhap-nhanh/dong/**")
    page.route("**/nhap-nhanh/dong/**", lambda route: route.abort())
    page.on("dialog", lambda dialog: dialog.accept())
    page.keyboard.press("Enter")
    page.keyboard.type("9 kg của dòng chưa tới máy chủ")
    page.get_by_text("Mất mạng, còn").wait_for()
    page.reload()
    page.unroute("**/nhap-nhanh/dong/**")
    page.get_by_text("Lần trước còn 1 dòng").wait_for()
    page.get_by_role("button", name="Đưa lại vào lưới").press("Enter")
    assert "9 kg của dòng chưa tới máy chủ" in [
        box.input_value() for box in page.locator("[data-cell=quantity]").all()
    ]
    page.keyboard.press("Control+s")
    page.wait_for_function(FINISHED, timeout=30_000)
    assert (
        page.evaluate("Object.keys(localStorage).filter(name => name.startsWith('nhap-nhanh/')).length") == 0
    )
    clerk.problems[:] = [told for told in clerk.problems if "net::ERR_" not in told]


def test_signed_out_in_another_tab_the_row_waits_for_its_person(visit: Any, live: Any) -> None:
    clerk = visit("baohiem", PASSWORD)
    page = opened(clerk)
    other = clerk.context.new_page()
    other.goto(GRID)
    other.locator("summary.who").click()
    other.get_by_role("button", name="Đăng xuất").click()
    other.wait_for_load_state()
    before = len(gifts(live))
    page.bring_to_front()
    typed(page, "1/2", "Gõ lúc đã đăng xuất", "5 kg", "", "", "", "", "")
    page.get_by_text("Phiên làm việc đã hết, còn 1 dòng chưa lưu").wait_for()
    assert page.locator("#id_dong-0-what").input_value() == "Gõ lúc đã đăng xuất"
    assert len(gifts(live)) == before
    other.goto("/tai-khoan/dang-nhap/")
    other.locator("input[name=login]").fill("baohiem")
    other.locator("input[name=password]").fill(PASSWORD)
    other.locator("input[name=password]").press("Enter")
    other.wait_for_url(re.compile(r"/lam-viec/"), wait_until="commit")
    page.bring_to_front()
    page.keyboard.press("Control+Enter")
    page.wait_for_function(FINISHED, timeout=30_000)
    assert len(gifts(live)) == before + 1


def test_two_people_in_one_row_see_both_values(visit: Any, live: Any) -> None:
    first, second = visit("baohiem", PASSWORD), visit("baohiem", PASSWORD)
    page = opened(first)
    typed(page, "1/2", "Cùng sửa", "5 kg", "", "", "", "", "")
    page.wait_for_function(FINISHED)
    theirs = opened(second)
    place = theirs.locator("#dong-cu [data-cell=quantity]").first
    mine = page.locator("#id_dong-0-quantity")
    mine.fill("6 kg")
    page.keyboard.press("Control+Enter")
    page.wait_for_function(FINISHED)
    place.fill("7 kg")
    theirs.locator("#dong-cu [data-cell=place]").first.fill("Hữu Lũng")
    theirs.keyboard.press("Control+Enter")
    box = theirs.locator(".q-clash")
    box.wait_for()
    values = box.locator(".q-choice > span:last-child").all_inner_texts()
    assert [words for words in values if "kg" in words] == ["7 kg", "6 kg"]
    second.assert_accessible()
    box.get_by_label("6 kg").check()
    box.get_by_role("button", name="Lưu lựa chọn").press("Enter")
    theirs.wait_for_function(FINISHED)
    assert place.input_value() == "6 kg"
    rows = live.query(
        "select a.place from movements_contribution g join movements_activity a on a.id = g.activity_id "
        "where g.description = 'Cùng sửa'"
    )
    assert [row[0] for row in rows] == ["Hữu Lũng"]
