"""How rows of the quick entry grid are drawn and spoken of: ready strings for page and browser."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from core.dates import LOCAL_ZONE
from members.scope import Scope
from movements.domain.quick import COLUMNS, PREFIX, Row, Sent

SESSION = "nhap-nhanh"


@dataclass
class Cell:
    """An input of a row."""

    name: str
    id: str
    html_name: str
    label: str
    head: str
    css: str
    value: str = ""
    error: str = ""
    note: str = ""
    hint: str = ""
    mode: str = "text"
    suggests: bool = False
    is_long: bool = False
    takes_focus: bool = False


@dataclass
class Shown:
    """A row as it is drawn."""

    index: str
    number: str
    prefix: str
    row: Row
    cells: list[Cell]
    kind: str = ""
    words: str = ""
    url: str = ""
    sentence: str = ""
    is_unsaved: bool = False
    conflict: list[dict[str, str]] = field(default_factory=list)

    @property
    def is_blank(self) -> bool:
        """A row nobody has typed into."""
        return not self.row.pk and not any(self.row.cells.values())

    @property
    def can_send(self) -> bool:
        """Recorded whole, so that it can be ticked."""
        return self.row.pk is not None and not self.row.is_kept

    def focus(self) -> None:
        """Put the caret into the first cell that asks for something."""
        cell = next((cell for cell in self.cells if cell.error), self.cells[0])
        cell.takes_focus = True

    def hint(self, last: dict[str, str]) -> None:
        """Say what was entered last time, as a hint that is no value."""
        for cell in self.cells:
            if last.get(cell.name):
                cell.hint = _("lần trước: %(words)s") % {"words": last[cell.name]}


def columns_of(grid: str) -> list[dict[str, Any]]:
    """The heads of the table."""
    return [
        {"name": column.name, "label": str(column.label), "css": column.css, "hint": str(column.hint)}
        for column in COLUMNS[grid]
    ]


def shown_row(grid: str, row: Row, index: str, number: str, scope: Scope) -> Shown:
    """A row with its cells; ``index`` "__prefix__" makes the pattern of new ones."""
    prefix = f"{PREFIX}-{index}"
    cells = [
        Cell(
            name=column.name,
            id=f"id_{prefix}-{column.name}",
            html_name=f"{prefix}-{column.name}",
            label=_("Dòng %(number)s: %(name)s") % {"number": number, "name": str(column.label).lower()},
            head=str(column.label),
            css=column.css,
            value=row.cells.get(column.name, ""),
            error=row.errors.get(column.name, ""),
            note=row.notes.get(column.name, ""),
            mode=column.mode,
            suggests=column.suggests,
            is_long=column.most > 1000,
        )
        for column in COLUMNS[grid]
    ]
    kind, words = state_of(row)
    url = scope.address("activity_edit", pk=row.activity) if row.activity else ""
    return Shown(index, number, prefix, row, cells, kind, words, url)


def state_of(row: Row) -> tuple[str, str]:
    """Look and words of where a row stands."""
    if row.is_kept or (row.errors and not row.pk):
        count = len(row.errors)
        if not count:
            return "warn", _("Chưa ghi")
        return "warn", _("Còn %(count)s ô") % {"count": count}
    if row.pk:
        return ("warn", _("Bị trả lại")) if row.state == "returned" else ("ok", _("Nháp"))
    return "", ""


def now_words() -> str:
    """ "14:32" in Vietnam."""
    return f"{timezone.now().astimezone(LOCAL_ZONE):%H:%M}"


def labels(grid: str) -> dict[str, str]:
    """Heads by column."""
    return {column.name: str(column.label) for column in COLUMNS[grid]}


def conflict_words(grid: str, names: Iterable[str], sent: Sent, theirs: Row) -> list[dict[str, str]]:
    """Both values of each cell that differs."""
    heads = labels(grid)
    return [
        {"name": name, "field": heads[name], "mine": sent.cells.get(name, ""), "theirs": theirs.cells[name]}
        for name in names
    ]


# -- what was entered last -----------------------------------------------------------------------
def remembered(request: HttpRequest, scope: Scope) -> dict[str, str]:
    """Movement and place the person recorded last in this year, in this session."""
    found: dict[str, str] = request.session.get(SESSION, {}).get(str(scope.year.pk), {})
    return {"movement": "", "place": "", **found}


def remember(request: HttpRequest, scope: Scope, row: Row) -> None:
    """Keep movement and place for the next row, where they changed."""
    fresh = {name: row.cells[name] for name in ("movement", "place") if row.cells.get(name)}
    known = remembered(request, scope)
    if fresh and fresh != {name: known[name] for name in fresh}:
        all_years = request.session.get(SESSION, {})
        request.session[SESSION] = {**all_years, str(scope.year.pk): {**known, **fresh}}
