"""Three verified sheets whose points are released: what tests of appeals and adjustments begin with."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.utils import timezone

from core.dates import local_today
from members.enums import PhaseKind
from members.models import Agency
from scoring.models import Appeal, CriteriaTable, ScoreLine, YearScoring
from tests.factories.scoring import give, make_sheet, make_table

ROWS = (
    ("I", "Nhiệm vụ chuyên môn", "section", "60", {}),
    ("I.1", "Hoàn thành nhiệm vụ", "direct", "60", {}),
    ("II", "Công tác thi đua", "section", "40", {}),
    ("II.1", "Nhân điển hình tiên tiến", "direct", "20", {"step": "0.5"}),
    ("II.2", "Tham gia hoạt động", "direct", "20", {}),
)


def released(cast: Any, phase: str = PhaseKind.VERIFY, **table: Any) -> CriteriaTable:
    """Chair 92, deputy 91,5, member 91 (self 93): verified by the chair, her own by the deputy; released."""
    cast.go(phase)
    made = make_table(cast.year, ROWS, **table)
    for agency, points in ((cast.chair, "17"), (cast.deputy, "16.5"), (cast.member, "16")):
        sheet = make_sheet(
            made,
            agency,
            {"I.1": {"points": "55"}, "II.1": {"points": "18"}, "II.2": {"points": "20"}},
            state="verified",
        )
        verifier = cast.deputy if agency == cast.chair else cast.chair
        facts = {"I.1": {"points": "55"}, "II.1": {"points": points}, "II.2": {"points": "20"}}
        give(sheet, facts, level="verify", scorer=verifier, reason="Minh chứng chưa đủ")
    now = timezone.now()
    until = local_today(now) + timedelta(days=3)
    YearScoring.objects.create(year=cast.year, released_at=now, appeals_until=until)
    return made


def line_of(agency: Agency, code: str = "II.1") -> ScoreLine:
    """A line of the agency's sheet."""
    return ScoreLine.objects.get(sheet__agency=agency, criterion__code=code)


def make_appeal(cast: Any, agency: Agency, code: str = "II.1", **columns: Any) -> Appeal:
    """An undecided appeal of the agency."""
    return Appeal.objects.create(
        year=cast.year, line=line_of(agency, code), filer=agency, filed_at=timezone.now(),
        words="Đã có thêm minh chứng.", **{"wanted": "17", **columns},
    )  # fmt: skip
