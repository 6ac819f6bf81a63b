"""Verification in a real browser: sixty lines of seven agencies with the keyboard, and two scorers at one line."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.browser import PHONE

pytestmark = [pytest.mark.e2e, pytest.mark.journey]

PASSWORD = "thi-dua-2020-lang-son"
YEAR = "/lam-viec/lang-son-trung-uong/2021"
# Seven sheets of sixty lines beside the chair's own, all sent; two agencies cross-check a third one.
GIVEN = (
    "SELECT e.points FROM scoring_scoreentry e JOIN scoring_scoreline l ON l.id = e.line_id"
    " JOIN scoring_scoresheet s ON s.id = l.sheet_id JOIN members_clusteryear y ON y.id = s.year_id"
    " WHERE y.label = '2021' AND e.level = '{level}' AND e.is_current ORDER BY e.points"
)
DATA = """
from members.models import Agency, ClusterYear, Membership
from scoring.models import Assignment, ScoreEntry, ScoreLine
from tests.factories import MembershipFactory
from tests.factories.members import open_phase
from tests.factories.scoring import make_sheet, make_table
from decimal import Decimal
year = ClusterYear.objects.get(cluster__slug="lang-son-trung-uong", label="2021")
open_phase(year, "verify")
rows = []
for part in range(1, 5):
    rows.append((f"{part}", f"Phần {part}", "section", "30", {}))
    rows += [(f"{part}.{n}", f"Tiêu chí {part}.{n}", "direct", "2", {}) for n in range(1, 16)]
table = make_table(year, rows, settings={"reason_from": "1", "frequent_reasons": ["Thiếu minh chứng"]})
facts = {code: {"points": "2"} for code, _t, rule, *_r in rows if rule == "direct"}
MembershipFactory(year=year)
agencies = [row.agency for row in Membership.objects.filter(year=year).select_related("agency").order_by("order")]
for agency in agencies:
    make_sheet(table, agency, facts, state="sent")
print(len(agencies))
"""


def test_a_verifier_finishes_sixty_lines_of_seven_agencies_with_the_keyboard(live: Any, visit: Any) -> None:
    live.shell(DATA)
    visitor = visit("quanlythitruong", PASSWORD)
    page = visitor.page
    loads: list[str] = []
    page.goto(f"{YEAR}/cham/")
    visitor.assert_accessible()
    visitor.shot("check-list")
    page.get_by_role("link", name="Chấm tiếp").click()
    page.on("framenavigated", lambda frame: loads.append(frame.url))
    for number in range(7):
        page.locator("[data-points]").first.focus()
        for line in range(60):
            differs = line == 20
            page.keyboard.press("1" if differs else "2")
            page.keyboard.press("Enter")
            if differs:  # the reason field takes the cursor, Enter goes on
                page.keyboard.insert_text("Thiếu minh chứng")
                page.keyboard.press("Enter")
        page.get_by_text("60/60 dòng đã chấm · 59/60 khớp · chênh −1,00").wait_for(timeout=30_000)
        if number == 0:
            visitor.assert_accessible()
            visitor.shot("check-agency", full_page=False)
        if number < 6:
            assert page.evaluate("document.activeElement.id") == "tiep"
            page.keyboard.press("Enter")
            page.get_by_text("0/60 dòng đã chấm").wait_for()
    assert len(loads) == 6, loads
    assert len(live.query(GIVEN.format(level="verify"))) == 420
    page.get_by_role("button", name="Thẩm định xong").click()
    page.get_by_text("Đã thẩm định xong bảng chấm điểm.").wait_for()


def test_two_scorers_give_one_line_and_do_not_see_each_other(live: Any, visit: Any) -> None:
    live.shell(
        DATA
        + """
from members.models import Person
first = Person.objects.get(user__username="khobac").agency
second = Person.objects.get(user__username="baohiem").agency
subject = Person.objects.get(user__username="haiquan").agency
for scorer in (first, second):
    Assignment.objects.create(year=year, level="cross", scorer=scorer, subject=subject)
"""
    )
    one, two = visit("khobac", PASSWORD), visit("baohiem", PASSWORD, size=PHONE)
    for visitor in (one, two):
        visitor.page.goto(f"{YEAR}/cham/")
        visitor.page.get_by_role("link", name="hải quan").or_(
            visitor.page.get_by_role("link", name="Hải quan")
        ).first.click()
        visitor.page.get_by_text("Chấm kín.").wait_for()
    for visitor, text in ((one, "1,5"), (two, "0,5")):
        visitor.page.locator("[data-points]").first.fill(text)
        visitor.page.keyboard.press("Enter")
        visitor.page.get_by_text("1/60 dòng đã chấm").wait_for()
    one.page.reload()
    assert "0,5" not in one.page.content()
    two.assert_accessible()
    two.shot("check-blind", full_page=False)
    given = live.query(GIVEN.format(level="cross"))
    assert given == [(5000,), (15000,)]
