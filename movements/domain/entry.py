"""What a person enters of an activity, after it was understood and before anything is known of the database. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

from core.dates import PartialDate
from core.quantity import Qualifier

MAX_ROWS: Final = 60
MAX_GIVERS: Final = 20
MOST_ATTENDED: Final = 10_000_000
QUANTITY_LIMIT: Final = Decimal(10) ** 12  # exclusive; ten-thousandths of it and sums of a year fit 64 bits
VALUE_LIMIT: Final = 10**13  # exclusive, đồng


@dataclass(frozen=True, slots=True)
class PartOf:
    """The figure a row belongs to: another row of the form (``row``) or a recorded contribution (``gift``)."""

    state: str
    row: str = ""
    gift: int | None = None


@dataclass(frozen=True, slots=True)
class Apart:
    """What a contribution has of its own beside its activity: day, place, purpose; empty where they are its."""

    given_on: date | None = None
    place: str = ""
    purpose: str = ""


@dataclass(frozen=True, slots=True)
class Shares:
    """Who gave how much of a joint gift, in đồng: the owner, members by id, others by name; the rest is unknown."""

    own: int | None = None
    members: tuple[tuple[int, int], ...] = ()
    outside: tuple[tuple[str, int], ...] = ()

    @property
    def amounts(self) -> tuple[int, ...]:
        """Every share that is known."""
        own = () if self.own is None else (self.own,)
        return (*own, *(one for _pk, one in self.members), *(one for _name, one in self.outside))


@dataclass(frozen=True, slots=True)
class GiftDraft:
    """One row. ``ref`` names it in the form, for problems and for ``PartOf.row``; value in đồng.

    ``partners`` are members beside the owner, ``outside`` names of givers outside the cluster. Without ``apart``
    and ``shares`` what is recorded of them stays.
    """

    ref: str
    kind: str
    description: str
    pk: int | None = None
    quantity: Decimal | None = None
    unit: str = ""
    quantity_qualifier: Qualifier = Qualifier.EXACT
    quantity_words: str = ""
    value: int | None = None
    value_qualifier: Qualifier = Qualifier.EXACT
    value_words: str = ""
    beneficiary: str = ""
    partners: tuple[int, ...] = ()
    outside: tuple[str, ...] = ()
    part: PartOf | None = None
    shares: Shares | None = None
    apart: Apart | None = None


@dataclass(frozen=True, slots=True)
class About:
    """What a short form does not ask: who took part (offices, never persons), labels, and whether everybody may see it.

    ``is_public`` is a proposal: it shows nothing before the activity is confirmed.
    """

    people: str = ""
    attended: int | None = None
    tags: tuple[int, ...] = ()
    is_public: bool = False


@dataclass(frozen=True, slots=True)
class ActivityDraft:
    """The whole form. ``agency_id`` None means the whole cluster; it counts for a new activity only.

    Recorded contributions that ``gifts`` does not name stay as they are; only ``deleted`` goes. ``files`` are tokens of
    staged uploads, ``library_files`` and ``removed_files`` ids of evidence to add and to take away. Without ``about``
    its parts stay as they are.
    """

    title: str
    when: PartialDate
    agency_id: int | None = None
    movement_id: int | None = None
    partners: tuple[int, ...] = ()
    place: str = ""
    story: str = ""
    result: str = ""
    in_summary: bool = True
    about: About | None = None
    gifts: tuple[GiftDraft, ...] = ()
    deleted: frozenset[int] = frozenset()
    files: tuple[str, ...] = ()
    library_files: tuple[int, ...] = ()
    removed_files: frozenset[int] = frozenset()
