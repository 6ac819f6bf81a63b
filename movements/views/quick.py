"""*Nhập nhanh*: the grid, all of it saved by one plain POST, a block pasted as text, rows sent on together."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core import submit
from core.access import page
from core.errors import DomainError
from core.folding import clean_line
from members.scope import Scope
from movements.domain.quick import (
    ACTIVITIES,
    EMPTY_ROWS,
    GIFTS,
    ROWS_LIMIT,
    TEXT_LIMIT,
    Gone,
    Overtaken,
    Row,
    Sent,
    differing,
)
from movements.domain.quick_pasted import keep_pasted
from movements.domain.quick_read import read_row
from movements.domain.quick_rows import kept_drafts, kept_row, own_open, owner_of, page_of, rows_by_id
from movements.domain.quick_save import save_row
from movements.forms.quick import GROUP_LIMIT, MOST_READ, ids, rows_of, sent_rows
from movements.models import RowDraft
from movements.queries import Choices, choices_of
from movements.quick_words import Shown, columns_of, conflict_words, remember, remembered, shown_row

GRIDS = {"dong-gop": GIFTS, "hoat-dong": ACTIVITIES}
WORDS = {grid: word for word, grid in GRIDS.items()}


@dataclass
class Result:
    """What became of a row that was posted: the row to show, and whether it asks for something."""

    row: Row
    sentence: str = ""
    conflict: list[dict[str, str]] = field(default_factory=list)
    is_recorded: bool = False

    @property
    def asks(self) -> bool:
        """Something is left to be done by the person."""
        return bool(self.row.errors or self.sentence or self.conflict)


def grid_of(request: HttpRequest) -> str:
    """The grid asked for: contributions, unless the address says activities."""
    return GRIDS.get(request.GET.get("luoi", ""), GIFTS)


def address(scope: Scope, grid: str, **more: Any) -> str:
    """The page of a grid."""
    asked = [f"luoi={WORDS[grid]}"] if grid != GIFTS else []
    asked += [f"{name}={value}" for name, value in more.items()]
    return scope.address("quick") + (f"?{'&'.join(asked)}" if asked else "")


@page("activity_add", methods=("GET", "POST"))
def quick(request: HttpRequest) -> HttpResponse:
    """Rows that are kept, empty ones, and the recorded ones of the person's agencies that may still be edited."""
    scope: Scope = request.scope  # type: ignore[attr-defined]
    grid = grid_of(request)
    if request.method == "POST":
        return _paste(request, scope, grid) if "paste" in request.POST else _save_all(request, scope, grid)
    return _show(request, scope, grid)


# -- saving all rows -----------------------------------------------------------------------------
def _save_all(request: HttpRequest, scope: Scope, grid: str) -> HttpResponse:
    """Each row by itself: what can be stored is stored, what asks for something comes back with its sentence."""
    data = request.POST
    rows = list(sent_rows(grid, data, data.get("nhom", "")))
    if not rows_of(grid, data).is_valid() and len(rows) > ROWS_LIMIT:
        most = {"most": ROWS_LIMIT, "count": len(rows)}
        told = _("Lưu được nhiều nhất %(most)s dòng một lần, đang có %(count)s. Chưa lưu dòng nào.") % most
        results = [Result(_as_sent(row)) for row in rows[:MOST_READ]]
        return _show(request, scope, grid, results=results, told=told, status=422)
    choices = choices_of(scope.year)
    known = rows_by_id(scope, grid, choices, [row.pk for row in rows if row.pk])
    results = [
        _one(scope, grid, row)
        for row in rows
        if not (row.pk in known and row.cells == known[row.pk].cells and row.kept == 0)
        and not (row.is_blank and row.pk is None and row.kept == 0)
    ]
    recorded = [result.row for result in results if result.is_recorded]
    if recorded:
        remember(request, scope, recorded[-1])
    sends = (
        data.get("then") == "send"
    )  # words that are kept wait for another time; unsaved ones are shown first
    if any(result.sentence if sends else result.asks for result in results):
        return _show(request, scope, grid, results=results, status=422)
    if sends:
        chosen = ids(data.getlist("chon"))
        return HttpResponseRedirect(
            scope.address("quick_send") + "?" + "&".join(f"chon={pk}" for pk in chosen)
        )
    count = len(results)
    words = ngettext("Đã lưu %(count)s dòng.", "Đã lưu %(count)s dòng.", count) % {"count": count}
    messages.success(request, words if count else _("Không có dòng nào thay đổi."))
    return HttpResponseRedirect(address(scope, grid))


def _one(scope: Scope, grid: str, sent: Sent) -> Result:
    try:
        row = save_row(scope, grid, sent)
    except Overtaken as won:
        names = differing(grid, sent.cells, won.row.cells)
        mine = replace(_as_sent(sent), mark=won.row.mark, is_kept=True)
        return Result(mine, _("Người khác vừa lưu dòng này."), conflict_words(grid, names, sent, won.row))
    except Gone:
        return Result(_as_sent(sent), gone_words())
    except DomainError as error:
        first = error.problems[0]
        return Result(replace(_as_sent(sent), errors={first.field: first.sentence}), first.sentence)
    return Result(row, is_recorded=row.pk is not None and not row.is_kept)


def _as_sent(sent: Sent) -> Row:
    return Row(key=sent.key, cells=sent.cells, pk=sent.pk, mark=sent.mark, group=sent.group)


def gone_words() -> str:
    """Why a recorded row cannot be saved any more."""
    return _(
        "Dòng này đã được gửi đi hoặc đã bị xóa nên không lưu được nữa; chữ bạn gõ còn ở đây để sao chép."
    )


# -- a pasted block ------------------------------------------------------------------------------
def _paste(request: HttpRequest, scope: Scope, grid: str) -> HttpResponse:
    """The text of the area becomes kept rows; what does not fit stays in the area, and a sentence says so."""
    text = request.POST.get("khoi", "")
    if len(text) > TEXT_LIMIT:
        told = _("Khối dán dài hơn 2 triệu ký tự nên không nhận. Hãy dán từng phần, mỗi lần chừng 200 dòng.")
        return _show(request, scope, grid, told=told, status=422, pasted=text)
    group = clean_line(request.POST.get("nhom", "")[:GROUP_LIMIT])
    done = keep_pasted(scope, grid, text, submit.clean_key(request.POST.get(submit.FIELD, "")), group)
    if not done.count:
        told = done.told or _("Chưa có gì để dán. Hãy sao chép vùng ô trong Excel rồi dán vào đây.")
        return _show(request, scope, grid, told=told, status=422, pasted=text)
    words = _("Đã đưa %(count)s dòng vào lưới. Xem lại rồi bấm “Lưu tất cả”.") % {"count": done.count}
    if done.left:
        return _show(request, scope, grid, told=f"{words} {done.told}", pasted=done.left)
    messages.success(request, words)
    return HttpResponseRedirect(address(scope, grid))


# -- showing -------------------------------------------------------------------------------------
def _show(
    request: HttpRequest,
    scope: Scope,
    grid: str,
    *,
    results: Sequence[Result] = (),
    told: str = "",
    pasted: str = "",
    status: int = 200,
) -> HttpResponse:
    choices = choices_of(scope.year)
    drafts = kept_drafts(scope, grid)
    before = request.GET.get("truoc", "")
    standing, more = page_of(
        scope, grid, choices, drafts, int(before) if before.isdecimal() and len(before) < 19 else None
    )
    new, old = _rows(scope, grid, choices, drafts, standing, results)
    shown = _numbered(grid, [*new, *old], len(new), {result.row.key: result for result in results}, scope)
    last = remembered(request, scope)
    blank = next((one for one in shown if one.is_blank), None)
    if blank is not None:
        blank.hint(last)
    split = len(new)
    context = {
        "nav": "activities",
        "grid": grid,
        "is_gifts": grid == GIFTS,
        "columns": columns_of(grid),
        "new_rows": shown[:split],
        "old_rows": shown[split:],
        "pattern": shown_row(grid, Row(key="", cells={}), "__prefix__", "__number__", scope),
        "total": len(shown),
        "most": ROWS_LIMIT,
        "told": told,
        "asks": sum(1 for result in results if result.asks),
        "stored": sum(1 for result in results if not result.asks),
        "pasted": pasted,
        "groups": list(own_open(scope).values_list("title", flat=True)[:50]) if grid == GIFTS else [],
        "group": request.POST.get("nhom", ""),
        "last": last,
        "submit_key": submit.new_key(),
        "switch": [
            {"url": address(scope, GIFTS), "label": _("Đóng góp"), "now": grid == GIFTS},
            {"url": address(scope, ACTIVITIES), "label": _("Hoạt động"), "now": grid == ACTIVITIES},
        ],
        "action": address(scope, grid),
        "older": address(scope, grid, truoc=more) if more else "",
        "newest": address(scope, grid) if before else "",
        "can_record": owner_of(scope) is not None,
    }
    return render(request, "movements/quick.html", context, status=status)


def _rows(
    scope: Scope,
    grid: str,
    choices: Choices,
    drafts: Iterable[RowDraft],
    standing: Sequence[Row],
    results: Sequence[Result],
) -> tuple[list[Row], list[Row]]:
    """New rows (posted, kept, empty) and recorded ones, each as posted where it was."""
    posted = {result.row.key for result in results}
    over = {result.row.pk: result.row for result in results if result.row.pk}
    kept = [
        with_errors(scope, grid, kept_row(grid, draft), choices)
        for draft in drafts
        if not (draft.contribution_id or draft.activity_id) and draft.key not in posted
    ]
    empty = [Row(key=submit.new_key(), cells={}) for _row in range(EMPTY_ROWS)]
    here = {row.pk for row in standing}
    old = [over.get(row.pk or 0) or row for row in standing]
    old = [with_errors(scope, grid, row, choices) if row.is_kept and not row.errors else row for row in old]
    elsewhere = [row for pk, row in over.items() if pk not in here]
    return [*(result.row for result in results if not result.row.pk), *kept, *empty], [*old, *elsewhere]


def with_errors(scope: Scope, grid: str, row: Row, choices: Choices) -> Row:
    """A kept row with what its words ask for, without asking the database again."""
    read = read_row(grid, row.cells, scope.year, choices, owner_of(scope))
    if read.when is None and "day" not in read.errors and not row.group:
        read.errors["day"] = _("Ghi ngày. Chưa biết thì gõ “chưa rõ”.")
    return replace(row, errors=read.errors, notes=read.notes)


def _numbered(
    grid: str, rows: Sequence[Row], split: int, results: dict[str, Result], scope: Scope
) -> list[Shown]:
    """The rows as they are drawn; those from ``split`` on are the recorded ones and counted by themselves."""
    shown, focused = [], False
    for index, row in enumerate(rows):
        number = str(index + 1) if index < split else f"Đ{index + 1 - split}"
        one = shown_row(grid, row, str(index), number, scope)
        result = results.get(row.key) if row.key else None
        if result:
            one.sentence, one.conflict = result.sentence, result.conflict
            one.is_unsaved = bool(result.sentence)
            if result.asks and not focused:
                one.focus()
                focused = True
        shown.append(one)
    return shown
