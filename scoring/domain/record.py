"""Recording a ranking: each time a whole new revision, the earlier ones stay."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

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
from scoring.domain.ranking import Standing, expected_ranks, order_contradicts_points, rank
from scoring.enums import RankingMethod
from scoring.models import Ranking, RankingEntry


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


def ranks_from_points(lines: Sequence[Line], rules: charter.Rules) -> dict[int, int | None]:
    """Ranks that the points alone give, by the charter's way of counting."""
    placed = rank([Standing(line.agency_id, line.points) for line in lines], dense=rules.dense)
    return {int(str(one.key)): one.rank for one in placed}


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
        if problems := problems_of(draft, year, rules, scope.today):
            raise DomainError(problems)
        ranking = Ranking.objects.create(
            year=year, revision=draft.base + 1, method=draft.method, decided_on=draft.decided_on,
            note=draft.note, reason=draft.reason,
        )  # fmt: skip
        entries = [
            RankingEntry(
                ranking=ranking, agency_id=line.agency_id, rank=line.rank, points=line.points, votes=line.votes,
                note=line.note,
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
