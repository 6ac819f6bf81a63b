"""Verbs on the rows of a draft: add, change, move, copy, remove. Each is one transaction under the lock of the year."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import Any, Final

from django.db import transaction
from django.utils.translation import gettext as _

from core.errors import DomainError, Problem, Stale
from core.models import new_key
from core.quantity import format_number
from members.charter_parts import Unfit
from members.enums import AgencyKind
from members.models import Agency
from members.scope import Scope
from scoring.domain.tables import MOST_ROWS, close_draft, mark_of, open_draft
from scoring.domain.tables_tree import LONGEST_CODE, Tree
from scoring.enums import BetterWhen, EvidenceRule, LeafRule, ScoredBy, TablePart, TableState
from scoring.models import CriteriaTable, Criterion
from scoring.table_rules import params_of

MOST_POINTS: Final = Decimal(100_000)
_WRITTEN: Final = (
    "code", "title", "guide", "rule", "part", "maximum", "unit", "better", "step", "places", "params", "evidence",
    "scored_by", "scorer_id", "applies_to", "due_on", "former_code",
)  # fmt: skip
_CHOICES: Final = {
    "rule": LeafRule, "part": TablePart, "better": BetterWhen, "evidence": EvidenceRule, "scored_by": ScoredBy,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class CriterionDraft:
    """A criterion as it is to stand; ``parent_id`` None: at the top, ``KEEP``: where it is."""

    code: str
    title: str
    rule: str = LeafRule.DIRECT
    maximum: Decimal = Decimal(0)
    guide: str = ""
    part: str = TablePart.BASE
    unit: str = ""
    better: str = BetterWhen.HIGHER
    step: Decimal | None = None
    places: int | None = None
    params: Mapping[str, Any] = field(default_factory=dict)
    evidence: str = EvidenceRule.ASKED
    scored_by: str = ScoredBy.SELF
    scorer_id: int | None = None
    applies_to: tuple[str, ...] = ()
    due_on: date | None = None
    former_code: str = ""


def picture(row: Criterion) -> dict[str, Any]:
    """A criterion as plain values, without its place."""
    drawn = {name: getattr(row, name) for name in _WRITTEN}
    return drawn | {"applies_to": list(row.applies_to), "params": dict(row.params)}


def seen(row: Criterion) -> str:
    """The mark of a criterion as a person saw it."""
    return mark_of(picture(row) | {"parent": row.parent_id})


# -- verbs ---------------------------------------------------------------------------------------
def add_criterion(
    scope: Scope, draft: CriterionDraft, *, parent: int | None = None, after: int | None = None
) -> Criterion:
    """Add a criterion behind ``after``, else last below ``parent``, else last at the top.

    Raises ``Refused``, ``Criterion.DoesNotExist`` (no such place), ``DomainError``. Effects in order: lock on the
    year, lock on the table, rows, audit.
    """
    with transaction.atomic():
        scope, table = open_draft(scope)
        tree = tree_of(table)
        like = _row(tree, after) if after else None
        above = _row(tree, like.parent_id if like else parent) if (like and like.parent_id) or (
            not like and parent
        ) else None  # fmt: skip
        draft = replace(draft, former_code=draft.former_code or "")
        found = problems_of(table, tree, draft)
        if len(tree.rows) >= MOST_ROWS:
            found.append(
                Problem(_("Một bảng có nhiều nhất %(most)s dòng.") % {"most": format_number(MOST_ROWS)})
            )
        if found:
            raise DomainError(found)
        row = Criterion(table=table)
        _fill(row, draft)
        moved = tree.put(row, above, like)
        row.save()
        Criterion.objects.bulk_update([one for one in moved if one.pk != row.pk], ["parent", "order"])
        close_draft(scope, table, "criteria_add", after={row.code: picture(row)})
        return row


def change_criterion(
    scope: Scope, pk: int, draft: CriterionDraft, *, mark: str, parent: int | str | None = "keep"
) -> Criterion:
    """Change a criterion; a new code remembers the one in force, so that scores find it again.

    ``parent``: the section it shall stand in, None for the top, "keep" for where it is. Raises ``Refused``,
    ``Criterion.DoesNotExist``, ``Stale``, ``DomainError``. Effects in order: lock on the year, lock on the table,
    rows, audit.
    """
    with transaction.atomic():
        scope, table = open_draft(scope)
        tree = tree_of(table)
        row = _row(tree, pk)
        if mark != seen(row):
            raise Stale(row)
        draft = _with_former(scope, table, row, draft)
        if found := problems_of(table, tree, draft, row):
            raise DomainError(found)
        before = picture(row) | {"parent": _code(tree, row.parent_id)}
        moved: list[Criterion] = []
        if not isinstance(parent, str) and parent != row.parent_id:
            moved = tree.put(row, _row(tree, parent) if parent else None, None)
        _fill(row, draft)
        after = picture(row) | {"parent": _code(tree, row.parent_id)}
        if before == after:
            return row
        row.save()
        Criterion.objects.bulk_update([one for one in moved if one.pk != row.pk], ["parent", "order"])
        keys = [key for key in after if before[key] != after[key]]
        close_draft(
            scope, table, "criteria_change", before={before["code"]: {key: before[key] for key in keys}},
            after={row.code: {key: after[key] for key in keys}},
        )  # fmt: skip
        return row


def move_criterion(scope: Scope, pk: int, direction: str) -> Criterion:
    """Move a branch one step up, down, in or out; at the end of the road nothing happens.

    Raises ``Refused``, ``Criterion.DoesNotExist``, ``DomainError``. Effects in order: lock on the year, lock on the
    table, rows, audit.
    """
    with transaction.atomic():
        scope, table = open_draft(scope)
        tree = tree_of(table)
        row = _row(tree, pk)
        before = {"parent": _code(tree, row.parent_id), "order": row.order}
        if moved := tree.move(row, direction):
            Criterion.objects.bulk_update(moved, ["parent", "order"])
            after = {"parent": _code(tree, row.parent_id), "order": row.order}
            close_draft(scope, table, "criteria_move", before={row.code: before}, after={row.code: after})
        return row


def copy_branch(scope: Scope, pk: int) -> Criterion:
    """Lay a copy of a branch, with codes of its own, behind it. Raises ``Refused``, ``Criterion.DoesNotExist``,
    ``DomainError``.

    Effects in order: lock on the year, lock on the table, rows, audit.
    """
    with transaction.atomic():
        scope, table = open_draft(scope)
        tree = tree_of(table)
        first = _row(tree, pk)
        branch = tree.branch(first)
        if len(tree.rows) + len(branch) > MOST_ROWS:
            raise DomainError(_("Một bảng có nhiều nhất %(most)s dòng.") % {"most": format_number(MOST_ROWS)})
        codes = tree.codes_of_copy(first)
        made: dict[int, Criterion] = {}
        for row in branch:
            copy = Criterion(table=table, parent_id=row.parent_id, order=row.order, key=new_key())
            for name in _WRITTEN:
                setattr(copy, name, getattr(row, name))
            copy.code, copy.former_code = codes[row.pk], ""
            made[row.pk] = copy
        moved = tree.put(made[first.pk], tree.by_pk.get(first.parent_id or 0), first)
        _save_branch(tree, first, made)
        Criterion.objects.bulk_update([one for one in moved if one is not made[first.pk]], ["order"])
        close_draft(
            scope,
            table,
            "criteria_copy",
            after={"from": first.code, "codes": [codes[row.pk] for row in branch]},
        )
        return made[first.pk]


def _save_branch(tree: Tree, first: Criterion, made: Mapping[int, Criterion]) -> None:
    """Level by level, since a row must have its id before those below it."""
    level = [first]
    while level:
        for row in level:
            if row is not first:
                made[row.pk].parent_id = made[row.parent_id or 0].pk
        Criterion.objects.bulk_create([made[row.pk] for row in level])
        level = [child for row in level for child in tree.below(row.pk) if child.pk in made]


def remove_branch(scope: Scope, pk: int, *, edition: int) -> list[str]:
    """Take a branch out of the draft; the codes that went. Raises ``Refused``, ``Criterion.DoesNotExist``, ``Stale``.

    ``edition`` is the table's when the person read what would go. Effects in order: lock on the year, lock on the
    table, rows, audit.
    """
    with transaction.atomic():
        scope, table = open_draft(scope)
        tree = tree_of(table)
        row = _row(tree, pk)
        if table.edition != edition:
            raise Stale(table)
        branch = tree.branch(row)
        before = {one.code: picture(one) for one in branch}
        Criterion.objects.filter(pk__in=[one.pk for one in branch]).delete()
        likes = [one for one in tree.below(row.parent_id) if one.code not in before]
        for number, one in enumerate(likes, 1):
            one.order = number
        Criterion.objects.bulk_update(likes, ["order"])
        close_draft(scope, table, "criteria_remove", before=before)
        return list(before)


# -- inside --------------------------------------------------------------------------------------
def tree_of(table: CriteriaTable) -> Tree:
    """The rows of a table as a tree; one query."""
    return Tree(Criterion.objects.filter(table=table).order_by("order", "pk"))


def _row(tree: Tree, pk: int | None) -> Criterion:
    row = tree.by_pk.get(pk or 0)
    if row is None:
        raise Criterion.DoesNotExist
    return row


def _code(tree: Tree, pk: int | None) -> str:
    return tree.by_pk[pk].code if pk else ""


def _fill(row: Criterion, draft: CriterionDraft) -> None:
    for name in _WRITTEN:
        setattr(row, name, getattr(draft, name))
    row.params, row.applies_to = dict(draft.params), list(draft.applies_to)


def _with_former(scope: Scope, table: CriteriaTable, row: Criterion, draft: CriterionDraft) -> CriterionDraft:
    """A new code remembers the one in force, unless something else was said; back at it, it forgets."""
    if draft.former_code and draft.former_code == draft.code:
        return replace(draft, former_code="")
    if draft.former_code or draft.code == row.code:
        return draft
    known = Criterion.objects.filter(
        table__year=scope.year, table__state=TableState.APPLIED, code=row.former_code or row.code
    )
    return replace(draft, former_code=row.former_code or row.code) if known.exists() else draft


def problems_of(
    table: CriteriaTable, tree: Tree, draft: CriterionDraft, row: Criterion | None = None
) -> list[Problem]:
    """Everything wrong with a criterion; fields are those of the draft. What is only missing is said on applying."""
    found = [
        Problem(_("Chọn lại trong danh sách."), name)
        for name, choices in _CHOICES.items() if getattr(draft, name) not in choices.values
    ]  # fmt: skip
    found += _text_problems(draft)
    others = [one for one in tree.rows if row is None or one.pk != row.pk]
    if any(one.code.casefold() == draft.code.casefold() for one in others):
        found.append(Problem(_("Bảng này đã có tiêu chí cùng số mục."), "code"))
    if draft.former_code and any(one.former_code == draft.former_code for one in others):
        found.append(Problem(_("Đã có tiêu chí khác tiếp nối số mục này."), "former_code"))
    if row is not None and draft.rule != LeafRule.SECTION and tree.below(row.pk):
        found.append(
            Problem(_("Mục này còn chứa tiêu chí con: chuyển hoặc xóa chúng trước khi đổi loại."), "rule")
        )
    found += _figure_problems(draft)
    found += _scorer_problems(draft)
    try:
        params_of(draft.rule, dict(draft.params))
    except Unfit as unfit:
        found.append(Problem(str(unfit), "params"))
    return found


def _text_problems(draft: CriterionDraft) -> list[Problem]:
    found = []
    if not draft.code:
        found.append(Problem(_("Ghi số mục, ví dụ II.3."), "code"))
    if not draft.title:
        found.append(Problem(_("Ghi nội dung tiêu chí."), "title"))
    lengths = {"code": LONGEST_CODE, "title": 500, "guide": 2000, "unit": 30, "former_code": LONGEST_CODE}
    for name, most in lengths.items():
        if len(getattr(draft, name)) > most:
            found.append(Problem(_("Dài nhất %(most)s ký tự.") % {"most": format_number(most)}, name))
    return found


def _figure_problems(draft: CriterionDraft) -> list[Problem]:
    found = []
    if not 0 <= draft.maximum <= MOST_POINTS:
        found.append(Problem(_("Điểm tối đa từ 0 đến 100.000."), "maximum"))
    if draft.step is not None and not 0 < draft.step <= MOST_POINTS:
        found.append(Problem(_("Bước điểm phải lớn hơn 0."), "step"))
    if draft.places is not None and not 0 <= draft.places <= 4:
        found.append(Problem(_("Điểm có nhiều nhất bốn chữ số thập phân."), "places"))
    return found


def _scorer_problems(draft: CriterionDraft) -> list[Problem]:
    found = []
    outside = draft.scored_by == ScoredBy.OUTSIDE
    if outside and draft.scorer_id is None:
        found.append(Problem(_("Chọn cơ quan ngoài cụm chấm tiêu chí này."), "scorer"))
    if not outside and draft.scorer_id is not None:
        found.append(Problem(_("Chỉ chọn cơ quan chấm khi tiêu chí do cơ quan ngoài cụm chấm."), "scorer"))
    if draft.scorer_id is not None and not Agency.objects.filter(pk=draft.scorer_id).exists():
        found.append(Problem(_("Chọn lại trong danh sách."), "scorer"))
    if not set(draft.applies_to) <= set(AgencyKind.values):
        found.append(Problem(_("Chọn lại trong danh sách."), "applies_to"))
    return found


def as_draft(row: Criterion) -> CriterionDraft:
    """The criterion as it stands, ready to be changed in part."""
    values = {name: getattr(row, name) for name in _WRITTEN}
    return CriterionDraft(**values | {"applies_to": tuple(row.applies_to), "params": dict(row.params)})


def values_of(draft: CriterionDraft) -> dict[str, Any]:
    """The draft as plain values."""
    return asdict(draft)


def leaves_of(rows: Iterable[Criterion]) -> list[Criterion]:
    """Those that earn points."""
    return [row for row in rows if row.rule != LeafRule.SECTION]
