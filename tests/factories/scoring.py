"""Tables and sheets for tests, written in few words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from members.models import Agency, ClusterYear
from scoring.enums import LeafRule, SheetState, TableState
from scoring.models import CriteriaTable, Criterion, ScoreEntry, ScoreLine, ScoreSheet

MOMENT = datetime(2020, 12, 20, 2, tzinfo=UTC)

# (code, title, rule, maximum, other columns); the parent is the code without its last part.
SIMPLE = (
    ("I", "Nhiệm vụ chuyên môn", "section", "60", {}),
    ("I.1", "Hoàn thành chỉ tiêu được giao", "proportional", "40", {"unit": "%"}),
    ("I.2", "Cải cách hành chính", "levels", "20", {"params": {"choices": [
        {"key": "tot", "label": "Tốt", "points": "20", "zeroes": ""},
        {"key": "kha", "label": "Khá", "points": "15", "zeroes": ""},
    ]}}),
    ("II", "Công tác thi đua", "section", "40", {}),
    ("II.1", "Tham gia hoạt động của cụm", "count", "10", {"unit": "lượt", "params": {"each": "0.5"}}),
    ("II.2", "Gửi báo cáo đúng hạn", "faults", "10", {"unit": "lần", "params": {"each": "1"}}),
    ("II.3", "Nhân điển hình tiên tiến", "direct", "20", {"step": "0.5"}),
)  # fmt: skip


def make_table(
    year: ClusterYear,
    rows: Iterable[Sequence[Any]] = SIMPLE,
    *,
    state: str = TableState.APPLIED,
    version: int = 1,
    settings: Mapping[str, Any] | None = None,
    **columns: Any,
) -> CriteriaTable:
    """A table with a criterion for each row (code, title, rule, maximum, other columns), in the order given."""
    moments = {
        TableState.DRAFT: {}, TableState.APPLIED: {"applied_at": MOMENT},
        TableState.REPLACED: {"applied_at": MOMENT, "replaced_at": MOMENT},
    }  # fmt: skip
    table = CriteriaTable.objects.create(
        year=year, version=version, title=f"Bảng tiêu chí năm {year.label}", state=state, settings=dict(settings or {}),
        reason="Sửa theo góp ý" if version > 1 else "", **moments[TableState(state)], **columns,
    )  # fmt: skip
    known: dict[str, Criterion] = {}
    for order, (code, title, rule, maximum, *rest) in enumerate(rows, 1):
        known[code] = Criterion.objects.create(
            table=table, parent=known.get(code.rpartition(".")[0]), code=code, title=title, rule=rule,
            maximum=Decimal(maximum), order=order, **(rest[0] if rest else {}),
        )  # fmt: skip
    return table


def make_sheet(
    table: CriteriaTable,
    agency: Agency,
    facts: Mapping[str, Mapping[str, Any]] | None = None,
    *,
    state: str = SheetState.DRAFT,
    level: str = "self",
    scorer: Agency | None = None,
    points: str | None = None,
) -> ScoreSheet:
    """The agency's sheet with a line for each leaf; ``facts`` by code are given at ``level`` by the agency itself."""
    times: dict[str, Any] = {} if state == SheetState.DRAFT else {"sent_at": MOMENT, "days_late": 0}
    if state == SheetState.VERIFIED:
        times["verified_at"] = MOMENT
    if state == SheetState.RETURNED:
        times |= {"returned_at": MOMENT, "return_reason": "Thiếu minh chứng"}
    sheet = ScoreSheet.objects.create(year=table.year, agency=agency, table=table, state=state, **times)
    leaves = Criterion.objects.filter(table=table).exclude(rule=LeafRule.SECTION).order_by("order")
    ScoreLine.objects.bulk_create(ScoreLine(sheet=sheet, criterion=leaf) for leaf in leaves)
    give(sheet, facts or {}, level=level, scorer=scorer or agency)
    return sheet


def give(
    sheet: ScoreSheet, facts: Mapping[str, Mapping[str, Any]], *, level: str, scorer: Agency, reason: str = ""
) -> list[ScoreEntry]:
    """Current figures of ``scorer`` at ``level`` by code; facts as plain data, their "mark" beside them."""
    lines = {
        line.criterion.code: line
        for line in ScoreLine.objects.filter(sheet=sheet).select_related("criterion")
    }
    rows = []
    for code, given in facts.items():
        plain = dict(given)
        mark = plain.pop("mark", "")
        rows.append(
            ScoreEntry(
                line=lines[code], level=level, scorer=scorer, facts=plain, mark=mark, created_at=MOMENT,
                points=Decimal(plain["points"]) if "points" in plain else None,
                reason=reason or ("Không có nhiệm vụ" if mark == "not_arisen" else ""),
            )
        )  # fmt: skip
    return ScoreEntry.objects.bulk_create(rows)
