"""Saving one row of the quick entry grid: recorded through the ordinary verb, or kept as it was typed.

A row is saved by its key: sending it again, whatever became of the answer, makes no second record. Errors never keep a
row from being stored, only from being recorded.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils.translation import gettext as _

from core import submit
from core.access import check
from core.errors import DomainError, Problem, Stale
from core.folding import fold
from members.domain.lock import lock_year
from members.scope import Scope
from movements.domain.activities import save_activity
from movements.domain.entry import ActivityDraft
from movements.domain.quick import (
    ACTIVITIES,
    CELL_LIMIT,
    GIFTS,
    KEEP_LIMIT,
    Gone,
    Overtaken,
    Row,
    Sent,
    digest,
    make_mark,
)
from movements.domain.quick_drafts import activity_draft, gift_into
from movements.domain.quick_read import Read, read_row, settled
from movements.domain.quick_rows import (
    BASE,
    GROUP,
    activities_in,
    activity_row,
    editable,
    gift_row,
    gifts_in,
    kept_cells,
    kept_row,
    own_open,
    owner_of,
)
from movements.models import Activity, Contribution, RowDraft
from movements.queries import Choices, choices_of

TRIES = 4
_COLUMN_OF = {
    "description": "what",
    "unit": "quantity",
    "beneficiary": "receiver",
    "outside": "partners",
    "when": "day",
    "given_on": "day",
    "kind": "what",
}


@dataclass(frozen=True, slots=True)
class _Standing:
    """What the row is before the save."""

    draft: RowDraft | None = None
    gift: Contribution | None = None
    activity: Activity | None = None
    row: Row | None = None  # as recorded

    @property
    def pk(self) -> int | None:
        return self.row.pk if self.row else None


def save_row(scope: Scope, grid: str, sent: Sent) -> Row:
    """Record the row when it can be, else keep its words; the row as it stands then, with a sentence for each cell.

    Raises ``Refused`` (the step is closed, or the row is no longer the person's to edit), ``Overtaken`` (somebody
    changed it after the browser saw it), ``Gone`` (sent on or removed meanwhile), ``DomainError`` (a cell or the number
    of kept rows is over the limit: nothing is stored). Effects: those of ``save_activity``, or the kept words.
    """
    check(scope, "activity_add")
    _within_limits(sent)
    choices = choices_of(scope.year)
    for _turn in range(TRIES):
        try:
            return _save(scope, grid, sent, choices)
        except Stale:
            continue  # somebody saved another row of the same activity in between: look again
    raise DomainError(_("Nhiều người đang lưu cùng hoạt động này. Hãy lưu lại sau ít giây."))


def _within_limits(sent: Sent) -> None:
    for name, words in sent.cells.items():
        if len(words) > CELL_LIMIT:
            raise DomainError(
                _(
                    "Ô này có hơn 5.000 ký tự nên chưa lưu được. Hãy viết gọn lại, hoặc ghi ở trang hoạt động."
                ),
                name,
            )


def _save(scope: Scope, grid: str, sent: Sent, choices: Choices) -> Row:
    standing = _standing(scope, grid, sent, choices)
    read = read_row(grid, sent.cells, scope.year, choices, _owner(scope, standing))
    mine = settled(grid, read, choices)
    _compare(grid, sent, standing, mine)
    if standing.row and mine == dict(standing.row.cells):
        _drop(standing.draft)
        return replace(standing.row, key=sent.key, notes=read.notes)
    if standing.row is None and sent.is_blank:
        _drop(standing.draft)
        return Row(key=sent.key, cells=dict(sent.cells), group=sent.group)
    if sent.live:
        return _keep(scope, grid, sent, standing, read)
    if not read.errors:
        _complete(scope, grid, sent, standing, read)
    if read.errors:
        return _keep(scope, grid, sent, standing, read)
    try:
        pk = _record(scope, grid, sent, standing, read, choices)
    except DomainError as error:
        read.errors |= _by_column(error.problems, grid)
        return _keep(scope, grid, sent, standing, read)
    return replace(_recorded(scope, grid, pk, choices)[1], key=sent.key, notes=read.notes)


# -- what stands ---------------------------------------------------------------------------------
def _standing(scope: Scope, grid: str, sent: Sent, choices: Choices) -> _Standing:
    draft = RowDraft.objects.filter(user=scope.user, year=scope.year, key=sent.key).first()
    pk = sent.pk or (draft and (draft.contribution_id if grid == GIFTS else draft.activity_id))
    if pk is None:
        before = submit.earlier(scope.user.pk, sent.key)
        pk = _row_at(before.address, grid) if before else None
    if not pk:
        return _Standing(draft)
    found, row = _recorded(scope, grid, pk, choices)
    activity = found if isinstance(found, Activity) else found.activity
    if not editable(scope, activity):
        raise Gone
    return _Standing(draft, found if isinstance(found, Contribution) else None, activity, row)


def _row_at(address: str, grid: str) -> int | None:
    """The row that an earlier sending of the key made; None where the key was that of another form."""
    name, _dash, pk = address.partition("#")[2].partition("-")
    return int(pk) if name == grid and pk.isdecimal() else None


def _recorded(scope: Scope, grid: str, pk: int, choices: Choices) -> tuple[Activity | Contribution, Row]:
    if grid == GIFTS:
        for gift in gifts_in(scope).filter(pk=pk):
            return gift, gift_row(gift, choices)
    else:
        for activity in activities_in(scope).filter(pk=pk):
            return activity, activity_row(activity, choices)
    raise Gone


def _owner(scope: Scope, standing: _Standing) -> int | None:
    return standing.activity.agency_id if standing.activity else owner_of(scope)


def _compare(grid: str, sent: Sent, standing: _Standing, mine: dict[str, str]) -> None:
    """Raise ``Overtaken`` when the row changed after the browser saw it, unless both say the same.

    A browser that had no answer sends the same words once more: they are what stands, so there is nothing to settle.
    """
    if standing.row is not None:
        stands = digest(standing.row.cells)
        if sent.seen != stands and mine != dict(standing.row.cells):
            raise Overtaken(replace(standing.row, mark=make_mark(stands, _version(standing.draft))))
    if standing.draft is not None and standing.draft.version != sent.kept:
        kept = kept_cells(grid, standing.draft)
        if kept != dict(sent.cells):
            stands = digest(standing.row.cells) if standing.row else ""
            raise Overtaken(
                replace(kept_row(grid, standing.draft), mark=make_mark(stands, standing.draft.version))
            )


def _version(draft: RowDraft | None) -> int:
    return draft.version if draft else 0


# -- keeping -------------------------------------------------------------------------------------
def _drop(draft: RowDraft | None) -> None:
    if draft is not None:
        RowDraft.objects.filter(pk=draft.pk).delete()


def _keep(scope: Scope, grid: str, sent: Sent, standing: _Standing, read: Read) -> Row:
    """Store the words as they were typed; the version rises by one."""
    seen = digest(standing.row.cells) if standing.row else ""
    cells = {**sent.cells, BASE: seen, GROUP: sent.group}
    draft = standing.draft
    if draft is None:
        draft = _new_draft(scope, grid, sent, standing, cells)
    elif draft.cells != cells:
        held = RowDraft.objects.filter(pk=draft.pk, version=draft.version)
        if not held.update(cells=cells, version=F("version") + 1):
            raise Stale(draft)
        draft.version += 1
    return Row(
        key=sent.key,
        cells=dict(sent.cells),
        pk=standing.pk,
        activity=standing.activity.pk if standing.activity else None,
        mark=make_mark(seen, draft.version),
        group=sent.group,
        errors=dict(read.errors),
        notes=dict(read.notes),
        is_kept=True,
    )


def _new_draft(scope: Scope, grid: str, sent: Sent, standing: _Standing, cells: dict[str, Any]) -> RowDraft:
    mine = RowDraft.objects.filter(user=scope.user, year=scope.year, grid=grid)
    if mine.count() >= KEEP_LIMIT:
        raise DomainError(
            _("Đã có 400 dòng chưa ghi được. Hãy hoàn thành hoặc xóa trắng bớt dòng cũ rồi nhập tiếp.")
        )
    try:
        with transaction.atomic():
            return RowDraft.objects.create(
                user=scope.user,
                year=scope.year,
                grid=grid,
                key=sent.key,
                order=sent.order,
                cells=cells,
                contribution=standing.gift,
                activity=standing.activity if grid == ACTIVITIES else None,
            )
    except IntegrityError as error:  # the same row, sent twice at once
        raise Stale(standing.row) from error


# -- recording -----------------------------------------------------------------------------------
def _complete(scope: Scope, grid: str, sent: Sent, standing: _Standing, read: Read) -> None:
    """What only the row's place decides: whose it is, and a day of its own unless its activity gives it one."""
    if _owner(scope, standing) is None:
        read.errors["day"] = _("Lúc này đơn vị của bạn không ghi được hoạt động mới; dòng chỉ được giữ lại.")
        return
    into = standing.row.shared > 1 if standing.row else bool(sent.group)
    if read.when is None and not (grid == GIFTS and into):
        read.errors["day"] = _("Ghi ngày. Chưa biết thì gõ “chưa rõ”.")


def _record(scope: Scope, grid: str, sent: Sent, standing: _Standing, read: Read, choices: Choices) -> int:
    """The id of the contribution or activity, recorded once for the key of the row."""
    if standing.row:
        with transaction.atomic():
            _write(scope, grid, sent, standing, read, choices)
            _drop(standing.draft)
        return standing.row.pk or 0

    def work() -> str:
        pk = _write(scope, grid, sent, standing, read, choices)
        _drop(standing.draft)
        return f"{scope.address('quick')}#{grid}-{pk}"

    done = submit.once(scope.user.pk, sent.key, work)
    pk = _row_at(done.address, grid)
    if not done.first or pk is None:  # the row reached us twice at once: go on from what the first one made
        raise Stale(None)
    return pk


def _write(scope: Scope, grid: str, sent: Sent, standing: _Standing, read: Read, choices: Choices) -> int:
    activity = standing.activity
    owner_id = _owner(scope, standing)
    if grid == ACTIVITIES:
        return _saved(scope, activity_draft(activity, read, owner_id), activity).pk
    if activity is None and sent.group:
        scope = lock_year(scope)  # two rows that name the same new activity go into one
        activity = _group(scope, sent.group)
    shared = standing.row.shared > 1 if standing.row else activity is not None
    draft = gift_into(sent.group, standing.gift, activity, read, choices, owner_id, shared=shared)
    saved = _saved(scope, draft, activity)
    if standing.row:
        return standing.row.pk or 0
    return Contribution.objects.filter(activity=saved).order_by("-id").values_list("pk", flat=True)[0]


def _saved(scope: Scope, draft: ActivityDraft, activity: Activity | None) -> Activity:
    """The ordinary verb, over the version that was looked at: ``Stale`` when it is no longer that one."""
    if activity is None:
        return save_activity(scope, draft)
    return save_activity(scope, draft, activity.pk, version=activity.version)


def _group(scope: Scope, name: str) -> Activity | None:
    """The newest activity the person's agencies are writing that is called so; None: it is to be made."""
    wanted = fold(name)
    rows = own_open(scope).values_list("pk", "title")
    pk = next((pk for pk, title in rows if fold(title) == wanted), None)
    return own_open(scope).filter(pk=pk).first() if pk else None


def _by_column(problems: list[Problem], grid: str) -> dict[str, str]:
    """Sentences of the verb at the column they speak of; what has none stands at the first one."""
    found: dict[str, str] = {}
    first = "what" if grid == GIFTS else "title"
    for problem in problems:
        name = problem.field.rpartition(":")[2]
        name = _COLUMN_OF.get(name, name)
        if grid == GIFTS and name == "title":
            name = "what"
        known = name in {"day", "what", "quantity", "value", "receiver", "place", "partners", "movement"}
        if grid == ACTIVITIES:
            known = name in {"day", "title", "movement", "place", "partners", "result", "attended", "people"}
        found.setdefault(name if known else first, problem.sentence)
    return found
