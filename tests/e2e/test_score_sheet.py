"""A clerk fills in the score sheet by keyboard and sends it, in a real browser against a real process."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.browser import DESKTOP, PHONE

pytestmark = pytest.mark.e2e

PASSWORD = "thi-dua-2020-lang-son"
YEAR = "/lam-viec/lang-son-trung-uong/2021/"
TABLE = """
from django.utils import timezone
from members.models import ClusterYear, Phase
from scoring.models import CriteriaTable, ScoreSheet
from tests.factories.scoring import make_table
year = ClusterYear.objects.get(cluster__slug="lang-son-trung-uong", label="2021")
if not CriteriaTable.objects.filter(year=year, state="applied").exists():
    make_table(year)
now = timezone.now()
Phase.objects.filter(year=year, closed_at=None, opened_at__isnull=False).update(closed_at=now)
Phase.objects.filter(year=year, kind="self_score").update(opened_at=now, closed_at=None)
"""
NEW_TABLE = """
from scoring.models import *
from members.models import ClusterYear
year = ClusterYear.objects.get(cluster__slug="lang-son-trung-uong", label="2021")
ScoreSheet.objects.filter(year=year).delete()
CriteriaTable.objects.filter(year=year).delete()
"""


@pytest.mark.parametrize("size", [DESKTOP, PHONE])
def test_a_clerk_fills_in_the_sheet_by_keyboard_and_sends_it(
    visit: Any, live: Any, size: tuple[int, int]
) -> None:
    live.shell(NEW_TABLE + TABLE)
    visitor = visit("khobac", PASSWORD, size=size)
    page = visitor.page
    page.goto(f"{YEAR}bang-diem/")
    visitor.assert_accessible()
    page.get_by_label("Thực hiện, tiêu chí I.1").focus()
    page.keyboard.type("90")
    page.keyboard.press("Tab")
    page.keyboard.type("100")
    page.keyboard.press("Enter")
    page.get_by_label("Tốt").press("Enter")
    page.keyboard.type("4")
    page.keyboard.press("Enter")
    page.keyboard.type("1")
    page.keyboard.press("Enter")
    page.keyboard.type("25")
    page.get_by_text("Tối đa 20", exact=True).wait_for()
    visitor.assert_accessible()
    page.keyboard.press("Control+A")
    page.keyboard.type("12,5")
    page.keyboard.press("Alt+n")
    page.locator("#tinh-trang", has_text="Đã lưu").wait_for()
    page.locator("#da-cham", has_text="5").wait_for()
    assert page.locator("#tong").inner_text() == "79,5"
    visitor.shot("bang-cham-diem")
    page.get_by_role("button", name="Gửi", exact=True).press("Enter")
    page.get_by_text("Đã gửi bảng chấm điểm.").wait_for()
    assert page.locator("input[data-cell]").count() == 0
    visitor.assert_accessible()
