"""What a person enters of a registration, understood, before anything is known of the database. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

from core.quantity import Qualifier

MAX_TARGETS: Final = 60
MAX_TITLES: Final = 40
MAX_COUNT: Final = 100_000


@dataclass(frozen=True, slots=True)
class TargetDraft:
    """One target. ``ref``: its row in the form; ``key``: the recorded target it changes; ``plan`` None: no target."""

    ref: str
    content: str
    unit: str
    key: str = ""
    plan: Decimal | None = None
    plan_words: str = ""
    direction: str = "higher"
    movement_id: int | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class TitleDraft:
    """A title that is aimed at, and for how many; no persons' names."""

    ref: str
    title: str
    holder: str
    count: int = 1
    note: str = ""


@dataclass(frozen=True, slots=True)
class RegistrationDraft:
    """The whole form, rows in order. Recorded rows that are not named go."""

    targets: tuple[TargetDraft, ...] = ()
    titles: tuple[TitleDraft, ...] = ()
    note: str = ""


@dataclass(frozen=True, slots=True)
class ActualDraft:
    """What was achieved of a recorded target; ``number`` None takes the figure away.

    ``seen`` is the target's version when the form was shown, ``touched`` whether the person changed the row.
    """

    key: str
    number: Decimal | None = None
    qualifier: Qualifier = Qualifier.EXACT
    words: str = ""
    on: date | None = None
    seen: int = 0
    touched: bool = True
