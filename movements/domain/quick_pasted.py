"""A block pasted as text becomes kept rows of the grid: nothing is recorded before the person has looked at it."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _

from core.access import check
from members.scope import Scope
from movements.domain.quick import CELL_LIMIT, COLUMNS, KEEP_LIMIT, ROWS_LIMIT, names_of, tidy
from movements.domain.quick_rows import BASE, GROUP
from movements.models import RowDraft
from movements.pasting import Block, bare, heading, lay, parse


@dataclass(frozen=True, slots=True)
class Pasted:
    """``count`` rows were kept; ``left`` is the text that found no place, ``told`` says why."""

    count: int
    left: str = ""
    told: str = ""


def labels_of(grid: str) -> dict[str, str]:
    """What a row of headings may call each column, folded."""
    found = {bare(str(column.label)): column.name for column in COLUMNS[grid]}
    more = {
        "tri gia": "value", "so luong": "quantity", "phoi hop voi": "partners", "ten hoat dong": "title",
        "thoi gian": "day", "noi dung": "what" if "what" in names_of(grid) else "title",
    }  # fmt: skip
    return found | {word: name for word, name in more.items() if name in names_of(grid)}


def keep_pasted(scope: Scope, grid: str, text: str, key: str, group: str = "") -> Pasted:
    """Keep at most ``ROWS_LIMIT`` rows of the text; sending it again with the same ``key`` keeps them once.

    Raises ``Refused``. Effects: kept rows, one statement.
    """
    check(scope, "activity_add")
    mine = RowDraft.objects.filter(user=scope.user, year=scope.year, grid=grid)
    room = min(ROWS_LIMIT, KEEP_LIMIT - mine.count())
    if room <= 0:
        return Pasted(
            0,
            text,
            _("Đã có 400 dòng chưa ghi được. Hãy hoàn thành hoặc xóa trắng bớt dòng cũ rồi nhập tiếp."),
        )
    block = parse(text, room + 1)  # one more, which may be the row of headings
    laid = lay(block, names_of(grid), labels_of(grid))
    if len(laid.rows) > room:
        block = parse(text, room)
        laid = lay(block, names_of(grid), labels_of(grid))
    long = any(len(cell) > CELL_LIMIT for row in laid.rows for cell in row.values())
    if long:
        return Pasted(0, text, _("Có ô dài hơn 5.000 ký tự nên chưa nhận khối này. Hãy viết gọn ô đó lại."))
    RowDraft.objects.bulk_create(
        [
            RowDraft(
                user=scope.user,
                year=scope.year,
                grid=grid,
                key=f"{key[:30]}_{place:04d}",
                order=place,
                cells={**tidy(grid, cells), BASE: "", GROUP: group},
            )
            for place, cells in enumerate(laid.rows)
        ],
        ignore_conflicts=True,
    )
    head = heading(block.rows[0], labels_of(grid)) if block.rows else None
    first = text[: len(text) - len(parse(text, 1).rest)] if head else ""
    return _told(block, text, first, len(laid.rows), left_over=laid.left_over)


def _told(block: Block, text: str, first: str, count: int, *, left_over: bool) -> Pasted:
    if left_over:
        return Pasted(
            count,
            text,
            _(
                "Khối dán có ô không khớp cột nào của lưới. Những ô đó không bị bỏ: cả khối còn nguyên trong ô “Dán từ "
                "Excel” bên dưới."
            ),
        )
    if block.rest.strip():
        return Pasted(
            count,
            first + block.rest,
            _("Mỗi lần nhận nhiều nhất 200 dòng; phần còn lại vẫn nằm trong ô “Dán từ Excel” bên dưới."),
        )
    return Pasted(count)
