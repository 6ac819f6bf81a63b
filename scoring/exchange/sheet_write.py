"""Taking lines of a filled-in sheet over: one transaction, everything looked at again, only what was chosen."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from core import audit
from core.access import check
from core.errors import DomainError, Stale
from core.sheets import Table
from members.domain.lock import lock_year
from members.scope import Scope
from movements.models import ImportRun
from scoring.domain.entries import append_entry, clear_entry, raise_version
from scoring.domain.facts import facts_data, is_empty
from scoring.domain.release import refuse_final
from scoring.domain.shapes import NOT_ARISEN
from scoring.enums import EntrySource
from scoring.exchange.sheet_plan import Plan, Row, make_plan
from scoring.exchange.sheet_state import State, load
from scoring.models import ScoreLine, ScoreSheet


class PlanChanged(Exception):
    """What would be written is not what was shown; ``plan`` is what stands now."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        super().__init__()


@dataclass(frozen=True, slots=True)
class Taken:
    """What came of it; ``repeated``: the file was taken over before, nothing was written."""

    run: ImportRun
    repeated: bool = False


def take_over(
    scope: Scope,
    run_id: int,
    table: Table,
    told: Mapping[str, str],
    names: Callable[[str], str],
    *,
    agency_id: int,
    keys: Collection[str] | None,
    seen: str,
) -> Taken:
    """Write the chosen lines (``keys`` of criteria; None: every line that differs and is no clash).

    Effects in order: lock on the year, on the run, on the sheet; the plan once more; each line locked, its figure
    appended with source "imported", its words; the run, audit. Raises ``ScoreSheet.DoesNotExist``, ``Refused``,
    ``DomainError`` (nothing chosen), ``PlanChanged`` where the plan is not the one shown (``seen``), ``Stale`` for a
    line that changed at this very moment.
    """
    with transaction.atomic():
        scope = lock_year(scope)
        run = ImportRun.objects.select_for_update(of=("self",)).get(
            pk=run_id, year=scope.year, user=scope.user.pk
        )
        state = load(scope, agency_id, lock=True)
        if state is None:
            raise ScoreSheet.DoesNotExist
        check(scope, "sheet_edit", state.sheet)
        if run.applied_at:
            return Taken(run, repeated=True)
        refuse_final(scope.year)
        plan = make_plan(state, table, told, names)
        if plan.general or plan.mark != seen:
            raise PlanChanged(plan)
        chosen = [row for row in plan.choosable if _is_chosen(row, keys)]
        if not chosen:
            raise DomainError(_("Chọn ít nhất một dòng để nhập."), "keys")
        lines = _locked(chosen)
        entries = [
            entry for row in chosen if (entry := _write(scope, state, row, lines[row.current.line.pk]))
        ]
        run.counts, run.applied_at = plan.counts() | {"taken": len(chosen)}, timezone.now()
        run.save(update_fields=["counts", "applied_at", "updated_at"])
        source = run.counts | {"source": run.file.sha256, "agency": agency_id}
        audit.record_many(
            audit.cluster_chain(scope.year.cluster_id),
            [*entries, audit.Entry("sheet_import", state.sheet, after=source)],
            actor_id=scope.user.pk, role=scope.audit_role,
        )  # fmt: skip
        return Taken(run)


def _is_chosen(row: Row, keys: Collection[str] | None) -> bool:
    return row.is_ticked if keys is None else row.current.row.key in keys


def _locked(chosen: Collection[Row]) -> dict[int, ScoreLine]:
    """The lines with all that their figures are judged by, locked in the order of their ids; one query.

    Raises ``Stale`` for a line that is not the one of the plan any more.
    """
    versions = {row.current.line.pk: row.current.line.version for row in chosen}
    rows = ScoreLine.objects.select_for_update(of=("self",)).filter(pk__in=versions).order_by("pk")
    found = {line.pk: line for line in rows.select_related("criterion", "sheet__table", "sheet__agency")}
    for line in found.values():
        if line.version != versions[line.pk]:
            raise Stale(line)
    return found


def _write(scope: Scope, state: State, row: Row, line: ScoreLine) -> audit.Entry | None:
    """Figure and words of one locked line; what to tell the audit."""
    agency, level, given = state.sheet.agency_id, state.first_level, row.given
    words = {
        name: value
        for name, value in (("explanation", given.explanation), ("citation", given.citation))
        if getattr(line, name) != value
    }
    now = row.current.given.facts
    same = facts_data(given.facts) == facts_data(now) and given.facts.mark == now.mark
    if same and not (now.mark == NOT_ARISEN and "explanation" in words):
        if not words:
            return None
        before = {name: getattr(line, name) for name in words}
        raise_version(line, **words)
        return audit.Entry("score_text", line, before, words | {"code": row.current.row.code})
    if is_empty(given.facts):
        return clear_entry(line, level, agency, **words)
    reason = given.explanation if given.facts.mark == NOT_ARISEN else ""
    _entry, event = append_entry(
        scope,
        line,
        level,
        agency,
        given.facts,
        reason=reason,
        source=EntrySource.IMPORTED,
        standing=None,
        **words,
    )
    return event
