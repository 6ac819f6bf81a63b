"""Questions about score sheets, and the one place that says who sees which figure; a constant number of queries.

Words: a *level* is a step of scoring (``table_rules.levels``); a *figure* is what somebody gave a line at a level.

Who sees what (performance.md A4, A9). An agency sees the figures its own staff gave; what others gave it appears when
the points are released to the members, and of that only the levels that count. Leadership and council see every figure
of a sheet that was sent; a draft is its agency's alone. Who scores at a blind level sees nobody else's figures until
the own work is finished. Nobody else sees anything. Every page, export, paper and task asks here.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery

from core.db import joined
from members import phases
from members.enums import PhaseKind, Role
from members.models import CarryOver, RoleTerm
from members.queries import covering
from members.scope import Scope
from scoring.enums import ScoredBy, SheetState
from scoring.models import Assignment, ScoreEntry, ScoreSheet, YearScoring
from scoring.table_rules import Level
from scoring.table_rules import read as read_settings
from scoring.totals import Board, SheetData


def of_year(scope: Scope) -> QuerySet[ScoreSheet]:
    """All sheets of the year as the rights need them; what they hold is not everybody's to read.

    Annotated: ``owner_is_chair`` (or the chair took over its records), ``released_at`` (points opened to the members),
    ``is_touched`` (somebody else gave a figure already), ``my_levels`` and ``my_open_levels`` (keys of the levels that
    the person's agencies were given to score, and of those not finished yet; text with commas).
    """
    chairs = covering(RoleTerm.objects.filter(cluster=scope.cluster.pk, role=Role.CHAIR), scope.today)
    heir = CarryOver.objects.filter(
        year=scope.year, predecessor=OuterRef("agency"), successor__in=chairs.values("agency")
    )
    mine = Assignment.objects.filter(
        year=scope.year, scorer__in=own_agencies(scope), subject=OuterRef("agency")
    )
    foreign = ScoreEntry.objects.filter(
        line__sheet=OuterRef("pk"), line__criterion__scored_by=ScoredBy.SELF, is_current=True
    ).exclude(scorer=OuterRef("agency"))
    return (
        ScoreSheet.objects.filter(year=scope.year)
        .select_related("table", "agency")
        .annotate(
            owner_is_chair=Exists(chairs.filter(agency=OuterRef("agency"))) | Exists(heir),
            released_at=Subquery(YearScoring.objects.filter(year=scope.year).values("released_at")[:1]),
            is_touched=Exists(foreign),
            my_levels=joined(mine, "level"),
            my_open_levels=joined(mine.filter(finished_at__isnull=True), "level"),
        )
        .order_by("agency")
    )


def sheets_for(scope: Scope) -> QuerySet[ScoreSheet]:
    """The sheets whose existence and state the person may know: see :func:`of_year` for what they carry.

    The own ones; for leadership and council all; for who scores others those of the agencies they score.
    """
    rows = of_year(scope)
    if scope.is_chair or scope.is_deputy or scope.is_officer or scope.is_observer:
        return rows
    mine = Assignment.objects.filter(
        year=scope.year, scorer__in=own_agencies(scope), subject=OuterRef("agency")
    )
    return rows.filter(Q(agency__in=scope.answers_for) | Exists(mine))


def sheet_for(scope: Scope, agency_id: int, *, lock: bool = False) -> ScoreSheet | None:
    """The agency's sheet as the person may know it, annotated; one query."""
    rows = sheets_for(scope).filter(agency=agency_id)
    return (rows.select_for_update(of=("self",)) if lock else rows).first()


def own_agencies(scope: Scope) -> frozenset[int]:
    """Agencies for which the person gives figures: members, and those that score from outside."""
    return scope.answers_for | scope.scores_for


def is_released(scope: Scope, sheet: Any) -> bool:
    """Whether the points of others stand open to the agency: released, or its year is announced or closed."""
    return sheet.released_at is not None or _is_announced(scope)


def scoring_is_over(scope: Scope) -> bool:
    """Whether nobody gives figures any more, so that being blind to others would serve nothing."""
    return scope.sealed or scope.open_phase in (PhaseKind.DELIBERATE, PhaseKind.PUBLISH)


def _is_announced(scope: Scope) -> bool:
    return scope.sealed or phases.opens(scope.open_phase, phases.ANNOUNCED)


def visible_levels(scope: Scope, sheet: Any) -> frozenset[str]:
    """Keys of the levels whose figures the person sees, whoever gave them; no query.

    ``sheet`` comes from :func:`sheets_for`. Figures the person's own agency gave are seen besides: see :func:`shown`.
    """
    levels = read_settings(sheet.table.settings).levels
    if sheet.agency_id in scope.answers_for:
        return (
            frozenset(one.key for one in levels if one.counts) if is_released(scope, sheet) else frozenset()
        )
    open_levels = _keys(sheet.my_open_levels)
    if not scoring_is_over(scope) and any(one.blind and one.key in open_levels for one in levels):
        return frozenset()
    if sheet.state == SheetState.DRAFT:
        return frozenset()
    if scope.is_chair or scope.is_deputy or scope.is_officer or scope.is_observer:
        return frozenset(one.key for one in levels)
    return _before(levels, _keys(sheet.my_levels))


def _keys(text: str | None) -> frozenset[str]:
    return frozenset((text or "").split(",")) - {""}


def _before(levels: Iterable[Level], mine: frozenset[str]) -> frozenset[str]:
    """Levels before the last one that the person scores."""
    keys = [one.key for one in levels]
    places = [keys.index(key) for key in mine if key in keys]
    return frozenset(keys[: max(places)]) if places else frozenset()


def shown(scope: Scope, sheet: Any, level: str, scorer_id: int) -> bool:
    """Whether the person sees the figure that ``scorer_id`` gave at ``level``; no query."""
    if sheet.agency_id in scope.answers_for and scorer_id == sheet.agency_id:
        return True
    return scorer_id in own_agencies(scope) or level in visible_levels(scope, sheet)


def narrowed(scope: Scope, board: Board, sheets: Iterable[Any]) -> Board:
    """The board with those sheets and figures alone that the person sees: what it computes then tells no more.

    Points of an act come from everybody's figures, so they stay out before points were released; adjustments of others
    before ranks are announced. ``sheets`` come from :func:`sheets_for`. No query.
    """
    kept: dict[int, SheetData] = {}
    known, compared = set(scope.answers_for), True
    wide = scope.is_chair or scope.is_deputy or scope.is_officer or scope.is_observer
    for sheet in sheets:
        data = board.sheets.get(sheet.agency_id)
        if data is None:
            continue
        own, levels = sheet.agency_id in scope.answers_for, visible_levels(scope, sheet)
        compared = compared and (wide or is_released(scope, sheet))
        if wide or _is_announced(scope):
            known.add(sheet.agency_id)
        givers = own_agencies(scope) | ({sheet.agency_id} if own else frozenset())
        figures = {
            code: [one for one in some if one.level in levels or one.scorer_id in givers]
            for code, some in data.figures.items()
        }
        kept[sheet.agency_id] = replace(data, figures={code: some for code, some in figures.items() if some})
    changes = {agency: some for agency, some in board.changes.items() if agency in known}
    act = board.act if compared else None
    return replace(board, sheets=kept, changes=changes, act=act, _nodes={}, _results={})
