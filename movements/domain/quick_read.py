"""What the words of a row mean: days, figures, names of the year. No query; every sentence stands at its cell."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from django.utils.translation import gettext as _

from core.dates import DateError, PartialDate, Precision, format_partial, parse_partial
from core.folding import clean, clean_line, fold
from core.formfields import said
from core.quantity import (
    MONEY_UNIT,
    Qualifier,
    Quantity,
    QuantityError,
    format_number,
    parse_money,
    parse_number,
    parse_quantity,
)
from members.models import ClusterYear
from movements.domain.quick import ACTIVITIES, COLUMNS, GIFTS
from movements.enums import ContributionKind
from movements.queries import Choices

UNKNOWN_TIME: Final = PartialDate(None, None, Precision.UNKNOWN)
UNKNOWN_WORDS: Final = "chưa rõ"
LEAST_LETTERS: Final = 3  # of a part of a name that still names one thing
MOST_PEOPLE: Final = 10**9


@dataclass(slots=True)
class Read:
    """A row understood; ``errors`` are sentences by the name of the column, ``notes`` what is only worth a look."""

    when: PartialDate | None = None  # None: the cell is empty
    words: dict[str, str] = field(default_factory=dict)  # plain texts by column
    quantity: Quantity | None = None
    value: Quantity | None = None
    partners: tuple[int, ...] = ()
    outside: tuple[str, ...] = ()
    movement_id: int | None = None
    attended: int | None = None
    errors: dict[str, str] = field(default_factory=dict)
    notes: dict[str, str] = field(default_factory=dict)

    @property
    def kind(self) -> str:
        """The kind of gift the figures speak of."""
        if self.quantity is None:
            return ContributionKind.MONEY
        workdays = self.quantity.unit == "ngày công"
        return ContributionKind.WORKDAYS if workdays else ContributionKind.GOODS


def read_row(
    grid: str, cells: Mapping[str, str], year: ClusterYear, choices: Choices, owner_id: int | None
) -> Read:
    """Understand the cells; what a person must still do is in ``errors``, whatever else the row needs.

    Whether a missing day or movement comes from the activity a contribution goes into, is for the caller to know.
    """
    read = Read()
    single = year.starts_on.year if year.starts_on.year == year.ends_on.year else None
    read.when = _try(read, "day", cells["day"], lambda text: parse_partial(text, None, single))
    _texts(read, grid, cells)
    _names(read, cells, choices, owner_id)
    if grid == GIFTS:
        _figures(read, cells)
        if not read.words["what"] and "what" not in read.errors:
            read.errors["what"] = _("Ghi nội dung, ví dụ: khẩu trang y tế.")
    else:
        read.attended = _try(read, "attended", cells["attended"], _people)
        if not read.words["title"] and "title" not in read.errors:
            read.errors["title"] = _("Ghi tên hoạt động.")
        if read.outside and "partners" not in read.errors:
            names = {"names": "; ".join(read.outside)}
            read.errors["partners"] = (
                _("“%(names)s” không phải đơn vị của Cụm. Bên ngoài cụm thì ghi ở ô thành phần.") % names
            )
    return read


def _try(read: Read, name: str, text: str, how: Callable[[str], Any]) -> Any:
    """What a cell says; None when it is empty or not understood, which leaves a sentence."""
    text = clean_line(text)
    if not text:
        return None
    try:
        return how(text)
    except (DateError, QuantityError) as error:
        read.errors[name] = said(error)
        return None


def _people(text: str) -> int:
    """Whole people; a word before the number ("khoảng 200") says nothing that is kept."""
    words = text.casefold().removesuffix("người").strip()
    number = parse_number(words)
    if number != number.to_integral_value() or number >= MOST_PEOPLE:
        raise QuantityError("Ghi số người bằng số nguyên, ví dụ 120.")
    return int(number)


def _texts(read: Read, grid: str, cells: Mapping[str, str]) -> None:
    """Plain texts, each within the length that can be recorded."""
    for column in COLUMNS[grid]:
        text = clean(cells[column.name]) if column.name == "result" else clean_line(cells[column.name])
        read.words[column.name] = text
        if len(text) > column.most and column.name not in read.errors:
            read.errors[column.name] = _("Dài nhất %(most)s ký tự, đang có %(count)s. Hãy viết gọn lại.") % {
                "most": format_number(column.most),
                "count": format_number(len(text)),
            }


def _figures(read: Read, cells: Mapping[str, str]) -> None:
    read.quantity = _try(read, "quantity", cells["quantity"], parse_quantity)
    read.value = _try(read, "value", cells["value"], parse_money)
    for name, figure in (("quantity", read.quantity), ("value", read.value)):
        if figure is not None and figure.number <= 0:
            read.errors[name] = _("Số phải lớn hơn 0.")
    if read.quantity is not None and "quantity" not in read.errors:
        if read.quantity.unit == MONEY_UNIT:
            read.errors["quantity"] = _(
                "Số tiền ghi ở ô trị giá; ô này ghi số lượng hiện vật, lượt người, ngày công."
            )
        elif not read.quantity.unit:
            read.errors["quantity"] = _("Ghi cả đơn vị tính, ví dụ: 3.000 chiếc.")
    if read.quantity is None and read.value is None and not {"quantity", "value"} & read.errors.keys():
        read.errors["value"] = _("Ghi số lượng hoặc trị giá.")


# -- names ---------------------------------------------------------------------------------------
def _names(read: Read, cells: Mapping[str, str], choices: Choices, owner_id: int | None) -> None:
    movement = read.words["movement"]
    if movement:
        found = match(movement, {pk: (title,) for pk, title in choices.movements.items()})
        if len(found) == 1:
            read.movement_id = found[0]
        elif found:
            read.errors["movement"] = _("Có %(count)s phong trào khớp “%(text)s”: hãy gõ thêm.") % {
                "count": len(found),
                "text": movement,
            }
        elif "movement" not in read.errors:
            read.errors["movement"] = _(
                "Năm này không có phong trào “%(text)s”: hãy chọn trong danh sách."
            ) % {"text": movement}
    members, outside = [], []
    for name in named(cells["partners"]):
        found = match(name, choices.agencies)
        if len(found) == 1:
            members.append(found[0])
        else:
            outside.append(name)
    read.partners = tuple(pk for pk in dict.fromkeys(members) if pk != owner_id)
    read.outside = tuple(dict.fromkeys(outside))
    if read.outside:
        names = {"names": "; ".join(read.outside)}
        read.notes["partners"] = _("Ngoài cụm: %(names)s.") % names
    if any(len(name) > 200 for name in read.outside):
        read.errors["partners"] = _("Tên mỗi bên ngoài cụm dài nhất 200 ký tự.")


def named(text: str) -> list[str]:
    """Names separated by semicolons or newlines, tidied."""
    return [name for part in text.replace("\n", ";").split(";") if (name := clean_line(part))]


def match(text: str, names: Mapping[int, tuple[str, ...]]) -> list[int]:
    """What a typed name means, without accents: what is called just so, else what has the words in its name.

    Several when it could be any of them; none when nothing fits, or when fewer than three letters were typed.
    """
    wanted = fold(text)
    same = [pk for pk, words in names.items() if wanted in (fold(word) for word in words)]
    if same or len(wanted) < LEAST_LETTERS:
        return same
    return [pk for pk, words in names.items() if any(wanted in fold(word) for word in words)]


# -- showing back --------------------------------------------------------------------------------
def figure_words(number: Any, qualifier: str, unit: str = "") -> str:
    """ "gần 21.000 chiếc"; empty without a number."""
    if number is None:
        return ""
    return " ".join(part for part in (Qualifier(qualifier).words, format_number(number), unit) if part)


def time_words(start: Any, end: Any, precision: str) -> str:
    """ "05/01/2021", "01/2021", or "chưa rõ"."""
    time = PartialDate(start, end, Precision(precision))
    return UNKNOWN_WORDS if time.precision is Precision.UNKNOWN else format_partial(time)


def partner_words(members: tuple[int, ...], outside: tuple[str, ...], choices: Choices) -> str:
    """Short names of members in charter order, then those from outside."""
    names = [choices.agency(pk, "?") for pk in choices.agencies if pk in members]
    gone = ["?" for pk in members if pk not in choices.agencies]
    return "; ".join([*names, *gone, *outside])


def settled(grid: str, read: Read, choices: Choices) -> dict[str, str]:
    """The row as it will be shown back once it is recorded as it was understood."""
    cells = dict(read.words)
    if read.when is not None:
        cells["day"] = time_words(read.when.start, read.when.end, read.when.precision)
    cells["movement"] = choices.movements.get(read.movement_id or 0, cells["movement"])
    cells["partners"] = partner_words(read.partners, read.outside, choices)
    if grid == GIFTS:
        if read.quantity is not None:
            cells["quantity"] = figure_words(
                read.quantity.number, read.quantity.qualifier, read.quantity.unit
            )
        if read.value is not None:
            cells["value"] = figure_words(read.value.number, read.value.qualifier)
    elif grid == ACTIVITIES and read.attended is not None:
        cells["attended"] = format_number(read.attended)
    return cells
