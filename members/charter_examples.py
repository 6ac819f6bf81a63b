"""A worked example of a charter: seven invented agencies, whose year each app works out by the rules as they stand.

An app registers ``example(group)`` when it loads; ``sections`` asks all of them. Nothing is read from the database, so
the example shows what the rules do and nothing about anybody.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _

from members.charter import Rules
from members.charter_words import GROUPS

MAXIMUM = Decimal(100)


@dataclass(frozen=True, slots=True)
class Sample:
    """One invented agency's year; ``parts`` are exact points of parts I, II and III before rounding.

    ``sheet`` is False where no sheet came in; ``before`` is the rank of the year before.
    """

    key: str
    parts: tuple[Decimal, Decimal, Decimal]
    bonus: Decimal
    penalty: Decimal
    votes: int
    days_late: int = 0
    before: int | None = None
    sheet: bool = True

    @property
    def name(self) -> str:
        """ "Đơn vị A"."""
        return _("Đơn vị %(letter)s") % {"letter": self.key}


def _parts(*texts: str) -> tuple[Decimal, Decimal, Decimal]:
    first, second, third = (Decimal(text) for text in texts)
    return first, second, third


# A passes the maximum by its bonus; B and C are equal until their penalties are compared; D and E are equal in all but
# the year before and the vote; F comes late; G sends nothing. The thirds of a point show the rounding.
SAMPLES = (
    Sample("A", _parts("58.125", "19.5", "18.875"), Decimal(5), Decimal(0), 5, before=2),
    Sample("B", _parts("56.5", "18.5", "17"), Decimal(4), Decimal("1.5"), 4, before=1),
    Sample("C", _parts("56", "18", "17.5"), Decimal(4), Decimal(1), 3, before=4),
    Sample("D", _parts("52.333", "17.125", "16"), Decimal(2), Decimal(0), 1, before=5),
    Sample("E", _parts("52.333", "17.125", "16"), Decimal(2), Decimal(0), 2, before=3),
    Sample("F", _parts("50.5", "16.25", "15.5"), Decimal(1), Decimal("0.5"), 0, days_late=6, before=6),
    Sample("G", _parts("0", "0", "0"), Decimal(0), Decimal(0), 0, before=7, sheet=False),
)
PRESENT, COLLECTED, VALID = 6, 6, 5


@dataclass(frozen=True)
class Section:
    """One part of the example; ``group`` is the group of rules it belongs to. Rows have as many cells as ``head``.

    ``strong`` is the place of the row that the rules as they stand choose.
    """

    group: str
    title: str
    intro: str = ""
    head: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    lines: tuple[str, ...] = ()
    strong: int | None = None


Example = Callable[[Rules], list[Section]]
_examples: list[Example] = []


def example(function: Example) -> Example:
    """Register a function that works rules out on ``SAMPLES``."""
    _examples.append(function)
    return function


def sections(rules: Rules) -> list[Section]:
    """The whole example, in the order of the charter's groups."""
    order = {group.code: place for place, group in enumerate(GROUPS)}
    found = [section for function in _examples for section in function(rules)]
    return sorted(found, key=lambda section: order[section.group])
