"""How long an appeal may be sent in: pure, without Django.

Words: a *working day* is Monday to Friday; public holidays differ from year to year and are not known here, an office
that counts them gives more days. The first day is the one after the announcement; the last one counts to 24:00.
"""

from __future__ import annotations

from datetime import date, timedelta


def last_day(announced: date, working_days: int) -> date | None:
    """The last day on which an appeal may be sent in; None where the charter takes none (0 days)."""
    if working_days <= 0:
        return None
    weeks, rest = divmod(working_days, 5)
    day = _friday_before_weekend(announced) + timedelta(weeks=weeks)
    while rest:
        day += timedelta(days=1)
        rest -= day.weekday() < 5
    return day


def _friday_before_weekend(day: date) -> date:
    """The day itself, or the Friday before it on a weekend: counting from either gives the same working days."""
    return day - timedelta(days=max(0, day.weekday() - 4))
