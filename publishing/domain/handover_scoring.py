"""What of scoring is still open when the chair passes on: sheets, appeals, adjustments."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from members.queries import agency_name
from publishing.domain.handover_ground import Ground
from publishing.domain.handover_shape import Part, Row, part
from scoring.enums import AdjustmentKind, AdjustmentState, AppealState, SheetState
from scoring.models import Adjustment, Appeal, ScoreSheet


def scoring_group(ground: Ground) -> Part:
    """Sheets that are not verified, appeals and adjustments that nobody has decided; three queries."""
    lines: list[Row] = []
    facts: list[list[str]] = []
    sheets = ScoreSheet.objects.filter(year=ground.year).exclude(state=SheetState.VERIFIED).order_by("agency")
    for code, name, state in _named(ground, sheets, "agency").values_list("agency__code", "name", "state"):
        what = (_("Bảng chấm điểm"), name or code, str(SheetState(state).label))
        lines.append(Row(what, "sheet_list"))
        facts.append(["sheet", code, state])
    appeals = Appeal.objects.filter(year=ground.year, state=AppealState.FILED).order_by("pk")
    for pk, key, name, criterion in _named(ground, appeals, "filer").values_list(
        "pk", "key", "name", "line__criterion__code"
    ):
        what = (
            _("Kiến nghị về tiêu chí %(code)s") % {"code": criterion},
            name or "",
            str(AppealState.FILED.label),
        )
        lines.append(Row(what, "appeal_detail", pk))
        facts.append(["appeal", key, AppealState.FILED.value])
    changes = Adjustment.objects.filter(year=ground.year, state=AdjustmentState.PROPOSED).order_by("pk")
    for pk, key, name, kind in _named(ground, changes, "agency").values_list("pk", "key", "name", "kind"):
        what = (str(AdjustmentKind(kind).label), name or "", str(AdjustmentState.PROPOSED.label))
        lines.append(Row(what, "adjustment_detail", pk))
        facts.append(["adjustment", key, AdjustmentState.PROPOSED.value])
    return part(
        "scoring", _("Chấm điểm còn dở"), (_("Việc"), _("Đơn vị"), _("Trạng thái")), lines, facts,
        none=_("Không còn bảng chấm điểm, kiến nghị hay điều chỉnh nào chờ giải quyết."),
    )  # fmt: skip


def _named(ground: Ground, rows: QuerySet[Any], of: str) -> QuerySet[Any]:
    """The rows with the short name that an agency had at the year's end."""
    found: QuerySet[Any] = rows.annotate(name=agency_name(of, ground.year.ends_on, "short_name"))
    return found
