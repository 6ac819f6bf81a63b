"""What the cells of a row mean: values of an activity and of a contribution, and what is wrong with single cells."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, Final

from django.utils.translation import gettext as _

from core.cells import Refused
from core.dates import parse_date, parse_partial
from core.folding import clean_line, fold
from core.formfields import said
from core.marks import Unreadable
from core.quantity import (
    MONEY_UNIT,
    Qualifier,
    Quantity,
    parse_money,
    parse_number,
    parse_quantity,
    parse_unit,
)
from core.sheets import Fault, Line
from movements.enums import ContributionKind, QualifierChoice
from movements.imports.columns import OF_ACTIVITY, OF_GIFT
from movements.imports.words import Giver, Words, tidy_name

YES_WORDS: Final = frozenset({"co", "x", "1", "dung", "yes", "true"})
NO_WORDS: Final = frozenset({"khong", "0", "sai", "no", "false"})
SAID_BY: Final = {
    "dung": "exact",
    "hon": "over",
    "chinh xac": "exact",
    "toi thieu": "at_least",
    "chung": "about",
}
CONTENT: Final = tuple(
    key for key in OF_GIFT if key not in ("kind", "quantity_qualifier", "value_qualifier")
)  # what makes a row a contribution
WORKDAY: Final = "ngày công"


@dataclass(eq=False)
class Row:
    """A filled row: what its cells say of the activity and of the contribution; a column that is missing is missing."""

    line: Line
    activity: dict[str, Any] = field(default_factory=dict)
    gift: dict[str, Any] | None = None
    words: dict[str, str] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)
    signs: str = ""  # what it has in common with other rows of its activity, once it was asked for

    @property
    def continues(self) -> bool:
        """The row leaves its activity out: it belongs to the one above."""
        return not any(self.line.text(key) for key in ("title", "when", "owner"))

    def wrong(self, key: str, sentence: str) -> None:
        """Something is wrong with a cell; one sentence for a cell is enough."""
        if not any(fault.key == key for fault in self.faults):
            self.faults.append(self.line.fault(key, sentence))


class Reader:
    """Reads rows with the words of one cluster-year."""

    def __init__(self, words: Words) -> None:
        """Remember the year for days without one."""
        self.words = words
        year = words.scope.year
        self.one_year = year.starts_on.year if year.starts_on.year == year.ends_on.year else None

    def row(self, line: Line, unread: list[Fault]) -> Row:
        """The row; ``unread`` are faults of cells that could not even be read."""
        row = Row(line, faults=list(unread))
        bad = {fault.key for fault in unread}
        for key in OF_ACTIVITY:
            if key in line.letters and key not in bad:
                self._into(row, row.activity, key, line.text(key))
        if any(line.text(key) or key in bad for key in CONTENT):
            row.gift = {}
            for key in OF_GIFT:
                if key in line.letters and key not in bad:
                    self._into(row, row.gift, key, line.text(key))
            self._figures(row, row.gift, bad)
        return row

    def _into(self, row: Row, values: dict[str, Any], key: str, text: str) -> None:
        read: Callable[[str], Any] = getattr(self, f"_{key}", clean_line)
        try:
            values[key] = self._of_list(key, text) if key in self.words.listed else read(text)
        except Unreadable as error:
            row.wrong(key, said(error))
        except Refused as error:
            row.wrong(key, str(error))

    # -- cells -----------------------------------------------------------------------------------
    def _of_list(self, key: str, text: str) -> str:
        folded = fold(text)
        if not folded:
            return str(QualifierChoice.EXACT) if key.endswith("_qualifier") else ""
        known = self.words.by_label[key]
        found = known.get(folded) or (
            known.get(SAID_BY.get(folded, "")) if key.endswith("_qualifier") else None
        )
        if not found:
            choices = "; ".join(self.words.listed[key].values())
            raise Refused(_("Không có trong danh mục. Chọn một trong: %(known)s.") % {"known": choices})
        return found

    def _owner(self, text: str) -> int | str | None:
        """A member, None for the whole cluster, "" where nothing is said."""
        if not text:
            return ""
        if fold(text) in (fold(self.words.whole_cluster), "ca cum", "ca khoi", "chung"):
            return None
        return self._member(text)

    def _member(self, text: str) -> int:
        found = self.words.agency_called(clean_line(text))
        if found is None:
            year = {"year": self.words.scope.year.label}
            raise Refused(_("Không phải thành viên của Cụm năm %(year)s, hoặc tên trùng nhau.") % year)
        return found

    def _movement(self, text: str) -> int | None:
        if not text:
            return None
        found = self.words.movement_ids.get(fold(text))
        if found is None:
            raise Refused(_("Năm này không có phong trào tên như vậy. Chọn trong danh sách."))
        return found

    def _when(self, text: str) -> Any:
        if not text:
            return None
        return parse_partial(text, None, self.one_year)

    def _partners(self, text: str) -> tuple[int, ...]:
        names = [name for part in text.replace("\n", ";").split(";") if (name := clean_line(part))]
        return self.in_order({self._member(name) for name in names})

    def in_order(self, ids: set[int]) -> tuple[int, ...]:
        """Members in charter order."""
        place = {pk: number for number, pk in enumerate(self.words.choices.agencies)}
        return tuple(sorted(ids, key=lambda pk: (place.get(pk, len(place)), pk)))

    def _attended(self, text: str) -> int | None:
        if not text:
            return None
        number = parse_number(text)
        if number != int(number):
            raise Refused(_("Số người phải là số nguyên."))
        return int(number)

    def _story(self, text: str) -> str:
        return text

    def _result(self, text: str) -> str:
        return text

    def _in_summary(self, text: str) -> bool:
        folded = fold(text)
        if folded and folded not in YES_WORDS | NO_WORDS:
            raise Refused(_("Ghi có hoặc không."))
        return folded not in NO_WORDS

    def _given_on(self, text: str) -> date | None:
        return parse_date(text, self.one_year) if text else None

    def _quantity(self, text: str) -> Quantity | None:
        return _above_zero(parse_quantity(text)) if text else None

    def _value(self, text: str) -> Quantity | None:
        return _above_zero(parse_money(text)) if text else None

    def _unit(self, text: str) -> str:
        try:
            return parse_unit(text) if text else ""
        except Unreadable as error:
            words = _("Đơn vị tính ghi ngắn gọn bằng chữ, ví dụ: chiếc, suất, ngày công.")
            raise Refused(words) from error

    def _givers(self, text: str) -> tuple[Giver, ...]:
        found: dict[tuple[int | None, str], Giver] = {}
        for part in text.replace("\n", ";").split(";"):
            name, share = self._name_and_share(clean_line(part))
            if not name or fold(name) == fold(self.words.whole_cluster):
                continue
            pk = self.words.agency_called(name)
            found.setdefault((pk, "" if pk else fold(name)), (pk, "" if pk else tidy_name(name), share))
        return tuple(found.values())

    def _name_and_share(self, text: str) -> tuple[str, int | None]:
        name, equals, amount = text.rpartition("=")
        if not equals or not name.strip() or not amount.strip()[:1].isdigit():
            return text, None
        return name.strip(), int(_above_zero(parse_money(amount)).number)

    # -- figures together ------------------------------------------------------------------------
    def _figures(self, row: Row, gift: dict[str, Any], bad: set[str]) -> None:
        """Number, unit, qualifier and kind of a contribution, out of the cells that speak of them together."""
        unreadable = bad | {fault.key for fault in row.faults}
        quantity: Quantity | None = gift.get("quantity")
        value: Quantity | None = gift.get("value")
        unit = self._one_unit(row, quantity, gift.get("unit", ""), unreadable)
        for name, figure in (("quantity", quantity), ("value", value)):
            key = f"{name}_qualifier"
            chosen = gift.get(key, QualifierChoice.EXACT)
            said_by_cell = figure is not None and figure.qualifier is not Qualifier.EXACT
            gift[key] = str(figure.qualifier) if said_by_cell and figure else (chosen if figure else "exact")
            row.words[name] = figure.words if figure else ""
        gift["unit"] = unit or (WORKDAY if gift.get("kind") == ContributionKind.WORKDAYS and quantity else "")
        gift["quantity"] = quantity.number if quantity else None
        gift["value"] = int(value.number) if value else None
        row.words["kind"] = gift.get("kind") or _kind_of(quantity, unit)

    def _one_unit(self, row: Row, quantity: Quantity | None, unit: str, unreadable: set[str]) -> str:
        """The unit out of its cell, or written behind the number ("3.000 chiếc")."""
        typed = quantity.unit if quantity else ""
        if typed and unit and typed != unit:
            words = _("Ô số lượng ghi “%(typed)s”, ô này ghi “%(unit)s”: hãy ghi một đơn vị.")
            row.wrong("unit", words % {"typed": typed, "unit": unit})
        if unit and quantity is None and "quantity" not in unreadable:
            row.wrong("quantity", _("Có đơn vị tính thì phải có số lượng."))
        if MONEY_UNIT in (typed, unit):
            words = _("Số tiền ghi ở cột trị giá; cột này ghi số lượng hiện vật, lượt người, ngày công.")
            row.wrong("quantity", words)
        return unit or typed


def _above_zero(figure: Quantity) -> Quantity:
    if figure.number <= Decimal(0):
        raise Refused(_("Số phải lớn hơn 0."))
    return figure


def _kind_of(quantity: Quantity | None, unit: str) -> str:
    """The kind that the figures speak of, where none was chosen."""
    if quantity is None:
        return str(ContributionKind.MONEY)
    return str(ContributionKind.WORKDAYS if unit == WORKDAY else ContributionKind.GOODS)
