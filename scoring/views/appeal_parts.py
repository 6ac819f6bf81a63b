"""What the pages of appeals share."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.http import Http404, HttpRequest
from django.utils.translation import gettext as _

from core import files, staging
from core.access import check
from core.models import StagedUpload
from core.quantity import format_number
from members.scope import Scope
from movements.queries import LARGEST_ID
from scoring.domain.appeal_decide import scene_of
from scoring.domain.appeals import living_line
from scoring.domain.shapes import Facts
from scoring.enums import AppealState
from scoring.models import Appeal
from scoring.queries_appeals import appeal_for
from scoring.rules import is_announced
from scoring.totals import Board

LOOKS = {
    AppealState.FILED: ("wait", "clock"), AppealState.ACCEPTED: ("ok", ""), AppealState.PARTLY: ("ok", ""),
    AppealState.REFUSED: ("err", ""), AppealState.WITHDRAWN: ("", "arrow-back-up"),
}  # fmt: skip


def appeal_or_404(scope: Scope, pk: int) -> Appeal:
    """One that the person may read; an insider who may not gets the sentence of the right, an unknown one is 404."""
    row = appeal_for(scope, pk) if pk <= LARGEST_ID else None
    if row is None:
        raise Http404
    check(scope, "appeal_view", row)
    return row


def look_of(state: str) -> dict[str, str]:
    """How a state is drawn."""
    kind, icon = LOOKS[AppealState(state)]
    return {"kind": kind, "icon": icon, "text": str(AppealState(state).label)}


def held_files(request: HttpRequest, scope: Scope) -> tuple[list[StagedUpload], list[str]]:
    """Uploads kept from earlier showings without those given up, and the newly chosen; sentences on the refused."""
    data = request.POST
    dropped = set(data.getlist("drop_file"))
    earlier = staging.staged_by(scope.user.pk, data.getlist("held_file"))
    staging.release(row for row in earlier if row.token in dropped)
    fresh = staging.stage(scope.user.pk, request.FILES.getlist("attached"))  # type: ignore[arg-type]
    return [row for row in earlier if row.token not in dropped] + fresh.staged, fresh.refusals


def held_rows(held: list[StagedUpload]) -> list[dict[str, Any]]:
    """Held uploads for ``<c-kept-files>``."""
    return [
        {
            "token": row.token, "name": row.name, "icon": files.icon_of(row.file.content_type),
            "size": files.size_words(row.file.size),
        }
        for row in held
    ]  # fmt: skip


@dataclass(frozen=True, slots=True)
class LineFigures:
    """The two figures of a line that an appeal is about, in words; ``differs``: whether they are not the same."""

    own: str
    final: str
    level: str
    reason: str
    differs: bool


def figures_of(board: Board, agency_id: int, code: str) -> LineFigures:
    """The own figure and the one that counts, of one line; no query."""
    first = board.levels[0].key
    own = board.results(agency_id, first)[code].points
    final = board.results(agency_id)[code].points
    level, given = board.final_figures(agency_id, code)
    reason = given[-1].reason if given and level and level.key != first else ""
    return LineFigures(number(own), number(final), str(level.label) if level else "", reason, own != final)


def number(value: Decimal | str | None) -> str:
    """Points as shown; a dash where there are none."""
    return "–" if value is None else format_number(Decimal(value))


def effect_rows(scope: Scope, row: Appeal) -> list[dict[str, str]]:
    """What the decision did: points and total, and the ranks for those who may see ranks."""
    found = [
        {"label": _("Điểm của tiêu chí"), "value": arrow(number(row.points_before), number(row.points_after))}
    ]
    kept = row.effect
    if kept.get("total_after") is not None:
        value = arrow(number(kept.get("total_before")), number(kept["total_after"]))
        found.append({"label": _("Tổng điểm của đơn vị"), "value": value})
    if sees_ranks(scope) and kept.get("rank_after"):
        value = arrow(str(kept.get("rank_before") or "–"), str(kept["rank_after"]))
        found.append({"label": _("Hạng"), "value": value})
    return found


def arrow(before: str, after: str) -> str:
    """ "15 → 17"; one figure where nothing changed."""
    return after if before == after else f"{before} → {after}"


def sees_ranks(scope: Scope) -> bool:
    """Leadership and council always, members when announced."""
    leads = scope.is_chair or scope.is_deputy or scope.is_officer or scope.is_observer
    return leads or is_announced.test(scope, None)


def what_if(scope: Scope, row: Appeal, points: Decimal | None) -> dict[str, Any] | None:
    """ "nếu chấp nhận: 91,5 → 92,0, hạng 3 → 2" for the decider; None without points or with impossible ones."""
    line = living_line(row)
    if line is None or points is None or not 0 <= points <= line.criterion.maximum:
        return None
    now, code = scene_of(scope), line.criterion.code
    before = now.standing(row.filer_id, code)
    after = now.standing(row.filer_id, code, Facts(points=points))
    return {
        "points": arrow(number(before.points), number(points)),
        "total": arrow(number(before.total), number(after.total)),
        "rank": arrow(str(before.rank or "–"), str(after.rank or "–")),
    }
