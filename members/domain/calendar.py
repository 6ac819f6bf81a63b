"""The planned days of a year's steps: dates measure lateness, only people (or the command) open and close a step."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from core import audit
from core.access import check
from core.dates import format_date, local_today
from core.errors import DomainError, Problem, Stale
from members.domain.lock import lock_year
from members.enums import PhaseKind
from members.models import ClusterYear, Phase
from members.scope import Scope

FAR = timedelta(
    days=366
)  # a planned day further than this from the year, or from today, is a slip of the pen
LAST = PhaseKind.values[-1]


@dataclass(frozen=True, slots=True)
class Planned:
    """What is planned for a step: first and last day (counted in full), and whether it moves on by itself after it."""

    first: date | None = None
    last: date | None = None
    moves_on: bool = False


Plan = Mapping[str, Planned]  # by kind of step


def plan_of(rows: Sequence[Phase]) -> dict[str, Planned]:
    """What stands now."""
    return {row.kind: Planned(row.planned_from, row.planned_to, row.moves_on) for row in rows}


def mark_of(plan: Plan) -> str:
    """A mark of a plan: it differs when any day does."""
    text = ";".join(f"{kind}={row.first}/{row.last}/{row.moves_on}" for kind, row in sorted(plan.items()))
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def plan_year(scope: Scope, plan: Plan, mark: str, reason: str = "") -> dict[str, Planned] | None:
    """Write the days of all steps of the year; the steps it changed, None when nothing differs.

    ``mark`` is that of the plan the form was shown with. A last day in the past is allowed: it closes nothing. Effects
    in order: right ``calendar_edit``, lock of the year, right again, days, audit with the days before and after. Raises
    ``Refused``, ``Stale`` with the plan that stands when somebody else changed it, ``DomainError`` with every problem;
    a problem's field is ``<kind>-first``, ``<kind>-last`` or ``<kind>-moves_on``.
    """
    check(scope, "calendar_edit")
    with transaction.atomic():
        scope = lock_year(scope)
        check(scope, "calendar_edit")
        rows = list(Phase.objects.filter(year=scope.year).order_by("order"))
        standing = plan_of(rows)
        wanted = {kind: plan.get(kind, row) for kind, row in standing.items()}
        if mark != mark_of(standing):
            if wanted == standing:
                return None
            raise Stale(standing)
        found = problems_of(scope.year, rows, wanted, local_today(timezone.now()))
        if found:
            raise DomainError(found)
        changed = {kind: row for kind, row in wanted.items() if row != standing[kind]}
        if not changed:
            return None
        for row in rows:
            if row.kind in changed:
                _write(row, changed[row.kind])
        before = {kind: _words(standing[kind]) for kind in changed}
        after = {kind: _words(row) for kind, row in changed.items()}
        audit.record(
            audit.cluster_chain(scope.year.cluster_id), "calendar_edit", scope.year,
            actor_id=scope.user_key(), role=scope.audit_role, before=before, after=after, reason=reason,
        )  # fmt: skip
    return changed


def _write(row: Phase, planned: Planned) -> None:
    row.planned_from, row.planned_to, row.moves_on = planned.first, planned.last, planned.moves_on
    row.save(update_fields=["planned_from", "planned_to", "moves_on"])


def _words(planned: Planned) -> dict[str, Any]:
    return {
        "planned_from": planned.first,
        "planned_to": planned.last,
        "moves_on": planned.moves_on,
    }


# -- checks --------------------------------------------------------------------------------------
def problems_of(year: ClusterYear, rows: Sequence[Phase], plan: Plan, today: date) -> list[Problem]:
    """Everything that is wrong with a plan, step by step, in the order of the year."""
    found: list[Problem] = []
    for row in rows:
        found += _alone(year, row, plan[row.kind], today)
    return found or [*_disorder(plan, "first"), *_disorder(plan, "last")]


def _alone(year: ClusterYear, row: Phase, planned: Planned, today: date) -> Iterator[Problem]:
    for name, day in (("first", planned.first), ("last", planned.last)):
        if day and not year.starts_on - FAR <= day <= max(year.ends_on, today) + FAR:
            text = _("Ngày %(day)s quá xa năm %(label)s.")
            yield Problem(text % {"day": format_date(day), "label": year.label}, f"{row.kind}-{name}")
    if planned.first and planned.last and planned.last < planned.first:
        yield Problem(_("Ngày kết thúc không thể trước ngày bắt đầu."), f"{row.kind}-last")
    if not planned.moves_on:
        return
    field = f"{row.kind}-moves_on"
    if row.kind == LAST:
        yield Problem(_("Bước cuối không tự đóng: đóng năm luôn do người quyết định."), field)
    elif not planned.last:
        yield Problem(_("Muốn tự chuyển bước thì phải có ngày hết hạn."), field)
    elif row.opened_at and not row.closed_at and planned.last < today and not row.moves_on:
        text = _("Bước này đang mở và đã quá ngày %(day)s: hãy lùi ngày hết hạn, hoặc bấm “Chuyển bước”.")
        yield Problem(text % {"day": format_date(planned.last)}, field)


def _disorder(plan: Plan, end: str) -> Iterator[Problem]:
    """Steps follow each other: none begins, or ends, before one that stands before it."""
    given = [(kind, getattr(plan[kind], end)) for kind in PhaseKind.values if kind in plan]
    known = [(kind, day) for kind, day in given if day]
    for (before, day), (kind, next_day) in pairwise(known):
        if next_day < day:
            text = (
                _("Bước “%(step)s” không thể bắt đầu trước bước “%(before)s” (%(day)s).")
                if end == "first"
                else _("Bước “%(step)s” không thể kết thúc trước bước “%(before)s” (%(day)s).")
            )
            words = {
                "step": PhaseKind(kind).label,
                "before": PhaseKind(before).label,
                "day": format_date(day),
            }
            yield Problem(text % words, f"{kind}-{end}")


def remarks_on(plan: Plan) -> list[str]:
    """What a plan allows but a reader should know: a step planned to begin before the one before it ends."""
    known = [(kind, plan[kind]) for kind in PhaseKind.values if kind in plan]
    found = []
    for (before, one), (kind, following) in pairwise(known):
        if one.last and following.first and following.first <= one.last:
            found.append(
                _("Bước “%(step)s” dự kiến bắt đầu %(first)s, khi bước “%(before)s” chưa hết hạn (%(last)s): "
                  "bước sau chỉ mở khi bước trước đã đóng.")
                % {"step": PhaseKind(kind).label, "first": format_date(following.first),
                   "before": PhaseKind(before).label, "last": format_date(one.last)}
            )  # fmt: skip
    return found
