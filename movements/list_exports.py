"""The list as it is shown, as a file: its filter, order and columns. The complete one is in ``movements.exports``."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any, Final

from django.utils.translation import gettext as _

from core.exporters import CsvExporter
from core.workbooks import Column, Sheet, WorkbookExporter
from members.scope import Scope
from movements.columns import COLUMNS
from movements.domain.totals import Gift, total
from movements.models import Activity
from movements.ordering import ordered
from movements.queries import Choices, for_list, gifts_of
from movements.tables import ActivityRow, activity_rows, fields_of
from movements.words import Figure, figure

CHUNK: Final = 2000  # activities whose gifts are read together
WIDTHS: Final = {"thoi-gian": 18, "don-vi": 24, "ket-qua": 40, "thanh-phan": 30, "hien-vat": 30}


class Shown:
    """The rows of a filtered list in its order, with the chosen columns; a query for every ``CHUNK`` rows, and one."""

    def __init__(self, scope: Scope, rows: Any, order: str, columns: Sequence[str], choices: Choices) -> None:
        """Nothing is read before the file is sent."""
        self.scope, self.columns, self.choices = scope, columns, choices
        chosen = ordered(for_list(rows, *fields_of(columns)), order, choices)
        self.rows = chosen.rows.order_by(*chosen.by)

    def csv(self) -> CsvExporter:
        """As CSV."""
        return CsvExporter([column.title for column in self.head()], self.cells(), self._name("csv"))

    def xlsx(self) -> WorkbookExporter:
        """As a workbook."""
        return WorkbookExporter([Sheet(_("Danh sách"), self.head(), self.cells())], self._name("xlsx"))

    def _name(self, kind: str) -> str:
        place = {"cluster": self.scope.cluster.slug, "label": self.scope.year.label}
        return _("danh-sach-hoat-dong-%(cluster)s-%(label)s") % place + f".{kind}"

    def head(self) -> list[Column]:
        """Title and movement after the time; money in two columns, so that it stays a number."""
        head = [Column(_("Tên hoạt động"), 48), Column(_("Phong trào"), 32), Column(_("Khoản đóng góp"), 48)]
        before = [Column(str(COLUMNS["thoi-gian"]), 18)] if "thoi-gian" in self.columns else []
        after = []
        for key in self.columns:
            if key == "tien":
                after += [Column(_("Mức số tiền"), 10), Column(_("Tiền (đồng)"), 18)]
            elif key != "thoi-gian":
                after.append(Column(str(COLUMNS[key]), WIDTHS.get(key, 16)))
        return [*before, *head, *after]

    def cells(self) -> Iterator[list[object]]:
        """The rows, some thousands at a time."""
        found = self.rows.iterator(chunk_size=CHUNK)
        while some := list(islice(found, CHUNK)):
            gifts = gifts_of(Activity.objects.filter(pk__in=[one.pk for one in some]))
            by_activity: dict[int, list[Gift]] = {}
            for gift in gifts:
                by_activity.setdefault(gift.activity_id, []).append(gift)
            rows = activity_rows(self.scope, some, gifts, self.choices, columns=self.columns)
            for one, row in zip(some, rows, strict=True):
                movement = self.choices.movements.get(one.movement_id or 0, "")
                yield self._line(row, movement, by_activity.get(one.pk, []))

    def _line(self, row: ActivityRow, movement: str, gifts: Sequence[Gift]) -> list[object]:
        sums = total(gifts)
        own: dict[str, object] = {
            "don-vi": row.agency, "minh-chung": row.files, "trang-thai": row.state.text,
            "hien-vat": "; ".join(str(figure(one)) for one in sums.goods),
        }  # fmt: skip
        line: list[object] = [_time(row)] if "thoi-gian" in self.columns else []
        line += [row.plain_title, movement, "; ".join(_gift_words(gift) for gift in gifts)]
        for key in self.columns:
            if key == "tien":
                money: Figure | None = row.money
                line += [money.q if money else "", int(sums.money.number) if sums.money else None]
            elif key != "thoi-gian":
                line.append(own[key] if key in own else row.more.get(key, ""))
        return line


def _time(row: ActivityRow) -> str:
    return f"{row.time} ({row.time_note})" if row.time_note else row.time


def _gift_words(gift: Gift) -> str:
    figures = [str(figure(one)) for one in (gift.money, gift.goods) if one]
    words = f"{gift.description} ({', '.join(figures)})" if figures else gift.description
    receiver = gift.receiver or gift.place
    return f"{words} → {receiver}" if receiver else words
