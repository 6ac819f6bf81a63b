"""Vietnamese dates: read what people type, print it back, and say when a day ends.

Promises: the day always comes before the month, whatever the separator (3/4/2026 is 3 April), except in the
ISO form that starts with the year; a day that does not exist is refused and never moved; a deadline ends at
24:00 of its day in Viet Nam, half-open. Pure Python: no Django, and no clock of its own (the caller gives
the moment).
"""

import calendar
import enum
import re
import unicodedata
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from core.marks import Unreadable, _

LOCAL_ZONE: Final = ZoneInfo("Asia/Ho_Chi_Minh")
MIN_YEAR: Final = 1900
MAX_YEAR: Final = 2200
MAX_TEXT: Final = 60
UNKNOWN_WORDS: Final = "chưa rõ thời gian"

_IS_NO_TIME: Final = _(
    "Không hiểu “%(text)s” là thời gian nào. Hãy viết 05/01/2021, 12/2020, 2020 hoặc 05/01–07/01/2021."
)
_NEEDS_DAY: Final = _(
    "Mức chính xác đã chọn cần đủ ngày, tháng, năm. Hãy viết 05/01/2021, 12/2020, 2020 hoặc 05/01–07/01/2021."
)
_NEEDS_MONTH: Final = _(
    "Mức chính xác đã chọn cần đủ tháng và năm. Hãy viết 05/01/2021, 12/2020, 2020 hoặc 05/01–07/01/2021."
)

_DAY_FIRST: Final = re.compile(r"([0-9]{1,2}) ?([/.-]) ?([0-9]{1,2})(?: ?\2 ?([0-9]{4}|[0-9]{2}))?")
_YEAR_FIRST: Final = re.compile(r"([0-9]{4})([/.-])([0-9]{1,2})\2([0-9]{1,2})")
_DAY_IN_WORDS: Final = re.compile(r"([0-9]{1,2}) tháng ([0-9]{1,2})(?:,? năm ([0-9]{4}|[0-9]{2}))?")
_MONTH: Final = re.compile(r"(?:tháng )?([0-9]{1,2})(?: ?[/.-] ?|,? năm )([0-9]{4})")
_MONTH_YEAR_FIRST: Final = re.compile(r"([0-9]{4})-([0-9]{2})")
_MONTH_ALONE: Final = re.compile(r"tháng ([0-9]{1,2})")
_YEAR: Final = re.compile(r"(?:năm )?([0-9]{4})")
_RANGE_WORD: Final = re.compile(r" ?[–—] ?| - | (?:đến|tới) ")
_UNKNOWN: Final = frozenset({"", "chưa rõ", "không rõ", "chưa rõ ngày", UNKNOWN_WORDS})


class DateError(Unreadable):
    """A date that cannot be accepted; the sentence tells the person what is wrong."""


class Precision(enum.StrEnum):
    """How exactly a time is known; the value is what the database and the year file keep."""

    DAY = "day"
    MONTH = "month"
    YEAR = "year"
    UNKNOWN = "unknown"


_FINENESS: Final = {Precision.DAY: 3, Precision.MONTH: 2, Precision.YEAR: 1, Precision.UNKNOWN: 0}


@dataclass(frozen=True)
class PartialDate:
    """A time known to the day, month or year, or not at all; both ``start`` and ``end`` belong to it."""

    start: date | None
    end: date | None
    precision: Precision


# Reading


def parse_date(text: str, default_year: int | None = None) -> date:
    """Read one day: "5/1/2021", "05.01.21", "5-1-2021", "2021-01-05", "ngày 5 tháng 1 năm 2021".

    "5/1" is read only with ``default_year``. Years of two digits are 2000–2069 and 1970–1999; years outside
    1900–2200 are refused. Raises DateError.
    """
    tidy = _tidied(text)
    if not tidy:
        raise DateError(_("Chưa có ngày. Hãy viết ngày/tháng/năm, ví dụ 05/01/2021."))
    found = _read_day(tidy, default_year)
    if found is None:
        raise DateError(
            _("Không hiểu “%(text)s” là ngày nào. Hãy viết ngày/tháng/năm, ví dụ 05/01/2021."),
            text=_shown(tidy),
        )
    return found


def parse_partial(
    text: str, precision: Precision | None = None, default_year: int | None = None
) -> PartialDate:
    """Read a day, a month ("12/2020", "tháng 12/2020"), a year ("2020"), a range of these, or nothing known
    ("").

    In a range the left side may leave out what the right side says ("05/01–07/01/2021", "5-7/1/2021"). A
    coarser ``precision`` widens what was typed to its whole month or year; a finer one is refused, as is a
    text beside UNKNOWN. ``default_year`` completes "5/1" and "tháng 12". Raises DateError.
    """
    tidy = _tidied(text)
    if tidy in _UNKNOWN:
        if precision in (None, Precision.UNKNOWN):
            return PartialDate(None, None, Precision.UNKNOWN)
        raise DateError(_("Chưa có thời gian. Hãy viết 05/01/2021, 12/2020, 2020 hoặc 05/01–07/01/2021."))
    if precision is Precision.UNKNOWN:
        raise DateError(
            _("Đã chọn “chưa rõ thời gian” thì hãy để trống ô thời gian, hoặc chọn lại mức chính xác.")
        )
    read = _read_range(tidy, default_year) or _read_one(tidy, default_year)
    if read is None and precision is Precision.MONTH and default_year and re.fullmatch("[0-9]{1,2}", tidy):
        read = _month(int(tidy), default_year)
    if read is None:
        raise DateError(_IS_NO_TIME, text=_shown(tidy))
    return _widened(read, precision)


def _tidied(text: str) -> str:
    """Lower case, NFC, single spaces, without a leading "ngày" or "từ"; over-long text is refused at once."""
    if len(text) > MAX_TEXT:
        raise DateError(
            _("Nội dung quá dài (hơn %(max)s ký tự). Hãy viết ngày/tháng/năm, ví dụ 05/01/2021."),
            max=MAX_TEXT,
        )
    tidy = " ".join(unicodedata.normalize("NFC", text).lower().split())
    return tidy.removeprefix("từ ").removeprefix("ngày ")


def _shown(text: str) -> str:
    return text if len(text) <= 24 else text[:23] + "…"


def _read_day(text: str, default_year: int | None) -> date | None:
    """The day the text names, None when it has another shape; DateError when the day does not exist."""
    if match := _YEAR_FIRST.fullmatch(text):
        return _day(int(match[4]), int(match[3]), int(match[1]))
    if match := _DAY_FIRST.fullmatch(text):
        day, month, year = match[1], match[3], match[4]
    elif match := _DAY_IN_WORDS.fullmatch(text):
        day, month, year = match[1], match[2], match[3]
    else:
        return None
    if year is None and default_year is None:
        raise DateError(
            _("“%(text)s” thiếu năm. Hãy viết ngày/tháng/năm, ví dụ 05/01/2021."), text=_shown(text)
        )
    return _day(int(day), int(month), _full_year(year) if year else int(default_year or 0))


def _full_year(digits: str) -> int:
    if len(digits) == 4:
        return int(digits)
    return int(digits) + (2000 if int(digits) < 70 else 1900)


def _day(day: int, month: int, year: int) -> date:
    _check_year(year)
    _check_month(month)
    last = calendar.monthrange(year, month)[1]
    if not 1 <= day <= last:
        raise DateError(
            _("Không có ngày %(day)s: tháng %(month)s năm %(year)s có %(last)s ngày."),
            day=f"{day:02d}/{month:02d}/{year}",
            month=f"{month:02d}",
            year=year,
            last=last,
        )
    return date(year, month, day)


def _check_year(year: int) -> None:
    if not MIN_YEAR <= year <= MAX_YEAR:
        raise DateError(
            _("Năm %(year)s nằm ngoài khoảng %(first)s–%(last)s."), year=year, first=MIN_YEAR, last=MAX_YEAR
        )


def _check_month(month: int) -> None:
    if not 1 <= month <= 12:
        raise DateError(
            _("Không có tháng %(month)s: ngày viết trước, tháng viết sau, ví dụ 05/01/2021."), month=month
        )


def _month(month: int, year: int) -> PartialDate:
    _check_year(year)
    _check_month(month)
    last = calendar.monthrange(year, month)[1]
    return PartialDate(date(year, month, 1), date(year, month, last), Precision.MONTH)


def _read_one(text: str, default_year: int | None) -> PartialDate | None:
    """One day, month or year; None when the text has another shape."""
    if match := _YEAR.fullmatch(text):
        year = int(match[1])
        _check_year(year)
        return PartialDate(date(year, 1, 1), date(year, 12, 31), Precision.YEAR)
    if match := _MONTH.fullmatch(text):
        return _month(int(match[1]), int(match[2]))
    if match := _MONTH_YEAR_FIRST.fullmatch(text):
        return _month(int(match[2]), int(match[1]))
    if match := _MONTH_ALONE.fullmatch(text):
        if default_year is None:
            raise DateError(_("“%(text)s” thiếu năm: hãy viết 12/2020."), text=_shown(text))
        return _month(int(match[1]), default_year)
    day = _read_day(text, default_year)
    return None if day is None else PartialDate(day, day, Precision.DAY)


def _read_range(text: str, default_year: int | None) -> PartialDate | None:
    """Two sides of one precision, the left completed from the right; None when the text is no range."""
    sides = _RANGE_WORD.split(text)
    if len(sides) != 2 and text.count("-") == 1 and ("/" in text or "." in text or len(text) == 9):
        sides = text.split("-")
    if len(sides) != 2:
        return None
    left, right = (side.strip().removeprefix("ngày ") for side in sides)
    last = _read_one(right, default_year)
    if last is None or last.end is None:
        return None
    first = _read_left(left, last.end, last.precision)
    if first is None or first.start is None or first.precision is not last.precision:
        raise DateError(_IS_NO_TIME, text=_shown(text))
    if first.start > last.end:
        raise DateError(_("Thời gian bắt đầu đứng sau thời gian kết thúc: hãy viết đủ năm ở cả hai vế."))
    return PartialDate(first.start, last.end, last.precision)


def _read_left(text: str, last: date, precision: Precision) -> PartialDate | None:
    number = re.fullmatch(r"(?:tháng )?([0-9]{1,2})", text)
    if number and precision is Precision.DAY:
        day = _day(int(number[1]), last.month, last.year)
        return PartialDate(day, day, Precision.DAY)
    if number and precision is Precision.MONTH:
        return _month(int(number[1]), last.year)
    return _read_one(text, last.year)


def _widened(read: PartialDate, precision: Precision | None) -> PartialDate:
    if precision is None or precision is read.precision or read.start is None or read.end is None:
        return read
    if _FINENESS[precision] > _FINENESS[read.precision]:
        raise DateError(_NEEDS_DAY if precision is Precision.DAY else _NEEDS_MONTH)
    if precision is Precision.MONTH:
        first, last = _month(read.start.month, read.start.year), _month(read.end.month, read.end.year)
        return PartialDate(first.start, last.end, Precision.MONTH)
    return PartialDate(date(read.start.year, 1, 1), date(read.end.year, 12, 31), Precision.YEAR)


# Printing


def format_date(day: date) -> str:
    """ "05/01/2021": day first, always ten characters."""
    return f"{day.day:02d}/{day.month:02d}/{day.year:04d}"


def date_words(day: date) -> str:
    """ "ngày 05 tháng 01 năm 2021", as papers write it: days below 10 and months 1 and 2 with a zero in
    front.

    Decree 30/2020/NĐ-CP, annex I, place and date.
    """
    month = f"{day.month:02d}" if day.month < 3 else str(day.month)
    return f"ngày {day.day:02d} tháng {month} năm {day.year}"


def spoken_date(day: date) -> str:
    """ "ngày 5 tháng 1 năm 2021", as a sentence says it and as a form reads a typed date back."""
    return f"ngày {day.day} tháng {day.month} năm {day.year}"


def format_partial(partial: PartialDate) -> str:
    """ "05/01/2021", "05/01–07/01/2021", "12/2020", "2020", "chưa rõ thời gian"; an open side as "từ …",
    "đến …".

    :func:`parse_partial` reads back every form but the open ones.
    """
    start, end, precision = partial.start, partial.end, partial.precision
    if precision is Precision.UNKNOWN or (start is None and end is None):
        return UNKNOWN_WORDS
    if start is None or end is None:
        return f"từ {_printed(start, precision)}" if start else f"đến {_printed(end, precision)}"
    first, last = _printed(start, precision), _printed(end, precision)
    if first == last:
        return last
    if precision is Precision.DAY and start.year == end.year:
        first = first[:5]
    return f"{first}–{last}"


def _printed(day: date | None, precision: Precision) -> str:
    text = format_date(day) if day else ""
    return {Precision.MONTH: text[3:], Precision.YEAR: text[6:]}.get(precision, text)


# Days and deadlines


def local_today(now: datetime) -> date:
    """The calendar day in Viet Nam at an aware moment. Raises ValueError for a moment without time zone."""
    return _aware(now).astimezone(LOCAL_ZONE).date()


def day_bounds(day: date) -> tuple[datetime, datetime]:
    """The day in Viet Nam as a half-open interval of aware moments: from 00:00, up to 24:00 left out."""
    start = datetime.combine(day, time.min, LOCAL_ZONE)
    return start, datetime.combine(day + timedelta(days=1), time.min, LOCAL_ZONE)


def is_before_end_of(day: date, moment: datetime) -> bool:
    """Whether a moment keeps a deadline set on that day: 23:59:59 does, 24:00 does not.

    Raises ValueError for a moment without time zone.
    """
    return _aware(moment) < day_bounds(day)[1]


def _aware(moment: datetime) -> datetime:
    if moment.tzinfo is None:
        raise ValueError("a moment needs its time zone")
    return moment
