"""Totals while nothing is computed yet for all: what each sheet has for sure, and what comparing them would give."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from scoring.domain.shapes import Facts
from scoring.totals import board
from tests.factories.scoring import make_sheet, make_table

pytestmark = pytest.mark.django_db
ROWS = (
    ("I", "Nhiệm vụ chuyên môn", "section", "100", {}),
    ("I.1", "Chỉ tiêu thu", "relative", "40", {}),
    ("I.2", "Việc khác", "direct", "60", {}),
)


def reached(actual: str) -> dict[str, Any]:
    return {"I.1": {"actual": actual, "target": "100"}, "I.2": {"points": "60"}}


def test_a_live_board_compares_the_sheets_sent_and_a_plain_one_waits(cast: Any) -> None:
    """Chair 150 %: 40; deputy 120 %: 20 + 20/50 × 20 = 28. The member's draft (200 %) touches neither of them."""
    table = make_table(cast.year, ROWS)
    for agency, actual, state in (
        (cast.chair, "150", "sent"), (cast.deputy, "120", "sent"), (cast.member, "200", "draft"),
    ):  # fmt: skip
        make_sheet(table, agency, reached(actual), state=state)
    plain, live = board(cast.year), board(cast.year, live=True)
    assert plain is not None
    assert live is not None
    assert [plain.total(one.pk).total for one in (cast.chair, cast.deputy)] == [80, 80]  # 20 is sure
    assert plain.total(cast.deputy.pk).provisional
    assert [live.total(one.pk).total for one in (cast.chair, cast.deputy)] == [100, 88]
    assert live.total(cast.member.pk).total == 100  # beside the two that were sent: 100 % above, the best
    other = {"I.1": Facts(actual=Decimal(110), target=Decimal(100))}
    assert live.total(cast.deputy.pk, replaced=other).total == 84  # 20 + 10/50 × 20 = 24
    assert live.total(cast.chair.pk).total == 100
