"""Recording a ranking: each time a whole new revision, the earlier ones stay."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from core import audit
from core.access import check
from core.errors import DomainError, Problem, Stale
from members import charter
from members.domain.lock import lock_year
from members.models import Charter, ClusterYear
from members.queries import assessed_among, member_rows
from members.scope import Scope
from scoring.domain.bands import Graded
from scoring.domain.ranking import expected_ranks, order_contradicts_points
from scoring.enums import RankingMethod
from scoring.models import Ranking, RankingEntry
from scoring.results import YearResult, grades, previous_ranks, ranked, year_result
from scoring.why import kept


@dataclass(frozen=True, slots=True)
class Line:
    """What is recorded of one agency."""

    agency_id: int
    rank: int | None = None
    points: Decimal | None = None
    votes: int | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Draft:
    """A ranking to be recorded; ``base`` is the revision it was made from (0 for none)."""

    method: str
    lines: tuple[Line, ...]
    base: int = 0
    decided_on: date | None = None
    note: str = ""
    reason: str = ""


def ranks_from(year: ClusterYear, method: str, lines: Sequence[Line]) -> dict[int, int | None]:
    """Ranks that the typed points (by ballot: votes) give, ties broken by the charter's list."""
    result = year_result(year)
    way = "score" if method != RankingMethod.VOTE else result.rules.combine
    found = ranked(
        result, votes={line.agency_id: line.votes for line in lines}, before=previous_ranks(year),
        points={line.agency_id: line.points for line in lines},
        way="vote" if method == RankingMethod.VOTE and way not in ("vote", "shortlist") else way,
    )  # fmt: skip
    return {one.row.member.agency_id: one.placed.rank for one in found}


def points_from_totals(year: ClusterYear) -> dict[int, Decimal | None]:
    """The totals as they stand, by agency; empty without a criteria table in force. Who is out has none."""
    result = year_result(year)
    if result.board is None:
        return {}
    return {one.row.member.agency_id: one.points for one in ranked(result)}


def record_ranking(scope: Scope, draft: Draft) -> Ranking:
    """Write the next revision of the year's ranking and return it.

    Effects in order: lock of the year, right ``ranking_edit``, checks, revision with its entries, audit.
    Raises ``Stale`` when another revision came first, ``DomainError`` with every sentence that applies.
    """
    with transaction.atomic():
        scope = lock_year(scope)
        year = scope.year
        check(scope, "ranking_edit")
        newest = Ranking.objects.filter(year=year).order_by("-revision").first()
        if (newest.revision if newest else 0) != draft.base:
            raise Stale(newest)
        rules = charter.read(Charter.objects.filter(year=year).values_list("data", flat=True).first() or {})
        result = year_result(year)
        problems = problems_of(draft, year, rules, scope.today) + _disqualified(draft, result)
        if problems:
            raise DomainError(problems)
        ranking = Ranking.objects.create(
            year=year, revision=draft.base + 1, method=draft.method, decided_on=draft.decided_on,
            note=draft.note, reason=draft.reason, act=result.board.act if result.board else None,
        )  # fmt: skip
        labels, whys = _grades(draft, result), _whys(draft, result)
        entries = [
            RankingEntry(
                ranking=ranking, agency_id=line.agency_id, rank=line.rank, points=line.points, votes=line.votes,
                note=line.note, grade=labels[line.agency_id].label or "", why=whys.get(line.agency_id, {}),
            )
            for line in draft.lines
        ]  # fmt: skip
        RankingEntry.objects.bulk_create(entries)
        audit.record(
            audit.cluster_chain(year.cluster_id), "ranking_record", ranking,
            actor_id=scope.user.pk, role=scope.audit_role,
            after={**audit.snapshot(ranking), "entries": [audit.snapshot(entry, "id") for entry in entries]},
            reason=draft.reason,
        )  # fmt: skip
    return ranking


def _grades(draft: Draft, result: YearResult) -> dict[Hashable, Graded]:
    """Grades by the recorded points and ranks."""
    return grades(result, {line.agency_id: (line.points, line.rank) for line in draft.lines})


def _whys(draft: Draft, result: YearResult) -> dict[int, dict[str, Any]]:
    """What is kept of every agency that has a place in the year's points; nothing without a criteria table."""
    if result.board is None:
        return {}
    votes = {line.agency_id: line.votes for line in draft.lines}
    placed = {
        one.row.member.agency_id: one
        for one in ranked(result, votes=votes, before=previous_ranks(result.year))
    }
    labels = _grades(draft, result)
    return {
        line.agency_id: kept(
            result, replace(placed[line.agency_id], graded=labels[line.agency_id]), line.rank
        )
        for line in draft.lines
        if line.agency_id in placed
    }


def _disqualified(draft: Draft, result: YearResult) -> list[Problem]:
    out = {
        row.member.agency_id: row.final.disqualified
        for row in result.rows
        if row.final is not None and row.final.disqualified
    }
    sentence = _("Đơn vị không được xét thi đua thì không xếp hạng: %(grounds)s.")
    return [
        Problem(sentence % {"grounds": "; ".join(out[line.agency_id])}, f"{line.agency_id}-rank")
        for line in draft.lines
        if line.rank is not None and line.agency_id in out
    ]


def problems_of(draft: Draft, year: ClusterYear, rules: charter.Rules, today: date) -> list[Problem]:
    """Everything wrong with a draft; fields are ``method``, ``reason``, … or ``<agency id>-rank`` for a line."""
    rows = member_rows(year)
    members = {row.agency_id: row.name for row in rows}
    assessed = assessed_among(year, rows)
    problems: list[Problem] = []
    if strangers := [line for line in draft.lines if line.agency_id not in members]:
        problems += [
            Problem(_("Đơn vị này không thuộc Cụm trong năm."), f"{line.agency_id}-rank")
            for line in strangers
        ]
    problems += [
        Problem(_not_assessed(members[line.agency_id], year), f"{line.agency_id}-rank")
        for line in draft.lines
        if line.rank is not None and line.agency_id in members and line.agency_id not in assessed
    ]
    if draft.method not in RankingMethod.values:
        problems.append(Problem(_("Chọn cách xếp hạng."), "method"))
    if draft.base and not draft.reason:
        problems.append(Problem(_("Ghi lý do sửa bảng xếp hạng đã ghi."), "reason"))
    if draft.decided_on and draft.decided_on > today:
        problems.append(Problem(_("Ngày xét không thể ở tương lai."), "decided_on"))
    ranked = [line for line in draft.lines if line.rank is not None]
    if not ranked:
        problems.append(Problem(_("Ghi hạng của ít nhất một đơn vị."), "ranks"))
    right = expected_ranks([line.rank or 0 for line in ranked], dense=rules.dense)
    for line, wanted in zip(ranked, right, strict=True):
        if line.rank != wanted:
            sentence = _("Hạng %(rank)s không khớp: theo quy chế phải là hạng %(wanted)s.")
            problems.append(
                Problem(sentence % {"rank": line.rank, "wanted": wanted}, f"{line.agency_id}-rank")
            )
    if draft.method == RankingMethod.SCORE:
        problems += _score_problems(draft)
    return problems


def _not_assessed(name: str, year: ClusterYear) -> str:
    sentence = _(
        "%(agency)s không xếp hạng năm %(label)s: đã rời cụm trước ngày cuối năm, hoặc quyết định kế thừa kết quả xét "
        "đơn vị khác."
    )
    return sentence % {"agency": name, "label": year.label}


def _score_problems(draft: Draft) -> list[Problem]:
    problems = [
        Problem(_("Xếp hạng theo điểm thì đơn vị có hạng phải có điểm."), f"{line.agency_id}-points")
        for line in draft.lines
        if line.rank is not None and line.points is None
    ]
    if order_contradicts_points((line.rank, line.points) for line in draft.lines):
        problems.append(
            Problem(_("Thứ tự hạng trái với điểm. Sửa hạng, hoặc chọn cách xếp hạng khác."), "ranks")
        )
    return problems
