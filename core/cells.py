"""What a cell of a table holds: text, days, times, numbers, by the kind of its column; see ``core.sheets``."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any, Final

from django.utils.translation import gettext as _
from openpyxl.utils.datetime import from_excel

from core import dates, quantity
from core.folding import clean, clean_line
from core.oldfonts import old_font

TEXT, LONG, DAY, WHEN, WHOLE, FIGURE, ASIDE = "text", "long", "day", "when", "whole", "figure", "aside"
MAX_TEXT: Final = 500
MAX_LONG: Final = 4_000
SERIALS: Final = range(10_000, 110_000)  # days that a bare number in a day column may mean: 1927 to 2201


class Refused(ValueError):
    """A cell that cannot be read, with its sentence."""


def value_of(cell: Any, kind: str, epoch: datetime) -> Any:
    """What a cell says in a column of this kind. Raises ``Refused`` and ``Unreadable``."""
    value = cell.value
    if kind == WHEN and isinstance(value, int | float | date):
        return _when(value, epoch, str(getattr(cell, "number_format", "")))
    if kind == FIGURE and isinstance(value, int | float) and not isinstance(value, bool):
        return _figure(value, str(getattr(cell, "number_format", "")))
    return _VALUES[kind](value, epoch)


def _text(value: Any, _epoch: datetime, most: int = MAX_TEXT) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        raise Refused(_("Ô này phải là chữ."))
    if isinstance(value, int | float):
        return digits(value)
    if isinstance(value, datetime | date):
        return dates.format_date(value)
    if isinstance(value, time):
        raise Refused(_("Ô này phải là chữ, không phải giờ."))
    text = clean_line(str(value)) if most == MAX_TEXT else clean(str(value))
    if re.fullmatch(r"#(REF|N/A|VALUE|NAME\?|DIV/0|NULL|NUM)!?", text):
        raise Refused(_("Ô này là lỗi công thức %(text)s.") % {"text": text})
    if len(text) > most:
        raise Refused(_("Ô này dài quá %(most)s chữ cái.") % {"most": quantity.format_number(most)})
    if font := old_font(text):
        sentence = _("Ô này gõ bằng phông cũ %(font)s: chuyển mã sang Unicode (bằng UniKey) rồi nhập lại.")
        raise Refused(sentence % {"font": font})
    return text


def digits(value: float) -> str:
    """A number of a cell as people write it: "21000", "92,25"; the 15 digits that a spreadsheet shows."""
    if float(value).is_integer():
        return str(int(value))
    return format(Decimal(format(value, ".15g")), "f").replace(".", ",")


def _figure(value: float, look: str) -> str:
    """A number as its cell shows it: 0.95 in a cell of per cents says "95%"."""
    if "%" not in re.sub(r"\"[^\"]*\"|\\\\.", "", look):
        return digits(value)
    shown = Decimal(format(value, ".15g")) * 100
    return digits(float(shown)) + "%"


def _long(value: Any, epoch: datetime) -> str:
    return _text(value, epoch, MAX_LONG)


def _when(value: Any, epoch: datetime, look: str) -> str:
    """The words of a time: a cell that shows month and year only means the month; a plain number may be a serial."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        if not float(value).is_integer() or int(value) not in SERIALS:
            return _text(value, epoch)
        value = from_excel(value, epoch)
    if not isinstance(value, date):
        raise Refused(_("Ô này phải là ngày, tháng hoặc năm."))
    shown = re.sub(r"\[[^\]]*\]|\"[^\"]*\"", "", look.lower())
    if "y" in shown and "m" in shown and "d" not in shown:
        return f"{value.month:02d}/{value.year}"
    return dates.format_date(value)


def _day(value: Any, epoch: datetime) -> date | None:
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    if isinstance(value, int | float) and not isinstance(value, bool):
        if not float(value).is_integer() or int(value) not in SERIALS:
            raise Refused(_("%(text)s không phải là ngày. Ghi dạng 05/01/2021.") % {"text": value})
        found = from_excel(value, epoch)
        return found.date() if isinstance(found, datetime) else None
    text = _text(value, epoch)
    return dates.parse_date(text) if text else None


def _whole(value: Any, epoch: datetime) -> int | None:
    text = _text(value, epoch)
    if not text:
        return None
    number = quantity.parse_number(text)
    if number != int(number) or not 0 < number < 30_000:
        raise Refused(_("“%(text)s” không phải là số thứ tự.") % {"text": text})
    return int(number)


_VALUES: Final[dict[str, Callable[[Any, datetime], Any]]] = {
    TEXT: _text,
    LONG: _long,
    WHEN: _text,
    FIGURE: _text,
    DAY: _day,
    WHOLE: _whole,
}
