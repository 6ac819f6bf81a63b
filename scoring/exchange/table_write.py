"""Taking a criteria table over into the year's draft: one transaction, everything looked at again."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Final

from django.db import transaction
from django.db.models import CharField, Value
from django.db.models.functions import Cast, Concat
from django.utils import timezone
from django.utils.translation import gettext as _

from core.access import check
from core.errors import DomainError
from core.sheets import Table
from members.domain.lock import lock_year
from members.scope import Scope
from movements.models import ImportRun
from scoring.domain.tables import close_draft, make_draft
from scoring.domain.tables_rows import picture
from scoring.enums import TableState
from scoring.exchange.table_plan import CHANGED, NEW, WRITTEN, Plan, Planned, make_plan
from scoring.exchange.table_read import Indents
from scoring.models import CriteriaTable, Criterion

BATCH: Final = 100
LONGEST_REASON: Final = 500


class PlanChanged(Exception):
    """What would be written is not what was shown; ``plan`` is what stands now."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        super().__init__()


@dataclass(frozen=True, slots=True)
class Taken:
    """What came of it; ``repeated``: it was taken over before, or has nothing to change: nothing was written."""

    run: ImportRun
    repeated: bool = False


@dataclass
class _Told:
    before: dict[str, Any] = field(default_factory=dict)
    after: dict[str, Any] = field(default_factory=dict)


def take_over(
    scope: Scope, run_id: int, table: Table, indents: Indents, *, seen: str, reason: str = ""
) -> Taken:
    """Make the year's draft what the file says, if it still is what was shown (``seen``, the mark of the plan).

    Without a draft one is begun, with the way of counting of the table in force; that needs ``reason``. Effects in
    order: lock on the year, on the run, on the draft; the plan once more; table, rows, run, audit. Raises ``Refused``,
    ``DomainError`` (no reason), ``PlanChanged`` for faults and for a plan that is not the one shown.
    """
    with transaction.atomic():
        scope = lock_year(scope)
        check(scope, "criteria_edit")
        run = ImportRun.objects.select_for_update(of=("self",)).get(
            pk=run_id, year=scope.year, user=scope.user.pk
        )
        if run.applied_at:
            return Taken(run, repeated=True)
        drafts = CriteriaTable.objects.filter(year=scope.year, state=TableState.DRAFT)
        locked = drafts.select_for_update(of=("self",)).first()
        plan = make_plan(scope, table, indents)
        if plan.faults or plan.mark != seen:
            raise PlanChanged(plan)
        if not plan.touched:
            return Taken(run, repeated=True)
        if plan.needs_reason and not reason:
            raise DomainError(_("Ghi lý do sửa bảng tiêu chí đang áp dụng."), "reason")
        if len(reason) > LONGEST_REASON:
            raise DomainError(_("Dài nhất %(most)s ký tự.") % {"most": LONGEST_REASON}, "reason")
        draft = locked or _begin(scope, plan, reason)
        told = _write(scope, plan, draft, fresh=locked is None)
        run.counts, run.applied_at = plan.counts(), timezone.now()
        run.save(update_fields=["counts", "applied_at", "updated_at"])
        source = {"source": run.file.sha256, "counts": run.counts}
        close_draft(
            scope, draft, "criteria_import", before=told.before, after=told.after | source, reason=reason
        )
        return Taken(run)


def _begin(scope: Scope, plan: Plan, reason: str) -> CriteriaTable:
    title = (
        plan.base.title
        if plan.base
        else _("Bảng tiêu chí thi đua năm %(label)s") % {"label": scope.year.label}
    )
    draft = make_draft(scope.year, title, None, reason=reason)
    if plan.base is not None:
        draft.settings, draft.is_shared = dict(plan.base.settings), plan.base.is_shared
    draft.source = _("Nhập từ Excel")
    draft.save(update_fields=["settings", "is_shared", "source"])
    return draft


def _write(scope: Scope, plan: Plan, draft: CriteriaTable, *, fresh: bool) -> _Told:
    """Rows of the draft: kept ones change in place, the others are made or go. A code is freed before it is taken."""
    told = _Told()
    in_force = _codes_in_force(scope)
    if not fresh:
        freed = [row.pk for row in plan.removed]
        freed += [one.before.pk for one in plan.rows if one.before and "code" in one.changes]
        away = Concat(Value("~"), Cast("pk", CharField()), output_field=CharField())
        Criterion.objects.filter(table=draft, pk__in=freed).update(code=away)
    made: dict[int, Criterion] = {}
    counted: dict[int, int] = {}
    kept: list[Criterion] = []
    level = [one for one in plan.rows if one.item.parent is None]
    while level:
        new: list[Criterion] = []
        for one in level:
            above = id(one.item.parent) if one.item.parent else 0
            counted[above] = counted.get(above, 0) + 1
            row = _filled(one, draft, in_force, fresh=fresh)
            row.parent, row.order = made.get(above), counted[above]
            made[id(one.item)] = row
            (kept if row.pk else new).append(row)
            _tell(told, one, row)
        Criterion.objects.bulk_create(new)
        inside = {id(one.item) for one in level}
        level = [one for one in plan.rows if one.item.parent is not None and id(one.item.parent) in inside]
    if kept:
        names = (*WRITTEN, "former_code", "parent", "order")
        Criterion.objects.bulk_update(kept, names, batch_size=BATCH)
    _remove(plan, told, fresh=fresh)
    return told


def _remove(plan: Plan, told: _Told, *, fresh: bool) -> None:
    told.before |= {row.code: picture(row) for row in plan.removed}
    if not fresh:
        Criterion.objects.filter(pk__in=[row.pk for row in plan.removed]).delete()


def _filled(one: Planned, draft: CriteriaTable, in_force: frozenset[str], *, fresh: bool) -> Criterion:
    before = one.before
    row = before if before is not None and not fresh else Criterion(table=draft, key=one.item.key)
    old_code = before.code if before is not None else ""
    former = (before.former_code if before is not None and not fresh else "") or old_code
    code = one.values["code"]
    row.former_code = former if former and former != code and former in in_force else ""
    for name in WRITTEN:
        setattr(row, name, one.values[name])
    return row


def _codes_in_force(scope: Scope) -> frozenset[str]:
    """Codes that scores of the year are found by."""
    rows = Criterion.objects.filter(table__year=scope.year, table__state=TableState.APPLIED)
    return frozenset(rows.values_list("code", flat=True))


def _tell(told: _Told, one: Planned, row: Criterion) -> None:
    if one.status == NEW:
        told.after[row.code] = picture(row)
    elif one.status == CHANGED:
        told.before[row.code] = {key: old for key, (old, _new) in one.changes.items()}
        told.after[row.code] = {key: new for key, (_old, new) in one.changes.items()}
