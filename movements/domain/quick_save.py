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
from core.dates import PartialDate, Precision
from core.errors import DomainError, Problem, Stale
from core.folding import fold
from core.quantity import Qualifier
from members.domain.lock import lock_year
from members.scope import Scope
from movements.domain.activities import save_activity
from movements.domain.entry import About, ActivityDraft, Apart, GiftDraft, PartOf
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
from movements.domain.quick_read import UNKNOWN_TIME, Read, read_row, settled
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
LONGEST_TITLE = 300
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
        _complete(grid, sent, standing, read)
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
        pk = int(before.address) if before else None
    if not pk:
        return _Standing(draft)
    found, row = _recorded(scope, grid, pk, choices)
    activity = found if isinstance(found, Activity) else found.activity
    if not editable(scope, activity):
        raise Gone
    return _Standing(draft, found if isinstance(found, Contribution) else None, activity, row)


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
def _complete(grid: str, sent: Sent, standing: _Standing, read: Read) -> None:
    """What only the row's place decides: a day of its own, unless its activity gives it one."""
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
        return str(pk)

    done = submit.once(scope.user.pk, sent.key, work)
    if not done.first:  # the same row reached us twice at once: go on from what the first one made
        raise Stale(None)
    return int(done.address)


def _write(scope: Scope, grid: str, sent: Sent, standing: _Standing, read: Read, choices: Choices) -> int:
    activity = standing.activity
    if grid == ACTIVITIES:
        draft = _activity_draft(scope, activity, read)
        return _saved(scope, draft, activity).pk
    if activity is None and sent.group:
        scope = lock_year(scope)  # two rows that name the same new activity go into one
        activity = _group(scope, sent.group)
    alone = standing.row is None or standing.row.shared == 1
    if standing.row is None and activity is not None:
        alone = False
    draft = _gift_into(scope, sent, standing, activity, read, choices, alone=alone)
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


def _activity_draft(scope: Scope, activity: Activity | None, read: Read) -> ActivityDraft:
    base = _as_it_is(activity) if activity else ActivityDraft(title="", when=UNKNOWN_TIME)
    about = replace(base.about or About(), people=read.words["people"], attended=read.attended)
    return replace(
        base,
        title=read.words["title"],
        when=read.when or UNKNOWN_TIME,
        agency_id=activity.agency_id if activity else owner_of(scope),
        movement_id=read.movement_id,
        partners=read.partners,
        place=read.words["place"],
        result=read.words["result"],
        about=about,
    )


def _as_it_is(activity: Activity) -> ActivityDraft:
    """The draft that changes nothing of an activity but what is replaced in it."""
    return ActivityDraft(
        title=activity.title,
        when=PartialDate(activity.starts_on, activity.ends_on, Precision(activity.precision)),
        agency_id=activity.agency_id,
        movement_id=activity.movement_id,
        partners=tuple(activity.partners.values_list("agency_id", flat=True)),
        place=activity.place,
        story=activity.story,
        result=activity.result,
        in_summary=activity.in_summary,
        about=About(
            activity.people,
            activity.attended,
            tuple(activity.tags.values_list("pk", flat=True)),
            activity.is_public,
        ),
    )


def _gift_into(
    scope: Scope,
    sent: Sent,
    standing: _Standing,
    activity: Activity | None,
    read: Read,
    choices: Choices,
    *,
    alone: bool,
) -> ActivityDraft:
    """The activity of a contribution with that row; ``alone``: the row is all of it, its day and place included."""
    base = _as_it_is(activity) if activity else ActivityDraft(title="", when=UNKNOWN_TIME)
    gift = _gift_draft(standing.gift, read)
    if not alone and activity is not None:
        return replace(base, gifts=(_apart(gift, activity, read, choices),))
    title = sent.group or base.title
    if not sent.group and (standing.gift is None or base.title == _auto_title_of(standing.gift)):
        title = auto_title(read.words["what"], read.words["receiver"])
    return replace(
        base,
        title=title,
        when=read.when or base.when,
        agency_id=activity.agency_id if activity else owner_of(scope),
        movement_id=read.movement_id,
        partners=_partners(standing.gift, base, read) if activity else read.partners,
        place=read.words["place"],
        gifts=(gift,),
    )


def _partners(gift: Contribution | None, base: ActivityDraft, read: Read) -> tuple[int, ...]:
    """Who did the activity together follows who gave, as long as both were the same."""
    gave = {row.agency_id for row in gift.contributors.all()} - {base.agency_id, None} if gift else set()
    return read.partners if gave == set(base.partners) else base.partners


def _apart(gift: GiftDraft, activity: Activity, read: Read, choices: Choices) -> GiftDraft:
    """A contribution beside others: what differs from its activity is its own, but not the movement."""
    if read.words["movement"] and read.movement_id != activity.movement_id:
        name = {"title": activity.title, "movement": choices.movements.get(activity.movement_id or 0, "")}
        sentence = _(
            "Hoạt động “%(title)s” có nhiều khoản và thuộc phong trào “%(movement)s”: để trống ô này."
        )
        if not activity.movement_id:
            sentence = _("Hoạt động “%(title)s” không thuộc phong trào nào: để trống ô này.")
        raise DomainError(sentence % name, "movement")
    time = PartialDate(activity.starts_on, activity.ends_on, Precision(activity.precision))
    day = read.when if read.when and read.when != time else None
    if day is not None and (day.precision is not Precision.DAY or day.start != day.end):
        raise DomainError(
            _("Hoạt động này có nhiều khoản: ngày của riêng một khoản phải đủ ngày, tháng, năm."), "day"
        )
    place = read.words["place"]
    apart = gift.apart or Apart()
    own_place = place if place != activity.place else ""
    return replace(gift, apart=replace(apart, given_on=day.start if day else None, place=own_place))


def _gift_draft(gift: Contribution | None, read: Read) -> GiftDraft:
    """The row as the verb takes it; of a recorded one, what the grid does not show stays as it is."""
    quantity, value = read.quantity, read.value
    part, apart, kind = None, Apart(), read.kind
    if gift is not None:
        part = PartOf(gift.part_state, gift=gift.part_of_id) if gift.part_of_id else None
        apart = Apart(purpose=gift.purpose)
        if (quantity is None) == (gift.quantity is None):
            kind = gift.kind
    return GiftDraft(
        ref="0",
        pk=gift.pk if gift else None,
        part=part,
        apart=apart,
        kind=kind,
        description=read.words["what"],
        quantity=quantity.number if quantity else None,
        unit=quantity.unit if quantity else "",
        quantity_qualifier=quantity.qualifier if quantity else Qualifier.EXACT,
        quantity_words=quantity.words if quantity else "",
        value=int(value.number) if value else None,
        value_qualifier=value.qualifier if value else Qualifier.EXACT,
        value_words=value.words if value else "",
        beneficiary=read.words["receiver"],
        partners=read.partners,
        outside=read.outside,
    )


def auto_title(what: str, receiver: str) -> str:
    """The name of an activity that is one contribution: what was given, and to whom."""
    return (f"{what} – {receiver}" if receiver else what)[:LONGEST_TITLE]


def _auto_title_of(gift: Contribution) -> str:
    return auto_title(gift.description, gift.beneficiary.name if gift.beneficiary else "")


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
