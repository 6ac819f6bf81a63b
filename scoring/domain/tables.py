"""The draft of a criteria table: begun, named, its way of counting set, thrown away. Its rows are in tables_rows.

A year has at most one draft and one table in force. What is in force never changes here: see tables_apply.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from core import audit
from core.access import check
from core.errors import DomainError, Problem, Stale
from members.domain.lock import lock_year
from members.models import ClusterYear
from members.scope import Scope
from scoring.domain.tables_tree import Tree
from scoring.enums import TableState
from scoring.models import CriteriaTable, Criterion
from scoring.table_rules import TableRules, checked, write

MOST_ROWS: Final = 1000
_COPIED: Final = (
    "key", "code", "order", "title", "guide", "rule", "part", "maximum", "unit", "better", "step", "places", "params",
    "evidence", "scored_by", "scorer_id", "applies_to", "due_on",
)  # fmt: skip
_HEAD: Final = ("title", "decision_number", "decision_date", "reason", "is_shared")


@dataclass(frozen=True, slots=True)
class HeadDraft:
    """What stands above a table; ``reason`` of a table that follows another one of the year."""

    title: str
    decision_number: str = ""
    decision_date: date | None = None
    reason: str = ""
    is_shared: bool = True


def draft_of(year: ClusterYear) -> CriteriaTable | None:
    """The draft of a year; one query."""
    return CriteriaTable.objects.filter(year=year, state=TableState.DRAFT).first()


def open_draft(scope: Scope, right: str = "criteria_edit") -> tuple[Scope, CriteriaTable]:
    """The draft, locked, for somebody who may write it; the caller is in a transaction.

    Raises ``Refused`` and ``CriteriaTable.DoesNotExist``. Lock order: year, table.
    """
    scope = lock_year(scope)
    check(scope, right)
    rows = CriteriaTable.objects.select_for_update(of=("self",))
    return scope, rows.get(year=scope.year, state=TableState.DRAFT)


def close_draft(
    scope: Scope,
    table: CriteriaTable,
    action: str,
    *,
    before: Any = None,
    after: Any = None,
    reason: str = "",
) -> None:
    """Count the edition on and tell the audit; the last thing a verb does."""
    table.edition += 1
    table.save(update_fields=["edition", "updated_at"])
    audit.record(
        audit.cluster_chain(scope.year.cluster_id), action, table, actor_id=scope.user.pk, role=scope.audit_role,
        before=before, after=after, reason=reason,
    )  # fmt: skip


def mark_of(values: Mapping[str, Any]) -> str:
    """A short mark of what a person saw, to tell whether somebody changed it meanwhile."""
    return hashlib.sha256(audit.canonical(values).encode()).hexdigest()[:16]


def head_picture(table: CriteriaTable) -> dict[str, Any]:
    """What stands above the table, as plain values."""
    return {name: getattr(table, name) for name in _HEAD}


# -- beginning -----------------------------------------------------------------------------------
def start_draft(
    scope: Scope, *, title: str, reason: str = "", base: CriteriaTable | None = None
) -> CriteriaTable:
    """Begin a draft: empty, or with the rows and the way of counting of ``base`` (a table that was in force).

    A draft beside a table in force is its next version and needs ``reason``; copied from that very table, each row
    remembers the code it had. Raises ``Refused``, ``DomainError`` (a draft stands already, no reason, no title).
    Effects in order: lock on the year, table, rows, audit.
    """
    with transaction.atomic():
        scope = lock_year(scope)
        check(scope, "criteria_edit")
        if found := _start_problems(scope.year, title, reason):
            raise DomainError(found)
        table = make_draft(scope.year, title, base, reason=reason)
        audit.record(
            audit.cluster_chain(scope.year.cluster_id), "criteria_start", table, actor_id=scope.user.pk,
            role=scope.audit_role, after={"title": title, "version": table.version, "source": table.source},
            reason=reason,
        )  # fmt: skip
        return table


def _start_problems(year: ClusterYear, title: str, reason: str) -> list[Problem]:
    if draft_of(year):
        return [Problem(_("Năm này đã có một bản đang soạn: sửa tiếp bản đó, hoặc bỏ nó trước."))]
    found = _head_problems(HeadDraft(title, reason=reason))
    if _in_force(year) and not reason:
        found.append(Problem(_("Ghi lý do sửa bảng tiêu chí đang áp dụng."), "reason"))
    return found


def _in_force(year: ClusterYear) -> CriteriaTable | None:
    return CriteriaTable.objects.filter(year=year, state=TableState.APPLIED).first()


def make_draft(
    year: ClusterYear, title: str, base: CriteriaTable | None, *, reason: str = ""
) -> CriteriaTable:
    """The rows of a draft, without asking for a right; the caller is in a transaction and tells the audit."""
    last = CriteriaTable.objects.filter(year=year).aggregate(last=Max("version"))["last"] or 0
    follows = base is not None and base.year_id == year.pk
    table = CriteriaTable.objects.create(
        year=year, version=last + 1, title=title, reason=reason, settings=dict(base.settings) if base else {},
        source=source_words(base) if base else "", is_shared=base.is_shared if follows and base else True,
    )  # fmt: skip
    if base is not None:
        copy_rows(Criterion.objects.filter(table=base).order_by("order", "pk"), table, follows=follows)
    return table


def source_words(table: CriteriaTable) -> str:
    """Where a table was taken from, in words that last."""
    words = {"version": table.version, "label": table.year.label, "cluster": table.year.cluster.name}
    return (_("Bản %(version)s năm %(label)s, %(cluster)s") % words)[:300]


def copy_rows(rows: Iterable[Criterion], table: CriteriaTable, *, follows: bool) -> int:
    """Copy criteria into an empty table, level by level; how many.

    ``follows``: the table is the next version of theirs, so each row is known by the code it had.
    """
    tree = Tree(rows)
    made: dict[int | None, int | None] = {None: None}
    level = tree.below(None)
    count = 0
    while level:
        copies = [
            Criterion(
                table=table, parent_id=made[row.parent_id], former_code="",
                **{name: getattr(row, name) for name in _COPIED},
            )
            for row in level
        ]  # fmt: skip
        for number, one in _places(copies):
            one.order = number
            if not follows:
                one.due_on = None
        Criterion.objects.bulk_create(copies)
        made |= {row.pk: one.pk for row, one in zip(level, copies, strict=True)}
        count += len(copies)
        level = [child for row in level for child in tree.below(row.pk)]
    return count


def _places(rows: Iterable[Criterion]) -> list[tuple[int, Criterion]]:
    counted: dict[int | None, int] = {}
    found = []
    for row in rows:
        counted[row.parent_id] = counted.get(row.parent_id, 0) + 1
        found.append((counted[row.parent_id], row))
    return found


# -- head, settings ------------------------------------------------------------------------------
def save_head(scope: Scope, draft: HeadDraft, *, mark: str) -> CriteriaTable:
    """Name the draft and the paper it rests on. Raises ``Refused``, ``Stale``, ``DomainError``.

    Effects in order: lock on the year, lock on the table, table, audit.
    """
    with transaction.atomic():
        scope, table = open_draft(scope)
        before = head_picture(table)
        if mark != mark_of(before):
            raise Stale(table)
        if found := _head_problems(draft):
            raise DomainError(found)
        if _in_force(scope.year) and not draft.reason:
            raise DomainError(_("Ghi lý do sửa bảng tiêu chí đang áp dụng."), "reason")
        for name in _HEAD:
            setattr(table, name, getattr(draft, name))
        old, new = audit.changed(before, head_picture(table))
        if new:
            table.save(update_fields=[*_HEAD])
            close_draft(scope, table, "criteria_head", before=old, after=new)
        return table


def _head_problems(draft: HeadDraft) -> list[Problem]:
    found = []
    if not draft.title:
        found.append(Problem(_("Ghi tên bảng tiêu chí."), "title"))
    for name, most in (("title", 200), ("decision_number", 60), ("reason", 500)):
        if len(getattr(draft, name)) > most:
            found.append(Problem(_("Dài nhất %(most)s ký tự.") % {"most": most}, name))
    return found


def save_settings(scope: Scope, rules: TableRules, *, mark: str) -> CriteriaTable:
    """Set how the draft counts. Raises ``Refused``, ``Stale``, ``DomainError`` naming the setting.

    Effects in order: lock on the year, lock on the table, table, audit.
    """
    with transaction.atomic():
        scope, table = open_draft(scope)
        if mark != mark_of(table.settings):
            raise Stale(table)
        wanted = write(rules)
        _read, problems = checked(wanted)
        if problems:
            raise DomainError(problems)
        old, new = audit.changed(table.settings, wanted)
        if new:
            table.settings = wanted
            table.save(update_fields=["settings"])
            close_draft(scope, table, "criteria_settings", before=old, after=new)
        return table


def drop_draft(scope: Scope, *, edition: int) -> None:
    """Throw the draft away; what is in force stays. Raises ``Refused``, ``Stale``.

    Effects in order: lock on the year, lock on the table, rows, table, audit.
    """
    with transaction.atomic():
        scope, table = open_draft(scope)
        if table.edition != edition:
            raise Stale(table)
        codes = [row.code for row in Tree(Criterion.objects.filter(table=table)).rows]
        told = CriteriaTable(pk=table.pk)
        before = {**head_picture(table), "version": table.version, "codes": codes}
        table.delete()
        audit.record(
            audit.cluster_chain(scope.year.cluster_id), "criteria_drop", told, actor_id=scope.user.pk,
            role=scope.audit_role, before=before,
        )  # fmt: skip
